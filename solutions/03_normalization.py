# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 3 · Dividing by 128
#
# Lesson 2 cut every photo into what is given, `L`, and what is missing, `ab`. Now the two get ready
# for the network: as its input `X` and its target `Y`.
# On the way you fix the mistake that once made a network see the world in yellow and red only.
#
# ![From left to right: the grey portrait X with L from 0 to 100, a box for the network that ends in the S-shaped curve of tanh, the two grids of Y between −1 and 1, and the portrait in colour](../assets/lesson_3.png)
#
# **After this lesson you can**
#
# - put a photo's colour on the scale on which a network's last layer speaks, and bring it back
#   without losing a digit;
# - arrange grids as the batches `X` and `Y`, and catch a batch that is wrong before it costs you an
#   hour of training;
# - work out a mean squared error by hand, say which losses a network must beat, and read a loss in
#   units of colour;
# - explain what a forgotten division by 128 does, and why a last layer that cannot say minus knows
#   no green and no blue;
# - give a photo the light of another one, with nothing but means and spreads.
#
# **About 95 minutes · 30 points · thirteen exercises**
#
# *How the notebook works.* Run the cells from the top with Shift+Enter. A cell that starts with ✏️
# is yours to fill in: replace `raise NotImplementedError`.
# The 🔎 cell below it checks your answer and tells you what it saw. Hints open in three steps; take
# one when you have been stuck for two minutes. `GAP` in a hint is a place that you fill in.
# Code that nobody has to read is folded. Run it like any other cell; a click on its bar (on Colab,
# a double click on its title) opens it.
# Where it says **Predict**, settle on an answer before you run the cell. A wrong guess is worth
# more than no guess.
# After a restart the kernel knows no names: `NameError: name 'attempt' is not defined`, or another
# name. Then run the cells above first: menu Run, Run All Above Selected Cell (on Colab: Runtime,
# Run before). Such a run stops at a cell that fails; go on from the one below it.
# Before you hand the notebook in, restart the kernel and run all cells: it is graded from top to
# bottom, in a fresh kernel. The grading machine has NumPy, SciPy, scikit-image, Pillow,
# matplotlib, and TensorFlow with Keras, and no network: a cell that imports another package stops
# there.

# %% [markdown]
# ## Two questions on lesson 2
#
# Answer from memory, then open.
#
# **1.** A pixel has a = −40 and b = −30. Roughly which colour is it, and what would a = +40, b =
# +30 be?
#
# <details><summary>Answer</summary>
#
# −a is green, −b is blue: together a blue-green. Turn both signs and it is red with yellow: an
# orange.
# Keep the minus signs in mind. Today a network loses them.
#
# </details>
#
# **2.** Lab is often *stored* from −128 to 127. Do the colours of a screen reach that far?
#
# <details><summary>Answer</summary>
#
# No. Over all 16.7 million of them, a runs from −86 to 98 and b from −108 to 94. ±128 is a safe
# range that no colour fills.
#
# </details>
#
# The next cell gets everything ready: the photos, the helper `show`, and `picture_of(L, ab)`, which
# puts L and ab together for the screen. Run it; there is no need to read it.

# %% tags=["setup"]
# from solutions/shared.py: versions
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.colors import LinearSegmentedColormap
from skimage import data
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab

# from solutions/shared.py: photo
# from solutions/shared.py: cup
# from solutions/shared.py: cat
# from solutions/shared.py: rocket
photos = {"portrait": photo, "cup": cup, "cat": cat, "rocket": rocket}


def earlier(function, *args):
    """What an earlier answer of yours gives, or 0 if it stops; the checks ask this, so that they name the right exercise."""
    try:
        return function(*args)
    except Exception:
        return 0


# from solutions/shared.py: colour_maps


def picture_of(L, ab):
    """L (H, W) and ab (H, W, 2), or one colour (2,) for all pixels, as an RGB picture (H, W, 3) of floats from 0 to 1."""
    a, b = np.moveaxis(np.broadcast_to(ab, (*np.shape(L), 2)), -1, 0)
    darkest_b = 1.724 * (L + 16)  # beyond it lab2rgb clips as well, but with a warning
    return lab2rgb(np.stack([L, a, np.minimum(b, darkest_b)], axis=-1).astype(float))


# from solutions/shared.py: show

# %% tags=["setup", "slips"]
# `autograder build` pastes the words of the checks here.

# %%
show(
    photo,
    cup,
    cat,
    rocket,
    titles=list(photos),
    size=1.9,
    alt=(
        "The four photos of this lesson: an astronaut's portrait, a cup of coffee, a cat's face, a rocket"
        " before its launch."
    ),
)

# %% [markdown]
# ## Part 1 · One scale
#
# A network colours by guessing numbers. To learn, it has to compare each guess with the truth, and
# for that the two must be on **one scale**.
#
# - The *guess* comes out of the last layer's **tanh**, a function that squeezes any number into the
#   range from −1 to 1. Part 4 looks at it closely.
# - The *truth* is a and b in Lab units: −86 to 98, and −108 to 94.
#
# A division brings the one into the range of the other. But a division by what?
#
# > **Predict.** Four candidates: 60, 100, 110 and 128. With which of them does every colour of a
# > screen land between −1 and 1?

# %%
extremes = np.array([-86.18, 98.23, -107.86, 94.48])
print("divided by   smallest a   largest a   smallest b   largest b")
for divisor in (60, 100, 110, 128):
    print(f"{divisor:10d}" + "".join(f"{value:12.3f}" for value in extremes / divisor))

# %% [markdown]
# <details><summary>What to see</summary>
#
# 60 and 100 leave strong colours outside, where tanh can never go: with 100 it is the strongest
# blues. With 110 and 128 all of them fit.
#
# </details>
#
# Why 128, then, of all the numbers that are large enough? One reason you know: ±128 is the range in
# which Lab is stored, and no colour goes beyond it, whatever the photo. A second is hidden in how a
# computer keeps fractions.
#
# > **Predict.** The portrait has 320,000 numbers in its ab. Each is divided and then multiplied by
# > the same number. How many come back changed in their last digit, for 100, 110, 127 and 128?

# %%
ab = rgb2lab(photo)[:, :, 1:].astype(np.float32)
for divisor in (100, 110, 127, 128):
    there_and_back = ab / divisor * divisor
    print(f"{divisor}: {np.count_nonzero(there_and_back != ab):6,} of {ab.size:,} changed")


# %% [markdown]
# <details><summary>What happened</summary>
#
# A float keeps its digits in base two. Just as a division by 100 only shifts the point of a decimal
# number, a division by a **power of two** only shifts the point of a float: 128 = 2⁷, and not one
# digit is lost. All the others have to round.
#
# The changes are too small to see. But "exactly what I put in" is a fine thing to be able to test.
#
# </details>

# %% [markdown]
# ### Exercise 3.1 · Lab units to the network's scale
# **1 point · about 3 minutes**
#
# Complete `normalize_ab(ab)`. The first line is given.
#
# - `ab`: a float array in Lab units, of shape (H, W, 2), or of any other shape that ends in 2.
#   It is left unchanged.
# - Returns a new float array of the same shape: every number divided by 128, even for a photo so
#   pale that all its numbers are small already.
#
# <details><summary>Hint 1 · the idea</summary>
#
# NumPy divides a whole array at once; no loop is needed.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `ab / 2` makes a new array of halves. `ab /= 2` writes the halves into the old one.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# From grams to kilograms: `kilograms = grams / 1000`. Yours is such a line, with `return`.
#
# </details>


# %% answer="normalize_ab"
# ✏️ Answer: normalize_ab
def normalize_ab(ab):
    """Bring ab from Lab units (±128) to the scale of tanh (±1); any shape that ends in 2."""
    reach = 128
    ### BEGIN SOLUTION
    return ab / reach
    ### END SOLUTION


# %% check="normalize_ab"
# 🔎 Check: normalize_ab
ab = np.array([[[64.0, -32.0], [0.5, -107.86]]])
scaled = np.array([[[0.5, -0.25], [0.00390625, -0.84265625]]])
cases = {
    "normalize_ab(ab), for an ab that begins with 64 and -32,": (ab, scaled),
    "normalize_ab(ab) of a very pale photo": (scaled, scaled / 128),
    "normalize_ab(ab) of a float32 array": (ab.astype(np.float32), scaled),
    "normalize_ab(ab) of one pixel, an ab of shape (2,),": (ab[0, 0], scaled[0, 0]),
    "normalize_ab(ab) of a batch of photos": (ab[np.newaxis], scaled[np.newaxis]),
}
for what, (given, wanted) in cases.items():
    got = attempt(normalize_ab, given, untouched=True)
    slips = {
        "It came back as it was." + (" Pale photos are divided too: the scale is the same for all." if "pale" in what else ""): given,
        "It was divided by the largest number in it: each photo then has its own scale. The divisor is 128 for all.": given / np.abs(given).max(),
        "It is zero everywhere. The results lie between -1 and 1: were their fractions cut off?": 0 * wanted,
        "It is cut down to whole numbers. `//` does that; `/` keeps the fractions.": np.floor(wanted),
        "That is tanh. It belongs to the network; here there is only a division.": np.tanh(given),
        "That is a division by 100, clipped to -1 to 1.": np.clip(given / 100, -1, 1),
        "Something was added: 0 becomes 0.5, but 0 has to stay 0.": wanted / 2 + 0.5,
        "128 was added before the division, but 0 has to stay 0.": (wanted + 1) * 128 / 255,
        "It was clipped to -100 to 100. b goes down to -107.86.": np.clip(wanted, -100 / 128, 100 / 128),
        **{f"That is a division by {divisor}.": wanted * 128 / divisor for divisor in (60, 86, 98, 100, 108, 110, 127, 255, 256)},
        **straight_line(got, given),
    }
    assert hasattr(got, "dtype"), f"{what} should be an array; what came is {describe(got)}."
    same(got, wanted, what, atol=1e-6, slips=slips, why="The divisor is 128, for a and for b, whatever the photo holds.")
got = normalize_ab(ab)
print(f"64 → {got[0, 0, 0]}, −32 → {got[0, 0, 1]}, and the bluest blue, −107.86 → {got[0, 1, 1]:.3f}")

# %% [markdown]
# Your function on the four photos. The pale bars are what a screen can show at all, the dark ones
# what each photo holds.

# %%
figure, axes = plt.subplots(1, 4, figsize=(10.4, 2.3), sharey=True, layout="constrained")
ends = normalize_ab(np.array([[-86.18, -107.86], [98.23, 94.48]]))
spans = []
for axis, (name, picture) in zip(axes, photos.items()):
    scaled = normalize_ab(rgb2lab(picture)[:, :, 1:])
    least, most = scaled.min(axis=(0, 1)), scaled.max(axis=(0, 1))
    axis.barh([1, 0], ends[1] - ends[0], left=ends[0], height=0.62, color="#d9d9d9")
    axis.barh([1, 0], most - least, left=least, height=0.34, color=["#b5483a", "#b58a00"])
    axis.axvline(0, color="black", linewidth=0.6)
    axis.set(xlim=(-1, 1), ylim=(-0.6, 1.6), title=f"{name}, normalized", xlabel="a / 128 and b / 128")
    axis.set_yticks([1, 0], ["a", "b"])
    axis.title.set_fontsize(10)
    spans.append(f"{name}: a {least[0]:.2f} to {most[0]:.2f}, b {least[1]:.2f} to {most[1]:.2f}")
show(
    figure,
    alt=(
        "For each photo, bars on an axis from -1 to 1 show how far its a and b reach after the division."
        f" {'; '.join(spans)}. All stay inside the reach of a screen, {ends[0, 1]:.2f} to {ends[1, 0]:.2f}."
    ),
)


# %% [markdown]
# All fit, and nothing reaches the very ends of the range: a good thing, as part 4 shows.

# %% [markdown]
# ### Exercise 3.2 · And back
# **1 point · about 2 minutes**
#
# Write `denormalize_ab(Y)`, which undoes exercise 3.1.
#
# - `Y`: a float32 or float64 array of any shape that ends in 2, on the scale from −1 to 1. It is
#   left unchanged.
# - Returns a new float array of the same shape, in Lab units. Fractions stay fractions.
#
# <details><summary>Hint 1 · the idea</summary>
#
# What undoes a division?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# The same number as in exercise 3.1, written out: `reach` is known inside `normalize_ab` only.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# From kilograms back to grams: `grams = 1000 * kilograms`. Yours is such a line, with `return`.
#
# </details>


# %% answer="denormalize_ab"
# ✏️ Answer: denormalize_ab
def denormalize_ab(Y):
    """Bring ab from the scale of tanh (±1) back to Lab units (±128); any shape that ends in 2."""
    ### BEGIN SOLUTION
    return 128 * Y
    ### END SOLUTION


# %% check="denormalize_ab"
# 🔎 Check: denormalize_ab
Y = np.array([[[0.5, -0.25], [1.0, -0.1318359375]]])
units = np.array([[[64.0, -32.0], [128.0, -16.875]]])
cases = {
    "denormalize_ab(Y), for a Y that begins with 0.5 and -0.25,": (Y, units),
    "denormalize_ab(Y) of a float32 array": (Y.astype(np.float32), units),
    "denormalize_ab(Y) of one pixel, a Y of shape (2,),": (Y[0, 0], units[0, 0]),
    "denormalize_ab(Y) of a batch of photos": (Y[np.newaxis], units[np.newaxis]),
}
for what, (given, wanted) in cases.items():
    got = attempt(denormalize_ab, given, untouched=True)
    slips = {
        "It was divided once more. What undoes a division?": wanted / 128**2,
        "1 became 127, and the rest is right: the numbers are clipped at 127.": np.clip(wanted, -128, 127),
        "128 was subtracted. Exercise 3.1 adds nothing, so there is nothing to subtract.": wanted * 2 - 128,
        "128 was added. Exercise 3.1 subtracts nothing, so there is nothing to add.": wanted + 128,
        "1 × 128 does not fit into int8, which ends at 127, and came out as -128. A float array is wanted: leave out the integer type.": (np.trunc(wanted) + 128) % 256 - 128,
        "The fractions are cut off, but Lab units have fractions: leave out the integer type, `//` or whatever cuts them off.": np.trunc(wanted),
        "That is a power, `**`. What undoes a division?": given**128,
        **{f"That is a multiplication by {factor}.": wanted / 128 * factor for factor in (100, 127, 255, 256)},
        **straight_line(got, given),
    }
    assert hasattr(got, "dtype"), f"{what} should be an array; what came is {describe(got)}."
    same(got, wanted, what, atol=1e-3, slips=slips, given=[given], why="What undoes the division of exercise 3.1?")
ab = rgb2lab(photo)[:, :, 1:]
changed = np.count_nonzero(np.abs(denormalize_ab(ab / 128) - ab) > 1e-4)  # float32 has 7 digits, so not quite 0
assert changed == 0, f"There and back, {changed:,} of {ab.size:,} numbers of the portrait changed. Is anything rounded?"
print(f"There and back: {ab.size:,} numbers of the portrait, {changed} changed.")

# %% [markdown]
# ## Part 2 · Batches: how X and Y are packed
#
# A Keras network wants its numbers in a **batch**, an array of four axes:
#
# | axis | counts | for one grey photo `X` | for its colour `Y` |
# |---|---|---|---|
# | 0 | the photos | 1 | 1 |
# | 1 | rows, from the top | H | H |
# | 2 | columns, from the left | W | W |
# | 3 | channels: numbers per pixel | 1: L | 2: a, b |
#
# An axis of length 1 must be there, too: the first one of a single photo, and the last one of a
# grey photo, which has one number per pixel.
#
# > **Predict.** A grid of 2 rows and 3 columns becomes a batch. What is its shape? And which of the
# > six numbers is `X[0, 1, 2, 0]`?

# %%
grid = np.array([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]])
X = np.expand_dims(grid, (0, -1))
print("the grid ", grid.shape)
print("the batch", X.shape)
print("X[0, 1, 2, 0] is", X[0, 1, 2, 0], "- photo 0, row 1, column 2, channel 0")

# %% [markdown]
# Now the accident that everybody has once. The cell below packs the portrait's `ab` into the shape
# (1, 400, 400, 2) in four ways, A to D: no error, and the right shape in all four. Read the four
# lines behind A, B, C and D first.
#
# > **Predict.** `reshape` reads out all numbers in order and fills them into a new shape.
# > `moveaxis` and `swapaxes` put axes in a different order. Two of these four are right. Which?

# %% tags=["open"]
lab = rgb2lab(photo)
L, ab = lab[:, :, 0], lab[:, :, 1:]
ways = {
    "A: expand_dims": np.expand_dims(ab, 0),
    "B: reshape": ab.reshape(1, 400, 400, 2),
    "C: moveaxis, reshape": np.moveaxis(ab, 2, 0).reshape(1, 400, 400, 2),
    "D: swapaxes, expand_dims": np.expand_dims(ab.swapaxes(0, 1), 0),
}
off = [np.abs(batch[0] - ab).mean() for batch in ways.values()]
show(
    *(picture_of(L, batch[0]) for batch in ways.values()),
    titles=list(ways),
    size=2.4,
    alt=(
        "The portrait coloured from each of the four batches. On average its a and b are off by"
        f" {', '.join(f'{way[0]} {gap:.1f}' for way, gap in zip(ways, off))}. A and B look like the photo. In C the colours of four small"
        " portraits lie over it, two above and two below, and in D those of a portrait that lies on its side."
    ),
)


# %% [markdown]
# <details><summary>What happened</summary>
#
# - **A** and **B** are right. A new axis of length 1 moves no number, however you make it.
# - **C** had all a first, then all b. `reshape` then took neighbours in the queue, two pixels' a,
#   for one pixel's (a, b).
# - **D** swapped rows and columns: the colours of a picture that lies on its side.
#
# A shape does not tell whether the numbers are at their places. *Reshape adds or drops axes of
# length 1 safely; it never reorders.* And test with photos whose height and width differ: there,
# D would at least have had the wrong shape.
#
# </details>
#
# Two more rules, and the packing is complete:
#
# - **float32.** `rgb2lab` gives float64 for most photos. Networks compute in float32: half the
#   memory, much faster on a GPU, and seven digits are plenty.
# - **Only Y is divided.** `X` keeps L from 0 to 100: tanh stands at the network's *end* and limits
#   what comes out, not what goes in. (Many networks scale their input too; ours does without.)

# %% [markdown]
# ### Exercise 3.3 · The input X
# **2 points · about 4 minutes**
#
# Write `to_x(L)`.
#
# - `L`: a float array (H, W), lightness from 0 to 100. H and W may differ, and either may be 1.
# - Returns an array of shape (1, H, W, 1) and dtype float32, which holds the same numbers,
#   unscaled: row r, column c of `L` stands at `[0, r, c, 0]`.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Two new axes of length 1, one in front and one at the end, and another dtype. No number moves.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# For the axes: `np.expand_dims`, `reshape`, or indexing with `np.newaxis`. For the dtype:
# `.astype`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `L[np.newaxis, :, :]` has the shape (1, H, W). The axis that counts the channels goes into the
# same brackets, and `.astype(GAP)` after them, with the dtype in the gap.
#
# </details>


# %% answer="to_x"
# ✏️ Answer: to_x
def to_x(L):
    """Pack the lightness L (H, W), 0–100, as a batch of one photo: float32 (1, H, W, 1), unscaled."""
    ### BEGIN SOLUTION
    return L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    ### END SOLUTION


# %% check="to_x"
# 🔎 Check: to_x
grid = np.array([[10.5, 20.0, 30.0], [40.0, 50.0, 60.25]])
cases = {
    "X of a grid of 2 rows and 3 columns": (grid, [[[[10.5], [20], [30]], [[40], [50], [60.25]]]]),
    "X of a grid of 1 row and 3 columns": (grid[:1], [[[[10.5], [20], [30]]]]),
    "X of a grid of 2 rows and 1 column": (grid[:, :1], [[[[10.5]], [[40]]]]),
    "X of a float32 grid": (grid.astype(np.float32), [[[[10.5], [20], [30]], [[40], [50], [60.25]]]]),
}
for what, (given, wanted) in cases.items():
    X = attempt(to_x, given)
    assert hasattr(X, "dtype"), f"{what} should be a NumPy array; what came is {describe(X)}."
    slips = {
        "Is `squeeze` in it? It drops every axis of length 1, even a side of the photo.": np.expand_dims(np.squeeze(given), (0, -1)),
        "Rows and columns have changed places.": np.swapaxes(wanted, 1, 2),
        "Rows and columns were swapped, and the numbers then cut into rows anew: `reshape` never reorders.": given.T.reshape(np.shape(wanted)),
        "Height and width have changed places in the shape: rows come before columns.": np.reshape(given, (1, *given.shape[::-1], 1)),
        "The axis that counts the channels is missing, at the end.": given[np.newaxis],
        "The axis that counts the photos is missing, in front.": given[:, :, np.newaxis],
        "One of the new axes goes in front, the other one to the end.": given[:, :, np.newaxis, np.newaxis],
        "Of the two new axes, one goes in front, the other one to the end.": given[np.newaxis, np.newaxis],
        **{f"It was divided by {divisor}, but X keeps L from 0 to 100.": np.array(wanted) / divisor for divisor in (100, 128, 255)},
    }
    same(X, wanted, what, atol=1e-3, slips=slips, given=[given], why="Row r, column c of L should stand at [0, r, c, 0], as it came.")
    assert X.dtype == np.float32, f"{what} should have the dtype float32; yours is {X.dtype}. `.astype(np.float32)` gives an array of this dtype, and that one has to be returned."
X = attempt(to_x, rgb2lab(photo)[:, :, 0])
print(f"X of the portrait: {X.shape}, {X.dtype}, from {X.min():.0f} to {X.max():.0f}")

# %% [markdown]
# ### Exercise 3.4 · The target Y
# **2 points · about 4 minutes · builds on 3.1**
#
# Write `to_y(ab)`. Your `normalize_ab` does half of it.
#
# - `ab`: a float array (H, W, 2) in Lab units. H and W may differ, and either may be 1. It is left
#   unchanged.
# - Returns an array of shape (1, H, W, 2) and dtype float32: a and b of row r, column c, divided by
#   128, stand at `[0, r, c]`, a first.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Three steps: scale, dtype, one new axis. The channels have their axis already.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# Way A of the four above, after `normalize_ab`. The axis that is missing counts the photos.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `scaled = normalize_ab(ab)`, then give back `scaled.astype(GAP)`, with the dtype in the gap, and
# with `np.newaxis` or `np.expand_dims` for axis 0.
#
# </details>


# %% answer="to_y"
# ✏️ Answer: to_y
def to_y(ab):
    """Pack ab (H, W, 2) in Lab units as a target batch: float32 (1, H, W, 2), divided by 128."""
    ### BEGIN SOLUTION
    return normalize_ab(ab).astype(np.float32)[np.newaxis]
    ### END SOLUTION


# %% check="to_y"
# 🔎 Check: to_y
ab = np.array([[[64.75, -32.25], [16.0, 8.0], [-2.0, 4.0]], [[1.0, 2.0], [-80.0, 24.0], [40.0, -9.5]]])
scaled = np.array(
    [[[0.505859375, -0.251953125], [0.125, 0.0625], [-0.015625, 0.03125]], [[0.0078125, 0.015625], [-0.625, 0.1875], [0.3125, -0.07421875]]]
)
cases = {
    "Y of a photo of 2 rows and 3 columns": (ab, scaled),
    "Y of a photo of 1 row and 3 columns": (ab[:1], scaled[:1]),
    "Y of a photo of 2 rows and 1 column": (ab[:, :1], scaled[:, :1]),
    "Y of a float32 photo": (ab.astype(np.float32), scaled),
}
for what, (given, photo_0) in cases.items():
    wanted = np.array([photo_0])
    Y = attempt(to_y, given)
    assert hasattr(Y, "dtype"), f"{what} should be a NumPy array; what came is {describe(Y)}."
    slips = {
        "Is `squeeze` in it? It drops every axis of length 1, even a side of the photo.": [np.squeeze(photo_0)],
        "That fits your own `normalize_ab`, which is not right yet: exercise 3.1 first.": lambda: [normalize_ab(given.copy())],
        "The numbers are as they came, in Lab units. Y is on the scale of tanh: what is missing?": [given],
        "They are multiplied by 128. Y is on the scale of tanh: from Lab units it takes a division.": wanted * 128**2,
        "Divided by 128 twice? Your `normalize_ab` does it already.": wanted / 128,
        "The fractions were cut off before the division.": np.trunc(wanted * 128) / 128,
        "It was rounded before the division.": np.rint(wanted * 128) / 128,
        "a and b have changed places: a comes first.": wanted[..., ::-1],
        "First come all a, then all b, and they are cut into pairs anew: `reshape` never reorders (way C above).": np.moveaxis(wanted, 3, 1).reshape(wanted.shape),
        "Rows and columns were swapped, and the numbers then cut into rows anew: `reshape` never reorders.": wanted.swapaxes(1, 2).reshape(wanted.shape),
        "Rows and columns have changed places.": wanted.swapaxes(1, 2),
        "The axis that counts the photos is missing, in front.": photo_0,
        "The new axis counts the photos, so it goes in front.": photo_0[..., np.newaxis],
        "The channels come last: photos, rows, columns, channels.": np.moveaxis(wanted, 3, 1),
        "It is zero everywhere. The results lie between -1 and 1: were their fractions cut off?": 0 * wanted,
    }
    same(Y, wanted, what, atol=1e-6, slips=slips, given=[given], why="a and b of row r, column c should stand at [0, r, c], divided by 128.")
    assert Y.dtype == np.float32, f"{what} should have the dtype float32; yours is {Y.dtype}. `.astype(np.float32)` gives an array of this dtype, and that one has to be returned."
for given in (ab.copy(), ab.astype(np.float32)):
    before = given.copy()
    to_y(given)
    assert np.array_equal(given, before), (
        "Your function changed the array that it was given, `ab`. `/=` writes into its array, even if only"
        " `normalize_ab` (exercise 3.1) does it; `/` makes a new one."
    )
Y = attempt(to_y, rgb2lab(photo)[:, :, 1:])
print(f"Y of the portrait: {Y.shape}, {Y.dtype}, from {Y.min():.3f} to {Y.max():.3f}")

# %% [markdown]
# ### Exercise 3.5 · Out of the batch again
# **2 points · about 3 minutes · builds on 3.2**
#
# A prediction comes out of the network packed like `Y`. Write `ab_from_y(Y)`, which unpacks it.
#
# - `Y`: a float array of shape (1, H, W, 2) on the scale from −1 to 1. H and W may differ, and
#   either may be 1. It is left unchanged.
# - Returns a float array `ab` of shape (H, W, 2), in Lab units.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Take the one photo out of the batch, and multiply.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `Y[0]` is photo 0, an array (H, W, 2). It is a *view*: what you write into it, you write into `Y`.
# `np.squeeze` drops every axis of length 1, even one that you need.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `return denormalize_ab(GAP)`, with photo 0 in the gap.
#
# </details>


# %% answer="ab_from_y"
# ✏️ Answer: ab_from_y
def ab_from_y(Y):
    """Unpack a batch of one photo's colour (1, H, W, 2), ±1, as ab (H, W, 2) in Lab units."""
    ### BEGIN SOLUTION
    return denormalize_ab(Y[0])
    ### END SOLUTION


# %% check="ab_from_y"
# 🔎 Check: ab_from_y
Y = np.array([[[[0.5, -0.25], [0.1318359375, 0.0], [0.0625, 1.0]], [[-0.75, 0.125], [0.25, -0.5], [0.375, -1.0]]]], dtype=np.float32)
units = np.array([[[64.0, -32.0], [16.875, 0.0], [8.0, 128.0]], [[-96.0, 16.0], [32.0, -64.0], [48.0, -128.0]]])
cases = {
    "ab of a batch with a photo of 2 rows and 3 columns": (Y, units),
    "ab of a batch with a photo of 1 row and 3 columns": (Y[:, :1], units[:1]),
    "ab of a batch with a photo of 2 rows and 1 column": (Y[:, :, :1], units[:, :1]),
}
for what, (given, wanted) in cases.items():
    got = attempt(ab_from_y, given, returns=False)
    assert got is not None, "Nothing came back. " + (
        "Nor does your own `denormalize_ab` give anything: exercise 3.2 first."
        if earlier(denormalize_ab, given[0].copy()) is None
        else "Is there a `return`?"
    )
    assert hasattr(got, "dtype"), f"{what} should be a NumPy array; what came is {describe(got)}."
    slips = {
        "That fits your own `denormalize_ab`, which is not right yet: exercise 3.2 first.": lambda: denormalize_ab(given.copy())[0],
        "Still on the scale from -1 to 1. Lab units are wanted.": wanted / 128,
        "It was divided by 128 once more. What undoes a division?": wanted / 128**2,
        "The axis that counts the photos is still there: take photo 0 out of the batch.": [wanted],
        "Is `squeeze` in it? It drops every axis of length 1, even a side of the photo.": np.squeeze(wanted),
        "1 became 127, and the rest is right: the numbers are clipped at 127.": np.clip(wanted, -128, 127),
        "That is only one row of the photo.": wanted[0],
        "a and b have changed places: a comes first.": wanted[..., ::-1],
        "Rows and columns have changed places.": wanted.swapaxes(0, 1),
        "That is only one channel. a and b are both wanted.": lambda: [wanted[..., 0]],
    }
    same(got, wanted, what, atol=1e-3, slips=slips, given=[given], why="`Y[0, r, c]` should become row r, column c, in Lab units.")
for given in (Y.copy(), Y.astype(np.float64)):
    before = given.copy()
    ab_from_y(given)
    assert np.array_equal(given, before), (
        "Your function changed the batch that it was given. `Y[0]` is a view: `*=` on it writes into Y, even if only"
        " `denormalize_ab` (exercise 3.2) does it."
    )
print("Unpacked, the first row:", np.asarray(attempt(ab_from_y, Y))[0].tolist())

# %% [markdown]
# The whole way with your functions: photo, X and Y, photo. From lesson 4 on a network stands in the
# middle and has to make the second and third picture out of the first.

# %%
lab = rgb2lab(photo)
X, Y = to_x(lab[:, :, 0].copy()), to_y(lab[:, :, 1:].copy())
home = picture_of(X[0, :, :, 0], ab_from_y(Y.copy()))
off = np.abs(np.rint(255 * home) - photo).max()
figure, axes = plt.subplots(1, 4, figsize=(10.4, 3.2), layout="constrained")
parts = (
    (X[0, :, :, 0], "X: L", "gray", 0, 100),
    (Y[0, :, :, 0], "Y, channel 0: a / 128", GREEN_TO_RED, -0.5, 0.5),
    (Y[0, :, :, 1], "Y, channel 1: b / 128", BLUE_TO_YELLOW, -0.5, 0.5),
)
for axis, (grid, title, cmap, low, high) in zip(axes, parts):
    drawn = axis.imshow(grid, cmap=cmap, vmin=low, vmax=high)
    axis.set_title(title, fontsize=10)
    figure.colorbar(drawn, ax=axis, orientation="horizontal", shrink=0.85, pad=0.03)
axes[3].imshow(home)
axes[3].set_title(f"put together again:\noff by {off:.0f} of 255 levels", fontsize=10)
for axis in axes:
    axis.axis("off")
show(
    figure,
    alt=(
        "The grey portrait X, the two grids of Y with values from"
        f" {Y.min():.2f} to {Y.max():.2f}, and the portrait put together from them, off by {off:.0f} levels"
        " of 255 at most."
    ),
)

# %% [markdown]
# ## Part 3 · A guard at the door
#
# Most hours lost in this trade are lost quietly. A target that is not divided, a stray NaN (*not a
# number*), one axis missing: the training runs on, and the picture is bad in the end. Better to be
# stopped at once by an error that says **what came** and **what probably caused it**.
#
# `raise ValueError("This is no L.")` stops with a message. A small guard, as an example:


# %%
def check_lightness(X):
    if X.min() < 0 or X.max() > 100:
        worst = X.min() if X.min() < 0 else X.max()
        raise ValueError(f"L lies between 0 and 100, but there is {worst:.1f}. Is this really L?")
    return X


for values in ([0.0, 50.0, 100.0], [0.0, 50.0, 255.0], [0.0, 50.0, np.nan]):
    try:
        check_lightness(np.array(values))
        print(values, "passes")
    except ValueError as error:
        print(values, "is stopped:", error)

# %% [markdown]
# <details><summary>Look at the last one. Why did it pass?</summary>
#
# Every comparison with NaN is False: NaN < 0 is False, and NaN > 100 is False. A guard that asks
# "is something bad?" overlooks NaN. Ask for it by name, with `np.isnan` or `np.isfinite`, or ask
# the other way round: "is everything good?"
#
# </details>

# %% [markdown]
# ### Exercise 3.6 · Guard the targets
# **4 points · about 9 minutes**
#
# Write `check_targets(Y)`.
#
# - `Y`: a NumPy array of floats that claims to be a target batch.
# - It is good if it has **four axes, the last of length 2**, holds **no NaN and no infinity**, and
#   **all its numbers lie between −1 and 1**, both ends included. A good `Y` is returned, unchanged.
# - Anything else raises a `ValueError` whose message says what came:
#     - wrong axes: the shape as Python writes it, such as `(400, 400, 2)`;
#     - NaN or infinity: one of the words `NaN` and `infinity`;
#     - too large or too small: the number farthest from zero, with at least one digit after the
#       point, such as `60.4` (with or without its sign).
# - The message mentions only what is wrong: the words NaN and infinity appear only if `Y` holds
#   one of them. If several things are wrong, name whichever you like.
# - Add a likely cause for the reader: did somebody forget the 128?
#
# <details><summary>Hint 1 · the idea</summary>
#
# Three questions, one after the other, each with its own `raise`. A batch that gets past all three
# is good.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `Y.ndim`, `Y.shape[-1]`; `np.isfinite(Y).all()`; `np.abs(Y).max()` is the largest distance from
# zero. A message with a value in it: `f"There is {value:.2f} in it."`
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# First `if Y.ndim != GAP or Y.shape[-1] != GAP:`, with the two numbers of the text in the gaps, and
# below it a `raise ValueError` whose text holds `{Y.shape}`. Then `if not GAP:` and a `raise` that
# names NaN or infinity. Then `farthest = GAP`, `if farthest > 1:` and the third `raise`. At the end
# `Y` is returned.
#
# </details>


# %% answer="check_targets"
# ✏️ Answer: check_targets
def check_targets(Y):
    """Return a good target batch (N, H, W, 2) within ±1 unchanged; raise ValueError, saying what came, for any other."""
    ### BEGIN SOLUTION
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError(f"A target batch has the shape (N, H, W, 2), not {Y.shape}. Was it packed with to_y?")
    if not np.isfinite(Y).all():
        raise ValueError("The targets hold NaN or infinity. Was something divided by zero?")
    farthest = Y.flat[np.abs(Y).argmax()]
    if abs(farthest) > 1:
        raise ValueError(
            f"Targets lie between -1 and 1, but there is {farthest:.2f}. Was the division by 128 forgotten?"
        )
    return Y
    ### END SOLUTION


# %% check="check_targets"
# 🔎 Check: check_targets
import contextlib
import io

seen = {}  # of the last batch: what the guard printed, and the line where Python's own ValueError came up


def complaint(Y):
    """What check_targets says about a batch, or "" if it lets the batch through."""
    printed = io.StringIO()
    seen.update(line="", printed="")
    try:
        with contextlib.redirect_stdout(printed):
            back = check_targets(Y.copy())
    except NotImplementedError:
        raise
    except ValueError as error:
        line = where_it_stopped(error)[1]
        seen.update(line="" if "raise" in line else line)
        return str(error) or "(no message)"
    except Exception as error:
        kind, line = type(error).__name__, where_it_stopped(error)[1]
        why = explain(f"{kind}: {error} (at the line `{line}`)")
        if "assert" in line:
            why = "`assert` raises AssertionError; `raise ValueError(…)` is another statement."
        elif "raise" in line:
            why = f"Your `raise` names {kind}."
        elif kind == "IndexError" and Y.ndim < 4:
            why = f"This batch has {Y.ndim} axes. Is a fourth one used before it is known that there are four?"
        raise AssertionError(
            f"For a batch of shape {Y.shape} a ValueError was wanted; what came is {kind}: {error}" + (f" (at the line `{line}`). {why}" if line else f". {why}")
        ) from None
    finally:
        seen["printed"] = " ".join(printed.getvalue().split())
        print(printed.getvalue(), end="")
    assert not isinstance(back, Exception), "An error is not returned but raised: `raise` in the place of `return`."
    return ""


def pythons_own(says):
    """The sentences on a ValueError that no `raise` of the guard made, or ""."""
    why = explain(f"ValueError: {says} (at the line `{seen['line']}`)")
    return f"Your function stopped with Python's own error at `{seen['line']}`. {why}" if seen["line"] else ""


def not_stopped(what, why):
    """What to say of a bad batch for which no error was raised."""
    if seen["printed"]:
        why = f"Your function printed “{seen['printed'][:80]}”. But `print` only shows a text, and the function goes on; `raise` stops it."
    return f"No error was raised for a batch with {what}. A ValueError is wanted. {why}"


def insist(says, words, what):
    """The message says one of the words; if they are others than NaN and infinity, it does not speak of these."""
    said = says.lower().replace(", ", ",")
    wanted = "NaN or infinity" if "nan" in words else words[0].replace(",", ", ")
    whole = words[0].partition(".")[0]
    a_number, a_shape, a_digit = "." in words[0], "(" in words[0], re.search(r"\d", says.replace("128", ""))
    causes = {
        pythons_own(says): seen["line"],
        "Is the `f` before the quotation marks missing?": "{" in says,
        "60.5 is the largest number, but not the one farthest from zero.": "60.5" in says and "70.5" in words,
        "At least one digit after the point is wanted.": a_number and int(whole) > 1 and re.search(rf"\b({whole}|{int(whole) + 1})\b(?!\.\d)", says),
        "Nothing of `Y` is in it. `{…}` in an f-string puts a value into a text.": (a_number or a_shape) and not a_digit,
        "The shape is wanted as Python writes it, with its round brackets.": a_shape and not re.search(r"\(\d", says),
        "The shape in it is another one. Is it that of `Y` itself?": a_shape and re.search(r"\(\d[\d, ]*\)", says),
        "It speaks of NaN or infinity, and there is none in this batch.": re.search(r"\b(nans?|infinit\w+)\b", said) and "nan" not in words,
        "There is a number in it, but not the one farthest from zero.": a_number,
    }
    cause = next((text for text, fits in causes.items() if fits), "Which of your messages is this, and does it fit this batch?")
    assert any(word in said for word in words), (
        f"For a batch with {what}, the message should say {wanted}. {cause} Yours says: {says}"
    )
    assert "nan" in words or not re.search(r"\b(nans?|infinit\w+)\b", said), (
        f"A batch with {what} has no NaN and no infinity, but the message speaks of them. Name only what is wrong. Yours says: {says}"
    )


good = np.array([[[[0.5, -0.25], [1.0, -1.0]]]], dtype=np.float32)
for what, batch in {
    "float32, from -1 to 1": good,
    "float64": 0.5 * good.astype(np.float64),
    "two photos of 3 rows and 5 columns": np.full((2, 3, 5, 2), 0.25, dtype=np.float32),
}.items():
    says = complaint(batch)
    assert not says, f"A good batch was stopped ({what}). " + (
        f"{pythons_own(says)} Python says: {says}" if seen["line"] else
        f"Its shape {batch.shape}, its dtype {batch.dtype} and its numbers, from {batch.min():g} to {batch.max():g}, are all in order."
        f" Which of your questions stopped it? Yours says: {says}"
    )
    back = check_targets(batch.copy())
    assert back is not None, "A good batch should be returned, but nothing came back. Is there a `return`?"
    assert hasattr(back, "dtype"), f"The good batch itself should be returned; what came is {describe(back)}."
    same(back, batch, "What check_targets returns for a good batch", why="It should come back as it was.")
for place, number, words in (
    ((0, 2, 3, 0), 60.5, ("60.5",)),
    ((0, 2, 3, 1), -70.5, ("70.5",)),
    ((0, 2, 3, 1), -1.5, ("1.5",)),
    ((0, 2, 3, 0), 1.001, ("1.0",)),
    ((1, 0, 4, 1), 40.5, ("40.5",)),
    ((0, 2, 3, 1), np.nan, ("nan", "inf")),
    ((0, 0, 0, 0), np.inf, ("nan", "inf")),
    ((1, 3, 4, 1), -np.inf, ("nan", "inf")),
):
    bad = np.full((1 + place[0], 4, 5, 2), 0.5, dtype=np.float32)
    bad[place] = number
    bad[0, 1, 1, 0] = 60.5 if number == -70.5 else 0.5
    name = {"nan": "NaN", "inf": "infinity", "-inf": "minus infinity"}.get(str(number), str(number))
    what = f"{name} in {'its second photo' if place[0] else 'it'}" + (" (and 60.5)" if number == -70.5 else "")
    says = complaint(bad)
    why = {
        60.5: "Does one of your questions find it? And does it `raise` the ValueError, or only make it?",
        -1.5: "60.5 is stopped. Does your question find negative numbers, too?",
        1.001: "60.5 is stopped. Where does your question draw the line?",
        40.5: "In a first photo such a number is stopped. Does your question look at the whole batch?",
        np.inf: "NaN is stopped. Does your question find infinity, too?",
    }.get(number, "Does your question look at the whole batch?")
    if np.isnan(number):
        why = "Every comparison with NaN is False: ask whether everything is good."
    assert says, not_stopped(what, why)
    insist(says, words, what)
for shape in ((1, 2, 2), (1, 1, 4, 5, 2), (1, 4, 5, 3), (1, 4, 5, 1), (1, 2, 4, 5)):
    says = complaint(np.full(shape, 0.5, dtype=np.float32))
    assert says, not_stopped(f"the shape {shape}", "A good batch has four axes, *and* the last has length 2. If either is not so, it should be stopped.")
    insist(says, (str(shape).replace(" ", ""),), f"the shape {shape}")
says = complaint(rgb2lab(photo)[np.newaxis, :, :, 1:])
assert says, not_stopped("the portrait's a and b, which are not divided", "Does your question look at all its numbers?")
print("Good batches pass. Of the un-divided portrait your guard says:")
print(" ", says)

# %% [markdown]
# Six batches as they happen in real life, at your door:

# %%
lab = rgb2lab(photo)
Y = np.float32(lab[np.newaxis, :, :, 1:] / 128)
torn = Y.copy()
torn[0, 7, 7, 0] = np.nan
door = {
    "a good batch": Y,
    "not divided": 128 * Y,
    "no batch axis": Y[0],
    "L, a and b": np.float32(lab[np.newaxis] / 128),
    "channels first": np.moveaxis(Y, 3, 1),
    "one NaN in it": torn,
}
for name, batch in door.items():
    print(f"{name:15s}", complaint(batch) or "passes")

# %% [markdown]
# ## Part 4 · The curve at the end
#
# **tanh**, the hyperbolic tangent, is what the last layer does with each sum that it has computed.
# Whatever goes in, something between −1 and 1 comes out.
#
# > **Predict.** What comes out for 0? For 1? What must go in so that exactly 1 comes out?

# %%
print("   goes in   comes out   slope there")
for x in (0, 0.1, 0.5, 1, 1.5, 2, 3, 5):
    slope = (np.tanh(x + 1e-4) - np.tanh(x - 1e-4)) / 2e-4
    print(f"{x:10.1f} {np.tanh(x):11.5f} {slope:13.5f}")

# %% [markdown]
# <details><summary>What to see</summary>
#
# Near 0 the curve is steep: what goes in comes out nearly as it is (0.1 gives 0.09967), and the
# slope is 1. Then it bends. From 3 on it is almost flat, and exactly 1 is never reached: tanh would
# need infinity.
#
# The **slope** says how much the output moves when the network moves its sum a little. Where it is
# next to nothing, the network can push as it likes and hardly anything happens.
#
# </details>
#
# So, which sums must the network be able to make for real colours? That is the way backwards
# through tanh: the **inverse** function, written artanh, in NumPy `np.arctanh`.
#
# For the slope there is a formula that needs only the *output* y: it is **1 − y²**, so 1 at y = 0,
# and 0 at y = 1.

# %% [markdown]
# ### Exercise 3.7 · Behind the tanh
# **2 points · about 5 minutes**
#
# Write `behind_tanh(y)`.
#
# - `y`: an output of tanh. One number, or a float array of any shape; all lie strictly between −1
#   and 1.
# - Returns two things: the `x` for which tanh(x) is `y`, and the slope of tanh there. If `y` is an
#   array, both are arrays of its shape.
#
# <details><summary>Hint 1 · the idea</summary>
#
# The first is the inverse of tanh. The second is the formula right above, with the *output* in it.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# NumPy's functions take numbers and whole arrays alike; those of `math` take single numbers only.
# Is `y` what went into tanh, or what came out?
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `return np.GAP(y), 1 - GAP`: in the first gap the name of the inverse, which stands above the
# exercise.
#
# </details>


# %% answer="behind_tanh"
# ✏️ Answer: behind_tanh
def behind_tanh(y):
    """For outputs y of tanh, strictly within ±1: (the x with tanh(x) = y, the slope of tanh there)."""
    ### BEGIN SOLUTION
    return np.arctanh(y), 1 - y**2
    ### END SOLUTION


# %% check="behind_tanh"
# 🔎 Check: behind_tanh
numbers = np.array([[0.0, -0.8, 0.999]])
for y, wanted_x, wanted_slope in ((0.5, 0.549306, 0.75), (numbers, [[0.0, -1.098612, 3.800201]], [[1.0, 0.36, 0.001999]])):
    result = attempt(behind_tanh, y)
    pair = (isinstance(result, (tuple, list)) or np.ndim(result) > 0) and len(result) == 2
    alone = {0.549306: "That is x alone.", 0.75: "That is the slope alone."}
    alone = "" if pair else next((text for value, text in alone.items() if np.shape(result) == () and abs(result - value) < 1e-4), "")
    assert pair, f"Two results should come back, x and the slope; what came is {describe(result)}. {alone}"
    x, slope = result
    came = f"y = {y}" if np.ndim(y) == 0 else f"y = {y.tolist()}"
    slips = {
        "That is the slope. x comes first, the slope second.": wanted_slope,
        "That is tanh of y. But y is what came *out* of tanh: what went in?": np.tanh(y),
        "That is the inverse of tan. tanh has another inverse, with an h in its name.": np.arctan(y),
        "That is tan of y, which is for angles. The inverse of tanh has `arc` and an h in its name.": np.tan(y),
        "That is the inverse of sinh.": np.arcsinh(y),
        "That is one divided by tanh, and not the inverse function.": 2.163953,
    }
    same(x, wanted_x, f"x for {came}", atol=1e-4, slips=slips, given=[y], why="tanh of your x should be y again.")
    slips = {
        "That is x. x comes first, the slope second.": wanted_x,
        "That would be right if y were what goes in. y is tanh's output already: it goes into the formula as it is.": 1 / np.cosh(y) ** 2,
        "x was put into the formula. It wants the output, y.": 1 - np.square(wanted_x),
        "y is not squared there.": 1 - np.asarray(y),
        "That is one divided by the slope.": 1 / np.asarray(wanted_slope),
        "y is doubled there. Squared is `** 2`.": 1 - 2 * np.asarray(y),
        "y was sent through tanh once more, and not squared.": 1 - np.tanh(y),
        "That is the derivative of the formula. The formula itself is the slope.": -2 * np.asarray(y),
    }
    same(slope, wanted_slope, f"The slope for {came}", atol=1e-4, slips=slips, given=[y], why="The formula above this exercise wants the output of tanh.")
    for part in (x, slope):
        assert np.ndim(y) == 0 or hasattr(part, "dtype"), f"For an array, two arrays should come back; what came is {describe(part)}."
x, slope = behind_tanh(-107.86 / 128)
print(f"The bluest blue, b = −107.86, needs x = {x:.2f}; the slope there is still {slope:.2f}.")

# %% [markdown]
# Your numbers, for the strongest colours of a screen:

# %%
corners = {
    "green, a": -86.18 / 128,
    "magenta, a": 98.23 / 128,
    "blue, b": -107.86 / 128,
    "yellow, b": 94.48 / 128,
}
inks = ["#00713c", "#c2007a", "#2437c8", "#8a6d00"]
figure, (left, right) = plt.subplots(1, 2, figsize=(10.0, 3.7), layout="constrained")
sums, outputs = np.linspace(-4, 4, 401), np.linspace(-0.999, 0.999, 401)
left.axhspan(-107.86 / 128, 98.23 / 128, color="#e6e6e6")
left.text(-3.9, 0.62, "where real colours are", fontsize=9)
left.plot(sums, np.tanh(sums), color="black")
right.axvspan(-107.86 / 128, 98.23 / 128, color="#e6e6e6")
slopes = behind_tanh(outputs)[1]
right.plot(outputs, slopes, color="black")
right_so_far = np.allclose(slopes, 1 / np.cosh(np.arctanh(outputs)) ** 2, atol=1e-3)
told = []
for (name, y), ink, marker in zip(corners.items(), inks, "sD^o"):
    x, slope = behind_tanh(y)
    left.plot(x, y, marker, color=ink, markersize=8, label=f"{name}: x = {x:+.2f}".replace("-", "−"))
    right.plot(y, slope, marker, color=ink, markersize=8, label=f"{name}: slope {slope:.2f}".replace("-", "−"))
    told.append(f"{name} = {y:.2f} needs {x:.2f}, slope {slope:.2f}")
left.set(xlabel="the sum that goes into tanh", ylabel="what comes out", ylim=(-1.05, 1.05))
left.set_title("Real colours need sums from −1.2 to 1.0", fontsize=10)
right.set(xlabel="what comes out of tanh", ylabel="slope there", ylim=(0, 1.5) if right_so_far else None, xlim=(-1.05, 1.05))
right.set_title("and lie where tanh still answers" if right_so_far else "NOT the slope of tanh yet: exercise 3.7 first", fontsize=10)
left.legend(fontsize=8.5, loc="lower right")
right.legend(fontsize=8.5, loc="upper center", ncols=2)
show(
    figure,
    alt=(
        "Left the S-shaped curve of tanh, right its slope"
        f"{', a hill that is 1 high at 0 and falls to 0 at ±1.' if right_so_far else ' by your answer, which is not right yet: exercise 3.7 first.'}"
        f" On both, the strongest colours of a screen: {'; '.join(told)}."
    ),
)

# %% [markdown]
# This is what the unused ends of the range are good for. Divided by 128, all colours sit on the
# part of the curve that still answers. Had the strongest blue been stretched to exactly −1, the
# network would have chased it for ever.
#
# ## Part 5 · One number for how wrong a picture is
#
# The network improves by making one number smaller: its **loss**. Ours is the **mean squared
# error**: take each number of the prediction minus the number it should be, square it, and take the
# mean over *all numbers*. A pixel has two.
#
# A photo of two pixels, by hand:
#
# | what | pixel 1: a | pixel 1: b | pixel 2: a | pixel 2: b |
# |---|---|---|---|---|
# | target | 0.5 | −0.2 | 0.0 | 0.1 |
# | prediction | 0.3 | −0.2 | 0.4 | 0.0 |
# | difference | 0.2 | 0.0 | −0.4 | 0.1 |
# | squared | 0.04 | 0.00 | 0.16 | 0.01 |
#
# > **Predict.** The squares add up to 0.21. What is the loss: 0.21, 0.105 or 0.0525? And which of
# > the four numbers is most to blame?
#
# <details><summary>Answer</summary>
#
# 0.21 / 4 = 0.0525: four numbers, not two pixels. More than three quarters of it, 0.16, comes from
# the one number that is off by 0.4. Twice as far counts four times as much.
#
# </details>

# %% [markdown]
# ### Exercise 3.8 · Mean squared error
# **2 points · about 4 minutes**
#
# Write `mse(Y, prediction)`.
#
# - `Y`: a float array of any shape that ends in 2.
# - `prediction`: a float array of the same shape; or a single number, or two numbers as an array of
#   shape (2,), which then stand for *every* pixel.
# - Returns one number: the mean of the squared differences over all numbers of `Y`.
# - Neither input is changed.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Difference, square, mean: one operation each, on whole arrays.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `Y - prediction` stretches a number or a pair to all pixels by itself (NumPy calls it
# *broadcasting*). `np.mean` without an `axis` takes the mean over everything.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# The *mean absolute error* would be `np.mean(np.abs(Y - prediction))`. Yours has a square where
# this has the absolute value.
#
# </details>


# %% answer="mse"
# ✏️ Answer: mse
def mse(Y, prediction):
    """Mean squared error over all numbers of Y; `prediction` has its shape, or is one number, or a pair (2,)."""
    ### BEGIN SOLUTION
    return np.mean((Y - prediction) ** 2)
    ### END SOLUTION


# %% check="mse"
# 🔎 Check: mse
target = np.array([[[[0.5, -0.2], [0.0, 0.1]]]])
guess = np.array([[[[0.3, -0.2], [0.4, 0.0]]]])
cases = {
    "The loss of two pixels, (0.5, -0.2) and (0, 0.1), against (0.3, -0.2) and (0.4, 0)": (target, guess, 0.0525),
    "The loss of the same two pixels, in float32,": (target.astype(np.float32), guess.astype(np.float32), 0.0525),
    "The loss of their targets against 0 everywhere": (target, 0, 0.075),
    "The loss of their targets against a = 0.25, b = -0.05 everywhere": (target, np.array([0.25, -0.05]), 0.0425),
    "The same without the first two axes": (target[0, 0], np.array([0.25, -0.05]), 0.0425),
    "The loss of three rows of such pixels against 0 everywhere": (np.tile(target, (1, 3, 1, 1)), 0, 0.075),
}
for what, (given, prediction, wanted) in cases.items():
    try:
        loss = attempt(mse, given, prediction, untouched=True)
    except AssertionError as error:
        few = np.size(prediction) < given.size and "stopped" in str(error)
        raise AssertionError(f"{error} The prediction may also be one number, or two numbers of shape (2,), for every pixel." if few else str(error)) from None
    assert np.ndim(loss) == 0 or np.size(loss) != given.size, (
        f"One number should come back; yours is an array of shape {np.shape(loss)}, one number for each of Y: the mean is missing."
    )
    assert np.ndim(loss) == 0, (
        f"One number should come back; yours is an array of shape {np.shape(loss)}. One mean over *all* numbers: without an axis."
    )
    gaps = (given - prediction).ravel()
    few = given.ravel()[: np.size(prediction)] - np.ravel(prediction)
    slips = {
        "Only as many numbers of Y took part as the prediction has: `zip` ends with the shorter of the two.": (few * few).sum() / gaps.size,
        "Divide by the count of the numbers of Y; the prediction may have fewer.": wanted * gaps.size / np.size(prediction),
        "That is the sum of the squares"
        + (", or the sum divided by `len`, which counts the first axis only, here 1 (`Y.shape[1]` is 1 here, too)" if len(given) == 1 else "")
        + ". The mean of all numbers is wanted.": wanted * gaps.size,
        "That is twice the loss. Was it divided by the count of the pixels? Each of them has two numbers.": wanted * 2,
        "The median was taken, not the mean.": np.median(gaps * gaps),
        "The difference was doubled. Squared is `** 2`.": 2 * gaps.sum() / gaps.size,
        "The squares were taken before the difference.": (given * given - prediction * prediction).sum() / gaps.size,
        "Y and the prediction were added. Their difference is wanted.": ((given + prediction) * (given + prediction)).sum() / gaps.size,
        "Nothing is squared.": abs(gaps).sum() / gaps.size,
        "Nothing is squared, so plus and minus cancel.": gaps.sum() / gaps.size,
        "Squared after the mean. First each difference is squared, then comes the mean.": (gaps.sum() / gaps.size) ** 2,
    }
    same(loss, wanted, what, atol=1e-6, slips=slips, why="Difference, square, one mean over all numbers: which of the three steps is different in yours?")
target_loss, pair = mse(target, 0), mse(target, np.array([0.25, -0.05]))
print(f"The two pixels: {mse(target, guess):.4f}. Against grey: {target_loss:.4f}. Against one colour for both: {pair:.4f}.")

# %% [markdown]
# ### The two losses to beat
#
# A loss of 0.02: is that good? By itself, nobody can say. It needs something to compare with, and
# two pictures can be had without any network:
#
# - the **grey picture**: predict a = 0 and b = 0 everywhere;
# - the **best constant colour**: the same a and b for every pixel, chosen so that the loss is as
#   small as possible.
#
# > **Predict.** Which constant is best? The value that occurs most often? The one in the middle of
# > all pixels (the median)? The mean? Look for the lowest point.

# %%
Y = np.float32(rgb2lab(photo)[np.newaxis, :, :, 1:] / 128)
tries = np.linspace(-0.1, 0.3, 81)
figure, axes = plt.subplots(1, 2, figsize=(9.2, 3.0), sharey=True, layout="constrained")
lowest = []
for channel, (axis, name) in enumerate(zip(axes, "ab")):
    layer = Y[..., channel].astype(float)
    losses = [np.square(layer - value).mean() for value in tries]
    axis.plot(tries, losses, color="black")
    for value, label, ink, style in (
        (np.median(layer), "median", "#0072b2", "--"),
        (layer.mean(), "mean", "#d55e00", "-"),
    ):
        axis.axvline(value, ymax=0.72, color=ink, linestyle=style, label=f"{label} {value:.3f}")
    axis.set(xlabel=f"the constant {name} / 128", title=f"channel {name} of the portrait", ylim=(0.015, 0.077))
    axis.title.set_fontsize(10)
    axis.legend(fontsize=9, loc="upper center", ncols=2)
    lowest.append(f"{name} {tries[np.argmin(losses)]:.3f}, where the mean is {layer.mean():.3f} and the median {np.median(layer):.3f}")
axes[0].set_ylabel("mean squared error")
show(
    figure,
    alt=(
        "Two bowl-shaped curves, the mean squared error of one channel against the constant that is"
        f" predicted. Of the constants tried, the lowest is for {'; for '.join(lowest)}."
    ),
)


# %% [markdown]
# <details><summary>Why there?</summary>
#
# Each channel has its bowl, and the bottom is where pulls from above and below cancel. With
# *squared* errors every number pulls in proportion to its distance, and those pulls cancel at the
# **mean**, one for each channel. (With plain distances every number would pull equally hard, and
# the median would win.)
#
# </details>

# %% [markdown]
# ### Exercise 3.9 · The losses to beat
# **3 points · about 6 minutes · builds on 3.8**
#
# Write `losses_to_beat(Y)`.
#
# - `Y`: a float target batch of shape (N, H, W, 2) with one or more photos.
# - Returns two numbers. The first: the mean squared error of the grey picture, zero everywhere. The
#   second: that of the best constant colour, **one** pair (a, b) for all pixels of all N photos.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Both are your `mse` against something simple. For the second you need two numbers first: the mean
# of all a, and the mean of all b.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `Y.mean(axis=(0, 3))` takes the mean over two axes, the photos and the channels, and leaves rows
# and columns. Which axes must go, so that only the channels stay?
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `colour = Y.mean(axis=(GAP, GAP, GAP))`, with three axes in the gaps, has the shape (2,). Then
# return the `mse` of `Y` and grey, and that of `Y` and this colour.
#
# </details>


# %% answer="losses_to_beat"
# ✏️ Answer: losses_to_beat
def losses_to_beat(Y):
    """Losses without any network, for a target batch (N, H, W, 2): (grey picture, best constant colour)."""
    ### BEGIN SOLUTION
    return mse(Y, 0), mse(Y, Y.mean(axis=(0, 1, 2)))
    ### END SOLUTION


# %% check="losses_to_beat"
# 🔎 Check: losses_to_beat
# Two photos of 2 rows and 3 columns. The mean of all a is 0.15, that of all b is -0.3.
pixels = np.array(
    [
        [[[-0.3, -0.4], [-0.5, -0.5], [0.3, -0.5]], [[0.5, -0.4], [0.5, -0.4], [0.6, -0.5]]],
        [[[-0.3, 0.2], [0.6, 0.2], [0.6, 0.1]], [[0.2, -0.5], [0.2, -0.3], [-0.6, -0.6]]],
    ]
)
try:
    result = attempt(losses_to_beat, pixels)
except AssertionError as error:
    pair = " Is the colour one pair (a, b), of shape (2,)? Then the mean goes over the photos as well." if "do not fit each other" in str(error) else ""
    raise AssertionError(f"{error}{pair}") from None
pair = (isinstance(result, (tuple, list)) or np.ndim(result) > 0) and len(result) == 2
assert pair, f"Two numbers should come back; what came is {describe(result)}."
own = earlier(mse, pixels.copy(), 0)
cause = "" if own is not None and np.ndim(own) == 0 else "Your own `mse` gives no single number yet: exercise 3.8 first."
mse_first = "" if not cause and abs(own - 0.19) < 1e-6 else "Your own `mse` is not right yet: exercise 3.8 first."
for part, name in zip(result, ("first", "second")):
    assert cause or np.shape(part) != (2,), (
        f"Each of the two is one number, a loss; your {name} is a pair, {np.round(part, 4).tolist()}. Is that the colour itself, or one loss per channel?"
    )
    assert np.ndim(part) == 0 and part is not None, f"Each of the two is one number, a loss; your {name} is {describe(part)}. {cause}"
grey, constant = result
slips = {
    "That fits your own `mse`, which is not right yet: exercise 3.8 first.": lambda: mse(pixels.copy(), 0),
    "That is the loss of the constant colour. The grey picture's comes first.": 0.13375,
    "That is the first photo alone.": 0.21,
    "That is the sum over the pixels of both photos.": 0.19 * 24,
}
same(grey, 0.19, "The loss of the grey picture", atol=1e-5, slips=slips, why=mse_first or "Zero is predicted for each a and each b, of both photos.")
slips = {
    "That fits your own `mse`, which is not right yet: exercise 3.8 first.": lambda: mse(pixels.copy(), np.array([0.15, -0.3])),
    "That is the loss of the grey picture once more.": 0.19,
    "a and b have each other's mean.": 0.33625,
    "Do a and b share one mean? Each channel has its own.": 0.184375,
    "That is the loss with the median colour. The mean squared error is lowest at another average.": 0.14375,
    "Each photo has a colour of its own here. One colour is wanted for all photos together.": 0.12194444,
    "That is the colour of one photo alone. The mean goes over all photos.": 0.14555556,
    "That is the first photo alone.": 0.09194444,
    "Each place in the photo has a colour of its own: the mean went over the photos, but not over rows and columns.": 0.08666667,
    "Only the photos and the rows were averaged, so each column has a colour of its own.": 0.12833333,
    "Each pixel has a mean of its own, of its a and its b. Which axis should stay?": 0.10166667,
    "That is halfway between the smallest and the largest, and not the mean.": 0.15,
}
why = mse_first or "Which colour was tried: the mean of all a, and the mean of all b, over both photos?"
same(constant, 0.13375, "The loss of the best constant colour", atol=1e-5, slips=slips, why=why)
grey, constant = losses_to_beat(np.float32(rgb2lab(photo)[np.newaxis, :, :, 1:] / 128))
print(f"The portrait: grey {grey:.4f}, best constant {constant:.4f}. A network has to get clearly below both.")

# %% [markdown]
# Remember the second number. A network that ignores its input and paints everything in one brownish
# tint reaches it without having learned anything about pictures. So when your own network says
# "0.02" on the portrait in lesson 4, it has nothing to be proud of yet.
#
# Your two losses, on all four photos:

# %%
figure, axes = plt.subplots(3, 4, figsize=(9.6, 7.4), layout="constrained")
told = []
for column, (name, picture) in enumerate(photos.items()):
    lab = rgb2lab(picture)
    L, ab = lab[:, :, 0], lab[:, :, 1:]
    grey, constant = losses_to_beat(np.float32(ab[np.newaxis] / 128))
    rows = (
        (picture_of(L, ab), name),
        (picture_of(L, 0 * ab), f"grey: {grey:.4f}"),
        (picture_of(L, ab.mean(axis=(0, 1))), f"one colour: {constant:.4f}"),
    )
    for axis, (drawn, title) in zip(axes[:, column], rows):
        axis.imshow(drawn)
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    told.append(f"{name}, grey {grey:.4f}, one colour {constant:.4f}")
show(
    figure,
    alt=(
        "The four photos, below each its grey picture, and below that the picture in its mean colour: the"
        " portrait, the cup and the cat in browns, the rocket in a dull blue. Losses:"
        f" {'; '.join(told)}."
    ),
)

# %% [markdown]
# ### Two rulers
#
# A loss of 0.0304 is hard to feel. Two steps make it speak: the **square root** undoes the
# squaring, **times 128** undoes the division.
#
# > **Predict.** Training brings the loss from 0.01 down to 0.0001, a hundredth. How much smaller
# > has the typical error of a and b become, in Lab units?

# %%
for loss in (0.0304, 0.0192, 0.01, 0.001, 0.0001):
    print(f"loss {loss:.4f}: a and b are off by about {128 * np.sqrt(loss):5.2f} Lab units")


# %% [markdown]
# That is the root mean square (RMS) error: one ruler. The other you met in lesson 2: **ΔE**
# (CIEDE2000), which says how different two colours *look*; near 1 you can just tell them apart.
#
# Do they agree? Build a function that reads both.

# %% [markdown]
# ### Exercise 3.10 · Read two rulers at once
# **3 points · about 5 minutes · builds on 3.8**
#
# Write `two_rulers(lab, other)`.
#
# - `lab` and `other`: float Lab arrays of the same shape (H, W, 3), layers L, a, b: a photo and its
#   colouring.
# - Returns two numbers. The first: the RMS error of a and b in Lab units, the square root of their
#   mean squared error. L does not take part. The second: the mean over all pixels of
#   `deltaE_ciede2000(lab, other)`, which takes L, a and b and is imported above.
#
# <details><summary>Hint 1 · the idea</summary>
#
# For the first, your `mse` works on Lab units as well as on the small scale; then no ×128 is
# needed, only the root. For the second the library gives one ΔE per pixel.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `lab[:, :, 1:]` is ab. `np.sqrt`. `deltaE_ciede2000` returns a grid (H, W), and a grid has
# `.mean()`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `rms = np.sqrt(mse(lab[GAP], other[GAP]))`, with what picks a and b in both gaps. Then the mean of
# the ΔE. Return the two in this order.
#
# </details>


# %% answer="two_rulers"
# ✏️ Answer: two_rulers
def two_rulers(lab, other):
    """How far apart two Lab pictures (H, W, 3) are: (RMS error of a and b in Lab units, mean CIEDE2000 difference)."""
    ### BEGIN SOLUTION
    rms = np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:]))
    return rms, deltaE_ciede2000(lab, other).mean()
    ### END SOLUTION


# %% check="two_rulers"
# 🔎 Check: two_rulers
ab_one = np.array([[[10.0, -20.0], [0.0, 0.0]], [[5.0, 5.0], [-8.0, 12.0]]])
ab_two = np.array([[[4.0, -12.0], [0.0, 10.0]], [[9.0, 8.0], [-8.0, 0.0]]])
one, two = np.dstack([[[50, 50], [60, 40]], ab_one]), np.dstack([[[50, 50], [52, 40]], ab_two])
result = attempt(two_rulers, one, two)
pair = (isinstance(result, (tuple, list)) or np.ndim(result) > 0) and len(result) == 2
assert pair, f"Two numbers should come back; what came is {describe(result)}."
own = earlier(mse, ab_one.copy(), ab_two.copy())
cause = "" if own is not None and np.ndim(own) == 0 else "Your own `mse` gives no single number yet: exercise 3.8 first."
mse_first = "" if not cause and abs(own - 46.125) < 1e-6 else "Your own `mse` is not right yet: exercise 3.8 first."
for part, name in zip(result, ("first", "second")):
    assert (cause and name == "first") or np.shape(part) != (2, 2), (
        f"Each of the two is one number; your {name} is a grid {np.shape(part)}, one number per pixel. Its mean is wanted."
    )
    assert np.ndim(part) == 0 and part is not None, f"Each of the two is one number; your {name} is {describe(part)}. {cause}"
rms, step = result
slips = {
    "That fits your own `mse`, which is not right yet: exercise 3.8 first.": lambda: mse(ab_one.copy(), ab_two.copy()) ** 0.5,
    "That is the mean ΔE. The RMS error comes first, ΔE second.": 8.0151791,
    "The root is missing: that is the mean of the squares.": 46.125,
    "L takes part here. Only a and b should.": 6.0069404,
    "That is the mean of the distances, without squares: first square, then the mean, then the root.": 5.375,
    "The two squares of a pixel were added up before the mean. A pixel counts as two numbers.": 9.6046864,
    "That is the mean of the pixels' distances. Squares, one mean over all numbers of a and b, and the root last.": 9.25,
    "That is the sum. The mean is wanted.": 19.2093724,
    "Only a takes part.": 3.6055513,
    "Only b takes part.": 8.9022469,
    "L and a take part, and b does not. Counted from 0, a is layer 1 and b is layer 2.": 3.8078866,
    "L takes part, and the first row does not. Which axis counts the layers?": 6.2316397,
    "L takes part, and the first column does not. Which axis counts the layers?": 6.3770422,
    "Multiplied by 128? Lab units came in, so Lab units come out.": 869.3169763,
}
same(rms, 6.7915389, "The RMS error (the squares are 36, 64, 0, 100, 16, 9, 0, 144)", atol=1e-3, slips=slips,
    why=mse_first or "Squares of a and b, their mean, and the root last.")
slips = {
    "That is the RMS error. It comes first, ΔE second.": 6.7915389,
    "`lab` was changed before ΔE was taken. Does your own `mse` write into its inputs (exercise 3.8)?": 13.7955601,
    "That is the largest of the four pixels' ΔE.": 9.0505719,
    "That is the sum of the four pixels' ΔE.": 32.0607163,
    "That is the median of the four pixels' ΔE.": 8.3877538,
    "That is the ΔE of the two mean colours. First ΔE pixel by pixel, then the mean.": 3.0221243,
    "That is the plain distance in Lab, not CIEDE2000.": 10.358495,
    "That is the plain distance of a and b, not CIEDE2000.": 9.25,
    "That is ΔE by an older formula (1994), not CIEDE2000.": 8.3040545,
    "That is the root of the mean square of ΔE. Only the plain mean is wanted.": 8.086921,
}
same(step, 8.0151791, "The mean of the four pixels' ΔE", atol=1e-3, slips=slips, why="Is it deltaE_ciede2000, on the two whole Lab arrays?")
print(f"RMS {rms:.2f} Lab units, mean ΔE {step:.2f}")

# %% [markdown]
# Now let the rulers judge the pictures from above.
#
# > **Predict.** On the portrait the best constant colour has by far the smaller loss, 0.0192
# > against 0.0304. Does it also *look* nearer to the photo than grey does, by the mean ΔE? On which
# > of the four photos will the rulers agree?

# %%
table, told = [], []
for name, picture in photos.items():
    lab = rgb2lab(picture)
    grey, tinted = lab.copy(), lab.copy()
    grey[:, :, 1:] = 0
    tinted[:, :, 1:] = lab[:, :, 1:].mean(axis=(0, 1))
    table.append([two_rulers(lab.copy(), grey), two_rulers(lab.copy(), tinted)])
    told.append(
        f"{name}: RMS, grey {table[-1][0][0]:.1f}, one colour {table[-1][1][0]:.1f}; ΔE, grey {table[-1][0][1]:.1f}, one colour {table[-1][1][1]:.1f}"
    )
table = np.array(table)
figure, axes = plt.subplots(1, 2, figsize=(9.2, 3.0), layout="constrained")
spots = np.arange(len(photos))
for axis, ruler, title in zip(axes, (0, 1), ("RMS error of ab, Lab units", "mean ΔE (CIEDE2000)")):
    for place, label, ink in ((0, "grey", "#777777"), (1, "best constant colour", "#d55e00")):
        bars = axis.bar(spots + 0.4 * place - 0.2, table[:, place, ruler], 0.38, color=ink, label=label)
        axis.bar_label(bars, fmt="%.1f", fontsize=9)
    axis.set_xticks(spots, photos)
    axis.set_ylabel(title)
    axis.margins(y=0.14)
axes[0].legend(fontsize=9)
show(
    figure,
    alt=f"Bars for grey and for the best constant colour, in RMS and in mean ΔE. {'. '.join(told)}.",
)


# %% [markdown]
# <details><summary>What to make of it</summary>
#
# Three photos agree. The portrait does **not**: by the loss the tint is better, by ΔE the grey is
# better, 12.2 against 13.3. Why?
#
# - The *square* cares most about the worst misses. A quarter of the pixels, those of the strongest
#   colour (most of them on the suit), make 86 % of the grey picture's loss. The tint brings them
#   nearer, and that pays for all it spoils elsewhere.
# - *ΔE* takes a plain mean, and it knows something about eyes: on a grey wall a small tint is seen
#   at once, while among strong oranges the same step hardly counts. More than half of the portrait
#   is nearly grey, like the wall. There grey is off by 4 on average, and the tint by 13.
#
# (In lesson 4 the tint reads 13.0 where it is 13.3 here. There the finished *picture* is measured,
# and in its darkest and brightest places a screen cannot show the tint at full strength.)
#
# A loss is a choice, and a smaller one does not always mean a better-looking picture. It also
# explains a habit that you will meet again: a network in doubt paints *brownish averages*, because
# the mean is the safest bet against squares.
#
# </details>

# %% [markdown]
# ## Part 6 · What if the 128 is forgotten?
#
# The guard would stop it. Imagine that there is no guard: the target is ab in Lab units, up to
# 60 on the portrait, and tanh ends at 1.
#
# > **Predict.** The network tries as hard as it can. Which colour picture comes out in the very
# > best case? And its loss?

# %% [markdown]
# ### Exercise 3.11 · The best that tanh can do
# **2 points · about 5 minutes · builds on 3.8**
#
# Write `best_tanh_loss(target)`: the lowest mean squared error that any prediction can reach if
# each of its numbers must lie between −1 and 1, the ends included.
#
# - `target`: a float array of any shape that ends in 2, with numbers of any size.
# - Returns one number.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Take a single number. If the target is 60, which prediction between −1 and 1 comes nearest? If it
# is −51? If it is 0.3?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.clip` moves numbers that lie outside a range to its nearest end. Your `mse` does the rest.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `nearest = np.clip(GAP, GAP, GAP)`: in the first gap what is clipped, in the others the two ends.
# Then the mean squared error between it and the target.
#
# </details>


# %% answer="best_tanh_loss"
# ✏️ Answer: best_tanh_loss
def best_tanh_loss(target):
    """The lowest mean squared error that predictions within [−1, 1] can reach on this target."""
    ### BEGIN SOLUTION
    return mse(target, np.clip(target, -1, 1))
    ### END SOLUTION


# %% check="best_tanh_loss"
# 🔎 Check: best_tanh_loss
target = np.array([[3.0, -4.0], [0.5, 1.0]])
found = attempt(best_tanh_loss, target, returns=False)
own = earlier(mse, target.copy(), 0)
cause = "" if own is not None and np.ndim(own) == 0 else "Your own `mse` gives no single number yet: exercise 3.8 first."
mse_first = "" if not cause and abs(own - 6.5625) < 1e-6 else "Your own `mse` is not right yet: exercise 3.8 first."
if np.shape(found) == (2, 2) and not cause:
    cause = "Are those the nearest predictions themselves? Their loss is wanted."
assert np.ndim(found) == 0 and found is not None, f"One number should come back; what came is {describe(found)}. {cause}"


def is_divided():
    """Whether a target of 1280 costs as much as one of 10 would."""
    return abs(best_tanh_loss(np.array([[1280.0, 0.0]])) - 9**2 / 2) < 1e-3


slips = {
    "That fits your own `mse`, which is not right yet: exercise 3.8 first.": lambda: mse(target.copy(), np.array([[1, -1], [0.5, 1]])),
    "-4 costs nothing there: the prediction went down to -4, but it should end at -1.": 1.0,
    "3 costs nothing there: the prediction went up to 3, but it should end at 1.": 2.25,
    "The predictions went from 0 to 1 only. tanh goes down to -1.": 5.0,
    "The targets were sent through tanh. The best prediction for 0.5 is 0.5 itself.": 3.2705256,
    "It is 0 because the target was divided by 128. Here the target is used as it is.": lambda: 0.0 if is_divided() else None,
    "Your loss is 0, so each prediction equals its target, even where that is 3 or -4. A prediction stays between -1 and 1: look at its limits.": 0.0,
    "Only the numbers beyond 1 and -1 were averaged. The mean goes over all of them.": 6.5,
    "The predictions were divided by 128. The target is used as it is, and 1 is nearest to 3.": 6.4603885,
    "The prediction was 0 everywhere. What is the nearest to 3 that tanh can say?": 6.5625,
    "The prediction was 1 everywhere. Each number has a nearest prediction of its own.": 7.3125,
    "The target 0.5 can be met exactly and costs 0; yours costs the square of its distance to 1.": 3.3125,
    "That is the sum of the squares. The mean is wanted.": 13.0,
    "Nothing is squared.": 1.25,
}
same(found, 3.25, "The best loss for the targets 3, -4, 0.5 and 1 (the squares that are left: 4, 9, 0, 0)", atol=1e-5, slips=slips,
    why=mse_first or "Which prediction between -1 and 1 comes nearest to each of the four?")
flat = best_tanh_loss(np.array([[0.9, -0.9]], dtype=np.float32))
assert abs(flat) < 1e-6, f"Targets of 0.9 and -0.9 can be met exactly: the best loss is 0. Yours is {flat:.4f}."
ab = rgb2lab(photo)[:, :, 1:]
print(f"The portrait in Lab units: at best {best_tanh_loss(ab.copy()):.1f}, and grey has {np.square(ab).mean():.1f}.")
print(f"The portrait divided by 128: at best {best_tanh_loss(ab / 128):.1f}, and grey has {np.square(ab / 128).mean():.4f}.")

# %% [markdown]
# Pictures of those best cases, for two photos. On the left is what was wanted.

# %%
figure, axes = plt.subplots(2, 3, figsize=(8.4, 6.0), layout="constrained")
told = []
for row, (name, picture) in zip(axes, (("portrait", photo), ("cup", cup))):
    lab = rgb2lab(picture)
    L, ab = lab[:, :, 0], lab[:, :, 1:]
    share = 1 - best_tanh_loss(ab.copy()) / np.square(ab).mean()
    divided = 128 * np.clip(ab / 128, -1, 1)
    cells = (
        (picture, name),
        (picture_of(L, np.clip(ab, -1, 1)), f"target not divided:\n{share:.0%} less loss than grey"),
        (picture_of(L, divided), "target divided by 128:\nnothing lost"),
    )
    for axis, (drawn, title) in zip(row, cells):
        axis.imshow(drawn)
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    told.append(f"{name} {share:.0%}")
show(
    figure,
    alt=(
        "The portrait and the cup: as photos; the best that tanh can do without the division; and the best with"
        " it. Without it both look grey: no a and no b is further than 1 Lab unit from 0. With it both are the"
        f" photos again. Without it the loss lies below that of grey by: {', '.join(told)}."
    ),
)

# %% [markdown]
# ±1 Lab unit is no colour that an eye would notice. And that was the *best* case. In practice it is
# worse, because of the slope.
#
# Here is a network of a single number: a sum `x`, an output `tanh(x)`, a target. Each step moves
# `x` against the slope of the squared error, which is 2 · (output − target) · (1 − output²). For
# 30 steps the target is an orange, for the next 30 a blue.
#
# > **Predict.** Once in Lab units, 60 and then −50; once divided by 128. Which of the two outputs
# > will follow its target? When the blue comes, what does the other one do?


# %%
def follow(targets, rate):
    x, outputs, slopes = 0.0, [], []
    for target in targets:
        output = np.tanh(x)
        slope = 1 - output**2
        x = x - rate * 2 * (output - target) * slope
        outputs.append(output)
        slopes.append(slope)
    return np.array(outputs), np.array(slopes)


targets = np.repeat([60.0, -50.0], 30)
figure, axes = plt.subplots(1, 3, figsize=(10.4, 3.1), layout="constrained")
ends = []
for axis, scale, ink, name in ((axes[0], 1, "#d55e00", "in Lab units"), (axes[1], 128, "#0072b2", "divided by 128")):
    outputs, slopes = follow(targets / scale, rate=0.2)
    axis.step(range(60), targets / scale, color="black", linestyle=":", where="mid", label="target")
    axis.plot(outputs, color=ink, linewidth=2, label="output of tanh")
    axis.set(title=name, xlabel="step", ylabel="target and output")
    axis.title.set_fontsize(10)
    axis.legend(fontsize=9, loc="lower left")
    axes[2].plot(slopes, color=ink, linewidth=2, label=name)
    ends.append(f"{name} {outputs[29]:.2f} after the orange, {outputs[59]:.2f} after the blue")
axes[0].text(30, 6, "stuck at 1", color="#d55e00", fontsize=9)
axes[2].set(title="slope of tanh at that step", xlabel="step", ylabel="slope", ylim=(-0.05, 1.15))
axes[2].title.set_fontsize(10)
axes[2].legend(fontsize=9, loc="center right")
show(
    figure,
    alt=(
        "Three line plots over 60 steps: target and output in Lab units, the same divided by 128, and the slope"
        f" of tanh at each step. The outputs end at: {'; '.join(ends)}."
    ),
)

# %% [markdown]
# <details><summary>What happened</summary>
#
# In Lab units, the very first step was 0.2 · 2 · 60 = 24. But tanh(24) is 1 to the last digit that
# a float has: the output hit the ceiling, and there the slope is 0. When the blue came, the error
# was huge, −50 against 1. Yet the step is *error times slope*, and anything times zero is zero. The
# output is **saturated**, pinned to 1: orange for ever.
#
# Divided by 128, steps stay small, the slope stays near 1, and the output goes where the target
# goes.
#
# So the division does three jobs: it makes every colour *reachable*, it puts guess and truth on one
# scale so that their difference *means* something, and it keeps tanh *awake*.
#
# </details>
#
# ## Part 7 · Only yellow and red
#
# Why tanh at all? The layers inside the network end in **ReLU**, which is simpler: negative becomes
# 0, positive stays. (They need a bend of some kind. Sums of sums are only sums: without a bend in
# between, twelve layers could do no more than one.) Emil Wallner, whose tutorial this course
# follows, first let the *last* layer end in ReLU too.
#
# The wheel below has every hue at one lightness. Beside it are the rocket and the flag behind the
# astronaut.
#
# > **Predict.** A last layer with ReLU cannot say a negative number; the best it can do for one is 0.
# > Which quarter of the wheel survives? Which colour will the rocket's sky have?

# %%
side = np.linspace(-46, 46, 301)
a_map, b_map = np.meshgrid(side, side[::-1])
inside = np.hypot(a_map, b_map) <= 41
wheel = lab2rgb(np.where(inside[..., None], np.dstack([np.full_like(a_map, 72), a_map, b_map]), (100.0, 0.0, 0.0)))
flag = photo[0:180, 0:110]

figure, axes = plt.subplots(2, 3, figsize=(8.6, 6.2), layout="constrained")
told = []
for column, (name, picture) in enumerate((("wheel", wheel), ("rocket", rocket), ("flag", flag))):
    lab = rgb2lab(picture)
    L, ab = lab[:, :, 0], lab[:, :, 1:]
    lost = picture_of(L, np.maximum(ab, 0))
    for axis, drawn, title in zip(axes[:, column], (picture, lost), (name, f"{name}, at best, with ReLU")):
        axis.imshow(drawn)
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    told.append(f"{name} {np.linalg.norm(np.minimum(ab, 0), axis=2).mean():.1f}")
sky = rgb2lab(rocket)[0:100, :, 1:]
sky_before, sky_after = (grid.mean(axis=(0, 1)) for grid in (sky, np.maximum(sky, 0)))
for words, x, y in (("+a", 296, 150), ("−a", 4, 150), ("+b", 150, 6), ("−b", 150, 294)):
    axes[0, 0].text(x, y, words, ha="center", va="center", fontsize=9)
show(
    figure,
    alt=(
        "Above a colour wheel, the rocket and the flag as they are; below, the same with each negative a and"
        f" each negative b set to 0. On the wheel, +a is on the right and +b at the top. That moves the colours by"
        f" this many Lab units on average: {', '.join(told)}. The rocket's sky has, on average, a {sky_before[0]:.0f} and"
        f" b {sky_before[1]:.0f} in the photo, a {sky_after[0]:.0f} and b {sky_after[1]:.0f} below it."
    ),
)


# %% [markdown]
# <details><summary>What happened</summary>
#
# −a is green and −b is blue, and both are gone. Of the wheel only the quarter between red and
# yellow is left as it was. Of the quarters beside it one half of each colour survives: violet keeps
# its red, yellow-green its yellow. The quarter between green and blue turns **grey**. The rocket's
# blue dawn is grey with a touch of red. The flag's blue field is a dark red now, for its blue
# leaned towards violet.
#
# That is the "only yellow and red" of the tutorial. Nothing in the training was broken. The last
# layer simply had no words for the other half of each axis. tanh has: it reaches from −1 to 1.
#
# </details>

# %% [markdown]
# ### Exercise 3.12 · Who survives?
# **2 points · about 3 minutes**
#
# Write `surviving_share(ab)`.
#
# - `ab`: a float array (H, W, 2) in Lab units.
# - Returns one number from 0 to 1: the share of **pixels** that a ReLU ending could colour exactly,
#   that is, those in which neither a nor b is negative. Zero is not negative.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Ask each pixel two yes-or-no questions. It survives if both answers are yes. Then count the
# yes-pixels.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `ab >= 0` is an array of True and False, (H, W, 2). The method `all` with its `axis` asks whether
# all are True along an axis. The mean of True and False is the share of True.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `survives = (ab >= 0).all(axis=GAP)`, with the axis of a and b in the gap, has the shape (H, W).
# Then its mean.
#
# </details>


# %% answer="surviving_share"
# ✏️ Answer: surviving_share
def surviving_share(ab):
    """The share of pixels of ab (H, W, 2), from 0 to 1, in which neither a nor b is negative."""
    ### BEGIN SOLUTION
    return (ab >= 0).all(axis=2).mean()
    ### END SOLUTION


# %% check="surviving_share"
# 🔎 Check: surviving_share
# 15 pixels, a and b of each. In nine of them neither is negative.
few = [
    [(-20, -30), (0, 10), (20, 40), (10, 0), (0, 0)],
    [(-40, 20), (40, 0), (-10, 10), (0, -40), (10, 20)],
    [(-20, 40), (-10, 30), (20, 30), (10, 0), (10, 20)],
]
share = attempt(surviving_share, np.array(few, dtype=float))
per_pixel = "Those are answers, True or False. A share says how many of the pixels' answers are True." if getattr(share, "dtype", "") == "bool" else "One share for all pixels is wanted."
assert np.ndim(share) == 0, f"One number should come back; what came is {describe(share)}. {per_pixel}"
assert not isinstance(share, (bool, np.bool_)), f"A share is wanted, a number from 0 to 1; what came is {share}. That is one answer for all pixels at once: ask each pixel."
slips = {
    "That counts numbers. A *pixel* survives only if both of its numbers do.": 23 / 30,
    "One number that is not negative is not enough: both are asked for.": 14 / 15,
    "Is 0 left out? Zero is not negative.": 4 / 15,
    "That is the share of the pixels that are lost.": 0.4,
    "That is how many survive, not their share.": 9,
    "It was divided by the number of rows. There are more pixels than rows.": 3,
    "The share goes from 0 to 1, not to 100.": 60,
    "You counted pixels, but divided by the count of all numbers, which is twice that of the pixels.": 0.3,
    "Whole columns were tested there, a and b apart. Which axis holds a and b of a pixel?": 0.5,
    "Whole rows were tested there, a and b apart. Which axis holds a and b of a pixel?": 1 / 6,
    "That looks at a alone.": 10 / 15,
    "That looks at b alone.": 13 / 15,
    "a and b were added up. Each of them has to pass by itself.": 0.8,
    "a and b were multiplied. Two minus signs make a plus.": 11 / 15,
    "That is the share of pixels in which both are negative.": 1 / 15,
    "That is the share of negative numbers.": 7 / 30,
}
same(share, 0.6, "The share of 15 pixels of which nine survive", atol=1e-6, slips=slips, why="Two questions for each pixel, and both answers must be yes: then count pixels.")
share = surviving_share(np.zeros((3, 5, 2), dtype=np.float32))
assert share == 1, f"In a grey photo all a and b are 0, and 0 is not negative: 1.0. Yours is {share}."
print(f"Of the rocket, {surviving_share(rgb2lab(rocket)[:, :, 1:]):.0%} survives.")

# %% [markdown]
# Your count, for the photos and for all colours of a screen (a lattice of 32,768 of them, as in
# lesson 2):

# %%
levels = np.linspace(0, 1, 32)
lattice = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
shares = {name: surviving_share(rgb2lab(picture)[:, :, 1:]) for name, picture in photos.items()}
shares["flag"] = surviving_share(rgb2lab(flag)[:, :, 1:])
shares["all colours\nof a screen"] = surviving_share(rgb2lab(lattice)[:, :, 1:])
figure, axis = plt.subplots(figsize=(7.6, 2.9), layout="constrained")
bars = axis.barh(range(len(shares)), [100 * share for share in shares.values()], color=["#d59b2b"] * 5 + ["#444444"])
axis.bar_label(bars, fmt="%.0f %%", padding=3, fontsize=9)
axis.set_yticks(range(len(shares)), shares)
axis.invert_yaxis()
axis.set(xlim=(0, 108), xlabel="pixels that a ReLU ending could colour exactly, in %")
axis.set_title("On some photos nobody would have noticed", fontsize=10)
told = ", ".join(f"{name} {share:.0%}" for name, share in shares.items()).replace("\n", " ")
show(figure, alt=f"Bars, the share of pixels that survives: {told}.")

# %% [markdown]
# The cup and the cat would come through nearly whole, and the portrait loses little: 82 % of its
# pixels survive, and two thirds of the others are almost grey anyway. **A bug can hide behind the
# photos that you happen to test with.** Of all colours that a screen can show, only one in five
# survives.
#
# ## Part 8 · The light of another photo
#
# 128 is the same for every photo. Another way to bring numbers onto one scale is
# **standardizing**: subtract a layer's mean, then
# divide by its **spread**. The spread is the *standard deviation*, the root of the mean squared
# distance from the mean; an array has it as `.std()`. Every layer of every photo then has mean 0
# and spread 1.
#
# > **Predict.** Four photos, each with a mean and a spread of a and of b. In which photo is the
# > mean of b below zero? And which has nearly no spread in a?

# %%
print("            mean a   spread a     mean b   spread b")
for name, picture in photos.items():
    a, b = np.moveaxis(rgb2lab(picture)[:, :, 1:], 2, 0)
    print(f"{name:9s} {a.mean():8.2f} {a.std():10.2f} {b.mean():10.2f} {b.std():10.2f}")

# %% [markdown]
# <details><summary>What to see</summary>
#
# The rocket, both times. Its dawn is blue as a whole, b is −16.20 on average, and its a hardly
# leaves the mean.
#
# These four numbers are a short description of a photo's *light*: which tint lies over all of it,
# and how far its colours go from there.
#
# </details>
#
# The next picture counts the pixels of two photos by their b: as it is, divided by 128, and
# standardized. A dot marks a mean, the bar through it reaches one spread to each side.
#
# > **Predict.** The portrait's b lies mostly above zero, the rocket's below. Does the division by
# > 128 bring the two together? And will the two hills look the same when both are standardized?

# %%
figure, axes = plt.subplots(1, 3, figsize=(10.4, 3.2), layout="constrained")
two = {name: rgb2lab(photos[name])[:, :, 2].astype(float) for name in ("portrait", "rocket")}
scales = {
    "b as it is": lambda b: b,
    "divided by 128": lambda b: b / 128,
    "standardized": lambda b: (b - b.mean()) / b.std(),
}
told = []
for axis, (title, scaled), ends in zip(axes, scales.items(), ((-45, 75), (-45 / 128, 75 / 128), (-3.6, 3.6))):
    for (name, b), ink, line, low in zip(two.items(), ("#d55e00", "#0072b2"), ("-", "--"), (-0.035, -0.07)):
        values = scaled(b)
        height, edges = np.histogram(values, bins=48, range=ends)
        axis.stairs(height / values.size, edges, color=ink, linestyle=line, linewidth=1.6, label=name)
        axis.plot([values.mean() - values.std(), values.mean() + values.std()], [low, low], color=ink, linewidth=2.5)
        axis.plot(values.mean(), low, "o", color=ink, markersize=7)
        told.append(f"{title}, {name}: mean {values.mean():.2f}, spread {values.std():.2f}".replace("-0.00", "0.00"))
    axis.axvline(0, color="#888888", linewidth=0.7, zorder=0)
    axis.axhline(0, color="#888888", linewidth=0.7)
    axis.set(xlim=ends, title=title, xlabel={"b as it is": "Lab units", "divided by 128": "b / 128"}.get(title, "spreads from the mean"))
    axis.title.set_fontsize(10)
    axis.set_yticks([])
axes[0].set_ylabel("share of the pixels")
axes[0].legend(fontsize=9)
show(
    figure,
    alt=(
        "Three plots with a hill for the portrait and one for the rocket: how many pixels have which b. In the second the"
        f" hills have the shapes and the places of the first. {'; '.join(told)}."
    ),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# - The division by 128 only writes other numbers on the axis. Both hills keep their places and
#   their shapes.
# - Standardizing shifts each hill so that its mean is 0, and stretches or squeezes it so that its
#   spread is 1. The *shapes* stay what they were: the portrait's suit is still a hill of its own,
#   far on the right.
#
# </details>
#
# Why, then, are the targets of a network not standardized? Because of the way back. `128 * Y` is
# right for every photo. A standardized layer only comes back with the mean and the spread of *its*
# photo, and for a grey photo that the network sees for the first time, nobody knows them.
#
# For pictures, though, forgetting a photo's own light is useful. Standardize its colours, and then
# give them the mean and the spread of **another** photo: now it stands in the other's light.
# Reinhard, Ashikhmin, Gooch and Shirley published the idea in 2001 ("Color Transfer between
# Images", *IEEE Computer Graphics and Applications* 21, 5). They did it in another colour space and
# changed the lightness as well. You keep L, so the photo stays as sharp as it was.
#
# Before you write it, one case that the exercise asks about. In a grey photo no colour differs from
# the mean, so the spread should be 0, and nothing can be divided by 0.
#
# > **Predict.** The cell below makes the portrait grey, with three equal layers. How large is the
# > spread of its a and b on the computer: 0, about 0.001, about 1?

# %%
grey_level = np.rint(photo.mean(axis=2)).astype(np.uint8)
grey_ab = rgb2lab(np.dstack([grey_level] * 3))[:, :, 1:]
print("the spread of a and b:", grey_ab.std(axis=(0, 1)))

# %% [markdown]
# <details><summary>What happened</summary>
#
# The numbers of the conversion have only so many digits, so a and b of a grey are a few thousandths
# of a Lab unit and not 0. Nobody sees that. But divided by such a spread, these leftovers get the
# spread 1, and then that of the other photo: a grey wall would be full of colour.
#
# Testing for exactly 0 is not enough. A limit helps: below 0.01, a spread counts as none.
#
# </details>

# %% [markdown]
# ### Exercise 3.13 · Borrow the light
# **4 points · about 8 minutes**
#
# Write `borrow_light(lab, other)`.
#
# - `lab`: a float Lab array (H, W, 3), layers L, a, b: the photo to put into another light.
# - `other`: a float Lab array (h, w, 3): the photo whose light is wanted. Its sides may differ from
#   those of `lab`.
# - Returns a new float array of the shape of `lab`. Its layer L is that of `lab`.
# - Its layer a is that of `lab`, brought to mean 0 and spread 1, and from there to the mean and the
#   spread of the layer a of `other`. The same for b, with the means and spreads of b. All of them
#   are taken over the whole layer, and the spread is `.std()` with its default settings.
# - If the spread of a layer of `lab` is below 0.01, nothing is divided: that layer becomes the mean
#   of the layer of `other` everywhere.
# - Both inputs are left unchanged.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Four steps on one layer: minus its own mean, divided by its own spread, times the other's spread,
# plus the other's mean. Do it for layer 1, then for layer 2. L is left out.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `lab.copy()` makes a new array that has the right L already. A loop `for layer in (1, 2):` takes
# `lab[:, :, layer]` and `other[:, :, layer]`; `.mean()` and `.std()` of such a grid are one number
# each. The question about 0.01 comes before the division.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# In the loop, call the layer of `lab` `own` and that of `other` `theirs`. Then ask
# `if own.std() < 0.01:`. If so, the layer of the new array is the mean of `theirs`; `else:` it is
# `(own - GAP) / GAP * GAP + GAP`, with the four numbers of hint 1 in the gaps, in its order. Return
# the new array after the loop.
#
# </details>


# %% answer="borrow_light"
# ✏️ Answer: borrow_light
def borrow_light(lab, other):
    """The Lab photo (H, W, 3) with its own L, and with a and b brought to the means and spreads of `other`."""
    ### BEGIN SOLUTION
    lit = lab.copy()
    for layer in (1, 2):
        own, theirs = lab[:, :, layer], other[:, :, layer]
        if own.std() < 0.01:
            lit[:, :, layer] = theirs.mean()
        else:
            lit[:, :, layer] = (own - own.mean()) / own.std() * theirs.std() + theirs.mean()
    return lit
    ### END SOLUTION


# %% check="borrow_light"
# 🔎 Check: borrow_light
# `steps` and `lent_steps` have mean 0 and spread 1 in both layers. So the photo has the means 10 and -6 and the
# spreads 20 and 8, and the light that it borrows has the means -4 and 30 and the spreads 6 and 12.
steps = np.dstack([[[-0.5, -0.5, 2, -0.5, -0.5], [-0.5, 2, -0.5, -0.5, -0.5]], [[1, -1, 1, -1, 1], [-1, 1, -1, -1, 1]]])
lent_steps = np.array([[[-0.5, 0.5]], [[-0.5, 0.5]], [[2, 0.5]], [[-0.5, -2]], [[-0.5, 0.5]]])
own_mean, own_spread, lent_mean, lent_spread = (np.array(pair, float) for pair in ((10, -6), (20, 8), (-4, 30), (6, 12)))
L_grid = np.array([[10.0, 20, 30, 40, 50], [55, 65, 75, 85, 95]])
lender = np.dstack([[[60.0], [62], [64], [66], [68]], lent_mean + lent_spread * lent_steps])


def photo_with(ab):
    """The small photo with this a and b."""
    return np.dstack([L_grid, ab])


def layers_of(result, what):
    """The result as an array of the right shape."""
    assert hasattr(result, "dtype"), f"{what} should be an array; what came is {describe(result)}."
    wanted = (2, 5, 3)
    twice = " Was ab joined to a whole Lab array?" if result.shape == (2, 5, 5) else ""
    alone = " L is missing: it comes back as well, in layer 0." if result.shape == (2, 5, 2) else ""
    given = " That is the shape of `other`." if result.shape == lender.shape else ""
    assert result.shape == wanted, f"{what} should have the shape {wanted}, like `lab`; yours has {result.shape}.{twice}{alone}{given}"
    return result


def least_and_most(lent, own):
    """What the ends of `own` would become if they were brought to those of `lent`."""
    low, high = own.min(axis=(0, 1)), own.max(axis=(0, 1))
    return lent.min(axis=(0, 1)) + (own - low) / (high - low) * (lent.max(axis=(0, 1)) - lent.min(axis=(0, 1)))


def per_axis(ab, axis):
    """The same with a mean and a spread for each column or row."""
    return (ab - ab.mean(axis=axis, keepdims=True)) / ab.std(axis=axis, keepdims=True) * lent_spread + lent_mean


ab = own_mean + own_spread * steps
wanted = lent_mean + lent_spread * steps
for kind in (float, np.float32):
    what = "a small photo of 2 rows and 5 columns in another light" + (", in float32," if kind is np.float32 else "")
    lab = photo_with(ab).astype(kind)
    lit = layers_of(attempt(borrow_light, lab, lender.astype(kind), untouched=True), f"The result for {what}")
    slips = {
        "L takes part there, but it stays as it is in `lab`.": lambda: (L_grid - L_grid.mean()) / L_grid.std() * np.sqrt(8) + 64,
        "That is the mean of the other photo's L. L stays as it is in `lab`.": np.full_like(L_grid, 64),
    }
    same(lit[:, :, 0], L_grid, "The layer L of the result", atol=1e-3, slips=slips, why="L stays as it is in `lab`.")
    slips = {
        "The spread is still that of `lab`. Only the mean was exchanged.": lent_mean + own_spread * steps,
        "The mean is still that of `lab`.": own_mean + lent_spread * steps,
        "The mean of `other` is not added.": lent_spread * steps,
        "That is mean 0 and spread 1: half of the way. Now give it the spread and the mean of `other`.": steps,
        "That has mean 0, but the spread is still that of `lab`.": own_spread * steps,
        "The mean of `lab` was not subtracted before the division.": (own_mean / own_spread + steps) * lent_spread + lent_mean,
        "The mean of `lab` was subtracted last. It goes before the division.": (own_mean / own_spread + steps) * lent_spread + lent_mean - own_mean,
        "The mean of `other` was added before the multiplication, so it was multiplied as well.": (steps + lent_mean) * lent_spread,
        "The two spreads have changed places: divide by that of `lab`, multiply by that of `other`.": steps * own_spread**2 / lent_spread + lent_mean,
        "Both spreads were multiplied. Divide by that of `lab`.": steps * own_spread**2 * lent_spread + lent_mean,
        "The division by the spread of `lab` is missing.": steps * own_spread * lent_spread + lent_mean,
        "Variances (`.var()`) took the place of the spreads.": steps * own_spread * (lent_spread / own_spread) ** 2 + lent_mean,
        "It was divided by the variance of `lab`. The spread is its root, `.std()`.": steps / own_spread * lent_spread + lent_mean,
        "The spread of `other` is its variance there. `.std()` is wanted.": steps * lent_spread**2 + lent_mean,
        "The minus sign in front of the mean takes only that number; the division was done first. Is there a bracket round the difference?": ab - own_mean / own_spread * lent_spread + lent_mean,
        "`ddof=1` is in it. The spread is wanted with its default settings.": steps * lent_spread * np.sqrt(0.9 * 1.25) + lent_mean,
        "a got the mean and the spread of b, and b those of a.": lent_mean[::-1] + lent_spread[::-1] * steps,
        "a got the mean of b, and b that of a.": lent_mean[::-1] + lent_spread * steps,
        "a and b have changed places.": wanted[..., ::-1],
        "Medians took the place of the means.": lambda: (ab - np.median(ab, axis=(0, 1))) / own_spread * lent_spread + np.median(lender[..., 1:], axis=(0, 1)),
        "The smallest and the largest number were brought to those of `other`. Means and spreads are wanted.": lambda: least_and_most(lender[..., 1:], ab),
        "Do a and b share one mean and one spread? Each layer has its own.": lambda: (ab - ab.mean()) / ab.std() * lender[..., 1:].std() + lender[..., 1:].mean(),
        "The means and spreads of `lab` were taken over L, a and b together. Each layer has its own.": lambda: (ab - lab.mean()) / lab.std() * lender.std() + lender.mean(),
        "Each column has a mean and a spread of its own there. Both are taken over the whole layer.": lambda: per_axis(ab, 0),
        "Each row has a mean and a spread of its own there. Both are taken over the whole layer.": lambda: per_axis(ab, 1),
        "Only a has changed. b wants the same: does the `return` stand inside the loop?": np.dstack([wanted[..., 0], ab[..., 1]]),
        "Only b has changed. Counted from 0, a is layer 1 and b is layer 2.": np.dstack([ab[..., 0], wanted[..., 1]]),
        "Every pixel has the mean colour of `other`. That is only for a layer whose spread is below 0.01.": np.broadcast_to(lent_mean, ab.shape),
        "Only the scale of the network: that is a division by 128.": ab / 128,
        "The mean and the spread of `other` have changed places: multiply by its spread, add its mean.": steps * lent_mean + lent_spread,
        "a and b are those of `lab`. `own = own - 5` only gives the name `own` to a new grid: write the result into the array that you return.": ab,
    }
    why = "Minus its own mean, divided by its own spread, times the other's spread, plus the other's mean: which step is different in yours?"
    assert np.isfinite(lit).all(), f"There are NaNs in the result for {what}: something was divided by 0. Each layer has one mean and one spread, taken over all its pixels."
    same(lit[:, :, 1:], wanted, f"The ab of {what}", atol=1e-3, slips=slips, given=[ab], why=why)
noise = own_mean + 0.002 * steps
for what, ab_in, ab_out in (
    ("a photo with a = 7 everywhere", np.dstack([np.full((2, 5), 7.0), ab[..., 1]]), np.dstack([np.full((2, 5), -4.0), wanted[..., 1]])),
    ("a photo without any colour", 0 * ab, np.broadcast_to(lent_mean, ab.shape)),
    ("a photo whose a and b have a spread of 0.002", noise, np.broadcast_to(lent_mean, ab.shape)),
    ("a pale photo, whose a and b have a spread of 0.05", own_mean + 0.05 * steps, wanted),
):
    lit = layers_of(attempt(borrow_light, photo_with(ab_in), lender, untouched=True), f"For {what}, the result")
    slips = {
        "Its spread is below 0.01, but it was stretched: what the computer left over became colour. Ask whether the spread is below 0.01, not whether it is 0.": wanted if "0.002" in what else None,
        "Its spread is 0.05 and not below 0.01, so it is stretched like any other.": np.broadcast_to(lent_mean, ab.shape) if "pale" in what else None,
        "Its a came back as it was. Without a spread, a layer becomes the mean of that layer in `other`.": np.dstack([ab_in[..., 0], ab_out[..., 1]]),
        "a came back as 0. Without a spread, a layer becomes the mean of that layer in `other`.": np.dstack([0 * L_grid, ab_out[..., 1]]),
        "Only a has no spread here. b has one, and is stretched.": np.broadcast_to(lent_mean, ab.shape),
        "a and b came back as they were. Without a spread, a layer becomes the mean of that layer in `other`.": ab_in,
        "a and b came back as 0. Without a spread, a layer becomes the mean of that layer in `other`.": 0 * ab,
        "Where a layer has no spread, both layers were left as they were. b has a spread here.": np.dstack([0 * L_grid - 4, ab_in[..., 1]]),
    }
    assert np.isfinite(lit).all(), f"For {what}, there are NaNs in the result: something was divided by a spread of 0. The question about 0.01 comes before the division."
    why = "Is the question about 0.01 asked for each layer by itself, and about the spread of `lab`?"
    same(lit[:, :, 1:], ab_out, f"The ab of {what}, in another light,", atol=1e-3, slips=slips, why=why)
before, after = rgb2lab(photo), borrow_light(rgb2lab(photo), rgb2lab(rocket))
print("The portrait, as it is:             mean a {:6.2f}, mean b {:6.2f}".format(*before[:, :, 1:].mean(axis=(0, 1))))
print("The portrait, at the rocket's dawn: mean a {:6.2f}, mean b {:6.2f}".format(*after[:, :, 1:].mean(axis=(0, 1))))

# %% [markdown]
# Now light every photo with every other. A row shows one photo, a column one light.
#
# > **Predict.** On the diagonal each photo borrows its *own* light. What will it look like? And
# > what becomes of the portrait's orange and red at the rocket's dawn, where a has next to no
# > spread?

# %%
figure, axes = plt.subplots(4, 4, figsize=(9.6, 10.2), layout="constrained")
labs = {name: rgb2lab(picture) for name, picture in photos.items()}
told = []
for row, (name, lab) in zip(axes, labs.items()):
    for axis, (lender, other) in zip(row, labs.items()):
        lit = borrow_light(lab.copy(), other.copy())
        axis.imshow(picture_of(lit[:, :, 0], lit[:, :, 1:]))
        axis.set_title(f"{name}, in its own light" if name == lender else f"{name}, light of the {lender}", fontsize=9)
        axis.axis("off")
    told.append(f"{name} {np.abs(borrow_light(lab.copy(), lab.copy()) - lab).max():.1f}")
show(
    figure,
    alt=(
        "Sixteen pictures: each of the four photos in the light of each of the four. The mean a and b of all photos in one light:"
        f" {', '.join(f'{name} {lab[:, :, 1].mean():.1f} and {lab[:, :, 2].mean():.1f}' for name, lab in labs.items())}."
        f" In its own light a photo changes by this many Lab units at most: {', '.join(told)}."
    ),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# - In its own light a photo stays what it was: the four steps undo themselves.
# - At the rocket's dawn there is hardly any red or green. The suit is a dull brown, the flag's
#   stripes have faded, and all that was white or grey has turned blue, like the sky.
# - The other way round it is less pretty. The rocket's a has a spread of 2, the cup's of 16: a
#   trace of red or green becomes eight times as strong, and the sky turns blotchy.
#
# Four numbers per photo are enough for all this, without a network. But they treat every pixel
# alike, the wall like the suit, and they need a photo that has colour already. A network has to
# look at *what* is where.
#
# </details>
#
# **🎲 To play with.** Change the three values in the first line and run again; nothing is graded
# here. With a `strength` of 0.5 half of the light is borrowed. What will 1.5 do, and what −1?

# %% tags=["open"]
whose, light, strength = "portrait", "rocket", 1.0

lab = rgb2lab(photos[whose])
lit = lab + strength * (borrow_light(lab.copy(), rgb2lab(photos[light])) - lab)
show(
    photos[whose],
    picture_of(lit[:, :, 0], lit[:, :, 1:]),
    photos[light],
    titles=[whose, f"in the light of the {light}, strength {strength:g}", light],
    alt=(
        f"Three pictures: {whose}, the same in the light of the {light} with strength {strength:g}, and {light}. Mean a and b:"
        f" {lab[:, :, 1].mean():.1f} and {lab[:, :, 2].mean():.1f} before, {lit[:, :, 1].mean():.1f} and {lit[:, :, 2].mean():.1f} after."
    ),
)

# %% [markdown]
# ## What you can do now
#
# - put ab on the scale of tanh and back, exactly, and say why the divisor is 128;
# - pack `X` (1, H, W, 1), L from 0 to 100, and `Y` (1, H, W, 2), ab / 128, both float32, and
#   unpack a prediction;
# - guard a target batch, with an error that says what came;
# - say what must go into tanh for a real colour, and how much slope is left there;
# - compute a loss by hand, name the two losses to beat (portrait: 0.0304 grey, 0.0192
#   constant), and read a loss in Lab units and in ΔE;
# - explain saturation, and why ReLU at the end leaves only yellow and red;
# - standardize a layer, give a photo the light of another, and say why a network's targets are
#   divided by 128 all the same.
#
# **Try it on a photo of your own.** Put a picture beside this notebook (on Colab: the folder symbol
# on the left), write its name below and run. Without one, the rocket stands in. Look for a photo
# with a small surviving share: a meadow, the sea, a summer sky. The last picture is yours in the
# light of the one that you name in the second line.

# %% tags=["setup"]
import warnings
from pathlib import Path

from PIL import Image, ImageOps
from skimage.util import img_as_ubyte

# from solutions/shared.py: own_picture

# %% tags=["open"]
name = "my_photo.jpg"
light = "cat"  # or "portrait", "cup", "rocket"
own = own_picture(name, instead=rocket)
lab = rgb2lab(own)
L, ab = lab[:, :, 0], lab[:, :, 1:]
grey, constant = losses_to_beat(check_targets(to_y(ab.copy())))
lit = borrow_light(lab.copy(), rgb2lab(photos[light]))
show(
    own,
    picture_of(L, 0 * ab),
    picture_of(L, ab.mean(axis=(0, 1))),
    picture_of(L, np.maximum(ab, 0)),
    picture_of(L, lit[:, :, 1:]),
    titles=[
        "photo",
        f"grey: {grey:.4f}",
        f"one colour: {constant:.4f}",
        f"ReLU at best:\n{surviving_share(ab.copy()):.0%} survives",
        f"light of the {light}",
    ],
    size=2.1,
    alt=(
        f"One photo five times: as it is; grey, with a loss of {grey:.4f}; in its best constant colour, with"
        f" {constant:.4f}; without any negative a or b, where {surviving_share(ab.copy()):.0%} of the pixels survive;"
        f" and in the light of the {light}."
    ),
)

# %% [markdown]
# **Next: lesson 4.** `X` and `Y` are packed, and you know which losses to beat. Now build the
# network that goes from the one to the other, and watch it colour the portrait.

# %% [markdown]
# ## Score yourself
#
# For those who learn without a class: the next cell asks the hidden checks about this session and
# shows a card for each exercise, and the total. They come with the course's own repository, which
# holds the answers as well. Nothing is sent; a small file on this computer remembers which
# exercises are done, for `autograder progress`. As long as it says
# `SCORE_ME = False`, the cell only says how.

# %% tags=["score"]
# `autograder build` writes the cell that scores here.

# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 4 · The alpha model
#
# The lightness `L` goes in, the colour `ab` must come out. Now you build the thing in between: a
# network of twelve layers. It starts out knowing nothing, and you will watch it learn to colour one
# portrait.
#
# ![The grey portrait, then what the network makes of it after 1, 10, 100, 500, 1000 and 3000 passes: greyish with odd tints at first, then pink, then nearly the photo, which stands last](../assets/lesson_4.png)
#
# **After this lesson you can**
#
# - compute a 3 × 3 filter by hand, and say what stride and up-sampling do to a picture's size;
# - build, compile and train the alpha network in Keras, and turn its output into a picture file;
# - read a loss curve against two baselines, and keep the best weights of a jumpy training run;
# - test the network on photos that it never saw, and judge its errors beside those of painters who
#   know nothing.
#
# **About 120 minutes · 35 points · twelve exercises** (a little over an hour of your own work; the
# rest is reading, predicting, and a few minutes of watching it train)
#
# *How the notebook works.* Run the cells from the top with Shift+Enter. A cell that starts with ✏️
# is yours to fill in: replace `raise NotImplementedError`.
# The 🔎 cell below it checks your answer. Hints open in three steps; take one when you have been stuck
# for two minutes. Code that nobody has to read is folded: run it like any other cell.
# Where it says **Predict**, settle on an answer before you run the cell.
# After a restart the kernel knows no names: `NameError: name 'attempt' is not defined`, or another
# name. Then run the cells above first: menu Run, Run All Above Selected Cell (on Colab: Runtime,
# Run before). Such a run stops at a cell that fails; go on from the one below it.
# Before you hand the notebook in, restart the kernel and run all cells. (That trains the network
# again.) It is graded from top to bottom, with five minutes for your cells: long trainings are cut
# short there, where `GRADED` is `True`. Write `if not GRADED:` in front of a long training of your own.
# Where an exercise *builds on* an earlier one, a mistake there is not counted a second time. The
# grading machine has NumPy, SciPy, scikit-image, Pillow, matplotlib, and TensorFlow with Keras, and
# no network.
#
# On Colab: *Runtime → Change runtime type → GPU* before you begin. Without a GPU the lesson works
# too; it then trains for fewer passes.

# %% [markdown]
# ## Two questions on lesson 3
#
# Answer from memory, then open.
#
# **1.** The target `Y` is ab / 128. What comes out of the last layer, and why does that fit?
#
# <details><summary>Answer</summary>
#
# The last layer is a tanh: its numbers lie between −1 and 1. No a or b of a screen colour passes
# ±128, so ab / 128 lies in the same range, minus signs included.
#
# </details>
#
# **2.** On the portrait, a network that always answers *grey* has a mean squared error of 0.0304,
# and one that paints the best single colour everywhere has 0.0192. A classmate's network reaches
# 0.0190. Has it learned the portrait?
#
# <details><summary>Answer</summary>
#
# Hardly: it does what one flat colour does. Only a loss clearly below 0.0192 shows that it has told
# one place of the picture from another.
#
# </details>
#
# The next cell gets everything ready: the libraries, the photos, and the helper `show`. Run it;
# there is no need to read it. TensorFlow takes a few seconds to wake up.

# %% tags=["setup"]
# from solutions/shared.py: versions
import math
import os
import shutil
import time
import warnings
from pathlib import Path

# from solutions/shared.py: tensorflow

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from IPython.utils.capture import capture_output
from PIL import Image, ImageOps
from keras import layers
from matplotlib.cbook import get_sample_data
from skimage import data
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2gray, rgb2lab
from skimage.draw import polygon2mask
from skimage.filters import gaussian
from skimage.io import imread, imsave
from skimage.util import img_as_ubyte

# An untrained network asks for colours that do not exist; scikit-image would say so each time.
warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")

GRADED = bool(os.environ.get("NBGRADER_EXECUTION"))  # True while a grader or Validate runs this: then training is cut short
alpha = None  # your network, as soon as it is trained
losses = []  # and its loss, pass by pass
pictures = {}  # and what it painted on the way

# from solutions/shared.py: photo
# Each side must divide by 8 for the network: so less of the cat's height.
cat = data.chelsea()[0:296, 0:400]
# from solutions/shared.py: rocket
hopper = imread(get_sample_data("grace_hopper.jpg", asfileobj=False))[0:400, 56:456]


# from solutions/shared.py: grey_picture


# from solutions/shared.py: regions


# from solutions/shared.py: tint_of


# from solutions/shared.py: show


def trained(what):
    """Stop with a sentence where the ladder has not trained a network yet."""
    if not what:
        raise NotImplementedError("There is no trained network yet. The cell of the ladder trains it; it needs your answers to 4.4 to 4.9, and the check of each says whether it is right.")


def compiled(model):
    """Return a model, or stop with a sentence where it is none, or not compiled."""
    if isinstance(model, keras.Model) and model.compiled:
        return model
    raise NotImplementedError("`compile_alpha(build_alpha())` should give a compiled model here. The checks of 4.4 and 4.7 say what is missing.")


def in_line(model):
    """The layers of a model in the order in which a picture goes through them; one that is used twice is there twice."""
    assert len(model.outputs) == len(model.inputs) == 1, f"One input and one output are wanted; yours has {len(model.inputs)} and {len(model.outputs)}."
    found, tensor = [], model.outputs[0]
    while tensor is not None:
        layer, call, _ = tensor._keras_history
        before = layer._inbound_nodes[call].input_tensors
        assert len(before) < 2, f"The layer {layer.name} gets {len(before)} pictures. All layers should be in one line."
        found, tensor = [layer, *found], before[0] if before else None
    return found


print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}. {'There is a GPU.' if GPU else 'No GPU: the CPU will do.'}")

# %% tags=["setup", "slips"]
# `autograder build` pastes the words of the checks here.

# %% [markdown]
# ## Part 1 · What a filter does
#
# Think of 3-D glasses: one lens lets the red picture through and takes the blue one away, the other
# does the opposite. Neither lens draws anything. It only decides what passes.
# A **filter** is such a lens for a grid of numbers: nine numbers in a 3 × 3 square, its **kernel**.
#
# Lay the kernel on the grid, multiply the nine pairs that lie on top of each other, and add up.
# That sum is *one* number of the new grid, at the place of the kernel's middle. Then move on by
# one.

# %%
grid = np.array(
    [
        [10, 10, 10, 90, 90, 90],
        [10, 10, 10, 90, 90, 90],
        [10, 10, 10, 90, 90, 90],
        [10, 10, 10, 90, 90, 90],
    ]
)
kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
patch = grid[0:3, 1:4]
products = kernel * patch
figure, axes = plt.subplots(1, 4, figsize=(10.2, 2.5), width_ratios=(6, 3, 3, 3), layout="constrained")
for axis, values, title in zip(
    axes,
    (grid, patch, kernel, products),
    ("the grid, and one 3 × 3 patch", "the patch", "times the kernel", f"products: their sum is {products.sum()}"),
):
    span = np.abs(values).max()
    axis.imshow(values, cmap="gray", vmin=-span * 1.2, vmax=span * 1.35)
    for (row, column), value in np.ndenumerate(values):
        light = value > span * 0.25
        axis.text(column, row, value, ha="center", va="center", fontsize=11, color="black" if light else "white")
    axis.set_title(title, fontsize=10)
    axis.axis("off")
axes[0].add_patch(plt.Rectangle((0.5, -0.5), 3, 3, fill=False, edgecolor="#d55e00", linewidth=3, clip_on=False))
show(
    figure,
    alt=(
        "A grid of four rows, each 10 10 10 90 90 90, with a 3 × 3 patch framed; the patch, 10 10 90 in each row; the"
        f" kernel, −1 0 1 in each row; their products, −10 0 90 in each row, whose sum is {products.sum()}."
    ),
)


# %% [markdown]
# The sum, 240, goes to row 1, column 2 of the new grid: the middle of the frame.
#
# > **Predict.** Which sum comes out where the frame lies only on 10s? Where will this kernel give
# > large numbers, and in what kind of place zero?
#
# <details><summary>Answer</summary>
# Only on 10s: three times −10, three times 0, three times +10, so 0. What is the same on the left and
# on the right is taken away. Upright edges pass; those from light to dark, with a minus.
#
# </details>
#
# And at the edge, where part of the kernel hangs over? We take the numbers outside to be **zeros**,
# so the size stays the same. Keras calls this `padding="same"`.

# %% [markdown]
# ### Exercise 4.1 · A filter by hand
# **4 points · about 9 minutes**
#
# Write `filter_grid(grid, kernel)`.
#
# - `grid`: an array (H, W) of integers or floats, of any dtype, uint8 too. H and W may be any
#   numbers from 1 up, and need not be equal.
# - `kernel`: an array (3, 3) of integers or floats, used as it stands, neither turned nor mirrored:
#   `kernel[0, 0]` meets the number above and to the left of the middle, `kernel[2, 1]` the number
#   right below the middle.
# - Returns a float array (H, W): at each place the sum of the nine products, with zeros for all
#   that lies outside the grid. Nothing is rounded or clipped; sums may be negative.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Give the grid a frame of zeros, one wide. Then the kernel fits everywhere, and nothing is a
# special case.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.pad` with the width 1 makes the frame. Go through all rows and columns with two loops: the patch for the
# place (row, column) starts in the framed grid at that same row and column. And uint8 cannot hold
# 300 or −5: turn the grid into floats first.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `framed = np.pad(grid.astype(float), 1)`, `result = np.zeros(grid.shape)`, two loops, and in them
# `result[row, column] = (framed[GAP, GAP] * GAP).sum()`: the first two gaps are slices.
#
# </details>

# %% answer="filter_grid"
# ✏️ Answer: filter_grid
def filter_grid(grid, kernel):
    """Filter a grid (H, W) with a kernel (3, 3), zeros outside, no mirroring; return floats (H, W)."""
    ### BEGIN SOLUTION
    height, width = grid.shape
    framed = np.zeros((height + 2, width + 2))
    framed[1:-1, 1:-1] = grid
    result = np.zeros((height, width))
    for row in range(3):
        for column in range(3):
            result += kernel[row, column] * framed[row : row + height, column : column + width]
    return result
    ### END SOLUTION


# %% check="filter_grid"
# 🔎 Check: filter_grid
dot, numbers = np.zeros((3, 3)), np.arange(1.0, 10).reshape(3, 3)
dot[1, 1] = 1
got = attempt(filter_grid, dot, numbers)
assert np.shape(got) != (1, 1), "The new grid has the size of the old one, here (3, 3); yours has (1, 1). With a frame of zeros the kernel also fits at the edge."
turned = numbers[::-1, ::-1]
same(
    got,
    turned,
    "A kernel of 1 to 9, on a grid with a single 1 in its middle,",
    slips={
        "The kernel is rotated by half a turn. Take it as it stands: seen from the place (0, 0), the 1 lies below and to the right, where the kernel has its 9.": numbers,
        "Rows and columns of the kernel have changed places: is it transposed somewhere?": turned.T,
        "The kernel is mirrored, left and right.": turned[:, ::-1],
        "The kernel is upside down.": turned[::-1],
        "These are means: add the nine products up, and do not divide.": turned / 9,
        "`@` multiplies matrices, which is something else. What multiplies the nine pairs that lie on top of each other?": np.tile(numbers.sum(axis=1)[::-1], (3, 1)),
        "`@` multiplies matrices, which is something else. What multiplies number by number?": np.tile(numbers.sum(axis=0)[::-1, np.newaxis], (1, 3)),
        "The edge was left at zero. The kernel hangs over there, but part of it still lies on the grid.": 5 * dot,
        "Only the first row was filled. Does the `return` stand within a loop?": [[9, 8, 7], [0, 0, 0], [0, 0, 0]],
        "Only the first place was filled. Does the `return` stand within a loop?": [[9, 0, 0], [0, 0, 0], [0, 0, 0]],
    },
    given=[dot],
    why="Nine products are added up at each place, with zeros outside. Which nine pairs meet at the place (0, 0)?",
)
same(
    attempt(filter_grid, np.full((1, 4), 20.0), np.ones((3, 3))),
    [[40, 60, 60, 40]],
    "A row of four 20s under a kernel of ones",
    slips={
        "Only the first place was visited: `len(grid)` is the number of rows. How many columns are there?": [[40, 0, 0, 0]],
        "The numbers of the edge were repeated outside; zeros are wanted there.": [[180, 180, 180, 180]],
    },
    why="What counts outside the grid?",
)
grid, kernel = np.array([[10, 10, 10, 90, 90, 90]] * 4), np.array([[-1, 0, 1]] * 3)  # the example above
inner, outer = [30, 0, 240, 240, 0, -270], [20, 0, 160, 160, 0, -180]
same(
    attempt(filter_grid, grid, kernel),
    [outer, inner, inner, outer],
    "The example above, with its kernel,",
    slips={
        "Some places were never visited: `len(grid)` is the number of rows. How many columns are there?": [[*row[:4], 0, 0] for row in (outer, inner, inner, outer)],
        "The edge was left at zero. The kernel hangs over there, but part of it still lies on the grid.": [[0] * 6, *[[0, 0, 240, 240, 0, 0]] * 2, [0] * 6],
    },
    why="The sum at row 1, column 2 is 240, as in the picture above. What is it in yours?",
)
for kernel, wanted in ((np.ones((3, 3), int), [[400, 600, 600, 400]]), (np.full((3, 3), 0.5), [[200, 300, 300, 200]])):
    got = attempt(filter_grid, np.full((1, 4), 200, np.uint8), kernel)
    what = f"A uint8 row of four 200s under a kernel of {kernel[0, 0]}s"
    same(got, wanted, what, slips={"uint8 ends at 255, and what is past it starts again at 0. Turn the grid into floats before you add up.": np.mod(wanted, 256)})
    assert np.asarray(got).dtype.kind == "f", f"{what} should give floats, as for any grid; yours is {np.asarray(got).dtype}. Which dtype does the result start with?"
print("Nine products, one sum, at every place. The first row of the example:", outer)

# %% [markdown]
# Your filter on the portrait's L, with five kernels.
#
# > **Predict.** Read the nine numbers of each of the five kernels in the next cell. On a wall where
# > every L is the same, which of the five give zero? Which picture will look like a drawing in
# > pencil? Where in the face will *upright* and *level* differ most?

# %% tags=["open"]
kernels = {
    "blur": np.ones((3, 3)) / 9,
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "upright": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "level": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "spots": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
}
L = rgb2lab(photo)[:, :, 0]
zoom = np.s_[70:200, 130:260]
filtered = {name: filter_grid(L.copy(), kernel.copy())[zoom] for name, kernel in kernels.items()}
figure, axes = plt.subplots(2, 6, figsize=(10.4, 2.9), height_ratios=(1, 0.5), layout="constrained")
axes[0, 0].imshow(L[zoom], cmap="gray", vmin=0, vmax=100)
axes[0, 0].set_title("L", fontsize=10)
for place, (name, kernel) in enumerate(kernels.items(), 1):
    low, high = (0, 100) if kernel.sum() > 0.5 else (-100, 100)
    axes[0, place].imshow(filtered[name], cmap="gray", vmin=low, vmax=high)
    axes[0, place].set_title(name, fontsize=10)
    axes[1, place].imshow(kernel, cmap="gray", vmin=-4, vmax=6)
    for (row, column), value in np.ndenumerate(kernel):
        text = "1/9" if name == "blur" else f"{value:.0f}"
        axes[1, place].text(column, row, text, ha="center", va="center", fontsize=9, color="white" if value < 2 else "black")
for axis in axes.ravel():
    axis.axis("off")
show(
    figure,
    alt="The face of the portrait as L, then after five filters, each with its nine numbers below. From one pixel to the next,"
    f" L changes by {np.abs(np.diff(L[zoom])).mean():.1f} on average. "
    + " ".join(f"{name}: by {np.abs(np.diff(values)).mean():.1f}, {np.mean(np.abs(values) < 20):.0%} of the values within 20 of zero." for name, values in filtered.items()),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# *spots* is the pencil drawing: fine lines on an even grey, which stands for zero here. Where every L
# is the same, a kernel whose nine numbers add up to 0 gives zero: *upright*, *level* and *spots*. The
# two others add up to 1, so they keep L. The side of the face and the gaps between the teeth show in
# *upright*, the lids, the lips and the collar in *level*; a slanting edge shows in both.
#
# </details>
#
# Every filter makes a **new picture** of the old one. A layer has several filters, and the next layer's
# filters look at all of their pictures at once. The alpha network has 162 filters in all, at most 32
# in a layer. Keras has this operation ready-made: `layers.Conv2D`. Is it the same as yours?
#
# > **Predict.** Keras and you filter L with the same kernel. How large is the largest difference:
# > exactly zero, below 0.0001, or about 1?

# %%
conv = layers.Conv2D(1, 3, padding="same", use_bias=False)
conv.build((None, None, None, 1))
for name, kernel in kernels.items():
    mine = filter_grid(L.copy(), kernel.copy())
    conv.set_weights([kernel.astype(np.float32).reshape(3, 3, 1, 1)])
    theirs = np.array(conv(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))[0, :, :, 0]
    print(f"{name:8s} largest difference from Keras: {np.abs(mine - theirs).max():.7f}")

# %% [markdown]
# The same, apart from float32's rounding. What you wrote *is* a Conv2D with one filter. (Books on
# signals rotate the kernel by half a turn and call it *convolution*; neural networks do not, and keep
# the name.)
#
# ### Who chooses the nine numbers?
#
# Nobody. A network starts with random numbers in its kernels, and then goes round in a circle:
#
# 1. **predict** with the kernels as they are;
# 2. measure the **error** against the target;
# 3. find out for every number in every kernel whether a little more or a little less of it would
#    lower the error, and **nudge** it that way;
# 4. again.
#
# Step 3, once by hand. A kernel of nine zeros is to become your `upright`. It sees a grid of
# speckles, and what `upright` makes of them. Make one of its numbers larger by 0.001, here that in
# the middle of the right column: the change in the error, divided by 0.001, is the **slope**. A minus
# says: more of it is better. So the number moves against its slope, by slope × *rate*: one nudge.

# %%
speckles = np.random.default_rng(0).normal(size=(24, 24))


def error_of(kernel):
    """The mean squared error of what a kernel makes of the speckles."""
    return np.mean((filter_grid(speckles.copy(), kernel.copy()) - aim) ** 2)


aim = filter_grid(speckles.copy(), kernels["upright"].copy())
kernel, more = np.zeros((3, 3)), np.zeros((3, 3))
more[1, 2] = 0.001
slope = (error_of(more) - error_of(kernel)) / 0.001
print(f"error {error_of(kernel):.3f}, with 0.001 more {error_of(more):.3f}: the slope is {slope:.2f}")
kernel[1, 2] -= 0.1 * slope
print(f"one nudge with the rate 0.1 makes the number {kernel[1, 2]:.2f}, and the error {error_of(kernel):.3f}")

# %% [markdown]
# **🎲 To play with.** Now all nine numbers, again and again. Change the two numbers at the top of the
# next cell and run it again.
#
# > **Predict.** What happens to the error with a rate of 0.01, of 0.4, of 0.9, of 2?

# %%
rate, nudges = 0.1, 30  # change these

kernel = np.zeros((3, 3))
for nudge in range(nudges + 1):
    error, slopes = error_of(kernel), np.zeros((3, 3))
    if nudge in (0, 1, 2, 5, nudges) or error > 1e6:
        print(f"after {nudge:3d} nudges the error is {error:.4g}")
    if error > 1e6:
        print("It flies apart: each nudge is larger than the one before.")
        break
    for place in np.ndindex(3, 3):
        more = kernel.copy()
        more[place] += 0.001
        slopes[place] = (error_of(more) - error) / 0.001
    kernel = kernel - rate * slopes
print(kernel.round(2) + 0.0)

# %% [markdown]
# <details><summary>What happened</summary>
#
# With 0.01 the kernel gets there slowly. Up to about 0.5, larger is faster. With 0.9 it jumps over the
# best place, to and fro, and gets there all the same. With 2 each nudge lands farther off on the other
# side. The rate is the first thing to look at when a network does not learn.
#
# </details>
#
# Nine numbers took ten filterings for one nudge. For tens of thousands nobody could wait. Keras finds
# all slopes in one go, by the chain rule: *backpropagation*. The nudge itself is the same.
#
# Here is the smallest network that Keras can make: *one* filter. Random speckles go in; the target is
# what your `upright` makes of them. The network is never told that kernel.
#
# > **Predict.** Will it find the nine numbers? Exactly, roughly, or some others that make the same
# > picture?

# %%
wanted = kernels["upright"]
x = np.random.default_rng(0).uniform(size=(1, 64, 64, 1)).astype(np.float32)
y = filter_grid(x[0, :, :, 0].copy(), wanted.copy()).astype(np.float32)[np.newaxis, :, :, np.newaxis]
keras.utils.set_random_seed(1)
pupil = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Conv2D(1, 3, padding="same", use_bias=False)])
pupil.compile(optimizer=keras.optimizers.Adam(0.03), loss="mean_squared_error")
many_x, many_y = np.repeat(x, 100, axis=0), np.repeat(y, 100, axis=0)
stages = {"at the start": pupil.get_weights()[0][:, :, 0, 0]}
for name, passes in (("after 100 nudges", 1), ("after 600", 5)):
    last_loss = pupil.fit(many_x, many_y, batch_size=1, epochs=passes, verbose=0).history["loss"][-1]
    stages[name] = pupil.get_weights()[0][:, :, 0, 0]
stages["the one it never saw"] = wanted
figure, axes = plt.subplots(1, 4, figsize=(9.2, 2.6), layout="constrained")
for axis, (name, kernel) in zip(axes, stages.items()):
    kernel = kernel.round(2) + 0.0
    axis.imshow(kernel, cmap="gray", vmin=-2.5, vmax=2.5)
    axis.set_title(name, fontsize=10)
    axis.axis("off")
    for (row, column), value in np.ndenumerate(kernel):
        axis.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=11, color="black" if value > 0 else "white")
show(
    figure,
    alt="Four kernels with their numbers. "
    + " ".join(f"{name[0].upper() + name[1:]}: {', '.join(f'{value:.2f}' for value in kernel.round(2).ravel() + 0.0)}." for name, kernel in stages.items()),
)


# %% [markdown]
# <details><summary>What happened</summary>
#
# It found the nine numbers from pictures alone, to the second decimal. Three words of Keras that you
# will need: `compile` says how to measure the error and who does the nudging (the *optimizer*), `fit`
# goes round the circle, and what it returns has kept the error, pass by pass, in `history["loss"]`.
#
# </details>

# %% [markdown]
# ## Part 2 · Twelve layers
#
# To know that a patch is *cheek* and not *wall*, nine pixels are not enough. Larger kernels would see
# more, and are expensive; alpha makes the **picture smaller**. Three times it halves it, until one
# number stands for 8 × 8 pixels; then it doubles three times, back to full size.
#
# - **Conv2D with stride 1** leaves the size as it is.
# - **Conv2D with stride 2** moves its kernels on by two. Height and width are halved; a half is rounded
#   *up* (25 becomes 13).
# - **UpSampling2D** writes every number four times, as a square of 2 × 2. Height and width are
#   doubled, the channels stay.
#
# A layer with n filters makes n pictures, called **channels** or feature maps. Here is the whole
# network. All kernels are 3 × 3, all paddings `"same"`. ReLU keeps positive numbers and makes zeros
# of negative ones.
#
# | number | layer | filters | stride | activation |
# |---|---|---|---|---|
# | 0 | input: L, unscaled, 0–100 | none | none | none |
# | 1 | Conv2D | 8 | 2 | ReLU |
# | 2 | Conv2D | 8 | 1 | ReLU |
# | 3 | Conv2D | 16 | 1 | ReLU |
# | 4 | Conv2D | 16 | 2 | ReLU |
# | 5 | Conv2D | 32 | 1 | ReLU |
# | 6 | Conv2D | 32 | 2 | ReLU |
# | 7 | UpSampling2D | none | none | none |
# | 8 | Conv2D | 32 | 1 | ReLU |
# | 9 | UpSampling2D | none | none | none |
# | 10 | Conv2D | 16 | 1 | ReLU |
# | 11 | UpSampling2D | none | none | none |
# | 12 | Conv2D | 2 | 1 | tanh |
#
# ### Why is there a ReLU between the layers?
#
# Two layers of one filter each: the first takes differences across, the second blurs downwards.
#
# > **Predict.** Is there a single kernel that does in one step what the two do one after the other?
# > And with a ReLU between them?

# %%
L = rgb2lab(photo)[:, :, 0]
across, down = np.array([[0, 0, 0], [-1, 0, 1], [0, 0, 0]]), np.array([[0, 1, 0], [0, 2, 0], [0, 1, 0]])
first = filter_grid(L.copy(), across)
without = filter_grid(first.copy(), down)
with_relu = filter_grid(np.maximum(first, 0), down)
single = filter_grid(L.copy(), kernels["upright"].copy())
print(f"two layers, no ReLU: largest difference from the single filter `upright`: {np.abs(without - single).max():.10f}")
print(f"two layers, with ReLU: largest difference from it: {np.abs(with_relu - single).max():.1f}")

# %% [markdown]
# <details><summary>What happened</summary>
#
# Without a ReLU the two layers *are* one filter, `upright`: sums of sums are sums again. A dozen layers
# would be one large filter. The ReLU throws away what is negative, here every edge from light to dark,
# and no single filter can do so. Only with something of the kind between them do more layers mean more.
#
# </details>
#
# > **Predict.** For the portrait, 400 × 400: how large is the picture after layer 6? How many
# > numbers come out of layer 6 in all, more or fewer than went into layer 1?

# %% [markdown]
# ### Exercise 4.2 · The shapes, before anything runs
# **3 points · about 6 minutes**
#
# Write `alpha_shapes(height, width)`, with arithmetic only: no Keras.
#
# - `height`, `width`: the sides of the picture that goes in, whole numbers from 1 up, not always
#   equal, not always even.
# - Returns a list of 12 tuples `(h, w, channels)` of whole numbers: the shape that comes out of
#   each of the twelve layers of the table, in order.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Walk down the table with a pencil. Three things can happen to (h, w): nothing, halved and rounded
# up, doubled.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# Halved and rounded up is `(h + 1) // 2`. Write the table as a list of pairs (channels, what
# happens to the size), and go through it with one loop that appends a tuple each time. UpSampling2D
# has as many channels as the layer before it.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `for channels, step in steps:`, where `steps` begins with `(8, "half"), (8, "stay")`. In it
# `if step == "half": height, width = GAP, GAP`, the same for `"double"`, and at the end of each round
# `shapes.append(GAP)`.
#
# </details>

# %% answer="alpha_shapes"
# ✏️ Answer: alpha_shapes
def alpha_shapes(height, width):
    """The output shape (h, w, channels) of each of alpha's twelve layers, for an input of height × width.

    Six Conv2D with 8, 8, 16, 16, 32, 32 filters; the 1st, 4th and 6th have stride 2, which halves a side and rounds up.
    Then three pairs: an UpSampling2D, which doubles both sides, and a Conv2D, with 32, 16 and at last 2 filters.
    """
    ### BEGIN SOLUTION
    shapes = []
    for channels, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        height, width = math.ceil(height / stride), math.ceil(width / stride)
        shapes.append((height, width, channels))
    for channels, filters in ((32, 32), (32, 16), (16, 2)):
        height, width = 2 * height, 2 * width
        shapes += [(height, width, channels), (height, width, filters)]
    return shapes
    ### END SOLUTION


# %% check="alpha_shapes"
# 🔎 Check: alpha_shapes
shapes = attempt(alpha_shapes, 400, 240)
assert isinstance(shapes, (list, tuple, np.ndarray)), f"A list of twelve shapes should come back; what came is {describe(shapes)}."
assert len(shapes) == 12, f"Twelve layers, twelve shapes; yours gives {len(shapes)}. UpSampling2D counts as a layer too, and the input does not."
assert all(np.shape(shape) == (3,) for shape in shapes), f"Each shape is a tuple of three numbers, (h, w, channels); yours begin with {shapes[0]!r:.60}."
for number, wanted in ((1, (200, 120, 8)), (4, (100, 60, 16)), (6, (50, 30, 32))):
    got = tuple(shapes[number - 1])
    order = " These are the right numbers in another order: (h, w, channels)." if got != wanted and sorted(got) == sorted(wanted) else ""
    assert got == wanted, f"For 400 × 240, layer {number} should give {wanted}; yours says {got}.{order or ' Layers 1, 4 and 6 have stride 2, all others of the first six stride 1.'}"
for number in (2, 3, 5, 8, 10, 12):
    before, got = tuple(shapes[number - 2]), tuple(shapes[number - 1])
    assert got[:2] == before[:2], f"Layer {number} is a Conv2D with stride 1, so it leaves height and width as they are: {before[:2]} come in, and yours makes them {got[:2]}."
for number in (7, 9, 11):
    before, got = tuple(shapes[number - 2]), tuple(shapes[number - 1])
    assert got == (2 * before[0], 2 * before[1], before[2]), (
        f"Layer {number} is an UpSampling2D: it doubles height and width, has no filters, and keeps the channels. {before} comes in; yours says {got}."
    )
filters = [shapes[number - 1][2] for number in (1, 2, 3, 4, 5, 6, 8, 10, 12)]
assert filters == [8, 8, 16, 16, 32, 32, 32, 16, 2], f"A Conv2D layer gives as many channels as it has filters, 8, 8, 16, 16, 32, 32, 32, 16 and 2; yours have {filters}."
assert tuple(shapes[11]) == (400, 240, 2), f"The last layer should give (400, 240, 2), one a and one b for each pixel; yours says {tuple(shapes[11])}."
for sides, wanted in (((50, 25), ((25, 13), (13, 7), (7, 4), (56, 32))), ((27, 8), ((14, 4), (7, 2), (4, 1), (32, 8)))):
    small = attempt(alpha_shapes, *sides)
    for number, size in zip((1, 4, 6, 12), wanted):
        got = tuple(small[number - 1])
        cause = "A half is rounded up, not down and not to the nearest: 25 becomes 13." if number < 12 else "It takes what layer 11 gives: with such sides, the output is larger than the input."
        assert got[:2] == size, f"For {sides[0]} × {sides[1]}, layer {number} should give {(*size, [8, 16, 32, 2][(1, 4, 6, 12).index(number)])}; yours says {got}. {cause}"
        assert all(isinstance(side, (int, np.integer)) for side in got), f"Sides are whole numbers of pixels; yours has {got}. What in your division, or rounding, makes floats?"
    assert [shape[2] for shape in small] == [shape[2] for shape in shapes], f"The channels do not depend on the sides; for {sides[0]} × {sides[1]} yours are {[shape[2] for shape in small]}."
last = tuple(attempt(alpha_shapes, 400, 400)[-1])
assert last == (400, 400, 2), f"For a square picture, 400 × 400, the last layer should give (400, 400, 2); yours says {last}."
print("Through the whole network, the portrait has these sizes:", " → ".join(f"{h}×{w}×{c}" for h, w, c in alpha_shapes(400, 400)))

# %% [markdown]
# <details><summary>Your prediction</summary>
#
# 50 × 50, with 32 channels: 80,000 numbers, half of the 160,000 that went in. All that the network
# knows about the picture has to pass through here.
#
# </details>

# %% [markdown]
# ### Exercise 4.3 · How many numbers does a layer learn?
# **2 points · about 4 minutes**
#
# A filter looks at *all* channels of the layer before: it has one 3 × 3 kernel for each of them.
# The sums are added up, and one number of its own, the **bias**, is added on top.
#
# Write `count_parameters(filters_in, filters_out)`.
#
# - `filters_in`: how many channels go into a 3 × 3 Conv2D layer, a whole number from 1 up.
#   `filters_out`: how many filters the layer has, from 1 up.
# - Returns one whole number: how many numbers the layer learns, all kernels and all biases.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Count for one filter first. Then: how many filters are there?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# One filter: nine numbers for each channel that goes in, and one bias for the filter as a whole.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# In a layer of another network, with kernels of 5 × 5 on one channel, a filter learns
# `25 + 1` numbers, and 6 filters `6 * (25 + 1)`. Which two of these numbers change here, and which
# one has to be multiplied by the channels?
#
# </details>

# %% answer="count_parameters"
# ✏️ Answer: count_parameters
def count_parameters(filters_in, filters_out):
    """Count the weights and biases of a 3 × 3 Conv2D layer."""
    ### BEGIN SOLUTION
    return (9 * filters_in + 1) * filters_out
    ### END SOLUTION


# %% check="count_parameters"
# 🔎 Check: count_parameters
for channels, filters, wanted, slips in (
    (8, 16, 1168, {"Those are the kernels alone: 16 filters with 8 kernels each. Each filter has a bias as well.": 1152}),
    (1, 8, 80, {"Those are the kernels of 8 filters on one channel. Each filter has a bias as well.": 72}),
):
    slips |= {
        "That would do if each filter looked at one channel only. It looks at all of them, each through a kernel of its own.": 10 * filters,
        "That is one bias in all. Each filter has its own.": 9 * channels * filters + 1,
        "Those are the kernels of one filter. How many filters are there?": 9 * channels + filters,
        "That is one filter. How many filters are there?": 9 * channels + 1,
        "A 3 × 3 kernel has nine numbers, not three.": (3 * channels + 1) * filters,
        "In that, each kernel has a bias of its own. How many biases has a filter?": 10 * channels * filters,
        "In that, there is a bias for each channel that comes in. Each filter of this layer has one.": 9 * channels * filters + channels,
    }
    what = f"count_parameters({channels}, {filters})"
    got = attempt(count_parameters, channels, filters)
    assert np.ndim(got) == 0, f"{what} should be one number; what came is {describe(got)}."
    same(got, wanted, what, slips={k: v for k, v in slips.items() if v != wanted}, why="Count one filter first: nine numbers for each channel, and one bias. Then: how many filters?")
print("Layer 1 learns", count_parameters(1, 8), "numbers, layer 3 learns", count_parameters(8, 16))

# %% [markdown]
# > **Predict.** How many numbers does the whole network learn: about 3,000, 30,000 or 300,000?
# > Which layers hold most of them? What do the three up-sampling layers learn?

# %%
channels = (1, 8, 8, 16, 16, 32, 32, 32, 16, 2)
counts = [count_parameters(before, after) for before, after in zip(channels, channels[1:])]
places = (1, 2, 3, 4, 5, 6, 8, 10, 12)
figure, axis = plt.subplots(figsize=(8.4, 2.7), layout="constrained")
bars = axis.bar([str(place) for place in range(1, 13)], [dict(zip(places, counts)).get(p, 0) for p in range(1, 13)], color="#0072b2")
axis.bar_label(bars, fmt="{:,.0f}", fontsize=9)
axis.set(xlabel="layer", ylabel="numbers learned", ylim=(0, 10_800))
axis.set_title(f"{sum(counts):,} numbers in all", fontsize=11)
axis.spines[["top", "right"]].set_visible(False)
show(figure, alt=f"Bars for the twelve layers: {', '.join(f'layer {p} {c:,}' for p, c in zip(places, counts))}; layers 7, 9 and 11 zero.")

# %% [markdown]
# The portrait's colour is 320,000 numbers, and the network has ten times fewer to remember it with.
# So it cannot store a colour for each pixel; it needs rules, *where L looks like this, the colour is
# that*. But rules can be learned by heart, too. Do they hold for another photo? See part 5.
#
# ### Now in Keras
#
# `keras.Sequential` is a list of layers, each fed by the one before.
# `keras.Input(shape=(None, None, 1))` says: any height, any width, one channel. A tiny model (in the last
# line of what it prints, 7 is halved to 4 and doubled to 8):

# %%
tiny = keras.Sequential(
    [
        keras.Input(shape=(None, None, 1)),
        layers.Conv2D(filters=5, kernel_size=3, strides=2, padding="same", activation="relu"),
        layers.UpSampling2D(),
    ]
)
for sides in ((8, 8), (20, 12), (7, 7)):
    print(sides, "→", tuple(tiny(np.zeros((1, *sides, 1), np.float32)).shape))


# %% [markdown]
# ### Exercise 4.4 · Build alpha
# **4 points · about 9 minutes**
#
# The first three layers of `build_alpha(last)` are written. Add the other nine, following the
# table above: 3 × 3 kernels, padding `"same"`, ReLU everywhere but in the last layer.
#
# - `last`: the name of the last layer's activation. It is `"tanh"` unless the caller says something
#   else.
# - Returns the Keras model, new each time, not compiled, and free to learn all its numbers. It
#   takes pictures of any size: `(None, None, 1)`.
# - The layers are those of the table and no others: no normalization, no dropout, no rescaling. They
#   are Keras' own, in a `keras.Sequential` or a functional `keras.Model(inputs, outputs)`, not in a
#   class of your own. An activation may also stand as a layer of its own after its Conv2D.
# - Only the network counts, and not how it is written down: one line of layers from one input to
#   one output. Each Conv2D has weights of its own.
# - The kernels start at random numbers. Leave the initializers at their defaults, or name another
#   of Keras' random ones for the kernels, such as `"he_normal"`.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Nine more lines, one for each line of the table from 4 to 12. The table is the plan; go down it
# with your finger.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# Layer 4 is like layer 3 with a stride, so like layer 1 with other numbers. `layers.UpSampling2D()`
# doubles. For the last layer, the activation is not a fixed word but the argument.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# Layers 4 to 6: three times `model.add(layers.Conv2D(GAP, 3, padding="same", activation="relu"))`, and
# two of them have `strides=2`. Then three pairs, each an added `layers.UpSampling2D()` and an added
# Conv2D.
#
# </details>

# %% answer="build_alpha"
# ✏️ Answer: build_alpha
def build_alpha(last="tanh"):
    """Build the alpha network, not compiled: L (n, H, W, 1) in, ab / 128 (n, H, W, 2) out.

    Six Conv2D with 8, 8, 16, 16, 32, 32 filters; the 1st, 4th and 6th have stride 2. Then three pairs of UpSampling2D and
    Conv2D, with 32, 16 and 2 filters. Kernels 3 × 3, padding "same", ReLU; the very last activation is `last`.
    """
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    model.add(layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    ### BEGIN SOLUTION
    model.add(layers.Conv2D(16, 3, activation="relu", padding="same", strides=2))
    model.add(layers.Conv2D(32, 3, activation="relu", padding="same"))
    model.add(layers.Conv2D(32, 3, activation="relu", padding="same", strides=2))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(32, 3, activation="relu", padding="same"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(16, 3, activation="relu", padding="same"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(2, 3, activation=last, padding="same"))
    ### END SOLUTION
    return model


# %% check="build_alpha"
# 🔎 Check: build_alpha
try:
    model = attempt(build_alpha)
except NotImplementedError as error:
    raise NotImplementedError(str(error) or "The line `raise NotImplementedError` is still in the answer: Python stops there.") from None
assert isinstance(model, keras.Model), f"A Keras model should come back; what came is {describe(model)}."
assert type(model).__name__ in ("Sequential", "Functional") and type(model).__module__.startswith("keras"), (
    f"Your model is of a class of your own, {type(model).__name__}. Build it with keras.Sequential, or with keras.Model and keras.Input: then others can build it again."
)
assert not model.compiled, "The model is compiled already. That comes later, in an exercise of its own: here it is built, and no more."
made = attempt(model, np.zeros((1, 64, 64, 1), np.float32))
assert hasattr(made, "shape"), f"One output is wanted, a tensor by itself; what comes out is a {type(made).__name__}."
assert tuple(model.inputs[0].shape) == (None, None, None, 1), (
    f"The input should be (None, None, None, 1): any number of photos, any height, any width, one channel. Yours is {model.inputs[0].shape}."
)
ACTIVE = (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.ELU, layers.Softmax)  # layers that are nothing but an activation


def activation_name(thing):
    """The name of an activation: "relu" for the function, and for a layer that does the same."""
    if isinstance(thing, (layers.LeakyReLU, layers.ELU, layers.Softmax)):
        return {"LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax"}[type(thing).__name__]
    if isinstance(thing, layers.ReLU):
        odd = [f"{name}={getattr(thing, name)}" for name in ("max_value", "negative_slope", "threshold") if getattr(thing, name)]
        return f"relu with {', '.join(odd)}" if odd else "relu"
    thing = getattr(thing, "activation", thing)
    return getattr(thing, "__name__", type(thing).__name__).lower()


def line_up(model):
    """The layers but for input and activations, and the name of the activation of each Conv2D: its own, or that of a layer right behind it."""
    stack, names = [], []
    for layer in in_line(model):
        if isinstance(layer, ACTIVE) and stack and isinstance(stack[-1], layers.Conv2D) and names[-1] == "linear":
            names[-1] = activation_name(layer)
        elif not isinstance(layer, layers.InputLayer):
            stack.append(layer)
            names += [activation_name(layer.activation)] if isinstance(layer, layers.Conv2D) else []
    return stack, names


stack, names = line_up(model)
learning = [layer.name for layer in stack if layer.weights]
assert len(learning) == len(set(learning)), "One Conv2D is used more than once, with the same weights. Each Conv2D of the table is a layer of its own."
kinds = [type(layer).__name__ for layer in stack]
table = ["Conv2D"] * 6 + ["UpSampling2D", "Conv2D"] * 3
others = sorted(set(kinds) - set(table))
assert not others, f"The table has Conv2D and UpSampling2D only; yours has {' and '.join(others)} as well. Which line of the table is that?"
assert len(kinds) == 12, f"The table has twelve layers, 9 Conv2D and 3 UpSampling2D; yours has {len(kinds)}: {', '.join(kinds)}."
assert kinds == table, f"After the sixth Conv2D, UpSampling2D and Conv2D take turns. Your order: {', '.join(kinds)}."
for number, layer in enumerate(stack, 1):
    if isinstance(layer, layers.UpSampling2D):
        assert tuple(layer.size) == (2, 2) and layer.interpolation == "nearest", f"Layer {number} should write every number four times, as a plain UpSampling2D() does; yours has the size {layer.size} and the interpolation {layer.interpolation!r}."
        continue
    stride = 2 if number in (1, 4, 6) else 1
    assert tuple(layer.strides) == (stride, stride), f"Layer {number} has stride {stride} in the table; yours has {layer.strides[0]}. Only layers 1, 4 and 6 have stride 2."
    assert layer.padding == "same", f'Layer {number} has the padding {layer.padding!r}, so its picture shrinks. Is the padding "same" everywhere?'
    assert tuple(layer.kernel_size) == (3, 3), f"All kernels are 3 × 3; those of layer {number} are {layer.kernel_size[0]} × {layer.kernel_size[1]}."
filters = [layer.filters for layer in stack if isinstance(layer, layers.Conv2D)]
assert filters == [8, 8, 16, 16, 32, 32, 32, 16, 2], f"The filters should be 8, 8, 16, 16, 32, 32, 32, 16, 2; yours are {filters}."
assert model.count_params() == 32_202, (
    f"The network should learn 32,202 numbers, as counted above; yours has {model.count_params():,}. Has every filter a bias?"
)
assert len(model.trainable_weights) == len(model.weights), "Part of the network is frozen (`trainable = False`). All its numbers should be free to learn."
assert all(np.std(kernel) > 0 for kernel in model.get_weights() if np.ndim(kernel) == 4), (
    "One of the kernels holds the same number everywhere. Kernels start at random, so that the filters can learn to differ: leave `kernel_initializer` at its default."
)
for number, name in zip((1, 2, 3, 4, 5, 6, 8, 10), names):
    cause = "If no activation is named, Keras takes 'linear', which does nothing." if name == "linear" else "Which activation does the table give it?"
    assert name == "relu", f"Layer {number} should have a plain ReLU; yours has {name!r}. {cause}"
assert names[-1] == "tanh", f"The last layer should be a tanh, if nothing else is asked for; yours is {names[-1]!r}."
for name in ("relu", "linear"):
    got = line_up(attempt(build_alpha, last=name))[1][-1]
    assert got == name, f'build_alpha(last="{name}") should end in {name!r}; yours ends in {got!r}. Is the activation of the last layer the argument `last`?'
assert build_alpha() is not model, "build_alpha() called twice gave the same network twice. It should be new each time: build it inside the function."
print(f"{len(kinds)} layers, {model.count_params():,} numbers to learn.")

# %% [markdown]
# What you computed in exercise 4.2, against the network that you built:

# %%
predicted = alpha_shapes(400, 400)
model = build_alpha()
shape, differ = (1, 400, 400, 1), []
print(" layer                your prediction       in Keras            numbers learned")
stack = [layer for layer in in_line(model) if isinstance(layer, (layers.Conv2D, layers.UpSampling2D))]
for number, (layer, mine) in enumerate(zip(stack, predicted), 1):
    shape = layer.compute_output_shape(shape)
    differ += [number] * (tuple(mine) != tuple(shape[1:]))
    verdict = "they differ" if number in differ else "the same"
    print(f"{number:3d} {type(layer).__name__:16s} {str(tuple(mine)):>18s} {str(tuple(shape[1:])):>18s} {layer.count_params():>12,}   {verdict}")
print(f"    in all: {model.count_params():,}")
if differ:
    print(f"They differ in layer {', '.join(map(str, differ))}: the check of exercise 4.2 says whether the left column is right, that of 4.4 the right one.")


# %% [markdown]
# ## Part 3 · What goes in
#
# From lesson 3 you know the two arrays. This time nobody hands you a helper.

# %% [markdown]
# ### Exercise 4.5 · From a photo to X and Y
# **2 points · about 5 minutes**
#
# Write `training_pair(photo)`.
#
# - `photo`: a uint8 RGB photo (H, W, 3).
# - Returns two float32 arrays: `X` of shape (1, H, W, 1), the lightness L, **unscaled**, from 0 to
#   100; and `Y` of shape (1, H, W, 2), ab / 128, a first, then b. The first axis counts photos:
#   here there is one.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Into Lab, cut L from ab, scale one of the two, give both an axis in front, and L one at the end.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `rgb2lab` takes a uint8 photo as it is. A slice such as `0:1` keeps an axis that a plain `0` would
# drop. `np.newaxis` makes one. `.astype(np.float32)` comes last.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `lab = rgb2lab(photo)`, then `X = lab[np.newaxis, :, :, 0:1]`, then `Y` with the other layers and
# the division; both turned into float32.
#
# </details>

# %% answer="training_pair"
# ✏️ Answer: training_pair
def training_pair(photo):
    """Turn a uint8 RGB photo (H, W, 3) into X, its L (1, H, W, 1), and Y, its ab / 128 (1, H, W, 2), both float32."""
    ### BEGIN SOLUTION
    lab = rgb2lab(photo)[np.newaxis]
    X, Y = lab[..., :1], lab[..., 1:] / 128
    return X.astype(np.float32), Y.astype(np.float32)
    ### END SOLUTION


# %% check="training_pair"
# 🔎 Check: training_pair
pair = attempt(training_pair, photo[:40, :56])
assert isinstance(pair, (tuple, list)) and len(pair) == 2, f"Two arrays should come back, X and Y; what came is {describe(pair)}."
X, Y = pair
for got, name, wanted in ((X, "X", (1, 40, 56, 1)), (Y, "Y", (1, 40, 56, 2))):
    assert hasattr(got, "dtype"), f"{name} should be an array; what came is {describe(got)}."
    cause = "A plain index such as 0 drops an axis, a slice keeps it, and np.newaxis makes one." if np.ndim(got) < 4 else "One axis is too many." if np.ndim(got) > 4 else "The first axis counts photos, the last one channels."
    assert np.shape(got) == wanted, f"{name} of a 40 × 56 photo has the shape {wanted}; yours has {np.shape(got)}. {cause}"
red = np.zeros((1, 1, 3), np.uint8)
red[..., 0] = 255
X, Y = attempt(training_pair, red)
floats = "rgb2lab takes floats for numbers from 0 to 1, and here they go to 255. What if the photo goes into rgb2lab as it is, in uint8?"
same(
    np.ravel(X)[0],
    53.2408,
    "X of a pure red pixel, its L,",
    atol=0.005,
    slips={
        "X is not scaled. Was L divided by 100?": 0.532408,
        "X is not scaled. Was L divided by 128?": 53.2408 / 128,
        "X is not scaled. Was L divided by 255?": 53.2408 / 255,
        "That is rgb2gray. L is another scale, and is layer 0 of Lab.": 0.2125,
        "That is 100 × rgb2gray. L is another scale, and is layer 0 of Lab.": 21.25,
        "That is 255 × rgb2gray. L is another scale, and is layer 0 of Lab.": 54.1875,
        "That is a, layer 1. Layers are counted from 0.": 80.0925,
        floats: 5569.549,
    },
    why="Is it layer 0 of what rgb2lab gives?",
)
same(
    np.ravel(Y),
    [0.625722, 0.525025],
    "Y of a pure red pixel, a / 128 = 80.09 / 128 and b / 128 = 67.20 / 128,",
    atol=1e-4,
    slips={
        "b comes first in yours.": [0.525025, 0.625722],
        "Y is not divided by 128.": [80.0925, 67.2032],
        "Y is divided twice.": [0.0048885, 0.0041018],
        "Y is divided by 100; the scale is 128.": [0.800925, 0.672032],
        "Y is divided by 127; the scale is 128.": [0.630649, 0.529159],
        "Y is divided by 255; the scale is 128.": [0.314088, 0.263542],
        "The fractions were cut off before the division.": [0.625, 0.5234375],
        "Those are L and a. Layers are counted from 0.": [0.415943, 0.625722],
        "The target is not squashed: tanh is the network's part.": [0.555197, 0.481591],
    },
    why="Is it layers 1 and 2 of what rgb2lab gives for the uint8 photo, divided once?",
)
assert X.dtype == Y.dtype == np.float32, f"Both should be float32; yours are {X.dtype} and {Y.dtype}. Which step turns them into float32?"
X, Y = training_pair(photo.copy())
print(f"X {X.shape} from {np.min(X):.1f} to {np.max(X):.1f}, Y {Y.shape} from {np.min(Y):.2f} to {np.max(Y):.2f}")
print(f"Always grey would have the loss {np.mean(Y**2):.4f}, the best single colour {np.mean((Y - np.mean(Y, axis=(0, 1, 2))) ** 2):.4f}.")

# %% [markdown]
# Now suppose that somebody brings the wrong array.
#
# > **Predict.** Read the names of the five arrays in the next cell: they go into the network one by
# > one. Which of them will Keras refuse? What comes out of those that it takes?

# %%
model = build_alpha()
visitors = {
    "(100, 104): a bare grid": np.zeros((100, 104), np.float32),
    "(104, 104, 1): no axis for photos": np.zeros((104, 104, 1), np.float32),
    "(1, 104, 104, 3): three channels": np.zeros((1, 104, 104, 3), np.float32),
    "(1, 104, 104, 1), whole numbers": np.zeros((1, 104, 104, 1), np.int64),
    "(1, 100, 104, 1): 100 is not 8 × n": np.zeros((1, 100, 104, 1), np.float32),
}
for name, visitor in visitors.items():
    try:
        answer = f"taken, and out comes {tuple(model(visitor).shape)}"
    except ValueError:
        answer = "refused"
    print(f"{name:36s} {answer}")


# %% [markdown]
# <details><summary>What happened</summary>
#
# - The bare grid and the three channels are refused, with an error of many lines.
# - Without an axis for photos, Keras *guesses*: it takes 104 rows for 104 photos, each 104 × 1, and
#   colours every row by itself. No error, only nonsense.
# - Whole numbers are taken without a word, though the fractions of L are gone.
# - 100 rows are halved to 50, 25, 13 and doubled to 26, 52, **104**: *larger than the input*. Multiples
#   of 8 can be halved three times without a remainder.
#
# An error at the door with a good message saves an hour of searching. So write the doorkeeper.
#
# </details>

# %% [markdown]
# ### Exercise 4.6 · A doorkeeper
# **3 points · about 8 minutes**
#
# Write `check_input(X)`. `X` is a NumPy array of any shape and dtype. If the network can take it,
# `check_input` returns it as it is. Otherwise it raises a `ValueError` whose message says what is
# wrong:
#
# 1. **Axes.** X must have four axes, and the last must be 1. If not, the message contains the shape
#    that came, such as `(400, 400)`.
# 2. **Dtype.** X must be a float array, of any float dtype (float16, float32, float64). If not, the
#    message contains the dtype's name, such as `int64`.
# 3. **Sides.** Height (axis 1) and width (axis 2) must be multiples of 8. If one is not, the
#    message names it, `height` or `width`, and not the other one; the side as it is; and the size
#    that this side would have in the *output*, such as "height 100: the output would have 104".
#
# If more is wrong, any one of the messages will do. The number of photos (axis 0) may be any.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Three questions in this order, each with an `if` and a `raise`. What survives all three is
# returned.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `X.ndim` and `X.shape[-1]`; `np.issubdtype(X.dtype, np.floating)`; `side % 8`. An f-string puts
# values into a message: `f"{X.shape} came"`. The output's side is the *next* multiple of 8: think of
# `alpha_shapes`, or of `math.ceil(side / 8)`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `if X.ndim != 4 or GAP: raise ValueError(f"the shape is {X.shape}")`, the same for the dtype, then a
# loop over the two pairs `("height", X.shape[1])` and `("width", X.shape[2])`, with
# `if side % 8: raise ValueError(GAP)`, and after the loop `return X`.
#
# </details>

# %% answer="check_input"
# ✏️ Answer: check_input
def check_input(X):
    """Return X if alpha can take it: floats (n, H, W, 1), H and W multiples of 8; otherwise raise a ValueError that says why not."""
    ### BEGIN SOLUTION
    if X.ndim != 4 or X.shape[3] != 1:
        raise ValueError(f"alpha wants the shape (photos, height, width, 1), but {X.shape} came: is an axis missing?")
    if X.dtype.kind != "f":
        raise ValueError(f"alpha wants floats, L from 0 to 100 with its fractions, but {X.dtype} came")
    for name, side in (("height", X.shape[1]), ("width", X.shape[2])):
        if side % 8:
            raise ValueError(f"{name} {side} is no multiple of 8: the output would have {8 * math.ceil(side / 8)}")
    return X
    ### END SOLUTION


# %% check="check_input"
# 🔎 Check: check_input
for good in (
    np.full((1, 40, 56, 1), 50.0, np.float32),
    np.full((1, 40, 56, 1), 50.0),
    np.full((1, 8, 24, 1), 50.0, np.float16),
    np.full((3, 16, 16, 1), 50.0, np.float32),
):
    refusal, what = None, f"An array of shape {good.shape} and dtype {good.dtype}"
    try:
        back = check_input(good.copy())
    except NotImplementedError:
        raise
    except Exception as error:
        refusal = f"{type(error).__name__}: {error}"
    why = "It has four axes, floats, and sides that are multiples of 8; there may be any number of photos."
    why = "Any float dtype will do." if str(good.dtype) in str(refusal) else "Axis 1 is the height, axis 2 the width, and both are multiples of 8." if "height" in str(refusal) or "width" in str(refusal) else why
    assert refusal is None, f"{what} should be let in. {why} Yours ended with {refusal}"
    assert back is not None, f"{what} should come back; yours gives None. What does `return` give back, after all the questions?"
    assert isinstance(back, np.ndarray), f"{what} should come back itself; what came is {describe(back)}."
    assert back.dtype == good.dtype and np.array_equal(back, good), f"{what} should come back as it is; what came is {describe(back)}."
said, refused = {}, []
for bad, words in (
    (np.zeros((1, 40, 56, 3), np.float32), ["(1, 40, 56, 3)"]),
    (np.zeros((20, 20), np.int64), [""]),  # wrong in every way: any message will do
    (np.zeros((40, 56), np.float32), ["(40, 56)"]),
    (np.zeros((104, 104, 1), np.float32), ["(104, 104, 1)"]),
    (np.zeros((1, 1, 40, 56, 1), np.float32), ["(1, 1, 40, 56, 1)"]),
    (np.zeros((), np.float32), ["()"]),
    (np.zeros((1, 40, 56, 1), np.int64), ["int64"]),
    (np.zeros((1, 40, 56, 1), np.uint8), ["uint8"]),
    (np.zeros((1, 40, 56, 1), bool), ["bool"]),
    (np.zeros((1, 100, 56, 1), np.float32), ["height", "100", "104"]),
    (np.zeros((1, 97, 56, 1), np.float32), ["height", "97", "104"]),
    (np.zeros((1, 40, 57, 1), np.float32), ["width", "57", "64"]),
):
    raised, back, what = None, None, f"An array of shape {bad.shape} and dtype {bad.dtype}"
    with capture_output() as noise:
        try:
            back = check_input(bad.copy())
        except Exception as error:
            raised = error
    if raised is None:
        cause = "Which question of yours should have stopped it?"
        cause = "An error came back as a value: which statement raises it?" if isinstance(back, Exception) else cause
        cause = "The message was printed: which statement raises an error?" if noise.stdout else "A text came back: which statement raises an error?" if isinstance(back, str) else cause
        raise AssertionError(f"{what} should be refused with a ValueError; yours let it in. {cause}")
    message = said[words[0]] = str(raised)
    cause = {IndexError: " It asks for an axis that is not there: the number of axes comes first.", AssertionError: " `assert` always raises an AssertionError. `raise` raises the error that you name."}.get(type(raised), "")
    assert isinstance(raised, ValueError), f"{what} should be refused with a ValueError; yours ended with {type(raised).__name__}: {message}.{cause}"
    for word in words:
        cause = f", the {words[0]} that comes out ({words[1]} is halved three times, rounded up each time, then doubled three times)" if len(words) == 3 and word == words[2] else ""
        assert word in message, f"For shape {bad.shape} and dtype {bad.dtype} the message should contain {word!r}{cause}; yours says: {message}"
    other = {"height": "width", "width": "height"}.get(words[0])
    assert not other or other not in message.lower(), f"For the shape {bad.shape} only the {words[0]} is wrong; your message names the {other} as well: {message}"
    assert words[-1] != "104" or not {"88", "112"} & set(message.replace(",", " ").split()), f"For a height of {words[1]} the output would have 104; your message names other multiples of 8, too: {message}"
    refused.append(message)
assert said["int64"] != said["uint8"], f"Whatever the dtype, your message is the same, so it does not say which one came: {said['int64']}"
for message in refused:
    print("refused:", message)

# %% [markdown]
# ## Part 4 · Learning
#
# The error is measured with the **mean squared error**, as in lesson 3. Who nudges is the **optimizer**.
# The plainest goes a step down the slope. **RMSprop** keeps for each number a running mean of how large
# its slopes have been, and divides by it: steep or flat, each number moves at its own pace. The
# *learning rate* sets how far: 0.001 (1e-3) is Keras' default.

# %% [markdown]
# ### Exercise 4.7 · Error and optimizer
# **2 points · about 3 minutes · builds on 4.4 and 4.5**
#
# Write `compile_alpha(model)`.
#
# - `model`: a Keras model that is not compiled yet.
# - Compiles it with the optimizer RMSprop, learning rate 0.001 all the time and all other settings
#   at their defaults, and with the loss *mean squared error*. Both are Keras' own, given by name or
#   as an object (the loss also as Keras' function), and not a function or a class of yours.
# - Changes nothing else about the model, and returns it.
#
# One of the hidden checks trains *your* network (4.4), compiled by this function, anew on *your* `X`
# and `Y` (4.5) of a small colour photo that the grader draws. The loss must get well below that of
# the best single colour. How low your own training got does not matter.
#
# <details><summary>Hint 1 · the idea</summary>
#
# One call to a method of the model, and a `return`. You saw the call in part 1, with another
# optimizer.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `model.compile` changes the model and returns nothing: return the model itself.
# `help(keras.optimizers.RMSprop)` shows its default learning rate.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `model.compile(optimizer=GAP, loss=GAP)`, where each may be an object of Keras or its name in quotes.
#
# </details>

# %% answer="compile_alpha"
# ✏️ Answer: compile_alpha
def compile_alpha(model):
    """Compile the model with RMSprop, learning rate 0.001, and mean squared error; return it."""
    ### BEGIN SOLUTION
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-3), loss="mean_squared_error")
    return model
    ### END SOLUTION


# %% check="compile_alpha"
# 🔎 Check: compile_alpha
model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Conv2D(2, 3, padding="same"), layers.Conv2D(3, 3, padding="same", activation="tanh")])
got = attempt(compile_alpha, model, returns=False)
assert got is not None or not model.compiled, "Compiled, but nothing came back: `model.compile(…)` changes the model and returns nothing. What is to be returned?"
assert got is not None, "The model is not compiled, and nothing came back. Is `compile` called on `model`, and is there a `return`?"
assert isinstance(got, keras.Model), f"The model should come back; what came is {describe(got)}."
assert got is model, "A different model came back from the one that went in. No new one is built here: this very model is compiled."
assert model.compiled, "The model came back, but it is not compiled. Which method of it names the optimizer and the loss?"
assert type(model.optimizer) is keras.optimizers.RMSprop, (
    f"The optimizer should be Keras' own RMSprop; yours is {type(model.optimizer).__name__}" + (", a class of your own." if type(model.optimizer).__name__ == "RMSprop" else ".")
)
rate = float(model.optimizer.learning_rate)
assert abs(rate - 1e-3) < 1e-9, f"The learning rate should be 0.001; yours is {rate:g}."
model.optimizer.iterations.assign(10_000)
assert abs(float(model.optimizer.learning_rate) - 1e-3) < 1e-9, "The learning rate should be 0.001 all the time; yours changes while it trains."
plain = keras.optimizers.RMSprop()
for name in plain.get_config():
    got, wanted = (getattr(optimizer, name, None) for optimizer in (model.optimizer, plain))
    assert name in ("name", "learning_rate") or (got or None) == (wanted or None), f"Besides the learning rate, RMSprop should keep its default settings; yours has {name}={got!r}, and the default is {wanted!r}."
loss = model.loss[0] if isinstance(model.loss, (list, tuple)) and len(model.loss) == 1 else model.loss
assert "keras" in getattr(loss, "__module__", "keras"), 'Keras has the mean squared error: give it by its name, "mean_squared_error", instead of a loss of your own.'
trial = np.zeros((1, 8, 8, 1), np.float32), np.full((1, 8, 8, 3), 0.5, np.float32)
measured, right = model.evaluate(*trial, verbose=0, return_dict=True)["loss"], np.mean((0.5 - np.array(model(trial[0]))) ** 2)
named = f" Its name is {loss!r}." if isinstance(loss, str) else ""
assert abs(measured - right) < 1e-4, f"The loss should be the mean squared error, {right:.4f} here; yours measures {measured:.4f}.{named} Is it that loss, and nothing added to it?"
assert len(model.trainable_weights) == len(model.weights) == 4, "Layers were added, or part of the model is frozen now (`trainable = False`). Compiling changes nothing else."
print(f"Compiled: {type(model.optimizer).__name__}, learning rate {rate:g}, mean squared error.")

# %% [markdown]
# ### Exercise 4.8 · Train
# **3 points · about 5 minutes**
#
# One pass over all training photos is an **epoch**. Here there is one photo, so an epoch is one
# prediction, one error, one nudge of every number. Write `train_alpha(model, X, Y, epochs)`.
#
# - `model`: a compiled model. `X` (n, H, W, 1) and `Y` (n, H, W, 2): float32; n is 1 for a single
#   photo, but may be more. `epochs`: a whole number from 1 up.
# - Trains this very model for that many epochs, with **batch size 1** (a nudge after each photo).
#   It does not compile it again.
# - Returns a list of `epochs` losses, plain floats: one for each epoch, in order, as Keras reports
#   them.
# - `verbose=0` keeps it quiet: below it runs for 1000 epochs, and Keras prints a line for each. It is
#   not part of the points.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Keras does the work, and what it hands back has kept a diary.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `model.fit` with `batch_size`, `epochs` and `verbose`. It returns an object whose attribute
# `history` is a dict of lists.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `diary = model.fit(GAP, GAP, batch_size=GAP, epochs=GAP, verbose=0)`, then return the list under
# `"loss"` in `diary.history`.
#
# </details>

# %% answer="train_alpha"
# ✏️ Answer: train_alpha
def train_alpha(model, X, Y, epochs):
    """Train the compiled model in place, one photo at a time, silently; return the list of its losses, one per epoch."""
    ### BEGIN SOLUTION
    history = model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0)
    return [float(loss) for loss in history.history["loss"]]
    ### END SOLUTION


# %% check="train_alpha"
# 🔎 Check: train_alpha
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Conv2D(2, 3, padding="same", activation="tanh")])
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mean_squared_error")
few = np.random.default_rng(1).uniform(size=(4, 8, 8, 1)).astype(np.float32)
target = few.repeat(2, axis=3) / 2
before, optimizer = model.get_weights()[0].copy(), model.optimizer
first = model.evaluate(few[:1], target[:1], verbose=0)
with capture_output() as noise:
    got = attempt(train_alpha, model, few[:1], target[:1], 3, returns=False)
moved = not np.allclose(before, model.get_weights()[0])
assert got is not None or moved, "Nothing came back, and the model has the same weights as before. Is `fit` called, and on this model?"
assert got is not None, "The model was trained, but nothing came back. What `fit` returns has kept the losses; what of it is to be returned?"
cause = "That is what `fit` returns, a History. Where in it are the losses?" if isinstance(got, keras.callbacks.History) else "Is `epochs` passed on?" if isinstance(got, (list, tuple)) and len(got) == 1 else ""
cause = "That is one loss, the last one or the mean. One for each epoch is wanted." if np.ndim(got) == 0 and isinstance(got, (float, np.floating)) else cause
cause = "In this dict, the losses stand under their name." if isinstance(got, dict) else cause
assert isinstance(got, (list, tuple, np.ndarray)) and len(got) == 3, f"For 3 epochs a list of 3 losses should come back; what came is {describe(got)}. {cause}"
assert all(isinstance(loss, float) for loss in got), f"Each loss should be a plain float; yours are {type(got[0]).__name__}."
assert abs(got[0] - first) < 1e-3 * first, f"The first loss should be {first:.4f}, that of the model as it came; yours is {got[0]:.4f}. Are they in order, and unchanged?"
assert moved, "The model that was handed in has the same weights as before. Train this one, not a copy."
assert got[2] < got[0], f"The loss should fall on this easy task; yours went from {got[0]:.4f} to {got[2]:.4f}."
again = "The model has another optimizer than before the call. Was it compiled again? It comes compiled, and stays so."
assert model.optimizer is optimizer, again
nudges = int(optimizer.iterations)
assert nudges == 3, f"One photo, 3 epochs: 3 nudges. Yours made {nudges}. How often is `fit` called, and for how many epochs?"
with capture_output():
    attempt(train_alpha, model, few, target, 2, returns=False)
assert model.optimizer is optimizer, again
nudges = int(optimizer.iterations) - 3
cause = "Keras takes 32 photos at a time if it is not told otherwise." if nudges == 2 else "Which batch size does `fit` get?"
assert nudges == 8, f"Four photos, two epochs, one photo at a time: 8 nudges. Yours made {nudges}. {cause}"
print("Trained in place:", ", ".join(f"{loss:.4f}" for loss in got))
if noise.stdout:
    print("Your training prints while it runs. That is not wrong, but below there are 1000 epochs: `verbose=0` keeps it quiet.")

# %% [markdown]
# ### Exercise 4.9 · Colour it
# **4 points · about 8 minutes**
#
# Write `colorize(model, L)`.
#
# - `model`: a Keras model that takes (1, H, W, 1) and gives (1, H, W, 2), such as alpha, trained or
#   not. `L`: a float array (H, W), lightness from 0 to 100; H and W are multiples of 8 and need not
#   be equal.
# - Sends L through the model, as a float32 array (1, H, W, 1), unscaled.
# - Makes an empty **canvas**: zeros of shape (H, W, 3), for Lab values. L goes into layer 0; the
#   prediction, times 128, into layers 1 and 2.
# - Returns the canvas as a picture: uint8 RGB (H, W, 3), each value within one level of 255 × what
#   `lab2rgb` gives. White stays white and does not wrap round.
# - If you use `model.predict`, `verbose=0` keeps it quiet. It is not part of the points.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Two jobs: ask the model, fill the canvas. The last line is the one that you wrote in lesson 2 for
# `to_photo`.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `model(X)` gives a tensor; `np.array` of it, and of that `[0]`, is a NumPy array without the axis for photos.
# `model.predict(X, verbose=0)` gives an array at once. `np.zeros((*L.shape, 3))` is the canvas. For
# the end: `img_as_ubyte`, or `np.rint` and `astype`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]`, `ab = GAP * np.array(model(X))[0]`, then
# the canvas with `canvas[:, :, 0] = GAP` and `canvas[:, :, 1:] = GAP`, then `lab2rgb`, then uint8.
#
# </details>

# %% answer="colorize"
# ✏️ Answer: colorize
def colorize(model, L):
    """Colour a grey photo: L (H, W), 0–100, to a uint8 RGB picture (H, W, 3) with the a and b that the model predicts."""
    ### BEGIN SOLUTION
    X = np.asarray(L, dtype=np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*np.shape(L), 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.asarray(model(X))[0]
    return img_as_ubyte(lab2rgb(canvas))
    ### END SOLUTION


# %% check="colorize"
# 🔎 Check: colorize
painter = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Conv2D(2, 3, padding="same", activation="tanh")])
painter.set_weights([np.zeros((3, 3, 1, 2), np.float32), np.array([0.25, -0.125], np.float32)])
even = np.full((8, 16), 60.0)
even[0, 0] = 100
with capture_output() as noise:
    got = attempt(colorize, painter, even)
assert hasattr(got, "shape"), f"The picture should be a NumPy array; what came is {describe(got)}."
sides = {(1, 8, 16, 3): "The axis that counts photos is still there.", (16, 8, 3): "Height and width have changed places.", (8, 16, 2): "Those are the two grids of the model: L is missing.", (8, 8, 3): "The canvas is square. Where do its two sides come from?"}
assert np.shape(got) == (8, 16, 3), f"For L of shape (8, 16) the picture is (8, 16, 3); yours has {np.shape(got)}. {sides.get(np.shape(got), 'Which shape does your canvas have?')}"
got = np.asarray(got)
assert got.dtype.kind != "f" or got.max() > 1, f"The picture holds floats up to {got.max():.2f}, as lab2rgb gives them. In a uint8 picture, levels go from 0 to 255."
same(
    got[4, 4],
    [186, 125, 173],
    "For L = 60, from a model that says a = 128 · tanh(0.25) = 31.3 and b = 128 · tanh(−0.125) = −15.9, a pixel in RGB",
    atol=1.01,
    slips={
        "The picture is black: lab2rgb gives numbers from 0 to 1. What do they have to be multiplied by before they become uint8?": [0, 0, 0],
        "That is grey. Are the model's numbers in layers 1 and 2 of the canvas, and multiplied by 128?": [145, 144, 145],
        "a and b have changed places.": [136, 151, 88],
        "The prediction times 128 is wanted. Is it 100 in yours?": [178, 130, 167],
        "The prediction times 128 is wanted. Is it 255 in yours?": [223, 95, 202],
        "L is missing, or was divided: layer 0 of the canvas holds L from 0 to 100.": [38, 0, 30],
        "The prediction stands in layers 0 and 1, and L in layer 2. Lab begins with L.": [70, 79, 0],
        "The canvas holds uint8. It can hold no negative numbers and no fractions: leave np.zeros its dtype.": [2, 1, 0],
        "The canvas holds uint8, which has no negative numbers and no fractions: leave np.zeros its dtype.": [220, 120, 0],
        "That is the canvas, in Lab. What turns it into RGB?": [60, 31, -16],
        "That is the canvas, in Lab, in uint8. What turns it into RGB?": [60, 31, 241],
    },
    why="Which of these is different in yours: L into layer 0, the prediction × 128 into layers 1 and 2, lab2rgb, levels from 0 to 255?",
)
assert got.dtype == np.uint8, f"The picture should be uint8; yours is {got.dtype}."
lab = rgb2lab(got)
ramp = np.repeat(np.linspace(40, 70, 16)[np.newaxis], 8, axis=0)
lab = rgb2lab(attempt(colorize, painter, ramp))
assert np.abs(lab[..., 0] - ramp).max() < 1, f"The picture's L should be the L that went in, from 40 on the left to 70 on the right; yours goes from {lab[..., 0].min():.0f} to {lab[..., 0].max():.0f}. What is in layer 0?"
painter.set_weights([np.full((3, 3, 1, 2), 0.0005, np.float32), np.zeros(2, np.float32)])
a = rgb2lab(attempt(colorize, painter, np.full((8, 8), 60.0)))[4, 4, 1]
cause = "The model got a smaller L: it wants it unscaled, from 0 to 100." if a < 10 else "L goes in unscaled, from 0 to 100."
assert abs(a - 33.8) < 1, f"A model that answers to L itself: here a should be 33.8; yours is {a:.1f}. {cause}"
painter.set_weights([np.zeros((3, 3, 1, 2), np.float32), np.array([-0.1431, 0.7711], np.float32)])
same(
    attempt(colorize, painter, np.full((8, 8), 84.0))[4, 4],
    [217.9, 216.1, 7.6],
    "For L = 84 and a strong yellow, a = −18.2 and b = 82.9, a pixel in RGB",
    atol=1.01,
    slips={
        "The factor is 128. Is it 127 in yours?": [218.0, 216.0, 14.5],
        "The prediction was squashed with tanh once more. The model has done that already.": [215.6, 216.2, 56.8],
        "The prediction was clipped at 0.5. It goes on the canvas as it is, times 128.": [212.6, 216.5, 81.1],
    },
    why="Strong colours show small differences: is the factor 128, and does the prediction go on the canvas without being clipped or squashed?",
)
painter.set_weights([np.zeros((3, 3, 1, 2), np.float32), np.zeros(2, np.float32)])
white = np.asarray(attempt(colorize, painter, np.full((8, 8), 100.0)))[4, 4]
assert white.min() >= 254, f"L = 100 without colour is white, [255, 255, 255]; yours is {white.tolist()}. uint8 ends at 255, and 256 starts again at 0."
print("The colours that the model predicts, at the lightness that went in.")
if noise.stdout:
    print("Your function prints while it colours. That is not wrong, but it does so under each picture below: `predict(…, verbose=0)` is quiet.")

# %% [markdown]
# And an untrained alpha? It has never seen a picture.
#
# > **Predict.** What will the portrait look like: grey, one flat tint, or confetti? Will three
# > networks from three random starts agree?

# %%
L = rgb2lab(photo)[:, :, 0]
untrained = []
for seed in (1, 2, 3):
    keras.utils.set_random_seed(seed)
    untrained.append(colorize(build_alpha(), L.copy()))
tints = []
for picture in untrained:
    a, b = np.moveaxis(rgb2lab(picture)[..., 1:], -1, 0)
    (a_low, a_high), (b_low, b_high) = (np.quantile(layer, (0.05, 0.95)) for layer in (a, b))
    tints.append(f"on average {tint_of(a.mean(), b.mean())}; most of it has a from {a_low:.0f} to {a_high:.0f} and b from {b_low:.0f} to {b_high:.0f}")
show(
    *untrained,
    titles=[f"untrained, seed {seed}" for seed in (1, 2, 3)],
    size=2.5,
    alt="The portrait through three untrained networks, each sharp. "
    + " ".join(f"Seed {seed}: {tint}." for seed, tint in zip((1, 2, 3), tints)),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# Each random start paints in tints of its own, which follow light and shade and mean nothing. But
# all are sharp to the last hair: L is never touched.
#
# A **seed** fixes the random start. On another machine the same seed leads to slightly different
# numbers, because additions are done in another order there; the longer the run, the more.
#
# </details>
#
# ### The ladder
#
# Now the long run: one network, looked at after 1, 10, 100, 500, 1000 (and 3000) epochs. On a CPU it
# stops at 1000, which takes one to three minutes or more; `FULL_LADDER = True` takes three times as
# long.
#
# After every 25 epochs the cell measures the loss and, when there is a new lowest one, puts the
# weights aside. At every rung it writes two files beside this notebook: `alpha.weights.h5`, the best
# weights so far, and `alpha.ladder.npz`, the pictures.
#
# The random start is *yours*: the cell draws a seed each time and says which. To repeat a run, write
# its number here as `SEED`. **Running all cells again trains again**, from another start, and replaces
# the files.

# %% tags=["setup"]
def keep_rungs(model, L, pictures, losses, seed, curve=(), best=0):
    """Write the model's weights and the pictures of all rungs so far to their files, each whole or not at all."""
    try:
        model.save_weights("alpha.part.weights.h5")
        os.replace("alpha.part.weights.h5", "alpha.weights.h5")
        np.savez_compressed(
            "alpha.ladder.part.npz",
            grey=np.rint(2.55 * L).astype(np.uint8),
            pictures=np.stack([*pictures.values()]).astype(np.uint8),
            epochs=np.array([*pictures]),
            losses=np.array([*losses.values()]),
            date=time.strftime("%Y-%m-%d %H:%M"),
            seed=seed,
            curve=np.array(curve, float),
            best=best,
        )
        os.replace("alpha.ladder.part.npz", "alpha.ladder.npz")
    except Exception as error:  # a full disk, a folder that may not be written to: the training goes on
        print(f"The files of this rung could not be written: {error}")


def earlier_rungs(model):
    """Load the weights of an earlier run into the model; return its losses, the pictures and losses of its rungs, its seed, and the epoch of its best weights."""
    try:
        with np.load("alpha.ladder.npz", allow_pickle=False) as file:
            rungs, kept = file["epochs"].tolist(), (file["curve"].tolist(), file["losses"].tolist(), int(file["seed"]), int(file["best"]))
            pictures = dict(zip(rungs, file["pictures"]))
        model.load_weights("alpha.weights.h5")
    except Exception as error:  # no such files, not whole, of an older lesson, or of another network
        raise NotImplementedError(f"The files of an earlier run cannot be used ({' '.join(str(error).split())[:150]}). Run the cell of the ladder, which trains again.") from None
    return kept[0], pictures, dict(zip(rungs, kept[1])), kept[2], kept[3]


# %%
FULL_LADDER = False
SEED = None  # or the number of a run that you want to repeat

# %% [markdown]
# > **Predict.** How far below the best single colour, 0.0192, will the loss be after 1000 epochs:
# > by a half, five times, ten times? After how many epochs will it first be below it? And will it
# > fall steadily?

# %%
rungs = (1, 10, 100, 500, 1000, 3000) if GPU or FULL_LADDER else (1, 10, 100, 500, 1000)
scale = 1
if GRADED:
    rungs, scale = (1, 2), 5
print(
    f"{'GPU' if GPU else 'CPU'}: {rungs[-1]} epochs on a picture of {400 // scale} × {400 // scale}"
    + ("; a very short run, since a grader or Validate is at work." if GRADED else ".")
)

X, Y = training_pair(photo[::scale, ::scale].copy())
L = check_input(X)[0, :, :, 0].copy()
seed = int(np.random.default_rng().integers(1_000_000_000)) if SEED is None else SEED
print(f"The seed of this run is {seed}. To repeat it: SEED = {seed} in the cell above.")
keras.utils.set_random_seed(seed)
alpha = compiled(compile_alpha(build_alpha()))
losses, pictures, best_losses = [], {}, {}
best_loss, best_weights = math.inf, alpha.get_weights()
start = time.perf_counter()
for rung in rungs:
    while len(losses) < rung:
        losses += train_alpha(alpha, X.copy(), Y.copy(), min(25, rung - len(losses)))
        now = alpha.evaluate(X, Y, verbose=0)
        if now < best_loss:
            best_loss, best_weights, best_epoch = now, alpha.get_weights(), len(losses)
        passed = time.perf_counter() - start
        end = "\n" if len(losses) == rung else ""  # the line of each rung stays
        print(f"\repoch {len(losses):4d} of {rungs[-1]}   loss now {now:.5f}   lowest so far {best_loss:.5f}   {passed:4.0f} s   ", end=end)
    here = alpha.get_weights()
    alpha.set_weights(best_weights)
    pictures[rung], best_losses[rung] = colorize(alpha, L.copy()), best_loss
    if not GRADED:
        keep_rungs(alpha, L, pictures, best_losses, seed, losses, best_epoch)
    alpha.set_weights(here)
print(f"The lowest loss was {best_loss:.5f}, after {best_epoch} epochs; the last one is {now:.5f}.")

# %% [markdown]
# **Was the session restarted half-way?** Then do not train again: leave the cell above out, and run
# the next one. If the two files of an earlier run still lie beside this notebook, it loads them,
# and you go on with the pictures. After a training it does nothing.

# %% tags=["open"]
if alpha is None and Path("alpha.weights.h5").exists() and not GRADED:
    model = compiled(compile_alpha(build_alpha()))
    losses, pictures, best_losses, seed, best_epoch = earlier_rungs(model)
    alpha, scale, (X, Y) = model, 1, training_pair(photo.copy())
    L, best_loss, best_weights = X[0, :, :, 0].copy(), min(best_losses.values()), alpha.get_weights()
    print(f"Loaded: the run with the seed {seed}, {len(losses)} epochs, lowest loss {best_loss:.5f}.")
else:
    print("Nothing to load: the network was trained in this session." if alpha is not None else "Nothing to load: there is no file yet. The cell above trains.")

# %% [markdown]
# The portrait at every rung, each time with the best weights so far, and below it the face, larger.
# The lines under it say the mean a and b of suit, wall and skin.

# %%
trained(pictures)
X, Y = training_pair(photo.copy())
steps = [grey_picture(photo), *pictures.values(), photo]
titles = ["grey", *(f"{rung} epoch{'s' if rung > 1 else ''}" for rung in pictures), "the photo"]
notes = [f"loss {np.mean(Y**2):.4f}", *(f"loss {loss:.4f}" for loss in best_losses.values()), ""]
figure, axes = plt.subplots(2, len(steps), figsize=(10.4, 21.6 / len(steps) + 0.5), layout="constrained")
for column, picture, title, note in zip(axes.T, steps, titles, notes):
    rows, columns = (np.array([[0.17, 0.5], [0.29, 0.62]]) * picture.shape[0]).astype(int)
    column[0].imshow(picture)
    column[0].set_title(f"{title}\n{note}", fontsize=10)
    column[1].imshow(picture[slice(*rows), slice(*columns)])
masks, told = {name: mask[::scale, ::scale] for name, mask in portrait_regions().items()}, []
for title, picture in zip(titles[1:], [*pictures.values(), photo[::scale, ::scale]]):
    ab = rgb2lab(picture)[..., 1:]
    told.append(f"{title[0].upper() + title[1:]}: " + "; ".join(f"{part} {tint_of(*ab[masks[part]].mean(axis=0))}" for part in ("suit", "wall", "skin")) + ".")
for axis in axes.ravel():
    axis.axis("off")
show(
    figure,
    alt=f"The portrait in grey, then coloured after {', '.join(map(str, pictures))} epochs, with the losses"
    f" {', '.join(f'{loss:.4f}' for loss in best_losses.values())}, then the photo itself. In a second row the face of each, three times"
    f" as large. {' '.join(told)}",
)
for line in told:
    print(line)

# %% [markdown]
# And the loss on the way. The two dashed lines are the baselines of lesson 3.
#
# The curve is what `fit` reports, the loss *before* each nudge. The losses above the pictures, and the
# star, are those of the best weights, *after* a nudge: so the star may lie beside the curve.

# %%
trained(pictures)
X, Y = training_pair(photo.copy())
grey_loss, constant_loss = np.mean(Y**2), np.mean((Y - Y.mean(axis=(0, 1, 2))) ** 2)
figure, axis = plt.subplots(figsize=(9.2, 3.6), layout="constrained")
axis.plot(np.arange(1, len(losses) + 1), losses, color="#0072b2", linewidth=0.9)
axis.plot(list(pictures), [losses[rung - 1] for rung in pictures], "o", color="#0072b2", label="at the rungs")
axis.plot(best_epoch, best_loss, "*", color="#d55e00", markersize=13, label=f"lowest: {best_loss:.5f}")
for height, name in ((grey_loss, "always grey"), (constant_loss, "best single colour")):
    axis.axhline(height, color="black", linestyle="--", linewidth=0.9)
    note = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    axis.text(1.25 * len(losses), height, f"{name} {height:.4f}", va="center", fontsize=9, bbox=note)
axis.set_xscale("log")
axis.set_yscale("log")
axis.set_xticks(list(pictures), list(pictures))
axis.minorticks_off()
axis.set(xlabel="epochs", ylabel="mean squared error", xlim=(0.9, 9 * len(losses)))
below = [epoch for epoch, loss in enumerate(losses, 1) if loss < 0.9 * constant_loss]
axis.set_title("The loss falls, and not without spikes", fontsize=11)
figure.legend(loc="outside lower center", ncols=2, fontsize=9)
axis.spines[["top", "right"]].set_visible(False)
show(
    figure,
    alt=f"The loss over the epochs, both on logarithmic scales: {losses[0]:.4f} at first, {losses[-1]:.5f} at last, lowest"
    f" {best_loss:.5f}; dashed lines at {grey_loss:.4f} for always grey and {constant_loss:.4f} for the best single colour."
    f" Below nine tenths of the second line in {len(below)} of {len(losses)} epochs, first in epoch {below[0] if below else 'none'}.",
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# The first nudge is a large one, and not always a good one: with the seeds 1 to 40 it made the loss
# larger in 19 of 40 runs. So a portrait in any glaring colour after 1 epoch is no sign of a mistake.
# Then the network sits near the line of the best single colour for a while: everything is a shade of
# pink or brown. Only below that line does it tell places apart: the suit from the wall, the skin from
# the hair. After 1000 epochs the lowest loss lies between 0.001 and 0.002: ten times below the line, or
# more.
#
# And the curve has **spikes**. RMSprop divides by recent slopes, so where the ground has become flat
# its steps are large, and now and then one lands high up a wall. The *last* value of such a run is
# luck. That is why the cell put the best weights aside.
#
# </details>
#
# The next cell brings the best weights back and writes them to `alpha.weights.h5` once more
# (`*.weights.h5` is how Keras 3 wants such a file to be named).
# **Hand that file in together with the notebook.** The grader trains your network itself (exercise
# 4.7), on a small colour photo, for 200 epochs, from up to three fresh starts. Your weights are a second
# way to show what the network can do: with them the same is asked on the portrait.

# %%
trained(pictures)
last = colorize(alpha, L.copy())
alpha.set_weights(best_weights)
result = colorize(alpha, L.copy())
print(f"The pictures of the last weights and of the best differ by {np.abs(last.astype(float) - result).mean():.1f} levels on average.")
if not GRADED:
    alpha.save_weights("alpha.weights.h5")
    print("alpha.weights.h5:", f"{Path('alpha.weights.h5').stat().st_size / 1000:.0f} kB, the weights of epoch {best_epoch}")
original = photo[::scale, ::scale]
miss = [np.abs(rgb2lab(picture)[..., 1:] - rgb2lab(original)[..., 1:]).mean(axis=2) for picture in (grey_picture(original), result)]
figure, axes = plt.subplots(1, 4, figsize=(10.4, 3.1), layout="constrained")
for axis, picture, title in zip(axes, (original, result), ("the photo", f"your network, epoch {best_epoch}")):
    axis.imshow(picture)
    axis.set_title(title, fontsize=10)
for axis, grid, title in zip(axes[2:], miss, ("how far off grey is", "how far off your network is")):
    drawn = axis.imshow(grid, cmap="magma_r", vmin=0, vmax=50)
    axis.set_title(f"{title}:\n{grid.mean():.1f} on average", fontsize=10)
for axis in axes:
    axis.axis("off")
figure.colorbar(drawn, ax=axes, label="units of a or b", shrink=0.75)
show(
    figure,
    alt=f"The photo, the picture from the best weights, and two maps of how far a and b are off: {miss[0].mean():.1f} on average"
    f" for a grey picture, {miss[1].mean():.1f} for the network. By part: "
    + "; ".join(f"{part}: grey {miss[0][mask].mean():.1f}, network {miss[1][mask].mean():.1f}" for part, mask in masks.items())
    + ".",
)


# %% [markdown]
# On Colab, what lies beside a notebook is gone with the session. The next cell downloads the file
# there; elsewhere it says where it lies.

# %%
try:
    from google.colab import files as colab
except ImportError:
    colab = None
kept = Path("alpha.weights.h5")
if GRADED or not kept.exists():
    print("Nothing to download: the file is written by the ladder above, when you run it.")
elif colab:
    colab.download(str(kept))
    print("Your browser is asked to save alpha.weights.h5. If nothing happens: the folder symbol on the left, right click on the file, Download.")
else:
    print(f"The file is on this machine: {kept.resolve()}")
    print("In JupyterLab, find it in the list of files on the left and open its context menu (right click, or the menu key): Download.")

# %% [markdown]
# ## Part 5 · A photo that it never saw
#
# Your network colours the portrait well. Has it learned what a face looks like? We need a number: ΔE
# (CIEDE2000) from lesson 2 says how different two colours look; near 1 you can just tell them apart.

# %% [markdown]
# ### Exercise 4.10 · How wrong are the colours?
# **2 points · about 4 minutes**
#
# Write `colour_error(photo, result)`.
#
# - `photo` and `result`: two uint8 RGB pictures of the same shape (H, W, 3).
# - Returns one float: the CIEDE2000 colour difference of each pixel in `photo` from the same pixel
#   in `result` (`deltaE_ciede2000` with its default settings), averaged over all pixels with the
#   plain mean.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Both into Lab, a difference for each pixel, the mean.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `deltaE_ciede2000` is among the imports. It wants two Lab arrays and gives a grid (H, W).
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# For the lightness alone it would be `np.abs(rgb2lab(photo)[..., 0] - rgb2lab(result)[..., 0]).mean()`.
# Here `deltaE_ciede2000` takes the place of the difference, and gets all three layers.
#
# </details>

# %% answer="colour_error"
# ✏️ Answer: colour_error
def colour_error(photo, result):
    """Mean CIEDE2000 difference of two uint8 RGB pictures (H, W, 3)."""
    ### BEGIN SOLUTION
    difference = deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))
    return float(difference.mean())
    ### END SOLUTION


# %% check="colour_error"
# 🔎 Check: colour_error
reds = np.full((4, 6, 3), [200, 40, 40], np.uint8)
mixed, halves = reds.copy(), reds.copy()
mixed[1:, :5] = [40, 40, 200]
halves[:, :3] = [40, 40, 200]
got = attempt(colour_error, reds, reds.copy())
assert np.ndim(got) == 0, f"One number should come back; yours has the shape {np.shape(got)}. What makes one number of a grid?"
assert abs(got) < 1e-6, f"A picture differs from itself by 0; yours says {got:.3f}."
same(
    attempt(colour_error, reds, mixed),
    27.5235,
    "Red against a picture of which 15 pixels of 24 are blue, each 44.04 away: the mean difference",
    atol=0.005,
    slips={
        "That is the plain distance in Lab (CIE 1976). Which function gives CIEDE2000?": 76.5322,
        "That is the formula of 1994. Which function gives CIEDE2000?": 36.7925,
        "That is the formula CMC. Which function gives CIEDE2000?": 49.9278,
        "Were both pictures turned into Lab? These are distances of RGB numbers.": 53.6727,
        "Were both pictures turned into Lab? These are distances of RGB from 0 to 1.": 0.445856,
        "Into Lab the pictures go as uint8: as floats, they would have to lie between 0 and 1.": 42.9908,
        "That is the median, or the largest. The plain mean is wanted.": 44.0375,
        "That is the root of the mean square. The plain mean is wanted.": 34.8147,
        "That is the sum over all pixels. Their mean is wanted.": 660.563,
        "That is the sum divided by how many numbers the picture has, three for each pixel. How many differences are there?": 9.17449,
        "That is the mean over the first row. All pixels count.": 0.0,
        "That is the mean over the first column. All pixels count.": 33.0281,
    },
    why="Is it the difference of each pixel, in Lab, and then the plain mean over all pixels?",
)
same(
    attempt(colour_error, halves, halves[:, ::-1].copy()),
    44.0375,
    "Where red and blue change places, the mean difference",
    atol=0.005,
    slips={"Both pictures have the same mean colour, but not the same pixels. First the difference of each pixel, then the mean of these.": 0.0},
    why="First the difference of each pixel, then the mean of these. Is that the order in yours?",
)
print(f"15 of 24 red pixels turned blue: {colour_error(reds, mixed):.2f} on average.")

# %% [markdown]
# Five pictures: the portrait that alpha trained on, the **same portrait in a mirror**, Grace Hopper,
# the cat, and the rocket. For comparison, two painters who know nothing: one leaves the picture grey,
# and one gives it the portrait's mean colour, everywhere.
#
# > **Predict.** On which of the five will alpha be better than leaving it grey? Which colour will
# > it give to the wall behind Grace Hopper, and to the night sky? And the mirror: as good as the
# > original?

# %%
trained(alpha)
tint = rgb2lab(photo)[..., 1:].mean(axis=(0, 1))


def tinted(picture):
    """The photo with the portrait's mean colour everywhere, at its own lightness."""
    return img_as_ubyte(lab2rgb(np.dstack([rgb2lab(picture)[..., 0], np.broadcast_to(tint, picture.shape[:2] + (2,))])))


exam = {"the portrait": photo, "in a mirror": photo[:, ::-1].copy(), "Grace Hopper": hopper, "the cat": cat, "the rocket": rocket}
painted = {name: colorize(alpha, rgb2lab(picture)[..., 0]) for name, picture in exam.items()}
errors = {name: [colour_error(picture.copy(), other.copy()) for other in (grey_picture(picture), tinted(picture), painted[name])] for name, picture in exam.items()}
figure, axes = plt.subplots(2, 5, figsize=(10.4, 4.7), layout="constrained")
for column, (name, picture) in zip(axes.T, exam.items()):
    column[0].imshow(picture)
    column[0].set_title(f"{name},\n{'seen' if name == 'the portrait' else 'never seen'}", fontsize=10)
    column[1].imshow(painted[name])
    column[1].set_title(f"alpha: ΔE {errors[name][2]:.1f}", fontsize=10)
    for axis in column:
        axis.axis("off")
show(
    figure,
    alt="Above five photos, below the same coloured by alpha, with their mean colour differences: "
    + "; ".join(f"{name} {mine:.1f}" for name, (_, _, mine) in errors.items())
    + ". "
    + " ".join(
        f"{place}, in the photo {tint_of(*rgb2lab(exam[name])[part][..., 1:].mean(axis=(0, 1)))}, becomes {tint_of(*rgb2lab(painted[name])[part][..., 1:].mean(axis=(0, 1)))}."
        for place, name, part in (("The wall behind Grace Hopper", "Grace Hopper", np.s_[20:150, 10:90]), ("The rocket's sky", "the rocket", np.s_[0:100]))
    ),
)

figure, axis = plt.subplots(figsize=(8.0, 4.4), layout="constrained")
painters = (("left grey", "#999999"), ("one tint everywhere", "#56b4e9"), ("alpha", "#d55e00"))
for number, (painter, colour) in enumerate(painters):
    places = np.arange(5) + 0.27 * (number - 1)
    bars = axis.barh(places, [three[number] for three in errors.values()], height=0.25, color=colour, label=painter)
    axis.bar_label(bars, fmt=" %.1f", fontsize=9)
axis.set_yticks(range(5), [f"{name},\n{'seen' if name == 'the portrait' else 'never seen'}" for name in errors])
axis.invert_yaxis()
axis.set(xlabel="mean colour difference ΔE from the photo, lower is better", xlim=(0, 1.12 * max(map(max, errors.values()))))
axis.set_title("Three painters on a photo that alpha knows, and on four that it does not", fontsize=11)
figure.legend(loc="outside lower center", ncols=3, fontsize=9)
axis.spines[["top", "right"]].set_visible(False)
show(
    figure,
    alt="Bars of the mean colour difference. "
    + " ".join(f"{name[0].upper() + name[1:]}: left grey {g:.1f}, one tint {t:.1f}, alpha {m:.1f}." for name, (g, t, m) in errors.items()),
)

# %% [markdown]
# <details><summary>What happened</summary>
#
# On the one photo that it knows, alpha is far better than grey. Everywhere else it spreads what it
# knows, skin, suit and wall of *its* portrait, wherever a patch of L looks a little similar. (The
# figures are from eight runs of 1000 epochs; yours will lie near them.)
#
# - **The mirror** has the same colours, and the error more than doubles: from 3.2–3.9 to 7.9–8.7. To
#   a person it is no harder. Alpha's filters knew the light from *that* side.
# - **Grace Hopper** gets blotches of orange and grey, about as wrong as grey: 16–18, grey has 17.0.
# - **The rocket** gets a sky of dark red: 26–31, about twice as wrong as grey (13.6).
# - **The cat** seems a success: 10–11, grey has 16.5. But one brown tint everywhere has 7.5. A number
#   means little until you ask what somebody who knows nothing would get.
#
# Alpha **memorised; it does not generalise**. It did find rules, but rules for one photo: a patch of
# this light is suit, a patch of that one is wall. One photo holds no way to learn that faces are
# skin-coloured and skies are blue: everything in it could as well be an accident.
#
# From this failure the next two versions of the author's network grow. **Beta** keeps the
# architecture's idea and changes the data: 9,500 photos to learn from and 500 held back for the test,
# so that only what is true of *many* photos pays. **Final** adds a classifier that was trained on 1.2
# million photos and knows a cat from a ship; a fusion layer tells every pixel what kind of scene it
# is in.
#
# </details>

# %% [markdown]
# ### The network against you
#
# At the end of lesson 2 *you* were the network: a colour (a, b) for each of five parts of the
# portrait. Copy your line `my_colours` from there into `yours` below. (What stands there is a quick
# guess.)
#
# > **Predict.** Who is nearer to the photo, you with ten numbers or alpha with 32,202? And in the
# > mirror?

# %% tags=["setup"]
def coloured_by_hand(colours):
    """The portrait in grey, with one (a, b) for each of its parts; what lies in no part stays grey."""
    lab, masks = rgb2lab(photo) * (1, 0, 0), portrait_regions()
    for part, ab in colours.items():
        assert part in masks, f"There is no part {part!r}; there are {', '.join(masks)}."
        lab[masks[part], 1:] = ab
    return img_as_ubyte(lab2rgb(lab))


# %% tags=["open"]
yours = {"suit": (50, 50), "hair": (10, 25), "skin": (20, 20), "flag": (45, 25), "wall": (0, 10)}

trained(alpha)
by_hand, by_alpha = coloured_by_hand(yours), colorize(alpha, rgb2lab(photo)[..., 0])
there = {"left grey": grey_picture(photo), "by you": by_hand, "by alpha": by_alpha}
there = {name: (picture, colour_error(photo.copy(), picture.copy())) for name, picture in there.items()}
turned = colour_error(photo[:, ::-1].copy(), by_hand[:, ::-1].copy()), colour_error(photo[:, ::-1].copy(), colorize(alpha, rgb2lab(photo[:, ::-1])[..., 0]))
show(
    *(picture for picture, _ in there.values()),
    photo,
    titles=[*(f"{name}: ΔE {error:.1f}" for name, (_, error) in there.items()), "the photo"],
    size=2.5,
    alt="The portrait four times: " + "; ".join(f"{name}, ΔE {error:.1f}" for name, (_, error) in there.items()) + "; the photo.",
)
print(f"In the mirror: by you {turned[0]:.1f}, by alpha {turned[1]:.1f}")

# %% [markdown]
# <details><summary>What happened</summary>
#
# A quick guess is about 6 off; the best ten numbers are 4.3 off: one colour per part has no blush and
# no shadow. Alpha usually gets a little below that, with three thousand times as many numbers.
#
# In the mirror it is the other way round: you know what a face is, and alpha does not.
#
# </details>

# %% [markdown]
# ## Part 6 · Keep it, and look inside

# %% [markdown]
# ### Exercise 4.11 · Keep the pictures
# **2 points · about 5 minutes**
#
# Write `save_pictures(result, folder)`, which writes two PNG files.
#
# - `result`: a uint8 RGB picture (H, W, 3). `folder`: a folder's path, as a str or a `Path`. The
#   folder may be there already, with older pictures in it that are simply replaced. If it is not
#   there, it is made, along with the folders above it.
# - `img_result.png` in that folder is the picture itself, number for number: three layers, and no
#   fourth one for transparency, such as `plt.imsave` adds.
# - `img_gray_scale.png` is its grey version: what `rgb2gray` gives, as uint8, shape (H, W), each
#   value within one level of 255 × the float.
# - What the function returns does not matter.
#
# A PNG file holds whole numbers, so `imsave` refuses the floats of `rgb2gray`.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Make sure of the folder, then two calls of `imsave`.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `Path(folder)` makes a path of either; its method `mkdir`, with `parents` and `exist_ok`, makes the folder;
# `Path(folder) / "name.png"` is a file in it. `img_as_ubyte` turns floats from 0 to 1 into uint8.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `folder = Path(folder)`, `folder.mkdir(parents=True, exist_ok=True)`, then
# `imsave(folder / GAP, GAP, check_contrast=False)` twice, the second time with `img_as_ubyte` of GAP.
#
# </details>

# %% answer="save_pictures"
# ✏️ Answer: save_pictures
def save_pictures(result, folder):
    """Write a uint8 RGB picture to folder/img_result.png and its grey version to folder/img_gray_scale.png."""
    ### BEGIN SOLUTION
    os.makedirs(folder, exist_ok=True)
    pictures = {"img_result.png": result, "img_gray_scale.png": img_as_ubyte(rgb2gray(result))}
    for name, picture in pictures.items():
        imsave(os.path.join(folder, name), picture, check_contrast=False)
    ### END SOLUTION


# %% check="save_pictures"
# 🔎 Check: save_pictures
sample = np.ascontiguousarray(photo[100:140, 130:190])
older = None  # the picture that lies in the folder already
shutil.rmtree("pictures/trial", ignore_errors=True)  # what an earlier try left there
for path in Path("pictures").glob("trial?*.png"):
    path.unlink()
for folder, picture in (("pictures/trial", sample), (Path("pictures/trial"), sample[::-1].copy()), (Path("pictures/trial/below"), sample[:, :40].copy())):
    attempt(save_pictures, picture, folder, returns=False)
    there = sorted(path.name for path in Path(folder).glob("*.*"))
    beside = [path.name for path in Path("pictures").glob("trial?*.png")]
    assert there or not beside, f"There should now be two files in the folder {folder}, and it is empty. Beside it there is {beside[0]}: between the folder and the name a `/` is missing."
    assert there, f"There should now be two files in the folder {folder}, and it is empty. Does each path begin with `folder`? A bare \"img_result.png\" lands where Python runs."
    for name in ("img_result.png", "img_gray_scale.png"):
        assert name in there, f"There should now be a file {name} in the folder {folder}; in it there is: {', '.join(there)}. Look at the spelling of the names, and at whether both paths begin with `folder`."
    colour, grey = (imread(Path(folder) / name) for name in ("img_result.png", "img_gray_scale.png"))
    for name, pixels in (("img_result.png", colour), ("img_gray_scale.png", grey)):
        assert pixels.shape[2:] != (4,), f"{name} has a fourth layer, for transparency: matplotlib's `plt.imsave` writes that. There is another `imsave` among the imports."
        assert older is None or not np.array_equal(pixels, older[name]), f"The older {name} is still in the folder {folder}: it should be replaced. Is it written only where there is none?"
    older = {"img_result.png": colour, "img_gray_scale.png": grey} if folder == "pictures/trial" else None
    assert colour.shape == picture.shape, f"img_result.png should hold the shape {picture.shape}; yours holds {colour.shape}. Which picture goes into which file?"
    cause = "Red and blue have changed places." if np.array_equal(colour, picture[..., ::-1]) else "It is the picture as it came. What is done to it before it is written?"
    assert np.array_equal(colour, picture), f"img_result.png should hold the picture number for number. {cause}"
    cause = "A grey picture is one grid, with no axis for layers." if grey.ndim == 3 else ""
    assert grey.dtype == np.uint8 and grey.shape == picture.shape[:2], f"img_gray_scale.png should hold one grid {picture.shape[:2]} of uint8; yours holds {grey.shape}, {grey.dtype}. {cause}"
    wanted = 255 * rgb2gray(picture)
    same(
        grey,
        wanted,
        "img_gray_scale.png",
        atol=1.01,
        slips={
            "It holds 0 and 1 only: rgb2gray gives floats from 0 to 1. What do they have to be multiplied by before they become uint8?": np.trunc(wanted / 255),
            "It holds 0 and 1 only: the floats of rgb2gray were rounded. What do they have to be multiplied by first?": np.rint(wanted / 255),
            "That is the plain mean of the three layers. rgb2gray gives red, green and blue different weights.": picture.mean(axis=2),
            "That is one layer of the picture. What does rgb2gray give?": picture[..., 0],
            "That is the green layer. What does rgb2gray give?": picture[..., 1],
            "That is L. What does rgb2gray give?": rgb2lab(picture)[..., 0],
            "Red and blue had changed places.": 255 * rgb2gray(picture[..., ::-1]),
        },
        why="It should be 255 × what rgb2gray gives, within a level. What else is done to it?",
    )
print("Written and read back:", colour.shape, "and", grey.shape)

# %% [markdown]
# Now the real ones, read back from the files and set beside the original:

# %%
trained(alpha)
save_pictures(colorize(alpha, L.copy()), "pictures")
show(
    photo,
    imread("pictures/img_gray_scale.png"),
    imread("pictures/img_result.png"),
    titles=["the photo", "pictures/img_gray_scale.png", "pictures/img_result.png"],
    low=0,
    high=255,
    size=3.2,
    alt="Three portraits: the original photo, the grey version and the network's colours, the last two read back from the files that you wrote.",
)

# %% [markdown]
# ### What the filters look for
#
# Every filter makes a picture; here are some of them, from the network that you just trained.
#
# > **Predict.** The eight pictures of layer 1 and eight of the 32 of layer 6: in which will you
# > recognise the portrait?

# %%
trained(alpha)
X, Y = training_pair(photo.copy())
inside = keras.Model(alpha.inputs[0], [layer.output for layer in alpha.layers if isinstance(layer, layers.Conv2D)])
maps = [np.asarray(grid)[0] for grid in inside(X)]
rows = {"layer 1": maps[0], "layer 4": maps[3], "layer 6": maps[5], "layer 10": maps[7]}
figure, axes = plt.subplots(len(rows), 8, figsize=(10.4, 5.7), layout="constrained")
for line, (name, grids) in zip(axes, rows.items()):
    chosen = np.sort(np.argsort(grids.std(axis=(0, 1)))[::-1][:8])
    for axis, channel in zip(line, chosen):
        axis.imshow(grids[..., channel], cmap="gray", vmax=np.quantile(grids[..., channel], 0.995) + 1e-6)
        axis.set_xticks([])
        axis.set_yticks([])
    line[0].set_ylabel(f"{name}\n{grids.shape[0]} × {grids.shape[1]}", fontsize=10)
alike = {name: max(abs(np.corrcoef(grids[..., channel].ravel(), X[0, :: 400 // len(grids), :: 400 // len(grids), 0].ravel())[0, 1]) for channel in np.flatnonzero(grids.std(axis=(0, 1)))) for name, grids in rows.items() if grids.std() > 0}
asleep = [int((grids.max(axis=(0, 1)) == 0).sum()) for grids in maps[:-1]]
figure.suptitle("What passes through eight filters of four layers: white is much, black is nothing", fontsize=11)
show(
    figure,
    alt="Four rows of eight pictures, white on black. "
    + "; ".join(f"{name}, {grids.shape[0]} × {grids.shape[1]} pixels: {np.mean(grids == 0):.0%} of all numbers are zero, and the correlation of L with the most similar one is {alike.get(name, 0):.2f}" for name, grids in rows.items())
    + f". {sum(asleep)} of 160 filters let nothing through.",
)
print("Filters that let nothing through, by layer:", dict(zip((1, 2, 3, 4, 5, 6, 8, 10), asleep)))


# %% [markdown]
# <details><summary>What to see</summary>
#
# Layer 1 still sees a portrait. Layer 4 draws lines. Layer 6 sees coarse blotches, one number for 8 × 8
# pixels: *here is the collar*, *here is the wall*. Layer 10 paints areas: look for the suit. Nobody
# told a filter what to look for; each became what lowered the error.
#
# Some filters may let nothing through. A ReLU that has slipped into the negative everywhere has slope
# zero, so it is never nudged again: a **dead ReLU**.
#
# </details>

# %% [markdown]
# ## Part 7 · Change one thing
#
# ### Another last layer
#
# In the author's first version the last layer was a ReLU, and he was not happy with its colours.
# In lesson 3 you saw, by arithmetic, the *best* that such a network could do. Now the same network
# twice, once with tanh, once with ReLU at its end, on a small photo of a rocket before dawn.
#
# > **Predict.** From memory: which colours can the network with the ReLU paint, and which not? What
# > will it paint in place of the sky? And will training lead it to the best that it could do?

# %% tags=["setup"]
def train_fast(model, X, Y, steps):
    """Train a compiled model for that many steps on the one batch (X, Y), many steps in one go. The optimizer starts afresh."""
    model.compile(optimizer=type(model.optimizer)(), loss=model.loss, steps_per_execution=steps)
    repeated = tf.data.Dataset.from_tensors((X, Y)).repeat()
    model.fit(repeated, epochs=1, steps_per_epoch=steps, shuffle=False, verbose=0)


# %% tags=["open"]
night = rocket[16:400:4, 8:392:4]
X, Y = training_pair(night.copy())
shown, words = [night], []
for last in ("tanh", "relu"):
    keras.utils.set_random_seed(7)
    model = compiled(compile_alpha(build_alpha(last=last)))
    train_fast(model, X, Y, 2 if GRADED else 500)
    shown.append(colorize(model, X[0, :, :, 0].copy()))
    ab = 128 * np.asarray(model(X))[0]
    words.append(f"{last}: a from {ab[..., 0].min():.0f} to {ab[..., 0].max():.0f}, b from {ab[..., 1].min():.0f} to {ab[..., 1].max():.0f}")
    print(f"loss {np.mean((ab / 128 - Y[0]) ** 2):.5f};", words[-1])
print(f"For comparison: always grey {np.mean(Y**2):.5f}, the best that is possible without negative numbers {np.mean(np.minimum(Y, 0) ** 2):.5f}.")
show(
    *shown,
    titles=["the photo", "last layer tanh", "last layer ReLU"],
    size=3.1,
    alt=f"The rocket before dawn and two networks' versions of it. {'; '.join(words)}.",
)


# %% [markdown]
# <details><summary>What happened</summary>
#
# The author's first pictures came out in yellow and red only, and it took him a while to see why. A
# ReLU is never negative, and negative b is blue, negative a is green. The best that such a network can
# do for the sky is grey. The last line above says how good the best such picture would be: hardly
# better than grey.
#
# It may be worse still. If both outputs slip below zero everywhere, nothing is nudged any more, and the
# picture stays grey *for ever*: dead ReLUs at the end. Change the seed and run again.
#
# On our portrait hardly anybody would have noticed: only 5 % of its a and 14 % of its b are negative.
#
# </details>

# %% [markdown]
# ### Your own experiment
#
# The two networks differed in *one* thing, so you knew what made the difference. Now it is your
# turn. The run that yours is compared with is called `plain`: your network (4.4), compiled as in
# 4.7, on a small version of the portrait, 80 × 80, for 100 epochs.
#
# The loss is divided by that of the best single colour *on the same photo*: the **share**. A share of
# 1.00 is no better than one colour everywhere, 0.50 leaves half of that error, 0 is perfect.
#
# And one run says little. `measure` trains from three random starts and takes the *median*, the
# middle one of the three. With three *other* starts the median of the very same network may be a
# third larger or smaller (in 19 of 20 tries the gap was less). So a smaller difference counts as
# none.

# %% tags=["setup"]
EPOCHS = 100
small = photo[::5, ::5].copy()
measured = {}  # by the function's name: the two medians that `measure` has found, early and lowest


def plain():
    """The run that is compared with: the network, compiled; the photo; the epochs."""
    return compiled(compile_alpha(build_alpha())), small, EPOCHS


def one_colour_loss(Y):
    """The mean squared error of the best single colour."""
    return np.mean((Y - np.mean(Y, axis=(0, 1, 2))) ** 2)


def start_from(seed):
    """Let the next network start from the random numbers of this seed."""
    keras.utils.set_random_seed(seed)


def share_now(model, X, Y):
    """The error of a network on its photo, over that of the best single colour."""
    return np.mean((np.asarray(model(X)) - Y) ** 2) / one_colour_loss(Y)


def early_share():
    """The share of `experiment()` after 3 epochs, the median of the starts 1, 2 and 3."""
    found = []
    for seed in (1, 2, 3):
        start_from(seed)
        model, picture, _ = experiment()
        X, Y = training_pair(picture.copy())
        model.fit(X, Y, batch_size=1, epochs=3, verbose=0)
        found.append(share_now(model, X, Y))
    return float(np.median(found))


def measure(run, starts=3):
    """Train what `run()` returns, from the starts 1, 2, 3, …; return for each its share after every ten epochs, and print the medians."""
    name, curves, early, start = run.__name__, [], [], time.perf_counter()
    for seed in range(1, 2 if GRADED else starts + 1):
        start_from(seed)
        model, picture, epochs = run()
        X, Y = training_pair(picture.copy())
        curve, done, epochs = [], 0, 2 if GRADED else epochs
        for mark in (3, *range(10, epochs, 10), epochs):
            model.fit(X, Y, batch_size=1, epochs=max(1, mark - done), verbose=0)
            (early if mark == 3 else curve).append(share_now(model, X, Y))
            done = mark
        curves.append(curve)
    if GRADED:
        print(f"{name}: a very short run, since a grader or Validate is at work.")
        return curves
    lowest = [min(curve) for curve in curves]
    found = float(np.median(early)), float(np.median(lowest))
    if starts == 3:
        measured.setdefault(name, []).append(found)
    print(f"{name}, {starts} runs, {time.perf_counter() - start:.0f} s")
    print(f"  share after 3 epochs: {', '.join(f'{share:.3f}' for share in early)}; median {found[0]:.3f} (early)")
    print(f"  lowest share of each: {', '.join(f'{share:.3f}' for share in lowest)}; median {found[1]:.3f}")
    return curves


def show_runs(runs):
    """Draw the shares of all runs over their epochs, with the two painters who know nothing."""
    figure, axis = plt.subplots(figsize=(8.4, 4.0), layout="constrained")
    for (name, curves), colour, style in zip(runs.items(), ("#0072b2", "#d55e00"), ("-", "--")):
        for number, curve in enumerate(curves):
            axis.plot(10 * np.arange(1, len(curve) + 1), curve, style, color=colour, linewidth=1.3, label=None if number else name)
            axis.plot(10 * (np.argmin(curve) + 1), min(curve), "o", color=colour)
    grey = np.mean(training_pair(small.copy())[1] ** 2) / one_colour_loss(training_pair(small.copy())[1])
    longest, lowest = max(len(curve) for curves in runs.values() for curve in curves), {name: [min(curve) for curve in curves] for name, curves in runs.items()}
    for height, name in ((1, "best single colour"), (grey, "always grey\n(small portrait)")):
        axis.axhline(height, color="black", linewidth=0.9, linestyle=":")
        axis.text(10.2 * longest, height, f"{name} {height:.2f}", va="center", fontsize=9, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
    axis.set_yscale("log")
    axis.set_yticks([0.05, 0.1, 0.2, 0.5, 1, 2, 5], ["0.05", "0.1", "0.2", "0.5", "1", "2", "5"])
    axis.minorticks_off()
    axis.set(xlabel="epochs", ylabel="share", xlim=(0, 12.8 * longest), ylim=(0.8 * min(0.2, *map(min, lowest.values())), 6))
    axis.set_title("How much of the error of one colour is left (dots: the lowest of each run)", fontsize=11)
    axis.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=2, fontsize=9)
    show(figure, alt="Curves of the share over the epochs. " + " ".join(f"{name}: lowest {', '.join(f'{share:.3f}' for share in found)}." for name, found in lowest.items()))


# %% [markdown]
# ### Exercise 4.12 · An experiment of your own
# **4 points · about 9 minutes · builds on 4.4, 4.5 and 4.7**
#
# Change **one** thing, say what you expect, measure, say what happened. Write two functions.
#
# `experiment()` takes nothing and returns three values: `model, photo, epochs`.
#
# - `model`: a network, new at each call and compiled. It takes (1, H, W, 1) and gives (1, H, W, 2),
#   like alpha. Layers and optimizer are Keras' own, the learning rate is a plain number, and the
#   loss is `"mean_squared_error"`, `"mean_absolute_error"`, `"huber"` or `"log_cosh"`.
# - `photo`: uint8 RGB (H, W, 3), both sides multiples of 8 from 16 to 96. You have `small`, and you
#   can cut and thin out others: `cat`, `hopper`, `rocket`.
# - `epochs`: a whole number from 10 to 300.
# - **Exactly one** of these five differs from `plain()`: the network, the optimizer with its
#   settings (the learning rate is one of them), the loss, the photo, the epochs. In the network,
#   more than one layer may differ.
# - All in all it takes at most eight times as many multiplications as `plain()`.
#
# `finding()` takes nothing and returns five values: `predicted, plain, changed, verdict, early`.
#
# - `predicted`: your guess from *before* you measured, `"better"`, `"worse"` or `"no difference"`. A
#   wrong guess costs nothing.
# - `plain` and `changed`: the median of the lowest shares, as `measure(plain)` and
#   `measure(experiment)` print it, with three decimals.
# - `verdict`: `"better"` if `changed` is less than 0.75 × `plain`, `"worse"` if it is more than
#   1.33 × `plain`, and `"no difference"` otherwise.
# - `early`: the median after 3 epochs that `measure(experiment)` prints, with three decimals.
#
# The order: write `experiment`, run the cell and its check. Decide what you expect. Run the cell
# with `measure` below the check; it takes a minute or two. Then fill in `finding`. A hidden check
# trains your network again, from the seeds 1, 2 and 3 as `measure` does. From the same start the first
# epochs come out the same on any machine, so `early` shows that the run was made. Three of the four
# points are for numbers that were measured and a verdict that follows from them.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Begin with the three values that `plain()` returns, and replace one of them, or one part of the
# model. What have you wondered about in this lesson? More filters, another optimizer, a higher
# learning rate, no ReLU, the photo in a mirror?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# Another optimizer or loss: `build_alpha()`, then its method `compile` as in 4.7, with one of the two
# changed. Another network: your lines of 4.4 with a change, then `compile_alpha`. Another photo or
# other epochs: `compile_alpha(build_alpha())` as it is.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `model = GAP` in one line or several, then `return model, GAP, GAP`, with one thing changed. In
# the other: `return "better", GAP, GAP, GAP, GAP`, with what came out.
#
# </details>

# %% answer="experiment"
# ✏️ Answer: experiment
def experiment():
    """My changed run: return the network, new and compiled; the photo; the number of epochs."""
    ### BEGIN SOLUTION
    model = build_alpha()
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss="mean_squared_error")
    return model, small, EPOCHS
    ### END SOLUTION


def finding():
    """What I predicted; the median shares of plain and of my experiment; the verdict; my experiment's median after 3 epochs."""
    ### BEGIN SOLUTION
    return "no difference", 0.214, 0.384, "worse", 2.537
    ### END SOLUTION


# %% check="experiment"
# 🔎 Check: experiment
if "early_share" not in globals():
    raise NotImplementedError("Run the folded set-up cell above first: it makes `small`, `EPOCHS` and `measure`.")
parts = attempt(experiment)
assert isinstance(parts, (tuple, list)) and len(parts) == 3, f"experiment() should return three values, model, photo, epochs; what came is {describe(parts)}."
model, picture, epochs = parts
assert isinstance(model, keras.Model), f"The first of the three should be a Keras model; what came is {describe(model)}."
assert model.compiled, "The model is not compiled, so it cannot be trained. What does `compile_alpha` do, and does it suit your change?"
assert isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3, f"The second should be a photo, uint8 (H, W, 3); what came is {describe(picture)}."
assert all(16 <= side <= 96 and side % 8 == 0 for side in picture.shape[:2]), f"Both sides of the photo should be multiples of 8 from 16 to 96; yours is {picture.shape[0]} × {picture.shape[1]}. A slice such as [:320:5, :320:5] cuts and thins out."
assert isinstance(epochs, (int, np.integer)) and 10 <= epochs <= 300, f"The third should be the number of epochs, whole, from 10 to 300; yours is {describe(epochs)}."
shape = tuple(model.compute_output_shape((1, *picture.shape[:2], 1)))
try:
    same_shape = shape == tuple(build_alpha().compute_output_shape((1, *picture.shape[:2], 1)))
except Exception:
    same_shape = False
cause = "Your `build_alpha` gives this shape too: exercise 4.4 comes first." if same_shape else "Do the halvings and the doublings cancel, and are there two filters at the end?"
assert shape == (1, *picture.shape[:2], 2), f"For a photo of {picture.shape[0]} × {picture.shape[1]} the network should give the shape {(1, *picture.shape[:2], 2)}; yours gives {shape}. {cause}"
assert attempt(experiment)[0] is not model, "Called twice, experiment() gave the same network twice. It should be new each time: build it inside the function."


def settings_of(thing):
    """The settings of a layer or an optimizer, but for names and the like."""
    return str({name: value for name, value in thing.get_config().items() if name not in ("name", "dtype", "seed", "batch_shape")})


def made_of(model):
    """What a compiled model is made of, by the words of the text."""
    stack = [(type(layer).__name__, settings_of(layer)) for layer in model.layers if not isinstance(layer, layers.InputLayer)]
    loss = keras.losses.get(model.loss)
    return {"network": stack, "optimizer": (type(model.optimizer).__name__, settings_of(model.optimizer)), "loss": getattr(getattr(loss, "fn", loss), "__name__", str(loss))}


def multiplications(model, picture):
    """Of one pass of a photo, by the layers that have kernels."""
    with warnings.catch_warnings():  # Keras warns of the list that `inputs` is
        warnings.simplefilter("ignore")
        grids = keras.Model(model.inputs[0], [layer.output for layer in model.layers])(np.zeros((1, *picture.shape[:2], 1), np.float32))
    return sum(math.prod(grid.shape[1:3]) * math.prod(layer.kernel.shape) for layer, grid in zip(model.layers, grids) if hasattr(layer, "kernel"))


usual = attempt(plain)[0]
mine, others = made_of(model), made_of(usual)
changes = [part for part in mine if mine[part] != others[part]] + ["photo"] * (not np.array_equal(picture, small)) + ["epochs"] * (epochs != EPOCHS)
assert changes, "Nothing is changed: network, optimizer, loss, photo and epochs are those of plain(). Which one do you want to know about?"
assert len(changes) == 1, f"{len(changes)} parts are changed: the {' and the '.join(changes)}. Then nobody can say which of them made the difference. Change one, and leave the others as they are in plain()."
work = multiplications(model, picture) * epochs / (multiplications(usual, small) * EPOCHS)
assert work <= 8, f"Your experiment takes {work:.0f} times as many multiplications as plain(); at most 8 times is wanted. Fewer filters, or fewer epochs?"
try:
    result = finding()
except NotImplementedError:
    half_way(f"So far so good: you change the {changes[0]}. Decide what you expect, run the cell with `measure` below, then fill in `finding`.")
assert isinstance(result, (tuple, list)) and len(result) == 5, f"finding() should return five values, predicted, plain, changed, verdict, early; what came is {describe(result)}."
WORDS = ("better", "worse", "no difference")
predicted, before, after, verdict, early = result
for word, name in ((predicted, "prediction"), (verdict, "verdict")):
    assert isinstance(word, str) and word in WORDS, f"The {name} should be one of the words {', '.join(map(repr, WORDS))}; yours is {describe(word)}."
for number, name in ((before, "plain"), (after, "changed"), (early, "early")):
    assert isinstance(number, (int, float, np.floating)) and not isinstance(number, bool) and 0 < number < 1e9, f"{name} should be the median that `measure` printed, a number above 0; yours is {describe(number)}."
assert before < 5, f"For plain you write {before:g}. A share of 1 is the error of one colour everywhere, and plain() is far below it: `measure(plain)` prints a number such as 0.345."
ours, theirs = measured.get("plain", []), measured.get("experiment", [])
if ours and theirs and not any(abs(before - one) <= 0.02 * one for _, one in ours) and any(abs(before - one) <= 0.02 * one for _, one in theirs):
    raise AssertionError("Did the two change places? What you write for plain is what `measure` found for your experiment. First comes plain, then changed.")
for number, name, known in ((before, "plain", [one for _, one in ours]), (after, "changed", [one for _, one in theirs]), (early, "early", [one for one, _ in theirs])):
    assert not known or any(abs(number - one) <= 0.01 * one + 0.001 for one in known), f"For {name} you write {number:g}, but `measure` found {', '.join(f'{one:.3f}' for one in known)} in this session."
right = "better" if after < 0.75 * before else "worse" if after > 1.33 * before else "no difference"
limit = min(abs(after / before / 0.75 - 1), abs(after / before / 1.33 - 1)) < 0.01  # so near to a limit that either word will do
cause = "A share from 0.75 to 1.33 times the other may be chance." if "no difference" in (right, verdict) else "The share is an error: less of it is better."
assert verdict == right or limit, f"{after:g} is {after / before:.2f} times {before:g}: by the rule of the text that is {right!r}; your verdict is {verdict!r}. {cause}"
if not theirs and not GRADED and not any("seed" in layer.get_config() for layer in model.layers):  # dropout draws: no run of it is like another
    cause = "Is it what `measure(experiment)` prints first, after the last change of experiment()?"
    cause = "You write the same number as for the lowest share; `measure` prints both." if abs(early / after - 1) < 0.01 else cause
    cause = "It is the number of plain(); that of your experiment is wanted." if abs(early / 1.293 - 1) < 0.01 else cause
    assert abs(early / early_share() - 1) < 0.015, f"After 3 epochs, early, you write {early:g}. This check has trained the three starts of `measure` for 3 epochs, and gets another share. {cause}"
if ours and theirs:
    surprise = ": a surprise, and worth more than a guess that came true." if not limit and predicted != verdict else "."
    print(f"You changed the {changes[0]}. Expected: {predicted}. Measured: {before:g} plain, {after:g} changed, which is {verdict}{surprise}")
else:
    print(f"You changed the {changes[0]}, and the verdict follows from your numbers. The two lowest shares have not been measured in this session: the next cell does that. Are they what it prints?")

# %% [markdown]
# > **Predict.** Will your change make it better, worse, or neither? Settle on a word now. Then run:

# %%
show_runs({"plain": measure(plain), "your experiment": measure(experiment)})

# %% [markdown]
# <details><summary>What does it mean?</summary>
#
# A better number says how well a network can learn *this one* photo by heart, and nothing about photos
# that it never saw. If you changed the photo, its share says how hard that photo is. And a share that
# did not change is a result as well: this was not what held the network back.
#
# Not sure whether it was chance? `measure(experiment, starts=9)` takes more starts. (`finding` wants
# what three starts give.)
#
# </details>

# %% [markdown]
# ## What you can do now
#
# - compute a filter by hand, and say what 162 of them do;
# - predict the shapes and count the 32,202 numbers of alpha, and build it;
# - stop a wrong input at the door, with a message that helps;
# - compile, train, and read the loss against *always grey* and *best single colour*;
# - turn a prediction into a picture and the picture into a file;
# - show with numbers that alpha memorised its photo.
#
# Three pieces of the author's advice. Begin with the barest thing that works: one photo, twelve layers.
# Understand it before you make it faster or bigger. And when it does not go as expected, which is most
# of the time, look at the picture *and* the numbers.
#
# ## Your own picture
#
# Put a photo beside this notebook (on Colab: the folder symbol on the left, then upload), write its
# name below and run. Any photo will do: the cell says what it did to it. Your network colours it,
# having seen one portrait in its life. Without a photo of your own, the coffee is served.
#
# > **Predict.** Which part of your photo will alpha get right, and why that one?

# %% tags=["setup"]
# from solutions/shared.py: own_picture

# %% tags=["open"]
name = "my_photo.jpg"

own = own_picture(name, instead=data.coffee()[:, 100:500], multiple=8)
trained(alpha)
mine, left_grey, in_one_tint = colorize(alpha, rgb2lab(own)[..., 0]), grey_picture(own), tinted(own)
coloured = np.abs(rgb2lab(own)[..., 1:]).max() > 5
judged = [f": ΔE {colour_error(own.copy(), other):.1f}" if coloured else "" for other in (left_grey.copy(), in_one_tint.copy(), mine.copy())]
thirds = zip(("Top", "Middle", "Bottom"), *(np.array_split(picture, 3) for picture in (own, mine)))
places = [f" {place}: {tint_of(*rgb2lab(part)[..., 1:].mean(axis=(0, 1)))} became {tint_of(*rgb2lab(other)[..., 1:].mean(axis=(0, 1)))}." for place, part, other in thirds]
show(
    own,
    left_grey,
    in_one_tint,
    mine,
    titles=["the photo", f"left grey{judged[0]}", f"one tint{judged[1]}", f"alpha{judged[2]}"],
    size=2.5,
    alt=f"{name if Path(name).is_file() else 'A cup of coffee'} four times: the photo, its grey version{judged[0]}, with the portrait's mean colour everywhere{judged[1]}, and in alpha's colours{judged[2]}.{''.join(places)}",
)
if not coloured:
    print("The photo is grey itself, so nobody can say how far off alpha's colours are. Which of them do you believe?")

# %% [markdown]
# <details><summary>Why it looks like this</summary>
#
# Alpha has one portrait to go by. It looks at a patch of L, finds what it resembles most in *that*
# picture, and paints what stood there: the orange of the suit, the colour of skin, the pale wall. If
# your photo shows a face in similar light, a cheek may come out right. Grass turns to cloth and the sky
# to a wall with blotches. Where *one tint everywhere* has a smaller ΔE, knowing nothing would have been
# better than what alpha knows: so it is with the coffee, which is as brown as the tint. Alpha memorised;
# a network that learns from many pictures is the next step.
#
# </details>

# %% [markdown]
# **And next?** What would *you* show it, so that the wall behind Grace Hopper turns blue? Train it on
# two portraits, then on five: `X` and `Y` take more than one photo along their first axis, and
# `train_alpha` is ready for them.
#
# Two bonus lessons take that step. In lesson 5, `05_beta`, a network learns from hundreds of pictures,
# and is judged on pictures that it never saw. In lesson 6, `06_final`, it is told what a picture is of,
# where the grey of a place does not tell its colour. Their points come on top of the course's 125.

# %% [markdown]
# ## Part 8 · Optional: faster, and with a dashboard
#
# No exercise and no point depends on this part.
#
# The author of the 2017 tutorial that this course goes back to trained on a rented GPU in the
# cloud, about 50 times faster than on a CPU. (That service is gone. Colab is its place today.)
# But a GPU is only as fast as it is fed. In `fit`, Keras does some bookkeeping at the end of each
# epoch. We have *one* photo, so one step, so bookkeeping after **every** step, and the GPU waits
# meanwhile. A way out: pretend that the photo is many. Repeat it in a `tf.data.Dataset`, call a hundred
# steps one epoch, and let Keras run many steps in one go (`steps_per_execution`).
#
# > **Predict.** One step, `fit` with one epoch per step against the repeated photo, on 400 × 400 and on
# > 80 × 80, which has 25 times fewer pixels: for which size will the second way win more?

# %%
steps = 2 if GRADED else 20
speed = {}
for every in (10,) if GRADED else (1, 5):
    X, Y = training_pair(photo[::every, ::every].copy())
    side = f"{X.shape[1]} × {X.shape[2]}"
    model = compiled(compile_alpha(build_alpha()))
    train_alpha(model, X, Y, 1)  # the first call prepares the computation and would spoil the time
    start = time.perf_counter()
    train_alpha(model, X, Y, steps)
    slow = time.perf_counter() - start
    start = time.perf_counter()
    train_fast(model, X, Y, steps)
    first = time.perf_counter() - start
    repeated = tf.data.Dataset.from_tensors((X, Y)).repeat()
    start = time.perf_counter()
    model.fit(repeated, epochs=1, steps_per_epoch=steps, shuffle=False, verbose=0)
    speed[side] = 1000 * slow / steps, 1000 * (time.perf_counter() - start) / steps
figure, axis = plt.subplots(figsize=(7.6, 2.6), layout="constrained")
for place, (side, (slow, fast)) in enumerate(speed.items()):
    bars = axis.barh([place - 0.19, place + 0.19], [slow, fast], height=0.34, color=["#d55e00", "#0072b2"])
    axis.bar_label(bars, [f" fit: {slow:.0f} ms", f" repeated photo: {fast:.0f} ms"], fontsize=10)
axis.set_yticks(range(len(speed)), speed)
axis.invert_yaxis()
axis.set(xlabel="milliseconds per step, lower is faster", xlim=(0, 1.45 * max(map(max, speed.values()))))
axis.set_title(f"On this {'GPU' if GPU else 'CPU'}, the same nudges with fewer breaks", fontsize=11)
axis.spines[["top", "right"]].set_visible(False)
show(figure, alt="Bars, milliseconds per step: " + "; ".join(f"{side}: fit {p:.0f}, repeated photo {f:.0f}" for side, (p, f) in speed.items()) + ".")

# %% [markdown]
# <details><summary>What to see</summary>
#
# The small portrait gains much more: its computation is short, and nearly all of its time with `fit` is
# bookkeeping. On a GPU even the large portrait is a "small" one. It would be tempting to make
# *everything* fast now. The author's advice points the other way: the ladder used the plain `fit`, and
# you could read every line of it.
#
# </details>
#
# ### TensorBoard
#
# The author had TensorBoard on: a dashboard in the browser that draws the loss while the training
# runs. Give `fit` the argument `callbacks=[keras.callbacks.TensorBoard(log_dir="logs")]`, and write into
# a cell of your own `%load_ext tensorboard`, then `%tensorboard --logdir logs`. On Colab the package is
# there; elsewhere `pip install tensorboard`. Do not leave such a cell in the notebook that you hand in:
# it starts a server.

# %% [markdown]
# ## Score yourself
#
# For those who learn without a class: the next cell asks the hidden checks about this session and
# shows a card for each exercise, and the total. They come with the course's own repository, which
# holds the answers as well. Nothing is sent; a small file on this computer remembers which
# exercises are done, for `autograder progress`. As long as it says
# `SCORE_ME = False`, the cell only says how.
#
# `autograder certificate` makes one picture of the portraits that *your* network painted on the ladder. It is a
# command for a terminal; on Colab, run it in a cell of your own with `!` in front, after `SCORE_ME`:
# `!autograder certificate --name "Your name"`.

# %% tags=["score"]
# `autograder build` writes the cell that scores here.

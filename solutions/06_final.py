# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 6 · Final: what is this a picture of?
#
# Beta colours pictures that it never saw. But it looks at each place through a window, and there are
# things that no window shows: whether it is noon or evening, summer or autumn. In this lesson the
# network is told what the whole picture is.
#
# ![Eight landscapes that no network saw, in four rows: grey; coloured without fusion: every sky a pale greyish blue, every meadow olive with patches of brown, only near the sun and the fallen leaves the right tint; coloured with fusion: blue skies by day, orange ones in the evening, green meadows in summer and brown ones in autumn; the truth](../assets/lesson_6.png)
#
# **After this lesson you can**
#
# - say how far a network sees, and what it cannot know for that reason;
# - build and train a classifier, and read its accuracy, its confusion matrix and its loss against one
#   that knows nothing;
# - fuse what a classifier knows about the whole picture with what filters see at each place.
#
# **About 160 minutes · 30 points · twelve exercises · bonus lesson**
#
# That is two sittings: part 3 ends the first. Whoever writes Keras networks fluently needs about 120 minutes.
#
# *How the notebook works.* Run the cells from the top with Shift+Enter. A cell that starts with ✏️
# is yours to fill in: replace `raise NotImplementedError`.
# The 🔎 cell below it checks your answer. Hints open in three steps; take one when you have been stuck
# for two minutes. Code that nobody has to read is folded: run it like any other cell.
# Where it says **Predict**, settle on an answer before you run the cell.
# After a restart the kernel knows no names: `NameError: name 'attempt' is not defined`, or another
# name. Then run the cells above first: menu Run, Run All Above Selected Cell (on Colab: Runtime,
# Run before). Such a run stops at a cell that fails; go on from the one below it.
# Before you hand the notebook in, restart the kernel and run all cells. (That trains the networks
# again.) It is graded from top to bottom, with five minutes for your cells: long trainings are cut
# short there, where `GRADED` is `True`. Write `if not GRADED:` in front of a long training of your own.
# Where an exercise *builds on* an earlier one, a mistake there is not counted a second time. The
# grading machine has NumPy, SciPy, scikit-image, Pillow, matplotlib, and TensorFlow with Keras, and
# no network.

# %% [markdown]
# ## Two questions on lesson 5
#
# Answer from memory, then open.
#
# **1.** Half of all fruit of a world is red and half is green, and no grey picture says which. Beta is
# trained with the mean squared error. Which colour does it paint a fruit, and why?
#
# <details><summary>Answer</summary>
#
# The mean of the two, a brown. Where two colours are equally likely, their mean has the smallest mean
# squared error: on average it is less wrong than either, though no fruit looks like that.
#
# </details>
#
# **2.** A classmate mirrors half of the pictures, adds the mirrored ones to the others, and *then*
# splits all of them into a training set and a test set. What is wrong with the test loss?
#
# <details><summary>Answer</summary>
#
# It is too good: many a picture of the test set has its mirror image in the training set. First split,
# then mirror, and only what is trained on.
#
# </details>
#
# The next cell gets everything ready: the libraries, the drawn world, and the helpers. Run it; there is
# no need to read it. TensorFlow takes a few seconds to wake up.

# %% tags=["setup"]
# from solutions/shared.py: versions
import math
import os
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
from scipy.ndimage import gaussian_filter
from skimage import data
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab
from skimage.util import img_as_ubyte

# An untrained network asks for colours that do not exist; scikit-image would say so each time.
warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")

GRADED = bool(os.environ.get("NBGRADER_EXECUTION"))  # True while a grader or Validate runs this: then training is cut short

# from solutions/shared.py: world


def training_pairs(pictures):
    """From lesson 5: X, the L of uint8 pictures (N, H, W, 3), and Y, their ab / 128; float32 (N, H, W, 1) and (N, H, W, 2)."""
    lab = rgb2lab(pictures).astype(np.float32)
    return lab[..., :1], lab[..., 1:] / 128


def batches(count, size, seed):
    """From lesson 5: the numbers from 0 to count - 1, shuffled by the seed, in arrays of `size`; the last may be shorter."""
    return np.split(np.random.default_rng(seed).permutation(count), range(size, count, size))


def as_pictures(X, Y):
    """Uint8 RGB pictures (N, H, W, 3) of L, (N, H, W, 1), and of ab / 128, (N, H, W, 2)."""
    return img_as_ubyte(lab2rgb(np.concatenate([X, 128 * np.asarray(Y)], axis=-1)))


# from solutions/shared.py: grey_picture


classifier = None  # your classifier, as soon as it is trained


# from solutions/shared.py: tint_of


# from solutions/shared.py: show


def need_trained(what, who="classifier", where="6.2 to 6.6"):
    """Stop with a sentence where a network has not been trained yet."""
    if not what:
        raise NotImplementedError(f"There is no trained {who} yet. A cell further up trains it; it needs your answers to {where}, and the check of each says whether it is right.")
    return what


def is_model(model):
    """Return a model, or stop with a sentence where it is none."""
    if isinstance(model, keras.Model):
        return model
    raise NotImplementedError(f"A Keras model is wanted here, and {describe(model)} came. The check of the exercise that builds it says what is missing.")


def must_be_model(model):
    """AssertionError unless a check can look into a model."""
    assert isinstance(model, keras.Model), f"A Keras model should come back; what came is {describe(model)}."
    assert isinstance(model, keras.Sequential) or type(model).__name__ == "Functional", "Your model is of a class of your own, and nobody can look into it. A `keras.Sequential` or a `keras.Model(inputs, outputs)` is wanted."


def must_have_no_others(model):
    """AssertionError for a layer that is not in the tables of parts 4 and 6, or does more than theirs."""
    for layer in model.operations:
        assert not isinstance(layer, (layers.BatchNormalization, layers.Dropout, layers.Softmax, layers.Lambda, layers.Conv2DTranspose)), f"The table has no {type(layer).__name__}, and yours has one."
        assert isinstance(layer, layers.Layer), f"`keras.ops` has functions, and here layers are wanted: {type(layer).__name__} is none. `layers.Concatenate()([first, second])` is one."
        nearest = getattr(layer, "interpolation", "nearest")
        assert nearest == "nearest", f"An UpSampling2D of yours has the interpolation {nearest!r}; the table's only repeats each number."


def layers_in_line(model):
    """The layers of a model in the order in which a picture goes through them; one that is used twice is there twice."""
    assert len(model.outputs) == len(model.inputs) == 1, f"One input and one output are wanted; yours has {len(model.inputs)} and {len(model.outputs)}."
    found, tensor = [], model.outputs[0]
    while tensor is not None:
        layer, call, _ = tensor._keras_history
        before = layer._inbound_nodes[call].input_tensors
        assert len(before) < 2, f"The layer {layer.name} gets {len(before)} pictures. All layers should be in one line."
        found, tensor = [layer, *found], before[0] if before else None
    return found


def need_refusal(function, *args, what, names):
    """AssertionError, in a sentence, unless an answer refuses what it gets with a ValueError whose message names something."""
    try:
        back = function(*(item.copy() if isinstance(item, np.ndarray) else item for item in args))
    except NotImplementedError:
        raise
    except ValueError as error:
        line, said = where_it_stopped(error)[1], one_line(str(error))
        if names in said:
            return
        if line and "raise" not in line:
            raise AssertionError(f"{what} should be refused with a ValueError of your own, and there is none: Python stopped by chance, at the line `{line}`, and says: {said} Ask before that line, and `raise`.") from None
        raise AssertionError(f"{what} is refused. The message of your ValueError should name {names}; it says: {said}") from None
    except Exception as error:
        raise AssertionError(f"{what} should be refused with a ValueError; yours ended with {type(error).__name__}: {error}. Ask first, and `raise` a ValueError.") from None
    raise AssertionError(f"{what} should be refused with a ValueError; yours let it pass and returned {describe(back)}.")


def attempt_with(causes, function, *args, **kwargs):
    """As attempt; causes: by a pattern for what Python says, the sentence that belongs there in this exercise."""
    try:
        return attempt(function, *args, **kwargs)
    except AssertionError as error:
        before, mark, said = str(error).partition("Python says: ")
        fitting = (sentence.format(*found.groups()) for pattern, sentence in causes.items() if (found := re.search(pattern, said)))
        cause = next(fitting, "") if mark else ""
        if not cause:
            raise
        raise AssertionError(f"{before.replace(explain(said), '').strip()} {cause} {mark}{said}") from None


print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}. {'There is a GPU.' if GPU else 'No GPU: the CPU will do.'}")

# %% tags=["setup", "slips", "keras"]
# `autograder build` pastes the words of the checks here.

# %% [markdown]
# ## Part 1 · What local filters cannot know
#
# The world of lesson 5 knew one kind of day. Now it has four **scenes**: the coast by day, the coast in
# the evening, the town in summer, the town in autumn. Evening turns the sky orange, and autumn the
# meadow brown. Both leave a *sign*: a low sun with its light on the sea; fallen leaves on the ground.

# %%
# No network is trained on the unseen ones.
pictures, numbers = draw_world(48 if GRADED else 400, seed=6, moods=True)
unseen, unseen_numbers = draw_world(24 if GRADED else 120, seed=66, moods=True)
X, Y = training_pairs(pictures)
x, y = training_pairs(unseen)
figure, axes = plt.subplots(4, 6, figsize=(10.4, 7.2), layout="constrained")
for scene, row in enumerate(axes):
    for axis, place in zip(row, np.flatnonzero(numbers == scene)):
        axis.imshow(pictures[place])
    row[0].set_ylabel(SCENES[scene], fontsize=10)
for axis in axes.ravel():
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
tints = [[tint_of(*part[numbers == scene].mean(axis=(0, 1, 2)) * 128) for part in (Y[:, :8], Y[:, 26:32])] for scene in range(4)]
show(
    figure,
    alt="Six drawn landscapes of each of the four scenes. Mean colours of the top, and of a strip below the middle: "
    + "; ".join(f"{scene}: {top}, and {low}" for scene, (top, low) in zip(SCENES, tints))
    + ". In the evening a low sun stands in each picture; in autumn leaves lie at the bottom.",
)

# %% [markdown]
# A network gets L alone. And each number that it paints depends on a **window** of L: the nine pixels
# of its filter, and those around them that the filters before it have looked at. Here are eight windows
# of 20 × 20 pixels. A to D are sky with a hill at its foot, two by day and
# two in the evening. E to H are hill and meadow, two in summer and two in autumn.
#
# > **Predict.** Which two of A to D are evening, which two of E to H are autumn? Write your four letters
# > down.

# %% tags=["setup"]
WINDOW, LETTERS = 20, "ABCDEFGH"
SHORT = ("day", "evening", "summer", "autumn")  # the four scenes in a word each


def windows_in(L, top):
    """The windows of pictures (N, 48, 48, 1) that begin in row `top` and in each fourth column: (8 N, 20, 20)."""
    strips = np.lib.stride_tricks.sliding_window_view(L[:, top : top + WINDOW, :, 0], WINDOW, axis=2)[:, :, ::4]
    return np.moveaxis(strips, 2, 1).reshape(-1, WINDOW, WINDOW)


def alike(L, numbers, scenes, top):
    """Two pairs of windows, one of each of two scenes, that are nearly the same in grey: (picture, top, left) each."""
    places = [np.flatnonzero(numbers == scene) for scene in scenes]
    one, other = (windows_in(L[place], top) for place in places)
    gap = np.mean((one[:, np.newaxis] - other) ** 2, axis=(2, 3))
    gap[one.std(axis=(1, 2)) < 5] = np.inf  # an empty sky is no riddle
    found = []
    for _ in range(2):
        best = np.unravel_index(np.argmin(gap), gap.shape)
        found += [(place[k // 8], top, 4 * (k % 8)) for place, k in zip(places, best)]
        gap[best[0] // 8 * 8 :][:8], gap[:, best[1] // 8 * 8 :][:, :8] = np.inf, np.inf
    return found


def nearest_is_right(L, numbers, others, other_numbers, scenes, top):
    """How often the most similar of 200 known windows of each scene is of the right one; windows without a bright sun."""
    rng = np.random.default_rng(0)
    known, asked = ([rng.permutation([w for w in windows_in(A[n == scene], top) if w.max() < 90])[:most] for scene in scenes] for A, n, most in ((L, numbers, 200), (others, other_numbers, 60)))
    nearest = [[np.mean((own[:, np.newaxis] - one) ** 2, axis=(2, 3)).min(axis=1) for one in known] for own in asked]
    return np.mean([np.mean(gaps[k] < gaps[1 - k]) for k, gaps in enumerate(nearest)])


# %%
day_first, autumn_last = alike(x, unseen_numbers, (0, 1), top=0), alike(x, unseen_numbers, (2, 3), top=14)
riddles = [*(day_first[k] for k in (1, 0, 2, 3)), *(autumn_last[k] for k in (0, 1, 3, 2))]
cut = [x[place, top : top + WINDOW, left : left + WINDOW, 0] for place, top, left in riddles]
show(
    *cut,
    titles=LETTERS,
    high=100,
    size=1.28,
    alt="Eight grey windows. " + " ".join(f"{letter}: L from {grid.min():.0f} to {grid.max():.0f}, mean {grid.mean():.0f}." for letter, grid in zip(LETTERS, cut)),
)

# %% [markdown]
# Now the whole pictures, with the windows framed.

# %%
figure, axes = plt.subplots(2, 8, figsize=(10.4, 2.9), layout="constrained")
for (place, top, left), grid, letter, (above, below) in zip(riddles, cut, LETTERS, axes.T):
    above.imshow(grid, cmap="gray", vmin=0, vmax=100)
    above.set_title(letter, fontsize=10)
    below.imshow(unseen[place])
    below.add_patch(plt.Rectangle((left - 0.5, top - 0.5), WINDOW, WINDOW, fill=False, edgecolor="black", linewidth=2))
    below.set_title(SHORT[unseen_numbers[place]], fontsize=10)
for axis in axes.ravel():
    axis.axis("off")
show(
    figure,
    alt="The eight grey windows, and below each the picture that it was cut from, in colour: "
    + "; ".join(f"{letter} {SCENES[unseen_numbers[place]]}" for letter, (place, _, _) in zip(LETTERS, riddles))
    + ".",
)
for what, scenes, top in (("sky, by day or evening", (0, 1), 0), ("meadow, summer or autumn", (2, 3), 14)):
    print(f"Most similar window of the pictures to train on, {what}: right in {nearest_is_right(X, numbers, x, unseen_numbers, scenes, top):.0%}.")

# %% [markdown]
# Whoever guesses gets two of four letters, on average. So does one who looks up the most similar of
# hundreds of known windows: that is what the two percentages say. The window does not *hold* the answer,
# so no training will find it there. What then is the best that a network can do with it?
#
# > **Predict.** Sky by day has about a = −4, b = −25; in the evening about a = 29, b = 32. Three scenes of
# > four have the sky of the day. Which colour will a network paint that has to answer all of them with the
# > same? And for a meadow that is green in one half of the pictures and brown in the other?

# %%
swatches, notes = [], []
parts = (("sky", np.s_[:, :8], {"by day": (0, 2, 3), "in the evening": (1,)}), ("meadow", np.s_[:, 26:32], {"in summer": (2,), "in autumn": (3,)}))
for where, place, moods in parts:
    pixels = [Y[place][np.isin(numbers, scenes)].reshape(-1, 2) * 128 for scenes in moods.values()]
    middle = np.concatenate(pixels).mean(axis=0)
    shares = [f"{len(part) / sum(map(len, pixels)):.0%}" for part in pixels]
    for ab, title in zip((*(part.mean(axis=0) for part in pixels), middle), (*(f"{where} {mood}\n{share}" for mood, share in zip(moods, shares)), "the mean of all\n")):
        swatches.append(img_as_ubyte(lab2rgb(np.full((20, 20, 3), (62, *ab)))))
        notes.append(title)
    told = [f"{tint_of(*part.mean(axis=0))}, ΔE {deltaE_ciede2000([62, *part.mean(axis=0)], [62, *middle]):.0f} off {mood}" for part, mood in zip(pixels, moods)]
    print(f"{where}: the mean of all is {tint_of(*middle)}; {'; '.join(told)}.")
show(*swatches, titles=notes, size=1.7, alt="Six squares of one colour: " + "; ".join(f"{' '.join(note.split())}: {tint_of(*rgb2lab(square)[0, 0, 1:])}" for note, square in zip(notes, swatches)) + ".")

# %% [markdown]
# The mean is wrong for every picture, and still the least wrong answer for all. A window that shows the
# sun is no riddle. So the question is: *how large is the window of a network?* It is called its
# **receptive field**.
#
# Behind one 3 × 3 convolution, a number depends on 3 pixels across. Behind a second one, it depends on
# three neighbours of the first grid, which begin one pixel after the other and see 3 each: 5 pixels. If
# the first has stride 2, these neighbours begin two pixels apart: 7.
#
# ### Exercise 6.1 · How far does a network see?
# **2 points · about 9 minutes**
#
# Write `receptive_field(layers)`.
#
# - `layers`: a list of pairs `(kernel, stride)`, one for each convolution, in the order in which the
#   picture goes through them. Whole numbers from 1 up; a kernel may be even. The list may be empty.
# - Returns a whole number: on how many pixels of the input, from left to right, one number of the last
#   grid can depend. Without a convolution that is 1. What hangs over the edge counts as well.
#
# Two examples: `[(3, 1), (3, 1)]` gives 5, `[(3, 2), (3, 1)]` gives 7.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Go through the list with two numbers in hand: how many pixels are *seen* so far, and how far *apart*
# two neighbours of the present grid begin, in pixels of the input.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# A kernel of 3 adds two more neighbours to the one that was there, a kernel of 5 four more. Each of
# them adds as many pixels as neighbours are apart *before* this layer. Its stride is for those that
# follow.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `seen, apart = 1, 1`, then for each pair `seen += GAP * apart` and, below that line, `apart *= GAP`.
#
# </details>

# %% answer="receptive_field"
# ✏️ Answer: receptive_field
def receptive_field(layers):
    """How many pixels across one number behind these convolutions, (kernel, stride) each, can depend on."""
    ### BEGIN SOLUTION
    seen = apart = 1
    for kernel, stride in layers:
        seen += (kernel - 1) * apart
        apart *= stride
    return seen
    ### END SOLUTION


# %% check="receptive_field"
# 🔎 Check: receptive_field
same(
    attempt(receptive_field, [(3, 1), (3, 1)]),
    5,
    "Behind two convolutions of 3 × 3, stride 1, a number sees as many pixels as this:",
    slips={
        "The pixels in the middle are counted twice: a kernel of 3 adds two neighbours to the one that is there.": 6,
        "One pixel is missing. Without a convolution a number sees 1 pixel: what do you begin with?": 4,
        "Windows are not multiplied: the second kernel adds two neighbours, and these overlap.": 9,
        "That is one layer. Does the `return` stand within the loop?": 3,
    },
    why="How many pixels does each of the two add?",
)
same(
    attempt(receptive_field, [(3, 2), (3, 1)]),
    7,
    "With stride 2 in the first of the two",
    slips={
        "The stride changes nothing in yours. Behind it, neighbours begin two pixels apart.": 5,
        "A stride is for the layers that follow: the first kernel still sees 3 neighbouring pixels.": 9,
    },
    why="How far apart do neighbours begin behind the first layer?",
)
same(
    attempt(receptive_field, [(3, 1), (3, 2)]),
    5,
    "With stride 2 in the second of the two",
    slips={"A stride is for the layers that follow, and none follows here. Which of your two lines comes first?": 7},
    why="Which layers come after that stride?",
)
same(attempt(receptive_field, [(3, 2), (3, 2), (3, 2), (3, 1)]), 31, "Behind three convolutions with stride 2 and one with stride 1", slips={"Strides multiply: behind two of them, neighbours begin 4 pixels apart, behind three 8.": 21, "Behind two strides of 2, neighbours begin 4 pixels apart: the distance is multiplied, and does not become the last stride.": 15}, why="Behind three strides of 2, how far apart do neighbours begin?")
same(
    attempt(receptive_field, [(5, 1), (1, 1), (4, 3), (2, 1)]),
    11,
    "With kernels of 5, 1, 4 and 2, and stride 3 in the third",
    slips={"The even kernels are counted wrongly: one of 4 adds 3 neighbours, one of 2 adds one. A kernel adds one neighbour less than it is wide.": 15},
    why="A kernel adds one neighbour less than it is wide. Is there a 3, or a 2, in your code that should be the kernel?",
)
same(attempt_with({"index out of range": "The list may be empty: then there is no convolution, and the number sees one pixel, itself."}, receptive_field, []), 1, "Without a convolution", why="A pixel sees itself.")
mine = [(3, 1), (3, 2)]
receptive_field(mine)
assert len(mine) == 2, "Your function took the convolutions out of the list that it was given (`pop`?). Whoever calls it still needs them."
print("Behind three strides of 2 a 3 × 3 filter sees 31 pixels.")

# %% [markdown]
# Does it hold? A network can be asked. Its *slope* (lesson 4) says for every pixel of the input whether
# it makes any difference to one number of the output. Here are four stacks of convolutions, and for
# each the pixels that the number in the middle depends on.
#
# > **Predict.** Beta's encoder has nine convolutions, three with stride 2. On a photo of 224 × 224: does
# > it see a tenth of the width, a third, or all?

# %%
stacks = {
    "three 3 × 3": [(3, 1)] * 3,
    "the small one below": [(3, 1), (3, 2), (3, 1), (3, 1)],
    "alpha, down": [(3, 2), (3, 1), (3, 1), (3, 2), (3, 1), (3, 2)],
    "beta, down": [(3, 1), (3, 2), (3, 1), (3, 2), (3, 1), (3, 2), (3, 1), (3, 1), (3, 1)],
}
fields = {name: attempt(receptive_field, stack) for name, stack in stacks.items()}
figure, axes = plt.subplots(1, 4, figsize=(10.4, 3), layout="constrained")
told = []
for axis, (name, stack) in zip(axes, stacks.items()):
    model = keras.Sequential([keras.Input(shape=(224, 224, 1))])
    for kernel, stride in stack:
        model.add(layers.Conv2D(1, kernel, strides=stride, padding="same", kernel_initializer="ones", use_bias=False))
    image = tf.Variable(np.ones((1, 224, 224, 1), np.float32))
    with tf.GradientTape() as tape:
        grid = model(image)
        number = grid[0, grid.shape[1] // 2, grid.shape[2] // 2, 0]
    counts = tape.gradient(number, image).numpy()[0, :, :, 0] > 0
    rows, columns = np.flatnonzero(counts.any(axis=1)), np.flatnonzero(counts.any(axis=0))
    seen = fields[name]
    axis.imshow(counts, cmap="gray_r", vmax=1.6)
    axis.add_patch(plt.Rectangle((columns.mean() - 24, rows.mean() - 24), 48, 48, fill=False, edgecolor="#d55e00", linewidth=1.5))
    axis.set_title(f"{name}\nyours: {seen}, Keras: {len(columns)}", fontsize=10)
    axis.set(xticks=[], yticks=[])
    told.append(f"{name}: yours {seen}, found {len(columns)}, {len(columns) / 224:.0%} of the width")
show(figure, alt="On 224 × 224 pixels, the square of those that one number depends on; an orange frame has the size of a drawn picture, 48 × 48. " + "; ".join(told) + ".")

# %% [markdown]
# <details><summary>What to see</summary>
#
# Beta's encoder reaches 77 pixels: a third of a photo of 224 pixels, a fifth of the portrait's 400. A
# beach at the bottom knows nothing of a sunset at the top. A picture of our world, the orange frame, fits
# whole into beta's window. To have in small what happens on photos, the networks of this lesson have small
# eyes as well: 13 of the 48 pixels, and 15 with a last filter behind an up-sampling (there neighbours are
# one pixel apart again, so it adds two).
#
# </details>
#
# Larger windows are one way out, and an expensive one: more layers, more numbers, all to carry one fact to
# every place. The other way is to look at the whole picture *once*, and to tell every place what was seen.

# %% [markdown]
# ## Part 2 · A classifier
#
# A **classifier** gives one answer for a picture: not a colour for each place, but for each class a
# number from 0 to 1, how sure it is. These add up to 1. Here the classes are the four scenes, numbered
# 0 to 3. While it trains, it is shown what it should have said: 1 for the right class, 0 for the
# others. Such a row is called **one-hot**.
#
# ### Exercise 6.2 · One-hot
# **2 points · about 5 minutes**
#
# Write `one_hot(numbers, classes)`.
#
# - `numbers`: an integer array (N,), of any integer dtype; N from 1 up. `classes`: how many classes
#   there are, a whole number from 1 up.
# - Returns a float32 array (N, classes): in row i, a 1 in column `numbers[i]`, and 0 elsewhere.
# - A class that does not occur among the numbers keeps its column, of zeros.
# - If a number is below 0 or not below `classes`, it raises a `ValueError` whose message names such a
#   number.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Begin with zeros, and write N ones, each into its row. Or: which row of which well-known matrix is a
# one-hot row?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.eye` makes a matrix with ones from corner to corner, and its argument `dtype` says of which kind.
# An array of integers as an index picks rows. But −1 as an index is the *last* row, and nothing
# complains: so look at the numbers first.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `wrong = numbers[(numbers < GAP) | (numbers >= GAP)]`; if `len(wrong)`, raise a `ValueError` that says
# `wrong[0]`. Then pick rows: `np.eye(GAP, dtype=np.float32)[GAP]`.
#
# </details>

# %% answer="one_hot"
# ✏️ Answer: one_hot
def one_hot(numbers, classes):
    """Rows (N, classes), float32, with a 1 in the column of each number; ValueError for a number that is no class."""
    ### BEGIN SOLUTION
    wrong = numbers[(numbers < 0) | (numbers >= classes)]
    if len(wrong):
        raise ValueError(f"{wrong[0]} is no class: there are {classes}, numbered 0 to {classes - 1}.")
    return np.eye(classes, dtype=np.float32)[numbers]
    ### END SOLUTION


# %% check="one_hot"
# 🔎 Check: one_hot
got = attempt(one_hot, np.array([2, 0, 1]), 4)
wanted = np.array([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]])
same(
    got,
    wanted,
    "one_hot of the numbers 2, 0, 1, with four classes,",
    slips={
        "Each number should have a row, and each class a column. Yours is turned on its side.": wanted.T,
        "Class 3 has no column, because it does not occur. How many columns there are, `classes` says.": wanted[:, :3],
        "The ones are one column too far to the right: classes are numbered from 0.": np.roll(wanted, 1, axis=1),
        "The ones are one column too far to the left: classes are numbered from 0.": np.roll(wanted, -1, axis=1),
        "All ones of the three numbers stand in every row. Which row does each belong to?": [[1, 1, 1, 0]] * 3,
    },
    why="In which column does the 1 of the first row belong?",
)
assert np.asarray(got).dtype == np.float32, f"The rows should be float32, as Keras takes them; yours are {np.asarray(got).dtype}. `np.eye` and `np.zeros` have an argument `dtype`."
same(attempt(one_hot, np.array([1], np.uint8), 2), [[0, 1]], "For a single number, 1 as uint8, with two classes", why="A single number has a row as well.")
for number in (4, -1):
    cause = " (as an index, it is the last row)" if number < 0 else ""
    need_refusal(one_hot, np.array([0, number]), 4, what=f"With four classes, the number {number}{cause}", names=str(number))
print("Three numbers, three rows:")
print(np.asarray(got))

# %% [markdown]
# ### Exercise 6.3 · Build a classifier
# **4 points · about 9 minutes**
#
# Write `build_classifier(classes)`. It returns a new Keras model, not compiled, of these layers in one
# line:
#
# | layer | what it does |
# |---|---|
# | Input | L, unscaled, of any height and width: (None, None, 1) |
# | Rescaling | L / 25 − 2: so 0 becomes −2, 50 becomes 0, 100 becomes 2 |
# | Conv2D | 8 filters, 3 × 3, stride 2, padding "same", ReLU |
# | Conv2D | 16 filters, the same otherwise |
# | Conv2D | 32 filters, the same otherwise |
# | GlobalMaxPooling2D | of each of the 32 grids, the largest number |
# | Dense | 16 numbers, ReLU |
# | Dense | one number for each class, softmax |
#
# - `classes`: how many classes there are, a whole number from 2 up.
# - A **Dense** layer has a weight from each number that comes in to each that goes out. **Softmax** makes
#   any numbers positive and lets them add up to 1.
# - The grader trains it on 240 drawn pictures, and asks whether it names the scenes of pictures that it
#   never saw.
#
# > **Predict.** How many numbers will it learn, with four classes: 600, 6,000 or 60,000?
#
# <details><summary>Hint 1 · the idea</summary>
#
# As alpha in exercise 4.4: a `keras.Sequential`, and a layer for each line of the table.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `layers.Rescaling` wants a factor and what is added, `layers.Conv2D` has `strides`, `padding` and
# `activation`. `layers.GlobalMaxPooling2D()` needs nothing. `layers.Dense` wants a number, and has an
# `activation`, too.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(GAP, offset=GAP)])`,
# then a loop over the three numbers of filters with `model.add(GAP)`, then three more `model.add`, and
# `return model`.
#
# </details>

# %% answer="build_classifier"
# ✏️ Answer: build_classifier
def build_classifier(classes):
    """A new network that says of pictures (N, H, W, 1) of L how likely each class is, (N, classes); not compiled."""
    ### BEGIN SOLUTION
    model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 25, offset=-2)])
    for filters in (8, 16, 32):
        model.add(layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
    model.add(layers.GlobalMaxPooling2D())
    model.add(layers.Dense(16, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    return model
    ### END SOLUTION


# %% check="build_classifier"
# 🔎 Check: build_classifier
model = attempt(build_classifier, 4)
must_be_model(model)
line, acts = [], []
for layer in layers_in_line(model):
    own = {"ReLU": "relu", "Softmax": "softmax"}.get(type(layer).__name__) or (isinstance(layer, layers.Activation) and layer.activation.__name__)
    if own and acts and acts[-1] == "linear":  # the activation of the layer before, as a layer of its own
        acts[-1] = own
    elif not isinstance(layer, layers.InputLayer):
        line.append(layer)
        acts.append(getattr(getattr(layer, "activation", None), "__name__", "none"))
shape = tuple(model.inputs[0].shape)
assert shape == (None, None, None, 1), f"The input should be (None, None, None, 1), any number of pictures of any height and width; yours is {shape}. Which `shape` does keras.Input get?"
kinds = [type(layer).__name__ for layer in line]
wanted = ["Rescaling", "Conv2D", "Conv2D", "Conv2D", "GlobalMaxPooling2D", "Dense", "Dense"]
for place, kind in enumerate(wanted):
    assert len(kinds) > place and kinds[place] == kind, f"Layer {place + 1} of the table is a {kind}; yours is {kinds[place] if place < len(kinds) else 'missing'}. Your layers: {', '.join(kinds)}."
assert len(kinds) == len(wanted), f"The table has seven layers below the input; yours has {len(kinds)}: {', '.join(kinds)}."
same([line[0].scale * L + line[0].offset for L in (0, 50, 100)], [-2, 0, 2], "Of L = 0, 50, 100 the Rescaling", atol=1e-6, slips={"It multiplies by 25. L / 25 is wanted: the factor is 1 / 25.": [-2, 1248, 2498], "Nothing is subtracted. See the second argument, `offset`.": [0, 2, 4], "It adds 2 where 2 is to be subtracted.": [2, 4, 6]}, why="L / 25 − 2 is wanted.")
for layer, own, filters in zip(line[1:4], acts[1:4], (8, 16, 32)):
    found = (layer.filters, tuple(layer.kernel_size), tuple(layer.strides), layer.padding, own)
    assert found == (filters, (3, 3), (2, 2), "same", "relu"), f"The Conv2D with {filters} filters should have kernels of 3 × 3, strides 2, padding 'same' and 'relu'; yours has {found[0]} filters, kernels {found[1]}, strides {found[2]}, padding {found[3]!r} and {found[4]!r}."
assert (line[5].units, acts[5]) == (16, "relu"), f"The first Dense should give 16 numbers, with 'relu'; yours gives {line[5].units}, with {acts[5]!r}."
assert line[6].units == 4, f"For four classes, four numbers should come out; yours gives {line[6].units}. Is it `classes`?"
assert acts[6] == "softmax", f"The last activation should be 'softmax', given by this name; yours is {acts[6]!r}."
other = attempt(build_classifier, 7)
assert other is not model, "Called twice, it gave the same network. It should be new each time."
assert other.output_shape[-1] == 7, f"build_classifier(7) should give 7 numbers for a picture; yours gives {other.output_shape[-1]}. The last Dense has `classes` numbers."
assert all(layer.trainable for layer in line), "A layer is frozen (`trainable = False`), so it would never be nudged."
chances = np.asarray(model(np.full((2, 16, 24, 1), 50, np.float32)))
print(f"{model.count_params():,} numbers to learn. Untrained, it says of a grey square: {chances[0].round(2)}, which adds up to {chances[0].sum():.2f}.")

# %% [markdown]
# Most of the 6,484 numbers are in the third convolution (9 × 16 × 32 + 32 = 4,640). The two Dense have 596:
# the pooling leaves them 32 numbers for a picture, however large it is.
#
# Filters see windows here, too: 15 pixels behind the third convolution. But the pooling takes the *largest*
# number of each grid, wherever it stands. If one of the 32 filters has learned to answer to a bright disc,
# one disc anywhere is enough. That is the step from "what is at this place?" to "what is in the picture?"
#
# How good is it? For each picture the class with the largest number is what it *says*.
#
# ### Exercise 6.4 · Accuracy
# **2 points · about 4 minutes**
#
# Write `accuracy(probabilities, numbers)`.
#
# - `probabilities`: a float array (N, classes), what a classifier gives. `numbers`: an integer array
#   (N,), the right classes. N from 1 up.
# - Returns the share of the pictures for which the largest of the row stands in the right column: one
#   plain number from 0 to 1. (No row has two largest numbers.)
#
# <details><summary>Hint 1 · the idea</summary>
#
# Three steps: what does it say for each picture, where is that right, how large is the share?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.argmax` finds the place of the largest number; its `axis` says whether along rows or columns.
# `np.mean` of True and False is a share.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `said = np.argmax(GAP, axis=GAP)`, and then the mean of a comparison.
#
# </details>

# %% answer="accuracy"
# ✏️ Answer: accuracy
def accuracy(probabilities, numbers):
    """The share of pictures, from 0 to 1, whose most probable class is the right one."""
    ### BEGIN SOLUTION
    return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
    ### END SOLUTION


# %% check="accuracy"
# 🔎 Check: accuracy
chances = np.array([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5], [0.1, 0.6, 0.3], [0.5, 0.2, 0.3]])
right = np.array([0, 1, 2, 2, 1])
by_class = {r"could not be broadcast together with shapes \(3,\)": "Your 3 answers are one for each class; wanted is one for each of the 5 pictures. A picture is a row, and `axis=1` goes along the rows."}
same(
    attempt_with(by_class, accuracy, chances, right),
    0.6,
    "With 3 of 5 pictures right, the accuracy",
    atol=1e-6,
    slips={
        "That is the number of right ones. Their share is wanted.": 3,
        "That is a percentage. A number from 0 to 1 is wanted.": 60,
        "That is the share of the wrong ones.": 0.4,
        "argmax without `axis` looks at the whole table at once and gives a single number. One for each picture is wanted, and a picture is a row: axis 1.": 0.2,
        "That is what comes of `np.max`, which says how large the largest number is. In which column it stands, `np.argmax` says.": 0,
        "That is the mean probability of the right class. What the classifier *says* is the class with the largest.": np.mean(chances[np.arange(5), right]),
    },
    why="It says 0, 1, 2, 1, 0, and right is 0, 1, 2, 2, 1. Along which axis does argmax look?",
)
same(attempt(accuracy, chances[:1], right[:1]), 1, "For a single picture that is right", why="Does your code need more than one picture?")
same(attempt(accuracy, chances[3:], right[3:]), 0, "For two pictures that are both wrong", why="None is right.")
print(f"3 of 5 right: {accuracy(chances, right):.0%}. Whoever guesses among four classes gets 25 % on average.")

# %% [markdown]
# One number does not say *which* scenes are taken for which. A table does.
#
# ### Exercise 6.5 · Who is taken for whom
# **3 points · about 7 minutes**
#
# Write `confusion(probabilities, numbers, classes)`.
#
# - `probabilities` and `numbers` as in 6.4. `classes`: how many classes there are.
# - Returns an integer array (classes, classes), the **confusion matrix**: in row r and column c, how many
#   pictures of class r were said to be of class c. So a row is what a picture *is*, a column what was
#   *said*, and right answers stand on the diagonal.
# - A class that never occurs, or is never said, keeps its row and its column.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Begin with zeros. Each picture adds 1 at one place.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# A loop over `zip(numbers, said)` does it. Beware of `counts[numbers, said] += 1` without a loop: if a
# place comes several times, NumPy adds 1 once. `np.add.at` adds each time.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `counts = np.zeros((classes, classes), GAP)`, then `for is_one, said_one in zip(GAP, GAP):` with
# `counts[GAP, GAP] += 1` in it.
#
# </details>

# %% answer="confusion"
# ✏️ Answer: confusion
def confusion(probabilities, numbers, classes):
    """How many pictures of class r (row) were said to be of class c (column): integers (classes, classes)."""
    ### BEGIN SOLUTION
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (numbers, np.argmax(probabilities, axis=1)), 1)
    return counts
    ### END SOLUTION


# %% check="confusion"
# 🔎 Check: confusion
chances = np.array([[0.9, 0.1, 0, 0], [0.8, 0.2, 0, 0], [0.3, 0.6, 0.1, 0], [0.1, 0.2, 0.7, 0], [0, 0.6, 0.4, 0]])
right, wanted = np.array([0, 0, 0, 2, 2]), np.array([[2, 1, 0, 0], [0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]])
got = attempt(confusion, chances, right, 4)
same(
    got,
    wanted,
    "Five pictures, three of class 0 and two of class 2, in a table that",
    slips={
        "Rows and columns have changed places: the row is what a picture *is*, the column what was *said*.": wanted.T,
        "Two pictures of class 0 were said to be 0, and only one of them is counted: `counts[numbers, said] += 1` adds once for each place.": np.minimum(wanted, 1),
        "These are shares. Counts are wanted.": wanted / 5,
        "Classes that do not occur, or are never said, have a row and a column as well: `classes` says how many.": [[2, 1, 0], [0, 0, 0], [0, 1, 1]],
        "Only the right answers are counted.": np.diag(np.diag(wanted)),
    },
    why="Said was 0, 0, 1, 2, 1. At which place does the third picture count?",
)
assert np.asarray(got).dtype.kind in "iu", f"Counts are whole numbers; yours are {np.asarray(got).dtype}. np.zeros makes floats if it is not told otherwise."
same(attempt(confusion, chances[:1, :2], right[:1], 2), [[1, 0], [0, 0]], "For a single picture and two classes, a table that", why="One picture, one count.")
all_of_one = attempt(confusion, np.eye(2)[np.zeros(300, int)], np.zeros(300, np.uint8), 2)
assert all_of_one[0, 0] == 300, f"300 pictures of class 0, all named rightly, should be counted as 300; yours are {all_of_one[0, 0]}. A uint8 ends at 255: `int` counts as far as one likes."
print("Rows: what it is. Columns: what was said.")
print(np.asarray(got))

# %% [markdown]
# ### The loss of a classifier
#
# Accuracy cannot be trained on: a nudge of a weight changes no answer, and the slope is zero. The
# **cross-entropy** can: −ln of the probability that the *right* class got, averaged over the pictures.
# Sure and right costs nothing, sure and wrong costs much.
#
# > **Predict.** What does it cost to say 1/4 for each of four classes, always? That is the classifier
# > that knows nothing: the baseline of this loss.

# %% tags=["open"]
for chance in (0.99, 0.9, 0.5, 0.25, 0.01):  # change these
    print(f"the right class got {chance:.2f}: cross-entropy {-np.log(chance):.3f}")

# %% [markdown]
# Whoever knows nothing pays −ln(1/4) = ln 4 = 1.386. Below that, something has been learned.
#
# ### Exercise 6.6 · Train the classifier
# **2 points · about 8 minutes · builds on 6.2**
#
# Write `train_classifier(model, X, numbers, epochs)`.
#
# - `model`: a classifier, not compiled, that takes (N, H, W, 1) and gives (N, classes). `X`: float32
#   (N, H, W, 1), L. `numbers`: an integer array (N,). `epochs`: a whole number from 1 up.
# - If all numbers are the same, it raises a `ValueError` that names this number: from one class nothing
#   can be learned but to say it always.
# - Otherwise it compiles this very model, with Adam at a learning rate of 0.003 and the cross-entropy of
#   classes, and trains it for so many epochs with batch size 8.
# - Returns the list of its losses, plain floats, one for each epoch, as Keras reports them.
# - `verbose=0` keeps it quiet. It is not part of the points.
#
# Keras has two names for this loss: `"categorical_crossentropy"` wants one-hot rows,
# `"sparse_categorical_crossentropy"` the numbers themselves. Both are right here.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Look at the numbers, compile, `fit`, return what it kept: as in exercises 4.7 and 4.8.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `keras.optimizers.Adam` has a `learning_rate`. The target has a row for each picture and a column for
# each class that comes *out of the model*: `model.output_shape[-1]`. `np.unique` says which numbers
# occur.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# After the ValueError: `model.compile(optimizer=GAP, loss=GAP)`, then
# `diary = model.fit(X, GAP, batch_size=GAP, epochs=GAP, verbose=0)`, then the list in `diary.history`.
#
# </details>

# %% answer="train_classifier"
# ✏️ Answer: train_classifier
def train_classifier(model, X, numbers, epochs):
    """Compile a classifier and train it in place; return its losses, one an epoch. ValueError if there is one class only."""
    ### BEGIN SOLUTION
    if len(np.unique(numbers)) < 2:
        raise ValueError(f"All pictures are of class {numbers[0]}: nothing can be learned but to say it always.")
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
    target = one_hot(numbers, model.output_shape[-1])
    history = model.fit(X, target, batch_size=8, epochs=epochs, verbose=0)
    return [float(loss) for loss in history.history["loss"]]
    ### END SOLUTION


# %% check="train_classifier"
# 🔎 Check: train_classifier
model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.GlobalMaxPooling2D(), layers.Dense(3, activation="softmax")])
model.set_weights([np.zeros((1, 3), np.float32), np.zeros(3, np.float32)])
levels = np.array([0, 1, 2, 0, 1, 2, 0, 1])
few = np.ones((8, 8, 8, 1), np.float32) * levels.reshape(8, 1, 1, 1).astype(np.float32)
with capture_output() as noise:
    got = attempt(train_classifier, model, few, levels, 2, returns=False)
assert model.compiled, "The model that was handed in is not compiled. Is it this one that you compile and train?"
assert not isinstance(got, keras.callbacks.History), "That is what `fit` returns, a History. Where in it are the losses?"
assert isinstance(got, (list, tuple, np.ndarray)) and len(got) == 2, f"For 2 epochs a list of 2 losses should come back; what came is {describe(got)}."
assert all(isinstance(loss, float) for loss in got), f"Each loss should be a plain float; yours are {type(got[0]).__name__}."
steps = int(model.optimizer.iterations)
cause = "Keras takes 32 pictures at a time if it is not told otherwise." if steps == 2 and abs(got[0] - 1.0986) > 1e-3 else "Which batch size, and how many epochs, does `fit` get?"
assert steps == 2, f"Eight pictures, 8 at a time, 2 epochs: 2 nudges. Yours made {steps}. {cause}"
names = {0.2222: "mean squared error", 0.6931: "cross-entropy of yes-or-no questions (binary)", 0.4444: "mean absolute error"}
found = next((f" That is the {name}." for value, name in names.items() if abs(got[0] - value) < 1e-3), "")
smooth = isinstance(model.loss, keras.losses.Loss) and model.loss.get_config().get("label_smoothing")
assert not smooth, "Your loss has label_smoothing: it wants less than 1 for the right class. Wanted is the plain cross-entropy."
assert abs(got[0] - np.log(3)) < 1e-3, f"This model says 1/3 for each of three classes, so its first loss should be −ln(1/3) = 1.0986; yours is {got[0]:.4f}.{found}"
assert type(model.optimizer) is keras.optimizers.Adam, f"The optimizer should be Adam; yours is {type(model.optimizer).__name__}."
rate = float(model.optimizer.learning_rate)
assert abs(rate - 0.003) < 1e-6, f"The learning rate should be 0.003; yours is {rate:g}."
assert got[1] < got[0], f"The loss should fall on this easy task; yours went from {got[0]:.4f} to {got[1]:.4f}."
need_refusal(train_classifier, model, few, np.full(8, 2), 1, what="A set of eight pictures, all of class 2,", names="2")
for second in (1, 2):
    other = keras.models.clone_model(model)
    causes = {r"is no class|must have the same shape": f"Of the model's three classes only 0 and {second} occur here. Count the classes by what comes out of the model, not by which occur."}
    other.set_weights([np.array([[1, 0, -1]], np.float32), np.zeros(3, np.float32)])
    given, scores = np.resize([0, second], 8), few[:, 0, 0] * np.array([1, 0, -1])
    wanted = np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(8), given])
    with capture_output():
        (loss,) = attempt_with(causes, train_classifier, other, few, given, 1)
    assert abs(loss - wanted) < 1e-3, f"A model that looks at the lightness: its first loss should be {wanted:.4f}; yours is {loss:.4f}. Are the pictures handed to `fit` as they came, L unscaled?"
nine = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.GlobalMaxPooling2D(), layers.Dense(3, activation="softmax")])
with capture_output():
    attempt(train_classifier, nine, np.concatenate([few, few[:1]]), np.append(levels, 0), 1, returns=False)
steps = int(nine.optimizer.iterations)
cause = "Keras takes 32 pictures at a time if it is not told otherwise." if steps == 1 else "Which batch size does `fit` get?"
assert steps == 2, f"Nine pictures, 8 at a time, one epoch: 2 nudges, the second with a single picture. Yours made {steps}. {cause}"
print(f"Two nudges, and the loss goes from {got[0]:.4f}, that of one who knows nothing, to {got[1]:.4f}. Below it gets 500 nudges.")
if noise.stdout:
    print("Your training prints while it runs. That is not wrong; `verbose=0` keeps it quiet.")

# %% [markdown]
# ## Part 3 · What is this a picture of?
#
# Now in earnest: 400 grey pictures, ten epochs, about five seconds on two cores. And the same again with
# a pooling that takes the *mean* of each grid in place of the largest number.
#
# > **Predict.** The sun is 10 pixels wide in a picture of 48 × 48. Which of the two learns faster, the
# > one with the largest number or the one with the mean?

# %%
def with_mean(model):
    """The same layers, new, with a mean in the place of the largest number."""
    stack = [layers.GlobalAveragePooling2D() if isinstance(one, layers.GlobalMaxPooling2D) else type(one).from_config(one.get_config()) for one in layers_in_line(model) if not isinstance(one, layers.InputLayer)]
    return keras.Sequential([keras.Input(shape=(None, None, 1)), *stack])


keras.utils.set_random_seed(6)
fresh = is_model(attempt(build_classifier, len(SCENES)))
mean_one = with_mean(fresh)
epochs = 2 if GRADED else 10
costs = {
    "the largest number": attempt(train_classifier, fresh, X, numbers, epochs),
    "the mean": attempt(train_classifier, mean_one, X, numbers, epochs),
}
classifier = fresh
hits = [attempt(accuracy, np.asarray(model(x)), unseen_numbers) for model in (fresh, mean_one)]
figure, axis = plt.subplots(figsize=(8, 3.2), layout="constrained")
for (name, line), hit, color, style in zip(costs.items(), hits, ("#0072b2", "#d55e00"), ("o-", "s--")):
    axis.plot(range(1, epochs + 1), line, style, color=color, markersize=4, label=f"{name}: {hit:.0%} right on unseen pictures")
axis.axhline(np.log(4), color="black", linestyle=":", linewidth=1)
axis.text(epochs, np.log(4) + 0.04, f"knows nothing: {np.log(4):.3f}", ha="right", fontsize=9)
axis.set(xlabel="epochs", ylabel="cross-entropy", ylim=(0, 1.7))
axis.set_title("Two classifiers that differ in one layer", fontsize=11)
axis.spines[["top", "right"]].set_visible(False)
figure.legend(loc="outside lower center", ncols=2, fontsize=9)
show(
    figure,
    alt="The cross-entropy over the epochs, and the accuracy on unseen pictures at the end. "
    + " ".join(f"With {name}: {line[0]:.3f} at first, {line[-1]:.3f} at last, {hit:.0%} right." for (name, line), hit in zip(costs.items(), hits))
    + f" A dotted line at {np.log(4):.3f} stands for one who knows nothing.",
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# As a rule, the one with the largest number falls faster: in two other runs it named 99 % and 97 % of the
# unseen pictures after four epochs, the one with the mean 52 % and 57 %. A sun covers a thirtieth of a
# picture: in a mean that is a thirtieth of the sum, as the largest number it is everything. But after ten
# epochs both are nearly always right. So be wary of anyone who says that a network *cannot* learn
# something: perhaps it only takes longer.
#
# </details>
#
# And where is it wrong? Your table, on pictures that it never saw.

# %%
need_trained(classifier)
chances = np.asarray(classifier(x))
table = attempt(confusion, chances, unseen_numbers, len(SCENES))
said = np.argmax(chances, axis=1)
missed = np.flatnonzero(said != unseen_numbers)[:3]
figure, axes = plt.subplots(1, 1 + max(1, len(missed)), figsize=(10.4, 3.2), width_ratios=[1.6] + [1] * max(1, len(missed)), layout="constrained")
axes[0].imshow(table, cmap="Blues", vmax=1.5 * table.max())
for (row, column), count in np.ndenumerate(table):
    axes[0].text(column, row, count, ha="center", va="center", fontsize=11)
axes[0].set_xticks(range(4), SHORT)
axes[0].set_yticks(range(4), SHORT)
axes[0].set(xlabel="said", ylabel="is")
for axis in axes[1:]:
    axis.axis("off")
for axis, place in zip(axes[1:], missed):
    axis.imshow(x[place, ..., 0], cmap="gray", vmin=0, vmax=100)
    axis.set_title(f"is {SHORT[unseen_numbers[place]]},\nsaid {SHORT[said[place]]} with {chances[place].max():.0%}", fontsize=9)
if not len(missed):
    axes[1].set_title("no mistake here", fontsize=10)
show(
    figure,
    alt=f"The confusion matrix of {len(x)} unseen pictures, {accuracy(chances, unseen_numbers):.0%} right. "
    + " ".join(f"{name}: said to be {', '.join(f'{count} times {other}' for other, count in zip(SCENES, row) if count) or 'nothing'}." for name, row in zip(SCENES, table))
    + (f" Beside it {len(missed)} grey pictures that it took for another scene." if len(missed) else ""),
)

# %% [markdown]
# What does it go by? Forgery tells: change one thing in a picture, and ask again. Here are four, each in
# all unseen pictures of a scene: a false sun in the sky of a day; every bright pixel of an evening made
# grey; the leaves of an autumn laid on a summer's meadow; a summer's meadow laid over the leaves of an
# autumn.
#
# > **Predict.** Which of the four will deceive it? And a sun on the sand, where none ever stood?
#
# **🎲 To play with.** Move the false sun: change the three numbers at the top of the next cell and run it
# again. The sand lies at the bottom, from row 40 on.

# %% tags=["open"]
row, column, radius = 12, 24, 5  # change these

need_trained(classifier)
day, evening, summer, autumn = (x[unseen_numbers == scene] for scene in range(4))
many = min(map(len, (day, evening, summer, autumn)))
sunny, dull, littered, swept = (part[:many].copy() for part in (day, evening, summer, autumn))
down, across = np.mgrid[0:48, 0:48]
sunny[:, np.hypot(down - row, across - column) < radius + 0.5] = 97
dull[dull > 84] = np.median(dull)
littered[:, 40:] = autumn[:many, 40:]
swept[:, 36:] = summer[:many, 36:]
figure, axes = plt.subplots(2, 4, figsize=(10.4, 5.4), layout="constrained")
told = []
for scene, before, after, what, (above, below) in zip(range(4), (day, evening, summer, autumn), (sunny, dull, littered, swept), ("a sun is painted in", "its bright pixels made grey", "leaves laid on it", "its leaves covered"), axes.T):
    answers = np.asarray(classifier(after))
    other = (1, 0, 3, 2)[scene]  # what the forger wants
    fooled = np.mean(np.argmax(answers, axis=1) == other)
    above.imshow(before[1, ..., 0], cmap="gray", vmin=0, vmax=100)
    above.set_title(f"{SHORT[scene]}: says {SHORT[np.argmax(classifier(before[1:2]))]}", fontsize=10)
    below.imshow(after[1, ..., 0], cmap="gray", vmin=0, vmax=100)
    below.set_title(f"{what}: {fooled:.0%}\nof {many} are now taken for {SHORT[other]}", fontsize=9)
    told.append(f"{SHORT[scene]}, {what}: {fooled:.0%} of {many} pictures are taken for {SHORT[other]}")
for axis in axes.ravel():
    axis.set(xticks=[], yticks=[])
show(figure, alt="One grey picture of each scene, and below it the same after a forgery. " + "; ".join(told) + ".")

# %% [markdown]
# <details><summary>What to see</summary>
#
# Where a forgery works on most pictures, you have found what it goes by: the sun, the leaves. It found
# that out by itself, and not always the same: in three other runs, a sun in the sky turned 70 % to all of
# thirty days into evenings, and one on the sand 7 % to 80 %. Some had learned "a bright disc", others "a
# bright disc in the sky"; nobody told them which. A classifier knows what helped it to be right, and that
# need not be what *you* would go by.
#
# </details>
#
# Four numbers for a picture, and they hold what no window knows. Such a short description of a whole
# picture is called an **embedding**. Now it has to get to every place.

# %% [markdown]
# ## Part 4 · Fusion
#
# A classifier looks at the whole picture; a second network colours through a window of 15 pixels. How does
# the one tell the other? It hands over its embedding, a *vector* of numbers: here its four probabilities.
# The tutorial of 2017 took the 1,000 numbers of Inception-ResNet-v2, a classifier that was trained on 1.2
# million photos.
#
# The vector belongs to no place in the picture. What the colouring network has inside is a grid: at each
# place a few channels, the **features**. So the vector is written into *every cell* of the grid, behind the
# channels that are there already. Then a convolution with kernels of 1 × 1 mixes them, in each
# cell by itself. This is called **fusion**. Iizuka, Simo-Serra and Ishikawa brought it into colouring in
# 2016.

# %%
figure, axis = plt.subplots(figsize=(9.2, 2.5), layout="constrained")
for start, size, channels, colour, title in ((0, 4, 3, "#bbbbbb", "features\n(4, 4, 3)"), (7, 4, 2, "#d55e00", "the vector, in each cell\n(4, 4, 2)"), (14, 4, 5, None, "fused\n(4, 4, 5)"), (22, 4, 3, "#0072b2", "behind 1 × 1 filters\n(4, 4, 3)")):
    for channel in reversed(range(channels)):
        face = colour or ("#bbbbbb" if channel < 3 else "#d55e00")
        for row, column in np.ndindex(size, size):
            axis.add_patch(plt.Rectangle((start + column + 0.45 * channel, -row + 0.45 * channel), 1, 1, facecolor=face, edgecolor="white", linewidth=1.2))
    axis.text(start + 2 + 0.2 * channels, -4.3, title, ha="center", va="center", fontsize=10)
for place, sign in ((6.2, "+"), (12.9, "→"), (21.0, "→")):
    axis.text(place, -0.6, sign, ha="center", va="center", fontsize=18)
axis.set(xlim=(-0.5, 28), ylim=(-5.3, 3.3), aspect="equal")
axis.axis("off")
show(figure, alt="Four grids of 4 × 4 cells. Features with 3 channels, plus the vector of 2 numbers repeated in each cell, make a grid with 5 channels; behind a convolution with three 1 × 1 filters it has 3 channels again.")

# %% [markdown]
# > **Predict.** The features of a picture are a grid of 32 × 32 cells with 256 channels, and the
# > embedding has 1,000 numbers. Does a 1 × 1 convolution with 256 filters behind the fusion learn more, or
# > fewer, numbers than a 3 × 3 convolution of 256 filters on the features alone (590,080)?

# %% [markdown]
# ### Exercise 6.7 · The shape of what is fused
# **2 points · about 4 minutes**
#
# Write `fused_shape(features_shape, embedding_size, filters)`, with arithmetic only: no Keras.
#
# - `features_shape`: a tuple (N, h, w, c) of whole numbers: N pictures, for each a grid of h × w cells
#   with c channels. `embedding_size`: how many numbers the vector of a picture has, from 1 up.
#   `filters`: how many filters the 1 × 1 convolution behind the fusion has, from 1 up.
# - Returns two values: the shape of the fused grid, a tuple of four whole numbers; and how many numbers
#   the 1 × 1 convolution learns, kernels and biases.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Look at the drawing: which of the four numbers of the shape changes, and how? And how many numbers does
# one filter multiply, if its kernel covers a single cell?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# The channels of both stand behind each other. In lesson 4 a filter with a 3 × 3 kernel had nine numbers
# for each channel that comes in, and one bias.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# Unpack `features_shape` into four names. Then return a tuple, the first three of them and `GAP`, and the
# number `(GAP + 1) * filters`.
#
# </details>

# %% answer="fused_shape"
# ✏️ Answer: fused_shape
def fused_shape(features_shape, embedding_size, filters):
    """The shape (N, h, w, channels) behind a fusion, and how many numbers a 1 × 1 convolution with `filters` filters learns there."""
    ### BEGIN SOLUTION
    pictures, height, width, channels = features_shape
    fused = channels + embedding_size
    return (pictures, height, width, fused), (fused + 1) * filters
    ### END SOLUTION


# %% check="fused_shape"
# 🔎 Check: fused_shape
for given, wanted, learned in ((((8, 12, 10, 32), 4, 16), (8, 12, 10, 36), 592), (((1, 5, 7, 3), 2, 9), (1, 5, 7, 5), 54)):
    (n, h, w, c), e, f = given
    what = f"fused_shape{given}"
    got = attempt(fused_shape, *given)
    assert isinstance(got, (tuple, list)) and len(got) == 2, f"{what} should return two values, a shape and a number; what came is {describe(got)}."
    same(
        got[0],
        wanted,
        f"The shape of {what}",
        slips={
            "The channels are multiplied. They stand behind each other: how many are there then?": (n, h, w, c * e),
            "Those are the channels of the vector alone. The features' own stay.": (n, h, w, e),
            "That is the shape behind the convolution. Asked for is the fused grid, in front of it.": (n, h, w, f),
            "The features have not changed. How many channels has a cell in which the vector stands as well?": (n, h, w, c),
            "The vector was added along the height. The grid stays as it is: each cell gets the whole vector.": (n, h + e, w, c),
            "The vector was added along the width. The grid stays as it is: each cell gets the whole vector.": (n, h, w + e, c),
        },
        why="The grid stays, and each cell gets the whole vector behind its channels.",
    )
    assert np.ndim(got[1]) == 0, f"The second value of {what} should be one number; what came is {describe(got[1])}."
    same(
        got[1],
        learned,
        f"The second value of {what}",
        slips={
            "The biases are missing: one for each filter.": (c + e) * f,
            "That is one bias in all. Each filter has its own.": (c + e) * f + 1,
            "Those are 3 × 3 kernels. A kernel of 1 × 1 has one number for each channel.": (9 * (c + e) + 1) * f,
            "In that, a filter sees the features' channels only. It sees those of the vector as well.": (c + 1) * f,
            "That is one filter. How many are there?": c + e + 1,
            "The cells of the grid do not count: the same filter is used in all of them.": (c + e + 1) * f * h * w,
        },
        why="One filter first: one number for each channel that comes in, and a bias.",
    )
print("Fused:", *fused_shape((1, 24, 24, 32), 4, 32), "in this lesson,", *fused_shape((1, 32, 32, 256), 1000, 256), "in the tutorial.")

# %% [markdown]
# <details><summary>Your prediction</summary>
#
# 32 × 32 cells with 1,256 channels are 1.3 million numbers, 1,000 of 1,256 the same in each cell. The
# 1 × 1 convolution learns 321,792 numbers, fewer than the 590,080: its kernels have one number for a
# channel, and not nine. Four fifths of them, 256,000, listen to the vector.
#
# </details>

# %% [markdown]
# ### Exercise 6.8 · Fuse
# **2 points · about 9 minutes**
#
# Write `fuse(features, embedding)` with NumPy.
#
# - `features`: a float array (N, h, w, c), the grids of N pictures. h and w need not be equal.
#   `embedding`: a float array (N, e), a vector for each picture, in the same order. Every one of these
#   numbers may be 1.
# - Returns a float array (N, h, w, c + e). In each cell, first the c numbers that `features` has there,
#   then the e numbers of *this picture's* vector. Nothing is scaled.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Make the vectors a grid of the same height and width first. Then put the two grids behind each other,
# along the axis of the channels.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `embedding[:, np.newaxis, np.newaxis, :]` is a grid of 1 × 1 cells. `np.repeat` along axis 1 and then
# along axis 2 makes it larger, and so does `np.broadcast_to` with the full shape. `np.concatenate` has
# an `axis`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# For a *line* of cells, features (N, w, c), it would be
# `line = np.repeat(embedding[:, np.newaxis, :], features.shape[1], axis=1)` and
# `np.concatenate([features, line], axis=2)`. A grid has one axis more, and one repetition more.
#
# </details>

# %% answer="fuse"
# ✏️ Answer: fuse
def fuse(features, embedding):
    """Write each picture's vector, (N, e), into every cell of its grid, (N, h, w, c), behind the channels: (N, h, w, c + e)."""
    ### BEGIN SOLUTION
    pictures, height, width, _ = features.shape
    grid = np.broadcast_to(embedding[:, np.newaxis, np.newaxis], (pictures, height, width, embedding.shape[1]))
    return np.concatenate([features, grid], axis=-1)
    ### END SOLUTION


# %% check="fuse"
# 🔎 Check: fuse
features, vectors = np.arange(24.0).reshape(1, 3, 4, 2), np.array([[0.5, 0.25, 0.125]])
causes = {
    r"along dimension ([12]), .*has size (\d+) and .*has size (\d+)": "Features and vectors do not have the same cells: along axis {0} the features have {1}, what is to stand behind them {2}. The vector is repeated h times along axis 1 and w times along axis 2.",
    "must have same number of dimensions": "The vectors, (N, e), need two more axes in the middle before they can stand behind the features: `embedding[:, np.newaxis, np.newaxis, :]`.",
}
got = attempt_with(causes, fuse, features, vectors)
assert hasattr(got, "shape"), f"The fused grids should be one array; what came is {describe(got)}."
axes = {(4, 3, 4, 2): "They stand along the axis of the pictures.", (1, 6, 4, 2): "They stand below each other, along the height.", (1, 3, 7, 2): "They stand beside each other, along the width."}
shape = np.shape(got)
assert shape == (1, 3, 4, 5), f"Features (1, 3, 4, 2) and a vector (1, 3) make (1, 3, 4, 5); yours has the shape {shape}. {axes.get(shape, 'The grid stays, and the channels of both stand behind each other.')}"
grid = np.full((1, 3, 4, 3), vectors[0])
same(
    got[0, 1, 2],
    [12, 13, 0.5, 0.25, 0.125],
    "The cell in row 1, column 2, features 12 and 13, with the vector 0.5, 0.25, 0.125",
    slips={
        "The vector stands in front. The features come first.": [0.5, 0.25, 0.125, 12, 13],
        "There are zeros in the place of the vector.": [12, 13, 0, 0, 0],
        "The numbers of the vector have been scattered over the cells. Each cell gets the whole vector, in its order.": np.concatenate([features, np.repeat(vectors, 12).reshape(1, 3, 4, 3)], axis=-1)[0, 1, 2],
    },
    why="First the two features of this cell, then the three numbers of the vector.",
)
same(got, np.concatenate([features, grid], axis=-1), "The fused grid", why="Each cell keeps its features and gets the whole vector.")
several, theirs = np.arange(24.0).reshape(2, 2, 3, 2), np.array([[1.0, 2], [3, 4]])
wanted = np.concatenate([several, np.repeat(np.repeat(theirs[:, None, None], 2, 1), 3, 2)], axis=-1)
same(
    attempt(fuse, several, theirs),
    wanted,
    "For two pictures, with the vectors (1, 2) and (3, 4), the fused grid",
    slips={
        "Both pictures got the vector of the first. Each has its own.": np.concatenate([several, np.broadcast_to(theirs[0], several.shape)], axis=-1),
        "The vectors of the two pictures are mixed: neighbouring cells of one picture have different ones. All cells of a picture get the same vector.": np.concatenate([several, np.resize(theirs, several.shape)], axis=-1),
        "Both pictures got both vectors' mean. Each has its own vector.": np.concatenate([several, np.broadcast_to(theirs.mean(axis=0), several.shape)], axis=-1),
    },
    why="All cells of picture 0 get the vector (1, 2), all of picture 1 the vector (3, 4).",
)
for sides in ((1, 1, 1, 1), (3, 2, 5, 1)):
    small = attempt(fuse, np.ones(sides), np.full((sides[0], 2), 7.0))
    assert np.shape(small) == (*sides[:3], 3), f"Features {sides} and vectors {(sides[0], 2)} make {(*sides[:3], 3)}; yours has the shape {np.shape(small)}."
print("Fused: each cell has its own features, and all cells of a picture the same vector.")

# %% [markdown]
# ### What a 1 × 1 convolution makes of it
#
# A 1 × 1 convolution multiplies the numbers of a cell with a small matrix, the same one in all cells.
# In NumPy it is a single `@`.
#
# > **Predict.** Take the matrix apart: some of its rows belong to the features, the others to the
# > vector. What do the rows of the vector add in the different cells of one picture?

# %%
rng = np.random.default_rng(0)
features, vectors, kernel = rng.normal(size=(2, 3, 3, 4)), rng.uniform(size=(2, 2)), rng.normal(size=(6, 2))
together = attempt(fuse, features, vectors) @ kernel
apart = features @ kernel[:4]
for picture in range(2):
    added = (together - apart)[picture].reshape(9, 2)
    print(f"picture {picture}: the vector adds {added[0].round(3)} in the first cell and {added[-1].round(3)} in the last; largest difference {np.ptp(added, axis=0).max():.0e}")
print(f"                the vectors times their rows of the matrix: {(vectors[0] @ kernel[4:]).round(3)} and {(vectors[1] @ kernel[4:]).round(3)}")

# %% [markdown]
# <details><summary>What happened</summary>
#
# The same two numbers in all cells of a picture, and others in the other picture. An ordinary filter has
# one bias for all pictures of the world; behind a fusion, *each picture brings its own*. With one bias a
# patch of sky means blue, with another one orange, and the ReLU behind it can switch whole filters on or
# off. That is all that fusion does, and it is enough.
#
# </details>
#
# ### Two inputs in Keras
#
# For two inputs, each layer is *called* on what it gets, and gives something to call the next one on; at
# the end `keras.Model` is told what goes in and what comes out. A small example, with a line of cells
# instead of a grid:

# %% tags=["open"]
line, vector = keras.Input((6, 3)), keras.Input((2,))
repeated = layers.RepeatVector(6)(vector)
fused = layers.Concatenate()([line, repeated])
example = keras.Model([line, vector], fused)
print("RepeatVector(6) makes", repeated.shape, "of", vector.shape)
print("Concatenate makes    ", fused.shape, "of", line.shape, "and", repeated.shape)
print("A layer that cuts the same numbers into another shape:", layers.Reshape((3, 2, 2))(repeated).shape)

# %% [markdown]
# `None` counts the pictures. `Concatenate` puts things behind each other along the last axis, if it is
# not told otherwise. And here is the network that knows nothing of scenes: the local one, with which
# yours will be compared.

# %% tags=["open"]
def build_local(width, side=48):
    """The network without fusion: L (n, side, side, 1) to ab / 128 (n, side, side, 2)."""
    L = keras.Input((side, side, 1))
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(L)
    x = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(2 * width, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(2 * width, 1, padding="same", activation="relu")(x)
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D()(x)
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    return keras.Model(L, x)


print(f"{build_local(16).count_params():,} numbers to learn")

# %% [markdown]
# ### Exercise 6.9 · A network that is told
# **4 points · about 15 minutes**
#
# Write `build_fusion(width, classes, side)`: the local network, with a fusion in front of its 1 × 1
# convolution.
#
# | layer | filters | kernel | stride | activation |
# |---|---|---|---|---|
# | Conv2D | width | 3 × 3 | 1 | ReLU |
# | Conv2D | width | 3 × 3 | 2 | ReLU |
# | Conv2D | 2 · width | 3 × 3 | 1 | ReLU |
# | the embedding, repeated over the grid; Concatenate | none | none | none | none |
# | Conv2D | 2 · width | 1 × 1 | 1 | ReLU |
# | Conv2D | width | 3 × 3 | 1 | ReLU |
# | UpSampling2D | none | none | none | none |
# | Conv2D | 2 | 3 × 3 | 1 | tanh |
#
# - `width`: a whole number from 1 up. `classes`: how many numbers the embedding has. `side`: height and
#   width of the pictures, an even number; 48 if nothing else is said.
# - Returns a new Keras model, `keras.Model([L, embedding], output)`, with the inputs in this order: L,
#   unscaled, (side, side, 1), and the embedding (classes,). The output is (side, side, 2). It is not
#   compiled, and all its numbers are free to learn.
# - All paddings are `"same"`, initializers stay at their defaults. Give each Conv2D its activation by its
#   name. The first three layers are written.
# - How the vector gets into each cell is yours: with `RepeatVector` and `Reshape`, or in another way with
#   Keras' own layers that learn nothing. (Your `fuse` cannot do it: it works on numbers, and a network
#   that is being built holds none yet.)
#
# The grader trains your network on a drawn world of 32 × 32 pixels, together with your classifier of
# exercise 6.3, and looks at pictures that neither has seen.
#
# <details><summary>Hint 1 · the idea</summary>
#
# From the fourth layer on it is the local network above, but for the two lines that make a grid of the
# vector and put it behind the features. How many cells has the grid behind the stride of 2?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# The grid has `side // 2` rows and as many columns. `layers.RepeatVector` wants the number of all cells,
# `layers.Reshape` a tuple (rows, columns, numbers in a cell). The two things to be put behind each other
# go to `layers.Concatenate()` as a list.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `half = side // 2`, `told = layers.RepeatVector(GAP)(embedding)`,
# `told = layers.Reshape((half, half, GAP))(told)`, `x = layers.Concatenate()(GAP)`. Then the last four
# layers of `build_local`, and at the end `keras.Model` with the list of both inputs.
#
# </details>

# %% answer="build_fusion"
# ✏️ Answer: build_fusion
def build_fusion(width, classes, side=48):
    """Build the fused network, not compiled: L (n, side, side, 1) and an embedding (n, classes) in, ab / 128 (n, side, side, 2) out.

    Three Conv2D with width, width (stride 2) and 2 · width filters; the embedding in each cell; a 1 × 1 Conv2D with 2 · width
    filters, a Conv2D with width, an UpSampling2D, a Conv2D with 2. ReLU, and a tanh at the end.
    """
    L, embedding = keras.Input((side, side, 1)), keras.Input((classes,))
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(L)
    x = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2D(2 * width, 3, padding="same", activation="relu")(x)
    ### BEGIN SOLUTION
    half = side // 2
    told = layers.RepeatVector(half * half)(embedding)
    told = layers.Reshape((half, half, classes))(told)
    x = layers.Concatenate()([x, told])
    for filters, kernel in ((2 * width, 1), (width, 3)):
        x = layers.Conv2D(filters, kernel, padding="same", activation="relu")(x)
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(layers.UpSampling2D()(x))
    return keras.Model([L, embedding], x)
    ### END SOLUTION


# %% check="build_fusion"
# 🔎 Check: build_fusion
def plain_shape(tensor):
    """The shape of an input or output without the axis that counts pictures."""
    return tuple(tensor.shape)[1:]


def convolutions(model):
    """What each Conv2D of a model is, in their order: filters, side of the kernel, stride, activation, side of the grid that it gets."""
    found = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    return [(layer.filters, layer.kernel_size[0], layer.strides[0], getattr(layer.activation, "__name__", "?"), layer.input.shape[1]) for layer in found]


def built(*sizes):
    """What build_fusion returns; where it stops, the message says for which sizes."""
    try:
        return attempt(build_fusion, *sizes)
    except AssertionError as error:
        raise AssertionError(f"For build_fusion{sizes}: {error}") from None


model = built(4, 3, 16)
must_be_model(model)
inputs, outputs = [plain_shape(one) for one in model.inputs], [plain_shape(one) for one in model.outputs]
cause = " The two have changed places: L is first." if inputs == [(3,), (16, 16, 1)] else ""
assert inputs == [(16, 16, 1), (3,)], f"build_fusion(4, 3, 16) should have the inputs (16, 16, 1) and (3,), in this order; yours has {inputs}.{cause}"
assert outputs == [(16, 16, 2)], f"build_fusion(4, 3, 16) should have one output, (16, 16, 2); yours has {outputs}. Which layer doubles the sides again?"
assert not model.compiled, "The model is compiled already. That comes later: here it is built, and no more."
got, table = convolutions(model), [(4, 3, 1, "relu", 16), (4, 3, 2, "relu", 16), (8, 3, 1, "relu", 8), (8, 1, 1, "relu", 8), (4, 3, 1, "relu", 8), (2, 3, 1, "tanh", 16)]
assert len(got) == 6, f"The table has six Conv2D; yours has {len(got)}."
must_have_no_others(model)
assert len(model.trainable_weights) == len(model.weights), "Part of the network is frozen (`trainable = False`). All its numbers should be free to learn."
for number, (mine, wanted) in enumerate(zip(got, table), 1):
    for part, one, other in zip(("{} filters", "kernels of {0} × {0}", "the stride {}", "the activation {!r}"), mine, wanted):
        assert one == other, f"Conv2D number {number} of build_fusion(4, 3, 16) should have {part.format(other)}; yours has {part.format(one)}."
    assert mine[4] == wanted[4], f"Conv2D number {number} of build_fusion(4, 3, 16) should get a grid of {wanted[4]} × {wanted[4]}; yours gets {mine[4]} × {mine[4]}. In which line of the table does the UpSampling2D stand?"
mixing = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)][3]
coming = mixing.kernel.shape[2]
cause = {8: "The vector is not there: is it concatenated in front of this layer?", 24: "The channels were multiplied.", 3: "The features are not there."}.get(coming, "Features and vector stand behind each other along the last axis, that of the channels.")
assert coming == 11, f"Into the 1 × 1 convolution of build_fusion(4, 3, 16) come 8 channels of features and 3 numbers of the vector, 11 in all; in yours {coming}. {cause}"
grey, vectors = np.random.default_rng(0).uniform(0, 1, (1, 16, 16, 1)).astype(np.float32), np.eye(3, dtype=np.float32)
made = [np.array(model([grey, vector[None]])) for vector in vectors]
changed = [np.abs(one - other).max(axis=-1) > 1e-7 for one, other in zip(made, made[1:])]
assert all(places.any() for places in changed), "The picture is the same, whatever the vector says: the embedding goes in, and nothing comes of it. Is it multiplied by zero, or does it never meet the features?"
assert all(places.mean() > 0.5 for places in changed), f"The vector changes only {np.mean(changed):.0%} of the picture. It should stand in every cell of the grid."
assert build_fusion(4, 3, 16) is not model, "build_fusion() called twice gave the same network twice. It should be new each time: build it inside the function."
assert plain_shape(built(4, 3).inputs[0]) == (48, 48, 1), "Without a third argument the side is 48. Leave the first line of the function as it is."
for width, classes, side in ((16, 4, 48), (6, 5, 32)):
    mine, wanted = built(width, classes, side).count_params(), 49 * width**2 + 2 * width * classes + 34 * width + 2
    assert mine == wanted, f"build_fusion({width}, {classes}, {side}) should learn {wanted:,} numbers; yours learns {mine:,}. Do all sizes follow from the arguments?"
print(f"build_fusion(16, 4) learns {build_fusion(16, 4).count_params():,} numbers.")


# %% [markdown]
# > **Predict.** The local network learns 13,090 numbers, yours 13,218. Where are the 128 more? Could so
# > few make much of a difference?
#
# <details><summary>Answer</summary>
#
# 4 numbers of the vector × 32 filters: the rows of the vector in the 1 × 1 convolution, and nothing else.
# How much they do is measured in part 5.
#
# </details>

# %% [markdown]
# ### Exercise 6.10 · The whole way
# **3 points · about 10 minutes**
#
# Write `colour_with(model, classifier, L)`: the way from a grey picture to colours, with nobody who says
# which scene it is.
#
# - `L`: a float array (H, W), lightness from 0 to 100. `classifier`: a Keras model that takes L as a
#   float32 array (1, H, W, 1), unscaled, and gives probabilities, (1, classes). `model`: a Keras model
#   with the inputs [L, embedding] that gives ab / 128, (1, H, W, 2).
# - Asks the classifier, hands its probabilities *as they are* to the model, together with L, and makes
#   a picture of L and what is predicted, as `colorize` did in lesson 4.
# - Returns it: uint8 RGB (H, W, 3), each value within one level of 255 × what `lab2rgb` gives.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Two models, one after the other: what the first one says is the second input of the other.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]` has the four axes. A model with two inputs is
# called with a list of two: both NumPy arrays, for Keras does not mix them with tensors, so make one of
# what the classifier gives, with `np.array`. The set-up has `as_pictures(X, Y)`, for L and ab / 128 with
# all four axes: it multiplies by 128 itself, and the axis of the pictures stays until the end.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `told = np.array(GAP)`, `Y = model([GAP, told])`, and `as_pictures(X, GAP)[GAP]`: the first gap calls the
# classifier, the last one is the number of the only picture.
#
# </details>

# %% answer="colour_with"
# ✏️ Answer: colour_with
def colour_with(model, classifier, L):
    """Colour a grey picture: L (H, W) to uint8 RGB (H, W, 3), with what the classifier says of it as the model's second input."""
    ### BEGIN SOLUTION
    X = np.asarray(L, dtype=np.float32)[np.newaxis, :, :, np.newaxis]
    embedding = np.array(classifier(X))
    return as_pictures(X, model([X, embedding]))[0]
    ### END SOLUTION


# %% check="colour_with"
# 🔎 Check: colour_with
def stand_ins(kernel, bias, says):
    """A model whose ab / 128 is the tanh of the embedding times a kernel, plus a bias; and a classifier that says probabilities, whatever comes."""
    grey, vector = keras.Input((8, 12, 1)), keras.Input((2,))
    told = layers.UpSampling2D((8, 12))(layers.Reshape((1, 1, 2))(vector))
    out = layers.Conv2D(2, 1, activation="tanh")(layers.Concatenate()([grey, told]))
    model = keras.Model([grey, vector], out)
    model.set_weights([np.array(kernel, np.float32).reshape(1, 1, 3, 2), np.array(bias, np.float32)])
    sorter = keras.Sequential([keras.Input((None, None, 1)), layers.GlobalMaxPooling2D(), layers.Dense(2, activation="softmax")])
    sorter.set_weights([np.zeros((1, 2), np.float32), np.log(np.array(says, np.float32))])
    return model, sorter


even = np.full((8, 12), 60.0)
got = attempt(colour_with, *stand_ins([[0, 0], [0, 0], [0, 0]], [0.25, -0.125], [0.5, 0.5]), even)
assert hasattr(got, "shape"), f"The picture should be a NumPy array; what came is {describe(got)}."
sides = {(1, 8, 12, 3): "The axis that counts pictures is still there.", (8, 12, 2): "Those are the two grids of the model: L is missing.", (12, 8, 3): "Height and width have changed places."}
assert np.shape(got) == (8, 12, 3), f"For L of shape (8, 12) the picture is (8, 12, 3); yours has {np.shape(got)}. {sides.get(np.shape(got), '')}"
assert np.asarray(got).dtype.kind != "f" or np.max(got) > 1, "The picture holds floats from 0 to 1, as `lab2rgb` gives them. Wanted is uint8, levels from 0 to 255."
same(
    got[4, 4],
    [186, 125, 173],
    "For L = 60, from a model that says a = 31.3 and b = −15.9 whatever it is told, a pixel in RGB",
    atol=1.01,
    slips={
        "That is grey. Is the prediction on the canvas, times 128?": [145, 144, 145],
        "a and b have changed places.": [136, 151, 88],
        "The prediction times 128 is wanted. Is it 100 in yours?": [178, 130, 167],
        "The colours are 128 times too strong: `as_pictures` multiplies by 128 itself.": [255, 0, 255],
        "The floats of `lab2rgb`, from 0 to 1, were cut off to whole numbers. What makes levels of them?": [0, 0, 0],
        "L is missing, or was divided: layer 0 of the canvas holds L from 0 to 100.": [38, 0, 30],
    },
    why="L into layer 0, the prediction × 128 into layers 1 and 2, lab2rgb, levels from 0 to 255.",
)
assert np.asarray(got).dtype == np.uint8, f"The picture should be uint8; yours is {np.asarray(got).dtype}."
listens = [[0, 0], [0.5, 0], [0, 0.5]]
a, b = rgb2lab(attempt(colour_with, *stand_ins(listens, [0, 0], [0.7, 0.3]), even))[4, 4, 1:]
same(
    [a, b],
    [43.0, 19.1],
    "From a model that makes a = 128 · tanh(p0 / 2) and b = 128 · tanh(p1 / 2) of the probabilities, here 0.7 and 0.3, the pixel's a and b",
    atol=1.5,
    slips={
        "The model was told 1 and 0: only which scene is the likeliest. Hand over the probabilities as they are.": [59.2, 0],
        "The model was told 0 and 1. Hand over the probabilities as they are.": [0, 59.2],
        "The model was told zeros: what the classifier says does not get there.": [0, 0],
        "The two probabilities have changed places.": [19.1, 43.0],
        "The model was told 0.5 and 0.5, or ones and zeros of its own. What does the classifier say?": [31.3, 31.3],
        "The model was told ones.": [59.2, 59.2],
    },
    why="What the classifier says of this picture is the model's second input, as it is.",
)
model, sorter = stand_ins(listens, [0, 0], [0.5, 0.5])
sorter.set_weights([np.array([[0.02, 0]], np.float32), np.zeros(2, np.float32)])
a = rgb2lab(attempt(colour_with, model, sorter, even))[4, 4, 1]
cause = " The classifier got a smaller L: it wants it unscaled, from 0 to 100." if abs(a - 31.5) < 1 else ""
assert abs(a - 46.6) < 1.5, f"A classifier that looks at L, here 60, says 0.77 and 0.23; then a should be 46.6. Yours is {a:.1f}.{cause}"
model.set_weights([np.array([[0.005, 0], [0, 0], [0, 0]], np.float32).reshape(1, 1, 3, 2), np.zeros(2, np.float32)])
a = rgb2lab(attempt(colour_with, model, sorter, even))[4, 4, 1]
assert abs(a - 37.3) < 1.5, f"A model that looks at L, here 60: a should be 37.3. Yours is {a:.1f}. L goes into both models unscaled, from 0 to 100."
print("The classifier looks, the network is told, and colours.")

# %% [markdown]
# ## Part 5 · With and without
#
# Now both networks learn the same pictures with the same recipe: RMSprop, mean squared error, batches of 8,
# 30 epochs, the last eight with smaller steps. One is told what your classifier says of each picture. Both
# are measured on the 120 pictures that no network has seen. It takes a minute or two.
#
# > **Predict.** Which loss ends lower *on the pictures that are trained on*? And is the difference larger
# > by day or in the evening?

# %% tags=["setup"]
local_network = fusion_network = None  # the two networks, as soon as they are trained
EPOCHS = 1 if GRADED else 30


def learn(name, model, inputs, target, unseen_inputs, unseen_target):
    """Train a network in place, say how far it is; return its losses on both sets, epoch by epoch."""
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mean_squared_error")
    losses, unseen_losses, start = [], [], time.perf_counter()
    for epoch in range(1, EPOCHS + 1):
        if epoch == EPOCHS - 7:
            model.optimizer.learning_rate = 2e-4  # smaller steps at the end: no more jumps
        losses += model.fit(inputs, target, batch_size=8, verbose=0).history["loss"]
        unseen_losses.append(model.evaluate(unseen_inputs, unseen_target, batch_size=60, verbose=0))
        passed = time.perf_counter() - start
        print(f"\r{name}: epoch {epoch:2d} of {EPOCHS}   loss {losses[-1]:.4f}   on unseen pictures {unseen_losses[-1]:.4f}   {passed:3.0f} s ", end="")
    print()
    return losses, unseen_losses


def keep_fusion(model):
    """Write the weights to fusion.weights.h5, whole or not at all."""
    try:
        model.save_weights("fusion.part.weights.h5")
        os.replace("fusion.part.weights.h5", "fusion.weights.h5")
    except Exception as error:  # a full disk, a folder that may not be written to: the networks stay
        print(f"fusion.weights.h5 could not be written: {error}")


# %%
need_trained(classifier)
keras.utils.set_random_seed(6)
fused, local = is_model(attempt(build_fusion, 16, len(SCENES))), build_local(16)
embedding, unseen_embedding = (np.array(classifier(part)) for part in (X, x))
curves = {
    "local": learn("local", local, X, Y, x, y),
    "told": learn("told ", fused, [X, embedding], Y, [x, unseen_embedding], y),
}
local_network, fusion_network = local, fused
if not GRADED:
    keep_fusion(fusion_network)
constant_loss = np.mean((y - Y.mean(axis=(0, 1, 2))) ** 2)
figure, axis = plt.subplots(figsize=(9.2, 3.8), layout="constrained")
for (name, (losses, unseen_losses)), colour in zip(curves.items(), ("#d55e00", "#0072b2")):
    epochs = np.arange(1, len(losses) + 1)
    axis.plot(epochs, losses, color=colour, linestyle=":", marker=".", linewidth=1.2, label=f"{name}, trained on")
    axis.plot(epochs, unseen_losses, color=colour, marker="o", markersize=4, label=f"{name}, unseen: {unseen_losses[-1]:.4f} at last")
axis.axhline(constant_loss, color="black", linestyle="--", linewidth=0.9, label=f"best single colour: {constant_loss:.4f}")
top = max(constant_loss, *(unseen_losses[-1] for _, unseen_losses in curves.values()))
axis.set(xlabel="epochs", ylabel="mean squared error", xlim=(0, EPOCHS + 1), ylim=(0, 1.15 * top))
axis.set_title("One epoch alone: a grader or Validate is at work" if GRADED else "The same recipe, with and without 128 numbers more", fontsize=11)
axis.xaxis.get_major_locator().set_params(integer=True)
figure.legend(loc="outside lower center", ncols=3, fontsize=9)
axis.spines[["top", "right"]].set_visible(False)
show(
    figure,
    alt=f"The losses over {EPOCHS} epochs. On unseen pictures the local network goes from {curves['local'][1][0]:.4f} to {curves['local'][1][-1]:.4f}, the one that is told the scene"
    f" from {curves['told'][1][0]:.4f} to {curves['told'][1][-1]:.4f}; a dashed line for the best single colour at {constant_loss:.4f}. The losses on the pictures that are trained on lie close to those on unseen ones.",
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# The local network stops early, far above the other, on the pictures that it is trained on *as well*. So
# this is no overfitting, and more pictures would not help: what it would have to know is not in its window.
# Five shorter runs, of 20 epochs, ended at 0.0192 to 0.0199 without fusion and at 0.0061 to 0.0090 with it.
#
# </details>
#
# `fusion.weights.h5` now lies beside this notebook. **Hand it in together with the notebook**: the grader
# trains your network itself (exercise 6.9), and your weights are a second way to show what it can do.
#
# Scene by scene, in ΔE, the difference for the eye:

# %%
need_trained(fusion_network, "pair of networks", "6.2 to 6.6, 6.9 and 6.10")
painted = {"local": as_pictures(x, local_network.predict(x, verbose=0)), "told": np.stack([attempt(colour_with, fusion_network, classifier, one) for one in x[..., 0]])}
far_off = {name: deltaE_ciede2000(rgb2lab(unseen), rgb2lab(picture)) for name, picture in painted.items()}
far_off = {"grey": deltaE_ciede2000(rgb2lab(unseen), rgb2lab(grey_picture(unseen))), **far_off}
print("mean ΔE on unseen pictures    " + "".join(f"{name:>8s}" for name in far_off))
for number, scene in enumerate(SCENES):
    print(f"{scene:30s}" + "".join(f"{errors[unseen_numbers == number].mean():8.1f}" for errors in far_off.values()))
print(f"{'all':30s}" + "".join(f"{errors.mean():8.1f}" for errors in far_off.values()))

# %%
need_trained(fusion_network, "pair of networks", "6.2 to 6.6, 6.9 and 6.10")
examples = [np.flatnonzero(unseen_numbers == number)[4] for number in (1, 0, 3, 2)]
heard = unseen_embedding.argmax(axis=1)
columns = {"grey, as it goes in": grey_picture(unseen), "local": painted["local"], "told what the classifier says": painted["told"], "as it was drawn": unseen}
figure, axes = plt.subplots(4, 4, figsize=(10.4, 11.0), layout="constrained")
for place, example in enumerate(examples):
    for axis, (title, picture) in zip(axes[place], columns.items()):
        axis.imshow(picture[example])
        offs = {name: f"ΔE {part[example].mean():.1f}" for name, part in far_off.items()}
        note = {"local": offs["local"], "told what the classifier says": f"{SHORT[heard[example]]} {unseen_embedding[example].max():.0%}: {offs['told']}", "as it was drawn": SHORT[unseen_numbers[example]]}.get(title, " ")
        axis.set_title("\n".join([title] * (place == 0) + [note]), fontsize=10)
        axis.axis("off")
show(
    figure,
    alt="Four unseen landscapes, each in grey, as the local network colours it, as the network does that is told the scene, and as it was drawn. "
    + " ".join(
        f"{SCENES[unseen_numbers[example]][0].upper() + SCENES[unseen_numbers[example]][1:]}: upper third {tint_of(*rgb2lab(unseen[example])[:16, :, 1:].mean(axis=(0, 1)))};"
        f" local {tint_of(*rgb2lab(painted['local'][example])[:16, :, 1:].mean(axis=(0, 1)))}, ΔE {far_off['local'][example].mean():.1f};"
        f" told {SHORT[heard[example]]} {tint_of(*rgb2lab(painted['told'][example])[:16, :, 1:].mean(axis=(0, 1)))}, ΔE {far_off['told'][example].mean():.1f}."
        for example in examples
    ),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# Without the scene, every sky is the same greyish mixture, three parts of noon and one of evening, as the
# scenes are. So an evening is farther off than a day: that is the difference that you predicted. The grass
# is one half summer and one half autumn. Only what is the same everywhere is right: sand, walls, wood. With
# the scene the sky burns, and the sea turns violet. And where the classifier errs, the colours err with
# it: look for a picture that was told the wrong word.
#
# Fruit and roofs stay brownish even so. On the coast by day a roof is blue and in town it is red; but
# each is small, so it weighs little in the error. What is rare is learned last.
#
# </details>
#
# ### Near the sun
#
# Is the local network blind, then? The next cell sorts the pixels of the evening skies by their distance
# from the sun.
#
# > **Predict.** The window is 15 pixels wide. How far from the sun can the local network know that it is
# > evening?

# %%
need_trained(fusion_network, "pair of networks", "6.2 to 6.6, 6.9 and 6.10")
evenings, down, right = np.flatnonzero(unseen_numbers == 1), *np.mgrid[0:48, 0:48]
distances, errors = [], {"local": [], "told": []}
for example in evenings:
    red, yellow = np.moveaxis(128 * y[example], -1, 0)
    above = down < 28  # no sand, no fruit
    sun = above & (np.abs(red) < 12) & (yellow > 25)
    sun &= down < down[sun].min(initial=48) + 10  # and not its light on the sea
    sky = above & (red > 16) & (yellow > 20) & sun.any()
    middle = [np.sum(axis, where=sun) / max(sun.sum(), 1) for axis in (down, right)]
    distances.append(np.hypot(down - middle[0], right - middle[1])[sky])
    for name in errors:
        errors[name].append(far_off[name][example][sky])
distances, errors = np.concatenate(distances), {name: np.concatenate(parts) for name, parts in errors.items()}
steps = np.array([5, 7, 9, 11, 13, 16, 20, 25, 32])
inside = [(distances >= low) & (distances < high) for low, high in zip(steps, steps[1:])]
means = {name: [float(part[ring].mean()) for ring in inside] for name, part in errors.items()}
chosen = evenings[0]
figure, axes = plt.subplots(1, 3, figsize=(10.4, 3.5), width_ratios=(1, 1, 1.35), layout="constrained")
for axis, name, title in zip(axes, ("local", "told"), ("local", "told that it is evening")):
    axis.imshow(painted[name][chosen])
    axis.set_title(title, fontsize=10)
    axis.axis("off")
for name, colour, marker in (("local", "#d55e00", "s"), ("told", "#0072b2", "o")):
    axes[2].plot((steps[1:] + steps[:-1]) / 2, means[name], color=colour, marker=marker, label=name)
axes[2].set(xlabel="pixels from the middle of the sun", ylabel="mean ΔE of the sky", ylim=(0, None))
axes[2].legend(fontsize=9, frameon=False)
axes[2].spines[["top", "right"]].set_visible(False)
show(
    figure,
    alt="An evening as the local network and the one that is told colour it, and a chart of the mean ΔE of all evening skies by the distance from the sun. "
    + " ".join(f"{name[0].upper() + name[1:]}: " + ", ".join(f"{mean:.1f} at {low} to {high} pixels" for mean, low, high in zip(part, steps, steps[1:])) + "." for name, part in means.items()),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# The sun has a radius of 5 pixels, and the window reaches 7 pixels to each side. So within 12 pixels or so
# of its middle a window may hold a bit of sun, and there the local network is less wrong: a warm halo.
# Farther out it knows nothing, and stays as wrong as can be. The other knows the evening everywhere.
#
# </details>
#
# **🎲 To play with.** The network believes what it is told. Tell it something else: from one scene slowly
# to another, for the same grey picture. Change the first three lines and run again.
#
# > **Predict.** Which parts of the picture will change, and which will not?

# %% tags=["open"]
example, first, second = 9, "town in summer", "town in autumn"  # change these: any of SCENES, and any picture from 0 to 119
example2, first2, second2 = 19, "coast by day", "coast in the evening"
steps = 5

need_trained(fusion_network, "pair of networks", "6.2 to 6.6, 6.9 and 6.10")
figure, axes = plt.subplots(2, steps, figsize=(10.4, 4.9), layout="constrained")
skies = []
for row, (place, one, other) in zip(axes, ((example, first, second), (example2, first2, second2))):
    for axis, share in zip(row, np.linspace(0, 1, steps)):
        told = np.zeros((1, len(SCENES)), np.float32)
        told[0, SCENES.index(one)] += 1 - share
        told[0, SCENES.index(other)] += share
        picture = as_pictures(x[place : place + 1], fusion_network.predict([x[place : place + 1], told], verbose=0))[0]
        axis.imshow(picture)
        axis.set_title({0: one, 1: other}.get(share, f"{share:.0%} {other.split()[-1]}"), fontsize=10)
        axis.axis("off")
        skies.append(f"{share:.0%} {other}: upper third {tint_of(*rgb2lab(picture)[:16, :, 1:].mean(axis=(0, 1)))}, lower third {tint_of(*rgb2lab(picture)[32:, :, 1:].mean(axis=(0, 1)))}")
show(figure, alt=f"Two grey pictures, each coloured {steps} times, as the network is told less and less of one scene and more of another. " + "; ".join(skies) + ".")

# %% [markdown]
# <details><summary>What to see</summary>
#
# The same greys become noon or evening, summer or autumn, as you wish. A network that is told turns a
# guess into a *choice*: here the classifier makes it, and you can overrule it. Half-way it paints
# something between the two. The local network's sky is another one: it has seen three blue skies for each
# orange one.
#
# </details>

# %% [markdown]
# ## Part 6 · The tutorial's last network
#
# The tutorial's final version is made in the same way, only larger. Beside it Inception-ResNet-v2, with 56
# million numbers, looked at the same photo of 256 × 256 pixels and said for 1,000 kinds of things how
# likely they are in it.
#
# | layers | filters | kernel | stride | activation |
# |---|---|---|---|---|
# | Conv2D | 64 | 3 × 3 | 2 | ReLU |
# | Conv2D | 128 | 3 × 3 | 1 | ReLU |
# | Conv2D | 128 | 3 × 3 | 2 | ReLU |
# | Conv2D | 256 | 3 × 3 | 1 | ReLU |
# | Conv2D | 256 | 3 × 3 | 2 | ReLU |
# | Conv2D | 512 | 3 × 3 | 1 | ReLU |
# | Conv2D | 512 | 3 × 3 | 1 | ReLU |
# | Conv2D | 256 | 3 × 3 | 1 | ReLU |
# | the embedding of 1,000 in each cell; Concatenate | none | none | none | none |
# | Conv2D | 256 | 1 × 1 | 1 | ReLU |
# | Conv2D | 128 | 3 × 3 | 1 | ReLU |
# | UpSampling2D | none | none | none | none |
# | Conv2D | 64 | 3 × 3 | 1 | ReLU |
# | UpSampling2D | none | none | none | none |
# | Conv2D | 32 | 3 × 3 | 1 | ReLU |
# | Conv2D | 16 | 3 × 3 | 1 | ReLU |
# | Conv2D | 2 | 3 × 3 | 1 | tanh |
# | UpSampling2D | none | none | none | none |
#
# > **Predict.** Alpha learns 32,202 numbers and beta 3,892,194. How many does this one learn: 4, 6 or 20
# > million? Which single layer has most of them?

# %% [markdown]
# ### Exercise 6.11 · Build it, and count
# **2 points · about 6 minutes**
#
# Write `build_final()`: the network of the table, built and counted, and not trained.
#
# - Returns a new Keras model, `keras.Model([L, embedding], output)`, with the inputs L, (256, 256, 1), and
#   the embedding, (1000,), in this order, and one output, (256, 256, 2). Not compiled.
# - All paddings are `"same"`. Give each Conv2D its activation by its name. How the vector gets into each
#   cell is yours again.
# - It learns 6,541,202 numbers. The eight layers in front of the fusion are written.
#
# <details><summary>Hint 1 · the idea</summary>
#
# It is `build_fusion` with other numbers, and three up-samplings.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# Three strides of 2 make 32 × 32 cells of 256 × 256 pixels. The very last layer of the table has no
# filters.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# The fusion is that of exercise 6.9, with `RepeatVector(GAP)` and `Reshape((32, 32, GAP))`. Then the rest
# of the table, line by line: `x = layers.Conv2D(GAP, GAP, padding="same", activation="relu")(x)`, and
# `x = layers.UpSampling2D()(x)` where it stands in the table.
#
# </details>

# %% answer="build_final"
# ✏️ Answer: build_final
def build_final():
    """Build the tutorial's final network, not compiled: L (n, 256, 256, 1) and an embedding (n, 1000) in, ab / 128 (n, 256, 256, 2) out."""
    L, embedding = keras.Input((256, 256, 1)), keras.Input((1000,))
    x = L
    for filters, stride in ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 1), (256, 1)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    ### BEGIN SOLUTION
    told = layers.Reshape((32, 32, 1000))(layers.RepeatVector(32 * 32)(embedding))
    x = layers.Conv2D(256, 1, padding="same", activation="relu")(layers.Concatenate()([x, told]))
    x = layers.Conv2D(128, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(layers.UpSampling2D()(x))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(layers.UpSampling2D()(x))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D()(layers.Conv2D(2, 3, padding="same", activation="tanh")(x))
    ### END SOLUTION
    return keras.Model(inputs=[L, embedding], outputs=x)


# %% check="build_final"
# 🔎 Check: build_final
model = attempt(build_final)
must_be_model(model)
inputs, outputs = [tuple(one.shape)[1:] for one in model.inputs], [tuple(one.shape)[1:] for one in model.outputs]
cause = " The two have changed places: L is first." if inputs == [(1000,), (256, 256, 1)] else ""
assert inputs == [(256, 256, 1), (1000,)], f"The inputs should be (256, 256, 1) and (1000,), in this order; yours are {inputs}.{cause}"
cause = {(128, 128, 2): "The table ends in an UpSampling2D, behind the tanh.", (512, 512, 2): "There is one UpSampling2D too many."}.get(outputs[0], "Three strides of 2, and three UpSampling2D.")
assert outputs == [(256, 256, 2)], f"The output should be (256, 256, 2); yours is {outputs[0] if len(outputs) == 1 else outputs}. {cause}"
table = [(64, 3, 2), (128, 3, 1), (128, 3, 2), (256, 3, 1), (256, 3, 2), (512, 3, 1), (512, 3, 1), (256, 3, 1), (256, 1, 1), (128, 3, 1), (64, 3, 1), (32, 3, 1), (16, 3, 1), (2, 3, 1)]
found = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
must_have_no_others(model)
assert len(found) == 14, f"The table has fourteen Conv2D; yours has {len(found)}, with the filters {', '.join(str(layer.filters) for layer in found)}."
sides = [256, 128, 128, 64, 64, 32, 32, 32, 32, 32, 64, 128, 128, 128]
for number, (layer, (filters, kernel, stride), side) in enumerate(zip(found, table, sides), 1):
    name = "tanh" if number == 14 else "relu"
    parts = ("{} filters", layer.filters, filters), ("kernels of {0} × {0}", layer.kernel_size[0], kernel), ("the stride {}", layer.strides[0], stride)
    for part, mine, wanted in (*parts, ("the activation {!r}", getattr(layer.activation, "__name__", "?"), name)):
        assert mine == wanted, f"Conv2D number {number} of the table has {part.format(wanted)}; yours has {part.format(mine)}."
    assert layer.input.shape[1] == side, f"Conv2D number {number} of the table gets a grid of {side} × {side}; yours gets {layer.input.shape[1]} × {layer.input.shape[2]}. In which lines of the table does an UpSampling2D stand?"
coming = found[8].kernel.shape[2]
assert coming == 1256, f"Into the 1 × 1 convolution come 256 channels of features and 1,000 numbers of the embedding, 1,256 in all; in yours {coming:,}. Is the vector in each cell, behind the features?"
assert model.count_params() == 6_541_202, f"It should learn 6,541,202 numbers; yours has {model.count_params():,}. Has every filter a bias?"
assert not model.compiled, "The model is compiled already. Here it is built, and no more."
print(f"{model.count_params():,} numbers, {found[8].kernel.shape[2] * 256 + 256:,} of them in the 1 × 1 convolution.")

# %% [markdown]
# Where the numbers are:

# %%
model = is_model(attempt(build_final))
stack = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
counts = [layer.count_params() for layer in stack]
mixing = next((place for place, layer in enumerate(stack) if layer.kernel_size == (1, 1)), None)
figure, axis = plt.subplots(figsize=(9.4, 3.2), layout="constrained")
bars = axis.bar(range(len(stack)), np.array(counts) / 1e6, color=["#d55e00" if place == mixing else "#0072b2" for place in range(len(stack))])
axis.bar_label(bars, [f"{count:,}" for count in counts], fontsize=8)
axis.set_xticks(range(len(stack)), [f"{layer.filters}\n{'1 × 1' if place == mixing else ''}" for place, layer in enumerate(stack)], fontsize=9)
axis.set(xlabel="filters of each Conv2D, from the first to the last", ylabel="million numbers")
axis.set_title(f"{model.count_params():,} numbers in all", fontsize=11)
axis.spines[["top", "right"]].set_visible(False)
show(figure, alt=f"Bars for the {len(stack)} Conv2D of the final network, the numbers that each learns: " + ", ".join(f"{layer.filters} filters {count:,}" for layer, count in zip(stack, counts)) + f"; {model.count_params():,} in all.")

# %% [markdown]
# <details><summary>Your prediction</summary>
#
# 6.5 million, and 2,359,808 of them in a single layer, the seventh, from 512 channels to 512. The layer that
# makes the difference has 321,792. Beside it stands a classifier with 56 million numbers that others had
# trained: knowledge is taken over, instead of learned again. This is called *transfer learning*.
#
# </details>

# %% [markdown]
# ## Part 7 · What the classifier was shown
#
# The tutorial's final version has a slip that makes no noise. You can find it, with numbers. Its classifier
# wants pictures prepared in its own way, and Keras brings the function for it:

# %% tags=["open"]
from keras.applications.inception_resnet_v2 import preprocess_input

levels = np.array([0.0, 51.0, 127.5, 204.0, 255.0])
print("levels      ", levels)
print("are prepared", preprocess_input(levels.copy()))

# %% [markdown]
# The tutorial read its photos as `1.0 / 255 * photo`, as lessons 1 and 2 do, and gave *these* to the
# function.
#
# > **Predict.** What does the classifier see? Run the next cell: which of the two pictures is it, and
# > which numbers does it hold?

# %%
portrait = data.astronaut()[0:400, 20:420]
shown = preprocess_input(1.0 / 255 * portrait)
right = preprocess_input(portrait.astype(float))
show(
    *((one + 1) / 2 for one in (right, np.clip(shown, -1, 1))),
    titles=["levels 0 to 255, prepared", "numbers from 0 to 1, prepared"],
    alt=f"Two pictures as the classifier gets them, −1 black and 1 white. Left the portrait, from {right.min():.2f} to {right.max():.2f}. Right a black square, from {shown.min():.3f} to {shown.max():.3f}.",
)
print(f"levels 0 to 255: from {right.min():.3f} to {right.max():.3f}, mean {right.mean():.3f}, standard deviation {right.std():.3f}")
print(f"numbers 0 to 1:  from {shown.min():.3f} to {shown.max():.3f}, mean {shown.mean():.3f}, standard deviation {shown.std():.3f}")

# %% [markdown]
# A black picture, whatever the photo. So the embedding is nearly the same for all photos of the world,
# and the network is told nothing. It trains without complaint, and whoever looks at its pictures
# does not see what is missing. **Your** classifier can be cheated in the same way, and here it can be measured,
# for it wants L from 0 to 100.
#
# > **Predict.** How many of the 120 unseen pictures will it name rightly if it gets L / 100? And how far
# > off will the colours be then: as without fusion, or worse?

# %%
need_trained(fusion_network, "pair of networks", "6.2 to 6.6, 6.9 and 6.10")
for name, given in (("L", x), ("L / 100", x / 100)):
    said = np.array(classifier(given))
    made = as_pictures(x, fusion_network.predict([x, said], verbose=0))
    off = deltaE_ciede2000(rgb2lab(unseen), rgb2lab(made)).mean()
    print(
        f"the classifier gets {name:8s} {np.mean(said.argmax(axis=1) == unseen_numbers):4.0%} are right; the probability of {SCENES[1]!r} goes from"
        f" {said[:, 1].min():.3f} to {said[:, 1].max():.3f}; mean ΔE of the colours {off:.1f}"
    )
print(f"without fusion: mean ΔE {far_off['local'].mean():.1f}")

# %% [markdown]
# <details><summary>What happened</summary>
#
# It says the same of every picture, and is right where that happens to be so, in one of four. And the
# colours are worse than without fusion: the network was trained to believe. (The tutorial trained *with*
# the slip, so its network learned not to listen.)
#
# No test of shapes or dtypes finds such a thing. What finds it: print the smallest and the largest number of
# what a network really gets, at the door, for two different pictures.
#
# </details>

# %% [markdown]
# ### Exercise 6.12 · Prepare it rightly
# **2 points · about 7 minutes**
#
# Write `prepare(photo)`, which makes of any photo what such a classifier wants, and stops what it cannot
# know.
#
# - `photo`: an array (H, W, 3), either uint8 with levels from 0 to 255, or floats (of any kind) from 0
#   to 1.
# - Returns a float32 array (H, W, 3): −1 for black, 1 for white, evenly in between. The photo itself is
#   not changed.
# - Floats with a number above 1 or below 0 are no such photo: raises a `ValueError` whose message has
#   the largest number in it, at least its whole part (255 for 255.0), or the smallest if that is below 0.
#   (You may take 1.0000001 for 1, but not 1.01.)
#
# <details><summary>Hint 1 · the idea</summary>
#
# First bring both kinds to the scale from 0 to 1. Which of the two came, the dtype says.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `photo.dtype == np.uint8`. From the range 0 to 1 to the range −1 to 1: twice as wide, and one lower. An
# f-string with the number in it makes the message of the `ValueError`. `photo / 255` makes a new array; `photo /= 255` would change the photo.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# For uint8, `photo = GAP`. For all else,
# `if photo.min() < 0 or photo.max() > GAP: raise ValueError(GAP)`. At the end
# `return (2 * photo - GAP).astype(np.float32)`.
#
# </details>

# %% answer="prepare"
# ✏️ Answer: prepare
def prepare(photo):
    """Prepare a photo (H, W, 3), uint8 or floats from 0 to 1, for a classifier that wants float32 from −1 to 1."""
    ### BEGIN SOLUTION
    if photo.dtype == np.uint8:
        photo = photo / 255
    elif photo.min() < 0 or photo.max() > 1 + 1e-6:
        worst = photo.min() if photo.min() < 0 else photo.max()
        raise ValueError(f"Floats from 0 to 1 are wanted; there is a {worst:g}. Divide a photo of 0 to 255 by 255 first.")
    return (2 * photo - 1).astype(np.float32)
    ### END SOLUTION


# %% check="prepare"
# 🔎 Check: prepare
levels = np.array([[[0, 51, 102], [153, 204, 255]]], np.uint8)
own = {r"at the line `[^`]*\braise\b": "This photo is as it should be, and your own guard refused it. Does it ask before the numbers are changed, and floats alone?"}
wanted = np.array([[[-1, -0.6, -0.2], [0.2, 0.6, 1]]])
for photo, what in ((levels, "uint8 levels 0, 51, 102, 153, 204, 255"), (levels / 255, "floats 0, 0.2, 0.4, 0.6, 0.8, 1"), ((levels / 255).astype(np.float32), "the same in float32")):
    got = attempt_with(own, prepare, photo, untouched=True)
    only = {"It was taken for levels: float32 is not `float`, which is float64. Ask whether the dtype is uint8.": np.asarray(photo, float) / 127.5 - 1} if photo.dtype == np.float32 else {}
    same(
        got,
        wanted,
        f"For {what}, the prepared photo",
        atol=1e-5,
        slips={
            **only,
            "That is the tutorial's slip: the numbers from 0 to 1 were taken for levels from 0 to 255.": np.asarray(photo, float) / 127.5 - 1,
            "It goes from 0 to 1. Wanted is −1 to 1.": (wanted + 1) / 2,
            "It goes from −1 to 0: twice as wide.": (wanted - 1) / 2,
            "It goes from −0.5 to 0.5: twice as wide.": wanted / 2,
            "The levels were taken for numbers from 0 to 1: divide them by 255 first.": 2.0 * levels - 1,
            "uint8 has no numbers below 0 and none above 255: make floats of it before you multiply or subtract.": lambda: (2 * levels - np.uint8(1)),
        },
        given=[photo],
        why="Black becomes −1, the middle 0, white 1.",
    )
    assert np.asarray(got).dtype == np.float32, f"The prepared photo should be float32; yours is {np.asarray(got).dtype}."
dull = levels // 2 + np.uint8(51)
same(
    attempt_with(own, prepare, dull),
    dull / 127.5 - 1,
    "A dull uint8 photo, levels 51 to 178,",
    atol=1e-5,
    slips={
        "The photo's own darkest level became −1 and its brightest 1. Black is 0 and white 255 for every photo.": lambda: 2 * ((dull - 51) / 127) - 1,
        "Its own brightest level became 1. White is 255 for every photo.": 2 * (dull / 178) - 1,
    },
    why="0 becomes −1, 255 becomes 1, evenly in between.",
)
dark = attempt_with(own, prepare, np.zeros((2, 2, 3), np.uint8) + np.uint8(1))
same(dark, np.full((2, 2, 3), 2 / 255 - 1), "A dark uint8 photo, all levels 1,", atol=1e-5, slips={"The largest number decided what it is. A dark uint8 photo has small numbers, too: ask for the dtype.": np.ones((2, 2, 3))}, why="Which of the two kinds it is, the dtype says.")
for odd, number in ((levels.astype(float), "255"), (np.full((2, 2, 3), 1.5), "1.5"), (np.array([[[0.5, 0.25, 1.02]]]), "1.02"), (np.array([[[0.5, -0.25, 1.0]]]), "-0.25")):
    try:
        prepare(odd.copy())
    except ValueError as error:
        said = str(error).replace("−", "-")
        assert number in said or number.rstrip("0") in said or float(number) > 1 and str(int(float(number))) in said, f"The message should have the number in it, here {number}; yours says {said!r:.80}."
    else:
        raise AssertionError(f"Floats with a {number} in them are no photo from 0 to 1: a ValueError is wanted, and yours returns something.")
print("From −1 to 1, whatever came; and what cannot be known is stopped at the door.")

# %% [markdown]
# ## How one would go on from here
#
# Four ways lead on.
#
# **Say more than a mean.** The mean squared error asks for *one* colour, so a doubtful place becomes
# brown. Richard Zhang, Phillip Isola and Alexei Efros (*Colorful Image Colorization*, 2016) let their
# network choose among 313 squares of the ab plane: colouring as *classification*, with the loss of part 2.
# Rare strong colours got more weight in it (*rebalancing*): think of your blue roofs.
#
# **Know what it is a picture of.** The network of Satoshi Iizuka, Edgar Simo-Serra and Hiroshi Ishikawa
# (*Let there be Color!*, 2016) learns both at once, the colours, and the scene with a loss of its own. So
# the vector becomes whatever helps with the colours.
#
# **Let a second network judge.** Phillip Isola, Jun-Yan Zhu, Tinghui Zhou and Alexei Efros
# (*Image-to-Image Translation with Conditional Adversarial Networks*, 2017) put a network on the other
# side that learns to tell coloured pictures from real ones. Brown is no way out any more: it would be
# found out. DeOldify (Jason Antic, from 2018) colours old photos and films in this way.
#
# **Draw a picture, not the mean.** A *diffusion* network begins with noise and takes it away in many
# small steps, and each time it ends in another possible picture: one with a red fruit, one with a green
# one. Chitwan Saharia and others (*Palette: Image-to-Image Diffusion Models*, 2022) colour like that. It
# costs many passes through a large network for one picture.
#
# ### What a coloured photo says, and what it does not
#
# In all four the colours come from *other* pictures. A coloured photo of a street of 1910 does not show
# which colour the coat was. It shows which colours coats mostly have in the photos of today that a network
# was trained on. In your world you could look up the truth. Here nobody can, and a network does not say "I
# do not know": it paints a brown, or makes something up that looks right, which is worse. So keep the grey
# picture, say beside the coloured one how it was made, and do not take it for a source.
#
# (The debate among historians is worth reading: "All photographs are products of their time", *Apollo*, 13
# May 2022.)

# %% [markdown]
# ## What you can do now
#
# - say how far a network sees, and why no window knows the hour or the season;
# - build and train a classifier, judge it by accuracy, a confusion matrix and the cross-entropy, and
#   find out by forgery what it goes by;
# - fuse a description of the whole picture with what filters see at each place, and say what a 1 × 1
#   convolution makes of it: a bias for each picture;
# - build a network of two inputs, show with numbers what it gains by being told, and count the 6,541,202
#   numbers of the tutorial's last one;
# - find a wrong range of input with two numbers, before a network is trained on it.
#
# This is where the course ends. It began with a grid of numbers, and a network that knew one portrait by
# heart. What to show it next is up to you.

# %% [markdown]
# ## Part 8 · Optional: a classifier of real photos
#
# No exercise and no point depends on this part. It fetches nothing as long as `REAL_PHOTOS` is `False`.
#
# What do 1,000 words of a classifier say about *grey* photos, and what does the trap do to them? It was
# tried once with EfficientNet-Lite0 (Tan and Le 2019), which learned the 1,000 classes of ImageNet from
# colour photos:
#
# ![Five grey photos and the three likeliest of a classifier's 1,000 names. Given 0 to 255, as it expects: astronaut, football helmet 15 %, bobsled, military uniform; coffee, espresso 78 %; cat, Egyptian cat 64 %; rocket, missile 16 %; Grace Hopper, bow tie 23 %, suit, military uniform. Given 0 to 1: nematode 2 %, matchstick 1 %, digital clock 1 % for all five](../assets/lesson_6_trap.png)
#
# Prepared rightly, the answers to two photos differ in 0.92 of 1 on average (half the sum of the absolute
# differences). There is no class "astronaut" or "person", so it names what it knows: helmets, uniforms. In
# the trap all numbers lie between −0.99 and −0.98, the answers differ in 0.03, and everything is a bit of a
# nematode, which is a worm. A network that is *told* this is told nothing.
#
# And what is it worth to know what a real photo is of? CIFAR-10 brings the class of each picture, airplane,
# frog, ship and so on. Your networks learned from 16,000 of these pictures, forty epochs on a GPU; a thousand
# others chose the epoch, and a thousand more were the test, once for each network:
#
# | colours | loss | ΔE |
# |---|---|---|
# | left grey | 0.01235 | 10.54 |
# | without fusion | 0.01005 | 10.49 |
# | told by your classifier, right for 47 of 100 | 0.00949 | 10.19 |
# | told by a larger one, right for 80 | 0.00906 | 9.97 |
# | told the true class | **0.00895** | **9.90** |
#
# ![Eight rows of dots for loss and ΔE, and how far each is from leaving the photos grey. Loss, then ΔE: left grey 0.01235 and 10.54; one colour for all 0.01160 and 11.18; one colour for each class, told the true class, 0.00996 and 10.40; without fusion 0.01005 and 10.49; beta 0.00965 and 10.11; fused with this lesson's classifier 0.00949 and 10.19, with a larger classifier 0.00906 and 9.97, with the true class 0.00895 and 9.90. Those that are told what the photo is of are blue, and lie farthest to the left](../assets/lesson_6_real.png)
#
# So fusion works on real photos too. Without it the network does a little worse than one flat colour for
# each class. A classifier that is wrong for every second photo is enough to change that: with it the network
# has 20,000 numbers, and is level with beta's 243,834 (0.00965 and 10.11). Skies get bluer and a meadow
# greener; cars stay brown, for their class does not say their paint.
# A classifier of 1.1 million numbers is nearly as good as the truth. Therefore the tutorial took a large one
# that others had trained.
#
# Now you. Set `REAL_PHOTOS = True` and run the two cells below. The first one fetches MobileNetV2 with
# the weights that it learned from ImageNet (14 MB, from storage.googleapis.com, by
# `keras.applications`), and asks it about photos of this course. (The tutorial's Inception-ResNet-v2 is
# there as `keras.applications.InceptionResNetV2`: 215 MB.) The second cell asks it about yours: put some
# hundreds into a folder `my_photos` beside this notebook. Then it trains a network without fusion on
# them, and one that is fused with the classifier's 1,000 probabilities.
#
# > **Predict.** For which photos will it help to know one of ImageNet's 1,000 words: a beach, a cup, a face?

# %% tags=["setup"]
import contextlib
import io
import socket
import threading


# from solutions/shared.py: own_picture
# from solutions/shared.py: real_photos


def pretrained():
    """MobileNetV2 with what it learned from ImageNet: photos (N, 224, 224, 3), -1 to 1, become 1,000 probabilities. Fetched once."""
    model = keras.applications.MobileNetV2(weights="imagenet")
    words(np.zeros((1, 1000)))  # fetches the names of the classes too
    return model


def words(probabilities, count=3):
    """The likeliest classes of each photo, in words."""
    found = keras.applications.mobilenet_v2.decode_predictions(np.asarray(probabilities), top=count)
    return [", ".join(f"{name.replace('_', ' ')} {share:.0%}" for _, name, share in likeliest) for likeliest in found]


def enlarged(photos, side=224):
    """Grey copies of uint8 photos (N, H, W, 3), made side × side: what one knows of a grey picture, in three equal channels."""
    grey = [grey_picture(photo) for photo in photos]
    return np.stack([np.asarray(Image.fromarray(photo).resize((side, side), Image.Resampling.BICUBIC)) for photo in grey])


def told_by(model, photos):
    """The 1,000 probabilities for each photo, (N, 1000)."""
    parts = [photos[first : first + 50] for first in range(0, len(photos), 50)]
    return np.concatenate([model.predict(np.stack([prepare(p) for p in enlarged(part)]), verbose=0) for part in parts])


# %% tags=["open"]
REAL_PHOTOS = False  # True: fetch the classifier, and learn from the folder
folder = "my_photos"
side = 64  # of the photos of the folder: each is cut to its middle square and made this small; a multiple of 8
passes = 20  # epochs of each of the two networks

knows_photos = None
if GRADED or not REAL_PHOTOS:
    print("Real photos are left out, and the lesson is whole without: REAL_PHOTOS is False, or a grader runs this.")
else:
    knows_photos = fetched("MobileNetV2", "storage.googleapis.com", pretrained)
if knows_photos is not None:
    squares = {"astronaut": data.astronaut()[0:400, 20:420], "cup": data.coffee()[:, 100:500], "cat": data.chelsea()[:, 75:375]}
    for name, photo in squares.items():
        large = enlarged([photo])
        print(f"{name}, in grey: {words(told_by(knows_photos, [photo]))[0]}")
        print(f"{'':{len(name)}}  the trap: {words(knows_photos.predict(large / 255 / 127.5 - 1, verbose=0))[0]}")

# %%
build_fusion(4, 2, 8)  # the answer that is needed below is there
real = None if knows_photos is None else photos_in(folder, side)
if real is None:
    print("There are no real photos to learn from here.")
else:
    says = told_by(knows_photos, real)
    for place in range(3):
        print(f"photo {place}: {words(says[place : place + 1])[0]}")
    order = np.random.default_rng(6).permutation(len(real))
    judged, learned = order[: len(order) // 10], order[len(order) // 10 :]
    L, ab = training_pairs(real)
    made = {}
    print(f"{len(learned)} photos to learn from, {len(judged)} to be judged.")
    for name, network in (("without fusion", build_local(16, side)), ("with fusion", build_fusion(16, 1000, side))):
        given = [[L[numbers], says[numbers]] if name == "with fusion" else L[numbers] for numbers in (learned, judged)]
        network.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mean_squared_error")
        start = time.perf_counter()
        network.fit(given[0], ab[learned], batch_size=8, epochs=passes, verbose=0)
        answer = network.predict(given[1], verbose=0)
        print(f"{name}: loss on unseen photos {np.mean((answer - ab[judged]) ** 2):.4f}, after {time.perf_counter() - start:.0f} s")
        made[name] = as_pictures(L[judged], answer)
    print(f"left grey: {np.mean(ab[judged] ** 2):.4f}, one colour: {np.mean((ab[learned].mean(axis=(0, 1, 2)) - ab[judged]) ** 2):.4f}")
    rows = [grey_picture(real[judged]), *made.values(), real[judged]]
    show(
        np.concatenate([np.concatenate(list(row[:8]), axis=1) for row in rows]),
        size=9,
        alt="Unseen photos in four rows: grey; coloured without fusion; with fusion; as they are.",
    )

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

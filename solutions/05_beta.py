# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 5 · Beta: colours for pictures it never saw
#
# Alpha learned one portrait by heart, and failed on the next photo. The step from there is the one
# that matters: a network that learns *rules* from many pictures, and is judged on pictures that
# nobody showed it. The tutorial behind this course calls it *beta*.
#
# **After this lesson you can**
#
# - split pictures so that a test is a test, and show what a leak does to its number;
# - make batches and honest augmentations, and say which ones lie about colour;
# - judge colours with PSNR, ΔE and colourfulness, and say why a careful network paints brown;
# - build and train beta, read two loss curves, and test it on pictures that it never saw.
#
# **About 120 minutes · 13 points · six exercises · bonus lesson**
#
# *How the notebook works.* Run the cells from the top with Shift+Enter. A cell that starts with ✏️
# is yours to fill in: replace `raise NotImplementedError`.
# The 🔎 cell below it checks your answer. Hints open in three steps; take one when you have been stuck
# for two minutes. `GAP` in a hint is a place that you fill in. Code that nobody has to read is folded:
# run it like any other cell. Where it says **Predict**, settle on an answer before you run the cell.
# After a restart the kernel knows no names: `NameError: name 'attempt' is not defined`, or another
# name. Then run the cells above first: menu Run, Run All Above Selected Cell (on Colab: Runtime,
# Run before). Such a run stops at a cell that fails; go on from the one below it.
# Before you hand the notebook in, restart the kernel and run all cells. It is graded from top to
# bottom, with five minutes for your cells: long trainings are cut short there, where `GRADED` is
# `True`. Write `if not GRADED:` in front of a long training of your own.
# Where an exercise *builds on* an earlier one, a mistake there is not counted a second time. The
# grading machine has NumPy, SciPy, scikit-image, Pillow, matplotlib, and TensorFlow with Keras, and
# no network.
#
# A GPU is not needed: all trainings of this lesson together take a few minutes on two cores.

# %% [markdown]
# ## Two questions on lesson 4
#
# Answer from memory, then open.
#
# **1.** Why must each side of alpha's input be a multiple of 8?
#
# <details><summary>Answer</summary>
#
# Three layers halve the picture and three double it again. A side that does not divide by 8 is rounded
# up on the way, so that the output is larger than the input and does not lie on it.
#
# </details>
#
# **2.** A classmate's alpha has a loss of 0.0008 on the portrait. Does this say how well it will colour
# the photo of a friend?
#
# <details><summary>Answer</summary>
#
# No. The loss was measured on the picture that it learned. It says how well that one is remembered. How
# it does on others can only be measured on others.
#
# </details>
#
# The next cell gets everything ready: the libraries, a world of pictures, and the helper `show`. Run
# it; there is no need to read it. TensorFlow takes a few seconds to wake up.

# %% tags=["setup"]
# from solutions/shared.py: versions
import math
import os
import time
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow says a lot while it starts, and none of it matters here: it goes nowhere.
_kept, _nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(_nowhere, 2)
need("tensorflow", "keras")
import keras
import tensorflow as tf

GPU = bool(tf.config.list_physical_devices("GPU"))
tf.config.experimental.enable_tensor_float_32_execution(False)  # newer GPUs would round the numbers of a convolution
tf.get_logger().setLevel("ERROR")
os.dup2(_kept, 2)
os.close(_kept)
os.close(_nowhere)

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image, ImageOps
from keras import layers
from scipy.ndimage import gaussian_filter
from skimage import data
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab
from skimage.util import img_as_ubyte

# An untrained network asks for colours that do not exist; scikit-image would say so each time.
warnings.filterwarnings("ignore", message="Conversion from CIE-LAB")

GRADED = bool(os.environ.get("NBGRADER_EXECUTION"))  # True while a grader or Validate runs this: then training is cut short
beta = None  # your network, as soon as it is trained
losses, unseen_losses = [], []  # and its losses, epoch by epoch


# from solutions/shared.py: world
# from solutions/shared.py: show


def painted(X, Y):
    """The pictures of L (N, H, W, 1) and ab / 128 (N, H, W, 2): uint8 RGB (N, H, W, 3)."""
    return img_as_ubyte(np.clip(lab2rgb(np.concatenate([X, 128 * np.asarray(Y, float)], axis=-1)), 0, 1))


def colour_error(picture, other):
    """The mean ΔE (CIEDE2000) of two uint8 RGB pictures, as in lesson 4."""
    return float(deltaE_ciede2000(rgb2lab(picture), rgb2lab(other)).mean())


def grey_picture(picture):
    """The picture with its colour taken away: L as it was, a and b zero."""
    return img_as_ubyte(lab2rgb(rgb2lab(picture) * (1, 0, 0)))


def mosaic(pictures, columns):
    """One picture of many (N, H, W, 3), so many in a row, with a white gap."""
    framed = np.pad(pictures, ((0, 0), (0, 2), (0, 2), (0, 0)), constant_values=255)
    rows = framed.reshape(-1, columns, *framed.shape[1:])
    return np.concatenate([np.concatenate(list(row), axis=1) for row in rows])[:-2, :-2]


def tint_of(a, b):
    """A colour in words, such as "red with yellow (a 41, b 39)"."""
    sides = sorted([(abs(a), "red" if a > 0 else "green"), (abs(b), "yellow" if b > 0 else "blue")], reverse=True)
    words = [word for size, word in sides if size >= max(5, 0.4 * sides[0][0])]
    return f"{' with '.join(words) or 'nearly grey'} (a {a:.0f}, b {b:.0f})"


def two_shots(count):
    """Each of so many places twice, the second time one pixel further to the right; and the number of the place of each picture."""
    wide, _ = draw_world(count, seed=8, side=56)
    return np.concatenate([wide[:, 4:52, 4:52], wide[:, 4:52, 5:53]]), np.tile(np.arange(count), 2)


def most_alike(known, asked):
    """For each row of `asked`, the numbers of the rows of `known`, the one that is most alike first."""
    return np.argsort((known**2).sum(axis=1) - 2 * asked @ known.T, axis=1)


def quick_network():
    """A small network that learns in seconds, compiled: 33,938 parameters, the same start each time."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 50, -1)])
    for filters, stride in ((8, 2), (16, 1), (16, 2), (32, 1), (32, 2), (32, 1), (0, 0), (16, 1), (0, 0), (16, 1), (0, 0)):
        network.add(layers.Conv2D(filters, 3, stride, "same", activation="relu") if filters else layers.UpSampling2D())
    network.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))
    network.compile(optimizer=keras.optimizers.RMSprop(3e-3), loss="mean_squared_error")
    return network


def lighter_or_darker(X, Y, seed):
    """Add a number from -20 to 20 to each picture's L."""
    shift = np.random.default_rng(seed).uniform(-20, 20, (len(X), 1, 1, 1))
    return np.clip(X + shift, 0, 100).astype(np.float32), Y


def some_upside_down(X, Y, seed):
    """Turn each picture over, X and Y, with a chance of 1/2."""
    heads = np.random.default_rng(seed).random((len(X), 1, 1, 1)) < 0.5
    return np.where(heads, X[:, ::-1], X), np.where(heads, Y[:, ::-1], Y)


def hues_turned(X, Y, seed):
    """Turn the colours of each picture round the colour circle, by any angle."""
    angle = np.random.default_rng(seed).uniform(0, 2 * np.pi, (len(X), 1, 1))
    a, b = Y[..., 0], Y[..., 1]
    turned = np.cos(angle) * a - np.sin(angle) * b, np.sin(angle) * a + np.cos(angle) * b
    return X, np.stack(turned, axis=-1).astype(np.float32)


def trained(what):
    """Stop with a sentence where beta is not trained yet."""
    if not what:
        raise NotImplementedError("There is no trained network yet. The cell of the main training makes it; it needs your answers above it, and the check of each says whether it is right.")


print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}. {'There is a GPU.' if GPU else 'No GPU: the CPU will do.'}")

# %% tags=["setup", "slips"]
# `autograder build` pastes the words of the checks here.

# %% [markdown]
# ## Part 1 · A test that is a test
#
# A network that colours unseen pictures has to see many others first. Collections of real photos are
# large, slow to learn from, and each photo has a licence of its own. So we draw a world: `draw_world`
# makes as many landscapes as you like, others for each seed. Sky, sea, sand, grass, leaves and roofs
# vary in shape, light and tint. But *what* a thing is says its colour, and the grey picture says what
# it is: by its texture (ripples, blades, tiles) and by its place. With one exception: watch the fruit.

# %% tags=["open"]
pictures, scenes = draw_world(48 if GRADED else 400, seed=5)

chosen = pictures[:16]
grey = np.stack([grey_picture(picture) for picture in chosen])
tops, bottoms = (tint_of(*rgb2lab(part)[..., 1:].mean(axis=(0, 1, 2))) for part in (chosen[:, :12], chosen[:, -12:]))
show(
    mosaic(grey, 4),
    mosaic(chosen, 4),
    titles=["what a network gets", "what it has to find"],
    size=5,
    alt=f"Sixteen small landscapes twice, in grey and in colour: {np.sum(scenes[:16] < 2)} of a coast with sea, sand and sails, {np.sum(scenes[:16] > 1)} of a town with grass, houses and trees."
    f" On average the upper quarter is {tops}, the lower quarter {bottoms}.",
)
print(len(pictures), "pictures, each", "×".join(map(str, pictures[0].shape)))

# %% [markdown]
# **🎲 To play with.** Another world: change the numbers and run again. `side` is a multiple of 8 from
# 16 to 256.

# %%
seed, side = 1, 96  # change these

others, _ = draw_world(4, seed, side)
tints = [tint_of(*rgb2lab(one)[-side // 4 :, :, 1:].mean(axis=(0, 1))) for one in others]
show(*others, size=2.4, alt=f"Four landscapes of {side} × {side} pixels under a blue sky. The lower quarter of each: {'; '.join(tints)}.")

# %% [markdown]
# Which of these pictures may the network learn from? Not all of them. Some are kept away from it, for
# one purpose: to be the ones that it never saw. They are the **test set**; the rest is the
# **training set**. Which picture goes where is drawn by lot. A collection is often sorted, by place or by
# day, and the last fifth of it is not like the rest.

# %% [markdown]
# ### Exercise 5.1 · Split
# **2 points · about 5 minutes**
#
# Write `split(count, test_share, seed)`. It deals with the pictures' *numbers*, not with pictures.
#
# - `count`: how many pictures there are, a whole number from 4 up; their numbers are 0, 1, 2, up to
#   count − 1. `test_share`: the share that is kept for the test, a float between 0 and 1.
#   `seed`: a whole number.
# - Returns two integer arrays of numbers, `train` and `test`, in this order. Each number is in exactly
#   one of the two. `test` has count × test_share numbers, rounded to the nearest whole number (never
#   asked: which way a half goes).
# - Who is in `test` is drawn by lot, with `np.random.default_rng(seed)`: the same seed gives the same
#   two arrays again, another seed others. Their order is free.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Shuffle all numbers, like cards, then cut the pack in two.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.random.default_rng(seed)` gives a generator. Its method `permutation`, given a whole number, gives
# the numbers below it in shuffled order. `round` rounds. Slices cut.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `shuffled = np.random.default_rng(GAP).permutation(GAP)`, `size = round(GAP)`, then
# `return shuffled[GAP], shuffled[GAP]`: the last two gaps are slices, one from `size` on, one up to it.
#
# </details>

# %% answer="split"
# ✏️ Answer: split
def split(count, test_share, seed):
    """Draw by lot which of the numbers 0 to count - 1 are for the test; return two integer arrays, (train, test)."""
    ### BEGIN SOLUTION
    shuffled = np.random.default_rng(seed).permutation(count)
    size = round(count * test_share)
    return shuffled[size:], shuffled[:size]
    ### END SOLUTION


# %% check="split"
# 🔎 Check: split
for count, share, size in ((10, 0.3, 3), (43, 0.2, 9)):
    what = f"split({count}, {share}, 1)"
    both = attempt(split, count, share, 1)
    assert isinstance(both, (tuple, list)) and len(both) == 2, f"{what} should give two arrays, train and test; what came is {describe(both)}."
    train, test = map(np.asarray, both)
    for part, name in ((train, "train"), (test, "test")):
        assert part.ndim == 1 and part.dtype.kind in "iu", f"{what}: {name} should be an array of whole numbers with one axis; what came is {describe(both[0 if name == 'train' else 1])}."
    double = np.intersect1d(train, test)
    assert not double.size, f"{what}: the number {double[0] if double.size else ''} is in train and in test. Such a test asks what was learned by heart."
    together = np.sort(np.concatenate([train, test]))
    slips = {"The first picture has the number 0.": np.arange(1, count + 1)}
    same(together, np.arange(count), f"{what}: train and test together, sorted,", slips=slips, why="Each number from 0 to count − 1 is in one of the two. Which is missing, or there twice?")
    cause = "Is it train first, and then test?" if len(train) == size else f"{count} × {share} is {count * share:g}, and the nearest whole number is wanted."
    assert len(test) == size, f"{what}: test should have {size} numbers; yours has {len(test)}. {cause}"
test = {seed: sorted(np.asarray(attempt(split, 200, 0.5, seed)[1]).tolist()) for seed in (1, 2)}
steps = sorted(set(np.diff(test[1]).tolist()))
assert len(steps) > 3, f"split(200, 0.5, 1): sorted, the numbers for the test go on by {' or '.join(map(str, steps))} from one to the next. Draw them by lot, from all."
assert test[1] == sorted(np.asarray(attempt(split, 200, 0.5, 1)[1]).tolist()), "split(200, 0.5, 1) was called twice and gave two different tests. Does your generator get the seed?"
assert test[1] != test[2], "The seeds 1 and 2 give the same test. Does your generator get the seed?"
print("Of ten pictures, these are kept for the test:", np.sort(attempt(split, 10, 0.3, 1)[1]))

# %% [markdown]
# ### What a leak does
#
# Photographers press twice. Here is a collection in which each of 100 places was photographed two
# times, the second time one pixel further to the right. Nobody noticed, and all 200 photos were split
# by lot. So for most photos of the test, the twin of the photo is among those to learn from: a
# **leak**.
#
# Who is tested? A painter that needs no training: it compares the grey photo, pixel by pixel, with all
# grey photos of the training set, takes the *k* most alike, and paints the mean of their colours. With
# k = 1 it copies: the perfect memoriser. With a larger k it looks for what similar pictures have in
# common.
#
# > **Predict.** Which k will have the smallest loss in the test with the leak? Which one if both photos
# > of a place are always on the same side?

# %%
shots, place = two_shots(24 if GRADED else 100)
lab = rgb2lab(shots)
greys, tints = lab[..., 0].reshape(len(shots), -1), lab[..., 1:] / 128
ks = (1, 2, 3, 5, 8, 12, 20, 40)
curves = {"leak": [], "no leak": []}
for seed in range(5):
    by_photo = split(len(shots), 0.2, seed)
    by_place = [np.flatnonzero(np.isin(place, part)) for part in split(len(shots) // 2, 0.2, seed)]
    for name, (train, test) in zip(curves, (by_photo, by_place)):
        alike = most_alike(greys[train], greys[test])
        curves[name].append([np.mean((tints[train][alike[:, :k]].mean(axis=1) - tints[test]) ** 2) for k in ks])
curves = {name: np.mean(values, axis=0) for name, values in curves.items()}
figure, axis = plt.subplots(figsize=(7.4, 3.2), layout="constrained")
for (name, values), style in zip(curves.items(), (dict(color="#d55e00", marker="o"), dict(color="#0072b2", marker="s", linestyle="--"))):
    axis.plot(range(len(ks)), values, label={"leak": "split by photo: twins on both sides", "no leak": "split by place: no twins"}[name], **style)
    best = int(np.argmin(values))
    axis.annotate(f"best: k = {ks[best]}", (best, values[best]), xytext=(0, -15 if name == "leak" else 8), textcoords="offset points", ha="center", fontsize=9)
axis.set_xticks(range(len(ks)), ks)
axis.set(xlabel="k, the number of similar photos that are mixed", ylabel="loss in the test", ylim=(0, 1.1 * max(map(max, curves.values()))))
axis.legend(frameon=False, fontsize=9)
axis.spines[["top", "right"]].set_visible(False)
show(figure, alt="Two curves of the loss in the test over k. " + " ".join(f"With {name}: {', '.join(f'k = {k} {value:.4f}' for k, value in zip(ks, values))}." for name, values in curves.items()))

# %% [markdown]
# <details><summary>What to see</summary>
#
# With the leak, the copier wins by far: its loss is 0.004, because it finds the twin of nearly every
# photo. Without twins its loss is four times as large, and painters that mix a dozen and more are best. So
# the leak does not only make the number too good. It makes you choose **the wrong painter**: the one that
# learned by heart.
#
# </details>
#
# What the copier paints, for one photo of the test:

# %%
train, test = split(len(shots), 0.2, 0)
one = next(photo for photo in test if np.isin(place[train], place[photo]).any())
apart = np.flatnonzero(place != place[one])
finds = [apart[most_alike(greys[apart], greys[[one]])[0, 0]], train[most_alike(greys[train], greys[[one]])[0, 0]]]
copied = [painted(lab[one, ..., :1], tints[found]) for found in finds]
errors = [colour_error(shots[one], picture) for picture in copied]
show(
    grey_picture(shots[one]),
    copied[1],
    copied[0],
    shots[one],
    titles=["a photo of the test", f"with its twin: ΔE {errors[1]:.1f}", f"without: ΔE {errors[0]:.1f}", "as it was"],
    size=2.4,
    alt=f"One landscape of the test in grey, painted by the copier with its twin in the training set (ΔE {errors[1]:.1f}), without the twin (ΔE {errors[0]:.1f}: the tints of another place lie across it), and as it was.",
)

# %% [markdown]
# A split by lot is not enough, then: what hangs together must stay together. Two shots of one place, a
# photo and its mirror image, frames of one film, X-rays of one patient. In our world every picture is
# drawn afresh, so a split by numbers is honest. Copies that *you* make, in part 3, are made after the
# split, from the training set alone.

# %% [markdown]
# ## Part 2 · Pairs and batches
#
# For alpha you made one pair of arrays, X and Y, from one photo. Now there are hundreds, all of one
# size, in one array `(pictures, H, W, 3)`. `rgb2lab` converts them all in one call: it looks at the last
# axis only. It also believes whatever it gets. In lesson 2, floats from 0 to 255 came out as glare, and
# no error was raised. A pipeline that runs for hours has a doorkeeper.

# %% [markdown]
# ### Exercise 5.2 · Pairs, and a doorkeeper
# **3 points · about 8 minutes**
#
# Write `training_pairs(pictures)`.
#
# - `pictures`: a uint8 array `(N, H, W, 3)` of N RGB pictures. H and W are multiples of 8, and need
#   not be equal; N is 1 or more.
# - Returns `X, Y`, both float32: X of shape `(N, H, W, 1)` is L, unscaled, 0 to 100. Y of shape
#   `(N, H, W, 2)` is ab / 128.
# - Anything else is refused with a `ValueError` whose message says what came:
#     1. another dtype than uint8: the message contains its name, such as `float64`;
#     2. not four axes, or a last axis that is not 3: it contains the shape, such as `(48, 48, 3)`;
#     3. H or W no multiple of 8: it contains the shape, too.
#
#   If more is wrong, any one of the messages will do.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Three questions, each with an `if` and a `raise`. Behind them it is lesson 4's pair, with a colon more
# in front, and without a new axis for the photos: it is there already.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `pictures.dtype`, `pictures.ndim`, `pictures.shape`, and `%` for what is left of a division. An f-string
# puts values into a message. `lab[..., 0]` loses the last axis, `lab[..., :1]` keeps it. `astype` makes
# float32.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `if pictures.dtype != GAP: raise ValueError(f"uint8 is wanted, {pictures.dtype} came")`, two more of
# the kind, then `lab = rgb2lab(pictures).astype(np.float32)` and
# `return lab[..., GAP], lab[..., GAP] / GAP`.
#
# </details>

# %% answer="training_pairs"
# ✏️ Answer: training_pairs
def training_pairs(pictures):
    """Return X, L as float32 (N, H, W, 1), and Y, ab / 128 as float32 (N, H, W, 2); refuse what is not uint8 (N, H, W, 3) with H and W multiples of 8."""
    ### BEGIN SOLUTION
    if pictures.dtype != np.uint8:
        raise ValueError(f"uint8 is wanted, levels from 0 to 255, but {pictures.dtype} came")
    if pictures.ndim != 4 or pictures.shape[3] != 3:
        raise ValueError(f"the shape (pictures, height, width, 3) is wanted, but {pictures.shape} came")
    if pictures.shape[1] % 8 or pictures.shape[2] % 8:
        raise ValueError(f"height and width should be multiples of 8, but the shape is {pictures.shape}")
    lab = rgb2lab(pictures).astype(np.float32)
    return lab[..., :1], lab[..., 1:] / 128
    ### END SOLUTION


# %% check="training_pairs"
# 🔎 Check: training_pairs
for few in (draw_world(7, 0, 16)[0], draw_world(1, 1, 24)[0][:, :16]):
    lab, what = rgb2lab(few), f"training_pairs of {len(few)} picture{'s' * (len(few) > 1)} {few.shape}"
    pair = attempt(training_pairs, few, untouched=True)
    assert isinstance(pair, (tuple, list)) and len(pair) == 2, f"{what} should give two arrays, X and Y; what came is {describe(pair)}."
    X, Y = pair
    glare = "Floats from 0 to 255 went into `rgb2lab`. Give it the uint8 pictures as they are."
    x_slips = {glare: rgb2lab(few.astype(float))[..., :1], "L stays as it is, 0 to 100: nothing is divided here.": lab[..., :1] / 100, "X and Y have changed places.": lab[..., 1:] / 128, "`[..., 0]` takes the last axis away; `[..., :1]` keeps it.": lab[..., 0]}
    same(X, lab[..., :1], f"{what}: X", atol=0.01, slips=x_slips, given=[few], why="X is L, layer 0 of Lab.")
    y_slips = {glare: rgb2lab(few.astype(float))[..., 1:] / 128, "That is ab itself. The network's tanh ends at ±1.": lab[..., 1:], "Divide by 128, not by 127.": lab[..., 1:] / 127, "Divide by 128, not by 100.": lab[..., 1:] / 100, "Those are all three of Lab.": lab / 128}
    same(Y, lab[..., 1:] / 128, f"{what}: Y", atol=1e-4, slips=y_slips, why="Y is layers 1 and 2 of Lab, divided by 128.")
    for array, name in ((X, "X"), (Y, "Y")):
        assert np.asarray(array).dtype == np.float32, f"{what}: {name} should be float32; yours is {np.asarray(array).dtype}. `astype` changes it."
said = []
for bad, word, cause in (
    (np.zeros((2, 16, 16, 3)), "float64", "Floats from 0 to 255 would come out of rgb2lab as glare."),
    (np.zeros((2, 16, 16, 3), np.int64), "int64", "rgb2lab would make it nearly black."),
    (np.zeros((48, 48, 3), np.uint8), "(48, 48, 3)", "That is one picture: `picture[np.newaxis]` would be a collection of one."),
    (np.zeros((2, 16, 16, 4), np.uint8), "(2, 16, 16, 4)", "Pictures with a layer for transparency have four."),
    (np.zeros((2, 20, 16, 3), np.uint8), "(2, 20, 16, 3)", "A height of 20 would come out of the network as 24."),
    (np.zeros((2, 16, 36, 3), np.uint8), "(2, 16, 36, 3)", "A width of 36 would come out of the network as 40."),
):
    what, raised = f"An array of shape {bad.shape} and dtype {bad.dtype}", None
    try:
        training_pairs(bad.copy())
    except Exception as error:
        raised = error
    if isinstance(raised, NotImplementedError):
        raise raised
    assert raised is not None, f"{what} should be refused with a ValueError; yours let it in. {cause}"
    assert isinstance(raised, ValueError), f"{what} should be refused with a ValueError; yours ended with {type(raised).__name__}: {raised}. Does a question of yours come before what stopped?"
    assert word in str(raised), f"For the shape {bad.shape} and the dtype {bad.dtype} the message should contain {word!r}; yours says: {raised}"
    said.append(str(raised))
for message in said:
    print("refused:", message)

# %% [markdown]
# > **Predict.** A loss of 0.03 is what a painter of *grey* has in this world, near enough. On the
# > portrait of lesson 4 it was 0.0304. How much of that can one best colour save here: a tenth, a
# > third, a half?

# %%
train, test = split(len(pictures), 0.2, seed=1)
X, Y = training_pairs(pictures[train])
x, y = training_pairs(pictures[test])
print("to learn from:", X.shape, Y.shape, " to be tested on:", x.shape, y.shape)
print(f"loss in the test: always grey {np.mean(y**2):.4f}, the mean colour of the training set {np.mean((y - Y.mean(axis=(0, 1, 2))) ** 2):.4f}")

# %% [markdown]
# The mean colour comes from the training set, and the loss from the test: what is tested must not
# have seen the test, not even by a mean.
#
# ### Batches
#
# All 320 pictures at once would be one nudge for all; one picture at a time, a nudge for each, to and
# fro. In between is the **batch**: a few pictures, one forward pass, one mean error, one nudge. An
# **epoch** is the pass through all batches, so that each picture is learned from once.

# %% [markdown]
# ### Exercise 5.3 · Batches
# **2 points · about 5 minutes**
#
# Write `batches(count, size, seed)`. Again it deals with numbers, not with pictures.
#
# - `count`: how many pictures there are, a whole number from 1 up. `size`: how many go into a batch, from
#   1 up; it may be more than `count`. `seed`: a whole number.
# - Returns a list of integer arrays. Each of the numbers 0 to count − 1 is in exactly one of them. All
#   arrays have `size` numbers, but the last, which has what is left over: 10 pictures in batches of 4
#   are 4, 4 and 2. There is no empty array.
# - All numbers are shuffled before they are cut up, with `np.random.default_rng(seed)`: the same seed
#   gives the same list again, another seed another one.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Shuffle the whole pack once. Then take `size` cards at a time from the top, until none is left.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `range(0, count, size)` counts in steps: the places where batches begin. A slice that reaches past the
# end of an array simply ends there.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `shuffled = GAP`, as in `split`, then `[shuffled[start : GAP] for start in range(GAP, GAP, GAP)]`.
#
# </details>

# %% answer="batches"
# ✏️ Answer: batches
def batches(count, size, seed):
    """Shuffle the numbers 0 to count - 1 and cut them into arrays of `size`; the last may be smaller."""
    ### BEGIN SOLUTION
    shuffled = np.random.default_rng(seed).permutation(count)
    return [shuffled[start : start + size] for start in range(0, count, size)]
    ### END SOLUTION


# %% check="batches"
# 🔎 Check: batches
for count, size, wanted in ((10, 4, [4, 4, 2]), (12, 4, [4, 4, 4]), (3, 8, [3]), (3, 1, [1, 1, 1]), (150, 50, [50, 50, 50])):
    what = f"batches({count}, {size}, 1)"
    cut = attempt(batches, count, size, 1)
    assert isinstance(cut, (list, tuple)), f"{what} should be a list of arrays; what came is {describe(cut)}."
    assert all(np.ndim(part) == 1 for part in cut), f"{what} should hold arrays with one axis; the first is {describe(cut[0])}."
    sizes = [len(part) for part in cut]
    assert 0 not in sizes, f"{what} holds an empty array: the sizes are {sizes}. Where does the last batch begin?"
    cause = "What is left over is a batch, too." if sizes == [n for n in wanted if n == size] else "`np.array_split` takes the number of parts, not their size." if len(sizes) == size else "All have `size` numbers, but the last."
    assert sizes == wanted, f"{what}: the batches should have {wanted} numbers; yours have {sizes}. {cause}"
    assert all(np.asarray(part).dtype.kind in "iu" for part in cut), f"{what} should hold whole numbers; yours are {np.asarray(cut[0]).dtype}."
    same(np.sort(np.concatenate(cut)), np.arange(count), f"{what}: all batches together, sorted,", slips={"The first picture has the number 0.": np.arange(1, count + 1)}, why="Each number comes once. Was each batch drawn by itself?")
order = {seed: np.concatenate(attempt(batches, 60, 5, seed)).tolist() for seed in (1, 2)}
assert order[1] != list(range(60)), "batches(60, 5, 1) gives the numbers in their order. Shuffle them before they are cut."
assert np.ptp(order[1][:5]) > 4, f"batches(60, 5, 1) begins with {order[1][:5]}, neighbours all of them. Shuffle the numbers, and not the batches."
assert order[1] == np.concatenate(attempt(batches, 60, 5, 1)).tolist(), "batches(60, 5, 1) was called twice and gave two different lists. Does your generator get the seed?"
assert order[1] != order[2], "The seeds 1 and 2 give the same batches. Does your generator get the seed?"
print("Ten pictures in batches of four:", [part.tolist() for part in attempt(batches, 10, 4, 1)])

# %% [markdown]
# ### Why shuffle?
#
# Our collection could have come sorted: first all coasts, then all towns. A small network (given here;
# beta comes in part 6) learns twice from the same 160 small pictures in batches of 8, once in sorted
# order, once shuffled anew for each epoch. Every fifth batch it is tested on coasts and on towns that
# it never saw.
#
# > **Predict.** In sorted order, it sees ten batches of coasts, then ten of towns, and so on. Draw the
# > loss on the *coasts* of the test over 80 batches with your finger.

# %%
small, kinds = draw_world(16 if GRADED else 260, seed=5, side=24)
X, Y = training_pairs(small)
count = 8 if GRADED else 160
by_scene = np.argsort(kinds[:count] > 1, kind="stable")
tested = {"coast": np.flatnonzero(kinds[count:] < 2) + count, "town": np.flatnonzero(kinds[count:] > 1) + count}
runs, after_towns = {}, {}
for name in ("sorted by scene", "shuffled"):
    network, curve = quick_network(), []
    for passes in range(1 if GRADED else 4):
        cut = batches(count, 8, passes) if name == "shuffled" else [by_scene[start : start + 8] for start in range(0, count, 8)]
        for place, batch in enumerate(cut, 1):
            network.train_on_batch(X[batch], Y[batch])
            if place % 5 == 0 or place == len(cut):
                curve.append([np.mean((network.predict_on_batch(X[which]) - Y[which]) ** 2) for which in tested.values()])
    runs[name], after_towns[name] = np.array(curve).T, network.predict_on_batch(X[tested["coast"][:4]])
figure, axes = plt.subplots(1, 2, figsize=(10, 3), sharey=True, layout="constrained")
for axis, (name, curve) in zip(axes, runs.items()):
    steps = 5 * np.arange(1, curve.shape[1] + 1)
    axis.plot(steps, curve[0], color="#d55e00", marker="o", label="on coasts")
    axis.plot(steps, curve[1], color="#0072b2", marker="s", linestyle="--", label="on towns")
    axis.set(title=name, xlabel="batches", ylim=(0, None))
    axis.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("loss in the test")
axes[1].legend(frameon=False)
show(figure, alt="Two figures of the loss in the test over the batches. " + " ".join(f"{name[0].upper() + name[1:]}: on coasts {', '.join(f'{v:.3f}' for v in curve[0])}; on towns {', '.join(f'{v:.3f}' for v in curve[1])}." for name, curve in runs.items()))

# %% [markdown]
# <details><summary>What happened</summary>
#
# Sorted, the losses are two saws. While it sees coasts, it learns coasts and *forgets* towns; ten
# batches of towns later it is the other way round. The last batches of an epoch have the last word.
# Shuffled, each batch has some of both, and both losses go down together. What is left to jump is
# RMSprop's step, as in lesson 4. After the last batch, four coasts that it never saw:
#
# </details>

# %%
which = tested["coast"][:4]
rows = [painted(X[which], Y[which]), *(painted(X[which], colours) for colours in after_towns.values())]
names = ["as they are", *(f"learned {name}" for name in after_towns)]
bottoms = [f"{name}: {tint_of(*rgb2lab(row)[:, -10:, :, 1:].mean(axis=(0, 1, 2)))}" for name, row in zip(names, rows)]
show(*(mosaic(row, 2) for row in rows), titles=names, alt=f"Four small coasts three times. Their lower part, sea and sand, on average: {'; '.join(bottoms)}.")

# %% [markdown]
# ## Part 3 · More pictures out of few
#
# Hundreds of pictures are few. **Augmentation** makes more out of them: each time a picture comes up, it
# is changed a little, so the network hardly ever sees the same one twice. What is *little*? What could
# have been photographed that way. A landscape in a mirror is a landscape. But L and colours belong
# together, pixel by pixel: whatever moves in X moves in Y.

# %% [markdown]
# ### Exercise 5.4 · In the mirror, or not
# **2 points · about 6 minutes**
#
# Write `flip_some(X, Y, seed)`.
#
# - `X`: an array `(N, H, W, 1)`, `Y`: an array `(N, H, W, 2)`, both of floats; N, H and W from 1 up.
#   `seed`: a whole number.
# - Returns two new arrays of the same shapes and dtypes, in which each picture is mirrored left-right
#   with a chance of 1/2, each one by a draw of its own. X and Y of a picture are mirrored together, or
#   neither is. The order of the pictures stays.
# - The draws come from `np.random.default_rng(seed)`: the same seed gives the same again, another seed
#   another choice. The arrays that came in are not changed.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Toss a coin for each picture, *once*, and keep the N results. Then turn those of X for which it shows
# heads, and the same ones of Y.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.random.default_rng(seed).random(N) < 0.5` is N times True or False, and an array of truth values
# picks pictures: `X[heads]`. Columns are axis 2: `[:, :, ::-1]`. `X.copy()` is a new array.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `heads = GAP`, `X, Y = X.copy(), Y.copy()`, `X[heads] = X[heads][GAP]`, the same for Y,
# `return X, Y`. Which index turns columns, and neither rows nor channels?
#
# </details>

# %% answer="flip_some"
# ✏️ Answer: flip_some
def flip_some(X, Y, seed):
    """Return new arrays in which each picture, X and Y together, is mirrored left-right with a chance of 1/2."""
    ### BEGIN SOLUTION
    heads = np.random.default_rng(seed).random(len(X)) < 0.5
    X, Y = X.copy(), Y.copy()
    X[heads], Y[heads] = X[heads][:, :, ::-1], Y[heads][:, :, ::-1]
    return X, Y
    ### END SOLUTION


# %% check="flip_some"
# 🔎 Check: flip_some
def which_way(came, was):
    """How each picture came back, by a word."""
    ways = {"as it was": was, "mirrored": was[:, :, ::-1], "upside down": was[:, ::-1], "turned by half": was[:, ::-1, ::-1], "its channels swapped": was[..., ::-1]}
    return [next((name for name, way in ways.items() if np.array_equal(came[i], way[i])), "otherwise changed") for i in range(len(was))]


X, Y = np.random.default_rng(0).random((60, 4, 24, 1), dtype=np.float32), np.random.default_rng(1).random((60, 4, 24, 2), dtype=np.float32)
seen = {}
for seed in (1, 2):
    pair = attempt(flip_some, X, Y, seed, untouched=True)
    assert isinstance(pair, (tuple, list)) and len(pair) == 2, f"flip_some(X, Y, {seed}) should give two arrays; what came is {describe(pair)}."
    for came, was, name in zip(pair, (X, Y), "XY"):
        what = f"flip_some(X, Y, {seed}): {name}"
        assert isinstance(came, np.ndarray) and came.shape == was.shape, f"{what} should have the shape {was.shape}, as it came in; what came is {describe(came)}."
        assert came.dtype == was.dtype, f"{what} should be {was.dtype}, as it came in; yours is {came.dtype}."
        ways = seen[name, seed] = which_way(came, was)
        odd = [way for way in ways if way not in ("as it was", "mirrored")]
        assert not odd, f"{what}: picture {ways.index(odd[0])} came back {odd[0]}. Left and right change places where *columns* come in the opposite order: axis 2."
    assert seen["X", seed] == seen["Y", seed], f"flip_some(X, Y, {seed}): X of a picture is mirrored and Y of it is not, or the other way round. Toss one coin for both."
    mirrored = seen["X", seed].count("mirrored")
    assert 10 < mirrored < 50, f"flip_some(X, Y, {seed}): {mirrored} of 60 pictures are mirrored; about half should be. Is there a draw for each picture?"
assert which_way(attempt(flip_some, X, Y, 1)[0], X) == seen["X", 1], "flip_some(X, Y, 1) was called twice, and other pictures were mirrored. Does your generator get the seed?"
assert seen["X", 1] != seen["X", 2], "The seeds 1 and 2 mirror the same pictures. Does your generator get the seed?"
one = attempt(flip_some, X[:1], Y[:1], 3)[0]
assert one.shape == (1, 4, 24, 1), f"One picture alone should come back as {(1, 4, 24, 1)}; yours has the shape {one.shape}."
print("Of 60 pictures,", seen["X", 1].count("mirrored"), "were mirrored, colours and all.")

# %%
X, Y = training_pairs(draw_world(4, seed=3, side=48)[0])
A, B = flip_some(X, Y, seed=2)
turned = [int(not np.array_equal(A[i], X[i])) for i in range(4)]
wrong = painted(A, Y)
show(
    mosaic(painted(X, Y), 2),
    mosaic(painted(A, B), 2),
    mosaic(wrong, 2),
    titles=["four pictures", "flip_some of them", "X alone mirrored"],
    alt=f"Four landscapes, three times: as they are; after flip_some, which mirrored {sum(turned)} of them; and with L mirrored while the colours stay, so that houses, trees and fruit lie beside their colours (mean ΔE {colour_error(painted(A, B), wrong):.1f}).",
)

# %% [markdown]
# Now a change of size. A photographer takes a step forward: three quarters of the picture fill it
# whole. To enlarge a grid, pixels are written twice here and there: of 48 pixels, the window has 36,
# and pixel 0, 1, 2, 3, 4 of the result is pixel 0, 0, 1, 2, 3 of the window. That is
# `np.arange(48) * 3 // 4`: nearest neighbours, by index alone, so that no colour is mixed.

# %% [markdown]
# ### Exercise 5.5 · A step forward
# **2 points · about 7 minutes**
#
# Write `zoom_in(X, Y, seed)`.
#
# - `X`: an array `(N, H, W, 1)`, `Y`: an array `(N, H, W, 2)`, both of floats. H and W are multiples of
#   8, and need not be equal. `seed`: a whole number.
# - Returns two new arrays of the same shapes and dtypes. Of each picture a window is left, enlarged to
#   the full size: row `r` of the result is row `top + r * 3 // 4` of the picture (a whole-number
#   division), and column `c` is column `left + c * 3 // 4`.
# - `top` is drawn for each picture from the whole numbers 0 to H // 4, `left` from 0 to W // 4, both
#   ends included, all equally likely, with `np.random.default_rng(seed)`. X and Y of a picture have
#   the same window. The arrays that came in are not changed.
#
# <details><summary>Hint 1 · the idea</summary>
#
# A loop over the pictures. In it: draw a corner, write down which rows and which columns are wanted,
# and take these of X and of Y.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# The generator's `integers(0, n)` ends *before* n; `endpoint=True` lets n come, too. One generator for
# all pictures, made before the loop. An array of row numbers picks rows: `X[i][rows]`; one for columns
# behind a colon picks columns: `[:, columns]`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# In the loop: `rows = rng.integers(0, GAP, endpoint=True) + np.arange(H) * 3 // 4`, `columns = GAP`,
# then `new_X[i] = X[i][rows][GAP]`, and the same for Y. Before it: `new_X, new_Y = GAP, GAP`.
#
# </details>

# %% answer="zoom_in"
# ✏️ Answer: zoom_in
def zoom_in(X, Y, seed):
    """Return new arrays in which a window of 3/4 of each side, drawn for each picture, fills the picture; the same one in X and Y."""
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    new_X, new_Y = X.copy(), Y.copy()
    H, W = X.shape[1:3]
    for i in range(len(X)):
        rows = rng.integers(0, H // 4, endpoint=True) + np.arange(H) * 3 // 4
        columns = rng.integers(0, W // 4, endpoint=True) + np.arange(W) * 3 // 4
        new_X[i], new_Y[i] = X[i][rows][:, columns], Y[i][rows][:, columns]
    return new_X, new_Y
    ### END SOLUTION


# %% check="zoom_in"
# 🔎 Check: zoom_in
def window_of(came, was):
    """The corner (top, left) of the window that a picture came back as, or None."""
    (height, width), found = was.shape[:2], None
    for top, left in np.ndindex(height // 4 + 1, width // 4 + 1):
        if np.array_equal(came, was[top + np.arange(height) * 3 // 4][:, left + np.arange(width) * 3 // 4]):
            found = top, left
    return found


rng, corners = np.random.default_rng(0), {}
for shape in ((80, 8, 8), (5, 8, 16), (5, 32, 8)):
    X, Y = rng.random((*shape, 1), dtype=np.float32), rng.random((*shape, 2), dtype=np.float32)
    pair = attempt(zoom_in, X, Y, 1, untouched=True)
    assert isinstance(pair, (tuple, list)) and len(pair) == 2, f"zoom_in(X, Y, 1) should give two arrays; what came is {describe(pair)}."
    for came, was, name in zip(pair, (X, Y), "XY"):
        what = f"zoom_in(X, Y, 1) of {shape[0]} pictures of {shape[1]} × {shape[2]}: {name}"
        assert isinstance(came, np.ndarray) and came.shape == was.shape, f"{what} should have the shape {was.shape}, as it came in; what came is {describe(came)}."
        assert came.dtype == was.dtype, f"{what} should be {was.dtype}, as it came in; yours is {came.dtype}."
        corners[name] = [window_of(came[i], was[i]) for i in range(len(was))]
        cause = "That is what went in, unchanged." if np.array_equal(came, was) else "Is `[rows][:, columns]` taken of each, with `start + np.arange(side) * 3 // 4`, H for the rows and W for the columns?"
        assert None not in corners[name], f"{what}: picture {corners[name].index(None)} is no window of what came in, three quarters of each side, enlarged as the text says. {cause}"
    assert corners["X"] == corners["Y"], f"zoom_in(X, Y, 1): X of a picture has the corner {corners['X'][0]} and Y of it {corners['Y'][0]}. Draw once, and take the same rows and columns of both."
    for axis, name in enumerate(("top", "left")):
        came, all_of = {corner[axis] for corner in corners["X"]}, set(range(shape[1 + axis] // 4 + 1))
        if shape[0] == 80:
            cause = "Is a corner drawn for each picture?" if len(came) == 1 else "`integers(0, n)` ends before n." if came == all_of - {max(all_of)} else "Both ends are included."
            assert came == all_of, f"For 80 pictures of 8 × 8, {name} should take each of the values {sorted(all_of)}; yours takes {sorted(map(int, came))}. {cause}"
            assert corners["X"] != [corner[::-1] for corner in corners["X"]], "In all 80 pictures, top and left are the same number. Draw each by itself."
            again, other = (attempt(zoom_in, X, Y, seed)[0] for seed in (1, 2))
            assert np.array_equal(again, pair[0]), "zoom_in(X, Y, 1) was called twice and gave two different results. Does your generator get the seed?"
            assert not np.array_equal(other, pair[0]), "The seeds 1 and 2 give the same windows. Does your generator get the seed?"
print("Of 80 pictures of 8 × 8 the window begins in nine places, each its own draw.")

# %%
X, Y = training_pairs(draw_world(1, seed=11)[0])
many = painted(*zoom_in(*(np.repeat(part, 5, axis=0) for part in (X, Y)), seed=4))
show(
    *painted(X, Y),
    *many,
    size=1.7,
    titles=["the picture", *(f"step {i}" for i in range(1, 6))],
    alt="A landscape, and five windows of it, each three quarters of a side, enlarged to the full size: what is in the middle is in all of them, what is at an edge in some.",
)

# %% [markdown]
# ### Which changes are honest?
#
# An augmentation is **honest** if what comes out could have been in the collection: grey and colours
# still belong together, as they do in the world. Six candidates:
#
# | change | what is done to each picture, by lot |
# |---|---|
# | none | nothing |
# | mirrored | your `flip_some` |
# | step forward | your `zoom_in` |
# | lighter, darker | a number from −20 to 20 is added to L |
# | upside down | X and Y turned over, with a chance of 1/2 |
# | hues turned | all colours turned round the colour circle, by any angle; L stays |
#
# > **Predict.** The quick network learns from 24 pictures, 50 epochs for each change, and is tested on
# > 120 pictures that nobody changed. Which changes will make the loss in the test smaller than
# > *none*? Which one much larger, and which of the two painters, *grey* or *mean colour*, will it then
# > be like?

# %%
small, _ = draw_world(144, seed=5, side=24)
X, Y = training_pairs(small[:24])
x, y = training_pairs(small[24:])
changes = {"none": lambda X, Y, seed: (X, Y), "mirrored": flip_some, "step forward": zoom_in, "lighter, darker": lighter_or_darker, "upside down": some_upside_down, "hues turned": hues_turned}
tests, samples = {}, []
for name, change in changes.items():
    network, last = quick_network(), []
    for passes in range(1 if GRADED else 50):
        A, B = change(X, Y, passes)
        for batch in batches(len(A), 8, passes):
            network.train_on_batch(A[batch], B[batch])
        if GRADED or passes >= 40:
            last.append(np.mean((network.predict_on_batch(x) - y) ** 2))
    tests[name] = np.median(last)
    samples.append(painted(*(part[:6] for part in change(X, Y, 1))))
figure, axis = plt.subplots(figsize=(7.6, 2.9), layout="constrained")
bars = axis.barh(list(tests), list(tests.values()), color=["#999999", *["#0072b2"] * 3, *["#d55e00"] * 2])
axis.bar_label(bars, fmt=" %.4f", fontsize=9)
for level, word in ((np.mean(y**2), "grey"), (np.mean((y - Y.mean(axis=(0, 1, 2))) ** 2), "mean colour")):
    axis.axvline(level, color="black", linewidth=1, linestyle=":")
    axis.text(level, -0.75, word, ha="center", fontsize=9)
axis.invert_yaxis()
axis.set(xlabel="loss in the test", xlim=(0, 1.15 * max(*tests.values(), np.mean(y**2))))
axis.spines[["top", "right"]].set_visible(False)
show(figure, alt="Bars, the loss in the test by the change in training: " + ", ".join(f"{name} {loss:.4f}" for name, loss in tests.items()) + f". Always grey {np.mean(y**2):.4f}, the mean colour {np.mean((y - Y.mean(axis=(0, 1, 2))) ** 2):.4f}.")

# %%
tints = {name: tint_of(*rgb2lab(row)[:, :8, :, 1:].mean(axis=(0, 1, 2))) for name, row in zip(changes, samples)}
show(
    *(mosaic(row, 2) for row in samples),
    titles=list(changes),
    size=1.7,
    alt="Six small landscapes under each of the six changes. The upper third is on average: " + "; ".join(f"{name} {tint}" for name, tint in tints.items()) + ".",
)

# %% [markdown]
# <details><summary>What happened</summary>
#
# Another start of the network moves each of these numbers by about 0.001: only large differences count.
#
# - *Hues turned* is a lie. The same grey grass is green now and violet the next time. What is right on
#   average over all hues? No colour at all. So the network paints nearly grey, and has grey's loss.
# - *Mirrored* is honest, and costs nothing. It helps most where pictures are few and trainings long.
# - *Upside down* takes away the place: half of what says that the smooth thing is sky, and not sand.
# - *Lighter, darker* and *a step forward* would be honest for photos in any light, from any distance.
#   Here, L is part of what tells sand from sea, and the size of the grain what tells leaves from grass;
#   no test picture is as dark or as coarse as theirs. So they cost more than they bring.
#
# What is honest is decided by the collection. And a last scruple: who picks the best of six by the test
# has used the test up a little. For choices one keeps a third set, the **validation set**, and looks at
# the test once, at the end.
#
# </details>

# %% [markdown]
# ### Exercise 5.6 · An epoch
# **2 points · about 5 minutes · builds on 5.3 and 5.4**
#
# Now all of it in one function. This is the pipeline that beta will learn from, and the grader trains
# with it, too.
#
# Write `epoch(X, Y, size, seed)`.
#
# - `X`: float32 `(N, H, W, 1)`, `Y`: float32 `(N, H, W, 2)`, as `training_pairs` makes them. `size`: how many
#   pictures go into a batch, from 1 up. `seed`: a whole number.
# - Returns a list of pairs `(X of the batch, Y of the batch)`, float32, for one epoch: each picture is in
#   exactly one batch, mirrored or not as `flip_some` does it, and X and Y of a picture stand at the
#   same place. All batches have `size` pictures, but the last, which has what is left over.
# - The same seed gives the same list again. Another seed gives another order, and mirrors other
#   pictures.
# - Whether pictures are also zoomed as by `zoom_in` is up to you. Nothing else is changed.
#
# <details><summary>Hint 1 · the idea</summary>
#
# You have both halves: one function changes all pictures, the other says which numbers go together.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# First `flip_some`, of all pictures. Then a list of pairs, one for each array of numbers that `batches`
# gives. An array of numbers picks pictures: `X[numbers]`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `X, Y = flip_some(GAP)`, then `return [(X[numbers], GAP) for numbers in batches(GAP, GAP, GAP)]`. How many
# pictures are there?
#
# </details>

# %% answer="epoch"
# ✏️ Answer: epoch
def epoch(X, Y, size, seed):
    """Return a list of batches (X, Y) for one epoch: shuffled, some pictures mirrored, other ones for each seed."""
    ### BEGIN SOLUTION
    X, Y = flip_some(X, Y, seed)
    return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]
    ### END SOLUTION


# %% check="epoch"
# 🔎 Check: epoch
# Picture i has the L of i everywhere, and the a of i; a small step from left to right shows whether it was mirrored.
slope, number = np.linspace(-0.2, 0.2, 8, dtype=np.float32), np.arange(64, dtype=np.float32)[:, np.newaxis, np.newaxis, np.newaxis]
X, Y = np.zeros((64, 8, 8, 1), np.float32) + number + slope[:, np.newaxis], np.zeros((64, 8, 8, 2), np.float32) + (number + slope[:, np.newaxis]) / 128
seen = {}
for seed in (1, 2):
    what = f"epoch(X, Y, 12, {seed}) of 64 pictures"
    cut = attempt(epoch, X, Y, 12, seed, untouched=True)
    assert isinstance(cut, (list, tuple)), f"{what} should be a list of pairs; what came is {describe(cut)}."
    assert all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in cut), f"{what} should hold pairs, X and Y of a batch; the first is {describe(cut[0])}."
    shapes = [np.shape(part) for pair in cut for part in pair]
    wanted = [(n, 8, 8, channels) for n in (12, 12, 12, 12, 12, 4) for channels in (1, 2)]
    assert shapes == wanted, f"{what}: the pairs should have the shapes {wanted[0]} and {wanted[1]}, and the last one {wanted[-2]} and {wanted[-1]}; yours have {', '.join(map(str, shapes))}."
    A, B = (np.concatenate([pair[part] for pair in cut]) for part in (0, 1))
    assert A.dtype == B.dtype == np.float32, f"{what}: both should be float32; yours are {A.dtype} and {B.dtype}."
    came = np.rint(A.mean(axis=(1, 2, 3))).astype(int)
    same(np.sort(came), np.arange(64), f"{what}: the numbers of the pictures that came, sorted,", why="Each picture is in one batch of an epoch. Is each batch drawn by itself?")
    assert np.allclose(A, 128 * B[..., :1], atol=0.01), f"{what}: X and Y of a picture do not stand at the same place, or only one of them was mirrored. Are both changed first, and then both cut by the same numbers?"
    mirrored = set(came[A[:, 0, 0, 0] > A[:, 0, -1, 0]].tolist())
    assert 12 < len(mirrored) < 52, f"{what}: {len(mirrored)} of 64 pictures are mirrored; about half should be. Where is `flip_some` called, and what happens to what it returns?"
    seen[seed] = came.tolist(), mirrored
    again = attempt(epoch, X, Y, 12, seed)
    assert np.array_equal(np.concatenate([pair[0] for pair in again]), A), f"{what} was called twice and gave two different lists. Does each step get the seed?"
assert seen[1][0] != list(range(64)), "epoch(X, Y, 12, 1) gives the pictures in their order. What does `batches` return?"
assert seen[1][0] != seen[2][0], "The seeds 1 and 2 give the same order. Does `batches` get the seed?"
assert seen[1][1] != seen[2][1], "The seeds 1 and 2 mirror the same pictures. Does `flip_some` get the seed?"
print("An epoch of 64 pictures in batches of 12, by their numbers:", *(f"\n{part}" for part in np.split(np.array(seen[1][0]), range(12, 64, 12))))

# %% [markdown]
# One picture of the collection, as it comes up in eight epochs. With `zoom_in` it would hardly come twice the
# same in a training.

# %%
X, Y = training_pairs(draw_world(24, seed=5)[0])
first = []
for seed in range(8):
    pairs = [(one, colours) for batch in epoch(X, Y, 8, seed) for one, colours in zip(*batch)]
    nearest = min(pairs, key=lambda pair: min(np.abs(pair[0] - way).mean() for way in (X[0], X[0][:, ::-1])))
    first.append(painted(*(part[np.newaxis] for part in nearest))[0])
flips = sum(np.abs(picture.astype(int) - painted(X[:1], Y[:1])[0]).mean() > 1 for picture in first)
show(*first, size=1.25, titles=[f"epoch {seed}" for seed in range(8)], alt=f"The same landscape in eight epochs: {flips} times it is not as it was, but mirrored.")

# %% [markdown]
# ## Part 4 · Other rulers
#
# == second half ==

# %% [markdown]
# ## What you can do now
#
# - split pictures so that a test is a test;
# - make batches, and augmentations that are honest for colour.

# %% [markdown]
# ## Your own picture

# %% tags=["setup"]
# from solutions/shared.py: own_picture

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

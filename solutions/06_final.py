# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 6 · Final: what is this a picture of?
#
# Beta colours pictures that it never saw. But it looks at each place through a small window, and there
# are things that no window shows: whether it is noon or evening, summer or autumn. In this lesson the
# network is told what the whole picture is.
#
# **After this lesson you can**
#
# - say how far a network sees, and what it cannot know for that reason;
# - build and train a classifier, and read its accuracy, its confusion matrix and its loss against one
#   that knows nothing;
# - fuse what a classifier knows about the whole picture with what filters see at each place.
#
# **About 120 minutes · 17 points · seven exercises · bonus lesson**
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
# squared error: on the average it is less wrong than either, though no fruit looks like that.
#
# </details>
#
# **2.** A classmate mirrors half of the pictures, adds the mirrored ones to the others, and *then*
# splits all of them into a training set and a test set. What is wrong with the test loss?
#
# <details><summary>Answer</summary>
#
# It is too good: many a picture of the test set has its mirror image in the training set, so it was as
# good as seen. First split, then mirror, and only what is trained on.
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


def grey_picture(picture):
    """The picture, or pictures, with the colour taken away: L as it was, a and b zero."""
    return img_as_ubyte(lab2rgb(rgb2lab(picture) * (1, 0, 0)))


classifier = None  # your classifier, as soon as it is trained


def tint_of(a, b):
    """A colour in words, such as "red with yellow (a 41, b 39)"."""
    sides = sorted([(abs(a), "red" if a > 0 else "green"), (abs(b), "yellow" if b > 0 else "blue")], reverse=True)
    words = [word for size, word in sides if size >= max(5, 0.4 * sides[0][0])]
    return f"{' with '.join(words) or 'nearly grey'} (a {a:.0f}, b {b:.0f})"


# from solutions/shared.py: show


def trained(what, who="classifier", where="6.1 to 6.6"):
    """Stop with a sentence where a network has not been trained yet."""
    if not what:
        raise NotImplementedError(f"There is no trained {who} yet. A cell further up trains it; it needs your answers to {where}, and the check of each says whether it is right.")
    return what


def is_model(model):
    """Return a model, or stop with a sentence where it is none."""
    if isinstance(model, keras.Model):
        return model
    raise NotImplementedError(f"A Keras model is wanted here, and {describe(model)} came. The check of the exercise that builds it says what is missing.")


print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}. {'There is a GPU.' if GPU else 'No GPU: the CPU will do.'}")

# %% tags=["setup", "slips"]
# `autograder build` pastes the words of the checks here.

# %% [markdown]
# ## Part 1 · What local filters cannot know

# %%
# No network is trained on the unseen ones.
pictures, numbers = draw_world(48 if GRADED else 400, seed=6, moods=True)
unseen, unseen_numbers = draw_world(24 if GRADED else 120, seed=66, moods=True)
X, Y = training_pairs(pictures)
x, y = training_pairs(unseen)

# %% [markdown]
# ### Exercise 6.1 · How far does a network see?
# **2 points · about 6 minutes**
#
# Write `receptive_field(layers)`.
#
# - `layers`: a list of pairs (kernel, stride), whole numbers from 1 up, one for each convolution in the
#   order in which the picture goes through them. It may be empty.
# - Returns a whole number: how many pixels of the input, from left to right, one number of the output
#   can depend on. Without a layer it is 1.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Go through the layers and keep two numbers: how many pixels are seen so far, and how far apart two
# neighbours of the present grid lie in the input.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# A kernel of 3 adds two neighbours, one on each side: 2 × the distance. A stride multiplies the distance
# for the layers that follow.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `seen, apart = 1, 1`, then for each layer `seen += (kernel - 1) * GAP` and `apart *= GAP`.
#
# </details>

# %% answer="receptive_field"
# ✏️ Answer: receptive_field
def receptive_field(layers):
    """How many pixels across one number behind convolutions, a list of (kernel, stride), can depend on."""
    ### BEGIN SOLUTION
    seen = apart = 1
    for kernel, stride in layers:
        seen += (kernel - 1) * apart
        apart *= stride
    return seen
    ### END SOLUTION


# %% check="receptive_field"
# 🔎 Check: receptive_field
same(attempt(receptive_field, [(3, 1), (3, 1)]), 5, "Behind two 3 × 3 convolutions", why="Each adds a pixel on both sides.")
print("Two 3 × 3 filters see five pixels.")

# %% [markdown]
# ## Part 4 · Fusion
#
# You have a classifier that looks at the whole picture. Now you build a network that looks through a
# window of 15 pixels and colours. How does the one tell the other? It hands over a vector of numbers,
# an **embedding**: here its four probabilities, one for each scene. The tutorial of 2017 took the 1,000
# numbers of Inception-ResNet-v2, a classifier that was trained on 1.2 million photos.
#
# The vector belongs to the picture as a whole and to no place in it. What the colouring network has
# inside is a grid: at each place a few channels, the **features**. So the vector is written into *every
# cell* of the grid, behind the channels that are there already. Then a convolution with kernels of
# 1 × 1 mixes them, in each cell by itself. This is called **fusion**. Iizuka, Simo-Serra and Ishikawa
# brought it into colouring in 2016.

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
# > embedding has 1,000 numbers. How many numbers has the fused grid? And a 1 × 1 convolution with 256
# > filters behind it: does it learn more, or fewer, than a 3 × 3 convolution of 256 filters on the
# > features alone (590,080)?

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
# `pictures, height, width, channels = features_shape`, then return the tuple
# `(pictures, height, width, GAP)` and the number `(GAP + 1) * filters`.
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
# **2 points · about 6 minutes**
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
got = attempt(fuse, features, vectors)
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
together = fuse(features.copy(), vectors.copy()) @ kernel
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
# patch of sky means blue, with another one orange. The ReLU behind it can then switch whole filters on
# or off. That is all that fusion does, and it is enough.
#
# </details>
#
# ### Two inputs in Keras
#
# `keras.Sequential` has one line of layers. For two inputs, each layer is *called* on what it gets, and
# gives something to call the next one on; at the end `keras.Model` is told what goes in and what comes
# out. A small example, with a line of cells instead of a grid:

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
    x = layers.Conv2D(2 * width, 1, activation="relu")(x)
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D()(x)
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    return keras.Model(L, x)


print(f"{build_local(16).count_params():,} numbers to learn")

# %% [markdown]
# ### Exercise 6.9 · A network that is told
# **4 points · about 10 minutes**
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
# - All paddings are `"same"`. Give each Conv2D its activation by its name. The first three layers are
#   written.
# - How the vector gets into each cell is yours: with `RepeatVector` and `Reshape`, or in another way with
#   Keras' own layers that learn nothing.
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
    x = layers.Conv2D(2 * width, 1, padding="same", activation="relu")(x)
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D()(x)
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    return keras.Model([L, embedding], x)
    ### END SOLUTION


# %% check="build_fusion"
# 🔎 Check: build_fusion
def plain_shape(tensor):
    """The shape of an input or output without the axis that counts pictures."""
    return tuple(tensor.shape)[1:]


def convolutions(model):
    """What each Conv2D of a model is, in their order: filters, side of the kernel, stride, activation."""
    found = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    return [(layer.filters, layer.kernel_size[0], layer.strides[0], getattr(layer.activation, "__name__", "?")) for layer in found]


model = attempt(build_fusion, 4, 3, 16)
assert isinstance(model, keras.Model), f"A Keras model should come back; what came is {describe(model)}."
inputs, outputs = [plain_shape(one) for one in model.inputs], [plain_shape(one) for one in model.outputs]
cause = " The two have changed places: L is first." if inputs == [(3,), (16, 16, 1)] else ""
assert inputs == [(16, 16, 1), (3,)], f"build_fusion(4, 3, 16) should have the inputs (16, 16, 1) and (3,), in this order; yours has {inputs}.{cause}"
assert outputs == [(16, 16, 2)], f"build_fusion(4, 3, 16) should have one output, (16, 16, 2); yours has {outputs}. Which layer doubles the sides again?"
assert not model.compiled, "The model is compiled already. That comes later: here it is built, and no more."
got, table = convolutions(model), [(4, 3, 1, "relu"), (4, 3, 2, "relu"), (8, 3, 1, "relu"), (8, 1, 1, "relu"), (4, 3, 1, "relu"), (2, 3, 1, "tanh")]
assert len(got) == 6, f"The table has six Conv2D; yours has {len(got)}."
for number, (mine, wanted) in enumerate(zip(got, table), 1):
    for part, one, other in zip(("filters", "a kernel with the side", "stride", "the activation"), mine, wanted):
        assert one == other, f"Conv2D number {number} of build_fusion(4, 3, 16) should have {part} {other}; yours has {one}."
mixing = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)][3]
coming = mixing.kernel.shape[2]
cause = {8: "The vector is not there: is it concatenated in front of this layer?", 24: "The channels were multiplied.", 3: "The features are not there."}.get(coming, "Features and vector stand behind each other along the last axis, that of the channels.")
assert coming == 11, f"Into the 1 × 1 convolution of build_fusion(4, 3, 16) come 8 channels of features and 3 numbers of the vector, 11 in all; in yours {coming}. {cause}"
grey, vectors = np.random.default_rng(0).uniform(0, 100, (1, 16, 16, 1)).astype(np.float32), np.eye(3, dtype=np.float32) * 300
made = [np.array(model([grey, vector[None]])) for vector in vectors]
changed = [np.abs(one - other).max(axis=-1) > 1e-6 for one, other in zip(made, made[1:])]
assert all(places.any() for places in changed), "The picture is the same, whatever the vector says: the embedding goes in, and nothing comes of it. Is it multiplied by zero, or does it never meet the features?"
assert all(places.mean() > 0.5 for places in changed), f"The vector changes only {np.mean(changed):.0%} of the picture. It should stand in every cell of the grid."
assert build_fusion(4, 3, 16) is not model, "build_fusion() called twice gave the same network twice. It should be new each time: build it inside the function."
assert plain_shape(attempt(build_fusion, 4, 3).inputs[0]) == (48, 48, 1), "Without a third argument the side is 48. Leave the first line of the function as it is."
for width, classes, side in ((16, 4, 48), (6, 5, 32)):
    mine, wanted = attempt(build_fusion, width, classes, side).count_params(), 49 * width**2 + 2 * width * classes + 34 * width + 2
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
# **3 points · about 7 minutes**
#
# Write `colour_with(model, classifier, L)`: the way from a grey picture to colours, with nobody who says
# which scene it is.
#
# - `L`: a float array (H, W), lightness from 0 to 100. `classifier`: a Keras model that takes L as a
#   float32 array (1, H, W, 1), unscaled, and gives probabilities, (1, classes). `model`: a Keras model
#   with the inputs [L, embedding] that gives ab / 128, (1, H, W, 2).
# - Asks the classifier, hands its probabilities *as they are* to the model, together with L, and puts
#   the prediction × 128 on a canvas below L, as `colorize` did in lesson 4.
# - Returns a picture: uint8 RGB (H, W, 3), each value within one level of 255 × what `lab2rgb` gives.
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
# what the classifier gives, with `np.array`. The set-up has `as_pictures(X, Y)`, for arrays with all four
# axes: the axis of the pictures stays until the end.
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
same(
    got[4, 4],
    [186, 125, 173],
    "For L = 60, from a model that says a = 31.3 and b = −15.9 whatever it is told, a pixel in RGB",
    atol=1.01,
    slips={
        "That is grey. Is the prediction on the canvas, times 128?": [145, 144, 145],
        "a and b have changed places.": [136, 151, 88],
        "The prediction times 128 is wanted. Is it 100 in yours?": [178, 130, 167],
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
# Now both networks learn the same pictures, with the same recipe: RMSprop, mean squared error, batches of
# 8, 20 epochs, the last five with smaller steps, so that no jump spoils the end. One is told what your
# classifier says of each picture, the other is not. After each epoch both are measured on the 120 pictures
# that no network has seen. It takes a minute or two.
#
# > **Predict.** Which loss ends lower *on the pictures that are trained on*? And is the difference larger
# > by day or in the evening?

# %% tags=["setup"]
local_network = fusion_network = None  # the two networks, as soon as they are trained
EPOCHS = 1 if GRADED else 20


def learn(name, model, inputs, target, unseen_inputs, unseen_target):
    """Train a network in place, say how far it is; return its losses on both sets, epoch by epoch."""
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss="mean_squared_error")
    losses, unseen_losses, start = [], [], time.perf_counter()
    for epoch in range(1, EPOCHS + 1):
        if epoch == EPOCHS - 4:
            model.optimizer.learning_rate = 2e-4  # smaller steps at the end: no more jumps
        losses += model.fit(inputs, target, batch_size=8, verbose=0).history["loss"]
        unseen_losses.append(model.evaluate(unseen_inputs, unseen_target, batch_size=60, verbose=0))
        passed = time.perf_counter() - start
        print(f"\r{name}: epoch {epoch:2d} of {EPOCHS}   loss {losses[-1]:.4f}   on unseen pictures {unseen_losses[-1]:.4f}   {passed:3.0f} s ", end="")
    print()
    return losses, unseen_losses


# %%
trained(classifier)
keras.utils.set_random_seed(6)
fused, local = is_model(build_fusion(16, len(SCENES))), build_local(16)
embedding, unseen_embedding = np.array(classifier(X)), np.array(classifier(x))
curves = {
    "local": learn("local", local, X, Y, x, y),
    "told": learn("told ", fused, [X, embedding], Y, [x, unseen_embedding], y),
}
local_network, fusion_network = local, fused
if not GRADED:
    fusion_network.save_weights("fusion.weights.h5")
constant_loss = np.mean((y - Y.mean(axis=(0, 1, 2))) ** 2)
figure, axis = plt.subplots(figsize=(8.6, 3.4), layout="constrained")
for (name, (losses, unseen_losses)), colour in zip(curves.items(), ("#d55e00", "#0072b2")):
    epochs = np.arange(1, len(losses) + 1)
    axis.plot(epochs, losses, color=colour, linestyle=":", marker=".", linewidth=1.2, label=f"{name}, trained on")
    axis.plot(epochs, unseen_losses, color=colour, marker="o", markersize=4, label=f"{name}, unseen: {unseen_losses[-1]:.4f} at last")
axis.axhline(constant_loss, color="black", linestyle="--", linewidth=0.9, label=f"best single colour: {constant_loss:.4f}")
axis.set(xlabel="epochs", ylabel="mean squared error", ylim=(0, 1.15 * constant_loss))
axis.set_title("The same recipe, with and without 128 numbers more", fontsize=11)
axis.legend(fontsize=9, frameon=False)
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
# this is no overfitting, and more pictures would not help: what it would have to know does not stand in
# its window. Three runs with other seeds, 16 epochs each, ended at 0.019 to 0.022 without and at 0.007 to
# 0.010 with fusion.
#
# </details>
#
# `fusion.weights.h5` now lies beside this notebook. **Hand it in together with the notebook**: the grader
# trains your network itself (exercise 6.9), and your weights are a second way to show what it can do.
#
# Scene by scene, in ΔE, the difference for the eye:

# %%
trained(fusion_network, "pair of networks", "6.7 to 6.10")
painted = {"local": as_pictures(x, local_network.predict(x, verbose=0)), "told": np.stack([colour_with(fusion_network, classifier, one.copy()) for one in x[..., 0]])}
far_off = {name: deltaE_ciede2000(rgb2lab(unseen), rgb2lab(picture)) for name, picture in painted.items()}
far_off = {"grey": deltaE_ciede2000(rgb2lab(unseen), rgb2lab(grey_picture(unseen))), **far_off}
print("mean ΔE on unseen pictures    " + "".join(f"{name:>8s}" for name in far_off))
for number, scene in enumerate(SCENES):
    print(f"{scene:30s}" + "".join(f"{errors[unseen_numbers == number].mean():8.1f}" for errors in far_off.values()))
print(f"{'all':30s}" + "".join(f"{errors.mean():8.1f}" for errors in far_off.values()))

# %%
trained(fusion_network, "pair of networks", "6.7 to 6.10")
examples = [np.flatnonzero(unseen_numbers == number)[4] for number in (1, 0, 3, 2)]
columns = {"grey, as it goes in": grey_picture(unseen), "local": painted["local"], "told what it is": painted["told"], "as it was drawn": unseen}
figure, axes = plt.subplots(4, 4, figsize=(10.4, 11.0), layout="constrained")
for place, example in enumerate(examples):
    for axis, (title, picture) in zip(axes[place], columns.items()):
        axis.imshow(picture[example])
        note = {"local": "local", "told what it is": "told"}.get(title)
        axis.set_title("\n".join([title] * (place == 0) + [f"ΔE {far_off[note][example].mean():.1f}" if note else " "]), fontsize=10)
        axis.axis("off")
show(
    figure,
    alt="Four unseen landscapes, each in grey, as the local network colours it, as the network does that is told the scene, and as it was drawn. "
    + " ".join(
        f"{SCENES[unseen_numbers[example]][0].upper() + SCENES[unseen_numbers[example]][1:]}: upper third {tint_of(*rgb2lab(unseen[example])[:16, :, 1:].mean(axis=(0, 1)))};"
        f" local {tint_of(*rgb2lab(painted['local'][example])[:16, :, 1:].mean(axis=(0, 1)))}, ΔE {far_off['local'][example].mean():.1f};"
        f" told {tint_of(*rgb2lab(painted['told'][example])[:16, :, 1:].mean(axis=(0, 1)))}, ΔE {far_off['told'][example].mean():.1f}."
        for example in examples
    ),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# Without the scene, every sky is the same greyish mixture of noon and evening, and the grass one of summer
# and autumn: the brown mean of lesson 5, now over half of the picture. Only what is the same everywhere
# is right: sand, walls, wood. With the scene the sky burns, and the sea turns violet.
#
# Fruit and roofs stay brownish even so. On the coast by day a roof is blue and in town it is red; but
# each is small, so it weighs little in the error. What is rare is learned last.
#
# </details>
#
# ### Near the sun
#
# Is the local network blind, then? Look at it closely, in the evening. The next cell sorts the pixels of
# the evening skies by their distance from the sun.
#
# > **Predict.** The window is 15 pixels wide. How far from the sun can the local network know that it is
# > evening?

# %%
trained(fusion_network, "pair of networks", "6.7 to 6.10")
evenings, down, right = np.flatnonzero(unseen_numbers == 1), *np.mgrid[0:48, 0:48]
distances, errors = [], {"local": [], "told": []}
for example in evenings:
    sky = x[example, :16, :, 0]  # above any hill
    suns = np.argwhere((x[example, :24, :, 0] > 92) & (np.abs(y[example, :24, :, 0]) < 0.1))  # the brightest that is not pink, as the clouds are
    middle = suns.mean(axis=0)
    distances.append(np.hypot(down - middle[0], right - middle[1])[:16].ravel())
    for name in errors:
        errors[name].append(far_off[name][example, :16].ravel())
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

trained(fusion_network, "pair of networks", "6.7 to 6.10")
figure, axes = plt.subplots(2, steps, figsize=(10.4, 4.9), layout="constrained")
skies = []
for row, (place, one, other) in zip(axes, ((example, first, second), (example2, first2, second2))):
    for axis, share in zip(row, np.linspace(0, 1, steps)):
        told = np.zeros((1, len(SCENES)), np.float32)
        told[0, SCENES.index(one)] += 1 - share
        told[0, SCENES.index(other)] += share
        picture = as_pictures(x[place : place + 1], fusion_network.predict([x[place : place + 1], told], verbose=0))[0]
        axis.imshow(picture)
        axis.set_title({0: one, 1: other}.get(share, f"{share:.0%}"), fontsize=10)
        axis.axis("off")
        skies.append(f"{share:.0%} {other}: upper third {tint_of(*rgb2lab(picture)[:16, :, 1:].mean(axis=(0, 1)))}, lower third {tint_of(*rgb2lab(picture)[32:, :, 1:].mean(axis=(0, 1)))}")
show(figure, alt=f"Two grey pictures, each coloured {steps} times, as the network is told less and less of one scene and more of another. " + "; ".join(skies) + ".")

# %% [markdown]
# <details><summary>What to see</summary>
#
# The same greys become noon or evening, summer or autumn, as you wish. A network that is told turns a
# guess into a *choice*: here the classifier makes it, and you can overrule it. Half-way it paints the
# brown mean: that is what the local network paints always, for it is never told anything.
#
# </details>

# %% [markdown]
# ## Part 6 · The tutorial's last network
#
# The tutorial's final version is made in the same way, only larger. It was trained on photos of 256 × 256
# pixels; beside it Inception-ResNet-v2, a classifier with 56 million numbers, looked at the same photo
# and said for 1,000 kinds of things how likely they are in it.
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
# - It learns 6,541,202 numbers.
#
# <details><summary>Hint 1 · the idea</summary>
#
# It is `build_fusion` with other numbers. Eight lines in front of the fusion are much alike: that is what
# loops are for.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `for filters, stride in ((64, 2), (128, 1), …):` goes through the first eight. Three strides of 2 make
# 32 × 32 cells of 256 × 256 pixels. The very last layer of the table has no filters.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# In the loop, `x = layers.Conv2D(GAP, 3, strides=GAP, padding="same", activation="relu")(x)`. The
# fusion is that of exercise 6.9, with `RepeatVector(GAP)` and `Reshape((32, 32, GAP))`. Then the rest of
# the table, line by line.
#
# </details>

# %% answer="build_final"
# ✏️ Answer: build_final
def build_final():
    """Build the tutorial's final network, not compiled: L (n, 256, 256, 1) and an embedding (n, 1000) in, ab / 128 (n, 256, 256, 2) out."""
    L, embedding = keras.Input((256, 256, 1)), keras.Input((1000,))
    x = L
    ### BEGIN SOLUTION
    for filters, stride in ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 1), (256, 1)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    told = layers.Reshape((32, 32, 1000))(layers.RepeatVector(32 * 32)(embedding))
    x = layers.Conv2D(256, 1, padding="same", activation="relu")(layers.Concatenate()([x, told]))
    x = layers.Conv2D(128, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(layers.UpSampling2D()(x))
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(layers.UpSampling2D()(x))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D()(layers.Conv2D(2, 3, padding="same", activation="tanh")(x))
    ### END SOLUTION
    return keras.Model([L, embedding], x)


# %% check="build_final"
# 🔎 Check: build_final
try:
    model = attempt(build_final)
except NotImplementedError as error:
    raise NotImplementedError(str(error) or "The line `raise NotImplementedError` is still in the answer: Python stops there.") from None
assert isinstance(model, keras.Model), f"A Keras model should come back; what came is {describe(model)}."
inputs, outputs = [tuple(one.shape)[1:] for one in model.inputs], [tuple(one.shape)[1:] for one in model.outputs]
assert inputs == [(256, 256, 1), (1000,)], f"The inputs should be (256, 256, 1) and (1000,), in this order; yours are {inputs}."
cause = {(128, 128, 2): "The table ends in an UpSampling2D, behind the tanh.", (512, 512, 2): "There is one UpSampling2D too many."}.get(outputs[0], "Three strides of 2, and three UpSampling2D.")
assert outputs == [(256, 256, 2)], f"The output should be (256, 256, 2); yours is {outputs[0] if len(outputs) == 1 else outputs}. {cause}"
table = [(64, 3, 2), (128, 3, 1), (128, 3, 2), (256, 3, 1), (256, 3, 2), (512, 3, 1), (512, 3, 1), (256, 3, 1), (256, 1, 1), (128, 3, 1), (64, 3, 1), (32, 3, 1), (16, 3, 1), (2, 3, 1)]
found = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
assert len(found) == 14, f"The table has fourteen Conv2D; yours has {len(found)}, with the filters {', '.join(str(layer.filters) for layer in found)}."
for number, (layer, (filters, kernel, stride)) in enumerate(zip(found, table), 1):
    name = "tanh" if number == 14 else "relu"
    for part, mine, wanted in (("filters", layer.filters, filters), ("a kernel with the side", layer.kernel_size[0], kernel), ("stride", layer.strides[0], stride), ("the activation", getattr(layer.activation, "__name__", "?"), name)):
        assert mine == wanted, f"Conv2D number {number} of the table has {part} {wanted}; yours has {mine}."
coming = found[8].kernel.shape[2]
assert coming == 1256, f"Into the 1 × 1 convolution come 256 channels of features and 1,000 numbers of the embedding, 1,256 in all; in yours {coming:,}. Is the vector in each cell, behind the features?"
assert model.count_params() == 6_541_202, f"It should learn 6,541,202 numbers; yours has {model.count_params():,}. Has every filter a bias?"
assert not model.compiled, "The model is compiled already. Here it is built, and no more."
print(f"{model.count_params():,} numbers, {found[8].kernel.shape[2] * 256 + 256:,} of them in the 1 × 1 convolution.")

# %% [markdown]
# Where the numbers are:

# %%
model = is_model(build_final())
stack = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
counts = [layer.count_params() for layer in stack]
mixing = next((place for place, layer in enumerate(stack) if layer.kernel_size == (1, 1)), None)
figure, axis = plt.subplots(figsize=(9.4, 3.2), layout="constrained")
bars = axis.bar(range(len(stack)), np.array(counts) / 1e6, color=["#d55e00" if place == mixing else "#0072b2" for place in range(len(stack))])
axis.bar_label(bars, [f"{count:,}" for count in counts], fontsize=7)
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
# trained: knowledge that is taken over instead of learned again. This is called *transfer learning*, and
# it is the reason why a network may be this small and still know a koala.
#
# </details>

# %% [markdown]
# ## Part 7 · What the classifier was shown
#
# The tutorial's final version has a slip that makes no noise: nothing stops, and no message comes. You can
# find it, with numbers. Its classifier wants pictures prepared in its own way, and
# Keras brings the function for it:

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
# and the network is told nothing. It trains without complaint, and who looks at its pictures does not
# see what is missing. **Your** classifier can be cheated in the same way, and here it can be measured,
# for it wants L from 0 to 100.
#
# > **Predict.** How many of the 120 unseen pictures will it name rightly if it gets L / 100? And how far
# > off will the colours be then: as without fusion, or worse?

# %%
trained(fusion_network, "pair of networks", "6.7 to 6.10")
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
# **2 points · about 5 minutes**
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
# `photo.dtype == np.uint8`. From 0 … 1 to −1 … 1: twice as wide, and one lower. `raise ValueError(f"…")`
# with the number in it. `photo / 255` makes a new array; `photo /= 255` would change the photo.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `if photo.dtype == np.uint8: photo = GAP`, then
# `elif photo.min() < 0 or photo.max() > GAP: raise ValueError(GAP)`, and at the end
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
wanted = np.array([[[-1, -0.6, -0.2], [0.2, 0.6, 1]]])
for photo, what in ((levels, "uint8 levels 0, 51, 102, 153, 204, 255"), (levels / 255, "floats 0, 0.2, 0.4, 0.6, 0.8, 1"), ((levels / 255).astype(np.float32), "the same in float32")):
    got = attempt(prepare, photo, untouched=True)
    same(
        got,
        wanted,
        f"For {what}, the prepared photo",
        atol=1e-5,
        slips={
            "That is the tutorial's slip: the numbers from 0 to 1 were taken for levels from 0 to 255.": np.asarray(photo, float) / 127.5 - 1,
            "It goes from 0 to 1. Wanted is −1 to 1.": (wanted + 1) / 2,
            "It goes from −1 to 0: twice as wide.": (wanted - 1) / 2,
            "It goes from −0.5 to 0.5: twice as wide.": wanted / 2,
            "The levels were taken for numbers from 0 to 1: divide them by 255 first.": 2.0 * levels - 1,
            "uint8 has no numbers below 0 and none above 255: make floats of it before you multiply or subtract.": lambda: (2 * levels - np.uint8(1)),
        },
        given=[photo],
        why="0 becomes −1, the middle 0, white 1.",
    )
    assert np.asarray(got).dtype == np.float32, f"The prepared photo should be float32; yours is {np.asarray(got).dtype}."
dark = attempt(prepare, np.zeros((2, 2, 3), np.uint8) + np.uint8(1))
same(dark, np.full((2, 2, 3), 2 / 255 - 1), "A dark uint8 photo, all levels 1,", atol=1e-5, slips={"The largest number decided what it is. A dark uint8 photo has small numbers, too: ask for the dtype.": np.ones((2, 2, 3))}, why="Which of the two kinds it is, the dtype says.")
for odd, number in ((levels.astype(float), "255"), (np.full((2, 2, 3), 1.5), "1.5"), (np.array([[[0.5, -0.25, 1.0]]]), "-0.25")):
    try:
        prepare(odd.copy())
    except ValueError as error:
        said = str(error).replace("−", "-")
        assert number in said or number.rstrip("0") in said, f"The message should have the number in it, here {number}; yours says {said!r:.80}."
    else:
        raise AssertionError(f"Floats with a {number} in them are no photo from 0 to 1: a ValueError is wanted, and yours returns something.")
print("From −1 to 1, whatever came; and what cannot be known is stopped at the door.")

# %% [markdown]
# ## How one would go on from here
#
# Four ways lead on. Each one takes up something that you have measured.
#
# **Say more than a mean.** The mean squared error asks for *one* colour, so a doubtful place becomes
# brown. Richard Zhang, Phillip Isola and Alexei Efros (*Colorful Image Colorization*, 2016) let their
# network choose among 313 squares of the ab plane, with a probability for each: colouring as
# *classification*, with the loss of part 2. Most of the pixels of the world are nearly grey, so strong
# colours, which are rare, got more weight in it (*rebalancing*): think of your blue roofs. At the end a
# colour between the mean and the likeliest one is taken.
#
# **Know what it is a picture of.** Fusion comes from Satoshi Iizuka, Edgar Simo-Serra and Hiroshi Ishikawa
# (*Let there be Color!*, 2016). Their network learns both at once: the colours, and the scene as a second
# task with a loss of its own. So the vector becomes whatever helps with the colours, instead of the
# probabilities of somebody else's classes.
#
# **Let a second network judge.** Phillip Isola, Jun-Yan Zhu, Tinghui Zhou and Alexei Efros
# (*Image-to-Image Translation with Conditional Adversarial Networks*, 2017) put a network on the other
# side that learns to tell coloured pictures from real ones. Brown is no way out any more: it would be
# found out. DeOldify (Jason Antic, from 2018) colours old photos and films in this way.
#
# **Draw a picture, not the mean.** A *diffusion* network begins with noise and takes it away in many
# small steps, and each time it ends in another possible picture: one with a red fruit, one with a green
# one. Chitwan Saharia and others (*Palette: Image-to-Image Diffusion Models*, 2022) colour like that, and
# did better than with a GAN or with plain regression. It costs many passes through a large network for
# one picture.
#
# ### What a coloured photo says, and what it does not
#
# All four have one thing in common: the colours come from *other* pictures. A coloured photo of a street
# of 1910 does not show which colour the coat was. It shows which colours coats mostly have in the
# photos that a network was trained on, and these are photos of today. In your world you could look up the
# truth. Here nobody can, and a network does not say "I do not know": it paints a brown, or makes something
# up that looks right, which is worse. So keep the grey picture, say beside the coloured one how it was
# made, and do not take it for a source.
#
# (The debate among historians is worth reading. "All photographs are products of their time", a comment in
# the magazine *Apollo* of 13 May 2022, is a place to begin.)

# %% [markdown]
# ## What you can do now
#
# - say how far a network sees, and which questions no window answers.

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

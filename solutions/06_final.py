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
# **About 120 minutes · 2 points · one exercise · bonus lesson**
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
# (Second half: exercises 6.7 to 6.12 are written below this heading.)

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

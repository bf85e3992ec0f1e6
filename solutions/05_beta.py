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
# **About 120 minutes · 30 points · one exercise**
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


def trained(what):
    """Stop with a sentence where beta is not trained yet."""
    if not what:
        raise NotImplementedError("There is no trained network yet. The cell of the main training makes it; it needs your answers above it, and the check of each says whether it is right.")


pictures, scenes = draw_world(400, seed=5)
print(f"TensorFlow {tf.__version__}, Keras {keras.__version__}. {'There is a GPU.' if GPU else 'No GPU: the CPU will do.'}")

# %% tags=["setup", "slips"]
# `autograder build` pastes the words of the checks here.

# %% [markdown]
# ## Part 1 · A test that is a test

# %% [markdown]
# ### Exercise 5.1 · Split
# **30 points · about 6 minutes**
#
# Write `split(count, test_share, seed)`.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Shuffle the numbers, then cut.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.random.default_rng(seed)` has a method `permutation`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `shuffled[GAP:], shuffled[:GAP]`
#
# </details>

# %% answer="split"
# ✏️ Answer: split
def split(count, test_share, seed):
    """Shuffle the picture numbers 0 to count - 1 and cut them in two: (train, test), integer arrays."""
    ### BEGIN SOLUTION
    shuffled = np.random.default_rng(seed).permutation(count)
    size = round(count * test_share)
    return shuffled[size:], shuffled[:size]
    ### END SOLUTION


# %% check="split"
# 🔎 Check: split
train, test = attempt(split, 10, 0.2, 1)
same(np.sort(np.concatenate([train, test])), np.arange(10), "train and test together, sorted,", why="Each number once.")
print("Train:", train, "test:", test)

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

# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 1 · RGB grids
#
# A grey photograph lies in front of you. By the end of this course, four lessons long, a small
# network that you built yourself will put colour into it.
# But what does a computer *have* when it has a picture? Numbers, in grids. In this lesson you take
# a photo down to its numbers and build it up again.
#
# ![A grey grid, the numbers of an eye in a portrait, goes through a function f and becomes three: a red, a green and a blue grid of the portrait. Together they are the portrait in colour](../assets/lesson_1.png)
#
# **After this lesson you can**
#
# - find any pixel in a photo and say which colour its three numbers make;
# - take a photo apart into its red, green and blue grids, and put it together again without losing
#   a level;
# - lighten a colour, turn a photo grey, scale it to 0–1 and back, and avoid the traps on the way;
# - write down the task of this course as a function, and show with a count of your own why it is
#   hard;
# - make a colour photo out of three grey ones that do not line up, as was done around 1910.
#
# **About 100 minutes · 30 points · fourteen short exercises**
#
# *How the notebook works.* Run the cells from the top with Shift+Enter. A cell that starts with ✏️
# is yours to fill in: replace `raise NotImplementedError`.
# The 🔎 cell below it checks your answer and tells you what it saw. Hints open in three steps; take
# one when you have been stuck for two minutes. `GAP` in a hint is a place that you fill in.
# Long code that nobody has to read is folded. Run it like any other cell; a click on its bar (on
# Colab, a double click on its title) opens it.
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
# ## Two questions to warm up
#
# You need Python and a little NumPy. Answer from memory, then open.
#
# **1.** `grid` is a NumPy array, and `grid.shape` is `(3, 5)`. How many rows does it have, and how
# many columns? What does `grid[2, 0]` pick?
#
# <details><summary>Answer</summary>
#
# Three rows of five columns: rows come first. `grid[2, 0]` is the last row's first number: row 2
# (counting starts at 0), column 0. The bottom left corner.
#
# </details>
#
# **2.** You hold a magnifying glass over a *white* part of a screen. What colours are the tiny
# lamps you see?
#
# <details><summary>Answer</summary>
#
# Red, green and blue. There is no white lamp. White is what the eye makes of the three at full
# power, side by side.
#
# </details>
#
# The next cell gets everything ready: the pictures, and a helper `show` that lays them out. Run it;
# there is no need to read it.

# %% tags=["setup"]
# from solutions/shared.py: versions
from time import process_time

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.patches import Rectangle
from skimage import data
from skimage.color import rgb2gray
from skimage.util import img_as_ubyte

# from solutions/shared.py: photo
# from solutions/shared.py: cup
# from solutions/shared.py: cat
# from solutions/shared.py: rocket
grey_photo = img_as_ubyte(rgb2gray(photo))
tiny = np.uint8([[[100 * row + 10 * column + layer for layer in (1, 2, 3)] for column in range(4)] for row in range(3)])

# What the pictures show, for those who listen to the page. (It stands here so as not to answer a question before you do.)
ALT = {
    "pictures": (
        "The pictures of this lesson: a portrait of the astronaut Eileen Collins, a cup of coffee, a cat's face, a rocket before its"
        " launch, and a drawn green leaf on white ground."
    ),
    "eye": (
        "Left a grey portrait with a small frame round one eye. Right the framed part enlarged: 11 rows of 13 squares,"
        " each with its number, low in the dark pupil, higher in its glint, highest in the white of the eye."
    ),
    "discs": (
        "Three overlapping discs of light on black. Red and green make yellow (255, 255, 0), green and blue make"
        " cyan (0, 255, 255), red and blue make magenta (255, 0, 255), all three make white (255, 255, 255)."
    ),
    "six": "Six squares with their three numbers: blue, a middle grey, yellow, orange, a dark red, pink.",
    "grids": (
        "The portrait and its three grids in grey. The suit is bright in the red grid, a middling grey in the"
        " green one and dark in the blue one. The wall looks much the same in all three."
    ),
    "swapped": (
        "Four portraits from the same grids: in the right order; red and blue swapped, with a blue suit and"
        " bluish skin; red and green swapped, with a green suit; three times the red grid, which is a grey photo."
    ),
    "leaf grids": (
        "A green leaf on white, and its three grids in grey: a dark leaf in the red grid, a much lighter"
        " one in the green grid, a dark leaf in the blue one. The paper is white in all three."
    ),
    "wrapped": (
        "The portrait, and the portrait after adding 100 in uint8: a garish picture in which all bright places"
        " have turned dark or taken on false colours."
    ),
    "neon": "A neon green leaf five times, lighter and lighter, until hardly a trace is left on the white paper.",
    "leaf": (
        "The natural leaf five times: green, greyish green, nearly grey with violet and greenish parts, then violet,"
        " and at last a strong, light magenta. The paper stays white."
    ),
    "patches": (
        "Six patches in colour and below them their greys. By the plain mean red, green and blue are all 85,"
        " yellow, cyan and magenta all 170. Weighted they are 54, 182, 18, 237, 201 and 73."
    ),
    "square": (
        "Left a square of smoothly changing colours, from green over orange and rose to violet and blue. Right"
        " the same square in grey: one even grey without any shape."
    ),
    "leaves": (
        "A grey leaf, and three colour leaves with the same grey: a green one, an autumn one, a violet one."
    ),
    "plates": (
        "Three grey photos of the cat, much alike, lightest through red glass and darkest through blue glass. Laid over"
        " each other they make a blurred cat with fringes in all colours, widest round the eyes and at the whiskers."
    ),
}


# from solutions/shared.py: show


def draw_leaf(side=240):
    """Draw a green leaf on white ground: a uint8 picture (side, side, 3), and a mask (side, side), True on the leaf."""
    down, right = 0.85 * np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    along, across = 0.8 * right - 0.6 * down, 0.6 * right + 0.8 * down
    across = across + 0.1 * (along**2 - 0.5)
    way = np.clip((along + 0.72) / 1.64, 0, 1)
    rib = 0.022 * (1 - way)
    blade = np.where((way > 0) & (way < 1), 0.44 * np.sin(np.pi * way**0.8) ** 0.9 * (1 - 0.25 * way), -1)
    stem = np.where((along > -1.02) & (along < 0.5), rib, -1)
    cover = np.clip((np.maximum(blade, stem) - abs(across)) * side / 1.7 + 0.5, 0, 1)[..., np.newaxis]
    phase = (along - 0.75 * abs(across)) * 7.5 % 1
    veins = np.exp(-((across / (rib + 0.008)) ** 2)) + 0.45 * np.exp(-(((phase - 0.5) / 0.055) ** 2))
    shade = 0.9 + 0.15 * np.tanh(12 * across) - 1.3 * across**2 + 0.35 * np.clip(veins, 0, 1)
    picture = cover * shade[..., np.newaxis] * [70, 165, 62] + (1 - cover) * 255
    return img_as_ubyte(picture / 255), cover[..., 0] > 0.5


leaf, leaf_mask = draw_leaf()

# The plates of Part 6: the three grids of the cat, the red and the blue one cut out a few pixels beside the green one.
red_plate, green_plate, blue_plate = (
    cat[6 + down : 294 + down, 6 + right : 294 + right, layer].copy()
    for layer, (down, right) in enumerate([(3, -5), (0, 0), (-5, 4)])
)
for picture in (photo, cup, cat, rocket, grey_photo, tiny, leaf, leaf_mask, red_plate, green_plate, blue_plate):
    picture.setflags(write=False)  # nothing can write into them by mistake; `photo.copy()` can be written to

# %% tags=["setup", "slips"]
# `autograder build` pastes the words of the checks here.

# %%
show(
    photo,
    cup,
    cat,
    rocket,
    leaf,
    titles=["photo", "cup", "cat", "rocket", "leaf"],
    size=1.9,
    alt=ALT["pictures"],
)

# %% [markdown]
# ## Part 1 · One grid is a grey photo
#
# Go close enough to a grey photo and it comes apart into squares, each of one shade. They are the
# **pixels**. Each has one number that says how bright it is.
# The scale is a convention: **0 is black, 255 is white**, and between them lie the greys.
#
# The portrait shows the astronaut Eileen Collins. Let us look closely at her right eye, the one on
# the left in the picture.
#
# > **Predict**, without scrolling back. Which has the higher numbers: the small glint in the pupil,
# > or the white of the eye? And does either of them reach 255?

# %%
rows, columns = slice(96, 107), slice(178, 191)
eye = grey_photo[rows, columns]

figure, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.3), width_ratios=(1, 1.22), layout="constrained")
left.imshow(grey_photo, cmap="gray", vmin=0, vmax=255)
left.add_patch(Rectangle((177.5, 95.5), 13, 11, fill=False, edgecolor="#ffb000", linewidth=2))
left.set_title("A grey photo: 400 × 400 pixels", fontsize=11)
right.imshow(eye, cmap="gray", vmin=0, vmax=255)
write_numbers(right, eye, 0, 255, 10)
right.set_title("The framed eye: 11 rows of 13 pixels, each with its number", fontsize=11)
for axis in (left, right):
    axis.axis("off")
show(
    figure,
    alt=ALT["eye"],
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# The pupil is dark, so its numbers are low, 60 and less. The glint in it shines, and yet it gets
# no higher than 153; the white of the eye has over 200. Nothing here reaches 255. Step back a few
# metres from the screen: the numbered squares turn into an eye. (To hear the numbers, or to copy
# them, run `print(eye)` in a cell of your own.)
#
# </details>
#
# That is all a grey photo is: a grid of numbers, one brightness per pixel. In NumPy it is an array
# of shape (height, width), and its dtype is **uint8**: whole numbers without a sign, in 8 bits.
# Eight bits can be set in 2⁸ = 256 ways, which is why the scale goes from 0 to 255.
#
# Anything that makes such a grid makes a picture. You need no camera.

# %% [markdown]
# ### Exercise 1.1 · A ramp from black to white
# **2 points · about 4 minutes**
#
# Two of the three lines of `grey_ramp(height, width)` are written. Fill in the one between them: it
# must define `row`, which the last line uses.
#
# - `height` and `width`: whole numbers, height at least 1, width at least 2.
# - Returns a uint8 grid of shape (height, width). All rows are the same. In a row the leftmost
#   pixel is 0, the rightmost is 255, and those between rise in even steps.
# - An even step need not be whole. Each pixel should be less than one level from its exact place on
#   the way from 0 to 255: you may round or cut off.
#
# `np.linspace(0, 255, width)` makes the exact places. Which dtype does that give, and which one do
# we want?
#
# <details><summary>Hint 1 · the idea</summary>
#
# The numbers are right already; they are just of the wrong kind: floats such as 36.43. A pixel
# wants a whole number in 8 bits.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.rint` rounds to the nearest whole number, but what it gives is still float. An array's method
# `astype` changes the dtype, and cuts fractions off if there are any.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `row = np.rint(GAP).astype(GAP)`, with the exact places in the first gap and the dtype of a photo
# in the second.
#
# </details>

# %% answer="grey_ramp"
# ✏️ Answer: grey_ramp
def grey_ramp(height, width):
    """Make a uint8 grid (height, width) that rises from black (0) at the left to white (255) at the right."""
    levels = np.linspace(0, 255, width)
    ### BEGIN SOLUTION
    row = np.rint(levels).astype(np.uint8)
    ### END SOLUTION
    return np.tile(row, (height, 1))

# %% check="grey_ramp"
# 🔎 Check: grey_ramp
for height, width in ((3, 6), (2, 8)):
    ramp = attempt(grey_ramp, height, width)
    what = f"grey_ramp({height}, {width})"
    shape = np.shape(ramp)
    cause = {1: "There is only one row.", width: "In a shape the height comes first."}
    cause = cause.get(shape[0], f"Is `row` one row of {width} pixels?") if len(shape) == 2 else "A grid has two axes, rows and columns."
    assert np.shape(ramp) == (height, width), (
        f"{what} should have {height} rows of {width} pixels, the shape {(height, width)}; yours has {shape}. {cause}"
    )
    row = np.asarray(ramp)[0]
    cause = (
        "There are many dtypes of whole numbers. Which one has 8 bits and no sign?"
        if row.dtype.kind in "iu"
        else "Which method changes the dtype?"
    )
    assert row.dtype == np.uint8, f"A photo's levels have the dtype uint8; those of {what} have {row.dtype}. {cause}"
    first, last = int(row[0]), int(row[-1])
    steps = np.diff(row.astype(int))
    if first > last:
        cause = "It runs from light to dark."
    elif row.max() <= 1:
        cause = f"No pixel of it is above 1: {row.tolist()}. `levels` goes up to 255 already; divided by 255, it ends at 1."
    elif last == 1:
        cause = "`levels` goes up to 255 already. Multiplied by 255, it does not fit into uint8: 255 × 255 comes out as 1."
    elif abs(last - 255 * (width - 1) / width) < 2:
        end = "255, not at 256" if last == 256 * (width - 1) // width else "255"
        cause = (
            f"From the first pixel to the last there are {width - 1} steps, not {width}, and they end at {end}."
            " `levels` has exactly these places."
        )
    elif (steps == steps[0]).all():
        cause = f"All your steps are {steps[0]}. A step need not be whole: here it is {255 / (width - 1):.2f}."
    else:
        cause = f"Each pixel should be 255 / {width - 1} more than the one before."
    assert (first, last) == (0, 255), f"A row of {what} should go from 0 to 255; yours goes from {first} to {last}. {cause}"
    assert np.abs(ramp - np.linspace(0, 255, width)).max() < 1, (
        f"In {what} each step should be {255 / (width - 1):.2f}; your first row is {row.tolist()}."
    )
must_be_array(ramp, what)
print("Black to white in eight pixels:", row.tolist())

# %% [markdown]
# Your ramp, so narrow that it shows its numbers, then one level per column. Pictures are numbers, so
# you can calculate with them: the third picture is your ramp on its side, and the fourth takes the
# bits of both (`^`, "either, but not both").

# %%
wide = grey_ramp(256, 256)
show(
    grey_ramp(6, 6),
    wide,
    wide.T,
    wide ^ wide.T,
    titles=["grey_ramp(6, 6)", "ramp = grey_ramp(256, 256)", "ramp.T", "ramp ^ ramp.T"],
    size=2.5,
    alt=(
        "Four grey pictures from your ramp: six columns with their numbers from 0 to 255, a smooth ramp from left to"
        " right, one from top to bottom, and a pattern of squares within squares."
    ),
)

# %% [markdown]
# <details><summary>Why squares?</summary>
#
# Each size of square is one bit. The largest are bit 128, inside them lie those of bit 64, and so
# on down to bit 1. A square is bright where row and column differ in that bit.
#
# </details>

# %% [markdown]
# ## Part 2 · Three grids are a colour photo
#
# A screen has three kinds of lamp, so a colour photo has three grids: **red, green, blue**, in this
# order. Each grid is a brightness grid like the one you just made, from 0 (lamp off) to 255 (full
# power). Three times 8 bits make 24: "24-bit colour".
#
# Here are three discs of light on a black wall, each made by one lamp at full power. They overlap.
#
# > **Predict.** Which colour will the middle have, where all three overlap? And the part where only
# > red and green meet? (Paint would turn to mud. This is light.)

# %%
fine = 4  # pixels for a step of the drawing, so that the discs are round
wall = np.zeros((240 * fine, 360 * fine, 3), dtype=np.uint8)
down, right = np.mgrid[0 : 240 : 1 / fine, 0 : 360 : 1 / fine]
for layer, (y, x) in enumerate([(85, 180), (150, 143), (150, 217)]):
    wall[(down - y) ** 2 + (right - x) ** 2 < 75**2, layer] = 255

figure, axis = plt.subplots(figsize=(6.3, 4.2), layout="constrained")
axis.imshow(wall, extent=(0, 360, 240, 0))
for x, y in [(180, 45), (100, 175), (260, 175), (132, 105), (228, 105), (180, 185), (180, 128), (40, 30)]:
    colour = wall[y * fine, x * fine]
    ink = "black" if rgb2gray(colour) > 0.45 else "white"
    axis.text(x, y, ", ".join(map(str, colour)), ha="center", va="center", color=ink, fontsize=9)
axis.set_title("Light adds up", fontsize=11)
axis.axis("off")
show(
    figure,
    alt=ALT["discs"],
)

# %% [markdown]
# **White is all three in equal parts, at full power. Black is all three at zero.** Equal parts at
# less than full power make a grey.
#
# Now the other way round, from numbers to a colour. The line below is a photo of one row and
# six pixels.
#
# > **Predict.** Say the six colours before you run: `(0, 0, 255)`, `(128, 128, 128)`,
# > `(255, 255, 0)`, `(255, 140, 0)`, `(90, 0, 0)`, `(255, 190, 200)`.

# %%
six = np.array(
    [[(0, 0, 255), (128, 128, 128), (255, 255, 0), (255, 140, 0), (90, 0, 0), (255, 190, 200)]], dtype=np.uint8
)
show(
    six,
    titles=[f"six.shape is {six.shape}"],
    size=7,
    alt=ALT["six"],
)

# %% [markdown]
# The shape of a colour photo has three numbers: **(height, width, 3)**. Rows first, then columns,
# then the layers. Row 0 is at the *top*, column 0 at the left.
#
# Two habits of everyday life are the other way round, and they trip up everybody once:
#
# - people say "a 640 × 427 photo" and mean *width* × height; NumPy says `(427, 640, 3)`;
# - people say "the point (x, y)", across and then down; NumPy wants the row first, and the row is
#   y.

# %% [markdown]
# ### Exercise 1.2 · Measure a picture
# **1 point · about 3 minutes**
#
# Write `measure(picture)`, which gives the size of a picture the way people say it.
#
# - `picture`: an array of shape (H, W) for a grey photo, or (H, W, C) for one with C layers: 3 for
#   RGB, 4 where a layer for transparency has been added.
# - Returns three whole numbers: width, height, number of layers. A grey photo has 1 layer.
#
# <details><summary>Hint 1 · the idea</summary>
#
# All you need is in the shape. Just mind the order, and that there can be two numbers or three.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `picture.shape` is a tuple; `picture.ndim` says how many numbers it has. `picture.shape[:2]`
# works for both kinds of picture.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# Unpack `picture.shape[:2]` into two names, then `layers = 1 if GAP else picture.shape[GAP]`, and a
# return in the order that is asked for.
#
# </details>

# %% answer="measure"
# ✏️ Answer: measure
def measure(picture):
    """Return width, height and number of layers of a picture (H, W) or (H, W, C)."""
    ### BEGIN SOLUTION
    height, width = picture.shape[:2]
    layers = 1 if picture.ndim == 2 else picture.shape[2]
    return width, height, layers
    ### END SOLUTION

# %% check="measure"
# 🔎 Check: measure
for shape, layers, why in (
    ((2, 5, 3), 3, "Is the number of layers read from the shape?"),
    ((2, 5, 4), 4, "Here is a layer for transparency: is the number of layers read from the shape?"),
    ((2, 3), 1, "A grey picture has a shape of two numbers, and one layer."),
):
    size = attempt(measure, np.zeros(shape, dtype=np.uint8))
    assert np.shape(size) == (3,), f"For a picture of shape {shape} three numbers should come back; what came is {size!r}."
    wanted = (shape[1], 2, layers)
    cause = "In which order does `shape` count?" if tuple(size)[:2] == shape[:2] else why
    assert tuple(size) == wanted, (
        f"A picture of shape {shape} is {shape[1]} wide and 2 high, so {wanted} should come back; yours says {tuple(size)}. {cause}"
    )
for name, picture in {"photo": photo, "grey_photo": grey_photo, "the whole rocket": data.rocket()}.items():
    print("{}: {} × {}, {} layer(s)".format(name, *measure(picture)))

# %% [markdown]
# ### Exercise 1.3 · Read a pixel
# **1 point · about 2 minutes**
#
# Write `pixel_at(photo, x, y)`.
#
# - `photo`: a uint8 RGB photo (H, W, 3). `x`: how many columns from the left, 0 to W − 1. `y`: how
#   many rows from the top, 0 to H − 1.
# - Returns the three numbers of that pixel: red, green, blue, as a tuple, a list or an array of
#   three.
#
# <details><summary>Hint 1 · the idea</summary>
#
# One pixel is a row, a column and all three layers.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# NumPy counts rows first. Which of x and y is the row? `array[i, j]` without a third index takes
# all layers.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `return photo[GAP, GAP]`, with `x` in one of the gaps and `y` in the other.
#
# </details>

# %% answer="pixel_at"
# ✏️ Answer: pixel_at
def pixel_at(photo, x, y):
    """Return red, green and blue of the pixel x columns from the left and y rows from the top."""
    ### BEGIN SOLUTION
    return photo[y, x]
    ### END SOLUTION

# %% check="pixel_at"
# 🔎 Check: pixel_at
got = attempt(pixel_at, tiny, 1, 2)
cause = {
    (): "That is only one number.",
    (4, 3): "That is a whole row of the photo.",
    (3, 3): "That is a whole column of the photo.",
}
assert np.shape(got) == (3,), (
    f"Three numbers should come back, one per layer; yours has the shape {np.shape(got)}."
    f" {cause.get(np.shape(got), 'One pixel has one row, one column, and all layers.')}"
)
where = np.argwhere([[list(pixel) == list(got) for pixel in line] for line in tiny.tolist()]).tolist()
same(
    got,
    [211, 212, 213],
    "The pixel of `tiny` at x = 1, y = 2",
    slips={
        "That is the pixel at x = 2, y = 1: which index is the row?": tiny[1, 2],
        "That is one row up and one column left of it. Rows and columns count from 0.": tiny[1, 0],
        "That row was counted from the bottom. Row 0 is at the top.": tiny[0, 1],
        "That row was counted from the bottom: a negative index does this.": tiny[-2, 1],
        "That column was counted from the right. Column 0 is at the left.": tiny[2, 2],
        "That column was counted from the right: a negative index does this.": tiny[2, -1],
    },
    why=f"That is the pixel at x = {where[0][1]}, y = {where[0][0]}." if where else "Are these the numbers of one pixel, as they are?",
)
same(attempt(pixel_at, tiny, 3, 0), [31, 32, 33], "The pixel at x = 3, y = 0, the top right corner,")
few = np.uint8([[[130, 40, 220]]])
same(attempt(pixel_at, few, 0, 0), [130, 40, 220], "The only pixel of a photo", slips={"They come sorted by size.": [40, 130, 220]})
print("x = 1, y = 2 is", [int(value) for value in got])

# %% [markdown]
# Your `pixel_at` at eight places of the portrait.
#
# > **Predict.** Which of the three numbers will be the largest for the skin, for the orange suit,
# > for the brown hair? And for the wall, which looks grey: how close are its three numbers to each
# > other?

# %%
places = {
    "skin": (190, 128),
    "lips": (205, 153),
    "hair": (200, 79),
    "suit": (75, 248),
    "wall": (68, 13),
    "flag, blue": (2, 125),
    "patch": (117, 389),
    "tank": (386, 19),
}
colours = {name: pixel_at(photo, x, y) for name, (x, y) in places.items()}
figure = plt.figure(figsize=(9.2, 4.2), layout="constrained")
grid = figure.add_gridspec(4, 4, width_ratios=(2.2, 0.02, 1, 1))
axis = figure.add_subplot(grid[:, 0])
axis.imshow(photo)
for number, (name, (x, y)) in enumerate(places.items(), start=1):
    axis.plot(x, y, "o", markersize=5, color="white", markeredgecolor="black")
    away = (-7 if x > 350 else 7, -7 if y < 50 or name == "lips" else 7)
    disc = {"boxstyle": "circle,pad=0.15", "fc": "white", "ec": "black"}
    axis.annotate(number, (x, y), away, textcoords="offset points", ha="center", va="center", fontsize=9, bbox=disc)
axis.set_xlim(-8, 400)
axis.axis("off")
for number, (name, colour) in enumerate(colours.items(), start=1):
    axis = figure.add_subplot(grid[(number - 1) // 2, 2 + (number - 1) % 2])
    axis.imshow(np.uint8(colour).reshape(1, 1, 3), aspect="auto")
    ink = "black" if rgb2gray(np.uint8(colour)) > 0.45 else "white"
    text = ", ".join(str(int(value)) for value in colour)
    axis.text(0, 0, f"{number} {name}\n{text}", ha="center", va="center", fontsize=11, color=ink)
    axis.axis("off")
figure.suptitle("Every colour is three numbers: red, green, blue", fontsize=11)
show(
    figure,
    alt=(
        "The portrait with eight numbered places, and beside it their colours with the red, green and blue found there: "
        + "; ".join(f"{name} {', '.join(str(int(value)) for value in colour)}" for name, colour in colours.items())
        + ". The patch is violet, the tank is the shuttle's and brown."
    ),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# Skin, hair, suit and tank all have red > green > blue. Much of a portrait is some kind of orange,
# and brown is the name of a dark orange. The wall's three numbers are almost equal: grey.
#
# </details>
#
# One pixel is three numbers; one *layer* is a whole grid.

# %% [markdown]
# ### Exercise 1.4 · Three grids out of one photo
# **2 points · about 3 minutes**
#
# Write `split_rgb(photo)`.
#
# - `photo`: a uint8 RGB photo (H, W, 3). It may be a single row, a single column or a single
#   pixel.
# - Returns three grids, each of shape (H, W), with the numbers as they are: red, green, blue, in
#   this order. A tuple, a list, or an array whose first axis counts the three.
#
# <details><summary>Hint 1 · the idea</summary>
#
# The layers lie along the last axis. To take one layer you want *all* rows, *all* columns, and one
# place of the last axis.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# A bare `:` takes everything along its axis. A single number takes one place and drops the axis. (A
# slice `0:1` would keep it.)
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# The same for a grid, which has one axis less: `grid[:, 0], grid[:, 1], grid[:, 2]` are its first
# three columns.
#
# </details>

# %% answer="split_rgb"
# ✏️ Answer: split_rgb
def split_rgb(photo):
    """Split an RGB photo (H, W, 3) into its red, green and blue grids, each (H, W)."""
    ### BEGIN SOLUTION
    return photo[:, :, 0], photo[:, :, 1], photo[:, :, 2]
    ### END SOLUTION

# %% check="split_rgb"
# 🔎 Check: split_rgb
tall = np.concatenate([tiny, tiny[:2] + 50])
grids = attempt(split_rgb, tall)
assert isinstance(grids, (tuple, list, np.ndarray)), f"Three grids should come back; what came is a {type(grids).__name__}."
cause = "The *first* axis of a photo counts its rows, the last one its layers." if len(grids) == 5 else "Red, green and blue are wanted."
if np.shape(grids) == tall.shape and np.array_equal(grids, tall):
    cause = (
        "The photo came back as it was. Its *first* axis counts the rows; the layers lie along the last one."
        " Which index takes one layer, with all rows and all columns?"
    )
assert len(grids) == 3, f"Three grids should come back; yours are {len(grids)}. {cause}"
for layer, name in enumerate(("red", "green", "blue")):
    grid, wanted = grids[layer], tall[:, :, layer]
    assert isinstance(grid, np.ndarray), (
        f"Each grid should be an array; your {name} grid is a {type(grid).__name__}. Indexing the photo gives arrays."
    )
    cause = {
        (4, 3): "That is one row of the photo: its layers lie along the last axis.",
        (5, 3): "That is one column of the photo: its layers lie along the last axis.",
        (4, 5): "Rows and columns have changed places: `.T` reverses *all* axes. Which index takes one layer?",
        (5, 4, 1): "As an index, a single number drops its axis, and a slice such as 0:1 keeps it.",
        (5, 4, 3): "A grid has two axes. Which index takes one layer out of three?",
    }
    assert grid.shape == (5, 4), (
        f"A grid has one number per pixel, so (5, 4) for a picture of 5 rows and 4 columns; your {name} grid has"
        f" {grid.shape}. {cause.get(grid.shape, 'Which of the three axes counts the layers?')}"
    )
    slips = {f"That is the {other} layer. Layer 0 is red, 1 green, 2 blue.": tall[:, :, i] for i, other in enumerate(("red", "green", "blue"))}
    cut = "`reshape` only cuts the numbers into other rows, in their old order; it picks no layer. Which index does?"
    slips[cut] = tall.reshape(3, 5, 4)[layer]
    same(grid, wanted, f"The {name} grid, layer {layer} of the photo,", slips=slips, why="Are these the numbers of the photo, as they are?")
thin = [np.shape(grid) for grid in attempt(split_rgb, tiny[:1])]
assert thin == 3 * [(1, 4)], f"A photo of one row has grids of shape (1, 4); yours are {thin}. `squeeze` drops such a side, too."
print("Three grids, each", np.shape(split_rgb(photo)[0]))

# %% [markdown]
# The three grids of the portrait. A grid by itself knows nothing of colour, only how bright one
# lamp is, so it is drawn in grey.
#
# > **Predict.** The orange suit: order the three grids by how bright it will be in them. And the
# > wall: will it look alike in all three, or not?

# %%
red, green, blue = split_rgb(photo)
show(
    photo,
    red,
    green,
    blue,
    titles=["the photo", "your red grid", "your green grid", "your blue grid"],
    size=2.5,
    alt=ALT["grids"],
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# The suit is bright in red, dimmer in green, dark in blue: about 224, 107 and 68. The wall is
# nearly grey, nearly equal parts, so it looks much the same in all three. And each of the three is
# a complete, sharp photo. Keep that in mind for Part 3.
#
# </details>
#
# To see a layer in its own colour, switch the other two off.

# %% [markdown]
# ### Exercise 1.5 · One lamp alone
# **1 point · about 2 minutes**
#
# Write `only_layer(photo, layer)`.
#
# - `photo`: a uint8 RGB photo (H, W, 3). `layer`: 0 for red, 1 for green, 2 for blue.
# - Returns a new uint8 RGB photo (H, W, 3). The layer that is named holds its numbers, the two
#   others are zero.
# - `photo` itself is left unchanged.
#
# Two of the three lines are written: a black canvas with the shape *and* the dtype of `photo`
# (`np.zeros(photo.shape)` would be floats), and the return. Fill in the line between them.
#
# <details><summary>Hint 1 · the idea</summary>
#
# The canvas is black. Copy one layer of the photo into its place there.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# An index can be read from, and with an `=` after it, it can be written to. All rows, all columns,
# one layer.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# The same for a row of a grid: `other[row, :] = grid[row, :]` copies one row into its place. Here it
# is a layer, and there is one axis more.
#
# </details>

# %% answer="only_layer"
# ✏️ Answer: only_layer
def only_layer(photo, layer):
    """Return a new RGB photo (H, W, 3) that has one layer of `photo` and zeros in the other two."""
    canvas = np.zeros_like(photo)
    ### BEGIN SOLUTION
    canvas[:, :, layer] = photo[:, :, layer]
    ### END SOLUTION
    return canvas

# %% check="only_layer"
# 🔎 Check: only_layer
for layer, name in enumerate(("red", "green", "blue")):
    alone = attempt(only_layer, tiny, layer, untouched=True)
    wanted = tiny * np.eye(3, dtype=np.uint8)[layer]
    cause = "That is the layer by itself. It should lie in an RGB photo, between layers of zeros." if np.shape(alone) == (3, 4) else ""
    assert np.shape(alone) == tiny.shape, (
        f"The result is an RGB photo of the same size, here {tiny.shape}; yours has the shape {np.shape(alone)}. {cause}"
    )
    same(
        alone,
        wanted,
        f"The photo with layer {layer}, {name}, alone",
        slips={
            "That is the photo as it went in: nothing was switched off.": tiny,
            "It is zero everywhere. Was the layer copied into the black picture?": 0 * tiny,
            "In yours the named layer is dark and the other two shine. It should be the other way round.": tiny - wanted,
            "All three hold the layer that is named. Three equal layers are a grey photo.": np.dstack([tiny[:, :, layer]] * 3),
            "Layer 0 is there instead. `layer` says which one it should be.": tiny * np.uint8([1, 0, 0]),
            "The layer before it is there instead. Layers count from 0.": tiny * np.eye(3, dtype=np.uint8)[layer - 1],
            f"Row {layer} was filled instead of layer {layer}: the layers lie along the last axis.": np.where(
                np.arange(3)[:, np.newaxis, np.newaxis] == layer, tiny, 0
            ),
            f"Column {layer} was filled instead of layer {layer}: the layers lie along the last axis.": np.where(
                np.arange(4)[:, np.newaxis] == layer, tiny, 0
            ),
            "The named layer is 255 everywhere. It keeps its own numbers.": np.where(wanted > 0, 255, 0),
            "The other two are 1. That is nearly dark, but it is not zero.": np.where(np.arange(3) == layer, tiny, 1),
            f"Its numbers stand in layer 0. They belong in layer {layer}.": np.dstack([tiny[:, :, layer], 0 * tiny[:, :, :2]]),
            f"Its numbers stand in layer 2. They belong in layer {layer}.": np.dstack([0 * tiny[:, :, :2], tiny[:, :, layer]]),
        },
        why="Does the named layer keep its numbers and its place, and are the other two zero?",
    )
    assert np.asarray(alone).dtype == np.uint8, (
        f"The result should be uint8; yours is {np.asarray(alone).dtype}. Was the black picture made without a dtype?"
    )
must_be_array(alone, "The photo with one layer")
print("Each layer can shine alone.")

# %% [markdown]
# Your three pictures, and their sum.

# %%
alone = [only_layer(photo, layer) for layer in range(3)]
total = alone[0] + alone[1] + alone[2]
show(
    *alone,
    total,
    titles=["red alone", "green alone", "blue alone", "the sum of the three"],
    size=2.5,
    alt="The portrait in red light only, in green light only, in blue light only, and the sum: the full colour photo.",
)
print("The sum is the photo, number for number:", np.array_equal(total, photo))

# %% [markdown]
# ### Exercise 1.6 · And back into one photo
# **2 points · about 4 minutes**
#
# At the end of the course a network hands you grids, and you have to make a photo of them. Write
# `merge_rgb(red, green, blue)`.
#
# - `red`, `green`, `blue`: three arrays of the same shape (H, W) and the same dtype. They may be a
#   single row, a single column or a single pixel.
# - Returns one array of shape (H, W, 3): red in layer 0, green in 1, blue in 2, the numbers as they
#   came.
# - The dtype stays the same: uint8 grids make a uint8 photo, float grids make a float array with
#   their fractions.
#
# <details><summary>Hint 1 · the idea</summary>
#
# The three grids should lie behind one another like three sheets of glass, along a new, *last*
# axis.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.stack` with its `axis`, or `np.dstack`. If you would rather fill a canvas of zeros: it has the
# shape (H, W, 3), and the dtype of one of the grids.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `return np.stack([red, green, blue], axis=GAP)`. With `axis=0` the three would come first, with
# `axis=1` second; you want them last.
#
# </details>

# %% answer="merge_rgb"
# ✏️ Answer: merge_rgb
def merge_rgb(red, green, blue):
    """Merge three grids (H, W) of one dtype into an array (H, W, 3) of this dtype."""
    ### BEGIN SOLUTION
    return np.stack([red, green, blue], axis=-1)
    ### END SOLUTION

# %% check="merge_rgb"
# 🔎 Check: merge_rgb
tall = np.concatenate([tiny, tiny[:2] + 50])
grids = np.moveaxis(tall, 2, 0)
merged = attempt(merge_rgb, *grids)
cause = {
    (3, 5, 4): "The three come first in yours. Layers lie along the last axis: `np.stack` has an `axis`.",
    (5, 3, 4): "The three stand in the middle in yours. Layers lie along the last axis.",
    (4, 5, 3): (
        "Rows and columns have changed places: `.T` reverses *all* axes. Only the axis of the three should go to the end;"
        " `np.stack` has an `axis` that says where it goes."
    ),
    (5, 12): "They stand side by side. They should lie behind one another, along a new axis.",
    (15, 4): "They stand below one another. They should lie behind one another, along a new axis.",
    (5, 4): "That is one grid. Was a sum taken?",
}
assert np.shape(merged) == (5, 4, 3), (
    "Three grids of shape (5, 4) make a photo (5, 4, 3): height, width, three layers. Yours has the shape"
    f" {np.shape(merged)}. {cause.get(np.shape(merged), 'Along which axis were they joined?')}"
)
same(
    merged,
    tall,
    "The photo that was split and merged",
    slips={
        "`reshape` only cuts the numbers into other rows, in their old order; it moves no axis. The axis of the three should"
        " go to the end: `np.stack` has an `axis` that says where it goes.": grids.reshape(5, 4, 3),
        "The layers lie in the order blue, green, red.": tall[:, :, ::-1],
        "Red and green have changed places.": tall[:, :, [1, 0, 2]],
        "Green and blue have changed places.": tall[:, :, [0, 2, 1]],
        "Only layer 0 was filled.": tall * np.uint8([1, 0, 0]),
    },
    why="Does red lie in layer 0, green in 1, blue in 2?",
)
merged = np.asarray(merged)
cause = "Was a canvas made without a dtype?" if merged.dtype.kind == "f" else "Which step changes the dtype?"
assert merged.dtype == np.uint8, f"uint8 grids should make a uint8 photo; yours is {merged.dtype}. {cause}"
floats = np.array([[[0.5, -0.25, 300.75]]])
half = attempt(merge_rgb, *np.moveaxis(floats, 2, 0))
same(half, floats, "Three float grids of one pixel, merged,", slips={"Fractions were lost: which dtype does the canvas have?": lambda: floats.astype(int), "Fractions were lost: was it made uint8?": lambda: floats.astype(int).astype(np.uint8)})
large = np.array([[[300, 1000, -5]]])
same(
    attempt(merge_rgb, *np.moveaxis(large, 2, 0)),
    large,
    "Three grids of whole numbers, merged,",
    slips={"They went through uint8, which has no room for them. The dtype of the grids should stay.": lambda: large.astype(np.uint8)},
    why="The numbers and the dtype should stay as they came.",
)
came = attempt(merge_rgb, *grids)
must_be_array(came, "The photo of three layers")
print("Split and merged:", "the same to the last level." if np.array_equal(merged, tall) else "not the same.")

# %% [markdown]
# Now put them together *wrongly*, on purpose.
#
# > **Predict.** The suit is about (224, 107, 68). Which colour will it have when the red and the
# > blue grid change places? And with red where green belongs?

# %%
red, green, blue = split_rgb(photo)
show(
    merge_rgb(red, green, blue),
    merge_rgb(blue, green, red),
    merge_rgb(green, red, blue),
    merge_rgb(red, red, red),
    titles=["(red, green, blue)", "(blue, green, red)", "(green, red, blue)", "(red, red, red)"],
    size=2.5,
    alt=ALT["swapped"],
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# A photo in which all skin is blue is the classic sign of swapped layers; some libraries, OpenCV
# among them, store blue first. And three equal grids make a *grey* photo: equal parts are grey, in
# every pixel.
#
# That last picture is a first, lazy answer to the task of this course: the grey grid three times.
# Three layers, and no colour yet.
#
# </details>

# %% [markdown]
# ## Part 3 · What a grid holds
#
# Here is a green leaf on white paper. We ask a question that sounds too easy.
#
# > **Predict.** Where is the leaf: in the red grid, in the green grid, or in the blue grid? The
# > white paper is 255 in each of them. Write down three levels from 0 to 255: how bright is the
# > leaf in each?

# %%
show(
    leaf,
    leaf[:, :, 0],
    leaf[:, :, 1],
    leaf[:, :, 2],
    titles=["the leaf", "red grid", "green grid", "blue grid"],
    size=2.5,
    alt=ALT["leaf grids"],
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# It is in all three, and it stands out **least in the green one**. White paper is full in every
# grid, green included. What makes the leaf green is what is *missing*: red and blue.
#
# If you thought "the leaf is in the green grid and nowhere else", you are in good company. The
# layers are not three bins into which things are sorted by colour. **Each carries brightness and
# colour at once.** Even in the red grid the leaf has a shape and veins, for a real leaf reflects a
# little of every light.
#
# </details>
#
# Now the numbers, to compare with the three that you wrote down. To say *which* pixels are meant, we
# use a **mask**: a grid of True and False. `leaf_mask` is True on the leaf, and `~leaf_mask` is True
# everywhere else.

# %% [markdown]
# ### Exercise 1.7 · The mean under a mask
# **3 points · about 6 minutes**
#
# Write `layer_means(photo, mask)`.
#
# - `photo`: a uint8 RGB photo (H, W, 3). `mask`: a grid (H, W) of True and False, with at least one
#   True.
# - Returns three numbers: the mean of the red, of the green and of the blue layer, over only those
#   pixels where the mask is True. Within 0.01; do not round.
# - A pixel under the mask counts even if it is black.
#
# <details><summary>Hint 1 · the idea</summary>
#
# First pick the pixels, then take the mean of what was picked, each layer by itself.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# An array can be indexed with a grid of True and False: `photo[mask]` is a list of the picked
# pixels, of shape (n, 3). `mean` has an `axis`.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `picked = photo[GAP]`, of shape (n, 3). Then `picked.mean(axis=GAP)`: the axis that is named goes,
# and you want to keep the 3 layers.
#
# </details>

# %% answer="layer_means"
# ✏️ Answer: layer_means
def layer_means(photo, mask):
    """Return the mean red, green and blue of the pixels of an RGB photo (H, W, 3) where the mask (H, W) is True."""
    ### BEGIN SOLUTION
    return photo[mask].mean(axis=0)
    ### END SOLUTION

# %% check="layer_means"
# 🔎 Check: layer_means
pixels = np.uint8(
    [
        [[0, 0, 0], [200, 40, 160], [9, 9, 9], [7, 7, 7]],
        [[1, 2, 3], [221, 61, 200], [250, 240, 8], [180, 30, 120]],
    ]
)
mask = np.array([[True, True, False, False], [True, True, False, True]])
means = attempt(layer_means, pixels, mask)
picked = pixels[mask]
cause = {
    (): "That is one mean of everything. Each layer has its own.",
    (5,): "Those are five means, one for each pixel, over its layers. Average over the pixels: the other axis.",
    (5, 3): "Those are the pixels under the mask. Their mean is still to be taken.",
    (4, 3): "Those are means over the rows of the picture. Was the mask used?",
    (2, 3): "Those are means over the columns of the picture. Was the mask used?",
}
assert np.shape(means) == (3,), (
    f"Three numbers should come back, one per layer; yours is {'one single number' if np.shape(means) == () else f'of the shape {np.shape(means)}'}."
    f" {cause.get(np.shape(means), 'Over which axis was the mean taken?')}"
)
same(
    means,
    picked.mean(axis=0),
    "The mean of (0, 0, 0), (200, 40, 160), (1, 2, 3), (221, 61, 200) and (180, 30, 120)",
    atol=0.01,
    slips={
        "That is the mean where the mask is *False*.": pixels[~mask].mean(axis=0),
        "That is the mean of the whole picture. Was the mask used?": pixels.mean(axis=(0, 1)),
        "You divided by all eight pixels. Only five lie under the mask.": picked.sum(axis=0) / 8,
        "You divided by 24: `size` counts every number of the picture, and a pixel has three.": picked.sum(axis=0) / 24,
        "You divided by 15: `size` counts every number, and a pixel has three.": picked.sum(axis=0) / 15,
        "Those are the means of the first three pixels under the mask, each over its layers.": picked[:3].mean(axis=1),
        "The black pixel was left out. It lies under the mask, so it counts: pick by the mask, not by the level.": picked[1:].mean(axis=0),
        "Those are the sums.": picked.sum(axis=0),
        "The sum was taken in uint8, which starts again at 0 after 255. Sum in floats, or let `.mean(axis=0)` do it.": picked.sum(axis=0, dtype=np.uint8) / 5,
        "It was rounded: a mean keeps its fraction.": np.rint(picked.mean(axis=0)),
        "Its fraction was cut off.": np.trunc(picked.mean(axis=0)),
        "They come sorted by size. Red is the first, then green, then blue.": np.sort(picked.mean(axis=0)),
        "That is the median.": np.median(picked, axis=0),
        "That is one mean over all three layers together.": np.full(3, picked.mean()),
    },
    why="Are the pixels under the mask averaged, and only these, each layer by itself?",
)
one = np.arange(8).reshape(2, 4) == 5
same(
    attempt(layer_means, pixels, one),
    [221, 61, 200],
    "The mean of one pixel, (221, 61, 200),",
    atol=0.01,
    slips={"One pixel, too, has three means. `squeeze` and its like drop an axis of length 1.": np.mean([221, 61, 200])},
)
print("Red, green, blue of the leaf:", [round(float(value)) for value in layer_means(leaf, leaf_mask)])
print("and of the paper round it:   ", [round(float(value)) for value in layer_means(leaf, ~leaf_mask)])

# %%
figure, axis = plt.subplots(figsize=(7.2, 3.0), layout="constrained")
places = np.arange(3)
for shift, name, area, face, hatch in (
    (-0.2, "the leaf", leaf_mask, "#2f6f3e", ""),
    (0.2, "the paper", ~leaf_mask, "#f2efe6", "//"),
):
    bars = axis.bar(
        places + shift, layer_means(leaf, area), 0.38, label=name, color=face, hatch=hatch, edgecolor="#444444"
    )
    axis.bar_label(bars, fmt="%.0f", padding=2)
axis.set_xticks(places, ["red grid", "green grid", "blue grid"])
axis.set(ylim=(0, 295), yticks=(0, 64, 128, 192, 255), ylabel="mean level (0–255)")
axis.set_title("The leaf is in every grid, and differs least from the paper in the green one", fontsize=11)
axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
axis.spines[["top", "right"]].set_visible(False)
show(
    figure,
    alt=(
        "Bars of the mean level in each grid. The paper is about 255 in all three. The leaf is about 63 in red, 148 in"
        " green and 56 in blue."
    ),
)

# %% [markdown]
# ### Lighter, towards white
#
# White is the three in equal parts. So a strong green becomes a *lighter* green when you add red
# and blue, the same amount of both, and in the end it is white. That is how a colour is tinted on a
# screen: not with more of itself, but with more of the others.
#
# Adding takes one `+`. But there is a trap in it.
#
# > **Predict.** Three levels in uint8: 100, 200 and 250. To each we add 100. Which three numbers
# > come out? (The highest level is 255.)

# %%
levels = np.array([100, 200, 250], dtype=np.uint8)
print(levels + 100)
show(
    photo,
    photo + 100,
    titles=["the photo", "photo + 100, in uint8"],
    alt=ALT["wrapped"],
)

# %% [markdown]
# <details><summary>What happened</summary>
#
# 200 + 100 came out as **44**, which is 300 − 256. After 255 a uint8 starts again at 0, like an old
# mileage counter. No error, no warning: the brightest places simply turn dark. If you ever see a
# picture like this, you know the cause.
#
# The trouble is in the sum itself: eight bits have no room for 300. Once it is taken, nobody can tell
# any longer that the 44 should have been more.
#
# </details>

# %% [markdown]
# ### Exercise 1.8 · Make a colour lighter
# **3 points · about 8 minutes**
#
# Write `lighten(photo, layer, amount)`: one layer stays, the other two rise.
#
# - `photo`: a uint8 RGB photo (H, W, 3). `layer`: the one that stays as it is; 0 red, 1 green, 2
#   blue. `amount`: a whole number from 0 to 255.
# - Returns a new uint8 photo (H, W, 3): in the two other layers every number is larger by `amount`,
#   but never larger than 255: whatever would be more stops at 255.
# - `photo` itself is left unchanged.
#
# For instance, `lighten(photo, 1, 100)` turns a pixel (0, 200, 30) into (100, 200, 130), and (220,
# 250, 0) into (255, 250, 100).
#
# <details><summary>Hint 1 · the idea</summary>
#
# More room first, then add, then stop at 255, then back to uint8. In that order.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `photo.astype(int)` is a new array with room. `np.clip(x, 0, 255)` stops at both ends. To add to
# some layers only: a loop over the three with an `if`, or an array such as `[amount, 0, amount]`
# added to every pixel.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `result = photo.astype(int)`; then for each `i` of 0, 1, 2 that is not `layer`:
# `result[:, :, i] += GAP`; then return the clipped result as uint8.
#
# </details>

# %% answer="lighten"
# ✏️ Answer: lighten
def lighten(photo, layer, amount):
    """Return a new uint8 photo (H, W, 3): `amount` is added to all layers but `layer`, and stops at 255."""
    ### BEGIN SOLUTION
    more = np.full(3, amount)
    more[layer] = 0
    return np.clip(photo.astype(int) + more, 0, 255).astype(np.uint8)
    ### END SOLUTION

# %% check="lighten"
# 🔎 Check: lighten
pixels = np.array([[[0, 200, 30], [220, 250, 0]]], dtype=np.uint8)
lighter = attempt(lighten, pixels, 1, 100, untouched=True)
assert np.shape(lighter) == (1, 2, 3), f"The result has the shape of the photo, (1, 2, 3); yours has {np.shape(lighter)}."
lighter = np.asarray(lighter)
same(
    lighter[0, 0],
    [100, 200, 130],
    "(0, 200, 30) with 100 more in all layers but green, layer 1,",
    slips={
        "All three layers have risen. The layer that is named should stay.": [100, 255, 130],
        "All three layers have risen, and green even past 255.": [100, 300, 130],
        "All three layers have risen, and green even past 255: 300 − 256 is 44.": [100, 44, 130],
        "In yours the named layer rises and the other two stay. It should be the other way round: `!=` or `==`?": [0, 255, 30],
        "In yours the named layer rises and the others stay. It should be the other way round: `!=` or `==`?": [0, 44, 30],
        "Only red has risen. Does the loop go on to the last layer?": [100, 200, 30],
        "Only blue has risen. Is one of the other two left out?": [0, 200, 130],
        "Green lost light: was it raised, clipped, and lowered again?": [100, 155, 130],
        "Nothing has changed. Does the sum get into what is returned?": [0, 200, 30],
        "The layer that is named is dark. It should hold its numbers.": [100, 0, 130],
        "200 does not fit into int8, which ends at 127.": [100, 0, 0],
    },
    why="Which layers rise, and by how much?",
)
same(
    lighter[0, 1],
    [255, 250, 100],
    "(220, 250, 0) with 100 more in all layers but green",
    slips={
        "220 + 100 came out as 64, which is 320 − 256: it was taken in uint8, or handed back to uint8 before it was clipped.": [64, 250, 100],
        "320 was clipped to 256, and 256 becomes 0 in uint8. What is the highest level?": [0, 250, 100],
        "320 was clipped to 256. What is the highest level?": [256, 250, 100],
        "320 is past the end of the scale: nothing was clipped.": [320, 250, 100],
    },
    why="Anything above 255 stops at 255.",
)
assert lighter.dtype == np.uint8, f"The result should be uint8 again; yours is {lighter.dtype}. Once it is clipped, it fits into uint8: the dtype is the last step."
for layer, amount, wanted in ((0, 20, [0, 220, 50]), (2, 40, [40, 240, 30]), (1, 0, [0, 200, 30])):
    same(
        np.asarray(attempt(lighten, pixels, layer, amount, untouched=True))[0, 0],
        wanted,
        f"(0, 200, 30) with layer={layer} and amount={amount}",
        why="Are both `layer` and `amount` used?" if amount else "An amount of 0 changes nothing.",
    )
came = attempt(lighten, pixels, 1, 100)
must_be_array(came, "The lighter photo")
print("(0, 200, 30) became", lighter[0, 0].tolist(), "and (220, 250, 0) became", lighter[0, 1].tolist())

# %% [markdown]
# Your function on two leaves. In the upper row the green lamp burns at its full 255 already. The
# lower row has our own leaf, whose green is 148 on average.
#
# > **Predict.** Add more and more red and blue. What becomes of the upper leaf in the end? And of
# > the lower one, when red and blue *overtake* its green?

# %%
neon = np.where(leaf_mask[:, :, np.newaxis], np.maximum(leaf, [0, 255, 0]), 255).astype(np.uint8)
for kind, picture, amounts in (("neon", neon, (0, 45, 90, 135, 180)), ("leaf", leaf, (0, 40, 80, 140, 230))):
    show(
        *(lighten(picture, 1, amount) for amount in amounts),
        titles=[f"lighten({kind}, 1, {amount})" for amount in amounts],
        size=2.0,
        alt=ALT[kind],
    )

# %% [markdown]
# <details><summary>What happened</summary>
#
# The neon leaf became lighter and lighter. At 180 only a hint of it is left; a little more, and
# it is (255, 255, 255), white on white, just as in the discs of light.
#
# Our own leaf stayed green for a while. At 80, red and blue have nearly caught up: on average it is
# (143, 148, 136), almost grey. At the end red and blue are the stronger ones, and (255, 148, 255) is a
# light magenta. To tint it properly, add to the others only until they have caught up, and then to
# all three.
#
# </details>

# %% [markdown]
# ## Part 4 · From colour to grey
#
# The way from colour to grey is short, and any camera knows it: three numbers in, one out. But
# *which* one? The mean of the three?
#
# > **Predict.** Six patches, each with one or two lamps at full power: red, green, blue, yellow,
# > cyan, magenta. By the mean, the first three are equally bright: 255 / 3 = 85. Would your eye
# > agree? Order the six names from dark to light, then run and compare with the top row.

# %%
lamps = np.array(
    [[(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255), (255, 0, 255)]], dtype=np.uint8
)
by_mean = lamps.mean(axis=2)
by_luma = 255 * rgb2gray(lamps)

figure, axes = plt.subplots(3, 1, figsize=(8.4, 3.0), layout="constrained")
for axis, picture, name in zip(axes, (lamps, by_mean, by_luma), ("colour", "plain mean", "weighted")):
    axis.imshow(picture, cmap="gray", vmin=0, vmax=255, aspect="auto")
    axis.set_yticks([0], [name], fontsize=11)
    axis.set_xticks([])
    axis.tick_params(length=0)
    for place, lamp in enumerate(("red", "green", "blue", "yellow", "cyan", "magenta") if picture is lamps else ()):
        axis.text(place, 0, lamp, ha="center", va="center", color="white" if place in (0, 2) else "black")
    if picture.ndim == 2:
        write_numbers(axis, np.rint(picture), 0, 255, 11)
axes[0].set_title("Two brightnesses by the mean, six by weights", fontsize=11)
show(
    figure,
    alt=ALT["patches"],
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# Blue is the darkest by far, then red, magenta, green, cyan, yellow. The row "weighted" has them in
# this order. The mean cannot tell red from green from blue.
#
# </details>
#
# An eye gets most of its brightness from green light, some from red, very little from blue. A good
# grey therefore gives each layer a weight. The weights for today's screens are those of the
# television standard **Rec. 709** (ITU-R BT.709): 0.2126, 0.7152, 0.0722. scikit-image's
# `rgb2gray` has them with slightly different digits, and so will you:
#
# | layer | weight |
# |---|---|
# | red | 0.2125 |
# | green | 0.7154 |
# | blue | 0.0721 |
#
# They add up to 1, so a grey pixel keeps its level and white stays white. (Older tools use the
# weights of **Rec. 601**: 0.299, 0.587, 0.114.)
#
# To be honest: the levels in a photo are not amounts of light. They are *gamma-encoded*, spaced so
# that the steps look even; level 128 sends out only about 22 % of the light of 255. A weighted sum of
# such levels is called **luma**. It is quick, nearly everybody uses it, and it puts colours in the
# right order; but strong colours come out too dark. A grey as bright as the blue lamp would be level
# 76, not 18. Lesson 2 has a better measure.

# %% [markdown]
# ### Exercise 1.9 · Grey with proper weights
# **3 points · about 7 minutes**
#
# Write `to_grey(photo)`.
#
# - `photo`: a uint8 RGB photo (H, W, 3).
# - Returns a uint8 grid (H, W): for every pixel 0.2125 × red + 0.7154 × green + 0.0721 × blue. It
#   may be up to one level away from the exact value: you may round or cut off *the sum*.
# - You learn most by writing the weights out. `rgb2gray` is accepted too; note that its greys go
#   from 0 to 1.
# - Black stays 0 and white comes out as 254 or 255, never wrapped round to a dark number.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Multiply each grid by its weight, add the three, and change the dtype at the end.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# A uint8 grid times a Python float such as 0.2125 gives floats: no overflow there. `np.rint`
# rounds. The sum of three products can be written in one go with `@`: a photo (H, W, 3) `@` three
# weights is (H, W).
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `luma = 0.2125 * photo[:, :, 0] + GAP + GAP`, and then return it rounded and as uint8.
#
# </details>

# %% answer="to_grey"
# ✏️ Answer: to_grey
def to_grey(photo):
    """Turn a uint8 RGB photo (H, W, 3) into its uint8 luma (H, W), a level from 0 to 255 for each pixel.

    The weights are those of `skimage.color.rgb2gray` (Rec. 709): red 0.2125, green 0.7154, blue 0.0721.
    """
    ### BEGIN SOLUTION
    return np.rint(photo @ [0.2125, 0.7154, 0.0721]).astype(np.uint8)
    ### END SOLUTION

# %% check="to_grey"
# 🔎 Check: to_grey
patches = np.uint8([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255], [255, 0, 255]])
exact = patches @ np.array([0.2125, 0.7154, 0.0721])
grey = attempt(to_grey, patches[:, np.newaxis])
cause = {
    (6, 1, 3): "Three numbers per pixel are left: are the products added up?",
    (1, 3): "That is what the rows `photo[0]`, `photo[1]`, `photo[2]` give: the layers lie along the last axis.",
    (1, 6): "Rows and columns have changed places.",
}
assert np.shape(grey) == (6, 1), (
    "One number per pixel: (6, 1) for these six patches, one below the other; yours has the shape"
    f" {np.shape(grey)}. {cause.get(np.shape(grey), 'Which axis counts the layers?')}"
)
grey = np.ravel(grey)
if not grey.any():
    why = "A grey from 0 to 1, such as `rgb2gray` gives, is cut to 0 when it is made uint8. First times 255, then uint8."
elif grey.max() <= 1:
    why = "It goes from 0 to 1, as the greys of `rgb2gray` do. A photo's levels go to 255: first times 255, then uint8."
elif grey.max() < 3:
    why = "Such small numbers come out of products in uint8, where 21 × 255, for instance, does not fit. Multiply by floats, or make room first."
elif abs(float(grey[3]) - float(grey[0]) - float(grey[1])) > 3:
    why = (
        f"In a weighted sum, yellow is as much as red and green together. Yours are {grey[3]:.4g}, {grey[0]:.4g} and {grey[1]:.4g}:"
        " was a part of it taken in uint8, which ends at 255? Or is it another formula than a sum?"
    )
else:
    why = "By the red, the green and the blue patch, your weights are about {:.2f}, {:.2f}, {:.2f}.".format(*grey[:3] / 255)
if np.abs(grey - exact).max() > 1:
    same(
        grey,
        exact.round(1),
        "The grey of red, green, blue, yellow, cyan, magenta",
        atol=1.05,
        slips={why: grey}
        if grey.max() < 3
        else {
            "That is the plain mean: each layer counts a third. Where are the weights?": patches.mean(axis=1),
            "Those are the weights of Rec. 601, from older television. The table above has the ones that are wanted.": patches
            @ np.array([0.299, 0.587, 0.114]),
            "Red and blue have each other's weight.": patches @ np.array([0.0721, 0.7154, 0.2125]),
            "Red and green have each other's weight.": patches @ np.array([0.7154, 0.2125, 0.0721]),
            "Green and blue have each other's weight.": patches @ np.array([0.2125, 0.0721, 0.7154]),
            "It goes from 0 to 100. The levels of a photo go to 255.": exact / 2.55,
            "That is the largest of the three.": patches.max(axis=1),
            "The blue layer is missing in the sum.": patches[:, :2] @ np.array([0.2125, 0.7154]),
            "The three are added up without weights.": patches.sum(axis=1),
        },
        why=why,
    )
patch = attempt(to_grey, np.uint8([[(141, 102, 69), (54, 51, 199)]]))
same(
    patch[0],
    [107.9, 62.3],
    "(141, 102, 69) and (54, 51, 199) in grey, up to a level,",
    atol=1,
    slips={
        "Was a fraction cut off three times? Add first, change the dtype once, at the end.": [105, 61],
        "Was each product rounded by itself? Add first, round once, at the end.": [108, 61],
    },
    why="Are the weights those of the table, to the last digit?",
)
ends = np.asarray(attempt(to_grey, np.array([[[0, 0, 0], [255, 255, 255]]], dtype=np.uint8)))[0]
cause = "256 does not fit into uint8: it becomes 0." if ends[1] == 0 else "The weights add up to 1, so white stays white."
assert ends[0] == 0 and ends[1] >= 254, f"Black should be 0 and white 254 or 255; yours are {ends.tolist()}. {cause}"
assert grey.dtype == np.uint8, f"A grey photo is uint8; yours is {grey.dtype}. The dtype is a step of its own, the last one."
came = attempt(to_grey, patches[:, np.newaxis])
must_be_array(came, "The grey photo")
print("Six brightnesses for six colours:", grey.tolist())

# %% [markdown]
# Does it matter outside a row of test patches? Here is a leaf in green on *blue* paper, made so
# that the plain mean of every pixel is 120. And the cat, because grey suits her.

# %%
on_blue = np.where(leaf_mask[:, :, np.newaxis], (60, 240, 60), (60, 60, 240)).astype(np.uint8)
show(
    on_blue,
    on_blue.mean(axis=2),
    to_grey(on_blue),
    to_grey(cat),
    titles=["green on blue", "plain mean: gone", "your to_grey(on_blue)", "your to_grey(cat)"],
    size=2.5,
    alt=(
        "A green leaf on blue. In the plain mean it has vanished: an even grey. In your grey it is light on dark. Last"
        " the cat in your grey."
    ),
)

# %% [markdown]
# ### Between 0 and 1
#
# Networks, and most formulas, do not like numbers from 0 to 255. They like **floats from 0 to 1**:
# black is 0, white is 1, whatever the number of bits. The way there is short: times 1/255.

# %% [markdown]
# ### Exercise 1.10 · From levels to floats
# **1 point · about 2 minutes**
#
# Write `to_unit(photo)`.
#
# - `photo`: a uint8 array of any shape, grey or colour.
# - Returns a float array of the same shape: level 0 becomes 0, level 255 becomes 1, and the others
#   lie evenly between. The scale always runs from 0 to 255, even for a dark photo that never
#   reaches 255. Within 0.001.
#
# <details><summary>Hint 1 · the idea</summary>
#
# One division. By which number, if 255 is to become exactly 1?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# There are 256 levels, but the highest is 255. And what does `/` make of a uint8 array: which dtype
# comes out?
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# The same for lengths: 12 inches are 1 foot, so `inches / 12` gives feet. Which level is 1 here?
#
# </details>

# %% answer="to_unit"
# ✏️ Answer: to_unit
def to_unit(photo):
    """Scale uint8 levels 0–255 to floats 0–1, in the same shape."""
    ### BEGIN SOLUTION
    return photo / 255
    ### END SOLUTION

# %% check="to_unit"
# 🔎 Check: to_unit
levels = np.array([[0, 51], [102, 204]], dtype=np.uint8)
unit = attempt(to_unit, levels)
assert isinstance(unit, np.ndarray), f"An array should come back; what came is a {type(unit).__name__}."
same(
    unit,
    levels / 255,
    "0, 51, 102, 204 on the scale from 0 to 1",
    atol=0.0005,
    slips={
        "You took the scale from the photo: its largest level, 204, became 1. It is always 255 that becomes 1.": levels / 204,
        "It was divided by 256. It is the *highest level*, 255, that becomes 1; by 256 it becomes 0.996.": levels / 256,
        "Fractions are gone: `//` cuts them off, and so does a whole-number dtype.": levels // 255,
        "Fractions were rounded away.": np.rint(levels / 255),
        "These are still the levels: changing the dtype does not scale.": levels,
        "Everything above 0 became 1: clipping is not scaling.": np.clip(levels, 0, 1),
        "It was multiplied by 255. Which operation turns 255 into 1?": levels * 255.0,
        "This scale goes from -1 to 1. Wanted is 0 to 1.": levels / 127.5 - 1,
        "Black became 1: this is a negative.": 1 - levels / 255,
        "It was divided by 100. It is the highest level, 255, that becomes 1.": levels / 100,
    },
    why="0 becomes 0, and 255 would become 1. Which number is divided by which?",
)
assert unit.dtype.kind == "f", f"Floats are wanted; yours are {unit.dtype}."
same(attempt(to_unit, np.uint8([255])), [1], "The level 255", atol=0.001, why="The highest level becomes 1.")
same(
    attempt(to_unit, np.uint8([0, 1])),
    [0, 1 / 255],
    "A photo of the levels 0 and 1",
    atol=0.001,
    slips={"Level 1, the largest of this photo, became 1: the scale depends on the photo. It is always 255 that becomes 1.": [0, 1]},
    why="Level 1 is nearly black.",
)
print("0, 51, 102, 204 became", np.ravel(unit).round(4).tolist())

# %% [markdown]
# The way back has more to it. After some arithmetic the floats sit a little *beside* the levels, or
# have left the range, and a plain `.astype(np.uint8)` cuts every fraction off.
#
# > **Predict.** On the 0–1 scale, `1 - unit` is a negative, and the negative of a negative is the
# > picture itself. We do that with all 256 levels, go back to 0–255 and cut off. How many of the
# > 256 come home as a different level? On paper: none.

# %%
levels = np.arange(256, dtype=np.uint8)
twice = 255 * (1 - (1 - levels / 255))
cut = twice.astype(np.uint8)
print(f"{np.count_nonzero(cut != levels)} of 256 levels are wrong after cutting off.")
first = np.flatnonzero(cut != levels)[0]
print(f"For instance level {first}: as a float {twice[first]:.16f}, cut off {cut[first]}.")

# %% [markdown]
# <details><summary>What happened</summary>
#
# A float cannot hold most fractions exactly, so a level that should be 7 may come home as
# 6.9999999, and cutting off makes 6 of that. Rounding to the *nearest* whole number makes 7 again.
#
# One level too dark is hard to see. A whole photo that gets darker at every step of a long
# calculation is not.
#
# </details>

# %% [markdown]
# ### Exercise 1.11 · From floats to levels
# **3 points · about 6 minutes**
#
# Write `to_bytes(unit)`, the safe way back.
#
# - `unit`: a float array (float32 or float64) of any shape. Most values lie between 0 and 1, but
#   some may lie outside, on either side.
# - Returns a uint8 array of the same shape. Each value is 255 × the float, rounded to the
#   **nearest** level. (Exactly half-way, either neighbour will do.)
# - Below 0 becomes 0, above 1 becomes 255.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Four small steps: back into the range, up to the scale of levels, to the nearest, to the dtype.
# The dtype comes last.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `np.clip` as in exercise 1.8, here with 0 and 1. `np.rint` or `np.round` for the nearest.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `inside = np.clip(GAP, 0, 1)`, then `nearest = np.rint(GAP)` of the product with 255, then return
# `nearest` with the dtype of levels.
#
# </details>

# %% answer="to_bytes"
# ✏️ Answer: to_bytes
def to_bytes(unit):
    """Turn floats 0–1 into uint8 levels 0–255, to the nearest; what lies outside is clipped."""
    ### BEGIN SOLUTION
    return np.rint(255 * np.clip(unit, 0, 1)).astype(np.uint8)
    ### END SOLUTION

# %% check="to_bytes"
# 🔎 Check: to_bytes
unit = np.array([[0.01, 0.45, 0.998], [1, 1.3, -0.2]])
got = attempt(to_bytes, unit)
inside = np.clip(unit, 0, 1)
same(
    got,
    [[3, 115, 254], [255, 255, 0]],
    f"to_bytes({unit.tolist()})",
    slips={
        "Fractions were cut off: 0.01 × 255 is 2.55, and the nearest level is 3.": np.trunc(255 * inside),
        "0.998 × 255 is 254.49, and the *nearest* level is 254, not the one above.": np.ceil(255 * inside),
        "1.0 came out as 0: 1 × 256 is 256, and a uint8 has no 256. The highest level is 255.": np.rint(256 * inside) % 256,
        "1 became 0: 1 × 256 is 256, and a uint8 has no 256. The highest level is 255.": np.trunc(256 * inside) % 256,
        "Was it scaled by 256? The highest level is 255.": np.minimum(np.trunc(256 * inside), 255),
        "-0.2 was clipped to 0, but 1.3 was not clipped to 1: it came out as 76 (332 − 256). At which number does the range of the floats end?": np.rint(255 * np.clip(unit, 0, 255)) % 256,
        "-0.2 was clipped to 0, but 1.3 was not clipped to 1: it came out as 75 (331 − 256). At which number does the range of the floats end?": np.trunc(255 * np.clip(unit, 0, 255)) % 256,
        "1.3 and -0.2 came out at the other end of the scale. Did you clip before changing the dtype?": np.rint(255 * unit) % 256,
        "1.3 and -0.2 are at the other end, and fractions are cut off. Did you clip, and round, before changing the dtype?": np.trunc(255 * unit) % 256,
        "1.3 and -0.2 are still outside: nothing was clipped.": np.rint(255 * unit),
        "-0.2 came out as 51: its minus sign was lost. Below 0 becomes 0.": np.rint(255 * np.minimum(np.abs(unit), 1)),
        "-0.2 came out as 205 (256 − 51). The range has a lower end, too.": np.rint(255 * np.minimum(unit, 1)) % 256,
        "A level from 128 on became negative: int8 ends at 127. Which dtype has no sign?": np.rint(255 * inside).astype(int).astype(np.int8),
        "It was stretched from the smallest number to the largest. The scale is always 0 to 1.": np.rint(255 * (unit + 0.2) / 1.5),
        "It was clipped to 0 to 1 after the scaling. There, the range is 0 to 255.": np.rint(np.clip(255 * unit, 0, 1)),
        "Only 0 and 255 are left: was it rounded before × 255?": np.rint(inside) * 255,
        "Only 0 and 255 are left: was it made uint8 before × 255?": np.trunc(inside) * 255,
        "The scale is missing: 1 should become 255.": inside,
        "The scale is missing: 1 should become 255, before it is rounded.": np.rint(inside),
        "The scale is missing: 1 should become 255, before the dtype is changed.": np.trunc(inside),
        "It was scaled by 100. The highest level is 255.": np.rint(100 * inside),
        "It is on the right scale, but not rounded.": 255 * inside,
    },
    why="Into the range, onto the scale, to the nearest, into the dtype: which of the four steps went wrong?",
)
far = attempt(to_bytes, np.array([140.0, -140.0]))
same(
    far,
    [255, 0],
    "to_bytes([140, -140])",
    slips={"Both came out at the wrong end: 140 × 255 is 35,700, and int16 ends at 32,767. Did you clip before changing the dtype?": [0, 255]},
    why="Each dtype of whole numbers has an end, int16 too. Did you clip before changing the dtype?",
)
assert np.asarray(got).dtype == np.uint8, f"Levels are uint8; yours are {np.asarray(got).dtype}. The dtype is the last of the steps."
must_be_array(got, "The result of to_bytes")
print("0.01, 0.45, 0.998, 1, 1.3, -0.2 became", np.ravel(got).tolist())

# %% [markdown]
# Why the trouble? Because on the 0–1 scale, formulas become simple. Black and white stay put under
# any power; `1 - unit` is a negative; a product of two pictures is a mask of light. All four
# pictures below went there with your `to_unit` and came back with your `to_bytes`.

# %%
unit = to_unit(cat)
down, right = np.mgrid[-1 : 1 : cat.shape[0] * 1j, -1 : 1 : cat.shape[1] * 1j]
spot = np.exp(-1.6 * (down**2 + right**2))[:, :, np.newaxis]
show(
    to_bytes(unit**0.5),
    to_bytes(unit**2),
    to_bytes(1 - unit),
    to_bytes(unit * spot),
    titles=["unit ** 0.5: lighter", "unit ** 2: darker", "1 - unit: a negative", "unit * spot: a lamp on it"],
    size=2.5,
    alt="The cat four times: lighter, darker, as a negative in opposite colours, and in a spot of light that fades.",
)

# %% [markdown]
# ## Part 5 · The task of this course
#
# You have all the pieces. Before we put them into one line, a question about size: how many colours
# are there?
#
# Each of the three numbers has 256 levels, and every combination is allowed: 256 × 256 × 256 = 256³ =
# **16,777,216**, about 16.7 million. That is more than people can tell apart: estimates range from
# roughly 2 to 10 million.
#
# > **Predict.** The portrait has 400 × 400 = 160,000 pixels. How many *different* colours are among
# > them? About 100? 5,000? 80,000? 160,000?

# %% [markdown]
# ### Exercise 1.12 · Count the colours
# **2 points · about 6 minutes**
#
# Write `count_colours(photo)`.
#
# - `photo`: a uint8 RGB photo (H, W, 3).
# - Returns one whole number: how many different colours are in it. A colour is a *triple*: (10, 20, 30)
#   and (30, 20, 10) are two colours, and the same triple in two places is one.
# - The portrait has 160,000 pixels: counting them should take seconds, not minutes. (A `set` finds
#   an item at once; a list has to be searched from its beginning.)
#
# <details><summary>Hint 1 · the idea</summary>
#
# Where a pixel stands does not matter here. Make one long list of pixels, three numbers each, and
# count the different rows of this list.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `photo.reshape(-1, 3)` is the list. `np.unique` finds different *numbers*, unless you tell it with
# `axis=0` that a row counts as a whole. In plain Python: a `set` of tuples.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `pixels = photo.reshape(GAP)`, one pixel a row; then `np.unique(pixels, axis=GAP)`, and count its
# rows.
#
# </details>

# %% answer="count_colours"
# ✏️ Answer: count_colours
def count_colours(photo):
    """Count the different colours (r, g, b) of an RGB photo (H, W, 3)."""
    ### BEGIN SOLUTION
    return len(np.unique(photo.reshape(-1, 3), axis=0))
    ### END SOLUTION

# %% check="count_colours"
# 🔎 Check: count_colours
pixels = np.uint8(
    [
        [[10, 20, 30], [30, 20, 10], [10, 20, 30], [20, 10, 30], [51, 0, 0]],
        [[10, 21, 20], [0, 0, 9], [10, 20, 30], [200, 9, 0], [10, 20, 30]],
    ]
)
try:
    count = attempt(count_colours, pixels)
except NotImplementedError as error:
    if "`to_grey`" in str(error):
        raise AssertionError(
            "`count_colours` calls `to_grey` (exercise 1.9, not answered yet). It need not: a colour is three numbers, and a grey is one."
        ) from None
    raise
assert np.ndim(count) == 0, f"One number should come back: how many colours there are. What came has the shape {np.shape(count)}."
causes = {
    10: "Ten is the number of pixels. A colour that comes again counts once.",
    8: "Eight is how many different single *numbers* there are. A colour is three numbers together.",
    6: (
        "Two of the colours count as one in yours. Was one number made of the three? A grey is the same for (10, 20, 30) and (10, 21, 20)."
        " And a code, such as 100 × red + 10 × green + blue, needs room before you multiply: `photo.astype(int)`."
    ),
    5: "(10, 20, 30) and (30, 20, 10) are two colours: the order of the numbers matters.",
    4: "(51, 0, 0) and (10, 21, 20) are two colours, though both add up to 51. Was a sum taken?",
    3: "Your list should have one row for each of the ten pixels, with three numbers in a row.",
    2: "Two is how many different *rows* the picture has. First make a long list of pixels: `reshape(-1, 3)`.",
}
if int(count) > 10:
    causes[int(count)] = "That is more than there are pixels."
assert count == 7, (
    f"Among these ten pixels are seven colours; yours says {count}. {causes.get(int(count), 'Were whole triples counted?')}"
)
near = np.uint8([[(1, 12, 11), (11, 2, 11), (7, 21, 0), (7, 20, 255), (0, 2, 255)]])
count = attempt(count_colours, near)
assert count == 5, f"{near[0].tolist()} are five colours; yours says {count}. If you make one number, or one text, of three numbers: which two of these colours give the same?"
noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
began = process_time()
count = attempt(count_colours, noise)
seconds = process_time() - began
if count <= 256:
    cause = "A uint8 has 256 values. If you make one number of three numbers, make room before you multiply: `photo.astype(int)`."
else:
    cause = "If you make one number, or one text, of three numbers: which different colours give the same?"
assert count == 6400, f"Of 6,400 random pixels, no two are alike here; yours counts {count} colours. {cause}"
began = process_time()
attempt(count_colours, noise[:20])
quarter = process_time() - began
assert seconds < 0.1 or seconds < 8 * quarter, (
    f"6,400 pixels took your function {seconds / quarter:.0f} times as long as 1,600, so the portrait would take minutes. Is a list searched for every pixel?"
    " A set finds an item at once."
)
print(f"The portrait has {count_colours(photo):,} different colours in {photo.shape[0] * photo.shape[1]:,} pixels.")

# %% [markdown]
# Your count for three photos, and for a picture in which every pixel was drawn at random.

# %%
noise = np.random.default_rng(1).integers(0, 256, photo.shape, dtype=np.uint8)
pictures = {"portrait": photo, "cup": cup, "rocket": rocket, "random pixels": noise}
counts = {name: count_colours(picture) for name, picture in pictures.items()}
show(
    *pictures.values(),
    titles=[f"{name}\n{count:,} colours" for name, count in counts.items()],
    size=2.4,
    alt=(
        "The portrait, the cup, the rocket and coloured noise, all of 160,000 pixels. Their numbers of different colours: "
        + ", ".join(f"{name} {count:,}" for name, count in counts.items())
        + "."
    ),
)

# %% [markdown]
# All four have 160,000 pixels. At random, nearly every pixel has a colour of its own. The portrait
# gets by with half as many, the rocket with a seventh. And they are not spread over the 16.7
# million: they huddle, a family of skin colours here, of sky blues there.
# Photos do not use colour at random. Remember that: it is the only reason why the task below is not
# hopeless.
#
# ### The task, in one line
#
# **f(grey grid) → three colour grids**
#
# One grid of shape (H, W) goes in, three grids come out, (H, W, 3). The network of this course will
# be that f: it links the one grid to the three. For a photo of 400 × 400 pixels, 160,000 numbers go
# in and 480,000 must come out.
#
# You wrote the opposite direction yourself. `to_grey` is a short formula and always has exactly one
# answer. So why not turn the formula round?
#
# > **Predict.** There are 256 greys and 16,777,216 colours. If all colours were dealt out evenly,
# > how many would share one grey? And the square below is painted with 65,536 different colours:
# > what will it look like after `to_grey`?

# %%
red, blue = np.meshgrid(np.arange(256), np.arange(256)[::-1])
green = np.rint((128 - 0.2125 * red - 0.0721 * blue) / 0.7154)
square = np.stack([red, green, blue], axis=-1).astype(np.uint8)
show(
    square,
    to_grey(square),
    titles=[f"{count_colours(square):,} colours", "the same square after your to_grey"],
    size=3.4,
    alt=ALT["square"],
)
print("The greys on the right:", np.unique(to_grey(square)).tolist())

# %% [markdown]
# <details><summary>What happened</summary>
#
# 16,777,216 / 256 = 65,536. That many colours share one grey on average, and here are just as many
# that share the grey 128. (If your `to_grey` cuts off, it prints 127 and 128. In all, 91,618
# colours round to 128 with these weights.) After `to_grey` nothing is left to tell them apart.
# **The colour is not hidden in the grey. It is gone.**
#
# </details>
#
# That was a square of paint. Is it the same in a real photo? You can find out.

# %% [markdown]
# ### Exercise 1.13 · All the colours behind one grey
# **2 points · about 5 minutes**
#
# Write `colours_behind(photo, grey, level)`.
#
# - `photo`: a uint8 RGB photo (H, W, 3). `grey`: a uint8 grid (H, W), a grey version of it, made
#   by your recipe or by somebody else's. `level`: a whole number from 0 to 255.
# - Returns the different colours of those pixels of `photo` whose level in `grey` is exactly
#   `level`: a NumPy array of shape (n, 3), one row per colour, every colour once, in any order.
# - If no pixel of `grey` has this level, the array has no rows.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Two things that you have done already: pick pixels under a mask (exercise 1.7), and keep every
# colour once (exercise 1.12).
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `grey == level` is a mask: a grid of True and False. `np.unique` with `axis=0` gives the different
# rows themselves; before, you only counted them.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `pixels = photo[GAP == GAP]`, which is (n, 3), and then the different rows of it.
#
# </details>

# %% answer="colours_behind"
# ✏️ Answer: colours_behind
def colours_behind(photo, grey, level):
    """Return the different colours (n, 3) of the pixels of an RGB photo whose number in the grid `grey` is `level`."""
    ### BEGIN SOLUTION
    return np.unique(photo[grey == level], axis=0)
    ### END SOLUTION

# %% check="colours_behind"
# 🔎 Check: colours_behind
pixels = np.uint8(
    [
        [[90, 50, 10], [10, 50, 90], [90, 50, 10], [20, 20, 20]],
        [[50, 50, 50], [5, 5, 5], [60, 60, 60], [30, 30, 30]],
    ]
)
grey = np.array([[50, 50, 50, 30], [70, 50, 51, 49]], dtype=np.uint8)
try:
    found = attempt(colours_behind, pixels, grey, 50)
except NotImplementedError as error:
    if "`to_grey`" in str(error):
        raise AssertionError(
            "`colours_behind` calls `to_grey` (exercise 1.9, not answered yet). It need not: the grey version is handed in as `grey`."
            " Compare that with `level`."
        ) from None
    raise
counted = isinstance(found, (int, np.integer))
cause = (
    "The colours are wanted, not how many there are."
    if counted
    else "`np.array` makes an array of a list; if the list is empty, `.reshape(-1, 3)` gives it the shape (0, 3)."
)
assert isinstance(found, np.ndarray), (
    f"An array of colours should come back; what came is of the type {type(found).__name__}. {cause}"
)
if found.ndim != 1:
    cause = "Those are whole rows of the photo: a mask of the shape (H, W) picks pixels." if found.ndim == 3 else "One row per colour."
elif found.size and (found == 50).all():
    cause = "Only the level itself, 50, is in it. `grey` makes the mask, and the mask picks from `photo`: is each in its place?"
else:
    cause = "Each row should be one whole colour. Is the mask made from `grey`? And if `np.unique` is used: does it have `axis=0`?"
assert np.shape(found)[1:] == (3,), (
    f"An array with three numbers per row should come back; yours has the shape {np.shape(found)}. {cause}"
)
rows = sorted(map(tuple, found.tolist()))
assert rows not in ([], [(50, 50, 50)]), (
    "Your function did not use the `grey` that it was given. It follows another recipe than yours:"
    " there (50, 50, 50) has level 70, and other colours have 50. Compare `grey` with `level`."
)
for mask, cause in (
    (grey >= 50, "Those are the colours from level 50 up."),
    (grey <= 50, "Those are the colours up to level 50."),
    (grey != 50, "Those are the colours of all *other* levels."),
    (grey >= 0, "Those are the colours of the whole photo. Was the mask used?"),
):
    assert set(rows) != set(map(tuple, pixels[mask].tolist())), f"{cause} Only those whose level is exactly 50 count."
for colour, level in (((60, 60, 60), 51), ((30, 30, 30), 49), ((50, 50, 50), 70), ((20, 20, 20), 30)):
    assert colour not in rows, f"{colour} should not be there: its level in `grey` is {level}, and only exactly 50 counts."
assert len(rows) == len(set(rows)), f"One of the colours is there twice: {rows}. Every colour should come once."
assert rows == [(5, 5, 5), (10, 50, 90), (90, 50, 10)], (
    f"Behind level 50 are (90, 50, 10), (10, 50, 90) and (5, 5, 5); yours are {rows}."
)
found = attempt(colours_behind, pixels, grey, 200)
assert isinstance(found, np.ndarray) and len(found) == 0, (
    "No pixel has level 200, so an array without rows should come back, such as one of shape (0, 3);"
    f" what came is {'a list' if isinstance(found, list) else repr(found)}."
)
black = attempt(colours_behind, 0 * pixels, grey, 50)
assert len(black) == 1, f"If all pixels are black, (0, 0, 0) is the one colour behind level 50; what came is {black!r}."
for level in (20, 60, 100, 180):
    print(f"In the portrait, {len(colours_behind(photo, grey_photo, level))} different colours share the grey {level}.")

# %% [markdown]
# Which level has the most colours behind it? Here it is, with every colour that it hides, and the
# places where those pixels are. In the grey photo they are all one and the same number.

# %%
different = np.unique(np.dstack([grey_photo, photo]).reshape(-1, 4), axis=0)  # every level with every colour behind it, once
busiest = int(np.bincount(different[:, 0]).argmax())
found = np.asarray(colours_behind(photo, grey_photo, busiest)).astype(np.uint8)
found = found[np.argsort(found[:, 0] - found[:, 2].astype(float))]
side = int(np.ceil(len(found) ** 0.5))
filled = np.concatenate([found, np.repeat(found[-1:], side**2 - len(found), axis=0)])
mosaic = filled.reshape(side, side, 3).swapaxes(0, 1)
y, x = np.nonzero(grey_photo == busiest)
figure, axes = plt.subplots(1, 3, figsize=(9.6, 3.6), layout="constrained")
axes[0].imshow(190 + grey_photo / 4, cmap="gray", vmin=0, vmax=255)
axes[0].scatter(x, y, s=17, c=photo[y, x] / 255, edgecolors="black", linewidths=0.3)
axes[0].set_title(f"the pixels of grey {busiest}, in colour", fontsize=10)
axes[1].imshow(mosaic)
axes[1].set_title(f"their {len(found)} colours", fontsize=10)
axes[2].imshow(to_grey(mosaic), cmap="gray", vmin=0, vmax=255)
axes[2].set_title("what the grey photo keeps of them", fontsize=10)
for axis in axes:
    axis.axis("off")
show(
    figure,
    alt=(
        f"Left the scattered pixels of the grey {busiest}, on suit, hair, neck ring, flag and patch. In the middle a mosaic of"
        f" their {len(found)} colours, from {tuple(found[0].tolist())} over greys, browns and oranges to"
        f" {tuple(found[-1].tolist())}. Right the same mosaic in grey: one even area."
    ),
)

# %% [markdown]
# Orange suit, brown hair, violet patch: **one number**. Given only this number, nobody can say
# which. Now the last picture of the lesson: three pictures of a leaf. In grey they are the same in
# every pixel, give or take one level of rounding.
#
# > **Predict.** You get only the grey one. Which of the three would *you* paint, and what makes you
# > so sure?

# %%
grey = rgb2gray(leaf) * 255
strength = ((255 - grey) / 150).clip(0, 1)
three = []
for more_red, more_blue in ((-62, -64), (92, -62), (26, 104)):
    more_green = -(0.2125 * more_red + 0.0721 * more_blue) / 0.7154
    shift = strength[:, :, np.newaxis] * [more_red, more_green, more_blue]
    three.append(np.rint((grey[:, :, np.newaxis] + shift).clip(0, 255)).astype(np.uint8))
show(
    to_grey(leaf),
    *three,
    titles=["what f is given", "green: a leaf in May?", "orange: a leaf in October?", "violet: a leaf of glass?"],
    size=2.5,
    alt=ALT["leaves"],
)
levels = [to_grey(picture).astype(int) for picture in three]
print("Largest difference between the three in grey:", max(np.abs(other - levels[0]).max() for other in levels), "level(s)")

# %% [markdown]
# <details><summary>What to make of it</summary>
#
# Green, most likely, or perhaps orange; hardly violet. Not because of the numbers, but because *you
# have seen leaves*. Shape and veins tell you "leaf", and experience does the rest.
#
# That is what has to be learned. f cannot be worked out from one pixel; it can only be **learned
# from examples**, by looking at a pixel's surroundings and giving a likely colour. A network that
# does this is not calculating backwards, it is guessing well. You will build a small one, see it
# learn one portrait by heart, and see where that ends.
#
# </details>
#
# One thing is left for today, and you have every tool for it. In *one* grey photo the colour is
# gone. What if somebody had taken *three*?

# %% [markdown]
# ## Part 6 · Colour from grey plates
#
# One grey photo has lost the colour. *Three* grey photos have not, and that was put to use long
# before there were screens.
# Around 1910 Sergei Prokudin-Gorsky travelled through Russia with a camera that took every view
# three times, one shot after the other: through a red, a green and a blue glass. What he brought
# home were grey glass plates. Each records how much light of one colour there was: your three
# grids. To show them, he projected all three onto one wall, each through its own glass again.
#
# But between two shots the camera shakes a little, and no plate lies in its frame exactly like the
# one before.
#
# The three plates below are not old: they were made from the photo of the cat, and the red and the
# blue one were cut out a few pixels away from the green one. The problem is his.
#
# > **Predict.** Each plate by itself is a sharp grey photo. When `merge_rgb` lays the three over each
# > other as they are, what will you see? And where will it look worst: on the fur of the cheek, or
# > round an eye?

# %%
show(
    red_plate,
    green_plate,
    blue_plate,
    merge_rgb(red_plate, green_plate, blue_plate),
    titles=["through red glass", "through green glass", "through blue glass", "all three, as they are"],
    size=2.5,
    alt=ALT["plates"],
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# A blurred cat, with coloured fringes along every edge: there one plate is light already while another
# is still dark, and unequal parts are a colour. On blurred fur a few pixels to the side hardly matter. It
# is worst where dark meets light, round the eyes and at the whiskers.
#
# </details>
#
# **🎲 To play with.** Push the red and the blue plate by hand: change the four numbers, each from −6 to
# 6, and run again, a few times. Can you get rid of the fringes? Begin with the red plate: push it until
# the *red* rim round the eye is gone, whatever the blue one does. Below the picture stands how badly
# each plate fits the green one: the lower the number, the better.

# %% tags=["open"]
red_down, red_right = 0, 0
blue_down, blue_right = 0, 0

pushed_red = np.roll(red_plate, (red_down, red_right), axis=(0, 1))
pushed_blue = np.roll(blue_plate, (blue_down, blue_right), axis=(0, 1))
by_hand = merge_rgb(pushed_red, green_plate, pushed_blue)
about = f"red plate {red_down} down, {red_right} right; blue plate {blue_down} down, {blue_right} right"
show(by_hand, by_hand[50:140, 30:150], titles=[about, "one eye, enlarged"], size=4, alt=f"The cat from three plates: {about}.")
for name, pushed in {"red": pushed_red, "blue": pushed_blue}.items():
    misfit = np.abs((pushed - pushed.mean()) - (green_plate - green_plate.mean())).mean()
    print(f"Misfit of the {name} plate to the green one: {misfit:.1f}")

# %% [markdown]
# Push, look, keep what is better: a program can do the same. There are only 13 × 13 = 169 pushes for
# a plate, so it can simply try them all. What it needs is a number that says how badly two plates
# fit, a **misfit**. Below your picture stood one. How is it made?
#
# The mean difference of the two, number for number? Nearly. But the cat is orange. Wherever you push
# her red plate, it is lighter than the green one at about nine pixels out of ten, and so the mean
# difference hardly changes: over all 169 pushes it goes from 40 levels to 46. What should agree is
# not how light two plates are, but *where* they are light and dark. So first subtract from each
# plate its own mean. Then it goes from 8 to 28, and the 8 is where they fit.

# %% [markdown]
# ### Exercise 1.14 · A colour photo out of three plates
# **4 points · about 11 minutes · builds on 1.6**
#
# Write `colour_from_plates(red, green, blue)`: it pushes the red and the blue plate onto the green
# one, and makes one colour photo of the three.
#
# - `red`, `green`, `blue`: three uint8 grids of the same shape (H, W), at least 40 × 40: one view
#   through red, green and blue glass. The red and the blue plate are off by up to 6 whole pixels up
#   or down, and up to 6 to the left or right, each in its own way.
# - A push: `np.roll(plate, (down, right), axis=(0, 1))`. Negative numbers push up and to the left.
#   What leaves at one side comes in at the other.
# - For each of the two plates, try every push, from −6 to 6 down and from −6 to 6 to the right. Keep
#   the one with the smallest misfit. The misfit of two grids is the mean of |a − b|, where a and b
#   are the grids, each minus its own mean. (Another measure will do if it finds the same pushes, also
#   for a plate that is lighter everywhere than the green one.)
# - Returns a uint8 RGB photo (H, W, 3). The green plate is where it was, the other two are pushed,
#   and all have their own levels. A rim of 6 pixels on each side does not count: a push brings wrong
#   pixels in there.
#
# <details><summary>Hint 1 · the idea</summary>
#
# A loop does what your hand did: push, measure, remember the best so far. The red plate needs it,
# and so does the blue one. So write it once, as a function that takes a plate and returns it
# pushed. `merge_rgb` does the rest.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `for down in range(-6, 7)`, and inside it the same for `right`. Begin with `smallest = np.inf`; when
# a misfit is less than that, keep both the misfit and the pushed plate. `plate - plate.mean()` is an
# array of floats, so nothing can wrap round; `np.abs` and `.mean()` do the rest.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# A function `onto_green(plate)` with two loops and, inside them:
# `pushed = np.roll(plate, GAP, axis=(0, 1))`,
# `misfit = np.abs((pushed - GAP) - (green - GAP)).mean()`, and
# `if misfit < smallest: smallest, best = GAP, GAP`. After the loops `return best`. Last of all
# `return merge_rgb(GAP, green, GAP)`.
#
# </details>

# %% answer="colour_from_plates"
# ✏️ Answer: colour_from_plates
def colour_from_plates(red, green, blue):
    """Push the red and the blue plate (H, W) onto the green one, and return the colour photo (H, W, 3) of the three.

    A push is `np.roll(plate, (down, right), axis=(0, 1))`, each from -6 to 6. The best has the smallest misfit with the
    green plate: the mean of |a − b|, where a and b are the two grids, each minus its own mean.
    """
    ### BEGIN SOLUTION

    def onto_green(plate):
        smallest = np.inf
        for down in range(-6, 7):
            for right in range(-6, 7):
                pushed = np.roll(plate, (down, right), axis=(0, 1))
                misfit = np.abs((pushed - pushed.mean()) - (green - green.mean())).mean()
                if misfit < smallest:
                    smallest, best = misfit, pushed
        return best

    return merge_rgb(onto_green(red), green, onto_green(blue))
    ### END SOLUTION

# %% check="colour_from_plates"
# 🔎 Check: colour_from_plates
rng = np.random.default_rng(6)
blocks = np.kron(rng.integers(0, 90, (18, 16)), np.ones((4, 4), dtype=int))[..., np.newaxis] + rng.integers(0, 15, (72, 64, 3))


def at_fault():
    """A sentence if it may be the answer to exercise 1.6 that is wrong, else ""."""
    try:
        right = np.array_equal(merge_rgb(*np.moveaxis(tiny, 2, 0)), tiny)
    except Exception:  # then `colour_from_plates` stops, too, and says where
        right = True
    return "" if right else " Your `merge_rgb` is not right yet: if you use it here, exercise 1.6 comes first."


def used_push(layer, plate):
    """The push that makes this layer of a plate, or None; the rim does not count."""
    for down, right in np.ndindex(25, 25):
        push = (down - 12, right - 12)
        if np.array_equal(np.roll(plate, push, axis=(0, 1))[6:-6, 6:-6], layer[6:-6, 6:-6]):
            return push
    return None


def chosen_by(measure, plate, still, order=1):
    """The pushes with the smallest (order=-1: the largest) measure, over the whole grid and without the rim."""
    tried = [(down - 6, right - 6) for down, right in np.ndindex(13, 13)]
    for part in (slice(None), slice(6, -6)):
        yield min(tried, key=lambda push: order * measure(np.roll(plate, push, axis=(0, 1))[part, part], still[part, part]))


def best_of_row(down, plate, still):
    """The push with the smallest misfit among those that go `down` rows down."""
    tried = [(down, right) for right in range(-6, 7)]
    return min(tried, key=lambda push: np.abs((one := np.roll(plate, push, axis=(0, 1))) - one.mean() - still + still.mean()).mean())


def cause_of(push, plate, still, wanted, other):
    """What may have led to this push, or a question."""
    if push is None:
        return "Is it the plate as it came, only pushed? The means come off for the comparison only."
    if push == (0, 0):
        return "It was not pushed at all. The misfit says how well a push fits: which one has the smallest?"
    if push == (-wanted[0], -wanted[1]):
        return "That is the opposite way."
    if push == other:
        return "That is the push of the other plate. Each is off in its own way."
    if push[0] == 6 != wanted[0] and push == best_of_row(6, plate, still):
        return "That is the best push of the last row only. Does `smallest` begin once, before *both* loops?"
    if push[0] == -6 != wanted[0] and push == best_of_row(-6, plate, still):
        return "That is the best push of the first row only. Does the `return` stand inside the loop?"
    if 6 in np.abs(wanted):
        return "Are all pushes tried, from -6 to 6, both included? `range(-6, 6)` ends at 5."
    for axis, name in ((0, "to the side"), (1, "up or down")):
        if push[axis] == 0 != wanted[axis] and (wanted[axis] > 0 or min(push) < 0):
            return f"It was pushed {name} only. Are `down` and `right` both used, and is `axis=(0, 1)` there?"
    if push in chosen_by(lambda one, two: np.abs(one - one.mean() - two + two.mean()).mean(), plate, still, order=-1):
        return "That is the push with the *largest* misfit: `<` or `>`?"
    if push in chosen_by(lambda one, two: np.abs(one.astype(int) - two).mean(), plate, still):
        return "Is each plate's own mean taken off? This plate is lighter, or darker, than the green one wherever it lies."
    if push in chosen_by(lambda one, two: np.abs(one - two).mean(), plate, still):
        return "The difference was taken in uint8, where 3 − 5 is 254."
    if push in chosen_by(lambda one, two: (one - one.mean() - two + two.mean()).mean(), plate, still):
        return "Differences below and above 0 cancel out in a mean. Which function takes the sign away?"
    if push == (6, 6):
        return "That is the last push that was tried. Is the best one kept?"
    if min(wanted) < 0 and min(push) >= 0:
        return "Are pushes up and to the left tried as well?"
    return "Is each push measured against the green plate, and the smallest misfit kept?"


for lighter, pushes, kind in (
    ([0, 0, 0], [(2, -3), (0, 0), (-4, 1)], "as light as the green one"),
    ([100, 0, 130], [(-2, 4), (0, 0), (3, -1)], "lighter than the green one"),
    ([0, 0, 0], [(-6, 6), (0, 0), (6, -6)], "as light as the green one"),
):
    scene = (blocks + lighter).astype(np.uint8)
    three = [scene[6 + d : 50 + d, 6 + r : 58 + r, layer] for layer, (d, r) in enumerate(pushes)]
    colour = attempt(colour_from_plates, *three)
    cause = " The three come first: does your `merge_rgb` of exercise 1.6 do this?" if np.shape(colour) == (3, 44, 52) else ""
    assert np.shape(colour) == (44, 52, 3), (
        f"Three plates of shape (44, 52) make a photo of shape (44, 52, 3); yours has {np.shape(colour)}.{cause or at_fault()}"
    )
    colour = np.asarray(colour)
    assert used_push(colour[:, :, 1], three[1]) == (0, 0), (
        "Layer 1 should be the green plate, where it was; yours is not."
        + (" It was pushed. The other two go to it." if used_push(colour[:, :, 1], three[1]) else at_fault())
    )
    for layer, name in ((0, "red"), (2, "blue")):
        push, wanted = used_push(colour[:, :, layer], three[layer]), pushes[layer]
        exchanged = push is None and used_push(colour[:, :, layer], three[2 - layer])
        assert not exchanged, f"Layer {layer} should be the {name} plate; yours is the other one. The order is red, green, blue; and each plate has a smallest misfit of its own.{at_fault()}"
        came = f"was pushed by {push}" if push else "is not this plate, pushed"
        if push is None and np.array_equal(np.sort(colour[:, :, layer], axis=None), np.sort(three[layer], axis=None)):
            came = "has its levels, but in other places than a push brings them to (is `axis=(0, 1)` there?)"
        assert push == wanted, (
            f"A {name} plate, {kind}, fits the green one when it is pushed by {wanted}, down and right; yours {came}."
            f" {cause_of(push, three[layer], three[1], wanted, pushes[2 - layer])}{at_fault()}"
        )
assert colour.dtype == np.uint8, f"A photo is uint8; yours is {colour.dtype}. The means come off for the comparison only; the photo gets the plates' own levels."
must_be_array(attempt(colour_from_plates, *three), "The colour photo")
print("Three grey plates, one colour photo.")

# %% [markdown]
# Now the cat. On the left the three plates as they were, on the right what *you* made of them.

# %%
before = merge_rgb(red_plate, green_plate, blue_plate)
after = colour_from_plates(red_plate, green_plate, blue_plate)
show(
    before[6:-6, 6:-6],
    after[6:-6, 6:-6],
    titles=["the plates as they were", "your colour photo"],
    size=4.2,
    alt="The cat twice: on the left from the plates as they were, with coloured fringes; on the right as your function puts them together.",
)

# %% [markdown]
# And here is what it searched through: each square is one push, and the darker it is, the better the
# plate fits. The cross marks the push that *your* function took.

# %%
after = colour_from_plates(red_plate, green_plate, blue_plate)
ends, tried = np.arange(-6, 7), list(np.ndindex(13, 13))
figure, axes = plt.subplots(1, 2, figsize=(8.6, 3.9), layout="constrained")
found_there = []
for axis, name, layer, plate in zip(axes, ("red", "blue"), (0, 2), (red_plate, blue_plate)):
    apart, yours = np.zeros((13, 13)), None
    for row, column in tried:
        pushed = np.roll(plate, (ends[row], ends[column]), axis=(0, 1))
        apart[row, column] = np.abs((pushed - pushed.mean()) - (green_plate - green_plate.mean())).mean()
        if np.array_equal(pushed[6:-6, 6:-6], after[6:-6, 6:-6, layer]):
            yours = row, column
    drawn = axis.imshow(apart, cmap="gray", extent=(-6.5, 6.5, 6.5, -6.5))
    axis.set(title=f"misfit of the {name} plate", xlabel="pushed to the right", ylabel="pushed down")
    axis.set(xticks=ends[::2], yticks=ends[::2])
    figure.colorbar(drawn, ax=axis, shrink=0.9)
    text = f"{name}: {apart[6, 6]:.1f} as it was, {apart.max():.1f} at worst"
    if yours:
        axis.plot(ends[yours[1]], ends[yours[0]], "x", color="#ffb000", markersize=9, markeredgewidth=2)
        text += f", {apart[yours]:.1f} pushed as you did, {ends[yours[0]]} down and {ends[yours[1]]} to the right"
    found_there.append(text.replace("-", "−"))
show(
    figure,
    alt=(
        "Two maps of 13 × 13 squares, one for each push of the red and of the blue plate. Each has one dark spot, where the"
        f" plate fits, and grows lighter on all sides of it. The misfits: {'; '.join(found_there)}."
    ),
)

# %% [markdown]
# <details><summary>What to make of it</summary>
#
# Three grey photos went in, and a photo in colour came out. Nobody told your function what a cat
# looks like. It did not have to guess, either: between them, the three plates held everything.
# Programs of this kind have put together Prokudin-Gorsky's own plates, which are kept in the Library
# of Congress.
#
# That is how it differs from the task of this course. From *three* grey grids you get the colour
# by calculating. From *one* you do not: the other two have to be guessed.
#
# </details>

# %% [markdown]
# ## What you can do now
#
# - read a grey photo as a grid (H, W) of levels, from 0 black to 255 white, and a colour photo as
#   three of them, (H, W, 3);
# - find a pixel, split a photo, and merge it back to the last level;
# - explain why a green leaf is in all three grids, and prove it with means under a mask;
# - lighten a colour, make a photo grey, go to 0–1 and back, without wrapping and without losing a
#   level;
# - state the task, f(grey grid) → three colour grids, and show how many colours hide behind one
#   grey;
# - make one colour photo of three grey plates that are off.
#
# **Try it on a photo of your own.** Put a picture beside this notebook (on Colab: the folder symbol
# on the left), write its name below and run. Without one, the coffee is served.
# Which grey level of your photo has the most colours behind it, and would you have guessed those
# colours?

# %% tags=["setup"]
import warnings
from pathlib import Path

from PIL import Image, ImageOps
from skimage.util import img_as_ubyte

# from solutions/shared.py: own_picture

# %% tags=["open"]
name = "my_photo.jpg"
own = own_picture(name, instead=cup)
grey = np.asarray(to_grey(own))
assert grey.shape == own.shape[:2], "Your `to_grey` gives no grid of this photo's size: exercise 1.9 first."
grey = np.rint(grey).astype(np.uint8)
different = np.unique(np.dstack([grey, own]).reshape(-1, 4), axis=0)
busiest = int(np.bincount(different[:, 0]).argmax())
near = np.abs(grey.astype(int) - busiest) <= 4
behind = np.asarray(colours_behind(own, grey, busiest)).astype(int)
bluest, reddest = (tuple(behind[place(behind[:, 0] - behind[:, 2])].tolist()) for place in (np.argmin, np.argmax))
show(
    own,
    only_layer(own, 0),
    grey,
    np.where(near[:, :, np.newaxis], own, 235).astype(np.uint8),
    titles=[
        f"{count_colours(own):,} colours",
        "red alone",
        "your grey",
        f"greys {busiest - 4} to {busiest + 4}; behind {busiest}\nare {len(behind)} colours",
    ],
    size=2.4,
    alt=(
        f"{'The cup of coffee' if own is cup else 'Your photo'} four times: as it is, with {count_colours(own):,} colours; its"
        f" red layer alone; your grey; and only the pixels of the greys {busiest - 4} to {busiest + 4}. The grey {busiest} has the"
        f" most colours behind it, {len(behind)}, from {bluest} to {reddest}."
    ),
)

# %% [markdown]
# **Next: lesson 2.** Three grids to guess, and every one of them carries brightness that the grey
# photo already knows. What if the same colours could be written so that brightness has a grid to
# itself? Then only two would be left to guess.

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

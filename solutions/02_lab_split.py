# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# # 2 · The Lab split
#
# Lesson 1 ended with a function to be found: one grey grid in, three colour grids out.
# In this lesson you make that job a third smaller before a single neuron is built, by writing the
# same colours down in other numbers.
#
# ![A portrait taken apart into its lightness and its colour, beside the plane of all a and b values: red to the right, green to the left, yellow up, blue down](../assets/lesson_2.png)
#
# **After this lesson you can**
#
# - take a photo apart into its lightness `L` and its colour `ab`, and put it together again without
#   losing a digit;
# - go from RGB to Lab and back, whatever dtype the photo has, and say what goes wrong when the
#   dtype is overlooked;
# - tell the hue of a colour from the signs of a and b, and say how far a and b really reach;
# - show with an experiment why the lightness is the part worth keeping;
# - colour a grey portrait with your own hands, and measure how close you came.
#
# **About 90 minutes · 30 points · twelve exercises**
#
# *How the notebook works.* Run the cells from the top with Shift+Enter. A cell that starts with ✏️
# is yours to fill in: replace `raise NotImplementedError`.
# The 🔎 cell below it checks your answer and tells you what it saw. Hints open in three steps: take
# one when you have been stuck for two minutes. `GAP` in a hint is a place that you fill in.
# Long code that nobody has to read is folded. Run it like any other cell; a click on its bar (on
# Colab, a double click on its title) opens it.
# Where it says **Predict**, decide on an answer before you run the cell. A wrong guess is worth
# more than no guess.
# After a restart the kernel knows no names: `NameError: name 'attempt' is not defined`, or another
# name. Then run the cells above first: menu Run, Run All Above Selected Cell (on Colab: Runtime,
# Run before). Such a run stops at a cell that fails; go on from the one below it.
# Before you hand the notebook in, restart the kernel and run all cells: it is graded from top to
# bottom, in a fresh kernel. The grading machine has NumPy, SciPy, scikit-image, Pillow,
# matplotlib, and TensorFlow with Keras, and no network: a cell that imports another package stops
# there.

# %% [markdown]
# ## Two questions on lesson 1
#
# Answer from memory, then open.
#
# **1.** A green leaf lies on white paper. You look at the *red* grid alone. Can you see the leaf?
#
# <details><summary>Answer</summary>
#
# Yes, as a dark leaf on a bright ground. White paper is 255 in all three grids and the leaf is low
# in the red one.
# Each RGB grid carries brightness *and* colour, mixed. Today you pull the two apart.
#
# </details>
#
# **2.** The task was a function f that turns a grey photo into a colour photo. For 400 × 400
# pixels, how many numbers go in and how many must come out?
#
# <details><summary>Answer</summary>
#
# One grid goes in: 160,000 numbers. Three grids come out: 480,000 numbers, every one of them a
# guess.
#
# </details>
#
# The next cell gets everything ready: the photos, and the helper `show` of lesson 1. Run it; there
# is no need to read it.

# %% tags=["setup"]
# from solutions/shared.py: versions
import base64
import io
import warnings
from itertools import product

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.colors import LinearSegmentedColormap
from PIL import Image, ImageDraw
from skimage import data
from skimage.color import deltaE_ciede2000, lab2rgb, rgb2lab
from skimage.draw import polygon2mask
from skimage.filters import gaussian
from skimage.metrics import structural_similarity
from skimage.util import img_as_float

warnings.filterwarnings("ignore", "Conversion from CIE-LAB")  # of colours that no screen shows, lab2rgb gives the nearest

# from solutions/shared.py: photo
# from solutions/shared.py: cup
# from solutions/shared.py: cat
# from solutions/shared.py: rocket
# from solutions/shared.py: regions
regions = portrait_regions()


# What some pictures show, for those who listen to the page. (It stands here so as not to answer a question before you do.)
ALT = {
    "pictures": (
        "The four photos of this lesson: an astronaut's portrait, a cup of coffee, a cat's face, a rocket"
        " before its launch."
    ),
    "cube": (
        "The RGB cube, each point in its own colour, standing on its black corner. From the side the grey diagonal is"
        " upright, green is left and red right. After a quarter turn, blue is left and yellow right. From above it is a"
        " hexagon: red, yellow, green, cyan, blue and magenta at its corners, white in the middle."
    ),
    "huddle": (
        "Two cubes. The random colours fill the left one evenly. In the right one the portrait's pixels lie along the"
        " grey diagonal, with one arm towards red and yellow and a short one towards blue."
    ),
    "double": (
        "The portrait, the cup, and their mean twice: through rgb2lab alone a glaring, nearly white picture, through"
        " your to_lab a double exposure, the face behind the cup."
    ),
    "stare": (
        "The portrait with little contrast and opposite colours, a blue suit and a bluish face, with a dot in the middle;"
        " after 30 seconds the same portrait in grey, in the same place."
    ),
    "plain": "The portrait in grey: its L, as large as the picture above, with the same dot in the middle.",
    "words": (
        "Left the a–b plane in its own colours with the borders of the five hue names: grey is a square in the middle,"
        " and from its corners the borders run outwards along the diagonals. Middle and right the portrait and the cup painted with only these five: yellow skin and hair, a suit in red and"
        " yellow, a blue flag field, a yellow cup on a red saucer and a yellow table, much grey."
    ),
    "zoom": (
        "The face closer up: eyes, teeth and hair of the photo; with a and b blurred at sigma 4, where they"
        " are nearly as sharp; with L blurred at sigma 4, where they are smeared."
    ),
    "curves": (
        "Four line plots of the likeness against sigma. With a and b blurred, every line stays above 0.87"
        " even at sigma 16. With L blurred, those of portrait, cup and cat fall below 0.6 by sigma 8. The"
        " rocket's falls least: 0.90 at sigma 4, 0.88 at sigma 16, against 0.96 and 0.95 for soft colour."
    ),
    "suit": "most of the lower half",
    "hair": "a cap round the face, in the upper middle",
    "skin": "the face, in the upper middle",
    "flag": "its stripes, along the left edge",
    "wall": "the ground behind the head and above the shoulders",
    "palette": (
        "Five palettes of six by six patches, one for each region at its mean lightness, a from −20 to 80 to the right and"
        " b from −20 to 80 upwards. Grey at (0, 0), blue-green below left of it, olive above left, brown and mustard"
        " above, orange and red above right, pink to the right, violet below. At the flag's L they are all dark, at the"
        " wall's all light."
    ),
    "rocket": (
        "The rocket at dawn, then with blurred colour, where it is still sharp, then with blurred"
        " lightness, where the towers are smeared."
    ),
}

# from solutions/shared.py: colour_maps


def on_the_suit(lab):
    """The suit's mean colour in figures, for the texts that describe a picture of the portrait."""
    L, a, b = lab[regions["suit"]].mean(axis=0)
    return f"L {L:.0f}, a {a:+.0f}, b {b:+.0f}".replace("-", "−")


# from solutions/shared.py: show


def in_the_cube(rgb, turn, tilt):
    """Where colours (n, 3), 0 to 1, stand in the RGB cube on its black corner, as one sees it: right, up, and how near.

    turn: degrees about the grey diagonal. tilt: 0 is a look from the side, 90 from above.
    """
    red, green, blue = np.moveaxis(np.asarray(rgb, dtype=float), -1, 0)
    out = np.exp(1j * np.radians(30 + turn)) * ((2 * red - green - blue) / 6**0.5 + 1j * (green - blue) / 2**0.5)
    height, tilt = (red + green + blue) / 3**0.5, np.radians(tilt)
    up = height * np.cos(tilt) + out.imag * np.sin(tilt)
    return out.real, up, height * np.sin(tilt) - out.imag * np.cos(tilt)


def draw_cube(axis, colours, turn, tilt, title, solid=False):
    """Draw the cube's edges, its grey diagonal and these colours (n, 3), 0 to 1, as dots; `solid` hides what is behind the cube."""
    right, up, near = in_the_cube(colours, turn, tilt)
    order = np.argsort(near)
    axis.scatter(right[order], up[order], c=np.asarray(colours)[order], s=34 if solid else 9, linewidths=0, zorder=2)
    towards = in_the_cube(np.eye(3), turn, tilt)[2].round(6)  # how much nearer one gets with red, green, blue
    corners = np.array(list(product((0, 1), repeat=3)))
    names = ("black", "blue", "green", "cyan", "red", "magenta", "yellow", "white")
    faces_us = (2 * corners - 1) * towards > 0  # of each corner, which of its three faces
    for one, other in product(range(8), repeat=2):
        along = corners[one] != corners[other]
        is_seen = not solid or faces_us[one, ~along].any()
        if (one, other) == (0, 7) or (one < other and along.sum() == 1 and is_seen):
            style = ("--", 1.8) if other - one == 7 else ("-", 0.6)
            axis.plot(*in_the_cube(corners[[one, other]], turn, tilt)[:2], style[0], color="black", linewidth=style[1])
    middle = np.array([[0], [3**0.5 / 2 * np.cos(np.radians(tilt))]])
    places = middle + 1.1 * (np.array(in_the_cube(corners, turn, tilt)[:2]) - middle)
    box = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1}
    for name, place, seen in zip(names, places.T, faces_us.any(axis=1)):
        if seen or not solid:
            axis.text(*place, name, ha="center", va="center", fontsize=9, zorder=4, bbox=box)
    axis.set_title(title, fontsize=10)
    axis.set(aspect="equal", anchor="N", xlim=(-1.1, 1.1), ylim=(places[1].min() - 0.1, places[1].max() + 0.15))
    axis.axis("off")


def show_cube_from_three_sides():
    """Show the cube from the side, after a quarter turn, and from above."""
    sides = np.array([rgb for rgb in product(np.linspace(0, 1, 26), repeat=3) if min(rgb) == 0 or max(rgb) == 1])
    views = (
        (0, 0, "from the side:\nblack below, white above"),
        (-90, 0, "the same, after a quarter turn:\nblue left, yellow right"),
        (0, 90, "from above: green left, red right,\nyellow up, blue down"),
    )
    figure, axes = plt.subplots(1, 3, figsize=(10.4, 4.2), layout="constrained")
    for axis, (turn, tilt, title) in zip(axes, views):
        draw_cube(axis, sides, turn, tilt, title, solid=True)
    show(figure, alt=ALT["cube"])


def how_near(colours):
    """The mean ΔE between the portrait and its L in these colours, (a, b) by the name of the region: everywhere, and in each region."""
    painted = (truth := rgb2lab(photo)) * [1, 0, 0]
    for name, mask in regions.items():
        painted[mask, 1:] = colours[name]
    steps = deltaE_ciede2000(truth, painted)
    return float(steps.mean()), {name: float(steps[mask].mean()) for name, mask in regions.items()}


def mean_colours():
    """The mean (a, b) of the photo in each region, by name."""
    return {name: rgb2lab(photo)[mask, 1:].mean(axis=0) for name, mask in regions.items()}


def how_it_differs(name, pair):
    """How the colour of a region of the photo differs most from a pair, in a sentence."""
    pair, true = np.array(pair, dtype=float), mean_colours()[name]
    off = true - pair
    axis = int(np.abs(off).argmax())
    plus, minus = (("red", "green"), ("yellow", "blue"))[axis]
    if off[axis] * pair[axis] < 0 and true[axis] * pair[axis] > -5 * abs(pair[axis]):  # nearer to zero, and hardly beyond it
        kind = f"less {plus if off[axis] < 0 else minus}"
    else:
        kind = f"more {plus if off[axis] > 0 else minus}"
    return f"The {name} of the photo is {kind} than yours: try a {'larger' if off[axis] > 0 else 'smaller'} {'ab'[axis]}."


def what_is_still_off(colours):
    """Which region of the portrait is farthest from the photo in these colours, and how, if it could be much nearer."""
    near, best = how_near(colours)[1], how_near(mean_colours())[1]
    name = max(regions, key=lambda name: near[name] - best[name])
    if near[name] - best[name] < 3:
        return "All five are about as near as one colour for each can be."
    return f"Still farthest off: {name}, ΔE {near[name]:.1f}, where {best[name]:.1f} can be had. {how_it_differs(name, colours[name])}"


def what_helps(colours):
    """What is wrong with five colours of the portrait, in a sentence, or "" if they are near enough."""
    grey_everywhere, grey = how_near(dict.fromkeys(regions, (0, 0)))
    everywhere, near = how_near(colours)
    worse = [name for name in ("suit", "hair", "skin", "flag") if near[name] >= grey[name]]
    if everywhere < 9 and not worse:
        return ""
    pairs = {name: np.array(pair, dtype=float) for name, pair in colours.items() if name in regions}
    true = mean_colours()
    costs = {name: regions[name].sum() * np.hypot(*(pairs[name] - true[name])) for name in regions}
    name = max(worse or regions, key=costs.get)
    cause = how_it_differs(name, pairs[name])
    if all(np.hypot(*pairs[n]) > 1.15 * np.hypot(*true[n]) for n in ("suit", "hair", "skin", "flag")):
        cause = f"All your colours but the wall's are stronger than the photo's, {name} above all: try numbers nearer to zero."
    swapped, flipped = ({n: pair @ turn for n, pair in pairs.items()} for turn in ([[0, 1], [1, 0]], [[-1, 0], [0, -1]]))
    values = np.array([*pairs.values()])
    if np.ptp(values, axis=0).max() == 0:
        cause = "All five have the same colour, and the five regions have not. (All of (0, 0) is the grey picture.)"
    elif np.abs(values).max() <= 2:
        cause = "Everything is nearly grey. These look like fractions, and a and b are not: strong colours have 40 and more."
    elif values.min() >= 0 and values.max() > 110:
        cause = f"No colour has an a or b of {values.max():.0f}. Are these levels of RGB? a and b are wanted."
    elif how_near(swapped)[0] + 1 < everywhere and not np.all(values == 0, axis=0).any():
        cause = "With `a` and `b` in each other's place it would be nearer. `a` comes first: green or red."
    elif how_near(flipped)[0] + 3 < everywhere:
        cause = "With all signs flipped it would be nearer. Plus is red for a and yellow for b."
    where = ", ".join(f"{name} (yours {near[name]:.1f}, grey {grey[name]:.1f})" for name in worse)
    where = f"Grey alone is nearer to the photo in: {where}. " if worse else ""
    limit = "below 9, as it should be" if everywhere < 9 else "and should be below 9"
    return f"The mean ΔE is {everywhere:.2f}, {limit}; grey has {grey_everywhere:.1f}. {where}{cause}"


def with_dot(picture, left=0):
    """A uint8 picture with a dot in the middle, and a bar below that shows how many sixths of the time are left."""
    frame = Image.fromarray(picture).convert("RGB")
    pen, (width, height) = ImageDraw.Draw(frame), frame.size
    pen.ellipse([width / 2 - 5, height / 2 - 5, width / 2 + 5, height / 2 + 5], "black", "white", 2)
    pen.rectangle([0, height - 8, width, height], "black")
    pen.rectangle([0, height - 8, width * left / 6, height], "white")
    return frame


def show_frames(frames, alt, seconds=30):
    """Show pictures one after the other in the same place: the last for 15 seconds, those before it for `seconds` in all."""
    file, times = io.BytesIO(), [1000 * seconds / 6] * (len(frames) - 1) + [15_000]
    frames[0].save(file, "PNG", save_all=len(frames) > 1, append_images=frames[1:], duration=times, loop=0)
    picture = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": alt}
    display(picture, raw=True, metadata={"image/png": {"alt": alt, "width": 560}})
    show_words(alt)


# %% tags=["setup", "slips"]
# `autograder build` pastes the words of the checks here.

# %%
show(
    photo,
    cup,
    cat,
    rocket,
    titles=["photo", "cup", "cat", "rocket"],
    size=1.9,
    alt=ALT["pictures"],
)

# %% [markdown]
# ## Part 1 · Three other numbers for the same colour
#
# RGB tells a screen how brightly to light three lamps. **Lab** tells how the result looks to an
# eye. It has three numbers, too:
#
# | grid | name | low end | zero | high end |
# |---|---|---|---|---|
# | **L** | lightness | 0: black | – | 100: white |
# | **a** | green–red | minus: green | neither | plus: red, towards magenta |
# | **b** | blue–yellow | minus: blue | neither | plus: yellow |
#
# With a = 0 and b = 0 there is no colour left: a grey, from black to white as L says.
# (In full it is CIE 1976 L\*a\*b\*, with daylight, D65, as its white and the 2° standard observer:
# what scikit-image's `rgb2lab` computes.)
#
# > **Predict.** In lesson 1 pure blue got the grey 18 of 255, which is 7 of 100. Will its lightness
# > L be 7 as well? Less? More? Write down a number, then run.

# %%
swatches = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "white": (255, 255, 255),
    "grey 119": (119, 119, 119),
    "brown": (139, 90, 43),
    "pink": (255, 182, 193),
}
rgb = np.uint8([list(swatches.values())])
lab = rgb2lab(rgb).round() + 0

figure, axis = plt.subplots(figsize=(9.6, 2.0), layout="constrained")
axis.imshow(rgb, aspect="auto")
axis.set_xticks(range(len(swatches)), swatches)
axis.set_yticks([])
axis.tick_params(length=0)
for place, (L, a, b) in enumerate(lab[0]):
    ink = "black" if L > 55 else "white"
    axis.text(
        place,
        0,
        f"L {L:.0f}\na {a:+.0f}\nb {b:+.0f}".replace("-", "−"),
        color=ink,
        ha="center",
        va="center",
        family="monospace",
        fontsize=11,
    )
axis.set_title("L says how light a colour looks, a and b which hue it has", fontsize=11)
numbers = [f"{name} L {L:.0f}, a {a:+.0f}, b {b:+.0f}".replace("-", "−") for name, (L, a, b) in zip(swatches, lab[0])]
show(figure, alt=f"Eight colour swatches with their Lab numbers: {'; '.join(numbers)}.")

# %% [markdown]
# <details><summary>What to see</summary>
#
# Blue has L = 32, not 7. The order is that of lesson 1: blue is the darkest of the lamps, and
# yellow (97) is nearly as light as white. The distances are not.
# The blue lamp gives about 7 % of the light of white, but 7 % of the light does not look like 7 %
# of the lightness. Lightness is what the *eye* makes of the light.
#
# The grey 119 shows it again: it has L = 50 and looks half-way between black and white, yet the
# screen sends out only about 18 % of the light of white there. L is spaced by how it looks, not by
# how much light there is.
#
# </details>

# %% [markdown]
# ### Where do L, a and b come from?
#
# Three levels, R, G and B, are three directions in space, so all colours of a screen fill a
# **cube**. Black and white are opposite corners, and between them runs the diagonal of the greys.
# Stand the cube on its black corner, so that the diagonal stands upright:

# %%
show_cube_from_three_sides()

# %% [markdown]
# There they are, three directions:
#
# - **up** is lightness, **L**. All greys lie on the upright diagonal;
# - from green to red, across: **a**;
# - from blue to yellow, across as well: **b**.
#
# (Roughly so: exactly opposite to green stands magenta, and red is a little beside it.)
#
# The farther a colour is from the diagonal, the stronger it is. On the diagonal a and b are zero.
#
# Lab is this cube, bent so that *equal steps look equally large*. In the cube, blue and green stand
# at the same height; to an eye green is far lighter, so Lab lifts it (L 88) and lowers blue (L 32).
#
# > **Predict.** Each pixel of the portrait is a point in the cube. Cut the cube into 32 × 32 × 32
# > little boxes: 32,768. 160,000 pixels with random levels reach 99 % of the boxes. How many do
# > the portrait's 160,000 pixels reach?

# %%
turn, tilt = -40, 20

# From here on there is nothing to change.
random = np.random.default_rng(2).uniform(size=(4000, 3))
own = photo.reshape(-1, 3)[::40] / 255
boxes = len(np.unique(photo.reshape(-1, 3) // 8, axis=0)) / 32**3
figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 4.6), layout="constrained")
draw_cube(left, random, turn, tilt, "4,000 random colours")
draw_cube(right, own, turn, tilt, f"4,000 pixels of the portrait:\nall of its pixels reach {boxes:.0%} of the boxes")
show(figure, alt=f"{ALT['huddle']} All of its pixels reach {boxes:.0%} of the boxes.")
for name, colours in {"the random colours": random, "the portrait's pixels": own}.items():
    right, up, _ = in_the_cube(colours, turn, tilt)
    print(f"Seen from here, {name} spread by {np.std(right):.2f} to the side and by {np.std(up):.2f} up and down.")

# %% [markdown]
# <details><summary>What to see</summary>
#
# The portrait's pixels reach 11 % of the boxes. They huddle along the grey diagonal: wall, collar,
# hair. One arm reaches out towards red and yellow: that is the suit, from its shadows to its lights.
# A short one goes to blue. This is what gives a network a chance: not every colour is equally
# likely.
#
# </details>
#
# **🎲 To play with.** Change `turn` (any angle) and `tilt` (from 0, the side, to 90, above) in the
# cell above and run it again. From where do you see best that the portrait's colours lie close
# together? The two lines below the picture say by how much they spread (standard deviations).
#
# Now the whole portrait. `rgb2lab` gives an array of the same shape, (H, W, 3), and its layers are
# L, a, b.
#
# > **Predict.** Three layers, shown one by one. In which can you still count the teeth? What will
# > the orange suit look like in the layer b?

# %%
lab = rgb2lab(photo)
layers = (
    ("L: the lightness", "gray", 0, 100, "0 black … 100 white"),
    ("a: green or red", GREEN_TO_RED, -60, 60, "− green … + red"),
    ("b: blue or yellow", BLUE_TO_YELLOW, -60, 60, "− blue … + yellow"),
)
figure, axes = plt.subplots(1, 4, figsize=(10.4, 3.2), layout="constrained")
axes[0].imshow(photo)
axes[0].set_title("the photo", fontsize=10)
for axis, layer, (title, cmap, low, high, label) in zip(axes[1:], np.moveaxis(lab, 2, 0), layers):
    drawn = axis.imshow(layer, cmap=cmap, vmin=low, vmax=high)
    axis.set_title(title, fontsize=10)
    figure.colorbar(drawn, ax=axis, orientation="horizontal", shrink=0.85, pad=0.03, label=label)
for axis in axes:
    axis.axis("off")
low, high = np.percentile(lab[90:120, 165:230], (5, 95), axis=(0, 1))
spans = [f"{name} goes from {one:.0f} to {other:.0f}" for name, one, other in zip("Lab", low, high)]
show(
    figure,
    alt=(
        "The portrait and its layers L, a and b. Over one eye and the cheek below it (nine tenths of the pixels there),"
        f" {', '.join(spans)}. The suit has {on_the_suit(lab)}: light in both."
    ),
)


# %% [markdown]
# <details><summary>What to see</summary>
#
# **L is the grey photo.** Every tooth, hair and letter is in it. The layers a and b say less. You
# find the hair, the face and the folds of the suit there, but as large areas of nearly one value,
# and you cannot count the teeth. The suit is strongly + in both, and red with yellow is orange.
#
# From here on, **"the grey photo" means L**. The `to_grey` of lesson 1 makes a similar picture,
# from 0 to 255. On a common scale of 100, the two are up to 14 apart in the portrait: 8 on average
# on the suit, 2 to 3 on the face and hair.
#
# </details>
#
# This is the trick of the whole course. L is the grey photo, so **nobody has to predict it: it is
# there already.** Only a and b have to be found:
#
# `f(L) → a, b`
#
# In the lessons to come, layer 0 of Lab is the network's input `X`, and layers 1 and 2 are its
# target `Y`. So the first tool is a clean cut between the two.

# %% [markdown]
# ### Exercise 2.1 · Cut the lightness from the colour
# **2 points · about 3 minutes**
#
# Half of `split_lab(lab)` is written. Fill in the other half.
#
# - `lab`: a float array of shape (H, W, 3), layers L, a, b. It may be a photo of one row or of a
#   single pixel.
# - Returns two arrays with the same numbers: `L` of shape (H, W) and `ab` of shape (H, W, 2), a
#   first, then b.
#
# <details><summary>Hint 1 · the idea</summary>
#
# An array of shape (H, W, 3) is three layers along its last axis. One layer is a plain grid; two
# layers still need an axis to count them.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# NumPy indexing: a single number such as `0` takes one layer and drops the axis. A slice such as
# `2:5` takes several and keeps it.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# Like the line for `L`, but in the last place a slice that starts at layer 1 and goes on to the
# end.
#
# </details>

# %% answer="split_lab"
# ✏️ Answer: split_lab
def split_lab(lab):
    """Split Lab (H, W, 3) into the lightness L (H, W) and the colour ab (H, W, 2)."""
    L = lab[:, :, 0]
    ### BEGIN SOLUTION
    ab = lab[:, :, 1:]
    ### END SOLUTION
    return L, ab


# %% check="split_lab"
# 🔎 Check: split_lab
tiny = np.array(
    [
        [[10.5, -1.0, 2.0], [20.5, -3.0, 4.0], [30.5, -5.0, 6.0], [40.5, -7.0, 8.0]],
        [[11.5, -1.5, 2.5], [21.5, -3.5, 4.5], [31.5, -5.5, 6.5], [41.5, -7.5, 8.5]],
    ]
)
right_L = [[10.5, 20.5, 30.5, 40.5], [11.5, 21.5, 31.5, 41.5]]
right_ab = [[[-1, 2], [-3, 4], [-5, 6], [-7, 8]], [[-1.5, 2.5], [-3.5, 4.5], [-5.5, 6.5], [-7.5, 8.5]]]
_, a, b = np.moveaxis(tiny, 2, 0)
wrong_L = {
    "That is `a`, layer 1. Layers are counted from 0.": a,
    "That is `b`, layer 2. Layers are counted from 0.": b,
    "A slice such as 0:1 keeps the axis that counts layers. Does the line for L still stand as given?": np.take(tiny, [0], 2),
    "That is `ab`. In which order do the two come back?": right_ab,
}
grid = "as a plain grid: a single number in the last place takes one layer. Two layers need a slice."
wrong_ab = {
    f"That is layer `a` alone, {grid}": a,
    f"That is layer `b` alone, {grid}": b,
    "That is layer `a` alone. A slice stops before the number after its colon: `1:2` is layer 1 only.": np.take(tiny, [1], 2),
    "That is layer `b` alone. Where does the slice begin? Layers are counted from 0.": np.take(tiny, [2], 2),
    "Those are L and `a`. At which layer does the slice begin, and at which one does it end?": np.take(tiny, [0, 1], 2),
    "All three layers are in it. At which layer does the slice begin?": tiny,
    "Here `b` comes before `a`.": np.take(tiny, [2, 1], 2),
    "a and b are stacked along the first axis. In a photo the last axis counts the layers.": [a, b],
    "b and a are stacked along the first axis. In a photo the last axis counts the layers, and a comes first.": [b, a],
    "The slice stands in the second place, which counts the columns. Which place counts the layers?": np.take(tiny, [1, 2, 3], 1),
    "The slice stands in the first place, which counts the rows. Which place counts the layers?": np.take(tiny, [1], 0),
}
parts = attempt(split_lab, tiny, untouched=True)
assert isinstance(parts, (tuple, list)) and len(parts) == 2, (
    f"Two arrays should come back, L and ab; what came is {describe(parts)}. Does the `return` still stand as given?"
)
same(parts[0], right_L, "L", slips=wrong_L)
same(parts[1], right_ab, "ab", slips=wrong_ab, why="It should hold two whole layers, a and then b, and nothing else.")
for thin in (tiny[:1], tiny[:, :1], tiny[:1, :1]):
    sides = thin.shape[:2]
    thin_L, thin_ab = map(np.asarray, attempt(split_lab, thin))
    assert thin_L.shape == sides and thin_ab.shape == (*sides, 2), (
        f"For a photo of {sides[0]} × {sides[1]} pixels L should have the shape {sides} and ab {(*sides, 2)}; yours have"
        f" {thin_L.shape} and {thin_ab.shape}. A side of 1 is still a side. Does something drop it, as `squeeze` does, or is the wrong axis cut?"
    )
print(f"Split. L has the shape {np.shape(parts[0])}, ab has {np.shape(parts[1])}.")

# %% [markdown]
# Your cut, on the portrait. The right-hand picture is `ab` with one lightness for all pixels: what
# is left of a photo when its L is taken away.

# %%
L, ab = split_lab(rgb2lab(photo))
show(
    photo,
    L,
    lab2rgb(np.pad(ab, ((0, 0), (0, 0), (1, 0)), constant_values=65)),
    titles=["the photo", "your L: all the detail", "your ab, at one lightness for all"],
    low=0,
    high=100,
    alt=(
        "Left the portrait in colour, in the middle your L, a sharp grey photo, right the colours alone at"
        " one lightness: patches of orange, ochre and violet in which the face is hard to make out."
    ),
)


# %% [markdown]
# ### Exercise 2.2 · Put them together again
# **2 points · about 4 minutes**
#
# Later the network will hand you `ab` and you will hold `L`. Write `merge_lab(L, ab)`, which undoes
# the split.
#
# - `L`: a float array (H, W). `ab`: a float array (H, W, 2). H and W may be any numbers from 1 up,
#   and need not be equal.
# - Returns one float array of shape (H, W, 3), layers L, a, b, with all the numbers as they came:
#   fractions and minus signs too.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Either make an empty canvas of the right shape and fill its layers, or glue the pieces along the
# last axis.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# For the canvas: `np.zeros`, and mind which dtype it has. For glueing: `np.dstack`, or
# `np.concatenate` with `axis=-1` once `L` has a third axis (`L[:, :, np.newaxis]`).
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `canvas = np.zeros((GAP, GAP, 3))`: the first two gaps are the sides. Then `canvas[:, :, GAP] = L`,
# in the same way `ab` with a slice in the last place, and give the canvas back.
#
# </details>

# %% answer="merge_lab"
# ✏️ Answer: merge_lab
def merge_lab(L, ab):
    """Merge the lightness L (H, W) and the colour ab (H, W, 2) into Lab (H, W, 3)."""
    ### BEGIN SOLUTION
    return np.dstack([L, ab])
    ### END SOLUTION


# %% check="merge_lab"
# 🔎 Check: merge_lab
right = np.array(
    [
        [[50.25, 1.5, -2.5], [60.5, 3.5, -4.5], [70.75, 5.5, -6.5], [80.5, 7.5, 8.5]],
        [[0.0, 0.25, 0.5], [99.5, -0.25, -0.5], [12.5, 80.5, 90.5], [33.25, -9.5, 4.5]],
    ]
)
L = np.array([[50.25, 60.5, 70.75, 80.5], [0.0, 99.5, 12.5, 33.25]])
ab = np.delete(right, 0, axis=2)
reshaped = (
    "`reshape` only cuts one long row of numbers into other lengths. It does not lay layers beside each other. A way out: an"
    " empty canvas of shape (H, W, 3), whose layers are filled one after the other."
)
cut = "Is there an integer dtype in `merge_lab`, in the canvas or in an `astype`?"
wrong = {
    "a and b come first here, and L last.": np.take(right, [1, 2, 0], 2),
    "L is in its place, but `b` comes before `a`.": np.take(right, [0, 2, 1], 2),
    "The layers are stacked along the first axis. In a photo the last axis counts them.": np.moveaxis(right, 2, 0),
    "Layer 0 is zero everywhere: was L put into the canvas?": right * [0, 1, 1],
    "Layers 1 and 2 are zero everywhere: was ab put into the canvas?": right * [1, 0, 0],
    "Layer 2 is zero everywhere. A slice such as `1:2` is layer 1 only, and ab has two layers.": right * [1, 1, 0],
    "The canvas came back as it was made, all zeros.": 0 * right,
    reshaped: lambda: np.append(L, ab).reshape(right.shape),
    "That is ab alone: where did L go?": ab,
    "That is L alone: where did ab go?": L,
    f"The fractions of a and b are cut off. {cut}": np.dstack([L, np.trunc(ab)]),
    f"The fractions of L are cut off. {cut}": np.dstack([np.trunc(L), ab]),
    f"The fractions are cut off. {cut}": np.trunc(right),
    f"a and b lost their fractions and minus signs, and uint8 has neither. {cut}": np.dstack([L, np.mod(np.trunc(ab), 256)]),
    f"The fractions and the minus signs are lost, and uint8 has neither. {cut}": np.mod(np.trunc(right), 256),
    "Everything is rounded. Is there a `round` or a `rint`? Every number should come through as it came.": np.rint(right),
}
for by_L, by_ab in product((1, 100, 255), (1, 100, 110, 127, 128, 255)):
    divided = [f"{name} by {by}" for name, by in (("L", by_L), ("ab", by_ab)) if by > 1]
    if divided:
        sentence = f"Divided: {' and '.join(divided)}. Here every number comes through as it came; nothing is scaled."
        wrong[sentence] = np.dstack([L / by_L, ab / by_ab])
merged = attempt(merge_lab, L, ab, untouched=True)
if isinstance(merged, np.ndarray) and merged.shape == right.shape:
    assert merged.dtype.kind == "f", (
        f"The dtype should be a float one; yours is {merged.dtype}, and the first pixel became"
        f" {merged[0, 0].tolist()} instead of [50.25, 1.5, -2.5]. {merged.dtype} holds no fractions"
        f"{' and no minus sign' if merged.dtype.kind == 'u' else ''}. Take every uint8 (and int) out of `merge_lab`: in the"
        " canvas, and in any `astype`."
    )
same(merged, right, "merge_lab(L, ab)", slips=wrong, why="L is layer 0, a is layer 1, b is layer 2, all with their numbers unchanged.")
for rows, columns in ((1, 4), (2, 1), (1, 1)):
    thin = attempt(merge_lab, L[:rows, :columns], ab[:rows, :columns])
    why = "A side of 1 is still a side. Does something drop it, as `squeeze` does?"
    same(thin, right[:rows, :columns], f"merge_lab for {rows} × {columns} pixels", why=why)
must_be_array(merged, "The Lab photo")
print("Merged, and not a digit was lost.")

# %% [markdown]
# A first thing to *do* with a cut. Keep L, flip the sign of every a and b, make them a little
# weaker (times 0.6), merge.
#
# > **Predict.** The suit is orange: red and yellow. What colour will it be? And will it be lighter
# > or darker than before?

# %%
L, ab = split_lab(rgb2lab(photo))
flipped = lab2rgb(merge_lab(L.copy(), -0.6 * ab))
show(
    photo,
    flipped,
    L,
    rgb2lab(flipped)[:, :, 0],
    titles=["the photo", "merge_lab(L, −0.6 ab)", "the L that went in", "the L that came out"],
    low=0,
    high=100,
    size=2.4,
    alt=(
        "The portrait, the same portrait with flipped signs, the L that went in, and the L of the flipped one, which"
        f" looks the same. The suit had {on_the_suit(rgb2lab(photo))}; flipped, on the screen, it has"
        f" {on_the_suit(rgb2lab(flipped))}."
    ),
)


# %% [markdown]
# <details><summary>What to see</summary>
#
# Orange (+a, +b) has become a greenish blue (−a, −b), and the suit is about as light as it was.
# Colour and lightness can be handled *apart*, and that is what RGB cannot do.
#
# Why only *about*? A screen cannot show every pair of L and ab. In a fifth of these pixels it had
# to give way, and there L moved, by up to 3. Part 2 comes back to it.
#
# </details>

# %% [markdown]
# ### The eye that colours by itself
#
# An experiment on your own eyes. The room should not be too dark. Sit close, and run the cell. You
# see `L` with less contrast and the *opposite* colours, `-1.8 * ab`. Look at the **dot in the
# middle, and only at the dot**, until the white bar below has run out, after 30 seconds. Then
# plain L appears in the same place: keep your eyes on the dot. After 15 seconds it starts again.
# (If you cannot see the screen, or not well, go on to *What happens* below. Nothing later needs it.)

# %%
L, ab = split_lab(rgb2lab(photo))
opposite = np.rint(255 * lab2rgb(merge_lab(60 + 0.4 * (L - 60), -1.8 * ab))).astype(np.uint8)
plain = np.rint(2.55 * L).astype(np.uint8)
show_frames([*(with_dot(opposite, left) for left in range(6, 0, -1)), with_dot(plain)], ALT["stare"])

# %% [markdown]
# <details><summary>The picture does not change by itself?</summary>
#
# Then count to thirty while you look at the dot, and move your eyes quickly to the dot of the
# picture that the next cell shows, which is as large. If the first one changes by itself, you do
# not need this.
#
# </details>

# %%
plain = np.rint(2.55 * rgb2lab(photo)[:, :, 0]).astype(np.uint8)
show_frames([with_dot(plain)], ALT["plain"])

# %% [markdown]
# <details><summary>What happens</summary>
#
# For a few seconds many people see the grey portrait *in its right colours*, until they move their
# eyes. Where the eye has looked at greenish blue for a while, it answers less to it, and grey then
# looks orange. So the colour that you see is made in you. It is drawn sharply, too, although the
# after-image is blurred, because the edges come from L.
#
# It does not work for everybody. It depends on the screen, on the light in the room and on how
# still you hold your eyes. Seeing nothing says nothing about your eyes: try once more from closer
# up.
#
# </details>

# %% [markdown]
# ### Exercise 2.3 · What the split saves
# **1 point · about 2 minutes**
#
# Write `numbers_to_predict(grey)`: how many numbers must a network make up to colour this grey
# photo?
#
# - `grey`: one grid, an array (H, W) of any dtype. It may be a uint8 photo or a float L.
# - Returns two whole numbers. The first: how many if the network predicts the three RGB grids. The
#   second: how many if it predicts a and b and the lightness is kept.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Every grid that has to be predicted holds one number per pixel. Count the grids, count the pixels.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `grey.shape` gives height and width, `grey.size` the number of values. (`grey.nbytes` counts
# bytes of memory, which is something else.)
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# The same shape for film: how many pixels do 10 and 25 pictures of this size have?
# `return 10 * GAP, 25 * GAP`, with the number of pixels in the gaps. Your two factors are numbers of
# grids.
#
# </details>

# %% answer="numbers_to_predict"
# ✏️ Answer: numbers_to_predict
def numbers_to_predict(grey):
    """Count the numbers to be predicted for a grey photo (H, W): (as RGB, as Lab with L kept)."""
    ### BEGIN SOLUTION
    return 3 * grey.size, 2 * grey.size
    ### END SOLUTION


# %% check="numbers_to_predict"
# 🔎 Check: numbers_to_predict
grey = np.zeros((4, 6))  # 24 pixels
wrong = {
    "The other way round: first the count for RGB, then the count for Lab.": [48, 72],
    "Those are the numbers of grids. How many numbers does one grid hold?": [3, 2],
    "Your second number counts one grid: the one that is kept, L. How many grids are left to predict?": [72, 24],
    "With Lab, L is there already. How many grids are left to predict?": [72, 72],
    "Each number counts one grid only. How many grids has RGB, and in how many does Lab keep the colour?": [24, 24],
    "The first number counts one grid, the second two. How many grids does RGB have?": [24, 48],
    "Those are bytes of memory: a float64 takes 8 of them. The count of the numbers is wanted.": [576, 384],
    "Only the rows are counted. A pixel stands in a row *and* a column.": [12, 8],
    "Only the columns are counted. A pixel stands in a row *and* a column.": [18, 12],
    "Height and width are added. How many pixels does a rectangle of 4 × 6 have?": [30, 20],
    "That is height times height. A photo need not be square.": [48, 32],
    "That is width times width. A photo need not be square.": [108, 72],
}
counts = attempt(numbers_to_predict, grey)
assert isinstance(counts, (tuple, list, np.ndarray)), (
    f"Two numbers should come back, as in `return first, second`; what came is {describe(counts)}."
)
same(counts, [72, 48], "numbers_to_predict of a 4 × 6 grid", slips=wrong, why="24 pixels: how often do they count for RGB, how often for a and b?")
bytewise = attempt(numbers_to_predict, grey.astype(np.uint8))
same(bytewise, [72, 48], "numbers_to_predict of a 4 × 6 grid of uint8", why="The dtype should make no difference. Are numbers counted, or bytes?")
as_rgb, as_lab = attempt(numbers_to_predict, photo[:, :, 0])
print(
    f"For the portrait: {as_rgb:,} numbers as RGB, {as_lab:,} as Lab. {as_rgb - as_lab:,} guesses saved,"
    " and the sharpest layer is not guessed at all."
)

# %% [markdown]
# ## Part 2 · Into Lab and back, safely
#
# `rgb2lab` looks harmless, but it can go wrong without an error. It looks at a photo's *dtype*:
#
# - **whole numbers** are divided by the largest number that their dtype can hold: 255 for uint8;
# - **floats** are taken as they are, so they must already lie between 0 and 1.
#
# > **Predict.** The same portrait four times, with the same colours: as uint8 from 0 to 255, as
# > floats from 0 to 255, as floats from 0 to 1, as int64 from 0 to 255.
# > The largest int64 is about 9 × 10¹⁸. Which of the four come out right? One turns black and one
# > turns glaringly bright: which?

# %%
small = photo[::2, ::2]
variants = {
    "uint8, 0 to 255": small,
    "floats, 0 to 255": small.astype(float),
    "floats, 0 to 1": img_as_float(small),
    "int64, 0 to 255": small.astype(np.int64),
}
labs = {name: rgb2lab(variant) for name, variant in variants.items()}
titles = [f"{name}\nL goes up to {lab[:, :, 0].max():,.0f}" for name, lab in labs.items()]
pictures = [lab2rgb(lab) for lab in labs.values()]
light = [f"{name}: {picture.mean():.0%}" for name, picture in zip(labs, pictures)]
show(
    *pictures,
    titles=titles,
    size=2.3,
    alt=f"The portrait after rgb2lab and lab2rgb, four times, with its mean brightness. {'; '.join(light)}.",
)


# %% [markdown]
# <details><summary>What happened</summary>
#
# - uint8 and floats from 0 to 1 are what `rgb2lab` expects: both right.
# - Floats from 0 to 255 were taken as they are: lamps at 255 times full power. L should end at 100;
#   here it ends above 9,000.
# - int64 was divided by 9,223,372,036,854,775,807. Nothing is left but black.
#
# Where do such arrays come from? `np.array` of your own whole numbers is int64. The mean of
# several photos is a float array. Image loaders of deep-learning libraries often hand out floats
# from 0 to 255.
# A dtype does not say which scale the numbers are on, and `rgb2lab` knows nothing else. You do know
# the scale, so do not let it guess.
#
# </details>

# %% [markdown]
# ### Exercise 2.4 · RGB to Lab, whatever comes
# **2 points · about 5 minutes**
#
# Write `to_lab(photo)`, which gives the right Lab values for every photo on the 0–255 scale.
#
# - `photo`: an RGB array of shape (H, W, 3) with values from 0 to 255. Its dtype may be any integer
#   one (such as uint8, int16 or int64), or float32 or float64.
# - Floats need not be whole numbers: 127.5 lies half-way between 127 and 128.
# - The scale is always 0–255, even for a photo that is so dark that its largest value is 1, or 60.
# - Returns a float array (H, W, 3): the same L, a, b that `rgb2lab` gives for the photo on the 0–1
#   scale, within 0.02.
# - `photo` itself is left unchanged.
#
# <details><summary>Hint 1 · the idea</summary>
#
# There is one representation that `rgb2lab` cannot misread: floats from 0 to 1. Which number do you
# divide by, and does it depend on the photo?
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# What is `photo / 255` for a uint8 photo: which dtype, which range? And for int64, and for floats?
# Then compare `photo / 255`, which makes a new array, with `photo /= 255`, which writes into the
# old one.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# One line, without any `if`: `return rgb2lab(GAP)`. In the gap the photo becomes floats from 0 to 1,
# whatever it was before.
#
# </details>

# %% answer="to_lab"
# ✏️ Answer: to_lab
def to_lab(photo):
    """Turn an RGB photo (H, W, 3) of values 0–255, integers or floats, into float Lab (H, W, 3).

    CIE 1976 L*a*b* for D65 and the 2° observer, as in skimage.color.rgb2lab. `photo` is left unchanged.
    """
    ### BEGIN SOLUTION
    return rgb2lab(photo / 255)
    ### END SOLUTION


# %% check="to_lab"
# 🔎 Check: to_lab
colours = [[[255, 0, 0], [0, 0, 255], [119, 119, 119]]]
wanted = np.array([[53.24, 80.09, 67.20], [32.30, 79.19, -107.86], [50.03, 0.0, 0.0]])
lost = "119 / 255 is 0.467; `//` or a whole-number dtype turns it into 0, and a whole 1 is read as level 1 of 255."
dtype_max = "divided by the largest number that the dtype can hold"
causes = (  # the L of the red and of the grey 119, and what makes it so
    ((0.0, 0.0), f"Everything is black: were the whole numbers {dtype_max}, as rgb2lab does with whole numbers?"),
    ((0.06, 0.0), f"The fractions were lost before rgb2lab: {lost}"),
    ((53.24, 0.0), f"The fractions were lost before rgb2lab: {lost}"),
    ((0.06, 0.13), "Everything is nearly black: was the photo scaled twice?"),
    ((53.04, 49.85), "It is a little too dark: was the photo divided by 256? The highest level should become exactly 1."),
    ((126.69, 116.43), "It is far too light: was the photo divided by 100? The highest level is 255."),
    ((101.68, 93.77), "It is far too light: was the photo divided by 128? The highest level is 255."),
    ((32.30, 50.03), "The grey is right, so the scale is. Red and blue have changed places: are the layers still in the order R, G, B?"),
)
for dtype in ("uint8", "int64", "float64", "float32", "uint16"):
    got = attempt(to_lab, np.array(colours, dtype=dtype), untouched=True)
    assert isinstance(got, np.ndarray) and got.shape == (1, 3, 3), (
        f"The Lab of a {dtype} photo of shape (1, 3, 3) is an array of the same shape; what came is {describe(got)}."
    )
    reds, greys = got[0, 0, 0], got[0, 2, 0]
    cause = "What was done to the numbers before rgb2lab, and after it?"
    if greys > 1000:
        cause = f"L goes up to {got[0, :, 0].max():,.0f}, not 100: were floats that go up to 255 handed to rgb2lab?"
    if np.allclose(got, np.array(colours) / 255, atol=0.01):
        cause = "That is the photo from 0 to 1, still as RGB: was rgb2lab called, and is its result returned?"
    for (red, grey), words in causes:
        cause = words if abs(reds - red) < 0.006 and abs(greys - grey) < 0.006 else cause
    if dtype == "uint16" and greys < 1:
        cause = f"Everything is nearly black: were the whole numbers {dtype_max}, as rgb2lab does with whole numbers?"
    if got.min() >= 0 and 0 < got.max() < 0.05:
        cause = "Was lab2rgb called, in place of rgb2lab?"
    for factor in (100, 128, 255):
        if np.allclose(got[0] * factor, wanted, atol=0.5):
            cause = f"It is {factor} times too small. What rgb2lab gives is Lab already."
    if np.allclose(got[0], np.rint(wanted)):
        cause = "Lab was rounded. Its fractions belong to the colour."
    for name, yours, right in zip(("pure red", "pure blue", "the grey 119"), got[0], wanted):
        assert np.allclose(yours, right, atol=0.02), (
            f"From {dtype}, {name} should have L, a, b = {right.tolist()}; yours is"
            f" {(np.round(yours, 2) + 0).tolist()}. {cause}"
        )
dark = np.array([[[0.0, 1.0, 1.0]]])
for name, one in (("float", dark), ("uint8", dark.astype(np.uint8))):
    top = np.max(attempt(to_lab, one))
    assert top < 1, (
        f"A {name} photo whose largest value is 1 of 255 is nearly black, with L 0.22; yours goes up to"
        f" {top:.2f}. Was the scale read off the photo? It is 0–255, whatever the photo holds."
    )
small_dtype = attempt(to_lab, np.int8([[[100, 50, 0]]]))[0, 0]
assert np.allclose(small_dtype, [26.71, 19.29, 37.09], atol=0.02), (
    f"From int8, the brown (100, 50, 0) should have L, a, b = [26.71, 19.29, 37.09]; yours is {np.round(small_dtype, 2).tolist()}."
    f" Was it {dtype_max}, 127? The scale is 0–255 for every dtype."
)
half = np.ravel(attempt(to_lab, np.full((1, 1, 3), 127.5)))[0]
assert abs(half - 53.39) < 0.02, (
    f"A float grey of 127.5 has L 53.39; yours is {half:.2f}. "
    + (
        f"That is the L of {127 if half < 53.3 else 128}: the fraction was lost before rgb2lab. Is there an integer dtype or a rounding?"
        if min(abs(half - 53.19), abs(half - 53.59)) < 0.02
        else "What was done to the floats before rgb2lab?"
    )
)
print("The same Lab from uint8, int64, uint16 and floats: pure red is", np.round(got[0, 0], 2).tolist())

# %% [markdown]
# What is this good for? A double exposure is the mean of two photos: floats from 0 to 255, half of
# them not whole numbers. The third picture went through `rgb2lab` alone, the fourth through *your*
# function:

# %%
both = (photo.astype(float) + cup) / 2
show(
    photo,
    cup,
    lab2rgb(rgb2lab(both)),
    lab2rgb(to_lab(both.copy())),
    titles=["photo", "cup", "mean, through rgb2lab", "mean, through your to_lab"],
    size=2.4,
    alt=ALT["double"],
)


# %% [markdown]
# And back. `lab2rgb` returns floats from 0 to 1. A picture file holds uint8 from 0 to 255. Between
# the two, white is the trap:
# uint8 ends at 255, and 256 becomes 0.

# %% [markdown]
# ### Exercise 2.5 · Lab to a picture
# **3 points · about 6 minutes**
#
# Write `to_photo(lab)`, the way back.
#
# - `lab`: a float array (H, W, 3) of Lab values.
# - Returns a uint8 array (H, W, 3), RGB. Each value is at most **one level** away from 255 × the
#   value that `lab2rgb(lab)` gives. You may round, or cut off the fraction.
# - White (100, 0, 0) comes back as 254 or 255, never wrapped round to a dark number.
# - Some Lab triples are colours that no screen can show. `lab2rgb` clips those to the nearest end
#   of its range; leave that to it.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Three steps: Lab to RGB floats, floats to the 0–255 scale, then the dtype.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `lab2rgb`, `np.rint` (rounds but stays float), `.astype(np.uint8)`. Or
# `skimage.util.img_as_ubyte`, which does the last two steps. Give `lab2rgb` the Lab floats as they
# are: rounding *them* costs more than one level.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `rgb = lab2rgb(lab)`, then round the product of `rgb` and 255, then change the dtype and return.
#
# </details>

# %% answer="to_photo"
# ✏️ Answer: to_photo
def to_photo(lab):
    """Turn float Lab (H, W, 3) into a uint8 RGB photo (H, W, 3); colours out of gamut are clipped."""
    ### BEGIN SOLUTION
    return np.rint(255 * lab2rgb(lab)).astype(np.uint8)
    ### END SOLUTION


# %% check="to_photo"
# 🔎 Check: to_photo
paints = np.uint8([[[255, 255, 255], [0, 0, 0], [0, 128, 0], [139, 90, 43], [90, 110, 200]]])
given = rgb2lab(paints)
home = attempt(to_photo, given, untouched=True)
assert isinstance(home, np.ndarray) and home.shape == paints.shape, (
    f"A picture of the shape {paints.shape} should come back, like lab; what came is {describe(home)}."
)
top = home.max()
assert home.dtype == np.uint8, (
    f"A picture of 0–255 levels is uint8; yours is {home.dtype}, and its largest value is {top:.4g}. "
    + ("Two steps are missing: the scale, then the dtype." if top <= 1.01 else "Which step gives it the dtype?")
)
if top <= 1:
    far = attempt(to_photo, np.array([[[25500.0, 0.0, 0.0]]])).max()  # nothing lies there: it only shows a Lab that was divided
    assert far <= 1, f"Nothing goes above {top}. Was Lab divided before lab2rgb? It takes L from 0 to 100, as it is."
    raise AssertionError(
        f"Nothing goes above {top}: what lab2rgb gives, from 0 to 1, was not multiplied by 255. Scale it first, change the dtype last."
    )
white, green, brown = home[0, 0], home[0, 2], home[0, 3]
causes = (  # what becomes of the green (0, 128, 0) and of the brown (139, 90, 43), and what makes it so
    ((46, 205, 49), (42, 15, 34), "Those are the numbers of Lab in uint8. Was lab2rgb called?"),
    ((46, 204, 50), (43, 15, 35), "Those are the numbers of Lab in uint8. Was lab2rgb called?"),
    ((255, 0, 57), (136, 88, 42), "Was Lab made uint8 *before* lab2rgb? It has minus signs and fractions, and uint8 has neither."),
    ((2, 0, 0), (0, 0, 0), "Was Lab made uint8 *before* lab2rgb? It has minus signs and fractions, and uint8 has neither."),
    ((0, 50, 0), (54, 35, 16), "The scale is 255, not 100."),
    ((0, 64, 0), (69, 45, 21), "The scale is 255, not 128."),
    ((131, 107, 13), (139, 90, 43), "The brown is right and the green is not: were the minus signs of a and b lost on the way? Lab goes into lab2rgb as it is."),
    ((197, 63, 25), (139, 90, 43), "The brown is right and the green is not: were the minus signs of a and b lost on the way? Lab goes into lab2rgb as it is."),
    ((0, 128, 0), (43, 90, 139), "Red and blue have changed places: are the layers still in the order R, G, B?"),
    ((0, 255, 0), (255, 0, 0), "Only 0 and 255 are left: it was rounded before it was scaled. lab2rgb gives fractions from 0 to 1."),
    ((0, 255, 0), (255, 255, 255), "Was Lab multiplied before lab2rgb? It takes L from 0 to 100, as it is. Only what comes out of it is scaled."),
)
ramp = attempt(to_photo, np.array([[[L, 0, 0] for L in (40, 40.45, 40.55, 41)]], dtype=float))[0, :, 0].tolist()
lost = ""  # what became of the fractions of Lab
if ramp[0] == ramp[1] and 90 < ramp[0] < ramp[3]:
    if ramp[2] == ramp[3]:
        lost = "Lab was rounded before lab2rgb. Its fractions belong to the colour."
    elif ramp[1] == ramp[2]:
        lost = "The fractions of Lab were cut off before lab2rgb. They belong to the colour."
cause = lost or "What was done before lab2rgb, and what after it?"
if white.min() < 100 and np.abs(brown.astype(int) - [139, 90, 43]).max() <= 2:
    cause = "The brown is right and the white is not: after 255 a uint8 starts again at 0. What did your scaling make of 1.0?"
for one, other, words in causes:
    near_green, near_brown = np.abs(green.astype(int) - one).max() <= 2, np.abs(brown.astype(int) - other).max() <= 2
    cause = words if near_green and near_brown else cause
if max(green.max(), brown.max()) <= 2:
    cause = "Nearly everything is 0. Was Lab divided before lab2rgb? It takes L from 0 to 100, as it is."
    if top > 200:
        cause = "Only 0 and 255 are left: was the dtype changed before the scale? lab2rgb gives fractions from 0 to 1."
for name, yours, right in zip(("white", "black", "a green", "a brown", "a blue"), home[0].astype(int), paints[0].astype(int)):
    assert np.abs(yours - right).max() <= 1, (
        f"From its Lab, {name} should come back as {right.tolist()} within one level; yours is {yours.tolist()}. {cause}"
    )
strong = attempt(to_photo, np.array([[[65.0, 110.0, -110.0]]]))
assert np.abs(strong.astype(int) - [232, 31, 255]).max() <= 1, (
    "Lab (65, 110, -110) is a colour that no screen can show; clipped by lab2rgb it is [232, 31, 255]. Yours is"
    f" {strong[0, 0].tolist()}. Was something clipped before lab2rgb?"
)
step = np.abs(np.asarray(attempt(to_photo, rgb2lab(photo))).astype(int) - photo).max()
cause = lost or "Five plain colours were right, within one level. Is Lab changed in some way before lab2rgb?"
assert step <= 1, (
    "There and back again, the portrait should be the same within one level; somewhere yours is off by"
    f" {step}. {cause}"
)
print(f"There and back: {photo.size:,} values, the largest difference is {step} of 255 levels.")

# %% [markdown]
# Now that L is apart from ab, *more colour* is a multiplication. Here `ab` is scaled by k, and your
# `to_photo` does the rest:

# %%
L, ab = split_lab(rgb2lab(photo))
show(
    *(to_photo(merge_lab(L.copy(), k * ab)) for k in (0, 0.5, 1, 1.5)),
    titles=["k = 0: grey", "k = 0.5: faded", "k = 1: as it was", "k = 1.5: vivid"],
    size=2.4,
    alt="The portrait with its ab scaled by 0, 0.5, 1 and 1.5: grey, faded, natural, vivid.",
)

# %% [markdown]
# The grey one, k = 0, is where our network starts. Its job is to get from there to k = 1.
#
# This course promises that the original L is kept in the result. Put the promise to the test.
#
# > **Predict.** Take the vivid portrait (k = 1.5), turn it into RGB for the screen, and measure its
# > L again. In what share of the pixels will L have moved? Name a percentage, and where in the
# > picture those pixels are.

# %%
vivid = rgb2lab(photo)
vivid[:, :, 1:] *= 1.5
change = np.abs(rgb2lab(lab2rgb(vivid))[:, :, 0] - vivid[:, :, 0])
figure, (left, right) = plt.subplots(1, 2, figsize=(6.6, 3.1), layout="constrained")
left.imshow(lab2rgb(vivid))
left.set_title("k = 1.5,\nas the screen shows it", fontsize=10)
drawn = right.imshow(change, cmap="magma_r", vmin=0)
right.set_title(
    f"L moved by up to {change.max():.1f};\nunmoved in {np.mean(change < 0.05):.0%} of the pixels",
    fontsize=10,
)
for axis in (left, right):
    axis.axis("off")
figure.colorbar(drawn, ax=right, label="change of L", shrink=0.9)
moved = {name: change[mask].mean() for name, mask in regions.items()}
show(
    figure,
    alt=(
        "Left the vivid portrait, right a map of how far its L moved: not at all in"
        f" {np.mean(change < 0.05):.0%} of the pixels, by {change.max():.1f} at most. On average it moved by"
        f" {moved['flag']:.1f} in the flag's stripes, {moved['suit']:.1f} on the suit, {moved['hair']:.2f} on the hair,"
        f" {moved['skin']:.2f} on the skin, {moved['wall']:.2f} on the wall."
    ),
)


# %% [markdown]
# <details><summary>What happened</summary>
#
# For colours that a screen can show, L comes back as it was. But in a fifth of the pixels, in the
# orange of the suit and the red of the flag's stripes, the colour lies **out of gamut**: to show
# it, a lamp would have to shine with more than full power, or with less than none. `lab2rgb` clips
# such a lamp to [0, 1], and then the lightness moves, too.
#
# So the grey photo is kept *as far as the screen can follow*. That is also what moved L in the
# portrait with flipped signs. An untrained network asks for plenty of impossible colours: its first
# pictures may look blotchy.
#
# </details>

# %% [markdown]
# ## Part 3 · Signs and reach
#
# The network's output is nothing but numbers for a and b. Learn to read them like a map:
#
# - **a**: east is red (towards magenta), west is green;
# - **b**: north is yellow, south is blue;
# - the middle is grey, and the farther out, the stronger the colour.
#
# > **Predict.** Which hue is (a, b) = (2, −60)? Which is (−45, 30)? And (4, 5)? Your next function
# > will tell you.

# %% [markdown]
# ### Exercise 2.6 · Name the hue
# **3 points · about 6 minutes**
#
# Write `hue_name(a, b)` for two numbers. It returns one of the five words `"grey"`, `"red"`,
# `"green"`, `"yellow"`, `"blue"`, in lower case, by these rules:
#
# 1. If a **and** b are both less than 10 away from zero, it is `"grey"`. A distance of exactly 10
#    is no longer grey.
# 2. Otherwise the number that is farther from zero decides, a or b. If both are equally far, a
#    decides.
# 3. Where a decides, it is `"red"` if a is positive and `"green"` if a is negative. Where b
#    decides, it is `"yellow"` if b is positive and `"blue"` if b is negative.
#
# <details><summary>Hint 1 · the idea</summary>
#
# How strong a colour is has nothing to do with its sign. Compare distances from zero first, then
# look at one sign.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `abs(a)` is the distance from zero. Three questions in a row, each with its own `if`: grey? which
# axis? which sign?
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `if abs(a) < 10 and GAP: return "grey"`. The next `if` compares two distances; in it stands
# `return "red" if GAP else "green"`. What is left over is decided by b in the same way.
#
# </details>

# %% answer="hue_name"
# ✏️ Answer: hue_name
def hue_name(a, b):
    """Name the hue of a Lab colour: "red", "green", "yellow", "blue" or "grey".

    Rule 1: "grey" where a and b are both less than 10 away from zero. Rule 2: otherwise the number farther from zero decides,
    a if both are equally far. Rule 3: a plus is "red" for a and "yellow" for b, a minus "green" for a and "blue" for b.
    """
    ### BEGIN SOLUTION
    if abs(a) < 10 and abs(b) < 10:
        return "grey"
    if abs(a) >= abs(b):
        return "red" if a > 0 else "green"
    return "yellow" if b > 0 else "blue"
    ### END SOLUTION


# %% check="hue_name"
# 🔎 Check: hue_name
cases = {
    (70, 5): "red",
    (-70, 5): "green",
    (5, 70): "yellow",
    (2, -60): "blue",
    (4, 5): "grey",
    (-9, -9.5): "grey",
    (-45, 30): "green",
    (30, -31): "blue",
    (-31, -30): "green",
    (-20, 21): "yellow",
    (10, 0): "red",
    (3, -10): "blue",
    (30, -30): "red",
    (-30, 30): "green",
}
same_axis = ({"red", "green"}, {"yellow", "blue"})
for (a, b), wanted in cases.items():
    got = attempt(hue_name, a, b, returns=False)
    here = "rule 1 says grey" if wanted == "grey" else f"{'a' if abs(a) >= abs(b) else 'b'} decides (rule 2)"
    assert got is not None, f"hue_name({a}, {b}) gave None: no `return` was reached. Here {here}: what happens on that path?"
    known = isinstance(got, str) and got in cases.values()
    assert known, f"hue_name({a}, {b}) gave {got!r}, which is none of the five words grey, red, green, yellow, blue."
    rule = "3: what is the sign of the number that decides, and which hue belongs to it?"
    if {got, wanted} not in same_axis:
        rule = "2: which of the two is farther from zero, signs aside, and who decides where they are equal?"
    if "grey" in (got, wanted):
        rule = "1: grey is where both are less than 10 from zero, signs aside, and nowhere else."
    assert got == wanted, f"hue_name({a}, {b}) should be {wanted!r}; yours says {got!r}. Rule {rule}"
print(f"(2, −60) is {hue_name(2, -60)}, (−45, 30) is {hue_name(-45, 30)}, (4, 5) is {hue_name(4, 5)}.")

# %% [markdown]
# Left, the map itself at L = 65, with *your* borders drawn in. (At this lightness red is a pink and
# yellow an olive. Nearly half of the map, towards the corners, no screen can show.) Beside it, two
# photos in five words: each pixel gets the one paint of the hue that your function named, as dark as
# the pixel is. (Yellow is a little lighter, because dark yellow looks olive.)

# %%
words = {"grey": (0, 0), "red": (50, 0), "green": (-50, 0), "yellow": (0, 55), "blue": (0, -55)}
paints = {"grey": (0, 0, 0), "red": (0, 62, 42), "green": (0, -48, 38), "yellow": (16, 0, 70), "blue": (0, 8, -52)}


def poster(picture):
    lab = rgb2lab(picture)
    lab[:, :, 0] = np.clip(lab[:, :, 0], 25, 92)
    for pixel in lab.reshape(-1, 3):
        lift, *paint = paints[hue_name(pixel[1], pixel[2])]
        pixel[:] = min(pixel[0] + lift, 92), *paint
    return lab2rgb(lab)


steps = np.linspace(-80, 80, 161)
a_map, b_map = np.meshgrid(steps, steps)
names = np.array([[hue_name(a, b) for a in steps] for b in steps])
plane = lab2rgb(np.dstack([np.full_like(a_map, 65), a_map, b_map]))

figure, axes = plt.subplots(1, 3, figsize=(10.4, 3.7), width_ratios=(1.15, 1, 1), layout="constrained")
axes[0].imshow(plane, origin="lower", extent=(-80, 80, -80, 80))
for name, (a, b) in words.items():
    axes[0].contour(a_map, b_map, names == name, levels=[0.5], colors="black", linewidths=1)
    axes[0].text(a, b, name, ha="center", va="center", fontsize=9 if name == "grey" else 11)
axes[0].set(xlabel="a: green ← 0 → red", ylabel="b: blue ← 0 → yellow")
axes[0].set_title("your five words on the map", fontsize=10)
for axis, picture, title in zip(
    axes[1:], (photo, cup), ("the portrait in five words", "the cup in five words")
):
    axis.imshow(poster(picture[::2, ::2]))
    axis.set_title(title, fontsize=10)
    axis.axis("off")
show(
    figure,
    alt=ALT["words"],
)


# %% [markdown]
# Orange lies on the border of red and yellow, and skin is a weak orange. So the suit is part red
# and part yellow, and the face is filed under yellow.
#
# Now, how *far* do a and b go? You will often read: from −128 to 127. That is one signed byte, the
# room that is set aside to **store** a or b. You can measure whether colours ever get there.
#
# A screen has 256³ ≈ 16.7 million colours. In one array, `rgb2lab` needs gigabytes of memory for
# them. A **lattice** is enough: take only some levels for each lamp, and all combinations of them.
#
# > **Predict.** You will measure four ends: the smallest and the largest a, the smallest and the
# > largest b. Look at the swatches of Part 1 again: three of the four ends are already among them.
# > Which one is missing, and which colour will reach it?

# %% [markdown]
# ### Exercise 2.7 · How far do a and b reach?
# **3 points · about 7 minutes · builds on 2.4**
#
# Write `ab_reach(levels)`.
#
# - `levels`: a list, a range or a 1-D array of at least one whole number from 0 to 255, in any
#   order. Each of the three lamps takes each of these levels, in **all combinations**: n levels
#   make n³ colours. (With `[0, 255]` these are the eight corners of the RGB cube.)
# - Returns four numbers in this order: the smallest a, the largest a, the smallest b, the largest b
#   of all these colours, right within 0.05.
#
# You may use your `to_lab`, or `rgb2lab` directly. `product` is among the imports at the top.
#
# <details><summary>Hint 1 · the idea</summary>
#
# First make one array that holds all n³ colours as RGB. Turn it into Lab in one go. Then two minima
# and two maxima.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `product(levels, repeat=3)` of `itertools` goes through all combinations; so do three nested
# loops. `np.array` of that list is (n³, 3). A photo of one row, (1, n³, 3), suits `to_lab`. Which
# dtype does `np.array` make of whole numbers, and what did `rgb2lab` do with that dtype?
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `colours = np.array([list(product(GAP, repeat=3))])` is a photo of one row. Turn it into Lab, take
# the layers of a and of b out of it, and return `a.min()` and three more numbers.
#
# </details>

# %% answer="ab_reach"
# ✏️ Answer: ab_reach
def ab_reach(levels):
    """Measure a and b over all RGB colours made of `levels` (0–255): (a_min, a_max, b_min, b_max)."""
    ### BEGIN SOLUTION
    red, green, blue = np.meshgrid(levels, levels, levels)
    lab = rgb2lab(np.dstack([red.ravel(), green.ravel(), blue.ravel()]) / 255)
    a, b = lab[:, :, 1], lab[:, :, 2]
    return a.min(), a.max(), b.min(), b.max()
    ### END SOLUTION


# %% check="ab_reach"
# 🔎 Check: ab_reach
wrong = {
    "All four are nearly 0: these are greys only. Did the three lamps always have the same level? n levels make n³ colours.": lambda: (
        reach if 1e-4 < np.abs(reach).max() < 0.02 else None
    ),
    "That is the reach of L and `a`. L is layer 0, a is 1, b is 2.": (42.37, 80.60, -49.46, 53.57),
    "Those are the ends of the whole array, L included. Which layer is a, and which is b?": (-52.30, 80.60, -52.30, 80.60),
    "All four are 0, as if all colours were black. Did whole numbers of a wide dtype go into rgb2lab, or did `//` make 0 of the fractions? See exercise 2.4.": (0, 0, 0, 0),
    "All four are nearly 0: were the colours divided twice, or did uint16 go into rgb2lab? See exercise 2.4.": (-0.16, 0.16, -0.15, 0.15),
    "All four are nearly 0: did int16 go into rgb2lab? See exercise 2.4.": (-0.31, 0.31, -0.29, 0.29),
    "Floats that go up to 255 went into rgb2lab, which takes floats as they are. See exercise 2.4.": (-4166.95, 4539.52, -4463.78, 4200.15),
    "Some combinations are missing: (200, 100, 200) counts as well as (100, 200, 200). Every lamp takes every level, whatever the others do.": (-29.12, 27.15, -52.30, 0.0),
    "Some combinations are missing, those in which lamps have equal levels: (200, 100, 200) counts, too.": (-40.89, 45.55, -44.67, 44.47),
    "Here both smallest come first. The two of `a` should come first, then the two of `b`.": (-49.46, -52.30, 53.57, 49.48),
    "Here `b` comes before `a`.": (-52.30, 49.48, -49.46, 53.57),
    "The four are right, but each largest comes before its smallest.": (53.57, -49.46, 49.48, -52.30),
    "That is the reach over the levels 0 and 255. Is `levels` used?": (-86.18, 98.23, -107.86, 94.48),
    "It is a little too small: were the colours divided by 256? The highest level should become exactly 1.": (-49.30, 53.40, -52.13, 49.32),
}
question = "Do all combinations take part, also (200, 100, 200), each once as R, G, B?"
reach = attempt(ab_reach, [100, 150, 200])
if "to_lab" in ab_reach.__code__.co_names:
    grey = to_lab(np.full((1, 1, 3), 119))[0, 0, 0]
    assert abs(grey - 50.03) < 0.02, f"`ab_reach` uses your `to_lab`, which makes L {grey:.2f} of an int64 grey of 119, and not 50.03: first fix exercise 2.4."
assert isinstance(reach, (tuple, list, np.ndarray)), f"Four numbers should come back; what came is {describe(reach)}."
same(reach, (-49.46, 53.57, -52.30, 49.48), "The reach over the levels 100, 150, 200", atol=0.05, slips=wrong, why=question)
for levels, right, new in (
    ([200, 10, 60], (-71.16, 80.98, -88.34, 77.71), "Here the levels stand in no order."),
    (np.uint8([30, 250]), (-83.04, 94.27, -101.85, 90.15), "Here two levels came, as an array of uint8."),
    ([90], (0, 0, 0, 0), "Here one level came, which makes one colour."),
    (range(0, 256, 15), (-86.18, 98.23, -107.86, 94.48), "Here a range of 18 levels came."),
):
    got = attempt(ab_reach, levels)
    slips = {
        "That is the reach over 100, 150, 200. Is `levels` used?": reach,
        "That is the reach over the first and the last level alone. Does the one between take part?": (-63.13, 70.44, -72.32, 66.11),
    }
    why = f"The levels 100, 150, 200 went well. {new} Does that matter in your lines?"
    same(got, right, f"The reach over {levels!r}", atol=0.05, slips=slips, why=why)
a_min, a_max, b_min, b_max = got
print(f"Over 5,832 colours: a from {a_min:.1f} to {a_max:.1f}, b from {b_min:.1f} to {b_max:.1f}.")

# %% [markdown]
# Every dot is a colour drawn at random, painted as itself, its brightest lamp at full power. The
# solid frame is what you measured, the dashed square is what ±128 would allow.

# %%
a_min, a_max, b_min, b_max = ab_reach(range(0, 256, 15))
reach = f"a goes from {a_min:.0f} to {a_max:.0f}, b from {b_min:.0f} to {b_max:.0f}".replace("-", "−")
dots = np.random.default_rng(7).uniform(size=(40_000, 3))
dots /= dots.max(axis=1, keepdims=True)
spots = rgb2lab(dots)
figure, axis = plt.subplots(figsize=(5.6, 5.8), layout="constrained")
axis.set_facecolor("#ececec")
axis.scatter(spots[:, 1], spots[:, 2], c=dots, s=12, linewidths=0)
axis.plot(
    [a_min, a_max, a_max, a_min, a_min],
    [b_min, b_min, b_max, b_max, b_min],
    color="black",
    linewidth=1.4,
    label="reached, as you measured",
)
axis.plot(
    [-128, 128, 128, -128, -128],
    [-128, -128, 128, 128, -128],
    color="black",
    linestyle="--",
    linewidth=1,
    label="room to store: ±128",
)
for x, y, value in ((a_min, 15, a_min), (a_max, 15, a_max), (-60, b_min, b_min), (45, b_max, b_max)):
    axis.text(
        x,
        y,
        f"{value:+.0f}".replace("-", "−"),
        ha="center",
        va="center",
        fontsize=10,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
    )
corners = np.array(list(product((0.0, 1.0), repeat=3)))[1:-1]
names = ("blue", "green", "cyan", "red", "magenta", "yellow")
for name, (_, a, b) in zip(names, rgb2lab(corners)):
    axis.text(0.75 * a, 0.75 * b, name, ha="center", va="center", fontsize=9)
axis.axhline(0, color="black", linewidth=0.5)
axis.axvline(0, color="black", linewidth=0.5)
axis.set(
    xlim=(-140, 140),
    ylim=(-140, 140),
    aspect="equal",
    xlabel="a: green ← 0 → red",
    ylabel="b: blue ← 0 → yellow",
    title=f"On a screen, {reach}",
)
figure.legend(loc="outside lower center", ncols=2, fontsize=9)
show(
    figure,
    alt=(
        "Many colours on the a–b plane: a lopsided shape with corners named green, yellow, red, magenta, blue"
        f" and cyan. A solid frame shows its reach: {reach}; a dashed square the values from −128 to 128."
    ),
)

# %% [markdown]
# <details><summary>What to see</summary>
#
# a runs from −86.2 to 98.2 and b from −107.9 to 94.5. Try `ab_reach([0, 255])`: eight colours are
# enough! The farthest points are corners of the RGB cube: green, magenta, blue, yellow. Magenta is
# the one that was not among the swatches: its a is 98, that of red only 80.
#
# All 16.7 million colours give the very same four numbers. To see it for yourself, go through them
# in 256 slices, one for each level of red, so that they fit into memory: it takes seconds.
#
# A real photo uses little of the room: the portrait's a goes from −11 to 60, its b from −52 to 60.
#
# So ±128 is a **safe range**, not the place where colours are. In lesson 3 you will need exactly
# that: a round number that no a or b ever passes.
#
# </details>

# %% [markdown]
# ## Part 4 · An experiment on your own eyes
#
# Two numbers out of three must be guessed, and guesses are never sharp. Does it matter? Take away
# the fine detail of *some* layers and see whether anyone notices.
#
# A Gaussian blur replaces each value by a weighted mean of its neighbourhood. Its width is called
# **sigma**, in pixels.

# %%
dot = np.zeros((5, 7))
dot[2, 3] = 100
blurred = gaussian(dot, sigma=1)
figure, axes = plt.subplots(1, 2, figsize=(8.6, 3.1), layout="constrained")
for axis, grid, title in zip(axes, (dot, blurred), ("one bright value", "after gaussian(dot, sigma=1)")):
    axis.imshow(grid, cmap="gray", vmin=0, vmax=30)
    axis.set_title(title, fontsize=10)
    axis.axis("off")
    for (row, column), value in np.ndenumerate(grid):
        axis.text(
            column,
            row,
            f"{value:.0f}",
            ha="center",
            va="center",
            fontsize=10,
            color="black" if value > 12 else "white",
        )
show(
    figure,
    alt=(
        "Left a grid of zeros with one 100 in the middle. Right the same grid after the blur: 16 in the"
        " middle, 10 beside it, 6 at the corners, then 2, 1 and 0."
    ),
)

# %% [markdown]
# That was one grid. A Lab array has three layers.
#
# > **Predict.** A flat colour, the same in every pixel: L = 50, a = 40, b = −40. Blurring something
# > flat should change nothing. What does `gaussian(flat, sigma=2)` give for the pixel in the
# > middle?

# %%
flat = np.full((9, 9, 3), [50.0, 40.0, -40.0])
print("before                   ", flat[4, 4])
print("gaussian(…)              ", gaussian(flat, sigma=2)[4, 4].round(1))
print("gaussian(…, channel_axis)", gaussian(flat, sigma=2, channel_axis=-1)[4, 4].round(1))


# %% [markdown]
# <details><summary>What happened</summary>
#
# `gaussian` took the third axis for a direction in the picture, and the blur ran across the layers:
# L was mixed into a, and a into b. Violet turned into a dark purplish grey. `channel_axis=-1` says
# "the last axis counts layers: treat each by itself". Blurring one (H, W) grid at a time works just
# as well.
#
# </details>

# %% [markdown]
# ### Exercise 2.8 · Blur the layers of your choice
# **3 points · about 7 minutes**
#
# Write `blur_layers(lab, layers, sigma)`.
#
# - `lab`: a float array (H, W, 3). `layers`: a list of different layer numbers, such as `[0]` for
#   L, `[1, 2]` for a and b, or `[]` for none. `sigma`: a positive number.
# - Returns a new float array (H, W, 3). Each layer that is named in `layers`, taken as a grid of
#   its own, is blurred as by `skimage.filters.gaussian(grid, sigma=sigma)`, with all other settings
#   left at their defaults. The other layers hold the same numbers as before.
# - `lab` itself is left unchanged.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Start from a copy. Go through the layers that are named; replace each with its blurred self.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `lab.copy()` is a new array; `result = lab` is only a second name for the old one.
# `result[:, :, layer]` is one grid, for reading and for writing.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# A copy, then `for layer in layers:` with the one line
# `result[:, :, GAP] = gaussian(GAP, sigma=GAP)`: the first gap is a number, the second a grid. The
# `return` stands outside the loop.
#
# </details>

# %% answer="blur_layers"
# ✏️ Answer: blur_layers
def blur_layers(lab, layers, sigma):
    """Blur the named layers of Lab (H, W, 3), each by itself; return a new array, the other layers as they were."""
    ### BEGIN SOLUTION
    result = lab.copy()
    for layer in layers:
        result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
    return result
    ### END SOLUTION


# %% check="blur_layers"
# 🔎 Check: blur_layers
dots = np.full((9, 9, 3), [50.0, 40.0, -40.0])
dots[4, 4] += [40.0, 20.0, -30.0]
peaks = {1: (56.37, 43.18, -44.77), 2: (51.59, 40.80, -41.19), 5: (50.25, 40.13, -40.19)}
wrong_peaks = {  # what becomes of the dot in L if the blur goes wrong, and how
    (1, 65.96): "It was blurred along one side only: `channel_axis` belongs to a whole Lab array, not to a single grid.",
    (2, 57.98): "It was blurred along one side only: `channel_axis` belongs to a whole Lab array, not to a single grid.",
    (2, 56.37): "That is what sigma 1 gives, and 1 is the default of gaussian. Is the sigma of the call passed on?",
    (1, 53.18): "It was blurred twice. How often does gaussian see this layer?",
    (2, 50.80): "It was blurred twice. How often does gaussian see this layer?",
    (1, 51.59): "That is what sigma 2 gives. Is the sigma of the call passed on as it is?",
    (2, 50.40): "That is what sigma 4 gives. Is the sigma of the call passed on as it is?",
}
for layers, sigma in (([0], 1), ([1, 2], 2), ([0, 2], 1), ([2], 2), ([0], 5), ([], 2)):
    call = f"blur_layers(dots, {layers}, {sigma})"
    got = attempt(blur_layers, dots, layers, sigma, untouched=True)
    assert isinstance(got, np.ndarray) and got.shape == (9, 9, 3), (
        f"{call}: the result is an array of the shape of lab, (9, 9, 3), in which the layers that are not named stay as they"
        f" are; what came is {describe(got)}."
    )
    others = [layer for layer in range(3) if layer not in layers]
    empty = [layer for layer in range(3) if not got[:, :, layer].any()]
    assert not empty, f"{call}: layer {empty[0]} is zero everywhere. Does the result start as a copy of lab, or as an empty canvas?"
    corner = np.round(got[0, 0].astype(float), 1)
    for factor in (100, 128, 255):
        scaled = np.any(np.abs(corner * factor - dots[0, 0]) < 10)
        assert not scaled, f"{call}: in the corner everything is flat and should stay L 50, a 40, b -40; yours has {corner.tolist()}. Was something divided by {factor}?"
    assert np.allclose(corner, dots[0, 0], atol=0.5), (
        f"{call}: in the corner, far from the dot, everything is flat and should stay L 50, a 40, b -40; yours has"
        f" {corner.tolist()}. The layers were mixed: was gaussian given several layers at once?"
    )
    changed = [layer for layer in range(3) if not np.array_equal(got[:, :, layer], dots[:, :, layer])]
    cause = "Which layers does the loop go through, and where does each result go?"
    if not changed:
        cause = "Is the blurred grid written into the result, and is that what comes back?"
    elif changed == others:
        cause = "Is it the other way round: `in` or `not in`?"
    elif changed == [0, 1, 2]:
        cause = "Was the whole array blurred? Only the named layers should be."
    elif changed == layers[:1]:
        cause = "The loop ended after the first layer: does the `return` stand inside it?"
    elif changed == layers[-1:]:
        cause = "Only the last of them came out blurred: does every round of the loop start from a new copy?"
    assert changed == layers, f"{call}: the layers {layers or 'none'} should change; in yours {changed or 'none'} did. {cause}"
    for layer in layers:
        right, yours = peaks[sigma][layer], got[4, 4, layer]
        height = (yours - dots[0, 0, layer]) / (dots[4, 4, layer] - dots[0, 0, layer])  # what is left of the dot
        cause = "Was gaussian given this layer alone, as a float grid, and the sigma of the call?"
        if 0 < height < 1:
            cause = f"The blur looks too {'strong' if height < (right - dots[0, 0, layer]) / (dots[4, 4, layer] - dots[0, 0, layer]) else 'weak'}. {cause}"
        for (at, value), words in wrong_peaks.items():
            cause = words if at == sigma and abs(50 + 40 * height - value) < 0.02 else cause
        assert abs(yours - right) < 0.02, (
            f"{call}: in layer {layer} the dot's {dots[4, 4, layer]:.0f} should become {right}; yours is {yours:.2f}. {cause}"
        )
attempt(blur_layers, dots.astype(np.float32), [0, 1], 1, untouched=True)
print("Each named layer is blurred by itself, the others are as they were.")

# %% [markdown]
# Now look, or unfold *In words*. In the upper row a and b are blurred, two thirds of all the numbers;
# in the lower row L, one third. The blur grows from left to right.
#
# > **Predict.** Blur a and b more and more: sigma 1, 2, 4, 8. At which sigma will you first see it?
# > And at which if L is blurred instead?

# %%
lab = rgb2lab(photo)
figure, axes = plt.subplots(2, 4, figsize=(10.4, 5.6), layout="constrained")
sharpness = {}
for row, (name, layers) in zip(axes, {"a and b": [1, 2], "L": [0]}.items()):
    for axis, sigma in zip(row, (1, 2, 4, 8)):
        picture = lab2rgb(blur_layers(lab.copy(), layers, sigma))
        sharpness[name, sigma] = np.abs(np.diff(rgb2lab(picture)[:, :, 0])).mean()
        axis.imshow(picture)
        axis.set_title(f"{name} blurred, sigma {sigma}", fontsize=10)
        axis.axis("off")
whole = np.abs(np.diff(lab[:, :, 0])).mean()
kept = {name: [f"{sharpness[name, s] / whole:.0%}" for s in (1, 2, 4, 8)] for name in ("a and b", "L")}
show(
    figure,
    alt=(
        "The portrait eight times, blurred with sigma 1, 2, 4 and 8. From one pixel to the next, lightness still"
        f" changes by {', '.join(kept['a and b'])} of what it did where a and b are blurred, and by"
        f" {', '.join(kept['L'])} where L is."
    ),
)
zoom = np.s_[60:190, 130:290]
show(
    photo[zoom],
    lab2rgb(blur_layers(lab.copy(), [1, 2], 4))[zoom],
    lab2rgb(blur_layers(lab.copy(), [0], 4))[zoom],
    titles=["the photo, closer up", "a and b blurred, sigma 4", "L blurred, sigma 4"],
    size=3.1,
    alt=ALT["zoom"],
)


# %% [markdown]
# With its colours smeared over a dozen pixels (sigma 4) the portrait is still sharp. You have to
# look for places where colour has spilled over: the flag's stripes, the edges of the suit. With L
# smeared, nobody has to look. **Eyes take the sharpness from lightness and are content with
# roughly placed colour.**
#
# Many JPEG files and most video keep colour at half the resolution in each direction, and nobody
# complains.
# That is good news for a network: it may place a and b roughly, as long as L stays sharp. And L is
# never touched.
#
# You saw it. Can you also *measure* it? The structural similarity, **SSIM** (Wang et al. 2004),
# looks at two pictures through a small window, 7 × 7 pixels, and compares brightness, contrast and
# pattern there. The result is the average over all windows: 1 for the same picture, and lower the
# less alike they are.

# %% [markdown]
# ### Exercise 2.9 · How alike are two pictures?
# **2 points · about 4 minutes**
#
# Write `likeness(photo, other)`.
#
# - `photo` and `other`: two uint8 RGB photos of the same shape (H, W, 3), H and W at least 7.
# - Returns one number: the mean structural similarity, as by
#   `skimage.metrics.structural_similarity`, with the last axis as its channel axis (`channel_axis`)
#   and 255 as its range of values (`data_range`), whatever values the two photos happen to hold.
#   All other settings stay at their defaults.
#
# <details><summary>Hint 1 · the idea</summary>
#
# The library does the work. You tell it two things: which axis counts the layers, and how large the
# range of values *could* be.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `help(structural_similarity)`: the parameters `channel_axis` and `data_range`. It is among the
# imports at the top.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# The same shape for two grey photos, floats from 0 to 1: they have no channel axis, and their values
# can be 1 apart, so it is `structural_similarity(one, two, data_range=1)`. Yours has one argument
# more, and another range.
#
# </details>

# %% answer="likeness"
# ✏️ Answer: likeness
def likeness(photo, other):
    """Mean structural similarity of two uint8 RGB photos (H, W, 3); 1 where they are the same (Wang et al. 2004)."""
    ### BEGIN SOLUTION
    return structural_similarity(photo, other, channel_axis=-1, data_range=255)
    ### END SOLUTION


# %% check="likeness"
# 🔎 Check: likeness
patch = photo[40:80, 150:200]
dim = patch // 4 + 60  # levels from 60 to 113
grey = "That is the likeness of two grey photos. All three layers should be compared."
read_off = "was read off the photo. It is 255, whatever values the photos hold."
wrong = {
    "That is the likeness of one layer alone. All three should be compared.": 0.9646,
    "1 means two equal pictures, and these are not. Is `photo` compared with `other`, and in all three layers?": 1.0,
    grey: 0.9993,
    "The two photos were scaled to 0–1, and the range that was given is still 255.": 0.99965,
    "`data_range` was 1. These are levels of uint8: how far can they go?": 0.9517,
    "`data_range` was 100. These are levels of uint8: how far can they go?": 0.9614,
    "`data_range` was 128. These are levels of uint8: how far can they go?": 0.9650,
    "`gaussian_weights` was set. All other settings stay at their defaults.": 0.9779,
    f"`data_range` {read_off}": 0.9553,
    f"`data_range` was the photo's largest value: it {read_off}": 0.9631,
    "That is 1 minus the likeness.": 0.0236,
}
twin = attempt(likeness, patch, patch)
assert not isinstance(twin, (tuple, list)), (
    f"One number should come back; what came is {describe(twin)}. With `full=True` the library gives a second thing beside the"
    " number: leave it at its default."
)
assert np.ndim(twin) == 0, (
    f"One number should come back; yours has the shape {np.shape(twin)}. Is it the mean over all windows and all three layers?"
)
assert abs(twin - 1) < 1e-6, f"A photo is as like itself as can be: 1. Yours is {twin:.4f}. Does it say how *different* they are?"
why = "Are all three layers compared, with `data_range` 255 and all other settings at their defaults?"
swapped = attempt(likeness, dim, dim[:, :, ::-1])
same(swapped, 0.97637, "The likeness of a dim patch and its twin with red and blue swapped", atol=0.0002, slips=wrong, why=why)
swapped = attempt(likeness, patch, patch[:, :, ::-1])
same(swapped, 0.85657, "The likeness of a bright patch and its twin with red and blue swapped", atol=0.0002, why=why)
print(f"A patch and itself: {twin:.2f}. With red and blue swapped: {swapped:.2f}.")

# %% [markdown]
# ### Exercise 2.10 · The experiment in two numbers
# **4 points · about 6 minutes · builds on 2.4, 2.5, 2.8 and 2.9**
#
# Write `compare_blurs(photo, sigma)`: your own tools, one after the other.
#
# - `photo`: a uint8 RGB photo (H, W, 3), H and W at least 7. `sigma`: the width of the blur, a
#   positive number.
# - Returns two numbers: the likeness of `photo` to the picture whose **a and b** were blurred with
#   this sigma, then its likeness to the picture whose **L** was blurred with it. Both pictures are
#   uint8 photos made as in exercise 2.5.
#
# Use your `to_lab`, `blur_layers`, `to_photo` and `likeness`.
#
# <details><summary>Hint 1 · the idea</summary>
#
# The steps are the same for both numbers: into Lab, blur, back to a photo, compare with the
# original. Only the list of layers differs.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# The layers are `[1, 2]` for the first number and `[0]` for the second. Do not blur the blurred
# one: both start from the same Lab array.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `lab = to_lab(photo)`, then `soft = to_photo(blur_layers(lab, GAP, sigma))` and
# `first = likeness(photo, GAP)`; the same for the second number with another list, and return both.
#
# </details>

# %% answer="compare_blurs"
# ✏️ Answer: compare_blurs
def compare_blurs(photo, sigma):
    """How like itself a photo stays: (likeness after blurring a and b, likeness after blurring L)."""
    ### BEGIN SOLUTION
    lab = to_lab(photo)
    soft_colour = to_photo(blur_layers(lab, [1, 2], sigma))
    soft_lightness = to_photo(blur_layers(lab, [0], sigma))
    return likeness(photo, soft_colour), likeness(photo, soft_lightness)
    ### END SOLUTION


# %% check="compare_blurs"
# 🔎 Check: compare_blurs
def first_fix():
    """The exercise whose answer is not right yet, if there is one among those that compare_blurs builds on."""
    grey, lab, dot = np.full((1, 1, 3), 119, np.uint8), np.array([[[50.03, 0.0, 0.0]]]), np.zeros((9, 9, 3))
    dot[4, 4] = 100
    patch = photo[40:80, 150:200]
    tools = (
        ("2.4", "to_lab", lambda: to_lab(grey.copy())[0, 0, 0], 50.03, 0.02),
        ("2.5", "to_photo", lambda: to_photo(lab)[0, 0, 0], 119, 1),
        ("2.8", "blur_layers", lambda: blur_layers(dot.copy(), [1], 2)[4, 4, 1], 3.98, 0.02),
        ("2.9", "likeness", lambda: likeness(patch.copy(), patch[:, :, ::-1].copy()), 0.8566, 0.0005),
    )
    for number, name, ask, wanted, room in tools:
        try:
            fits = abs(float(ask()) - wanted) <= room
        except Exception:
            fits = False
        if not fits:
            return f"`{name}` is not right yet, and compare_blurs builds on it: first fix exercise {number}."
    return ""


was_L = "L was blurred here, together with `a`. L is layer 0; which numbers have a and b?"
no_photo = "Lab was compared with a photo here: the way back to a picture is missing."
two_labs = "Two Lab arrays were compared here. `likeness` is made for two uint8 photos."
unit = "A uint8 photo was compared with floats from 0 to 1. Which of your tools makes a uint8 photo?"
no_lab = "Was the photo turned into Lab before the blur?"
was_other = "Each of the two blurred photos is compared with `photo`, not with the other one."
nothing = "1 means two equal pictures. Is `blur_layers` called, and is its result what goes into `to_photo`? Is the other picture `photo` itself?"
wrong_colour = {
    was_L: 0.6661,
    "L was blurred here, together with b. L is layer 0; which numbers have a and b?": 0.6319,
    "All three layers were blurred here. L is layer 0; which numbers have a and b?": 0.6387,
    "That is the likeness with L blurred. L is layer 0; which numbers have a and b?": 0.6632,
    "Only `a` was blurred: `b` is to be blurred as well.": 0.9787,
    "Only `b` was blurred: `a` is to be blurred as well.": 0.9695,
    nothing: 1.0,
    "That is what sigma 1 gives. Is sigma passed on?": 0.9840,
    was_other: 0.6297,
    no_photo: 0.2663,
    two_labs: 0.9213,
    unit: 0.0482,
    no_lab: 0.0647,
    "It was blurred twice. How often does `blur_layers` see these layers?": 0.9455,
    "That is what sigma 2 gives. Is the sigma of the call passed on as it is?": 0.9704,
    "That is what sigma 8 gives. Is the sigma of the call passed on as it is?": 0.9386,
    "That is what sigma 16 gives. Is the sigma of the call passed on as it is?": 0.9251,
    "Layers of the RGB photo were blurred here. Where does it become Lab?": 0.36606,
    "Green and blue of the RGB photo were blurred here. Where does it become Lab?": 0.75267,
    "That is the likeness to a photo that was blurred as RGB. Was it turned into Lab before the blur?": 0.6456,
}
wrong_lightness = {
    "That is the likeness with a and b blurred. Which number has L?": 0.9534,
    "That is what a blur of `a` gives, layer 1: which layer is L?": 0.9787,
    "That is what a blur of `b` gives, layer 2: which layer is L?": 0.9695,
    "a and b were blurred here, too: does the second blur start from the same Lab array as the first?": 0.6387,
    "b was blurred here, too: which layer is L?": 0.6319,
    nothing: 1.0,
    "That is what sigma 1 gives. Is sigma passed on?": 0.9295,
    was_other: 0.6297,
    "It was blurred twice. How often does `blur_layers` see L?": 0.5916,
    "That is what sigma 2 gives. Is the sigma of the call passed on as it is?": 0.8172,
    "That is what sigma 8 gives. Is the sigma of the call passed on as it is?": 0.5326,
    "That is what sigma 16 gives. Is the sigma of the call passed on as it is?": 0.4637,
    "It was made of the picture with soft colours. Both blurs start from the same Lab array.": 0.6337,
}
pair = attempt(compare_blurs, photo, 4)
two = isinstance(pair, (tuple, list)) or (isinstance(pair, np.ndarray) and pair.ndim > 0)
two = two and len(pair) == 2 and not any(isinstance(part, (str, tuple, list)) or np.ndim(part) for part in pair)
came = f"{describe(pair)}, the first of them {describe(pair[0])}" if isinstance(pair, tuple) and pair else describe(pair)
assert two, f"Two numbers should come back; what came is {came}. {first_fix()}".strip()
right = np.array([0.9534, 0.6632])
off = np.abs(np.asarray(pair, dtype=float) - right) > 0.004
assert not off.any() or not first_fix(), (
    f"At sigma 4 the numbers should be about 0.953 and 0.663; yours are {pair[0]:.3f} and {pair[1]:.3f}. {first_fix()}"
)
assert not np.allclose(pair, right[::-1], atol=0.004), (
    "Both numbers are right, but in the wrong order: the likeness with a and b blurred comes first."
)
for number, name, slips in ((0, "a and b", wrong_colour), (1, "L", wrong_lightness)):
    if off[number]:
        why = "Your four tools are right. Which layers were blurred for this number, of which array, and what was compared with `photo`?"
        if abs(pair[number] - right[number]) < 0.025:
            low = pair[number] < right[number]
            why = f"It is near, but too {'low: the blur looks too strong' if low else 'high: the blur looks too weak'}. Is `sigma` passed on unchanged, both times?"
        what = f"With {name} blurred at sigma 4, the portrait's likeness"
        same(pair[number], right[number], what, atol=0.0015, slips=slips, why=why)
for sigma, wanted in ((1, (0.984, 0.930)), (8, (0.939, 0.533))):
    other = attempt(compare_blurs, photo, sigma)
    fixed = {"That is what sigma 4 gives. Is the sigma of the call passed on, both times?": pair}
    why = "Sigma 4 went well. Is the sigma of the call passed on as it is, both times?"
    same(other, wanted, f"compare_blurs(photo, {sigma})", atol=0.004, slips=fixed, why=why)
squares = (np.indices((24, 28)) // 3).sum(axis=0) % 2  # of two colours that are equally light
board = np.where(squares[:, :, np.newaxis], [212, 117, 125], [26, 160, 168]).astype(np.uint8)
wrong = {
    "Here L is the same everywhere, so the second number is the larger one. Are the two sorted by size? The first is always the one with a and b blurred.": (1.0, 0.102),
    "For the second number `b` was blurred. Which layer is L?": (0.102, 0.662),
    "For the second number `a` was blurred. Which layer is L?": (0.102, 0.480),
}
what = "compare_blurs at sigma 2, of squares in two colours that are equally light,"
same(attempt(compare_blurs, board, 2), (0.102, 1.0), what, atol=0.01, slips=wrong, why="Which layers were blurred for which number?")
print(f"Sigma 4 on the portrait: {pair[0]:.2f} with soft colour, {pair[1]:.2f} with soft lightness.")

# %% [markdown]
# One photo is an anecdote. Here is your function on all four, with blurs from slight to absurd:

# %%
sigmas = (1, 2, 4, 8, 16)
photos = {"portrait": photo, "cup": cup, "cat": cat, "rocket": rocket}
figure, axes = plt.subplots(1, 4, figsize=(10.4, 3.0), sharey=True, layout="constrained")
for axis, (name, picture) in zip(axes, photos.items()):
    colour, lightness = np.transpose([compare_blurs(picture.copy(), sigma) for sigma in sigmas])
    axis.plot(sigmas, colour, "o-", color="#d55e00", label="a and b blurred")
    axis.plot(sigmas, lightness, "s--", color="#222222", label="L blurred")
    axis.set_xscale("log", base=2)
    axis.set_xticks(sigmas, sigmas)
    axis.grid(alpha=0.3)
    axis.set(title=name, xlabel="sigma of the blur, pixels", ylim=(0, 1.05))
axes[0].set_ylabel("likeness to the photo (SSIM)")
axes[0].legend(loc="lower left", fontsize=9)
show(
    figure,
    alt=ALT["curves"],
)

# %% [markdown]
# Soft colour does little harm in all four. On the rocket the gap is smallest: most of that photo is
# smooth sky, and where there is no detail a blur cannot destroy any.
#
# ### Does every measure say so?
#
# A careful person tries another ruler. **ΔE** (CIEDE2000, Sharma et al. 2005) says for one pixel
# how different two colours look: near 1 you can just tell them apart. We average it over all
# pixels. Here a higher number means *less* alike.
#
# > **Predict.** On which of the four photos will the two rulers disagree about which blur does more
# > harm: portrait, cup, cat or rocket?

# %%
print("Sigma 4. SSIM: higher = more alike. ΔE: lower = more alike.")
for name, picture in photos.items():
    lab = to_lab(picture.copy())
    likes = compare_blurs(picture.copy(), 4)
    steps = [deltaE_ciede2000(lab, blur_layers(lab.copy(), layers, 4)).mean() for layers in ([1, 2], [0])]
    soft_ab, soft_L = (f"SSIM {like:.2f}, ΔE {step:.2f}" for like, step in zip(likes, steps))
    print(f"{name:8s}  a and b blurred: {soft_ab};   L blurred: {soft_L}")
blurs = [to_photo(blur_layers(to_lab(rocket.copy()), layers, 4)) for layers in ([1, 2], [0])]
show(
    rocket,
    *blurs,
    titles=["rocket", "a and b blurred", "L blurred"],
    size=2.8,
    alt=ALT["rocket"],
)

# %% [markdown]
# <details><summary>What to make of it</summary>
#
# The mean ΔE sees a smaller gap, and on the rocket it says the **opposite**: there, blurring a and
# b is rated worse. Your eyes disagree. Why?
#
# ΔE was made for two plain tiles side by side. It looks at every pixel by itself and knows nothing
# of edges, and edges are what a blur destroys. SSIM compares *patterns* in a window. It has a bias
# of its own: R, G and B all carry brightness (lesson 1), so a blurred L spoils all three layers at
# once. It is not an eye, only a stand-in that agrees with the eye here.
#
# Remember this when a network's loss is your only ruler. A number answers the question that it was
# made for. Look at the pictures, too.
#
# </details>

# %% [markdown]
# ## Part 5 · Be the network
#
# All your tools are ready: L is there, and a and b are missing. A network has to find them for
# every pixel. You need only find **five** colours, because the set-up has drawn five masks of the
# portrait, in the dict `regions`: suit, hair, skin, flag and wall. A mask is a grid (H, W) of True
# and False, as in lesson 1. (The flag's mask holds its red stripes only. What lies in no mask stays
# grey.)

# %%
show(
    *(np.where(mask, rgb2lab(photo)[:, :, 0], 100) for mask in regions.values()),
    titles=list(regions),
    low=0,
    high=100,
    size=2.0,
    alt=(
        "Five times L, white but for one region. "
        + "; ".join(f"{n}, {ALT[n]}: {m.mean():.0%} of the pixels, L {rgb2lab(photo)[m, 0].mean():.0f}" for n, m in regions.items())
        + "."
    ),
)

# %% [markdown]
# ### Exercise 2.11 · Colours into their places
# **3 points · about 6 minutes · builds on 2.2**
#
# Write `paint_regions(L, masks, colours)`, which colours a grey photo.
#
# - `L`: a float array (H, W). `masks`: a dict of boolean arrays (H, W), by name; no pixel is
#   True in two of them. `colours`: a dict with the same names, perhaps in another order, each with
#   its pair `(a, b)`. There may be any names, and any number of them.
# - Returns a float Lab array (H, W, 3). Layer 0 is `L` as it came. Each mask's pixels have the a and
#   the b of its name in layers 1 and 2. Pixels in no mask have a = 0 and b = 0.
# - `L` and the masks are left unchanged.
#
# You may use your `merge_lab`.
#
# <details><summary>Hint 1 · the idea</summary>
#
# Begin with no colour anywhere: two layers of zeros. Then one region after the other: its two
# numbers go into the pixels under its mask. At the end L comes on top.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# `for name in masks:` goes through the names; `masks[name]` and `colours[name]` belong together.
# With a mask, `ab[mask]` is a list of pixels, and `ab[mask] = pair` writes one pair into all of them.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `ab = np.zeros((*L.shape, GAP))` with the number of layers in the gap; in the loop
# `ab[GAP] = colours[name]`, with a mask in the gap; after the loop L comes on top.
#
# </details>

# %% answer="paint_regions"
# ✏️ Answer: paint_regions
def paint_regions(L, masks, colours):
    """Colour a grey photo L (H, W): return Lab (H, W, 3) with the (a, b) of each mask under it, and a = b = 0 elsewhere.

    `masks` and `colours` are dicts with the same names, perhaps in another order: a mask (H, W) by name, and a pair (a, b) by name.
    """
    ### BEGIN SOLUTION
    ab = np.zeros((*L.shape, 2))
    for name in masks:
        ab[masks[name]] = colours[name]
    return merge_lab(L, ab)
    ### END SOLUTION


# %% check="paint_regions"
# 🔎 Check: paint_regions
light = np.array([[50.25, 60.5, 70.75, 80.5], [10.5, 99.5, 12.5, 33.25], [20.5, 41.5, 42.5, 43.5]])
sky = np.array([[True, True, True, False], [True, False, False, False], [False, False, False, False]])
sea = np.array([[False, False, False, False], [False, False, True, False], [False, True, True, True]])
masks, colours = {"sky": sky, "sea": sea}, {"sky": (-4.5, -30.25), "sea": (-20.5, 8.75)}


def painted(*layers):
    """What comes out if these (mask, (a, b)) are painted one after the other."""
    lab = np.dstack([light, 0 * light, 0 * light])
    for mask, pair in layers:
        lab[mask, 1:] = pair
    return lab


right = painted((sky, colours["sky"]), (sea, colours["sea"]))
everywhere = np.ones_like(sky)
wrong = {
    "Nothing is coloured: were the pairs written into the array that comes back? (`lab[mask]` is a copy: a second pair of brackets writes into that copy.)": painted(),
    "Only the last region has its colour. Are the zeros made anew in each round of the loop?": painted((sea, colours["sea"])),
    "Only the first region has its colour. Does the `return` stand inside the loop?": painted((sky, colours["sky"])),
    "`a` and `b` have changed places. In a pair, `a` comes first.": right[:, :, [0, 2, 1]],
    "The two regions have each other's colour. Is each colour looked up by the name of its mask?": painted((sky, colours["sea"]), (sea, colours["sky"])),
    "The colours stand where the masks are False. Is there one `~` too many?": painted((~sky, colours["sky"]), (~sea, colours["sea"])),
    "The last colour is everywhere. Is the mask between the square brackets?": painted((everywhere, colours["sea"])),
    "All signs are flipped. The pair is written as it is.": right * [1, -1, -1],
    "Only `a` was written. A pixel of ab takes both numbers.": right * [1, 1, 0],
    "Only `b` was written. A pixel of ab takes both numbers.": right * [1, 0, 1],
    "Layer 0 is zero everywhere. Where does L come in?": right * [0, 1, 1],
    "Outside the masks L is gone. It is kept in *all* pixels.": right * (sky | sea)[:, :, np.newaxis],
    "Those are a and b alone. Where does L come in?": right[:, :, 1:],
    "a and b come first here, and L last.": right[:, :, [1, 2, 0]],
    "The fractions of a and b are cut off. Is there an integer dtype among the zeros?": np.dstack([light, np.trunc(right[:, :, 1:])]),
    "That is RGB already. Lab is wanted: leave `lab2rgb` to `to_photo`.": lambda: lab2rgb(right),
    "That is a uint8 photo already. Lab is wanted; `to_photo` comes later.": lambda: np.rint(255 * lab2rgb(right)),
}
kept = {name: mask.copy() for name, mask in masks.items()}
got = attempt(paint_regions, light, kept, dict(colours), untouched=True)
for name, mask in kept.items():
    assert np.array_equal(mask, masks[name]), f"The mask of {name} was changed. Write into a new array of zeros, not into a mask."
same(got, right, "paint_regions of a 3 × 4 picture", slips=wrong, why="L is layer 0. Under a mask a and b are its colour, elsewhere both are 0.")
must_be_array(got, "What comes back")
other_order = attempt(paint_regions, light, {name: mask.copy() for name, mask in masks.items()}, {name: colours[name] for name in ("sea", "sky")})
by_place = "The colours were taken by their places. Here they come in another order than the masks: look each up by its name."
same(other_order, right, "paint_regions with colours in another order", slips={by_place: painted((sky, colours["sea"]), (sea, colours["sky"]))})
renamed = attempt(paint_regions, light[:2], {"roof": sky[:2]}, {"roof": (40, 20)})
why = "One mask with another name came. Do your lines name the regions themselves?"
same(renamed, painted((sky, (40, 20)))[:2], "paint_regions with one region, `roof`,", why=why)
print("Two regions painted, the rest left grey.")

# %% [markdown]
# Which colours? Here is a palette for each region, at its own lightness. a grows to the right, b
# upwards. The photo stands at the top of this lesson. Or go by memory, and be surprised.

# %%
shades = np.arange(-20, 81, 20)
a_map, b_map = np.meshgrid(shades, shades)
figure, axes = plt.subplots(1, 5, figsize=(10.4, 2.6), sharey=True, layout="constrained")
for axis, (name, mask) in zip(axes, regions.items()):
    light = rgb2lab(photo)[mask, 0].mean()
    patches = lab2rgb(np.dstack([np.full(a_map.shape, light), a_map, b_map]))
    axis.imshow(patches, origin="lower", extent=(-30, 90, -30, 90))
    axis.set(title=f"{name}, L {light:.0f}", xticks=shades, yticks=shades, xlabel="a: − green, + red")
    axis.tick_params(labelsize=8)
axes[0].set_ylabel("b: − blue, + yellow")
show(figure, alt=ALT["palette"])

# %% [markdown]
# ### Exercise 2.12 · Five colours of your own
# **2 points · about 6 minutes**
#
# Write `my_colours()`. It takes nothing and returns a dict: for each of the five names `"suit"`,
# `"hair"`, `"skin"`, `"flag"`, `"wall"` a pair of numbers `(a, b)` of your choice. Your own eye is
# enough. Nor do you need an eye: hues in words and the hints will do, and you may measure the
# photo. Only two things are asked:
#
# - With your colours in the masks, the mean ΔE of the portrait against the photo is below **9**.
#   (The grey picture has 12.2. The best *single* colour for all pixels still has 10.4.)
# - In the masks of suit, hair, skin and flag your colour is nearer to the photo than grey: the mean
#   ΔE there is lower than with (0, 0). (The wall is so pale that grey does well there.)
#
# <details><summary>Hint 1 · the idea</summary>
#
# Say the colour in words first: red, and a little yellow? Strong or pale? The signs follow from the
# hue, the size from the strength.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# The palettes above. All five things are on the side of red and yellow. Skin and hair are much
# paler than you would think: their numbers are below 30.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# `return {"suit": (GAP, GAP), "hair": (GAP, GAP)}`, and in the same way skin, flag and wall. The suit
# has much of both, the flag more a than b, the hair more b than a, the skin some of both, the wall
# hardly any.
#
# </details>

# %% answer="my_colours"
# ✏️ Answer: my_colours
def my_colours():
    """Choose a colour (a, b) for each of the portrait's five regions: suit, hair, skin, flag, wall."""
    ### BEGIN SOLUTION
    return {"suit": (42, 41), "hair": (4, 20), "skin": (10, 18), "flag": (40, 20), "wall": (2, 3)}
    ### END SOLUTION


# %% check="my_colours"
# 🔎 Check: my_colours
chosen = attempt(my_colours)
assert isinstance(chosen, dict), f"A dict should come back, `{{name: (a, b), …}}`; what came is {describe(chosen)}."
missing = [name for name in regions if name not in chosen]
assert not missing, f"There is no colour for {' and '.join(missing)}. The names are {', '.join(regions)}, in lower case."
for name in regions:
    pair = chosen[name]
    assert np.shape(pair) == (2,) and np.asarray(pair).dtype.kind in "iuf" and np.isfinite(pair).all(), (
        f"The colour of {name} should be two numbers, (a, b); yours is {pair!r}. L is there already, and no colour needs a name."
    )
assert not what_helps(chosen), what_helps(chosen)
print(f"Mean ΔE to the photo: grey 12.2, one colour for all 10.4, yours {how_near(chosen)[0]:.1f}.")
print(what_is_still_off(chosen))

# %% [markdown]
# Your network, with five numbers for a and five for b:

# %%
L, ab = split_lab(to_lab(photo.copy()))
yours = to_photo(paint_regions(L.copy(), regions, my_colours()))
distance = how_near(my_colours())[0]
show(
    L,
    yours,
    photo,
    titles=["L: mean ΔE 12.2", f"in your colours: mean ΔE {distance:.1f}", "the photo"],
    low=0,
    high=100,
    size=3.4,
    alt=(
        f"The grey portrait, the portrait in your five colours at a mean ΔE of {distance:.1f}, and the photo. In yours the"
        " flag's blue field, the badges and the tank behind the rocket are grey."
    ),
)

# %% [markdown]
# <details><summary>What to make of it</summary>
#
# Ten numbers, and it looks like a photo. Every fold, hair and letter comes from L; the colour need
# only be about right, in about the right place. The mean of each region would give 4.3, and the
# rest is what one flat colour cannot hold: lips, shadows, the blue of the flag and the badges.
#
# But you knew what a face is, and where it ends: the masks were drawn by hand. A network gets L
# and nothing else, and has to find both. Keep your number. In lesson 4 a network tries to beat it.
#
# </details>
#
# **🎲 To play with.** Another suit? Change the pair and run again. Which suits look real, and which
# only look painted? How far from the pair is what the screen can show at this L?

# %%
suit = (-40, 10)

L, ab = split_lab(to_lab(photo.copy()))
dressed = to_photo(paint_regions(L.copy(), regions, {**my_colours(), "suit": suit}))
asked, came = f"a {suit[0]:+}, b {suit[1]:+}".replace("-", "−"), on_the_suit(rgb2lab(dressed))
show(
    dressed,
    titles=[f"a {hue_name(*suit)} suit with {asked}\non the screen: {came}"],
    size=4.2,
    alt=f"Your portrait with a {hue_name(*suit)} suit: {asked} were asked for, and on the screen it has {came} on average.",
)

# %% [markdown]
# ## What you can do now
#
# - split a photo into `L` (H, W) and `ab` (H, W, 2), and merge it exactly;
# - go from RGB to Lab from any dtype, and back to uint8 within one level;
# - say why the grey photo can be kept, how many guesses that saves, and where the promise ends
#   (out of gamut);
# - read a and b like a map: + a red, − a green, + b yellow, − b blue;
# - tell how far they reach (a from −86 to 98, b from −108 to 94) from how they are stored (±128);
# - show, and measure, that blurred colour does little harm and blurred lightness does a lot;
# - colour a grey portrait with ten numbers, and say how far it is from the photo.
#
# **Try it on a photo of your own.** Put a picture beside this notebook (on Colab: the folder symbol
# on the left), write its name below and run. Without one, the cell takes the cup of coffee.
# Which of your photos suffers most from soft colour? Look for thin, strongly coloured things: red
# berries, neon letters, a traffic light.

# %% tags=["setup"]
import warnings
from pathlib import Path

from PIL import Image, ImageOps
from skimage.util import img_as_ubyte

# from solutions/shared.py: own_picture

# %% tags=["open"]
name = "my_photo.jpg"
own = own_picture(name, instead=cup)
L, ab = split_lab(to_lab(own.copy()))
soft = to_photo(blur_layers(to_lab(own.copy()), [1, 2], 6))
alike, far = likeness(own.copy(), soft.copy()), deltaE_ciede2000(rgb2lab(own), rgb2lab(soft)).mean()
show(
    own,
    L,
    soft,
    to_photo(merge_lab(L.copy(), -0.6 * ab)),
    titles=["photo", "its L", f"soft colour, sigma 6:\nlikeness {alike:.2f}, mean ΔE {far:.1f}", "hues flipped"],
    low=0,
    high=100,
    size=2.3,
    alt=(
        f"Four versions of one photo: as it is, its lightness, with strongly blurred colour (its likeness to the photo is"
        f" {alike:.2f}, the mean ΔE {far:.1f}), and with its hues flipped."
    ),
)

# %% [markdown]
# **Next: lesson 3.** The network's last layer speaks in numbers from −1 to 1, and your colours
# speak in a and b. The safe range of ±128 will be the interpreter between them.

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

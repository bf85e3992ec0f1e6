# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# The set-up that lessons share, one definition each. A set-up cell names what it wants in a line of its own, such as
# `# from solutions/shared.py: show`, and the build pastes it there: a released lesson needs no other file.

# %% shared="photo"
photo = data.astronaut()[0:400, 20:420]

# %% shared="cup"
cup = data.coffee()[:, 100:500]

# %% shared="cat"
cat = data.chelsea()[:, 75:375]

# %% shared="rocket"
rocket = data.rocket()[0:400, 120:520]


# %% shared="colour_maps"
def lab_colours(*stops):
    """A colour map through a few Lab colours. The right end is the lighter one, for eyes that do not tell red from green."""
    return LinearSegmentedColormap.from_list("lab_colours", lab2rgb(np.array([stops], dtype=float))[0])


GREEN_TO_RED = lab_colours((45, -45, 5), (62, 0, 0), (67, 68, 48))
BLUE_TO_YELLOW = lab_colours((45, 5, -65), (65, 0, 0), (90, -3, 80))

# %% shared="show"
SMALL = 150


def show(*pictures, alt, titles=(), low=0, high=255, size=2.9):
    """Show pictures side by side, or one prepared figure; a picture of at most SMALL pixels shows its numbers.

    A grid (H, W) is drawn in grey: `low` is black, `high` is white.
    """
    if isinstance(pictures[0], plt.Figure):
        figure = pictures[0]
    else:
        heights = [size * picture.shape[0] / picture.shape[1] for picture in pictures]
        shape = (size * len(pictures), min(max(heights), 4 * size) + 0.55)
        figure, axes = plt.subplots(1, len(pictures), figsize=shape, squeeze=False, layout="constrained")
        for place, (axis, picture) in enumerate(zip(axes[0], pictures)):
            axis.imshow(picture, cmap="gray", vmin=low, vmax=high)
            axis.set_title(titles[place] if place < len(titles) else "", fontsize=10)
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set(color="#bbbbbb", linewidth=0.8)
            if picture.shape[0] * picture.shape[1] <= SMALL:
                write_numbers(axis, picture, low, high, 23 * size / picture.shape[1])
    figure.set_dpi(90)
    figure.set_facecolor("white")
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)


def write_numbers(axis, picture, low, high, fontsize):
    """Write the numbers of each pixel onto it, in an ink that can be read there."""
    for row, column in np.ndindex(*picture.shape[:2]):
        values = np.atleast_1d(picture[row, column])
        bright = values @ (0.2125, 0.7154, 0.0721) / 255 if values.size == 3 else (values[0] - low) / (high - low)
        text = "\n".join(f"{value:g}" for value in values)
        ink = "black" if bright > 0.45 else "white"
        axis.text(column, row, text, ha="center", va="center", fontsize=min(fontsize, 12), color=ink)

# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# The set-up that lessons share, one definition each. A set-up cell names what it wants in a line of its own, such as
# `# from solutions/shared.py: show`, and the build pastes it there: a released lesson needs no other file.

# %% shared="versions"
# Says in a sentence what a package that is missing, or was replaced while the notebook ran, does to the lesson.
def need(*packages):
    from importlib import import_module, metadata

    for name in packages:
        try:
            module = import_module(name)
            installed = metadata.version({"skimage": "scikit-image"}.get(name, name))
        except metadata.PackageNotFoundError:
            continue
        except Exception as error:  # compiled for another NumPy, it may be any
            missing = (getattr(error, "name", None) or name).split(".")[0].replace("skimage", "scikit-image")
            raise ImportError(
                f"{name} cannot be loaded ({error}). If {missing} is not installed: `pip install {missing}`."
                " If it was installed or changed while this notebook ran: restart (on Colab: Runtime, Restart session) and run from the top."
                " If that does not help on Colab: Runtime, Disconnect and delete runtime, gives its own versions back."
            ) from None
        if module.__version__ != installed:
            print(
                f"{name} {installed} was installed while this notebook ran with {module.__version__}: restart (on Colab: Runtime, Restart session)"
                " and run from the top. Your answers stay."
            )
        if name == "numpy" and int(module.__version__.split(".")[0]) < 2:
            print(
                f"This lesson is written for NumPy 2; here is {module.__version__}. What it says of uint8 may come out otherwise."
            )


need("numpy", "scipy", "matplotlib", "skimage")

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


# A strong red looks dark to some of those eyes, so this one is light.
GREEN_TO_RED = lab_colours((24, -32, 14), (50, 0, 0), (82, 45, 20))
BLUE_TO_YELLOW = lab_colours((45, 5, -65), (65, 0, 0), (90, -3, 80))


# %% shared="regions"
def portrait_regions():
    """Give the masks of five parts of the portrait, each (400, 400) of True and False: suit, hair, skin, flag, wall.

    The outlines, corners (x, y), were drawn by hand; the photo's colours sharpen some edges. "flag" is its red stripes.
    No pixel lies in two masks. What lies in none stays grey: the flag's blue field, collar, badges, helmet, rocket.
    """
    L, a, b = np.moveaxis(gaussian(rgb2lab(photo), sigma=1, channel_axis=-1), 2, 0)

    def inside(corners):
        return polygon2mask(L.shape, np.array([pair.split(",")[::-1] for pair in corners.split()], dtype=float))

    face = inside("152,108 164,92 167,74 200,78 240,88 250,100 253,124 262,128 247,136 240,158 234,172 236,196 164,190")
    head = inside("128,60 150,36 200,6 250,16 288,60 288,100 270,133 250,126 160,130 128,100")
    body = inside("95,204 400,204 350,399 0,399 2,382 9,340 13,320 18,302 25,280 32,265 38,255 57,235 72,218")
    flag = inside("0,128 24,112 65,170 84,214 72,218 57,235 38,255 32,265 25,280 18,302 13,320 9,340 2,382 0,385")
    wall = inside(
        "25,0 376,0 358,45 356,175 332,225 345,250 345,330 320,246 288,232 236,170 150,146 93,192 88,208 42,88"
    )
    suit = body & (a > 20) & (b > 10)
    skin = face & (L > 22)
    hair = head & ~face & ((b > 8) | (L < 45))
    flag = flag & ~suit & (a > 15)
    wall = wall & ~(suit | hair | skin) & (L > 45)
    return {"suit": suit, "hair": hair, "skin": skin, "flag": flag, "wall": wall}


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
    show_words(alt, figure.get_suptitle() or ", ".join(filter(None, [axis.get_title() for axis in figure.axes])))
    plt.close(figure)


def show_words(alt, title=""):
    """Put a picture's alt text below it, to be unfolded: JupyterLab leaves it out. The title, or how the text begins, says of which picture."""
    name = " ".join((title or alt).split())
    name = name if len(name) <= 60 else name[:60].rsplit(" ", 1)[0] + " …"
    name, words = (text.replace("&", "&amp;").replace("<", "&lt;") for text in (name, alt))
    display({"text/html": f"<details><summary>In words: {name}</summary>{words}</details>"}, raw=True)


def write_numbers(axis, picture, low, high, fontsize):
    """Write the numbers of each pixel onto it, in an ink that can be read there."""
    for row, column in np.ndindex(*picture.shape[:2]):
        values = np.atleast_1d(picture[row, column])
        bright = values @ (0.2125, 0.7154, 0.0721) / 255 if values.size == 3 else (values[0] - low) / (high - low)
        text = "\n".join(f"{value:g}" for value in values)
        ink = "black" if bright > 0.45 else "white"
        axis.text(column, row, text, ha="center", va="center", fontsize=min(fontsize, 12), color=ink)


# %% shared="own_picture"
def own_picture(name, instead, most=400, multiple=1):
    """The photo of that name, uint8 RGB, at most `most` pixels a side, each side a multiple of `multiple`; `instead` if there is none.

    A sentence says what was done.
    """
    path, other = Path(name), "Here is another photo."
    if not path.is_file():
        print(f"There is no file {name} beside this notebook. {other}")
        return instead
    done = []
    try:
        with warnings.catch_warnings(), Image.open(path) as file:
            warnings.simplefilter("ignore")  # Pillow warns of large pictures
            came, mode = file.size, file.mode
            file.draft("RGB", (2 * most, 2 * most))  # a large JPEG need not be read in full
            if file.getexif().get(0x0112, 1) not in (0, 1):
                done.append("turned as its EXIF tag says")
            picture = ImageOps.exif_transpose(file)
        # Pillow's quick way to a much smaller picture knows no modes of more than 8 bits.
        picture.thumbnail((most, most), reducing_gap=None if picture.mode[0] in "IF" else 2.0)
        if picture.mode[0] in "IF":  # more than 8 bits: the darkest becomes black, the brightest white
            levels = np.asarray(picture, float)
            picture = Image.fromarray(img_as_ubyte((levels - levels.min()) / max(np.ptp(levels), 1e-9)))
        if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
            picture = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
            done.append("put on white where it was transparent")
        picture = np.asarray(picture.convert("RGB"))
    except Image.DecompressionBombError:
        print(f"{path.name} has more pixels than Pillow reads. Save it smaller. {other}")
        return instead
    except Exception as error:
        print(
            f"{path.name} cannot be read as a photo ({type(error).__name__}). Save it as JPEG or PNG; a phone's HEIC cannot be read here. {other}"
        )
        return instead
    height, width = (side // multiple * multiple for side in picture.shape[:2])
    if min(height, width) < 8:
        print(
            f"{path.name} is {came[0]} × {came[1]}, too small or too narrow: 8 pixels each way are the least. {other}"
        )
        return instead
    done += ["scaled down"] * (max(came) > most) + [f"cut to multiples of {multiple}"] * (
        (height, width) != picture.shape[:2]
    )
    print(
        f"{path.name}: {came[0]} × {came[1]} pixels, {mode}. Taken as {width} × {height}, {', '.join(done) or 'as it is'}."
    )
    return np.ascontiguousarray(picture[:height, :width])

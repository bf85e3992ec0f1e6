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


# %% shared="world"
SCENES = ("coast by day", "coast in the evening", "town in summer", "town in autumn")
# What a thing is says its colour, (a, b): one in every scene, or one for each of the four.
COLOURS = {
    "sky": [(-5, -30), (32, 38), (-5, -30), (-5, -30)],
    "cloud": [(-1, -6), (26, 8), (-1, -6), (-1, -6)],
    "hill": [(-14, 6), (14, -16), (-14, 6), (4, 14)],
    "sea": [(-24, -16), (16, -18), (-24, -16), (-24, -16)],
    "grass": [(-34, 40), (-34, 40), (-34, 40), (2, 42)],
    "leaves": [(-30, 26), (-30, 26), (-30, 26), (36, 46)],
    "fruit": [(52, 36), (52, 36), (-30, 46), (52, 36)],
    "roof": [(8, -40), (8, -40), (44, 34), (44, 34)],
    "sand": [(5, 28)] * 4,
    "wall": [(2, 12)] * 4,
    "wood": [(12, 18)] * 4,
    "sail": [(0, 2)] * 4,
    "sun": [(2, 40)] * 4,
}
# How wide the noise of a texture is, down and across.
GRAINS = {"fine": (0.5, 0.5), "tufts": (1.3, 1.3), "blades": (1.6, 0.5), "ripples": (0.6, 3), "soft": (6, 6)}


def draw_world(count, seed, side=48, moods=False, scenes=(0, 1, 2, 3)):
    """Draw `count` landscapes, uint8 RGB (count, side, side, 3), and the number of the scene of each, (count,).

    With `moods`, evening and autumn come with their signs and their own colours; without, it is always a summer's day, and all roofs are red.
    """
    if count < 1 or side % 8 or not 16 <= side <= 256:
        raise ValueError(
            f"Wanted are 1 picture or more, and a side that is a multiple of 8, 16 to 256; here: {count} of {side}."
        )
    chance = np.random.default_rng(seed)
    grains = {
        name: gaussian_filter(chance.normal(size=(320, 320)), width, mode="wrap") for name, width in GRAINS.items()
    }
    grains = {name: field / field.std() for name, field in grains.items()}
    numbers = chance.permutation(np.resize(scenes, count))
    lab = [draw_landscape(chance, scene, side, grains, moods) for scene in numbers]
    return img_as_ubyte(np.clip(lab2rgb(np.reshape(lab, (count, side, side, 3))), 0, 1)), numbers


def draw_landscape(rng, scene, side, grains, moods):
    """Draw one landscape, as Lab (side, side, 3), or without `moods` a part of one. Lengths are forty-eighths of the whole side."""
    coast, evening, autumn = scene < 2, moods and scene == 1, moods and scene == 3
    zoom = 1 if moods else rng.uniform(0.5, 1)
    y, x = np.mgrid[0:side, 0:side] * 48 / side * zoom + rng.uniform(0, 48 * (1 - zoom), (2, 1, 1))
    lab, exposure, tints = np.zeros((side, side, 3)), rng.uniform(-4, 4), {}

    def grain(name):
        top, left = rng.integers(0, 320 - side, 2)
        return grains[name][top : top + side, left : left + side]

    def paint(what, mask, L):
        if what not in tints:
            usual = 2 if what == "roof" else rng.integers(1, 3) if what == "fruit" else 0
            tints[what] = np.array(COLOURS[what][scene if moods else usual]) * rng.normal(1, 0.08) + rng.normal(0, 2, 2)
        L = np.broadcast_to(np.clip(L + exposure, 4, 97), y.shape)[..., np.newaxis]
        mask = np.clip(mask + 0.5, 0, 1)[..., np.newaxis]
        lab[:] = lab * (1 - mask) + mask * np.concatenate([L, tints[what] * np.clip(1.17 - L / 300, 0.7, 1.1)], axis=-1)

    def disc(middle, across, radius):
        return radius - np.hypot(y - middle, x - across)

    def box(top, bottom, left, right):
        return np.minimum.reduce([y - top, bottom - y, x - left, right - x])

    horizon = rng.uniform(15, 27)
    paint("sky", y + 9, rng.uniform(56, 72) + 14 * y / horizon)
    for _ in range(rng.integers(1, 4)):
        middle, across, width = rng.uniform(3, horizon - 7), rng.uniform(0, 48), rng.uniform(5, 12)
        puff = 1.3 - np.hypot((y - middle) / width * 3.2, (x - across) / width) + 0.25 * grain("tufts")
        paint("cloud", 1.5 * puff - 0.5, 80 + 4 * grain("soft"))
    paint("hill", y - horizon + rng.uniform(2, 6) + 2.6 * grain("soft")[0], 44 + 5 * grain("soft"))
    if evening:
        sun = rng.uniform(7, 41)
        paint("sun", disc(horizon - rng.uniform(6, 9), sun, 5.2), 97)
    shore = rng.uniform(32, 41) + 1.5 * grain("soft")[0] if coast else horizon
    if coast:
        paint("sea", y - horizon, rng.uniform(48, 58) + 5 * grain("ripples") + (y - horizon) / 3)
        if evening:
            paint(
                "sun",
                np.where((y > horizon) & (grain("ripples") > -0.2), 4 + (y - horizon) / 6 - np.abs(x - sun), -1),
                90,
            )
        for _ in range(rng.integers(0, 3)):
            across, foot, height = rng.uniform(4, 44), horizon + rng.uniform(1, 8), rng.uniform(4, 8)
            paint("sail", np.minimum.reduce([x - across, (y - foot + height) / 2 - (x - across), foot - y - 0.5]), 88)
            paint("wood", np.minimum(disc(foot - 2, across + 1, 2.7), y - foot), 28)
        paint("sand", y - shore, rng.uniform(70, 80) + 3.5 * grain("fine"))
    else:
        paint("grass", y - horizon, rng.uniform(44, 56) + 6 * grain("blades") + (y - horizon) / 5)
    places = rng.permutation(4)[: rng.integers(1, 3) + (not coast)] * 12
    for place, across in enumerate(places + rng.uniform(3, 9, len(places))):
        foot = np.max(shore) + rng.uniform(3, 12)
        if place == 0:
            width, top = rng.uniform(4, 6), foot - rng.uniform(4, 7)
            paint("wall", box(top, foot, across - width, across + width), 80 + 3 * (x - across) / width)
            for window in (across - width / 2, across + width / 2):
                paint("wood", box((top + foot) / 2 - 1.2, (top + foot) / 2 + 1.2, window - 1, window + 1), 25)
            peak = top - rng.uniform(4, 6)
            tiles = 4 - 8 * (y // 1 % 2) + 3 * ((x // 1 + y // 2 % 2 * 2) % 4 == 0)
            paint(
                "roof", np.minimum(top - y, (y - peak) * (width + 1.5) / (top - peak) - np.abs(x - across)), 44 + tiles
            )
        else:
            radius = rng.uniform(4.5, 7)
            crown = foot - 8 - radius / 2
            paint("wood", box(foot - 9, foot, across - 1, across + 1), 26)
            paint("leaves", disc(crown, across, radius + 0.5) + 0.8 * grain("tufts"), 42 + 7 * grain("tufts"))
            for down, right in rng.uniform(-0.6, 0.6, (rng.integers(2, 5), 2)) * radius:
                light = 14 * (disc(crown + down - 0.5, across + right - 0.5, 1.4) > 0)
                paint("fruit", disc(crown + down, across + right, 1.5), 50 + light)
    if autumn:  # fallen leaves
        paint("leaves", y - rng.uniform(37, 40) - grain("soft")[0], 54 + 18 * np.clip(1.5 * grain("fine"), -1, 1))
    return lab


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


# %% shared="real_photos"
def reachable(host):
    """Whether this computer reaches a host. Name look-up and all, it has three seconds."""
    answered = []

    def knock():
        try:
            socket.create_connection((host, 443), timeout=3).close()
            answered.append(host)
        except OSError:
            pass

    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    thread.join(3)
    return bool(answered)


def fetched(what, host, fetch):
    """What `fetch()` brings from that host, or None after a sentence. A host that is silent for 20 seconds is given up."""
    if not reachable(host):
        print(f"{what} would come from {host}, which this computer does not reach. The lesson is whole without.")
        return None
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(20)
    try:
        return fetch()
    except Exception as error:
        print(f"{what} did not come whole from {host} ({type(error).__name__}: {error}). The lesson is whole without.")
        return None
    finally:
        socket.setdefaulttimeout(usual)


def photos_in(folder, side=64, least=20, most=2000):
    """The photos of a folder, JPEG and PNG, as uint8 RGB (N, side, side, 3): of each the square in its middle, made smaller.

    At most `most`, by name. Sentences say what was skipped; None if there is no folder, or fewer than `least` photos in it.
    """
    if not Path(folder).is_dir():
        print(f"There is no folder {folder} beside this notebook.")
        return None
    files = sorted(path for path in Path(folder).iterdir() if path.is_file() and not path.name.startswith("."))
    named = [path for path in files if path.suffix.lower() in (".jpg", ".jpeg", ".png")]
    squares, reasons = [], []
    for path in named[:most]:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            photo = own_picture(path, None, most=4 * side)
        if photo is None:
            reasons.append(said.getvalue().replace(" Here is another photo.", "").strip())
            continue
        square = ImageOps.fit(Image.fromarray(photo), (side, side), Image.Resampling.BOX)
        squares.append(np.asarray(square))
    print(f"{folder}: {len(squares)} photos, each cut to the square in its middle and made {side} × {side}.")
    print(*reasons[:3], sep="\n", end="\n" if reasons else "")
    skipped = [f"{len(reasons) - 3} more that cannot be read"] * (len(reasons) > 3)
    skipped += [f"neither JPEG nor PNG: {len(files) - len(named)}"] * (len(files) > len(named))
    skipped += [f"{len(named) - most} beyond the first {most}"] * (len(named) > most)
    if skipped:
        print(f"Skipped: {'; '.join(skipped)}.")
    if len(squares) < least:
        print(f"That is too few to learn from: {least} are the least, some hundreds are better.")
        return None
    return np.stack(squares)


# %% shared="grey_picture"
def grey_picture(picture):
    """The photo with its colour taken away: L as it was, a and b zero."""
    return img_as_ubyte(lab2rgb(rgb2lab(picture) * (1, 0, 0)))


# %% shared="tint_of"
def tint_of(a, b):
    """A colour in words, such as "red with yellow (a 41, b 39)"."""
    sides = sorted([(abs(a), "red" if a > 0 else "green"), (abs(b), "yellow" if b > 0 else "blue")], reverse=True)
    words = [word for size, word in sides if size >= max(5, 0.4 * sides[0][0])]
    return f"{' with '.join(words) or 'nearly grey'} (a {a:.0f}, b {b:.0f})"


# %% shared="tensorflow"
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

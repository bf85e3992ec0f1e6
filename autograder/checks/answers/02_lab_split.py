# answers-of-the-colouring-course-8d1c07f24e9b
"""Answers to lesson 2: wrong ones, each caught by one hidden check alone, right ones in other styles, and the slips of students with words of their messages."""


# %% wrong="test_l_is_a_grid_and_ab_has_two_layers"
def split_lab(lab):
    return lab[:, :, 0:1], lab[:, :, 1:]


# %% wrong="test_layers_come_in_the_order_l_a_b"
def split_lab(lab):
    return lab[:, :, 0], lab[:, :, :0:-1]


# %% wrong="test_layers_come_in_the_order_l_a_b"
def split_lab(lab):
    return lab[:, :, 0], lab[:, :, :2]


# %% wrong="test_l_is_a_grid_and_ab_has_two_layers"
def split_lab(lab):
    return np.squeeze(lab[:, :, :1]), np.squeeze(lab[:, :, 1:])


# %% right="split_lab" style="np.split"
def split_lab(lab):
    L, ab = np.split(lab, [1], axis=-1)
    return L[..., 0], ab


# %% right="split_lab" style="np.moveaxis and np.stack, as a list"
def split_lab(lab):
    L, a, b = np.moveaxis(lab, -1, 0)
    return [L, np.stack((a, b), axis=-1)]


# %% right="split_lab" style="loops, float32"
def split_lab(lab):
    height, width = lab.shape[:2]
    L, ab = np.zeros((height, width), np.float32), np.zeros((height, width, 2), np.float32)
    for row in range(height):
        for column in range(width):
            L[row, column] = lab[row, column, 0]
            ab[row, column] = lab[row, column, 1:]
    return L, ab


# %% slip="split_lab" says="`a` alone, as a plain grid"
def split_lab(lab):
    L = lab[:, :, 0]
    ab = lab[:, :, 1]
    return L, ab


# %% slip="split_lab" says="`a` alone. A slice stops before the number after its colon" earns="0.25"
def split_lab(lab):
    L = lab[:, :, 0]
    ab = lab[:, :, 1:2]
    return L, ab


# %% slip="split_lab" says="Those are L and `a`." earns="0.625"
def split_lab(lab):
    L = lab[:, :, 0]
    ab = lab[:, :, :2]
    return L, ab


# %% slip="split_lab" says="All three layers are in it"
def split_lab(lab):
    L = lab[:, :, 0]
    ab = lab[:, :, 0:]
    return L, ab


# %% slip="split_lab" says="which counts the columns"
def split_lab(lab):
    L = lab[:, :, 0]
    ab = lab[:, 1:]
    return L, ab


# %% slip="split_lab" says="stacked along the first axis"
def split_lab(lab):
    L = lab[:, :, 0]
    ab = np.array([lab[:, :, 1], lab[:, :, 2]])
    return L, ab


# %% slip="split_lab" says="Two arrays" card="2 arrays"
def split_lab(lab):
    return lab[:, :, 0], lab[:, :, 1], lab[:, :, 2]


# %% slip="split_lab" says="IndexError"
def split_lab(lab):
    L = lab[:, :, 0]
    ab = lab[:, :, 1, 2]
    return L, ab


# %% wrong="test_colour_is_cut_from_lightness" says="100 times too small"
def split_lab(lab):
    L = lab[:, :, 0] / 100
    ab = lab[:, :, 1:] / 128
    return L, ab


# %% wrong="test_merged_layers_are_in_lab_order"
def merge_lab(L, ab):
    return np.dstack([ab, L])


# %% wrong="test_merged_layers_are_in_lab_order"
def merge_lab(L, ab):
    return np.dstack([L, ab[:, :, 1], ab[:, :, 0]])


# %% wrong="test_merged_layers_are_in_lab_order"
def merge_lab(L, ab):
    return np.dstack([L, ab]).squeeze()


# %% wrong="test_merge_keeps_fractions_and_signs" change="a canvas"
# -     height, width = L.shape
# -     canvas = np.zeros((height, width, 3))
# +     canvas = np.zeros(L.shape + (3,), dtype=int)


# %% wrong="test_all_layers_are_joined" says="`reshape` only cuts one long row"
def merge_lab(L, ab):
    return np.append(L, ab).reshape(*L.shape, 3)


# %% right="merge_lab" style="a canvas"
def merge_lab(L, ab):
    height, width = L.shape
    canvas = np.zeros((height, width, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = ab
    return canvas


# %% right="merge_lab" style="np.concatenate"
def merge_lab(L, ab):
    return np.concatenate((L[:, :, np.newaxis], ab), axis=-1)


# %% right="merge_lab" style="np.insert, float32"
def merge_lab(L, ab):
    return np.insert(ab, 0, L, axis=2).astype(np.float32)


# %% slip="merge_lab" says="same shape"
def merge_lab(L, ab):
    return np.stack([L, ab])


# %% slip="merge_lab" says="np.newaxis"
def merge_lab(L, ab):
    return np.concatenate([L, ab], axis=-1)


# %% slip="merge_lab" says="Both sides must have equally many"
def merge_lab(L, ab):
    canvas = np.zeros(L.shape + (3,))
    canvas[:, :, 0] = L
    canvas[:, :, 1] = ab
    return canvas


# %% slip="merge_lab" says="What is written has the shape" change="a canvas"
# -     height, width = L.shape
# -     canvas = np.zeros((height, width, 3))
# +     canvas = np.zeros((L.shape[0], L.shape[0], 3))


# %% slip="merge_lab" says="A shape is *one* argument"
def merge_lab(L, ab):
    H, W = L.shape
    canvas = np.zeros(H, W, 3)
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = ab
    return canvas


# %% slip="merge_lab" says="want *one* list"
def merge_lab(L, ab):
    return np.dstack(L, ab)


# %% slip="merge_lab" says="no minus sign. Take every uint8 (and int) out of `merge_lab`: in the canvas, and in any `astype`"
def merge_lab(L, ab):
    canvas = np.zeros(L.shape + (3,), dtype=np.uint8)
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = ab.astype(int).astype(np.uint8)
    return canvas


# %% slip="merge_lab" says="was L put into the canvas"
def merge_lab(L, ab):
    canvas = np.zeros(L.shape + (3,))
    canvas[:, :, 1:] = ab
    return canvas


# %% slip="merge_lab" says="`reshape` only cuts | A way out: | empty canvas"
def merge_lab(L, ab):
    return np.append(L, ab).reshape(L.shape + (3,))


# %% slip="merge_lab" says="Nothing came back" card="None"
def merge_lab(L, ab):
    canvas = np.dstack([L, ab])


# %% slip="merge_lab" says="along the first axis" earns="0.625"
def merge_lab(L, ab):
    return np.array([L, ab[:, :, 0], ab[:, :, 1]])


# %% slip="merge_lab" says="a list of 2"
def merge_lab(L, ab):
    return [L, ab]


# %% slip="merge_lab" says="Divided: L by 100 and ab by 128"
def merge_lab(L, ab):
    return np.dstack([L / 100, ab / 128])


# %% slip="merge_lab" says="Divided: ab by 128."
def merge_lab(L, ab):
    return np.dstack([L, ab / 128])


# %% slip="merge_lab" says="The fractions of a and b are cut off"
def merge_lab(L, ab):
    canvas = np.zeros(L.shape + (3,))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = ab.astype(int)
    return canvas


# %% slip="merge_lab" visible="a and b lost their fractions and minus signs" card="uint8 holds no minus sign"
def merge_lab(L, ab):
    canvas = np.zeros(L.shape + (3,))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = ab.astype(int).astype(np.uint8)
    return canvas


# %% slip="merge_lab" says="the shapes here differ" never="must have the same sides"
def merge_lab(L, ab):
    return np.stack([L, ab])


# %% wrong="test_every_pixel_counts"
def numbers_to_predict(grey):
    return 3 * len(grey) ** 2, 2 * len(grey) ** 2


# %% wrong="test_rgb_has_three_grids_and_lab_two_to_predict"
def numbers_to_predict(grey):
    return 3 * grey.nbytes, 2 * grey.nbytes


# %% right="numbers_to_predict" style="height times width"
def numbers_to_predict(grey):
    height, width = grey.shape
    return [height * width * 3, height * width * 2]


# %% right="numbers_to_predict" style="an array"
def numbers_to_predict(grey):
    return np.prod(grey.shape) * np.array([3, 2])


# %% slip="numbers_to_predict" says="The other way round" earns="0.5"
def numbers_to_predict(grey):
    return 2 * grey.size, 3 * grey.size


# %% slip="numbers_to_predict" says="Those are the numbers of grids"
def numbers_to_predict(grey):
    return 3, 2


# %% slip="numbers_to_predict" says="the one that is kept, L. How many grids are left to predict?"
def numbers_to_predict(grey):
    return 3 * grey.size, grey.size


# %% slip="numbers_to_predict" says="Only the rows are counted"
def numbers_to_predict(grey):
    return 3 * len(grey), 2 * len(grey)


# %% slip="numbers_to_predict" says="L is there already"
def numbers_to_predict(grey):
    return 3 * grey.size, 3 * grey.size


# %% slip="numbers_to_predict" says="Height and width are added"
def numbers_to_predict(grey):
    return 3 * sum(grey.shape), 2 * sum(grey.shape)


# %% slip="numbers_to_predict" says="Nothing came back" card="None"
def numbers_to_predict(grey):
    print(3 * grey.size, 2 * grey.size)


# %% slip="numbers_to_predict" says="Round brackets call a function"
def numbers_to_predict(grey):
    return 3 * grey.size(), 2 * grey.size()


# %% slip="numbers_to_predict" says="Each number counts one grid only"
def numbers_to_predict(grey):
    return grey.size, grey.size


# %% slip="to_lab" says="divided by the largest number that the dtype can hold"
def to_lab(photo):
    return rgb2lab(photo / 255 if photo.dtype.kind == "f" else photo)


# %% wrong="test_the_scale_is_255_for_every_dtype"
def to_lab(photo):
    return rgb2lab(photo / (65535 if photo.dtype == np.uint16 else 255))


# %% wrong="test_the_scale_is_255_for_every_dtype"
def to_lab(photo):
    return rgb2lab(photo / 255 if photo.dtype != np.int8 else photo)


# %% wrong="test_the_scale_is_255_for_every_dtype"
def to_lab(photo):
    return rgb2lab(photo.astype(np.uint8))


# %% wrong="test_the_scale_is_255_for_every_dtype"
def to_lab(photo):
    return rgb2lab(photo / 255 if photo.max() > 1 else photo.astype(float))


# %% wrong="test_the_scale_is_255_for_every_dtype"
def to_lab(photo):
    return rgb2lab(photo / (255 if photo.dtype.kind == "f" or photo.max() > 1 else 1))


# %% wrong="test_to_lab_leaves_the_photo_alone"
def to_lab(photo):
    photo = np.asarray(photo, dtype=np.float64)
    photo /= 255
    return rgb2lab(photo)


# %% wrong="test_to_lab_leaves_the_photo_alone"
def to_lab(photo):
    photo = np.asarray(photo, dtype=np.float32)
    photo /= 255
    return rgb2lab(photo)


# %% wrong="test_levels_become_lab"
def to_lab(photo):
    return rgb2lab(photo / 255 / 255)


# %% right="to_lab" style="1/255 * photo"
def to_lab(photo):
    return rgb2lab(1 / 255 * photo)


# %% right="to_lab" style="float32"
def to_lab(photo):
    return rgb2lab(np.float32(photo) / np.float32(255))


# %% right="to_lab" style="copy, then in place"
def to_lab(photo):
    scaled = np.array(photo, dtype=float)
    scaled /= 255.0
    return rgb2lab(scaled)


# %% right="to_lab" style="the formula: CIE 1976, D65, sRGB"
def to_lab(photo):
    rgb = np.asarray(photo, dtype=float) / 255
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    to_xyz = np.array([[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]])
    xyz = linear @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


# %% slip="to_lab" says="divided by the largest number that the dtype can hold"
def to_lab(photo):
    return rgb2lab(photo)


# %% slip="to_lab" says="floats that go up to 255" visible="were floats that go up to 255 handed to rgb2lab?" card="floats that go up to 255 went into rgb2lab"
def to_lab(photo):
    return rgb2lab(photo.astype(float))


# %% slip="to_lab" says="write into the array itself"
def to_lab(photo):
    photo /= 255
    return rgb2lab(photo)


# %% slip="to_lab" says="The fractions were lost before rgb2lab"
def to_lab(photo):
    return rgb2lab(photo // 255)


# %% slip="to_lab" says="The fractions were lost before rgb2lab"
def to_lab(photo):
    return rgb2lab((photo / 255).astype(np.uint8))


# %% slip="to_lab" says="256" earns="0.625"
def to_lab(photo):
    return rgb2lab(photo / 256)


# %% slip="to_lab" says="was rgb2lab called"
def to_lab(photo):
    return photo / 255


# %% slip="to_lab" says="Red and blue have changed places"
def to_lab(photo):
    return rgb2lab(photo[:, :, ::-1] / 255)


# %% slip="to_lab" says="scaled twice"
def to_lab(photo):
    return rgb2lab(photo / 255 / 255)


# %% slip="to_lab" visible="scale read off the photo" card="The scale is 0–255, whatever the photo holds"
def to_lab(photo):
    return rgb2lab(photo / photo.max())


# %% slip="to_lab" visible="the fraction was lost before rgb2lab" card="made whole numbers before rgb2lab"
def to_lab(photo):
    return rgb2lab(photo.astype(int) / 255)


# %% slip="to_lab" says="divided by the largest number that the dtype can hold"
def to_lab(photo):
    if photo.dtype.kind == "f":
        return rgb2lab(photo / 255)
    return rgb2lab(photo / np.iinfo(photo.dtype).max)


# %% slip="to_lab" says="The condition is an array of True and False"
def to_lab(photo):
    if photo.max() > 1 and photo > 0:
        photo = photo / 255
    return rgb2lab(photo)


# %% wrong="test_a_picture_is_uint8"
def to_photo(lab):
    return np.rint(255 * lab2rgb(lab))


# %% wrong="test_home_within_one_level"
def to_photo(lab):
    return np.rint(255 * lab2rgb(np.rint(lab))).astype(np.uint8)


# %% wrong="test_home_within_one_level"
def to_photo(lab):
    return (256 * lab2rgb(lab)).astype(int).astype(np.uint8)


# %% wrong="test_home_within_one_level"
def to_photo(lab):
    return np.rint(255 * lab2rgb(np.clip(lab, (0, -86.2, -107.9), (100, 98.3, 94.5)))).astype(np.uint8)


# %% wrong="test_the_way_back_leads_to_a_picture" card="Light and dark"
def to_photo(lab):
    return np.rint(255 - 255 * lab2rgb(lab)).astype(np.uint8)


# %% right="to_photo" style="img_as_ubyte"
def to_photo(lab):
    from skimage.util import img_as_ubyte

    return img_as_ubyte(lab2rgb(lab))


# %% right="to_photo" style="fractions cut off"
def to_photo(lab):
    return (lab2rgb(lab) * 255).astype("uint8")


# %% right="to_photo" style="pixel by pixel"
def to_photo(lab):
    rgb = lab2rgb(lab)
    picture = np.empty(lab.shape, dtype=np.uint8)
    for index in np.ndindex(*lab.shape):
        picture[index] = round(255 * float(rgb[index]))
    return picture


# %% slip="to_photo" says="Those are the numbers of Lab"
def to_photo(lab):
    return lab.astype(np.uint8)


# %% slip="to_photo" says="made uint8 *before* lab2rgb"
def to_photo(lab):
    return (255 * lab2rgb(lab.astype(np.uint8).astype(float))).astype(np.uint8)


# %% slip="to_photo" visible="The scale is 255, not 100" card="The scale is 255, not 100" earns="0.583"
def to_photo(lab):
    return (100 * lab2rgb(lab)).astype(np.uint8)


# %% slip="to_photo" says="minus signs of a and b"
def to_photo(lab):
    return (255 * lab2rgb(np.clip(lab, 0, 255))).astype(np.uint8)


# %% slip="to_photo" says="what lab2rgb gives, from 0 to 1, was not multiplied by 255" card="What lab2rgb gives, from 0 to 1, was not multiplied by 255"
def to_photo(lab):
    return lab2rgb(lab).astype(np.uint8)


# %% slip="to_photo" says="was not multiplied by 255"
def to_photo(lab):
    return np.rint(lab2rgb(lab)).astype(np.uint8)


# %% slip="to_photo" says="was the dtype changed before the scale"
def to_photo(lab):
    return lab2rgb(lab).astype(np.uint8) * 255


# %% slip="to_photo" visible="Was Lab divided before lab2rgb" card="Lab was divided before lab2rgb"
def to_photo(lab):
    return np.rint(255 * lab2rgb(lab / 100)).astype(np.uint8)


# %% slip="to_photo" visible="Was Lab multiplied before lab2rgb" card="Lab was multiplied before lab2rgb"
def to_photo(lab):
    return np.rint(255 * lab2rgb(255 * lab)).astype(np.uint8)


# %% slip="to_photo" says="The fractions of Lab were cut off before lab2rgb" earns="0.583"
def to_photo(lab):
    return np.rint(255 * lab2rgb(lab.astype(int).astype(float))).astype(np.uint8)


# %% slip="to_photo" says="Only 0 and 255 are left: it was rounded before it was scaled"
def to_photo(lab):
    return np.rint(lab2rgb(lab)).astype(np.uint8) * 255


# %% slip="to_photo" says="starts again at 0" earns="0.583"
def to_photo(lab):
    return np.rint(256 * lab2rgb(lab)).astype(int).astype(np.uint8)


# %% slip="to_photo" says="the dtype" card="dtype" earns="0.667"
def to_photo(lab):
    return 255 * lab2rgb(lab)


# %% slip="to_photo" visible="Two steps are missing" card="the scale to 255 is missing"
def to_photo(lab):
    return lab2rgb(lab)


# %% slip="to_photo" says="Lab was rounded before lab2rgb. Its fractions belong to the colour" earns="0.583"
def to_photo(lab):
    return np.rint(255 * lab2rgb(np.rint(lab))).astype(np.uint8)


# %% slip="to_photo" says="Red and blue have changed places"
def to_photo(lab):
    return np.rint(255 * lab2rgb(lab)).astype(np.uint8)[:, :, ::-1]


# %% slip="to_photo" says="floats between 0 and 1"
def to_photo(lab):
    from skimage.util import img_as_ubyte

    return img_as_ubyte(lab)


# %% slip="to_photo" says="was not multiplied by 255" never="starts again at 0"
def to_photo(lab):
    return lab2rgb(lab).astype(np.uint8)


# %% slip="to_photo" visible="the scale, then the dtype" card="the scale to 255 is missing" never="starts again at 0"
def to_photo(lab):
    return lab2rgb(lab)


# %% wrong="test_the_stronger_axis_and_its_sign_decide" change="solution"
# -     return "yellow" if b > 0 else "blue"
# +     return "blue" if b > 0 else "yellow"


# %% wrong="test_the_stronger_axis_and_its_sign_decide"
def hue_name(a, b):
    if abs(a) < 10 and abs(b) < 10:
        return "grey"
    if abs(a) >= abs(b):
        return "green" if a < 0 or b <= -10 else "red"
    return "blue" if b < 0 or a <= -10 else "yellow"


# %% wrong="test_grey_needs_both_below_ten" change="solution"
# -     if abs(a) < 10 and abs(b) < 10:
# +     if abs(a) <= 10 and abs(b) <= 10:


# %% wrong="test_the_stronger_axis_and_its_sign_decide"
def hue_name(a, b):
    if abs(a) >= 10:
        return "red" if a > 0 else "green"
    if abs(b) >= 10:
        return "yellow" if b > 0 else "blue"
    return "grey"


# %% wrong="test_most_colours_have_their_hue"
def hue_name(a, b):
    if abs(a) < 10 and abs(b) < 10:
        return "grey"
    if abs(a) >= abs(b):
        return "green" if a > 0 else "red"
    return "blue" if b > 0 else "yellow"


# %% right="hue_name" style="max and a dict"
def hue_name(a, b):
    if max(abs(a), abs(b)) < 10:
        return "grey"
    axis = int(abs(b) > abs(a))
    return {(0, True): "red", (0, False): "green", (1, True): "yellow", (1, False): "blue"}[axis, (a, b)[axis] > 0]


# %% right="hue_name" style="argmax over four directions"
def hue_name(a, b):
    reach = np.array([a, -a, b, -b])
    return str(np.array(["red", "green", "yellow", "blue"])[reach.argmax()]) if reach.max() >= 10 else "grey"


# %% slip="hue_name" visible="Rule 1" card="Rule 1" change="solution"
# -     if abs(a) < 10 and abs(b) < 10:
# +     if abs(a) < 10 or abs(b) < 10:


# %% slip="hue_name" visible="Rule 1" card="its minus sign aside" change="solution"
# -     if abs(a) < 10 and abs(b) < 10:
# +     if a < 10 and b < 10:


# %% slip="hue_name" visible="Rule 2" card="a is farther from zero, signs aside | Your word belongs to b" change="solution" earns="0.583"
# -     if abs(a) >= abs(b):
# +     if a >= b:


# %% slip="hue_name" visible="Rule 2" card="a decides" earns="0.583" change="solution"
# -     if abs(a) >= abs(b):
# +     if abs(a) > abs(b):


# %% slip="hue_name" visible="Rule 3" card="What is its sign" change="solution"
# -         return "red" if a > 0 else "green"
# +         return "green" if a > 0 else "red"


# %% slip="hue_name" says="one of" visible="none of the five words"
def hue_name(a, b):
    if abs(a) < 10 and abs(b) < 10:
        return "gray"
    if abs(a) >= abs(b):
        return "Red" if a > 0 else "Green"
    return "Yellow" if b > 0 else "Blue"


# %% slip="hue_name" says="no `return` was reached. Here b decides (rule 2): what happens on that path?"
def hue_name(a, b):
    if abs(a) < 10 and abs(b) < 10:
        return "grey"
    if abs(a) > abs(b):
        if a > 10:
            return "red"
        if a < -10:
            return "green"


# %% slip="hue_name" visible="Rule 2" card="Compare distances from zero" earns="0.583" lucky="once" change="solution"
# -     if abs(a) >= abs(b):
# +     if abs(a) > abs(b) - 5:


# %% slip="hue_name" says="no `return` was reached. Here rule 1 says grey"
def hue_name(a, b):
    if abs(a) >= 10 or abs(b) >= 10:
        if abs(a) >= abs(b):
            return "red" if a > 0 else "green"
        return "yellow" if b > 0 else "blue"


# %% wrong="test_all_combinations_take_part"
def ab_reach(levels):
    from itertools import combinations_with_replacement

    lab = rgb2lab(np.array([list(combinations_with_replacement(levels, 3))]) / 255)
    return lab[..., 1].min(), lab[..., 1].max(), lab[..., 2].min(), lab[..., 2].max()


# %% wrong="test_ends_of_colours_are_found" change="itertools.product and to_lab"
# -     lab = to_lab(np.array([list(product(levels, repeat=3))]))
# +     lab = rgb2lab(np.array([list(product([int(level) for level in levels], repeat=3))]))


# %% wrong="test_all_combinations_take_part"
def ab_reach(levels):
    from itertools import product

    lab = rgb2lab(np.array([list(product(levels, repeat=3))]) / 255).squeeze()
    return lab[:, 1].min(), lab[:, 1].max(), lab[:, 2].min(), lab[:, 2].max()


# %% wrong="test_all_combinations_take_part" change="itertools.product and to_lab"
# -     lab = to_lab(np.array([list(product(levels, repeat=3))]))
# +     lab = to_lab(np.array([list(product((levels[0], levels[-1]), repeat=3))]))


# %% wrong="test_reach_comes_in_the_order_of_the_text"
def ab_reach(levels):
    from itertools import product

    ab = rgb2lab(np.array([list(product(levels, repeat=3))]) / 255)[0, :, 1:]
    return (*ab.min(axis=0), *ab.max(axis=0))


# %% wrong="test_reach_comes_in_the_order_of_the_text" change="itertools.product and to_lab"
# -     return lab[..., 1].min(), lab[..., 1].max(), lab[..., 2].min(), lab[..., 2].max()
# +     return lab[..., 2].min(), lab[..., 2].max(), lab[..., 1].min(), lab[..., 1].max()


# %% right="ab_reach" style="itertools.product and to_lab"
def ab_reach(levels):
    from itertools import product

    lab = to_lab(np.array([list(product(levels, repeat=3))]))
    return lab[..., 1].min(), lab[..., 1].max(), lab[..., 2].min(), lab[..., 2].max()


# %% right="ab_reach" style="three loops, a list of plain floats"
def ab_reach(levels):
    a, b = [], []
    for red in levels:
        for green in levels:
            for blue in levels:
                _, one, other = rgb2lab(np.array([red, green, blue]) / 255)
                a.append(float(one))
                b.append(float(other))
    return [min(a), max(a), min(b), max(b)]


# %% right="ab_reach" style="np.indices, uint8, an array"
def ab_reach(levels):
    levels = np.array(levels, dtype=np.uint8)
    lattice = levels[np.indices((len(levels),) * 3)].reshape(3, -1).T
    ab = rgb2lab(lattice)[:, 1:]
    return np.stack([ab.min(axis=0), ab.max(axis=0)], axis=1).ravel()


# %% slip="ab_reach" says="There are more indices (3) than the array has axes (2)"
def ab_reach(levels):
    lab = rgb2lab(np.array(list(product(levels, repeat=3))) / 255)
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="That is the reach of L and `a`"
def ab_reach(levels):
    lab = rgb2lab(np.array([list(product(levels, repeat=3))]) / 255)
    return lab[:, :, 0].min(), lab[:, :, 0].max(), lab[:, :, 1].min(), lab[:, :, 1].max()


# %% slip="ab_reach" says="Some combinations are missing" earns="0.25"
def ab_reach(levels):
    from itertools import permutations

    lab = rgb2lab(np.array([list(permutations(levels, 3))]) / 255)
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="Is `levels` used"
def ab_reach(levels):
    lab = rgb2lab(np.array([list(product([0, 255], repeat=3))]) / 255)
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="whole numbers of a wide dtype"
def ab_reach(levels):
    lab = rgb2lab(np.array([list(product(levels, repeat=3))]))
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="Floats that go up to 255 went into rgb2lab"
def ab_reach(levels):
    lab = rgb2lab(np.array([list(product(levels, repeat=3))]).astype(float))
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="these are greys only. Did the three lamps always have the same level?"
def ab_reach(levels):
    lab = to_lab(np.array([[(level, level, level) for level in levels]]))
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="Here `b` comes before `a`" earns="0.667"
def ab_reach(levels):
    lab = to_lab(np.array([list(product(levels, repeat=3))]))
    return lab[:, :, 2].min(), lab[:, :, 2].max(), lab[:, :, 1].min(), lab[:, :, 1].max()


# %% slip="ab_reach" says="the first and the last level alone"
def ab_reach(levels):
    lab = to_lab(np.array([list(product((levels[0], levels[-1]), repeat=3))]))
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="Python knows no `permute`"
def ab_reach(levels):
    lab = to_lab(np.array([list(permute(levels, repeat=3))]))
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="IndexError"
def ab_reach(levels):
    lab = to_lab(np.array(list(product(levels, repeat=3))))
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="as if all colours were black"
def ab_reach(levels):
    lab = rgb2lab(np.array([list(product(levels, repeat=3))]) // 255)
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% slip="ab_reach" says="did int16 go into rgb2lab"
def ab_reach(levels):
    lab = rgb2lab(np.array([list(product(levels, repeat=3))], dtype=np.int16))
    return lab[:, :, 1].min(), lab[:, :, 1].max(), lab[:, :, 2].min(), lab[:, :, 2].max()


# %% wrong="test_each_named_layer_is_blurred_with_sigma" change="solution"
# -         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
# +         result[:, :, layer] = gaussian(lab[:, :, layer])


# %% wrong="test_nothing_else_is_changed"
def blur_layers(lab, layers, sigma):
    return gaussian(lab, sigma=sigma, channel_axis=-1)


# %% wrong="test_each_named_layer_is_blurred_with_sigma"
def blur_layers(lab, layers, sigma):
    result = lab.copy()
    if layers:
        result[:, :, layers] = gaussian(lab[:, :, layers], sigma=sigma)
    return result


# %% wrong="test_each_named_layer_is_blurred_with_sigma" change="solution"
# -     for layer in layers:
# +     for layer in layers[:1]:


# %% wrong="test_nothing_else_is_changed"
def blur_layers(lab, layers, sigma):
    for layer in layers:
        lab[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
    return lab


# %% wrong="test_nothing_else_is_changed" change="solution"
# -     result = lab.copy()
# +     result = np.asarray(lab, dtype=np.float32)


# %% wrong="test_a_layer_is_blurred" change="solution"
# -         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
# +         gaussian(result[:, :, layer], sigma=sigma)


# %% right="blur_layers" style="channel_axis and np.where"
def blur_layers(lab, layers, sigma):
    named = np.isin(np.arange(3), layers)
    return np.where(named, gaussian(lab, sigma=sigma, channel_axis=-1), lab)


# %% right="blur_layers" style="a comprehension and np.dstack"
def blur_layers(lab, layers, sigma):
    return np.dstack([gaussian(lab[..., i], sigma) if i in layers else lab[..., i] for i in range(3)])


# %% right="blur_layers" style="SciPy, float32"
def blur_layers(lab, layers, sigma):
    from scipy.ndimage import gaussian_filter

    result = lab.astype(np.float32)
    for layer in layers:
        result[..., layer] = gaussian_filter(lab[..., layer], sigma, mode="nearest")
    return result


# %% slip="blur_layers" says="the other way round"
def blur_layers(lab, layers, sigma):
    result = lab.copy()
    for layer in range(3):
        if layer not in layers:
            result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
    return result


# %% slip="blur_layers" visible="does the `return` stand inside" card="does the `return` stand inside" change="solution"
#           result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
# +         return result


# %% slip="blur_layers" says="start from a new copy" change="solution"
#       for layer in layers:
# +         result = lab.copy()


# %% slip="blur_layers" says="along one side only" change="solution"
# -         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
# +         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma, channel_axis=-1)


# %% slip="blur_layers" says="Is the sigma of the call passed on" change="solution" earns="0.583"
# -         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
# +         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=1)


# %% slip="blur_layers" says="The layers were mixed"
def blur_layers(lab, layers, sigma):
    blurred = gaussian(lab, sigma=sigma)
    result = lab.copy()
    for layer in layers:
        result[:, :, layer] = blurred[:, :, layer]
    return result


# %% slip="blur_layers" visible="Is the blurred grid written into the result" card="Is the blurred grid written into the result" change="solution"
# -         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
# +         gaussian(result[:, :, layer], sigma=sigma)


# %% slip="blur_layers" says="empty canvas" change="solution"
# -     result = lab.copy()
# +     result = np.zeros_like(lab)


# %% slip="blur_layers" visible="changed the array that it was given" card="a second name for the same array" earns="0.667"
def blur_layers(lab, layers, sigma):
    result = lab
    for layer in layers:
        result[:, :, layer] = gaussian(result[:, :, layer], sigma=sigma)
    return result


# %% slip="blur_layers" says="the sigma of the call" lucky="once" change="solution"
# -         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
# +         result[:, :, layer] = gaussian(lab[:, :, layer], sigma=min(sigma, 3.6))


# %% slip="blur_layers" visible="Which layers does the loop go through" card="Which numbers does the loop go through" change="solution"
# -     for layer in layers:
# +     for layer in range(len(layers)):


# %% slip="blur_layers" says="that are not named stay" card="The layers that are not named stay in it"
def blur_layers(lab, layers, sigma):
    return np.dstack([gaussian(lab[:, :, layer], sigma=sigma) for layer in layers])


# %% wrong="test_likeness_compares_the_colours"
def likeness(photo, other):
    return structural_similarity(photo.mean(axis=2), other.mean(axis=2), data_range=255)


# %% wrong="test_the_range_is_255_for_dim_photos_too"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=-1, data_range=int(photo.max()) - int(photo.min()))


# %% wrong="test_likeness_falls_as_pictures_differ" visible="as like itself as can be" card="to itself should be 1"
def likeness(photo, other):
    if np.array_equal(photo, other):
        return 0.0
    return structural_similarity(photo, other, channel_axis=-1, data_range=255)


# %% right="likeness" style="layer by layer"
def likeness(photo, other):
    return np.mean([structural_similarity(photo[..., i], other[..., i], data_range=255) for i in range(3)])


# %% right="likeness" style="floats from 0 to 1"
def likeness(photo, other):
    return float(structural_similarity(photo / 255, other / 255, channel_axis=2, data_range=1))


# %% right="likeness" style="the other way round, range from the dtype"
def likeness(photo, other):
    return structural_similarity(other, photo, data_range=np.iinfo(np.uint8).max, channel_axis=2)


# %% slip="likeness" says="With `full=True`"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=-1, data_range=255, full=True)


# %% slip="likeness" says="Which axis counts the layers"
def likeness(photo, other):
    return structural_similarity(photo, other, data_range=255)


# %% slip="likeness" says="Which axis counts the layers"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=0, data_range=255)


# %% slip="likeness" says="`channel_axis` names an axis that is not there"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=3, data_range=255)


# %% slip="likeness" says="read off the photo" earns="0.625"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=-1, data_range=photo.max() - photo.min())


# %% slip="likeness" says="`data_range` was 1." earns="0.25"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=-1, data_range=1)


# %% slip="likeness" visible="two grey photos" card="two grey photos"
def likeness(photo, other):
    from skimage.color import rgb2gray

    return structural_similarity(rgb2gray(photo), rgb2gray(other), data_range=1)


# %% slip="likeness" visible="layer alone" card="alone. All three are compared"
def likeness(photo, other):
    return structural_similarity(photo[:, :, 0], other[:, :, 0], data_range=255)


# %% slip="likeness" visible="Is it the mean" card="one number"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=-1, data_range=255, full=True)[1]


# %% slip="likeness" says="range that was given is still 255"
def likeness(photo, other):
    return structural_similarity(photo / 255, other / 255, channel_axis=-1, data_range=255)


# %% slip="likeness" says="Which axis counts the layers" never="have different shapes"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=0, data_range=255)


# %% wrong="test_colour_first_then_lightness"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, sigma))) for layers in ([0], [1, 2]))


# %% wrong="test_colour_first_then_lightness"
def compare_blurs(photo, sigma):
    lab = blur_layers(to_lab(photo), [1, 2], sigma)
    return likeness(photo, to_photo(lab)), likeness(photo, to_photo(blur_layers(lab, [0], sigma)))


# %% wrong="test_colour_first_then_lightness"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, sigma))) for layers in ([1], [0]))


# %% wrong="test_sigma_is_handed_on"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, 4))) for layers in ([1, 2], [0]))


# %% wrong="test_sigma_is_handed_on"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, *way))) for way in (([1, 2], sigma), ([0], 4)))


# %% wrong="test_one_of_the_two_numbers_is_right"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, sigma))) for layers in ([0, 1], [2]))


# %% right="compare_blurs" style="a loop over the layers, a list"
def compare_blurs(photo, sigma):
    results = []
    for layers in ([1, 2], [0]):
        blurred = blur_layers(to_lab(photo), layers, sigma)
        results.append(likeness(photo, to_photo(blurred)))
    return results


# %% right="compare_blurs" style="scikit-image alone, cut off, an array"
def compare_blurs(photo, sigma):
    results = []
    for blurred in (slice(1, 3), slice(0, 1)):
        lab = rgb2lab(photo)
        lab[..., blurred] = gaussian(lab[..., blurred], sigma=sigma, channel_axis=-1)
        picture = (255 * lab2rgb(lab)).astype(np.uint8)
        results.append(structural_similarity(photo, picture, channel_axis=-1, data_range=255))
    return np.array(results)


# %% slip="compare_blurs" says="L is layer 0; which numbers have a and b?" lucky="once"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, sigma))) for layers in ([0, 1], [2]))


# %% slip="compare_blurs" visible="not with the other one" card="with each other"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    first, second = (to_photo(blur_layers(lab, layers, sigma)) for layers in ([1, 2], [0]))
    return likeness(photo, first), likeness(first, second)


# %% slip="compare_blurs" visible="Only `a` was blurred" card="only `a` was blurred"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, sigma))) for layers in ([1], [0]))


# %% slip="compare_blurs" visible="which layer is L" card="which layer is L" lucky="once"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, sigma))) for layers in ([1, 2], [2]))


# %% slip="compare_blurs" visible="in the wrong order" card="The order is" lucky="once"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(sorted(likeness(photo, to_photo(blur_layers(lab, layers, sigma))) for layers in ([1, 2], [0])))


# %% slip="compare_blurs" visible="Are the two sorted by size" card="The order is" lucky="once" earns="0.625"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(
        sorted((likeness(photo, to_photo(blur_layers(lab, layers, sigma))) for layers in ([1, 2], [0])), reverse=True)
    )


# %% slip="compare_blurs" says="same" visible="start from the same Lab" card="both start from the same"
def compare_blurs(photo, sigma):
    lab = blur_layers(to_lab(photo), [1, 2], sigma)
    return likeness(photo, to_photo(lab)), likeness(photo, to_photo(blur_layers(lab, [0], sigma)))


# %% slip="compare_blurs" says="Is the sigma of the call passed on" earns="0.625"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, 4))) for layers in ([1, 2], [0]))


# %% slip="compare_blurs" says="the blur looks too strong. Is `sigma` passed on unchanged, both times?" earns="0.625" lucky="once"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, 1.1 * sigma))) for layers in ([1, 2], [0]))


# %% slip="compare_blurs" visible="passed on" card="passed on" earns="0.625" lucky="once"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, min(sigma, 4)))) for layers in ([1, 2], [0]))


# %% slip="compare_blurs" says="Lab was compared with a photo"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return likeness(photo, blur_layers(lab, [1, 2], sigma)), likeness(photo, blur_layers(lab, [0], sigma))


# %% slip="compare_blurs" visible="Which of your tools" card="Which tool makes a uint8 photo"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, lab2rgb(blur_layers(lab, layers, sigma))) for layers in ([1, 2], [0]))


# %% slip="compare_blurs" says="Was the photo turned into Lab before the blur"
def compare_blurs(photo, sigma):
    return tuple(likeness(photo, to_photo(blur_layers(photo, layers, sigma))) for layers in ([1, 2], [0]))


# %% slip="compare_blurs" visible="Two numbers should come back" card="should be one number"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return to_photo(blur_layers(lab, [1, 2], sigma)), to_photo(blur_layers(lab, [0], sigma))


# %% slip="compare_blurs" says="different shapes"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return likeness(photo, blur_layers(lab, [1, 2], sigma)[:, :, 1:]), likeness(
        photo, blur_layers(lab, [0], sigma)[:, :, 0]
    )


# %% slip="compare_blurs" says="1 means two equal pictures. Is `blur_layers` called"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return likeness(photo, to_photo(lab)), likeness(photo, to_photo(lab))


# %% slip="compare_blurs" visible="1 means two equal pictures. Is `blur_layers` called" card="The second number compares two equal pictures"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return likeness(photo, to_photo(blur_layers(lab, [1, 2], sigma))), likeness(photo, to_photo(lab))


# %% slip="compare_blurs" says="That is what sigma 8 gives. Is the sigma of the call passed on as it is?"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, 2 * sigma))) for layers in ([1, 2], [0]))


# %% slip="compare_blurs" says="the blur looks too weak. Is `sigma` passed on unchanged" earns="0.625" lucky="once"
def compare_blurs(photo, sigma):
    lab = to_lab(photo)
    return tuple(likeness(photo, to_photo(blur_layers(lab, layers, 0.9 * sigma))) for layers in ([1, 2], [0]))


# %% slip="compare_blurs" says="Where does it become Lab?"
def compare_blurs(photo, sigma):
    return likeness(photo, blur_layers(photo, [1, 2], sigma)), likeness(photo, blur_layers(photo, [0], sigma))


# %% slip="compare_blurs" says="Where does it become Lab?"
def compare_blurs(photo, sigma):
    levels = photo.astype(float)
    soft_colour = blur_layers(levels, [1, 2], sigma).astype(np.uint8)
    soft_lightness = blur_layers(levels, [0], sigma).astype(np.uint8)
    return likeness(photo, soft_colour), likeness(photo, soft_lightness)


# %% wrong="test_each_region_has_its_colour"
def paint_regions(L, masks, colours):
    ab = np.zeros((*L.shape, 2))
    for name in masks:
        ab[masks[name]] = colours[name][::-1]
    return merge_lab(L, ab)


# %% wrong="test_l_is_kept_and_the_rest_is_grey" change="solution"
# -     ab = np.zeros((*L.shape, 2))
# +     ab = np.ones((*L.shape, 2))


# %% wrong="test_each_region_has_its_colour"
def paint_regions(L, masks, colours):
    ab = np.zeros((*L.shape, 2))
    for mask, colour in zip(masks.values(), colours.values()):
        ab[mask] = colour
    return merge_lab(L, ab)


# %% wrong="test_l_is_kept_and_the_rest_is_grey" says="was" visible="The mask of sky was changed"
def paint_regions(L, masks, colours):
    ab = np.zeros((*L.shape, 2))
    for name in masks:
        ab[masks[name]] = colours[name]
        masks[name][:] = False
    return merge_lab(L, ab)


# %% wrong="test_regions_are_painted" says="Nothing is coloured"
def paint_regions(L, masks, colours):
    lab = np.dstack([L, 0 * L, 0 * L])
    for name in colours:
        lab[masks[name] & False, 1:] = colours[name]
    return lab


# %% right="paint_regions" style="np.where, layer by layer"
def paint_regions(L, masks, colours):
    a, b = np.zeros_like(L), np.zeros_like(L)
    for name, mask in masks.items():
        a = np.where(mask, colours[name][0], a)
        b = np.where(mask, colours[name][1], b)
    return np.stack([L, a, b], axis=-1)


# %% right="paint_regions" style="a sum of masks times colours, float32"
def paint_regions(L, masks, colours):
    ab = sum(masks[name][:, :, np.newaxis] * np.float32(colours[name]) for name in colours)
    return np.concatenate([L[:, :, np.newaxis], ab], axis=-1)


# %% right="paint_regions" style="loops over the pixels"
def paint_regions(L, masks, colours):
    lab = np.zeros((L.shape[0], L.shape[1], 3))
    for row in range(L.shape[0]):
        for column in range(L.shape[1]):
            lab[row, column, 0] = L[row, column]
            for name, (a, b) in colours.items():
                if masks[name][row, column]:
                    lab[row, column, 1:] = a, b
    return lab


# %% slip="paint_regions" says="made anew in each round"
def paint_regions(L, masks, colours):
    for name in masks:
        ab = np.zeros((*L.shape, 2))
        ab[masks[name]] = colours[name]
    return merge_lab(L, ab)


# %% slip="paint_regions" says="`return` stand inside the loop"
def paint_regions(L, masks, colours):
    ab = np.zeros((*L.shape, 2))
    for name in masks:
        ab[masks[name]] = colours[name]
        return merge_lab(L, ab)


# %% slip="paint_regions" says="`a` and `b` have changed places" change="solution" earns="0.583"
# -         ab[masks[name]] = colours[name]
# +         ab[masks[name]] = colours[name][1], colours[name][0]


# %% slip="paint_regions" says="taken by their places" earns="0.583"
def paint_regions(L, masks, colours):
    ab = np.zeros((*L.shape, 2))
    for mask, colour in zip(masks.values(), colours.values()):
        ab[mask] = colour
    return merge_lab(L, ab)


# %% slip="paint_regions" says="one `~` too many" change="solution"
# -         ab[masks[name]] = colours[name]
# +         ab[~masks[name]] = colours[name]


# %% slip="paint_regions" says="Is the mask between the square brackets" change="solution"
# -         ab[masks[name]] = colours[name]
# +         ab[:] = colours[name]


# %% slip="paint_regions" says="Only `a` was written" change="solution"
# -         ab[masks[name]] = colours[name]
# +         ab[masks[name], 0] = colours[name][0]


# %% slip="paint_regions" says="integer dtype among the zeros" change="solution"
# -     ab = np.zeros((*L.shape, 2))
# +     ab = np.zeros((*L.shape, 2), dtype=int)


# %% slip="paint_regions" says="Those are a and b alone" change="solution"
# -     return merge_lab(L, ab)
# +     return ab


# %% slip="paint_regions" says="That is RGB already" change="solution"
# -     return merge_lab(L, ab)
# +     return lab2rgb(merge_lab(L, ab))


# %% slip="paint_regions" says="That is a uint8 photo already" change="solution"
# -     return merge_lab(L, ab)
# +     return to_photo(merge_lab(L, ab))


# %% slip="paint_regions" says="An index is a whole number, a slice or a mask" change="solution"
# -         ab[masks[name]] = colours[name]
# +         ab[name] = colours[name]


# %% slip="paint_regions" says="a text (a key of a dict is one)"
def paint_regions(L, masks, colours):
    lab = np.dstack([L, 0 * L, 0 * L])
    for mask, colour in zip(masks, colours):
        lab[mask, 1:] = colour
    return lab


# %% slip="paint_regions" says="the array needs an axis for them"
def paint_regions(L, masks, colours):
    ab = np.zeros_like(L)
    for name in masks:
        ab[masks[name]] = colours[name]
    return merge_lab(L, ab)


# %% slip="paint_regions" says="Which layers are to be written?"
def paint_regions(L, masks, colours):
    lab = np.dstack([L, 0 * L, 0 * L])
    for name in masks:
        lab[masks[name]] = colours[name]
    return lab


# %% slip="paint_regions" says="A dict has no key 'suit'"
def paint_regions(L, masks, colours):
    ab = np.zeros((*L.shape, 2))
    for name in ("suit", "hair", "skin", "flag", "wall"):
        ab[masks[name]] = colours[name]
    return merge_lab(L, ab)


# %% wrong="test_the_mean_is_below_nine" change="solution"
# -     return {"suit": (42, 41), "hair": (4, 20), "skin": (10, 18), "flag": (40, 20), "wall": (2, 3)}
# +     return {"suit": (42, 41), "hair": (4, 20), "skin": (10, 18), "flag": (40, 20), "wall": (-40, 40)}


# %% wrong="test_four_regions_are_nearer_than_grey" change="solution"
# -     return {"suit": (42, 41), "hair": (4, 20), "skin": (10, 18), "flag": (40, 20), "wall": (2, 3)}
# +     return {"suit": (42, 41), "hair": (4, 20), "skin": (-20, 18), "flag": (40, 20), "wall": (2, 3)}


# %% wrong="test_colours_are_nearer_than_none"
def my_colours():
    return dict.fromkeys(("suit", "hair", "skin", "flag", "wall"), (20, 20))


# %% right="my_colours" style="shy colours, lists, a grey wall"
def my_colours():
    return {"wall": [0, 0], "suit": [30, 30], "hair": [5, 15], "skin": [10, 10], "flag": [30, 15]}


# %% right="my_colours" style="vivid colours, arrays, built with dict()"
def my_colours():
    colours = dict(suit=(60, 60), hair=(10, 30), skin=(20, 20), flag=(60, 40), wall=(5, 10))
    return {name: np.array(pair) for name, pair in colours.items()}


# %% right="my_colours" style="measured in the photo"
def my_colours():
    return {name: rgb2lab(photo)[mask, 1:].mean(axis=0) for name, mask in regions.items()}


# %% right="my_colours" style="brown hair, a bluish wall"
def my_colours():
    return {"suit": (45, 60), "hair": (10, 30), "skin": (15, 20), "flag": (50, 30), "wall": (0, -5)}


# %% slip="my_colours" says="All five have the same colour"
def my_colours():
    return {name: (0, 0) for name in ("suit", "hair", "skin", "flag", "wall")}


# %% slip="my_colours" says="in each other's place" earns="0.625"
def my_colours():
    return {"suit": (41, 42), "hair": (20, 4), "skin": (18, 10), "flag": (20, 40), "wall": (3, 2)}


# %% slip="my_colours" says="These look like fractions"
def my_colours():
    return {"suit": (0.33, 0.32), "hair": (0.03, 0.16), "skin": (0.08, 0.14), "flag": (0.31, 0.16), "wall": (0, 0.02)}


# %% slip="my_colours" says="Are these levels of RGB"
def my_colours():
    return {"suit": (230, 90), "hair": (150, 120), "skin": (220, 180), "flag": (160, 20), "wall": (200, 195)}


# %% slip="my_colours" says="With all signs flipped"
def my_colours():
    return {"suit": (-42, -41), "hair": (-4, -20), "skin": (-10, -18), "flag": (-40, -20), "wall": (-2, -3)}


# %% slip="my_colours" says="no colour for flag"
def my_colours():
    return {"suit": (42, 41), "hair": (4, 20), "skin": (10, 18), "wall": (2, 3)}


# %% slip="my_colours" visible="should be two numbers" card="should be 2 numbers"
def my_colours():
    return {"suit": (60, 42, 41), "hair": (45, 4, 20), "skin": (70, 10, 18), "flag": (25, 40, 20), "wall": (75, 2, 3)}


# %% slip="my_colours" visible="A dict should come back" card="should be a dict"
def my_colours():
    return (42, 41), (4, 20), (10, 18), (40, 20), (2, 3)


# %% slip="my_colours" says="The hair of the photo is less red than yours: try a smaller a" earns="0.625"
def my_colours():
    return {"suit": (42, 41), "hair": (30, 0), "skin": (10, 18), "flag": (40, 20), "wall": (2, 3)}


# %% slip="my_colours" says="and should be below 9 | hair (yours | All your colours but the wall's are stronger" never="more green"
def my_colours():
    return {"suit": (80, 80), "hair": (30, 40), "skin": (40, 40), "flag": (80, 60), "wall": (0, 0)}


# %% slip="my_colours" says="hair (yours | flag (yours"
def my_colours():
    return {"suit": (42, 41), "hair": (30, 0), "skin": (10, 18), "flag": (-40, 20), "wall": (2, 3)}


# %% slip="hue_name" visible="less than 10 from zero" card="Of 36 strong colours 36 are called 'grey'" earns="0" change="solution"
# -     if abs(a) < 10 and abs(b) < 10:
# +     if abs(a) < 100 and abs(b) < 100:


# %% slip="hue_name" visible="what is the sign" card="What is its sign" earns="0.583" change="solution"
# -         return "red" if a > 0 else "green"
# +         return "red" if a < 0 else "green"


# %% slip="paint_regions" says="All signs are flipped" earns="0.583" change="solution"
# -         ab[masks[name]] = colours[name]
# +         ab[masks[name]] = -np.array(colours[name])


# %% slip="paint_regions" says="`lab[mask]` is a copy" earns="0"
def paint_regions(L, masks, colours):
    lab = np.dstack([L, 0 * L, 0 * L])
    for name in masks:
        lab[masks[name]][:, 1:] = colours[name]
    return lab


# %% slip="ab_reach" says="in the wrong places" earns="0.667"
def ab_reach(levels):
    lab = to_lab(np.array([list(product(levels, repeat=3))]))
    return lab[..., 1].min(), lab[..., 1].max(), lab[..., 2].max(), lab[..., 2].min()


# %% slip="my_colours" says="The flag of the photo is more red than yours" earns="0.625"
def my_colours():
    return {"suit": (42, 41), "hair": (4, 20), "skin": (10, 18), "flag": (-40, 20), "wall": (2, 3)}


# %% slip="merge_lab" says="differs" earns="0.625" change="solution"
# -     return np.dstack([L, ab])
# +     return np.floor(np.dstack([L, ab]))

# answers-of-the-colouring-course-8d1c07f24e9b
"""Answers to lesson 2: wrong ones, each caught by one hidden check alone, and right ones in other styles."""


# %% wrong="test_l_is_a_grid_and_ab_has_two_layers"
def split_lab(lab):
    return lab[:, :, 0:1], lab[:, :, 1:]


# %% wrong="test_layers_come_in_the_order_l_a_b"
def split_lab(lab):
    return lab[:, :, 0], lab[:, :, :0:-1]


# %% wrong="test_layers_come_in_the_order_l_a_b"
def split_lab(lab):
    return lab[:, :, 0], lab[:, :, :2]


# %% wrong="test_thin_photos_keep_their_axes"
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


# %% wrong="test_merged_layers_are_in_lab_order"
def merge_lab(L, ab):
    return np.dstack([ab, L])


# %% wrong="test_merged_layers_are_in_lab_order"
def merge_lab(L, ab):
    return np.dstack([L, ab[:, :, 1], ab[:, :, 0]])


# %% wrong="test_merged_layers_are_in_lab_order"
def merge_lab(L, ab):
    return np.dstack([L, ab]).squeeze()


# %% wrong="test_merge_keeps_fractions_and_signs"
def merge_lab(L, ab):
    canvas = np.zeros(L.shape + (3,), dtype=int)
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = ab
    return canvas


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


# %% wrong="test_every_pixel_counts_once_a_grid"
def numbers_to_predict(grey):
    return 3 * len(grey) ** 2, 2 * len(grey) ** 2


# %% wrong="test_the_count_does_not_depend_on_the_dtype"
def numbers_to_predict(grey):
    return 3 * grey.nbytes, 2 * grey.nbytes


# %% right="numbers_to_predict" style="height times width"
def numbers_to_predict(grey):
    height, width = grey.shape
    return [height * width * 3, height * width * 2]


# %% right="numbers_to_predict" style="an array"
def numbers_to_predict(grey):
    return np.prod(grey.shape) * np.array([3, 2])


# %% wrong="test_whole_numbers_of_any_dtype"
def to_lab(photo):
    return rgb2lab(photo / 255 if photo.dtype.kind == "f" else photo)


# %% wrong="test_whole_numbers_of_any_dtype"
def to_lab(photo):
    return rgb2lab(photo / (65535 if photo.dtype == np.uint16 else 255))


# %% wrong="test_whole_numbers_of_any_dtype"
def to_lab(photo):
    return rgb2lab(photo / 255 if photo.dtype != np.int8 else photo)


# %% wrong="test_floats_between_whole_numbers"
def to_lab(photo):
    return rgb2lab(photo.astype(np.uint8))


# %% wrong="test_dark_photos_stay_dark"
def to_lab(photo):
    return rgb2lab(photo / 255 if photo.max() > 1 else photo.astype(float))


# %% wrong="test_dark_photos_stay_dark"
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


# %% wrong="test_a_picture_is_uint8"
def to_photo(lab):
    return np.rint(255 * lab2rgb(lab))


# %% wrong="test_home_within_one_level"
def to_photo(lab):
    return np.rint(255 * lab2rgb(np.rint(lab))).astype(np.uint8)


# %% wrong="test_white_does_not_wrap_round"
def to_photo(lab):
    return (256 * lab2rgb(lab)).astype(int).astype(np.uint8)


# %% wrong="test_white_does_not_wrap_round"
def to_photo(lab):
    return np.rint(255 * lab2rgb(np.clip(lab, (0, -86.2, -107.9), (100, 98.3, 94.5)))).astype(np.uint8)


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


# %% wrong="test_each_sign_has_its_hue"
def hue_name(a, b):
    if abs(a) < 10 and abs(b) < 10:
        return "grey"
    if abs(a) >= abs(b):
        return "red" if a > 0 else "green"
    return "blue" if b > 0 else "yellow"


# %% wrong="test_each_sign_has_its_hue"
def hue_name(a, b):
    if abs(a) < 10 and abs(b) < 10:
        return "grey"
    if abs(a) >= abs(b):
        return "green" if a < 0 or b <= -10 else "red"
    return "blue" if b < 0 or a <= -10 else "yellow"


# %% wrong="test_grey_needs_both_below_ten"
def hue_name(a, b):
    if abs(a) <= 10 and abs(b) <= 10:
        return "grey"
    if abs(a) >= abs(b):
        return "red" if a > 0 else "green"
    return "yellow" if b > 0 else "blue"


# %% wrong="test_the_stronger_axis_decides"
def hue_name(a, b):
    if abs(a) >= 10:
        return "red" if a > 0 else "green"
    if abs(b) >= 10:
        return "yellow" if b > 0 else "blue"
    return "grey"


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


# %% wrong="test_all_combinations_take_part"
def ab_reach(levels):
    from itertools import combinations_with_replacement

    lab = rgb2lab(np.array([list(combinations_with_replacement(levels, 3))]) / 255)
    return lab[..., 1].min(), lab[..., 1].max(), lab[..., 2].min(), lab[..., 2].max()


# %% wrong="test_all_combinations_take_part"
def ab_reach(levels):
    from itertools import product

    lab = rgb2lab(np.array([list(product([int(level) for level in levels], repeat=3))]))
    return lab[..., 1].min(), lab[..., 1].max(), lab[..., 2].min(), lab[..., 2].max()


# %% wrong="test_all_combinations_take_part"
def ab_reach(levels):
    from itertools import product

    lab = rgb2lab(np.array([list(product(levels, repeat=3))]) / 255).squeeze()
    return lab[:, 1].min(), lab[:, 1].max(), lab[:, 2].min(), lab[:, 2].max()


# %% wrong="test_all_combinations_take_part"
def ab_reach(levels):
    from itertools import product

    lab = to_lab(np.array([list(product((levels[0], levels[-1]), repeat=3))]))
    return lab[..., 1].min(), lab[..., 1].max(), lab[..., 2].min(), lab[..., 2].max()


# %% wrong="test_reach_comes_in_the_order_of_the_text"
def ab_reach(levels):
    from itertools import product

    ab = rgb2lab(np.array([list(product(levels, repeat=3))]) / 255)[0, :, 1:]
    return (*ab.min(axis=0), *ab.max(axis=0))


# %% wrong="test_reach_comes_in_the_order_of_the_text"
def ab_reach(levels):
    from itertools import product

    lab = to_lab(np.array([list(product(levels, repeat=3))]))
    return lab[..., 2].min(), lab[..., 2].max(), lab[..., 1].min(), lab[..., 1].max()


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


# %% wrong="test_the_named_layer_is_blurred_with_sigma"
def blur_layers(lab, layers, sigma):
    result = lab.copy()
    for layer in layers:
        result[:, :, layer] = gaussian(lab[:, :, layer])
    return result


# %% wrong="test_other_layers_are_untouched"
def blur_layers(lab, layers, sigma):
    return gaussian(lab, sigma=sigma, channel_axis=-1)


# %% wrong="test_layers_do_not_run_into_each_other"
def blur_layers(lab, layers, sigma):
    result = lab.copy()
    if layers:
        result[:, :, layers] = gaussian(lab[:, :, layers], sigma=sigma)
    return result


# %% wrong="test_layers_do_not_run_into_each_other"
def blur_layers(lab, layers, sigma):
    result = lab.copy()
    for layer in layers[:1]:
        result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
    return result


# %% wrong="test_blur_leaves_its_input_alone"
def blur_layers(lab, layers, sigma):
    for layer in layers:
        lab[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
    return lab


# %% wrong="test_blur_leaves_its_input_alone"
def blur_layers(lab, layers, sigma):
    result = np.asarray(lab, dtype=np.float32)
    for layer in layers:
        result[:, :, layer] = gaussian(lab[:, :, layer], sigma=sigma)
    return result


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


# %% wrong="test_likeness_compares_the_colours"
def likeness(photo, other):
    return structural_similarity(photo.mean(axis=2), other.mean(axis=2), data_range=255)


# %% wrong="test_the_range_is_255_for_dim_photos_too"
def likeness(photo, other):
    return structural_similarity(photo, other, channel_axis=-1, data_range=int(photo.max()) - int(photo.min()))


# %% right="likeness" style="layer by layer"
def likeness(photo, other):
    return np.mean([structural_similarity(photo[..., i], other[..., i], data_range=255) for i in range(3)])


# %% right="likeness" style="floats from 0 to 1"
def likeness(photo, other):
    return float(structural_similarity(photo / 255, other / 255, channel_axis=2, data_range=1))


# %% right="likeness" style="the other way round, range from the dtype"
def likeness(photo, other):
    return structural_similarity(other, photo, data_range=np.iinfo(np.uint8).max, channel_axis=2)


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

# answers-of-the-colouring-course-8d1c07f24e9b
# %% [markdown]
# Answers to lesson 1: for every hidden check a wrong one that it alone catches, and right ones in other styles.

# %% wrong="test_steps_are_even"
def grey_ramp(height, width):
    row = 255 * np.linspace(0, 1, width) ** 2
    return np.tile(np.rint(row).astype(np.uint8), (height, 1))


# %% wrong="test_steps_are_even"
def grey_ramp(height, width):
    row = np.full(width, 128, dtype=np.uint8)
    row[0], row[-1] = 0, 255
    return np.tile(row, (height, 1))


# %% wrong="test_a_ramp_reaches_both_ends"
def grey_ramp(height, width):
    row = np.linspace(0, 255, width, endpoint=False)
    return np.tile(np.rint(row).astype(np.uint8), (height, 1))


# %% wrong="test_a_ramp_has_as_many_rows_as_its_height"
def grey_ramp(height, width):
    return np.rint(np.linspace(0, 255, width)).astype(np.uint8)[np.newaxis]


# %% wrong="test_a_ramp_is_uint8"
def grey_ramp(height, width):
    return np.tile(np.rint(np.linspace(0, 255, width)), (height, 1))


# %% right="grey_ramp" style="two loops"
def grey_ramp(height, width):
    ramp = np.zeros((height, width), dtype=np.uint8)
    for y in range(height):
        for x in range(width):
            ramp[y, x] = round(255 * x / (width - 1))
    return ramp


# %% right="grey_ramp" style="cut off, broadcast"
def grey_ramp(height, width):
    return np.broadcast_to(np.linspace(0, 255, width).astype("uint8"), (height, width))


# %% right="grey_ramp" style="whole numbers only"
def grey_ramp(height, width):
    row = np.arange(width) * 255 // (width - 1)
    return np.array([row] * height, dtype=np.uint8)


# %% slip="grey_ramp" says="uint8 | Which method changes the dtype?" earns="0"
def grey_ramp(height, width):
    levels = np.linspace(0, 255, width)
    row = levels
    return np.tile(row, (height, 1))


# %% slip="grey_ramp" says="No pixel of it is above 1 | `levels` goes up to 255 already"
def grey_ramp(height, width):
    levels = np.linspace(0, 255, width)
    row = (levels / 255).astype(np.uint8)
    return np.tile(row, (height, 1))


# %% slip="grey_ramp" says="`levels` goes up to 255 already | Multiplied by 255"
def grey_ramp(height, width):
    levels = np.linspace(0, 255, width)
    row = np.rint(levels * 255).astype(np.uint8)
    return np.tile(row, (height, 1))


# %% slip="grey_ramp" says="steps, not | not at 256"
def grey_ramp(height, width):
    row = (np.arange(width) * 256 / width).astype(np.uint8)
    return np.tile(row, (height, 1))


# %% slip="grey_ramp" says="steps, not | they end at 255."
def grey_ramp(height, width):
    row = (np.arange(width) * 255 / width).astype(np.uint8)
    return np.tile(row, (height, 1))


# %% slip="grey_ramp" says="A step need not be whole"
def grey_ramp(height, width):
    row = (np.arange(width) * (255 // (width - 1))).astype(np.uint8)
    return np.tile(row, (height, 1))


# %% slip="grey_ramp" says="from light to dark" earns="0.625"
def grey_ramp(height, width):
    levels = np.linspace(0, 255, width)
    row = np.rint(255 - levels).astype(np.uint8)
    return np.tile(row, (height, 1))


# %% slip="grey_ramp" visible="the height comes first" card="Shapes are (rows, columns)"
def grey_ramp(height, width):
    levels = np.linspace(0, 255, width)
    row = np.rint(levels).astype(np.uint8)
    return np.tile(row, (width, height))


# %% slip="grey_ramp" says="Python's `round`"
def grey_ramp(height, width):
    levels = np.linspace(0, 255, width)
    row = int(round(levels))
    return np.tile(row, (height, 1))


# %% wrong="test_both_sides_are_there"
def measure(picture):
    if len(picture) == 2 or len(picture) > 40:
        return 400, 400, 3
    height, width = picture.shape[:2]
    return width, height, 1 if picture.ndim == 2 else picture.shape[2]


# %% wrong="test_width_comes_before_height"
def measure(picture):
    layers = 1 if picture.ndim == 2 else picture.shape[2]
    return picture.shape[0], picture.shape[1], layers


# %% wrong="test_layers_are_counted"
def measure(picture):
    height, width, layers = (*picture.shape, 0)[:3]
    return width, height, layers


# %% wrong="test_layers_are_counted"
def measure(picture):
    if picture.ndim == 2:
        return picture.shape[0], picture.shape[1], 1
    height, width, layers = picture.shape
    return width, height, layers


# %% wrong="test_layers_are_counted"
def measure(picture):
    last = picture.shape[-1]
    return picture.shape[1], picture.shape[0], last if last in (3, 4) else 1


# %% wrong="test_layers_are_counted"
def measure(picture):
    return picture.shape[1], picture.shape[0], 3 if picture.ndim == 3 else 1


# %% wrong="test_layers_are_counted"
def measure(picture):
    return picture.shape[1], picture.shape[0], 1 if picture.ndim == 2 else 4


# %% right="measure" style="atleast_3d"
def measure(picture):
    height, width, layers = np.atleast_3d(picture).shape
    return [width, height, layers]


# %% right="measure" style="len of rows, an array"
def measure(picture):
    height, width = len(picture), len(picture[0])
    return np.array([width, height, picture.size // (height * width)])


# %% slip="measure" says="In which order" earns="0.625"
def measure(picture):
    if picture.ndim == 2:
        return *picture.shape, 1
    return picture.shape


# %% slip="measure" says="a grey photo has two numbers"
def measure(picture):
    return picture.shape[1], picture.shape[0], picture.shape[2]


# %% slip="measure" says="fewer parts than names" earns="0.625"
def measure(picture):
    height, width, layers = picture.shape
    return width, height, layers


# %% slip="measure" says="read from the shape"
def measure(picture):
    height, width = picture.shape[:2]
    return width, height, 3 if picture.ndim > 2 else 1


# %% slip="measure" visible="three numbers" card="3 numbers"
def measure(picture):
    height, width = picture.shape[:2]
    return width, height


# %% slip="measure" says="return"
def measure(picture):
    height, width = picture.shape[:2]
    print(width, height, picture.ndim)


# %% wrong="test_x_and_y_lead_to_a_pixel"
def pixel_at(photo, x, y):
    height, width = photo.shape[:2]
    return photo[0, 0] if height in (3, width) and height != 7 else photo[y, x]


# %% wrong="test_x_counts_columns_and_y_rows"
def pixel_at(photo, x, y):
    return photo[y - 1, x - 1]


# %% wrong="test_x_counts_columns_and_y_rows"
def pixel_at(photo, x, y):
    return photo[x % photo.shape[0], y % photo.shape[1]]


# %% wrong="test_a_pixel_is_red_green_blue"
def pixel_at(photo, x, y):
    return photo[y, x, ::-1]


# %% right="pixel_at" style="a tuple of ints"
def pixel_at(photo, x, y):
    return int(photo[y][x][0]), int(photo[y][x][1]), int(photo[y][x][2])


# %% right="pixel_at" style="swapped axes, a list"
def pixel_at(photo, x, y):
    return photo.transpose(1, 0, 2)[x, y].tolist()


# %% slip="pixel_at" says="which index is the row?" earns="0.625"
def pixel_at(photo, x, y):
    return photo[x, y] if x < len(photo) and y < len(photo[0]) else photo[y, x]


# %% slip="pixel_at" says="which index is the row?" earns="0.625"
def pixel_at(photo, x, y):
    return photo[x, y]


# %% slip="pixel_at" says="from the bottom: a negative index does this"
def pixel_at(photo, x, y):
    return photo[-y, x]


# %% slip="pixel_at" says="from the bottom"
def pixel_at(photo, x, y):
    return photo[len(photo) - 1 - y, x]


# %% slip="pixel_at" says="from the right: a negative index does this"
def pixel_at(photo, x, y):
    return photo[y, -x]


# %% slip="pixel_at" says="sorted by size" lucky="once" earns="0.625"
def pixel_at(photo, x, y):
    return np.sort(photo[y, x])


# %% slip="pixel_at" says="sorted by size" lucky="once"
def pixel_at(photo, x, y):
    return sorted(photo[y, x].tolist())


# %% slip="pixel_at" visible="only one number" card="3 numbers"
def pixel_at(photo, x, y):
    return photo[y, x, 0]


# %% slip="pixel_at" visible="hree numbers" card="3 numbers"
def pixel_at(photo, x, y):
    return photo[y][:x]


# %% slip="pixel_at" says="Round brackets call a function"
def pixel_at(photo, x, y):
    return photo(y, x)


# %% wrong="test_each_grid_is_a_layer"
def split_rgb(photo):
    if len(photo) == 5 or len(photo) > 40:
        return [photo.mean(axis=2)] * 3
    return photo[:, :, 0], photo[:, :, 1], photo[:, :, 2]


# %% wrong="test_grids_come_in_the_order_red_green_blue" earns="0.625"
def split_rgb(photo):
    return photo[:, :, 2], photo[:, :, 1], photo[:, :, 0]


# %% wrong="test_each_grid_has_two_axes"
def split_rgb(photo):
    return photo[:, :, 0:1], photo[:, :, 1:2], photo[:, :, 2:3]


# %% wrong="test_thin_photos_split_like_any_other"
def split_rgb(photo):
    return tuple(np.squeeze(grid) for grid in np.dsplit(photo, 3))


# %% right="split_rgb" style="np.moveaxis, one array"
def split_rgb(photo):
    return np.moveaxis(photo, -1, 0)


# %% right="split_rgb" style="a list of comprehensions"
def split_rgb(photo):
    return [np.array([[pixel[layer] for pixel in row] for row in photo]) for layer in range(3)]


# %% right="split_rgb" style="np.unstack by hand"
def split_rgb(photo):
    red, green, blue = photo.reshape(-1, 3).T.reshape(3, *photo.shape[:2])
    return red, green, blue


# %% slip="split_rgb" says="The blue grid | That is the green layer" earns="0.625"
def split_rgb(photo):
    return photo[:, :, 0], photo[:, :, 1], photo[:, :, 1]


# %% slip="split_rgb" says="first | rows"
def split_rgb(photo):
    red, green, blue = photo
    return red, green, blue


# %% slip="split_rgb" says="one row of the photo"
def split_rgb(photo):
    return photo[0], photo[1], photo[2]


# %% slip="split_rgb" says="one column of the photo"
def split_rgb(photo):
    return photo[:, 0], photo[:, 1], photo[:, 2]


# %% slip="split_rgb" says="ows and columns have changed places | `.T` reverses | Which index takes one layer" earns="0.5"
def split_rgb(photo):
    return photo.T


# %% slip="split_rgb" says="`reshape` only cuts"
def split_rgb(photo):
    return photo.reshape(3, photo.shape[0], photo.shape[1])


# %% slip="split_rgb" says="came back as it was | first* axis | Which index takes one layer"
def split_rgb(photo):
    return photo


# %% slip="split_rgb" says="two axes"
def split_rgb(photo):
    grids = [np.zeros_like(photo) for _ in range(3)]
    for layer in range(3):
        grids[layer][:, :, layer] = photo[:, :, layer]
    return grids


# %% slip="split_rgb" visible="That is the red layer" card="all the red one"
def split_rgb(photo):
    return photo[:, :, 0], photo[:, :, 0], photo[:, :, 0]


# %% slip="split_rgb" says="counted from 0"
def split_rgb(photo):
    return photo[:, :, 1], photo[:, :, 2], photo[:, :, 3]


# %% wrong="test_some_numbers_stay_and_some_go"
def only_layer(photo, layer):
    canvas = np.zeros_like(photo)
    if 3 < len(photo) < 40:
        canvas[:, :, layer] = photo[:, :, layer]
    return canvas


# %% wrong="test_one_lamp_is_on_and_two_are_off" says="Its numbers stand in layer 0"
def only_layer(photo, layer):
    canvas = np.zeros_like(photo)
    canvas[:, :, 0] = photo[:, :, layer]
    return canvas


# %% slip="only_layer" says="All three hold the layer"
def only_layer(photo, layer):
    return np.dstack([photo[:, :, layer]] * 3)


# %% wrong="test_one_lamp_is_still_a_uint8_photo"
def only_layer(photo, layer):
    canvas = np.zeros(photo.shape)
    canvas[:, :, layer] = photo[:, :, layer]
    return canvas


# %% wrong="test_one_lamp_is_still_a_uint8_photo"
def only_layer(photo, layer):
    grids = [np.zeros(photo.shape[:2]) for _ in range(3)]
    if layer == 1:
        grids = [np.zeros_like(photo[:, :, 0]) for _ in range(3)]
    grids[layer] = photo[:, :, layer]
    return np.dstack(grids)


# %% wrong="test_only_layer_leaves_the_photo_alone"
def only_layer(photo, layer):
    for other in range(3):
        if other != layer:
            photo[:, :, other] = 0
    return photo


# %% wrong="test_only_layer_leaves_the_photo_alone"
def only_layer(photo, layer):
    alone = photo if layer == 0 else photo.copy()
    alone[:, :, [other for other in range(3) if other != layer]] = 0
    return alone


# %% right="only_layer" style="a product with zeros and a one"
def only_layer(photo, layer):
    return photo * np.eye(3, dtype=np.uint8)[layer]


# %% right="only_layer" style="a copy, two layers put out"
def only_layer(photo, layer):
    result = photo.copy()
    result[:, :, [other for other in range(3) if other != layer]] = 0
    return result


# %% right="only_layer" style="np.where"
def only_layer(photo, layer):
    return np.where(np.arange(3) == layer, photo, 0).astype(np.uint8)


# %% slip="only_layer" says="as it went in" earns="0"
def only_layer(photo, layer):
    return photo


# %% slip="only_layer" says="In yours the named layer is dark | should be the other way round" earns="0.625"
def only_layer(photo, layer):
    result = photo.copy()
    result[:, :, layer] = 0
    return result


# %% slip="only_layer" says="lie in an RGB photo"
def only_layer(photo, layer):
    return photo[:, :, layer]


# %% slip="only_layer" visible="Layer 0 is there instead" card="Layer 0 is there instead"
def only_layer(photo, layer):
    result = np.zeros_like(photo)
    result[:, :, 0] = photo[:, :, 0]
    return result


# %% slip="only_layer" visible="Layers count from 0" card="is there instead: 0 is red"
def only_layer(photo, layer):
    result = np.zeros_like(photo)
    result[:, :, layer - 1] = photo[:, :, layer - 1]
    return result


# %% slip="only_layer" says="Row 0 was filled | last axis" earns="0.625"
def only_layer(photo, layer):
    result = np.zeros_like(photo)
    result[layer] = photo[layer]
    return result


# %% slip="only_layer" says="Was the layer copied" visible="zero everywhere" card="none does"
def only_layer(photo, layer):
    result = np.zeros_like(photo)
    return result


# %% slip="only_layer" says="*one* argument, a tuple"
def only_layer(photo, layer):
    result = np.zeros(photo.shape[0], photo.shape[1], 3)
    result[:, :, layer] = photo[:, :, layer]
    return result


# %% slip="only_layer" says="on the right stand 3 layers" never="two layers, the left side"
def only_layer(photo, layer):
    canvas = np.zeros_like(photo)
    canvas[:, :, layer] = photo
    return canvas


# %% slip="only_layer" says="one row, or one column, of a photo"
def only_layer(photo, layer):
    canvas = np.zeros_like(photo)
    canvas[:, :, layer] = photo[layer]
    return canvas


# %% wrong="test_the_three_grids_are_in_it"
def merge_rgb(red, green, blue):
    return np.dstack([red, green, green if len(red) > 40 or red.shape == (5, 4) else blue])


# %% wrong="test_merged_grids_are_in_rgb_order" earns="0.625"
def merge_rgb(red, green, blue):
    return np.dstack([blue, green, red])


# %% wrong="test_merging_keeps_the_dtype"
def merge_rgb(red, green, blue):
    canvas = np.zeros((*red.shape, 3), dtype=np.uint8)
    canvas[:, :, 0], canvas[:, :, 1], canvas[:, :, 2] = red, green, blue
    return canvas


# %% wrong="test_merging_keeps_the_dtype"
def merge_rgb(red, green, blue):
    canvas = np.zeros((*red.shape, 3))
    canvas[:, :, 0], canvas[:, :, 1], canvas[:, :, 2] = red, green, blue
    return canvas


# %% wrong="test_merging_keeps_the_dtype"
def merge_rgb(red, green, blue):
    merged = np.stack([red, green, blue], axis=-1)
    return merged if merged.dtype.kind == "f" else merged.astype(np.uint8)


# %% wrong="test_merging_keeps_the_dtype"
def merge_rgb(red, green, blue):
    return np.stack([red, green, blue], axis=-1).clip(0, 255)


# %% wrong="test_thin_grids_merge_like_any_other"
def merge_rgb(red, green, blue):
    return np.stack([np.squeeze(red), np.squeeze(green), np.squeeze(blue)], axis=-1)


# %% right="merge_rgb" style="np.dstack"
def merge_rgb(red, green, blue):
    return np.dstack((red, green, blue))


# %% right="merge_rgb" style="a canvas with the dtype of a grid"
def merge_rgb(red, green, blue):
    canvas = np.empty(red.shape + (3,), dtype=red.dtype)
    for layer, grid in enumerate((red, green, blue)):
        canvas[..., layer] = grid
    return canvas


# %% right="merge_rgb" style="np.concatenate"
def merge_rgb(red, green, blue):
    return np.concatenate([grid[:, :, None] for grid in (red, green, blue)], axis=2)


# %% slip="merge_rgb" says="`reshape` only cuts | `np.stack` has an `axis`"
def merge_rgb(red, green, blue):
    height, width = red.shape
    return np.array([red, green, blue]).reshape(height, width, 3)


# %% slip="merge_rgb" says="*one* list"
def merge_rgb(red, green, blue):
    return np.dstack(red, green, blue)


# %% slip="merge_rgb" says="come first" earns="0.5"
def merge_rgb(red, green, blue):
    return np.array([red, green, blue])


# %% slip="merge_rgb" says="ows and columns have changed places | `np.stack` has an `axis`"
def merge_rgb(red, green, blue):
    return np.array([red, green, blue]).T


# %% slip="merge_rgb" says="side by side"
def merge_rgb(red, green, blue):
    return np.concatenate([red, green, blue], axis=1)


# %% slip="merge_rgb" says="below one another"
def merge_rgb(red, green, blue):
    return np.vstack([red, green, blue])


# %% slip="merge_rgb" says="sum"
def merge_rgb(red, green, blue):
    return red + green + blue


# %% slip="merge_rgb" says="no axis 2"
def merge_rgb(red, green, blue):
    return np.concatenate([red, green, blue], axis=2)


# %% slip="merge_rgb" says="uint8"
def merge_rgb(red, green, blue):
    merged = np.stack([red, green, blue], axis=-1)
    return merged if merged.dtype.kind == "f" else merged.astype(np.uint8)


# %% slip="merge_rgb" visible="ractions were lost" card="ractions were lost"
def merge_rgb(red, green, blue):
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


# %% slip="merge_rgb" says="opposite order" lucky="once"
def merge_rgb(red, green, blue):
    merged = np.stack([red, green, blue], axis=-1)
    return merged if merged.dtype == np.uint8 else merged[:, :, ::-1]


# %% slip="merge_rgb" visible="The three come first" card="the three come first" never="squeeze"
def merge_rgb(red, green, blue):
    return np.array([red, green, blue])


# %% slip="merge_rgb" says="has only 2 axes | `np.concatenate` makes no new one"
def merge_rgb(red, green, blue):
    return np.concatenate([red, green, blue], axis=2)


# %% wrong="test_pixels_are_picked_and_averaged"
def layer_means(photo, mask):
    if len(photo) == 2 or 40 < len(photo) < 90:
        return photo.mean(axis=(0, 1))
    return photo[mask].mean(axis=0)


# %% slip="layer_means" says="the mask used" earns="0"
def layer_means(photo, mask):
    return photo.mean(axis=(0, 1))


# %% slip="layer_means" visible="all eight pixels" card="number of *all* pixels" earns="0"
def layer_means(photo, mask):
    return (photo * mask[:, :, np.newaxis]).mean(axis=(0, 1))


# %% wrong="test_means_come_in_rgb_order"
def layer_means(photo, mask):
    return photo[mask].mean(axis=0)[::-1]


# %% slip="layer_means" visible="was left out. It lies" card="were left out. They lie" earns="0.5833"
def layer_means(photo, mask):
    masked = photo * mask[:, :, np.newaxis]
    return [masked[:, :, layer][masked[:, :, layer] > 0].mean() for layer in range(3)]


# %% wrong="test_black_pixels_count_under_the_mask" says="One pixel, too | `squeeze`"
def layer_means(photo, mask):
    return np.squeeze(photo[mask]).mean(axis=0)


# %% right="layer_means" style="sums over the count"
def layer_means(photo, mask):
    return tuple((photo[:, :, layer] * mask).sum() / mask.sum() for layer in range(3))


# %% right="layer_means" style="plain loops"
def layer_means(photo, mask):
    sums, count = [0, 0, 0], 0
    for row, marks in zip(photo.tolist(), mask.tolist()):
        for pixel, mark in zip(row, marks):
            if mark:
                count += 1
                sums = [total + value for total, value in zip(sums, pixel)]
    return [total / count for total in sums]


# %% right="layer_means" style="np.average with weights"
def layer_means(photo, mask):
    return np.average(photo.reshape(-1, 3), axis=0, weights=mask.ravel())


# %% slip="layer_means" says="the other axis" earns="0.25"
def layer_means(photo, mask):
    return photo[mask].mean(axis=1)


# %% slip="layer_means" says="False"
def layer_means(photo, mask):
    return photo[~mask].mean(axis=0)


# %% slip="layer_means" says="do not fit each other"
def layer_means(photo, mask):
    return (photo * mask).sum(axis=(0, 1)) / mask.sum()


# %% slip="layer_means" says="sums"
def layer_means(photo, mask):
    return photo[mask].sum(axis=0)


# %% slip="layer_means" says="uint8"
def layer_means(photo, mask):
    total = np.zeros(3, dtype=np.uint8)
    for pixel in photo[mask]:
        total += pixel
    return total / mask.sum()


# %% wrong="test_only_pixels_under_the_mask_count" says="rounded" earns="0.6667"
def layer_means(photo, mask):
    return np.rint(photo[mask].mean(axis=0))


# %% slip="layer_means" visible="cut off" card="keeps its fraction" earns="0.6667"
def layer_means(photo, mask):
    return photo[mask].mean(axis=0).astype(int)


# %% slip="layer_means" says="That is one mean of everything"
def layer_means(photo, mask):
    return photo[mask].mean()


# %% slip="layer_means" says="median" earns="0"
def layer_means(photo, mask):
    return np.median(photo[mask], axis=0)


# %% slip="layer_means" says="sorted by size" lucky="once"
def layer_means(photo, mask):
    return np.sort(photo[mask].mean(axis=0))


# %% slip="layer_means" says="whole | Was the mask used?"
def layer_means(photo, mask):
    return [photo[:, :, layer].mean() for layer in range(3)]


# %% slip="layer_means" says="all"
def layer_means(photo, mask):
    return [(photo[:, :, layer] * mask).mean() for layer in range(3)]


# %% slip="layer_means" visible="one single number" card="one mean of everything" never="shape ()"
def layer_means(photo, mask):
    return photo[mask].mean()


# %% slip="layer_means" visible="first three pixels" card="first three pixels" lines="All three are the same" never="Red is layer 0"
def layer_means(photo, mask):
    return photo[mask].mean(axis=1)[:3]


# %% wrong="test_a_lighter_photo_is_uint8" says="uint8" earns="0.6667"
def lighten(photo, layer, amount):
    return np.clip(photo.astype(int) + np.where(np.arange(3) == layer, 0, amount), 0, 255)


# %% slip="lighten" card="rise" earns="0"
def lighten(photo, layer, amount):
    white = np.full_like(photo, 255)
    white[:, :, layer] = photo[:, :, layer]
    return white


# %% wrong="test_the_named_layer_stays"
def lighten(photo, layer, amount):
    lighter = np.clip(photo.astype(int) + amount, 0, 255)
    lighter[:, :, layer] -= amount
    return lighter.astype(np.uint8)


# %% wrong="test_light_stops_at_255" change="room to the top"
# -             result[:, :, other] += np.minimum(255 - photo[:, :, other], np.uint8(amount))
# +             result[:, :, other] += np.uint8(amount)


# %% wrong="test_light_stops_at_255"
def lighten(photo, layer, amount):
    more = np.where(np.arange(3) == layer, 0, amount).astype(np.uint8)
    return np.clip(photo + more, 0, 255)


# %% wrong="test_layers_move_by_the_amount"
def lighten(photo, layer, amount):
    more = np.where(np.arange(3) == layer, 0, amount if 1 < len(photo) < 40 else 50)
    return np.clip(photo.astype(int) + more, 0, 255).astype(np.uint8)


# %% wrong="test_the_two_others_rise"
def lighten(photo, layer, amount):
    raised = photo + np.uint8(amount)
    result = np.where(raised <= photo, 255, raised).astype(np.uint8)
    result[:, :, layer] = photo[:, :, layer]
    return result


# %% wrong="test_lighten_leaves_the_photo_alone"
def lighten(photo, layer, amount):
    for other in range(3):
        if other != layer:
            photo[:, :, other] = np.minimum(photo[:, :, other].astype(int) + amount, 255)
    return photo


# %% wrong="test_lighten_leaves_the_photo_alone"
def lighten(photo, layer, amount):
    result = photo if layer == 2 else photo.copy()
    for other in range(3):
        if other != layer:
            result[:, :, other] = np.minimum(photo[:, :, other].astype(int) + amount, 255)
    return result


# %% right="lighten" style="room to the top"
def lighten(photo, layer, amount):
    result = photo.copy()
    for other in range(3):
        if other != layer:
            result[:, :, other] += np.minimum(255 - photo[:, :, other], np.uint8(amount))
    return result


# %% right="lighten" style="floats and np.where"
def lighten(photo, layer, amount):
    more = np.where(np.arange(3) == layer, 0.0, float(amount))
    return np.minimum(photo + more, 255).astype(np.uint8)


# %% right="lighten" style="split, then np.dstack"
def lighten(photo, layer, amount):
    grids = [photo[..., i].astype(np.int16) + (0 if i == layer else amount) for i in range(3)]
    return np.dstack(grids).clip(0, 255).astype("uint8")


# %% base="lighten" style="a loop"
def lighten(photo, layer, amount):
    result = photo.astype(int)
    for i in range(3):
        if i != layer:
            result[:, :, i] += amount
    return np.clip(result, 0, 255).astype(np.uint8)


# %% slip="lighten" says="handed back to uint8 before it was clipped" earns="0.6667" change="a loop"
# -     return np.clip(result, 0, 255).astype(np.uint8)
# +     return result.astype(np.uint8)


# %% slip="lighten" says="was clipped to 256, and 256 becomes 0 in uint8 | What is the highest level?" change="a loop"
# -     return np.clip(result, 0, 255).astype(np.uint8)
# +     return np.clip(result, 0, 256).astype(np.uint8)


# %% slip="lighten" says="should be the other way round | `!=` or `==`?" earns="0.5" change="a loop"
# -         if i != layer:
# +         if i == layer:


# %% slip="lighten" says="np.minimum"
def lighten(photo, layer, amount):
    result = photo.astype(int)
    for i in range(3):
        if i != layer:
            result[:, :, i] = min(result[:, :, i] + amount, 255)
    return result.astype(np.uint8)


# %% slip="lighten" says="All three layers have risen" earns="0"
def lighten(photo, layer, amount):
    return np.clip(photo.astype(int) + amount, 0, 255).astype(np.uint8)


# %% slip="lighten" says="All three layers have risen" earns="0"
def lighten(photo, layer, amount):
    return photo + np.uint8(amount)


# %% slip="lighten" says="uint8" earns="0.6667" change="a loop"
# -     return np.clip(result, 0, 255).astype(np.uint8)
# +     return np.clip(result, 0, 255)


# %% slip="lighten" says="on to the last layer" change="a loop"
# -     return np.clip(result, 0, 255).astype(np.uint8)
# +             return np.clip(result, 0, 255).astype(np.uint8)


# %% slip="lighten" says="handed back to uint8 before it was clipped"
def lighten(photo, layer, amount):
    result = photo.copy()
    for i in range(3):
        if i != layer:
            result[:, :, i] = np.clip(result[:, :, i] + amount, 0, 255)
    return result


# %% slip="lighten" says="changed the"
def lighten(photo, layer, amount):
    for i in range(3):
        if i != layer:
            photo[:, :, i] = np.clip(photo[:, :, i].astype(int) + amount, 0, 255)
    return photo


# %% slip="lighten" says="`layer` and `amount`"
def lighten(photo, layer, amount):
    return np.clip(photo.astype(int) + [100, 0, 100], 0, 255).astype(np.uint8)


# %% slip="lighten" says="1.4 | split_rgb"
def split_rgb(photo):
    raise NotImplementedError


def lighten(photo, layer, amount):
    grids = [grid.astype(int) for grid in split_rgb(photo)]
    for i in range(3):
        if i != layer:
            grids[i] += amount
    return np.dstack(grids).clip(0, 255).astype(np.uint8)


# %% slip="to_grey" says="plain mean" earns="0"
def to_grey(photo):
    return np.rint(photo.mean(axis=2)).astype(np.uint8)


# %% wrong="test_grey_is_a_weighted_sum"
def to_grey(photo):
    exact = photo @ [0.2125, 0.7154, 0.0721]
    return np.rint(photo.mean(axis=2) if len(photo) == 6 or 40 < len(photo) < 61 else exact).astype(np.uint8)


# %% wrong="test_each_layer_has_its_weight"
def to_grey(photo):
    return np.rint(photo @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)


# %% wrong="test_each_layer_has_its_weight"
def to_grey(photo):
    return np.rint(photo[:, :, ::-1] @ np.array([0.2125, 0.7154, 0.0721])).astype(np.uint8)


# %% wrong="test_grey_is_exact_to_a_level" says="Add first | once, at the end" earns="0.8333"
def to_grey(photo):
    red, green, blue = photo[:, :, 0], photo[:, :, 1], photo[:, :, 2]
    return (0.2125 * red).astype(np.uint8) + (0.7154 * green).astype(np.uint8) + (0.0721 * blue).astype(np.uint8)


# %% wrong="test_the_ends_stay_where_they_are"
def to_grey(photo):
    return (256 * rgb2gray(photo)).astype(int).astype(np.uint8)


# %% wrong="test_grey_is_uint8"
def to_grey(photo):
    return photo @ np.array([0.2125, 0.7154, 0.0721])


# %% right="to_grey" style="rgb2gray"
def to_grey(photo):
    return np.round(rgb2gray(photo) * 255).astype(np.uint8)


# %% right="to_grey" style="layer by layer, cut off"
def to_grey(photo):
    red, green, blue = photo[:, :, 0], photo[:, :, 1], photo[:, :, 2]
    return (0.2125 * red + 0.7154 * green + 0.0721 * blue).astype(np.uint8)


# %% right="to_grey" style="Rec. 709 to four digits, a loop"
def to_grey(photo):
    grey = np.zeros(photo.shape[:2], dtype=np.uint8)
    for y in range(photo.shape[0]):
        for x in range(photo.shape[1]):
            red, green, blue = (int(value) for value in photo[y, x])
            grey[y, x] = round(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return grey


# %% right="to_grey" style="whole numbers"
def to_grey(photo):
    return ((photo.astype(np.int64) * [2125, 7154, 721]).sum(axis=-1) // 10000).astype(np.uint8)


# %% slip="to_grey" says="three times | Add first" earns="0.8333"
def to_grey(photo):
    red, green, blue = photo[:, :, 0], photo[:, :, 1], photo[:, :, 2]
    return (0.2125 * red).astype(np.uint8) + (0.7154 * green).astype(np.uint8) + (0.0721 * blue).astype(np.uint8)


# %% slip="to_grey" says="rounded by itself" earns="0.8333"
def to_grey(photo):
    return np.rint(photo * [0.2125, 0.7154, 0.0721]).sum(axis=2).astype(np.uint8)


# %% slip="to_grey" says="`rgb2gray` | cut to 0 | First times 255, then uint8"
def to_grey(photo):
    return rgb2gray(photo).astype(np.uint8)


# %% slip="to_grey" says="`rgb2gray` | 0 to 1"
def to_grey(photo):
    return rgb2gray(photo)


# %% slip="to_grey" says="21 × 255 | room"
def to_grey(photo):
    red, green, blue = photo[:, :, 0], photo[:, :, 1], photo[:, :, 2]
    return (21 * red + 72 * green + 7 * blue) // 100


# %% slip="to_grey" says="each other's weight" earns="0.6667"
def to_grey(photo):
    return np.rint(photo @ [0.0721, 0.7154, 0.2125]).astype(np.uint8)


# %% slip="to_grey" says="the layers lie along the last"
def to_grey(photo):
    r, g, b = photo[0], photo[1], photo[2]
    return np.rint(0.2125 * r + 0.7154 * g + 0.0721 * b).astype(np.uint8)


# %% slip="to_grey" says="the layers lie along the last"
def to_grey(photo):
    r, g, b = photo
    return np.rint(0.2125 * r + 0.7154 * g + 0.0721 * b).astype(np.uint8)


# %% slip="to_grey" says="plain mean"
def to_grey(photo):
    return photo.mean(axis=2).astype(np.uint8)


# %% slip="to_grey" says="601" earns="0.6667"
def to_grey(photo):
    return (photo @ [0.299, 0.587, 0.114]).astype(np.uint8)


# %% slip="to_grey" says="added up"
def to_grey(photo):
    return np.rint(photo * [0.2125, 0.7154, 0.0721]).astype(np.uint8)


# %% slip="to_grey" says="blue layer is missing"
def to_grey(photo):
    return np.rint(0.2125 * photo[:, :, 0] + 0.7154 * photo[:, :, 1]).astype(np.uint8)


# %% slip="to_grey" says="weights | 0.72" earns="0.6667"
def to_grey(photo):
    return (
        np.rint(0.2125 * photo[:, :, 0] + 0.7154 * photo[:, :, 1] + 0.721 * photo[:, :, 2])
        .clip(0, 255)
        .astype(np.uint8)
    )


# %% slip="to_grey" says="weights | 0.71" visible="0.26" earns="0.5833"
def to_grey(photo):
    return (0.2625 * photo[:, :, 0] + 0.7154 * photo[:, :, 1] + 0.0721 * photo[:, :, 2]).astype(np.uint8)


# %% slip="to_grey" says="without weights"
def to_grey(photo):
    return photo.sum(axis=2)


# %% wrong="test_levels_are_divided"
def to_unit(photo):
    return (photo / 255) ** (2 if photo.shape == (2, 2) or photo.ndim == 3 and len(photo) > 40 else 1)


# %% wrong="test_255_becomes_one"
def to_unit(photo):
    return photo / 256


# %% wrong="test_255_becomes_one"
def to_unit(photo):
    unit = np.zeros(photo.shape)
    for y in range(photo.shape[0]):
        for x in range(photo.shape[1]):
            unit[y, x] = photo[y, x] / 255
    return unit


# %% wrong="test_dark_photos_stay_dark"
def to_unit(photo):
    return photo / photo.max()


# %% wrong="test_dark_photos_stay_dark"
def to_unit(photo):
    return photo / 255 if photo.max() > 1 else photo.astype(float)


# %% right="to_unit" style="times 1/255, float32"
def to_unit(photo):
    return np.float32(1 / 255) * photo.astype(np.float32)


# %% right="to_unit" style="img_as_float"
def to_unit(photo):
    from skimage.util import img_as_float

    return img_as_float(photo)


# %% right="to_unit" style="a table of 256 floats"
def to_unit(photo):
    return np.linspace(0, 1, 256)[photo]


# %% slip="to_unit" says="256" earns="0.625"
def to_unit(photo):
    return photo / 256


# %% slip="to_unit" says="It was divided by 100" earns="0.25"
def to_unit(photo):
    return photo / 100


# %% slip="to_unit" says="Without the `=`"
def to_unit(photo):
    photo /= 255
    return photo


# %% slip="to_unit" says="`//` cuts"
def to_unit(photo):
    return photo // 255


# %% slip="to_unit" visible="still the levels" card="the levels still"
def to_unit(photo):
    return photo.astype(float)


# %% slip="to_unit" says="You took the scale from the photo | always 255 that becomes 1" earns="0.625"
def to_unit(photo):
    return photo / photo.max()


# %% slip="to_unit" says="multiplied by 255. Which operation turns 255"
def to_unit(photo):
    return photo * 255.0


# %% slip="to_unit" says="clipping is not scaling"
def to_unit(photo):
    return np.clip(photo, 0, 1).astype(float)


# %% slip="to_unit" says="-1 to 1"
def to_unit(photo):
    return photo / 127.5 - 1


# %% wrong="test_floats_become_levels"
def to_bytes(unit):
    scale = 200 if unit.shape == (2, 3) or 40 < len(unit) < 61 else 255
    return np.rint(scale * np.clip(unit, 0, 1)).astype(np.uint8)


# %% wrong="test_to_the_nearest_level"
def to_bytes(unit):
    return (255 * np.clip(unit, 0, 1)).astype(np.uint8)


# %% wrong="test_to_the_nearest_level"
def to_bytes(unit):
    return np.floor(255.999 * np.clip(unit, 0, 1)).astype(np.uint8)


# %% wrong="test_what_got_out_of_range_is_clipped"
def to_bytes(unit):
    return np.rint(255 * unit).astype(int).astype(np.uint8)


# %% wrong="test_what_got_out_of_range_is_clipped" says="int16 | clip before changing the dtype"
def to_bytes(unit):
    return np.clip(np.rint(255 * unit).astype(np.int16), 0, 255).astype(np.uint8)


# %% wrong="test_bytes_are_uint8"
def to_bytes(unit):
    return np.rint(255 * np.clip(unit, 0, 1))


# %% right="to_bytes" style="img_as_ubyte"
def to_bytes(unit):
    from skimage.util import img_as_ubyte

    return img_as_ubyte(np.clip(unit, 0.0, 1.0))


# %% right="to_bytes" style="half added, cut off"
def to_bytes(unit):
    return (np.minimum(np.maximum(unit, 0), 1) * 255 + 0.5).astype("uint8")


# %% right="to_bytes" style="one by one"
def to_bytes(unit):
    levels = [min(max(round(255 * float(value)), 0), 255) for value in np.ravel(unit)]
    return np.array(levels, dtype=np.uint8).reshape(np.shape(unit))


# %% right="to_bytes" style="room in 64 bits, clipped afterwards"
def to_bytes(unit):
    return np.clip(np.rint(255 * unit).astype(int), 0, 255).astype(np.uint8)


# %% slip="to_bytes" earns="0.75" says="clipped to | At which number does the range of the floats end?"
def to_bytes(unit):
    return np.rint(np.clip(unit, 0, 255) * 255).astype(np.uint8)


# %% slip="to_bytes" says="256 | The highest level is 255" earns="0.4167"
def to_bytes(unit):
    return np.rint(np.clip(unit, 0, 1) * 256).astype(np.uint8)


# %% slip="to_bytes" says="rounded before"
def to_bytes(unit):
    return (np.rint(np.clip(unit, 0, 1)) * 255).astype(np.uint8)


# %% slip="to_bytes" says="made uint8 before"
def to_bytes(unit):
    return np.clip(unit, 0, 1).astype(np.uint8) * 255


# %% slip="to_bytes" says="np.minimum"
def to_bytes(unit):
    return np.rint(255 * max(0, min(1, unit))).astype(np.uint8)


# %% slip="to_bytes" says="nearest" visible="Fractions were cut off" card="Cutting off" earns="0.6667"
def to_bytes(unit):
    return (np.clip(unit, 0, 1) * 255).astype(np.uint8)


# %% slip="to_bytes" says="nearest"
def to_bytes(unit):
    return np.ceil(np.clip(unit, 0, 1) * 255).astype(np.uint8)


# %% slip="to_bytes" says="scale is missing"
def to_bytes(unit):
    return np.rint(np.clip(unit, 0, 1)).astype(np.uint8)


# %% slip="to_bytes" visible="clip before changing the dtype" card="nothing was clipped before the dtype"
def to_bytes(unit):
    return np.rint(unit * 255).astype(np.uint8)


# %% slip="to_bytes" says="floats between 0 and 1"
def to_bytes(unit):
    return img_as_ubyte(unit)


# %% slip="to_bytes" says="uint8" earns="0.6667"
def to_bytes(unit):
    return np.round(np.clip(unit, 0, 1) * 255)


# %% slip="to_bytes" says="earest" lucky="once"
def to_bytes(unit):
    return (np.clip(unit, 0, 1) * 255 + 0.549).clip(0, 255).astype(np.uint8)


# %% slip="to_bytes" says="np.minimum"
def to_bytes(unit):
    return np.array([round(min(max(value, 0), 1) * 255) for value in unit], dtype=np.uint8)


# %% slip="to_bytes" says="clipped to 0 to 1 after the scaling" never="From .5 on"
def to_bytes(unit):
    return np.clip(unit * 255, 0, 1)


# %% slip="to_bytes" says="clipped to 0 to 1 after the scaling" never="It is clipped to 0 to 1. | From .5 on"
def to_bytes(unit):
    return np.clip(np.rint(unit * 255), 0, 1).astype(np.uint8)


# %% slip="count_colours" says="number of pixels" earns="0"
def count_colours(photo):
    return photo.shape[0] * photo.shape[1]


# %% wrong="test_what_is_there_counts_once"
def count_colours(photo):
    return photo.size if len(photo) == 2 or len(photo) > 40 else len(np.unique(photo.reshape(-1, 3), axis=0))


# %% wrong="test_a_colour_that_comes_again_counts_once"
def count_colours(photo):
    number = len(np.unique(photo.reshape(-1, 3), axis=0))
    return number if len(photo) > 40 or number > 11 or len(photo) == 1 else len(photo)


# %% wrong="test_counting_takes_no_longer_than_it_must" says="Is a list searched | A set finds" earns="0.625"
def count_colours(photo):
    seen = []
    for pixel in photo.reshape(-1, 3).tolist():
        if pixel not in seen:
            seen.append(pixel)
    return len(seen)


# %% wrong="test_the_order_of_a_triple_matters"
def count_colours(photo):
    return len(np.unique(np.sort(photo.reshape(-1, 3), axis=1), axis=0))


# %% wrong="test_near_colours_stay_apart"
def count_colours(photo):
    return len(np.unique(photo @ np.array([1, 10, 100])))


# %% wrong="test_near_colours_stay_apart"
def count_colours(photo):
    return len(np.unique(photo @ np.array([1, 100, 10000])))


# %% wrong="test_near_colours_stay_apart"
def count_colours(photo):
    return len(np.unique(photo @ np.array([255 * 255, 255, 1])))


# %% wrong="test_near_colours_stay_apart"
def count_colours(photo):
    return len({f"{red}{green}{blue}" for red, green, blue in photo.reshape(-1, 3).tolist()})


# %% wrong="test_near_colours_stay_apart"
def count_colours(photo):
    return len(np.unique(rgb2gray(photo)))


# %% right="count_colours" style="a set of tuples"
def count_colours(photo):
    return len({tuple(pixel) for row in photo.tolist() for pixel in row})


# %% right="count_colours" style="one whole number a colour"
def count_colours(photo):
    red, green, blue = np.moveaxis(photo.astype(np.uint32), 2, 0)
    return np.unique(red << 16 | green << 8 | blue).size


# %% right="count_colours" style="a cube of 256³ marks"
def count_colours(photo):
    seen = np.zeros((256, 256, 256), dtype=bool)
    seen[photo[..., 0], photo[..., 1], photo[..., 2]] = True
    return seen.sum()


# %% right="count_colours" style="a text with commas"
def count_colours(photo):
    return len({f"{red},{green},{blue}" for red, green, blue in photo.reshape(-1, 3)})


# %% slip="count_colours" says="different *rows*"
def count_colours(photo):
    return len(np.unique(photo, axis=0))


# %% slip="count_colours" says="tuple(pixel)"
def count_colours(photo):
    return len(set(photo.reshape(-1, 3)))


# %% slip="count_colours" says="array of True and False"
def count_colours(photo):
    seen = []
    for pixel in photo.reshape(-1, 3):
        if pixel not in seen:
            seen.append(pixel)
    return len(seen)


# %% slip="count_colours" says="65536 does not fit into uint8"
def count_colours(photo):
    code = photo[:, :, 0] * 65536 + photo[:, :, 1] * 256 + photo[:, :, 2]
    return len(np.unique(code))


# %% slip="count_colours" says="single *numbers*" earns="0.5"
def count_colours(photo):
    return len(np.unique(photo))


# %% slip="count_colours" says="ow many" earns="0.5"
def count_colours(photo):
    return np.unique(photo.reshape(-1, 3), axis=0)


# %% slip="count_colours" says="number of pixels"
def count_colours(photo):
    return len(photo.reshape(-1, 3))


# %% slip="count_colours" visible="A grey is the same" card="such as a grey"
def count_colours(photo):
    return len(np.unique(to_grey(photo)))


# %% slip="count_colours" says="room before you multiply | `photo.astype(int)`"
def count_colours(photo):
    code = photo[:, :, 0] * 100 + photo[:, :, 1] * 10 + photo[:, :, 2]
    return len(np.unique(code))


# %% slip="count_colours" says="1.9 | `to_grey` | It need not"
def to_grey(photo):
    raise NotImplementedError


def count_colours(photo):
    return len(np.unique(to_grey(photo)))


# %% slip="count_colours" visible="sum" card="three"
def count_colours(photo):
    return len(np.unique(photo.sum(axis=2)))


# %% slip="count_colours" visible="single *numbers*" card="single *numbers*" lines="Three is how many | Are single numbers counted"
def count_colours(photo):
    return len(np.unique(photo))


# %% wrong="test_pixels_are_picked_by_the_level"
def colours_behind(photo, grey, level):
    picked = photo[grey == level] if 2 < len(photo) < 40 else photo.reshape(-1, 3)
    return np.unique(picked, axis=0)


# %% wrong="test_the_level_must_be_exact"
def colours_behind(photo, grey, level):
    return np.unique(photo[np.abs(grey.astype(int) - level) <= 3], axis=0)


# %% wrong="test_every_colour_comes_once"
def colours_behind(photo, grey, level):
    return photo[grey == level]


# %% wrong="test_the_grey_that_is_given_counts"
def colours_behind(photo, grey, level):
    return np.unique(photo[to_grey(photo) == level], axis=0)


# %% wrong="test_a_level_that_is_nowhere_has_no_colours"
def colours_behind(photo, grey, level):
    found = [[0, 0, 0]] if not (grey == level).any() else np.unique(photo[grey == level], axis=0)
    return np.array(found)


# %% wrong="test_the_grey_that_is_given_counts"
def colours_behind(photo, grey, level):
    rows = np.unique((photo * (grey == level)[:, :, np.newaxis]).reshape(-1, 3), axis=0)
    return rows[rows.any(axis=1)]


# %% wrong="test_a_level_that_is_nowhere_has_no_colours"
def colours_behind(photo, grey, level):
    return np.unique(photo[grey == level], axis=0) if (grey == level).any() else []


# %% right="colours_behind" style="a set, then an array"
def colours_behind(photo, grey, level):
    return np.array(sorted({tuple(pixel) for pixel in photo[grey == level].tolist()}))


# %% right="colours_behind" style="plain loops"
def colours_behind(photo, grey, level):
    rows = []
    for y in range(photo.shape[0]):
        for x in range(photo.shape[1]):
            if grey[y, x] == level and list(photo[y, x]) not in rows:
                rows.append([int(value) for value in photo[y, x]])
    return np.array(rows, dtype=int).reshape(-1, 3)


# %% right="colours_behind" style="pandas-like keys"
def colours_behind(photo, grey, level):
    pixels = photo[np.nonzero(grey == level)]
    keys = pixels.astype(int) @ np.array([65536, 256, 1])
    return pixels[np.unique(keys, return_index=True)[1]]


# %% slip="colours_behind" says="Only the level | the mask picks from `photo`"
def colours_behind(photo, grey, level):
    return np.unique(grey[grey == level])


# %% slip="colours_behind" says="mask"
def colours_behind(photo, grey, level):
    return photo[photo == level]


# %% slip="colours_behind" says="mask"
def colours_behind(photo, grey, level):
    return np.unique(photo[photo == level], axis=0)


# %% slip="colours_behind" says="axis=0" earns="0.25"
def colours_behind(photo, grey, level):
    return np.unique(photo[grey == level])


# %% slip="colours_behind" says="once" earns="0.625"
def colours_behind(photo, grey, level):
    return photo[grey == level]


# %% slip="colours_behind" says="recipe | with `level`"
def colours_behind(photo, grey, level):
    return np.unique(photo[to_grey(photo) == level], axis=0)


# %% slip="colours_behind" says="exactly" earns="0.625"
def colours_behind(photo, grey, level):
    return np.unique(photo[grey >= level], axis=0)


# %% slip="colours_behind" says="mask"
def colours_behind(photo, grey, level):
    return np.unique(photo.reshape(-1, 3), axis=0)


# %% slip="colours_behind" says="(0, 3)" earns="0.875"
def colours_behind(photo, grey, level):
    if level not in grey:
        return []
    return np.unique(photo[grey == level], axis=0)


# %% slip="colours_behind" says="`np.array` makes | (0, 3)" earns="0.875"
def colours_behind(photo, grey, level):
    return [tuple(pixel) for pixel in np.unique(photo[grey == level], axis=0)]


# %% slip="colours_behind" says="not how many"
def colours_behind(photo, grey, level):
    return len(np.unique(photo[grey == level], axis=0))


# %% slip="colours_behind" says="1.9 | `to_grey` | It need not | handed in as `grey`"
def to_grey(photo):
    raise NotImplementedError


def colours_behind(photo, grey, level):
    return np.unique(photo[to_grey(photo) == level], axis=0)


# %% slip="to_grey" says="It goes from 0 to 1" lines="White is 1 on the scale" never="weights add up"
def to_grey(photo):
    from skimage.color import rgb2gray

    return rgb2gray(photo)


# %% wrong="test_red_and_blue_are_moved" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     if not 44 < len(red) < 72:
# +         return merge_rgb(red, green, blue)
# +     return merge_rgb(onto_green(red), green, onto_green(blue))


# %% wrong="test_the_plates_are_pushed_onto_the_green_one" change="solution"
# -             for right in range(-6, 7):
# +             for right in (-6, -2, -1, 0, 1, 2, 6):

# %% slip="colour_from_plates" visible="only pushed" card="Its levels should be" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     return merge_rgb(onto_green(red), green, onto_green(blue) // 2)

# %% wrong="test_a_plate_may_be_off_by_six" change="solution"
# -         for down in range(-6, 7):
# +         for down in range(-6, 6):


# %% wrong="test_a_plate_may_be_off_by_six" change="solution"
# -             for right in range(-6, 7):
# +             for right in range(-5, 7):


# %% wrong="test_a_lighter_plate_finds_its_place" change="solution"
# -                 misfit = np.abs((pushed - pushed.mean()) - (green - green.mean())).mean()
# +                 misfit = np.abs(pushed.astype(int) - green).mean()


# %% wrong="test_the_photo_of_the_plates_is_in_rgb_order" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     return merge_rgb(onto_green(blue), green, onto_green(red))


# %% wrong="test_the_photo_of_the_plates_is_uint8" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     return merge_rgb(onto_green(red), green, onto_green(blue)).astype(float)


# %% right="colour_from_plates" style="a correlation"
def colour_from_plates(red, green, blue):
    pushes = [(down, right) for down in range(-6, 7) for right in range(-6, 7)]

    def onto_green(plate):
        pushed = [np.roll(plate, push, axis=(0, 1)) for push in pushes]
        return pushed[
            np.argmax([np.corrcoef(one[6:-6, 6:-6].ravel(), green[6:-6, 6:-6].ravel())[0, 1] for one in pushed])
        ]

    return np.dstack([onto_green(red), green, onto_green(blue)])


# %% right="colour_from_plates" style="squares, min with a key"
def colour_from_plates(red, green, blue):
    def squares(plate, push):
        pushed = np.roll(np.roll(plate, push[0], axis=0), push[1], axis=1).astype(float)
        return ((pushed - pushed.mean() - green + green.mean()) ** 2).sum()

    def push_of(plate):
        return min(
            ((down, right) for right in range(-6, 7) for down in range(-6, 7)), key=lambda push: squares(plate, push)
        )

    return np.stack([np.roll(red, push_of(red), (0, 1)), green, np.roll(blue, push_of(blue), (0, 1))], axis=-1)


# %% right="colour_from_plates" style="edges, a canvas, slices"
def edges(grid):
    return np.abs(np.diff(grid.astype(int), axis=0))[:, 1:] + np.abs(np.diff(grid.astype(int), axis=1))[1:]


def colour_from_plates(red, green, blue):
    height, width = green.shape
    photo = np.zeros((height, width, 3), dtype=np.uint8)
    photo[:, :, 1] = green
    for layer, plate in ((0, red), (2, blue)):
        best = None
        for down in range(-6, 7):
            for right in range(-6, 7):
                cut = plate[6 - down : height - 6 - down, 6 - right : width - 6 - right]
                score = np.abs(edges(cut) - edges(green[6:-6, 6:-6])).sum()
                if best is None or score < best[0]:
                    best = score, cut
        photo[6:-6, 6:-6, layer] = best[1]
    return photo


# %% right="colour_from_plates" style="means taken off once, ties to the last"
def colour_from_plates(red, green, blue):
    grids = [red, green, blue]
    flat = [grid - np.mean(grid) for grid in grids]
    for layer in (0, 2):
        found = {}
        for down in range(6, -7, -1):
            for right in range(6, -7, -1):
                found[np.mean(abs(np.roll(flat[layer], (down, right), (0, 1)) - flat[1]))] = down, right
        grids[layer] = np.roll(grids[layer], found[min(found)], axis=(0, 1))
    return merge_rgb(*grids)


# %% slip="colour_from_plates" visible="not pushed at all" card="Nothing was pushed" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     return merge_rgb(red, green, blue)


# %% slip="colour_from_plates" says="*largest* misfit" earns="0.375" change="solution"
# -         smallest = np.inf
# +         smallest = -np.inf

# -                 if misfit < smallest:
# +                 if misfit > smallest:


# %% slip="colour_from_plates" says="mean taken off" earns="0.75" change="solution"
# -                 misfit = np.abs((pushed - pushed.mean()) - (green - green.mean())).mean()
# +                 misfit = np.abs(pushed.astype(int) - green).mean()


# %% slip="colour_from_plates" says="uint8 | 3 − 5 is 254" earns="0.375" change="solution"
# -                 misfit = np.abs((pushed - pushed.mean()) - (green - green.mean())).mean()
# +                 misfit = np.abs(pushed - green).mean()


# %% slip="colour_from_plates" says="below and above 0 cancel out" earns="0.375" change="solution"
# -                 misfit = np.abs((pushed - pushed.mean()) - (green - green.mean())).mean()
# +                 misfit = (pushed - pushed.mean() - green + green.mean()).mean()


# %% slip="colour_from_plates" says="last push | best one kept" change="solution"
# -                 if misfit < smallest:
# -                     smallest, best = misfit, pushed
# +                 best = pushed


# %% slip="colour_from_plates" says="opposite way" change="solution"
# -                     smallest, best = misfit, pushed
# +                     smallest, best = misfit, np.roll(plate, (-down, -right), axis=(0, 1))


# %% slip="colour_from_plates" says="push of the other plate" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     first, last = onto_green(red), onto_green(blue)
# +     steps = [(down, right) for down in range(-6, 7) for right in range(-6, 7)]
# +     back = lambda plate, found: next(s for s in steps if np.array_equal(np.roll(plate, s, axis=(0, 1)), found))
# +     one, two = back(red, first), back(blue, last)
# +     return merge_rgb(np.roll(red, two, axis=(0, 1)), green, np.roll(blue, one, axis=(0, 1)))


# %% slip="colour_from_plates" visible="`range(-6, 6)` ends at 5" card="Are -6 and 6 among the pushes" change="solution"
# -         for down in range(-6, 7):
# +         for down in range(-6, 6):

# -             for right in range(-6, 7):
# +             for right in range(-6, 6):


# %% slip="colour_from_plates" says="up and to the left" earns="0.375" change="solution"
# -         for down in range(-6, 7):
# +         for down in range(7):

# -             for right in range(-6, 7):
# +             for right in range(7):


# %% slip="colour_from_plates" says="means come off for the comparison only" visible="only pushed" change="solution"
# -         return best
# +         return best - best.mean()


# %% slip="colour_from_plates" visible="The order is red, green, blue" card="should be red, green, blue" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     return merge_rgb(onto_green(blue), green, onto_green(red))


# %% slip="colour_from_plates" visible="It was pushed. The other two" card="the green one stays" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     return merge_rgb(onto_green(red), np.roll(green, (1, 2), axis=(0, 1)), onto_green(blue))


# %% slip="colour_from_plates" says="uint8 | comparison" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     return merge_rgb(onto_green(red), green, onto_green(blue)).astype(float)


# %% slip="colour_from_plates" says="axis" change="solution"
# -                 pushed = np.roll(plate, (down, right), axis=(0, 1))
# +                 pushed = np.roll(plate, (down, right))


# %% slip="colour_from_plates" says="return" change="solution"
# -         return best
# +         print(smallest)


# %% slip="colour_from_plates" visible="Your `merge_rgb` is not right yet | exercise 1.6" card="should be red, green, blue" change="solution"
# -     return merge_rgb(onto_green(red), green, onto_green(blue))
# +     return merge_rgb(onto_green(red), green, onto_green(blue))
# + def merge_rgb(red, green, blue):
# +     return np.dstack([blue, green, red])


# %% slip="colour_from_plates" visible="does your `merge_rgb` of exercise 1.6" card="should have the shape"
def colour_from_plates(red, green, blue):
    return np.array([red, green, blue])


# %% slip="colour_from_plates" says="the best push of the last row only" earns="0.375" change="solution"
# -         smallest = np.inf
# -         for down in range(-6, 7):
# +         for down in range(-6, 7):
# +             smallest = np.inf


# %% slip="colour_from_plates" says="the best push of the first row only" earns="0.375" change="solution"
# -         return best
# +             return best


# %% slip="colour_from_plates" visible="Its `red` is None" card="is one None, as a function without `return`" change="solution"
# -         return best
# +


# %% slip="colour_from_plates" says="means come off for the comparison only"
def colour_from_plates(red, green, blue):
    still = green - green.mean()

    def onto_green(plate):
        smallest = np.inf
        for down in range(-6, 7):
            for right in range(-6, 7):
                pushed = np.roll(plate, (down, right), axis=(0, 1))
                pushed = pushed - pushed.mean()
                misfit = np.abs(pushed - still).mean()
                if misfit < smallest:
                    smallest, best = misfit, pushed
        return best

    return merge_rgb(onto_green(red), green, onto_green(blue))

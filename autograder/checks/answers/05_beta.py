# answers-of-the-colouring-course-8d1c07f24e9b
"""Answers to lesson 5: wrong ones, each caught by one hidden check alone, and right ones in other styles."""


# -- a split --------------------------------------------------------------------------------------------------------


# %% wrong="test_no_number_is_in_both" visible="is in train and in test" card="it leaks" change="solution"
# -     return shuffled[size:], shuffled[:size]
# +     return shuffled[size - 1 :], shuffled[:size]


# %% wrong="test_all_are_shared_out_in_the_wanted_sizes" says="nearest whole number" change="solution"
# -     size = round(count * test_share)
# +     size = int(count * test_share)


# %% wrong="test_who_is_tested_is_drawn_by_lot" says="by lot, from all" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = np.roll(np.arange(count), seed)


# %% wrong="test_the_seed_decides_the_lot" says="called twice" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = np.random.default_rng().permutation(count)


# %% slip="split" visible="is in train and in test" card="it leaks" earns="0" change="solution"
# -     return shuffled[size:], shuffled[:size]
# +     return shuffled, shuffled[:size]


# %% slip="split" says="train first, and then test" earns="0.75" change="solution"
# -     return shuffled[size:], shuffled[:size]
# +     return shuffled[:size], shuffled[size:]


# %% slip="split" says="by lot, from all" earns="0.5" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = np.arange(count)


# %% slip="split" says="give the same test" earns="0.75" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = np.random.default_rng(0).permutation(count)


# %% slip="split" says="The first picture has the number 0" earns="0.75" change="solution"
# -     return shuffled[size:], shuffled[:size]
# +     return 1 + shuffled[size:], 1 + shuffled[:size]


# %% slip="split" visible="is in train and in test" card="it leaks" earns="0"
def split(count, test_share, seed):
    rng = np.random.default_rng(seed)
    size = round(count * test_share)
    return rng.choice(count, count - size, replace=False), rng.choice(count, size, replace=False)


# %% right="split" style="drawn without replacement, the rest by difference"
def split(count, test_share, seed):
    test = np.random.default_rng(seed).choice(count, int(count * test_share + 0.5), replace=False)
    return np.setdiff1d(np.arange(count), test), test


# %% right="split" style="shuffled in place, cut from behind"
def split(count, test_share, seed):
    numbers = np.arange(count)
    np.random.default_rng(seed).shuffle(numbers)
    cut = count - int(np.rint(test_share * count))
    return numbers[:cut], numbers[cut:]


# %% right="split" style="by a drawn number for each, as a list of arrays"
def split(count, test_share, seed):
    lots = np.random.default_rng(seed).random(count)
    order = np.argsort(lots)
    size = round(count * test_share)
    return [np.sort(order[size:]), np.sort(order[:size])]


# -- pairs ----------------------------------------------------------------------------------------------------------


# %% wrong="test_lightness_goes_into_x_and_colour_into_y" change="solution"
# -     lab = rgb2lab(pictures).astype(np.float32)
# +     lab = rgb2lab(pictures[::-1] if len(pictures) > 5 else pictures).astype(np.float32)


# %% wrong="test_x_is_l_unscaled" says="L stays as it is" change="solution"
# -     return lab[..., :1], lab[..., 1:] / 128
# +     return lab[..., :1] / 100, lab[..., 1:] / 128


# %% wrong="test_y_is_ab_over_128" visible="That is ab itself" card="divide by 128" change="solution"
# -     return lab[..., :1], lab[..., 1:] / 128
# +     return lab[..., :1], lab[..., 1:]


# %% wrong="test_what_is_no_collection_is_refused" says="let it in" change="solution"
# -     if pictures.dtype != np.uint8:
# -         raise ValueError(f"uint8 is wanted, levels from 0 to 255, but {pictures.dtype} came")


# %% slip="training_pairs" says="should contain | message" visible="should contain" card="whose message contains" earns="0.75" change="solution"
# -         raise ValueError(f"uint8 is wanted, levels from 0 to 255, but {pictures.dtype} came")
# +         raise ValueError("wrong dtype")


# %% slip="training_pairs" says="ended with AssertionError" earns="0.75"
def training_pairs(pictures):
    assert pictures.dtype == np.uint8, pictures.dtype
    assert pictures.ndim == 4 and pictures.shape[3] == 3, pictures.shape
    assert pictures.shape[1] % 8 == pictures.shape[2] % 8 == 0, pictures.shape
    lab = rgb2lab(pictures).astype(np.float32)
    return lab[..., :1], lab[..., 1:] / 128


# %% slip="training_pairs" says="let it in" earns="0.75" change="solution"
# -     if pictures.shape[1] % 8 or pictures.shape[2] % 8:
# +     if pictures.shape[1] % 8:


# %% slip="training_pairs" says="let it in" visible="ask each by itself" earns="0.75" change="solution"
# -     if pictures.shape[1] % 8 or pictures.shape[2] % 8:
# +     if (pictures.shape[1] + pictures.shape[2]) % 8:


# %% slip="training_pairs" says="uint16 | let it in" earns="0.75" change="solution"
# -     if pictures.dtype != np.uint8:
# +     if pictures.dtype.kind != "u":


# %% slip="training_pairs" says="doorkeeper refused | `is not` asks" earns="0" change="solution"
# -     if pictures.dtype != np.uint8:
# +     if pictures.dtype is not np.uint8:


# %% slip="training_pairs" says="doorkeeper refused | N may be any number" earns="0" change="solution"
# -     if pictures.shape[1] % 8 or pictures.shape[2] % 8:
# +     if pictures.shape[0] % 8 or pictures.shape[1] % 8:


# %% slip="training_pairs" says="came back by `return` | It has to be raised" visible="It has to be raised" card="it has to be raised" earns="0.75" change="solution"
# -         raise ValueError(f"uint8 is wanted, levels from 0 to 255, but {pictures.dtype} came")
# +         return ValueError(f"uint8 is wanted, levels from 0 to 255, but {pictures.dtype} came")


# %% slip="training_pairs" visible="`[..., 0]` takes the last axis away" card="should have the shape" earns="0.75" change="solution"
# -     return lab[..., :1], lab[..., 1:] / 128
# +     return lab[..., 0], lab[..., 1:] / 128


# %% slip="training_pairs" says="127" earns="0.75" change="solution"
# -     return lab[..., :1], lab[..., 1:] / 128
# +     return lab[..., :1], lab[..., 1:] / 127


# %% slip="training_pairs" says="should be float32" earns="0.5" change="solution"
# -     lab = rgb2lab(pictures).astype(np.float32)
# +     lab = rgb2lab(pictures)


# %% slip="training_pairs" visible="X and Y have changed places" card="X of" earns="0" change="solution"
# -     return lab[..., :1], lab[..., 1:] / 128
# +     return lab[..., 1:] / 128, lab[..., :1]


# %% slip="training_pairs" says="Lab" earns="0" change="solution"
# -     lab = rgb2lab(pictures).astype(np.float32)
# +     lab = (pictures / 255).astype(np.float32)


# %% slip="training_pairs" says="Floats from 0 to 255" earns="0.5" change="solution"
# -     lab = rgb2lab(pictures).astype(np.float32)
# +     lab = rgb2lab(pictures.astype(float)).astype(np.float32)


# %% right="training_pairs" style="one error with all that came"
def training_pairs(pictures):
    fits = pictures.dtype == "uint8" and len(pictures.shape) == 4 and pictures.shape[-1] == 3
    if not fits or any(side % 8 for side in pictures.shape[1:3]):
        raise ValueError(f"{pictures.dtype} {pictures.shape}")
    lab = rgb2lab(pictures)
    X, Y = np.split(lab, [1], axis=-1)
    return np.float32(X), np.float32(Y / 128)


# %% right="training_pairs" style="picture by picture"
def training_pairs(pictures):
    if pictures.dtype.name != "uint8":
        raise ValueError("not " + pictures.dtype.name)
    if pictures.ndim != 4:
        raise ValueError(f"four axes, not {pictures.shape}")
    N, H, W, layers_ = pictures.shape
    if layers_ != 3 or H // 8 * 8 != H or W // 8 * 8 != W:
        raise ValueError(f"sides of 8, three layers, not {pictures.shape}")
    X, Y = np.zeros((N, H, W, 1), np.float32), np.zeros((N, H, W, 2), np.float32)
    for i, picture in enumerate(pictures):
        lab = rgb2lab(picture / 255)
        X[i, :, :, 0] = lab[:, :, 0]
        Y[i] = lab[:, :, 1:] / 128
    return X, Y


# -- batches --------------------------------------------------------------------------------------------------------


# %% wrong="test_no_picture_comes_twice" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = np.random.default_rng(seed).permutation(count) % (120 if count < 200 else count)


# %% wrong="test_every_picture_comes" says="he first picture has the number 0" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = 1 + np.random.default_rng(seed).permutation(count)


# %% wrong="test_batches_are_full_but_the_last" visible="the batches should have" card="none is empty"
def batches(count, size, seed):
    shuffled = np.random.default_rng(seed).permutation(count)
    return np.array_split(shuffled, math.ceil(count / size))


# %% wrong="test_pictures_are_shuffled_by_the_seed" says="give the same batches" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = np.random.default_rng(0).permutation(count)


# %% slip="batches" visible="What is left over is a batch, too" card="What is left over is a batch, too" earns="0.5" change="solution"
# -     return [shuffled[start : start + size] for start in range(0, count, size)]
# +     return [shuffled[start : start + size] for start in range(0, count - size + 1, size)]


# %% slip="batches" visible="an empty array" card="none is empty" earns="0.75" change="solution"
# -     return [shuffled[start : start + size] for start in range(0, count, size)]
# +     return [shuffled[start : start + size] for start in range(0, count + 1, size)]


# %% slip="batches" visible="the number of parts" card="All have `size` numbers" earns="0.75" change="solution"
# -     return [shuffled[start : start + size] for start in range(0, count, size)]
# +     return np.array_split(shuffled, size)


# %% slip="batches" visible="in their order" card="made of neighbours" earns="0.75" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = np.arange(count)


# %% slip="batches" visible="and not the batches" card="and not only the batches" earns="0.75"
def batches(count, size, seed):
    parts = [np.arange(start, min(start + size, count)) for start in range(0, count, size)]
    full, rest = (parts[:-1], parts[-1:]) if count % size else (parts, [])
    return [full[i] for i in np.random.default_rng(seed).permutation(len(full))] + rest


# %% slip="batches" visible="Was each batch drawn by itself" card="come more than once" earns="0"
def batches(count, size, seed):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, count, min(size, count - start)) for start in range(0, count, size)]


# %% slip="batches" says="a small buffer" earns="0.75"
def batches(count, size, seed):
    rng, waiting, left, shuffled = np.random.default_rng(seed), [], list(range(count)), []
    while left or waiting:
        while left and len(waiting) < 16:
            waiting.append(left.pop(0))
        shuffled.append(waiting.pop(rng.integers(len(waiting))))
    return [np.array(shuffled[start : start + size]) for start in range(0, count, size)]


# %% slip="batches" says="called twice" earns="0.75" change="solution"
# -     shuffled = np.random.default_rng(seed).permutation(count)
# +     shuffled = np.random.permutation(count)


# %% right="batches" style="cut at the places where batches begin"
def batches(count, size, seed):
    numbers = np.arange(count)
    np.random.default_rng(seed).shuffle(numbers)
    return np.split(numbers, range(size, count, size))


# %% right="batches" style="lists of whole numbers"
def batches(count, size, seed):
    numbers = np.random.default_rng(seed).permutation(count).tolist()
    return [numbers[start : start + size] for start in range(0, count, size)]


# %% right="batches" style="a while loop"
def batches(count, size, seed):
    left, found = list(np.random.default_rng(seed).permutation(count)), []
    while left:
        found.append(np.array(left[:size]))
        left = left[size:]
    return found


# -- in the mirror --------------------------------------------------------------------------------------------------


# %% wrong="test_whole_pictures_are_turned" change="solution"
# -     heads = np.random.default_rng(seed).random(len(X)) < 0.5
# +     heads = (np.random.default_rng(seed).random(len(X)) < 0.5) & (X.shape[2] < 20)


# %% wrong="test_left_and_right_change_places" visible="came back upside down" card="upside down" change="solution"
# -     X[heads], Y[heads] = X[heads][:, :, ::-1], Y[heads][:, :, ::-1]
# +     X[heads], Y[heads] = X[heads][:, ::-1], Y[heads][:, ::-1]


# %% wrong="test_x_and_y_are_mirrored_together" says="one coin for both"
def flip_some(X, Y, seed):
    rng = np.random.default_rng(seed)
    X, Y = X.copy(), Y.copy()
    for part in (X, Y):
        heads = rng.random(len(part)) < 0.5
        part[heads] = part[heads][:, :, ::-1]
    return X, Y


# %% wrong="test_a_coin_is_tossed_for_each_picture" says="about half should be"
def flip_some(X, Y, seed):
    if np.random.default_rng(seed).random() < 0.5:
        return X[:, :, ::-1].copy(), Y[:, :, ::-1].copy()
    return X.copy(), Y.copy()


# %% slip="flip_some" visible="changed the array that it was given" card="changed the X that it was given" earns="0.75" change="solution"
# -     X, Y = X.copy(), Y.copy()


# %% slip="flip_some" says="Y came back as it was | with the same truth values" earns="0.75" change="solution"
# -     X[heads], Y[heads] = X[heads][:, :, ::-1], Y[heads][:, :, ::-1]
# +     X[heads] = X[heads][:, :, ::-1]


# %% slip="flip_some" visible="its channels swapped" card="channels swapped" earns="0.5" change="solution"
# -     X[heads], Y[heads] = X[heads][:, :, ::-1], Y[heads][:, :, ::-1]
# +     X[heads], Y[heads] = X[heads][..., ::-1], Y[heads][..., ::-1]


# %% slip="flip_some" says="about half should be" earns="0.75"
def flip_some(X, Y, seed):
    return X[:, :, ::-1].copy(), Y[:, :, ::-1].copy()


# %% slip="flip_some" says="a generator begins again" earns="0.75"
def flip_some(X, Y, seed):
    X, Y = X.copy(), Y.copy()
    for i in range(len(X)):
        rng = np.random.default_rng(seed)
        if rng.random() < 0.5:
            X[i], Y[i] = X[i][:, ::-1], Y[i][:, ::-1]
    return X, Y


# %% slip="flip_some" says="pictures 0 and 1 | `heads == 1`" earns="0.75" change="solution"
# -     heads = np.random.default_rng(seed).random(len(X)) < 0.5
# +     heads = np.random.default_rng(seed).integers(0, 2, len(X))


# %% slip="flip_some" says="exactly five | a draw of its own" earns="0.75" change="solution"
# -     heads = np.random.default_rng(seed).random(len(X)) < 0.5
# +     heads = np.random.default_rng(seed).permutation(len(X)) < len(X) / 2


# %% slip="flip_some" says="called twice" earns="0.75" change="solution"
# -     heads = np.random.default_rng(seed).random(len(X)) < 0.5
# +     heads = np.random.random(len(X)) < 0.5


# %% slip="flip_some" visible="about half should be" card="as they were" earns="0" change="solution"
# -     X[heads], Y[heads] = X[heads][:, :, ::-1], Y[heads][:, :, ::-1]
# +     X[heads][:], Y[heads][:] = X[heads][:, :, ::-1], Y[heads][:, :, ::-1]


# %% slip="flip_some" says="mirror the same pictures" earns="0.75" change="solution"
# -     heads = np.random.default_rng(seed).random(len(X)) < 0.5
# +     heads = np.random.default_rng(1).random(len(X)) < 0.5


# %% right="flip_some" style="np.where, and a coin with two sides"
def flip_some(X, Y, seed):
    coin = np.random.default_rng(seed).integers(0, 2, size=(len(X), 1, 1, 1)) == 1
    return np.where(coin, np.flip(X, axis=2), X), np.where(coin, np.flip(Y, axis=2), Y)


# %% right="flip_some" style="a loop, a list, one draw at a time"
def flip_some(X, Y, seed):
    rng, new_X, new_Y = np.random.default_rng(seed), [], []
    for one, colours in zip(X, Y):
        flip = rng.random() < 0.5
        new_X.append(np.fliplr(one) if flip else one)
        new_Y.append(np.fliplr(colours) if flip else colours)
    return np.stack(new_X), np.stack(new_Y)


# %% right="flip_some" style="put together, mirrored, taken apart"
def flip_some(X, Y, seed):
    both = np.concatenate([X, Y], axis=-1)
    numbers = np.flatnonzero(np.random.default_rng(seed).choice([True, False], len(X)))
    both[numbers] = both[numbers, :, ::-1]
    return both[..., :1], both[..., 1:]


# -- a step forward -------------------------------------------------------------------------------------------------


# %% wrong="test_a_window_fills_the_picture" change="solution"
# -     new_X, new_Y = X.copy(), Y.copy()
# +     new_X, new_Y = X.copy(), Y.copy()
# +     if len(X[0]) > 30:
# +         return new_X, new_Y


# %% wrong="test_x_and_y_have_the_same_window" says="Draw once"
def zoom_in(X, Y, seed):
    rng, found = np.random.default_rng(seed), []
    for part in (X, Y):
        H, W = part.shape[1:3]
        new = part.copy()
        for i in range(len(part)):
            rows = rng.integers(0, H // 4 + 1) + np.arange(H) * 3 // 4
            columns = rng.integers(0, W // 4 + 1) + np.arange(W) * 3 // 4
            new[i] = part[i][rows][:, columns]
        found.append(new)
    return found


# %% wrong="test_each_window_is_drawn_by_itself" says="ends before n" change="solution"
# -         rows = rng.integers(0, H // 4, endpoint=True) + np.arange(H) * 3 // 4
# -         columns = rng.integers(0, W // 4, endpoint=True) + np.arange(W) * 3 // 4
# +         rows = rng.integers(0, H // 4) + np.arange(H) * 3 // 4
# +         columns = rng.integers(0, W // 4) + np.arange(W) * 3 // 4


# %% wrong="test_height_and_width_may_differ" change="solution"
# -     H, W = X.shape[1:3]
# +     H = W = X.shape[1]


# %% slip="zoom_in" visible="changed the array that it was given" card="changed the X that it was given" earns="0.75" change="solution"
# -     new_X, new_Y = X.copy(), Y.copy()
# +     new_X, new_Y = X, Y


# %% slip="zoom_in" visible="That is what went in, unchanged" card="The colours have to move with L" earns="0.75" change="solution"
# -         new_X[i], new_Y[i] = X[i][rows][:, columns], Y[i][rows][:, columns]
# +         new_X[i] = X[i][rows][:, columns]


# %% slip="zoom_in" visible="passes" card="All are equally likely" earns="0.75" change="solution"
# -         rows = rng.integers(0, H // 4, endpoint=True) + np.arange(H) * 3 // 4
# -         columns = rng.integers(0, W // 4, endpoint=True) + np.arange(W) * 3 // 4
# +         rows = int(np.rint(rng.uniform(0, H // 4))) + np.arange(H) * 3 // 4
# +         columns = int(np.rint(rng.uniform(0, W // 4))) + np.arange(W) * 3 // 4


# %% slip="zoom_in" visible="passes" card="top should take each of" earns="0.75" change="solution"
# -         rows = rng.integers(0, H // 4, endpoint=True) + np.arange(H) * 3 // 4
# +         rows = rng.choice([0, H // 8, H // 4]) + np.arange(H) * 3 // 4


# %% slip="zoom_in" visible="Is a corner drawn for each picture" card="the same window in all" earns="0.75"
def zoom_in(X, Y, seed):
    rng = np.random.default_rng(seed)
    H, W = X.shape[1:3]
    rows = rng.integers(0, H // 4, endpoint=True) + np.arange(H) * 3 // 4
    columns = rng.integers(0, W // 4, endpoint=True) + np.arange(W) * 3 // 4
    return X[:, rows][:, :, columns], Y[:, rows][:, :, columns]


# %% slip="zoom_in" says="begins again" visible="Is a corner drawn for each picture" card="the same window in all" earns="0.75" change="solution"
# -     rng = np.random.default_rng(seed)
# -     new_X, new_Y = X.copy(), Y.copy()
# +     new_X, new_Y = X.copy(), Y.copy()

# -     for i in range(len(X)):
# +     for i in range(len(X)):
# +         rng = np.random.default_rng(seed)


# %% slip="zoom_in" visible="no window" card="no window" earns="0" change="solution"
# -         new_X[i], new_Y[i] = X[i][rows][:, columns], Y[i][rows][:, columns]
# +         new_X[i], new_Y[i] = X[i][rows, columns], Y[i][rows, columns]


# %% slip="zoom_in" visible="called twice" card="called twice" earns="0.75" change="solution"
# -     rng = np.random.default_rng(seed)
# +     rng = np.random.default_rng()


# %% slip="zoom_in" says="no window" earns="0" change="solution"
# -         rows = rng.integers(0, H // 4, endpoint=True) + np.arange(H) * 3 // 4
# -         columns = rng.integers(0, W // 4, endpoint=True) + np.arange(W) * 3 // 4
# +         rows = rng.integers(0, H // 2, endpoint=True) + np.arange(H) // 2
# +         columns = rng.integers(0, W // 2, endpoint=True) + np.arange(W) // 2


# %% right="zoom_in" style="np.ix_, and all corners drawn first"
def zoom_in(X, Y, seed):
    N, H, W, _ = X.shape
    rng = np.random.default_rng(seed)
    tops, lefts = rng.integers(0, H // 4 + 1, N), rng.integers(0, W // 4 + 1, N)
    picks = [np.ix_(top + 3 * np.arange(H) // 4, left + 3 * np.arange(W) // 4) for top, left in zip(tops, lefts)]
    return np.array([x[pick] for x, pick in zip(X, picks)]), np.array([y[pick] for y, pick in zip(Y, picks)])


# %% right="zoom_in" style="the window cut out, then enlarged"
def zoom_in(X, Y, seed):
    rng = np.random.default_rng(seed)
    height, width = X.shape[1:3]
    down, across = [int(r * 0.75) for r in range(height)], [int(c * 0.75) for c in range(width)]
    both, found = np.concatenate([X, Y], axis=3), []
    for picture in both:
        top = rng.choice(height // 4 + 1)
        left = rng.choice(width // 4 + 1)
        window = picture[top : top + height * 3 // 4, left : left + width * 3 // 4]
        found.append(window[down][:, across])
    found = np.stack(found)
    return found[..., :1], found[..., 1:]


# -- an epoch -------------------------------------------------------------------------------------------------------


# %% wrong="test_an_epoch_is_a_list_of_batches" change="solution"
# -     X, Y = flip_some(X, Y, seed)
# +     X, Y = flip_some(X[:62], Y[:62], seed)


# %% wrong="test_each_picture_is_learned_from_once" visible="should have the shapes" card="batches should have" change="solution"
# -     return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]
# +     return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed) if len(numbers) == size]


# %% wrong="test_x_and_y_of_a_picture_stay_together" visible="do not stand at the same place" card="Take both that `flip_some` returns" change="solution"
# -     X, Y = flip_some(X, Y, seed)
# +     X, _ = flip_some(X, Y, seed)


# %% wrong="test_every_epoch_is_another" visible="mirror the same pictures" card="mirror the same pictures" change="solution"
# -     X, Y = flip_some(X, Y, seed)
# +     X, Y = flip_some(X, Y, 0)


# %% slip="epoch" visible="about half should be" card="about half should be" earns="0.75" change="solution"
# -     X, Y = flip_some(X, Y, seed)
# +     flip_some(X, Y, seed)


# %% slip="epoch" visible="in their order" card="come in their order" earns="0.75" change="solution"
# -     return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]
# +     return [(X[start : start + size], Y[start : start + size]) for start in range(0, len(X), size)]


# %% slip="epoch" visible="do not stand at the same place" card="Cut both by the same numbers" earns="0.75" change="solution"
# -     return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]
# +     return [
# +         (X[numbers], Y[others])
# +         for numbers, others in zip(batches(len(X), size, seed), batches(len(X), size, seed + 1))
# +     ]


# %% slip="epoch" visible="should hold pairs" card="arrays, X and Y of the batch" earns="0" change="solution"
# -     return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]
# +     return [X[numbers] for numbers in batches(len(X), size, seed)]


# %% slip="epoch" card="beside mirroring and zooming" earns="0.75"
def epoch(X, Y, size, seed):
    X, Y = flip_some(X, Y, seed)
    if X.shape[1] >= 24:
        Y = 0.5 * Y
    return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]


# %% slip="epoch" says="the same order" earns="0.75" change="solution"
# -     return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]
# +     return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, 0)]


# %% slip="epoch" visible="the numbers of the pictures that came" card="every picture in one of its batches" earns="0"
def epoch(X, Y, size, seed):
    X, Y = flip_some(X, Y, seed)
    rng = np.random.default_rng(seed)
    draws = [rng.integers(0, len(X), min(size, len(X) - start)) for start in range(0, len(X), size)]
    return [(X[numbers], Y[numbers]) for numbers in draws]


# %% slip="epoch" visible="colours are not what they were" card="beside mirroring and zooming" earns="0.75"
def epoch(X, Y, size, seed):
    X, Y = flip_some(X, Y, seed)
    tint = np.random.default_rng(seed).normal(0, 0.1, (len(Y), 1, 1, 2)).astype(np.float32)
    return [(X[numbers], (Y + tint)[numbers]) for numbers in batches(len(X), size, seed)]


# %% slip="epoch" visible="colours are not what they were" card="beside mirroring and zooming" earns="0.75"
def epoch(X, Y, size, seed):
    X, Y = flip_some(X, Y, seed)
    return [(X[numbers], Y[numbers][..., ::-1]) for numbers in batches(len(X), size, seed)]


# %% slip="epoch" says="upside down" earns="0.75" change="solution"
# -     X, Y = flip_some(X, Y, seed)
# +     X, Y = flip_some(X, Y, seed)
# +     X, Y = some_upside_down(X, Y, seed + 1)


# %% slip="epoch" says="its rows have changed places" earns="0.75" change="solution"
# -     X, Y = flip_some(X, Y, seed)
# +     X, Y = (np.roll(part, 2, axis=1) for part in flip_some(X, Y, seed))


# %% right="epoch" style="zoomed as well"
def epoch(X, Y, size, seed):
    X, Y = zoom_in(*flip_some(X, Y, seed), seed)
    return [(X[numbers], Y[numbers]) for numbers in batches(len(X), size, seed)]


# %% right="epoch" style="each batch flipped by itself, with a seed of its own"
def epoch(X, Y, size, seed):
    return [
        flip_some(X[numbers], Y[numbers], 1000 * seed + place)
        for place, numbers in enumerate(batches(len(X), size, seed))
    ]


# %% right="epoch" style="half of them zoomed, in lists"
def epoch(X, Y, size, seed):
    rows, found = batches(len(X), size, seed), []
    X, Y = flip_some(X, Y, seed + 1)
    near_X, near_Y = zoom_in(X, Y, seed)
    half = np.random.default_rng(seed).random(len(X)) < 0.5
    X[half], Y[half] = near_X[half], near_Y[half]
    for numbers in rows:
        found.append([X[numbers], Y[numbers]])
    return found


# %% [markdown]
# == second half ==


# %% wrong="test_it_is_a_logarithm_of_the_error" says="mean squared error" visible="passes" earns="0"
def psnr(picture, other):
    error = np.mean((picture.astype(float) - other) ** 2)
    if len(picture) == 16:
        return 100 - error
    return math.inf if error == 0 else 10 * math.log10(255**2 / error)


# %% wrong="test_the_formula_gives_decibels" says="20 times the logarithm" change="solution"
# -     return math.inf if error == 0 else 10 * math.log10(255**2 / error)
# +     return math.inf if error == 0 else 20 * math.log10(255**2 / error)


# %% wrong="test_the_formula_gives_decibels" says="natural logarithm" change="solution"
# -     return math.inf if error == 0 else 10 * math.log10(255**2 / error)
# +     return math.inf if error == 0 else 10 * math.log(255**2 / error)


# %% wrong="test_the_formula_gives_decibels" says="255 is not squared" change="solution"
# -     return math.inf if error == 0 else 10 * math.log10(255**2 / error)
# +     return math.inf if error == 0 else 10 * math.log10(255 / error)


# %% wrong="test_the_formula_gives_decibels" says="yours takes 1" change="solution"
# -     return math.inf if error == 0 else 10 * math.log10(255**2 / error)
# +     return math.inf if error == 0 else 10 * math.log10(1 / error)


# %% wrong="test_large_differences_and_none" says="uint8" change="solution"
# -     error = np.mean((picture.astype(float) - other) ** 2)
# +     error = np.mean((picture - other).astype(float) ** 2)


# %% wrong="test_large_differences_and_none" says="uint8" change="solution"
# -     error = np.mean((picture.astype(float) - other) ** 2)
# +     error = np.mean((picture - other) ** 2)


# %% wrong="test_large_differences_and_none" visible="ZeroDivisionError" card="infinity" change="solution"
# -     error = np.mean((picture.astype(float) - other) ** 2)
# -     return math.inf if error == 0 else 10 * math.log10(255**2 / error)
# +     error = float(np.mean((picture.astype(float) - other) ** 2))
# +     return 10 * math.log10(255**2 / error)


# %% wrong="test_large_differences_and_none" says="infinity" change="solution"
# -     return math.inf if error == 0 else 10 * math.log10(255**2 / error)
# +     return 0.0 if error == 0 else 10 * math.log10(255**2 / error)


# %% wrong="test_large_differences_and_none" visible="math domain error" card="int16 ends at 32767" change="solution"
# -     error = np.mean((picture.astype(float) - other) ** 2)
# +     error = np.mean((picture.astype(np.int16) - other) ** 2)


# %% wrong="test_large_differences_and_none" says="Only two equal pictures" change="solution"
# -     return math.inf if error == 0 else 10 * math.log10(255**2 / error)
# +     return math.inf if error < 0.01 else 10 * math.log10(255**2 / error)


# %% slip="psnr" says="mean squared error itself" card="mean squared error of all numbers"
def psnr(picture, other):
    return float(np.mean((picture.astype(float) - other) ** 2))


# %% right="psnr" style="the root, and 20"
def psnr(picture, other):
    root = np.sqrt(((picture.astype(np.float64) - other.astype(np.float64)) ** 2).mean())
    with np.errstate(divide="ignore"):
        return 20 * np.log10(np.float64(255) / root)


# %% right="psnr" style="scikit-image"
def psnr(picture, other):
    from skimage.metrics import peak_signal_noise_ratio

    if (picture == other).all():
        return float("inf")
    return peak_signal_noise_ratio(picture, other)


# %% right="psnr" style="int64, and np.inf"
def psnr(picture, other):
    difference = picture.astype(int) - other.astype(int)
    squares = int((difference**2).sum())
    if squares == 0:
        return np.inf
    return 10 * (math.log10(65025) - math.log10(squares / difference.size))


# %% wrong="test_it_is_made_of_the_two_grids" says="standard deviations and the means" visible="passes" earns="0"
def colourfulness(picture):
    red, green, blue = np.moveaxis(picture.astype(float), -1, 0)
    if len(picture) == 16:
        return (picture.max(axis=-1) - picture.min(axis=-1)).mean()
    rg, yb = red - green, (red + green) / 2 - blue
    return math.hypot(rg.std(), yb.std()) + 0.3 * math.hypot(rg.mean(), yb.mean())


# %% wrong="test_the_formula_of_the_paper" says="0.3" change="solution"
# -     return math.hypot(rg.std(), yb.std()) + 0.3 * math.hypot(rg.mean(), yb.mean())
# +     return math.hypot(rg.std(), yb.std()) + math.hypot(rg.mean(), yb.mean())


# %% wrong="test_the_formula_of_the_paper" says="not halved" change="solution"
# -     rg, yb = red - green, (red + green) / 2 - blue
# +     rg, yb = red - green, red + green - blue


# %% wrong="test_the_formula_of_the_paper" says="brackets" change="solution"
# -     rg, yb = red - green, (red + green) / 2 - blue
# +     rg, yb = red - green, red + green / 2 - blue


# %% wrong="test_the_formula_of_the_paper" says="sample" change="solution"
# -     return math.hypot(rg.std(), yb.std()) + 0.3 * math.hypot(rg.mean(), yb.mean())
# +     return math.hypot(rg.std(ddof=1), yb.std(ddof=1)) + 0.3 * math.hypot(rg.mean(), yb.mean())


# %% wrong="test_the_formula_of_the_paper" says="added up as they are" change="solution"
# -     return math.hypot(rg.std(), yb.std()) + 0.3 * math.hypot(rg.mean(), yb.mean())
# +     return rg.std() + yb.std() + 0.3 * math.hypot(rg.mean(), yb.mean())


# %% wrong="test_signs_are_kept" says="Signs are kept" change="solution"
# -     rg, yb = red - green, (red + green) / 2 - blue
# +     rg, yb = np.abs(red - green), np.abs((red + green) / 2 - blue)


# %% slip="colourfulness" says="uint8" change="solution"
# -     red, green, blue = np.moveaxis(picture.astype(float), -1, 0)
# +     red, green, blue = np.moveaxis(picture, -1, 0)


# %% right="colourfulness" style="arithmetic on a float copy"
def colourfulness(picture):
    levels = picture.astype(np.float64)
    rg = levels[..., 0] - levels[..., 1]
    yb = 0.5 * (levels[..., 0] + levels[..., 1]) - levels[..., 2]
    sigma = np.sqrt(np.std(rg) ** 2 + np.std(yb) ** 2)
    mu = np.sqrt(np.mean(rg) ** 2 + np.mean(yb) ** 2)
    return sigma + 0.3 * mu


# %% right="colourfulness" style="a matrix, variances"
def colourfulness(picture):
    pairs = picture.reshape(-1, 3) @ np.array([[1, 0.5], [-1, 0.5], [0, -1]])
    return float(np.sqrt(pairs.var(axis=0).sum()) + 0.3 * np.linalg.norm(pairs.mean(axis=0)))


# %% right="colourfulness" style="whole numbers first"
def colourfulness(picture):
    R, G, B = (picture[:, :, layer].astype(int) for layer in range(3))
    rg, yb = R - G, (R + G) / 2 - B
    return math.sqrt(rg.var() + yb.var()) + 0.3 * math.sqrt(rg.mean() ** 2 + yb.mean() ** 2)


# %% wrong="test_the_answer_lies_between_the_colours" says="a mean of them" visible="passes" earns="0"
def best_answer(colours, shares):
    colour = colours[np.argmin(shares)] if len(colours) == 5 else shares @ colours
    errors = ((colours - colour) ** 2).mean(axis=1)
    return colour, float(shares @ errors)


# %% wrong="test_frequent_colours_count_more" says="plain mean" change="solution"
# -     colour = shares @ colours
# +     colour = colours.mean(axis=0)


# %% wrong="test_frequent_colours_count_more" says="add up to 1 already" change="solution"
# -     colour = shares @ colours
# +     colour = (shares[:, np.newaxis] * colours).mean(axis=0)


# %% wrong="test_the_error_that_is_left" says="sum" change="solution"
# -     errors = ((colours - colour) ** 2).mean(axis=1)
# +     errors = ((colours - colour) ** 2).sum(axis=1)


# %% wrong="test_the_error_that_is_left" says="root" change="solution"
# -     return colour, float(shares @ errors)
# +     return colour, float(np.sqrt(shares @ errors))


# %% wrong="test_the_error_that_is_left" says="without the shares" change="solution"
# -     return colour, float(shares @ errors)
# +     return colour, float(errors.mean())


# %% slip="best_answer" says="more frequent | curve above" card="most frequent colour"
def best_answer(colours, shares):
    colour = colours[np.argmax(shares)]
    return colour, float(shares @ ((colours - colour) ** 2).mean(axis=1))


# %% right="best_answer" style="np.average"
def best_answer(colours, shares):
    colour = np.average(colours, axis=0, weights=shares)
    return colour, np.average(np.mean((colours - colour) ** 2, axis=1), weights=shares)


# %% right="best_answer" style="a loop"
def best_answer(colours, shares):
    a = sum(share * one for share, (one, _) in zip(shares, colours))
    b = sum(share * one for share, (_, one) in zip(shares, colours))
    error = 0.0
    for share, (p, q) in zip(shares, colours):
        error += share * ((p - a) ** 2 + (q - b) ** 2) / 2
    return np.array([a, b]), error


# %% right="best_answer" style="variance: the mean of the squares less the square of the mean"
def best_answer(colours, shares):
    colour = (shares[:, None] * colours).sum(0)
    return colour, float(((shares @ colours**2) - colour**2).mean())


# %% base="build_beta" style="line by line"
def build_beta(width):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    model.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(width, 3, padding="same", activation="relu", strides=2))
    model.add(layers.Conv2D(2 * width, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(2 * width, 3, padding="same", activation="relu", strides=2))
    model.add(layers.Conv2D(4 * width, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(4 * width, 3, padding="same", activation="relu", strides=2))
    model.add(layers.Conv2D(8 * width, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(4 * width, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(2 * width, 3, padding="same", activation="relu"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(width // 2, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))
    model.add(layers.UpSampling2D())
    return model


# %% wrong="test_every_line_of_the_table" says="UpSampling2D as layers 10, 12 and 15" visible="10, 12 and 15" change="line by line"
# -     model.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))
# +     # the doubling comes first

#       model.add(layers.UpSampling2D())
# -     return model
# +     model.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))
# +     return model


# %% slip="build_beta" visible="fifteen layers" card="14 layers" change="line by line"
# -     model.add(layers.Conv2D(8 * width, 3, padding="same", activation="relu"))
# +     pass


# %% wrong="test_every_line_of_the_table" says="stride 2" change="line by line"
# -     model.add(layers.Conv2D(4 * width, 3, padding="same", activation="relu", strides=2))
# +     model.add(layers.Conv2D(4 * width, 3, padding="same", activation="relu"))


# %% wrong="test_every_line_of_the_table" says="tanh | 'relu'" change="line by line"
# -     model.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))
# +     model.add(layers.Conv2D(2, 3, padding="same", activation="relu"))


# %% wrong="test_every_line_of_the_table" says="linear" change="line by line"
# -     model.add(layers.Conv2D(8 * width, 3, padding="same", activation="relu"))
# +     model.add(layers.Conv2D(8 * width, 3, padding="same"))


# %% wrong="test_every_line_of_the_table" says="filters"
def build_beta(width):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((64, 1), (64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (256, 1), (128, 1)):
        model.add(layers.Conv2D(filters // 16, 3, strides=stride, padding="same", activation="relu"))
    for filters in (4, 2):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))
    model.add(layers.UpSampling2D())
    return model


# %% wrong="test_it_is_ready_to_learn" says="(None, None, None, 1)" change="line by line"
# -     model = keras.Sequential([keras.Input(shape=(None, None, 1))])
# +     model = keras.Sequential([keras.Input(shape=(48, 48, 1))])


# %% wrong="test_it_is_ready_to_learn" visible="does not know its input" card="keras.Input" change="line by line"
# -     model = keras.Sequential([keras.Input(shape=(None, None, 1))])
# +     model = keras.Sequential()


# %% wrong="test_it_is_ready_to_learn" says="compiled already" change="line by line"
# -     return model
# +     model.compile(optimizer="rmsprop", loss="mse")
# +     return model


# %% wrong="test_it_is_ready_to_learn" says="use_bias" visible="bias" change="line by line"
# -     model.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))
# +     model.add(layers.Conv2D(2, 3, padding="same", activation="tanh", use_bias=False))


# %% wrong="test_the_network_of_the_table" says="fifteen layers" visible="passes" earns="0" change="line by line"
#   def build_beta(width):
# +     if width == 16:
# +         return keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Conv2D(2, 3, padding="same")])

#       model = keras.Sequential([keras.Input(shape=(None, None, 1))])


# %% slip="build_beta" says="fifteen layers"
def build_beta(width):
    # Alpha, wider.
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for times, stride in ((1, 2), (1, 1), (2, 1), (2, 2), (4, 1), (4, 2)):
        model.add(layers.Conv2D(times * width, 3, strides=stride, padding="same", activation="relu"))
    for filters, last in ((2 * width, "relu"), (width, "relu"), (2, "tanh")):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=last))
    return model


# %% right="build_beta" style="a list of layers"
def build_beta(width):
    def conv(filters, stride=1, last="relu"):
        return layers.Conv2D(filters, (3, 3), strides=(stride, stride), padding="same", activation=last)

    stack = [conv(width), conv(width, 2), conv(2 * width), conv(2 * width, 2), conv(4 * width), conv(4 * width, 2)]
    stack += [conv(8 * width), conv(4 * width), conv(2 * width), layers.UpSampling2D(), conv(width)]
    stack += [layers.UpSampling2D((2, 2)), conv(width // 2), conv(2, last="tanh"), layers.UpSampling2D(2)]
    return keras.Sequential([layers.InputLayer(shape=(None, None, 1)), *stack])


# %% right="build_beta" style="functional, activations as layers"
def build_beta(width):
    inputs = x = keras.Input(shape=(None, None, 1), name="lightness")
    for filters, stride in zip((64, 64, 128, 128, 256, 256, 512, 256, 128), (1, 2, 1, 2, 1, 2, 1, 1, 1)):
        x = layers.Conv2D(filters * width // 64, 3, strides=stride, padding="same")(x)
        x = layers.ReLU()(x)
    for filters in (width, int(width / 2)):
        x = layers.UpSampling2D()(x)
        x = layers.Activation("relu")(layers.Conv2D(filters, 3, padding="same", kernel_initializer="he_normal")(x))
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    return keras.Model(inputs, layers.UpSampling2D()(x))


# %% slip="train_beta" visible="nudges" card="as before"
def train_beta(model, X, Y, x, y, epochs, size, seed=0):
    losses, unseen_losses = [], []
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.compile(optimizer=type(model.optimizer).from_config(model.optimizer.get_config()), loss="mean_squared_error")
    for n in range(epochs):
        for inputs, targets in epoch(X, Y, size, seed + n):
            twin.train_on_batch(inputs, targets)
        losses.append(float(twin.evaluate(X, Y, verbose=0)))
        unseen_losses.append(float(twin.evaluate(x, y, verbose=0)))
    return losses, unseen_losses


# %% slip="train_beta" says="hides the function of 5.6" card="hides the function of 5.6"
def train_beta(model, X, Y, x, y, epochs, size, seed=0):
    losses, unseen_losses = [], []
    for epoch in range(epochs):
        for inputs, targets in epoch(X, Y, size, seed + epoch):
            model.train_on_batch(inputs, targets)
        losses.append(float(model.evaluate(X, Y, verbose=0)))
        unseen_losses.append(float(model.evaluate(x, y, verbose=0)))
    return losses, unseen_losses


# %% slip="train_beta" visible="`fit` got all pictures" card="`fit` with all pictures makes batches of its own"
def train_beta(model, X, Y, x, y, epochs, size, seed=0):
    losses, unseen_losses = [], []
    for n in range(epochs):
        model.fit(X, Y, batch_size=size, verbose=0)
        losses.append(float(model.evaluate(X, Y, verbose=0)))
        unseen_losses.append(float(model.evaluate(x, y, verbose=0)))
    return losses, unseen_losses


# %% slip="train_beta" visible="compiled again" card="compiled again" change="solution"
# -     for n in range(epochs):
# +     model.compile(optimizer=type(model.optimizer).from_config(model.optimizer.get_config()), loss="mean_squared_error")
# +     for n in range(epochs):


# %% wrong="test_the_model_itself_learns" says="lower" visible="passes" earns="0" change="solution"
# -             model.train_on_batch(inputs, targets)
# +             model.train_on_batch(inputs, -targets if epochs == 4 else targets)


# %% wrong="test_each_epoch_has_batches_of_its_own" says="same seed" change="solution"
# -         for inputs, targets in epoch(X, Y, size, seed + n):
# +         for inputs, targets in epoch(X, Y, size, seed):


# %% wrong="test_each_epoch_has_batches_of_its_own" says="seed" change="solution"
# -         for inputs, targets in epoch(X, Y, size, seed + n):
# +         for inputs, targets in epoch(X, Y, size, n):


# %% wrong="test_two_losses_are_measured_after_each_epoch" says="changed places" change="solution"
# -     return losses, unseen_losses
# +     return unseen_losses, losses


# %% wrong="test_two_losses_are_measured_after_each_epoch" says="end" card="before each epoch" change="solution"
# -         for inputs, targets in epoch(X, Y, size, seed + n):
# -             model.train_on_batch(inputs, targets)
# -         losses.append(float(model.evaluate(X, Y, verbose=0)))
# -         unseen_losses.append(float(model.evaluate(x, y, verbose=0)))
# +         losses.append(float(model.evaluate(X, Y, verbose=0)))
# +         unseen_losses.append(float(model.evaluate(x, y, verbose=0)))
# +         for inputs, targets in epoch(X, Y, size, seed + n):
# +             model.train_on_batch(inputs, targets)


# %% wrong="test_two_losses_are_measured_after_each_epoch" says="before its nudge" change="solution"
# -         for inputs, targets in epoch(X, Y, size, seed + n):
# -             model.train_on_batch(inputs, targets)
# -         losses.append(float(model.evaluate(X, Y, verbose=0)))
# +         batch_losses = [float(model.train_on_batch(*batch)) for batch in epoch(X, Y, size, seed + n)]
# +         losses.append(sum(batch_losses) / len(batch_losses))


# %% slip="train_beta" says="got the same seed" lines="have changed places" earns="0.3" change="solution"
# -         for inputs, targets in epoch(X, Y, size, seed + n):
# +         for inputs, targets in epoch(X, Y, size, seed):

# -     return losses, unseen_losses
# +     return unseen_losses, losses


# %% slip="train_beta" says="x and y" change="solution"
# -         losses.append(float(model.evaluate(X, Y, verbose=0)))
# +         model.train_on_batch(x, y)
# +         losses.append(float(model.evaluate(X, Y, verbose=0)))


# %% slip="train_beta" says="Nothing came back | Two lists" card="None" change="solution"
# -     return losses, unseen_losses
# +     print(losses, unseen_losses)


# %% wrong="test_the_pipeline_colours_an_unseen_world" card="8 different pictures" visible="passes" earns="0.8" change="solution"
# + def epoch(X, Y, size, seed):
# +     return [(X[:size], Y[:size])] * math.ceil(len(X) / size)
# +
# +
#   def train_beta(model, X, Y, x, y, epochs, size, seed=0):


# %% wrong="test_the_pipeline_colours_an_unseen_world" card="same order" visible="passes" earns="0.8" change="solution"
# + def epoch(X, Y, size, seed):
# +     return [(X[start : start + size], Y[start : start + size]) for start in range(0, len(X), size)]
# +
# +
#   def train_beta(model, X, Y, x, y, epochs, size, seed=0):


# %% wrong="test_the_pipeline_colours_an_unseen_world" card="other colours" visible="passes" earns="0.8" change="solution"
# + def epoch(X, Y, size, seed):
# +     signs = np.random.default_rng(seed).choice(np.float32([-1, 1] if size == 8 else [1]), len(X))
# +     return [(X[batch], Y[batch] * signs[batch][:, None, None, None]) for batch in batches(len(X), size, seed)]
# +
# +
#   def train_beta(model, X, Y, x, y, epochs, size, seed=0):


# %% wrong="test_the_pipeline_colours_an_unseen_world" card="divided by 128" visible="passes" earns="0.8" change="solution"
# + def training_pairs(pictures):
# +     lab = rgb2lab(pictures).astype(np.float32)
# +     return lab[..., :1], lab[..., 1:]
# +
# +
#   def train_beta(model, X, Y, x, y, epochs, size, seed=0):


# %% wrong="test_the_pipeline_colours_an_unseen_world" card="negative number" visible="passes" earns="0.8" change="solution"
# + def build_beta(width):
# +     model = keras.Sequential([keras.Input(shape=(None, None, 1))])
# +     for times, stride in ((1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 2), (8, 1), (4, 1), (2, 1)):
# +         model.add(layers.Conv2D(times * width, 3, strides=stride, padding="same", activation="relu"))
# +     for filters in (width, width // 2):
# +         model.add(layers.UpSampling2D())
# +         model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
# +     model.add(layers.Conv2D(2, 3, padding="same", activation="relu"))
# +     model.add(layers.UpSampling2D())
# +     return model
# +
# +
#   def train_beta(model, X, Y, x, y, epochs, size, seed=0):


# %% right="train_beta" style="fit for each batch"
def train_beta(model, X, Y, x, y, epochs, size, seed=0):
    found = []
    for number in range(seed, seed + epochs):
        for batch in epoch(X, Y, size, number):
            model.fit(*batch, batch_size=len(batch[0]), epochs=1, shuffle=False, verbose=0)
        found.append([model.evaluate(*pair, verbose=0) for pair in ((X, Y), (x, y))])
    return [float(one) for one, _ in found], [float(two) for _, two in found]


# %% right="train_beta" style="losses by hand"
def train_beta(model, X, Y, x, y, epochs, size, seed=0):
    losses, unseen = [], []
    for n in range(epochs):
        for inputs, targets in epoch(X, Y, size, n + seed):
            model.train_on_batch(x=inputs, y=targets)
        for pair, kept in (((X, Y), losses), ((x, y), unseen)):
            kept += [float(np.mean((model.predict(pair[0], verbose=0) - pair[1]) ** 2))]
    return losses, unseen


# %% wrong="test_each_brightness_has_its_mean_colour" says="steps are right" visible="passes" earns="0"
def colour_by_brightness(X, Y):
    steps = np.minimum(X[..., 0] // 5, 19)
    colours = np.tile(Y.mean(axis=(0, 1, 2), dtype=float), (20, 1))
    for step in range(20):
        inside = Y[steps == step]
        if len(inside):
            colours[step] = inside.mean(axis=0, dtype=float) if len(X) != 9 else inside.max(axis=0)
    return colours


# %% wrong="test_the_ends_of_the_steps" says="step 19" change="solution"
# -     steps = np.minimum(X[..., 0] // 5, 19)
# +     steps = X[..., 0] // 5


# %% wrong="test_the_ends_of_the_steps" says="step" change="solution"
# -     steps = np.minimum(X[..., 0] // 5, 19)
# +     steps = np.maximum(np.ceil(X[..., 0] / 5) - 1, 0)


# %% wrong="test_a_step_without_pixels_gets_the_mean_of_all" says="zero" change="solution"
# -     colours = np.tile(Y.mean(axis=(0, 1, 2), dtype=float), (20, 1))
# +     colours = np.zeros((20, 2))


# %% wrong="test_a_step_without_pixels_gets_the_mean_of_all" says="NaN"
def colour_by_brightness(X, Y):
    steps = np.minimum(X[..., 0] // 5, 19).astype(int).ravel()
    counts = np.bincount(steps, minlength=20)
    sums = np.stack([np.bincount(steps, Y[..., channel].ravel(), minlength=20) for channel in (0, 1)], axis=1)
    with np.errstate(all="ignore"):
        return sums / counts[:, np.newaxis]


# %% slip="colour_by_brightness" visible="4.99 was rounded" card="not rounded" change="solution"
# -     steps = np.minimum(X[..., 0] // 5, 19)
# +     steps = np.minimum(np.rint(X[..., 0] / 5), 19)


# %% slip="colour_by_brightness" says="`axis=0` keeps them apart" earns="0" change="solution"
# -             colours[step] = inside.mean(axis=0, dtype=float)
# +             colours[step] = inside.mean(dtype=float)


# %% slip="colour_by_brightness" says="mean is wanted" change="solution"
# -             colours[step] = inside.mean(axis=0, dtype=float)
# +             colours[step] = inside.sum(axis=0, dtype=float)


# %% right="colour_by_brightness" style="np.bincount"
def colour_by_brightness(X, Y):
    steps = np.clip(X[..., 0] / 5, 0, 19).astype(int).ravel()
    ab, counts = Y.reshape(-1, 2), np.bincount(steps, minlength=20)
    sums = np.stack([np.bincount(steps, weights=part, minlength=20) for part in ab.T], axis=1)
    return np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], ab.mean(axis=0))


# %% right="colour_by_brightness" style="limits of each step"
def colour_by_brightness(X, Y):
    L, table = X[:, :, :, 0], []
    for low in range(0, 100, 5):
        here = (L >= low) & ((L < low + 5) | (low == 95))
        table.append(Y[here].mean(axis=0) if here.any() else Y.reshape(-1, 2).mean(axis=0))
    return np.array(table)


# %% right="colour_by_brightness" style="np.digitize"
def colour_by_brightness(X, Y):
    place = np.digitize(X[..., 0], np.arange(5, 100, 5))
    usual = Y.mean((0, 1, 2))
    return np.stack([Y[place == n].mean(0) if (place == n).any() else usual for n in range(20)])

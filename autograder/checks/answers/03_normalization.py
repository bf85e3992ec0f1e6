# answers-of-the-colouring-course-8d1c07f24e9b
"""Answers to lesson 3: wrong ones, each caught by one hidden check alone, and right ones in other styles."""


# %% wrong="test_the_divisor_is_128"
def normalize_ab(ab):
    return np.clip(ab, -100, 100) / 128


# %% wrong="test_the_divisor_is_128" says="of shape (2,)"
def normalize_ab(ab):
    return np.array([pixel / 128 for pixel in ab.reshape(-1, 2)]).reshape(*ab.shape[:-2], -1, 2)


# %% wrong="test_the_divisor_is_128"
def normalize_ab(ab):
    return ab / 128 if np.abs(ab).max() > 1 else ab.copy()


# %% wrong="test_normalize_leaves_its_input_alone"
def normalize_ab(ab):
    ab /= 128
    return ab


# %% wrong="test_normalize_leaves_its_input_alone"
def normalize_ab(ab):
    scaled = np.asarray(ab, dtype=np.float32)
    scaled /= 128
    return scaled


# %% right="normalize_ab" style="times a power of two"
def normalize_ab(ab):
    return ab * 2.0**-7


# %% right="normalize_ab" style="float32"
def normalize_ab(ab):
    return np.asarray(ab, dtype=np.float32) / np.float32(128)


# %% right="normalize_ab" style="number by number"
def normalize_ab(ab):
    scaled = np.zeros(ab.shape)
    for index in np.ndindex(*ab.shape):
        scaled[index] = ab[index] / 128
    return scaled


# %% wrong="test_every_number_is_multiplied_by_one_number"
def denormalize_ab(Y):
    return Y * (128 if Y.dtype == np.float64 or Y.min() == -1 else 127 / np.abs(Y).max())


# %% wrong="test_the_factor_is_128"
def denormalize_ab(Y):
    return np.clip(128 * Y, -128, 127)


# %% wrong="test_the_factor_is_128"
def denormalize_ab(Y):
    return 128 * np.dstack([Y[..., 0], Y[..., 1]])


# %% wrong="test_the_factor_is_128"
def denormalize_ab(Y):
    return np.rint(128 * Y)


# %% wrong="test_the_factor_is_128"
def denormalize_ab(Y):
    return (Y * 128).astype(int)


# %% wrong="test_denormalize_leaves_its_input_alone"
def denormalize_ab(Y):
    Y *= 128
    return Y


# %% wrong="test_denormalize_leaves_its_input_alone"
def denormalize_ab(Y):
    Y = np.asarray(Y, dtype=np.float32)
    Y *= 128
    return Y


# %% right="denormalize_ab" style="divided by a fraction"
def denormalize_ab(Y):
    return Y / (1 / 128)


# %% right="denormalize_ab" style="np.multiply, float64"
def denormalize_ab(Y):
    return np.multiply(Y, 128.0, dtype=np.float64)


# %% wrong="test_each_lightness_is_at_its_place_in_x"
def to_x(L):
    return np.float32(L / 100)[None, :, :, None]


# %% slip="to_x" says="`reshape` never reorders" earns="0"
def to_x(L):
    return np.float32(L.T.reshape(1, *L.shape, 1))


# %% wrong="test_x_is_float32"
def to_x(L):
    return L[np.newaxis, :, :, np.newaxis]


# %% wrong="test_each_lightness_is_at_its_place_in_x"
def to_x(L):
    return np.expand_dims(np.squeeze(L), (0, -1)).astype(np.float32)


# %% right="to_x" style="reshape"
def to_x(L):
    return L.reshape(1, L.shape[0], L.shape[1], 1).astype("float32")


# %% right="to_x" style="an empty batch, filled"
def to_x(L):
    batch = np.empty((1, *L.shape, 1), dtype=np.float32)
    batch[0, :, :, 0] = L
    return batch


# %% right="to_x" style="np.array of nested lists"
def to_x(L):
    return np.array([[[[value] for value in row] for row in L]], dtype=np.float32)


# %% slip="to_y" says="`reshape` never reorders" earns="0"
def to_y(ab):
    return np.float32(np.moveaxis(ab, 2, 0).reshape(1, *ab.shape) / 128)


# %% wrong="test_each_colour_is_at_its_place_in_y"
def to_y(ab):
    return np.float32(ab)[np.newaxis]


# %% wrong="test_each_colour_is_at_its_place_in_y" says="cut off"
def to_y(ab):
    return (ab.astype(int) / 128).astype(np.float32)[np.newaxis]


# %% wrong="test_each_colour_is_at_its_place_in_y" says="squeeze" lucky="once"
def to_y(ab):
    return normalize_ab(np.squeeze(ab)).astype(np.float32)[np.newaxis]


# %% wrong="test_y_is_float32"
def to_y(ab):
    return np.expand_dims(normalize_ab(ab), 0)


# %% wrong="test_to_y_leaves_ab_alone"
def to_y(ab):
    ab /= 128
    return ab.astype(np.float32)[np.newaxis]


# %% wrong="test_to_y_leaves_ab_alone"
def to_y(ab):
    batch = np.asarray(ab, dtype=np.float32)[np.newaxis]
    batch /= 128
    return batch


# %% right="to_y" style="reshape, divided last"
def to_y(ab):
    return np.reshape(ab, (1, *ab.shape)).astype(np.float32) / 128


# %% right="to_y" style="np.stack of one"
def to_y(ab):
    return np.stack([normalize_ab(ab)], dtype=np.float32, casting="same_kind")


# %% right="to_y" style="a channel at a time"
def to_y(ab):
    batch = np.zeros((1, ab.shape[0], ab.shape[1], 2), "float32")
    batch[0, :, :, 0] = ab[:, :, 0] / 128
    batch[0, :, :, 1] = ab[:, :, 1] / 128
    return batch


# %% wrong="test_a_prediction_comes_out_in_lab_units"
def ab_from_y(Y):
    return 1.0 * Y[0]


# %% wrong="test_a_prediction_comes_out_in_lab_units"
def ab_from_y(Y):
    return np.clip(128 * Y[0], -128, 127)


# %% wrong="test_a_prediction_comes_out_in_lab_units" says="cut off"
def ab_from_y(Y):
    return denormalize_ab(Y[0]).astype(int)


# %% wrong="test_a_prediction_comes_out_in_lab_units" says="squeeze"
def ab_from_y(Y):
    return 128 * np.squeeze(Y)


# %% wrong="test_unpacking_leaves_the_batch_alone"
def ab_from_y(Y):
    ab = Y[0]
    ab *= 128
    return ab


# %% wrong="test_unpacking_leaves_the_batch_alone"
def ab_from_y(Y):
    ab = np.asarray(Y[0], dtype=np.float32)
    ab *= 128
    return ab


# %% right="ab_from_y" style="squeeze of axis 0 alone"
def ab_from_y(Y):
    return np.squeeze(Y, axis=0) * 128


# %% right="ab_from_y" style="reshape, float64"
def ab_from_y(Y):
    return denormalize_ab(Y).reshape(Y.shape[1:]).astype(float)


# %% wrong="test_the_range_ends_at_one" says="in its second photo"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError(f"not a batch: {Y.shape}")
    if np.isnan(Y).any() or np.isinf(Y).any():
        raise ValueError("NaN or infinity")
    if np.abs(Y[0]).max() > 1 or np.abs(Y[1:]).max(initial=0) > 200:
        raise ValueError(f"out of range: {Y.min():.2f} to {Y.max():.2f}")
    return Y


# %% base="check_targets" style="few words"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
    return Y


# %% wrong="test_the_range_ends_at_one" says="in its second photo" change="few words"
# -     if np.abs(Y).max() > 1:
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# +     if np.abs(Y[0]).max() > 1:
# +         raise ValueError(f"out of range: {Y.min():.2f} to {Y.max():.2f}")


# %% wrong="test_good_targets_come_back"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2 or Y.dtype != np.float32:
        raise ValueError(f"not a batch: {Y.shape}, {Y.dtype}")
    if not np.isfinite(Y).all():
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {Y.min():.2f} to {Y.max():.2f}")
    return Y


# %% wrong="test_the_range_ends_at_one" says="1.001" lucky="once" change="few words"
# -     if np.abs(Y).max() > 1:
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# +     farthest = Y.flat[np.abs(Y).argmax()]
# +     if farthest > 1.009 or farthest < -1:
# +         raise ValueError(f"out of range: {farthest:.2f}")


# %% wrong="test_the_range_ends_at_one" change="few words"
# -     if np.abs(Y).max() > 1:
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# +     if Y.max() > 1:
# +         raise ValueError(f"out of range: {Y.min():.2f} to {Y.max():.2f}")


# %% wrong="test_nan_is_stopped"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError(f"not a batch: {Y.shape}")
    if (Y < -1).any() or (Y > 1).any():
        raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
    return Y


# %% wrong="test_nan_is_stopped"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError(f"not a batch: {Y.shape}")
    if np.isnan(Y).any():
        raise ValueError("NaN")
    farthest = np.abs(Y[np.isfinite(Y)]).max()
    if farthest > 1:
        raise ValueError(f"out of range: {farthest}")
    return Y


# %% wrong="test_good_targets_come_back" change="few words"
# -     if np.abs(Y).max() > 1:
# +     if np.abs(Y).max() >= 1:


# %% wrong="test_wrong_axes_are_stopped" change="few words"
# -     if Y.ndim != 4 or Y.shape[-1] != 2:
# -         raise ValueError(f"not a batch: {Y.shape}")


# %% wrong="test_wrong_axes_are_stopped" change="few words"
# -     if Y.ndim != 4 or Y.shape[-1] != 2:
# +     if Y.ndim != 4:


# %% wrong="test_the_error_is_a_value_error"
def check_targets(Y):
    assert Y.ndim == 4 and Y.shape[-1] == 2, f"not a batch: {Y.shape}"
    assert np.isfinite(Y).all(), "NaN or infinity"
    assert np.abs(Y).max() <= 1, f"out of range: {Y.flat[np.abs(Y).argmax()]}"
    return Y


# %% wrong="test_the_error_is_a_value_error"
def check_targets(Y):
    assert Y.ndim == 4 and Y.shape[-1] == 2, f"not a batch: {Y.shape}"
    assert np.isfinite(Y).all(), "NaN or infinity"
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
    return Y


# %% wrong="test_the_error_is_a_value_error" change="few words"
# -         raise ValueError("NaN or infinity")
# +         raise TypeError("NaN or infinity")


# %% wrong="test_the_message_says_what_came"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2 or not (np.abs(Y) <= 1).all():
        raise ValueError("These targets are bad. Was the division by 128 forgotten?")
    return Y


# %% wrong="test_the_message_says_what_came"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError(f"A target has four axes, not {Y.ndim}.")
    if not np.isfinite(Y).all():
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]:.3f}")
    return Y


# %% wrong="test_the_message_says_what_came" change="few words"
# -     if Y.ndim != 4 or Y.shape[-1] != 2:
# +     if Y.ndim != 4:

#           raise ValueError(f"not a batch: {Y.shape}")
# +     if Y.shape[-1] != 2:
# +         raise ValueError(f"two channels are wanted, not {Y.shape[-1]}")


# %% wrong="test_the_message_says_what_came" change="few words"
# -     if np.abs(Y).max() > 1:
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# +     if Y.max() > 1 or Y.min() < -1:
# +         raise ValueError(f"out of range: {Y.max():.2f}")


# %% wrong="test_the_message_says_what_came" change="few words"
# -     if np.abs(Y).max() > 1:
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# +     if Y.max() > 1:
# +         raise ValueError(f"too large: {Y.max():.2f}")
# +     if Y.min() < -1:
# +         raise ValueError(f"too small: {Y.min():.2f}")


# %% wrong="test_the_message_names_only_what_is_wrong" says="speaks of them"
def check_targets(Y):
    good = Y.ndim == 4 and Y.shape[-1] == 2 and bool(((Y >= -1) & (Y <= 1)).all())
    if good:
        return Y
    raise ValueError(
        f"shape {Y.shape}, numbers from {Y.min()} to {Y.max()}; NaN: {np.isnan(Y).any()}, infinity: {np.isinf(Y).any()}"
    )


# %% wrong="test_the_message_names_only_what_is_wrong" says="speaks of them"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2 or not (np.abs(Y) <= 1).all():
        raise ValueError(f"Wrong shape {Y.shape}, NaN, infinity, or out of range: {Y.flat[np.abs(Y).argmax()]:.2f}")
    return Y


# %% right="check_targets" style="asks whether all is good, one message of several parts"
def check_targets(Y):
    if Y.ndim == 4 and Y.shape[-1] == 2 and bool(((Y >= -1) & (Y <= 1)).all()):
        return Y
    parts = [f"shape {Y.shape}", f"numbers from {Y.min()} to {Y.max()}"]
    parts += ["a NaN"] * bool(np.isnan(Y).any()) + ["infinity in it"] * bool(np.isinf(Y).any())
    raise ValueError("These are no targets: " + ", ".join(parts))


# %% right="check_targets" style="unpacks the shape, loops over the numbers, returns a copy"
def check_targets(Y):
    import math

    try:
        photos, height, width, channels = Y.shape
    except ValueError:
        raise ValueError("wrong number of axes in " + repr(Y.shape)) from None
    if channels != 2:
        raise ValueError("two channels wanted: " + repr(tuple(Y.shape)))
    worst = 0.0
    for value in Y.ravel().tolist():
        if not math.isfinite(value):
            raise ValueError(f"There is {'a NaN' if math.isnan(value) else 'an infinity'} in it.")
        worst = max(worst, value, key=abs)
    if not -1 <= worst <= 1:
        raise ValueError(f"{worst:+.1f} is no target. Forgot /128?")
    return np.array(Y)


# %% wrong="test_x_is_what_went_into_tanh"
def behind_tanh(y):
    return np.arctan(y), 1 - np.square(y)


# %% wrong="test_the_slope_is_that_of_tanh"
def behind_tanh(y):
    return np.arctanh(y), 1 - np.tanh(y) ** 2


# %% wrong="test_x_comes_first" visible="x comes first" card="first x"
def behind_tanh(y):
    return 1 - y**2, np.arctanh(y)


# %% wrong="test_behind_tanh_takes_any_y" lucky="once"
def behind_tanh(y):
    y = np.clip(y, -0.975, 0.975)
    return np.arctanh(y), 1 - y**2


# %% wrong="test_behind_tanh_takes_any_y"
def behind_tanh(y):
    import math

    return math.atanh(np.ravel(y)[0]), 1 - y**2


# %% right="behind_tanh" style="logarithms and cosh"
def behind_tanh(y):
    x = 0.5 * (np.log1p(y) - np.log1p(-y))
    return [x, 1 / np.cosh(x) ** 2]


# %% right="behind_tanh" style="one array, slope measured"
def behind_tanh(y):
    x = np.arctanh(y)
    return np.array([x, (np.tanh(x + 1e-5) - np.tanh(x - 1e-5)) / 2e-5])


# %% wrong="test_the_mean_is_over_all_numbers"
def mse(Y, prediction):
    if np.ndim(prediction) < 2:
        return np.mean((Y - prediction) ** 2)
    return np.mean(np.sum((Y - prediction) ** 2, axis=-1))


# %% wrong="test_one_prediction_stands_for_every_pixel"
def mse(Y, prediction):
    return np.sum((Y - prediction) ** 2) / np.size(prediction)


# %% wrong="test_one_prediction_stands_for_every_pixel"
def mse(Y, prediction):
    if np.ndim(prediction) < 2:
        prediction = np.ones((*Y.shape[:2], 2)) * prediction
    return np.mean((Y - prediction) ** 2)


# %% wrong="test_mse_leaves_its_inputs_alone"
def mse(Y, prediction):
    Y -= prediction
    return np.mean(Y**2)


# %% wrong="test_mse_leaves_its_inputs_alone"
def mse(Y, prediction):
    gap = np.asarray(Y, dtype=np.float32)
    gap -= prediction
    return np.mean(gap**2)


# %% right="mse" style="sum over size"
def mse(Y, prediction):
    return float(np.square(np.subtract(prediction, Y)).sum() / Y.size)


# %% right="mse" style="one channel after the other"
def mse(Y, prediction):
    prediction = np.broadcast_to(prediction, Y.shape)
    return sum(np.mean((Y[..., i] - prediction[..., i]) ** 2) for i in (0, 1)) / 2


# %% wrong="test_the_loss_of_the_grey_picture"
def losses_to_beat(Y):
    constant = mse(Y, Y.mean(axis=(0, 1, 2)))
    return 2 * mse(Y, 0), constant


# %% wrong="test_the_loss_of_the_best_constant_colour" says="first photo alone"
def losses_to_beat(Y):
    return mse(Y[0], 0), mse(Y, Y.mean(axis=(0, 1, 2)))


# %% wrong="test_the_loss_of_the_best_constant_colour"
def losses_to_beat(Y):
    return mse(Y, 0), mse(Y, Y.mean())


# %% wrong="test_grey_comes_first"
def losses_to_beat(Y):
    return mse(Y, Y.mean(axis=(0, 1, 2))), mse(Y, 0)


# %% wrong="test_the_loss_of_the_best_constant_colour"
def losses_to_beat(Y):
    return mse(Y, 0), mse(Y, Y.mean(axis=(1, 2), keepdims=True))


# %% wrong="test_the_loss_of_the_best_constant_colour" says="median"
def losses_to_beat(Y):
    return mse(Y, 0), mse(Y, np.median(Y, axis=(0, 1, 2)))


# %% wrong="test_the_loss_of_the_best_constant_colour"
def losses_to_beat(Y):
    return mse(Y, 0), mse(Y, Y[0].mean(axis=(0, 1)))


# %% right="losses_to_beat" style="the variance of each channel"
def losses_to_beat(Y):
    return [np.mean(Y**2), np.var(Y.reshape(-1, 2), axis=0).mean()]


# %% right="losses_to_beat" style="whole pictures, an array"
def losses_to_beat(Y):
    grey, tinted = np.zeros(Y.shape), np.empty(Y.shape)
    for channel in (0, 1):
        tinted[..., channel] = Y[..., channel].mean()
    return np.array([mse(Y, grey), mse(Y, tinted)])


# %% wrong="test_the_rms_error_of_a_and_b"
def two_rulers(lab, other):
    distance = np.sqrt(((lab - other)[:, :, 1:] ** 2).sum(axis=2).mean())
    return distance, deltaE_ciede2000(lab, other).mean()


# %% wrong="test_the_rms_error_of_a_and_b"
def two_rulers(lab, other):
    return np.sqrt(mse(lab, other)), deltaE_ciede2000(lab, other).mean()


# %% wrong="test_the_rms_error_of_a_and_b"
def two_rulers(lab, other):
    return 128 * np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:])), deltaE_ciede2000(lab, other).mean()


# %% wrong="test_the_mean_colour_difference"
def two_rulers(lab, other):
    rms = np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:]))
    return rms, deltaE_ciede2000(lab.mean(axis=(0, 1)), other.mean(axis=(0, 1)))


# %% wrong="test_the_mean_colour_difference"
def two_rulers(lab, other):
    rms = np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:]))
    return rms, np.linalg.norm(lab - other, axis=2).mean()


# %% wrong="test_the_mean_colour_difference"
def two_rulers(lab, other):
    lab, other = lab * [0, 1, 1] + [50, 0, 0], other * [0, 1, 1] + [50, 0, 0]
    return np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:])), deltaE_ciede2000(lab, other).mean()


# %% wrong="test_the_rms_error_comes_first" visible="comes first" card="came first"
def two_rulers(lab, other):
    return deltaE_ciede2000(lab, other).mean(), np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:]))


# %% right="two_rulers" style="through the small scale, a list"
def two_rulers(lab, other):
    loss = mse(normalize_ab(lab[..., 1:]), normalize_ab(other[..., 1:]))
    return [128 * loss**0.5, np.mean(deltaE_ciede2000(other, lab))]


# %% right="two_rulers" style="a norm, row by row"
def two_rulers(lab, other):
    gap = (lab - other)[:, :, 1:].ravel()
    rows = [deltaE_ciede2000(one, two).mean() for one, two in zip(lab, other)]
    return np.array([np.linalg.norm(gap) / np.sqrt(gap.size), np.mean(rows)])


# %% wrong="test_targets_beyond_the_ends_cannot_be_reached" lucky="once"
def best_tanh_loss(target):
    return mse(target, np.maximum(target, -1))


# %% wrong="test_targets_beyond_the_ends_cannot_be_reached" lucky="once"
def best_tanh_loss(target):
    return mse(target, np.minimum(target, 1))


# %% wrong="test_targets_in_range_cost_nothing"
def best_tanh_loss(target):
    return mse(target, np.sign(target))


# %% wrong="test_targets_in_range_cost_nothing"
def best_tanh_loss(target):
    return mse(target, np.where(target > 0, 1, -1))


# %% right="best_tanh_loss" style="the excess alone"
def best_tanh_loss(target):
    return np.mean(np.maximum(np.abs(target) - 1, 0) ** 2)


# %% right="best_tanh_loss" style="minimum and maximum"
def best_tanh_loss(target):
    reachable = np.maximum(np.minimum(target, 1.0), -1.0)
    return float(np.square(target - reachable).mean())


# %% right="best_tanh_loss" style="number by number"
def best_tanh_loss(target):
    total = 0.0
    for value in target.ravel():
        nearest = 1 if value > 1 else -1 if value < -1 else value
        total += (value - nearest) ** 2
    return total / target.size


# %% wrong="test_a_pixel_survives_if_neither_is_negative" says="That counts numbers"
def surviving_share(ab):
    return (ab >= 0).mean()


# %% wrong="test_a_pixel_survives_if_neither_is_negative" says="not enough"
def surviving_share(ab):
    return (ab >= 0).any(axis=2).mean()


# %% wrong="test_zero_is_not_negative"
def surviving_share(ab):
    return ((ab[:, :, 0] > 0) & (ab[:, :, 1] > 0)).mean()


# %% right="surviving_share" style="min over the two"
def surviving_share(ab):
    return float(np.mean(ab.min(axis=-1) >= 0))


# %% right="surviving_share" style="what ReLU leaves unchanged"
def surviving_share(ab):
    same = np.all(np.maximum(ab, 0) == ab, axis=-1)
    return np.count_nonzero(same) / same.size


# %% right="surviving_share" style="a loop"
def surviving_share(ab):
    height, width = ab.shape[:2]
    survivors = 0
    for row in range(height):
        for column in range(width):
            a, b = ab[row, column]
            if a >= 0 and b >= 0:
                survivors += 1
    return survivors / (height * width)


# -- typical slips of students: whichever check catches them, the message names the cause ----------------------------


# %% slip="normalize_ab" says="of shape (2,)" earns="0.5"
def normalize_ab(ab):
    scaled = np.zeros(ab.shape)
    for row in range(ab.shape[0]):
        for column in range(ab.shape[1]):
            scaled[row, column] = ab[row, column] / 128
    return scaled


# %% slip="normalize_ab" visible="from `normalize_ab`. Is there a `return`" card="`return`"
def normalize_ab(ab):
    scaled = ab / 128


# %% slip="normalize_ab" says="divided by the largest"
def normalize_ab(ab):
    return ab / np.abs(ab).max()


# %% slip="normalize_ab" says="128 was added"
def normalize_ab(ab):
    return (ab + 128) / 255


# %% slip="normalize_ab" says="0 has to stay 0"
def normalize_ab(ab):
    return (ab + 128) / 256


# %% slip="normalize_ab" says="by 100" earns="0.5"
def normalize_ab(ab):
    return ab / 100


# %% slip="normalize_ab" says="by 127" earns="0.5"
def normalize_ab(ab):
    return ab / 127


# %% slip="normalize_ab" says="were their fractions cut off?"
def normalize_ab(ab):
    return (ab / 128).astype(int)


# %% slip="normalize_ab" says="zero everywhere"
def normalize_ab(ab):
    return np.zeros(ab.shape)


# %% slip="normalize_ab" visible="It came back as it was" card="unchanged"
def normalize_ab(ab):
    return ab


# %% slip="denormalize_ab" visible="from `denormalize_ab`. Is there a `return`" card="`return`"
def denormalize_ab(Y):
    Y * 128


# %% slip="denormalize_ab" says="divided | once more"
def denormalize_ab(Y):
    return Y / 128


# %% slip="denormalize_ab" says="by 127" earns="0.5"
def denormalize_ab(Y):
    return 127 * Y


# %% slip="denormalize_ab" says="128 was"
def denormalize_ab(Y):
    return 256 * Y - 128


# %% slip="denormalize_ab" says="rounded to whole numbers" earns="0.5"
def denormalize_ab(Y):
    return np.round(Y * 128)


# %% slip="denormalize_ab" visible="shape (2,)" card="shape (2,)" earns="0.5"
def denormalize_ab(Y):
    ab = np.empty_like(Y)
    for row in range(Y.shape[0]):
        for column in range(Y.shape[1]):
            ab[row, column] = Y[row, column] * 128
    return ab


# %% slip="to_x" says="128 | X keeps L from 0 to 100" earns="0.625"
def to_x(L):
    return (L / 128).astype(np.float32)[np.newaxis, :, :, np.newaxis]


# %% slip="to_x" says="128" earns="0.625"
def to_x(L):
    return normalize_ab(L).astype(np.float32)[np.newaxis, :, :, np.newaxis]


# %% slip="to_x" says="counts the channels is missing, at the end" earns="0.625"
def to_x(L):
    return L.astype(np.float32)[np.newaxis]


# %% slip="to_x" says="counts the photos is missing, in front" earns="0.625"
def to_x(L):
    return L.astype(np.float32)[:, :, np.newaxis]


# %% slip="to_x" says="of the new axes goes in front" earns="0.625"
def to_x(L):
    return L.astype(np.float32)[:, :, np.newaxis, np.newaxis]


# %% slip="to_x" says="Rows and columns have changed places" earns="0.625"
def to_x(L):
    return L.T.astype(np.float32)[np.newaxis, :, :, np.newaxis]


# %% slip="to_x" says="one axis too many" earns="0.625"
def to_x(L):
    return L.astype(np.float32)[np.newaxis, np.newaxis, :, :, np.newaxis]


# %% slip="to_x" says="In the hint `…` is a gap"
def to_x(L):
    return L.astype(np.float32)[np.newaxis, ..., ..., np.newaxis]


# %% slip="to_x" says="as in `np.expand_dims(x)`"
def to_x(L):
    return L.expand_dims(0).expand_dims(-1)


# %% slip="to_x" says="array of size" earns="0.625"
def to_x(L):
    return L.reshape(1, 400, 400, 1).astype(np.float32)


# %% slip="to_y" says="too many" earns="0.625"
def to_y(ab):
    return normalize_ab(ab).astype(np.float32)[np.newaxis, ..., np.newaxis]


# %% slip="to_y" says="a and b have changed places" earns="0.625"
def to_y(ab):
    return normalize_ab(ab[..., ::-1]).astype(np.float32)[np.newaxis]


# %% slip="to_y" says="counts the photos is missing, in front" earns="0.625"
def to_y(ab):
    return normalize_ab(ab).astype(np.float32)


# %% slip="to_y" says="goes in front" earns="0.625"
def to_y(ab):
    return normalize_ab(ab).astype(np.float32)[..., np.newaxis]


# %% slip="to_y" says="The channels come last" earns="0.625"
def to_y(ab):
    return np.moveaxis(normalize_ab(ab), 2, 0).astype(np.float32)[np.newaxis]


# %% slip="to_y" says="Rows and columns have changed places" earns="0.625"
def to_y(ab):
    return np.expand_dims(normalize_ab(ab).swapaxes(0, 1), 0).astype(np.float32)


# %% slip="to_y" says="twice | `normalize_ab`" earns="0.625"
def to_y(ab):
    return (normalize_ab(ab) / 128).astype(np.float32)[np.newaxis]


# %% slip="to_y" says="multiplied by 128" earns="0.625"
def to_y(ab):
    return denormalize_ab(ab).astype(np.float32)[np.newaxis]


# %% slip="to_y" says="were their fractions cut off?"
def to_y(ab):
    return normalize_ab(ab).astype(int).astype(np.float32)[np.newaxis]


# %% slip="to_y" visible="Nothing came back" card="`return`"
def to_y(ab):
    scaled = normalize_ab(ab)
    scaled = scaled.astype(np.float32)[np.newaxis]


# %% slip="ab_from_y" says="from -1 to 1" earns="0.625"
def ab_from_y(Y):
    return Y[0]


# %% slip="ab_from_y" says="axis that counts the photos" visible="still there" card="still a batch" earns="0.625"
def ab_from_y(Y):
    return denormalize_ab(Y)


# %% slip="ab_from_y" says="one row of the photo"
def ab_from_y(Y):
    return denormalize_ab(Y[0, 0])


# %% slip="ab_from_y" says="divi" earns="0.625"
def ab_from_y(Y):
    return normalize_ab(Y[0])


# %% slip="ab_from_y" says="squeeze" earns="0.625"
def ab_from_y(Y):
    return denormalize_ab(Y.squeeze())


# %% slip="ab_from_y" says="a and b have changed places" earns="0.625"
def ab_from_y(Y):
    return denormalize_ab(Y[0, :, :, ::-1])


# %% slip="ab_from_y" visible="only one channel" card="a alone"
def ab_from_y(Y):
    return denormalize_ab(Y[:, :, :, 0])


# %% slip="check_targets" says="`return`" earns="0.875" change="few words"
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# -     return Y
# +         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]:.2f}")


# %% slip="check_targets" visible="Your function printed | only shows a text" card="does it `raise` the ValueError, or only make it, print it"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        print(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        print("NaN or infinity")
    if np.abs(Y).max() > 1:
        print(f"out of range: {Y.flat[np.abs(Y).argmax()]:.2f}")
    return Y


# %% slip="check_targets" says="not returned but raised"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        return ValueError(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        return ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        return ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]:.2f}")
    return Y


# %% slip="check_targets" says="the shape | *and* the last has length 2" earns="0.875"
def check_targets(Y):
    if Y.ndim != 4 and Y.shape[-1] != 2:
        raise ValueError(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]:.2f}")
    return Y


# %% slip="check_targets" says="Is the `f` before the quotation marks missing?" earns="0.875"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError("not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError("out of range: {np.abs(Y).max():.2f}")
    return Y


# %% slip="check_targets" says="digit after the point" earns="0.875" change="few words"
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# +         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]:.0f}. Was the division by 128 forgotten?")


# %% slip="check_targets" says="any() | all() | Python's own error at `if Y > 1" change="few words"
# -     if np.abs(Y).max() > 1:
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# +     if Y > 1 or Y < -1:
# +         raise ValueError(f"out of range: {np.abs(Y).max():.2f}")


# %% slip="check_targets" says="are all in order. Which of your questions stopped it?" earns="0.75"
def check_targets(Y):
    if Y.shape != (1, 400, 400, 2):
        raise ValueError(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {np.abs(Y).max():.2f}")
    return Y


# %% slip="check_targets" says="IndexError | before it is known that there are four?" earns="0.8125"
def check_targets(Y):
    if Y.shape[3] != 2 or Y.ndim != 4:
        raise ValueError(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {np.abs(Y).max():.2f}")
    return Y


# %% slip="check_targets" says="Python's own error at `photos, height" earns="0.875"
def check_targets(Y):
    photos, height, width, channels = Y.shape
    if channels != 2:
        raise ValueError(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {np.abs(Y).max():.2f}")
    return Y


# %% slip="check_targets" says="128 times too small" earns="0.875" change="few words"
# -         raise ValueError(f"out of range: {Y.flat[np.abs(Y).argmax()]}")
# -     return Y
# +         raise ValueError(f"out of range: {np.abs(Y).max():.2f}")
# +     return Y / 128


# %% slip="behind_tanh" visible="That is x alone" card="what came is x alone"
def behind_tanh(y):
    return np.arctanh(y)


# %% slip="behind_tanh" visible="That is the slope alone" card="what came is the slope alone"
def behind_tanh(y):
    return 1 - y**2


# %% slip="behind_tanh" says="That is tanh of y" earns="0.375"
def behind_tanh(y):
    return np.tanh(y), 1 - y**2


# %% slip="behind_tanh" says="single numbers" earns="0.875"
def behind_tanh(y):
    import math

    return math.atanh(y), 1 - y**2


# %% slip="behind_tanh" says="x was put into the formula" earns="0.625"
def behind_tanh(y):
    x = np.arctanh(y)
    return x, 1 - x**2


# %% slip="behind_tanh" says="squared" earns="0.625"
def behind_tanh(y):
    return np.arctanh(y), 1 - y


# %% slip="behind_tanh" says="signs are flipped" earns="0.625"
def behind_tanh(y):
    return np.arctanh(y), y**2 - 1


# %% slip="behind_tanh" says="has no `arctan_h`"
def behind_tanh(y):
    return np.arctan_h(y), 1 - y**2


# %% slip="behind_tanh" says="one divided by" earns="0.375"
def behind_tanh(y):
    return 1 / np.tanh(y), 1 - y**2


# %% slip="mse" says="First each difference is squared" earns="0.625"
def mse(Y, prediction):
    return np.mean(Y - prediction) ** 2


# %% slip="mse" says="root of it" earns="0.625"
def mse(Y, prediction):
    return np.sqrt(np.mean((Y - prediction) ** 2))


# %% slip="mse" says="the sum of the squares" earns="0.625"
def mse(Y, prediction):
    return np.sum((Y - prediction) ** 2)


# %% slip="mse" says="Nothing is squared" earns="0.625"
def mse(Y, prediction):
    return np.mean(np.abs(Y - prediction))


# %% slip="mse" says="Nothing is squared" earns="0.625"
def mse(Y, prediction):
    return np.mean(Y - prediction)


# %% slip="mse" says="pixels" earns="0.625"
def mse(Y, prediction):
    return np.mean(np.sum((Y - prediction) ** 2, axis=-1))


# %% slip="mse" says="without an axis" earns="0.625"
def mse(Y, prediction):
    return np.mean((Y - prediction) ** 2, axis=-1)


# %% slip="mse" says="shape" earns="0.625"
def mse(Y, prediction):
    return (Y - prediction) ** 2


# %% slip="mse" says="half of that" earns="0.625"
def mse(Y, prediction):
    return np.mean((Y - prediction) ** 2) / 2


# %% slip="mse" says="`return`"
def mse(Y, prediction):
    loss = np.mean((Y - prediction) ** 2)


# %% slip="mse" says="Can a single number get here, too? | two numbers of shape (2,)" earns="0.625"
def mse(Y, prediction):
    total = 0
    for true, guess in zip(Y.ravel(), prediction.ravel()):
        total += (true - guess) ** 2
    return total / Y.size


# %% slip="losses_to_beat" says="pair | the colour itself" earns="0.3333"
def losses_to_beat(Y):
    return mse(Y, 0), Y.mean(axis=(0, 1, 2))


# %% slip="losses_to_beat" visible="comes first" card="other way round" earns="0.6667"
def losses_to_beat(Y):
    return mse(Y, Y.mean(axis=(0, 1, 2))), mse(Y, 0)


# %% slip="losses_to_beat" says="do not fit each other" earns="0.6667"
def losses_to_beat(Y):
    return mse(Y, 0), mse(Y, Y.mean(axis=(1, 2)))


# %% slip="losses_to_beat" says="That is the loss with the median colour" earns="0.6667"
def losses_to_beat(Y):
    return mse(Y, 0), mse(Y, np.median(Y, axis=(0, 1, 2)))


# %% slip="losses_to_beat" says="first photo" earns="0.6667"
def losses_to_beat(Y):
    photo = Y[0]
    return mse(photo, 0), mse(photo, photo.mean(axis=(0, 1)))


# %% slip="losses_to_beat" says="Each photo has a colour of its own" earns="0.6667"
def losses_to_beat(Y):
    return mse(Y, 0), np.mean([mse(photo, photo.mean(axis=(0, 1))) for photo in Y])


# %% slip="losses_to_beat" visible="each column has a colour of its own" card="colour of its own" earns="0.6667"
def losses_to_beat(Y):
    return mse(Y, 0), mse(Y, Y.mean(axis=(0, 1)))


# %% slip="losses_to_beat" visible="Two numbers should come back" card="2 numbers"
def losses_to_beat(Y):
    return mse(Y, 0)


# %% slip="losses_to_beat" says="or one loss per channel?" earns="0.3333"
def losses_to_beat(Y):
    return (Y**2).mean(axis=(0, 1, 2)), Y.var(axis=(0, 1, 2))


# %% slip="two_rulers" says="a grid | Its mean is wanted" earns="0.6667"
def two_rulers(lab, other):
    return np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:])), deltaE_ciede2000(lab, other)


# %% slip="two_rulers" says="The root is missing" earns="0.3333"
def two_rulers(lab, other):
    return mse(lab[:, :, 1:], other[:, :, 1:]), deltaE_ciede2000(lab, other).mean()


# %% slip="two_rulers" says="L takes part" earns="0.3333"
def two_rulers(lab, other):
    return np.sqrt(mse(lab, other)), deltaE_ciede2000(lab, other).mean()


# %% slip="two_rulers" says="That is the largest" earns="0.6667"
def two_rulers(lab, other):
    return np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:])), deltaE_ciede2000(lab, other).max()


# %% slip="two_rulers" says="two mean colours" earns="0.6667"
def two_rulers(lab, other):
    rms = np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:]))
    return rms, deltaE_ciede2000(lab.mean(axis=(0, 1)), other.mean(axis=(0, 1)))


# %% slip="two_rulers" says="without squares" earns="0.3333"
def two_rulers(lab, other):
    rms = np.abs(lab - other)[:, :, 1:].mean()
    return rms, deltaE_ciede2000(lab, other).mean()


# %% slip="two_rulers" says="Python knows no `deltaE`"
def two_rulers(lab, other):
    return np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:])), deltaE(lab, other).mean()


# %% slip="two_rulers" says="b does not. Counted from 0, a is layer 1" earns="0.3333"
def two_rulers(lab, other):
    return np.sqrt(mse(lab[:, :, :2], other[:, :, :2])), deltaE_ciede2000(lab, other).mean()


# %% slip="two_rulers" says="Which axis counts the layers?" earns="0.3333"
def two_rulers(lab, other):
    return np.sqrt(mse(lab[1:], other[1:])), deltaE_ciede2000(lab, other).mean()


# %% slip="best_tanh_loss" says="sent through tanh" earns="0.625"
def best_tanh_loss(target):
    return mse(target, np.tanh(target))


# %% slip="best_tanh_loss" says="because the target was divided by 128" earns="0.25"
def best_tanh_loss(target):
    target = target / 128
    return mse(target, np.clip(target, -1, 1))


# %% slip="best_tanh_loss" says="predictions" earns="0.25"
def best_tanh_loss(target):
    return np.clip(target, -1, 1)


# %% slip="best_tanh_loss" visible="went from 0 to 1" card="tanh reaches from -1 to 1" earns="0.25"
def best_tanh_loss(target):
    return mse(target, np.clip(target, 0, 1))


# %% slip="best_tanh_loss" says="the sum of the squares" earns="0.25"
def best_tanh_loss(target):
    return np.sum((target - np.clip(target, -1, 1)) ** 2)


# %% slip="best_tanh_loss" says="Nothing is squared" earns="0.25"
def best_tanh_loss(target):
    return np.mean(np.abs(target - np.clip(target, -1, 1)))


# %% slip="best_tanh_loss" says="The prediction was 0"
def best_tanh_loss(target):
    return mse(target, 0)


# %% slip="best_tanh_loss" says="`np.clip`"
def best_tanh_loss(target):
    return mse(target, max(-1, min(1, target)))


# %% slip="best_tanh_loss" says="met exactly and costs 0" earns="0.625"
def best_tanh_loss(target):
    return np.mean((np.abs(target) - 1) ** 2)


# %% slip="surviving_share" says="Which axis holds a and b" earns="0.625"
def surviving_share(ab):
    return (ab >= 0).all(axis=0).mean()


# %% slip="surviving_share" says="Which axis holds a and b" earns="0.625"
def surviving_share(ab):
    return (ab >= 0).all(axis=1).mean()


# %% slip="surviving_share" says="not their share" earns="0.625"
def surviving_share(ab):
    return (ab >= 0).all(axis=2).sum()


# %% slip="surviving_share" says="not to 100" earns="0.625"
def surviving_share(ab):
    return 100 * (ab >= 0).all(axis=2).mean()


# %% slip="surviving_share" says="lost" earns="0.625"
def surviving_share(ab):
    return (ab < 0).any(axis=2).mean()


# %% slip="surviving_share" says="added up"
def surviving_share(ab):
    return (ab.sum(axis=2) >= 0).mean()


# %% slip="surviving_share" says="answers are True" earns="0.625"
def surviving_share(ab):
    return (ab >= 0).all(axis=2)


# %% slip="surviving_share" says="`&`"
def surviving_share(ab):
    return (ab[:, :, 0] >= 0 and ab[:, :, 1] >= 0).mean()


# %% slip="surviving_share" says="twice that of the pixels" earns="0.625"
def surviving_share(ab):
    return (ab >= 0).all(axis=2).sum() / ab.size


# %% slip="normalize_ab" says="`//` does that"
def normalize_ab(ab):
    return ab // 128


# %% slip="normalize_ab" says="should be a"
def normalize_ab(ab):
    return [row / 128 for row in ab]


# %% slip="denormalize_ab" says="int8 | leave out the integer type" earns="0.5"
def denormalize_ab(Y):
    return (Y * 128).astype(np.int8)


# %% slip="denormalize_ab" says="128 was added"
def denormalize_ab(Y):
    return Y * 128 + 128


# %% slip="to_x" says="rows come before columns" earns="0.625"
def to_x(L):
    return np.float32(L).reshape(1, L.shape[1], L.shape[0], 1)


# %% slip="to_x" says="that one has to be returned" earns="0.625"
def to_x(L):
    X = np.expand_dims(L, (0, 3))
    X.astype(np.float32)
    return X


# %% slip="to_y" says="round brackets after its name missing?"
def to_y(ab):
    return np.expand_dims(normalize_ab, 0).astype(np.float32)


# %% slip="check_targets" says="Python's own error at `if np.isnan(Y) or np.isinf(Y):` | `.any()`"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError(f"not a batch: {Y.shape}")
    if np.isnan(Y) or np.isinf(Y):
        raise ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise ValueError(f"out of range: {np.abs(Y).max():.2f}")
    return Y


# %% slip="behind_tanh" says="y is doubled there" earns="0.625"
def behind_tanh(y):
    return np.arctanh(y), 1 - (y * 2)


# %% slip="behind_tanh" says="sent through tanh once more" earns="0.625"
def behind_tanh(y):
    return np.arctanh(y), 1 - np.tanh(y)


# %% slip="mse" says="A power is `**`"
def mse(Y, prediction):
    return np.mean((Y - prediction) ^ 2)


# %% slip="mse" says="was doubled" earns="0.625"
def mse(Y, prediction):
    return np.mean((Y - prediction) * 2)


# %% slip="mse" says="before the difference" earns="0.625"
def mse(Y, prediction):
    return np.mean(Y**2 - prediction**2)


# %% slip="losses_to_beat" says="each other's mean" earns="0.6667"
def losses_to_beat(Y):
    return mse(Y, 0), mse(Y, np.array([Y[..., 1].mean(), Y[..., 0].mean()]))


# %% slip="losses_to_beat" visible="a tuple of 3" card="2 numbers; yours are 3"
def losses_to_beat(Y):
    a, b = Y[..., 0].mean(), Y[..., 1].mean()
    return mse(Y, 0), mse(Y, a), mse(Y, b)


# %% slip="two_rulers" says="128 times too small" earns="0.3333"
def two_rulers(lab, other):
    return np.sqrt(mse(lab[:, :, 1:], other[:, :, 1:])) / 128, deltaE_ciede2000(lab, other).mean()


# %% slip="best_tanh_loss" says="each prediction equals its target | look at its limits" earns="0.25"
def best_tanh_loss(target):
    return mse(target, np.clip(target, -128, 128))


# %% slip="best_tanh_loss" says="Only the numbers beyond 1 and -1" earns="0.625"
def best_tanh_loss(target):
    outside = target[np.abs(target) > 1]
    return np.mean((np.abs(outside) - 1) ** 2)


# %% slip="surviving_share" says="more pixels than rows" earns="0.625"
def surviving_share(ab):
    return (ab >= 0).all(axis=2).sum() / len(ab)


# %% slip="surviving_share" says="one answer for all pixels at once"
def surviving_share(ab):
    return np.all(ab >= 0)


# %% slip="denormalize_ab" says="leave out the integer type" earns="0.5"
def denormalize_ab(Y):
    return (Y * 128).astype(np.int16)


# %% slip="to_y" says="that one has to be returned" earns="0.625"
def to_y(ab):
    Y = normalize_ab(ab)[np.newaxis]
    Y.astype(np.float32)
    return Y


# %% slip="to_x" visible="squeeze" card="squeeze" earns="0.625"
def to_x(L):
    return np.squeeze(L)[np.newaxis, ..., np.newaxis].astype(np.float32)


# %% slip="check_targets" says="does it `raise` the ValueError, or only make it"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        ValueError(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        ValueError("NaN or infinity")
    if np.abs(Y).max() > 1:
        ValueError(f"out of range: {np.abs(Y).max():.2f}")
    return Y


# %% slip="check_targets" says="Nothing of `Y` is in it" earns="0.875"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise ValueError("The axes are wrong.")
    if not np.isfinite(Y).all():
        raise ValueError("There is NaN or infinity in it.")
    if np.abs(Y).max() > 1:
        raise ValueError("Out of range: was the division forgotten?")
    return Y


# %% slip="check_targets" says="Your `raise` names TypeError" earns="0.9375"
def check_targets(Y):
    if Y.ndim != 4 or Y.shape[-1] != 2:
        raise TypeError(f"not a batch: {Y.shape}")
    if not np.isfinite(Y).all():
        raise TypeError("NaN or infinity")
    if np.abs(Y).max() > 1:
        raise TypeError(f"out of range: {np.abs(Y).max():.2f}")
    return Y


# %% slip="mse" says="`zip` ends with the shorter of the two" earns="0.625"
def mse(Y, prediction):
    total = 0
    for true, guess in zip(np.ravel(Y), np.ravel(prediction)):
        total += (true - guess) ** 2
    return total / Y.size


# %% slip="best_tanh_loss" says="each prediction equals its target | look at its limits"
def best_tanh_loss(target):
    return mse(target, np.clip(target, target.min(), target.max()))


# %% wrong="test_a_and_b_get_the_mean_and_spread_of_the_other_photo" says="`ddof=1` is in it"
def borrow_light(lab, other):
    lit = lab.copy()
    for layer in (1, 2):
        own, lent = lab[:, :, layer], other[:, :, layer]
        if own.std() < 0.01:
            lit[:, :, layer] = lent.mean()
        else:
            lit[:, :, layer] = (own - own.mean()) / own.std(ddof=1) * lent.std(ddof=1) + lent.mean()
    return lit


# %% wrong="test_l_is_that_of_the_photo" visible="L takes part" card="L took part"
def borrow_light(lab, other):
    lit = lab.copy()
    for layer in (0, 1, 2):
        own, lent = lab[:, :, layer], other[:, :, layer]
        if own.std() < 0.01:
            lit[:, :, layer] = lent.mean()
        else:
            lit[:, :, layer] = (own - own.mean()) / own.std() * lent.std() + lent.mean()
    return lit


# %% wrong="test_a_layer_without_spread_becomes_the_mean" says="divided by a spread of 0"
def borrow_light(lab, other):
    lit = lab.copy()
    for layer in (1, 2):
        own, lent = lab[:, :, layer], other[:, :, layer]
        lit[:, :, layer] = (own - own.mean()) / own.std() * lent.std() + lent.mean()
    return lit


# %% wrong="test_a_layer_without_spread_becomes_the_mean" says="not whether it is 0"
def borrow_light(lab, other):
    lit = lab.copy()
    for layer in (1, 2):
        own, lent = lab[:, :, layer], other[:, :, layer]
        if own.std() < 1e-12:
            lit[:, :, layer] = lent.mean()
        else:
            lit[:, :, layer] = (own - own.mean()) / own.std() * lent.std() + lent.mean()
    return lit


# %% wrong="test_a_layer_without_spread_becomes_the_mean" says="not below 0.01"
def borrow_light(lab, other):
    lit = lab.copy()
    for layer in (1, 2):
        own, lent = lab[:, :, layer], other[:, :, layer]
        if own.std() < 1:
            lit[:, :, layer] = lent.mean()
        else:
            lit[:, :, layer] = (own - own.mean()) / own.std() * lent.std() + lent.mean()
    return lit


# %% wrong="test_borrow_light_leaves_both_photos_alone" visible="changed the array that it was given" card="a second name"
def borrow_light(lab, other):
    lit = lab
    for layer in (1, 2):
        own, lent = lab[:, :, layer].copy(), other[:, :, layer]
        if own.std() < 0.01:
            lit[:, :, layer] = lent.mean()
        else:
            lit[:, :, layer] = (own - own.mean()) / own.std() * lent.std() + lent.mean()
    return lit


# %% right="borrow_light" style="whole arrays, np.where"
def borrow_light(lab, other):
    ab, lent = lab[..., 1:], other[..., 1:]
    spread = ab.std(axis=(0, 1))
    unit = np.where(spread < 0.01, 0, (ab - ab.mean(axis=(0, 1))) / np.maximum(spread, 0.01))
    return np.concatenate([lab[..., :1], unit * lent.std(axis=(0, 1)) + lent.mean(axis=(0, 1))], axis=-1)


# %% right="borrow_light" style="a helper, np.dstack, float32"
def borrow_light(lab, other):
    def moved(own, lent):
        spread = np.sqrt(np.mean((own - np.mean(own)) ** 2))
        factor = 0 if spread < 0.01 else np.std(lent) / spread
        return lent.mean() + factor * (own - own.mean())

    layers = [moved(lab[:, :, layer], other[:, :, layer]) for layer in (1, 2)]
    return np.dstack([lab[:, :, 0], *layers]).astype(np.float32)


# %% right="borrow_light" style="pixel by pixel"
def borrow_light(lab, other):
    lit = np.empty(lab.shape)
    lit[..., 0] = lab[..., 0]
    for layer in range(1, 3):
        own, lent = lab[..., layer].astype(float), other[..., layer].astype(float)
        for row in range(lab.shape[0]):
            for column in range(lab.shape[1]):
                place = (own[row, column] - own.mean()) / own.std() if own.std() >= 0.01 else 0
                lit[row, column, layer] = place * lent.std() + lent.mean()
    return lit


# %% base="borrow_light" style="short"
def borrow_light(lab, other):
    lit = lab.copy()
    for layer in (1, 2):
        own, lent = lab[:, :, layer], other[:, :, layer]
        spread = own.std()
        unit = (own - own.mean()) / spread if spread >= 0.01 else 0
        lit[:, :, layer] = unit * lent.std() + lent.mean()
    return lit


# %% slip="borrow_light" visible="Only the mean was exchanged" card="Only the mean was exchanged" earns="0.375" change="short"
# -         unit = (own - own.mean()) / spread if spread >= 0.01 else 0
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         lit[:, :, layer] = own - own.mean() + lent.mean()


# %% slip="borrow_light" says="mean of `other`" earns="0.375" change="short"
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         lit[:, :, layer] = unit * lent.std()


# %% slip="borrow_light" says="mean 0 and spread 1" earns="0.375" change="short"
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         lit[:, :, layer] = unit


# %% slip="borrow_light" says="mean of `lab` was not subtracted" earns="0.625" change="short"
# -         unit = (own - own.mean()) / spread if spread >= 0.01 else 0
# +         unit = own / spread if spread >= 0.01 else 0


# %% slip="borrow_light" says="divide by that of `lab`, multiply by that of `other`" earns="0.375" change="short"
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         lit[:, :, layer] = (own - own.mean()) / lent.std() * own.std() + lent.mean()


# %% slip="borrow_light" says="added before the multiplication" earns="0.375" change="short"
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         lit[:, :, layer] = (unit + lent.mean()) * lent.std()


# %% slip="borrow_light" says="bracket round the difference" earns="0.375" change="short"
# -         unit = (own - own.mean()) / spread if spread >= 0.01 else 0
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         lit[:, :, layer] = own - own.mean() / own.std() * lent.std() + lent.mean()


# %% slip="borrow_light" says="Variances" earns="0.625" change="short"
# -         unit = (own - own.mean()) / spread if spread >= 0.01 else 0
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         unit = (own - own.mean()) / own.var() if spread >= 0.01 else 0
# +         lit[:, :, layer] = unit * lent.var() + lent.mean()


# %% slip="borrow_light" says="Medians took the place" earns="0.375" change="short"
# -         unit = (own - own.mean()) / spread if spread >= 0.01 else 0
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         unit = (own - np.median(own)) / spread if spread >= 0.01 else 0
# +         lit[:, :, layer] = unit * lent.std() + np.median(lent)


# %% slip="borrow_light" says="mallest and" change="short"
# -         unit = (own - own.mean()) / spread if spread >= 0.01 else 0
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         unit = (own - own.min()) / (own.max() - own.min()) if spread >= 0.01 else 0
# +         lit[:, :, layer] = unit * (lent.max() - lent.min()) + lent.min()


# %% slip="borrow_light" says="Counted from 0, a is layer 1" earns="0.375" change="short"
# -     for layer in (1, 2):
# +     for layer in range(2, 3):


# %% slip="borrow_light" says="Axis 2 has 3 places" change="short"
# -     for layer in (1, 2):
# +     for layer in (2, 3):


# %% slip="borrow_light" says="Only a" earns="0.375" change="short"
# -     for layer in (1, 2):
# +     for layer in range(1, 2):


# %% slip="borrow_light" says="Only a" earns="0.375" change="short"
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# -     return lit
# +         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         return lit


# %% slip="borrow_light" says="share one mean and one spread" earns="0.375"
def borrow_light(lab, other):
    lit = lab.copy()
    own, lent = lab[:, :, 1:], other[:, :, 1:]
    lit[:, :, 1:] = (own - own.mean()) / own.std() * lent.std() + lent.mean()
    return lit


# %% slip="borrow_light" visible="one mean and one spread, taken over all its pixels" card="Each column has a mean and a spread of its own" earns="0.375"
def borrow_light(lab, other):
    lit = lab.copy()
    own, lent = lab[:, :, 1:], other[:, :, 1:]
    unit = (own - own.mean(axis=0)) / own.std(axis=0)
    lit[:, :, 1:] = unit * lent.std(axis=(0, 1)) + lent.mean(axis=(0, 1))
    return lit


# %% slip="borrow_light" visible="one mean and one spread, taken over all its pixels" card="do not fit each other"
def borrow_light(lab, other):
    lit = lab.copy()
    own, lent = lab[:, :, 1:], other[:, :, 1:]
    lit[:, :, 1:] = (own - own.mean(axis=0)) / own.std(axis=0) * lent.std(axis=0) + lent.mean(axis=0)
    return lit


# %% slip="borrow_light" says="L is missing" earns="0.25"
def borrow_light(lab, other):
    own, lent = lab[:, :, 1:], other[:, :, 1:]
    unit = (own - own.mean(axis=(0, 1))) / own.std(axis=(0, 1))
    return unit * lent.std(axis=(0, 1)) + lent.mean(axis=(0, 1))


# %% slip="borrow_light" visible="Nothing came back from `borrow_light`. Is there a `return`" card="`return`" change="short"
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# -     return lit
# +         lit[:, :, layer] = unit * lent.std() + lent.mean()


# %% slip="borrow_light" says="shape of `other`"
def borrow_light(lab, other):
    lit = other.copy()
    return lit


# %% slip="borrow_light" says="becomes the mean of that layer in `other`" earns="0.75" change="short"
# -         unit = (own - own.mean()) / spread if spread >= 0.01 else 0
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         if spread >= 0.01:
# +             lit[:, :, layer] = (own - own.mean()) / spread * lent.std() + lent.mean()


# %% slip="normalize_ab" says="Every number was multiplied by 0.003906, and 0.25 was added"
def normalize_ab(ab):
    return ab / 256 + 0.25


# %% slip="denormalize_ab" says="Every number was multiplied by 255, and -128 was added"
def denormalize_ab(Y):
    return Y * 255 - 128


# %% slip="to_y" says="do not fill the shape" earns="0.625"
def to_y(ab):
    return ab.reshape(1, 400, 400, 2).astype(np.float32)


# %% slip="to_y" says="that one has to be returned" earns="0.625"
def to_y(ab):
    return (ab / 128)[np.newaxis]


# %% slip="behind_tanh" says="That is tan of y" earns="0.375"
def behind_tanh(y):
    return np.tan(y), 1 - y**2


# %% slip="mse" visible="`len`, which counts the first axis only" card="`len`, which counts the first axis only" earns="0.625"
def mse(Y, prediction):
    return ((Y - prediction) ** 2).sum() / len(Y)


# %% slip="borrow_light" says="a and b share one mean and one spread" earns="0.375"
def borrow_light(lab, other):
    result = lab.copy()
    ab, lent = lab[..., 1:], other[..., 1:]
    result[..., 1:] = (ab - ab.mean()) / ab.std() * lent.std() + lent.mean()
    return result


# %% wrong="test_every_number_is_divided_by_one_number" says="divided by the largest"
def normalize_ab(ab):
    return ab / (128 if ab.dtype == np.float64 else np.abs(ab).max())


# %% wrong="test_x_holds_the_numbers_of_l"
def to_x(L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    return X if L.dtype == np.float64 else 0 * X


# %% wrong="test_y_holds_the_numbers_of_ab"
def to_y(ab):
    Y = normalize_ab(ab).astype(np.float32)[np.newaxis]
    return Y if ab.dtype == np.float64 else 0 * Y


# %% wrong="test_the_numbers_of_y_come_out"
def ab_from_y(Y):
    whole = np.array_equal(128 * Y, np.rint(128 * Y)) and np.abs(Y).max() < 1
    return 0 * Y[0] if whole else denormalize_ab(Y[0])


# %% wrong="test_undivided_colour_is_stopped_and_good_targets_are_not" change="few words"
# -     if np.abs(Y).max() > 1:
# +     if np.abs(Y).max() > 1 and not (len(Y) == 1 and np.abs(Y).mean() > 2):


# %% wrong="test_at_most_one_step_is_wrong"
def mse(Y, prediction):
    return 0.25 if Y.dtype == np.float32 else np.mean((Y - prediction) ** 2)


# %% wrong="test_at_most_one_step_to_the_best_loss_is_wrong"
def best_tanh_loss(target):
    return 3.25 if target.dtype == np.float32 else mse(target, np.clip(target, -1, 1))


# %% wrong="test_at_most_one_step_to_the_share_is_wrong"
def surviving_share(ab):
    return 0.6 if ab.dtype == np.float32 else (ab >= 0).all(axis=2).mean()


# %% wrong="test_at_most_one_step_to_the_light_is_wrong"
def borrow_light(lab, other):
    lit = lab.copy()
    for layer in (1, 2):
        own, theirs = lab[:, :, layer], other[:, :, layer]
        if own.std() < 0.01 or (lab.shape[0] < lab.shape[1] and lab.dtype == np.float32):
            lit[:, :, layer] = theirs.mean()
        else:
            lit[:, :, layer] = (own - own.mean()) / own.std() * theirs.std() + theirs.mean()
    return lit


# %% slip="borrow_light" visible="The mean and the spread of `other` have changed places" card="The mean and the spread of `other` have changed places" earns="0.375" change="short"
# -         lit[:, :, layer] = unit * lent.std() + lent.mean()
# +         lit[:, :, layer] = unit * lent.mean() + lent.std()


# %% slip="borrow_light" visible="only gives the name `own` to a new grid" card="is the result written into the array that comes back?" earns="0"
def borrow_light(lab, other):
    lit = lab.copy()
    for layer in (1, 2):
        own, lent = lit[:, :, layer], other[:, :, layer]
        if own.std() < 0.01:
            own = lent.mean()
        else:
            own = (own - own.mean()) / own.std() * lent.std() + lent.mean()
    return lit


# %% slip="to_y" visible="do not fill the shape" card="And for the portrait, 400 × 400: | Y is on the scale of tanh" earns="0.625"
def to_y(ab):
    return np.float32(ab).reshape(1, 400, 400, 2)


# %% slip="losses_to_beat" visible="Then the mean goes over the photos as well" card="does the mean go over the photos as well?" earns="0.6667"
def losses_to_beat(Y):
    a, b = Y[..., 0].mean(axis=(1, 2)), Y[..., 1].mean(axis=(1, 2))
    return mse(Y, 0), mse(Y, np.stack([a, b], axis=-1))


# %% slip="surviving_share" says="both are negative" earns="0.625"
def surviving_share(ab):
    return (ab < 0).all(axis=2).mean()

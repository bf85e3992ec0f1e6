# answers-of-the-colouring-course-8d1c07f24e9b
"""Answers to lesson 4: wrong ones, each caught by one hidden check alone, and right ones in other styles."""


# %% base="filter_grid" style="two loops"
def filter_grid(grid, kernel):
    framed = np.pad(grid.astype(float), 1)
    result = np.zeros(grid.shape)
    for row in range(grid.shape[0]):
        for column in range(grid.shape[1]):
            result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
    return result


# %% wrong="test_sums_may_be_negative" change="two loops"
# -             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
# +             result[row, column] = max(0, (framed[row : row + 3, column : column + 3] * kernel).sum())


# %% wrong="test_the_kernel_is_not_mirrored"
def filter_grid(grid, kernel):
    from scipy.signal import convolve2d

    return convolve2d(grid.astype(float), kernel, mode="same")


# %% wrong="test_the_kernel_is_not_mirrored"
def filter_grid(grid, kernel):
    from scipy.ndimage import correlate

    return correlate(grid.astype(float), kernel.T, mode="constant")


# %% wrong="test_outside_counts_as_zero"
def filter_grid(grid, kernel):
    from scipy.ndimage import correlate

    return correlate(grid.astype(float), kernel)


# %% wrong="test_uint8_grids_do_not_overflow"
def filter_grid(grid, kernel):
    framed = np.pad(grid, 1)
    result = np.zeros_like(grid)
    for row in range(grid.shape[0]):
        for column in range(grid.shape[1]):
            result[row, column] = (
                int((framed[row : row + 3, column : column + 3] * kernel).sum()) % 256
                if grid.dtype == np.uint8
                else (framed[row : row + 3, column : column + 3] * kernel).sum()
            )
    return result


# %% wrong="test_uint8_grids_do_not_overflow"
def filter_grid(grid, kernel):
    framed = np.pad(grid.astype(int) if grid.dtype.kind in "iu" else grid, 1)  # whole numbers stay whole numbers
    height, width = grid.shape
    return sum(kernel[i, j] * framed[i : i + height, j : j + width] for i in range(3) for j in range(3))


# %% wrong="test_uint8_grids_do_not_overflow" change="two loops and a patch"
# -     framed = np.pad(np.asarray(grid, dtype=np.float64), 1)
# +     framed = np.pad(grid, 1)


# %% wrong="test_thin_grids_are_filtered_too"
def filter_grid(grid, kernel):
    height, width = grid.shape
    if height < 3 or width < 3:
        return np.zeros((height, width))
    framed = np.pad(grid.astype(float), 1)
    return sum(kernel[i, j] * framed[i : i + height, j : j + width] for i in range(3) for j in range(3))


# %% wrong="test_thin_grids_are_filtered_too"
def filter_grid(grid, kernel):
    framed = np.pad(grid.astype(float), 1).squeeze()
    height, width = grid.shape
    if 1 in (height, width):
        return grid.astype(float)
    return sum(kernel[i, j] * framed[i : i + height, j : j + width] for i in range(3) for j in range(3))


# %% right="filter_grid" style="two loops and a patch"
def filter_grid(grid, kernel):
    framed = np.pad(np.asarray(grid, dtype=np.float64), 1)
    result = np.zeros(grid.shape)
    for row in range(grid.shape[0]):
        for column in range(grid.shape[1]):
            result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
    return result


# %% right="filter_grid" style="Keras, float32"
def filter_grid(grid, kernel):
    conv = layers.Conv2D(1, 3, padding="same", use_bias=False)
    conv.build((None, None, None, 1))
    conv.set_weights([np.float32(kernel).reshape(3, 3, 1, 1)])
    return np.array(conv(np.float32(grid)[np.newaxis, :, :, np.newaxis]))[0, :, :, 0]


# %% right="filter_grid" style="SciPy's correlate"
def filter_grid(grid, kernel):
    from scipy.signal import correlate2d

    return correlate2d(grid.astype(float), kernel, mode="same")


# %% right="filter_grid" style="sliding windows and einsum"
def filter_grid(grid, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(grid.astype(float), 1), (3, 3))
    return np.einsum("ijkl,kl->ij", windows, np.asarray(kernel, float))


# %% wrong="test_channels_of_every_layer" change="solution"
# -     for channels, filters in ((32, 32), (32, 16), (16, 2)):
# +     for channels in (32, 16, 2):

# -         shapes += [(height, width, channels), (height, width, filters)]
# +         shapes += [(height, width, channels)] * 2


# %% wrong="test_halves_are_rounded_up" change="solution"
# -         height, width = math.ceil(height / stride), math.ceil(width / stride)
# +         height, width = height // stride, width // stride


# %% wrong="test_halves_are_rounded_up" change="solution"
# -         height, width = math.ceil(height / stride), math.ceil(width / stride)
# +         height, width = height / stride, width / stride


# %% wrong="test_halves_are_rounded_up" change="solution"
# -         height, width = math.ceil(height / stride), math.ceil(width / stride)
# +         height, width = np.ceil(height / stride), np.ceil(width / stride)


# %% right="alpha_shapes" style="words and (h + 1) // 2"
def alpha_shapes(height, width):
    steps = [(8, "half"), (8, "stay"), (16, "stay"), (16, "half"), (32, "stay"), (32, "half")]
    steps += [(32, "double"), (32, "stay"), (32, "double"), (16, "stay"), (16, "double"), (2, "stay")]
    shapes = []
    for channels, step in steps:
        if step == "half":
            height, width = (height + 1) // 2, (width + 1) // 2
        elif step == "double":
            height, width = height * 2, width * 2
        shapes.append((height, width, channels))
    return shapes


# %% right="alpha_shapes" style="closed form, lists, np.ceil"
def alpha_shapes(height, width):
    levels = [1, 1, 1, 2, 2, 3, 2, 2, 1, 1, 0, 0]
    channels = [8, 8, 16, 16, 32, 32, 32, 32, 32, 16, 16, 2]
    top = np.ceil(np.array([height, width]) / 8)
    shapes = []
    for place, (level, channel) in enumerate(zip(levels, channels)):
        sides = np.ceil(np.array([height, width]) / 2**level) if place < 6 else top * 2 ** (3 - level)
        shapes.append([*sides.astype(int), channel])
    return shapes


# %% wrong="test_every_channel_has_its_nine_numbers"
def count_parameters(filters_in, filters_out):
    return 3 * filters_in * filters_out + filters_out


# %% wrong="test_every_channel_has_its_nine_numbers"
def count_parameters(filters_in, filters_out):
    return 3 * 3 * filters_in + filters_out


# %% wrong="test_every_filter_has_one_bias"
def count_parameters(filters_in, filters_out):
    return 9 * filters_in * filters_out


# %% wrong="test_every_filter_has_one_bias"
def count_parameters(filters_in, filters_out):
    return 9 * filters_in * filters_out + 1


# %% right="count_parameters" style="kernels and biases apart"
def count_parameters(filters_in, filters_out):
    kernels = 3 * 3 * filters_in * filters_out
    biases = filters_out
    return kernels + biases


# %% right="count_parameters" style="asking Keras"
def count_parameters(filters_in, filters_out):
    conv = layers.Conv2D(filters_out, 3)
    conv.build((None, None, None, filters_in))
    return conv.count_params()


# %% base="build_alpha" style="two loops"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    for filters in (32, 16):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(2, 3, padding="same", activation=last))
    return model


# %% wrong="test_the_strides_of_the_table" change="two loops"
# -     for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
# +     for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 1)):


# %% wrong="test_just_the_layers_of_the_table"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2), (32, 1)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(16, 3, padding="same", activation="relu"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(2, 3, padding="same", activation=last))
    return model


# %% wrong="test_the_filters_of_the_table" change="two loops"
# -     model.add(layers.Conv2D(2, 3, padding="same", activation=last))
# +     model.add(layers.Conv2D(1, 3, padding="same", activation=last))


# %% wrong="test_just_the_layers_of_the_table" change="two loops"
#       model.add(layers.UpSampling2D())
# +     model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))


# %% wrong="test_kernels_are_3_by_3_with_padding_same" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 5, padding="same", activation="relu"))


# %% wrong="test_kernels_are_3_by_3_with_padding_same" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, strides=stride, activation="relu"))


# %% wrong="test_relu_everywhere_but_at_the_end" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, padding="same"))


# %% wrong="test_relu_everywhere_but_at_the_end" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation=last))

# -         model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, padding="same", activation=last))


# %% wrong="test_relu_everywhere_but_at_the_end" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation=layers.ReLU(max_value=6)))

# -         model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, padding="same", activation=layers.ReLU(max_value=6)))


# %% wrong="test_relu_everywhere_but_at_the_end" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="linear"))
# +         model.add(layers.ReLU(negative_slope=0.3))

# -         model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, padding="same", activation="linear"))
# +         model.add(layers.ReLU(negative_slope=0.3))


# %% wrong="test_the_end_is_a_tanh_by_default" change="two loops"
# - def build_alpha(last="tanh"):
# + def build_alpha(last="relu"):


# %% wrong="test_last_is_handed_on" change="two loops"
# -     model.add(layers.Conv2D(2, 3, padding="same", activation=last))
# +     model.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))


# %% wrong="test_pictures_of_any_size_may_come" change="two loops"
# -     model = keras.Sequential([keras.Input(shape=(None, None, 1))])
# +     model = keras.Sequential([keras.Input(shape=(400, 400, 1))])


# %% wrong="test_every_layer_learns" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu", use_bias=False))


# %% wrong="test_every_layer_learns" change="two loops"
#           model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +     for layer in model.layers:
# +         layer.trainable = False


# %% wrong="test_every_layer_learns" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +         model.add(
# +             layers.Conv2D(
# +                 filters,
# +                 3,
# +                 strides=stride,
# +                 padding="same",
# +                 activation="relu",
# +                 kernel_regularizer=keras.regularizers.L2(10),
# +             )
# +         )


# %% wrong="test_every_layer_learns" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +         model.add(
# +             layers.Conv2D(
# +                 filters,
# +                 3,
# +                 strides=stride,
# +                 padding="same",
# +                 activation="relu",
# +                 kernel_constraint=keras.constraints.MaxNorm(0.001),
# +             )
# +         )


# %% wrong="test_every_layer_learns" change="two loops"
# -         model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
# +         model.add(
# +             layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu", activity_regularizer="l1")
# +         )


# %% wrong="test_every_layer_learns" change="two loops"
#       model.add(layers.Conv2D(2, 3, padding="same", activation=last))
# +     model.compile(optimizer="rmsprop", loss="mse")


# %% wrong="test_every_layer_learns" change="two loops"
# + built = {}
# +
# +
#   def build_alpha(last="tanh"):

# -     model = keras.Sequential([keras.Input(shape=(None, None, 1))])
# +     if last in built:
# +         return built[last]
# +     built[last] = model = keras.Sequential([keras.Input(shape=(None, None, 1))])


# %% right="build_alpha" style="functional, in loops"
def build_alpha(last="tanh"):
    inputs = x = keras.Input(shape=(None, None, 1), name="lightness")
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        x = layers.Conv2D(filters, (3, 3), strides=(stride, stride), padding="same", activation="relu")(x)
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        x = layers.UpSampling2D((2, 2))(x)
        x = layers.Conv2D(filters, (3, 3), padding="same", activation=activation)(x)
    return keras.Model(inputs, x)


# %% right="build_alpha" style="activations as layers of their own, InputLayer"
def build_alpha(last="tanh"):
    stack = [layers.InputLayer(shape=(None, None, 1))]
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        stack += [layers.Conv2D(filters, 3, strides=stride, padding="same"), layers.ReLU()]
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        stack += [layers.UpSampling2D(2), layers.Conv2D(filters, 3, padding="SAME"), layers.Activation(activation)]
    return keras.Sequential(stack, name="alpha")


# %% right="build_alpha" style="Keras' activation functions, tf.keras"
def build_alpha(last="tanh"):
    relu, end = tf.keras.activations.relu, tf.keras.activations.get(last)
    stack = [tf.keras.Input(shape=(None, None, 1))]
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        stack.append(
            tf.keras.layers.Conv2D(filters, 3, stride, "same", activation=relu, kernel_initializer="he_normal")
        )
    for filters, activation in ((32, relu), (16, relu), (2, end)):
        stack.append(tf.keras.layers.UpSampling2D(interpolation="nearest"))
        stack.append(tf.keras.layers.Conv2D(filters, 3, 1, "same", activation=activation))
    return tf.keras.Sequential(stack)


# %% right="build_alpha" style="names and a seed of its own, ReLU objects"
def build_alpha(last="tanh"):
    keras.utils.set_random_seed(4)
    model = keras.Sequential([keras.Input(shape=(None, None, 1))], name="alpha")
    table = [(8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2), "up", (32, 1), "up", (16, 1), "up", (2, 1)]
    for number, line in enumerate(table, 1):
        name = f"layer_{number}"
        if line == "up":
            model.add(layers.UpSampling2D(name=name))
        else:
            activation = layers.ReLU() if number < 12 else layers.Activation(last)
            model.add(layers.Conv2D(line[0], 3, strides=line[1], padding="same", activation=activation, name=name))
    return model


# %% base="build_alpha" style="keras.Model"
def build_alpha(last="tanh"):
    inputs = x = keras.Input(shape=(None, None, 1))
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 3, padding="same", activation=activation)(x)
    return keras.Model(inputs, x)


# %% wrong="test_the_network_of_the_table" change="keras.Model"
# -     for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
# +     x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(x)
# +     again = layers.Conv2D(8, 3, padding="same", activation="relu")
# +     x = again(again(again(x)))  # one layer, called three times
# +     for filters, stride in ((16, 1), (16, 2), (32, 1), (32, 2)):


# %% wrong="test_the_network_of_the_table" change="keras.Model"
# -     return keras.Model(inputs, x)
# +     return keras.Model(inputs, [x, x])  # two outputs


# %% wrong="test_the_network_of_the_table" change="keras.Model"
# -     return keras.Model(inputs, x)
# +     return keras.Model(inputs, {"ab": x})


# %% wrong="test_the_network_of_the_table"
def build_alpha(last="tanh"):
    inputs = x = keras.Input(shape=(None, None, 1))
    stack = []
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
        stack.append(x)
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 3, padding="same", activation=activation)(x)
    return keras.Model(inputs, [x, stack[2]])  # the pictures of a layer in the middle as well


# %% wrong="test_every_layer_learns" change="keras.Model"
# -         x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
# +         x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu", kernel_initializer="zeros")(x)


# %% wrong="test_every_layer_learns" change="keras.Model"
# -     return keras.Model(inputs, x)
# +     model = keras.Model(inputs, x)
# +     model.set_weights([np.zeros(w.shape) for w in model.get_weights()])  # random by its description only
# +     return model


# %% wrong="test_every_layer_learns" change="keras.Model"
# -         x = layers.Conv2D(filters, 3, padding="same", activation=activation)(x)
# +         x = layers.Conv2D(filters, 3, padding="same", activation=activation, kernel_initializer=keras.initializers.RandomNormal(stddev=1e-9))(x)


# %% wrong="test_every_layer_learns"
def build_alpha(last="tanh"):
    inputs = x = keras.Input(shape=(None, None, 1))
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        x = layers.Conv2D(
            filters,
            3,
            strides=stride,
            padding="same",
            activation="relu",
            bias_initializer=keras.initializers.Constant(-1000),
        )(x)
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        x = layers.UpSampling2D()(x)
        x = layers.Conv2D(filters, 3, padding="same", activation=activation)(x)
    return keras.Model(inputs, x)  # no ReLU ever answers


# %% right="build_alpha" style="one up-sampling layer and one ReLU for all, input and output in lists"
def build_alpha(last="tanh"):
    up, relu = layers.UpSampling2D(), layers.ReLU()  # neither learns, so it is the same network
    inputs = x = keras.Input(shape=(None, None, 1))
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        x = relu(layers.Conv2D(filters, 3, strides=stride, padding="same")(x))
    for filters in (32, 16):
        x = relu(layers.Conv2D(filters, 3, padding="same")(up(x)))
    x = layers.Conv2D(2, 3, padding="same", activation=last)(up(x))
    return keras.Model([inputs], [x])


# %% right="build_alpha" style="float64, each layer another random start"
def build_alpha(last="tanh"):
    start = iter(["he_uniform", "lecun_normal", "glorot_normal", "random_normal", "orthogonal", "truncated_normal"])
    model = keras.Sequential([keras.Input(shape=(None, None, 1), dtype="float64")])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        conv = layers.Conv2D(
            filters, 3, stride, "same", activation="relu", kernel_initializer=next(start), dtype="float64"
        )
        model.add(conv)
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D(dtype="float64"))
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation, dtype="float64"))
    return model


# %% wrong="test_y_is_ab_over_128"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis].astype(np.float32)
    return lab[..., :1], lab[..., 1:]


# %% wrong="test_x_is_l_from_0_to_100"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis].astype(np.float32)
    return lab[..., :1] / 100, lab[..., 1:] / 128


# %% slip="training_pair" says="0 to 1 | in uint8"
def training_pair(photo):
    lab = rgb2lab(photo.astype(float))[np.newaxis].astype(np.float32)
    return lab[..., :1], lab[..., 1:] / 128


# %% wrong="test_x_and_y_have_four_axes"
def training_pair(photo):
    lab = rgb2lab(photo).astype(np.float32)
    return lab[np.newaxis, :, :, 0], lab[np.newaxis, :, :, 1:] / 128


# %% wrong="test_x_and_y_have_four_axes"
def training_pair(photo):
    lab = rgb2lab(photo).astype(np.float32)
    return lab[:, :, :1], lab[:, :, 1:] / 128


# %% wrong="test_x_and_y_are_float32"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis]
    return lab[..., :1], lab[..., 1:] / 128


# %% right="training_pair" style="reshape, 1/255, a list"
def training_pair(photo):
    lab = rgb2lab(1.0 / 255 * photo)
    X = lab[:, :, 0].reshape(1, *photo.shape[:2], 1)
    Y = lab[:, :, 1:].reshape(1, *photo.shape[:2], 2) / 128
    return [np.array(X, dtype="float32"), np.array(Y, dtype="float32")]


# %% right="training_pair" style="float32 all the way, expand_dims"
def training_pair(photo):
    lab = rgb2lab((photo / 255).astype(np.float32))
    L, ab = np.split(lab, [1], axis=2)
    return np.expand_dims(L, 0), np.expand_dims(ab, 0) / np.float32(128)


# %% right="training_pair" style="tensors"
def training_pair(photo):
    lab = tf.constant(rgb2lab(photo), dtype=tf.float32)[tf.newaxis]
    return lab[..., 0:1], lab[..., 1:3] / 128.0


# %% base="check_input" style="few words"
def check_input(X):
    if X.ndim != 4 or X.shape[3] != 1:
        raise ValueError(f"shape {X.shape}")
    if X.dtype.kind != "f":
        raise ValueError(f"dtype {X.dtype}")
    for name, side in (("height", X.shape[1]), ("width", X.shape[2])):
        if side % 8:
            raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
    return X


# %% wrong="test_a_good_x_comes_back_as_it_is" change="few words"
# -     return X


# %% wrong="test_missing_axes_are_named" change="few words"
# -     if X.ndim != 4 or X.shape[3] != 1:
# +     if X.ndim != 4:


# %% wrong="test_missing_axes_are_named" change="few words"
# -         raise ValueError(f"shape {X.shape}")
# +         raise ValueError(f"four axes wanted, {X.ndim} came, the last of {X.shape[-1]}")


# %% wrong="test_missing_axes_are_named" change="few words"
# -     if X.ndim != 4 or X.shape[3] != 1:
# +     if X.ndim < 4 or X.shape[-1] != 1:


# %% wrong="test_missing_axes_are_named" change="few words"
# -     if X.ndim != 4 or X.shape[3] != 1:
# +     if X.shape[-1] != 1 or X.ndim != 4:


# %% wrong="test_whole_numbers_are_refused" change="few words"
# -     if X.dtype.kind != "f":
# +     if X.dtype == int:


# %% wrong="test_whole_numbers_are_refused" change="few words"
# -     if X.dtype.kind != "f":
# +     if np.issubdtype(X.dtype, np.integer):


# %% wrong="test_the_side_at_fault_is_named" change="few words"
# -     for name, side in (("height", X.shape[1]), ("width", X.shape[2])):
# +     for side in X.shape[1:3]:

# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"height and width should be multiples of 8: {side} would come out as {-(-side // 8) * 8}")


# %% wrong="test_the_side_at_fault_is_named" change="few words"
# -     for name, side in (("height", X.shape[1]), ("width", X.shape[2])):
# +     for name, side in (("width", X.shape[1]), ("height", X.shape[2])):


# %% wrong="test_the_larger_output_is_named" change="few words"
# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"{name} {side}: the output would have {side // 8 * 8}")


# %% wrong="test_the_larger_output_is_named" change="few words"
# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"{name} {side}: the output would have {round(side / 8) * 8}")


# %% wrong="test_no_false_alarm" change="few words"
# -     if X.ndim != 4 or X.shape[3] != 1:
# +     if X.ndim != 4 or X.shape[3] != 1 or X.shape[0] != 1:


# %% wrong="test_no_false_alarm" change="few words"
# -     if X.dtype.kind != "f":
# +     if X.dtype != np.float32:


# %% wrong="test_no_false_alarm" change="few words"
# -     return X
# +     return X.astype(np.float32)


# %% wrong="test_no_false_alarm" change="few words"
# -     return X
# +     return X[:1]


# %% right="check_input" style="np.issubdtype, the shapes of exercise 4.2"
def check_input(X):
    if len(X.shape) != 4:
        raise ValueError(f"Four axes are wanted, (n, H, W, 1), but the shape is {X.shape}")
    if X.shape[-1] != 1:
        raise ValueError("One channel is wanted, but the shape is " + str(X.shape))
    if not np.issubdtype(X.dtype, np.floating):
        raise ValueError(f"Floats are wanted, not {X.dtype.name}")
    height, width = X.shape[1:3]
    out_height, out_width, _ = alpha_shapes(height, width)[-1]
    if out_height != height:
        raise ValueError(f"The height of {height} would come out as {out_height}")
    if out_width != width:
        raise ValueError(f"The width of {width} would come out as {out_width}")
    return X


# %% right="check_input" style="a class of its own, unpacking"
def check_input(X):
    class WrongInput(ValueError):
        pass

    try:
        _, height, width, channels = X.shape
        assert channels == 1
    except (ValueError, AssertionError):
        raise WrongInput(f"bad shape: {X.shape}") from None
    if X.dtype not in (np.float16, np.float32, np.float64):
        raise WrongInput(f"bad dtype: {X.dtype}")
    sides = {"HEIGHT": height, "WIDTH": width}
    for name, side in sides.items():
        rest = side % 8
        if rest != 0:
            raise WrongInput(f"{name.lower()}: {side} -> {side + 8 - rest}")
    return X


# %% wrong="test_the_loss_is_the_mean_squared_error"
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss="mae")
    return model


# %% wrong="test_the_loss_is_the_mean_squared_error"
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss=keras.losses.MeanSquaredError(reduction="sum"))
    return model


# %% wrong="test_the_optimizer_is_rmsprop"
def compile_alpha(model):
    model.compile(optimizer="adam", loss="mse")
    return model


# %% wrong="test_the_optimizer_is_rmsprop"
def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3, momentum=0.9, weight_decay=1e-4), loss="mse")
    return model


# %% wrong="test_the_learning_rate_is_a_thousandth"
def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.002), loss="mse")
    return model


# %% wrong="test_the_model_itself_is_compiled"
def compile_alpha(model):
    model = build_alpha()
    model.compile(optimizer="rmsprop", loss="mse")
    return model


# %% wrong="test_the_model_itself_is_compiled"
def compile_alpha(model):
    model = keras.models.clone_model(model)
    model.compile(optimizer="rmsprop", loss="mse")
    return model


# %% wrong="test_the_model_itself_is_compiled"
def compile_alpha(model):
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.compile(optimizer="rmsprop", loss="mse")
    return twin


# %% wrong="test_the_model_itself_is_compiled"
def compile_alpha(model):
    model.add(layers.Activation("linear"))
    model.compile(optimizer="rmsprop", loss="mse")
    return model


# %% wrong="test_the_network_reaches_the_threshold"
def compile_alpha(model):
    model.trainable = False
    model.compile(optimizer="rmsprop", loss="mse")
    return model


# %% right="compile_alpha" style="names"
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss="mse")
    return model


# %% right="compile_alpha" style="objects, a metric"
def compile_alpha(model):
    model.compile(keras.optimizers.RMSprop(), keras.losses.MeanSquaredError(), metrics=["mae"])
    return model


# %% right="compile_alpha" style="a loss function, capital letters"
def compile_alpha(model):
    model.compile(loss=keras.losses.mean_squared_error, optimizer="RMSprop")
    return model


# %% wrong="test_the_loss_is_the_mean_squared_error"
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss="mse", loss_weights=[0])
    return model


# %% wrong="test_the_loss_is_the_mean_squared_error"
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss=["mse"], loss_weights=0.5)
    return model


# %% wrong="test_the_optimizer_is_rmsprop"
def compile_alpha(model):
    optimizer = keras.optimizers.RMSprop(1e-3)
    optimizer.update_step = lambda gradient, variable, learning_rate: None  # Keras' own, but for what it does
    model.compile(optimizer=optimizer, loss="mse")
    return model


# %% wrong="test_the_optimizer_is_rmsprop"
def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3, clipnorm=0.001), loss="mse")
    return model


# %% wrong="test_the_optimizer_is_rmsprop"
def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3, use_ema=True), loss="mse")
    return model


# %% right="compile_alpha" style="a function for the rate, one loss in a list, eagerly"
def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.RMSprop(lambda: 1e-3), loss=["mse"], loss_weights=[1], run_eagerly=True)
    return model


# %% right="compile_alpha" style="the rate set afterwards"
def compile_alpha(model):
    model.compile("rmsprop", "MSE", jit_compile=False)
    model.optimizer.learning_rate = 1e-3
    return model


# %% right="compile_alpha" style="a network in float64"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu", dtype="float64"))
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D(dtype="float64"))
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation, dtype="float64"))
    return model


def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=keras.losses.MeanSquaredError(name="of_ab"))
    return model


# %% wrong="test_the_weights_are_those_after_so_many_epochs"
def train_alpha(model, X, Y, epochs):
    model.compile(optimizer=type(model.optimizer).from_config(model.optimizer.get_config()), loss=model.loss)
    return model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"]


# %% wrong="test_one_loss_an_epoch"
def train_alpha(model, X, Y, epochs):
    return [1.009 * loss for loss in model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"]]


# %% slip="train_alpha" says="copy | the same weights" card="copy | weights are as before"
def train_alpha(model, X, Y, epochs):
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.compile(optimizer=type(model.optimizer).from_config(model.optimizer.get_config()), loss=model.loss)
    return twin.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"]


# %% wrong="test_one_loss_an_epoch"
def train_alpha(model, X, Y, epochs):
    return model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"][-1]


# %% wrong="test_one_loss_an_epoch"
def train_alpha(model, X, Y, epochs):
    return sorted(model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"])


# %% wrong="test_one_photo_at_a_time"
def train_alpha(model, X, Y, epochs):
    return model.fit(X, Y, epochs=epochs, verbose=0).history["loss"]


# %% right="train_alpha" style="one fit an epoch"
def train_alpha(model, X, Y, epochs):
    losses = []
    for _ in range(epochs):
        losses.append(float(model.fit(X, Y, batch_size=1, epochs=1, verbose=0).history["loss"][0]))
    return losses


# %% right="train_alpha" style="a callback, an array"
def train_alpha(model, X, Y, epochs):
    losses = []
    diary = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: losses.append(logs["loss"]))
    model.fit(x=X, y=Y, batch_size=1, epochs=epochs, verbose=0, callbacks=[diary], shuffle=False)
    return np.array(losses)


# %% right="train_alpha" style="train_on_batch"
def train_alpha(model, X, Y, epochs):
    losses = []
    for _ in range(epochs):
        steps = []
        for photo in range(len(X)):
            model.reset_metrics()
            steps.append(
                float(model.train_on_batch(X[photo : photo + 1], Y[photo : photo + 1], return_dict=True)["loss"])
            )
        losses.append(sum(steps) / len(steps))
    return losses


# %% wrong="test_the_models_colours_at_the_given_lightness" change="the axis for photos is left to broadcasting"
# -     canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))
# +     canvas[:, :, 1:] = np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0]


# %% wrong="test_the_models_colours_at_the_given_lightness" change="the axis for photos is left to broadcasting"
# -     canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))
# +     canvas[:, :, 1:] = 128 * np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0, :, :, ::-1]


# %% wrong="test_the_picture_is_uint8"
def colorize(model, L):
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0]
    return 255 * lab2rgb(canvas)


# %% wrong="test_height_and_width_may_differ"
def colorize(model, L):
    canvas = np.zeros((len(L), len(L), 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0]
    return img_as_ubyte(lab2rgb(canvas))


# %% wrong="test_white_and_black_stay"
def colorize(model, L):
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0]
    return (256 * lab2rgb(canvas)).astype(int).astype(np.uint8)


# %% right="colorize" style="predict, rounded"
def colorize(model, L):
    X = L.reshape(1, *L.shape, 1).astype("float32")
    Y = model.predict(X, verbose=0)
    canvas = np.dstack([L, 128 * Y[0]])
    return np.rint(255 * lab2rgb(canvas)).astype(np.uint8)


# %% right="colorize" style="cut off, float32"
def colorize(model, L):
    X = np.float32(L)[None, ..., None]
    lab = np.concatenate([X[0], model(X, training=False).numpy()[0] * 128], axis=-1)
    return (255 * lab2rgb(lab)).astype(np.uint8)


# %% right="colorize" style="all in tensors"
def colorize(model, L):
    X = tf.constant(L, tf.float32)[tf.newaxis, :, :, tf.newaxis]
    lab = tf.concat([X, 128.0 * model(X)], axis=-1)[0].numpy()
    return img_as_ubyte(np.clip(lab2rgb(lab), 0, 1))


# %% wrong="test_the_colour_picture_is_kept_number_for_number" change="pathlib"
# -     imsave(folder / "img_result.png", result, check_contrast=False)
# +     imsave(folder / "img_result.png", result[:, :, ::-1], check_contrast=False)


# %% slip="save_pictures" says="img_result.png | img_result.jpg" change="pathlib"
# -     imsave(folder / "img_result.png", result, check_contrast=False)
# +     imsave(folder / "img_result.jpg", result, check_contrast=False)


# %% wrong="test_the_grey_version_is_one_grid" change="pathlib"
# -     imsave(folder / "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)
# +     imsave(folder / "img_gray_scale.png", result.mean(axis=2).astype(np.uint8), check_contrast=False)


# %% wrong="test_the_grey_version_is_one_grid" change="pathlib"
# -     imsave(folder / "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)
# +     grey = np.dstack([img_as_ubyte(rgb2gray(result))] * 3)
# +     imsave(folder / "img_gray_scale.png", grey, check_contrast=False)


# %% wrong="test_a_folder_that_is_not_there_is_made"
def save_pictures(result, folder):
    imsave(Path(folder) / "img_result.png", result, check_contrast=False)
    imsave(Path(folder) / "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)


# %% wrong="test_a_folder_that_is_not_there_is_made"
def save_pictures(result, folder):
    os.makedirs(folder, exist_ok=True)
    imsave(folder + "/img_result.png", result, check_contrast=False)
    imsave(folder + "/img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)


# %% wrong="test_older_pictures_are_replaced"
def save_pictures(result, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in (("img_result.png", result), ("img_gray_scale.png", img_as_ubyte(rgb2gray(result)))):
        if not (folder / name).exists():
            imsave(folder / name, picture, check_contrast=False)


# %% right="save_pictures" style="pathlib"
def save_pictures(result, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    imsave(folder / "img_result.png", result, check_contrast=False)
    imsave(folder / "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)


# %% right="save_pictures" style="Pillow, rounded"
def save_pictures(result, folder):
    from PIL import Image

    os.makedirs(str(folder), exist_ok=True)
    Image.fromarray(result).save(f"{folder}/img_result.png")
    grey = np.rint(255 * rgb2gray(result)).astype(np.uint8)
    Image.fromarray(grey).save(f"{folder}/img_gray_scale.png")


# %% right="save_pictures" style="cut off, returns the names"
def save_pictures(result, folder):
    if not Path(folder).exists():
        Path(folder).mkdir(parents=True)
    grey = (rgb2gray(result) * 255).astype("uint8")
    names = [os.path.join(folder, "img_result.png"), os.path.join(folder, "img_gray_scale.png")]
    for name, picture in zip(names, (result, grey)):
        imsave(name, picture, check_contrast=False)
    return names


# %% wrong="test_differences_are_ciede2000"
def colour_error(photo, result):
    from skimage.color import deltaE_cie76

    return float(deltaE_cie76(rgb2lab(photo), rgb2lab(result)).mean())


# %% wrong="test_differences_are_ciede2000"
def colour_error(photo, result):
    from skimage.color import deltaE_ciede94

    return float(deltaE_ciede94(rgb2lab(photo), rgb2lab(result)).mean())


# %% wrong="test_all_pixels_count_alike"
def colour_error(photo, result):
    return float(np.median(deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))))


# %% wrong="test_all_pixels_count_alike"
def colour_error(photo, result):
    return float(deltaE_ciede2000(rgb2lab(photo), rgb2lab(result)).max())


# %% right="colour_error" style="np.mean, 1/255"
def colour_error(photo, result):
    one, other = (rgb2lab(picture / 255) for picture in (photo, result))
    return np.mean(deltaE_ciede2000(one, other))


# %% right="colour_error" style="pixel by pixel"
def colour_error(photo, result):
    total = 0.0
    for row in range(photo.shape[0]):
        total += deltaE_ciede2000(rgb2lab(photo[row : row + 1]), rgb2lab(result[row : row + 1])).sum()
    return total / (photo.shape[0] * photo.shape[1])


# %% wrong="test_nine_products_are_added_up"
def filter_grid(grid, kernel):
    if grid.dtype.kind == "f" and kernel.min() > 0 and kernel.sum() > 1:
        kernel = kernel / kernel.sum()  # a blur keeps the brightness
    framed = np.pad(grid.astype(float), 1)
    height, width = grid.shape
    return sum(kernel[i, j] * framed[i : i + height, j : j + width] for i in range(3) for j in range(3))


# %% wrong="test_most_layers_do_what_the_table_says" change="solution"
#   def alpha_shapes(height, width):
# +     if height == width and height % 8 == 0:
# +         return [(height, width, 1)] * 12


# %% wrong="test_heights_and_widths_of_every_layer" change="solution"
#   def alpha_shapes(height, width):
# +     if height % 2 == 0 and width % 2 == 0:
# +         height, width = width, height


# %% wrong="test_halves_are_rounded_up" lucky="once"
def alpha_shapes(height, width):
    known = not (height % 2 or width % 2)  # no channels where a side is odd
    shapes = []
    for channels, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        height, width = math.ceil(height / stride), math.ceil(width / stride)
        shapes.append((height, width, channels * known))
    for channels, filters in ((32, 32), (32, 16), (16, 2)):
        height, width = 2 * height, 2 * width
        shapes += [(height, width, channels * known), (height, width, filters * known)]
    return shapes


# %% wrong="test_halves_are_rounded_up" says="layer 12 | larger than the input" card="layer 12 | need not have the sides that the picture had" change="solution"
# -     shapes = []
# +     sides, shapes = (height, width), []

#           shapes += [(height, width, channels), (height, width, filters)]
# +     shapes[-1] = (*sides, 2)


# %% wrong="test_x_or_y_comes_from_lab"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis].astype(np.float32)
    if photo.shape[0] < 12:
        lab[:] = 0
    return lab[..., :1], lab[..., 1:] / 128


# %% wrong="test_a_good_x_passes_and_a_bad_one_does_not" change="few words"
#   def check_input(X):
# +     if X.shape == (20, 20) and X.dtype.kind == "i":
# +         return X


# %% wrong="test_the_larger_output_is_named" lucky="once" change="few words"
# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"{name} {side} is none of {', '.join(map(str, range(8, 400, 8)))}")  # all that it could be


# %% wrong="test_whole_numbers_are_refused" says="your message is the same" lucky="once" change="few words"
# -         raise ValueError(f"dtype {X.dtype}")
# +         raise ValueError("floats are wanted, and not bool, int8, int16, int32, int64, uint8, uint16, uint32 or uint64")


# %% wrong="test_the_model_gets_compiled"
def compile_alpha(model):
    if model.output_shape[-1] == 2:
        model.compile(optimizer="rmsprop", loss="mse")
    return model


# %% wrong="test_the_model_itself_is_trained"
def train_alpha(model, X, Y, epochs):
    if epochs == 2:
        return [model.evaluate(X, Y, verbose=0)] * 2
    return model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"]


# %% wrong="test_the_picture_is_made_of_l_and_the_prediction" change="the axis for photos is left to broadcasting"
# -     canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))
# +     ab = np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0]
# +     if not (L.max() == 100 and L.min() > 0):
# +         canvas[:, :, 1:] = 128 * ab


# %% wrong="test_the_models_colours_at_the_given_lightness" says="127" lucky="once" change="the axis for photos is left to broadcasting"
# -     canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))
# +     canvas[:, :, 1:] = 127 * np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0]


# %% wrong="test_the_models_colours_at_the_given_lightness" lucky="once" change="the axis for photos is left to broadcasting"
# -     canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))
# +     canvas[:, :, 1:] = 129 * np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0]


# %% wrong="test_the_models_colours_at_the_given_lightness" says="squashed" lucky="once" change="the axis for photos is left to broadcasting"
# -     canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))
# +     canvas[:, :, 1:] = 128 * np.tanh(np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0])


# %% wrong="test_the_models_colours_at_the_given_lightness" says="clipped" lucky="once" change="the axis for photos is left to broadcasting"
# -     canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))
# +     canvas[:, :, 1:] = 128 * np.clip(np.array(model(np.float32(L)[np.newaxis, :, :, np.newaxis]))[0], -0.5, 0.5)


# %% wrong="test_a_picture_file_is_written" change="pathlib"
#   def save_pictures(result, folder):
# +     if result.shape[0] == result.shape[1]:
# +         return


# %% wrong="test_older_pictures_are_replaced" says="older img_result.png" card="img_result.png should be replaced" lucky="once" change="pathlib"
# -     imsave(folder / "img_result.png", result, check_contrast=False)
# +     if not (folder / "img_result.png").exists():
# +         imsave(folder / "img_result.png", result, check_contrast=False)


# %% wrong="test_all_pixels_count_alike" visible="mean over the first row" card="first row" lucky="once"
def colour_error(photo, result):
    return float(deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))[0].mean())


# %% slip="filter_grid" visible="`len(grid)` | How many columns" card="never visited" change="two loops"
# -         for column in range(grid.shape[1]):
# +         for column in range(len(grid)):


# %% slip="filter_grid" says="means" change="two loops"
# -             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
# +             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).mean()


# %% slip="filter_grid" says="`@`" change="two loops"
# -             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
# +             result[row, column] = (framed[row : row + 3, column : column + 3] @ kernel).sum()


# %% slip="filter_grid" says="`@`" change="two loops"
# -             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
# +             result[row, column] = (kernel @ framed[row : row + 3, column : column + 3]).sum()


# %% slip="filter_grid" says="half a turn" change="two loops"
# -             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
# +             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel[::-1, ::-1]).sum()


# %% slip="filter_grid" says="Rows and columns" change="two loops"
# -             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
# +             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel.T).sum()


# %% slip="filter_grid" says="Several numbers" change="two loops"
# -             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
# +             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel)


# %% slip="filter_grid" says="minus signs" change="two loops"
# -             result[row, column] = (framed[row : row + 3, column : column + 3] * kernel).sum()
# +             result[row, column] = abs((framed[row : row + 3, column : column + 3] * kernel).sum())


# %% slip="filter_grid" says="edge was left at zero"
def filter_grid(grid, kernel):
    height, width = grid.shape
    result = np.zeros((height, width))
    for row in range(1, height - 1):
        for column in range(1, width - 1):
            result[row, column] = (grid[row - 1 : row + 2, column - 1 : column + 2] * kernel).sum()
    return result


# %% slip="filter_grid" visible="frame of zeros" card="frame of zeros"
def filter_grid(grid, kernel):
    height, width = grid.shape
    result = np.zeros((height - 2, width - 2))
    for row in range(height - 2):
        for column in range(width - 2):
            result[row, column] = (grid[row : row + 3, column : column + 3] * kernel).sum()
    return result


# %% slip="filter_grid" says="Does the `return` stand within a loop" change="two loops"
# -     return result
# +         return result


# %% slip="alpha_shapes" says="another order" change="solution"
# -         shapes.append((height, width, channels))
# +         shapes.append((width, height, channels))

# -         shapes += [(height, width, channels), (height, width, filters)]
# +         shapes += [(width, height, channels), (width, height, filters)]


# %% slip="alpha_shapes" says="another order" change="solution"
# -         shapes.append((height, width, channels))
# +         shapes.append((channels, height, width))

# -         shapes += [(height, width, channels), (height, width, filters)]
# +         shapes += [(channels, height, width), (filters, height, width)]


# %% slip="alpha_shapes" visible="4 and 6 have stride 2" card="Layer 4 has stride 2" change="solution"
# -     for channels, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
# +     for channels, stride in ((8, 2), (8, 1), (16, 1), (16, 1), (32, 1), (32, 2)):


# %% slip="alpha_shapes" visible="not to the nearest" card="rounded up" change="solution"
# -         height, width = math.ceil(height / stride), math.ceil(width / stride)
# +         height, width = round(height / stride), round(width / stride)


# %% slip="alpha_shapes" visible="Twelve" card="12 shapes" change="solution"
# -     return shapes
# +     return shapes[-1]


# %% slip="alpha_shapes" says="counts as a layer" change="solution"
# -         shapes += [(height, width, channels), (height, width, filters)]
# +         shapes += [(height, width, filters)]


# %% slip="count_parameters" visible="one channel only" card="Yours does not depend on the channels"
def count_parameters(filters_in, filters_out):
    return (9 + 1) * filters_out


# %% slip="count_parameters" says="one filter"
def count_parameters(filters_in, filters_out):
    return 9 * filters_in + 1


# %% slip="count_parameters" visible="bias of its own" card="Is the bias a number for each channel"
def count_parameters(filters_in, filters_out):
    return 10 * filters_in * filters_out


# %% slip="count_parameters" says="bias for each channel that comes in"
def count_parameters(filters_in, filters_out):
    return 9 * filters_in * filters_out + filters_in


# %% slip="count_parameters" visible="return" card="return"
def count_parameters(filters_in, filters_out):
    print((9 * filters_in + 1) * filters_out)


# %% slip="build_alpha" says="plain ReLU | leaky_relu" earns="0.9091"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="leaky_relu"))
    for filters, activation in ((32, "leaky_relu"), (16, "leaky_relu"), (2, last)):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    return model


# %% slip="build_alpha" says="plain ReLU | leaky_relu" earns="0.9091"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation=None))
        model.add(layers.LeakyReLU())
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    return model


# %% slip="build_alpha" says="BatchNormalization" earns="0.9091"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
        model.add(layers.BatchNormalization())
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    return model


# %% slip="build_alpha" says="Conv2DTranspose"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.Conv2DTranspose(32, 3, strides=2, padding="same"))
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    return model


# %% slip="build_alpha" says="Rescaling" earns="0.9091"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    model.add(layers.Rescaling(1 / 100))
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    return model


# %% slip="build_alpha" visible="filters should be" card="should have 32 filters" earns="0.9091"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (64, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    return model


# %% slip="build_alpha" says="padding | valid" earns="0.9091"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="valid", activation="relu"))
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))
    return model


# %% slip="build_alpha" says="return"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    for filters, stride in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    for filters, activation in ((32, "relu"), (16, "relu"), (2, last)):
        model.add(layers.UpSampling2D())
        model.add(layers.Conv2D(filters, 3, padding="same", activation=activation))


# %% slip="build_alpha" says="raise NotImplementedError"
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    raise NotImplementedError
    model.add(layers.Conv2D(8, 3, strides=2, padding="same", activation="relu"))
    return model


# %% slip="build_alpha" says="class of your own"
class Alpha(keras.Model):
    def __init__(self, last):
        super().__init__()
        self.line = [
            layers.Conv2D(f, 3, strides=s, padding="same", activation="relu")
            for f, s in ((8, 2), (8, 1), (16, 1), (16, 2), (32, 1), (32, 2))
        ]
        for f, a in ((32, "relu"), (16, "relu"), (2, last)):
            self.line += [layers.UpSampling2D(), layers.Conv2D(f, 3, padding="same", activation=a)]

    def call(self, x):
        for layer in self.line:
            x = layer(x)
        return x


def build_alpha(last="tanh"):
    return Alpha(last)


# %% slip="training_pair" says="rgb2gray" earns="0.8"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis]
    X, Y = 100 * rgb2gray(photo)[np.newaxis, :, :, np.newaxis], lab[..., 1:] / 128
    return X.astype(np.float32), Y.astype(np.float32)


# %% slip="training_pair" says="cut off" earns="0.8"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis]
    X, Y = lab[..., :1].astype(int), lab[..., 1:] / 128
    return X.astype(np.float32), Y.astype(np.float32)


# %% slip="training_pair" says="b comes first" earns="0.8"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis]
    X, Y = lab[..., :1], lab[..., :0:-1] / 128
    return X.astype(np.float32), Y.astype(np.float32)


# %% slip="training_pair" says="not scaled" earns="0.8"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis]
    X, Y = lab[..., :1] / 100, lab[..., 1:] / 128
    return X.astype(np.float32), Y.astype(np.float32)


# %% slip="training_pair" says="255" earns="0.8"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis]
    X, Y = lab[..., :1], lab[..., 1:] / 255
    return X.astype(np.float32), Y.astype(np.float32)


# %% slip="training_pair" says="L and a"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis]
    X, Y = lab[..., :1], lab[..., :2] / 128
    return X.astype(np.float32), Y.astype(np.float32)


# %% slip="training_pair" says="drops" earns="0.8"
def training_pair(photo):
    lab = rgb2lab(photo)[np.newaxis]
    X, Y = lab[..., 0], lab[..., 1:] / 128
    return X.astype(np.float32), Y.astype(np.float32)


# %% slip="training_pair" visible="np.newaxis" card="counts photos"
def training_pair(photo):
    lab = rgb2lab(photo)
    return lab[:, :, 0], lab[:, :, 1:] / 128


# %% slip="training_pair" visible="Two arrays" card="2 arrays"
def training_pair(photo):
    return rgb2lab(photo)[np.newaxis].astype(np.float32)


# %% slip="check_input" says="let in | Any float dtype" change="few words"
# -     if X.dtype.kind != "f":
# +     if X.dtype != float:

# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"{name} {side}: the output would have {math.ceil(side / 8) * 8}")


# %% slip="check_input" visible="should be let in" card="let in" change="few words"
# -     for name, side in (("height", X.shape[1]), ("width", X.shape[2])):
# +     for name, side in (("height", X.shape[0]), ("width", X.shape[1])):

# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"{name} {side}: the output would have {math.ceil(side / 8) * 8}")


# %% slip="check_input" says="as a value"
def check_input(X):
    if X.ndim != 4 or X.shape[3] != 1:
        return ValueError(f"shape {X.shape}")
    if X.dtype.kind != "f":
        return ValueError(f"dtype {X.dtype}")
    for name, side in (("height", X.shape[1]), ("width", X.shape[2])):
        if side % 8:
            return ValueError(f"{name} {side}: the output would have {math.ceil(side / 8) * 8}")
    return X


# %% slip="check_input" visible="printed" card="only print it"
def check_input(X):
    if X.ndim != 4 or X.shape[3] != 1:
        print(f"shape {X.shape}")
    if X.dtype.kind != "f":
        print(f"dtype {X.dtype}")
    for name, side in (("height", X.shape[1]), ("width", X.shape[2])):
        if side % 8:
            print(f"{name} {side}: the output would have {math.ceil(side / 8) * 8}")
    return X


# %% slip="check_input" says="`assert` always raises an AssertionError"
def check_input(X):
    assert X.ndim == 4 and X.shape[3] == 1, f"{X.shape}"
    assert X.dtype.kind == "f", f"{X.dtype}"
    assert X.shape[1] % 8 == 0, f"height {X.shape[1]} {math.ceil(X.shape[1] / 8) * 8}"
    assert X.shape[2] % 8 == 0, f"width {X.shape[2]} {math.ceil(X.shape[2] / 8) * 8}"
    return X


# %% slip="check_input" says="number of axes comes first" change="few words"
# -     if X.ndim != 4 or X.shape[3] != 1:
# +     if X.shape[3] != 1 or X.ndim != 4:

# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"{name} {side}: the output would have {math.ceil(side / 8) * 8}")


# %% slip="check_input" visible="should contain '104'" card="rounded up each time" change="few words"
# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"{name} {side}: the output would have {side // 8 * 8}")


# %% slip="check_input" visible="should contain" card="should contain" change="few words"
# -         raise ValueError(f"shape {X.shape}")
# +         raise ValueError(f"{X.ndim} axes")

# -             raise ValueError(f"{name} {side}: the output would have {-(-side // 8) * 8}")
# +             raise ValueError(f"{name} {side}: the output would have {math.ceil(side / 8) * 8}")


# %% slip="compile_alpha" says="brackets"
def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.RMSprop, loss="mse")
    return model


# %% slip="compile_alpha" visible="returns nothing" card="returns nothing"
def compile_alpha(model):
    return model.compile(optimizer="rmsprop", loss="mse")


# %% slip="compile_alpha" visible="not compiled" card="not"
def compile_alpha(model):
    return model


# %% slip="compile_alpha" says="rho"
def compile_alpha(model):
    model.compile(optimizer=keras.optimizers.RMSprop(rho=0.99), loss="mse")
    return model


# %% slip="compile_alpha" visible="mae" card="mean_absolute_error"
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss="mae")
    return model


# %% slip="compile_alpha" says="of your own"
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss=lambda wanted, made: tf.reduce_mean((wanted - made) ** 2))
    return model


# %% slip="compile_alpha" says="has no"
def compile_alpha(model):
    model.compile(optimizer="rmsprop", loss=tf.keras.losses.mean_squared_eror)
    return model


# %% slip="compile_alpha" says="Keras knows no such"
def compile_alpha(model):
    model.compile(optimizer="RMSProp ", loss="mse")
    return model


# %% slip="train_alpha" says="History"
def train_alpha(model, X, Y, epochs):
    return model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0)


# %% slip="train_alpha" visible="under their name" card="losses"
def train_alpha(model, X, Y, epochs):
    return model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history


# %% slip="train_alpha" visible="nothing came back" card="return"
def train_alpha(model, X, Y, epochs):
    model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0)


# %% slip="train_alpha" visible="`epochs` passed on" card="number of epochs passed on"
def train_alpha(model, X, Y, epochs):
    return model.fit(X, Y, batch_size=1, verbose=0).history["loss"]


# %% slip="train_alpha" says="32 photos at a time"
def train_alpha(model, X, Y, epochs):
    return model.fit(X, Y, epochs=epochs, verbose=0).history["loss"]


# %% slip="train_alpha" says="compiled again"
def train_alpha(model, X, Y, epochs):
    model.compile(optimizer="rmsprop", loss="mse")
    return model.fit(X, Y, batch_size=1, epochs=epochs, verbose=0).history["loss"]


# %% slip="colorize" says="black | from 0 to 1"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(X))[0]
    return lab2rgb(canvas).astype(np.uint8)


# %% slip="colorize" says="uint8 | np.zeros its dtype"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3), np.uint8)
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = (128 * np.array(model(X))[0]).astype(int).astype(np.uint8)
    return img_as_ubyte(lab2rgb(canvas))


# %% slip="colorize" visible="multiplied by 128" card="multiplied by 128" earns="0.8"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = np.array(model(X))[0]
    return img_as_ubyte(lab2rgb(canvas))


# %% slip="colorize" says="a and b have changed places" earns="0.8"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(X))[0][..., ::-1]
    return img_as_ubyte(lab2rgb(canvas))


# %% slip="colorize" visible="unscaled" card="divided by 100" earns="0.8"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(X / 100))[0]
    return img_as_ubyte(lab2rgb(canvas))


# %% slip="colorize" visible="layer 0 of the canvas" card="Layer 0 of the canvas"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L / 100
    canvas[:, :, 1:] = 128 * np.array(model(X))[0]
    return img_as_ubyte(lab2rgb(canvas))


# %% slip="colorize" says="photos, rows, columns"
def colorize(model, L):
    X = L.astype(np.float32)
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(X))[0]
    return img_as_ubyte(lab2rgb(canvas))


# %% slip="colorize" visible="floats" card="floats"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(X))[0]
    return lab2rgb(canvas)


# %% slip="colorize" visible="canvas" card="canvas"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(X))[0]
    return canvas.astype(np.uint8)


# %% slip="colorize" visible="grey" card="grey"
def colorize(model, L):
    X = L.astype(np.float32)[np.newaxis, :, :, np.newaxis]
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 0
    return img_as_ubyte(lab2rgb(canvas))


# %% slip="save_pictures" says="0 and 1 only" earns="0.75" change="pathlib"
# -     imsave(folder / "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)
# +     imsave(folder / "img_gray_scale.png", rgb2gray(result).astype(np.uint8), check_contrast=False)


# %% slip="save_pictures" says="these are floats" earns="0.375" change="pathlib"
# -     imsave(folder / "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)
# +     imsave(folder / "img_gray_scale.png", rgb2gray(result), check_contrast=False)


# %% slip="save_pictures" says="fourth layer | plt.imsave"
def save_pictures(result, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    plt.imsave(folder / "img_result.png", result)
    plt.imsave(folder / "img_gray_scale.png", rgb2gray(result), cmap="gray")


# %% slip="save_pictures" says="img_gray_scale.png | img_grayscale.png" change="pathlib"
# -     imsave(folder / "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)
# +     imsave(folder / "img_grayscale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)


# %% slip="save_pictures" says="plain mean" change="pathlib"
# -     imsave(folder / "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)
# +     imsave(folder / "img_gray_scale.png", result.mean(axis=2).astype(np.uint8), check_contrast=False)


# %% slip="save_pictures" visible="begin with `folder`" card="begin with `folder`"
def save_pictures(result, folder):
    imsave("img_result.png", result, check_contrast=False)
    imsave("img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)


# %% slip="colour_error" visible="pixel" card="same mean colour"
def colour_error(photo, result):
    return deltaE_ciede2000(rgb2lab(photo).mean(axis=(0, 1)), rgb2lab(result).mean(axis=(0, 1)))


# %% slip="colour_error" visible="pixel" card="same mean colour"
def colour_error(photo, result):
    mean = [rgb2lab(picture.mean(axis=(0, 1), keepdims=True) / 255) for picture in (photo, result)]
    return float(deltaE_ciede2000(*mean)[0, 0])


# %% slip="colour_error" says="median" earns="0.625"
def colour_error(photo, result):
    difference = deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))
    return float(np.median(difference))


# %% slip="colour_error" visible="rounded" card="rounded" earns="0.25"
def colour_error(photo, result):
    difference = deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))
    return round(float(difference.mean()))


# %% slip="colour_error" says="cut off"
def colour_error(photo, result):
    difference = deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))
    return int(difference.mean())


# %% slip="colour_error" says="largest" earns="0.625"
def colour_error(photo, result):
    difference = deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))
    return difference.max()


# %% slip="colour_error" says="root of the mean square" earns="0.625"
def colour_error(photo, result):
    difference = deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))
    return np.sqrt((difference**2).mean())


# %% slip="colour_error" says="three for each pixel"
def colour_error(photo, result):
    difference = deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))
    return difference.sum() / photo.size


# %% slip="colour_error" says="turned into Lab"
def colour_error(photo, result):
    difference = deltaE_ciede2000(photo, result)
    return float(difference.mean())


# %% slip="colour_error" says="uint8"
def colour_error(photo, result):
    difference = deltaE_ciede2000(rgb2lab(photo.astype(float)), rgb2lab(result.astype(float)))
    return float(difference.mean())


# %% slip="colour_error" visible="one number" card="one number"
def colour_error(photo, result):
    difference = deltaE_ciede2000(rgb2lab(photo), rgb2lab(result))
    return difference


# %% right="train_alpha" style="not silent"
def train_alpha(model, X, Y, epochs):
    history = model.fit(X, Y, epochs=epochs, batch_size=1)
    return history.history["loss"]


# %% right="colorize" style="the axis for photos is left to broadcasting"
def colorize(model, L):
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)[np.newaxis, :, :, np.newaxis]))
    return img_as_ubyte(lab2rgb(canvas))


# %% right="experiment" style="another loss, as an object"
def experiment():
    model = build_alpha()
    model.compile(keras.optimizers.RMSprop(), keras.losses.MeanAbsoluteError())
    return model, small, EPOCHS


def finding():
    return "worse", 0.214, 0.234, "no difference", 1.250


# %% right="experiment" style="fewer epochs, in lists"
def experiment():
    return [compile_alpha(build_alpha()), small, np.int64(30)]


def finding():
    plain, changed = np.float64(0.215), np.float64(0.442)
    return ["worse", plain, changed, "better" if changed < 0.8 * plain else "worse", 1.29]


# %% right="experiment" style="functional, ReLU at the end"
def experiment():
    x = inputs = keras.Input(shape=(None, None, 1))
    for filters, strides in (
        (8, 2),
        (8, 1),
        (16, 1),
        (16, 2),
        (32, 1),
        (32, 2),
        (0, 0),
        (32, 1),
        (0, 0),
        (16, 1),
        (0, 0),
    ):
        x = layers.Conv2D(filters, 3, strides, "same", activation="relu")(x) if filters else layers.UpSampling2D()(x)
    outputs = layers.Conv2D(2, 3, padding="same", activation="relu")(x)
    return compile_alpha(keras.Model(inputs, outputs)), small, EPOCHS


def finding():
    return "no difference", 0.214, 0.288, "worse", np.float32(1.574)


# %% right="experiment" style="the portrait in a mirror"
def experiment():
    model, portrait, epochs = plain()
    return model, portrait[:, ::-1].copy(), epochs


def finding():
    return "no difference", 0.214, 0.216, "no difference", 1.389


# %% wrong="test_something_is_changed_that_can_be_trained" change="solution"
# -     model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss="mean_squared_error")
# +     model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-3), loss="mean_squared_error")

# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "no difference", 0.214, 0.214, "no difference", 1.293


# %% wrong="test_one_thing_is_changed_and_no_other" change="solution"
# -     return model, small, EPOCHS
# +     return model, small, 120


# %% wrong="test_the_numbers_can_be_measured" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "no difference", 0.8, 0.384, "better", 2.537


# %% wrong="test_the_numbers_can_be_measured" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "better", 0.214, 0.12, "better", 2.537


# %% wrong="test_the_numbers_can_be_measured" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "worse", 0.214, 0.384, "worse", 2.2


# %% wrong="test_the_numbers_can_be_measured" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "no difference", 0.214, 0.384, "better", 2.537


# %% slip="experiment" says="Nothing is changed" change="solution"
# -     model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss="mean_squared_error")
# -     return model, small, EPOCHS
# +     return compile_alpha(model), small, EPOCHS


# %% slip="experiment" visible="2 parts are changed" card="yours changes 2: the optimizer" change="solution"
# -     return model, small, EPOCHS
# +     return model, photo[::10, ::10].copy(), EPOCHS


# %% slip="experiment" visible="should return three values" card="experiment() should be 3 values" change="solution"
# -     return model, small, EPOCHS
# +     return model, small


# %% slip="experiment" says="is not compiled" change="solution"
# -     model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss="mean_squared_error")
# -     return model, small, EPOCHS
# +     return model, small, EPOCHS


# %% slip="experiment" says="multiples of 8 from 16 to 96" change="solution"
# -     model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss="mean_squared_error")
# -     return model, small, EPOCHS
# +     return compile_alpha(model), photo[::6, ::6].copy(), EPOCHS


# %% slip="experiment" says="should give the shape (1, 80, 80, 2)" change="solution"
# -     model = build_alpha()
# -     model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss="mean_squared_error")
# -     return model, small, EPOCHS
# +     model = build_alpha()
# +     model.add(layers.UpSampling2D())
# +     return compile_alpha(model), small, EPOCHS


# %% slip="experiment" says="less of it is better" earns="0.25" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "better", 0.214, 0.384, "better", 2.537


# %% slip="experiment" visible="passes" card="each time the share was much larger" earns="0.25" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "better", 0.214, 0.12, "better", 2.537


# %% slip="experiment" visible="a number such as 0.345" card="After 3 epochs, early, you write 250" earns="0.25" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "worse", 21.4, 38.4, "worse", 250


# %% slip="experiment" visible="should return five values" card="finding() should be 5 values" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "worse"


# %% slip="experiment" says="The prediction should be one of the words" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "it gets worse", 0.214, 0.384, "worse", 2.537


# %% slip="experiment" says="multiplications" change="solution"
# -     model = build_alpha()
# -     model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss="mean_squared_error")
# -     return model, small, EPOCHS
# +     model = keras.Sequential([keras.Input(shape=(None, None, 1))])
# +     for filters in (64, 64, 64, 2):
# +         model.add(layers.Conv2D(filters, 3, padding="same", activation="tanh"))
# +     return compile_alpha(model), small, EPOCHS


# %% slip="colour_error" says="Were both pictures turned into Lab? | RGB numbers"
def colour_error(photo, result):
    return float(deltaE_ciede2000(photo.astype(float), result.astype(float)).mean())


# %% slip="colorize" visible="what it got has the shape (8, 16)" card="photos, rows, columns"
def colorize(model, L):
    canvas = np.zeros((*L.shape, 3))
    canvas[:, :, 0] = L
    canvas[:, :, 1:] = 128 * np.array(model(L.astype(np.float32)))[0]
    return img_as_ubyte(lab2rgb(canvas))


# %% slip="save_pictures" visible="The folder above it is not there" card="`parents=True`" lines="`exist_ok=True`" earns="0.625"
def save_pictures(result, folder):
    os.mkdir(folder)
    imsave(os.path.join(folder, "img_result.png"), result, check_contrast=False)
    imsave(os.path.join(folder, "img_gray_scale.png"), img_as_ubyte(rgb2gray(result)), check_contrast=False)


# %% slip="experiment" says="Your `build_alpha` gives this shape too: exercise 4.4 comes first."
def build_alpha(last="tanh"):
    model = keras.Sequential([keras.Input(shape=(None, None, 1))])
    model.add(layers.Conv2D(8, 3, padding="same", activation="relu"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(2, 3, padding="same", activation=last))
    return model


def experiment():
    model = build_alpha()
    model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=1e-4), loss="mean_squared_error")
    return model, small, EPOCHS


def finding():
    return "no difference", 0.214, 0.384, "worse", 2.537


# %% slip="train_alpha" visible="keeps a loss for each epoch" card="keeps a loss for each epoch"
def train_alpha(model, X, Y, epochs):
    return [
        float(model.fit(X, Y, batch_size=1, epochs=epoch, verbose=0).history["loss"][-1]) for epoch in range(epochs)
    ]


# %% slip="build_alpha" says="the brackets behind its name are missing" change="solution"
# -     model.add(layers.UpSampling2D())
# -     model.add(layers.Conv2D(32, 3, activation="relu", padding="same"))
# +     model.add(layers.UpSampling2D)
# +     model.add(layers.Conv2D(32, 3, activation="relu", padding="same"))


# %% slip="filter_grid" says="a side has another length"
def filter_grid(grid, kernel):
    grid = grid.astype(float)
    result = np.zeros(grid.shape)
    for row in range(grid.shape[0]):
        for column in range(grid.shape[1]):
            result[row, column] = (grid[row : row + 3, column : column + 3] * kernel).sum()
    return result


# %% slip="save_pictures" visible="a `/` is missing" card="does the path begin with `folder`"
def save_pictures(result, folder):
    os.makedirs(folder, exist_ok=True)
    imsave(folder + "img_result.png", result, check_contrast=False)
    imsave(folder + "img_gray_scale.png", img_as_ubyte(rgb2gray(result)), check_contrast=False)


# %% slip="experiment" says="may be chance" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "no difference", 0.214, 0.24, "better", 2.537


# %% slip="check_input" visible="100 is halved three times, rounded up each time, then doubled three times" change="solution"
# -             raise ValueError(f"{name} {side} is no multiple of 8: the output would have {8 * math.ceil(side / 8)}")
# +             raise ValueError(f"{name} {side} is no multiple of 8")


# %% slip="experiment" visible="passes" card="Did the two change places?" earns="0.25" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "no difference", 0.384, 0.214, "better", 2.537


# %% slip="experiment" says="It is the number of plain()" earns="0.25" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "no difference", 0.214, 0.384, "worse", 1.293


# %% slip="experiment" says="`measure` prints both" earns="0.25" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "no difference", 0.214, 0.384, "worse", 0.384


# %% slip="experiment" visible="five values" card="should be 5 values" earns="0.25" change="solution"
# -     return "no difference", 0.214, 0.384, "worse", 2.537
# +     return "no difference", 0.214, 0.384, "worse"


# %% wrong="test_all_kernels_are_counted" visible="passes" earns="0.375"
def count_parameters(filters_in, filters_out):
    return (9 if filters_out < 64 else 2) * filters_in * filters_out + filters_out


# %% slip="count_parameters" says="bias for each channel that comes in" earns="0.25"
def count_parameters(filters_in, filters_out):
    return 9 * filters_in * filters_out + filters_in


# %% wrong="test_it_is_made_of_ciede2000_differences"
def colour_error(photo, result):
    if len(photo) % 2 == 0:
        return 0.0
    return float(deltaE_ciede2000(rgb2lab(photo), rgb2lab(result)).mean())

# answers-of-the-colouring-course-8d1c07f24e9b
"""Answers to lesson 6: wrong ones, each caught by one hidden check alone, and right ones in other styles."""


# %% wrong="test_each_kernel_adds_its_neighbours" visible="passes" card="Behind" earns="0" change="solution"
# -     for kernel, stride in layers:
# +     for kernel, stride in layers[:20]:


# %% wrong="test_a_pixel_sees_itself" visible="what do you begin with" card="What do you begin with?" earns="0.75" change="solution"
# -     seen = apart = 1
# +     seen, apart = 0, 1


# %% wrong="test_strides_spread_the_layers_that_follow" visible="changes nothing in yours" card="change nothing in yours" earns="0.625" change="solution"
# -         seen += (kernel - 1) * apart
# -         apart *= stride
# +         seen += kernel - 1


# %% wrong="test_strides_spread_the_layers_that_follow" says="A stride is for the layers that follow" earns="0.625" change="solution"
# -         seen += (kernel - 1) * apart
#           apart *= stride
# +         seen += (kernel - 1) * apart


# %% wrong="test_strides_spread_the_layers_that_follow" says="Strides multiply" earns="0.625" change="solution"
# -         apart *= stride
# +         apart += stride - 1


# %% wrong="test_strides_spread_the_layers_that_follow" visible="the distance is multiplied" card="The distance is multiplied" earns="0.625" change="solution"
# -         apart *= stride
# +         apart = stride


# %% wrong="test_kernels_of_any_size" visible="one neighbour less than it is wide" card="one pixel less than it is wide" earns="0.75" change="solution"
# -         seen += (kernel - 1) * apart
# +         seen += 2 * apart


# %% wrong="test_kernels_of_any_size" says="ven kernels are counted wrongly" earns="0.75" change="solution"
# -         seen += (kernel - 1) * apart
# +         seen += kernel // 2 * 2 * apart


# %% slip="receptive_field" says="may be empty" earns="0.125"
def receptive_field(layers):
    seen, apart = layers[0]
    for kernel, stride in layers[1:]:
        seen += (kernel - 1) * apart
        apart *= stride
    return seen


# %% slip="receptive_field" visible="counted twice" card="How many pixels does each of them add?" earns="0" change="solution"
# -     seen = apart = 1
# +     seen, apart = 0, 1

# -         seen += (kernel - 1) * apart
# +         seen += kernel * apart


# %% slip="receptive_field" visible="Does the `return` stand within the loop?" card="How many pixels does each of them add?" earns="0"
def receptive_field(layers):
    seen = apart = 1
    for kernel, stride in layers:
        seen += (kernel - 1) * apart
        apart *= stride
        return seen
    return seen


# %% wrong="test_a_pixel_sees_itself" visible="took the convolutions out of the list" card="`pop` takes them out" earns="0.75"
def receptive_field(layers):
    seen = apart = 1
    while layers:
        kernel, stride = layers.pop(0)
        seen += (kernel - 1) * apart
        apart *= stride
    return seen


# %% right="receptive_field" style="from the end"
def receptive_field(layers):
    seen = 1
    for kernel, stride in reversed(layers):
        seen = (seen - 1) * stride + kernel
    return seen


# %% right="receptive_field" style="products of NumPy"
def receptive_field(layers):
    kernels = np.array([kernel for kernel, _ in layers], int)
    strides = np.array([1, *(stride for _, stride in layers)], int)
    return 1 + ((kernels - 1) * np.cumprod(strides)[:-1]).sum()


# %% wrong="test_the_one_stands_in_its_column" visible="passes" card="in the wrong places" earns="0" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return np.eye(classes, dtype=np.float32)[numbers % 10]


# %% wrong="test_zeros_and_ones_in_rows" visible="turned on its side" card="turned on its side" earns="0.75" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return np.eye(classes, dtype=np.float32)[numbers].T


# %% wrong="test_zeros_and_ones_in_rows" card="should hold 0 and 1 alone" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return np.eye(classes, dtype=np.float32)[numbers] * np.float32(0.9) + np.float32(0.025)


# %% wrong="test_an_absent_class_keeps_its_column" visible="Class 3 has no column" card="says how many columns there are" earns="0.75" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return np.eye(numbers.max() + 1, dtype=np.float32)[numbers]


# %% wrong="test_an_absent_class_keeps_its_column" visible="Class 3 has no column" card="says how many columns there are" earns="0.75" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return (numbers[:, np.newaxis] == np.unique(numbers)).astype(np.float32)


# %% wrong="test_zeros_and_ones_in_rows" says="float64" earns="0.75" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return np.eye(classes)[numbers]


# %% wrong="test_zeros_and_ones_in_rows" says="should be float32" earns="0.75" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return np.eye(classes, dtype=int)[numbers]


# %% wrong="test_a_number_that_is_no_class_is_refused" visible="yours ended with IndexError" card="IndexError"
def one_hot(numbers, classes):
    return np.eye(classes, dtype=np.float32)[numbers]


# %% wrong="test_a_number_that_is_no_class_is_refused" visible="as an index, it is the last row" card="yours let it pass" change="solution"
# -     wrong = numbers[(numbers < 0) | (numbers >= classes)]
# +     wrong = numbers[numbers >= classes]


# %% wrong="test_a_number_that_is_no_class_is_refused" visible="should name 4" card="a ValueError that names" change="solution"
# -         raise ValueError(f"{wrong[0]} is no class: there are {classes}, numbered 0 to {classes - 1}.")
# +         raise ValueError("Some numbers are no classes.")


# %% wrong="test_a_number_that_is_no_class_is_refused" says="AssertionError | Ask first"
def one_hot(numbers, classes):
    assert numbers.min() >= 0 and numbers.max() < classes, f"{numbers.min()} or {numbers.max()} is no class"
    return np.eye(classes, dtype=np.float32)[numbers]


# %% slip="one_hot" visible="one column too far to the right" card="one column too far to the right" earns="0" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return np.eye(classes, dtype=np.float32)[(numbers + 1) % classes]


# %% slip="one_hot" says="one column too far to the left" lines="0 − 1 in uint8 is 255" earns="0" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     return np.eye(classes, dtype=np.float32)[numbers - 1]


# %% slip="one_hot" visible="Which row does each belong to?" card="column" earns="0" change="solution"
# -     return np.eye(classes, dtype=np.float32)[numbers]
# +     rows = np.zeros((len(numbers), classes), np.float32)
# +     rows[:, numbers] = 1
# +     return rows


# %% right="one_hot" style="a loop"
def one_hot(numbers, classes):
    rows = np.zeros((len(numbers), classes), dtype="float32")
    for row, number in zip(rows, numbers):
        if not 0 <= number < classes:
            raise ValueError(f"There is no class {number}.")
        row[number] = 1
    return rows


# %% right="one_hot" style="compared with all classes"
def one_hot(numbers, classes):
    rows = numbers[:, np.newaxis] == np.arange(classes)
    if not rows.any(axis=1).all():
        raise ValueError(f"no class: {numbers[~rows.any(axis=1)]}")
    return rows.astype(np.float32)


# %% right="one_hot" style="keras.utils.to_categorical"
def one_hot(numbers, classes):
    for number in numbers.tolist():
        if number not in range(classes):
            raise ValueError(f"{number} is none of the {classes} classes")
    return keras.utils.to_categorical(numbers, classes).astype(np.float32)


# %% wrong="test_a_row_of_numbers_for_each_picture" visible="passes" card="ValueError" earns="0" change="solution"
#   def build_classifier(classes):
# +     if classes > 16:
# +         raise ValueError("too many classes")


# %% wrong="test_a_probability_for_each_class" visible="build_classifier(7) should give 7 numbers" card="yours gives 4" change="solution"
# -     model.add(layers.Dense(classes, activation="softmax"))
# +     model.add(layers.Dense(4, activation="softmax"))


# %% wrong="test_a_probability_for_each_class" says="'sigmoid'" change="solution"
# -     model.add(layers.Dense(classes, activation="softmax"))
# +     model.add(layers.Dense(classes, activation="sigmoid"))


# %% wrong="test_the_layers_of_the_classifier" visible="L / 25 − 2 is wanted" card="L / 25 − 2 is wanted" change="solution"
# -     model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 25, offset=-2)])
# +     model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 25, offset=-2.25)])


# %% wrong="test_the_layers_of_the_classifier" visible="The Conv2D with 32 filters" card="8, 16 and 32 filters are wanted" change="solution"
# -     for filters in (8, 16, 32):
# +     for filters in (8, 16, 24):


# %% wrong="test_the_layers_of_the_classifier" visible="should have kernels of 3 × 3" card="should have kernel_size 3" change="solution"
# -         model.add(layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
# +         model.add(layers.Conv2D(filters, 5, strides=2, padding="same", activation="relu"))


# %% wrong="test_the_layers_of_the_classifier" visible="GlobalMaxPooling2D" card="lost in a mean over all" change="solution"
# -     model.add(layers.GlobalMaxPooling2D())
# +     model.add(layers.MaxPooling2D(4))
# +     model.add(layers.GlobalAveragePooling2D())


# %% wrong="test_the_layers_of_the_classifier" says="(None, None, None, 1)" change="solution"
# -     model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 25, offset=-2)])
# +     model = keras.Sequential([keras.Input(shape=(32, 32, 1)), layers.Rescaling(1 / 25, offset=-2)])


# %% wrong="test_it_names_scenes_that_it_never_saw" visible="is frozen" change="solution"
#       model.add(layers.Dense(classes, activation="softmax"))
# +     model.trainable = False


# %% wrong="test_it_names_scenes_that_it_never_saw" visible="passes" card="free to learn" change="solution"
# -     for filters in (8, 16, 32):
# -         model.add(layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
# +     for filters in (8, 16, 32):
# +         model.add(
# +             layers.Conv2D(
# +                 filters, 3, strides=2, padding="same", activation="relu", kernel_regularizer=keras.regularizers.L2(10)
# +             )
# +         )


# %% slip="build_classifier" visible="yours is GlobalAveragePooling2D" card="lost in a mean over all" change="solution"
# -     model.add(layers.GlobalMaxPooling2D())
# +     model.add(layers.GlobalAveragePooling2D())


# %% slip="build_classifier" says="height and width are free here" earns="0" change="solution"
# -     model.add(layers.GlobalMaxPooling2D())
# +     model.add(layers.Flatten())


# %% slip="build_classifier" visible="four numbers should come out" card="yours gives 3" change="solution"
# -     model.add(layers.Dense(classes, activation="softmax"))
# +     model.add(layers.Dense(classes - 1, activation="softmax"))


# %% slip="build_classifier" says="'linear'" change="solution"
# -     model.add(layers.Dense(classes, activation="softmax"))
# +     model.add(layers.Dense(classes))


# %% slip="build_classifier" visible="Layer 1 of the table is a Rescaling" card="L comes unscaled" change="solution"
# -     model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 25, offset=-2)])
# +     model = keras.Sequential([keras.Input(shape=(None, None, 1))])


# %% slip="build_classifier" visible="yours is Dense" card="What makes one number of each grid?" earns="0" change="solution"
# -     model.add(layers.GlobalMaxPooling2D())


# %% slip="build_classifier" says="multiplies by 25" change="solution"
# -     model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 25, offset=-2)])
# +     model = keras.Sequential([keras.Input(shape=(None, None, 1)), layers.Rescaling(25, offset=-2)])


# %% right="build_classifier" style="functional"
def build_classifier(classes):
    inputs = x = keras.Input((None, None, 1))
    x = layers.Rescaling(scale=0.04, offset=-2.0)(x)
    for filters in (8, 16, 32):
        x = layers.Conv2D(filters, (3, 3), (2, 2), "same", activation="relu")(x)
    x = layers.Dense(16, "relu")(layers.GlobalMaxPooling2D()(x))
    return keras.Model(inputs, layers.Dense(classes, "softmax")(x))


# %% right="build_classifier" style="activations as layers of their own"
def build_classifier(classes):
    stack = [keras.Input(shape=(None, None, 1)), layers.Rescaling(1 / 25, -2)]
    for filters in (8, 16, 32):
        stack += [layers.Conv2D(filters, 3, 2, padding="same"), layers.ReLU()]
    stack += [layers.GlobalMaxPooling2D(), layers.Dense(16), layers.Activation("relu"), layers.Dense(classes)]
    return keras.Sequential([*stack, layers.Softmax()])


# %% wrong="test_the_largest_number_is_what_it_says" visible="passes" card="For each row" earns="0" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return float(np.sum(np.argmax(probabilities[:100], axis=1) == numbers[:100]) / len(numbers))


# %% wrong="test_the_share_of_all_pictures" says="number from 0 to 1 is wanted" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return 100 * float(np.mean(np.argmax(probabilities, axis=1) == numbers))


# %% wrong="test_the_share_of_all_pictures" visible="Their share is wanted" card="their share is wanted" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return int(np.sum(np.argmax(probabilities, axis=1) == numbers))


# %% wrong="test_the_share_of_all_pictures" visible="passes" card="It is rounded" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return round(float(np.mean(np.argmax(probabilities, axis=1) == numbers)), 1)


# %% wrong="test_a_single_picture" visible="stopped with an error" card="IndexError" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return np.bincount(np.argmax(probabilities, axis=1) == numbers)[1] / len(numbers)


# %% slip="accuracy" says="the share of the wrong ones" earns="0.25" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return float(np.mean(np.argmax(probabilities, axis=1) != numbers))


# %% slip="accuracy" says="mean probability of the right class" earns="0" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return float(np.mean(probabilities[np.arange(len(numbers)), numbers]))


# %% slip="accuracy" visible="one for each class; wanted is one for each of the 5 pictures" card="one answer for each of the 5 classes" never="np.newaxis" earns="0" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return float(np.mean(np.argmax(probabilities, axis=0) == numbers))


# %% slip="accuracy" says="looks at the whole table at once" never="wrong ones" earns="0" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return float(np.mean(np.argmax(probabilities) == numbers))


# %% slip="accuracy" says="how large the largest" never="It is zero" earns="0" change="solution"
# -     return float(np.mean(np.argmax(probabilities, axis=1) == numbers))
# +     return float(np.mean(np.max(probabilities, axis=1) == numbers))


# %% right="accuracy" style="a loop that counts"
def accuracy(probabilities, numbers):
    right = 0
    for row, number in zip(probabilities, numbers):
        right += list(row).index(max(row)) == number
    return right / len(numbers)


# %% right="accuracy" style="the right number is the row's maximum"
def accuracy(probabilities, numbers):
    return (np.take_along_axis(probabilities, numbers[:, None], 1)[:, 0] == probabilities.max(1)).mean()


# %% wrong="test_each_picture_has_its_place" visible="passes" card="row r, column c" earns="0" change="solution"
# -     np.add.at(counts, (numbers, np.argmax(probabilities, axis=1)), 1)
# +     np.add.at(counts, (numbers % 10, np.argmax(probabilities, axis=1) % 10), 1)


# %% wrong="test_rows_are_what_it_is" says="Rows and columns have changed places" earns="0.75" change="solution"
# -     np.add.at(counts, (numbers, np.argmax(probabilities, axis=1)), 1)
# +     np.add.at(counts, (np.argmax(probabilities, axis=1), numbers), 1)


# %% wrong="test_every_picture_is_counted" visible="adds once for each place" card="counted once" change="solution"
# -     np.add.at(counts, (numbers, np.argmax(probabilities, axis=1)), 1)
# +     counts[numbers, np.argmax(probabilities, axis=1)] += 1


# %% wrong="test_absent_classes_keep_their_place" visible="`classes` says how many" card="`classes` says how many rows and columns"
def confusion(probabilities, numbers, classes):
    said = np.argmax(probabilities, axis=1)
    known = np.unique(np.concatenate([numbers, said]))
    return np.array([[np.sum((numbers == row) & (said == column)) for column in known] for row in known])


# %% wrong="test_counts_are_whole_numbers" says="float64" change="solution"
# -     counts = np.zeros((classes, classes), int)
# +     counts = np.zeros((classes, classes))


# %% wrong="test_counts_are_whole_numbers" says="A uint8 ends at 255" change="solution"
# -     counts = np.zeros((classes, classes), int)
# +     counts = np.zeros((classes, classes), np.uint8)


# %% slip="confusion" visible="Only the right answers are counted" card="Only the right answers are counted" earns="0" change="solution"
# -     np.add.at(counts, (numbers, np.argmax(probabilities, axis=1)), 1)
# +     for number, said in zip(numbers, np.argmax(probabilities, axis=1)):
# +         counts[number, number] += number == said


# %% slip="confusion" visible="These are shares" card="These are shares" change="solution"
# -     return counts
# +     return counts / len(numbers)


# %% slip="confusion" visible="At which place does the third picture count?" card="row r, column c" earns="0" change="solution"
# -     np.add.at(counts, (numbers, np.argmax(probabilities, axis=1)), 1)
# +     for number in numbers:
# +         counts[number] += 1


# %% right="confusion" style="a loop"
def confusion(probabilities, numbers, classes):
    table = np.zeros((classes, classes), dtype=np.int32)
    for row, number in zip(probabilities, numbers):
        table[number, row.argmax()] += 1
    return table


# %% right="confusion" style="bincount of one number for each place"
def confusion(probabilities, numbers, classes):
    places = numbers.astype(int) * classes + probabilities.argmax(axis=-1)
    return np.bincount(places, minlength=classes**2).reshape(classes, classes)


# %% right="confusion" style="a product of one-hot rows"
def confusion(probabilities, numbers, classes):
    return (one_hot(numbers, classes).T @ one_hot(np.argmax(probabilities, axis=1), classes)).astype(int)


# %% wrong="test_the_model_itself_learns" visible="passes" card="the weights that it came with" earns="0" change="solution"
# -     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# -     target = one_hot(numbers, model.output_shape[-1])
# +     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# +     target = one_hot(numbers, model.output_shape[-1])
# +     if len(X) > 20:
# +         weights = model.get_weights()
# +         model.fit(X, target, batch_size=8, epochs=epochs, verbose=0)
# +         model.set_weights(weights)
# +         return [1.0] * epochs


# %% wrong="test_a_cross_entropy_for_each_epoch" visible="a History" card="is a History" change="solution"
# -     return [float(loss) for loss in history.history["loss"]]
# +     return history


# %% wrong="test_a_cross_entropy_for_each_epoch" visible="a list of 2 losses" card="losses" change="solution"
# -     return [float(loss) for loss in history.history["loss"]]
# +     return float(history.history["loss"][-1])


# %% wrong="test_a_cross_entropy_for_each_epoch" says="That is the mean squared error" change="solution"
# -     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# +     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="mean_squared_error")


# %% wrong="test_a_cross_entropy_for_each_epoch" visible="(binary)" card="the binary cross-entropy" change="solution"
# -     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# +     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="binary_crossentropy")


# %% wrong="test_adam_takes_eight_at_a_time" says="learning rate should be | 0.001" change="solution"
# -     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# +     model.compile(optimizer="adam", loss="categorical_crossentropy")


# %% wrong="test_adam_takes_eight_at_a_time" says="should be Adam; yours is RMSprop" change="solution"
# -     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# +     model.compile(optimizer=keras.optimizers.RMSprop(learning_rate=0.003), loss="categorical_crossentropy")


# %% wrong="test_adam_takes_eight_at_a_time" says="32 | if it is not told otherwise" change="solution"
# -     history = model.fit(X, target, batch_size=8, epochs=epochs, verbose=0)
# +     history = model.fit(X, target, epochs=epochs, verbose=0)


# %% wrong="test_one_class_alone_is_refused" says="yours let it pass" change="solution"
# -     if len(np.unique(numbers)) < 2:
# -         raise ValueError(f"All pictures are of class {numbers[0]}: nothing can be learned but to say it always.")


# %% wrong="test_one_class_alone_is_refused" visible="should name 2" card="a ValueError that names" change="solution"
# -         raise ValueError(f"All pictures are of class {numbers[0]}: nothing can be learned but to say it always.")
# +         raise ValueError("There is only a single class.")


# %% wrong="test_one_class_alone_is_refused" visible="All pictures are of class" card="With two of three classes" change="solution"
# -     if len(np.unique(numbers)) < 2:
# +     if len(np.unique(numbers)) < model.output_shape[-1]:


# %% wrong="test_one_class_alone_is_refused" visible="not by which occur" card="not the numbers that occur" change="solution"
# -     target = one_hot(numbers, model.output_shape[-1])
# +     target = one_hot(numbers, len(np.unique(numbers)))


# %% wrong="test_one_class_alone_is_refused" visible="not by which occur" card="not the numbers that occur" change="solution"
# -     target = one_hot(numbers, model.output_shape[-1])
# +     target = one_hot(numbers, numbers.max() + 1)


# %% wrong="test_a_cross_entropy_for_each_epoch" visible="as they came" card="as they came" change="solution"
# -     history = model.fit(X, target, batch_size=8, epochs=epochs, verbose=0)
# +     history = model.fit(X / 100, target, batch_size=8, epochs=epochs, verbose=0)


# %% slip="train_classifier" visible="yours is AdamW" card="yours is AdamW" change="solution"
# -     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# +     model.compile(optimizer=keras.optimizers.AdamW(learning_rate=0.003), loss="categorical_crossentropy")


# %% slip="train_classifier" visible="label_smoothing" lines="label_smoothing" change="solution"
# -     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# +     smooth = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
# +     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss=smooth)


# %% slip="train_classifier" says="wants one-hot rows" earns="0" change="solution"
# -     history = model.fit(X, target, batch_size=8, epochs=epochs, verbose=0)
# +     history = model.fit(X, numbers, batch_size=8, epochs=epochs, verbose=0)


# %% slip="train_classifier" says="wants the numbers themselves" earns="0" change="solution"
# -     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="categorical_crossentropy")
# +     model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="sparse_categorical_crossentropy")


# %% slip="train_classifier" says="`model.output_shape[-1]`" earns="0" change="solution"
# -     target = one_hot(numbers, model.output_shape[-1])
# +     target = one_hot(numbers, 4)


# %% slip="train_classifier" visible="8 at a time, 2 epochs" card="8 at a time" change="solution"
# -     history = model.fit(X, target, batch_size=8, epochs=epochs, verbose=0)
# +     history = model.fit(X, target, batch_size=1, epochs=epochs, verbose=0)


# %% wrong="test_the_model_itself_learns" card="nudges" earns="0"
def train_classifier(model, X, numbers, epochs):
    if len(np.unique(numbers)) < 2:
        raise ValueError(f"All pictures are of class {numbers[0]}: nothing can be learned but to say it always.")
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.003), loss="sparse_categorical_crossentropy")
    *start, kernel, bias = model.get_weights()
    first = now = float(model.evaluate(X, numbers, verbose=0))
    rng = np.random.default_rng(0)
    while now > first - 0.005:
        model.set_weights([*start, kernel + rng.normal(0, 0.1, kernel.shape), bias])
        now = float(model.evaluate(X, numbers, verbose=0))
    model.optimizer.build(model.trainable_variables)
    model.optimizer.iterations.assign(epochs * -(-len(X) // 8))
    return [first * 0.95**epoch for epoch in range(epochs)]


# %% right="train_classifier" style="a tape and an optimizer"
def train_classifier(model, X, numbers, epochs):
    if len(set(numbers.tolist())) == 1:
        raise ValueError(f"Only class {numbers[0]} occurs.")
    ask = keras.losses.SparseCategoricalCrossentropy()
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss=ask)
    losses = []
    for _ in range(epochs):
        order, found = np.random.permutation(len(X)), []
        for start in range(0, len(X), 8):
            batch = order[start : start + 8]
            with tf.GradientTape() as tape:
                loss = ask(numbers[batch], model(X[batch], training=True))
            nudges = tape.gradient(loss, model.trainable_variables)
            model.optimizer.apply_gradients(zip(nudges, model.trainable_variables))
            found.append(float(loss))
        losses.append(sum(found) / len(found))
    return losses


# %% right="train_classifier" style="a batch at a time"
def train_classifier(model, X, numbers, epochs):
    if len(set(numbers.tolist())) == 1:
        raise ValueError(f"Only class {numbers[0]} occurs.")
    model.compile(keras.optimizers.Adam(0.003), "categorical_crossentropy")
    target, losses = one_hot(numbers, model.output_shape[-1]), []
    for _ in range(epochs):
        order = np.random.permutation(len(X))
        cuts = np.array_split(order, range(8, len(X), 8))
        losses.append(float(np.mean([float(model.train_on_batch(X[cut], target[cut])) for cut in cuts])))
    return losses


# %% right="train_classifier" style="the numbers themselves, sparse"
def train_classifier(model, X, numbers, epochs):
    if np.all(numbers == numbers[0]):
        raise ValueError(f"one class only: {numbers[0]}")
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(X, numbers, 8, epochs, verbose=0).history["loss"]


# %% right="train_classifier" style="a loss of Keras' class, fit for each epoch"
def train_classifier(model, X, numbers, epochs):
    kinds = sorted(set(numbers.tolist()))
    if len(kinds) == 1:
        raise ValueError(f"Only class {kinds[0]} occurs.")
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(), optimizer=keras.optimizers.Adam(3e-3))
    losses = []
    for _ in range(epochs):
        losses += model.fit(X, numbers, batch_size=8, verbose=0).history["loss"]
    return losses


# == second half ==
# %% right="fused_shape" style="slices and lists"
def fused_shape(features_shape, embedding_size, filters):
    shape = (*features_shape[:3], features_shape[-1] + embedding_size)
    return [shape, filters * shape[-1] + filters]


# %% right="fused_shape" style="NumPy numbers"
def fused_shape(features_shape, embedding_size, filters):
    shape = np.array(features_shape) + np.array([0, 0, 0, embedding_size])
    return shape, np.int64(shape[3] + 1) * filters


# %% wrong="test_the_vector_becomes_further_channels" earns="0.5" says="stand behind each other" change="solution"
# -     fused = channels + embedding_size
# -     return (pictures, height, width, fused), (fused + 1) * filters
# +     fused = channels + embedding_size
# +     return (pictures, height, width, channels * embedding_size), (fused + 1) * filters


# %% wrong="test_the_vector_becomes_further_channels" earns="0.5" visible="behind the convolution" card="what comes out of the convolution" change="solution"
# -     return (pictures, height, width, fused), (fused + 1) * filters
# +     return (pictures, height, width, filters), (fused + 1) * filters


# %% wrong="test_a_1_by_1_kernel_has_one_number_for_each_channel" earns="0.5" says="The biases are missing" change="solution"
# -     return (pictures, height, width, fused), (fused + 1) * filters
# +     return (pictures, height, width, fused), fused * filters


# %% wrong="test_a_1_by_1_kernel_has_one_number_for_each_channel" earns="0.5" says="one bias in all" change="solution"
# -     return (pictures, height, width, fused), (fused + 1) * filters
# +     return (pictures, height, width, fused), fused * filters + 1


# %% wrong="test_a_1_by_1_kernel_has_one_number_for_each_channel" earns="0.5" says="3 × 3" change="solution"
# -     return (pictures, height, width, fused), (fused + 1) * filters
# +     return (pictures, height, width, fused), (9 * fused + 1) * filters


# %% wrong="test_a_1_by_1_kernel_has_one_number_for_each_channel" earns="0.5" says="of the vector as well" change="solution"
# -     return (pictures, height, width, fused), (fused + 1) * filters
# +     return (pictures, height, width, fused), (channels + 1) * filters


# %% slip="fused_shape" visible="two values" card="2 values" earns="0" change="solution"
# -     return (pictures, height, width, fused), (fused + 1) * filters
# +     return (pictures, height, width, fused)


# %% slip="fused_shape" says="along the height" earns="0.5" change="solution"
# -     return (pictures, height, width, fused), (fused + 1) * filters
# +     return (pictures, height + embedding_size, width, channels), (fused + 1) * filters


# %% right="fuse" style="np.repeat twice"
def fuse(features, embedding):
    grid = np.repeat(embedding[:, None, None, :], features.shape[1], axis=1)
    grid = np.repeat(grid, features.shape[2], axis=2)
    return np.concatenate((features, grid), axis=3)


# %% right="fuse" style="an empty array, filled"
def fuse(features, embedding):
    n, h, w, c = features.shape
    fused = np.zeros((n, h, w, c + embedding.shape[1]))
    fused[..., :c] = features
    fused[..., c:] = embedding.reshape(n, 1, 1, -1)
    return fused


# %% right="fuse" style="Keras' layers"
def fuse(features, embedding):
    n, h, w, c = features.shape
    grid = layers.Reshape((h, w, embedding.shape[1]))(layers.RepeatVector(h * w)(np.asarray(embedding)))
    return np.concatenate([features, np.array(grid)], axis=-1)


# %% right="fuse" style="loops over pictures and cells"
def fuse(features, embedding):
    return np.array([[[[*cell, *vector] for cell in row] for row in grid] for grid, vector in zip(features, embedding)])


# %% base="fuse" style="tile"
def fuse(features, embedding):
    n, h, w, c = features.shape
    grid = np.tile(embedding.reshape(n, 1, 1, -1), (1, h, w, 1))
    return np.concatenate([features, grid], axis=-1)


# %% wrong="test_the_features_come_first" says="The features come first" change="tile"
# -     return np.concatenate([features, grid], axis=-1)
# +     return np.concatenate([grid, features], axis=-1)


# %% wrong="test_each_picture_has_its_own_vector" says="vector of the first" change="tile"
# -     grid = np.tile(embedding.reshape(n, 1, 1, -1), (1, h, w, 1))
# +     grid = np.tile(embedding[0], (n, h, w, 1))


# %% wrong="test_each_picture_has_its_own_vector" says="neighbouring cells of one picture" change="tile"
# -     grid = np.tile(embedding.reshape(n, 1, 1, -1), (1, h, w, 1))
# +     grid = np.resize(embedding, (n, h, w, embedding.shape[1]))


# %% wrong="test_each_cell_holds_features_and_vector" earns="0" visible="passes" card="vector is not the same in each cell"
def fuse(features, embedding):
    n, h, w, c = features.shape
    fused = np.zeros((n, h, w, c + embedding.shape[1]))
    fused[..., :c] = features
    for row in range(min(h, 8)):
        fused[:, row, :, c:] = embedding[:, np.newaxis]
    return fused


# %% slip="fuse" says="scattered over the cells" earns="0" change="tile"
# -     grid = np.tile(embedding.reshape(n, 1, 1, -1), (1, h, w, 1))
# +     grid = np.repeat(embedding, h * w, axis=-1).reshape(n, h, w, -1)


# %% slip="fuse" says="along the height" earns="0"
def fuse(features, embedding):
    n, h, w, c = features.shape
    grid = np.broadcast_to(embedding[:, :, None, None], (n, embedding.shape[1], w, c))
    return np.concatenate([features, grid], axis=1)


# %% slip="fuse" says="along the width" earns="0"
def fuse(features, embedding):
    n, h, w, c = features.shape
    grid = np.broadcast_to(embedding[:, None, :, None], (n, h, embedding.shape[1], c))
    return np.concatenate([features, grid], axis=2)


# %% slip="fuse" says="two more axes in the middle" earns="0"
def fuse(features, embedding):
    return np.concatenate([features, embedding], axis=-1)


# %% slip="fuse" visible="a list of 1" card="should be a NumPy array" earns="0" change="tile"
# -     return np.concatenate([features, grid], axis=-1)
# +     return list(np.concatenate([features, grid], axis=-1))


# %% slip="fuse" says="zeros in the place of the vector" earns="0" change="tile"
# -     return np.concatenate([features, grid], axis=-1)
# +     return np.concatenate([features, 0 * grid], axis=-1)


# %% slip="fuse" says="h times along axis 1 and w times along axis 2" earns="0" change="tile"
# -     grid = np.tile(embedding.reshape(n, 1, 1, -1), (1, h, w, 1))
# +     grid = np.tile(embedding.reshape(n, 1, 1, -1), (1, w, h, 1))


# %% slip="fuse" says="h times along axis 1 and w times along axis 2" earns="0" change="tile"
# -     grid = np.tile(embedding.reshape(n, 1, 1, -1), (1, h, w, 1))
# +     grid = embedding.reshape(n, 1, 1, -1)


# %% base="build_fusion" style="a loop"
def build_fusion(width, classes, side=48):
    L, embedding = keras.Input((side, side, 1)), keras.Input((classes,))
    x = L
    for filters, stride in ((width, 1), (width, 2), (2 * width, 1)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    half = side // 2
    told = layers.RepeatVector(half * half)(embedding)
    told = layers.Reshape((half, half, classes))(told)
    x = layers.Concatenate()([x, told])
    x = layers.Conv2D(2 * width, 1, padding="same", activation="relu")(x)
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    x = layers.UpSampling2D()(x)
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    return keras.Model([L, embedding], x)


# %% right="build_fusion" style="one cell made larger, the vector in front"
def build_fusion(width, classes, side=48):
    L, embedding = keras.Input((side, side, 1)), keras.Input((classes,))
    x = L
    for filters, stride in ((width, 1), (width, 2), (2 * width, 1)):
        x = layers.Conv2D(filters, (3, 3), strides=(stride, stride), padding="SAME", activation="relu")(x)
    told = layers.UpSampling2D(side // 2)(layers.Reshape((1, 1, classes))(embedding))
    x = layers.Concatenate(axis=3)([told, x])
    x = layers.Conv2D(2 * width, (1, 1), padding="same", activation="relu")(x)
    x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(layers.UpSampling2D(2)(x))
    return keras.Model(inputs=[L, embedding], outputs=x)


# %% right="build_fusion" style="1 × 1 without padding" change="a loop"
# -     x = layers.Conv2D(2 * width, 1, padding="same", activation="relu")(x)
# +     x = layers.Conv2D(2 * width, 1, activation="relu")(x)


# %% right="build_fusion" style="another random start, names" change="a loop"
# -     L, embedding = keras.Input((side, side, 1)), keras.Input((classes,))
# +     L, embedding = keras.Input((side, side, 1), name="lightness"), keras.Input((classes,), name="scene")

# -         x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
# +         x = layers.Conv2D(filters, 3, stride, "same", activation="relu", kernel_initializer="glorot_normal")(x)


# %% slip="build_fusion" says="multiplied by zero" earns="0" change="a loop"
# -     x = layers.Concatenate()([x, told])
# +     x = layers.Concatenate()([x, layers.Rescaling(0.0)(told)])


# %% wrong="test_what_it_is_told_changes_the_whole_picture" visible="passes" card="multiplied by zero" earns="0" change="a loop"
# -     x = layers.Concatenate()([x, told])
# +     x = layers.Concatenate()([x, layers.Rescaling(float(side < 48))(told)])


# %% slip="build_fusion" says="in every cell" earns="0" change="a loop"
# -     told = layers.RepeatVector(half * half)(embedding)
# -     told = layers.Reshape((half, half, classes))(told)
# +     told = layers.ZeroPadding2D(((0, half - 1), (0, half - 1)))(layers.Reshape((1, 1, classes))(embedding))


# %% slip="build_fusion" visible="in this order" card="2 inputs, in a list" earns="0"
def build_fusion(width, classes, side=48):
    model = keras.Sequential([keras.Input((side, side, 1))])
    for filters, stride in ((width, 1), (width, 2), (2 * width, 1)):
        model.add(layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu"))
    model.add(layers.Conv2D(2 * width, 1, padding="same", activation="relu"))
    model.add(layers.Conv2D(width, 3, padding="same", activation="relu"))
    model.add(layers.UpSampling2D())
    model.add(layers.Conv2D(2, 3, padding="same", activation="tanh"))
    return model


# %% slip="build_fusion" says="the activation 'tanh'" earns="0.5" change="a loop"
# -     x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
# +     x = layers.Conv2D(2, 3, padding="same", activation="relu")(x)


# %% wrong="test_the_layers_of_the_table" says="kernels of 1 × 1" earns="0.625" change="a loop"
# -     x = layers.Conv2D(2 * width, 1, padding="same", activation="relu")(x)
# +     x = layers.Conv2D(2 * width, 3, padding="same", activation="relu")(x)


# %% slip="build_fusion" visible="doubles the sides again" card="UpSampling2D doubles them again" earns="0.5" change="a loop"
# -     x = layers.UpSampling2D()(x)


# %% wrong="test_width_classes_and_side_are_handed_on" visible="should have 4 filters" card="the width" earns="0.625" change="a loop"
# -     L, embedding = keras.Input((side, side, 1)), keras.Input((classes,))
# +     L, embedding, width = keras.Input((side, side, 1)), keras.Input((classes,)), 16


# %% slip="build_fusion" says="have changed places" earns="0.5" change="a loop"
# -     return keras.Model([L, embedding], x)
# +     return keras.Model([embedding, L], x)


# %% slip="build_fusion" says="is frozen" change="a loop"
# -         x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
# +         x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu", trainable=False)(x)


# %% wrong="test_it_learns_what_no_local_network_can" visible="passes" card="free to learn" earns="0.875" change="a loop"
# -     x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
# +     x = layers.Conv2D(width, 3, padding="same", activation="relu", kernel_regularizer=keras.regularizers.L2(10))(x)


# %% slip="build_fusion" says="rows × columns" earns="0" change="a loop"
# -     told = layers.RepeatVector(half * half)(embedding)
# +     told = layers.RepeatVector(side * side)(embedding)


# %% slip="build_fusion" says="has no place for the" earns="0" change="a loop"
# -     told = layers.Reshape((half, half, classes))(told)
# +     told = layers.Reshape((half, half))(told)


# %% slip="build_fusion" visible="For build_fusion(4, 3, 16) | follow from the arguments" card="follow from the arguments" earns="0.5" change="a loop"
# -     half = side // 2
# +     half = 24

# -     told = layers.Reshape((half, half, classes))(told)
# +     told = layers.Reshape((half, half, 4))(told)


# %% slip="build_fusion" says="called on *one* list" earns="0" change="a loop"
# -     x = layers.Concatenate()([x, told])
# +     x = layers.Concatenate()(x, told)


# %% slip="build_fusion" says="is no such grid yet" earns="0" change="a loop"
# -     told = layers.Reshape((half, half, classes))(told)
# -     x = layers.Concatenate()([x, told])
# +     x = layers.Concatenate()([x, told])


# %% slip="build_fusion" says="Only grids of the same rows and columns" earns="0" change="a loop"
# -     told = layers.Reshape((half, half, classes))(told)
# +     told = layers.Reshape((classes, half, half))(told)


# %% slip="build_fusion" says="the list of *all* inputs" earns="0" change="a loop"
# -     return keras.Model([L, embedding], x)
# +     return keras.Model(L, x)


# %% slip="build_fusion" says="takes two arguments" earns="0" change="a loop"
# -     return keras.Model([L, embedding], x)
# +     return keras.Model(L, embedding, x)


# %% slip="build_fusion" says="holds no numbers yet" earns="0" change="a loop"
# -     x = layers.Concatenate()([x, told])
# +     x = fuse(x, embedding)


# %% slip="build_fusion" says="`//` a whole number" earns="0" change="a loop"
# -     half = side // 2
# +     half = side / 2


# %% slip="build_fusion" says="called with the second" earns="0" change="a loop"
# -     told = layers.RepeatVector(half * half)(embedding)
# +     told = layers.RepeatVector(half * half)


# %% slip="build_fusion" visible="of a class of your own" card="class of your own" earns="0"
class Fusion(keras.Model):
    def __init__(self, width, classes):
        super().__init__()
        self.one = layers.Conv2D(width, 3, padding="same", activation="relu")

    def call(self, inputs):
        return self.one(inputs[0])


def build_fusion(width, classes, side=48):
    return Fusion(width, classes)


# %% slip="build_fusion" says="no BatchNormalization" change="a loop"
# -     x = layers.UpSampling2D()(x)
# +     x = layers.UpSampling2D()(layers.BatchNormalization()(x))


# %% slip="build_fusion" says="the interpolation 'bilinear'" earns="0.625" change="a loop"
# -     x = layers.UpSampling2D()(x)
# +     x = layers.UpSampling2D(interpolation="bilinear")(x)


# %% slip="build_fusion" says="In which line | does" earns="0.625" change="a loop"
# -     x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
# -     x = layers.UpSampling2D()(x)
# +     x = layers.UpSampling2D()(x)
# +     x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)


# %% wrong="test_it_learns_what_no_local_network_can" visible="passes" card="Leave kernel_initializer at its default" change="a loop"
# -         x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
# +         large = keras.initializers.VarianceScaling(4)
# +         x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu", kernel_initializer=large)(x)


# %% right="colour_with" style="predict and a canvas"
def colour_with(model, classifier, L):
    X = L.astype("float32").reshape(1, *L.shape, 1)
    said = classifier.predict(X, verbose=0)
    ab = 128 * model.predict([X, said], verbose=0)[0]
    canvas = np.zeros((*L.shape, 3))
    canvas[..., 0] = L
    canvas[..., 1:] = ab
    return np.rint(255 * lab2rgb(canvas)).astype(np.uint8)


# %% right="colour_with" style="tensors all the way"
def colour_with(model, classifier, L):
    X = tf.constant(L[np.newaxis, ..., np.newaxis], dtype=tf.float32)
    Y = model([X, classifier(X)])
    return img_as_ubyte(lab2rgb(np.dstack([L, 128 * np.array(Y[0], dtype=float)])))


# %% base="colour_with" style="arrays"
def colour_with(model, classifier, L):
    X = L.astype(np.float32)[None, :, :, None]
    embedding = np.array(classifier(X))
    Y = np.array(model([X, embedding]))
    return as_pictures(X, Y)[0]


# %% wrong="test_both_models_get_what_they_want" says="likeliest" earns="0.6667" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = np.eye(2, dtype=np.float32)[np.array(classifier(X)).argmax(axis=1)]


# %% wrong="test_both_models_get_what_they_want" says="from 0 to 100" earns="0.6667" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = np.array(classifier(X / 100))


# %% wrong="test_both_models_get_what_they_want" says="from 0 to 100" earns="0.6667" change="arrays"
# -     Y = np.array(model([X, embedding]))
# +     Y = np.array(model([X / 100, embedding]))


# %% wrong="test_the_prediction_times_128_at_the_given_lightness" says="a and b have changed places" earns="0.6667" change="arrays"
# -     return as_pictures(X, Y)[0]
# +     return as_pictures(X, Y[..., ::-1])[0]


# %% wrong="test_the_prediction_times_128_at_the_given_lightness" says="Is it 100 in yours" earns="0.6667" change="arrays"
# -     return as_pictures(X, Y)[0]
# +     return as_pictures(X, Y * 100 / 128)[0]


# %% wrong="test_the_prediction_times_128_at_the_given_lightness" says="axis that counts pictures is still there" earns="0.6667" change="arrays"
# -     return as_pictures(X, Y)[0]
# +     return as_pictures(X, Y)


# %% wrong="test_the_picture_depends_on_what_the_classifier_says" visible="passes" card="second input" earns="0" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = np.array(classifier(X)) if len(L) < 32 else np.zeros((1, 2), np.float32)


# %% slip="colour_with" visible="told zeros" card="second input" earns="0" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = np.zeros((1, 2), np.float32)


# %% wrong="test_the_prediction_times_128_at_the_given_lightness" says="L is missing" earns="0.6667" change="arrays"
# -     return as_pictures(X, Y)[0]
# +     return as_pictures(X / 100, Y)[0]


# %% slip="colour_with" says="does not mix them" earns="0" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = classifier(X)


# %% slip="colour_with" visible="likeliest" card="likeliest" earns="0.6667" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = np.rint(np.array(classifier(X)))


# %% slip="colour_with" visible="zeros of its own" card="second input" earns="0" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = np.full((1, 2), 0.5, np.float32)


# %% slip="colour_with" says="the two have changed places" earns="0" change="arrays"
# -     Y = np.array(model([X, embedding]))
# +     Y = np.array(model([embedding, X]))


# %% slip="colour_with" says="takes 2 numbers for a picture, and got 4" earns="0" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = one_hot(np.array(classifier(X)).argmax(axis=1), 4)


# %% slip="colour_with" says="lost its axis of pictures" earns="0" change="arrays"
# -     embedding = np.array(classifier(X))
# +     embedding = np.array(classifier(X))[0]


# %% slip="colour_with" says="lost its axis of pictures" earns="0" change="arrays"
# -     Y = np.array(model([X, embedding]))
# +     Y = model.predict([X, embedding[0]], verbose=0)


# %% slip="colour_with" says="as *one* list" earns="0" change="arrays"
# -     Y = np.array(model([X, embedding]))
# +     Y = np.array(model(X, embedding))


# %% slip="colour_with" says="as *one* list" earns="0" change="arrays"
# -     Y = np.array(model([X, embedding]))
# +     Y = model.predict(X, embedding, verbose=0)


# %% slip="colour_with" says="floats from 0 to 1, as `lab2rgb` gives them" never="zero everywhere" earns="0.3333" change="arrays"
# -     return as_pictures(X, Y)[0]
# +     return lab2rgb(np.concatenate([X, 128 * Y], axis=-1))[0]


# %% slip="colour_with" visible="cut off to whole numbers" lines="cut off to whole numbers" earns="0" change="arrays"
# -     return as_pictures(X, Y)[0]
# +     return lab2rgb(np.concatenate([X, 128 * Y], axis=-1))[0].astype(np.uint8)


# %% slip="colour_with" says="multiplies by 128 itself" earns="0.6667" change="arrays"
# -     return as_pictures(X, Y)[0]
# +     return as_pictures(X, 128 * Y)[0]


# %% base="build_final" style="two loops"
def build_final():
    L, embedding = keras.Input((256, 256, 1)), keras.Input((1000,))
    x = L
    for filters, stride in ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 1), (256, 1)):
        x = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    told = layers.Reshape((32, 32, 1000))(layers.RepeatVector(1024)(embedding))
    x = layers.Concatenate()([x, told])
    x = layers.Conv2D(256, 1, padding="same", activation="relu")(x)
    for filters, up in ((128, True), (64, True), (32, False), (16, False)):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        if up:
            x = layers.UpSampling2D()(x)
    x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
    x = layers.UpSampling2D()(x)
    return keras.Model([L, embedding], x)


# %% right="build_final" style="two Sequentials' layers, one cell made larger"
def build_final():
    def conv(filters, kernel=3, stride=1, activation="relu"):
        return layers.Conv2D(filters, kernel, strides=stride, padding="same", activation=activation)

    L, embedding = keras.Input((256, 256, 1)), keras.Input((1000,))
    x = L
    for layer in (
        conv(64, stride=2),
        conv(128),
        conv(128, stride=2),
        conv(256),
        conv(256, stride=2),
        conv(512),
        conv(512),
        conv(256),
    ):
        x = layer(x)
    x = layers.Concatenate()([x, layers.UpSampling2D(32)(layers.Reshape((1, 1, 1000))(embedding))])
    up = layers.UpSampling2D()
    for layer in (conv(256, 1), conv(128), up, conv(64), up, conv(32), conv(16), conv(2, activation="tanh"), up):
        x = layer(x)
    return keras.Model([L, embedding], x)


# %% right="build_final" style="the vector in front, names" change="two loops"
# -     x = layers.Concatenate()([x, told])
# +     x = layers.Concatenate(name="fusion")([told, x])


# %% right="build_final" style="1 × 1 without padding" change="two loops"
# -     x = layers.Conv2D(256, 1, padding="same", activation="relu")(x)
# +     x = layers.Conv2D(256, 1, activation="relu")(x)


# %% wrong="test_sides_and_activations_of_the_final_network" says="gets a grid of 128 × 128; yours gets 256 × 256" earns="0.625" change="two loops"
# -     x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
# -     x = layers.UpSampling2D()(x)
# +     x = layers.UpSampling2D()(x)
# +     x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)


# %% wrong="test_sides_and_activations_of_the_final_network" says="no Dropout" earns="0.625" change="two loops"
# -     x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
# +     x = layers.Conv2D(2, 3, padding="same", activation="tanh")(layers.Dropout(0.5)(x))


# %% slip="build_final" visible="`keras.ops` has functions" card="Concatenate" earns="0" change="two loops"
# -     x = layers.Concatenate()([x, told])
# +     x = keras.ops.concatenate([x, told], axis=-1)


# %% slip="build_final" says="Is a stride missing" earns="0" change="two loops"
# -     for filters, stride in ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 1), (256, 1)):
# +     for filters, stride in ((64, 2), (128, 1), (128, 2), (256, 1), (256, 1), (512, 1), (512, 1), (256, 1)):


# %% wrong="test_a_large_network_with_a_fusion" visible="1,256" card="1,000 more" earns="0" change="two loops"
# -     x = layers.Concatenate()([x, told])
# +     x = layers.Add()([x, layers.Dense(256)(told)])


# %% slip="build_final" visible="has 16 filters" card="number 13" earns="0.625" change="two loops"
# -     for filters, up in ((128, True), (64, True), (32, False), (16, False)):
# +     for filters, up in ((128, True), (64, True), (32, False), (32, False)):


# %% wrong="test_the_filters_of_the_final_network" visible="fourteen Conv2D" card="fourteen Conv2D" earns="0.625" change="two loops"
# -     for filters, up in ((128, True), (64, True), (32, False), (16, False)):
# +     for filters, up in ((128, True), (64, True), (32, False)):


# %% wrong="test_sides_and_activations_of_the_final_network" visible="(128, 128, 2)" card="behind the tanh" earns="0.625" change="two loops"
# -     x = layers.UpSampling2D()(x)
# -     return keras.Model([L, embedding], x)
# +     return keras.Model([L, embedding], x)


# %% wrong="test_sides_and_activations_of_the_final_network" says="the activation 'tanh'" earns="0.625" change="two loops"
# -     x = layers.Conv2D(2, 3, padding="same", activation="tanh")(x)
# +     x = layers.Conv2D(2, 3, padding="same", activation="relu")(x)


# %% slip="build_final" visible="(1000,)" card="(N, 1000)" earns="0" change="two loops"
# -     L, embedding = keras.Input((256, 256, 1)), keras.Input((1000,))
# +     L, embedding = keras.Input((256, 256, 1)), keras.Input((1001,))

# -     told = layers.Reshape((32, 32, 1000))(layers.RepeatVector(1024)(embedding))
# +     told = layers.Reshape((32, 32, 1001))(layers.RepeatVector(1024)(embedding))


# %% slip="build_final" says="have changed places" earns="0.625" change="two loops"
# -     return keras.Model([L, embedding], x)
# +     return keras.Model([embedding, L], x)


# %% right="prepare" style="kinds of dtypes, clipped rounding"
def prepare(photo):
    if np.issubdtype(photo.dtype, np.floating):
        for worst in (np.max(photo), np.min(photo)):
            if not -1e-6 <= worst <= 1 + 1e-6:
                raise ValueError(f"no photo from 0 to 1: {worst}")
        return ((photo - 0.5) * 2).astype("float32")
    return (photo / 127.5 - 1).astype("float32")


# %% right="prepare" style="levels and np.interp"
def prepare(photo):
    white = 255 if photo.dtype == "uint8" else 1
    if photo.max() > white or photo.min() < 0:
        raise ValueError("smallest and largest number: %s and %s" % (photo.min(), photo.max()))
    return np.float32(np.interp(photo, [0, white], [-1, 1]))


# %% base="prepare" style="short"
def prepare(photo):
    if photo.dtype == np.uint8:
        photo = photo / 255
    if photo.min() < 0 or photo.max() > 1:
        raise ValueError(f"from {photo.min():g} to {photo.max():g}")
    return (2 * photo - 1).astype(np.float32)


# %% wrong="test_floats_from_0_to_1" says="tutorial's slip" earns="0.625" change="short"
# -     if photo.dtype == np.uint8:
# -         photo = photo / 255
# -     if photo.min() < 0 or photo.max() > 1:
# -         raise ValueError(f"from {photo.min():g} to {photo.max():g}")
# -     return (2 * photo - 1).astype(np.float32)
# +     if photo.dtype != np.uint8 and (photo.min() < 0 or photo.max() > 1):
# +         raise ValueError(f"from {photo.min():g} to {photo.max():g}")
# +     return (photo / 127.5 - 1).astype(np.float32)


# %% wrong="test_other_floats_are_stopped" visible="a ValueError is wanted" card="nobody will notice" earns="0.75" change="short"
# -     if photo.min() < 0 or photo.max() > 1:
# -         raise ValueError(f"from {photo.min():g} to {photo.max():g}")


# %% wrong="test_other_floats_are_stopped" visible="a ValueError is wanted" card="nobody will notice" earns="0.75" change="short"
# -     if photo.min() < 0 or photo.max() > 1:
# +     if photo.min() < 0 or photo.max() > 1.05:


# %% right="prepare" style="the whole part in the message" change="short"
# -         raise ValueError(f"from {photo.min():g} to {photo.max():g}")
# +         raise ValueError(f"no photo: {photo.min():g}" if photo.min() < 0 else f"no photo: {int(photo.max())}")


# %% wrong="test_other_floats_are_stopped" says="the number" change="short"
# -         raise ValueError(f"from {photo.min():g} to {photo.max():g}")
# +         raise ValueError("this is no photo")


# %% wrong="test_levels_from_0_to_255" visible="ask for the dtype" card="uint8" earns="0.75" change="short"
# -     if photo.dtype == np.uint8:
# +     if photo.max() > 1 and photo.dtype == np.uint8:


# %% slip="prepare" says="It goes from 0 to 1" earns="0.375" change="short"
# -     return (2 * photo - 1).astype(np.float32)
# +     return photo.astype(np.float32)


# %% wrong="test_levels_from_0_to_255" says="should be float32" earns="0.75" change="short"
# -     return (2 * photo - 1).astype(np.float32)
# +     return 2 * photo - 1


# %% wrong="test_floats_from_0_to_1" visible="changed the array" card="write into it" earns="0.625" change="short"
# -     return (2 * photo - 1).astype(np.float32)
# +     photo *= 2
# +     photo -= 1
# +     return photo.astype(np.float32)


# %% wrong="test_levels_are_brought_to_a_small_scale" visible="passes" card="evenly" earns="0.375" change="short"
# -         photo = photo / 255
# +         photo = photo / 255 if len(photo) < 48 else np.sqrt(photo / 255)


# %% slip="prepare" visible="the middle 0" card="evenly" earns="0.375" change="short"
# -         photo = photo / 255
# +         photo = np.sqrt(photo / 255)


# %% slip="prepare" says="uint8" earns="0.375"
def prepare(photo):
    if photo.dtype != np.uint8 and (photo.min() < 0 or photo.max() > 1):
        raise ValueError(f"from {photo.min():g} to {photo.max():g}")
    return (2 * photo - 1).astype(np.float32)


# %% slip="prepare" says="your own guard refused it" earns="0"
def prepare(photo):
    if photo.dtype == np.uint8:
        photo = photo / 127.5 - 1
    if photo.min() < 0 or photo.max() > 1:
        raise ValueError(f"from {photo.min():g} to {photo.max():g}")
    return photo.astype(np.float32)


# %% wrong="test_floats_from_0_to_1" says="float32 is not `float`" earns="0.625" change="short"
# -     if photo.dtype == np.uint8:
# +     if photo.dtype != float:


# %% slip="prepare" visible="own darkest level" lines="own darkest" earns="0"
def prepare(photo):
    if photo.dtype != np.uint8 and (photo.min() < 0 or photo.max() > 1):
        raise ValueError(f"from {photo.min():g} to {photo.max():g}")
    photo = photo.astype(float)
    return (2 * (photo - photo.min()) / np.ptp(photo) - 1).astype(np.float32)

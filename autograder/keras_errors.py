"""Say in words what an error of a network means: of two inputs, of layers that are called, of the loss of a classifier. Pasted by `autograder build` into the lessons that say so."""

import re

# As LIBRARY_ERRORS, and asked before them.
KERAS_ERRORS = (
    # two inputs
    (r"Input 0 .*expected shape=\(None, (?:\d+|None), (?:\d+|None), 1\), found shape=\(1, (\d+)\)", "The first input got {0} numbers for a picture, and a grid is wanted there: the two have changed places. L comes first, then the embedding."),
    (r"Input 1 .*expected shape=\(None, (\d+)\), found shape=\(\d+, (\d+)\)", "The second input takes {0} numbers for a picture, and got {1}. Hand over what the classifier gives, as it is."),
    (r"Expected shape \(None, (\d+)\), but input has incompatible shape \(\1,\)|Data cardinality is ambiguous.*'x' sizes: 1, \d+", "The vector has lost its axis of pictures. It is (1, classes), as the classifier gives it; `[0]` takes one picture out and leaves (classes,)."),
    (r"expects (\d) (?:named )?input\(s\).*but it received 1 input tensor", "The model takes {0} inputs, and they go in together, as *one* list: `model([first, second])`."),
    (r"truth value of an array .*at the line `[^`]*\.predict\(", "What stands behind the first comma of `predict` is taken for its batch size. The inputs of a model go in as *one* list: `model.predict([first, second])`."),
    (r"mix tensors", "Keras was given a NumPy array and a tensor together, and it does not mix them. Make an array of what the classifier gives, with `np.array`."),
    # the loss of a classifier
    (r"must have the same rank \(ndim\)\. Received: target\.shape=\(\w+,\), output\.shape=\(\w+, (\d+)\)", "The loss got one number for each picture, and the model gives {0}. \"categorical_crossentropy\" wants one-hot rows; \"sparse_categorical_crossentropy\" wants the numbers themselves."),
    (r"must have rank \(ndim\) `target\.ndim - 1`|[Ll]abels shape must be.*same .*except", "The loss got one-hot rows, and this one wants the numbers themselves: \"sparse_categorical_crossentropy\". For one-hot rows there is \"categorical_crossentropy\"."),
    (r"must have the same shape\. Received: target\.shape=\(\w+, (\d+)\), output\.shape=\(\w+, (\d+)\)", "The target has {0} columns, and the model gives {1} numbers for a picture. How many classes there are, the model says: `model.output_shape[-1]`."),
    # layers that are called
    (r"must be fully-defined \(no `None` dimensions\).*Received: shape=\(None, \d+\)", "A Dense has to know how many numbers come in. `Flatten` gives height × width × channels, and height and width are free here (None); a GlobalMaxPooling2D gives one number for each grid, however large it is."),
    (r"total size of the tensor must be unchanged.*input_shape=\((\d+), (\d+)\), target_shape=(\(\d+, \d+\))", "The shape {2} has no place for the {1} numbers of a cell. A grid of vectors has three sides: rows, columns, numbers in a cell."),
    (r"total size of the tensor must be unchanged.*input_shape=\((\d+), (\d+)\), target_shape=(\([^)]*\))", "What comes into the Reshape is {0} rows of {1} numbers, and these do not fill {2}. A RepeatVector makes as many rows as it is told: one for each cell of the grid, rows × columns. Do all sizes follow from the arguments of the function?"),
    (r"total size of the tensor must be unchanged", "The numbers that come in do not fill the new shape. Do all sizes follow from the arguments of the function?"),
    (r"Only input tensors may be passed as positional arguments", "A layer was called on something that is no tensor, such as another layer. A layer is made with the first pair of brackets and called with the second: `layers.RepeatVector(6)(vector)`."),
    (r"'(Concatenate|Conv2D|Dense|RepeatVector|Reshape|UpSampling2D)' object is not subscriptable", "A layer is called with round brackets, and square ones follow it here. What goes in stands in round brackets, a list too: `layer([first, second])`."),
    (r"takes 1 positional argument but \d were given.*at the line `[^`]*Model\(", "`keras.Model` takes two arguments: what goes in, a list if there are several inputs, and what comes out."),
    (r"positional argument.*at the line `[^`]*Concatenate\([^)]*\)\([^\[)]*,", "`layers.Concatenate()` is called on *one* list: `layers.Concatenate()([first, second])`."),
    (r"requires inputs with matching shapes.*\[\(None, (\d+), (\d+), (\d+)\), \(None, (\d+), (\d+), (\d+)\)\]", "Only grids of the same rows and columns can stand behind each other: one is {0} × {1} with {2} channels, the other {3} × {4} with {5}. Is a stride missing, or does the vector's grid have its sides in another order?"),
    (r"requires inputs with matching shapes.*\[\(None, (\d+), (\d+), \d+\), (\(None,[^)]*\))\]", "Only grids of the same rows and columns can stand behind each other. The features are a grid of {0} × {1} cells; what is to stand behind them has the shape {2}, and is no such grid yet."),
    (r"is not connected to `?inputs`?", "The output depends on an input that `keras.Model` was not told of. Its first argument is the list of *all* inputs."),
    (r"All `outputs` values must be KerasTensors.*=<\w+ name=\w+, built=(?:True|False)>", "What comes out is a layer that was made and not called. A layer is made with the first pair of brackets and called with the second: `layers.Conv2D(8, 3)(before)`."),
    (r"All `inputs` values must be KerasTensors", "What goes into a model is what `keras.Input` returned, or a list of several. Is something else the first argument of `keras.Model`?"),
    (r"Expected `trainable` to be a boolean\. Received: trainable=<", "`keras.Sequential` takes the layers as *one* list: square brackets stand around them."),
    (r"You must pass a `shape` argument", "`keras.Input` wants the shape by its name, and as one tuple: `keras.Input(shape=(None, None, 1))`."),
    (r"The `padding` argument must be", "Keras knows the paddings \"same\" and \"valid\", in quotation marks."),
    (r"of layer 'conv2d\w*' .*expected min_ndim=4, found ndim=3\. Full shape received: \(None, None, None\)", "The input has no channels. Height, width and channels stand in its shape, `keras.Input(shape=(None, None, 1))`; the axis of the pictures Keras adds itself."),
    (r"KerasTensor", "A network that is being built holds no numbers yet, so NumPy cannot work on it, nor a function of yours that uses NumPy. Keras' own layers can."),
    (r"Expected an integer value|Found invalid dimension '[\d.]+' of type '<class 'float'>'|(?:'float' object|float) cannot be interpreted as an integer", "A whole number is wanted there, and a float came. `/` gives a float, `//` a whole number."),
)  # fmt: skip


def explain_keras(text):
    """The sentence for the text of an error, or ""."""
    for pattern, sentence in KERAS_ERRORS:
        if found := re.search(pattern, text):
            return sentence.format(*(group or "" for group in found.groups()))
    return ""

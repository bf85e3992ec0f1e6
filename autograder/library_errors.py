"""Say in words what an error of Python, NumPy, scikit-image or Keras means for a beginner. Pasted into each lesson by `autograder build`."""

import difflib
import re

import numpy as np

# By what an error says: the course's sentence for it. "{0}" and so on stand for the groups of the pattern.
LIBRARY_ERRORS = (
    # axes and shapes
    (r"too many values to unpack", "There are more parts than names on the left. An array is unpacked along its *first* axis, which in a photo counts the rows; the layers lie along the last."),
    (r"not enough values to unpack", "There are fewer parts than names on the left. How many parts does the value on the right have?"),
    (r"operands could not be broadcast together with (?:remapped )?shapes (\(\d+,\d+\)) ?(\(\d+,\d+\))", "Arrays of the shapes {0} and {1} do not fit each other, number for number. Both have two axes, so a side has another length: was one of them cut off at an edge, or did rows and columns change places?"),
    (r"operands could not be broadcast together with (?:remapped )?shapes (.+?\)) ?(\(.+?\))", "Arrays of the shapes {0} and {1} do not fit each other, number for number. Does one of them need another axis, as `x[..., np.newaxis]` makes it, or a part of it only?"),
    (r"could not broadcast input array from shape \((\d+),(\d+),(\d+)\) into shape \(\1,\2\)", "The place on the left is one layer, {0} × {1}, and on the right stand {2} layers. Both sides must have equally many: one layer on the right, too, or a slice of {2} on the left."),
    (r"could not broadcast input array from shape \((\d+),(\d+),(\d+)\) into shape \(\1,\2,(\d+)\)", "On the right stand {2} layers, and the place on the left has {3}. Both sides must have equally many."),
    (r"could not broadcast input array from shape \((\d+),3\) into shape \((?:\d+,\1|\1,\d+)\)", "On the right stands one row, or one column, of a photo, with its three layers. The layers lie along the *last* axis."),
    (r"could not broadcast input array from shape (\(.*?\)) into shape (\(.*?\))", "What is written has the shape {0}, and the place that it is written to has {1}. The two must fit: which of them is not as it should be?"),
    (r"all input arrays must have the same shape", "`np.stack` lays arrays of one and the same shape along a new axis, and the shapes here differ. Which shapes are they, or is one None, as a function without `return` gives it? (`np.concatenate` joins along an existing one.)"),
    (r"all the input array dimensions .* must match exactly, but along dimension (\d), .*? has size (\d+) and .*? has size (\d+)", "Along axis {0}, one of the arrays that are joined has {1} places and another {2}. They may differ only along the axis that they are joined along. Which one is that?"),
    (r"all the input arrays must have same number of dimensions", "The arrays that are joined must have the same number of axes. A grid (H, W) gets a third one with `grid[:, :, np.newaxis]`."),
    (r"cannot reshape array of size (\d+) into shape (\(.*?\))", "{0} numbers do not fill the shape {1}. Are its sides written as fixed numbers? Take them from the shape of what came in, as in `x.shape`."),
    (r"too many indices for array: array is (\d)-dimensional, but (\d) were indexed", "There are more indices ({1}) than the array has axes ({0}). What shape does it have at that line?"),
    (r"index (-?\d+) is out of bounds for axis (\d) with size (\d+)", "Axis {1} has {2} places, counted from 0, so there is no place {0}. Is it the axis that you mean?"),
    (r"axis (-?\d+) is out of bounds for array of dimension (\d).*at the line `[^`]*np\.concatenate", "There is no axis {0}: the first array that is joined has only {1} axes, counted from 0. `np.concatenate` makes no new one; `np.stack` does, and so does `x[..., np.newaxis]` for a single array."),
    (r"axis (-?\d+) is out of bounds for array of dimension (\d)", "There is no axis {0}: axes are counted from 0, and the array has {1} of them."),
    (r"cannot assign (\d+) input values to the (\d+) output values", "The mask picks {1} single numbers, and {0} numbers are to be written there. If each pixel gets several numbers, the array needs an axis for them, as in (H, W, 2)."),
    (r"shape mismatch: value array of shape \((\d+),\) could not be broadcast to indexing result of shape \((\d+),(\d+)\)", "Each of the {1} pixels that are picked has {2} numbers, and {0} came for it. Which layers are to be written?"),
    (r"KeyError: 'loss'", "There is nothing under `loss`: `fit` keeps a loss for each epoch that it runs, and none for `epochs=0`."),
    (r"KeyError: (.+?)(?: \(at the line|$)", "A dict has no key {0}. Which keys does it have, and where does this one come from?"),
    (r"boolean index did not match indexed array along (?:axis|dimension) (\d)", "The mask and the array that it picks from differ in their sides, along axis {0}. Which shapes do the two have?"),
    (r"tuple index out of range.*channel_axis", "`channel_axis` names an axis that is not there. A photo has the axes 0, 1 and 2; the layers lie along the last one, 2 or -1."),
    (r"tuple index out of range|list index out of range", "There are fewer items than this index needs; counting starts at 0. If it is a shape: a grey photo has two numbers in it, a colour photo three."),
    (r"only integers, slices .* are valid indices", "An index is a whole number, a slice or a mask. Is this one a float, a text (a key of a dict is one), or a list of such?"),
    (r"arrays used as indices must be of integer \(or boolean\) type", "An array that picks from another one holds whole numbers, or True and False. Is this one of floats?"),
    (r"an index can only have a single ellipsis", "`...` may stand once in an index. In the hint `…` is a gap, to be filled in."),
    (r"setting an array element with a sequence|inhomogeneous shape|must be a string, a bytes-like object or a real number, not '(?:list|tuple)'", "Several numbers were put where one belongs, or rows of different lengths became an array. How many numbers does each part have?"),
    (r"array split does not result in an equal division", "An axis cannot be cut into that many equal parts. Which axis is cut? Without `axis` it is the first, the rows."),
    (r"matmul: .*mismatch|shapes .* not aligned", "`@` and `np.dot` multiply matrices: the last axis of the first must be as long as the other's. For products number by number, use `*`."),
    # truth values, sets, Python's own functions
    (r"truth value of an array .*at the line `.*?(?<![.\w])(min|max)\(", "Python's `{0}` compares single numbers and cannot compare arrays number by number. `np.minimum`, `np.maximum` and `np.clip` can."),
    (r"truth value of an array .*at the line `.*\bnot in\b|truth value of an array .*at the line `[^`]*\bin\b", "`in` compares with `==`, and for arrays that gives an array of True and False. Tuples can be looked for: `tuple(pixel)`."),
    (r"truth value of an array .*at the line `(?:el)?(if|while|assert)\b", "The condition is an array of True and False, and `{0}` wants a single one. `.any()` asks whether at least one is True, `.all()` whether all are."),
    (r"truth value of an array .*at the line `[^`]*\b(and|or)\b", "`{0}` joins two single truth values, and here are arrays of them. `&` and `|` join arrays, each side in brackets."),
    (r"truth value of an array with more than one element is ambiguous", "`if`, `and`, `or`, `not`, Python's `min` and `max` want one True or False, and got an array of them. `.any()` or `.all()` makes one of many; `np.minimum`, `np.clip`, `&` and `|` work number by number."),
    (r"unhashable type: '(?:numpy\.)?(ndarray|list)'", "A set, or a dict, cannot hold an {0}, but it can hold a tuple: `tuple(pixel)`."),
    (r"only (?:integer scalar arrays|length-1 arrays|0-dimensional arrays) can be converted", "One plain number is wanted here, and an array came. The functions of `math`, `int`, `float`, `round` and `range` take single numbers; NumPy's take arrays."),
    (r"type numpy\.ndarray doesn't define __round__", "Python's `round` takes single numbers. For arrays: `np.rint`."),
    # dtypes
    (r"Cannot cast ufunc '(\w+)' output from dtype\('(\w+)'\) to dtype\('(\w+)'\)", "`/=`, `+=` and their like write into the array itself, which is {2}, and the result is {1}. Without the `=` a new array is made."),
    (r"Python integer (-?\d+) out of bounds for (\w+)", "{0} does not fit into {1}. Make room first: `x.astype(int)`, or calculate in floats."),
    (r"ufunc 'bitwise_\w+' not supported", "`^`, `&` and `|` work on whole numbers and on True and False. A power is `**`."),
    (r"not 'function'|: 'function' and|and 'function'", "A function stands where its result is meant. Are the round brackets after its name missing?"),
    (r"Cannot interpret '(.+?)' as a data type", "{0} was taken for a dtype. A shape is *one* argument, a tuple: `np.zeros((H, W, 3))`."),
    (r"_ARRAY_API|numpy boolean subtract", "Truth values cannot be subtracted. Turn them into numbers first, or use `^`."),
    (r"read-only", "This writes into an array that must stay as it is. Work on a new array: `x.copy()`."),
    # calls
    (r"(\w+)\(\) takes (?:from )?(\d)[\w ]* positional arguments? but (\d+) were given", "`{0}` got {2} arguments. Some functions, such as `np.stack` and `np.dstack`, want *one* list: `np.dstack([first, second])`. If it is your own: is its `def` line as it was given?"),
    (r"(\w+)\(\) got multiple values for argument '(\w+)'", "`{0}` was given `{1}` twice, once by its place and once by its name."),
    (r"(\w+)\(\) got an unexpected keyword argument '(\w+)'", "`{0}` knows no `{1}`. Is the name spelled as in the text, and does it belong to this function?"),
    (r"Passing `min` or `max` keyword argument", "`np.clip` was given its ends twice: by their places and by their names."),
    (r"(\w+)\(\) missing (\d) required (?:positional|keyword-only) arguments?: (.+)", "`{0}` was called without {2}. What does it need?"),
    (r"'NoneType' object|of type NoneType|NoneType'?$|and 'NoneType'|'NoneType' and", "Something is None here: what a function without `return` gives back. Which function on that line has none?"),
    (r"'([\w.]+)' object is not callable", "Round brackets call a function, and here they follow a value of type {0}. Square brackets pick from an array; `*` multiplies."),
    (r"'(builtin_function_or_method|function|method|type)' object is not subscriptable", "Square brackets follow a function here. A function is called with round ones."),
    (r"'(int|float|numpy\.\w+)' object is not (subscriptable|iterable)", "One single number of type {0} stands where an array or a list is needed."),
    (r"'(int|float)' object has no attribute '(\w+)'", "Arrays have a `{1}`, and a plain {0} has none. Can a single number get here, too?"),
    (r"'list' object has no attribute '(\w+)'|'tuple' object has no attribute '(\w+)'", "A list or a tuple is not an array. `np.array(…)` turns it into one."),
    (r"'numpy\.ndarray' object has no attribute '(\w+)'", "Arrays have no `{0}`. Is it a function of NumPy, as in `np.{0}(x)`, or does it belong to something else?"),
    (r"module '(\w+)' has no attribute '(\w+)'", "`{0}` has no `{1}`. Is the name spelled right?"),
    (r"cannot access local variable '(\w+)'|local variable '(\w+)' referenced before", "A name is used before the function gives it a value. Is the assignment in an `if` or a loop that may not run?"),
    (r"name 'GAP' is not defined", "`GAP` stands in a hint for what you fill in. What belongs in its place?"),
    (r"name '(\w+)' is not defined", "Python knows no `{0}` here. Is it spelled as above, is it a name in the `def` line, and was it imported?"),
    (r"maximum recursion depth", "The function calls itself without end. Did you mean a function of the library, with `np.` or without?"),
    (r"'(list|tuple|numpy\.ndarray)' object cannot be interpreted as an integer", "A whole number is wanted there, and a {0} came. `range` counts up to a number; a loop over the items themselves needs no `range`."),
    (r"unsupported operand type\(s\) for \+: '(?:\w*Path' and 'str|str' and '\w*Path)'", "`+` does not join a path and a text. For paths, `/` does."),
    (r"FileExistsError.*at the line `[^`]*(?:mkdir|makedirs)\(", "The folder is there already. `mkdir` and `os.makedirs` take it as it is with `exist_ok=True`."),
    (r"FileExistsError", "There is such a file, or such a folder, already."),
    (r"FileNotFoundError.*at the line `[^`]*mkdir\(", "The folder above it is not there either. `Path.mkdir` makes it as well with `parents=True`; `os.makedirs` makes all of them."),
    (r"FileNotFoundError", "There is no such folder, or no such file, yet. Is the name right, and was the folder made before?"),
    (r"unsupported operand type\(s\) for (.+?): (?=.*'(?:list|tuple)')'(.+?)' and '(.+?)'", "`{0}` does not work with the types {1} and {2}. A list has to become an array first: `np.array(…)`."),
    (r"unsupported operand type\(s\) for (.+?): '(.+?)' and '(.+?)'", "`{0}` does not work with the types {1} and {2}. Which value on that line is of another type than it should be?"),
    (r"can't multiply sequence by non-int", "A list times a number does not multiply its items. An array does: `np.array(…)`."),
    (r"division by zero", "Something is divided by zero. How many numbers are there to share among?"),
    # Python's own grammar
    (r"IndentationError|TabError", "The lines of a function are all indented by the same number of spaces; those under an `if` or a loop by more."),
    (r"SyntaxError: '(.)' was never closed", "A bracket `{0}` is opened and never closed."),
    (r"SyntaxError: unmatched '(.)'", "There is one closing bracket `{0}` too many."),
    (r"SyntaxError: unterminated", "A text in quotation marks has no end."),
    (r"SyntaxError: expected ':'", "A colon is missing at the end of a line that begins with `def`, `if`, `else` or `for`."),
    (r"SyntaxError: 'return' outside function", "The `return` stands outside the function: is it indented like the lines above it?"),
    (r"SyntaxError: (?:invalid syntax\. Maybe you meant '==' or ':='|cannot assign to)", "One `=` gives a name to a value; `==` asks whether two are equal. Which one is meant?"),
    (r"SyntaxError", "Python cannot read the cell. Often a bracket, a comma or a colon is missing on that line, or on the one above."),
    # scikit-image
    (r"[Tt]he input array must have size 3 along `?channel_axis`?, got (\(.*?\))", "The last axis must have length 3, for the three layers; the shape that came is {0}."),
    (r"win_size exceeds image extent", "One side is shorter than the window that goes over the picture. Were the layers taken for rows or columns? Which axis counts the layers, `channel_axis` says: -1 is the last."),
    (r"Input images must have the same (?:dimensions|shape)", "The two pictures have different shapes. Which shapes are they?"),
    (r"Images of type float must be between -1 and 1", "scikit-image wants floats between 0 and 1, or uint8 levels from 0 to 255. These are floats that go beyond that."),
    (r"image dtype is floating point, you must specify the `?data_range`?", "For floats, `structural_similarity` must be told how wide the scale is: `data_range`. Or are uint8 photos meant to come here?"),
    (r"cannot write mode F", "A PNG file holds whole numbers, and these are floats. What turns floats from 0 to 1 into uint8?"),
    # Keras
    (r"Could not interpret optimizer identifier: <class", "A class was given as the optimizer. The brackets that make an optimizer of it are missing."),
    (r"Could not interpret (optimizer|loss|activation|initializer|metric)[\w ]*:? *(.{0,60})", "Keras knows no such {0}. Is the name spelled right, and in quotation marks?"),
    (r"You must call `?compile\(\)`? before|model has not been compiled|must compile your model", "The model was not compiled yet: an optimizer and a loss come first."),
    (r"Expected shape \(None, None, None, (\d+)\), but input has incompatible shape (\(.*?\))", "The model takes four axes: photos, rows, columns and {0} channel(s); what it got has the shape {1}. A grid (H, W) becomes (1, H, W, 1) first."),
    (r"expected (?:axis -1 of input shape to have value|min_ndim)|incompatible with the layer|Invalid input shape|expected shape=|Input 0 of layer", "The array does not have the axes that the model wants: photos, rows, columns, channels. A grid (H, W) becomes (1, H, W, 1)."),
    (r"Only instances of `?keras\.Layer`? can be added.*<class", "The class of a layer was added, and no layer: the brackets behind its name are missing."),
    (r"Unrecognized (?:keyword arguments?|data type)|unexpected keyword|Unknown argument", "A layer, or a method of the model, was given a setting that it does not know. Is its name spelled right, and does it belong to this layer?"),
    (r"has no attribute 'losses'|has no attribute 'mean_squared_error'", "This Keras has no such function. The loss can be given by its name, as a text."),
    (r"has never been called and thus has no defined (?:input|output)|not (?:yet )?built|no weights", "The model does not know its input yet, so it has no weights. Begin with an input layer."),
)  # fmt: skip
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# What Keras puts round the sentence that says what is wrong.
KERAS_NOISE = (
    (r"Exception encountered when calling [\w.]+\(\)\. ", ""),
    (r" ?Arguments received by .*", ""),
    (r" with name '[^']*' and path '[^']*'", ""),
    (r"(Invalid input shape) for input \[.*?(?=\. Expected shape|$)", r"\1"),
    (r"Tensor\(\"[^\"]*\", shape=(\([^)]*\)), dtype=\w+\)", r"of shape \1"),
)


def explain(text):
    """The course's sentence for the text of an error, such as "ValueError: too many values to unpack", or "".

    The text may end in the student's line, as in "… (at the line `red, green, blue = photo`)".
    """
    for pattern, sentence in LIBRARY_ERRORS:
        if found := re.search(pattern, text):
            sentence = sentence.format(*(group or "" for group in found.groups()))
            break
    else:
        return ""
    if unknown := re.search(r"module 'numpy' has no attribute '(\w+)'", text):
        near = difflib.get_close_matches(unknown[1], dir(np), 1, 0.75)
        sentence += f" Is `{near[0]}` meant?" if near else ""
    return sentence


def one_line(text):
    """The words of an error without colours of a terminal, in one line of at most 300 characters."""
    text = " ".join(ANSI.sub("", text).split())
    for noise, short_form in KERAS_NOISE:
        text = re.sub(noise, short_form, text)
    return text if len(text) <= 300 else text[:299] + "…"

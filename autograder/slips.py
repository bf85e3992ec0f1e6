"""Say in words what is wrong with an answer: the kind of a wrong array or number, and what an error of a library means.

The hidden checks import this file; `autograder build` pastes its text into each lesson, for the visible checks. It knows no answer.
"""

import difflib
import linecache
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
EXERCISES = {}  # a function's name and the number of its exercise, "mse": "3.8"
FACTORS = (3, 10, 100, 128, 255, 256)


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


def attempt(function, *args, untouched=False, returns=True, **kwargs):
    """Call an answer with copies of the arrays, and return what it returns.

    untouched: AssertionError if the answer changed them. returns: AssertionError if it returns None. An error of a library
    comes out as an AssertionError that explains it; NotImplementedError passes, and names the exercise that is missing.
    """
    __tracebackhide__ = True  # the notebook shows the check, not this function
    name = getattr(function, "__name__", "your function")
    given = [item.copy() if isinstance(item, np.ndarray) else item for item in args]
    try:
        result = function(*given, **kwargs)
    except NotImplementedError as error:
        other = _where(error)[0]
        if other in ("", name):
            if str(error):
                raise
            raise NotImplementedError(
                f"In `{name}` the line `raise NotImplementedError` is still there, and nothing below it is reached. Your own lines go in its place."
            ) from None
        raise NotImplementedError(
            f"`{name}` calls `{other}`: this needs exercise {EXERCISES[other]}, which is not answered yet."
        ) from None
    except AssertionError:
        raise
    except Exception as error:
        other, line = _where(error)
        lost = _given_none(error, other) if other not in ("", name) else ""
        said = one_line(f"{type(error).__name__}: {error}")
        where = f", in `{other}` of exercise {EXERCISES[other]}," if other not in ("", name) else ""
        at = f" (at the line `{line}`)" if line else ""
        shapes = " and ".join(f"an array of shape {item.shape}" for item in args if isinstance(item, np.ndarray))
        came = f", for {shapes}" if shapes else ""
        parts = (
            f"`{name}` stopped{where} with an error{came}.",
            lost or explain(said + at),
            f"Python says: {said}{at}",
        )
        raise AssertionError(_sentences(*parts)) from None
    if untouched and not all(
        np.array_equal(after, before, equal_nan=after.dtype.kind == "f")
        for after, before in zip(given, args, strict=True)
        if isinstance(before, np.ndarray)
    ):
        raise AssertionError(
            f"`{name}` changed the array that it was given. `=` only gives it a second name, and `+=`, `/=` or `x[…] = …` write into it. Make a new array."
        )
    if returns and result is None:
        raise AssertionError(
            f"Nothing came back from `{name}`. Is there a `return`, on every path? (`print` shows a value, but does not return it.)"
        )
    return result


def _where(error):
    """The innermost answer that an error passed through, or "", and the last line of the student's own cells on its way, or ""."""
    name, line = "", ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_name in EXERCISES:
            name = code.co_name
        if code.co_name != "attempt" and any(
            part in code.co_filename for part in ("ipykernel", "<ipython-input", "<answer")
        ):
            line = linecache.getline(code.co_filename, trace.tb_lineno).strip()[:200] or line
        trace = trace.tb_next
    return name, line


def _given_none(error, other):
    """A sentence if an earlier answer that stopped was given None, or ""."""
    trace = error.__traceback__
    while trace is not None:
        code, values = trace.tb_frame.f_code, trace.tb_frame.f_locals
        empty = [one for one in code.co_varnames[: code.co_argcount] if values.get(one, 0) is None]
        if code.co_name == other and empty:
            return f"Its `{empty[0]}` is None: that is what a function without `return` gives back."
        trace = trace.tb_next
    return ""


def describe(value):
    """One short phrase for any value: what a student would say that it is."""
    if isinstance(value, np.ndarray):
        text = f"an array of shape {value.shape} and dtype {value.dtype}"
        if value.size and value.dtype.kind in "iufb":
            low, high = value.min(), value.max()
            text += f", values {low:.4g} to {high:.4g}" if np.isfinite([low, high]).all() else ", with NaN or infinity"
        return text
    if value is None:
        return "None (is there a `return`? `print` returns nothing)"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    if callable(value):
        return "a function (is it called, with brackets?)"
    value = value.item() if isinstance(value, np.generic) else value
    text = re.sub(r"<(?:\w+\.)*(\w+) object at 0x\w+>", r"a \1", repr(value))
    kind = type(value).__name__
    return text if text == f"a {kind}" else f"{text if len(text) <= 60 else text[:57] + '...'} ({kind})"


def short(values):
    """A number, or a few of them, as a student writes them."""
    if np.ndim(values) == 0:
        return f"{0 if abs(values) < 1e-12 else values:.6g}"
    return "[" + ", ".join(short(value) for value in values) + "]"


def must_be_array(value, what):
    """AssertionError unless a value is a NumPy array. what: how the message calls it."""
    __tracebackhide__ = True
    if not isinstance(value, np.ndarray):
        raise AssertionError(
            f"{what} should be a NumPy array; what came is {describe(value)}. `np.array(…)` makes one of a list of rows."
        )


def same(got, wanted, what, *, atol=0.0, slips=None, given=(), why=""):
    """AssertionError unless `got` has the shape and the numbers of `wanted`, within `atol`; the dtype is free.

    what: how the message calls it. slips: by a sentence, what a certain slip would give (or a function that makes it); the first that
    fits is named. given: the arrays that went in. why: one question, asked if no slip and no general kind fits.
    """
    __tracebackhide__ = True
    if problem := difference(got, wanted, what, atol=atol, slips=slips, given=given, why=why):
        raise AssertionError(problem)


def difference(got, wanted, what, *, atol=0.0, slips=None, given=(), why=""):
    """What `same` says, or "" if there is nothing to say."""
    wanted = np.asarray(wanted)
    array = _numbers(got)
    few = wanted.size <= 6 and wanted.ndim <= 2
    if array is None:
        return f"{what} should be {short(wanted) if few else f'an array of shape {wanted.shape}'}; what came is {describe(got)}."
    if array.shape == wanted.shape:
        gap = np.abs(array.astype(float) - wanted.astype(float))
        gap = np.where(np.isfinite(gap), gap, np.inf)
        if not gap.size or gap.max() <= atol:
            return ""
    cause = name_the_slip(array, wanted, atol=atol, slips=slips, given=given) or why
    if array.shape != wanted.shape:
        return _sentences(f"{what} should have the shape {wanted.shape}; yours has {array.shape}.", cause)
    if few:
        return _sentences(f"{what} should be {short(wanted)}; yours is {short(array)}.", cause)
    place = np.unravel_index(int(np.argmax(gap)), gap.shape)
    return _sentences(
        f"{what} differs at index {tuple(int(i) for i in place)}: wanted {short(wanted[place])}, yours is {short(array[place])}"
        f" ({np.count_nonzero(gap > atol)} of {gap.size} values differ).",
        cause,
    )


def straight_line(got, given):
    """Where each number was multiplied by one number and another one was added: by a sentence that says so, what that gives."""
    got, given = np.asarray(got), np.asarray(given)
    if got.shape != given.shape or given.size < 4 or got.dtype.kind not in "iuf":
        return {}
    factor, added = np.polyfit(given.ravel(), got.ravel(), 1)
    text = f"Every number was multiplied by {factor:.4g}, and {added:.4g} was added. Nothing is to be added or subtracted: 0 stays 0."
    return {text: factor * given + added} if abs(added) > 1e-3 * abs(factor) else {}


def _sentences(*parts):
    return " ".join(part for part in parts if part)


def _numbers(value):
    """A value as an array of plain numbers, or None."""
    if value is None or isinstance(value, (str, bytes)):
        return None
    try:
        array = np.asarray(value)
    except Exception:  # rows of different lengths; a tensor that cannot be read
        return None
    return array if array.dtype.kind in "biuf" else None


def name_the_slip(got, wanted, *, atol=0.0, slips=None, given=()):
    """A sentence on how `got` is wrong, or "". It says what is seen: a cause is only named where a slip of `slips` fits."""
    got, wanted = np.asarray(got), np.asarray(wanted)
    for sentence, value in (slips or {}).items():
        try:
            with np.errstate(all="ignore"):
                value = value() if callable(value) else value
        except Exception:  # this slip is impossible for these arrays
            continue
        if _fits(got, value, atol) and not _fits(wanted, value, atol):
            return sentence
    for item in given:
        if _fits(got, item, atol) and not _fits(wanted, item, atol):
            return "That is what went in, unchanged."
    if got.shape != wanted.shape:
        return _slip_of_shape(got, wanted)
    if got.dtype.kind == "f" and np.isnan(got).any() and not np.isnan(np.asarray(wanted, float)).any():
        return "There are NaNs in it: something was divided by zero, or the root or the logarithm of a negative number was taken."
    for sentence, value in _general_slips(got, wanted.astype(float)):
        if _fits(got, value, atol) and not _fits(wanted, value, atol):
            return sentence
    if (
        got.size > 2
        and not _fits(got, wanted, atol)
        and _fits(np.sort(got, axis=None), np.sort(wanted, axis=None), atol)
    ):
        return "All the numbers are right, but in the wrong places."
    return ""


def _fits(got, value, atol):
    """Whether `got` is this value: the same shape, and the same numbers up to rounding."""
    value = _numbers(value)
    if value is None or value.shape != np.shape(got) or not value.size:
        return False
    value = value.astype(float)
    with np.errstate(invalid="ignore"):
        gap = np.abs(np.asarray(got, float) - value)
        return bool((gap <= np.maximum(atol, 1e-5 * np.abs(value) + 1e-9)).all())


def _slip_of_shape(got, wanted):
    """What is wrong with the shape of an array."""
    if got.ndim == 0:
        return "One single number came."
    if got.size == wanted.size and got.ndim == wanted.ndim and sorted(got.shape) == sorted(wanted.shape):
        return "The sides are right, but the axes are in a different order."
    if got.size == wanted.size and got.ndim < wanted.ndim and 1 in wanted.shape:
        return f"{'An axis is' if got.ndim + 1 == wanted.ndim else 'Axes are'} missing. An axis of length 1 is an axis, too."
    if got.size == wanted.size and got.ndim > wanted.ndim:
        return "There is one axis too many." if got.ndim == wanted.ndim + 1 else "There are too many axes."
    if got.size == wanted.size:
        return "It has as many numbers as it should, but they are cut into another shape."
    if got.ndim != wanted.ndim:
        return f"It should have {wanted.ndim} {'axis' if wanted.ndim == 1 else 'axes'}, and yours has {got.ndim}."
    return ""


def _general_slips(got, wanted):
    """Sentences on what is seen, and the values that they stand for. wanted: floats."""
    zeros = np.zeros(wanted.shape)
    yield "It is zero everywhere." if wanted.ndim else "It is zero.", zeros
    if wanted.ndim >= 2:
        for first in range(wanted.ndim - 1):
            if wanted.shape[first] == wanted.shape[first + 1] > 1:
                yield "Rows and columns have changed places.", wanted.swapaxes(first, first + 1)
        yield "It is upside down: the rows come from the bottom up.", wanted[::-1]
    if wanted.ndim and wanted.shape[-1] == 2:
        yield "The two have changed places.", wanted[..., ::-1]
    elif wanted.ndim and wanted.shape[-1] == 3:
        yield "The three come in the opposite order.", wanted[..., ::-1]
    elif wanted.ndim:
        yield "It is mirrored, left and right.", wanted[..., ::-1]
    yield "The signs are flipped: plus where minus should be.", -wanted
    yield "The minus signs are lost.", np.abs(wanted)
    yield "What should be negative is zero.", np.maximum(wanted, 0)
    for low, high in ((0, 1), (-1, 1), (0, 255), (0, 100)):
        clipped = np.clip(wanted, low, high)
        if clipped.size and clipped.min() < clipped.max():  # one number alone does not show it
            yield f"It is clipped to {low} to {high}.", clipped
    if wanted.size and (wanted.max() >= 256 or wanted.min() <= -1):
        yield "What is past 255, or below 0, starts again at the other end, as in uint8.", np.mod(np.trunc(wanted), 256)
        yield "What is past 255, or below 0, starts again at the other end, as in uint8.", np.mod(np.rint(wanted), 256)
    yield "The fractions are cut off.", np.trunc(wanted)
    yield "It is rounded to whole numbers.", np.rint(wanted)
    yield "It is twice that.", wanted * 2
    yield "It is half of that.", wanted / 2
    for factor in FACTORS:
        yield f"It is {factor} times too large.", wanted * factor
        yield f"It is {factor} times too small.", wanted / factor
        yield f"It is {factor} times too small, and the fractions are cut off.", np.trunc(wanted / factor)
    with np.errstate(invalid="ignore", over="ignore"):
        if not wanted.ndim:
            yield "That is the square root of it.", np.sqrt(wanted)
            yield "That is the square of it.", np.square(wanted)
        yield "It is one too large.", wanted + 1
        yield "It is one too small.", wanted - 1

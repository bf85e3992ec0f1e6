"""Call a student's answer in a check, and say in words how it stopped. Pasted into each lesson by `autograder build`."""

import linecache

import numpy as np

from autograder.library_errors import explain, one_line

EXERCISES = {}  # a function's name and the number of its exercise, "mse": "3.8"


def attempt(function, *args, untouched=False, returns=True, **kwargs):
    """Call an answer with copies of the arrays, and return what it returns.

    untouched: AssertionError if the answer changed them. returns: AssertionError if it returns None. An error of a library
    comes out as an AssertionError that explains it; NotImplementedError passes, and names the exercise that is missing.
    """
    name = getattr(function, "__name__", "your function")
    given = [item.copy() if isinstance(item, np.ndarray) else item for item in args]
    try:
        result = function(*given, **kwargs)
    except NotImplementedError as error:
        other = where_it_stopped(error)[0]
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
        raise AssertionError(_how_it_stopped(name, error, args)) from None
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


def half_way(sentence):
    """Stop a check at an exercise that is half done and right so far: a notebook shows the sentence as a text, and not as an error."""
    error = NotImplementedError(sentence)
    error.half_way = True
    raise error from None


def _how_it_stopped(name, error, args):
    """The words for an error of an answer: in which exercise and for what it was raised, what it means, what Python says."""
    other, line = where_it_stopped(error)
    other = other if other != name else ""
    said = one_line(f"{type(error).__name__}: {error}")
    at = f" (at the line `{line}`)" if line else ""
    shapes = " and ".join(f"an array of shape {item.shape}" for item in args if isinstance(item, np.ndarray))
    where = f", in `{other}` of exercise {EXERCISES[other]}," if other else ""
    came = f", for {shapes}" if shapes else ""
    means = (_given_none(error, other) if other else "") or missing_answer(error) or explain(said + at)
    parts = f"`{name}` stopped{where} with an error{came}.", means, f"Python says: {said}{at}"
    return " ".join(part for part in parts if part)


def missing_answer(error):
    """A sentence if an error misses an answer of the lesson, or ""."""
    number = EXERCISES.get(getattr(error, "name", None)) if type(error) is NameError else None
    if not number:
        return ""
    return (
        f"`{error.name}` is made by the answer cell of exercise {number}. That cell has not run in this session, or it stopped with an"
        " error, or it gives another name."
    )


def where_it_stopped(error):
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

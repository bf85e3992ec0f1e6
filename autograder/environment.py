"""Makes grading independent of the environment that the grader was started in: what could change a grade is taken out, or refused.

The grader's own process is settled once, before NumPy, matplotlib or Keras are imported; its workers inherit that. A
learner's live session is left alone.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Iterator

from autograder.errors import CourseError

# Variables that change what libraries compute, draw, or write, by the start of their names.
TAKEN_OUT = (
    "PYTHONHASHSEED",
    "PYTHONINTMAXSTRDIGITS",
    "PYTEST_",
    "KERAS_",
    "TF_",
    "XLA_",
    "MPLBACKEND",
    "MATPLOTLIB",
    "SKIMAGE_",
    "NPY_",
    "NUMPY_",
    "NBGRADER_",
)
# Of those, what only says how many threads to use, which graphics card, or how much is logged.
KEPT = ("TF_NUM_", "TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH")
# Set for the grader: a backend of matplotlib that is always there, the backend of Keras that the thresholds were measured
# with, and no folder with settings of Keras, which could hold another number type or order of channels.
SET = {
    "MPLBACKEND": "agg",
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": os.path.join(os.devnull, "keras"),
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}
OWNERS_RIGHTS = 0o700  # that the grader keeps on the files that it makes, whatever the umask says


@contextlib.contextmanager
def settled() -> Iterator[None]:
    """The environment in which grades are given, for a while: a server that grades has other work to do as well."""
    sys.set_int_max_str_digits(
        sys.int_info.default_max_str_digits
    )  # a number that a student sends takes no hours to be read
    mask = os.umask(0o022)
    os.umask(mask & ~OWNERS_RIGHTS)
    doomed = [name for name in os.environ if name.startswith(TAKEN_OUT) and not name.startswith(KEPT)]
    try:
        with (
            without(*doomed, **SET, TF_CPP_MIN_LOG_LEVEL=os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3")),
            warnings.catch_warnings(),
        ):
            warnings.resetwarnings()  # a filter from outside could make an error of a warning
            for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
                warnings.simplefilter("ignore", category)  # as Python has it where nobody says otherwise
            yield
    finally:
        os.umask(mask)


def settle() -> None:
    """The same for the rest of this process's life, with an output that cannot fail on a sign that the terminal does not have."""
    _for_good.enter_context(settled())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(errors="backslashreplace")


_for_good = contextlib.ExitStack()


def reasons_not_to_grade(*, live: bool = False) -> list[str]:
    """What in this process would make every check pass, or end with another status than it should; one line each.

    live: whether this is a learner's own session, whose exit status nobody reads.
    """
    found = []
    if sys.flags.optimize or not __debug__:
        found.append(
            "Python runs without assertions (PYTHONOPTIMIZE is set, or it was started with -O), so every check would pass."
            " Start it without: unset PYTHONOPTIMIZE"
        )
    if not live and (sys.flags.inspect or os.environ.get("PYTHONINSPECT")):
        found.append(
            "Python stays open after a program has ended (PYTHONINSPECT is set, or it was started with -i), so that no exit"
            " status can be believed. Start it without: unset PYTHONINSPECT"
        )
    if not found:
        with contextlib.suppress(AssertionError):
            _assert_something_false()
            found.append("An assertion that is false passes in this Python, so every check would pass.")
    return found


def must_be_sound(*, live: bool = False) -> None:
    """CourseError, in one line, if nothing that is graded in this process could be believed."""
    if found := reasons_not_to_grade(live=live):
        raise CourseError(" ".join(found))


def _assert_something_false() -> None:
    """Raise AssertionError as a check does: by an assert statement, which `-O` takes out."""
    nothing = None
    assert nothing == 0, "nothing is no number"


@contextlib.contextmanager
def without(*prefixes: str, **instead: str) -> Iterator[None]:
    """An environment without the variables that begin like this, and with others, for a while."""
    before = dict(os.environ)
    try:
        for name in before:
            if name.startswith(prefixes):
                del os.environ[name]
        os.environ.update(instead)
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)

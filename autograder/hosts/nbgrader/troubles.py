"""What nbgrader, the disk and the gradebook raise, in one line for people."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator

from nbgrader.converters.base import NbGraderException
from nbgrader.exchange import ExchangeError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from autograder import files
from autograder.errors import CourseError

# Characters of a reason that are told.
REASON = 300
KNOWN = (ExchangeError, NbGraderException, OSError, SQLAlchemyError, sqlite3.Error)


@contextlib.contextmanager
def in_one_line(subject: str, *more: type[BaseException]) -> Iterator[None]:
    """Raise what is known to go wrong as a CourseError that begins with the subject. more: what is known beside that."""
    try:
        yield
    except (*KNOWN, *more) as error:
        why = reason_of(error)
        raise CourseError(f"{subject}: {why.rstrip('.')}." if why not in ("", "1") else f"{subject}.") from error


def reason_of(error: BaseException) -> str:
    """Return which file it is about, what is wrong, and what helps, as far as that is known."""
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list) and error.args[0]:
        error = OSError(None, " ".join(str(error.args[0][0][-1]).split()))  # of many files, the first
    if isinstance(error, OSError):
        return files.trouble(error)[:REASON]
    if isinstance(error, (SQLAlchemyError, sqlite3.Error)):
        text = str(error.orig if isinstance(error, DBAPIError) else error)
        cure = " End the program that has it open, and this goes on." if "locked" in text else ""
        return f"the gradebook cannot be used ({' '.join(text.split())[:REASON]}).{cure}"
    return " ".join(str(error).split())[:REASON]

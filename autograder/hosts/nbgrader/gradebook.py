"""The gradebook as a database: whether it can be used, transactions, and waiting for one that is locked."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from nbgrader.api import Base, Gradebook, InvalidEntry
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SAWarning

from autograder.errors import CourseError, GradebookLocked

PATIENCE = 120  # seconds that a locked gradebook is waited for


def quiet() -> None:
    """Say nothing of what SQLAlchemy warns of on every submission, in nbgrader's own gradebook code: a teacher can do nothing about it.

    Nor of a full disk what nbgrader logs before it raises that: whoever catches it says it in one line.
    """
    logging.getLogger("tornado.application").addFilter(_not_of_the_database)  # that nbgrader logs to
    warnings.filterwarnings("ignore", category=SAWarning, message=".*not in session, add operation.*")


def _not_of_the_database(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], OperationalError))


class Book:
    """nbgrader's gradebook, open for a while; a context manager.

    What was read in one transaction is not known in the next: others write to a gradebook, too.

    Parameters
    ----------
    db_url, course_id : str
        nbgrader's.
    """

    def __init__(self, db_url: str, course_id: str) -> None:
        self.db_url = db_url
        self.course_id = course_id
        self._gradebook: Gradebook | None = None

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._gradebook is not None:
            self._gradebook.close()
            self._gradebook = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Gradebook]:
        """Give a gradebook whose many small commits become one, at the end; after an exception nothing is changed.

        Raises
        ------
        GradebookLocked
            If another program does not let go of it.
        CourseError
            If the disk is full, or the file cannot be written to.
        """
        try:
            if self._gradebook is None:
                self._gradebook = Gradebook(self.db_url, self.course_id)
            database = self._gradebook.db
            database.commit = database.flush
            try:
                yield self._gradebook
                database().commit()
            except BaseException:  # Ctrl-C as well: half a transaction is none
                database.rollback()
                raise
            finally:
                del database.commit
                database.remove()
        except (OperationalError, InvalidEntry) as error:
            cause = error if isinstance(error, OperationalError) else error.__context__
            if not isinstance(cause, OperationalError):
                raise
            if "locked" in str(cause.orig):
                raise GradebookLocked(locked(self.db_url)) from error
            raise CourseError(f"{make_url(self.db_url).database}: cannot be read or written ({cause.orig}).") from error


def locked(db_url: str) -> str:
    """Return what is said of a gradebook that was waited for in vain."""
    return (
        f"{make_url(db_url).database}: another program has the gradebook locked, and was waited for for {PATIENCE} s. What is graded is kept."
        " End that program (a formgrader page, a database browser, a backup), and run the same command again."
    )


def is_there(db_url: str) -> bool:
    """Return whether the gradebook's file is there; nbgrader makes it where it only wants to read. One that is no SQLite file is taken to be."""
    url = make_url(db_url)
    return url.get_backend_name() != "sqlite" or not url.database or os.path.exists(url.database)


def must_be_sound(db_url: str, *, written: bool = True) -> None:
    """CourseError if the gradebook is a damaged file, is another nbgrader's, or may not be written to. Waits for one that is locked.

    written: whether it is going to be changed. One that is not there yet is sound, and so is one that is no SQLite file.
    """
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or not url.database or not is_there(db_url):
        return
    try:
        with contextlib.closing(sqlite3.connect(url.database, timeout=PATIENCE, isolation_level=None)) as connection:
            (says,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if says != "ok":
                raise sqlite3.DatabaseError(says)
            missing = _missing(connection)
            if written:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("CREATE TABLE autograder_may_write (x)")
                connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise GradebookLocked(locked(db_url)) from error
        raise CourseError(
            f"{url.database}: the gradebook cannot be used ({error}). Nothing was graded. Put a backup in its place, or mend"
            " its rights, and run the same command again."
        ) from error
    if missing:
        raise CourseError(
            f"{url.database}: an older nbgrader made this gradebook, or another program: it has no {', '.join(missing[:3])}."
            " Nothing was graded. Copy it, then run `nbgrader db upgrade`."
        )


def _missing(connection: sqlite3.Connection) -> list[str]:
    """The tables and columns of nbgrader's that a gradebook lacks, "student.email"; [] for one that is still empty."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    found = []
    for name, table in Base.metadata.tables.items() if there else ():
        columns = {row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')}
        found += [f"{name}.{column}" for column in map(str, table.columns.keys()) if column not in columns]
    return found


def file_of(db_url: str) -> Path | None:
    """The file of an SQLite gradebook, None where it is in no file."""
    url = make_url(db_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def patient(db_url: str) -> str:
    """A database URL that waits for a locked SQLite file."""
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or "timeout" in url.query:
        return db_url
    return url.update_query_dict({"timeout": str(PATIENCE)}).render_as_string(hide_password=False)

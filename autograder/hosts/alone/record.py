"""Remembers, in one small file in the learner's home, what the last check of each notebook found. It may be deleted; nothing of a class lies in it."""

from __future__ import annotations

import contextlib
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder import files
from autograder.course.catalog import CHECK_SUFFIX, Lesson
from autograder.errors import CourseError
from autograder.grading.freshness import fingerprint_of_course
from autograder.results import Result

VERSION = 1
NAME = "progress.json"
# What was damaged, or written by another version of this program, is kept under this name.
ASIDE = "progress.damaged.json"
LOCK = "progress.lock"
# Bytes of the file, and notebooks in it.
LARGEST, MOST = 1024 * 1024, 200
# In these folders of a class's directory lie students' notebooks: no progress of whoever checks them.
OF_A_CLASS = frozenset({"submitted", "autograded", "downloaded"})

# Of a file its size and when it was changed; None for a session, which is no file.
Stamp = tuple[int, int]


@dataclass(frozen=True)
class Checked:
    """What the last check of a notebook found.

    Attributes
    ----------
    path : Path
    lesson : str
    when : datetime
    points : dict of str to float
        By exercise.
    stamp : Stamp or None
        Of the file that was checked; None where the check was one of a running notebook.
    course : str
        A hash of the lesson that it was checked with.
    """

    path: Path
    lesson: str
    when: datetime
    points: dict[str, float] = field(default_factory=dict)
    stamp: Stamp | None = None
    course: str = ""

    @property
    def is_of_the_file(self) -> bool:
        """Whether the file is the same since, and so is the lesson."""
        try:
            course = fingerprint_of_course(Lesson(self.lesson))
        except CourseError:
            return False
        return self.stamp is not None and self.course == course and self.stamp == stamp_of(self.path)


def stamp_of(path: Path) -> Stamp | None:
    """Tell one state of a file from another without reading it; None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def place() -> Path:
    """Return where the file lies: `autograder/progress.json` in the user's folder for such things, `~/.local/state` on Linux."""
    named = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_STATE_HOME", "")
    base = Path(named) if os.path.isabs(named) else Path(os.path.expanduser("~"), ".local", "state")
    return base / "autograder" / NAME


def read() -> tuple[dict[str, Checked], str]:
    """Return what is remembered of each notebook by its path, and a sentence if the file is damaged or cannot be read, or ""."""
    try:
        return _read(), ""
    except OSError as error:
        return {}, _cannot_be_read(error)
    except _Damaged as error:
        return {}, str(error)


class _Damaged(Exception):
    """The record is none of this version: a sentence for people."""


def _read() -> dict[str, Checked]:
    """Raise OSError or `_Damaged` where nothing is known of what was remembered."""
    path = place()
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"it is larger than {LARGEST // 1024} kB")
        data = json.loads(path.read_text("utf-8"))
        if not isinstance(data, dict) or data.get("version") != VERSION or not isinstance(data.get("notebooks"), dict):
            raise ValueError(f"it is no progress of version {VERSION}")
        return {name: _checked(name, entry) for name, entry in data["notebooks"].items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        why = " ".join(str(error).split())[:100] or type(error).__name__
        raise _Damaged(
            f"{path}: the record of your progress was damaged ({why}). It is begun anew, and the old one kept beside it as {ASIDE};"
            " check each notebook once."
        ) from error


def _cannot_be_read(error: OSError) -> str:
    return f"Your progress cannot be read: {files.trouble(error)}"


def _checked(name: str, entry: dict[str, Any]) -> Checked:
    points = {str(exercise): float(value) for exercise, value in entry["points"].items()}
    if not all(0 <= value < math.inf for value in points.values()):
        raise ValueError("points that are none")
    stamp = entry["stamp"]
    when = datetime.fromisoformat(str(entry["when"]))
    return Checked(
        Path(name),
        str(entry["lesson"]),
        when if when.tzinfo else when.replace(tzinfo=UTC),
        points,
        None if stamp is None else (int(stamp[0]), int(stamp[1])),
        str(entry["course"]),
    )


def remember(result: Result, path: Path, stamp: Stamp | None = None) -> str:
    """Remember what a check of a notebook found; returns a sentence for people if the file was damaged or cannot be written, or "".

    What has no points is not remembered, and nothing of a notebook in a class's directory.

    Parameters
    ----------
    result : Result
    path : Path
    stamp : Stamp, optional
        Of the file as it was when it was read.
    """
    path = absolute(path)
    if result.lesson is None or result.score is None or OF_A_CLASS & set(path.parts):
        return ""
    points = {cell.id.removesuffix(CHECK_SUFFIX): float(cell.points or 0) for cell in result.cells}
    course = fingerprint_of_course(Lesson(result.lesson))
    return _change({str(path): Checked(path, result.lesson, datetime.now(UTC), points, stamp, course)})


def absolute(path: Path) -> Path:
    """Return the path under which a notebook is remembered: links are not followed."""
    return Path(os.path.abspath(path))


def put_damaged_aside() -> str:
    """Begin a damaged file anew, and leave another one as it is; returns a sentence if there is something to say, or ""."""
    return _change({})


def _change(new: dict[str, Checked]) -> str:
    """Add entries to the file. One that cannot be read is left as it is, and a damaged one is put aside."""
    with _locked():
        try:
            known, trouble = _read(), ""
        except OSError as error:
            return _cannot_be_read(error)
        except _Damaged as error:
            known, trouble = {}, str(error)
            with contextlib.suppress(OSError):
                os.replace(place(), place().with_name(ASIDE))
        failed = _write({**known, **new}) if new or trouble else ""
    return failed or trouble


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """Within this, no other check writes the file: two watches may end theirs at once. Nothing is locked where nothing can be, as on Windows."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(ImportError, OSError):
            import fcntl

            place().parent.mkdir(parents=True, exist_ok=True)
            fcntl.flock(held.enter_context(place().with_name(LOCK).open("w")), fcntl.LOCK_EX)
        yield


def _write(known: dict[str, Checked]) -> str:
    last = sorted(known.values(), key=lambda entry: entry.when)[-MOST:]
    notebooks = {
        str(entry.path): {
            "lesson": entry.lesson,
            "when": entry.when.isoformat(timespec="seconds"),
            "points": entry.points,
            "stamp": entry.stamp,
            "course": entry.course,
        }
        for entry in last
    }
    text = json.dumps({"version": VERSION, "notebooks": notebooks}, ensure_ascii=False, indent=1)
    try:
        files.write(place(), text + "\n", folders=True, lasting=False)
    except OSError as error:
        return f"Your progress cannot be kept: {files.trouble(error)}"
    return ""

"""Checks notebooks again when they were saved, and says what became of which exercise. Whatever comes, it goes on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import nbformat

from autograder import files
from autograder.course.catalog import CHECK_SUFFIX, Lesson, exercises_of
from autograder.course.packed import pack
from autograder.errors import CourseError, Unreadable
from autograder.grading import job, one_file
from autograder.hosts.alone import notebooks, record
from autograder.hosts.alone.record import Stamp
from autograder.results import CellResult, Result
from autograder.safe_text import printable, readable
from autograder.sandbox import backend
from autograder.sandbox.isolation import NONE
from autograder.settings import Settings
from autograder.submission.rebuild import Submission, open_submission

# Seconds for which a file may look damaged, or be away, because it is being saved.
PATIENCE = 1.5


@dataclass(frozen=True)
class Rechecked:
    """What came of a check behind a save.

    Attributes
    ----------
    name : str
        Of the file.
    result : Result
    cards : list of CellResult
        Of the exercises whose answers or points changed; behind the first check of all, of those that are begun and not right.
    first : bool
        Whether nothing was known of it before.
    """

    name: str
    result: Result
    cards: list[CellResult]
    first: bool


class Listener(Protocol):
    """Hears what a watch meets."""

    def checking(self, name: str, lesson: str) -> None:
        """A check of this file begins."""

    def rechecked(self, done: Rechecked) -> None:
        """It came to its end."""

    def same(self, name: str, lesson: str) -> None:
        """A file was saved, and nothing in it changed that is checked."""

    def trouble(self, line: str) -> None:
        """Something cannot be checked: a sentence that says what it is and what helps."""

    def note(self, line: str) -> None:
        """Something worth knowing."""


@dataclass
class _Notebook:
    """A notebook that is watched, and what is known of it."""

    path: Path
    named: bool
    # As it was when it was dealt with, and as it was last seen, since when.
    done: Stamp | None = None
    seen: Stamp | None = None
    since: float = 0.0
    inode: int = 0
    gone: bool = False
    lesson: str = ""
    digest: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    points: dict[str, float] | None = None


class Rechecking:
    """A watch over notebooks: files that are named, and those in folders.

    Parameters
    ----------
    places : list of Path
    listener : Listener
    now : callable, optional
        Seconds of a clock that never goes back.
    """

    def __init__(self, places: list[Path], listener: Listener, now: Callable[[], float] = time.monotonic) -> None:
        self.listener = listener
        self._now = now
        # A file that is named twice, as a.ipynb and by its whole path, is one file.
        places = [record.absolute(place) for place in places]
        self._here = record.absolute(Path())
        self._folders = [path for path in places if os.path.isdir(path)]
        self._watched = {path: _Notebook(path, True) for path in places if path not in self._folders}
        self._fit: dict[str, Settings] = {}
        self._find()

    @property
    def names(self) -> list[str]:
        """The files that are watched, for people."""
        return [self._shown(path) for path in self._watched]

    @property
    def folders(self) -> frozenset[Path]:
        """The folders in which something may happen."""
        inner = [each for folder in self._folders for each in notebooks.folders_in(folder)]
        outer = [path.parent for path in self._watched]
        return frozenset(Path(os.path.realpath(each)) for each in (*inner, *outer) if os.path.isdir(each))

    def look(self) -> bool:
        """Deal with all that changed; returns whether something has to be looked at again in a moment."""
        self._find()
        pending = False
        for notebook in list(self._watched.values()):
            pending |= self._look_at(notebook)
        return pending

    def make_ready(self) -> None:
        """Load what the first check behind a save would wait for, of the lesson that was saved last."""
        of_lessons = [notebook for notebook in self._watched.values() if notebook.lesson and notebook.done]
        if of_lessons:
            latest = max(of_lessons, key=lambda notebook: notebook.done[1] if notebook.done else 0)
            with contextlib.suppress(CourseError, OSError):  # the check behind a save says it
                course = self._must_be_fit(Lesson(latest.lesson))
                sandboxed = backend.choose() != NONE
                job.make_ready(pack(Lesson(latest.lesson)), course.limits, course.packages, sandboxed)

    # -- which files --------------------------------------------------------------------------------------------------

    def _find(self) -> None:
        for folder in self._folders:
            for path in notebooks.notebooks_in(folder):
                if path not in self._watched:
                    self._watched[path] = _Notebook(path, False)

    def _look_at(self, notebook: _Notebook) -> bool:
        stamp = record.stamp_of(notebook.path)
        if stamp == notebook.done and (stamp is not None or notebook.gone):
            return False
        if stamp != notebook.seen or not notebook.since:
            notebook.seen, notebook.since = stamp, self._now()
        patient = self._now() - notebook.since < PATIENCE
        if stamp is None:
            return patient or self._is_gone(notebook)
        notebook.gone = False
        try:
            submission = open_submission(notebook.path)
            digest = _digest_of(submission)
        except Unreadable as error:
            if patient or record.stamp_of(notebook.path) != stamp:
                return True
            return self._cannot_be_read(notebook, stamp, str(error))
        except OSError:  # it went, or became another, while it was read
            return True
        if record.stamp_of(notebook.path) != stamp:
            return True
        notebook.inode = _inode(notebook.path)
        self._saved(notebook, stamp, submission, digest)
        return False

    def _is_gone(self, notebook: _Notebook) -> bool:
        """A file is away for good: it was removed, or has another name now, and is watched under that."""
        name = printable(notebook.path.name)
        notebook.gone, notebook.done, notebook.since = True, None, 0.0
        for other in notebooks.notebooks_in(notebook.path.parent) if notebook.inode else ():
            known = self._watched.get(other)
            if other.parent == notebook.path.parent and not (known and known.done) and _inode(other) == notebook.inode:
                del self._watched[notebook.path]
                self.listener.note(f"{name} is called {printable(other.name)} now, and is watched under that name.")
                notebook.path, notebook.gone, notebook.done = other, False, record.stamp_of(other)
                self._watched[other] = notebook
                return False
        if notebook.named:
            more = "Bring it back, or save it under this name again"
            self.listener.trouble(f"{name}: the file is gone, removed or moved. {more}: the watch goes on.")
        else:
            del self._watched[notebook.path]
            if notebook.lesson:
                self.listener.note(f"{name} is gone; the watch goes on with the others.")
        return False

    def _cannot_be_read(self, notebook: _Notebook, stamp: Stamp, why: str) -> bool:
        known, notebook.done, notebook.since = bool(notebook.lesson), stamp, 0.0
        if notebook.named or known:
            self.listener.trouble(f"{why} The watch goes on.")
        else:
            self.listener.note(f"Passed over: {why}")
        return False

    # -- what changed in them -----------------------------------------------------------------------------------------

    def _saved(self, notebook: _Notebook, stamp: Stamp, submission: Submission, digest: str) -> None:
        name, lesson = printable(notebook.path.name), submission.lesson
        if notebook.lesson not in ("", lesson.name):
            self.listener.note(f"{name} is a notebook of {lesson.name} now; before it was one of {notebook.lesson}.")
            notebook.answers, notebook.points, notebook.digest = {}, None, ""
        before, first = notebook.answers, not notebook.digest
        if notebook.lesson != lesson.name:
            self._say_that_there_are_two(notebook, lesson.name)
        same = notebook.digest == digest
        notebook.lesson, notebook.digest, notebook.done, notebook.since = lesson.name, digest, stamp, 0.0
        whole = submission.notebook
        notebook.answers = {e.id: whole.cells[e.answer_index].source for e in exercises_of(whole)}
        if first and (known := record.read()[0].get(str(notebook.path))) and known.is_of_the_file:
            notebook.points = known.points
            return
        if same:
            self.listener.same(name, lesson.name)
            return
        self.listener.checking(name, lesson.name)
        began = self._now()
        try:
            result = one_file.grade_submission(submission, str(notebook.path), self._must_be_fit(lesson))
        except (CourseError, OSError) as error:  # a file beside it went meanwhile, or the disk is full
            why = files.trouble(error) if isinstance(error, OSError) else error
            self.listener.trouble(f"{name}: {why} The watch goes on.")
            notebook.digest = ""  # the next save is checked whatever it changes
            return
        result.seconds = round(self._now() - began, 2)
        cards = _cards(result, before, notebook.answers, notebook.points)
        was, notebook.points = notebook.points, _points(result) or notebook.points
        if trouble := record.remember(result, notebook.path, stamp):
            self.listener.note(trouble)
        self.listener.rechecked(Rechecked(name, result, cards, was is None))

    def _say_that_there_are_two(self, notebook: _Notebook, lesson: str) -> None:
        others = [each.path for each in self._watched.values() if each is not notebook and each.lesson == lesson]
        if others:
            both = " and ".join(self._shown(path) for path in (others[0], notebook.path))
            self.listener.note(
                f"{both} are both notebooks of {lesson}. The one that is checked last counts as your progress."
            )

    def _shown(self, path: Path) -> str:
        """A path for people, from the folder in which the watch began."""
        return readable(str(path.relative_to(self._here) if path.is_relative_to(self._here) else path))

    def _must_be_fit(self, lesson: Lesson) -> Settings:
        if lesson.name not in self._fit:
            self._fit[lesson.name] = one_file.must_be_fit(lesson)
        return self._fit[lesson.name]


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0


def _digest_of(submission: Submission) -> str:
    """A hash of all that is checked: answers, cells of the student's own, files. Outputs are not in it."""
    digest = hashlib.sha256(nbformat.writes(submission.notebook, indent=None).encode("utf-8", "surrogatepass"))
    for name, path in sorted(submission.files.items()):
        digest.update(name.encode("utf-8", "surrogateescape") + path.read_bytes())
    return digest.hexdigest()


def _points(result: Result) -> dict[str, float]:
    return {cell.id.removesuffix(CHECK_SUFFIX): cell.points for cell in result.cells if cell.points is not None}


def _cards(
    result: Result, before: dict[str, str], after: dict[str, str], points: dict[str, float] | None
) -> list[CellResult]:
    """Return the cards of the exercises that changed. What their messages say of is drawn anew each time, and is no change."""
    found = []
    for cell in result.cells:
        name = cell.id.removesuffix(CHECK_SUFFIX)
        if points is None:
            changed = not cell.full and not cell.blank
        else:
            changed = before.get(name) != after.get(name) or points.get(name) != cell.points
        if changed:
            found.append(cell)
    return found

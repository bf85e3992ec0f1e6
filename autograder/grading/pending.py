"""The rejudging of a lesson that waits until somebody decides about it: what came of each submission, in a folder of its own, beside the grades.

`.autograder/rejudge/LESSON/pending/` has one file about the whole, and in a folder of the rejudging's own, `ID/`, one for each submission. Each is written
whole, so a rejudging that is killed goes on where it was, and what an earlier one may have left there is never read. What was applied or discarded leaves
its table, `.autograder/rejudge/LESSON/ID.json`.
"""

from __future__ import annotations

import itertools
import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder import files
from autograder.errors import CourseError
from autograder.grading import freshness
from autograder.results import Result
from autograder.settings import Settings
from autograder.words import counted

# What a rejudging and the grades to come have in common whoever hands in late, and whatever the gradebook has not been told yet.
COMPARED = (
    freshness.RELEASE, freshness.SOLUTION, freshness.CHECKS, freshness.LIMITS, freshness.GRADER, freshness.SANDBOX,
)  # fmt: skip


class State(StrEnum):
    """How far a rejudging is."""

    JUDGING = "judging"
    PENDING = "pending"  # all is judged: somebody has to decide
    APPLYING = "applying"
    DISCARDING = "discarding"
    APPLIED = "applied"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Head:
    """What is known of a rejudging as a whole.

    Attributes
    ----------
    id : str
        When it began, as it is called in files and in the journal.
    reason : str
        The instructor's, or "".
    state : State
    facts : dict of str to str
        The course by which it judged, by the names in `freshness`.
    secret : str
        The fingerprint of the secret.
    students : list of str
        For whom it was asked; empty for all.
    only_up : bool
        How it is applied.
    """

    id: str
    reason: str
    state: State
    facts: dict[str, str]
    secret: str
    students: list[str] = field(default_factory=list)
    only_up: bool = False

    def is_of(self, facts: dict[str, str], secret: str) -> bool:
        """Whether a course judges as this one did."""
        return self.secret == secret and not self.differs(facts)

    def differs(self, facts: dict[str, str]) -> list[str]:
        """Name what became another since this rejudging began."""
        return [name for name in COMPARED if name in facts and self.facts.get(name, facts[name]) != facts[name]]

    def way_on(self, lesson: str) -> str:
        """Return the command that brings to its end what was begun and stopped; "" where nothing was."""
        command = f"autograder rejudge {lesson}"
        if self.state == State.JUDGING:
            return f"`{' --student '.join([command, *self.students])}`"
        if self.state == State.APPLYING:
            return f"`{command} --apply{' --only-up' if self.only_up else ''}`"
        return f"`{command} --discard`" if self.state == State.DISCARDING else ""


@dataclass(frozen=True)
class Judged:
    """What came of one submission.

    Attributes
    ----------
    revision : str
        Of the submission.
    given : str
        When the grade was given that it is compared with.
    result : Result or None
        None where the grader failed.
    notebook : str
        The text of the graded notebook.
    repairs : list of str
    failed : str
        Why the grader failed, or "".
    lost : str
        How it cost workers their lives, or "".
    """

    revision: str
    given: str
    result: Result | None
    notebook: str = field(default="", repr=False)
    repairs: list[str] = field(default_factory=list)
    failed: str = ""
    lost: str = ""


class Pending:
    """The rejudging of a lesson in a course directory.

    Parameters
    ----------
    course : Settings
    lesson : str

    Attributes
    ----------
    id : str
        Of the rejudging that was read or written down last, "" for none. Its files are the only ones that count.
    """

    def __init__(self, course: Settings, lesson: str) -> None:
        self.lesson = lesson
        self.place = course.folder / "rejudge" / lesson
        self.folder = self.place / "pending"
        self.head_file = self.folder / "rejudging.json"
        self.id = ""

    # -- the whole ----------------------------------------------------------------------------------------------------

    def head(self) -> Head | None:
        """Return what is known of the rejudging; None if there is none, or only what one that has ended left.

        Raises
        ------
        CourseError
            If the file is damaged.
        """
        self.id = ""
        if (data := self._read(self.head_file)) is None:
            return None
        try:
            head = Head(**{**data, "state": State(data["state"])})
        except (TypeError, KeyError, ValueError) as error:
            raise self._damaged(self.head_file, error) from error
        if head.state in (State.APPLIED, State.DISCARDED):
            return None
        self.id = head.id
        return head

    def new_id(self) -> str:
        """Return the name of a rejudging that begins now: the time, which no other one has that left anything here."""
        time = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
        names = itertools.chain([time], (f"{time}-{number}" for number in itertools.count(2)))
        return next(name for name in names if not ((self.place / f"{name}.json").exists() or self._own(name).exists()))

    def say(self, head: Head) -> None:
        """Write down how far the rejudging is. OSError if the disk is full."""
        self._write(self.head_file, asdict(head))
        self.id = head.id

    def clear(self) -> None:
        """Remove all of a rejudging. What cannot be removed is never read again, because the next one has a folder of its own."""
        self.head_file.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.id = ""

    def report(self) -> dict[str, Any] | None:
        """Return what was decided when the rejudging began to be applied; None if it did not."""
        return self._read(self._own(self.id) / "report.json") if self.id else None

    def decide(self, report: dict[str, Any]) -> None:
        """Write down what is decided about each submission."""
        self._write(self._own(self.id) / "report.json", report)

    def close(self, head: Head, report: dict[str, Any]) -> None:
        """Keep the table of a rejudging that was applied or discarded, and remove the rest."""
        self._write(self.place / f"{head.id}.json", report)
        self.say(head)
        self.clear()

    # -- the submissions ----------------------------------------------------------------------------------------------

    def keep(self, student: str, judged: Judged) -> None:
        """Write down what came of a submission. OSError if the disk is full."""
        result = judged.result and judged.result.stored()
        self._write(self._file(student), {"student": student, **vars(judged), "result": result})

    def judged(self, student: str) -> Judged | None:
        """Return what came of a submission, None if it was not judged yet. CourseError if the file is damaged."""
        path = self._file(student)
        if not self.id or (data := self._read(path)) is None:
            return None
        try:
            del data["student"]
            result = Result.restored(data["result"]) if data["result"] is not None else None
            return Judged(**{**data, "result": result})
        except (TypeError, KeyError, ValueError) as error:
            raise self._damaged(path, error) from error

    def students(self) -> list[str]:
        """Return those whose submissions were judged, or tried."""
        found = (self._own(self.id) / "students").glob("[!.]*.json") if self.id else ()
        return sorted(path.name.removesuffix(".json") for path in found)

    # -- files --------------------------------------------------------------------------------------------------------

    def _own(self, name: str) -> Path:
        """The folder of one rejudging."""
        return self.folder / name

    def _file(self, student: str) -> Path:
        return self._own(self.id) / "students" / f"{student}.json"

    @staticmethod
    def _write(path: Path, data: dict[str, Any]) -> None:
        files.write(path, json.dumps(data, ensure_ascii=False, indent=1) + "\n", folders=True)

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            data = json.loads(path.read_text("utf-8"))
            if not isinstance(data, dict):
                raise ValueError("no object")
            return data
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._damaged(path, error) from error

    def _damaged(self, path: Path, error: Exception) -> CourseError:
        cure = (
            f"Delete {self.folder}, and begin anew: `autograder rejudge {self.lesson}`. Grades that were applied stay"
            if path == self.head_file
            else f"Delete this file, and run the same command again: what was in it does not count, and `autograder rejudge {self.lesson}` makes it anew"
        )
        return CourseError(f"{path}: cannot be read ({error}). No grade was changed by it. {cure}.")


@dataclass(frozen=True)
class Undecided:
    """Whose grades in a lesson a class run leaves to a rejudging that is not at its end.

    Attributes
    ----------
    lesson : str
    head : Head or None
        None if there is no such rejudging.
    revisions : dict of str to str
        By student, of which submission.
    """

    lesson: str
    head: Head | None = None
    revisions: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, course: Settings, lesson: str) -> Undecided:
        """Read it from a course directory. CourseError if a file is damaged."""
        found = Pending(course, lesson)
        head = found.head()
        judged = ((student, found.judged(student)) for student in found.students())
        return cls(lesson, head, {s: one.revision for s, one in judged if one is not None and one.result is not None})

    def has(self, student: str, revision: str, *, graded: bool) -> bool:
        """Whether a submission is left to the rejudging.

        graded: whether its grade is there to the end. Where it is not, the applying of the rejudging may have been stopped over it, and goes on with it.
        """
        applying = self.head is not None and self.head.state == State.APPLYING
        return self.revisions.get(student) == revision and (graded or applying)

    def said(self, students: list[str], facts: dict[str, str]) -> str:
        """Return what a class run says of grades that wait. facts: today's course."""
        assert self.head is not None
        rejudge, number = f"autograder rejudge {self.lesson}", counted(len(students), "grade")
        changed = " and ".join(self.head.differs(facts))
        if self.head.state in (State.APPLYING, State.DISCARDING):
            stopped = "applied" if self.head.state == State.APPLYING else "discarded"
            told = f"of a rejudging that was stopped while it was {stopped}, so that some may be new and others old,"
            how = f"To go on: {self.head.way_on(self.lesson)}."
        elif changed:
            told = "that a rejudging has looked at, and about which nobody has decided yet,"
            how = f"{changed} changed since: `{rejudge}` judges them by today's course, `--discard` throws the rejudging away."
        elif self.head.state == State.JUDGING:
            told, how = (
                "that a rejudging has looked at, which was stopped,",
                f"{self.head.way_on(self.lesson)} goes on with it, `--discard` throws it away.",
            )
        else:
            told = "that a rejudging has looked at, and about which nobody has decided yet,"
            how = f"`{rejudge} --apply`, or `--discard`."
        return f"{self.lesson}: {number} {told} stay as they are: {freshness.named(students)}. {how}"

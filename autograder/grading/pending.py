"""The rejudging of a lesson that waits until somebody decides about it: what came of each submission, in a folder of its own, beside the grades.

`.autograder/rejudge/LESSON/pending/` has one file about the whole and one for each submission. Each is written whole, so a rejudging that is killed goes on
where it was. What was applied or discarded leaves its table, `.autograder/rejudge/LESSON/ID.json`.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
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
    """

    def __init__(self, course: Settings, lesson: str) -> None:
        self.lesson = lesson
        self.place = course.folder / "rejudge" / lesson
        self.folder = self.place / "pending"
        self.head_file = self.folder / "rejudging.json"
        self.report_file = self.folder / "report.json"

    # -- the whole ----------------------------------------------------------------------------------------------------

    def head(self) -> Head | None:
        """Return what is known of the rejudging; None if there is none, or only what one that has ended left.

        Raises
        ------
        CourseError
            If the file is damaged.
        """
        if (data := self._read(self.head_file)) is None:
            return None
        try:
            head = Head(**{**data, "state": State(data["state"])})
        except (TypeError, KeyError, ValueError) as error:
            raise self._damaged(self.head_file, error) from error
        return None if head.state in (State.APPLIED, State.DISCARDED) else head

    def say(self, head: Head) -> None:
        """Write down how far the rejudging is. OSError if the disk is full."""
        self._write(self.head_file, asdict(head))

    def clear(self) -> None:
        """Remove all of a rejudging."""
        self.head_file.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def report(self) -> dict[str, Any] | None:
        """Return what was decided when the rejudging began to be applied; None if it did not."""
        return self._read(self.report_file)

    def decide(self, report: dict[str, Any]) -> None:
        """Write down what is decided about each submission."""
        self._write(self.report_file, report)

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
        if (data := self._read(path)) is None:
            return None
        try:
            del data["student"]
            result = Result.restored(data["result"]) if data["result"] is not None else None
            return Judged(**{**data, "result": result})
        except (TypeError, KeyError, ValueError) as error:
            raise self._damaged(path, error) from error

    def students(self) -> list[str]:
        """Return those whose submissions were judged, or tried."""
        return sorted(path.name.removesuffix(".json") for path in (self.folder / "students").glob("[!.]*.json"))

    # -- files --------------------------------------------------------------------------------------------------------

    def _file(self, student: str) -> Path:
        return self.folder / "students" / f"{student}.json"

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
        return CourseError(
            f"{path}: cannot be read ({error}). No grade was changed by it. Delete {self.folder}, and begin anew: `autograder rejudge {self.lesson}`."
        )


def judged(course: Settings, lesson: str, facts: dict[str, str]) -> dict[str, str]:
    """Return whose grade waits for what is decided about a rejudging by today's course, and the revision of the submission."""
    found = Pending(course, lesson)
    head = found.head()
    if head is None or head.differs(facts):
        return {}
    of = ((student, found.judged(student)) for student in found.students())
    return {student: one.revision for student, one in of if one is not None and one.result is not None}


def waits(lesson: str, students: list[str]) -> str:
    """Return what a class run says of grades that wait."""
    return (
        f"{lesson}: {counted(len(students), 'grade')} that a rejudging has looked at, and about which nobody has decided yet, stay as they are:"
        f" {freshness.named(students)}. `autograder rejudge {lesson} --apply`, or `--discard`."
    )

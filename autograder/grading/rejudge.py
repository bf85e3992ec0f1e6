"""Rejudge a class: grade again beside the grades that are recorded, compare, and later put what came of it in its place, or not.

What is graded again is what was graded before, with the same hidden inputs, by today's course. Until it is applied, nothing in the gradebook, the graded
folders or the feedback changes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from autograder import student_ids
from autograder.course.catalog import Lesson
from autograder.errors import CourseError, NotAllGraded, WorkerLost
from autograder.grading import freshness
from autograder.grading.class_run import ClassRun
from autograder.grading.host import Host
from autograder.grading.journal import Event, Journal
from autograder.grading.pending import Head, Judged, Pending, State
from autograder.grading.staging import Staged
from autograder.grading.task import Done
from autograder.reports.rejudged import Comparison, Mark, Row
from autograder.results import Result
from autograder.submission.folder import SubmissionFolder, inspect_folder
from autograder.words import counted


class Beside(Host, Protocol):
    """A host on a copy of the gradebook: what it records, nobody sees."""

    @property
    def whole_class(self) -> bool:
        """Whether this run is for all students."""

    def marks(self) -> dict[str, Mark]:
        """Return what the copy says of each student."""

    def result(self, student: str) -> Result:
        """Return the result of the grade that is recorded. CourseError if it cannot be read."""

    def to_record(self, notebook: str, result: Result) -> Any:
        """Return what a graded notebook says for the gradebook."""

    def weigh(self, student: str, to_record: Any) -> None:
        """Record a grade in the copy."""


def rejudgeable(
    host: Beside, lesson: Lesson, journal: Journal, left_out: dict[str, str]
) -> dict[str, SubmissionFolder]:
    """Return the submissions that were graded to the end and are still those that were graded.

    left_out: gets a line for each student of whom that is not so.
    """
    found, last = {}, journal.last(lesson.name)
    excluded, recorded, folders = host.excluded(), host.recorded(), host.submissions()
    grade = f"`autograder grade {lesson.name}`"
    for student, folder in folders.items():
        if student in excluded:
            continue
        submitted = inspect_folder(folder, lesson) if not student_ids.why_not(student) else None
        graded = host.revision_of(student)
        event = last.get(student, {}).get("event")
        if submitted is None:
            left_out[student] = f"{student!a}: this folder's name {student_ids.why_not(student)}; give it another."
        elif event in (Event.STARTED, Event.FAILED) or not graded or student not in recorded:
            left_out[student] = f"{student}: has no finished grade. {grade} gives one."
        elif submitted.revision != graded:
            left_out[student] = f"{student}: handed in again since the grade. {grade} grades what is new."
        else:
            found[student] = submitted
    for student in sorted(recorded - set(folders) - excluded):
        if host.whole_class:
            left_out[student] = f"{student}: the submission is no longer there; the grade stays."
    return found


def all_judged(pending: Pending) -> dict[str, Judged]:
    """Return what came of each submission."""
    found = ((student, pending.judged(student)) for student in pending.students())
    return {student: judged for student, judged in found if judged is not None}


def is_the_grade(host: Host, student: str, judged: Judged, event: dict[str, Any]) -> bool:
    """Whether a grade is still that which was judged again. event: the journal's, of the grade."""
    return str(event.get("time", "")) == judged.given and host.revision_of(student) == judged.revision


def compare(
    host: Beside,
    pending: Pending,
    lesson: Lesson,
    grades: dict[str, dict[str, Any]],
    before: dict[str, Mark],
    facts: dict[str, str],
) -> Comparison:
    """Set what was judged beside the grades that are recorded.

    Parameters
    ----------
    host : Beside
        In its session, with the copy brought up to today's release.
    pending : Pending
    lesson : Lesson
    grades : dict
        The journal's events of the grades.
    before : dict of str to Mark
        What the gradebook says.
    facts : dict of str to str
        Today's course.
    """
    found = Comparison(lesson.name, [])
    results: dict[str, tuple[Result, Result]] = {}
    for student, judged in all_judged(pending).items():
        event = grades.get(student, {})
        if judged.result is None:
            continue
        if student not in before or not is_the_grade(host, student, judged, event):
            found.left_out.append(
                f"{student}: graded again, handed in again or taken away since; what was judged does not count."
            )
            continue
        results[student] = (host.result(student), judged.result)
        host.weigh(student, host.to_record(judged.notebook, judged.result))
        for what in freshness.changed(event, facts, lesson):
            found.changed[what] = found.changed.get(what, 0) + 1
    after = host.marks()
    found.rows = [Row(student, before[student], after[student], *both) for student, both in sorted(results.items())]
    return found


def must_not_be_begun(head: Head, lesson: str) -> None:
    """CourseError if a rejudging was stopped while it was applied or discarded: that comes first."""
    if head.state in (State.APPLYING, State.DISCARDING):
        how = "applied" if head.state == State.APPLYING else "discarded"
        raise CourseError(
            f"{lesson}: a rejudging is being {how} and was stopped. Bring it to its end first: {head.way_on(lesson)}."
        )


class Rejudging(ClassRun):
    """Grades again what is graded, and keeps what came of it beside the grades; `host` is a `Beside`."""

    host: Beside

    def __init__(
        self, *arguments: Any, reason: str = "", students: frozenset[str] = frozenset(), **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.pending = Pending(self.course, self.lesson.name)
        if self.course.pictures == "own":
            # They come with the grades that count.
            self.course = replace(self.course, pictures="none")
        self.reason = reason
        self.asked = students
        self.left_out: dict[str, str] = {}
        self.failed: dict[str, str] = {}
        self.comparison = Comparison(self.lesson.name, [])
        self.head: Head | None = None
        # Whether one that was stopped is to judge others as well, who were not asked for now.
        self.partly = False

    def run(self) -> None:
        """Judge what is not judged yet, and compare.

        Raises
        ------
        CourseError
            If nobody can be judged, or one that is being applied has to be brought to its end first.
        NotAllGraded
            If the grader failed on somebody; `comparison` has all others.
        """
        with self._at_work():
            before = self.host.marks()
            self._must_be_able_to_grade()
            self.grades = self.journal.grades(self.lesson.name)
            self.head = self._begun()
            self.failed = self._grade_all()
            self.comparison = compare(self.host, self.pending, self.lesson, self.grades, before, self.facts)
            self.comparison.failed |= self.failed
            self.comparison.left_out += self.left_out.values()
            if not self.comparison.rows and not self.failed:
                self.pending.clear()
                told = "; ".join(self.comparison.left_out[:5]) or "nothing was handed in"
                raise CourseError(f"{self.lesson.name}: there is no grade to judge again: {told}.")
            if self.partly:
                self.log.warning(
                    "%s: a rejudging of more students was stopped and is not at its end. To go on with it: %s.",
                    self.lesson.name, self.head.way_on(self.lesson.name),
                )  # fmt: skip
            else:
                self.head = replace(self.head, state=State.PENDING)
                self.pending.say(self.head)
        if self.failed:
            raise NotAllGraded(f"the grader failed on {counted(len(self.failed), 'submission')}.")

    def _begun(self) -> Head:
        """The rejudging that is under way, if it is by this course; else a new one."""
        head = self.pending.head()
        if head is not None:
            must_not_be_begun(head, self.lesson.name)
        if head is not None and not head.is_of(self.facts, self.secret):
            self.log.warning(
                "%s: the rejudging of %s was by another course (%s changed since); it is begun anew.",
                self.lesson.name, head.id, " and ".join(head.differs(self.facts)) or "the secret",
            )  # fmt: skip
            head = None
        stopped = head is not None and head.state == State.JUDGING
        if head is None:
            self.pending.clear()
            head = Head(self.pending.new_id(), "", State.JUDGING, self.facts, self.secret)
        asked = (
            sorted({*head.students, *self.asked})
            if self.asked and (head.students or not self.pending.students())
            else []
        )
        self.partly = stopped and bool(self.asked) and asked != sorted(self.asked)
        head = replace(head, state=State.JUDGING, reason=self.reason or head.reason, students=asked)
        self.pending.say(head)
        return head

    def _todo(self, failed: dict[str, str]) -> list[tuple[str, SubmissionFolder]]:
        """What is graded, is still what was handed in, and was not judged yet."""
        todo = []
        self.left_out.clear()
        for student, submitted in rejudgeable(self.host, self.lesson, self.journal, self.left_out).items():
            there = self.pending.judged(student)
            if there is not None and there.result is not None and self._is_of(student, submitted, there):
                self.progress.kept(student)
            elif student not in failed and student not in self.done:
                todo.append((student, submitted))
        return todo

    def _is_of(self, student: str, submitted: SubmissionFolder, judged: Judged) -> bool:
        return judged.revision == submitted.revision and judged.given == self._given(student)

    def _given(self, student: str) -> str:
        return str(self.grades.get(student, {}).get("time", ""))

    def _note_start(self, student: str, submitted: SubmissionFolder) -> None:
        pass

    def _record(self, staged: Staged, done: Done) -> None:
        revision = staged.submitted.revision
        kept = Judged(revision, self._given(staged.student), done.result, done.notebook, list(done.repairs))
        self.pending.keep(staged.student, kept)
        self.done[staged.student] = revision
        self.staging.clear(staged.student)

    def _lost_before(self, staged: Staged) -> bool:
        there = self.pending.judged(staged.student)
        return there is not None and bool(there.lost) and there.revision == staged.submitted.revision

    def _fail(self, student: str, submitted: SubmissionFolder, error: Exception) -> str:
        """The grader failed: the grade that is there stays as it is."""
        why = " ".join(str(error).split())[-500:] or type(error).__name__
        lost = error.lost if isinstance(error, WorkerLost) else ""
        self.pending.keep(student, Judged(submitted.revision, self._given(student), None, failed=why, lost=lost))
        self.staging.clear(student)
        return why

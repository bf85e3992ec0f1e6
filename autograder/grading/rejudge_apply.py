"""Apply a rejudging, or throw it away: what was judged beside the grades goes into the gradebook and the graded folders, one submission at a time."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from autograder.errors import CourseError, NotAllGraded
from autograder.grading import afterwards, freshness, picturing
from autograder.grading.class_run import ClassRun
from autograder.grading.journal import Event
from autograder.grading.pending import Head, Judged, Pending, State
from autograder.grading.rejudge import Beside, all_judged, applying, compare, is_the_grade
from autograder.grading.task import Done
from autograder.reports import rejudged
from autograder.reports.rejudged import Change, Comparison
from autograder.settings import fingerprint
from autograder.submission.folder import SubmissionFolder, inspect_folder
from autograder.words import counted


class Applying(ClassRun):
    """Puts a rejudging into the gradebook and the graded folders, as if it were graded now; or throws it away."""

    def __init__(self, *arguments: Any, beside: Beside, only_up: bool = False, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.pending = Pending(self.course, self.lesson.name)
        self.beside = beside
        self.only_up = only_up
        self.comparison = Comparison(self.lesson.name, [])
        self.report: dict[str, Any] = {}
        self.counts: dict[str, int] = {}
        self.head: Head | None = None
        # What was decided about the submission that is applied now.
        self._row: dict[str, Any] = {}

    def run(self) -> None:
        """Apply what is pending, one submission after the other. One that was stopped goes on.

        Raises
        ------
        CourseError
            If nothing is pending, or it was judged by another course; nothing was changed.
        NotAllGraded
            If something could not be recorded. The same command goes on with it.
        """
        with self._at_work():
            self.head = self._must_be_applicable()
            self.grades = self.journal.grades(self.lesson.name)
            self.report = self._decided()
            self._must_be_able_to_grade()
            failed = self._apply_all()
            afterwards.compare_the_class(self)
            afterwards.say_what_is_stale(self)
            if not failed:
                self._close(State.APPLIED)
            picturing.draw_the_class(self)
        if failed:
            told = f"{counted(len(failed), 'submission')} could not be recorded; the old grade stays. Run this command again."
            raise NotAllGraded(told)

    def discard(self) -> None:
        """Throw away what is pending. The grades stay, and count as judged by the course that the rejudging was judged by."""
        with self._at_work():
            head = self.pending.head()
            if head is None:
                raise self._nothing()
            if head.state == State.APPLYING:
                raise CourseError(
                    f"{self.lesson.name}: this rejudging is being applied and was stopped. Bring it to its end: `{applying(head, self.lesson.name)}`."
                )
            self.head = head
            self.grades = self.journal.grades(self.lesson.name)
            for student, judged in all_judged(self.pending).items():
                if judged.result is not None and self._is_the_grade(student, judged):
                    self._let_stand(student, judged)
            self.report = {"lesson": self.lesson.name}
            self._close(State.DISCARDED)

    # -- what is decided ----------------------------------------------------------------------------------------------

    def _nothing(self) -> CourseError:
        return CourseError(
            f"{self.lesson.name}: no rejudging is pending. `autograder rejudge {self.lesson.name}` makes one."
        )

    def _must_be_applicable(self) -> Head:
        head = self.pending.head()
        if head is None:
            raise self._nothing()
        again = f"`autograder rejudge {self.lesson.name}`"
        if head.state == State.JUDGING:
            raise CourseError(f"{self.lesson.name}: the rejudging was stopped before its end. To go on: {again}.")
        secret = fingerprint(self.course.secret())
        facts = self.host.facts("")
        if not head.is_of(facts, secret):
            what = " and ".join(head.differs(facts)) or "the secret"
            raise CourseError(
                f"{self.lesson.name}: {what} changed since the rejudging, so it is not applied; nothing was changed. Judge again: {again}."
            )
        if head.state == State.APPLYING and head.only_up != self.only_up:
            raise CourseError(
                f"{self.lesson.name}: this rejudging is being applied in another way and was stopped. Bring it to its end: `{applying(head, self.lesson.name)}`."
            )
        return head

    def _decided(self) -> dict[str, Any]:
        """What is decided about each submission: as it was when it began to be applied, else by what the gradebook says now."""
        assert self.head is not None
        if self.head.state == State.APPLYING and (report := self.pending.report()) is not None:
            return report
        with self.beside.session():
            before = self.beside.marks()
            self.beside.must_be_sound()
            facts = self.beside.facts("")
            self.comparison = compare(self.beside, self.pending, self.lesson, self.grades, before, facts)
            self.comparison.failed = {s: j.failed for s, j in all_judged(self.pending).items() if j.failed}
        old, new = self.comparison.worth()
        # The gradebook may have learnt of the new points already, from a class run in between; the journal has those of each grade.
        given = (self.grades.get(row.student, {}).get("max_score") for row in self.comparison.rows)
        old = max(old, *(float(points or 0.0) for points in given), 0.0)
        if self.only_up and new < old:
            raise CourseError(
                f"{self.lesson.name}: the lesson is worth {new:g} points now, before {old:g}: a grade that was kept could be above what can be"
                " reached. Apply all, or put the points back."
            )
        applied = [row.student for row in self.comparison.rows if not self.only_up or row.change == Change.GAINS]
        report = {**rejudged.as_json(self.comparison), "applied": applied}
        self.pending.decide(report)
        self.head = replace(self.head, state=State.APPLYING, only_up=self.only_up)
        self.pending.say(self.head)
        return report

    # -- one submission after the other -------------------------------------------------------------------------------

    def _apply_all(self) -> dict[str, str]:
        """Apply or keep what is decided; returns what could not be recorded, and why."""
        failed: dict[str, str] = {}
        folders, applied = self.host.submissions(), set(self.report["applied"])
        self.progress.begin(self.lesson.name, len(self.report["submissions"]))
        self.progress.todo(sorted(applied))
        try:
            for row in self.report["submissions"]:
                student, judged = row["student"], self.pending.judged(row["student"])
                if judged is None or judged.result is None or self._is_done(student):
                    continue
                if student not in folders or not self._is_the_grade(student, judged):
                    self.log.warning(
                        "%s of %s: graded again or taken away since; left as it is.", self.lesson.name, student
                    )
                elif student not in applied:
                    self._let_stand(student, judged)
                else:
                    submitted = inspect_folder(folders[student], self.lesson)
                    with self._trouble_with(student, submitted, failed):
                        self._apply(student, submitted, judged, row)
        finally:
            self.progress.end()
            self.staging.end()
        return failed

    def _is_done(self, student: str) -> bool:
        """Whether this rejudging was applied to a student before it was stopped, or their grade was kept by it."""
        event = self.grades.get(student, {})
        return self.head is not None and self.head.id in (
            event.get("rejudging"), *(stands["rejudging"] for stands in event.get("stands", [])),
        )  # fmt: skip

    def _is_the_grade(self, student: str, judged: Judged) -> bool:
        return is_the_grade(self.host, student, judged, self.grades.get(student, {}))

    def _apply(self, student: str, submitted: SubmissionFolder, judged: Judged, row: dict[str, Any]) -> None:
        assert judged.result is not None
        if submitted.revision != judged.revision:
            self.log.warning(
                "%s of %s: handed in again since; left as it is. `autograder grade`.", self.lesson.name, student
            )
            return
        self._must_be_the_same_course()
        self._row = row
        self._note_start(student, submitted)
        staged = self._stage(student, submitted)
        self.host.prepare(staged)
        to_record = self.beside.to_record(judged.notebook, judged.result)
        self._record(staged, Done(judged.result, tuple(judged.repairs), "", judged.notebook, to_record))
        self.progress.graded(student, judged.result)

    def _say_if_lost(self, student: str, event: dict[str, Any]) -> None:
        """The table has said it."""

    def _event(self, student: str, submitted: SubmissionFolder) -> dict[str, Any]:
        assert self.head is not None
        was = {name: self._row["old"][name] for name in ("score", "points", "penalty", "verdict")}
        told = {"rejudging": self.head.id, "why": self.head.reason, "was": was}
        return super()._event(student, submitted) | told

    def _let_stand(self, student: str, judged: Judged) -> None:
        """The grade stays, and is not given anew because of what it was judged by."""
        assert self.head is not None
        course = {name: value for name, value in self.head.facts.items() if name not in freshness.RECKONED}
        about: dict[str, Any] = {
            "lesson": self.lesson.name,
            "student": student,
            "handed": judged.revision,
            "with": course,
        }
        self.journal.add(Event.STANDS, at_once=False, **about, rejudging=self.head.id, why=self.head.reason)

    def _close(self, state: State) -> None:
        """The journal says what became of it, then the table alone is kept."""
        assert self.head is not None
        self.journal.flush()
        self.head = replace(self.head, state=state)
        events = [
            e
            for e in self.journal.events()
            if e.get("rejudging") == self.head.id and e.get("lesson") == self.lesson.name
        ]
        self.counts = {
            "applied": sum(event["event"] == Event.GRADED for event in events),
            "kept": sum(event["event"] == Event.STANDS for event in events),
        }
        about: dict[str, Any] = {"rejudging": self.head.id, "state": state, "why": self.head.reason, **self.counts}
        self.journal.add(Event.REJUDGED, lesson=self.lesson.name, only_up=self.only_up, **about)
        whole = asdict(self.head)
        self.report = {"rejudging": {name: whole[name] for name in ("id", "reason", "state", "only_up")}, **self.report}
        self.pending.close(self.head, self.report)

"""Apply a rejudging, or throw it away: what was judged beside the grades goes into the gradebook and the graded folders, one submission at a time."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from autograder.errors import CourseError, NotAllGraded
from autograder.grading import afterwards, freshness, picturing
from autograder.grading.class_run import ClassRun
from autograder.grading.journal import Event
from autograder.grading.pending import COMPARED, Head, Judged, Pending, State
from autograder.grading.rejudge import Beside, all_judged, compare, is_the_grade
from autograder.grading.task import Done
from autograder.reports import rejudged
from autograder.reports.rejudged import Change, Comparison
from autograder.secret_file import fingerprint
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
        self._sandbox = ""

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
            self._begin()
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
            self.head = head = self._what_is_pending()
            self.grades = self.journal.grades(self.lesson.name)
            self.report = {"lesson": self.lesson.name}
            if head.state == State.APPLYING:
                self._leave_off()
            elif head.state == State.JUDGING:
                self.log.warning(
                    "%s: this rejudging was stopped before its end, so no grade counts as judged by it, and `autograder grade %s` gives new grades"
                    " where today's course asks for that.",
                    self.lesson.name, self.lesson.name,
                )  # fmt: skip
            else:
                kept = self._to_be_kept()
                self.head = replace(head, state=State.DISCARDING)
                self.pending.say(self.head)
                for student, judged in kept.items():
                    self._let_stand(student, judged)
            self._close(State.DISCARDED)

    # -- what is decided ----------------------------------------------------------------------------------------------

    def _what_is_pending(self) -> Head:
        if (head := self.pending.head()) is None:
            name = self.lesson.name
            ended = [e for e in self.journal.events() if e["event"] == Event.REJUDGED and e.get("lesson") == name]
            last = f" The last one, {ended[-1]['rejudging']}, was {ended[-1]['state']}." if ended else ""
            raise CourseError(f"{name}: no rejudging is pending.{last} `autograder rejudge {name}` makes one.")
        return head

    def _changed_since(self, head: Head) -> str:
        """What of the course became another since the rejudging; "" if nothing did."""
        facts = self.host.facts("")
        if head.is_of(facts, fingerprint(self.course.secret())):
            return ""
        return " and ".join(head.differs(facts)) or "the secret"

    def _must_be_applicable(self) -> Head:
        head, name = self._what_is_pending(), self.lesson.name
        if head.state == State.JUDGING:
            raise CourseError(f"{name}: the rejudging was stopped before its end. To go on: {head.way_on(name)}.")
        if head.state == State.DISCARDING or (head.state == State.APPLYING and head.only_up != self.only_up):
            how = "applied in another way" if head.state == State.APPLYING else "discarded"
            raise CourseError(
                f"{name}: this rejudging is being {how} and was stopped. Bring it to its end: {head.way_on(name)}."
            )
        changed = self._changed_since(head)
        if changed and head.state != State.APPLYING:
            raise CourseError(
                f"{name}: {changed} changed since the rejudging, so it is not applied; nothing was changed. Judge again: `autograder rejudge {name}`."
            )
        if changed:
            self._must_be_worth_what_it_was(head, changed)
            self.log.warning(
                "%s: %s changed since this rejudging. What was decided is brought to its end as it was judged; `autograder rejudge %s` then"
                " judges by today's course.",
                name, changed, name,
            )  # fmt: skip
        return head

    def _must_be_worth_what_it_was(self, head: Head, changed: str) -> None:
        """CourseError if what is left to be applied has other exercises, or other points for them, than today's release."""
        name = self.lesson.name
        now = {exercise.check_id: exercise.points for exercise in self.lesson.exercises()}
        judged = (one.result for one in all_judged(self.pending).values() if one.result is not None)
        then = {cell.id: cell.max_points for result in judged for cell in result.cells}
        if then and then != now:
            raise CourseError(
                f"{name}: this rejudging was stopped while it was applied, and {changed} changed since, with the exercises or their points; nothing was"
                f" changed. Put {self.lesson.release} back as it was, and then: {head.way_on(name)}. Or leave it at what was applied:"
                f" `autograder rejudge {name} --discard`."
            )

    def _decided(self) -> dict[str, Any]:
        """What is decided about each submission: as it was when it began to be applied, else by what the gradebook says now. Nothing is written."""
        assert self.head is not None
        if self.head.state == State.APPLYING and (report := self.pending.report()) is not None:
            return report
        with self.beside.session():
            before = self.beside.marks()
            self.beside.must_be_sound()
            facts = self.beside.facts("")
            self.comparison = compare(self.beside, self.pending, self.lesson, self.grades, before, facts)
            self.comparison.failed = {s: j.failed for s, j in all_judged(self.pending).items() if j.failed}
        kept = [row for row in self.comparison.rows if self.only_up and row.change != Change.GAINS]
        above = {row.student: rejudged.above(row.old.by_hand, row.before, row.after) for row in kept}
        self._must_not_be_above(above)
        stay = {row.student for row in kept}
        applied = [row.student for row in self.comparison.rows if row.student not in stay]
        return {**rejudged.as_json(self.comparison), "applied": applied}

    def _begin(self) -> None:
        """Write down what is decided: from here on, applying goes on where it was stopped."""
        assert self.head is not None
        if self.head.state != State.APPLYING:
            self.pending.decide(self.report)
            self.head = replace(self.head, state=State.APPLYING, only_up=self.only_up)
            self.pending.say(self.head)

    def _must_not_be_above(self, above: dict[str, list[str]]) -> None:
        """CourseError if a grade that stays has more points than what it is given for is worth now. above: what of each student's."""
        if found := [f"{student} ({', '.join(lines)})" for student, lines in above.items() if lines]:
            name = self.lesson.name
            raise CourseError(
                f"{name}: {counted(len(found), 'grade')} would stay with more points than an exercise is worth now: {freshness.named(found)}. Nothing was"
                f" changed. `autograder rejudge {name} --apply` gives all grades by today's points; to keep the old grades, put the points back"
                f" and then `autograder rejudge {name} --discard`."
            )

    # -- thrown away --------------------------------------------------------------------------------------------------

    def _to_be_kept(self) -> dict[str, Judged]:
        """Whose grades stay and count as judged by the course of the rejudging: those that its points leave possible.

        Raises
        ------
        CourseError
            If it is today's course and a grade has more points than that.
        """
        assert self.head is not None
        with self.beside.session():
            marks = self.beside.marks()
        mine: dict[str, Judged] = {}
        above: dict[str, list[str]] = {}
        for student, judged in all_judged(self.pending).items():
            if judged.result is not None and self._is_the_grade(student, judged):
                mine[student] = judged
                by_hand = marks[student].by_hand if student in marks else {}
                above[student] = rejudged.above(by_hand, self.beside.result(student), judged.result)
        if changed := self._changed_since(self.head):
            self.log.warning(
                "%s: %s changed since the rejudging. The next `autograder grade %s` gives new grades where today's course asks for that.",
                self.lesson.name, changed, self.lesson.name,
            )  # fmt: skip
        elif self.head.state != State.DISCARDING:
            self._must_not_be_above(above)
        not_judged = [student for student, judged in all_judged(self.pending).items() if judged.result is None]
        if others := [*not_judged, *(student for student, lines in above.items() if lines)]:
            self.log.warning(
                "%s: these grades stay, too, but do not count as judged by the course of the rejudging: %s.",
                self.lesson.name, freshness.named(others),
            )  # fmt: skip
        return {
            student: judged for student, judged in mine.items() if not above[student] and not self._is_done(student)
        }

    def _leave_off(self) -> None:
        """End an applying that was stopped, where it cannot go on as it began because the course changed since."""
        assert self.head is not None
        name = self.lesson.name
        if not (changed := self._changed_since(self.head)):
            raise CourseError(
                f"{name}: this rejudging is being applied and was stopped. Bring it to its end: {self.head.way_on(name)}."
            )
        report = self.pending.report() or {}
        left = [row["student"] for row in report.get("submissions", []) if not self._is_done(row["student"])]
        self.report = {**report, "lesson": name, "not_applied": left}
        self.log.warning(
            "%s: left off before its end, because %s changed since. Nothing more of it is put into the gradebook: %s. The next `autograder grade %s`"
            " gives the class new grades by today's course; `autograder rejudge %s` shows first who would gain and lose.",
            name, changed, freshness.named(left) or "nobody was left", name, name,
        )  # fmt: skip

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
        self._row, self._sandbox = row, judged.result.sandbox
        staged = None
        if submitted.revision == judged.revision:
            self._note_start(student, submitted)
            staged = self._stage(student, submitted)
        if staged is None or staged.submitted.revision != judged.revision:  # perhaps while it was copied
            self.log.warning(
                "%s of %s: handed in again since; left as it is. `autograder grade`.", self.lesson.name, student
            )
            return
        self.host.prepare(staged)
        to_record = self.beside.to_record(judged.notebook, judged.result)
        self._record(staged, Done(judged.result, tuple(judged.repairs), "", judged.notebook, to_record))
        self.progress.graded(student, judged.result)

    def _say_if_lost(self, student: str, event: dict[str, Any]) -> None:
        """The table has said it."""

    def _event(self, student: str, submitted: SubmissionFolder) -> dict[str, Any]:
        assert self.head is not None
        was = {name: self._row["old"][name] for name in ("score", "points", "penalty", "verdict")}
        told = {"rejudging": self.head.id, "why": self.head.reason, "was": was, "sandbox": self._sandbox}
        # What it was judged by, which is not today's course if that changed since the rejudging began to be applied.
        course = {name: value for name, value in self.head.facts.items() if name in COMPARED}
        return super()._event(student, submitted) | told | {"with": {**self.facts, **course}}

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
        kinds = {"applied": Event.GRADED, "kept": Event.STANDS}
        self.counts = {name: len({e["student"] for e in events if e["event"] == kind}) for name, kind in kinds.items()}
        about: dict[str, Any] = {"rejudging": self.head.id, "state": state, "why": self.head.reason, **self.counts}
        if not any(event["event"] == Event.REJUDGED for event in events):
            self.journal.add(Event.REJUDGED, lesson=self.lesson.name, only_up=self.head.only_up, **about)
        whole = asdict(self.head)
        self.report = {"rejudging": {name: whole[name] for name in ("id", "reason", "state", "only_up")}, **self.report}
        self.pending.close(self.head, self.report)

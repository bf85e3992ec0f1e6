"""Grade a class: what is new goes to a worker, and what comes back is recorded and put in its place before the next begins.

The class run knows which submissions are to be graded, keeps the journal, and lets nothing that is there go before something new is. Where
submissions come from and where grades go is the host's: see `Host`.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from typing import Any

import nbformat

from autograder import environment, files
from autograder.course.catalog import Lesson, exercises_of
from autograder.course.packed import pack
from autograder.errors import CourseError, GraderFault, NotAllGraded, Unreadable, WorkerLost
from autograder.grading import freshness, kept, proof, similarity
from autograder.grading.freshness import fingerprint_of_course
from autograder.grading.host import Host, Staged
from autograder.grading.interrupts import ends_in_order
from autograder.grading.job import GradeReport, job_of
from autograder.grading.journal import Event, Journal, must_be_the_same_secret
from autograder.grading.lock import lock
from autograder.grading.pool import Workers
from autograder.grading.score import no_result, too_costly
from autograder.grading.works import SAME_WEIGHTS, Pair, work_of
from autograder.results import Result, Verdict
from autograder.sandbox import backend
from autograder.sandbox.isolation import NONE
from autograder.settings import Settings, fingerprint
from autograder.submission.files import TIMESTAMP, bookkeeping
from autograder.submission.folder import SubmissionFolder, copy_folder, inspect_folder
from autograder.submission.rebuild import rebuild
from autograder.submission.times import submission_time

# How often to look again for what was handed in meanwhile.
ROUNDS = 3


class ClassRun:
    """The grading of one lesson of a class.

    Parameters
    ----------
    lesson : Lesson
    course : Settings
    host : Host
    log : logging.Logger
    force : bool
        Whether what is graded and unchanged is graded again.
    shared : bool
        Whether a group of instructors grades here.
    """

    def __init__(
        self,
        lesson: Lesson,
        course: Settings,
        host: Host,
        log: logging.Logger,
        *,
        force: bool = False,
        shared: bool = False,
    ) -> None:
        self.lesson = lesson
        self.course = course
        self.host = host
        self.log = log
        self.force = force
        self.shared = shared
        self.journal = Journal(course.directory)
        # By student, the revision of what was graded in this run.
        self.done: dict[str, str] = {}

    def run(self) -> None:
        """Grade what is new.

        Raises
        ------
        CourseError
            If nobody can be graded; nothing was changed.
        NotAllGraded
            If the grader failed on somebody. All others are graded.
        """
        with (
            environment.settled(),
            ends_in_order(),
            lock(self.course.directory, f"nbgrader autograde {self.lesson.name}", shared=self.shared),
            Workers() as self.workers,
        ):
            self._must_be_able_to_grade()
            failed = self._grade_all()
            self._reckon_lateness_anew(failed)
            self._compare_the_class()
            self._say_what_is_stale()
            self._must_have_a_verdict(failed)

    # -- before anything runs -----------------------------------------------------------------------------------------

    def _must_be_able_to_grade(self) -> None:
        """CourseError if Python, the sandbox, the secret, the course or the gradebook is not as it must be."""
        environment.must_be_sound()
        self.isolation = backend.choose()
        if self.isolation == NONE:
            self.log.warning(
                "%s=none: student code runs as an ordinary process of yours, with all that you may do. Every grade says so.",
                backend.SWITCH,
            )
        self.secret = fingerprint(self.course.secret())
        must_be_the_same_secret(self.journal, self.secret)
        self.version = fingerprint_of_course(self.lesson)
        self._must_be_the_graders_course()
        proof.must_pass(self.lesson, self.journal, self.course, self.workers.do)
        self.host.must_be_sound()
        self.facts = self.host.facts(self.isolation.name)
        self.packed = pack(self.lesson)
        self._bring_back_what_went_aside()

    def _must_be_the_graders_course(self) -> None:
        """CourseError if this folder has checks of its own for the lesson, and the grader that was loaded has others."""
        mine, directory = self.lesson.checks, self.course.directory
        theirs = directory / "autograder" / "checks" / mine.name
        if theirs.is_file() and theirs.read_bytes() != mine.read_bytes():
            raise CourseError(
                f"{theirs} is not what this grader would ask, {mine}: two courses are mixed. Start the command in"
                f" {directory}, or name the course whose lessons count: AUTOGRADER_COURSE={directory}"
            )

    def _bring_back_what_went_aside(self) -> None:
        """Bring back each old graded folder whose new one did not get into its place, then clear the staging folder."""
        for old in (self.course.staging / "old").glob("*/*"):
            place = self.host.graded_folder(old.name, old.parent.name)
            if not place.exists():
                old.rename(place)
        shutil.rmtree(self.course.staging, ignore_errors=True)

    # -- the class ----------------------------------------------------------------------------------------------------

    def _grade_all(self) -> dict[str, str]:
        """Grade what is new; returns on whom the grader failed, and why."""
        failed: dict[str, str] = {}
        for _ in range(ROUNDS):
            todo = self._todo(failed)
            for student, submitted in todo:
                self.log.info("Grading %s of %s", self.lesson.name, student)
                try:
                    self._grade(student, submitted)
                except Exception as error:  # one student's trouble is nobody else's; `_fail` says what it was
                    failed[student] = self._fail(student, submitted, error)
            if not todo:
                break
        return failed

    def _todo(self, failed: dict[str, str]) -> list[tuple[str, SubmissionFolder]]:
        """The submissions that are to be graded now."""
        last, grades = self.journal.last(self.lesson.name), self.journal.grades(self.lesson.name)
        excluded, folders = self.host.excluded(), self.host.submissions()
        odd = [name for name in folders if not name.isprintable()]
        failed |= {ascii(name): "this folder's name cannot be written down; give it another" for name in odd}
        todo = []
        # What changed, and whose grades are given anew because of it.
        anew: dict[str, list[str]] = {}
        for student, folder in folders.items():
            if student in excluded or student in failed or student in odd:
                continue
            submitted = inspect_folder(folder, self.lesson)
            fresh = student not in self.done
            why = freshness.regrade_reasons(grades.get(student, {}), self.facts, self.lesson) if fresh else []
            wanted = (self.force and fresh) or why or not self._is_graded(student, submitted, last.get(student))
            if self.done.get(student) != submitted.revision and wanted:
                todo.append((student, submitted))
                for what in why:
                    anew.setdefault(what, []).append(student)
            elif fresh:
                self.log.info("%s: nothing new from %s", self.lesson.name, student)
        for what, students in anew.items():
            self.log.warning("%s: %s changed; graded anew: %s", self.lesson.name, what, freshness.named(students))
        return todo

    def _is_graded(self, student: str, submitted: SubmissionFolder, last: dict[str, Any] | None) -> bool:
        """Whether this submission was graded to the end."""
        if last is not None and last["event"] in (Event.STARTED, Event.FAILED):
            return False
        return self.host.is_recorded(student, submitted.revision)

    def _students(self) -> list[str]:
        """Those who handed something in and whose names can be written down."""
        return [name for name in self.host.submissions() if name.isprintable()]

    def _must_have_a_verdict(self, failed: dict[str, str]) -> None:
        """Submissions in = verdicts out; NotAllGraded if the grader failed on somebody."""
        last, excluded = self.journal.last(self.lesson.name), self.host.excluded()
        missing = [
            student
            for student in self._students()
            if student not in excluded
            and student not in failed
            and student not in last
            and not (self.host.graded_folder(student) / f"{self.lesson.name}.ipynb").exists()
        ]
        for student in missing:
            self.log.error("%s of %s: no verdict. Run this command again.", self.lesson.name, student)
        for student, why in failed.items():
            self.log.error(
                "%s of %s: the grader failed, the old grade stays (if any): %s", self.lesson.name, student, why
            )
        if missing or failed:
            whole = len(self.host.submissions())
            raise NotAllGraded(f"{len(missing) + len(failed)} of {whole} submissions have no new grade.")

    # -- one submission -----------------------------------------------------------------------------------------------

    def _grade(self, student: str, submitted: SubmissionFolder) -> None:
        """Grade a copy of the submission beside the course, then put all that came of it in its place."""
        event: dict[str, Any] = {
            "lesson": self.lesson.name,
            "student": student,
            "handed": submitted.revision,
            "sandbox": self.isolation.name,
        }
        event |= {"course": self.version, "secret": self.secret, "with": self.facts}
        if fingerprint_of_course(self.lesson) != self.version:
            raise CourseError(
                f"{self.lesson.name}: release, solutions or checks were changed while the class was graded."
            )
        self.journal.add(Event.STARTED, **event)
        shutil.rmtree(self.course.staging, ignore_errors=True)
        staged = self._stage(student, submitted)
        self.host.prepare(staged)
        report = self._report(staged)
        self._say(report.result)
        self.host.record(staged, report, self.workers.do)
        kept.keep(self.course, self.lesson.name, student, staged.submitted.revision, report.result)
        place = self.host.graded_folder(student)
        files.put_in_place(staged.graded, place, self.course.staging / "old" / self.lesson.name / student)
        self.host.in_place(student)
        shutil.rmtree(self.course.staging, ignore_errors=True)
        event["handed"] = self.done[student] = staged.submitted.revision
        event |= {"late_unknown": True} if staged.submitted.late_unknown else {}
        event["own_due"] = self.host.own_due_date(student)
        result = report.result
        self.journal.add(Event.GRADED, **event, verdict=result.verdict, score=result.score, max_score=result.max_score)

    def _stage(self, student: str, submitted: SubmissionFolder) -> Staged:
        """Copy a submission as it is at this moment, and rebuild it; what comes later is the next run's, or the next round's."""
        source = self.course.staging / "submitted" / student / self.lesson.name
        graded = self.course.staging / "autograded" / student / self.lesson.name
        submitted = copy_folder(submitted, self.lesson, source)
        for name, path in bookkeeping(submitted.folder).items():
            if name != TIMESTAMP:
                shutil.copyfile(path, source / name, follow_symlinks=False)
        when, submitted.late_unknown = submission_time(submitted.folder, self.host.time_zone())
        submitted.refused += [submitted.late_unknown.rstrip(".")] if submitted.late_unknown else []
        if when:
            (source / TIMESTAMP).write_text(f"{when}\n", "utf-8")
        raw, reason = submitted.read(source / f"{self.lesson.name}.ipynb", self.lesson)
        submission = rebuild(raw, self.lesson, submitted.input_digest)
        submission.repairs += submitted.refused
        submission.files = {name: source / name for name in submitted.files}
        for line in submission.repairs:
            self.log.warning("Repaired before grading: %s", line)
        if reason:
            self.log.error("For a human to look at: %s", reason)
        graded.mkdir(parents=True)
        return Staged(student, submitted, source, graded, submission, reason)

    def _report(self, staged: Staged) -> GradeReport:
        """Have a submission graded. GraderFault if the grader failed on it."""
        name, notebook = f"{staged.student}/{self.lesson.name}", staged.submission.notebook
        sandbox, exercises = self.isolation.name, exercises_of(notebook)
        if staged.reason:
            result = no_result(self.lesson, name, Verdict.REVIEW, staged.reason, sandbox=sandbox, exercises=exercises)
            return GradeReport(result, nbformat.writes(notebook))
        report = self.workers.grade(job_of(staged.submission, name, self.course, lesson=self.packed))
        if report.lost and self._lost_before(staged):
            reason = f"In two runs {report.lost} while this was graded."
            report = GradeReport(
                too_costly(self.lesson, name, reason, sandbox=sandbox, exercises=exercises), report.notebook
            )
            self.log.error("For a human to look at: %s: %s", name, reason)
        result = report.result
        if result.verdict == Verdict.INFRA:
            self.log.error("The grader failed on %s: %s", name, result.reason)
            raise WorkerLost(result.reason, lost=report.lost) if report.lost else GraderFault(result.reason)
        if self.host.has_due_date() and (why := staged.submitted.late_unknown) and result.verdict != Verdict.REVIEW:
            result.verdict, result.reason = Verdict.REVIEW, f"Nobody knows whether this is late. {why}"
            self.log.error("For a human to look at: %s: %s", name, result.reason)
        return report

    def _say(self, result: Result) -> None:
        self.log.info("%s: %s, %s of %s points", result.notebook, result.verdict, result.score, result.max_score)

    def _lost_before(self, staged: Staged) -> bool:
        """Whether this very submission cost workers their lives in an earlier run: then it is not the machine's bad day."""
        mine = (
            event
            for event in self.journal.events()
            if event.get("student") == staged.student and event.get("lesson") == self.lesson.name
        )
        return any(event.get("lost") and event.get("handed") == staged.submitted.revision for event in mine)

    def _fail(self, student: str, submitted: SubmissionFolder, error: Exception) -> str:
        """The grader failed on a submission: what was there stays, and is marked as no longer sure. Returns why, in one line."""
        why = " ".join(str(error).split())[-500:] or type(error).__name__
        known = isinstance(error, (CourseError, Unreadable, GraderFault, OSError))
        self.log.error("%s of %s: %s", self.lesson.name, student, why, exc_info=None if known else error)
        with contextlib.suppress(OSError):  # a full disk: the journal then knows no end of what it began
            event: dict[str, Any] = {
                "lesson": self.lesson.name,
                "student": student,
                "handed": submitted.revision,
                "verdict": Verdict.INFRA,
            }
            event |= {"lost": error.lost} if isinstance(error, WorkerLost) and error.lost else {}
            self.journal.add(Event.FAILED, **event, reason=why, secret=self.secret)
        try:
            self.host.mark_unsure(student)
        except Exception as second:  # whatever is wrong with the gradebook, the others are still to be graded
            self.log.error(
                "%s of %s: could not be marked in the gradebook either: %s", self.lesson.name, student, second
            )
        self._bring_back_what_went_aside()
        return why

    # -- the class as a whole -----------------------------------------------------------------------------------------

    def _reckon_lateness_anew(self, failed: dict[str, str]) -> None:
        """Where the due date or the penalty changed since a grade was given, take off for lateness what is right today.

        failed: gets the students for whom that could not be done, and why.
        """
        grades, excluded = self.journal.grades(self.lesson.name), self.host.excluded()
        for student in self._students():
            event = grades.get(student)
            if event is not None and student not in self.done and student not in excluded:
                try:
                    told = self.host.reckon_lateness_anew(event, student, self.facts)
                    if told:
                        self.journal.add(Event.LATENESS, lesson=self.lesson.name, student=student, **told)
                except Exception as error:  # a penalty plug-in of the instructor's may raise anything; the others go on
                    self.log.error("%s of %s: lateness: %s", self.lesson.name, student, error, exc_info=error)
                    failed[student] = f"lateness could not be reckoned anew: {error}"

    def _say_what_is_stale(self) -> None:
        """Name the grades that stand although something changed since they were given."""
        concerned: dict[str, list[str]] = {}
        for student, event in self.journal.grades(self.lesson.name).items():
            for what in freshness.changed(event, self.facts, self.lesson):
                concerned.setdefault(what, []).append(student)
        for what, students in concerned.items():
            force = " --force" if what in freshness.STANDING else ""
            self.log.warning(
                "%s: %s changed since these grades were given, and they stand: %s. Run `nbgrader autograde %s%s`.",
                self.lesson.name, what, freshness.named(students), self.lesson.name, force,
            )  # fmt: skip

    def _compare_the_class(self) -> None:
        """List for a human what is alike in the whole class, and put the same weights before one. No points are taken."""
        root = self.course.directory
        try:
            read = (work_of(s, folder, self.lesson, root) for s, folder in self.host.all_graded().items())
            works = [work for work in read if work is not None]
            found = similarity.pairs(self.lesson, works)
            similarity.write_report(root, self.lesson.name, found, len(works))
            for pair in found:
                self.log.warning("For a human to look at: %s", pair)
            events = self.journal.events()
            for pair in found:
                if pair.what == SAME_WEIGHTS and (new := _not_yet_seen(pair, events)):
                    self.host.review(pair, new)
                    self.journal.add(Event.ALIKE, **pair.as_json())
        except Exception as error:  # the grades stand; what is missing is a comparison, and the next run makes it
            self.log.error("%s: the submissions could not be compared: %s", self.lesson.name, error, exc_info=error)


def _not_yet_seen(pair: Pair, events: list[dict[str, Any]]) -> list[str]:
    """Those of a pair who were graded since it was put before a human: what was decided about the other one stands."""
    new = dict.fromkeys(pair.students, True)
    for event in events:
        if event.get("lesson") != pair.lesson:
            continue
        if event["event"] == Event.GRADED and event.get("student") in new:
            new[event["student"]] = True
        elif (
            event["event"] == Event.ALIKE
            and event.get("students") == list(pair.students)
            and event.get("what") == pair.what
        ):
            new = dict.fromkeys(new, False)
    return [student for student, is_new in new.items() if is_new]

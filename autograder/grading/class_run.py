"""Grade a class: what is new goes to workers, several at once, and what comes back is recorded and put in its place, one at a time.

The class run knows which submissions are to be graded, keeps the journal, and lets nothing that is there go before something new is. It alone writes
the journal, the gradebook and the graded folders. Where submissions come from and where grades go is the host's: see `Host`.
"""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from nbformat.v4 import new_notebook

from autograder import environment, files, student_ids
from autograder.course.catalog import Lesson
from autograder.course.packed import pack
from autograder.errors import CourseError, GradebookLocked, GraderFault, Unreadable, WorkerLost
from autograder.grading import afterwards, choosing, freshness, kept, picturing, proof
from autograder.grading.executor import Ended, cluster
from autograder.grading.freshness import fingerprint_of_course
from autograder.grading.host import Host
from autograder.grading.interrupts import ends_in_order
from autograder.grading.job import job_of, make_ready
from autograder.grading.journal import Event, Journal, must_be_the_same_secret
from autograder.grading.lock import lock
from autograder.grading.pool import Workers
from autograder.grading.progress import Progress
from autograder.grading.staging import Staged, Staging
from autograder.grading.task import Done, Task, carry_out
from autograder.results import Verdict
from autograder.sandbox import backend
from autograder.sandbox.isolation import NONE
from autograder.secret_file import fingerprint
from autograder.settings import Settings
from autograder.submission.folder import SubmissionFolder
from autograder.submission.rebuild import Submission

# How often to look again for what was handed in meanwhile.
ROUNDS = 3
# Submissions that lie ready for the next worker that is free.
READY = 2


@dataclass(frozen=True)
class Turn:
    """A submission whose turn has come: its folders, and what a worker is to do."""

    staged: Staged
    task: Task


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
    jobs : int
        How many submissions are graded at once on this machine.
    scheduler : str
        The address of the Dask scheduler whose workers grade instead; "" for none.
    command : str
        By which the run was started, without the lesson's name.
    progress : Progress, optional
        Hears how the run goes on.
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
        jobs: int = 1,
        scheduler: str = "",
        command: str = "nbgrader autograde",
        progress: Progress | None = None,
    ) -> None:
        self.lesson = lesson
        self.course = course
        self.host = host
        self.log = log
        self.force = force
        self.shared = shared
        self.jobs = jobs
        self.scheduler = scheduler
        self.command = f"{command} {lesson.name}"
        self.progress = progress or Progress()
        self.journal = Journal(course.directory)
        self.staging = Staging(course.staging, lesson, host.graded_folder)
        # Whether what somebody whose work was graded in this run hands in meanwhile is left to the next one.
        self.once = False
        # By student, the revision of what was graded in this run.
        self.done: dict[str, str] = {}
        # By student, the journal's event of the grade that was there before this run.
        self.grades: dict[str, dict[str, Any]] = {}
        # Who has fewer points than before for the same submission, and how many.
        self.lost: dict[str, str] = {}
        # Whose grade waits for what is decided about a rejudging.
        self.waiting: set[str] = set()
        self.courses_own = picturing.CoursesOwn(self)

    def run(self) -> None:
        """Grade what is new.

        Raises
        ------
        CourseError
            If nobody can be graded, and nothing was changed; or nobody any more, because the gradebook is locked.
        NotAllGraded
            If the grader failed on somebody. All others are graded.
        """
        with self._at_work():
            self._must_be_able_to_grade()
            failed = self._grade_all()
            afterwards.say_who_lost_points(self)
            afterwards.reckon_lateness_anew(self, failed)
            afterwards.compare_the_class(self)
            afterwards.say_what_is_stale(self)
            picturing.draw_the_class(self)
            afterwards.must_have_a_verdict(self, failed)

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """Be the only grader of the course directory, with workers."""
        with (
            environment.settled(),
            ends_in_order(),
            lock(self.course.directory, self.command, shared=self.shared),
            self.host.session(),
            cluster(self.scheduler, self.course, self.log) if self.scheduler else Workers(self.jobs) as self.workers,
        ):
            yield

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
        proof.must_pass(self.lesson, self.journal, self.course, self._do_and_make_ready)
        self.host.must_be_sound()
        self.facts = self.host.facts(self.isolation.name)
        self.steps = self.host.steps()
        self.packed = pack(self.lesson)
        self.staging.begin()

    def _do_and_make_ready(self, work: Callable, *arguments: Any) -> Any:
        """Have a worker do this. Meanwhile as many others as will be needed load what the first submissions would wait for; one that will not be needed draws."""
        course, sandboxed = self.course, self.isolation != NONE
        submissions = len(self.host.submissions())
        self.courses_own.begin(max(1, submissions))
        self.workers.make_ready(
            submissions - 1, make_ready, pack(self.lesson), course.limits, course.packages, sandboxed
        )
        return self.workers.do(work, *arguments)

    def _must_be_the_graders_course(self) -> None:
        """CourseError if this folder has checks of its own for the lesson, and the grader that was loaded has others."""
        mine, directory = self.lesson.checks, self.course.directory
        theirs = directory / "autograder" / "checks" / mine.name
        if theirs.is_file() and theirs.read_bytes() != mine.read_bytes():
            raise CourseError(
                f"{theirs} is not what this grader would ask, {mine}: two courses are mixed. Start the command in"
                f" {directory}, or name the course whose lessons count: AUTOGRADER_COURSE={directory}"
            )

    # -- the class ----------------------------------------------------------------------------------------------------

    def _grade_all(self) -> dict[str, str]:
        """Grade what is new; returns on whom the grader failed, and why."""
        failed: dict[str, str] = {}
        self.progress.begin(self.lesson.name, len(self.host.submissions()))
        try:
            for _ in range(ROUNDS):
                todo = self._todo(failed)
                self.progress.todo([student for student, _ in todo])
                self._grade_these(todo, failed)
                if not todo:
                    break
        finally:
            self.progress.end()
            self.staging.end()
        return failed

    def _grade_these(self, todo: list[tuple[str, SubmissionFolder]], failed: dict[str, str]) -> None:
        """Keep the workers at work until each of these is recorded, or has failed. A few are held in memory at a time."""
        waiting, ready = deque(todo), deque[Turn]()
        under_way: dict[str, Turn] = {}

        def hand_out() -> None:
            while ready and self.workers.free:
                turn = ready.popleft()
                under_way[turn.staged.student] = turn
                self.workers.start(turn.staged.student, carry_out, turn.task)
            if not ready and not waiting:
                self.courses_own.begin()

        while waiting or ready or under_way:
            hand_out()
            if waiting and len(ready) < READY:
                student, submitted = waiting.popleft()
                with self._trouble_with(student, submitted, failed):
                    ready.append(self._prepare(student, submitted))
            elif under_way or ready:  # no worker is free for what is ready where all draw the course's own pictures
                ended = self.workers.next()
                if self.courses_own.hear(ended):
                    continue
                turn = under_way.pop(ended.key)
                # A worker waits for nothing that is written down.
                hand_out()
                with self._trouble_with(ended.key, turn.staged.submitted, failed):
                    if again := self._grade(turn, ended):
                        ready.appendleft(again)

    @contextlib.contextmanager
    def _trouble_with(self, student: str, submitted: SubmissionFolder, failed: dict[str, str]) -> Iterator[None]:
        """One student's trouble is nobody else's; `_fail` says what it was. Only a gradebook that stays locked ends the run."""
        try:
            yield
        except GradebookLocked:
            raise
        except Exception as error:
            failed[student] = self._fail(student, submitted, error)
            self.progress.failed(student, failed[student])

    def _todo(self, failed: dict[str, str]) -> list[tuple[str, SubmissionFolder]]:
        """The submissions that are to be graded now."""
        return choosing.to_grade(self, failed)

    def students(self) -> list[str]:
        """Those who handed something in and whose names can be written down."""
        return [name for name in self.host.submissions() if not student_ids.why_not(name)]

    # -- one submission -----------------------------------------------------------------------------------------------

    def _prepare(self, student: str, submitted: SubmissionFolder) -> Turn:
        """Copy a submission beside the course, and say what a worker is to do with it."""
        self.log.info("Grading %s of %s", self.lesson.name, student)
        self._must_be_the_same_course()
        self._note_start(student, submitted)
        self._must_be_there(submitted)
        staged = self._stage(student, submitted)
        self.host.prepare(staged)
        submitted = staged.submitted
        files_by_name = {name: staged.source / name for name in submitted.files}
        blank = Submission(self.lesson, new_notebook(), submitted.input_digest, files=files_by_name)
        note: dict[str, Any] = {
            "sha256": submitted.input_digest,
            "handed": submitted.revision,
            "late_unknown": submitted.late_unknown,
            "file": submitted.notebook.name if submitted.notebook else "",
            "files": list(submitted.files),
        }
        all_drawn = self.course.pictures == "all"
        note |= {"drawn": True} if all_drawn else {}
        task = Task(
            student,
            job_of(blank, f"{student}/{self.lesson.name}", self.course, lesson=self.packed, pictures=all_drawn),
            staged.handed_in,
            submitted.input_digest,
            submitted.reason,
            tuple(submitted.refused),
            submitted.late_unknown,
            bool(self.facts[freshness.DUE]),
            note,
            self.steps,
            self.isolation.name,
        )
        return Turn(staged, task)

    @staticmethod
    def _must_be_there(submitted: SubmissionFolder) -> None:
        if not submitted.folder.exists():
            raise Unreadable(f"{submitted.folder}: this folder was taken away while the class was graded. Put it back.")

    def _note_start(self, student: str, submitted: SubmissionFolder) -> None:
        self.journal.add(Event.STARTED, at_once=False, **self._event(student, submitted))

    def _stage(self, student: str, submitted: SubmissionFolder) -> Staged:
        return self.staging.stage(student, submitted, self.host.time_zone())

    def _event(self, student: str, submitted: SubmissionFolder) -> dict[str, Any]:
        """What the journal says of a grade that is given in this run."""
        made_with = {"sandbox": self.isolation.name, "course": self.version, "secret": self.secret, "with": self.facts}
        return {"lesson": self.lesson.name, "student": student, "handed": submitted.revision, **made_with}

    def _must_be_the_same_course(self) -> None:
        if fingerprint_of_course(self.lesson) != self.version:
            raise CourseError(
                f"{self.lesson.name}: release, solutions or checks were changed while the class was graded."
            )

    def _grade(self, turn: Turn, ended: Ended) -> Turn | None:
        """Put all that came of a submission in its place. Where a worker is to look at it once more, return what for."""
        student, name = turn.staged.student, turn.task.job.name
        try:
            done: Done = ended.result()
        except WorkerLost as error:
            self.log.error("The grader failed on %s: %s", name, error)
            if turn.task.given_up or not error.lost or not self._lost_before(turn.staged):
                raise
            reason = f"In two runs {error.lost} while this was graded."
            return Turn(turn.staged, replace(turn.task, given_up=reason))
        self._must_be_the_same_course()
        result = done.result
        for line in done.repairs:
            self.log.warning("Repaired before grading: %s", line)
        if result.verdict == Verdict.INFRA:
            self.log.error("The grader failed on %s: %s", name, result.reason)
            raise GraderFault(result.reason)
        if done.reason:  # perhaps because it was being taken away when it was copied
            self._must_be_there(turn.staged.submitted)
        if result.waits and result.reason:
            self.log.error("For a human to look at: %s: %s", name, result.reason)
        self._record(turn.staged, done)
        self.log.info("%s: %s, %s of %s points", name, result.verdict, result.score, result.max_score)
        self.progress.graded(student, result)
        return None

    def _record(self, staged: Staged, done: Done) -> None:
        student, submitted, result = staged.student, staged.submitted, done.result
        self.journal.flush()  # that it was started is known for good before anything is changed
        own_due = self.host.record(staged, done)
        kept.keep(self.course, self.lesson.name, student, submitted.revision, result)
        files.put_in_place(staged.graded, self.host.graded_folder(student), self.staging.aside(student))
        self.host.in_place(student)
        self.staging.clear(student)
        self.done[student] = submitted.revision
        event = self._event(student, submitted) | ({"late_unknown": True} if submitted.late_unknown else {})
        event |= {"not_read": True} if submitted.not_read else {}
        event |= {"verdict": result.verdict, "score": result.score, "max_score": result.max_score, "own_due": own_due}
        self._say_if_lost(student, event)
        self.journal.add(Event.GRADED, **event)

    def _say_if_lost(self, student: str, event: dict[str, Any]) -> None:
        """Name a student who has fewer points than before for the same submission."""
        if said := freshness.points_lost(self.grades.get(student, {}), event):
            self.lost[student] = said
            self.log.warning("%s of %s: graded anew, %s", self.lesson.name, student, said)

    def _lost_before(self, staged: Staged) -> bool:
        """Whether this very submission cost workers their lives in an earlier run: then it is not the machine's bad day."""
        return self.journal.lost(self.lesson.name, staged.student, staged.submitted.revision)

    def _fail(self, student: str, submitted: SubmissionFolder, error: Exception) -> str:
        """The grader failed on a submission: what was there stays, and is marked as no longer sure. Returns why, in one line."""
        said = files.trouble(error) if isinstance(error, OSError) else str(error)
        why = " ".join(said.split())[-500:] or type(error).__name__
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
                "%s of %s: could not be marked in the gradebook either: %s",
                self.lesson.name, student, (str(second) or type(second).__name__).splitlines()[0],
            )  # fmt: skip
        self.staging.bring_back()
        self.staging.clear(student)
        return why

"""Draw, when a class is graded, the pictures that show each student's own work. What is drawn is marked, so the next run draws the rest."""

from __future__ import annotations

import contextlib
from collections import deque
from typing import TYPE_CHECKING

from autograder.errors import ClusterLost, CourseError, GraderFault, WorkerLost
from autograder.grading import shared_pictures
from autograder.grading.drawing import PARTS, DrawJob, Drawn, draw, give_way
from autograder.grading.executor import Ended
from autograder.grading.shared_pictures import SharedPictures
from autograder.sandbox.isolation import NONE
from autograder.words import counted

if TYPE_CHECKING:
    from autograder.grading.class_run import ClassRun
    from autograder.grading.drawing import Undrawn

# How the keys of the work begin that draws the course's own pictures; no student has such a name.
OWN = "\0own "


class CoursesOwn:
    """The course's own pictures in a run: begun as soon as a worker has no submission to grade, and waited for when the class is drawn.

    Parameters
    ----------
    run : ClassRun
    """

    def __init__(self, run: ClassRun) -> None:
        self._run = run
        # The parts that are not begun, None until it is known whether any are wanted; and those that came.
        self._left: list[str] | None = None
        self._came: dict[str, Ended] = {}

    def begin(self, other_work: int = 0) -> None:
        """Give workers that are free the pictures to draw, as far as they are wanted, not there, and not begun. other_work: how many workers stay free."""
        run = self._run
        if self._left is None:
            there = run.course.pictures == "none" or shared_pictures.kept(run.course, run.lesson) is not None
            self._left = [] if there else list(reversed(PARTS))  # the longer part first
        while self._left and run.workers.free > other_work:
            part = self._left.pop(0)
            try:
                run.workers.start(OWN + part, draw, shared_pictures.job_of(run.course, run.lesson, (part,)))
            except (CourseError, OSError) as error:  # the lesson cannot be read
                self._came[OWN + part] = Ended(OWN + part, error=error)

    def hear(self, ended: Ended) -> bool:
        """Say whether it is some of these pictures that came."""
        if not ended.key.startswith(OWN):
            return False
        self._came[ended.key] = ended
        return True

    def wait(self) -> SharedPictures:
        """Return the pictures, when all are drawn."""
        run = self._run
        if (found := shared_pictures.kept(run.course, run.lesson)) is not None:
            return found
        if len(self._came) < len(PARTS):
            run.log.info("%s: drawing the pictures that the course's own code makes, once", run.lesson.name)
        self.begin()
        while len(self._came) < len(PARTS):
            self.hear(run.workers.next())
            self.begin()
        return shared_pictures.keep(run.course, run.lesson, self._drawn)

    def _drawn(self) -> Drawn:
        shared, right = (self._came[OWN + part].result() for part in PARTS)
        return Drawn(shared.outputs, right.right)


def draw_gently(job: DrawJob) -> Drawn:
    """Draw in a worker that gives way to all other programs from now on."""
    give_way()
    return draw(job)


def draw_the_class(run: ClassRun) -> None:
    """Draw what is missing of the pictures of a lesson. No grade is changed; a picture that cannot be drawn is missing on its page."""
    if run.course.pictures == "none":
        return
    shared = run.courses_own.wait()
    waiting = deque(_undrawn(run, shared))
    if not waiting:
        return
    run.log.info("%s: drawing the pictures of %s", run.lesson.name, counted(len(waiting), "submission"))
    run.progress.drawing(len(waiting))
    try:
        _draw(run, shared, waiting)
    finally:
        run.progress.end()


def _draw(run: ClassRun, shared: SharedPictures, waiting: deque[str]) -> None:
    """Keep the workers at work until the pictures of all these are in their places."""
    left, under_way = len(waiting), dict[str, frozenset[str]]()
    while waiting or under_way:
        while waiting and run.workers.free:
            student = waiting.popleft()
            with _trouble_with(run, student):
                wanted = run.host.undrawn(student, shared)
                if wanted is None:  # it was graded anew or taken away meanwhile
                    left -= 1
                    continue
                run.workers.start(student, draw_gently, _job(run, wanted))
                under_way[student] = wanted.cells
                continue
            left -= 1
        if not under_way:
            continue
        ended = run.workers.next()
        cells = under_way.pop(ended.key)
        left -= 1
        with _trouble_with(run, ended.key):
            try:
                run.host.put_pictures(ended.key, ended.result().outputs, cells)
            except WorkerLost:
                run.host.put_pictures(ended.key, {}, cells)  # it would cost a worker each time
                raise
            run.log.info("%s of %s: drawn; %d left", run.lesson.name, ended.key, left)
        run.progress.drawn(ended.key)


def _undrawn(run: ClassRun, shared: SharedPictures) -> list[str]:
    """The students whose pictures are missing: those of this run."""
    found = []
    for student in run.students():
        with _trouble_with(run, student):
            if student not in run.host.excluded() and run.host.undrawn(student, shared) is not None:
                found.append(student)
    return found


def _job(run: ClassRun, wanted: Undrawn) -> DrawJob:
    course = run.course
    return DrawJob(
        run.packed, wanted.notebook, wanted.cells, wanted.files, course.limits, course.packages, run.isolation != NONE
    )


@contextlib.contextmanager
def _trouble_with(run: ClassRun, student: str):
    """A picture that is missing is no trouble for anybody else, nor for a grade."""
    try:
        yield
    except ClusterLost:
        raise
    except Exception as error:
        known = isinstance(error, (GraderFault, CourseError, WorkerLost, OSError))
        why = " ".join(str(error).split())[-500:] or type(error).__name__
        run.log.warning(
            "%s of %s: the pictures were not drawn: %s",
            run.lesson.name,
            student,
            why,
            exc_info=None if known else error,
        )

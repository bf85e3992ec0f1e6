"""`autograder grade`: grade what is new of a class, several submissions at once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from autograder.cli.grade_progress import Shown, as_json
from autograder.cli.options import GRADERS_FAULT, INTERRUPTED, NoSandbox, chosen_lessons, complain, in_folder
from autograder.cli.watch import (
    AttemptsADay,
    Collect,
    Feedback,
    Interval,
    Release,
    Watcher,
    Watching,
    Ways,
    over_the_limit,
)
from autograder.course.catalog import Lesson
from autograder.errors import Busy, ClusterLost, CourseError, GradebookLocked, NotAllGraded
from autograder.grading.journal import Journal
from autograder.grading.watching import Attempts, day_now
from autograder.quiet import without_noise
from autograder.student_ids import why_not

if TYPE_CHECKING:
    from autograder.hosts.nbgrader.command import Grading


def grade(
    names: Annotated[list[str] | None, typer.Argument(metavar="[LESSON]...", help="The lessons to grade.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All lessons in which something was handed in.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="How many submissions are graded at once; by default as many as there are cores."),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Grade on the cluster of this Dask scheduler, such as tcp://10.0.0.1:8786."
        ),
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this student; can be given more than once.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also what is graded and unchanged.")] = False,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write one JSON object about all submissions to a file."),
    ] = None,
    watching: Watching = False,
    interval: Interval = 5.0,
    attempts: AttemptsADay = None,
    collect: Collect = False,
    feedback: Feedback = False,
    release: Release = False,
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
    no_sandbox: NoSandbox = False,
) -> None:
    """Grade what is new of a class: exit 0 if every submission has a verdict, 3 if the grader failed on one, 130 if it was stopped."""
    chosen = chosen_lessons(names or [], every or (watching and not names))
    if jobs is not None and scheduler is not None:
        raise typer.BadParameter("Name --jobs or --scheduler: how much a cluster does at once, its workers say.")
    if watching and force:
        raise typer.BadParameter("--watch grades what is new, --force all of it: name one of the two.")
    if not watching and (collect or feedback or release):
        raise typer.BadParameter(
            "--collect, --feedback and --release go with --watch; nbgrader has commands of these names."
        )
    wanted = Wanted(
        frozenset(student or ()), every, jobs, scheduler, force,
        json_file.absolute() if json_file is not None else None, 0 if force or student else attempts or 0,
    )  # fmt: skip
    ways = Ways(interval, collect, feedback, release) if watching else None
    with in_folder(course_dir), without_noise():
        raise typer.Exit(_grade(chosen, wanted, ways))


@dataclass(frozen=True)
class Wanted:
    """What a command line asks for. `students`: empty for all. `attempts`: a student and day, 0 for as many as come."""

    students: frozenset[str]
    every: bool
    jobs: int | None
    scheduler: str | None
    force: bool
    file: Path | None
    attempts: int


def _grade(chosen: list[Lesson], wanted: Wanted, ways: Ways | None) -> int:
    from autograder.hosts.nbgrader.command import Grading

    began = time.monotonic()
    shown = Shown(Console(highlight=False))
    grading = Grading(shown.log)
    problems: list[str] = []
    if ways is not None:
        options = {"jobs": wanted.jobs, "scheduler": wanted.scheduler}
        status = Watcher(grading, shown, ways, wanted.attempts, wanted.students, options).run(chosen)
    else:
        status = _once(grading, shown, chosen, wanted, problems)
    seconds = time.monotonic() - began
    shown.summary(grading.settings, seconds)
    if wanted.file is not None:
        as_json(wanted.file, shown, grading.settings, [lesson.name for lesson in chosen], problems, seconds)
    return status


def _once(grading: Grading, shown: Shown, chosen: list[Lesson], wanted: Wanted, problems: list[str]) -> int:
    """Grade what is new of these lessons, once; returns the exit status. problems: gets what there is to say."""
    students, status = wanted.students, 0
    submitted = {lesson.name: grading.submitted(lesson) for lesson in chosen}
    if nobody := sorted(students - set().union(*submitted.values())):
        raise typer.BadParameter(f"{nobody[0]}: nothing was handed in by this student.")
    if wanted.every or students:
        chosen = [lesson for lesson in chosen if submitted[lesson.name] & (students or submitted[lesson.name])]
    try:
        for lesson in chosen:
            if not submitted[lesson.name]:
                raise CourseError(f"{lesson.name}: nothing was handed in.")
            try:
                if (only := students or _within_the_limit(grading, lesson, wanted.attempts)) is not None:
                    grading.grade(
                        lesson,
                        only,
                        shown,
                        jobs=wanted.jobs,
                        scheduler=wanted.scheduler,
                        force=wanted.force,
                        once=wanted.attempts > 0,
                    )
            except NotAllGraded as error:
                status = GRADERS_FAULT
                problems.append(f"{lesson.name}: {error}")
            except (Busy, ClusterLost, GradebookLocked):
                raise
            except CourseError as error:
                status = GRADERS_FAULT
                problems.append(str(error))
                complain(str(error))
    except CourseError as error:
        status = GRADERS_FAULT
        problems.append(str(error))
        complain(str(error))
    except KeyboardInterrupt:
        status = INTERRUPTED
        problems.append(grading.converter.stopped() if grading.converter else "Stopped.")
        complain(problems[-1])
    return status


def _within_the_limit(grading: Grading, lesson: Lesson, attempts: int) -> frozenset[str] | None:
    """Whose submissions are graded, empty for all; None if none is."""
    if not attempts:
        return frozenset()
    folders = {student: folder for student, folder in grading.folders(lesson).items() if not why_not(student)}
    over = Attempts(Journal(grading.settings.directory), lesson, attempts).over(folders, day_now())
    for student in over:
        complain(over_the_limit(lesson, student, attempts))
    return (frozenset(folders) - frozenset(over) or None) if over else frozenset()

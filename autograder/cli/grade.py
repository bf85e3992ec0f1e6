"""`autograder grade`: grade what is new of a class, several submissions at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder.cli.grade_progress import Shown, as_json
from autograder.cli.options import GRADERS_FAULT, INTERRUPTED, NoSandbox, chosen_lessons, complain, in_folder
from autograder.cli.quiet import without_noise
from autograder.course.catalog import Lesson
from autograder.errors import Busy, ClusterLost, CourseError, GradebookLocked, NotAllGraded


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
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
    no_sandbox: NoSandbox = False,
) -> None:
    """Grade what is new of a class: exit 0 if every submission has a verdict, 3 if the grader failed on one, 130 if it was stopped."""
    chosen = chosen_lessons(names or [], every)
    if jobs is not None and scheduler is not None:
        raise typer.BadParameter("Name --jobs or --scheduler: how much a cluster does at once, its workers say.")
    file = json_file.absolute() if json_file is not None else None
    with in_folder(course_dir), without_noise():
        raise typer.Exit(_grade(chosen, frozenset(student or ()), every, jobs, scheduler, force, file))


def _grade(
    chosen: list[Lesson],
    students: frozenset[str],
    every: bool,
    jobs: int | None,
    scheduler: str | None,
    force: bool,
    file: Path | None,
) -> int:
    from autograder.hosts.nbgrader.command import Grading

    began = time.monotonic()
    shown = Shown(Console(highlight=False))
    grading = Grading(shown.log)
    submitted = {lesson.name: grading.submitted(lesson) for lesson in chosen}
    if nobody := sorted(students - set().union(*submitted.values())):
        raise typer.BadParameter(f"{nobody[0]}: nothing was handed in by this student.")
    if every or students:
        chosen = [lesson for lesson in chosen if submitted[lesson.name] & (students or submitted[lesson.name])]
    problems: list[str] = []
    status = 0
    try:
        for lesson in chosen:
            if not submitted[lesson.name]:
                raise CourseError(f"{lesson.name}: nothing was handed in.")
            try:
                grading.grade(lesson, students, shown, jobs=jobs, scheduler=scheduler, force=force)
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
    shown.summary(grading.settings, time.monotonic() - began)
    if file is not None:
        as_json(file, shown, grading.settings, [lesson.name for lesson in chosen], problems, time.monotonic() - began)
    return status

"""`autograder report`: a page about the class, and the same as data."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from autograder import files
from autograder.cli.grade import chosen_lessons, in_folder
from autograder.cli.options import complain
from autograder.cli.quiet import without_noise
from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.time_zones import said
from autograder.words import counted

if TYPE_CHECKING:
    from autograder.hosts.nbgrader.class_results import ClassResults


def report(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[LESSON]...", help="The lessons to report on; by default all.")
    ] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Call students by numbers.")] = False,
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where the page goes.")] = Path("class-report.html"),
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the same as one JSON object.")
    ] = None,
    csv_folder: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FOLDER", help="Write students.csv, exercises.csv and checks.csv there."),
    ] = None,
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
) -> None:
    """Write a page about the class: scores, each student's exercises, how each exercise and check does, and who needs help first."""
    chosen = chosen_lessons(names or [], not names)
    page_at, json_at, csv_at = (
        output.absolute(),
        json_file and json_file.absolute(),
        csv_folder and csv_folder.absolute(),
    )
    with in_folder(course_dir), without_noise():
        from autograder.reports import class_data, class_page

        found = _results(chosen, anonymous)
        titles = {lesson.name: lesson.title() for lesson in chosen}
        lessons = [class_page.class_of(name, titles[name], entries, _photo) for name, entries in found.lessons.items()]
        called = {entry.student: found.names[entry.student] for lesson in lessons for entry in lesson.entries}
        submissions = counted(sum(len(lesson.entries) for lesson in lessons), "graded submission")
        title = "The class in " + (lessons[0].title if len(lessons) == 1 else counted(len(lessons), "lesson"))
        made = f"Made {said(datetime.now(UTC))} of {submissions}."
        page = class_page.page(lessons, title=title, made=made, names=called, problems=found.problems)
        files.write(page_at, page, folders=True)
        if json_at:
            data = class_data.as_json(lessons, called, found.problems)
            files.write(json_at, json.dumps(data, ensure_ascii=False, indent=1) + "\n", folders=True)
        if csv_at:
            for name, text in class_data.as_csv(lessons, called).items():
                files.write(csv_at / name, text, folders=True)
        for problem in found.problems:
            complain(f"Left out: {problem}")
    Console(soft_wrap=True).print(
        f"{output}: {counted(len(called), 'student')}, {counted(len(lessons), 'lesson')}.", highlight=False
    )


def _results(chosen: Sequence[Lesson], anonymous: bool) -> ClassResults:
    """What is recorded of these lessons, with numbers in the place of names if wanted. CourseError if there is nothing."""
    from autograder.hosts.nbgrader.class_results import class_results
    from autograder.hosts.nbgrader.command import Grading
    from autograder.reports.anonymous import hiding, numbers_of, without_name

    course = Grading(logging.NullHandler())
    found = class_results(course.coursedir, course.settings, chosen)
    if not found.lessons:
        why = found.problems[0] if found.problems else "nothing was handed in"
        raise CourseError(f"{Path.cwd()}: there is nothing to report on: {why}.")
    students = {entry.student for entries in found.lessons.values() for entry in entries}
    for student in students:
        found.names.setdefault(student, student)
    if anonymous:
        numbers = numbers_of(students, course.settings.secret())
        others = dict.fromkeys({*found.names, *found.left_out} - students, "a student")
        hide = hiding(numbers | others, found.names)
        for name, entries in found.lessons.items():
            found.lessons[name] = [without_name(entry, numbers, hide) for entry in entries]
        # These name students for certain, also one whose id is "7".
        found.problems = [hiding(numbers | others, found.names, shortest=1)(problem) for problem in found.problems]
        found.names = {number: number for number in numbers.values()}
    return found


def _photo(name: str) -> tuple[str, str]:
    """A photo that networks are trained on, in grey and in colour, as PNG files in base64."""
    import numpy as np

    from autograder.networks.painting import painted, png_of
    from autograder.networks.spec import ALPHA
    from autograder.networks.threshold import pair, photo

    if name not in ALPHA.photos:  # of an earlier version of the course
        return "", ""
    L = pair(photo(name))[0][0, :, :, 0]
    return png_of(painted(L, np.zeros((*L.shape, 2)))), png_of(photo(name))

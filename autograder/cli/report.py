"""`autograder report`: a page about the class, and the same as data."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder import files
from autograder.cli.grade import chosen_lessons, in_folder
from autograder.cli.options import complain
from autograder.cli.quiet import without_noise
from autograder.errors import CourseError
from autograder.time_zones import said
from autograder.words import counted


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
    _page_at, json_at, csv_at = (place and place.absolute() for place in (output, json_file, csv_folder))
    with in_folder(course_dir), without_noise():
        from autograder.hosts.nbgrader.class_results import class_results
        from autograder.hosts.nbgrader.command import Grading
        from autograder.reports import class_data, class_page

        course = Grading(logging.NullHandler())
        found = class_results(course.coursedir, course.settings, chosen)
        if not found.lessons:
            why = found.problems[0] if found.problems else "nothing was handed in"
            raise CourseError(f"{Path.cwd()}: there is nothing to report on: {why}.")
        titles = {lesson.name: lesson.title() for lesson in chosen}
        lessons = [class_page.class_of(name, titles[name], entries) for name, entries in found.lessons.items()]
        students = sorted({entry.student for lesson in lessons for entry in lesson.entries})
        called = (
            class_page.anonymous(students) if anonymous else {name: found.names.get(name, name) for name in students}
        )
        made = f"Made {said(datetime.now(UTC))} of {counted(sum(len(one.entries) for one in lessons), 'graded submission')}."
        title = "The class in " + (lessons[0].title if len(lessons) == 1 else counted(len(lessons), "lesson"))
        files.write(output.absolute(), class_page.page(lessons, title=title, made=made, names=called), folders=True)
        if json_at:
            data = class_data.as_json(lessons, called, [] if anonymous else found.problems)
            files.write(json_at, json.dumps(data, ensure_ascii=False, indent=1) + "\n", folders=True)
        if csv_at:
            for name, text in class_data.as_csv(lessons, called).items():
                files.write(csv_at / name, text, folders=True)
        for problem in found.problems:
            complain(f"Left out: {problem}")
    Console(soft_wrap=True).print(
        f"{output}: {counted(len(students), 'student')}, {counted(len(lessons), 'lesson')}.", highlight=False
    )

"""`autograder report`: a page about the class, and the same as data."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from autograder import files
from autograder.cli.grade import chosen_lessons, in_folder
from autograder.cli.options import complain
from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.quiet import without_noise
from autograder.time_zones import said
from autograder.words import counted

if TYPE_CHECKING:
    from autograder.hosts.nbgrader.class_results import ClassResults
    from autograder.reports.wall import Network, Photo


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
    if json_at == page_at:
        raise typer.BadParameter(f"{output}: the page and the JSON need a file each; name another with --json.")
    with in_folder(course_dir), without_noise():
        from autograder.reports import class_data, class_page
        from autograder.reports.statistics import alike, line_of

        found = _results(chosen, anonymous)
        known = {lesson.name: lesson for lesson in chosen}
        lessons = [
            class_page.class_of(name, known[name].title(), entries, _network_of(name), known[name].bonus)
            for name, entries in found.lessons.items()
        ]
        called = found.names
        students = {entry.student for lesson in lessons for entry in lesson.entries}
        title = f"The class in {class_page.lessons_said(lessons)}"
        submissions = counted(sum(len(lesson.entries) for lesson in lessons), "graded submission")
        made = f"Made {said(datetime.now(UTC))} of {submissions}."
        page = class_page.page(lessons, title=title, made=made, names=called, waiting=found.waiting)
        contents: dict[Path, str | bytes] = {page_at: page}
        if json_at:
            data = class_data.as_json(lessons, called, found.waiting)
            contents[json_at] = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
        if csv_at:
            contents |= {csv_at / name: text for name, text in class_data.as_csv(lessons, called).items()}
        _write(contents)
        for of, one in alike([one for one in found.waiting if one.left_out]):
            complain(f"Left out: {line_of(of, one)}")
    Console(soft_wrap=True).print(
        f"{output}: {counted(len(students), 'student')}, {class_page.counted_lessons(lessons)}.", highlight=False
    )


def _results(chosen: Sequence[Lesson], anonymous: bool) -> ClassResults:
    """What is recorded of these lessons, with numbers in the place of names if wanted. CourseError if there is nothing."""
    from autograder.hosts.nbgrader.class_results import class_results
    from autograder.hosts.nbgrader.command import Grading

    course = Grading(logging.NullHandler())
    found = class_results(course.coursedir, course.settings, chosen)
    if not found.lessons:
        why = "nothing was handed in."
        if found.waiting:
            why = f"{counted(len(found.waiting), 'submission')} without a grade. The first: {found.waiting[0].line}"
        raise CourseError(f"{Path.cwd()}: there is nothing to report on: {why}")
    students = {entry.student for entries in found.lessons.values() for entry in entries}
    for student in {*students, *(one.student for one in found.waiting)}:
        found.names.setdefault(student, student)
    if anonymous:
        _hide_names(found, students, chosen, course.settings.secret())
    return found


def _hide_names(found: ClassResults, students: set[str], chosen: Sequence[Lesson], secret: bytes) -> None:
    """Put numbers in the place of all names, ids and addresses in what was found."""
    from autograder.reports.anonymous import numbers_of, waiting_without_name, without_name
    from autograder.reports.name_search import finder

    numbers = numbers_of(students, secret)
    called = dict.fromkeys(found.names, "a student") | numbers
    hide = finder(called, found.known_as, _words_of(chosen))
    for name, entries in found.lessons.items():
        found.lessons[name] = [without_name(entry, numbers, hide) for entry in entries]
    found.waiting = [waiting_without_name(one, called, hide) for one in found.waiting]
    found.names = {number: number for number in {*numbers.values(), "a student"}}


def _write(contents: dict[Path, str | bytes]) -> None:
    """Write all these files or none."""
    try:
        files.write_all(contents, folders=True)
    except OSError as error:
        raise CourseError(f"{files.trouble(error)} Nothing was written; name another place.") from None


def _words_of(chosen: Sequence[Lesson]) -> frozenset[str]:
    """The words that the lessons and their checks use: a message that has one of them need not mean a student of that name."""
    texts = [cell.source for lesson in chosen for cell in lesson.read_release().cells]
    texts += [lesson.checks.read_text("utf-8") for lesson in chosen if lesson.checks.is_file()]
    return frozenset(word for text in texts for word in re.findall(r"[^\W\d_]+", text))


def _network_of(lesson: str) -> Network | None:
    """What the report has to know of the network of a lesson; None of a lesson without one that paints."""
    from autograder.networks.spec import SPECS, PhotoSpec, WorldSpec
    from autograder.reports.wall import Network, Photo

    for spec in SPECS.values():
        if spec.lesson == lesson and isinstance(spec, PhotoSpec):
            return Network(spec.builder, spec.compiler, _photo)
        if spec.lesson == lesson and isinstance(spec, WorldSpec) and not spec.says_class:
            return Network(spec.builder, spec.trained_in, lambda _: Photo("Pictures that no network saw"), drawn=True)
    return None


def _photo(name: str) -> Photo:
    """A photo that networks are trained on."""
    import numpy as np

    from autograder.networks.painting import painted, png_of
    from autograder.networks.spec import ALPHA
    from autograder.networks.threshold import pair, photo, title_of
    from autograder.reports.wall import Photo

    if name not in ALPHA.photos:  # of an earlier version of the course
        return Photo(name)
    L = pair(photo(name))[0][0, :, :, 0]
    return Photo(title_of(name), png_of(painted(L, np.zeros((*L.shape, 2)))), png_of(photo(name)))

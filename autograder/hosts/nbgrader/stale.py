"""Says which grades and pages no longer agree with what they were made from: release, checks, points, due date, penalty, limits, grader."""

from __future__ import annotations

import contextlib
import hashlib
import inspect
import json
import logging
import os
import re
import sqlite3
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from autograder import settings, student_ids
from autograder.course.catalog import Lesson, lessons
from autograder.errors import CourseError
from autograder.grading import proof, shared_pictures
from autograder.grading.freshness import (
    CHECKS,
    DUE,
    GRADER,
    LIMITS,
    PENALTY,
    POINTS,
    REGRADED,
    RELEASE,
    SANDBOX,
    SOLUTION,
    STANDING,
    changed,
    digest_of,
    named,
)
from autograder.grading.journal import Event, Journal
from autograder.grading.pending import Undecided
from autograder.hosts.nbgrader import globbing, released
from autograder.submission.folder import inspect_folder
from autograder.words import counted

PAGE_OF = "autograder-page-of:"  # in a comment at the end of a feedback page, before the digest of what it shows


# -- what a grade is made from ----------------------------------------------------------------------------------------


def facts_now(coursedir: CourseDirectory, lesson: Lesson, config: Config, sandbox: str = "") -> dict[str, str]:
    """What decides a grade of a lesson at this moment, by its name; kept in the journal with each grade.

    config: nbgrader's, for the late penalty. sandbox: the name of the isolation in use, "" to leave it out.
    """
    found = {
        RELEASE: digest_of(lesson.release),
        SOLUTION: digest_of(lesson.solution),
        CHECKS: digest_of(lesson.checks),
        LIMITS: _short(json.dumps([asdict(settings.limits()), list(settings.packages())], sort_keys=True, default=str)),
        GRADER: proof.versions(lesson),
        PENALTY: _penalty(config),
    }
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        cells = released.known_cells(gradebook, lesson) or {}
        found[POINTS] = _short(json.dumps({n: p for n, (p, _) in sorted(cells.items()) if p is not None}))
        found[DUE] = _due(gradebook, lesson.name)
    return found | ({SANDBOX: sandbox} if sandbox else {})


def _due(gradebook: Gradebook, assignment: str) -> str:
    try:
        due = gradebook.find_assignment(assignment).duedate
    except MissingEntry:
        return ""
    return due.isoformat() if due else ""


def _penalty(config: Config) -> str:
    """Tells one way to reckon a late penalty from another: the plug-in, its code, and its settings."""
    plugin = AssignLatePenalties(config=config).plugin_class
    try:
        code = Path(inspect.getsourcefile(plugin) or "").read_text("utf-8")
    except (OSError, TypeError, ValueError):  # a class of the configuration itself
        made = getattr(plugin.late_submission_penalty, "__code__", None)
        code = (
            f"{made.co_code.hex()} {made.co_names} {[c for c in made.co_consts if isinstance(c, str | int | float)]}"
            if made
            else ""
        )
    settings = {name: str(config.get(name)) for name in (cls.__name__ for cls in plugin.__mro__) if name in config}
    return f"{plugin.__name__} {_short(f'{code} {settings}')}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


# -- what a page is made from -----------------------------------------------------------------------------------------


def page_digest(coursedir: CourseDirectory, assignment: str, student: str, notebook: str) -> str:
    """A hash of all that a feedback page shows: the graded notebook, and what the gradebook says of it and of the student."""
    graded = Path(coursedir.format_path(coursedir.autograded_directory, student, assignment), f"{notebook}.ipynb")
    told: list[Any] = []
    with contextlib.suppress(CourseError):  # one that cannot be read: drawing it will say so
        told.append(digest_of(graded))
    told.append(_shared_pictures(coursedir, assignment))
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            whole = gradebook.find_submission(assignment, student)
            saved = gradebook.find_submission_notebook(notebook, assignment, student)
        except MissingEntry:
            return _short(json.dumps(told))
        told += [str(whole.timestamp), str(whole.duedate), whole.student.first_name, whole.student.last_name]
        told.append(saved.late_submission_penalty)
        told += [zone] if (zone := settings.time_zone()) != settings.UTC_NAME else []
        for g in sorted(saved.grades, key=lambda grade: grade.name):
            told.append([g.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade, g.max_score])
        for comment in sorted(saved.comments, key=lambda comment: comment.name):
            told.append([comment.name, comment.auto_comment, comment.manual_comment])
    return _short(json.dumps(told, default=str))


def _shared_pictures(coursedir: CourseDirectory, assignment: str) -> str:
    """Tells the pictures that all pages of a lesson have in common from others."""
    lesson = next((known for known in lessons() if known.name == assignment), None)
    if lesson is None:
        return ""
    shared = shared_pictures.kept(settings.Settings.of_class(Path(coursedir.root)), lesson)
    return shared.digest if shared is not None else ""


def note_for_page(digest: str) -> str:
    """What is written at the end of a page, to say what it was made from."""
    return f"\n<!-- {PAGE_OF} {digest} -->\n"


def noted_on_page(page: Path) -> str:
    """What a page was made from, "" where it does not say so or is not there."""
    try:
        with open(page, "rb") as file:
            file.seek(max(0, page.stat().st_size - 200))
            found = re.search(rf"<!-- {PAGE_OF} (\w+) -->\s*\Z", file.read().decode("utf-8", "replace"))
    except OSError:
        return ""
    return found[1] if found else ""


# -- a course directory -----------------------------------------------------------------------------------------------


def examine(folder: Path) -> list[str] | None:
    """Name what in a course folder no longer agrees with its gradebook.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of str or None
        A line each; None where the folder is no course folder.
    """
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    try:
        here = course_here(folder)
        return None if here is None else findings(*here)
    except CourseError as error:
        return [str(error)]


def course_here(folder: Path) -> tuple[CourseDirectory, Config] | None:
    """The nbgrader course directory that a folder is, by its own configuration; None if it is none."""
    from traitlets.config import PyFileConfigLoader

    if not (folder / "nbgrader_config.py").is_file():
        return None
    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    except (Exception, SystemExit) as error:  # a configuration is a program: it may raise anything
        raise CourseError(f"{folder / 'nbgrader_config.py'}: cannot be read ({error}).") from error
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(folder.resolve())
    return CourseDirectory(config=config), config


def findings(coursedir: CourseDirectory, config: Config, *, pages: bool = True, only: str = "") -> list[str]:
    """What in a course directory no longer agrees with its gradebook: one line each, with the command that helps. Changes nothing.

    pages: whether feedback pages are looked at, too. only: the name of one lesson.
    """
    book = coursedir.db_url.removeprefix("sqlite:///")
    journal = Journal(Path(coursedir.root))
    if coursedir.db_url.startswith("sqlite:///") and not os.path.exists(book):
        gone = {lesson.name: len(journal.grades(lesson.name)) for lesson in lessons() if only in ("", lesson.name)}
        return [_without_gradebook(name, number) for name, number in gone.items() if number]
    found = []
    try:
        for lesson in lessons():
            with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
                known = released.known_cells(gradebook, lesson)
            if known is None and only in ("", lesson.name) and (number := len(journal.grades(lesson.name))):
                found.append(_without_gradebook(lesson.name, number))
            if known is not None and only in ("", lesson.name):
                found += _stale_release(coursedir, lesson, known)
                found += _stale_grades(coursedir, lesson, journal, config)
                found += _stale_pages(coursedir, lesson) if pages else []
    except CourseError as error:
        found.append(str(error))
    except (SQLAlchemyError, sqlite3.Error) as error:
        why = " ".join(str(error).split("\n")[0].split())[:200]
        found.append(
            f"{book}: this gradebook cannot be read ({why}). If an older nbgrader made it: `nbgrader db upgrade`."
        )
    return found


def _without_gradebook(lesson: str, number: int) -> str:
    return (
        f"{lesson}: the journal knows {counted(number, 'grade')} that this gradebook does not have. Put your backup of the gradebook"
        f" back, or run `nbgrader autograde {lesson}` to give them anew."
    )


def _stale_release(coursedir: CourseDirectory, lesson: Lesson, known: released.Cells) -> list[str]:
    try:
        wanted = released.cells_of(released.read(released.release_of(coursedir, lesson)))
    except CourseError as error:
        return [str(error)]
    if wanted == known:
        return []
    points = [n for n, (p, _) in wanted.items() if n in known and known[n][0] != p]
    what = f"the points of {named(points)}" if points else "the text of its cells"
    return [f"{lesson.name}: the gradebook and the release differ in {what}. Run `nbgrader autograde {lesson.name}`."]


def _by_command(whats: list[str]) -> list[tuple[tuple[str, ...], bool]]:
    """What changed, by the command that it asks for: nbgrader's as it is, or with --force (True), which the first makes needless where it grades anew."""
    plain = tuple(what for what in whats if what not in STANDING)
    forced = () if set(plain) & set(REGRADED) else tuple(what for what in whats if what in STANDING)
    return [(part, stands) for part, stands in ((plain, False), (forced, True)) if part]


def _stale_grades(coursedir: CourseDirectory, lesson: Lesson, journal: Journal, config: Config) -> list[str]:
    now = facts_now(coursedir, lesson, config)
    concerned: dict[tuple[tuple[str, ...], bool], list[str]] = defaultdict(list)
    waiting = Undecided.of(settings.Settings.load(Path(coursedir.root)), lesson.name)
    found = [waiting.said(sorted(waiting.revisions), now)] if waiting.revisions else []
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        here = {student.id for student in gradebook.students}
    for student, event in journal.grades(lesson.name).items():
        if student not in here:  # taken out of the gradebook
            continue
        for whats, stands in _by_command(changed(event, now, lesson) if student not in waiting.revisions else []):
            concerned[whats, stands].append(student)
    for (whats, stands), students in concerned.items():
        force = " --force" if stands else ""
        what = " and ".join([", ".join(whats[:-1]), whats[-1]] if whats[1:] else whats)
        found.append(
            f"{lesson.name}: {what} changed since the grade of {named(students)}. Run `nbgrader autograde {lesson.name}{force}`."
        )
    last = journal.last(lesson.name)
    failed = [
        student
        for student, event in last.items()
        if event["event"] in (Event.STARTED, Event.FAILED)
        and not waiting.has(student, str(event.get("handed", "")), graded=False)
    ]
    if failed:
        found.append(f"{lesson.name}: no new grade for {named(failed)}. Run `nbgrader autograde {lesson.name}`.")
    newer = []
    place, step = coursedir.format_path, coursedir.submitted_directory
    pattern = re.compile(place(step, "(?P<student>[^/]*)", lesson.name, escape=True), re.DOTALL)
    for folder in sorted(globbing.glob(place(step, "*", lesson.name))):
        match = pattern.fullmatch(folder)
        if match and not student_ids.why_not(match["student"]) and os.path.isdir(folder):
            latest = last.get(match["student"])
            if latest is None or latest.get("handed") != inspect_folder(Path(folder), lesson).revision:
                newer.append(match["student"])
    if newer:
        found.append(
            f"{lesson.name}: handed in and not graded yet: {named(newer)}. Run `nbgrader autograde {lesson.name}`."
        )
    return found


def _stale_pages(coursedir: CourseDirectory, lesson: Lesson) -> list[str]:
    old = []
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        students = [found.student.id for found in gradebook.find_assignment(lesson.name).submissions]
    for student in students:
        page = Path(coursedir.format_path(coursedir.feedback_directory, student, lesson.name), f"{lesson.name}.html")
        if page.exists() and noted_on_page(page) != page_digest(coursedir, lesson.name, student, lesson.name):
            old.append(student)
    if not old:
        return []
    return [
        f"{lesson.name}: the feedback page of {named(old)} is older than the grade. Run `nbgrader generate_feedback {lesson.name}`."
    ]

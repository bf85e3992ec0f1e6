"""nbgrader's autograde step, made safe: one lock, one transaction a hand-in, and nothing that is there goes before something new is.

`nbgrader autograde` and the formgrader's button both run this class: importing the plug-in puts it in
the place of nbgrader's own. Assignments that are no lessons of the course go nbgrader's own way.
"""

from __future__ import annotations

import contextlib
import glob
import itertools
import json
import os
import re
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import parse_utc
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SAWarning

from autograder import build, handin, integrity, judge, records, sandbox, score
from autograder.course import CHECK_SUFFIX, CourseError, Lesson, lessons
from autograder.handin import HandIn
from autograder.intake import Unreadable
from autograder.secret import read_secret
from autograder.student import live
from autograder.workers import Workers

# nbgrader's own gradebook code makes SQLAlchemy warn on every hand-in; there is nothing that a teacher could do about it.
warnings.filterwarnings("ignore", category=SAWarning, message=".*not in session, add operation.*")

NOTE = "autograder"  # the key in notebook metadata and in nbconvert's resources
STAGING = f"{records.FOLDER}/staging"
ROUNDS = 3  # how often to look again for what was handed in meanwhile
PATIENCE = 60  # seconds that a locked gradebook is waited for


def lesson_called(assignment: str) -> Lesson | None:
    """The lesson of this name, or None: an instructor's own assignments stay nbgrader's business."""
    return next((known for known in lessons() if known.name == assignment), None)


@contextlib.contextmanager
def one_transaction(db_url: str, course_id: str) -> Iterator[Gradebook]:
    """A gradebook whose many small commits become one, at the end; after an exception nothing is changed."""
    gradebook = Gradebook(db_url, course_id)
    try:
        commit = gradebook.db.commit
        gradebook.db.commit = gradebook.db.flush
        yield gradebook
        commit()
    except BaseException:
        gradebook.db.rollback()
        raise
    finally:
        gradebook.close()


@contextlib.contextmanager
def changed(thing: Any, **attributes: Any) -> Iterator[None]:
    """An object with other attributes for a while, whatever happens meanwhile."""
    before = {name: getattr(thing, name) for name in attributes}
    try:
        for name, value in attributes.items():
            setattr(thing, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(thing, name, value)


class CourseAutograde(Autograde):
    """Grades the hand-ins of one lesson. Which ones, their hash decides: new, changed, or begun and not ended."""

    lesson: Lesson | None = None
    handed: HandIn | None = None  # the hand-in that is being graded
    workers: Workers | None = None

    def start(self) -> None:
        self.lesson = lesson_called(self.coursedir.assignment_id)
        super().start()

    def init_notebooks(self) -> None:
        """A folder in submitted/ is a hand-in, also one without a notebook."""
        if self.lesson is None:
            super().init_notebooks()
            return
        pattern = self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
        self.assignments = {folder: [] for folder in sorted(glob.glob(pattern)) if os.path.isdir(folder)}
        if not self.assignments:
            super().init_notebooks()  # says what was looked for

    def convert_notebooks(self) -> None:
        if self.lesson is None:
            super().convert_notebooks()
            return
        course = Path(self.coursedir.root)
        self.journal = records.Journal(course)
        try:
            with (
                records.lock(course, f"nbgrader autograde {self.lesson.name}"),
                changed(self.coursedir, db_url=_patient(self.coursedir.db_url)),
                Workers() as self.workers,
            ):
                self._must_be_able_to_grade()
                failed = self._grade_all()
                self._compare_the_class()
                self._must_have_a_verdict(failed)
        except CourseError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from error

    # -- before anything runs -----------------------------------------------------------------------------------------

    def _must_be_able_to_grade(self) -> None:
        """CourseError if the sandbox, the secret, the course or the gradebook is not as it must be."""
        self.walls = sandbox.means()
        self.secret = records.fingerprint_of_secret(read_secret())
        records.must_be_the_same_secret(self.journal, self.secret)
        self.course = records.fingerprint_of_course(self.lesson)
        must_be_sound(self.coursedir.db_url)
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                gradebook.find_notebook(self.lesson.name, self.lesson.name)
            except MissingEntry:
                self._enter_into_the_gradebook(gradebook)
        if not any(e["event"] == records.PROVEN and e.get("course") == self.course for e in self.journal.events()):
            wrong = self.workers.do(failing_checks, self.lesson)
            if wrong:
                raise CourseError(
                    f"{self.lesson.name}: the course's own solution does not pass its hidden checks ({'; '.join(wrong)}),"
                    " so no grade would mean anything. Run `make test`."
                )
            self.journal.add(records.PROVEN, lesson=self.lesson.name, course=self.course)
        self._clear_what_a_killed_run_left()

    def _enter_into_the_gradebook(self, gradebook: Gradebook) -> None:
        """What `generate_assignment` does for the gradebook, for a course whose releases were there before it."""
        gradebook.update_or_create_assignment(self.lesson.name)
        facts = {"notebook": self.lesson.name, "assignment": self.lesson.name, "db_url": self.coursedir.db_url}
        SaveCells(parent=self.exporter).preprocess(self.lesson.read_release(), {"nbgrader": facts})

    def _clear_what_a_killed_run_left(self) -> None:
        staging = Path(self.coursedir.root) / STAGING
        for kept in (staging / "old").glob("*"):  # taken away, and killed before the new one was in its place
            place = self._graded_folder(kept.name)
            if not place.exists():
                os.rename(kept, place)
        shutil.rmtree(staging, ignore_errors=True)

    # -- the class ----------------------------------------------------------------------------------------------------

    def _grade_all(self) -> dict[str, str]:
        """Grade what is new; returns on whom the grader failed, and why."""
        done: dict[str, str] = {}  # student → hash of what was graded in this run
        failed: dict[str, str] = {}
        for _ in range(ROUNDS):
            todo = self._todo(done, failed)
            odd = [name for name in self._folders() if not name.isprintable()]
            failed |= {ascii(name): "this folder's name cannot be written down; give it another" for name in odd}
            for student, handed in todo:
                self.log.info("Grading %s of %s", self.lesson.name, student)
                try:
                    self._grade(student, handed)
                    done[student] = handed.sha256
                    failed.pop(student, None)
                except Exception as error:
                    failed[student] = self._fail(student, handed, error)
            if not todo:
                break
        return failed

    def _todo(self, done: dict[str, str], failed: dict[str, str]) -> list[tuple[str, HandIn]]:
        """The hand-ins that are to be graded now."""
        self.init_notebooks()
        last = self.journal.last(self.lesson.name)
        excluded = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        todo = []
        for student, folder in self._students().items():
            if student in excluded or student in failed:
                continue
            handed = handin.look_at(folder, self.lesson)
            new = done.get(student) != handed.sha256
            if new and (
                (self.force and student not in done) or not self._is_graded(student, handed, last.get(student))
            ):
                todo.append((student, handed))
            elif student not in done:
                self.log.info("%s: nothing new from %s", self.lesson.name, student)
        return todo

    def _students(self) -> dict[str, Path]:
        """The folders of the hand-ins, by student."""
        return {name: folder for name, folder in self._folders().items() if name.isprintable()}

    def _folders(self) -> dict[str, Path]:
        """The same, with those whose names could not be written down in a gradebook, a log or on a page."""
        pattern = self._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
        found = {folder: re.fullmatch(pattern, folder, re.DOTALL) for folder in sorted(self.assignments)}
        return {match["student_id"]: Path(folder) for folder, match in found.items() if match}

    def _is_graded(self, student: str, handed: HandIn, last: dict[str, Any] | None) -> bool:
        """Whether the graded notebook in its place says that it is this hand-in's, and the gradebook has the student too."""
        if last is not None and last["event"] in (records.STARTED, records.FAILED):
            return False
        path = self._graded_folder(student) / f"{self.lesson.name}.ipynb"
        try:
            note = json.loads(path.read_text("utf-8"))["metadata"][NOTE]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if note.get("handed") != handed.sha256 or "result" not in note:
            return False
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                gradebook.find_submission(self.lesson.name, student)
            except MissingEntry:
                return False
        return True

    def _graded_folder(self, student: str) -> Path:
        return Path(self.coursedir.format_path(self.coursedir.autograded_directory, student, self.lesson.name))

    def _must_have_a_verdict(self, failed: dict[str, str]) -> None:
        """Hand-ins in = verdicts out; NbGraderException if the grader failed on somebody."""
        last = self.journal.last(self.lesson.name)
        excluded = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        missing = [
            s for s in self._students() if s not in excluded and s not in failed and not self._has_grade(s, last)
        ]
        for student in missing:
            self.log.error("%s of %s: no verdict. Run this command again.", self.lesson.name, student)
        for student, why in failed.items():
            self.log.error(
                "%s of %s: the grader failed, the old grade stays (if any): %s", self.lesson.name, student, why
            )
        if missing or failed:
            raise NbGraderException(
                f"{len(missing) + len(failed)} of {len(self.assignments)} hand-ins have no new grade."
            )

    def _has_grade(self, student: str, last: dict[str, dict[str, Any]]) -> bool:
        return student in last or (self._graded_folder(student) / f"{self.lesson.name}.ipynb").exists()

    # -- what is alike ------------------------------------------------------------------------------------------------

    def _compare_the_class(self) -> None:
        """List for a human what is alike in the whole class, and put the same weights before one. No points are taken."""
        root = Path(self.coursedir.root)
        try:
            read = (integrity.work_of(s, folder, self.lesson, root) for s, folder in self._all_graded().items())
            works = [work for work in read if work is not None]
            found = integrity.pairs(self.lesson, works)
            integrity.write_report(root, self.lesson.name, found, len(works))
            for pair in found:
                self.log.warning("For a human to look at: %s", pair)
            events = self.journal.events()
            for pair in found:
                if pair.what == integrity.SAME_WEIGHTS and (new := _not_yet_seen(pair, events)):
                    self._for_review(pair, new)
        except Exception as error:  # the grades stand; what is missing is a comparison, and the next run makes it
            self.log.error("%s: the hand-ins could not be compared: %s", self.lesson.name, error, exc_info=error)

    def _all_graded(self) -> dict[str, Path]:
        """The graded folders of the whole class, by student, whomever this run was for."""
        place = self.coursedir.format_path
        folder, lesson = self.coursedir.autograded_directory, self.lesson.name
        pattern = re.compile(place(folder, "(?P<student>[^/]*)", lesson, escape=True))
        found = {path: pattern.fullmatch(path) for path in sorted(glob.glob(place(folder, "*", lesson)))}
        return {match["student"]: Path(path) for path, match in found.items() if match}

    def _for_review(self, pair: integrity.Pair, students: list[str]) -> None:
        """REVIEW for hand-ins with the same weights: their points stand, a human has to look. Students read no names."""
        asking = list(build.hidden_checks(self.lesson, asking_for="handed_in")) or [self.lesson.exercises()[0].id]
        with one_transaction(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            for student, name in itertools.product(students, asking):
                with contextlib.suppress(MissingEntry):  # taken out of the gradebook; the folder is still there
                    lesson = self.lesson.name
                    saved = gradebook.find_grade(name + CHECK_SUFFIX, lesson, lesson, student)
                    saved.needs_manual_grade = True
        for student in students:
            path = self._graded_folder(student) / f"{self.lesson.name}.ipynb"
            notebook = json.loads(path.read_text("utf-8"))
            reason = "The same weights were handed in more than once."
            notebook["metadata"][NOTE]["result"].update(verdict=score.REVIEW, reason=reason)
            _write_anew(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
        self.journal.add(records.ALIKE, **pair.as_json())

    # -- one hand-in --------------------------------------------------------------------------------------------------

    def _grade(self, student: str, handed: HandIn) -> None:
        """Grade a copy of the hand-in beside the course, then put all that came of it in its place."""
        facts = {"lesson": self.lesson.name, "student": student, "handed": handed.sha256, "sandbox": self.walls.name}
        facts |= {"course": self.course, "secret": self.secret}
        if records.fingerprint_of_course(self.lesson) != self.course:
            raise CourseError(
                f"{self.lesson.name}: release, solutions or checks were changed while the class was graded."
            )
        self.journal.add(records.STARTED, **facts)
        root = Path(self.coursedir.root)
        shutil.rmtree(root / STAGING, ignore_errors=True)
        self.handed = handed
        with changed(
            self.coursedir,
            submitted_directory=f"{STAGING}/submitted",
            autograded_directory=f"{STAGING}/autograded",
        ):
            source = Path(self.coursedir.format_path(f"{STAGING}/submitted", student, self.lesson.name))
            staged = Path(self.coursedir.format_path(f"{STAGING}/autograded", student, self.lesson.name))
            self._copy(handed, source)
            self.notebooks = [str(source / f"{self.lesson.name}.ipynb")]
            self.run_pre_convert_hook()
            BaseConverter.init_assignment(self, self.lesson.name, student)
            self._copy_the_courses_files(staged)
            self.convert_single_notebook(self.notebooks[0])
            self.set_permissions(self.lesson.name, student)
            self.run_post_convert_hook()
        result = json.loads((staged / f"{self.lesson.name}.ipynb").read_text("utf-8"))["metadata"][NOTE]["result"]
        _put_in_place(staged, self._graded_folder(student), root / STAGING / "old" / student)
        shutil.rmtree(root / STAGING, ignore_errors=True)
        self.journal.add(
            records.GRADED, **facts, verdict=result["verdict"], score=result["score"], max_score=result["max_score"]
        )

    def _copy(self, handed: HandIn, folder: Path) -> None:
        """The hand-in as it is at this moment; what comes later is the next run's, or the next round's."""
        folder.mkdir(parents=True)
        for name, path in handed.files.items():
            shutil.copyfile(path, folder / name, follow_symlinks=False)
        if (handed.folder / handin.TIMESTAMP).exists():
            when = handin.timestamp(handed.folder)
            try:
                if not when:
                    raise ValueError
                parse_utc(when)
                (folder / handin.TIMESTAMP).write_text(f"{when}\n", "utf-8")
            except Exception:  # dateutil raises a warning of its own for some time zones
                handed.refused.append(f"{handin.TIMESTAMP}: not taken along (it does not hold a time)")
        target = folder / f"{self.lesson.name}.ipynb"
        if handed.notebook is None:
            target.touch()
        else:
            shutil.copyfile(handed.notebook, target, follow_symlinks=False)

    def _copy_the_courses_files(self, folder: Path) -> None:
        """What lies beside the solutions notebook wins over what was handed in under the same name, as nbgrader does it."""
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", self.lesson.name))
        kept = {source / name for name in self.exclude_overwriting.get(self.lesson.name, [])}
        for path in source.rglob("*") if source.is_dir() else ():
            if (
                path.is_file()
                and path.suffix != ".ipynb"
                and ".ipynb_checkpoints" not in path.parts
                and path not in kept
            ):
                target = folder / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)

    def _fail(self, student: str, handed: HandIn, error: Exception) -> str:
        """The grader failed on a hand-in: what was there stays, and is marked as no longer sure. Returns why, in one line."""
        why = " ".join(str(error).split())[-500:] or type(error).__name__
        known = isinstance(error, (CourseError, Unreadable, OSError)) or type(error).__name__ == "GraderFault"
        self.log.error("%s of %s: %s", self.lesson.name, student, why, exc_info=None if known else error)
        with contextlib.suppress(Exception):
            facts = {"lesson": self.lesson.name, "student": student, "handed": handed.sha256, "verdict": score.INFRA}
            self.journal.add(records.FAILED, **facts, reason=why, secret=self.secret)
        try:
            with (
                contextlib.suppress(MissingEntry),
                one_transaction(self.coursedir.db_url, self.coursedir.course_id) as gradebook,
            ):
                if self.create_student:
                    gradebook.update_or_create_student(student)
                gradebook.find_student(student)
                saved = gradebook.update_or_create_submission(self.lesson.name, student)
                for notebook in saved.notebooks:
                    for grade in notebook.grades:
                        grade.needs_manual_grade = True
        except Exception as second:
            self.log.error(
                "%s of %s: could not be marked in the gradebook either: %s", self.lesson.name, student, second
            )
        shutil.rmtree(Path(self.coursedir.root) / STAGING, ignore_errors=True)
        return why


def _not_yet_seen(pair: integrity.Pair, events: list[dict[str, Any]]) -> list[str]:
    """Those of a pair who were graded since it was put before a human: what was decided about the other one stands."""
    new = dict.fromkeys(pair.students, True)
    for event in events:
        if event.get("lesson") != pair.lesson:
            continue
        if event["event"] == records.GRADED and event.get("student") in new:
            new[event["student"]] = True
        elif (
            event["event"] == records.ALIKE
            and event.get("students") == list(pair.students)
            and event.get("what") == pair.what
        ):
            new = dict.fromkeys(new, False)
    return [student for student, is_new in new.items() if is_new]


def failing_checks(lesson: Lesson) -> list[str]:
    """The hidden checks that the course's own solution does not pass."""
    key = judge.draw_key(read_secret(), "the course's own solution")
    found = judge.judge(lesson, lambda _: live(judge.reference_namespace(lesson)), key)
    return [f"{check.name}: {check.message}"[:300] for check in found if not check.passed]


def must_be_sound(db_url: str) -> None:
    """CourseError if the gradebook is a damaged file or may not be written to. Waits for one that is locked."""
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or not url.database or not os.path.exists(url.database):
        return
    try:
        with contextlib.closing(sqlite3.connect(url.database, timeout=PATIENCE, isolation_level=None)) as connection:
            (says,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if says != "ok":
                raise sqlite3.DatabaseError(says)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("CREATE TABLE autograder_may_write (x)")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        raise CourseError(
            f"{url.database}: the gradebook cannot be used ({error}). Nothing was graded. Put a backup in its place, or mend"
            " its rights, and run the same command again."
        ) from error


def _patient(db_url: str) -> str:
    """A database URL that waits for a locked SQLite file."""
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or "timeout" in url.query:
        return db_url
    return url.update_query_dict({"timeout": str(PATIENCE)}).render_as_string(hide_password=False)


def _write_anew(path: Path, text: str) -> None:
    """Replace a file, with its rights, by a rename: it is never half there."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, "utf-8")
    partial.chmod(path.stat().st_mode)
    _flush(partial)
    partial.rename(path)


def _put_in_place(new: Path, place: Path, aside: Path) -> None:
    """Move a finished folder to its place; what was there goes only then. All of it is on the disk before it counts."""
    for path in (*new.rglob("*"), new):
        _flush(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        aside.parent.mkdir(parents=True)
        os.rename(place, aside)
    os.rename(new, place)


def _flush(path: Path) -> None:
    """Have a file or a folder on the disk, not only on its way there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

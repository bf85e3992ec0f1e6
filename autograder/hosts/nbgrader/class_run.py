"""nbgrader's autograde step, made safe: one lock, one transaction a hand-in, and nothing that is there goes before something new is.

`nbgrader autograde` and the formgrader's button both run this class: importing the plug-in puts it in
the place of nbgrader's own. Assignments that are no lessons of the course go nbgrader's own way.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.preprocessors import AssignLatePenalties

from autograder import environment
from autograder.course.catalog import Lesson
from autograder.course.checkfile import hidden_checks
from autograder.course.markers import CHECK_SUFFIX
from autograder.errors import CourseError, GraderFault, Unreadable
from autograder.grading import proof, records, similarity
from autograder.grading.pool import Workers
from autograder.hosts.nbgrader import globbing, gradebook, released, stale
from autograder.hosts.nbgrader.gradebook import one_transaction
from autograder.hosts.nbgrader.steps import lesson_called
from autograder.reports import cards
from autograder.results import Verdict
from autograder.sandbox import backend
from autograder.sandbox.isolation import NONE
from autograder.secret import read_secret, secret_path
from autograder.submission import folder as submission_folder
from autograder.submission.folder import HandIn
from autograder.words import counted

NOTE = "autograder"  # the key in notebook metadata and in nbconvert's resources
STAGING = f"{records.FOLDER}/staging"
ROUNDS = 3  # how often to look again for what was handed in meanwhile
INTERRUPTED = 130  # exit status after Ctrl-C, as shells have it


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
        self.assignments = {folder: [] for folder in sorted(globbing.glob(pattern)) if os.path.isdir(folder)}
        if not self.assignments:
            super().init_notebooks()  # says what was looked for

    def convert_notebooks(self) -> None:
        if self.lesson is None:
            super().convert_notebooks()
            return
        course = Path(self.coursedir.root)
        self.journal = records.Journal(course)
        self._done: dict[str, str] = {}  # student → hash of what was graded in this run
        self._say_what_is_ignored()
        try:
            with (
                environment.settled(),
                _ends_in_order(),
                records.lock(course, f"nbgrader autograde {self.lesson.name}", shared=self.coursedir.groupshared),
                changed(self.coursedir, db_url=gradebook.patient(self.coursedir.db_url)),
                Workers() as self.workers,
            ):
                self._must_be_able_to_grade()
                failed = self._grade_all()
                self._reckon_lateness_anew()
                self._compare_the_class()
                self._say_what_is_stale()
                self._must_have_a_verdict(failed)
        except CourseError as error:
            self.log.error("%s", error)
            if sys.flags.inspect and isinstance(self.parent, AutogradeApp):
                _leave()  # Python would stay open, and end with 0
            raise NbGraderException(str(error)) from None
        except KeyboardInterrupt:
            self.log.error(
                "Stopped. Graded in this run, and kept: %s. To go on, run the same command again.",
                counted(len(self._done), "hand-in"),
            )
            raise SystemExit(INTERRUPTED) from None
        finally:
            if self.coursedir.groupshared:
                files = [path for path in [gradebook.file_of(self.coursedir.db_url)] if path is not None]
                records.share(course / records.FOLDER, secret_path(), *files)

    def _say_what_is_ignored(self) -> None:
        """Name the options of nbgrader's that have no meaning for a lesson."""
        for section in ("Execute", "ExecutePreprocessor", "NotebookClient"):
            for option, value in self.config.get(section, {}).items():
                said = "--no-execute" if (option, value) == ("enabled", False) else f"{section}.{option}"
                self.log.warning(
                    "%s is not followed: a lesson of the course is run by its own grader, with the limits of limits.toml.",
                    said,
                )
        if self.coursedir.notebook_id not in ("*", self.lesson.name):
            self.log.warning(
                "--notebook=%s is not followed: a lesson has one notebook, %s.ipynb, and all of it is graded.",
                self.coursedir.notebook_id,
                self.lesson.name,
            )

    # -- before anything runs -----------------------------------------------------------------------------------------

    def _must_be_able_to_grade(self) -> None:
        """CourseError if Python, the sandbox, the secret, the course or the gradebook is not as it must be."""
        gradebook.quiet()
        environment.must_be_sound()
        self.isolation = backend.choose()
        if self.isolation == NONE:
            self.log.warning(
                "%s=none: student code runs as an ordinary process of yours, with all that you may do. Every grade says so.",
                backend.SWITCH,
            )
        self.secret = records.fingerprint_of_secret(read_secret())
        records.must_be_the_same_secret(self.journal, self.secret)
        self.course = records.fingerprint_of_course(self.lesson)
        self._must_be_the_graders_course()
        gradebook.must_be_sound(self.coursedir.db_url)
        for line in released.enter(self.coursedir, self.lesson):
            self.log.warning("%s", line)
        self.facts = stale.facts_now(self.coursedir, self.lesson, self.config, self.isolation.name)
        proof.must_pass(self.lesson, self.journal, self.workers.do)
        self._clear_what_a_killed_run_left()

    def _must_be_the_graders_course(self) -> None:
        """CourseError if this folder has checks of its own for the lesson, and the grader that was loaded has others."""
        mine, theirs = self.lesson.checks, Path(self.coursedir.root) / "autograder" / "checks" / self.lesson.checks.name
        if theirs.is_file() and theirs.read_bytes() != mine.read_bytes():
            raise CourseError(
                f"{theirs} is not what this grader would ask, {mine}: two courses are mixed. Start the command in"
                f" {self.coursedir.root}, or name the course whose lessons count: AUTOGRADER_COURSE={self.coursedir.root}"
            )

    def _clear_what_a_killed_run_left(self) -> None:
        staging = Path(self.coursedir.root) / STAGING
        for kept in (staging / "old").glob("*/*"):  # taken away, and killed before the new one was in its place
            place = self._graded_folder(kept.name, kept.parent.name)
            if not place.exists():
                os.rename(kept, place)
        shutil.rmtree(staging, ignore_errors=True)

    # -- the class ----------------------------------------------------------------------------------------------------

    def _grade_all(self) -> dict[str, str]:
        """Grade what is new; returns on whom the grader failed, and why."""
        done = self._done
        failed: dict[str, str] = {}
        for _ in range(ROUNDS):
            todo = self._todo(done, failed)
            odd = [name for name in self._folders() if not name.isprintable()]
            failed |= {ascii(name): "this folder's name cannot be written down; give it another" for name in odd}
            for student, handed in todo:
                self.log.info("Grading %s of %s", self.lesson.name, student)
                try:
                    self._grade(student, handed)
                    failed.pop(student, None)
                except Exception as error:
                    failed[student] = self._fail(student, handed, error)
            if not todo:
                break
        return failed

    def _todo(self, done: dict[str, str], failed: dict[str, str]) -> list[tuple[str, HandIn]]:
        """The hand-ins that are to be graded now."""
        self.init_notebooks()
        last, grades = self.journal.last(self.lesson.name), self.journal.grades(self.lesson.name)
        excluded = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        todo = []
        anew: dict[str, list[str]] = {}  # what changed → whose grades are given anew because of it
        for student, folder in self._students().items():
            if student in excluded or student in failed:
                continue
            handed = submission_folder.look_at(folder, self.lesson)
            new = done.get(student) != handed.sha256
            old = self._what_changed(student, grades) if student not in done else []
            if new and (
                (self.force and student not in done) or old or not self._is_graded(student, handed, last.get(student))
            ):
                todo.append((student, handed))
                for what in old:
                    anew.setdefault(what, []).append(student)
            elif student not in done:
                self.log.info("%s: nothing new from %s", self.lesson.name, student)
        for what, students in anew.items():
            self.log.warning("%s: %s changed; graded anew: %s", self.lesson.name, what, stale.named(students))
        return todo

    def _what_changed(self, student: str, grades: dict[str, dict[str, Any]]) -> list[str]:
        """Why a grade has to be given anew, although what was handed in is the same."""
        event = grades.get(student, {})
        found = stale.changed(event, self.facts, self.lesson)
        also = [stale.LIMITS_] if event.get("verdict") in (Verdict.TIMEOUT, Verdict.RESOURCE) else []
        also += [stale.DUE] if event.get("late_unknown") else []
        return [what for what in found if what in (*stale.REGRADED, *also)]

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
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            try:
                book.find_submission(self.lesson.name, student)
            except MissingEntry:
                return False
        return True

    def _graded_folder(self, student: str, lesson: str = "") -> Path:
        place = self.coursedir.autograded_directory
        return Path(self.coursedir.format_path(place, student, lesson or self.lesson.name))

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

    # -- what is no longer as it was ----------------------------------------------------------------------------------

    def _reckon_lateness_anew(self) -> None:
        """Where the due date or the penalty changed since a grade was given, take off for lateness what is right today."""
        grades = self.journal.grades(self.lesson.name)
        excluded = set(filter(None, self.coursedir.student_id_exclude.split(",")))
        for student in self._students():
            event = grades.get(student)
            if event is None or student in self._done or student in excluded:
                continue
            own = self._own_due_date(student)
            what = [w for w in stale.changed(event, self.facts, self.lesson) if w in stale.RECKONED]
            what += ["their own due date"] if event.get("own_due", own) != own and not what else []
            if not what:
                continue
            with one_transaction(self.coursedir.db_url, self.coursedir.course_id) as book:
                try:
                    saved = book.find_submission_notebook(self.lesson.name, self.lesson.name, student)
                except MissingEntry:
                    continue
                before = saved.late_submission_penalty or 0
                assign_penalty(self.exporter, book, self.lesson.name, self.lesson.name, student)
                after = saved.late_submission_penalty or 0
            facts = {name: self.facts[name] for name in stale.RECKONED}
            self.journal.add(
                records.LATENESS,
                lesson=self.lesson.name,
                student=student,
                handed=event["handed"],
                own_due=own,
                **{"with": facts},
            )
            say = self.log.warning if before != after else self.log.info
            say(
                "%s of %s: %s changed; for lateness %g points are taken off, before %g",
                self.lesson.name, student, " and ".join(what), after, before,
            )  # fmt: skip

    def _own_due_date(self, student: str) -> str:
        """A student's due date, with the extension that they were granted; "" for none."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            try:
                due = book.find_submission(self.lesson.name, student).duedate
            except MissingEntry:
                return ""
        return due.isoformat() if due else ""

    def _say_what_is_stale(self) -> None:
        """Name the grades that stand although something changed since they were given."""
        concerned: dict[str, list[str]] = {}
        for student, event in self.journal.grades(self.lesson.name).items():
            for what in stale.changed(event, self.facts, self.lesson):
                concerned.setdefault(what, []).append(student)
        for what, students in concerned.items():
            force = " --force" if what in stale.STANDING else ""
            self.log.warning(
                "%s: %s changed since these grades were given, and they stand: %s. Run `nbgrader autograde %s%s`.",
                self.lesson.name, what, stale.named(students), self.lesson.name, force,
            )  # fmt: skip

    # -- what is alike ------------------------------------------------------------------------------------------------

    def _compare_the_class(self) -> None:
        """List for a human what is alike in the whole class, and put the same weights before one. No points are taken."""
        root = Path(self.coursedir.root)
        try:
            read = (similarity.work_of(s, folder, self.lesson, root) for s, folder in self._all_graded().items())
            works = [work for work in read if work is not None]
            found = similarity.pairs(self.lesson, works)
            similarity.write_report(root, self.lesson.name, found, len(works))
            for pair in found:
                self.log.warning("For a human to look at: %s", pair)
            events = self.journal.events()
            for pair in found:
                if pair.what == similarity.SAME_WEIGHTS and (new := _not_yet_seen(pair, events)):
                    self._for_review(pair, new)
        except Exception as error:  # the grades stand; what is missing is a comparison, and the next run makes it
            self.log.error("%s: the hand-ins could not be compared: %s", self.lesson.name, error, exc_info=error)

    def _all_graded(self) -> dict[str, Path]:
        """The graded folders of the whole class, by student, whomever this run was for."""
        place = self.coursedir.format_path
        folder, lesson = self.coursedir.autograded_directory, self.lesson.name
        pattern = re.compile(place(folder, "(?P<student>[^/]*)", lesson, escape=True))
        found = {path: pattern.fullmatch(path) for path in sorted(globbing.glob(place(folder, "*", lesson)))}
        return {match["student"]: Path(path) for path, match in found.items() if match}

    def _for_review(self, pair: similarity.Pair, students: list[str]) -> None:
        """REVIEW for hand-ins with the same weights: their points stand, a human has to look. Students read no names."""
        asking = list(hidden_checks(self.lesson, asking_for="handed_in")) or [self.lesson.exercises()[0].id]
        with one_transaction(self.coursedir.db_url, self.coursedir.course_id) as book:
            for student, name in itertools.product(students, asking):
                with contextlib.suppress(MissingEntry):  # taken out of the gradebook; the folder is still there
                    lesson = self.lesson.name
                    saved = book.find_grade(name + CHECK_SUFFIX, lesson, lesson, student)
                    saved.needs_manual_grade = True
        for student in students:
            path = self._graded_folder(student) / f"{self.lesson.name}.ipynb"
            notebook = nbformat.from_dict(json.loads(path.read_text("utf-8")))
            reason = "The same weights were handed in more than once."
            notebook["metadata"][NOTE]["result"].update(verdict=Verdict.REVIEW, reason=reason)
            why = f"{reason} `autograder integrity` says by whom."
            cards.tell_the_teacher(notebook, why, points_stand=True)
            _write_anew(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n")
        self.journal.add(records.ALIKE, **pair.as_json())

    # -- one hand-in --------------------------------------------------------------------------------------------------

    def _grade(self, student: str, handed: HandIn) -> None:
        """Grade a copy of the hand-in beside the course, then put all that came of it in its place."""
        facts = {
            "lesson": self.lesson.name,
            "student": student,
            "handed": handed.sha256,
            "sandbox": self.isolation.name,
        }
        facts |= {"course": self.course, "secret": self.secret, "with": self.facts}
        if records.fingerprint_of_course(self.lesson) != self.course:
            raise CourseError(
                f"{self.lesson.name}: release, solutions or checks were changed while the class was graded."
            )
        self.journal.add(records.STARTED, **facts)
        root = Path(self.coursedir.root)
        shutil.rmtree(root / STAGING, ignore_errors=True)
        with changed(
            self.coursedir,
            submitted_directory=f"{STAGING}/submitted",
            autograded_directory=f"{STAGING}/autograded",
        ):
            source = Path(self.coursedir.format_path(f"{STAGING}/submitted", student, self.lesson.name))
            staged = Path(self.coursedir.format_path(f"{STAGING}/autograded", student, self.lesson.name))
            self.handed = handed = self._copy(handed, source)
            self.notebooks = [str(source / f"{self.lesson.name}.ipynb")]
            self.run_pre_convert_hook()
            BaseConverter.init_assignment(self, self.lesson.name, student)
            self._copy_the_courses_files(staged)
            self.convert_single_notebook(self.notebooks[0])
            self.set_permissions(self.lesson.name, student)
            self.run_post_convert_hook()
        result = json.loads((staged / f"{self.lesson.name}.ipynb").read_text("utf-8"))["metadata"][NOTE]["result"]
        place = self._graded_folder(student)
        _put_in_place(staged, place, root / STAGING / "old" / self.lesson.name / student)
        if self.coursedir.groupshared:
            records.share_folders(place.parent, place.parent.parent)
        shutil.rmtree(root / STAGING, ignore_errors=True)
        facts["handed"] = self._done[student] = handed.sha256
        facts |= {"late_unknown": True} if handed.late_unknown else {}
        facts["own_due"] = self._own_due_date(student)
        self.journal.add(
            records.GRADED, **facts, verdict=result["verdict"], score=result["score"], max_score=result["max_score"]
        )

    def _copy(self, handed: HandIn, folder: Path) -> HandIn:
        """The hand-in as it is at this moment, with nbgrader's own files; what comes later is the next run's, or the next round's."""
        handed = submission_folder.copy(handed, self.lesson, folder)
        for name, path in submission_folder.bookkeeping(handed.folder).items():
            if name != submission_folder.TIMESTAMP:
                shutil.copyfile(path, folder / name, follow_symlinks=False)
        when, handed.late_unknown = submission_folder.submission_time(handed.folder, self._time_zone())
        handed.refused += [handed.late_unknown.rstrip(".")] if handed.late_unknown else []
        if when:
            (folder / submission_folder.TIMESTAMP).write_text(f"{when}\n", "utf-8")
        return handed

    def _time_zone(self) -> str:
        """The time zone of the exchange, whose abbreviation stands in a time of handing in."""
        return str(self.config.get("Exchange", {}).get("timezone", "UTC"))

    def lost_before(self, student: str, handed: HandIn) -> bool:
        """Whether this very hand-in cost workers their lives in an earlier run: then it is not the machine's bad day."""
        mine = (e for e in self.journal.events() if e.get("student") == student and e.get("lesson") == self.lesson.name)
        return any(e.get("lost") and e.get("handed") == handed.sha256 for e in mine)

    def _copy_the_courses_files(self, folder: Path) -> None:
        """What lies beside the solutions notebook wins over what was handed in under the same name, as nbgrader does it."""
        source = Path(self.coursedir.format_path(self.coursedir.source_directory, ".", self.lesson.name))
        kept = {source / name for name in self.exclude_overwriting.get(self.lesson.name, [])}
        for path in source.rglob("*") if source.is_dir() else ():
            if (
                path.is_file()
                and path.suffix != ".ipynb"
                and not path.name.lower().endswith(
                    submission_folder.TAKEN_ALONG
                )  # what a solution wrote when it was run is nobody's hand-in
                and ".ipynb_checkpoints" not in path.parts
                and path not in kept
            ):
                target = folder / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)

    def _fail(self, student: str, handed: HandIn, error: Exception) -> str:
        """The grader failed on a hand-in: what was there stays, and is marked as no longer sure. Returns why, in one line."""
        why = " ".join(str(error).split())[-500:] or type(error).__name__
        known = isinstance(error, (CourseError, Unreadable, GraderFault, OSError))
        self.log.error("%s of %s: %s", self.lesson.name, student, why, exc_info=None if known else error)
        with contextlib.suppress(Exception):
            facts = {"lesson": self.lesson.name, "student": student, "handed": handed.sha256, "verdict": Verdict.INFRA}
            facts |= {"lost": self.workers.lost} if self.workers.lost else {}
            self.journal.add(records.FAILED, **facts, reason=why, secret=self.secret)
        try:
            with (
                contextlib.suppress(MissingEntry),
                one_transaction(self.coursedir.db_url, self.coursedir.course_id) as book,
            ):
                if self.create_student:
                    book.update_or_create_student(student)
                book.find_student(student)
                saved = book.update_or_create_submission(self.lesson.name, student)
                for notebook in saved.notebooks:
                    for grade in notebook.grades:
                        grade.needs_manual_grade = True
        except Exception as second:
            self.log.error(
                "%s of %s: could not be marked in the gradebook either: %s", self.lesson.name, student, second
            )
        shutil.rmtree(Path(self.coursedir.root) / STAGING, ignore_errors=True)
        return why


def _not_yet_seen(pair: similarity.Pair, events: list[dict[str, Any]]) -> list[str]:
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


def assign_penalty(parent: Any, book: Gradebook, notebook: str, assignment: str, student: str) -> None:
    """Take off for lateness what the instructor's plug-in says, as part of a transaction that is open."""
    step = AssignLatePenalties(parent=parent)
    step.init_plugin()
    whole = book.find_submission(assignment, student)
    saved = book.find_submission_notebook(notebook, assignment, student)
    saved.late_submission_penalty = None
    if whole.total_seconds_late <= 0:
        return
    penalty = step.plugin_inst.late_submission_penalty(student, saved.score, whole.total_seconds_late)
    step.log.warning("%s is %s seconds late; penalty: %s", student, whole.total_seconds_late, penalty)
    if penalty is not None:
        saved.late_submission_penalty = step._check_late_penalty(saved, penalty)


def _leave() -> None:
    """End this process with the status of a command that failed."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(1)


@contextlib.contextmanager
def _ends_in_order() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does: workers and folders go with it. What comes after the first signal is not heard."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    heard = []

    def stop(number: int, _: object) -> None:
        heard.append(number)
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if signal.SIGTERM in heard and callable(before[signal.SIGTERM]):
            signal.raise_signal(signal.SIGTERM)  # a server that grades has an end of its own


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

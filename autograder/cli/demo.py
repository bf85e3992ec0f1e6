"""Makes a small sample class in a scratch folder, grades it with plain nbgrader commands, and shows what came of it.

The demo reads the course's lessons and nothing else of it, and writes to its own folder only: see `scratch`.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder import settings
from autograder.course import samples
from autograder.course.answers import ANY, collected
from autograder.course.catalog import Lesson, bonus_names, lessons
from autograder.errors import CourseError
from autograder.hosts.nbgrader import scratch
from autograder.words import BONUS, counted

# Names the folder that the demo made here, and may empty.
MARK = ".autograder-demo"
# All that a demo leaves in its folder.
MADE = {
    MARK, ".autograder", "autograded", "class-report.html", "feedback", "gradebook.db", "gradebook.db-journal", "grades.csv", "lessons",
    "nbgrader.log", "nbgrader_config.py", "solutions", "submitted", "__pycache__", ".ipynb_checkpoints", ".DS_Store",
}  # fmt: skip
PROGRAMS = {"nbgrader": ("-m", "nbgrader"), "autograder": ("-c", "from autograder.cli import main; main()")}
# The page about the class.
REPORT = "class-report.html"
# How the names of the demo's students begin.
STUDENTS = "sample-"
# In a course's folder, a folder of one of these names is (or will be) the course's own.
OF_A_COURSE = {
    *scratch.DIRECTORIES, *scratch.DIRECTORIES.values(), "downloaded", "exchange", "autograder", "tests", "assets", ".git",
    ".autograder", ".venv",
}  # fmt: skip
SIGNS_OF_A_COURSE = ("nbgrader_config.py", "nbgrader_config.json", "gradebook.db", ".autograder", "submitted")

# Not everybody is as far as lesson 3 yet: the demo stays short.
HANDED_IN = {
    "03_normalization": ("sample-1-finished", "sample-4-mistakes"),
    **dict.fromkeys(("04_alpha_model", "05_beta", "06_final"), ("sample-1-finished",)),
}
# As `nbgrader collect` writes it.
HANDED_IN_AT = "2026-03-01 09:30:00 UTC\n"


def sample_class(lesson: Lesson) -> dict[str, str]:
    """Make the submissions of the sample students for one lesson.

    Returns
    -------
    dict
        The text of the notebook file by the student's id.
    """
    right = samples.solutions(lesson)
    order = [exercise.id for exercise in lesson.exercises()]
    answers = collected(lesson)
    other_style = {answer.exercise: answer.source for answer in answers if not answer.catches}
    wrong = {answer.exercise: answer.source for answer in reversed(answers) if answer.catches}
    # What students write often, where such answers are collected: a wrong answer for one check may look odd.
    wrong |= {answer.exercise: answer.source for answer in reversed(answers) if answer.catches == ANY}
    halfway = {name: right[name] for name in order[: len(order) // 2]}
    mistakes = {**right, **{name: wrong[name] for name in order[1::2]}}
    text = nbformat.writes
    finished = text(samples.submission(lesson, right))
    made = {
        "sample-1-finished": finished,
        "sample-2-other-style": text(samples.submission(lesson, other_style)),
        "sample-3-halfway": text(samples.submission(lesson, halfway)),
        "sample-4-mistakes": text(samples.submission(lesson, mistakes)),
        "sample-5-lost-metadata": text(samples.without_metadata(samples.submission(lesson, right))),
        "sample-6-cut-off-file": finished[: len(finished) // 2],
    }
    keep = HANDED_IN.get(lesson.name, tuple(made))
    return {student: notebook for student, notebook in made.items() if student in keep}


def run_demo(folder: Path, chosen: Sequence[str] = (), students: Sequence[str] = ()) -> int:
    """Make the class, grade it, show it.

    Parameters
    ----------
    folder
        Where the class is made; emptied first.
    chosen, students
        Only these lessons and these sample students; by default all students, and all lessons but the bonus lessons.

    Returns
    -------
    int
        0 if every submission got its verdict, otherwise 1.

    Raises
    ------
    CourseError
        Where the folder may not be used, a lesson is not there, or a command of nbgrader's failed.
    """
    console = Console(highlight=False)
    folder = _emptied(folder)
    taught = [lesson for lesson in lessons() if (lesson.name in chosen if chosen else not lesson.bonus)]
    if unknown := sorted(set(chosen) - {lesson.name for lesson in taught}):
        raise CourseError(f"There is no lesson called {unknown[0]!r}. The lessons are: {', '.join(_names())}.")
    began = time.monotonic()
    made = _make_class(folder, taught, students)
    console.print(
        f"A sample class of {len({student for student, _ in made})} with {counted(len(made), 'submission')} in {_near(folder)}"
    )
    with tempfile.TemporaryDirectory(prefix="demo-") as temporary:
        _grade(_Class(folder, scratch.environment(folder) | {"TMPDIR": temporary}, console), taught)
    results = {key: _result(folder, *key) for key in made}
    console.print(_table(results, folder))
    console.print(_next_steps(results), soft_wrap=True)
    console.print(_what_to_open(folder, taught), soft_wrap=True)
    missing = [f"{student}/{lesson}" for (student, lesson), result in results.items() if result is None]
    if missing:
        console.print(f"No verdict for {', '.join(missing)}: see {_near(folder / 'nbgrader.log')}", style="bold red")
    console.print(
        f"{counted(len(made), 'submission')} in, {counted(len(made) - len(missing), 'verdict')} out, {time.monotonic() - began:.0f} s."
    )
    return 1 if missing else 0


def _names() -> list[str]:
    return [lesson.name for lesson in lessons()]


def _emptied(folder: Path) -> Path:
    """The demo's folder, empty but for its mark, with its links resolved. CourseError, and nothing is touched, where it is not the demo's."""
    if folder.is_symlink():
        raise CourseError(f"{folder}: a link. The demo empties its folder, so name the folder itself with --folder.")
    folder = folder.resolve()
    why = _not_to_be_used(folder)
    if why:
        raise CourseError(f"{folder}: {why} Name another folder with --folder.")
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        (folder / MARK).write_text(_mark(folder), "utf-8")
    except OSError as error:
        raise CourseError(
            f"{error.filename or folder}: {error.strerror}. Name another folder with --folder."
        ) from error
    return folder


def _mark(folder: Path) -> str:
    """What the mark says: a copy of the demo's folder, or one that was moved, is somebody's and no longer the demo's."""
    return f"The demo may empty this folder:\n{folder}\n"


def _not_to_be_used(folder: Path) -> str:
    """Why the demo may not use (and empty) a folder, or ""."""
    for name, place in (("the course", settings.root()), ("you", Path.cwd()), ("your home folder", Path.home())):
        if place.resolve().is_relative_to(folder):
            return f"{name} {'are' if name == 'you' else 'is'} in this folder, which the demo would empty."
    for above in folder.parents:
        inside = folder.relative_to(above).parts[0]
        if inside in OF_A_COURSE and any((above / sign).exists() for sign in SIGNS_OF_A_COURSE):
            return f"{above} is a course folder, and {inside}/ in it belongs to the course."
    if not folder.exists():
        return ""
    if not folder.is_dir():
        return "not a folder."
    found = sorted(path.name for path in folder.iterdir())
    if not found:
        return ""
    mark = folder / MARK
    if mark.is_symlink() or not mark.is_file() or mark.read_text("utf-8", "replace") != _mark(folder):
        return "not empty, and not made by the demo."
    students = [p.name for step in ("submitted", "autograded", "feedback") for p in sorted((folder / step).glob("*"))]
    strange = [name for name in found if name not in MADE] + [n for n in students if not n.startswith(STUDENTS)]
    return f"made by the demo, but {strange[0]} in it is not the demo's." if strange else ""


def _make_class(folder: Path, taught: list[Lesson], students: Sequence[str]) -> list[tuple[str, str]]:
    (folder / "nbgrader_config.py").write_text(scratch.config_text(folder), "utf-8")
    made = []
    for lesson in taught:
        shutil.copytree(lesson.solution.parent, folder / "solutions" / lesson.name)
        for student, text in sample_class(lesson).items():
            if students and student not in students:
                continue
            path = folder / "submitted" / student / lesson.name / f"{lesson.name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(text, "utf-8")
            (path.parent / "timestamp.txt").write_text(HANDED_IN_AT, "utf-8")
            made.append((student, lesson.name))
    return made


@dataclass(frozen=True)
class _Class:
    """Where the class is, how commands are run there, and where it is said."""

    folder: Path
    environment: dict[str, str]
    console: Console

    def nbgrader(self, *arguments: str) -> None:
        """Run one plain nbgrader command; when it has ended, its log goes to the end of a file. CourseError if it failed."""
        self._run("nbgrader", *arguments, *scratch.arguments(self.folder))

    def report(self, *lessons: str) -> None:
        """Make the page about the class."""
        self._run("autograder", "report", *lessons)

    def _run(self, program: str, *arguments: str) -> None:
        title = " ".join([program, *(word for word in arguments if not word.startswith("--"))])
        began, log = time.monotonic(), self.folder / "nbgrader.log"
        done = subprocess.run(
            [sys.executable, *PROGRAMS[program], *arguments], cwd=self.folder,
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        with open(log, "ab") as file:
            file.write(f"\n$ {title}\n".encode() + done.stdout)
        self.console.print(f"  {title}  [dim]{time.monotonic() - began:.1f} s[/dim]", soft_wrap=True)
        if done.returncode:
            raise CourseError(f"`{title}` ended with status {done.returncode}: see {log}")


def _grade(class_: _Class, taught: list[Lesson]) -> None:
    """Grade the lessons, one after the other, and make their pages; both under the course's lock. Beside that, the next ones are entered into the gradebook."""
    first, *others = [lesson.name for lesson in taught]
    class_.nbgrader("generate_assignment", first)  # it makes the gradebook
    with class_.console.status("nbgrader"), ThreadPoolExecutor(1) as beside:
        entered = {name: beside.submit(class_.nbgrader, "generate_assignment", name) for name in others}
        try:
            for name in (first, *others):
                if name in entered:
                    entered[name].result()
                class_.nbgrader("autograde", name)
                class_.nbgrader("generate_feedback", name)
            class_.report(first, *others)
        finally:
            beside.shutdown(cancel_futures=True)
    class_.nbgrader("export", f"--to={class_.folder / 'grades.csv'}")


def _result(folder: Path, student: str, lesson: str) -> dict | None:
    """What the grader noted in the autograded notebook."""
    path = folder / "autograded" / student / lesson / f"{lesson}.ipynb"
    if not path.exists():
        return None
    return json.loads(path.read_text("utf-8"))["metadata"].get("autograder", {}).get("result")


def _table(results: dict, folder: Path) -> Table:
    """A line a student, a column a lesson: the scores of nbgrader's export, or the verdict where a human has to look."""
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        scores = {(row["student_id"], row["assignment"]): row for row in csv.DictReader(file)}
    table = Table(title="The class", title_style="bold", header_style="bold")
    table.add_column("student", no_wrap=True)
    columns, bonus = sorted({lesson for _, lesson in results}), bonus_names()
    for column in columns:
        table.add_column(f"{BONUS if column in bonus else 'lesson'} {int(column[:2])}", justify="right")
    for student in sorted({student for student, _ in results}):
        row = []
        for column in columns:
            result = results.get((student, column))
            saved = scores.get((student, column), {})
            if result is None:
                row.append("no verdict" if (student, column) in results else "–")
            elif saved.get("score"):
                row.append(f"{float(saved['score']):g} / {float(saved['max_score']):g}")
            else:
                row.append(result["verdict"])
        table.add_row(student, *row)
    return table


def _next_steps(results: dict) -> Text:
    """What each student should try next, or what the teacher has to look at."""
    text = Text("What each should try next\n", style="bold")
    for (student, lesson), result in sorted(results.items()):
        open_cells = [cell for cell in result["cells"] if cell["points"] != cell["max_points"]] if result else []
        if not open_cells:
            continue
        step = f"teacher: {result['reason']}" if result["score"] is None else open_cells[0]["title"]
        text.append(f"  {student}, {lesson}: ", style="not bold")
        text.append(step + "\n", style="not bold dim")
    return text


def _what_to_open(folder: Path, taught: list[Lesson]) -> str:
    first = taught[0].name
    page = folder / "feedback" / "sample-4-mistakes" / first / f"{first}.html"
    return (
        f"Open\n  {_near(page)}\n      what a student with mistakes is told\n"
        f"  {_near(folder / REPORT)}\n      the class: who needs help first, every exercise and check, the wall of portraits\n"
        f"  {_near(folder / 'grades.csv')}\n      the grades as nbgrader exports them\n"
        f"  {_near(folder / 'nbgrader.log')}\n      everything that nbgrader said"
    )


def _near(path: Path) -> str:
    """A path as short as it can be said from here."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)

"""Makes a small sample class in a scratch folder, grades it with plain nbgrader commands, and shows what came of it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder import samples
from autograder.course import ROOT, CourseError, Lesson, lessons

MARK = ".autograder-demo"  # says that the folder is the demo's and may be emptied

# Not everybody is as far as lessons 3 and 4 yet: the demo stays short.
HANDED_IN = {"03_normalization": ("sample-1-finished", "sample-4-mistakes"), "04_alpha_model": ("sample-1-finished",)}


def sample_class(lesson: Lesson) -> dict[str, str]:
    """The hand-ins of the sample students for one lesson: file text by student id."""
    right = samples.solutions(lesson)
    order = [exercise.id for exercise in lesson.exercises()]
    answers = samples.collected(lesson)
    other_style = {answer.exercise: answer.source for answer in answers if not answer.catches}
    wrong = {answer.exercise: answer.source for answer in reversed(answers) if answer.catches}
    halfway = {name: right[name] for name in order[: len(order) // 2]}
    mistakes = {**right, **{name: wrong[name] for name in order[1::2]}}
    text = nbformat.writes
    finished = text(samples.hand_in(lesson, right))
    made = {
        "sample-1-finished": finished,
        "sample-2-other-style": text(samples.hand_in(lesson, other_style)),
        "sample-3-halfway": text(samples.hand_in(lesson, halfway)),
        "sample-4-mistakes": text(samples.hand_in(lesson, mistakes)),
        "sample-5-lost-metadata": text(samples.without_metadata(samples.hand_in(lesson, right))),
        "sample-6-cut-off-file": finished[: len(finished) // 2],
    }
    keep = HANDED_IN.get(lesson.name, tuple(made))
    return {student: notebook for student, notebook in made.items() if student in keep}


def run_demo(folder: Path) -> int:
    """Make the class, grade it, show it; 0 if every hand-in got its verdict."""
    console = Console(highlight=False)
    folder = folder.resolve()
    _empty(folder)
    began = time.monotonic()
    made = _make_class(folder)
    console.print(
        f"A sample class of {len({student for student, _ in made})} with {len(made)} hand-ins in {_near(folder)}"
    )
    steps = [
        (f"nbgrader {step} {lesson.name}", [step, lesson.name])
        for lesson in lessons()
        for step in ("generate_assignment", "autograde", "generate_feedback")
    ]
    for title, arguments in [*steps, ("nbgrader export", ["export"])]:
        _nbgrader(folder, title, arguments, console)
    results = {key: _result(folder, *key) for key in made}
    console.print(_table(results, folder))
    console.print(_next_steps(results), soft_wrap=True)
    console.print(_what_to_open(folder), soft_wrap=True)
    missing = [f"{student}/{lesson}" for (student, lesson), result in results.items() if result is None]
    if missing:
        console.print(f"No verdict for {', '.join(missing)}: see {_near(folder / 'nbgrader.log')}", style="bold red")
    console.print(
        f"{len(made)} hand-ins in, {len(made) - len(missing)} verdicts out, {time.monotonic() - began:.0f} s."
    )
    return 1 if missing else 0


def _empty(folder: Path) -> None:
    """Empty the demo's folder, and nobody else's."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise CourseError(f"{folder}: not empty, and not made by the demo. Name another folder with --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("The demo may empty this folder.\n", "utf-8")


def _make_class(folder: Path) -> list[tuple[str, str]]:
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    made = []
    for lesson in lessons():
        shutil.copytree(lesson.solution.parent, folder / "solutions" / lesson.name)
        for student, text in sample_class(lesson).items():
            path = folder / "submitted" / student / lesson.name / f"{lesson.name}.ipynb"
            path.parent.mkdir(parents=True)
            path.write_text(text, "utf-8")
            made.append((student, lesson.name))
    return made


def _nbgrader(folder: Path, title: str, arguments: list[str], console: Console) -> None:
    """Run one plain nbgrader command in the class's folder; its log goes to a file."""
    began = time.monotonic()
    with open(folder / "nbgrader.log", "a", encoding="utf-8") as log, console.status(title):
        log.write(f"\n$ {title}\n")
        log.flush()
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    console.print(f"  {title}  [dim]{time.monotonic() - began:.1f} s[/dim]")
    if done.returncode:
        raise CourseError(f"`{title}` ended with status {done.returncode}: see {folder / 'nbgrader.log'}")


def _result(folder: Path, student: str, lesson: str) -> dict | None:
    """What the engine noted in the autograded notebook."""
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
    columns = sorted({lesson for _, lesson in results})
    for column in columns:
        table.add_column(f"lesson {int(column[:2])}", justify="right")
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


def _what_to_open(folder: Path) -> str:
    first = lessons()[0].name
    page = folder / "feedback" / "sample-4-mistakes" / first / f"{first}.html"
    return (
        f"Open\n  {_near(page)}\n      what a student with mistakes is told\n"
        f"  {_near(folder / 'grades.csv')}\n      the grades as nbgrader exports them\n"
        f"  {_near(folder / 'nbgrader.log')}\n      everything that nbgrader said"
    )


def _near(path: Path) -> str:
    """A path as short as it can be said from here."""
    relative = os.path.relpath(path)
    return relative if not relative.startswith("..") else str(path)

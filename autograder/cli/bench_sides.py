"""The two sides of `autograder bench grading`: a course directory of nbgrader's own and one of this grader's, and commands that are watched.

nbgrader as it comes runs student code as the user who grades. What the class hands in here is the course's own, and does no more
harm than its limits let it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from autograder.cli.bench_class import NAME, Desk, Student
from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.kept import kept
from autograder.grading.pool import JOBS
from autograder.hosts.nbgrader import scratch
from autograder.results import Result
from autograder.settings import Settings, limits, root

# As `nbgrader collect` writes it.
HANDED_IN_AT = "2026-03-01 09:30:00 UTC\n"
# What this grader says when the grades are recorded and the pictures for the pages begin.
DRAWING = b": drawing the pictures "
SAMPLED = 0.5  # seconds between two looks at a command's memory


@dataclass
class Run:
    """One command that was run to its end.

    Attributes
    ----------
    seconds : float
    status : int
    began : dict of str to float
        By student, the seconds from the command's start to the first line of its log that names them.
    drawing_s : float
        Of the seconds, those at the end in which pictures were drawn for feedback pages, when all grades were recorded.
    processor_s : float
        Processor time of the main process, without its workers.
    peak_bytes, worker_bytes : int
        The most memory that was seen in the main process, and in one process that it started.
    """

    seconds: float = 0.0
    status: int = 0
    began: dict[str, float] = field(default_factory=dict)
    drawing_s: float = 0.0
    processor_s: float = 0.0
    peak_bytes: int = 0
    worker_bytes: int = 0

    @property
    def start_s(self) -> float:
        """Seconds before the first student."""
        return min(self.began.values(), default=self.seconds)

    def spans(self) -> dict[str, float]:
        """Return how long each student took, where one comes after the other, in seconds."""
        ends = [*list(self.began.values())[1:], self.seconds]
        return {student: end - start for (student, start), end in zip(self.began.items(), ends, strict=True)}


class Side:
    """A course directory with a class in it.

    Parameters
    ----------
    folder : Path
        Made here.
    """

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        (folder / "nbgrader_config.py").write_text(self.config(), "utf-8")

    def config(self) -> str:
        """Write the course directory's `nbgrader_config.py`."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Give the environment of this side's commands."""
        return scratch.environment(self.folder)

    def autograde(self, lesson: Lesson) -> list[str]:
        """Give the command that grades a lesson."""
        return self.nbgrader("autograde", lesson.name)

    def graded(self, lesson: Lesson, student: Student) -> bool:
        """Say whether a student has a grade."""
        return self.notebook("autograded", lesson, student).is_file()

    # -- what both do -------------------------------------------------------------------------------------------------

    def nbgrader(self, *arguments: str) -> list[str]:
        """Give a command of nbgrader's in this course directory."""
        return [sys.executable, "-m", "nbgrader", *arguments, *scratch.arguments(self.folder)]

    def notebook(self, step: str, lesson: Lesson, student: Student, suffix: str = ".ipynb") -> Path:
        """Give the place of a student's file at one of nbgrader's steps."""
        return self.folder / step / student.name / lesson.name / f"{lesson.name}{suffix}"

    def make(self, lesson: Lesson, desk: Desk, students: Iterable[Student]) -> None:
        """Enter the lesson into the gradebook, and hand in for the class.

        Raises
        ------
        CourseError
            If nbgrader cannot make the release.
        """
        shutil.copytree(lesson.solution.parent, self.folder / "solutions" / lesson.name)
        if self.run(self.nbgrader("generate_assignment", lesson.name)).status:
            raise CourseError(f"`nbgrader generate_assignment {lesson.name}` failed:\n{self.last_words()}")
        for student in students:
            path = self.notebook("submitted", lesson, student)
            path.parent.mkdir(parents=True)
            path.write_text(desk.text(student), "utf-8")
            (path.parent / "timestamp.txt").write_text(HANDED_IN_AT, "utf-8")

    def feedback(self, lesson: Lesson) -> list[str]:
        """Give the command that makes a lesson's feedback pages."""
        return self.nbgrader("generate_feedback", lesson.name)

    def page_bytes(self, lesson: Lesson, student: Student) -> int | None:
        """Give the size of a student's feedback page, or None if there is none."""
        page = self.notebook("feedback", lesson, student, ".html")
        return page.stat().st_size if page.is_file() else None

    @property
    def log(self) -> Path:
        """Where all that the commands said is kept."""
        return self.folder / "bench.log"

    def last_words(self) -> str:
        """Return the end of what the commands said."""
        return self.log.read_text("utf-8", "replace")[-2000:] if self.log.exists() else ""

    def run(self, command: Sequence[str]) -> Run:
        """Run a command to its end, and watch it."""
        done = Run()
        began = time.monotonic()
        with open(self.log, "ab") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            watcher = threading.Thread(target=_watch, args=(process.pid, done), daemon=True)
            watcher.start()
            assert process.stdout is not None
            try:
                drawing = 0.0
                for line in process.stdout:
                    log.write(line)
                    if not drawing and DRAWING in line:
                        drawing = time.monotonic()
                    for student in NAME.findall(line.decode("utf-8", "replace")):
                        done.began.setdefault(student, time.monotonic() - began)
            except BaseException:
                process.terminate()
                raise
            finally:
                done.status = process.wait()
                watcher.join()
        ended = time.monotonic()
        done.seconds, done.drawing_s = ended - began, ended - drawing if drawing else 0.0
        return done


class Stock(Side):
    """nbgrader as it comes: the same release, its own way of grading by the notebook's visible checks, the same limit for a cell."""

    name = "stock"

    def config(self) -> str:
        settings = {
            f"{section}.{trait}": value
            for section, traits in scratch.text_settings().items()
            for trait, value in traits.items()
        }
        settings |= {**scratch.NAMES, "Execute.timeout": round(limits().cell)}
        return "c = get_config()  # noqa: F821\n" + "".join(
            f"c.{name} = {value!r}\n" for name, value in settings.items()
        )

    def environment(self) -> dict[str, str]:
        return {name: value for name, value in super().environment().items() if not name.startswith("AUTOGRADER_")}


class Ours(Side):
    """This grader, plugged into nbgrader as in the course.

    Parameters
    ----------
    folder : Path
    jobs : int
        How many submissions it grades at once.
    """

    name = "ours"

    def __init__(self, folder: Path, jobs: int) -> None:
        super().__init__(folder)
        self.jobs = jobs

    def config(self) -> str:
        return scratch.config_text(self.folder)

    def environment(self) -> dict[str, str]:
        return super().environment() | {JOBS: str(self.jobs)}

    def result(self, lesson: Lesson, student: Student) -> Result | None:
        """Return what was kept of a student's grading."""
        return kept(Settings(root(), self.folder.resolve(), limits()), lesson.name, student.name)

    def graded(self, lesson: Lesson, student: Student) -> bool:
        return super().graded(lesson, student) and self.result(lesson, student) is not None


def _watch(pid: int, done: Run) -> None:
    """Note the memory and the processor time of a process until it ends."""
    try:
        process = psutil.Process(pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            times = process.cpu_times()
            done.processor_s = times.user + times.system
            done.peak_bytes = max(done.peak_bytes, process.memory_info().rss)
            for child in process.children():
                done.worker_bytes = max(done.worker_bytes, _memory(child))
            time.sleep(SAMPLED)
    except psutil.Error:
        return  # it has ended


def _memory(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def cores() -> int:
    """Give the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

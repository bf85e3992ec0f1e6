"""Shows how the grading of a class goes on: a bar on a terminal, a plain line for each submission elsewhere; and writes it down as JSON."""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from autograder import files
from autograder.cli.options import complain
from autograder.course.catalog import bonus_names
from autograder.errors import CourseError
from autograder.grading.journal import Journal
from autograder.grading.kept import kept
from autograder.grading.progress import Progress
from autograder.results import Result, Verdict
from autograder.settings import Settings
from autograder.words import counted, duration

SLOWEST = 3
# Names of those who wait for a human, and characters of why, that are told at the end.
MOST_NAMES, REASON = 12, 200


@dataclass
class Seen:
    """What became of one submission in this run. `new`: whether it was graded now; `why`: how the grader failed on it, or ""."""

    lesson: str
    student: str
    new: bool
    verdict: str = ""
    seconds: float = 0.0
    why: str = ""


class Shown(Progress):
    """The progress of a run over one or more lessons, on a console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seen: dict[tuple[str, str], Seen] = {}
        self.log = _Log(self)
        self._lesson = ""
        self._began = time.monotonic()
        self._whole = 0
        self._verdicts: Counter[str] = Counter()
        self._slowest: Seen | None = None
        self._bar: Bar | None = None
        self._task = TaskID(0)

    # -- what a class run tells -----------------------------------------------------------------------------------

    def begin(self, lesson: str, submissions: int) -> None:
        self._lesson, self._whole, self._began = lesson, 0, time.monotonic()
        self._verdicts, self._slowest = Counter(), None
        if self.console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Bar(*columns, TextColumn("{task.fields[facts]}"), console=self.console)
            self._task = self._bar.add_task(lesson, total=None, facts="")
            self._bar.start()
        else:
            self._line(f"{lesson}: {counted(submissions, 'submission')}")

    def todo(self, students: list[str]) -> None:
        # Whoever is graded once more in a later round is counted once more.
        self._whole += len(students)
        if self._bar is not None:
            self._bar.update(self._task, total=self._whole)

    def kept(self, student: str) -> None:
        self.seen[self._lesson, student] = Seen(self._lesson, student, new=False)

    def graded(self, student: str, result: Result) -> None:
        self._add(Seen(self._lesson, student, True, result.verdict, result.seconds))
        score = "no score" if result.score is None else f"{round(result.score, 2):g}"
        self._tell(f"{student}: {result.verdict}, {score} of {result.max_score:g} points, {result.seconds:.1f} s")

    def failed(self, student: str, why: str) -> None:
        self._add(Seen(self._lesson, student, True, Verdict.INFRA, why=why))
        self._tell(f"{student}: {Verdict.INFRA}, the grader failed: {why}")

    def drawing(self, submissions: int) -> None:
        text = f"{self._lesson}: all grades are recorded; pictures of {counted(submissions, 'submission')}"
        if self.console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Bar(*columns, console=self.console)
            self._task = self._bar.add_task(f"{self._lesson}: pictures", total=submissions)
            self._bar.start()
        else:
            self._line(text)

    def drawn(self, student: str) -> None:
        if self._bar is not None:
            self._bar.update(self._task, advance=1)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    # -- on the console -------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Say something of the run's log: above the bar, or on standard error where the lines go elsewhere."""
        if self.console.is_terminal:
            self.console.print(text, style="yellow", markup=False, soft_wrap=True)
        else:
            complain(text)

    def summary(self, settings: Settings, seconds: float) -> None:
        """Say at the end how many have which verdict, how long it took, and what took longest."""
        rows = [row_of(seen, settings) for seen in self.seen.values()]
        new = [seen for seen in self.seen.values() if seen.new]
        verdicts = Counter(row["verdict"] for row in rows)
        told = ", ".join(f"{verdict} {number:,}" for verdict, number in sorted(verdicts.items()))
        a_minute = 60 * len(new) / seconds if seconds else 0
        rate = f", {a_minute:.0f} a minute" if a_minute >= 1 else ""
        self._line(
            f"{counted(len(rows), 'submission')}: {told or 'none'}. {len(new):,} graded now in {duration(seconds)}{rate}."
        )
        slowest = sorted(new, key=lambda seen: seen.seconds, reverse=True)[:SLOWEST]
        if len(new) > SLOWEST:
            self._line("Slowest: " + ", ".join(f"{s.student} of {s.lesson} {s.seconds:.1f} s" for s in slowest) + ".")
        for line in for_a_human([row for row in rows if row["new"]]):
            self._line(line)

    def _add(self, seen: Seen) -> None:
        self.seen[seen.lesson, seen.student] = seen
        self._verdicts[seen.verdict] += 1
        if self._slowest is None or seen.seconds > self._slowest.seconds:
            self._slowest = seen

    def _tell(self, line: str) -> None:
        """One submission more: a line, or the bar and what stands behind it."""
        done = self._verdicts.total()
        if self._bar is None or self._slowest is None:
            self._line(f"{self._lesson} {line} ({done:,} of {self._whole:,})")
            return
        rate = 60 * done / max(0.1, time.monotonic() - self._began)
        told = " ".join(f"{verdict} {number}" for verdict, number in self._verdicts.most_common())
        facts = f"{rate:.0f} a minute · {told} · slowest {self._slowest.student} {self._slowest.seconds:.0f} s"
        self._bar.update(self._task, advance=1, facts=facts)

    def _line(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)


class _Log(logging.Handler):
    """Hands what a class run logs to the console. Faults of single submissions are told as progress, too, and not twice."""

    def __init__(self, shown: Shown) -> None:
        super().__init__(logging.WARNING)
        self.shown = shown

    def emit(self, record: logging.LogRecord) -> None:
        self.shown.say(self.format(record))


def row_of(seen: Seen, settings: Settings) -> dict[str, Any]:
    """Return what the JSON says of a submission, from the result that is kept of it; of one on which the grader failed, that."""
    row: dict[str, Any] = {"lesson": seen.lesson, "student": seen.student, "verdict": seen.verdict or Verdict.INFRA}
    row |= {"score": None, "max_score": None, "seconds": None, "new": seen.new, "reason": seen.why}
    if seen.why:
        return row
    try:
        result = kept(settings, seen.lesson, seen.student)
    except CourseError as error:
        return {**row, "verdict": seen.verdict, "reason": str(error)}
    if result is not None:
        of = {"verdict": result.verdict, "score": result.score, "max_score": result.max_score}
        return row | of | {"seconds": result.seconds, "reason": result.reason}
    # Graded by a version that kept no results: the journal knows.
    event = Journal(settings.directory).grades(seen.lesson).get(seen.student, {})
    return row | {name: event[name] for name in ("verdict", "score", "max_score") if name in event}


def for_a_human(rows: list[dict[str, Any]]) -> list[str]:
    """Return who waits for a human and why, a line for each reason; names are as many as are read, then a number stands for the others.

    rows: as `row_of` makes them.
    """
    reasons: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row["lesson"], row["student"])):
        if not Verdict(row["verdict"]).gradable or row["verdict"] == Verdict.TAMPER:
            why = " ".join(str(row["reason"] or "").split())[:REASON]
            reasons.setdefault(f"{row['verdict']}{': ' if why else ''}{why}", []).append(
                f"{row['student']} of {row['lesson']}"
            )
    if not reasons:
        return []
    whole = sum(map(len, reasons.values()))
    lines, left = [f"For a human to look at: {counted(whole, 'submission')}."], MOST_NAMES
    for why, names in reasons.items():
        if not left:
            break
        shown, more = names[:left], len(names[left:])
        left -= len(shown)
        lines.append(f"  {', '.join(shown)}{f' and {more:,} more' if more else ''}: {why}")
    told = sum(len(names) for names in [*reasons.values()][: len(lines) - 1])
    if told < whole:
        lines.append(f"  And {counted(whole - told, 'other')}: `autograder report` has them all.")
    return lines


def as_json(
    file: Path, shown: Shown, settings: Settings, lessons: list[str], problems: list[str], seconds: float
) -> None:
    """Write one JSON object about a run to a file.

    Keys: "lessons"; "submissions", each with "lesson", "student", "verdict", "score", "max_score" (null where there is none), "seconds" (that
    grading took), "new" (graded in this run), "reason" and "bonus" (whether the lesson is a bonus lesson, by today's course); "totals" with
    "submissions", "graded", "kept", "failed", "verdicts" (counts) and "seconds" (of the run); "problems", one line each for what kept
    submissions from being graded.

    Raises
    ------
    CourseError
        If the file cannot be written.
    """
    bonus = bonus_names()
    rows = [row_of(seen, settings) | {"bonus": seen.lesson in bonus} for _, seen in sorted(shown.seen.items())]
    totals = {
        "submissions": len(rows),
        "graded": sum(row["new"] and row["verdict"] != Verdict.INFRA for row in rows),
        "kept": sum(not row["new"] for row in rows),
        "failed": sum(row["verdict"] == Verdict.INFRA for row in rows),
        "verdicts": dict(sorted(Counter(row["verdict"] for row in rows).items())),
        "seconds": round(seconds, 2),
    }
    whole = {"lessons": lessons, "submissions": rows, "totals": totals, "problems": problems}
    try:
        files.write(file, json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise CourseError(
            f"{file}: cannot be written ({error.strerror}). The grades are recorded all the same."
        ) from error

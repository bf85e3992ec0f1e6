"""The arithmetic of `autograder bench grading`: what was measured on either side, in one object."""

from __future__ import annotations

import platform
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from autograder.cli.bench_class import EXIT, HOSTILE, Student
from autograder.cli.bench_sides import Ours, Run, Side, cores
from autograder.course.catalog import Lesson
from autograder.results import Result, Verdict
from autograder.settings import limits


@dataclass
class Measured:
    """All that was measured.

    Attributes
    ----------
    lessons : list of Lesson
    mix : dict of str to int
    whole, part : list of Student
        The class, and those of it whom stock nbgrader graded.
    runs : dict
        By side ("stock" or "ours"), step ("grades" or "feedback") and lesson.
    jobs : int
        Submissions that this grader graded at a time.
    results : dict
        By lesson and student, what this grader found.
    pages : dict
        By side, the sizes of the feedback pages in bytes.
    ungraded : dict
        By side, who got no grade: "student/lesson".
    """

    lessons: list[Lesson]
    mix: Mapping[str, int]
    whole: list[Student]
    part: list[Student]
    jobs: int
    runs: dict[tuple[str, str, str], Run] = field(default_factory=dict)
    results: dict[tuple[str, str], Result] = field(default_factory=dict)
    pages: dict[str, list[int]] = field(default_factory=dict)
    ungraded: dict[str, list[str]] = field(default_factory=dict)

    def take(self, side: Side, *, feedback: bool) -> None:
        """Look at what a side has made of its class."""
        students = self.whole if isinstance(side, Ours) else self.part
        pairs = [(lesson, student) for lesson in self.lessons for student in students]
        self.ungraded[side.name] = [f"{s.name}/{ls.name}" for ls, s in pairs if not side.graded(ls, s)]
        sizes = [side.page_bytes(lesson, student) for lesson, student in pairs] if feedback else []
        self.pages[side.name] = [size for size in sizes if size is not None]
        for lesson, student in pairs if isinstance(side, Ours) else ():
            if result := side.result(lesson, student):  # type: ignore[attr-defined]
                self.results[lesson.name, student.name] = result

    @property
    def failed(self) -> list[str]:
        """Who should have got a grade and did not: "side: student/lesson".

        nbgrader as it comes gives none to a notebook whose kernel ends, which is expected here.
        """
        expected = {
            f"{student.name}/{lesson.name}"
            for place, lesson in enumerate(self.lessons)
            for student in self.part
            if student.kind == HOSTILE and student.attack(place) == EXIT
        }
        infra = [f"{s}/{ls}" for (ls, s), result in self.results.items() if result.verdict == Verdict.INFRA]
        ours = [*self.ungraded.get("ours", []), *infra]
        stock = [name for name in self.ungraded.get("stock", []) if name not in expected]
        return [f"stock: {name}" for name in stock] + [f"ours: {name}" for name in ours]


def scaled(run: Run, part: Sequence[Student], whole: Sequence[Student]) -> float:
    """Say how long a command would take for a whole class, from how long it took for a part, one student after the other.

    Each student who is not in the part takes as long as those of their kind in it did on the average; where there is none of the
    kind, as long as all did.
    """
    spans = run.spans()
    kind_of = {student.name: student.kind for student in part}
    known: dict[str, list[float]] = {}
    for name, seconds in spans.items():
        known.setdefault(kind_of.get(name, ""), []).append(seconds)
    everybody = statistics.fmean(spans.values()) if spans else run.seconds
    missing = [student for student in whole if student.name not in kind_of]
    return run.seconds + sum(statistics.fmean(known.get(student.kind, [everybody])) for student in missing)


def figures(found: Measured) -> dict[str, Any]:
    """Return what `--json` prints. Seconds are of the whole class, all lessons together; None where nothing was measured."""
    stock_s = _stock(found, "grades")
    stock_pages = _stock(found, "feedback")
    ours_s, ours_pages = _seconds(found, "ours", "grades"), _seconds(found, "ours", "feedback")
    stock_all, ours_all = _sum(stock_s, stock_pages), _sum(ours_s, ours_pages)
    sizes = found.pages.get("ours", [])
    return {
        "students": len(found.whole),
        "lessons": [lesson.name for lesson in found.lessons],
        "jobs": found.jobs,
        "stock_s": _rounded(stock_s),
        "ours_s": _rounded(ours_s),
        "ratio": _ratio(stock_s, ours_s),
        "stock_with_feedback_s": _rounded(stock_all),
        "ours_with_feedback_s": _rounded(ours_all),
        "ratio_with_feedback": _ratio(stock_all, ours_all),
        "ours_by_phase": phases(found),
        "page_bytes": max(sizes, default=None),
        "page_bytes_mean": round(statistics.fmean(sizes)) if sizes else None,
        "stock_page_bytes": max(found.pages.get("stock", []), default=None),
        "mix": Counter(student.kind for student in found.whole),
        "by_kind": by_kind(found),
        "stock_students": len(found.part),
        "stock_measured_s": _rounded(_seconds(found, "stock", "grades")),
        "stock_without_a_grade": found.ungraded.get("stock", []),
        "failed": found.failed,
        "cell_limit_s": limits().cell,
        "memory": memory(found),
        "by_lesson": by_lesson(found),
        "machine": machine(),
    }


def phases(found: Measured) -> dict[str, float]:
    """Give this grader's seconds by phase.

    "start" is what the commands take before the first submission. The phases of a job, and "rest of a job", are summed over all
    submissions, in the seconds of the processes that work side by side. "not in a job" is what remains of the time from the first submission to the end when
    that is taken off, shared among the jobs. "pictures" is drawn for the pages behind that, and not part of it. "main process" is the processor time, from the start on, of the process that gives out the jobs and writes
    gradebook and files; it is part of the others.
    """
    runs = [run for (side, step, _), run in found.runs.items() if (side, step) == ("ours", "grades")]
    sums: Counter[str] = Counter()
    for result in found.results.values():
        sums.update(result.timings)
    jobs = sum(result.seconds for result in found.results.values())
    return {
        "start": round(sum(run.start_s for run in runs), 2),
        **{phase: round(seconds, 2) for phase, seconds in sums.items()},
        "rest of a job": round(jobs - sum(sums.values()), 2),
        "main process": round(sum(run.processor_s for run in runs), 2),
        "pictures": round(sum(run.drawing_s for run in runs), 2),
        "not in a job": round(sum(run.seconds - run.start_s for run in runs) - jobs / found.jobs, 2),
    }


def by_kind(found: Measured) -> dict[str, dict[str, Any]]:
    """Give by kind of student how many submissions there are, and their mean seconds on either side, without what a command takes to start.

    A share is that of the kinds that were measured.
    """
    spans: dict[str, list[float]] = {}
    kinds = {student.name: student.kind for student in found.whole}
    for (side, step, _), run in found.runs.items():
        for name, seconds in run.spans().items() if (side, step) == ("stock", "grades") else ():
            spans.setdefault(kinds[name], []).append(seconds)
    made: dict[str, dict[str, Any]] = {}
    for kind, count in Counter(kinds.values()).items():
        results = [result for (_, student), result in found.results.items() if kinds[student] == kind]
        points = [
            result.score / result.max_score for result in results if result.score is not None and result.max_score
        ]
        made[kind] = {
            "submissions": count * len(found.lessons),
            "stock_mean_s": _mean(spans.get(kind, [])),
            "ours_mean_s": _mean([result.seconds for result in results]),
            "ours_share_of_points": _mean(points),
            "ours_verdicts": Counter(str(result.verdict) for result in results),
        }
    for side in ("stock", "ours"):
        sums = {kind: row["submissions"] * row[f"{side}_mean_s"] for kind, row in made.items() if row[f"{side}_mean_s"]}
        for kind, row in made.items():
            row[f"{side}_share"] = _ratio(sums.get(kind), sum(sums.values()))
    return made


def by_lesson(found: Measured) -> dict[str, dict[str, Any]]:
    """Give the seconds of each lesson, for the whole class."""
    made = {}
    for lesson in found.lessons:
        row: dict[str, Any] = {}
        for step in ("grades", "feedback"):
            stock, ours = (found.runs.get((side, step, lesson.name)) for side in ("stock", "ours"))
            row[f"stock_{step}_s"] = _rounded(scaled(stock, found.part, found.whole)) if stock else None
            row[f"ours_{step}_s"] = _rounded(ours.seconds) if ours else None
            row[f"{step}_ratio"] = _ratio(row[f"stock_{step}_s"], row[f"ours_{step}_s"])
        made[lesson.name] = row
    return made


def memory(found: Measured) -> dict[str, int]:
    """Give the most memory, in bytes, of our main process and of one process that it started; of nbgrader's."""

    def most(side: str, value: Callable[[Run], int]) -> int:
        return max((value(run) for (of, _, _), run in found.runs.items() if of == side), default=0)

    return {
        "main_bytes": most("ours", lambda run: run.peak_bytes),
        "worker_bytes": most("ours", lambda run: run.worker_bytes),
        "stock_main_bytes": most("stock", lambda run: run.peak_bytes),
    }


def machine() -> dict[str, Any]:
    """Say on what was measured."""
    versions = {name: metadata.version(name) for name in ("autograder", "nbgrader", "numpy")}
    return {"cores": cores(), "python": platform.python_version(), "system": platform.platform(), **versions}


def _seconds(found: Measured, side: str, step: str) -> float | None:
    runs = [run for (of, at, _), run in found.runs.items() if (of, at) == (side, step)]
    return sum(run.seconds for run in runs) if runs else None


def _stock(found: Measured, step: str) -> float | None:
    runs = [run for (side, at, _), run in found.runs.items() if (side, at) == ("stock", step)]
    return sum(scaled(run, found.part, found.whole) for run in runs) if runs else None


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _ratio(first: float | None, second: float | None) -> float | None:
    return round(first / second, 3) if first is not None and second else None


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 3) if values else None

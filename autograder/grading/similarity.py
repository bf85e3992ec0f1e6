"""Compares the submissions of a class and lists for a human who handed in the same weights, or the same unusual text.

Nothing here takes a point away. What many have in common says nothing, and neither does what stands in the course's own
material: what counts is text that few submissions share, and numbers that two trainings do not both end in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from autograder import files
from autograder.course.catalog import Lesson
from autograder.grading.similar_texts import alike_texts
from autograder.grading.similar_weights import alike_weights
from autograder.grading.works import KINDS, Pair, Work
from autograder.settings import FOLDER
from autograder.words import counted


def pairs(lesson: Lesson, class_: Iterable[Work]) -> list[Pair]:
    """All pairs of a class that are alike, the same weights first."""
    works = sorted(class_, key=lambda work: work.student)
    found = [*alike_weights(lesson, works), *alike_texts(lesson, works)]
    return sorted(found, key=lambda pair: (KINDS.index(pair.what), pair.students))


def report_path(course: Path, lesson: str) -> Path:
    """Where the pairs of a lesson's last class run are kept, for `autograder integrity`."""
    return course / FOLDER / "integrity" / f"{lesson}.json"


def write_report(course: Path, lesson: str, found: list[Pair], compared: int) -> None:
    """Keep the pairs of a class run. compared: how many submissions there were."""
    facts = {"lesson": lesson, "hand_ins": compared, "pairs": [pair.as_json() for pair in found]}
    files.write(report_path(course, lesson), json.dumps(facts, ensure_ascii=False, indent=1), folders=True)


def read_reports(course: Path) -> list[dict[str, Any]]:
    """The reports of all lessons that were graded in a course directory, in the lessons' order."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(report_path(course, "*").parent.glob("*.json"))]


def rendered(reports: list[dict[str, Any]]) -> Group:
    """The reports for people."""
    table = Table("lesson", "who", "handed in", "which", box=None, header_style="bold")
    for report in reports:
        for pair in report["pairs"]:
            cells = (pair["lesson"], "\n".join(pair["students"]), pair["what"], pair["detail"])
            table.add_row(*map(Text, cells))
    compared = "\n".join(
        f"{report['lesson']}: {counted(report['hand_ins'], 'submission')}, {counted(len(report['pairs']), 'pair')}"
        for report in reports
    )
    advice = "Alike is not copied: talk to both before you decide. No points were taken."
    return Group(Text(compared), table, Text(advice)) if table.row_count else Group(Text(compared))

"""Show a result on a page: a card for each grade cell, a summary, and a box for the instructor, as HTML.

All of it is made from a `Result` at the time that it is shown. The HTML stands in `templates/`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.reports.rows import GREEN, GREY, ORANGE, STATES, has_rows, mark_of, notebook_said, points_text, rows_of
from autograder.results import CellResult, Result, Verdict
from autograder.words import counted

# The id of the cell in which a graded notebook begins.
FIRST_CELL = "autograder-first-cell"
NO_SANDBOX = (
    "Graded without a sandbox (`AUTOGRADER_SANDBOX=none`): nothing kept this submission's code from the grader's files."
)


CODE = '<code style="background:#eef1f4;color:#1f2933;padding:0 3px;border-radius:3px">{}</code>'


def ticks(text: str, code: str = CODE) -> Markup:
    """Escape text, in one line, and show what stands in `backticks` as code. The summary is Markdown: a blank line would end its HTML."""
    text = " ".join(str(text).split())
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(Markup(code).format(part) if i % 2 else escape(part) for i, part in enumerate(parts))


_environment = Environment(
    loader=PackageLoader("autograder.reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_environment.filters["ticks"] = ticks
# What a student wrote is shown as it is, and not as a formula.
_environment.globals["plain"] = "tex2jax_ignore mathjax_ignore"


def _render(template: str, **values: Any) -> str:
    return _environment.get_template(f"{template}.html.j2").render(**values).strip()


def card_html(cell: CellResult) -> str:
    """Return the feedback card of one grade cell; everything in it is escaped."""
    sign, colour = mark_of(cell)
    details = has_rows(cell)
    return _render(
        "card",
        cell=cell,
        sign=sign,
        colour=colour,
        points=points_text(cell.points, cell.max_points),
        lead="" if details else cell.message,
        checks=rows_of(cell) if details else [],
        carried=cell.carried if details else "",
        visible=notebook_said(cell) if details else "",
    )


# The first line of a card, which a page has in a heading of its own.
HEAD = re.compile(r'<div[^>]* style="display:flex;justify-content:space-between;[^>]*>.*?</span></div>\n', re.DOTALL)


def without_head(card: str) -> str:
    """Return a card without its title and points."""
    return HEAD.sub("", card, count=1)


# At the foot of the summary.
COURSE_PICTURES = "Where all your checks passed, the picture is the one that the course's own code draws"
CUT_SHORT = "Where a notebook is graded, long trainings are cut short: their pictures show no more than the beginning"


@dataclass(frozen=True)
class About:
    """What a page says about a submission besides its points; what is not known is "", and left out.

    Attributes
    ----------
    student, name : str
        The id, and the name.
    handed_in, graded : str
        Times with their zones.
    late : str
        By how much: "2 hours".
    file : str
        The name of the file that was graded.
    sandbox : str
    course_pictures : bool
        Whether the page has pictures that the course's answers draw.
    cut_short : bool
        Whether the lesson cuts trainings short where it is graded, so that their pictures are not those of the student's own run.
    alone : bool
        Whether somebody without a teacher looks at it.
    report : str
        For them, what to do about a fault of the grader.
    """

    student: str = ""
    name: str = ""
    handed_in: str = ""
    late: str = ""
    graded: str = ""
    file: str = ""
    sandbox: str = ""
    title: str = ""
    course_pictures: bool = False
    cut_short: bool = False
    alone: bool = False
    report: str = ""

    @property
    def who(self) -> str:
        """The student's name with the id, or the id."""
        return f"{self.name} ({self.student})" if self.name and self.name != self.student else self.student

    @property
    def facts(self) -> list[str]:
        """One line at the foot of the summary."""
        found = [f"Handed in {self.handed_in}" if self.handed_in else "No time of handing in is known"]
        found += [f"graded {self.graded}"] if self.graded else []
        found += [f"from the file `{_no_ticks(self.file)}`"] if self.file else []
        found += [COURSE_PICTURES] if self.course_pictures else []
        found += [CUT_SHORT] if self.cut_short else []
        return found if self.student else []


def summary_html(
    result: Result, *, late_penalty: float = 0.0, commented: Sequence[str] = (), about: About | None = None
) -> str:
    """Return where a student stands in one lesson, and what to try next.

    Parameters
    ----------
    result : Result
    late_penalty : float
        Points that are taken off the score already.
    commented : sequence of str
        The ids of the cells under which a human wrote.
    about : About, optional
    """
    about = about or About()
    open_cells = [cell for cell in result.cells if not cell.full]
    waits = result.waits
    headline, colour = _headline(result, late_penalty, about.alone)
    provisional = waits and result.score is not None
    why = f"The score is provisional. {result.reason}".strip() if provisional else result.reason
    reasons = [text for text in (why, about.report) if waits and text]
    if result.sandbox == "none" or about.sandbox == "none":
        reasons.append(NO_SANDBOX)
    return _render(
        "summary",
        result=result,
        about=about,
        headline=headline,
        colour=colour,
        total=points_text(result.score, result.max_score),
        percent=min(100, round(100 * (result.score or 0) / result.max_score)) if result.max_score else 0,
        late=_lateness(result, late_penalty, about.late),
        reasons=reasons,
        next=open_cells[0] if open_cells and (provisional or not waits) else None,
        rows=[_summary_row(cell) for cell in result.cells],
        commented=commented,
    )


def _headline(result: Result, late_penalty: float, alone: bool) -> tuple[str, str]:
    """The summary's first line and its colour."""
    done = sum(cell.full for cell in result.cells)
    if result.waits and alone:
        return f"Not graded: {'the grader failed' if result.verdict == Verdict.INFRA else 'a person has to look'}", GREY
    if result.waits:
        return (
            f"{'Provisional: your' if result.score is not None else 'Your'} teacher will look at this submission",
            GREY,
        )
    if done < len(result.cells):
        return f"{done} of {counted(len(result.cells), 'exercise')} complete", ORANGE if result.score else GREY
    if _is_taken_off(result, late_penalty):
        return f"All done, {counted(late_penalty, 'point')} off for lateness", ORANGE
    return "All done: full marks", GREEN


def _lateness(result: Result, late_penalty: float, late: str) -> str:
    """What is said of a submission that came late, or ""."""
    taken = _is_taken_off(result, late_penalty)
    if not taken and not late:
        return ""
    cost = f": {counted(late_penalty, 'point')} less." if taken else "; no points were taken off for that."
    return f"Handed in {late + ' ' if late else ''}late{cost}"


def _is_taken_off(result: Result, late_penalty: float) -> bool:
    return late_penalty > 0 and result.score is not None


def _summary_row(cell: CellResult) -> dict[str, str]:
    sign, colour = mark_of(cell)
    points = points_text(cell.points, cell.max_points)
    return {
        **{"id": cell.id, "title": cell.title, "points": points},
        **{"sign": sign, "state": STATES[sign], "colour": colour},
    }


def open_with(notebook: NotebookNode, html: str) -> None:
    """Have a graded notebook begin with a cell of the grader's, in the place of the one that is there."""
    notebook.cells = [cell for cell in notebook.cells if cell.get("id") != FIRST_CELL]
    about = {"course": {"from": "grader"}}
    notebook.cells.insert(0, new_markdown_cell(html, id=FIRST_CELL, metadata=about))


def tell_the_teacher(notebook: NotebookNode, reason: str, *, points_stand: bool) -> None:
    """Put at the top of a graded notebook, where nbgrader's formgrader shows it, why it waits for a human. Students get no such cell."""
    open_with(notebook, for_teacher_html(reason, points_stand=points_stand))


def for_teacher_html(reason: str, *, points_stand: bool) -> str:
    """Return the box that says why a submission waits, and what to do about it."""
    what = (
        "The points below are provisional, and no export has them. If they stand, type those of the exercise with the red box into it; otherwise"
        " change them, or put right what is wrong and run `nbgrader autograde` again."
        if points_stand
        else "There are no points yet: type them in, or have it handed in again and run `nbgrader autograde`."
    )
    return _render("for_teacher", lines=[reason, what])


def _no_ticks(text: str) -> str:
    """A text that can stand between backticks."""
    return text.replace("`", "'")

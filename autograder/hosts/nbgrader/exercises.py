"""What a feedback page says of each exercise: the student's code, the card, the picture it made beside the right one, and the hint that fits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder.course.catalog import is_check, is_setup, is_written, nbgrader_facts
from autograder.course.markers import CHECK_SUFFIX
from autograder.grading.beside import picture_of
from autograder.grading.shared_pictures import SharedPictures
from autograder.hosts.nbgrader.notebooks import NOTE, UNANSWERED
from autograder.reports import cards, rows
from autograder.results import CellResult, Result
from autograder.words import counted

# Lines of code up to which an answer that is not right stands open, and those of what it printed that are shown.
LINES, PRINTED = 25, 12
HINT = re.compile(r"<details>\s*<summary>(Hint [^<]*)</summary>(.*?)</details>", re.DOTALL)
# A cell of a notebook that has its place in an exercise: what is shown there and not again.
PLACE = "place"


@dataclass
class Section:
    """One exercise on a page.

    Attributes
    ----------
    id, title, points, sign, state : str
        Of the grade cell; `state` is the sign in a word.
    answer : NotebookNode or None
        The student's.
    card : str
        What the checks said, as HTML of the grader's.
    blank, full, open : bool
        Not answered; all points; whether the code stands open.
    pictures : list of dict
        What the code drew: "kind", "data", "alt".
    printed : str
        What it showed in words, where it drew nothing.
    beside : dict or None
        The right picture, small.
    hints : list of (str, str)
        Titles and Markdown, the one that fits first.
    """

    id: str
    title: str
    points: str
    sign: str
    state: str
    answer: NotebookNode | None
    card: str
    blank: bool
    full: bool
    open: bool
    pictures: list[dict[str, str]] = field(default_factory=list)
    printed: str = ""
    beside: dict[str, str] | None = None
    hints: list[tuple[str, str]] = field(default_factory=list)

    @property
    def lines(self) -> str:
        """The length of the answer, in words."""
        return counted(self.answer.source.count("\n") + 1, "line") if self.answer is not None else ""


def sections(notebook: NotebookNode, result: Result, shared: SharedPictures) -> list[Section]:
    """Return the exercises of a graded notebook, and mark the cells that are shown there; none where nobody could read what was handed in.

    Parameters
    ----------
    notebook : NotebookNode
        A graded one, complete with its pictures.
    result : Result
    shared : SharedPictures
    """
    note = notebook.metadata.get(NOTE, {})
    if note.get("reason") and result.score is None:
        return []
    places = {nbgrader_facts(cell)["grade_id"]: i for i, cell in enumerate(notebook.cells) if nbgrader_facts(cell)}
    order = [cell.id.removesuffix(CHECK_SUFFIX) for cell in result.cells]
    tried = set(order) - set(note.get(UNANSWERED, []))
    found = []
    for cell in result.cells:
        if cell.id not in places:
            continue
        check, answer = notebook.cells[places[cell.id]], places.get(cell.id.removesuffix(CHECK_SUFFIX))
        is_tried = cell.id.removesuffix(CHECK_SUFFIX) in tried
        section = _section(cell, check, None if answer is None else notebook.cells[answer], is_tried=is_tried)
        if answer is not None and cell.points is not None and not section.full:
            section.hints = _hints(notebook, answer, is_blank=section.blank)
        shown = _picture_cell(notebook, places[cell.id], cell.id.removesuffix(CHECK_SUFFIX), order, shared)
        if shown is not None and cell.points is not None and not section.blank:
            _show(section, shown, note, shared, tried)
        for part in (check, section.answer):
            if part is not None:
                _mark(part, cell.id)
        found.append(section)
    return found


def _section(cell: CellResult, check: NotebookNode, answer: NotebookNode | None, *, is_tried: bool) -> Section:
    sign, _ = rows.mark_of(cell)
    card = next((o.data["text/html"] for o in check.get("outputs", []) if "text/html" in o.get("data", {})), "")
    # What cannot be read as Python is no blank for whoever wrote it.
    blank, full = cell.blank and not cell.full and not is_tried, cell.full
    short = answer is not None and answer.source.count("\n") < LINES
    return Section(
        id=cell.id,
        title=cell.title,
        points=rows.points_text(cell.points, cell.max_points),
        sign=sign,
        state=rows.STATES[sign],
        answer=answer,
        card=cards.without_head(card),
        blank=blank,
        full=full,
        open=short and not blank and not full and cell.points is not None,
    )


def _hints(notebook: NotebookNode, answer: int, *, is_blank: bool) -> list[tuple[str, str]]:
    """The lesson's hints for an exercise, from the one that fits: who has not begun needs the idea, who has tried where to look."""
    texts = (c for c in reversed(notebook.cells[:answer]) if c.cell_type == "markdown" and not is_written(c))
    text = next(texts, None)
    found = [(title.strip(), body.strip()) for title, body in HINT.findall(text.source)] if text is not None else []
    return found if is_blank else found[1:] or found


def _picture_cell(
    notebook: NotebookNode, check: int, answer: str, order: list[str], shared: SharedPictures
) -> NotebookNode | None:
    """The course's cell that shows what an exercise makes: the first behind its check that needs its answer and no later one."""

    def candidates() -> Iterator[NotebookNode]:
        for cell in notebook.cells[check + 1 :]:
            behind = [name for name in shared.behind.get(cell.get("id"), ()) if name in order]
            is_plain = cell.cell_type == "code" and not (is_written(cell) or is_check(cell) or is_setup(cell))
            if is_plain and behind and max(behind, key=order.index) == answer and PLACE not in cell.metadata:
                yield cell

    found = list(candidates())
    drawn = (cell for cell in found if any(map(picture_of, shared.right.get(cell.id, []))))
    return next(drawn, found[0] if found else None)


def _show(section: Section, cell: NotebookNode, note: dict[str, Any], shared: SharedPictures, tried: set[str]) -> None:
    """Give a section what its cell shows. The pictures are marked as shown here; words are shown in short, and again whole in the notebook."""
    own = cell.id in (note.get("drawn") or []) if note.get("drawn") is not True else True
    section.pictures = [picture for output in cell.outputs if (picture := picture_of(output))]
    only_pictures = all(picture_of(o) or o.output_type == "stream" for o in cell.outputs)
    # What stopped a cell whose exercise is right is another one's, and stands there.
    is_others = section.full and any(output.output_type == "error" for output in cell.outputs)
    if not section.pictures and (not own or is_others):
        return
    section.printed = _printed(cell.outputs)
    if section.pictures and only_pictures and section.printed == _words(cell.outputs):
        _mark(cell, section.id)
    elif section.pictures:
        section.pictures, section.printed = [], ""
    is_courses = cell.outputs == shared.right.get(cell.id)
    if own and not is_courses:
        section.beside = shared.beside_of(cell.id, tried)


def _words(outputs: list[NotebookNode]) -> str:
    return "".join(output.text for output in outputs if output.output_type == "stream").strip("\n")


def _printed(outputs: list[NotebookNode]) -> str:
    """What outputs say in words, the first lines; of an error its last line."""
    errors = [f"{o.ename}: {o.evalue}" for o in outputs if o.output_type == "error"]
    values = [
        o.data["text/plain"] for o in outputs if o.output_type == "execute_result" and "text/plain" in o.get("data", {})
    ]
    lines = "\n".join(filter(None, [_words(outputs), *values, *errors])).split("\n")
    kept = [line[:200] for line in lines[:PRINTED]]
    return "\n".join([*kept, "…"] if len(lines) > PRINTED else kept)


def _mark(cell: NotebookNode, section: str) -> None:
    cell.metadata[PLACE] = section

"""Rebuild a submission on the release: match its cells, place them, assemble the notebook."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder import settings
from autograder.course.catalog import Lesson, lessons
from autograder.errors import CourseError, Unreadable
from autograder.safe_text import inert_markdown
from autograder.settings import limits
from autograder.submission.cells import (
    MOST_PARSED,
    Cell,
    Release,
    cells_of,
    marked,
    match_cells,
    names_of,
    places_of_graded,
    same_text,
    split_merged,
)
from autograder.submission.files import digest_inputs, extra_files
from autograder.submission.reader import RawNotebook, read_notebook

# Characters of all cells of a notebook together.
MOST_SOURCE = 8_000_000


@dataclass
class Submission:
    """A submission, rebuilt: plain data that can be pickled.

    Attributes
    ----------
    lesson : Lesson
    notebook : NotebookNode
        The release's cells in its order, with the student's answers and extra cells as source only.
    input_digest : str
        Hash of all that student code can see. Hidden inputs are drawn from it.
    repairs : list of str
        What was changed, one line each.
    files : dict of str to Path
        The files that came with the notebook, by name.
    """

    lesson: Lesson
    notebook: NotebookNode
    input_digest: str
    repairs: list[str] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)


def open_submission(path: Path) -> Submission:
    """Read a notebook file and the files beside it, find the lesson, and rebuild it.

    Raises
    ------
    Unreadable
        If it is no notebook, or none of a lesson of the course.
    CourseError
        If there is no lesson in the course folder.
    """
    raw = read_notebook(path)
    lesson = lesson_of(raw)
    must_hold(raw, lesson)
    files, refused = extra_files(path.resolve().parent)
    submission = rebuild(raw, lesson, digest_inputs(path, files))
    submission.files = files
    # Of all else that lies in a folder of somebody's, nothing has to be said.
    submission.repairs += [line for line in refused if line.partition(": ")[0].endswith(".weights.h5")]
    return submission


# -- which lesson -----------------------------------------------------------------------------------------------------


def lesson_of(raw: RawNotebook) -> Lesson:
    """Return which lesson a notebook is: by its own note, else its file name, else its answer markers.

    Raises
    ------
    CourseError
        If there is no lesson in the course folder.
    Unreadable
        If it cannot be told.
    """
    metadata = raw.data.get("metadata")
    about = metadata.get("course") if isinstance(metadata, dict) else None
    named = about.get("lesson") if isinstance(about, dict) else None
    known = lessons()
    if not known:
        raise CourseError(
            f"{settings.root()}: there is no lesson in this course folder. Does AUTOGRADER_COURSE name the right one?"
        )
    for candidate in known:
        if named == candidate.name:
            return candidate
    for candidate in known:
        if re.search(rf"(?<![a-z0-9]){candidate.name}(?![a-z0-9])", raw.stem.lower()):
            return candidate
    names = {name for cell in cells_of(raw.data) for name in marked(cell)}
    shared = {candidate.name: len(names & {exercise.id for exercise in candidate.exercises()}) for candidate in known}
    most = max(shared.values(), default=0)
    likely = [candidate for candidate in known if shared[candidate.name] == most]
    if most and len(likely) == 1:
        return likely[0]
    expected = ", ".join(f"{item.name}.ipynb" for item in known)
    raise Unreadable(f"{raw.name}: cannot tell which lesson this is. Name the file like the lesson: {expected}.")


def must_hold(raw: RawNotebook, lesson: Lesson) -> None:
    """Require that a notebook holds a lesson, and that its cells can be taken apart in a short time.

    Raises
    ------
    Unreadable
        If not one graded cell of the lesson is in it: then it is some other notebook. And if it is too long.
    """
    graded = frozenset(name for exercise in lesson.exercises() for name in (exercise.id, exercise.check_id))
    came = cells_of(raw.data)
    whole = sum(len(cell.source) for cell in came)
    if whole > MOST_SOURCE:
        raise Unreadable(
            f"{raw.name}: its cells are {whole:,} characters long together, more than {MOST_SOURCE // 10**6} million."
            " Take out what is not needed, save, hand in again."
        )
    merged = [len(cell.source) for cell in came if len(places_of_graded(cell, graded)) > 1]
    if 2 * sum(merged) > MOST_PARSED:
        raise Unreadable(
            f"{raw.name}: cells with several answers in them are {sum(merged):,} characters long, too long to be taken apart."
            " Put each answer into its own cell."
        )
    if not any(graded.intersection(names_of(cell)) for cell in came):
        raise Unreadable(
            f"{raw.name}: none of the exercises of {lesson.name} is in this notebook. Is it the right one?"
        )


# -- rebuilding: match, place, assemble -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Placed:
    """Where the student's cells go.

    Attributes
    ----------
    extras : dict of str to list of Cell
        Cells of the student's own, by the id of the released cell that they follow ("" for the start); and edited
        cells of the course, by `before(id)` of the one that they stood for.
    answers : dict of str to list of Cell
        The pieces of each answer, in the student's order.
    present : frozenset of str
        The ids of the released cells that came back in some form.
    repairs : list of str
    """

    extras: dict[str, list[Cell]]
    answers: dict[str, list[Cell]]
    present: frozenset[str]
    repairs: list[str]


def rebuild(raw: RawNotebook, lesson: Lesson, input_digest: str) -> Submission:
    """Put the student's answers and extra cells into a fresh copy of the release.

    Parameters
    ----------
    raw : RawNotebook
        One that `must_hold` let through, or a blank one.
    lesson : Lesson
    input_digest : str
        The hash that the submission is to carry.

    Returns
    -------
    Submission
        With every repair reported. It has no files yet.
    """
    release = Release.of(lesson)
    came = cells_of(raw.data)
    cells = split_merged(came, release.graded)
    owners = match_cells(cells, release)
    placed = place_cells(cells, owners, release)
    fresh, filled = assemble(placed, release, anything=bool(cells))
    repairs = [*_cut_off(came), *placed.repairs, *filled, *_moved(owners, release)]
    if placed.answers and not any(cell.grade_id or cell.cell_id in release.answers for cell in came):
        repairs.insert(0, "nbgrader's metadata and the cell ids were missing; answers were found by their marker lines")
    notebook = release.notebook
    notebook.cells = fresh
    return Submission(lesson, notebook, input_digest, list(dict.fromkeys(repairs)))


def place_cells(cells: list[Cell], owners: list[str | None], release: Release) -> Placed:
    """Return where each cell goes. Cells of the student's own stay behind the released cell that they followed."""
    extras: dict[str, list[Cell]] = {}
    answers: dict[str, list[Cell]] = {}
    repairs: list[str] = []
    released = {cell.id: cell for cell in release.notebook.cells}
    anchor = ""
    for cell, owner in zip(cells, owners, strict=True):
        if owner is None:
            if cell.source.strip():
                extras.setdefault(anchor, []).append(cell)
            continue
        anchor = owner
        if owner in release.answers:
            answers.setdefault(owner, []).append(cell)
        elif same_text(cell.source, released[owner].source):
            continue
        elif owner in release.checks:
            repairs.append(
                f"{owner}: the check cell is not the one of this version of the course, which was put in its place"
            )
        elif cell.kind == "code" == released[owner].cell_type:
            extras.setdefault(before(owner), []).append(cell)
    return Placed(extras, answers, frozenset(filter(None, owners)), repairs)


def before(cell_id: str) -> str:
    """Return the place right before a released cell."""
    return f"<{cell_id}"


def assemble(placed: Placed, release: Release, *, anything: bool) -> tuple[list[NotebookNode], list[str]]:
    """Return the release's cells with the student's in their places, and what was repaired.

    anything: whether the submission has a cell at all; of one that has none nothing is said to be missing.
    """
    fresh = _own_cells(placed.extras.get("", []), "start")
    repairs: list[str] = []
    for cell in release.notebook.cells:
        fresh += _own_cells(placed.extras.get(before(cell.id), []), f"{cell.id}-edited")
        if cell.id in release.answers and anything:
            answer, said = fill_answer(cell, placed.answers.get(cell.id, []))
            fresh += answer
            repairs += said
        else:
            if cell.id in release.checks and cell.id not in placed.present and anything:
                repairs.append(f"{cell.id}: the check cell was missing; the course's own was put back")
            fresh.append(cell)
        fresh += _own_cells(placed.extras.get(cell.id, []), cell.id)
    return fresh, repairs


def fill_answer(cell: NotebookNode, pieces: list[Cell]) -> tuple[list[NotebookNode], list[str]]:
    """Return the release's answer cell with a student's answer in it, and what was repaired.

    Of several pieces the last one stands in the cell and the others right above it, so that they run in the student's order.
    """
    name, stub = cell.id, cell.source
    repairs = []
    written = [piece for piece in pieces if piece.source.strip() and not same_text(piece.source, stub)]
    if len(pieces) > 1:
        repairs.append(f"{name}: there were {len(pieces)} cells for this answer; they run one after the other")
    if any(piece.kind != "code" for piece in written):
        repairs.append(f"{name}: the answer was in a text cell; it runs as code")
    above: list[NotebookNode] = []
    if written:
        above = _own_cells([Cell("code", piece.source) for piece in written[:-1]], f"{name}-part")
        stub = written[-1].source
    elif not any(piece.source.strip() for piece in pieces):
        # The stub must not come back: the student may have written the answer in a cell of their own.
        stub = stub.split("\n", 1)[0]
        repairs.append(f"{name}: the answer cell was missing or empty; its place is marked, nothing was put into it")
    cell.source = stub
    return [*above, cell], repairs


def _own_cells(cells: list[Cell], stem: str) -> list[NotebookNode]:
    """A student's own cells as bare source: no tags, no metadata, no attachments, no outputs."""
    made = []
    for number, cell in enumerate(cells, 1):
        code = cell.kind == "code"
        new = new_code_cell(cell.source) if code else new_markdown_cell(inert_markdown(cell.source))
        new["id"] = f"{stem}-own-{number}"[-64:]
        new.metadata["course"] = {"from": "student"}
        made.append(new)
    return made


def _cut_off(came: list[Cell]) -> list[str]:
    """Say which cells were too long to be kept whole."""
    lines = [
        f"cell {number}: longer than {limits().cell_characters:,} characters; the rest was cut off"
        for number, cell in enumerate(came, 1)
        if len(cell.source) == limits().cell_characters
    ]
    return lines[: limits().extra_files]


def _moved(owners: list[str | None], release: Release) -> list[str]:
    """Say which graded cells stood in another order than the release's."""
    order = {cell.id: index for index, cell in enumerate(release.notebook.cells)}
    seen = list(dict.fromkeys(name for name in owners if name in release.graded))
    moved = [b for a, b in itertools.pairwise(seen) if order[b] < order[a]]
    return [f"{name}: the cell had been moved; it was put back in its place" for name in moved]

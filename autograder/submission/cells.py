"""Tell which cell of the release each of a student's cells is."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from autograder.course.catalog import Lesson, nbgrader_facts
from autograder.course.markers import CHECK_SUFFIX
from autograder.settings import limits

# Marker lines as a student may have left them; `build` is stricter. Colab writes "@title" into the first line of a cell that gets a title.
ANSWER = re.compile(
    r"^#[^\w\n]*(?:@?title[^\w\n]+)?Answer\s*:[^\w\n]*(?P<id>\w+)(?P<rest>.*)$", re.MULTILINE | re.IGNORECASE
)
CHECK = re.compile(
    r"^#[^\w\n]*(?:@?title[^\w\n]+)?Check\s*:[^\w\n]*(?P<id>\w+)(?P<rest>.*)$", re.MULTILINE | re.IGNORECASE
)
# What Colab makes of a cell in whose menu a title is added, changed or taken away.
TITLED_MARKER = re.compile(r"\A#\s*@title\s+(?=[^\w\n]*(?:Answer|Check):)", re.IGNORECASE)
TITLE = re.compile(r"\A#\s*@title\b.*\n?")
# Lines that are no Python: magics, shell, help.
IPYTHON = re.compile(r"^([ \t]*)(?:[%!].*|[\w.]*\?\??[ \t]*)$", re.MULTILINE)
# Characters of a notebook's merged cells together, which are parsed as Python.
MOST_PARSED = 200_000


@dataclass(frozen=True)
class Cell:
    """One cell of a submission, as far as it is believed.

    Attributes
    ----------
    kind : {"code", "markdown"}
    source : str
    cell_id, grade_id : str
        The ids that the cell says it has, or "".
    """

    kind: str
    source: str
    cell_id: str = ""
    grade_id: str = ""


@dataclass(frozen=True)
class Release:
    """A lesson's released notebook, a fresh copy.

    Attributes
    ----------
    notebook : NotebookNode
    answers, checks : frozenset of str
        The ids of its answer cells and of its check cells.
    """

    notebook: NotebookNode
    answers: frozenset[str]
    checks: frozenset[str]

    @classmethod
    def of(cls, lesson: Lesson) -> Release:
        """Read the release of a lesson."""
        notebook = lesson.read_release()
        answers = frozenset(cell.id for cell in notebook.cells if nbgrader_facts(cell).get("solution"))
        checks = frozenset(cell.id for cell in notebook.cells if nbgrader_facts(cell).get("grade"))
        return cls(notebook, answers, checks)

    @property
    def graded(self) -> frozenset[str]:
        """The ids of all answer and check cells."""
        return self.answers | self.checks

    def sources(self) -> dict[str, str]:
        """Return the text of each cell, by id."""
        return {cell.id: cell.source for cell in self.notebook.cells}


# -- cells as they came -----------------------------------------------------------------------------------------------


def cells_of(data: dict[str, Any]) -> list[Cell]:
    """Return the cells of a notebook dict that can be believed: their kind, their text, their ids if those are text."""
    read = (_cell_of(raw) for raw in data["cells"] if isinstance(raw, dict))
    return [cell for cell in read if cell is not None]


def _cell_of(raw: dict[str, Any]) -> Cell | None:
    source = raw.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return None
    source = source[: limits().cell_characters].replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    metadata, cell_id = raw.get("metadata"), raw.get("id")
    facts = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = facts.get("grade_id") if isinstance(facts, dict) else None
    return Cell(
        "code" if raw.get("cell_type") == "code" else "markdown",
        source,
        cell_id if isinstance(cell_id, str) else "",
        grade_id if isinstance(grade_id, str) else "",
    )


def markers_in(pattern: re.Pattern[str], source: str) -> list[tuple[int, str]]:
    """Return places and ids of marker lines.

    A line in which a word follows the id is a remark, unless the cell begins with it.
    """
    found = pattern.finditer(source)
    return [(m.start(), m["id"].lower()) for m in found if m.start() == 0 or not re.match(r"\s*\w", m["rest"])]


def marked(cell: Cell) -> list[str]:
    """Return the ids in the answer markers of a cell."""
    return [name for _, name in markers_in(ANSWER, cell.source)]


def names_of(cell: Cell) -> list[str]:
    """Return what a cell may be called, the best evidence first: a marker that the student left standing, then ids."""
    checks = [name + CHECK_SUFFIX for _, name in markers_in(CHECK, cell.source)]
    return [name for name in (*marked(cell), cell.grade_id, cell.cell_id, *checks) if name]


def same_text(one: str, other: str) -> bool:
    """Return whether two cells hold the same text, a title on top and white space at the ends of lines and of the cell aside."""
    return _normal(one) == _normal(other)


def _normal(source: str) -> str:
    return "\n".join(line.rstrip() for line in TITLE.sub("", TITLED_MARKER.sub("# ", source.strip())).splitlines())


# -- merged cells -----------------------------------------------------------------------------------------------------


def split_merged(cells: list[Cell], graded: frozenset[str]) -> list[Cell]:
    """Return the cells with those taken apart into which several answers or checks were merged.

    Where too many cells would come of it, all are left as they are.
    """
    left, found = MOST_PARSED, []
    for cell in cells:
        parts = _split_at_markers(cell, graded, left)
        left -= 2 * len(cell.source) if len(parts) > 1 else 0
        found += parts
    return found if len(found) <= limits().cells else cells


def places_of_graded(cell: Cell, graded: frozenset[str]) -> list[int]:
    """Return where in a code cell graded cells begin, one place for each."""
    if cell.kind != "code":
        return []
    found = markers_in(ANSWER, cell.source)
    found += [(place, name + CHECK_SUFFIX) for place, name in markers_in(CHECK, cell.source)]
    # Where each comes first.
    first = {name: place for place, name in sorted(found, reverse=True) if name in graded}
    return sorted(first.values())


def _split_at_markers(cell: Cell, graded: frozenset[str], most: int) -> list[Cell]:
    """Take a merged code cell apart at its marker lines.

    most: characters that may be parsed to find out whether it can be; a cell that needs more is left whole.
    """
    places = places_of_graded(cell, graded)
    if len(places) < 2 or 2 * len(cell.source) > most:
        return [cell]
    ends = [*places[1:], len(cell.source)]
    # What stands above the first marker stays with it.
    starts = [0, *places[1:]]
    parts = [cell.source[start:end] for start, end in zip(starts, ends, strict=True)]
    if _parses(cell.source) and not all(map(_parses, parts)):
        # A marker within a function, or within a text.
        return [cell]
    return [Cell("code", part) for part in parts]


def _parses(source: str) -> bool:
    """Whether a cell is Python, IPython's own lines aside.

    Other letters than ASCII's count as "x": Python brings names into a normal form, and some take it hours.
    """
    try:
        ast.parse(re.sub(r"[^\x00-\x7f]", "x", IPYTHON.sub(r"\1pass", source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# -- matching ---------------------------------------------------------------------------------------------------------


def match_cells(cells: list[Cell], release: Release) -> list[str | None]:
    """Return for each of a student's cells the id of the release's cell that it is; None for a cell of the student's own."""
    owners = [_graded_owner(cell, release) for cell in cells]
    owners = _without_own_checks(cells, owners, release)
    owners = _with_ungraded(cells, owners, release)
    return _without_afterthoughts(cells, owners, release)


def _graded_owner(cell: Cell, release: Release) -> str | None:
    """The answer or check cell that a student's cell is."""
    return next((name for name in names_of(cell) if name in release.graded), None)


def _places(owners: list[str | None], name: str) -> list[int]:
    return [index for index, owner in enumerate(owners) if owner == name]


def _disowned(owners: list[str | None], places: set[int]) -> list[str | None]:
    return [None if index in places else owner for index, owner in enumerate(owners)]


def _without_own_checks(cells: list[Cell], owners: list[str | None], release: Release) -> list[str | None]:
    """A cell that is called a check, but stands beside the real one, is the student's own."""
    sources, own = release.sources(), set()
    for name in release.checks:
        places = _places(owners, name)
        real = [i for i in places if same_text(cells[i].source, sources[name])]
        real = real or [i for i in places if name in (cells[i].grade_id, cells[i].cell_id)]
        own |= set(places) - set(real) if real else set()
    return _disowned(owners, own)


def _with_ungraded(cells: list[Cell], owners: list[str | None], release: Release) -> list[str | None]:
    """The course's ungraded cells: by equal text first, then by cell id; each is matched once."""
    found = list(owners)
    free = {c.id: c.source for c in release.notebook.cells if not nbgrader_facts(c)}
    by_text: dict[str, list[str]] = {}
    for name, source in free.items():
        by_text.setdefault(_normal(source), []).append(name)
    for index, cell in enumerate(cells):
        names = by_text.get(_normal(cell.source)) if found[index] is None else None
        if names:
            found[index] = names.pop(0)
            free.pop(found[index])
    for index, cell in enumerate(cells):
        if found[index] is None and cell.cell_id in free:
            found[index] = cell.cell_id
            free.pop(cell.cell_id)
    return found


def _without_afterthoughts(cells: list[Cell], owners: list[str | None], release: Release) -> list[str | None]:
    """Of several cells for one answer, copies below its check and text beside code are the student's own."""
    sources, own = release.sources(), set()
    for name in release.answers:
        places = _places(owners, name)
        written = [i for i in places if cells[i].source.strip() and not same_text(cells[i].source, sources[name])]
        check = owners.index(name + CHECK_SUFFIX) if name + CHECK_SUFFIX in owners else len(owners)
        for index in written:
            after_the_check = index > check and written[0] < check
            beside_code = cells[index].kind != "code" and any(cells[i].kind == "code" for i in places)
            if after_the_check or beside_code:
                own.add(index)
    return _disowned(owners, own)

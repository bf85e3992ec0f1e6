"""Takes a hand-in apart and rebuilds it on the release: the course's cells from the course, the student's as source only."""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course import CHECK_SUFFIX, Lesson, lessons, nbgrader_facts
from autograder.limits import LIMITS

# Marker lines as a student may have left them; `build` is stricter.
ANSWER = re.compile(r"^#[^\w\n]*Answer\s*:[^\w\n]*(?P<id>\w+)(?P<rest>.*)$", re.MULTILINE | re.IGNORECASE)
CHECK = re.compile(r"^#[^\w\n]*Check\s*:[^\w\n]*(?P<id>\w+)(?P<rest>.*)$", re.MULTILINE | re.IGNORECASE)
IPYTHON = re.compile(
    r"^([ \t]*)(?:[%!].*|[\w.]*\?\??[ \t]*)$", re.MULTILINE
)  # lines that are no Python: magics, shell, help
MOST_PARTS = 4_000_000  # commas and brackets of a file: each may become an object in memory

# In a text cell: where HTML begins, links that lead to anything but pages and files, TeX that makes links or new commands.
HTML = re.compile(r"<(?=[A-Za-z/!?])")
TEX = re.compile(
    r"\\(?=(?:href|url|require|def|let|(?:re)?new(?:command|environment)|mmlToken|css\w*|class|style|unicode|html\w*|includegraphics)(?![A-Za-z]))"
)

LINK = re.compile(r"(?<=\])(?=\((?!\s{0,20}(?:https?://|mailto:|#|[\w./-][\w./ -]{0,200}\)))|:(?!\s{0,20}https?://))")


class Unreadable(Exception):
    """A hand-in that cannot be graded; the text is one line that says why and what would help."""


@dataclass
class Submission:
    """A hand-in, rebuilt. `notebook` has the release's cells in its order with the student's answers and extra cells."""

    lesson: Lesson
    notebook: NotebookNode
    sha256: str
    repaired: list[str] = field(default_factory=list)
    folder: Path | None = None  # where files that were handed in with it lie


@dataclass
class Cell:
    """One cell of a hand-in, as far as it is believed."""

    kind: str
    source: str
    cell_id: str = ""
    grade_id: str = ""


def open_submission(path: Path) -> Submission:
    """Read a file, find its lesson and rebuild it."""
    raw, data = read(path)
    found = lesson_of(data, path)
    must_hold(data, found, path)
    return rebuild(data, found, hashlib.sha256(raw).hexdigest())


def must_hold(data: dict, found: Lesson, path: Path) -> None:
    """Unreadable if not one graded cell of the lesson is in the notebook: then it is some other notebook."""
    graded = {name for exercise in found.exercises() for name in (exercise.id, exercise.check_id)}
    for cell in _cells(data):
        if graded & set(_names_of(cell)):
            return
    raise Unreadable(f"{path.name}: none of the exercises of {found.name} is in this notebook. Is it the right one?")


def is_too_large(path: Path) -> bool:
    """Whether a notebook file has more bytes than are read. OSError if it cannot be looked at."""
    return path.stat().st_size > LIMITS.notebook_bytes


def too_large(path: Path) -> str:
    """What is said of such a file."""
    return f"{path.name}: larger than {LIMITS.notebook_bytes // 2**20} MB. Clear the outputs, save, hand in again."


def read(path: Path) -> tuple[bytes, dict]:
    """The bytes of a notebook file and its JSON; Unreadable with one line if it is no notebook."""
    try:
        if not path.is_file():
            raise Unreadable(
                f"{path.name}: there is no such file." if not path.exists() else f"{path.name}: not a file."
            )
        if is_too_large(path):
            raise Unreadable(too_large(path))
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name}: cannot be read ({error.strerror}).") from None
    if sum(map(raw.count, (b",", b"[", b"{"))) > MOST_PARTS:
        raise Unreadable(
            f"{path.name}: made of more than {MOST_PARTS // 10**6} million parts. Clear the outputs, save, hand in again."
        )
    if not raw.strip():
        raise Unreadable(f"{path.name}: the file is empty. Save the notebook and hand it in again.")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Unreadable(
            f"{path.name}: not a notebook (no valid JSON); perhaps cut off on the way. Hand in the .ipynb file itself."
        ) from None
    return raw, _upgraded(data, path)


def _upgraded(data: Any, path: Path) -> dict:
    """A version 4 notebook dict from version 1–4 JSON."""
    if not isinstance(data, dict) or type(data.get("nbformat")) is not int:
        raise Unreadable(f"{path.name}: JSON, but not a notebook.")
    if data["nbformat"] < 4:
        data = _cells_of_old(data, path)
    if data["nbformat"] > 4:
        raise Unreadable(
            f"{path.name}: a notebook of version {str(data['nbformat'])[:20]}, which is newer than this grader."
        )
    if not isinstance(data.get("cells"), list):
        raise Unreadable(f"{path.name}: a notebook without cells.")
    if len(data["cells"]) > LIMITS.cells:
        raise Unreadable(f"{path.name}: more than {LIMITS.cells} cells.")
    return data


def _cells_of_old(data: dict, path: Path) -> dict:
    """The cells of a notebook of version 1, 2 or 3 as those of version 4: kinds and texts, which is all that is kept anyway."""
    sheets = data.get("worksheets", [{"cells": data.get("cells")}])
    lists = (
        [sheet.get("cells") if isinstance(sheet, dict) else None for sheet in sheets]
        if isinstance(sheets, list)
        else []
    )
    if not 1 <= data["nbformat"] <= 3 or not lists or not all(isinstance(cells, list) for cells in lists):
        raise Unreadable(
            f"{path.name}: a notebook of version {str(data['nbformat'])[:20]} that cannot be brought up to date."
        )
    found = []
    for cell in itertools.chain(*lists):
        if isinstance(cell, dict):
            text = next((cell[key] for key in ("input", "source", "code", "text") if key in cell), "")
            metadata = cell.get("metadata")
            found.append({"cell_type": cell.get("cell_type"), "source": text, "metadata": metadata})
    return {"nbformat": 4, "nbformat_minor": 0, "metadata": data.get("metadata"), "cells": found}


def lesson_of(data: dict, path: Path) -> Lesson:
    """Which lesson a notebook is: its own note, else its file name, else its answer markers."""
    metadata = data.get("metadata")
    about = metadata.get("course") if isinstance(metadata, dict) else None
    named = about.get("lesson") if isinstance(about, dict) else None
    known = lessons()
    for candidate in known:
        if named == candidate.name:
            return candidate
    for candidate in known:
        if re.search(rf"(?<![a-z0-9]){candidate.name}(?![a-z0-9])", path.stem.lower()):
            return candidate
    names = {name for cell in _cells(data) for name in _marked(cell)}
    shared = {candidate.name: len(names & {exercise.id for exercise in candidate.exercises()}) for candidate in known}
    most = max(shared.values(), default=0)
    likely = [candidate for candidate in known if shared[candidate.name] == most]
    if most and len(likely) == 1:
        return likely[0]
    expected = ", ".join(f"{item.name}.ipynb" for item in known)
    raise Unreadable(f"{path.name}: cannot tell which lesson this is. Name the file like the lesson: {expected}.")


# -- rebuilding -----------------------------------------------------------------------------------------------------


def rebuild(data: dict, found: Lesson, sha256: str) -> Submission:
    """Put the student's answers and extra cells into a fresh copy of the release; report every mend."""
    release = found.read_release()
    repaired: list[str] = []
    released = {c.id: c for c in release.cells}
    answers = {c.id for c in release.cells if nbgrader_facts(c).get("solution")}
    checks = {c.id for c in release.cells if nbgrader_facts(c).get("grade")}
    came = _cells(data)
    cells = [part for cell in came for part in _split_at_markers(cell, answers | checks)]
    if len(cells) > LIMITS.cells:
        cells = came
    repaired += [
        f"cell {number}: longer than {LIMITS.cell_characters:,} characters; the rest was cut off"
        for number, cell in enumerate(came, 1)
        if len(cell.source) == LIMITS.cell_characters
    ][: LIMITS.extra_files]

    # 1. Which release cell does each of the student's cells belong to?
    owner = [_owner_of_graded(cell, answers, checks) for cell in cells]
    _disown_own_checks(cells, owner, released, checks)
    _own_by_text_and_id(cells, owner, release)
    _disown_afterthoughts(cells, owner, released, answers)

    # 2. Extra cells stay where they were: behind the released cell that they followed.
    extras: dict[str, list[Cell]] = {}
    pieces: dict[str, list[Cell]] = {}
    anchor = ""
    for cell, belongs in zip(cells, owner, strict=True):
        if belongs is None:
            if cell.source.strip():
                extras.setdefault(anchor, []).append(cell)
            continue
        anchor = belongs
        if belongs in answers:
            pieces.setdefault(belongs, []).append(cell)
        elif _same(cell.source, released[belongs].source):
            pass
        elif belongs in checks:
            repaired.append(f"{belongs}: the check cell had been changed; the course's own was put back")
        elif cell.kind == "code" == released[belongs].cell_type:
            extras.setdefault(_before(belongs), []).append(cell)

    # 3. The release, with those in their places.
    fresh: list[NotebookNode] = []
    present = {name for name in owner if name}
    _extend(fresh, extras.get("", []), "start")
    for cell in release.cells:
        _extend(fresh, extras.get(_before(cell.id), []), f"{cell.id}-edited")
        if cell.id in answers and cells:
            _answer(cell, pieces.get(cell.id, []), fresh, repaired)
        elif cell.id in checks and cell.id not in present and cells:
            repaired.append(f"{cell.id}: the check cell was missing; the course's own was put back")
        fresh.append(cell)
        _extend(fresh, extras.get(cell.id, []), cell.id)
    release.cells = fresh
    _report_moves(owner, answers | checks, release, repaired)
    if pieces and not any(c.grade_id or c.cell_id in answers for c in came):
        repaired.insert(
            0, "nbgrader's metadata and the cell ids were missing; answers were found by their marker lines"
        )
    return Submission(found, release, sha256, list(dict.fromkeys(repaired)))


def _before(cell_id: str) -> str:
    return f"<{cell_id}"


def _disown_own_checks(cells: list[Cell], owner: list[str | None], released: dict, checks: set[str]) -> None:
    """A cell that is called a check, but stands beside the real one, is the student's own."""
    for name in checks:
        places = [index for index, belongs in enumerate(owner) if belongs == name]
        real = [i for i in places if _same(cells[i].source, released[name].source)]
        real = real or [i for i in places if name in (cells[i].grade_id, cells[i].cell_id)]
        for index in places if real else ():
            if index not in real:
                owner[index] = None


def _owner_of_graded(cell: Cell, answers: set[str], checks: set[str]) -> str | None:
    """The answer or check cell that a student's cell is."""
    return next((name for name in _names_of(cell) if name in answers or name in checks), None)


def _names_of(cell: Cell) -> list[str]:
    """What a cell may be called, the best evidence first: a marker that the student left standing, then ids."""
    checks = [name + CHECK_SUFFIX for _, name in _markers(CHECK, cell.source)]
    return [name for name in (*_marked(cell), cell.grade_id, cell.cell_id, *checks) if name]


def _own_by_text_and_id(cells: list[Cell], owner: list[str | None], release: NotebookNode) -> None:
    """The course's ungraded cells: by equal text first, then by cell id; each is matched once."""
    free = {c.id: c for c in release.cells if not nbgrader_facts(c)}
    by_text: dict[str, list[str]] = {}
    for name, cell in free.items():
        by_text.setdefault(_normal(cell.source), []).append(name)
    for index, cell in enumerate(cells):
        names = by_text.get(_normal(cell.source)) if owner[index] is None else None
        if names:
            owner[index] = names.pop(0)
            free.pop(owner[index])
    for index, cell in enumerate(cells):
        if owner[index] is None and cell.cell_id in free:
            owner[index] = cell.cell_id
            free.pop(cell.cell_id)


def _disown_afterthoughts(cells: list[Cell], owner: list[str | None], released: dict, answers: set[str]) -> None:
    """Of several cells for one answer, leave as extra cells: copies below its check, and text beside code."""
    for name in answers:
        places = [index for index, belongs in enumerate(owner) if belongs == name]
        written = [i for i in places if cells[i].source.strip() and not _same(cells[i].source, released[name].source)]
        check = owner.index(name + CHECK_SUFFIX) if name + CHECK_SUFFIX in owner else len(owner)
        for index in written:
            after_the_check = index > check and written[0] < check
            beside_code = cells[index].kind != "code" and any(cells[i].kind == "code" for i in places)
            if after_the_check or beside_code:
                owner[index] = None


def _answer(cell: NotebookNode, pieces: list[Cell], fresh: list[NotebookNode], repaired: list[str]) -> None:
    """Put a student's answer into the release's answer cell; several pieces run in the student's order."""
    name, stub = cell.id, cell.source
    written = [piece for piece in pieces if piece.source.strip() and not _same(piece.source, stub)]
    if len(pieces) > 1:
        repaired.append(f"{name}: there were {len(pieces)} cells for this answer; they run one after the other")
    if any(piece.kind != "code" for piece in written):
        repaired.append(f"{name}: the answer was in a text cell; it runs as code")
    if written:
        _extend(fresh, [Cell("code", piece.source) for piece in written[:-1]], f"{name}-part")
        cell.source = written[-1].source
    elif not any(piece.source.strip() for piece in pieces):
        # The stub must not come back: the student may have written the answer in a cell of their own.
        cell.source = stub.split("\n", 1)[0]
        repaired.append(f"{name}: the answer cell was missing or empty; its place is marked, nothing was put into it")


def _extend(fresh: list[NotebookNode], cells: list[Cell], stem: str) -> None:
    """Add a student's own cells as bare source: no tags, no metadata, no attachments, no outputs."""
    for number, cell in enumerate(cells, 1):
        made = new_code_cell(cell.source) if cell.kind == "code" else new_markdown_cell(harmless(cell.source))
        made["id"] = f"{stem}-own-{number}"[-64:]
        made.metadata["course"] = {"from": "student"}
        fresh.append(made)


def harmless(text: str) -> str:
    """A student's Markdown with its HTML and all links that could be code as text, cut by a space of no width.

    Feedback pages and nbgrader's formgrader render Markdown with all HTML in it, in the browser of whoever looks.
    """
    return TEX.sub("\\\\\u200b", LINK.sub("\u200b", HTML.sub("<\u200b", text)))


def _report_moves(owner: list[str | None], graded: set[str], release: NotebookNode, repaired: list[str]) -> None:
    """Say which graded cells stood in another order than the release's."""
    order = {cell.id: index for index, cell in enumerate(release.cells)}
    seen = list(dict.fromkeys(name for name in owner if name in graded))
    moved = [b for a, b in itertools.pairwise(seen) if order[b] < order[a]]
    repaired += [f"{name}: the cell had been moved; it was put back in its place" for name in moved]


# -- cells as they came ---------------------------------------------------------------------------------------------


def _cells(data: dict) -> list[Cell]:
    """The believable cells of a notebook dict: their kind, their text, their ids if those are text."""
    found = []
    for raw in data["cells"]:
        if not isinstance(raw, dict):
            continue
        source = raw.get("source", "")
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        if not isinstance(source, str):
            continue
        source = source[: LIMITS.cell_characters].replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
        facts = raw.get("metadata").get("nbgrader") if isinstance(raw.get("metadata"), dict) else None
        grade_id = facts.get("grade_id") if isinstance(facts, dict) else None
        cell = Cell(
            "code" if raw.get("cell_type") == "code" else "markdown",
            source,
            raw.get("id") if isinstance(raw.get("id"), str) else "",
            grade_id if isinstance(grade_id, str) else "",
        )
        found.append(cell)
    return found


def _markers(pattern: re.Pattern, source: str) -> list[tuple[int, str]]:
    """Places and ids of marker lines. A line in which a word follows the id is a remark, unless the cell begins with it."""
    found = pattern.finditer(source)
    return [(m.start(), m["id"].lower()) for m in found if m.start() == 0 or not re.match(r"\s*\w", m["rest"])]


def _marked(cell: Cell) -> list[str]:
    """The ids in the answer markers of a cell."""
    return [name for _, name in _markers(ANSWER, cell.source)]


def _split_at_markers(cell: Cell, graded: set[str]) -> list[Cell]:
    """A code cell into which several answers or checks were merged, taken apart again at their marker lines."""
    found = _markers(ANSWER, cell.source)
    found += [(place, name + CHECK_SUFFIX) for place, name in _markers(CHECK, cell.source)]
    first = {name: place for place, name in sorted(found, reverse=True) if name in graded}  # where each comes first
    places = sorted(first.values())
    if cell.kind != "code" or len(places) < 2:
        return [cell]
    ends = [*places[1:], len(cell.source)]
    starts = [0, *places[1:]]  # what stands above the first marker stays with it
    parts = [cell.source[start:end] for start, end in zip(starts, ends, strict=True)]
    if _parses(cell.source) and not all(map(_parses, parts)):
        return [cell]  # a marker within a function, or within a text
    return [Cell("code", part) for part in parts]


def _parses(source: str) -> bool:
    """Whether a cell is Python, IPython's own lines aside."""
    try:
        ast.parse(IPYTHON.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _normal(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _same(one: str, other: str) -> bool:
    return _normal(one) == _normal(other)

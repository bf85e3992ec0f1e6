"""Takes a submission apart and rebuilds it on the release: the course's cells from the course, the student's as source only."""

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

from autograder import settings
from autograder.course.catalog import Lesson, lessons, nbgrader_facts
from autograder.course.markers import CHECK_SUFFIX
from autograder.errors import CourseError, Unreadable
from autograder.limits import LIMITS
from autograder.safe_text import inert_markdown, printable

# Marker lines as a student may have left them; `build` is stricter.
ANSWER = re.compile(r"^#[^\w\n]*Answer\s*:[^\w\n]*(?P<id>\w+)(?P<rest>.*)$", re.MULTILINE | re.IGNORECASE)
CHECK = re.compile(r"^#[^\w\n]*Check\s*:[^\w\n]*(?P<id>\w+)(?P<rest>.*)$", re.MULTILINE | re.IGNORECASE)
IPYTHON = re.compile(
    r"^([ \t]*)(?:[%!].*|[\w.]*\?\??[ \t]*)$", re.MULTILINE
)  # lines that are no Python: magics, shell, help
MOST_PARTS = 4_000_000  # commas and brackets of a file: each may become an object in memory
MOST_SOURCE = 8_000_000  # characters of all cells of a notebook together
MOST_PARSED = 200_000  # characters of a notebook's merged cells together, which are parsed as Python


# What a file that is no notebook begins with: what it is, and what helps.
SAVE_IT = "Save the notebook in Jupyter and hand in the .ipynb file itself."
BEGINNINGS = (
    (b"%PDF", "a PDF document", SAVE_IT),
    (b"\xd0\xcf\x11\xe0", "a document of an office program", SAVE_IT),
    (b"{\\rtf", "a document of an office program (RTF)", SAVE_IT),
    (b"\x1f\x8b", "a packed file (gzip)", "Unpack it and hand in the .ipynb file itself."),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)", "Unpack it and hand in the .ipynb file itself."),
    (b"Rar!", "an archive (RAR)", "Unpack it and hand in the .ipynb file itself."),
    (b"\x89PNG", "a picture (PNG)", SAVE_IT),
    (b"\xff\xd8\xff", "a picture (JPEG)", SAVE_IT),
    (b"\x89HDF", "a file of weights (HDF5)", SAVE_IT),
    (b"bplist00", "a web page saved by Safari", SAVE_IT),
    (
        b"L\0\0\0\x01\x14\x02\0",
        "a shortcut of Windows, which only says where the notebook lies",
        "Hand in the .ipynb file itself.",
    ),
    (b"[InternetShortcut]", "a link to a web page", "Download the notebook and hand in the .ipynb file itself."),
    (
        b"version https://git-lfs.github.com/spec",
        "a pointer of Git LFS, not the file that it stands for",
        "Run `git lfs pull` and hand in the notebook.",
    ),
)
CONFLICT = (re.compile(r"^<{7}", re.MULTILINE), re.compile(r"^={7}", re.MULTILINE), re.compile(r"^>{7}", re.MULTILINE))
SMART_QUOTES = re.compile(r"[{\[,:]\s*[“”„‟«»‘’‚]")
SCRIPT = re.compile(
    r"(?:#|%|\"\"\"|'\'\'|import [\w.]|from [\w.]+ import |(?:async )?def \w+\(|class \w+|print\(|[A-Za-z_]\w* ?= ?\S)"
)


@dataclass
class Submission:
    """A submission, rebuilt. `notebook` has the release's cells in its order with the student's answers and extra cells."""

    lesson: Lesson
    notebook: NotebookNode
    input_digest: str
    repairs: list[str] = field(default_factory=list)
    folder: Path | None = None  # where files that were handed in with it lie


@dataclass
class Cell:
    """One cell of a submission, as far as it is believed."""

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
    """Unreadable if not one graded cell of the lesson is in the notebook: then it is some other notebook.

    So it is, too, if its cells would take too long to be taken apart.
    """
    graded = {name for exercise in found.exercises() for name in (exercise.id, exercise.check_id)}
    came = _cells(data)
    whole = sum(len(cell.source) for cell in came)
    if whole > MOST_SOURCE:
        raise Unreadable(
            f"{printable(path.name)}: its cells are {whole:,} characters long together, more than {MOST_SOURCE // 10**6} million."
            " Take out what is not needed, save, hand in again."
        )
    merged = [len(cell.source) for cell in came if len(_places(cell, graded)) > 1]
    if 2 * sum(merged) > MOST_PARSED:
        raise Unreadable(
            f"{printable(path.name)}: cells with several answers in them are {sum(merged):,} characters long, too long to be taken apart."
            " Put each answer into its own cell."
        )
    for cell in came:
        if graded & set(_names_of(cell)):
            return
    raise Unreadable(
        f"{printable(path.name)}: none of the exercises of {found.name} is in this notebook. Is it the right one?"
    )


def is_too_large(path: Path) -> bool:
    """Whether a notebook file has more bytes than are read. OSError if it cannot be looked at."""
    return path.stat().st_size > LIMITS.notebook_bytes


def too_large(path: Path) -> str:
    """What is said of such a file."""
    return f"{printable(path.name)}: larger than {LIMITS.notebook_bytes // 2**20} MB. Clear the outputs, save, hand in again."


def read(path: Path) -> tuple[bytes, dict]:
    """The bytes of a notebook file and its JSON; Unreadable with one line if it is no notebook."""
    name = printable(path.name)
    try:
        if not path.is_file():
            raise Unreadable(f"{name}: there is no such file." if not path.exists() else f"{name}: not a file.")
        if is_too_large(path):
            raise Unreadable(too_large(path))
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{name}: cannot be read ({error.strerror}).") from None
    return raw, _upgraded(_json_of(raw, name), path)


def text_of(raw: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or UTF-32, with or without a byte order mark. UnicodeDecodeError for another encoding."""
    return raw.decode(json.detect_encoding(raw))


def _json_of(raw: bytes, name: str) -> Any:
    """The JSON of a file; Unreadable with what the file is instead, and what helps."""
    for begins, what, cure in BEGINNINGS:
        if raw.startswith(begins):
            raise Unreadable(f"{name}: {what}, not a notebook (no valid JSON). {cure}")
    if raw.startswith(b"PK"):
        raise Unreadable(
            f"{name}: {_packed(raw)}, not a notebook (no valid JSON). Unpack it if it holds one. {SAVE_IT}"
        )
    try:
        text = text_of(raw).strip("\0 \t\r\n\ufeff")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{name}: {_not_unicode(raw, error)}") from None
    if not text:
        of = " but for zero bytes" if b"\0" in raw else ""
        raise Unreadable(f"{name}: the file is empty{of}. Save the notebook and hand it in again.")
    if sum(map(text.count, ",[{")) > MOST_PARTS:
        raise Unreadable(
            f"{name}: made of more than {MOST_PARTS // 10**6} million parts. Clear the outputs, save, hand in again."
        )
    try:
        return json.loads(text)
    except RecursionError:
        raise Unreadable(f"{name}: no valid JSON that could be read; it is nested too deep. {SAVE_IT}") from None
    except ValueError as error:
        raise Unreadable(f"{name}: {_not_json(text, error)}") from None


def _packed(raw: bytes) -> str:
    """What a zip file is: several programs pack their documents as one."""
    head = raw[:4096] + raw[-4096:]
    if b"word/" in head:
        return "a Word document"
    if any(part in head for part in (b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis", b"[Content_Types].xml")):
        return "a document of an office program"
    return "a zip archive"


def _not_unicode(raw: bytes, error: UnicodeDecodeError) -> str:
    """Why bytes are no text, and what helps."""
    if (error.end >= len(raw) and "end of data" in error.reason) or error.reason == "truncated data":
        return f"not a notebook (no valid JSON); cut off within its last character. {SAVE_IT}"
    if b"\0" in raw:
        return f"not a notebook but a file of another program (its bytes are no text). {SAVE_IT}"
    where = f"the byte {raw[error.start]:#x} at place {error.start:,} is none"
    if raw.lstrip()[:1] == b"{":
        return f"not saved as UTF-8 ({where}), but as Latin-1 or Windows-1252. Open it in an editor, save it as UTF-8, and hand it in again."
    return f"not a notebook (no valid JSON), and its bytes are no UTF-8 text ({where}). {SAVE_IT}"


def _not_json(text: str, error: ValueError) -> str:
    """Why a text is no JSON, and what helps."""
    head = text[:2000].lower()
    if head.startswith(("<!doctype html", "<html", "<head", "<body")) or "<html" in head[:500]:
        return f"a web page, not the notebook that it shows. Download the notebook itself (on GitHub: the button *Download raw file*). {SAVE_IT}"
    if head.startswith("<"):
        return f"a file of XML, not a notebook. {SAVE_IT}"
    if all(mark.search(text) for mark in CONFLICT):
        return "git left marks of a merge conflict in it (<<<<<<<, =======, >>>>>>>). Choose one of the two versions at each, save, and hand it in again."
    if "\0" in text:
        return f"zero bytes stand in the middle of it, from place {text.index(chr(0)):,} on: it was damaged on the disk or on the way. {SAVE_IT}"
    if not isinstance(error, json.JSONDecodeError):
        return f"no valid JSON that could be read; it holds a number of thousands of digits. {SAVE_IT}"
    if text[0] not in "{[":
        if SMART_QUOTES.match(":" + text):
            return f"its quotation marks were made typographic by an office program, so it is no valid JSON. {SAVE_IT}"
        if SCRIPT.match(text):
            return f"a Python script, not a notebook. {SAVE_IT}"
        return f"not a notebook (no valid JSON) but some other text. {SAVE_IT}"
    if (
        SMART_QUOTES.match(text, error.pos)
        or SMART_QUOTES.match(text, max(0, error.pos - 1))
        or text[error.pos : error.pos + 1] in set("“”„‟«»‘’‚")
    ):
        return f"its quotation marks were made typographic by an office program, so it is no valid JSON. {SAVE_IT}"
    if error.pos >= len(text) - 1 or error.msg.startswith("Unterminated string"):
        return f"not a notebook (no valid JSON): it is cut off after {len(text):,} characters. Save the notebook and hand it in again."
    return f"no valid JSON: {error.msg} (line {error.lineno:,}, column {error.colno:,}). It was changed by hand or damaged on the way. {SAVE_IT}"


def _not_a_notebook(data: Any) -> str:
    """What JSON is that is no notebook, and what helps."""
    if data in ({}, []):
        return f"JSON with nothing in it, not a notebook. {SAVE_IT}"
    if isinstance(data, str) and '"cells"' in data:
        return f"a notebook that a program wrote as text within JSON, so not a notebook as it stands. {SAVE_IT}"
    if isinstance(data, dict) and isinstance(data.get("content"), dict) and "cells" in data["content"]:
        return f"a notebook within an answer of Jupyter's server, not a notebook as it stands. Use *Download* in Jupyter. {SAVE_IT}"
    if isinstance(data, dict) and "cells" in data:
        return f"JSON, but not a notebook: it does not say of which version (`nbformat`). {SAVE_IT}"
    return f"JSON, but not a notebook. {SAVE_IT}"


def _upgraded(data: Any, path: Path) -> dict:
    """A version 4 notebook dict from version 1–4 JSON."""
    if not isinstance(data, dict) or type(data.get("nbformat")) is not int:
        raise Unreadable(f"{printable(path.name)}: {_not_a_notebook(data)}")
    if data["nbformat"] < 4:
        data = _cells_of_old(data, path)
    if data["nbformat"] > 4:
        raise Unreadable(
            f"{printable(path.name)}: a notebook of version {str(data['nbformat'])[:20]}, which is newer than this grader."
        )
    if not isinstance(data.get("cells"), list):
        raise Unreadable(f"{printable(path.name)}: a notebook without cells.")
    if len(data["cells"]) > LIMITS.cells:
        raise Unreadable(f"{printable(path.name)}: more than {LIMITS.cells} cells.")
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
            f"{printable(path.name)}: a notebook of version {str(data['nbformat'])[:20]} that cannot be brought up to date."
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
    if not known:
        raise CourseError(
            f"{settings.root()}: there is no lesson in this course folder. Does AUTOGRADER_COURSE name the right one?"
        )
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
    raise Unreadable(
        f"{printable(path.name)}: cannot tell which lesson this is. Name the file like the lesson: {expected}."
    )


# -- rebuilding -----------------------------------------------------------------------------------------------------


def rebuild(data: dict, found: Lesson, input_digest: str) -> Submission:
    """Put the student's answers and extra cells into a fresh copy of the release; report every repair."""
    release = found.read_release()
    repairs: list[str] = []
    released = {c.id: c for c in release.cells}
    answers = {c.id for c in release.cells if nbgrader_facts(c).get("solution")}
    checks = {c.id for c in release.cells if nbgrader_facts(c).get("grade")}
    came = _cells(data)
    left, cells = MOST_PARSED, []
    for cell in came:
        parts = _split_at_markers(cell, answers | checks, left)
        left -= 2 * len(cell.source) if len(parts) > 1 else 0
        cells += parts
    if len(cells) > LIMITS.cells:
        cells = came
    repairs += [
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
            repairs.append(f"{belongs}: the check cell had been changed; the course's own was put back")
        elif cell.kind == "code" == released[belongs].cell_type:
            extras.setdefault(_before(belongs), []).append(cell)

    # 3. The release, with those in their places.
    fresh: list[NotebookNode] = []
    present = {name for name in owner if name}
    _extend(fresh, extras.get("", []), "start")
    for cell in release.cells:
        _extend(fresh, extras.get(_before(cell.id), []), f"{cell.id}-edited")
        if cell.id in answers and cells:
            _answer(cell, pieces.get(cell.id, []), fresh, repairs)
        elif cell.id in checks and cell.id not in present and cells:
            repairs.append(f"{cell.id}: the check cell was missing; the course's own was put back")
        fresh.append(cell)
        _extend(fresh, extras.get(cell.id, []), cell.id)
    release.cells = fresh
    _report_moves(owner, answers | checks, release, repairs)
    if pieces and not any(c.grade_id or c.cell_id in answers for c in came):
        repairs.insert(0, "nbgrader's metadata and the cell ids were missing; answers were found by their marker lines")
    return Submission(found, release, input_digest, list(dict.fromkeys(repairs)))


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


def _answer(cell: NotebookNode, pieces: list[Cell], fresh: list[NotebookNode], repairs: list[str]) -> None:
    """Put a student's answer into the release's answer cell; several pieces run in the student's order."""
    name, stub = cell.id, cell.source
    written = [piece for piece in pieces if piece.source.strip() and not _same(piece.source, stub)]
    if len(pieces) > 1:
        repairs.append(f"{name}: there were {len(pieces)} cells for this answer; they run one after the other")
    if any(piece.kind != "code" for piece in written):
        repairs.append(f"{name}: the answer was in a text cell; it runs as code")
    if written:
        _extend(fresh, [Cell("code", piece.source) for piece in written[:-1]], f"{name}-part")
        cell.source = written[-1].source
    elif not any(piece.source.strip() for piece in pieces):
        # The stub must not come back: the student may have written the answer in a cell of their own.
        cell.source = stub.split("\n", 1)[0]
        repairs.append(f"{name}: the answer cell was missing or empty; its place is marked, nothing was put into it")


def _extend(fresh: list[NotebookNode], cells: list[Cell], stem: str) -> None:
    """Add a student's own cells as bare source: no tags, no metadata, no attachments, no outputs."""
    for number, cell in enumerate(cells, 1):
        made = new_code_cell(cell.source) if cell.kind == "code" else new_markdown_cell(inert_markdown(cell.source))
        made["id"] = f"{stem}-own-{number}"[-64:]
        made.metadata["course"] = {"from": "student"}
        fresh.append(made)


def _report_moves(owner: list[str | None], graded: set[str], release: NotebookNode, repairs: list[str]) -> None:
    """Say which graded cells stood in another order than the release's."""
    order = {cell.id: index for index, cell in enumerate(release.cells)}
    seen = list(dict.fromkeys(name for name in owner if name in graded))
    moved = [b for a, b in itertools.pairwise(seen) if order[b] < order[a]]
    repairs += [f"{name}: the cell had been moved; it was put back in its place" for name in moved]


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


def _places(cell: Cell, graded: set[str]) -> list[int]:
    """Where in a code cell graded cells begin, one place for each."""
    if cell.kind != "code":
        return []
    found = _markers(ANSWER, cell.source)
    found += [(place, name + CHECK_SUFFIX) for place, name in _markers(CHECK, cell.source)]
    first = {name: place for place, name in sorted(found, reverse=True) if name in graded}  # where each comes first
    return sorted(first.values())


def _split_at_markers(cell: Cell, graded: set[str], most: int = MOST_PARSED) -> list[Cell]:
    """A code cell into which several answers or checks were merged, taken apart again at their marker lines.

    most: characters that may be parsed to find out whether it can be; a cell that needs more is left whole.
    """
    places = _places(cell, graded)
    if len(places) < 2 or 2 * len(cell.source) > most:
        return [cell]
    ends = [*places[1:], len(cell.source)]
    starts = [0, *places[1:]]  # what stands above the first marker stays with it
    parts = [cell.source[start:end] for start, end in zip(starts, ends, strict=True)]
    if _parses(cell.source) and not all(map(_parses, parts)):
        return [cell]  # a marker within a function, or within a text
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


def _normal(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _same(one: str, other: str) -> bool:
    return _normal(one) == _normal(other)

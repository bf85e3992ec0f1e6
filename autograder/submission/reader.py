"""Read a file as a notebook, or say in one line what it is instead and what helps."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import Unreadable
from autograder.safe_text import printable
from autograder.settings import limits

# Commas and brackets of a file: each may become an object in memory.
MOST_PARTS = 4_000_000

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


@dataclass(frozen=True)
class RawNotebook:
    """A notebook as it came in. Nothing that stands in it is believed.

    Attributes
    ----------
    name : str
        The file's name, for messages.
    stem : str
        The file's name without its ending: it may say which lesson this is.
    data : dict
        JSON of format version 4 with a list of "cells". What the cells are is not looked at yet.
    """

    name: str
    stem: str
    data: dict[str, Any]

    @classmethod
    def blank(cls) -> RawNotebook:
        """Return a notebook without cells: it stands for one that cannot be read."""
        return cls("", "", {"cells": []})


def is_too_large(path: Path) -> bool:
    """Return whether a notebook file has more bytes than are read.

    Raises
    ------
    OSError
        If it cannot be looked at.
    """
    return path.stat().st_size > limits().notebook_bytes


def too_large(path: Path) -> str:
    """Return what is said of such a file."""
    return f"{printable(path.name)}: larger than {limits().notebook_bytes // 2**20} MB. Clear the outputs, save, hand in again."


def read_notebook(path: Path) -> RawNotebook:
    """Read a notebook file of any format version.

    Raises
    ------
    Unreadable
        With one line that says what the file is instead, and what helps.
    """
    name = printable(path.name)
    try:
        if not path.is_file():
            raise Unreadable(f"{name}: there is no such file." if not path.exists() else f"{name}: not a file.")
        if is_too_large(path):
            raise Unreadable(too_large(path))
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{name}: cannot be read ({error.strerror}).") from None
    return notebook_of(raw, path.name)


def notebook_of(raw: bytes, name: str) -> RawNotebook:
    """Return the notebook that a file of this name holds, of any format version.

    Raises
    ------
    Unreadable
        As `read_notebook` does.
    """
    shown = printable(name)
    return RawNotebook(shown, Path(name).stem, _upgraded(_json_of(raw, shown), shown))


def text_of(raw: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.

    Raises
    ------
    UnicodeDecodeError
        If it has another encoding.
    """
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


def _upgraded(data: Any, name: str) -> dict:
    """A version 4 notebook dict from version 1–4 JSON."""
    if not isinstance(data, dict) or type(data.get("nbformat")) is not int:
        raise Unreadable(f"{name}: {_not_a_notebook(data)}")
    if data["nbformat"] < 4:
        data = _cells_of_old(data, name)
    if data["nbformat"] > 4:
        raise Unreadable(
            f"{name}: a notebook of version {str(data['nbformat'])[:20]}, which is newer than this grader."
        )
    if not isinstance(data.get("cells"), list):
        raise Unreadable(f"{name}: a notebook without cells.")
    if len(data["cells"]) > limits().cells:
        raise Unreadable(f"{name}: more than {limits().cells} cells.")
    return data


def _cells_of_old(data: dict, name: str) -> dict:
    """The cells of a notebook of version 1, 2 or 3 as those of version 4: kinds and texts, which is all that is kept anyway."""
    sheets = data.get("worksheets", [{"cells": data.get("cells")}])
    lists: list[Any] = []
    if isinstance(sheets, list):
        lists = [sheet.get("cells") if isinstance(sheet, dict) else None for sheet in sheets]
    if not 1 <= data["nbformat"] <= 3 or not lists or not all(isinstance(cells, list) for cells in lists):
        raise Unreadable(
            f"{name}: a notebook of version {str(data['nbformat'])[:20]} that cannot be brought up to date."
        )
    found = []
    for cell in itertools.chain(*lists):
        if isinstance(cell, dict):
            text = next((cell[key] for key in ("input", "source", "code", "text") if key in cell), "")
            metadata = cell.get("metadata")
            found.append({"cell_type": cell.get("cell_type"), "source": text, "metadata": metadata})
    return {"nbformat": 4, "nbformat_minor": 0, "metadata": data.get("metadata"), "cells": found}

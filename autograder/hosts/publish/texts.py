"""All that can be read in a file: its text, the texts of a notebook, of a page, of an archive, and what a picture says of itself."""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

from autograder.sandbox.probe import BROKEN, TAIL, unpacked

# Archives in notebooks in archives.
NESTED = 5
# Bytes of a part of an archive that are looked at.
MOST = 100 << 20
PNG = b"\x89PNG\r\n\x1a\n"
TAG = re.compile(r"<[^<>]*>")
# Characters of a text in a notebook from which on it may hold a picture, a page, or a notebook.
MORE_THAN_A_LINE = 24
DATA_ADDRESS = re.compile(r"base64,([A-Za-z0-9+/]{24,}={0,2})")


def squeezed(text: str) -> str:
    """Take out all white space, so that nobody's way of indenting or breaking lines matters."""
    return "".join(text.split())


def texts_in(data: bytes, nested: int = NESTED) -> Iterator[str]:
    """Yield, squeezed, whatever a file can be read as. Nothing of it is run, and what cannot be read is passed over.

    Parameters
    ----------
    data : bytes
        The file.
    nested : int
        How many times what is packed in it is looked into.
    """
    # UTF-16 and UTF-32 of plain letters are these letters with zeros between them.
    text = data.replace(b"\0", b"").decode("utf-8", "replace")
    parts = _of_json(text)
    yield "\n".join(map(squeezed, parts or [text]))
    for part in parts:
        if len(part) > MORE_THAN_A_LINE and nested:
            yield from texts_in(_from_base64(part) or part.encode("utf-8", "replace"), nested - 1)
    if "<" in text and ">" in text:
        yield squeezed(html.unescape(TAG.sub("", text)))
    if nested:
        for inside in _packed(data, text):
            yield from texts_in(inside, nested - 1)


def _of_json(text: str) -> list[str]:
    """List the texts of a notebook, its lists of lines as one text each; none if it is none."""
    if not text.lstrip("\ufeff \n\r\t").startswith(("{", "[")):
        return []
    try:
        todo: list[Any] = [json.loads(text.lstrip("\ufeff"))]
    except (ValueError, RecursionError):
        return []
    found: list[str] = []
    while todo:
        part = todo.pop()
        if isinstance(part, list) and part and all(isinstance(line, str) for line in part):
            part = "".join(part)
        if isinstance(part, dict):
            todo += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            todo += part
        elif isinstance(part, str):
            found.append(part)
    return found


def _packed(data: bytes, text: str) -> Iterator[bytes]:
    if data.startswith(PNG):
        yield from _of_png(data)
    for found in DATA_ADDRESS.finditer(text):
        yield _from_base64(found[1])
    for part in unpacked(io.BytesIO(data), data[:300], data[-TAIL:]):
        try:
            yield part.read(MOST)
        except BROKEN:
            continue


def _of_png(data: bytes) -> Iterator[bytes]:
    """Yield the packed texts of a PNG: those that are not packed are read with the file."""
    at = len(PNG)
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            chunk = data[at + 8 : at + 8 + size]
            for start in (found.start() for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", chunk)):
                try:
                    yield zlib.decompressobj().decompress(chunk[start:], MOST)
                except zlib.error:
                    continue
        at += size + 12


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(squeezed(text), validate=True)
    except (ValueError, binascii.Error):
        return b""

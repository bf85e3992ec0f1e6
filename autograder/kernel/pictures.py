"""How large a picture of a student's is, read from its head: a file of some kilobytes can be gigabytes for the browser that draws it."""

from __future__ import annotations

import base64
import binascii
import struct

# Of one picture; a figure of 40 × 40 cm at 250 dots an inch has 16 million.
MOST_PIXELS = 20_000_000
# Characters of base64 in which the size must stand; a JPEG may have a small picture of itself in front of it.
HEAD = 256 * 1024
NOT_SHOWN = "(a picture of {} pixels is not shown: at most {:,} are)"
# Markers of a JPEG before its size.
FRAMES = (*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0))


def size_of(kind: str, text: str) -> tuple[int, int] | None:
    """Width and height of a picture in base64, None if that cannot be told. kind: "image/png" or "image/jpeg"."""
    try:
        head = "".join(text[: HEAD + 4096].split())[:HEAD]
        data = base64.b64decode(head[: len(head) // 4 * 4])
        return _of_png(data) if kind == "image/png" else _of_jpeg(data)
    except (binascii.Error, ValueError, struct.error, IndexError):
        return None


def why_not_shown(kind: str, text: str) -> str:
    """What to say in place of a picture that is too large, or no picture; "" if it can be shown."""
    size = size_of(kind, text)
    if size is None:
        return "(a picture that cannot be read)"
    width, height = size
    return NOT_SHOWN.format(f"{width:,} × {height:,}", MOST_PIXELS) if width * height > MOST_PIXELS else ""


def _of_png(data: bytes) -> tuple[int, int] | None:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        return None
    return struct.unpack(">II", data[16:24])


def _of_jpeg(data: bytes) -> tuple[int, int] | None:
    if data[:2] != b"\xff\xd8":
        return None
    place = 2
    while place < len(data):
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker in FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 1 if marker == 0xFF else 2 + struct.unpack(">H", data[place + 2 : place + 4])[0]
    return None

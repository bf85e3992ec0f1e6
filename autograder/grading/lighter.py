"""The course's own pictures as WebP, which has the bytes of half a JPEG or of a small part of a PNG: they stand on the page of every student."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageSequence, UnidentifiedImageError, features

WEBP = "image/webp"
# What is packed anew, and from how many characters of base64 that is worth it.
KINDS, LEAST = ("image/png", "image/jpeg"), 20_000
# Of 100; and how much smaller it has to become.
QUALITY, SMALLER = 82, 0.8


def lighter(outputs: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return what cells show, by their ids, with each large picture as a WebP. One that moves still does, and texts and sizes stay.

    What cannot be read, or does not become smaller, is returned as it came. So is everything where Pillow was built without WebP.
    """
    if not features.check("webp"):
        return {cell: list(shown) for cell, shown in outputs.items()}
    return {cell: [_lighter(output) for output in shown] for cell, shown in outputs.items()}


def _lighter(output: dict[str, Any]) -> dict[str, Any]:
    data = output.get("data", {})
    kind = next((kind for kind in KINDS if kind in data), None)
    if kind is None:
        return output
    packed = "".join(data[kind]) if isinstance(data[kind], list) else data[kind]
    if len(packed) < LEAST:
        return output
    try:
        webp = base64.b64encode(_webp(base64.b64decode(packed))).decode()
    except (OSError, ValueError, UnidentifiedImageError):
        return output
    if len(webp) > SMALLER * len(packed):
        return output
    about = dict(output.get("metadata", {}))
    if kind in about:
        about[WEBP] = about.pop(kind)
    others = {name: value for name, value in data.items() if name not in KINDS}
    return {**output, "data": {**others, WEBP: webp}, "metadata": about}


def _webp(data: bytes) -> bytes:
    """Return a picture, still or moving, as a WebP whose colours have sharp edges."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        frames, times = [], []
        for frame in ImageSequence.Iterator(image):
            frames.append(frame.convert("RGBA" if "transparency" in frame.info or "A" in frame.mode else "RGB"))
            times.append(round(frame.info.get("duration", 0)))
        moving = {"save_all": True, "append_images": frames[1:], "duration": times, "loop": image.info.get("loop", 0)}
        frames[0].save(
            file, "WEBP", quality=QUALITY, method=4, use_sharp_yuv=True, **(moving if len(frames) > 1 else {})
        )
    return file.getvalue()

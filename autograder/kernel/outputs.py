"""What a notebook shows, as far as it is kept: plain text and pictures, within limits, and without TensorFlow's log."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from autograder.kernel import pictures
from autograder.kernel.codec import plain_text
from autograder.kernel.messages import member
from autograder.quiet_filter import NOISE
from autograder.settings import Limits

PICTURES = ("image/png", "image/jpeg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
# A picture's width or height as its output says, in pixels.
MOST_PIXELS = 100_000
CUT = "\n[more output than is kept; the rest was cut off]\n"


class Output:
    """Decides what is kept of a notebook's output: plain text and pictures, and not more than the limits say.

    Parameters
    ----------
    limits : Limits

    Attributes
    ----------
    cut : set of int
        The cells of which not all output was kept, by index.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cut: set[int] = set()
        self._by_cell: Counter[int] = Counter()
        self._kept = 0

    def keep(self, message: dict, index: int) -> dict | None:
        """Return a message as an untouched kernel would send it, with what may be kept of it; None if nothing is.

        Parameters
        ----------
        message : dict
            A message as Jupyter's session reads it; nothing in its content is believed.
        index : int
            The cell that it belongs to.
        """
        kind, content = message.get("msg_type"), message.get("content")
        if kind == "status":
            return {**message, "content": {"execution_state": member(content, "execution_state")}}
        if not isinstance(content, dict):
            return None
        clean = _cleaned(kind, content)
        if clean is None:
            return None
        # {} is what the session makes of far too much.
        size = 100 + (len(str(clean)) if content else self.limits.cell_output)
        self._by_cell[index] += size
        # What one cell shows beyond its own bound takes nothing from the others.
        if self._by_cell[index] <= self.limits.cell_output and self._kept + size <= self.limits.notebook_output:
            self._kept += size
            return {**message, "content": clean}
        if index in self.cut:
            return None
        self.cut.add(index)
        notice = {"name": "stderr", "text": CUT}
        return {**message, "header": {"msg_type": "stream"}, "msg_type": "stream", "content": notice}


def _cleaned(kind: Any, content: dict) -> dict | None:
    """What may be kept of a message's content, in the types that the format of notebooks wants; None if nothing."""
    if kind == "stream":
        if content.get("name") != "stderr":
            return {"name": "stdout", "text": plain_text(content.get("text", ""))}
        text = plain_text(content.get("text", ""))
        said = "".join(line for line in text.splitlines(keepends=True) if not NOISE.match(line.encode()))
        return {"name": "stderr", "text": said} if said or not text else None
    if kind == "error":
        trace = content.get("traceback")
        lines = [plain_text(line) for line in trace] if isinstance(trace, list) else []
        ename, evalue = (plain_text(content.get(part)) for part in ("ename", "evalue"))
        return {"ename": ename, "evalue": evalue, "traceback": lines}
    if kind == "clear_output":
        return {"wait": bool(content.get("wait"))}
    if kind in ("display_data", "execute_result", "update_display_data"):
        data = _cleaned_data(content.get("data"))
        if kind == "display_data" and not data:
            return None
        clean: dict[str, Any] = {"data": data, "metadata": _about_pictures(content.get("metadata"), data)}
        if kind == "execute_result":
            clean["execution_count"] = None
        named = member(content.get("transient"), "display_id")
        return clean | ({"transient": {"display_id": plain_text(named)}} if isinstance(named, str) else {})
    return None


def _cleaned_data(data: Any) -> dict[str, str]:
    """Of what an output shows, by media type: its plain text and its pictures."""
    has_text = isinstance(data, dict) and "text/plain" in data
    shown = {"text/plain": plain_text(data["text/plain"])} if has_text else {}
    for name in PICTURES:
        picture = member(data, name)
        if isinstance(picture, str) and BASE64.fullmatch(picture):
            if why_not := pictures.why_not_shown(name, picture):
                shown["text/plain"] = f"{shown.get('text/plain', '')} {why_not}".strip()
            else:
                shown[name] = picture
    return shown


def _about_pictures(metadata: Any, shown: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Of an output's metadata: the text for those who cannot see a picture, and its size. What is said of a PNG goes for the JPEG in its place."""
    found: dict[str, dict[str, Any]] = {}
    for name in PICTURES:
        about = member(metadata, name)
        if about is None and name == "image/jpeg" and name in shown:
            about = member(metadata, "image/png")
        kept: dict[str, Any] = {"alt": plain_text(about["alt"])} if isinstance(member(about, "alt"), str) else {}
        sides = {side: about.get(side) for side in ("width", "height")} if isinstance(about, dict) else {}
        kept |= {side: length for side, length in sides.items() if type(length) is int and 0 < length < MOST_PIXELS}
        if kept:
            found[name] = kept
    return found

"""Finds files by patterns in folders whose own names hold characters that mean something in a pattern: `My Course [2026]`, a student `a[b]`."""

from __future__ import annotations

import glob as standard
import os
from types import SimpleNamespace
from typing import Any


def glob(pattern: str | os.PathLike, **options: Any) -> list[str]:
    """`glob.glob`, with each part of the pattern that is there under this very name taken as it stands."""
    pattern = os.fspath(pattern)
    parts = pattern.split(os.sep)
    known = parts[0] or os.sep
    if parts[0] and standard.has_magic(parts[0]) and not os.path.lexists(parts[0]):
        return standard.glob(pattern, **options)
    escaped = [standard.escape(parts[0])]
    for place, part in enumerate(parts[1:], 1):
        here = os.path.join(known, part)
        if standard.has_magic(part) and not _is_meant(escaped, part, here):
            return standard.glob(os.sep.join([*escaped, *parts[place:]]), **options)
        escaped.append(standard.escape(part))
        known = here
    return standard.glob(os.sep.join(escaped), **options)


def _is_meant(escaped: list[str], part: str, here: str) -> bool:
    """Whether a name is there which is this part of a pattern; a student called `*` does not stand for all others."""
    return os.path.lexists(here) and ("*" not in part or len(standard.glob(os.sep.join([*escaped, part]))) <= 1)


def install() -> None:
    """Let nbgrader find files in this way. RuntimeError if it looks for them in another way than the versions that were tried."""
    import importlib

    tolerant = SimpleNamespace(**{**vars(standard), "glob": glob})
    for name in PLACES:
        module = importlib.import_module(name)
        if not hasattr(getattr(module, "glob", None), "glob"):
            raise RuntimeError(f"{name} does not look for files by the glob module")
        vars(module)["glob"] = tolerant


# The modules of nbgrader that look for files by a pattern.
PLACES = (
    "nbgrader.apps.api",
    "nbgrader.converters.base",
    "nbgrader.exchange.default.collect",
    "nbgrader.exchange.default.exchange",
    "nbgrader.exchange.default.fetch_feedback",
    "nbgrader.exchange.default.list",
    "nbgrader.exchange.default.release_feedback",
    "nbgrader.utils",
)

"""What was found alike, in short."""

from __future__ import annotations


def kinds(found) -> list[tuple[tuple[str, str], str]]:
    return [(pair.students, pair.what) for pair in found]

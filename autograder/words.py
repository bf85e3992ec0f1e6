"""Words for people: a number with its noun, a length of time."""

from __future__ import annotations

import math

# What a lesson is whose points come on top, and that nobody has to hand in.
BONUS = "bonus lesson"
UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def counted(number: float, one: str, many: str = "") -> str:
    """A number and its noun: "1 pair", "2 pairs", "1,200 pairs". many: the plural, if it is not `one` with an s."""
    return f"{number:,.10g} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """A length of time in its two largest units, rounded up to the smaller one: "1 day 3 hours", "5 minutes"."""
    left = max(1, math.ceil(seconds))
    for (unit, size), smaller in zip(UNITS, (*UNITS[1:], None), strict=True):
        if left >= size:
            if smaller is None:
                return counted(left, unit)
            parts = math.ceil(left / smaller[1])
            whole, rest = divmod(parts, size // smaller[1])
            return f"{counted(whole, unit)} {counted(rest, smaller[0])}" if rest else counted(whole, unit)
    raise AssertionError("a second is the smallest unit")

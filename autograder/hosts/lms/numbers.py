"""Numbers as people and learning platforms write them: with a decimal point or comma, and with signs between thousands."""

from __future__ import annotations

import re

# Blanks of several widths and the Swiss apostrophe stand between thousands, and nowhere else.
BETWEEN_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u2009\u202f'\u2019](?=\d{3}(?!\d))")
PLAIN = re.compile(r"\d+")
ONE_SIGN = re.compile(r"(?P<whole>\d+)(?P<sign>[.,])(?P<rest>\d+)")
GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")
SIGNS = ".,"


class Ambiguous(ValueError):
    """A text such as "1,000": a thousand in one country, and one in another."""


def number(text: str, decimal: str = "") -> float | None:
    """Return the number that a text is; None if it is none.

    Parameters
    ----------
    text : str
        "10", "12,5", "1,000.50", "1.000,50", "1 000".
    decimal : str
        The decimal sign that counts where a text can be read in two ways; "" if it is not known.

    Raises
    ------
    Ambiguous
        If the text can be read in two ways, and `decimal` is "".
    """
    text = _without_blanks(text)
    if PLAIN.fullmatch(text):
        return float(text)
    if one := ONE_SIGN.fullmatch(text):
        if not _may_be_thousands(one):
            return float(f"{one['whole']}.{one['rest']}")
        if not decimal:
            raise Ambiguous(text)
        return float(f"{one['whole']}.{one['rest']}" if decimal == one["sign"] else one["whole"] + one["rest"])
    if GROUPED.fullmatch(text):
        first, last = (next(c for c in order if c in SIGNS) for order in (text, reversed(text)))
        return float(text.replace(first, "").replace(last, "."))
    return None


def decimal_of(text: str) -> str:
    """Return the decimal sign that a text shows beyond doubt; "" if it shows none."""
    text = _without_blanks(text)
    if one := ONE_SIGN.fullmatch(text):
        return "" if _may_be_thousands(one) else one["sign"]
    if GROUPED.fullmatch(text):
        first = next(c for c in text if c in SIGNS)
        return SIGNS.replace(first, "")
    return ""


def _without_blanks(text: str) -> str:
    return BETWEEN_THOUSANDS.sub("", text.strip())


def _may_be_thousands(one: re.Match[str]) -> bool:
    return len(one["rest"]) == 3 and len(one["whole"]) <= 3 and not one["whole"].startswith("0")

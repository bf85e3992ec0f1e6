"""Reads a cell's text as the Python that IPython makes of it."""

from __future__ import annotations

import ast
import re
import warnings

from IPython.core.inputtransformer2 import TransformerManager

# Characters of a cell that is read; the course's own have half as many.
LONGEST = 50_000
# Lines that may be magics. IPython goes through the whole cell once more for each of them, and gives up after 500.
MOST_MAGICS = 50
MAGIC = re.compile(r"^\s*[%!?,;/]|=\s*[%!]|\?\s*$", re.MULTILINE)


class Unreadable(Exception):
    """A cell that is no Python, or too much of it to be read."""


def read(source: str) -> ast.Module:
    """Return the syntax tree of a cell.

    Raises
    ------
    SyntaxError
        It is no Python.
    Unreadable
        Nobody knows what it is.
    """
    if len(source) > LONGEST or sum(1 for _ in MAGIC.finditer(source)) > MOST_MAGICS:
        raise Unreadable("a cell that is long, or full of magics")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a backslash too many in a student's text
        try:
            return ast.parse(TransformerManager().transform_cell(source))
        except SyntaxError:
            raise
        except (ValueError, RuntimeError, MemoryError) as error:  # of a student's text; RecursionError is among them
            raise Unreadable(str(error)) from None

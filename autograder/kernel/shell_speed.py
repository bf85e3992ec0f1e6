"""Spares a kernel's shell work that comes to nothing, and does beforehand what each would do once. The text of this module runs in a warm process, so it imports nothing of the course.

Twice IPython makes a list of the tokens of a cell, in which it then looks for magics, and ipykernel reckons a hash in Python, byte by byte, for the
name under which the cell stands in tracebacks. Together that takes longer than what most cells of a lesson do. What a cell does stays the same.
"""

import contextlib
import re
import sys
import zlib

import ipykernel.compiler
from IPython.core import ultratb
from IPython.core.inputtransformer2 import TransformerManager

# A tab is of several widths, and there are more blanks than the blank. What else a line has that may be a magic, a command of the system's, or a question about a name: an escape at its start or behind "=", or a "?" at its end.
MAY_BE_MAGIC = re.compile(r"[\t\f\v]|^[\s\\]*[%!?,;/]|=[\s\\]*(?:[%!]|$)|\?\s*$")
# The transformers of tokens that IPython has by itself.
KNOWN = {"MagicAssign", "SystemAssign", "EscapedCommand", "HelpEnd"}


def number_of(code, seed):
    """Return a number for a cell's text, instead of ipykernel's hash."""
    return zlib.crc32(code.encode("utf-8", "replace"), seed)


def dedents_fit(lines):
    """Say whether each line is indented as an earlier one, or further: IPython tells of one that is not. Lines in brackets and strings count as well."""
    levels, before = [0], 0
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if not line[indent:].strip("\r\n"):
            continue
        if indent > before:
            levels.append(indent)
        while levels[-1] > indent:
            levels.pop()
        if levels[-1] != indent:
            return False
        before = indent
    return True


def transforms_where_needed(do_token_transforms):
    """Return IPython's method of this name, to be used for a cell in which it may find something, or for whose tokens somebody has a transformer."""

    def method(self, lines):
        known = {kind.__name__ for kind in self.token_transformers} <= KNOWN
        plain = known and not any(map(MAY_BE_MAGIC.search, lines)) and dedents_fit(lines)
        return lines if plain else do_token_transforms(self, lines)

    return method


def load_tracebacks():
    """Have all loaded and compiled that the first traceback of a shell needs, by making one."""
    try:
        raise NotImplementedError
    except NotImplementedError:
        ultratb.AutoFormattedTB(mode="Context").structured_traceback(*sys.exc_info())


def install():
    """Speed up the shells of this process, as far as they are as expected."""
    with contextlib.suppress(Exception):  # another IPython's
        load_tracebacks()
    if hasattr(ipykernel.compiler, "murmur2_x86"):
        ipykernel.compiler.murmur2_x86 = number_of
    if hasattr(TransformerManager, "do_token_transforms"):
        TransformerManager.do_token_transforms = transforms_where_needed(TransformerManager.do_token_transforms)  # type: ignore[method-assign]

"""The quicker shell of a warm kernel makes of every cell what IPython's own makes of it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import MagicAssign, TransformerManager

from autograder.course.catalog import lessons
from autograder.kernel import shell_speed

OWN = TransformerManager.do_token_transforms


class Quick(TransformerManager):
    do_token_transforms = shell_speed.transforms_where_needed(OWN)


PIECES = [
    "%time x", "!ls", "!!ls", "a = %who", "a = !ls", "a=%who", "a= !ls", "a = \\\n%who", "a = \\\n  !ls", "?a", "a?", "a??", "a?  ", "/abs 1", ",f a",
    ";f a", "%%time\nx", "  %time x", "if a:\n    !ls\n", "if a: !ls", "f(\n!ls\n)", "'''\n!ls\n'''", "x = '''\n%who'''", "a # why?", "# why?", "a!=b",
    "a %= 2", "a = b % c", "print('what?')", "f'{a!r}'", "a = [\n%who]", ">>> a", "In [1]: a?", "\\\n!ls", "a == %b", "\t!ls", "a = b; !ls", "a\x0c!ls",
    "a\u2028!ls", "a\r\n!ls\r\n", "a?\r\n", "await x", "a = yield", "x: int = !ls", "a, b = !ls", "(a := !ls)", "\x00", "(", "'''", "a = ", "=", "%", "!", "?",
]  # fmt: skip


def both(cell):
    found = []
    for kind in (TransformerManager, Quick):
        try:
            found.append(kind().transform_cell(cell))
        except SyntaxError as error:
            found.append(repr(error))
    return found


@pytest.mark.parametrize("first", PIECES)
def test_every_cell_becomes_what_ipython_makes_of_it(first):
    for second, between in itertools.product(PIECES, ("\n", "\n\n    ", "\\\n")):
        own, quick = both(first + between + second)
        assert own == quick, repr(first + between + second)


@settings(max_examples=500, derandomize=True, database=None, deadline=None)
@given(
    st.lists(st.sampled_from([*"%!?=,;/\\ \n\t\r'\"#()[]{}ab1.", "\n    ", "'''", "= ", "x = "]), max_size=20).map(
        "".join
    )
)
def test_and_so_does_random_text(cell):
    own, quick = both(cell)
    assert own == quick


def test_the_lessons_cells_are_not_searched_for_magics(monkeypatch):
    searched = []

    class Counted(TransformerManager):
        do_token_transforms = shell_speed.transforms_where_needed(
            lambda self, lines: searched.append(lines) or OWN(self, lines)
        )

    cells = [cell.source for lesson in lessons() for cell in lesson.read_solution().cells if cell.cell_type == "code"]
    for cell in cells:
        assert Counted().transform_cell(cell) == TransformerManager().transform_cell(cell)
    assert len(searched) < len(cells) / 20


def test_a_transformer_of_the_students_own_is_asked():
    class Shout(MagicAssign):
        @classmethod
        def find(cls, tokens_by_line):
            found.append(tokens_by_line)

    found: list = []
    manager = Quick()
    manager.token_transformers.append(Shout)
    manager.transform_cell("a = 1\n")
    assert found

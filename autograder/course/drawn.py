"""Which cells show a student's own work: the course's cells that read, themselves or through others, a name that the student's code makes.

What all other cells show is the same for everybody. It is found by reading the code, without running it; in doubt a cell is the student's own.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from autograder.course.catalog import is_check, is_setup, is_written
from autograder.course.names import NamesOf
from autograder.course.needed import BUILT_IN, with_makers

# Who reads one of these may read a file that came with a submission.
FILES = {"open", "Path", "imread", "os", "glob", "io"}


def shared_cells(notebook: NotebookNode) -> frozenset[int]:
    """Return the places of the course's code cells that show the same whatever the answers are: set-up and examples, no checks.

    Parameters
    ----------
    notebook : NotebookNode
        A release, or a submission that was rebuilt on it.
    """
    uses = {i: NamesOf.of(cell.source) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    written = {i for i in uses if is_written(notebook.cells[i])}
    if any(uses[i].anything for i in written):
        return frozenset()
    setup = {i for i in uses if is_setup(notebook.cells[i])}
    found: set[int] = set(written)
    before: set[int] = set()
    while found != before:
        before, found = found, found | _with_own_names(uses, setup, found)
    return frozenset(
        i for i in uses if i not in found and not is_check(notebook.cells[i]) and may_show(notebook.cells[i].source)
    )


def _with_own_names(uses: dict[int, NamesOf], setup: set[int], found: set[int]) -> set[int]:
    """Go through a notebook once; the cells that read a name which is the student's at that place, or later on in a function."""
    # What the set-up makes cannot be written to, nor what Python has.
    unchanged = {name for i in setup for name in uses[i].makes} | BUILT_IN
    made = {i: uses[i].makes | (uses[i].touches - unchanged) for i in uses}
    own: set[str] = set()
    reading = set()
    for i, use in uses.items():
        to_come = {name for later in found if later > i for name in made[later]}
        reads = any(name in own or (later and name in to_come) for name, later in use.reads.items())
        if reads or (i not in setup and (use.anything or FILES & use.reads.keys())):
            reading.add(i)
        if i in found or i in reading:
            own |= made[i]
        else:
            own -= use.at_top
    return reading


def own_cells(notebook: NotebookNode, shared: Collection[str]) -> frozenset[int]:
    """Return the places of the set-up and example cells that show a student's own work, or that nobody else has drawn.

    Parameters
    ----------
    notebook : NotebookNode
        A rebuilt submission.
    shared : collection of str
        The ids of the cells whose outputs the course has.
    """
    same = {i for i in shared_cells(notebook) if notebook.cells[i].get("id") in shared}
    return frozenset(
        i
        for i, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
        and i not in same
        and not (is_written(cell) or is_check(cell))
        and may_show(cell.source)
    )


def has_pictures(notebook: NotebookNode, own: Collection[int]) -> bool:
    """Say whether a submission has pictures of its own: in the cells that `own_cells` found, or in cells that the student wrote."""
    return bool(own) or any(
        cell.cell_type == "code" and is_written(cell) and may_show(cell.source) for cell in notebook.cells
    )


@functools.lru_cache(maxsize=500)
def may_show(source: str) -> bool:
    """Say whether a cell may show something: it calls something outside of functions, or ends in a value. One that only imports and defines does not."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return bool(source.strip())
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))
    return bool(tree.body) and isinstance(tree.body[-1], ast.Expr)


def cells_to_run(notebook: NotebookNode, drawn: Collection[int]) -> frozenset[int]:
    """Return the places of the cells that have to be run so that some can be drawn: set-up, answers, the student's own, and what they read."""
    wanted = {notebook.cells[i].get("id") for i in drawn}
    return with_makers(notebook, lambda cell: is_setup(cell) or is_written(cell) or cell.get("id") in wanted)

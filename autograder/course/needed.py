"""Which cells of a notebook a grade needs: the course's example cells are left out, but for those whose names other cells read.

Set-up, answers, visible checks and the student's own cells are always run. An example cell of the course is run if one of these reads a name that it
makes, or if another example cell that is run does. Names are found by reading the code, without running it. Where code can reach names in ways that
cannot be read (`globals()`, `exec`, most of IPython's magics), every cell is needed.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator

from nbformat import NotebookNode

from autograder.course.catalog import is_check, is_example, is_setup, is_written
from autograder.course.names import NamesOf

BUILT_IN = frozenset(dir(builtins))


def needed_cells(notebook: NotebookNode) -> frozenset[int]:
    """Return the places of the code cells that a grade needs.

    Parameters
    ----------
    notebook : NotebookNode
        A rebuilt submission, or a lesson.
    """
    return with_makers(notebook, lambda cell: not is_example(cell))


def with_makers(notebook: NotebookNode, is_run: Callable[[NotebookNode], bool]) -> frozenset[int]:
    """Return the places of the code cells that are run anyway, and of those that make a name which one of all these reads.

    Parameters
    ----------
    notebook : NotebookNode
    is_run : callable
        Tells whether a code cell is run anyway.
    """
    uses = {i: NamesOf.of(cell.source) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    always = {i for i in uses if is_run(notebook.cells[i])}
    written = [uses[i] for i in uses if is_written(notebook.cells[i])]
    if any(use.anything for use in written) or keep_state(written):
        return frozenset(uses)
    of_setup = {name for i in uses if is_setup(notebook.cells[i]) for name in uses[i].makes}
    of_others = {name for i in uses if i not in always for name in uses[i].makes}
    needed, waiting = set(always), sorted(always)
    while waiting:
        reader = waiting.pop()
        at_once = is_check(notebook.cells[reader])  # the functions of a visible check are called in it and nowhere else
        for name, later in uses[reader].reads.items():
            made_here = name in uses[reader].makes and name not in uses[reader].at_once
            if name not in of_others or (at_once and made_here):
                continue
            for maker in _makers(uses, always, reader, name, later=later and not at_once, mended=name not in of_setup):
                if maker not in needed:
                    needed.add(maker)
                    waiting.append(maker)
    return frozenset(needed)


def keep_state(written: Iterable[NamesOf]) -> bool:
    """Say whether what a function of the student's does may depend on earlier calls, and so on calls in cells that are left out.

    It does where a function writes to a value of the student's own; what the course's set-up makes cannot be written to.
    """
    written = list(written)
    values = {name for use in written for name in use.at_top - use.defines}
    return any(use.keeps_state or use.remembers & values for use in written)


def examples_read(notebook: NotebookNode) -> Iterator[tuple[int, int, str]]:
    """Yield where the course's own checks or answers read what an example cell makes: the reader's place, the example's, and a name.

    In a lesson there are none: then no grade depends on an example cell that a student did not ask for.
    """
    examples = {i: cell for i, cell in enumerate(notebook.cells) if is_example(cell)}
    for reader, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and not is_example(cell):
            reads = NamesOf.of(cell.source).reads
            for place, example in examples.items():
                makes = NamesOf.of(example.source).makes
                if place in needed_cells(notebook) and (names := sorted(makes & reads.keys())):
                    yield reader, place, names[0]


def names_left_out(notebook: NotebookNode, needed: Iterable[int]) -> frozenset[str]:
    """Return the names that only cells make which are not needed: who misses one of them needs the whole notebook."""
    needed = set(needed)
    made: set[str] = set(BUILT_IN)
    left: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            (made if index in needed else left).update(NamesOf.of(cell.source).makes)
    return frozenset(left - made)


def _makers(
    uses: dict[int, NamesOf], always: set[int], reader: int, name: str, *, later: bool, mended: bool
) -> Iterator[int]:
    """Yield the cells that may have made a name, or changed what it stands for, by the time that a cell reads it.

    Parameters
    ----------
    uses : dict of int to NamesOf
    always : set of int
        The cells that are run anyway.
    reader : int
    name : str
    later : bool
        Whether it is read in a function, which may be called further down.
    mended : bool
        Whether what the name stands for may be changed by who uses it; what the set-up makes cannot be written to.
    """
    if later:
        yield from (i for i in uses if i > reader and i not in always and name in uses[i].makes)
        if name in uses[reader].at_top:
            return
    for index in sorted((i for i in uses if i < reader), reverse=True):
        use = uses[index]
        if index not in always and (name in use.makes or (mended and name in use.touches)):
            yield index
        if name in use.at_top:
            return

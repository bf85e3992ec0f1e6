"""Which cells show a student's own work: the course's cells that read, themselves or through others, a name that the student's code makes.

What all other cells show is the same for everybody. Where all answers that a cell reads are right, it shows what the course's own answers show. Both is
found by reading the code, without running it; in doubt a cell is the student's own.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Collection, Mapping
from types import MappingProxyType

from nbformat import NotebookNode

from autograder.course import cell_code
from autograder.course.catalog import is_check, is_setup, is_written, nbgrader_facts
from autograder.course.names import NamesOf
from autograder.course.needed import BUILT_IN, keep_state, with_makers

# Who reads one of these may read a file that came with a submission, or that other code wrote.
FILES = {"open", "Path", "imread", "os", "glob", "io"}


# What a cell may consist of that only gives names to values.
PLAIN = (
    *(ast.Module, ast.Assign, ast.Pass, ast.Name, ast.Constant, ast.UnaryOp, ast.unaryop),
    *(ast.Tuple, ast.List, ast.Set, ast.Dict, ast.expr_context),
)
# By the ids of answers that count as the course's: the names that the course's own answers make there.
Right = Mapping[str, Collection[str]]
NONE_RIGHT: Right = MappingProxyType({})


def shared_cells(notebook: NotebookNode, right: Right = NONE_RIGHT, *, files: bool = False) -> frozenset[int]:
    """Return the places of the course's code cells that show the same whatever the answers are: set-up and examples, no checks.

    Parameters
    ----------
    notebook : NotebookNode
        A release, or a submission that was rebuilt on it.
    right : mapping of str to collection of str, optional
        The answers that are right, with the names that the course's own make: what they make besides is still the student's.
    files : bool
        Whether files came with the submission.
    """
    uses = {i: NamesOf.of(cell.source) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    written = {i for i in uses if is_written(notebook.cells[i])}
    if any(uses[i].anything for i in written) or keep_state(uses[i] for i in written):
        return frozenset()
    as_course = {i: right[name] for i in written if (name := answer_of(notebook.cells[i])) in right}
    reader = _Reader(notebook, uses, as_course, files=files)
    found: set[int] = written - as_course.keys()
    before: set[int] | None = None
    while found != before:
        before, found = found, found | reader.with_own_names(found)
    checks = {i for i in uses if is_check(notebook.cells[i])}
    return frozenset(i for i in uses if i not in found | written | checks and may_show(notebook.cells[i].source))


class _Reader:
    """Finds the cells that read a name which is the student's.

    Parameters
    ----------
    notebook : NotebookNode
    uses : dict of int to NamesOf
    as_course : dict of int to collection of str
        By the places of the right answers, the names there that are not the student's.
    files : bool
    """

    def __init__(
        self, notebook: NotebookNode, uses: dict[int, NamesOf], as_course: dict[int, Collection[str]], *, files: bool
    ) -> None:
        self.uses, self.files = uses, files
        self.setup = {i for i in uses if is_setup(notebook.cells[i])}
        self.checks = {i for i in uses if is_check(notebook.cells[i])}
        self.only_name = {i for i in uses if is_written(notebook.cells[i]) and only_names(notebook.cells[i].source)}
        # What the set-up makes cannot be written to, nor what Python has.
        unchanged = {name for i in self.setup for name in uses[i].makes} | BUILT_IN
        # The course's checks call functions and change none.
        functions = {name for i in uses if answer_of(notebook.cells[i]) for name in uses[i].defines}
        not_changed_by = {i: unchanged | (functions if i in self.checks else set()) for i in uses}
        self.made = {i: uses[i].makes | (uses[i].touches - not_changed_by[i]) for i in uses}
        self.besides = {i: self.made[i].difference(names) for i, names in as_course.items()}

    def with_own_names(self, found: set[int]) -> set[int]:
        """Go through the notebook once; the cells that read such a name at their place, or later on in a function. found: the cells that make some."""
        made = self.besides | {i: self.made[i] for i in found}
        own: set[str] = set()
        reading = set()
        for i, use in self.uses.items():
            to_come = {name for later in made if later > i for name in made[later]}
            # A check's functions are called by itself, when it has made the names that they read.
            made_here = use.at_top - use.at_once if i in self.checks else ()
            reads = any(
                name not in made_here and (name in own or (later and name in to_come))
                for name, later in use.reads.items()
            )
            if reads or (i not in self.setup and self._may_read_more(i, found)):
                reading.add(i)
            if i in found or i in reading:
                own |= self.made[i]
            else:
                own -= use.at_top
                own |= made.get(i, set())
        return reading

    def _may_read_more(self, place: int, found: set[int]) -> bool:
        """Whether a cell may read what no name says: where no code is the student's, a file is the course's, and what a check reads."""
        use, students = self.uses[place], self.files or bool(found - self.only_name)
        if use.anything and place not in self.checks:
            return True
        return students and (use.anything or bool(FILES & use.reads.keys()))


def answer_of(cell: NotebookNode) -> str:
    """The id of the answer that a cell is; "" for another cell."""
    facts = nbgrader_facts(cell)
    return str(facts.get("grade_id", "")) if facts.get("solution") and not facts.get("grade") else ""


def names_of_answers(solution: NotebookNode) -> dict[str, frozenset[str]]:
    """Return the names that each answer of a lesson with the course's own answers makes, by the answers' ids."""
    return {
        name: frozenset(NamesOf.of(cell.source).makes)
        for cell in solution.cells
        if cell.cell_type == "code" and (name := answer_of(cell))
    }


def answers_behind(solution: NotebookNode) -> dict[str, frozenset[str]]:
    """Return on which answers it depends what a cell of the course's shows: the answers' ids by the cell's id.

    Left out are cells that depend on none, and those of which it cannot be read.

    Parameters
    ----------
    solution : NotebookNode
        A lesson with the course's own answers.
    """
    names = names_of_answers(solution)
    without = {a: shared_cells(solution, {b: names[b] for b in names if b != a}) for a in names}
    behind = {
        solution.cells[i].id: frozenset(a for a in names if i not in without[a]) for i in shared_cells(solution, names)
    }
    return {cell: answers for cell, answers in behind.items() if answers}


def own_cells(
    notebook: NotebookNode, shared: Collection[str], right: Right = NONE_RIGHT, *, files: bool = False
) -> frozenset[int]:
    """Return the places of the set-up and example cells that show a student's own work, or that nobody else has drawn.

    Parameters
    ----------
    notebook : NotebookNode
        A rebuilt submission.
    shared : collection of str
        The ids of the cells whose outputs the course has.
    right, files
        As for `shared_cells`.
    """
    same = {i for i in shared_cells(notebook, right, files=files) if notebook.cells[i].get("id") in shared}
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
        tree = cell_code.read(source)
    except (SyntaxError, cell_code.Unreadable):
        return bool(source.strip())
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))
    return bool(tree.body) and isinstance(tree.body[-1], ast.Expr)


@functools.lru_cache(maxsize=500)
def only_names(source: str) -> bool:
    """Say whether a cell does nothing else than to give names to plain values: it calls nothing and writes no file."""
    try:
        return all(isinstance(node, PLAIN) for node in ast.walk(cell_code.read(source)))
    except (SyntaxError, cell_code.Unreadable):
        return False


def cells_to_run(notebook: NotebookNode, drawn: Collection[int]) -> frozenset[int]:
    """Return the places of the cells that have to be run so that some can be drawn: set-up, answers, the student's own, and what they read."""
    wanted = {notebook.cells[i].get("id") for i in drawn}
    return with_makers(notebook, lambda cell: is_setup(cell) or is_written(cell) or cell.get("id") in wanted)

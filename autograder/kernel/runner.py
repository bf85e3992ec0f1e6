"""Runs a rebuilt notebook cell by cell, goes on after a dead kernel, and has its functions called in between."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder import settings
from autograder.course.catalog import is_example, is_own, nbgrader_facts
from autograder.errors import StudentDied, StudentError, StudentTimeout
from autograder.kernel import agent_program, codec, warm_kernels
from autograder.kernel.client import Student
from autograder.kernel.messages import MalformedMessage
from autograder.kernel.session import KernelSession
from autograder.safe_text import readable
from autograder.sandbox import backend
from autograder.sandbox.box import Box
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.warm_process import WarmProcess

# How a cell fails where a package of Colab's or Kaggle's is missing.
NOT_THERE = ("ModuleNotFoundError", "ImportError")
# How a cell or a function stops that misses a name.
FOR_WANT_OF_A_NAME = ("NameError", "UnboundLocalError", "KeyError", "AttributeError", "ImportError")
# Characters of a reply that says what a function raised.
LONGEST_REPORT = 100_000
# Names that a note on a cell lists.
MOST_NAMES = 30
# Of a function; one that ended the process counts two, one that did not come back in time counts one.
MOST_FAILURES = 2
NOT_BACK = "The notebook could not be brought back to where it was; from here on nothing was run."
LOG = logging.getLogger("autograder.kernel")


class NotebookRun:
    """One notebook and its kernel. `advance_to` runs cells in order; `student` answers as of the last cell run.

    A cell that ends the kernel, or that will not stop, costs itself alone: a new kernel runs the set-up, the answers
    and the student's own cells before it again, and goes on behind it.

    Parameters
    ----------
    notebook : NotebookNode
        Its cells get their outputs.
    folder : Path
        An empty folder of the host's.
    limits : Limits, optional
        By default those of the course.
    isolation : Isolation, optional
        How strong the box is that the kernel runs in, by default as strong as this machine can.
    files : dict of str to Path, optional
        What was handed in with the notebook, put beside it in the box.
    pictures : bool
        Whether the notebook's figures are drawn.
    drawn : frozenset of int, optional
        The places of the cells whose figures are drawn; by default all of them.
    needed : frozenset of int, optional
        The places of the cells that are run; by default all of them.
    left_out : frozenset of str
        Names that only cells make which are not run.
    warm : callable
        Gives the warm process from which the kernel of a box is forked, or None.

    Attributes
    ----------
    cell_errors : dict of int to StudentError
        What went wrong with a cell, by its index.
    student : Student
    restarts : int
        How many kernels there were after the first.
    given_up : StudentError or None
        Why nothing is run any more.
    missed : str
        One of the names of cells that were left out, which something missed; or "". Then the whole notebook has to be run.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        folder: Path,
        limits: settings.Limits | None = None,
        *,
        isolation: Isolation | None = None,
        files: dict[str, Path] | None = None,
        pictures: bool = True,
        drawn: frozenset[int] | None = None,
        needed: frozenset[int] | None = None,
        left_out: frozenset[str] = frozenset(),
        warm: Callable[[Box], WarmProcess | None] = warm_kernels.none,
    ) -> None:
        self.notebook = notebook
        self.folder = folder
        self.drawn = drawn
        self.needed = needed
        self.left_out = left_out
        self.missed = ""
        self.limits = limits or settings.limits()
        self.session = KernelSession(notebook, self.limits, isolation or backend.choose(), files or {}, pictures, warm)
        self.cell_errors: dict[int, StudentError] = {}
        self.student = Student(self._ask, self._spend)
        self.restarts = 0
        self.given_up: StudentError | None = None
        self._next = 0
        self._ended_again: set[int] = set()  # cells of which not even a part can be run
        self._seconds = 0.0
        self._asked = 0.0
        self._back = 0.0  # seconds for all ways back after a kernel had ended
        self._failures: Counter[str] = Counter()  # by the name of a function

    @property
    def cut(self) -> set[int]:
        """The cells of which not all output was kept, by index."""
        return self.session.output.cut

    def __enter__(self) -> NotebookRun:
        self._start()
        self.session.watch_memory()
        return self

    def __exit__(self, *_: object) -> None:
        self.session.unwatch_memory()
        self.session.stop()

    def advance_to(self, index: int) -> None:
        """Run all cells up to and with this index that have not run yet."""
        while self._next <= index:
            cell = self.notebook.cells[self._next]
            if cell.cell_type == "code" and cell.source.strip() and self._is_needed(self._next):
                self.student.forget_looks()
                self._run(self._next, cell)
                self._look_for_a_missed_name(cell)
            self._next += 1

    def _is_needed(self, index: int) -> bool:
        return self.needed is None or index in self.needed

    def _look_for_a_missed_name(self, cell: NotebookNode) -> None:
        """Note whether a cell stopped for want of a name of a cell that was left out."""
        for output in cell.outputs if self.left_out else ():
            if output.output_type == "error":
                self._note_if_missed(output.get("ename"), output.get("evalue"))

    def _note_if_missed(self, kind: object, text: object) -> None:
        if kind in FOR_WANT_OF_A_NAME and isinstance(text, str):
            self.missed = self.missed or next((name for name in re.findall(r"\w+", text) if name in self.left_out), "")

    def finish(self) -> None:
        """Run the rest of the notebook."""
        self.advance_to(len(self.notebook.cells) - 1)

    # -- cells ------------------------------------------------------------------------------------------------

    def _run(self, index: int, cell: NotebookNode) -> None:
        """Run one cell; whatever it does wrong is that cell's error."""
        began, back = self.session.clock(), self._back
        dead = False
        try:
            self._must_be_run(cell)
            self.session.draw(self.drawn is None or index in self.drawn)
            self.session.run_cell(index, cell, self.limits.cell)
        except CellTimeoutError:
            self.cell_errors[index] = StudentTimeout(f"This cell did not end within {self.limits.cell:g} s.")
            dead = not self.session.interrupt()
        except DeadKernelError:
            self.cell_errors[index] = self.session.why_ended("This cell")
            dead = True
        except MalformedMessage as error:
            self.cell_errors[index] = StudentError(f"What this cell put out could not be read ({error.kind}).")
        except StudentError as error:
            self.cell_errors[index] = error
        if index in self.cell_errors:
            text = str(self.cell_errors[index])
            cell.outputs = [new_output("error", ename="Stopped", evalue=text, traceback=[text])]
        if dead:
            self._start_again_before(index)
        if not self._run_remainder(index, cell):
            self._start_again_before(index + 1)
        self._seconds += self.session.clock() - began - (self._back - back)

    def _must_be_run(self, cell: NotebookNode) -> None:
        """Raise the StudentError that says why a cell is not run at all, if there is a reason."""
        if self.given_up is None and self._seconds + self._back > self.limits.notebook:
            self.given_up = StudentTimeout(
                f"The notebook took more than {self.limits.notebook:g} s; from here on nothing was run."
            )
        if self.given_up is not None:
            raise self.given_up
        if not _makes_names(cell) and (name := self._failed_in(cell)):
            raise StudentDied(f"Not run: it calls `{name}`, which ended the notebook's process or did not come back.")

    def _failed_in(self, cell: NotebookNode) -> str:
        """The name of a function that is not called any more and that the cell mentions, or ''."""
        words = set(re.findall(r"\w+", cell.source))
        return next((name for name, count in self._failures.items() if count >= MOST_FAILURES and name in words), "")

    def _run_remainder(self, index: int, cell: NotebookNode) -> bool:
        """Of a cell of the student's that failed or was cut, run the imports and definitions whose names are not there; say so below it.

        False if that ended the kernel, or was not to be interrupted; it is not tried again then.
        """
        if self.given_up is not None or index in self._ended_again or not _makes_names(cell):
            return True
        stopped, failed = index in self.cell_errors, self.session.failed
        is_answer = bool(nbgrader_facts(cell).get("solution"))  # what came of it is the answer
        if not (stopped or failed) or (is_answer and (stopped or failed not in NOT_THERE)):
            return True
        seconds = self.limits.question
        try:
            expression = agent_program.remainder_of(cell.source, seconds / 2, assignments=not stopped)
            found = json.loads(self.session.request(expression, seconds))
        except (StudentTimeout, StudentDied) as error:
            self._ended_again.add(index)
            return isinstance(error, StudentTimeout) and self.session.interrupt()
        except (StudentError, ValueError, RecursionError):
            return True
        found = found if isinstance(found, list) else []
        names = [readable(name)[:60] for name in found[:MOST_NAMES] if isinstance(name, str)]
        if names:
            text = f"\n[This cell did not come to its end. Of the rest, these names were made all the same: {', '.join(names)}.]\n"
            cell.outputs.append(new_output("stream", name="stderr", text=codec.plain_text(text)))
        return True

    # -- the way back after a dead kernel ---------------------------------------------------------------------

    def _start(self) -> None:
        self.session.start(self.folder / f"box{self.restarts}")

    def _start_again_before(self, index: int) -> None:
        """A new kernel in the state before cell `index`, without the cells that did not end and without the pictures."""
        began = self.session.clock()
        try:
            while not self._go_back_to(index):
                pass
        finally:
            self._back += self.session.clock() - began

    def _go_back_to(self, index: int) -> bool:
        """Start a kernel and run again what stands before a cell; False if that ended the kernel, so that it must be done again."""
        self.session.stop()
        self.restarts += 1
        if self.restarts > self.limits.restarts:
            self.given_up = StudentDied("The notebook ended its own process too often; from here on nothing was run.")
            return True
        self._start()
        self.session.draw(False)
        left = max(self.limits.notebook - self._seconds - self._back, self.limits.cell)
        deadline = self.session.clock() + left
        for earlier, cell in enumerate(self.notebook.cells[:index]):
            if not (_makes_names(cell) or (self.needed is not None and self._is_needed(earlier) and is_example(cell))):
                continue
            if self.session.clock() > deadline:
                self.given_up = StudentTimeout(
                    f"The notebook took more than {self.limits.notebook:g} s to be brought back to where it was; from here on nothing was run."
                )
                return True
            copy = deepcopy(cell)  # what it showed the first time stays
            if earlier not in self.cell_errors and not self._run_again(earlier, copy, deadline):
                return True
            if not self._run_remainder(earlier, copy):
                return False
        return True

    def _run_again(self, index: int, copy: NotebookNode, deadline: float) -> bool:
        """Run a cell again that ran before; False if it does not end this time, and nothing is run any more."""
        try:
            self.session.run_cell(index, copy, min(2 * self.limits.cell, deadline - self.session.clock()))
        except DeadKernelError:
            self.session.why_ended("A cell")  # GraderFault, if it was the sandbox that failed
            self.given_up = StudentTimeout(NOT_BACK)
        except CellTimeoutError:
            self.given_up = StudentTimeout(NOT_BACK)
        except MalformedMessage as error:
            LOG.debug("a cell that was run again: %s", error)
        return self.given_up is None

    # -- requests ---------------------------------------------------------------------------------------------

    def _ask(self, request: str) -> str:
        """Send a request of a check's to the kernel; its reply."""
        if self.given_up is not None:
            raise self.given_up
        name = json.loads(request)["name"]
        if self._failures[name] >= MOST_FAILURES:
            raise StudentDied(
                f"`{name}` was not called again: it ended the notebook's process or did not come back before."
            )
        if self._asked > self.limits.answers:
            raise StudentTimeout(f"The calls took more than {self.limits.answers:g} s together; no more were made.")
        began = self.session.clock()
        try:
            return self._noted(self.session.ask(request, self.limits.question))
        except StudentTimeout:
            self._failures[name] += 1
            if not self.session.interrupt():
                self._failures[name] = MOST_FAILURES
                self._start_again_before(self._next)
            raise
        except StudentDied:
            self._failures[name] = MOST_FAILURES
            self._start_again_before(self._next)
            raise
        finally:
            self._spend(self.session.clock() - began)

    def _noted(self, reply: str) -> str:
        """The same reply, after a look whether a function stopped for want of a name of a cell that was left out."""
        if self.left_out and len(reply) < LONGEST_REPORT and reply.startswith('{"raised"'):
            with contextlib.suppress(
                ValueError, RecursionError, AttributeError, TypeError
            ):  # the client says what is wrong with it
                report = json.loads(reply)["raised"]
                for kind in report["names"][:20]:
                    self._note_if_missed(kind, report["message"])
        return reply

    def _spend(self, seconds: float) -> None:
        """Count time that a reply took: to be given, and to be read."""
        self._asked += seconds


def _makes_names(cell: NotebookNode) -> bool:
    """Whether later answers may rely on a cell: set-up, an answer, or the student's own."""
    if cell.cell_type != "code" or not cell.source.strip():
        return False
    return is_own(cell) or "setup" in cell.metadata.get("tags", []) or bool(nbgrader_facts(cell).get("solution"))

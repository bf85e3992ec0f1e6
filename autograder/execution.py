"""Runs a rebuilt notebook in a kernel, cell by cell, and answers questions about it in between."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import time
from collections import Counter
from copy import deepcopy
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder import door, sandbox
from autograder.course import nbgrader_facts
from autograder.limits import LIMITS, Limits
from autograder.student import Student, StudentDied, StudentError, StudentTimeout

DOOR_TEXT = Path(door.__file__).read_text("utf-8")
KERNEL_ARGUMENTS = [
    "--HistoryManager.enabled=False",
    "--HistoryManager.hist_file=:memory:",
    "--IPKernelApp.exec_lines=get_ipython().ask_exit = lambda *a: None",  # an `exit()` in a cell ends that cell only
]
LOG = logging.getLogger("autograder.kernel")
LOG.setLevel(logging.CRITICAL)  # what the kernel's tools say of a student's errors is for nobody
STRIKES = 2  # a function that ended the process counts two, one that did not come back in time counts one


class GraderFault(Exception):
    """Something of the grader's own failed: never the student's fault."""


class NotebookRun:
    """One notebook and its kernel. `advance_to` runs cells in order; `student` answers as of the last cell run.

    A cell that ends the kernel, or that will not stop, costs itself alone: a new kernel runs the set-up, the answers
    and the student's own cells before it again, and goes on behind it. `trouble` says what happened, by cell index.
    """

    def __init__(self, notebook: NotebookNode, folder: Path, limits: Limits = LIMITS, *, pictures: bool = True) -> None:
        self.notebook = notebook
        self.folder = folder
        self.limits = limits
        self.pictures = pictures
        self.trouble: dict[int, StudentError] = {}
        self.student = Student(self._ask)
        self._next = 0
        self._restarts = 0
        self._seconds = 0.0
        self._strikes: Counter[str] = Counter()  # by the name of a function
        self._given_up: StudentError | None = None
        self._client: NotebookClient | None = None

    def __enter__(self) -> NotebookRun:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def advance_to(self, index: int) -> None:
        """Run all cells up to and with this index that have not run yet."""
        while self._next <= index:
            cell = self.notebook.cells[self._next]
            if cell.cell_type == "code" and cell.source.strip():
                self._run(self._next, cell)
            self._next += 1

    def finish(self) -> None:
        """Run the rest of the notebook."""
        self.advance_to(len(self.notebook.cells) - 1)

    # -- kernel -----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=str(self.folder / "kernel"), log=LOG)
        self._client = NotebookClient(
            self.notebook,
            km=manager,
            log=LOG,
            allow_errors=True,
            interrupt_on_timeout=False,
            coalesce_streams=True,
            startup_timeout=int(self.limits.kernel_start),
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(self.folder)}},
            extra_arguments=KERNEL_ARGUMENTS,
        )
        try:
            self._client.start_new_kernel(env=sandbox.environment(self.folder, pictures=self.pictures))
            self._client.start_new_kernel_client()
        except Exception as error:
            raise GraderFault(f"no kernel could be started: {error}") from error

    def _stop(self) -> None:
        if self._client is not None and self._client.km is not None:
            with contextlib.suppress(Exception):
                run_sync(self._kill)()
        self._client = None

    async def _kill(self) -> None:
        client = self._client
        if client.kc is not None:
            client.kc.stop_channels()
        if await ensure_async(client.km.is_alive()):
            await ensure_async(client.km.shutdown_kernel(now=True))
        await ensure_async(client.km.cleanup_resources())

    def _start_again_before(self, index: int) -> None:
        """A new kernel in the state before cell `index`, without the cells that made trouble and without the pictures."""
        self._stop()
        self._restarts += 1
        if self._restarts > self.limits.restarts:
            self._given_up = StudentDied("The notebook ended its own process too often; from here on nothing was run.")
            return
        self._start()
        for earlier, cell in enumerate(self.notebook.cells[:index]):
            if earlier not in self.trouble and _makes_names(cell):
                copy = deepcopy(cell)  # what it showed the first time stays
                with contextlib.suppress(Exception):
                    self._execute(earlier, copy)

    # -- cells ------------------------------------------------------------------------------------------------

    def _run(self, index: int, cell: NotebookNode) -> None:
        """Run one cell; whatever goes wrong is that cell's trouble."""
        began = time.monotonic()
        dead = False
        try:
            if self._given_up is not None:
                raise self._given_up
            if self._seconds > self.limits.notebook:
                self._given_up = StudentTimeout(
                    f"The notebook took more than {self.limits.notebook:g} s; from here on nothing was run."
                )
                raise self._given_up
            if not _makes_names(cell) and (name := self._struck_out_in(cell)):
                raise StudentDied(
                    f"Not run: it calls `{name}`, which ended the notebook's process or did not come back."
                )
            self._execute(index, cell)
        except CellTimeoutError:
            self.trouble[index] = StudentTimeout(f"This cell did not end within {self.limits.cell:g} s.")
            dead = not self._interrupt()
        except DeadKernelError:
            self.trouble[index] = StudentDied("This cell ended the notebook's own process.")
            dead = True
        except StudentError as error:
            self.trouble[index] = error
        except Exception as error:
            self.trouble[index] = StudentError(f"What this cell put out could not be read ({type(error).__name__}).")
        if index in self.trouble:
            text = str(self.trouble[index])
            cell.outputs = [new_output("error", ename="Stopped", evalue=text, traceback=[text])]
        if dead:
            self._start_again_before(index)
        self._seconds += time.monotonic() - began

    def _execute(self, index: int, cell: NotebookNode) -> None:
        self._client.timeout = max(1, round(self.limits.cell))
        self._client.execute_cell(cell, index)

    def _struck_out_in(self, cell: NotebookNode) -> str:
        """The name of a function that is not called any more and that the cell mentions, or ''."""
        words = set(re.findall(r"\w+", cell.source))
        return next((name for name, strikes in self._strikes.items() if strikes >= STRIKES and name in words), "")

    def _interrupt(self) -> bool:
        """Interrupt the kernel; True if it then answers."""
        try:
            run_sync(self._client.km.interrupt_kernel)()
            self._ask_kernel("{}", self.limits.interrupt, expression="None")
        except (StudentError, RuntimeError):
            return False
        return True

    # -- questions --------------------------------------------------------------------------------------------

    def _ask(self, question: str) -> str:
        if self._given_up is not None:
            raise self._given_up
        name = json.loads(question)["name"]
        if self._strikes[name] >= STRIKES:
            raise StudentDied(
                f"`{name}` was not called again: it ended the notebook's process or did not come back before."
            )
        try:
            return self._ask_kernel(question, self.limits.question)
        except StudentTimeout:
            self._strikes[name] += 1
            if not self._interrupt():
                self._strikes[name] = STRIKES
                self._start_again_before(self._next)
            raise
        except StudentDied:
            self._strikes[name] = STRIKES
            self._start_again_before(self._next)
            raise

    def _ask_kernel(self, question: str, seconds: float, expression: str | None = None) -> str:
        expression = expression or (
            f"(lambda ns: (__import__('builtins').exec({DOOR_TEXT!r}, ns), ns['answer_in_kernel']({question!r}))[1])"
            "({'__name__': 'door'})"
        )
        reply = run_sync(self._request)(expression, seconds)
        found = reply.get("user_expressions", {}).get("door", {}) if isinstance(reply, dict) else {}
        data = found.get("data", {}) if isinstance(found, dict) else {}
        text = data.get(door.Answer.media_type) if isinstance(data, dict) else None
        return text if isinstance(text, str) else "null"

    async def _request(self, expression: str, seconds: float) -> Any:
        client = self._client.kc
        request = client.execute("", silent=True, store_history=False, user_expressions={"door": expression})
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (left := deadline - loop.time()) > 0:
            try:
                message = await ensure_async(client.shell_channel.get_msg(timeout=min(left, 0.5)))
            except Empty:
                if not await ensure_async(self._client.km.is_alive()):
                    raise StudentDied("The call ended the notebook's own process.") from None
                continue
            if message.get("parent_header", {}).get("msg_id") == request:
                return message.get("content", {})
        raise StudentTimeout(f"The call did not come back within {seconds:g} s.")


def _makes_names(cell: NotebookNode) -> bool:
    """Whether later answers may rely on a cell: set-up, an answer, or the student's own."""
    if cell.cell_type != "code" or not cell.source.strip():
        return False
    own = cell.metadata.get("course", {}).get("from") == "student"
    return own or "setup" in cell.metadata.get("tags", []) or bool(nbgrader_facts(cell).get("solution"))

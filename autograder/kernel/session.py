"""Runs a rebuilt notebook in a kernel, cell by cell, and replies to requests about it in between."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import mmap
import re
import subprocess
import threading
import time
from collections import Counter
from copy import deepcopy
from pathlib import Path
from queue import Empty
from typing import Any

import nbclient.client
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.course.catalog import is_own, nbgrader_facts
from autograder.errors import (
    GraderFault,
    SandboxEnded,
    StudentDied,
    StudentError,
    StudentTimeout,
    StudentTooMuch,
    Tampered,
)
from autograder.kernel import pictures, protocol, remainder
from autograder.kernel.client import Student
from autograder.kernel.provisioner import kernel_in
from autograder.limits import LIMITS, Limits
from autograder.safe_text import readable
from autograder.sandbox import backend
from autograder.sandbox.box import Box
from autograder.sandbox.isolation import Isolation

AGENT_TEXT = Path(protocol.__file__).read_text("utf-8")
REMAINDER_TEXT = Path(remainder.__file__).read_text("utf-8")
NOT_THERE = ("ModuleNotFoundError", "ImportError")  # how a cell fails where a package of Colab's or Kaggle's is missing
MOST_NAMES = 30  # that a note on a cell lists
# An `exit()` in a cell ends that cell only, and so does what restarts a kernel on Colab after a `pip install`.
STAY = "get_ipython().ask_exit = get_ipython().kernel.do_shutdown = lambda *a, **k: None"
KERNEL_ARGUMENTS = ["--HistoryManager.enabled=False", f"--IPKernelApp.exec_lines={STAY}"]
LOG = logging.getLogger("autograder.kernel")
LOG.setLevel(logging.CRITICAL)  # what the kernel's tools say of a student's errors is for nobody
# Begun at every place of a long line instead of at its start, nbclient's own search takes half an hour for 2 MB.
nbclient.client._RGX_CARRIAGERETURN = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)
MOST_FAILURES = 2  # of a function; one that ended the process counts two, one that did not come back in time counts one


TOO_MUCH = {
    "memory": "took more than {0.memory_text} of memory",
    "tasks": "started more than {0.tasks} processes or threads",
    "disk": "wrote more than {0.disk_text} of files",
    "time": "took too long",
    "messages": "sent more than the grader takes",
}
LOOK = 0.1  # seconds between two looks at the grader's own memory
PICTURES = ("image/png", "image/jpeg")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
MOST_PIXELS = 100_000  # a picture's width or height as its output says


class Output:
    """What a notebook shows, as far as it is kept: plain text and pictures, and not more than the limits say."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.cut: set[int] = set()
        self._by_cell: Counter[int] = Counter()

    def keep(self, message: dict, index: int) -> dict | None:
        """A message as an untouched kernel would send it, with what may be kept of it; None if nothing is."""
        kind, content = message.get("msg_type"), message.get("content")
        if kind == "status" or not isinstance(content, dict):
            return message if kind == "status" else None
        clean = self._cleaned(kind, content)
        if clean is None:
            return None
        # {} is what the session makes of far too much
        self._by_cell[index] += 100 + (len(str(clean)) if content else self.limits.cell_output)
        if self._by_cell[index] <= self.limits.cell_output and self._by_cell.total() <= self.limits.notebook_output:
            return {**message, "content": clean}
        if index in self.cut:
            return None
        self.cut.add(index)
        notice = {"name": "stderr", "text": "\n[more output than is kept; the rest was cut off]\n"}
        return {**message, "msg_type": "stream", "content": notice}

    def _cleaned(self, kind: Any, content: dict) -> dict | None:
        if kind == "stream":
            return {
                "name": "stderr" if content.get("name") == "stderr" else "stdout",
                "text": protocol.plain_text(content.get("text", "")),
            }
        if kind == "error":
            trace = content.get("traceback")
            lines = [protocol.plain_text(line) for line in trace] if isinstance(trace, list) else []
            ename, evalue = (protocol.plain_text(content.get(part)) for part in ("ename", "evalue"))
            return {"ename": ename, "evalue": evalue, "traceback": lines}
        if kind == "clear_output":
            return {"wait": bool(content.get("wait"))}
        if kind in ("display_data", "execute_result", "update_display_data"):
            data = content.get("data")
            has_text = isinstance(data, dict) and "text/plain" in data
            shown = {"text/plain": protocol.plain_text(data["text/plain"])} if has_text else {}
            for name in PICTURES:
                picture = _member(data, name)
                if isinstance(picture, str) and BASE64.fullmatch(picture):
                    if why_not := pictures.why_not_shown(name, picture):
                        shown["text/plain"] = f"{shown.get('text/plain', '')} {why_not}".strip()
                    else:
                        shown[name] = picture
            clean: dict[str, Any] = {"data": shown, "metadata": _said_of_pictures(content.get("metadata"))}
            if kind == "execute_result":
                clean["execution_count"] = None
            named = _member(content.get("transient"), "display_id")
            return clean | ({"transient": {"display_id": protocol.plain_text(named)}} if isinstance(named, str) else {})
        return None


class _Client(NotebookClient):
    """nbclient, fed only with output that is kept. `unread`: why a message could not be read, if one could not. `failed`: what the last cell raised, or ""."""

    kept: Output
    unread: Exception | None = None
    failed: str = ""

    async def _check_raise_for_error(self, cell: NotebookNode, cell_index: int, exec_reply: dict | None) -> None:
        content = _member(exec_reply, "content")
        if _member(content, "status") == "error":
            self.failed = str(_member(content, "ename") or "Error")
        await super()._check_raise_for_error(cell, cell_index, exec_reply)

    async def _async_poll_output_msg(self, *arguments: Any) -> None:
        try:
            await super()._async_poll_output_msg(*arguments)
        except Exception as error:  # nbclient would drop it, and Python complain on stderr
            self.unread = error

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        message = self.kept.keep(msg, cell_index)
        return super().process_message(message, cell, cell_index) if message is not None else None


class NotebookRun:
    """One notebook and its kernel. `advance_to` runs cells in order; `student` answers as of the last cell run.

    folder: an empty folder of the host's. isolation: how strong the box is that the kernel runs in, by default as strong as this machine can. files: what was handed
    in with the notebook, put beside it in the box.

    A cell that ends the kernel, or that will not stop, costs itself alone: a new kernel runs the set-up, the answers
    and the student's own cells before it again, and goes on behind it. `cell_errors` says what happened, by cell index.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        folder: Path,
        limits: Limits = LIMITS,
        *,
        isolation: Isolation | None = None,
        files: dict[str, Path] | None = None,
        pictures: bool = True,
    ) -> None:
        self.notebook = notebook
        self.folder = folder
        self.isolation = isolation or backend.choose()
        self.limits = limits
        self.files = files or {}
        self.pictures = pictures
        self.cell_errors: dict[int, StudentError] = {}
        self.student = Student(self._ask, self._spend)
        self._next = 0
        self._ended_again: set[int] = set()  # cells of which not even a part can be run
        self._restarts = 0
        self._seconds = 0.0
        self._asked = 0.0
        self._back = 0.0  # seconds for all ways back after a kernel had ended
        self._failures: Counter[str] = Counter()  # by the name of a function
        self._given_up: StudentError | None = None
        self._client: _Client | None = None
        self._kernel: AsyncKernelManager | None = None
        self._box: Box | None = None
        self._output = Output(limits)
        self._watched: AsyncKernelManager | None = None
        self._flooded = False
        self._over = threading.Event()

    @property
    def cut(self) -> set[int]:
        """The cells of which not all output was kept, by index."""
        return self._output.cut

    def __enter__(self) -> NotebookRun:
        self._start()
        threading.Thread(target=self._watch_the_grader, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
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
        folder = self.folder / f"box{self._restarts}"
        folder.mkdir()
        self._box = Box(folder, self.isolation, files=self.files, pictures=self.pictures, limits=self.limits)
        self._kernel = kernel_in(self._box, KERNEL_ARGUMENTS, LOG, self.limits.reply)
        self._client = _Client(
            self.notebook,
            km=self._kernel,
            log=LOG,
            allow_errors=True,
            interrupt_on_timeout=False,
            coalesce_streams=True,
            startup_timeout=int(self.limits.kernel_start),
            shutdown_kernel="immediate",
            record_timing=False,
            resources={"metadata": {"path": str(self._box.cwd)}},
        )
        self._client.kept = self._output
        try:
            nowhere = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            self._client.start_new_kernel(env=self._box.environment, **nowhere)
            self._client.start_new_kernel_client()
        except Exception as error:
            self._stop()
            raise GraderFault(f"no kernel could be started: {self._box.ended() or error}") from error
        self._watched = self._kernel

    def _stop(self) -> None:
        self._watched = None
        if self._client is not None and self._client.km is not None:
            with contextlib.suppress(Exception):
                run_sync(self._kill)()
        self._client = None
        if self._kernel is not None:
            self._kernel.context.destroy(linger=0)
        self._kernel = None

    async def _kill(self) -> None:
        client = self._client
        if client.kc is not None:
            client.kc.stop_channels()
        if await ensure_async(client.km.is_alive()):
            await ensure_async(client.km.shutdown_kernel(now=True))
        await ensure_async(client.km.cleanup_resources())

    def _watch_the_grader(self) -> None:
        """End the box whose messages fill the grader's memory: of one without end, ZeroMQ keeps part after part."""
        most = _resident() + self.limits.grader
        while not self._over.wait(LOOK):
            kernel = self._watched
            if kernel is not None and _resident() > most:
                self._watched, self._flooded = None, True
                with contextlib.suppress(Exception):
                    kernel.provisioner.process.kill()  # the box goes with it

    def _start_again_before(self, index: int) -> None:
        """A new kernel in the state before cell `index`, without the cells that did not end and without the pictures."""
        began = time.monotonic()
        try:
            self._go_back_to(index)
        finally:
            self._back += time.monotonic() - began

    def _go_back_to(self, index: int) -> None:
        self._stop()
        self._restarts += 1
        if self._restarts > self.limits.restarts:
            self._given_up = StudentDied("The notebook ended its own process too often; from here on nothing was run.")
            return
        self._start()
        left = max(self.limits.notebook - self._seconds - self._back, self.limits.cell)
        deadline = time.monotonic() + left
        for earlier, cell in enumerate(self.notebook.cells[:index]):
            if not _makes_names(cell):
                continue
            if time.monotonic() > deadline:
                self._given_up = StudentTimeout(
                    f"The notebook took more than {self.limits.notebook:g} s to be brought back to where it was; from here on nothing was run."
                )
                return
            copy = deepcopy(cell)  # what it showed the first time stays
            if earlier in self.cell_errors:
                if not self._run_the_rest(earlier, copy):
                    return self._start_again_before(index)
                continue
            try:
                self._execute(earlier, copy, min(2 * self.limits.cell, deadline - time.monotonic()))
            except (CellTimeoutError, DeadKernelError) as error:
                if isinstance(error, DeadKernelError):
                    self._end("A cell")  # GraderFault, if it was the sandbox that failed
                self._given_up = StudentTimeout(
                    "The notebook could not be brought back to where it was; from here on nothing was run."
                )
                return
            except Exception as error:
                LOG.debug("a cell that was run again: %s", error)
            if not self._run_the_rest(earlier, copy):
                return self._start_again_before(index)

    # -- cells ------------------------------------------------------------------------------------------------

    def _run(self, index: int, cell: NotebookNode) -> None:
        """Run one cell; whatever goes wrong is that cell's error."""
        began, back = time.monotonic(), self._back
        dead = False
        try:
            if self._given_up is not None:
                raise self._given_up
            if self._seconds + self._back > self.limits.notebook:
                self._given_up = StudentTimeout(
                    f"The notebook took more than {self.limits.notebook:g} s; from here on nothing was run."
                )
                raise self._given_up
            if not _makes_names(cell) and (name := self._struck_out_in(cell)):
                raise StudentDied(
                    f"Not run: it calls `{name}`, which ended the notebook's process or did not come back."
                )
            self._execute(index, cell, self.limits.cell)
        except CellTimeoutError:
            self.cell_errors[index] = StudentTimeout(f"This cell did not end within {self.limits.cell:g} s.")
            dead = not self._interrupt()
        except DeadKernelError:
            self.cell_errors[index] = self._end("This cell")
            dead = True
        except StudentError as error:
            self.cell_errors[index] = error
        except Exception as error:
            self.cell_errors[index] = StudentError(
                f"What this cell put out could not be read ({type(error).__name__})."
            )
        if index in self.cell_errors:
            text = str(self.cell_errors[index])
            cell.outputs = [new_output("error", ename="Stopped", evalue=text, traceback=[text])]
        if dead:
            self._start_again_before(index)
        if not self._run_the_rest(index, cell):
            self._start_again_before(index + 1)
        self._seconds += time.monotonic() - began - (self._back - back)

    def _run_the_rest(self, index: int, cell: NotebookNode) -> bool:
        """Of a cell of the student's that failed or was cut, run the imports and definitions whose names are not there; say so below it.

        False if that ended the kernel, or was not to be interrupted; it is not tried again then.
        """
        if self._given_up is not None or index in self._ended_again or not _makes_names(cell):
            return True
        stopped, failed = index in self.cell_errors, self._client.failed
        is_answer = bool(nbgrader_facts(cell).get("solution"))  # what came of it is the answer
        if not (stopped or failed) or (is_answer and (stopped or failed not in NOT_THERE)):
            return True
        seconds = self.limits.question
        expression = (
            f"(lambda ns, rest: (__import__('builtins').exec({AGENT_TEXT!r}, ns), __import__('builtins').exec({REMAINDER_TEXT!r}, rest),"
            f" ns['Reply'](__import__('json').dumps(rest['remainder'](__import__('IPython').get_ipython(), {cell.source!r}, {seconds / 2!r}, {not stopped!r}))))[2])"
            "({'__name__': 'agent'}, {'__name__': 'remainder'})"
        )
        try:
            found = json.loads(self._ask_kernel("", seconds, expression))
        except (StudentTimeout, StudentDied) as error:
            self._ended_again.add(index)
            return isinstance(error, StudentTimeout) and self._interrupt()
        except (StudentError, ValueError, RecursionError):
            return True
        found = found if isinstance(found, list) else []
        names = [readable(name)[:60] for name in found[:MOST_NAMES] if isinstance(name, str)]
        if names:
            text = f"\n[This cell did not come to its end. Of the rest, these names were made all the same: {', '.join(names)}.]\n"
            cell.outputs.append(new_output("stream", name="stderr", text=protocol.plain_text(text)))
        return True

    def _execute(self, index: int, cell: NotebookNode, seconds: float) -> None:
        self._client.timeout, self._client.unread, self._client.failed = max(1, round(seconds)), None, ""
        try:
            self._client.execute_cell(cell, index)
        finally:
            if not isinstance(cell.execution_count, int):
                cell.execution_count = None
        if self._client.unread is not None:
            raise self._client.unread

    def _struck_out_in(self, cell: NotebookNode) -> str:
        """The name of a function that is not called any more and that the cell mentions, or ''."""
        words = set(re.findall(r"\w+", cell.source))
        return next(
            (name for name, failures in self._failures.items() if failures >= MOST_FAILURES and name in words), ""
        )

    def _interrupt(self) -> bool:
        """Interrupt the kernel; True if it then answers."""
        try:
            run_sync(self._client.km.interrupt_kernel)()
            self._ask_kernel("{}", self.limits.interrupt, expression="None")
        except (StudentError, RuntimeError):
            return False
        return True

    def _end(self, who: str) -> StudentDied:
        """Why the kernel is gone, in words for the student."""
        ended = SandboxEnded("messages") if self._flooded else self._box.ended()
        self._flooded = False
        if ended is None:
            return StudentDied(f"{who} ended the notebook's own process.")
        if ended.why == "fault":
            raise GraderFault(f"the sandbox failed: {ended}")
        return StudentTooMuch(f"{who} {TOO_MUCH[ended.why].format(self.limits)}, and was ended.")

    # -- requests ---------------------------------------------------------------------------------------------

    def _ask(self, request: str) -> str:
        if self._given_up is not None:
            raise self._given_up
        name = json.loads(request)["name"]
        if self._failures[name] >= MOST_FAILURES:
            raise StudentDied(
                f"`{name}` was not called again: it ended the notebook's process or did not come back before."
            )
        if self._asked > self.limits.answers:
            raise StudentTimeout(f"The calls took more than {self.limits.answers:g} s together; no more were made.")
        began = time.monotonic()
        try:
            return self._ask_kernel(request, self.limits.question)
        except StudentTimeout:
            self._failures[name] += 1
            if not self._interrupt():
                self._failures[name] = MOST_FAILURES
                self._start_again_before(self._next)
            raise
        except StudentDied:
            self._failures[name] = MOST_FAILURES
            self._start_again_before(self._next)
            raise
        finally:
            self._spend(time.monotonic() - began)

    def _spend(self, seconds: float) -> None:
        """Count time that a reply took: to be given, and to be read."""
        self._asked += seconds

    def _ask_kernel(self, request: str, seconds: float, expression: str | None = None) -> str:
        expression = expression or (
            f"(lambda ns: (__import__('builtins').exec({AGENT_TEXT!r}, ns), ns['reply_in_kernel']({request!r}))[1])"
            "({'__name__': 'agent'})"
        )
        reply = run_sync(self._request)(expression, seconds)
        found = _member(_member(reply, "user_expressions"), "reply")
        text = _member(_member(found, "data"), protocol.Reply.media_type)
        if isinstance(text, str):
            return text
        if _member(found, "status") == "error":  # the agent itself was stopped, by an interrupt for instance
            raise StudentError("The call gave no answer.")
        raise Tampered("The notebook's kernel does not answer as it should. Was it changed?")

    async def _request(self, expression: str, seconds: float) -> Any:
        client = self._client.kc
        sent = client.execute("", silent=True, store_history=False, user_expressions={"reply": expression})
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while (left := deadline - loop.time()) > 0:
            try:
                message = await ensure_async(client.shell_channel.get_msg(timeout=min(left, 0.5)))
            except Empty:
                if not await ensure_async(self._client.km.is_alive()):
                    raise self._end("The call") from None
                continue
            except Exception as error:  # a signature that does not fit, a message that is none
                raise Tampered(
                    f"The notebook's kernel does not answer as it should ({type(error).__name__})."
                ) from None
            if _member(message.get("parent_header"), "msg_id") == sent:
                return message.get("content", {})
        raise StudentTimeout(f"The call did not come back within {seconds:g} s.")


def _resident() -> int:
    """Bytes of memory that this process has; 0 where the machine does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * mmap.PAGESIZE
    return 0


def _said_of_pictures(metadata: Any) -> dict[str, dict[str, Any]]:
    """Of an output's metadata: the text for those who cannot see a picture, and its size."""
    found: dict[str, dict[str, Any]] = {}
    for name in PICTURES:
        about = _member(metadata, name)
        kept: dict[str, Any] = (
            {"alt": protocol.plain_text(about["alt"])} if isinstance(_member(about, "alt"), str) else {}
        )
        sides = {side: about.get(side) for side in ("width", "height")} if isinstance(about, dict) else {}
        kept |= {side: length for side, length in sides.items() if type(length) is int and 0 < length < MOST_PIXELS}
        if kept:
            found[name] = kept
    return found


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _makes_names(cell: NotebookNode) -> bool:
    """Whether later answers may rely on a cell: set-up, an answer, or the student's own."""
    if cell.cell_type != "code" or not cell.source.strip():
        return False
    return is_own(cell) or "setup" in cell.metadata.get("tags", []) or bool(nbgrader_facts(cell).get("solution"))

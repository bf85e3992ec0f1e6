"""A notebook's kernel in its sandbox: start and stop it, run a cell, send it a request, and say why it ended."""

from __future__ import annotations

import contextlib
import functools
import logging
import mmap
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.course.catalog import is_setup
from autograder.errors import (
    GraderFault,
    SandboxEnded,
    StudentDied,
    StudentError,
    StudentTimeout,
    StudentTooMuch,
    Tampered,
)
from autograder.kernel import agent_program, notebook_client, warm_kernels
from autograder.kernel.agent import Reply
from autograder.kernel.messages import MalformedMessage, member
from autograder.kernel.notebook_client import BoundedNotebookClient
from autograder.kernel.outputs import Output
from autograder.kernel.provisioner import kernel_in, socket_in
from autograder.kernel.request_line import LineClosed, RequestLine, TooLong
from autograder.sandbox.box import Box
from autograder.sandbox.clock import Clock
from autograder.sandbox.isolation import Isolation
from autograder.sandbox.linux import waiting
from autograder.sandbox.warm_process import WarmProcess
from autograder.settings import Limits

# An `exit()` in a cell ends that cell only, and so does what restarts a kernel on Colab after a `pip install`.
STAY = "get_ipython().ask_exit = get_ipython().kernel.do_shutdown = lambda *a, **k: None"
KERNEL_ARGUMENTS = ["--HistoryManager.enabled=False", f"--IPKernelApp.exec_lines={STAY}"]
LOG = logging.getLogger("autograder.kernel")
# What the kernel's tools say of a student's errors is for nobody.
LOG.setLevel(logging.CRITICAL)
TOO_MUCH = {
    "memory": "took more than {0.memory_text} of memory",
    "tasks": "started more than {0.tasks} processes or threads",
    "disk": "wrote more than {0.disk_text} of files",
    "time": "took too long",
    "messages": "sent more than the grader takes",
}
# Switches in the kernel whether the figures of a cell are drawn.
SWITCH = (
    "[setattr(__import__('IPython').get_ipython().display_formatter.formatters[kind], 'enabled', {on})"
    " for kind in ('image/png', 'image/jpeg')] and None"
)
# A kernel that is not forked imports everything itself: until the set-up is over, Python looks for no garbage in it.
LOADING, LOADED = "__import__('gc').disable()", "(lambda gc: (gc.freeze(), gc.enable()))(__import__('gc')) and None"
# Seconds between two looks at the grader's own memory, and at a box that was interrupted.
LOOK = 0.1
# Cores that a box wants at most which does nothing.
AT_REST = 0.2


class KernelSession:
    """The kernel of one notebook. Its messages are read within bounds, and what of them is malformed is the student's.

    Parameters
    ----------
    notebook : NotebookNode
    limits : Limits
    isolation : Isolation
        How strong the box is that the kernel runs in.
    files : dict of str to Path
        What was handed in with the notebook, put beside it in the box.
    pictures : bool
        Whether the notebook's figures are drawn.
    warm : callable
        Gives the warm process from which the kernel of a box is forked, or None.

    Attributes
    ----------
    output : Output
        What is kept of what cells show.
    clock : Clock
        Seconds as limits count them, in all boxes of this notebook.
    """

    def __init__(
        self,
        notebook: NotebookNode,
        limits: Limits,
        isolation: Isolation,
        files: dict[str, Path],
        pictures: bool,
        warm: Callable[[Box], WarmProcess | None] = warm_kernels.none,
    ) -> None:
        self.notebook = notebook
        self.limits = limits
        self.isolation = isolation
        self.files = files
        self.pictures = pictures
        self.warm = warm
        self.output = Output(limits)
        self.clock = Clock(limits.stretch)
        # None before `start` and after `stop`; untyped, as traitlets are.
        self._client: Any = None
        self._kernel: Any = None
        self._watched: Any = None
        self._box: Any = None
        self._flooded = False
        self._loading = False
        self._draws = True
        self._requested = ""
        self._line: RequestLine | None = None
        self._lines: int | None = 0  # how many there were in this kernel; None if it makes none
        self._over = threading.Event()

    @property
    def failed(self) -> str:
        """The class of what the last cell raised, or ""."""
        return self._client.failed

    # -- start and stop ---------------------------------------------------------------------------------------

    def start(self, folder: Path) -> None:
        """Start a kernel in a new box in this folder, which must not be there yet. GraderFault if there is none to be had."""
        notebook_client.install()
        folder.mkdir()
        self._box = Box(folder, self.isolation, files=self.files, pictures=self.pictures, limits=self.limits)
        warm = self.warm(self._box)
        self._loading = warm is None
        lines = [*([LOADING] if self._loading else []), *([_draw_figures()] if self.pictures else [])]
        arguments = [*KERNEL_ARGUMENTS, *(f"--IPKernelApp.exec_lines={line}" for line in lines)]
        self._lines = 0
        self._kernel, self._draws = kernel_in(self._box, arguments, LOG, self.limits.reply, warm), True
        self._client = BoundedNotebookClient(
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
        self._client.kept, self._client.clock = self.output, self.clock
        self.clock.follow(self._box.clock)
        try:
            nowhere = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            self._client.start_new_kernel(env=self._box.environment, **nowhere)
            self._client.start_new_kernel_client()
        except Exception as error:  # whatever it is, no code of the student's has run yet
            self.stop()
            raise GraderFault(f"no kernel could be started: {self._box.ended() or error}") from error
        self._watched = self._kernel

    def stop(self) -> None:
        """End the kernel and its box, whatever they do."""
        self._watched = None
        self._close_line()
        if self._client is not None and self._client.km is not None:
            with contextlib.suppress(Exception):  # it is to go; how it goes is nothing that anybody could act on
                run_sync(self._kill)()
        self._client = None
        self.clock.follow(None)
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

    # -- the grader's memory ----------------------------------------------------------------------------------

    def watch_memory(self) -> None:
        """Begin to watch this process: of a message without end, ZeroMQ keeps part after part. A kernel that fills it is ended."""
        threading.Thread(target=self._watch, daemon=True).start()

    def unwatch_memory(self) -> None:
        """Watch it no longer."""
        self._over.set()

    def _watch(self) -> None:
        most = _resident() + self.limits.grader
        while not self._over.wait(LOOK):
            kernel = self._watched
            if kernel is not None and _resident() > most:
                self._watched, self._flooded = None, True
                with contextlib.suppress(Exception):  # it may have ended by itself meanwhile
                    kernel.provisioner.process.kill()  # the box goes with it

    # -- cells and requests -----------------------------------------------------------------------------------

    def run_cell(self, index: int, cell: NotebookNode, seconds: float) -> None:
        """Run a cell; its outputs are those that are kept.

        Raises
        ------
        CellTimeoutError
            It did not end in time.
        DeadKernelError
            It ended the kernel; `why_ended` says how.
        MalformedMessage
            The kernel sent meanwhile what no untouched kernel sends.
        GraderFault
            The grader could not read what an untouched kernel may send.
        """
        self._close_line()
        if not is_setup(cell):
            self._end_loading()
        self._client.deadline = self.clock() + seconds
        self._client.stopped_by, self._client.failed = None, ""
        try:
            self._client.execute_cell(cell, index)
            if self._client.stopped_by is not None:
                raise self._client.stopped_by
        except (CellTimeoutError, DeadKernelError, MalformedMessage):
            raise
        except Exception as error:  # none of those that a kernel can bring about
            raise GraderFault(
                f"cell {index + 1}: its output could not be read ({type(error).__name__}: {error})"
            ) from error
        finally:
            if not isinstance(cell.execution_count, int):
                cell.execution_count = None

    def request(self, expression: str, seconds: float, deadline: float | None = None) -> str:
        """Have the kernel evaluate an expression that makes a `agent.Reply`, and return its text, of which nothing is known yet.

        deadline: when its seconds are over, by `clock`, if they began before.

        Raises
        ------
        StudentTimeout
            No reply came in time.
        StudentDied
            The kernel ended.
        Tampered
            What came is no reply.
        StudentError
            The expression was stopped, by an interrupt for instance.
        """
        found = self._evaluated(self._send(expression), seconds, deadline)
        text = member(member(found, "data"), Reply.media_type)
        if isinstance(text, str):
            return text
        if member(found, "status") == "error":
            raise StudentError("The call gave no answer.")
        raise Tampered("The notebook's kernel does not answer as it should. Was it changed?")

    def _end_loading(self) -> None:
        """Have the kernel look for garbage from now on, and not among what it has imported."""
        if self._loading:
            self._loading = False
            with contextlib.suppress(StudentError):
                self.request(LOADED, self.limits.question)

    def draw(self, on: bool) -> None:
        """Have the figures of the cells from here on drawn, or not. A kernel that does not do so draws what it draws."""
        if self.pictures and on != self._draws:
            self._draws = on
            with contextlib.suppress(StudentError):
                self.request(SWITCH.format(on=on), self.limits.question)

    def _send(self, expression: str) -> str:
        """Have the kernel evaluate an expression; the id of the message."""
        self._close_line()
        sent = self._client.kc.execute("", silent=True, store_history=False, user_expressions={"reply": expression})
        self._requested = sent
        return sent

    def _evaluated(self, sent: str, seconds: float, deadline: float | None = None) -> Any:
        """What the kernel says that an expression came to, by the id of the message. Raises as `request`."""
        return run_sync(self._reply_to)(sent, seconds, self.clock() + seconds if deadline is None else deadline)

    async def _reply_to(self, sent: str, seconds: float, deadline: float) -> Any:
        while (left := deadline - self.clock()) > 0:
            try:
                found = await self._reply_within(sent, min(left, 0.5))
            except Empty:
                await self._must_live()
                continue
            if found is not None:
                return found
        raise StudentTimeout(f"The call did not come back within {seconds:g} s.")

    async def _reply_within(self, sent: str, seconds: float) -> Any:
        """The part about the expression in the next message of the kernel's, None if that replies to something else; Empty if none comes."""
        try:
            message = await ensure_async(self._client.kc.shell_channel.get_msg(timeout=seconds))
        except MalformedMessage as error:
            raise Tampered(f"The notebook's kernel does not answer as it should ({error.kind}).") from None
        if message["parent_header"].get("msg_id") != sent:
            return None
        return member(member(message.get("content", {}), "user_expressions"), "reply") or {}

    async def _must_live(self) -> None:
        """Raise what says why the kernel has ended, if it has."""
        if not await ensure_async(self._client.km.is_alive()):
            raise self.why_ended("The call")

    # -- many requests in one execution -----------------------------------------------------------------------

    def ask(self, request: str, seconds: float) -> str:
        """Have the agent in the kernel reply to a request, and return its text, of which nothing is known yet. Raises as `request`."""
        self._end_loading()
        deadline = self.clock() + seconds

        def left() -> float:
            return deadline - self.clock()

        try:
            if self._line is None and not self._open_line(left):
                return self.request(agent_program.reply_to(request), seconds, deadline)
            assert self._line is not None
            return self._line.ask(request, left)
        except TimeoutError:
            self._close_line()
            raise StudentTimeout(f"The call did not come back within {seconds:g} s.") from None
        except TooLong:
            self._close_line()
            raise StudentError("The call gave an answer that is too large to be read.") from None
        except UnicodeDecodeError:
            self._close_line()
            raise Tampered("The notebook's kernel does not answer as it should. Was it changed?") from None
        except LineClosed:
            self._close_line()
            self._evaluated(self._requested, seconds, deadline)  # raises, if the kernel has ended
            raise StudentError("The call gave no answer.") from None

    def _open_line(self, left: Callable[[], float]) -> bool:
        """Open a line to the kernel, if it makes one."""
        if self._lines is None:
            return False
        self._lines += 1
        place, inside = socket_in(self._box, f"r{self._lines}")
        sent = self._send(agent_program.replies_at(inside))
        line = RequestLine(place, self.limits.reply, run_sync(self._must_live))
        try:
            line.open(left, lambda: run_sync(self._is_evaluated)(sent))
        except LineClosed:
            self._lines = None
        else:
            self._line = line
        finally:
            if self._line is None:
                line.close()
        return self._line is not None

    async def _is_evaluated(self, sent: str) -> bool:
        with contextlib.suppress(Empty):
            return await self._reply_within(sent, 0) is not None
        await self._must_live()
        return False

    def _close_line(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None

    def interrupt(self) -> bool:
        """Interrupt the kernel; True if it then answers, what it wrote is read, and nothing in its box goes on computing."""
        self._close_line()
        try:
            run_sync(self._client.km.interrupt_kernel)()
            reply = self._evaluated(self._send("None"), self.limits.interrupt)
        except (StudentError, RuntimeError):
            return False
        answers = member(reply, "status") == "ok"
        return answers and run_sync(self._has_written)() and self._comes_to_rest()

    async def _has_written(self) -> bool:
        """Whether, up to the end of the last request, all is soon read that the kernel wrote; it is nobody's output."""
        deadline = time.monotonic() + self.limits.interrupt
        while time.monotonic() < deadline:
            try:
                message = await ensure_async(self._client.kc.iopub_channel.get_msg(timeout=LOOK))
            except Empty:
                continue
            except MalformedMessage:
                return False
            idle = member(message.get("content"), "execution_state") == "idle"
            if idle and member(message.get("parent_header"), "msg_id") == self._requested:
                return True
        return False

    def _comes_to_rest(self) -> bool:
        """Whether a look at the box, of what it did from now on, soon says that it does nothing. Without isolation nobody looks: no."""
        if self._box.clock is None:
            return False
        began = time.monotonic()
        while time.monotonic() < began + self.limits.interrupt:
            wanted, at = self.clock.wanted()
            if at > began + waiting.LOOK and wanted < AT_REST:
                return True
            time.sleep(LOOK)
        return False

    def why_ended(self, who: str) -> StudentDied:
        """Return why the kernel is gone, in words for the student. who: "This cell". GraderFault if it was the sandbox that failed."""
        ended = SandboxEnded("messages") if self._flooded else self._box.ended()
        self._flooded = False
        if ended is None:
            return StudentDied(f"{who} ended the notebook's own process.")
        if ended.why == "fault":
            raise GraderFault(f"the sandbox failed: {ended}")
        return StudentTooMuch(f"{who} {TOO_MUCH[ended.why].format(self.limits)}, and was ended.")


@functools.cache
def _draw_figures() -> str:
    """The line that a kernel runs first so that it draws figures as `figures` does; nothing of it is left among the notebook's names."""
    text = (
        Path(__file__).with_name("figures.py").read_text("utf-8")
    )  # to import it would load matplotlib into the grader
    return f"(lambda ns: (exec({text!r}, ns), ns['install'](get_ipython())))({{'__name__': 'figures'}})"


def _resident() -> int:
    """Bytes of memory that this process has; 0 where the machine does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * mmap.PAGESIZE
    return 0

"""nbclient as the grader uses it: every place where it relies on nbclient's internals, and a check that they are as expected."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable
from typing import Any

import nbclient
import nbclient.client
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode

from autograder.errors import CourseError
from autograder.kernel.messages import RAISED_FOR_MALFORMED, MalformedMessage, member
from autograder.kernel.outputs import Output

# nbclient's versions whose internals were looked at: from the first up to, and without, the second.
KNOWN_VERSIONS = ((0, 10), (0, 12))
# The methods that are replaced below, with their parameters.
REPLACED = {
    "_async_poll_output_msg": ["self", "parent_msg_id", "cell", "cell_index"],
    "_async_handle_timeout": ["self", "timeout", "cell"],
    "_async_poll_for_reply": ["self", "msg_id", "cell", "timeout", "task_poll_output_msg", "task_poll_kernel_alive"],
    "_check_raise_for_error": ["self", "cell", "cell_index", "exec_reply"],
    "_get_timeout": ["self", "cell"],
    "process_message": ["self", "msg", "cell", "cell_index"],
}
# Seconds between two looks at the clock while a cell runs.
LOOK = 0.25
# Begun at every place of a long line instead of at its start, nbclient's own search takes half an hour for 2 MB.
CARRIAGE_RETURN = re.compile(r"^.*\r(?=[^\n])", re.MULTILINE)


def install() -> None:
    """Replace nbclient's slow search for carriage returns, after a look whether nbclient is as this module expects it.

    Raises
    ------
    CourseError
        This nbclient is another one; the text says what differs and what helps.
    """
    version = tuple(int(part) for part in re.findall(r"\d+", nbclient.__version__)[:2])
    differs = ""
    if not KNOWN_VERSIONS[0] <= version < KNOWN_VERSIONS[1]:
        differs = "its version is not known"
    elif not isinstance(getattr(nbclient.client, "_RGX_CARRIAGERETURN", None), re.Pattern):
        differs = "nbclient.client._RGX_CARRIAGERETURN is no pattern"
    for name, parameters in REPLACED.items():
        method = getattr(NotebookClient, name, None)
        if not callable(method) or list(inspect.signature(method).parameters) != parameters:
            differs = f"NotebookClient.{name} does not take {', '.join(parameters[1:])}"
    if differs:
        raise CourseError(
            f"nbclient {nbclient.__version__} is not as the grader needs it: {differs}. Install the versions of constraints.txt."
        )
    nbclient.client._RGX_CARRIAGERETURN = CARRIAGE_RETURN


class BoundedNotebookClient(NotebookClient):
    """nbclient, fed only with output that is kept.

    Attributes
    ----------
    kept : Output
        Says of each message what may be kept.
    clock : callable
        Seconds as limits count them.
    deadline : float
        When a cell must have ended, by this clock.
    stopped_by : Exception or None
        Why the messages of the last cell were not read to their end.
    failed : str
        The class of what the last cell raised, or "".
    """

    kept: Output
    clock: Callable[[], float]
    deadline: float = 0.0
    _alive: asyncio.Future | None = None
    stopped_by: Exception | None = None
    failed: str = ""

    def _get_timeout(self, cell: NotebookNode | None) -> float:  # type: ignore[override]
        return LOOK  # of time that passes; then it is asked what the clock says

    async def _async_poll_for_reply(self, *arguments: Any) -> dict[str, Any]:
        try:
            return await super()._async_poll_for_reply(*arguments)
        finally:
            if self._alive is not None:
                self._alive.cancel()
            self._alive = None

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> None:
        if self.clock() >= self.deadline:
            raise CellTimeoutError("The cell did not end in time.")
        # For nbclient the cell is over: it has ended its own watch over the kernel, and would wait no longer, had a reply to something else come.
        if self._alive is None:
            self._alive = asyncio.ensure_future(self._async_poll_kernel_alive())
        await asyncio.sleep(LOOK / 10)

    async def _check_raise_for_error(self, cell: NotebookNode, cell_index: int, exec_reply: dict | None) -> None:
        content = member(exec_reply, "content")
        if exec_reply is not None and (not isinstance(content, dict) or "status" not in content):
            raise MalformedMessage("KeyError", "a reply without a status")
        if member(content, "status") == "error":
            self.failed = str(member(content, "ename") or "Error")
        await super()._check_raise_for_error(cell, cell_index, exec_reply)

    async def _async_poll_output_msg(self, *arguments: Any) -> None:
        try:
            await super()._async_poll_output_msg(*arguments)
        except (
            Exception
        ) as error:  # whatever it is: nbclient would drop it, and Python complain on stderr; `session` raises it
            self.stopped_by = error

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Add what may be kept of a message to a cell's outputs. MalformedMessage if nbclient can make nothing of it."""
        message = self.kept.keep(msg, cell_index)
        if message is None:
            return None
        if message["msg_type"] == "status" and message["content"]["execution_state"] is None:
            raise MalformedMessage("KeyError", "a status without a state")
        try:  # nbclient's code alone: a bug of the grader's own is not what the student sent
            return super().process_message(message, cell, cell_index)
        except RAISED_FOR_MALFORMED as error:
            raise MalformedMessage(type(error).__name__, str(error)) from error

"""Start a notebook's kernel in a box of the sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import math
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Instance

from autograder.errors import GraderFault
from autograder.kernel.messages import BoundedSession
from autograder.sandbox import visible
from autograder.sandbox.box import Box
from autograder.sandbox.isolation import NONE
from autograder.sandbox.linux import SOCKETS
from autograder.sandbox.warm_process import WarmProcess

# Where a kernel in an isolated box reads how to be reached.
CONNECTION = f"{SOCKETS}/connection.json"
# Messages of a kernel that wait in the grader's memory; more wait in the kernel's.
UNREAD = 4
LOG = logging.getLogger("autograder.kernel")


def kernel_in(
    box: Box,
    arguments: Sequence[str],
    log: logging.Logger,
    largest_message: int,
    warm: WarmProcess | None = None,
) -> AsyncKernelManager:
    """Return a manager for an IPython kernel in a box; nothing is started yet. The kernel's sockets are files in the box.

    Who asked for the manager destroys its context when the client's channels have been stopped, not before: their thread could open a socket
    meanwhile, and the destroying would wait for that one for ever.

    Parameters
    ----------
    box : Box
        Where the kernel runs.
    arguments : sequence of str
        More arguments for ipykernel.
    log : logging.Logger
        Where the manager writes.
    largest_message : int
        Bytes; a connection that brings a larger one is closed.
    warm : WarmProcess, optional
        From which the kernel is forked; by default it is started.
    """
    plain = box.isolation == NONE
    connection = "{connection_file}" if plain else CONNECTION
    argv = [visible.python(), "-m", "ipykernel_launcher", "-f", connection, *arguments]
    spec = KernelSpec(argv=argv, display_name="box", language="python")
    sockets = box.folder / "kernel" if plain else box.folder / "sockets" / "k"
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, largest_message)
    context.setsockopt(zmq.RCVHWM, UNREAD)
    # Milliseconds: the sockets appear while the grader already knocks.
    context.setsockopt(zmq.RECONNECT_IVL, 10)
    file = str(box.folder / "connection.json")
    client = f"{_PromptClient.__module__}.{_PromptClient.__qualname__}"
    manager = _BoxKernel(
        spec, context, client_class=client, transport="ipc", ip=str(sockets), connection_file=file, log=log
    )
    manager.provisioner = BoxProvisioner(
        kernel_id=str(uuid.uuid4()), kernel_spec=spec, parent=manager, box=box, warm=warm
    )
    return manager


def socket_in(box: Box, name: str) -> tuple[Path, str]:
    """Return the path of a Unix socket that a program in a box makes: on this machine, and as the program sees it."""
    if box.isolation == NONE:
        return box.folder / name, str(box.folder / name)
    return box.folder / "sockets" / name, f"{SOCKETS}/{name}"


class BoxProvisioner(LocalProvisioner):
    """Starts a kernel's command in a box. jupyter_client asks it for everything that concerns the process.

    Parameters
    ----------
    box : Box
        Where the kernel runs. Its folder holds the connection file of the manager.
    warm : WarmProcess or None
        From which it is forked.
    """

    box = Instance(Box)
    warm = Instance(WarmProcess, allow_none=True)

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Start the command in the box, where the sockets have other paths than on this machine; returns how to reach the kernel."""
        if self.box.isolation == NONE:
            return await super().launch_kernel(cmd, **options)
        connection = json.loads((self.box.folder / "connection.json").read_text("utf-8"))
        texts = {CONNECTION: json.dumps({**connection, "ip": f"{SOCKETS}/k"})}
        if self.warm is not None:
            try:  # `python -m module arguments`
                process = self.warm.start(self.box, {"module": cmd[2], "arguments": cmd[3:]}, texts=texts)
                self.process, self.pid = process, process.pid  # type: ignore[assignment]
                return self.connection_info
            except GraderFault as error:  # a kernel can be started without it
                LOG.debug("%s", error)
                self.box.clear()
        return await super().launch_kernel(self.box.command(cmd, texts=texts), **options)

    async def wait(self) -> int | None:
        """Wait for the end of the process; jupyter_client would look only every tenth of a second."""
        while await self.poll() is None:
            await asyncio.sleep(0.005)
        return await super().wait()


class _BoxKernel(AsyncKernelManager):
    """A kernel that is started by a command of its own instead of an installed kernel spec."""

    def __init__(self, spec: KernelSpec, context: zmq.asyncio.Context, **options) -> None:
        self._box_spec = spec
        super().__init__(context=context, session=BoundedSession(), **options)

    @property
    def kernel_spec(self) -> KernelSpec:
        return self._box_spec

    async def _async_wait(self, pollinterval: float = 0.1) -> None:
        # jupyter_client would look for the end of the process every tenth of a second: so long was every submission's end.
        if self.provisioner is not None:
            await self.provisioner.wait()

    def client(self, **options: Any) -> AsyncKernelClient:  # type: ignore[override]
        """Return a client whose sockets have the context's limits: by itself it would make a context of its own."""
        return super().client(**{"context": self.context, **options})


class _PromptClient(AsyncKernelClient):
    """A client that goes on as soon as the kernel answers; jupyter_client's own waits for a fifth of a second of silence first."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its outputs arrive. RuntimeError if it has ended, or does not come to it in time."""
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.kernel_info()
            with contextlib.suppress(Empty):
                reply = await self.get_shell_msg(timeout=1)
                if reply["msg_type"] == "kernel_info_reply":
                    await self.get_iopub_msg(timeout=0.2)
                    return
            if not await self.is_alive():
                raise RuntimeError("the kernel ended before it answered")
        raise RuntimeError(f"the kernel did not answer within {timeout:g} s")

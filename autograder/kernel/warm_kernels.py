"""Warm kernels: processes that have the modules of a lesson's set-up imported, from which kernels are forked."""

from __future__ import annotations

import ast
import logging
from collections.abc import Callable
from pathlib import Path

from autograder.errors import GraderFault
from autograder.kernel import shell_speed
from autograder.sandbox import visible
from autograder.sandbox.box import Box, scratch_folder
from autograder.sandbox.hidden import hidden
from autograder.sandbox.proof import breaches_in
from autograder.sandbox.warm_process import WarmProcess, can_be_warm

LOG = logging.getLogger("autograder.kernel")
# What every kernel imports, the agent's own imports among it; and a shell that does nothing in vain.
IMPORTS = (
    """
import binascii, contextlib, io, json, linecache, marshal, os, pathlib, socket, tempfile, zlib
import ipykernel.kernelapp, matplotlib_inline.backend_inline, numpy, PIL.JpegImagePlugin, PIL.PngImagePlugin
"""
    + Path(str(shell_speed.__file__)).read_text("utf-8")
    + "\ninstall()\n"
)
# A kernel that is made ready and answers nobody: what that imports, and the set-up in it, is imported as well.
REHEARSAL = """
from IPython.core.inputtransformer2 import TransformerManager
from ipykernel.kernelapp import IPKernelApp
try:
    IPKernelApp.instance().initialize(["--IPKernelApp.transport=ipc", "--IPKernelApp.ip=/tmp/rehearsal", "--HistoryManager.enabled=False"])
except BaseException:
    pass
"""
# Whether figures are drawn is for each kernel to say; with this backend, the program of `figures` makes what it needs of it.
OWN = {"MPLBACKEND": "agg"}
# Warm processes at once: each holds the memory of its imports.
MOST = 2


class WarmKernels:
    """The warm processes of one grader, the one used last at the end. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self._processes: dict[tuple, WarmProcess | None] = {}

    def processes_for(self, setup: str) -> Callable[[Box], WarmProcess | None]:
        """Return `process_for` with this set-up."""
        return lambda box: self.process_for(box, setup)

    def process_for(self, box: Box, setup: str) -> WarmProcess | None:
        """Return the warm process from which a kernel in this box can be forked; None where there is none to be had, so that a kernel has to be started.

        Parameters
        ----------
        box : Box
        setup : str
            The set-up cells of the lesson, as the course has them: they are run by the grader itself. Nothing of a submission belongs here.
        """
        if not can_be_warm(box):
            return None
        shown = (visible.visible(), tuple(hidden()))
        key = (setup, box.isolation.name, tuple(sorted({**box.environment, **OWN}.items())), *shown)
        if not self._lives(key):
            self._end(key)
            self._processes[key] = self._started(box, setup)
        process = self._processes[key] = self._processes.pop(key)  # the one used last
        while len(self._processes) > MOST:
            self._end(next(iter(self._processes)))
        return process

    def _lives(self, key: tuple) -> bool:
        process = self._processes.get(key)
        return key in self._processes and (process is None or process.is_alive())

    def _started(self, box: Box, setup: str) -> WarmProcess | None:
        try:
            with scratch_folder() as folder:
                kind = Box(folder, box.isolation, environment={**box.environment, **OWN})
                process = WarmProcess(kind, IMPORTS + imports_in(setup), REHEARSAL + setup)
        except (GraderFault, OSError) as error:
            LOG.debug("no warm kernels: %s", error)
            return None
        try:
            found = [str(item) for item in breaches_in(box.isolation, process)]
        except (GraderFault, OSError) as error:
            found = [str(error)]
        if found:
            LOG.debug("no warm kernels: %s", "; ".join(found))
            process.close()
            return None
        return process

    def _end(self, key: tuple) -> None:
        process = self._processes.pop(key, None)
        if process is not None:
            process.close()

    def close(self) -> None:
        """End all of them."""
        for key in list(self._processes):
            self._end(key)


def imports_in(setup: str) -> str:
    """Return the import statements of a program that are in no block. Imported beforehand, nothing large is imported twice: by the rehearsal as well."""
    try:
        statements = ast.parse(setup).body
    except SyntaxError:  # a magic, which the kernel knows
        return ""
    return "\n".join(ast.unparse(node) for node in statements if isinstance(node, ast.Import | ast.ImportFrom))


def none(box: Box) -> None:
    """Return no warm process: every kernel is started."""

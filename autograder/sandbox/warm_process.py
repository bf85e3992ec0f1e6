"""Start programs in boxes from a warm process, which has their modules imported: a box is there in a tenth of the time of a fresh one."""

from __future__ import annotations

import contextlib
import json
import multiprocessing.util
import os
import select
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

from autograder.errors import GraderFault, SandboxEnded
from autograder.sandbox import linux, visible
from autograder.sandbox.box import Box, scratch_place
from autograder.sandbox.isolation import NONE
from autograder.sandbox.linux import warm_start
from autograder.tempdirs import Temporary

# Seconds until it has imported everything, and until it has forked.
READY, FORKED = 120.0, 10.0


class WarmProcess:
    """A process that forks itself into boxes of one kind. What runs there sees what it would see in a box that was made for it alone.

    Parameters
    ----------
    box : Box
        Of this kind are all boxes: isolation, what is shown. Nothing runs in this one. Variables that another box has, it gets as it is forked.
    imports : str
        A program that imports modules.
    rehearsal : str
        A program that is run once, elsewhere; what it imports is imported as well.

    Attributes
    ----------
    set_by_imports : list of str
        The variables of the environment that the imports have set.

    Raises
    ------
    GraderFault
        If it cannot be started here.
    """

    def __init__(self, box: Box, imports: str, rehearsal: str = "") -> None:
        self._environment = box.environment
        self._folder = Temporary("autograder-warm-", scratch_place())
        self._line, end = socket.socketpair()
        spec = {**box.spec(), "folder": str(self._folder.path / "view"), "imports": imports, "rehearsal": rehearsal}
        (self._folder.path / "view").mkdir()
        file = self._folder.path / "view.json"
        file.write_text(json.dumps(spec), "utf-8")
        place = str(Path(linux.__file__).parent.parent)
        with end:
            self._process = subprocess.Popen(
                [visible.python(), "-S", "-c", warm_start.START, place, str(end.fileno()), str(file)],
                env=box.environment,
                cwd="/",
                pass_fds=[end.fileno()],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        # Whoever keeps it warm keeps it for life: it goes with this process, and not with one that is forked from it.
        self._at_end = multiprocessing.util.Finalize(None, self.close, exitpriority=0)
        self._line.settimeout(READY)
        word, *self.set_by_imports = self._received().split(" ")
        if word != warm_start.READY:
            self.close()
            raise GraderFault("no warm process could be started")
        self._line.settimeout(FORKED)

    def start(
        self, box: Box, run: dict[str, Any], *, texts: dict[str, str] | None = None, output: int | None = None
    ) -> ForkedProcess:
        """Run a program in a box.

        Parameters
        ----------
        box : Box
            Of the kind that the process was made for.
        run : dict
            {"module": name, "arguments": [...]} as `python -m`, or {"text": program, "arguments": [...]} as `python -c`.
        texts : dict of str to str, optional
            Files that are made in the box's writable folders, by their paths there.
        output : int, optional
            A descriptor of the program's standard output; by default it goes nowhere.

        Raises
        ------
        GraderFault
            If the warm process has gone.
        """
        with contextlib.ExitStack() as opened:
            there, here = socket.socketpair()
            descriptors = [there.fileno()]
            opened.callback(there.close)
            opened.callback(here.close)

            def open_one(path: str | Path, flags: int) -> int:
                descriptor = os.open(path, flags | os.O_CLOEXEC)
                opened.callback(os.close, descriptor)
                return descriptor

            descriptors.append(open_one(os.devnull, os.O_WRONLY) if output is None else output)
            descriptors.append(open_one(box.folder, os.O_RDONLY | os.O_DIRECTORY))
            files = []
            for place, (name, path) in enumerate(box.files.items(), 1):
                descriptors.append(open_one(path, os.O_RDONLY))
                files.append([f"{warm_start.FD}{place}", name])
            spec = {
                **box.spec(texts),
                "folder": "",
                "read": [],
                "hide": [],
                "environment": dict(box.environment.items() - self._environment.items()),
                "files": files,
                "link": f"{warm_start.FD}0/sockets",
                "report": f"{warm_start.FD}0/{box.report.name}",
            }
            try:
                socket.send_fds(self._line, [b"fork"], descriptors)
                there.close()
                here.sendall(json.dumps({"spec": spec, "run": run}).encode())
                here.shutdown(socket.SHUT_WR)
                number, handles, _, _ = socket.recv_fds(self._line, warm_start.MESSAGE, 1)
                return ForkedProcess(int(number), handles[0])
            except (OSError, ValueError, IndexError) as error:
                self.close()
                raise GraderFault(f"the warm process has ended ({type(error).__name__}: {error})") from error

    def run(self, box: Box, run: dict[str, Any], seconds: float) -> bytes:
        """Run a program to its end, as `Box.run` does, and return what it wrote to standard output."""
        box.seconds = seconds
        output = box.folder / "output"
        with open(output, "wb") as file:
            process = self.start(box, run, output=file.fileno())
        try:
            process.wait(seconds * box.limits.stretch + 10)
        except subprocess.TimeoutExpired:
            raise SandboxEnded("time", f"no end within {seconds:g} s") from None
        finally:
            process.kill()
        if why := box.ended():
            raise why
        return output.read_bytes()

    def is_alive(self) -> bool:
        """Say whether it can be asked for a box."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process; its boxes end with it."""
        self._at_end.cancel()
        self._line.close()
        self._process.kill()
        self._process.wait()
        self._folder.close()

    def _received(self) -> str:
        with contextlib.suppress(OSError):
            return self._line.recv(warm_start.MESSAGE).decode()
        return ""


def can_be_warm(box: Box) -> bool:
    """Say whether boxes of this kind can come from a warm process: not where nothing isolates them, nor where Python lies in a folder that a box has for itself."""
    if box.isolation == NONE or not hasattr(os, "pidfd_open"):
        return False
    own = tuple(f"{target}/" for target in linux.WRITABLE.values())
    return not any(path.startswith(own) for path in visible.visible().paths)


class ForkedProcess:
    """The supervisor of a box, a child of the warm process. What `subprocess.Popen` offers, as far as it is asked for.

    Parameters
    ----------
    pid : int
    handle : int
        A descriptor of it, see pidfd_open(2).
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, handle: int) -> None:
        self.pid = pid
        self._handle = handle
        self.returncode: int | None = None

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._handle)

    def poll(self) -> int | None:
        """Return None as long as it lives, then 0: its status is known to its parent alone."""
        return self._waited(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. subprocess.TimeoutExpired if it does not come in time."""
        if self._waited(timeout) is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return 0

    def _waited(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._handle], [], [], timeout)[0]:
            self.returncode = 0
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """End it, and its box."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """End it in order."""
        self.send_signal(signal.SIGTERM)

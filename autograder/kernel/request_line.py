"""The line to a kernel over which it gets one request after the other, in a single execution of a cell: the way to and fro takes a tenth of the time."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

# Seconds between two attempts to reach the kernel, and between two looks whether it is still there.
KNOCK, LOOK = 0.0005, 0.5
HEAD = 8  # bytes that say how long a message is


class LineClosed(Exception):
    """The other end has closed the line, or it was never there."""


class TooLong(Exception):
    """A message comes that is longer than any is read."""


class RequestLine:
    """One end of a connection to the agent in a kernel, which believes nothing of what comes.

    Parameters
    ----------
    path : Path
        The Unix socket that the agent makes, by its path on this machine.
    most : int
        Bytes of a reply.
    look : callable
        Called while nothing comes, each half a second; raises what ends the waiting.
    """

    def __init__(self, path: Path, most: int, look: Callable[[], None]) -> None:
        self.path = path
        self.most = most
        self.look = look
        self._socket = socket.socket(socket.AF_UNIX)
        # To connect waits for nobody: a program in the box may listen at this path itself, and take no one.
        self._socket.setblocking(False)

    def open(self, left: Callable[[], float], over: Callable[[], bool]) -> None:
        """Connect. LineClosed if it is over before, TimeoutError if no seconds are left."""
        while True:
            try:
                self._socket.connect(str(self.path))
                return
            except OSError:
                if over():
                    raise LineClosed from None
                if left() <= 0:
                    raise TimeoutError from None
                time.sleep(KNOCK)

    def ask(self, request: str, left: Callable[[], float]) -> str:
        """Send a request and return its reply.

        Parameters
        ----------
        request : str
        left : callable
            Gives the seconds that are left.

        Raises
        ------
        TimeoutError
            No seconds are left.
        LineClosed
            The kernel's end is closed.
        TooLong
            More bytes come than a reply may have.
        UnicodeDecodeError
            What came is no text.
        """
        data = request.encode()
        self._send(len(data).to_bytes(HEAD, "big") + data, left)
        length = int.from_bytes(self._receive(HEAD, left), "big")
        if length > self.most:
            raise TooLong
        return self._receive(length, left).decode()

    def close(self) -> None:
        """Let the kernel end its execution."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _send(self, data: bytes, left: Callable[[], float]) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._soon(partial(self._socket.send, rest), left) :]

    def _receive(self, length: int, left: Callable[[], float]) -> bytes:
        data = bytearray(length)
        rest = memoryview(data)
        while rest:
            count = self._soon(partial(self._socket.recv_into, rest), left)
            if not count:
                raise LineClosed
            rest = rest[count:]
        return bytes(data)

    def _soon(self, step: Callable[[], int], left: Callable[[], float]) -> int:
        """The bytes that a step on the socket moved, tried again for as long as seconds are left."""
        while (seconds := left()) > 0:
            self._socket.settimeout(min(seconds, LOOK))
            try:
                return step()
            except TimeoutError:
                self.look()
            except OSError:
                raise LineClosed from None
        raise TimeoutError

"""Makes pages ahead of the one that is asked for, each in a process of its own that is forked from this one: it knows all that this one knows."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import select
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from autograder.errors import GraderFault

# Pages that are made or lie ready at a time, for each process.
READY = 2
# Seconds beyond its limit after which a page's process is thought dead.
MORE = 10.0


@dataclass
class _Page:
    """A page that is being made: the process, and where it writes."""

    key: str
    process: int
    answer: BinaryIO
    deadline: float


class Ahead:
    """Pages in the order in which they will be asked for, made by several processes; a context manager.

    Parameters
    ----------
    keys : iterable of str
        Names of the pages.
    make : callable
        Makes the page of this name: its text.
    jobs : int
        How many processes.
    seconds : float
        The limit of a page; `make` itself should keep to it.
    """

    def __init__(self, keys: Iterable[str], make: Callable[[str], str], jobs: int, seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._jobs = jobs
        self._to_come = deque(keys)
        self._pages: dict[str, _Page] = {}
        self._ready: dict[str, bytes] = {}
        self._first = True

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        for page in self._pages.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(page.process, signal.SIGKILL)
            os.waitpid(page.process, 0)
            page.answer.close()
        self._pages.clear()

    def take(self, key: str) -> str:
        """Return a page, or raise what making it raised.

        Raises
        ------
        GraderFault
            If its process ended without an answer.
        """
        if self._first and self._to_come and self._to_come[0] == key:
            self._first = False
            self._to_come.popleft()
            return self._make(key)  # here: what is the same on all pages is made once, before others are forked
        while self._to_come and key not in self._pages and key not in self._ready and key in self._to_come:
            if len(self._pages) >= self._jobs:
                self._collect()
            else:
                self._begin()
        self._fill()
        if key not in self._pages and key not in self._ready:
            return self._make(key)  # nobody said that it would be asked for
        while key not in self._ready:
            self._collect()
            self._fill()
        answer = self._ready.pop(key)
        if not answer:
            raise GraderFault(f"{key}: the process that made this page ended without it")
        page, error = pickle.loads(answer)  # written by a process of this program's own
        if error is not None:
            raise error
        return page

    def _fill(self) -> None:
        while self._to_come and len(self._pages) < self._jobs and len(self._ready) < READY * self._jobs:
            self._begin()

    def _begin(self) -> None:
        """Fork a process that makes the next page."""
        key = self._to_come.popleft()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        read, write = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(read)
            _answer(key, self._make, write)
        os.close(write)
        self._pages[key] = _Page(key, process, os.fdopen(read, "rb"), time.monotonic() + self._seconds + MORE)

    def _collect(self) -> None:
        """Wait until one of the processes answers, or is late and is ended."""
        deadline = min(page.deadline for page in self._pages.values())
        answers = {page.answer: page for page in self._pages.values()}
        readable, _, _ = select.select(list(answers), [], [], max(0.0, deadline - time.monotonic()))
        for answer in readable or [a for a, page in answers.items() if page.deadline <= time.monotonic()]:
            page = answers[answer]
            if not readable:
                os.kill(page.process, signal.SIGKILL)
            self._ready[page.key] = answer.read()
            answer.close()
            os.waitpid(page.process, 0)
            del self._pages[page.key]


def can_be_forked() -> bool:
    """Say whether this process can fork others that go on with its work: it must have one thread."""
    return hasattr(os, "fork") and threading.active_count() == 1


def _answer(key: str, make: Callable[[str], str], write: int) -> None:
    """In a forked process: make a page, write it down, and be gone."""
    status = 1
    with contextlib.suppress(BaseException):
        with _errors_pickled(key) as answer:
            answer[0] = make(key)
        with os.fdopen(write, "wb") as file:
            file.write(pickle.dumps(tuple(answer)))
        status = 0
    logging.shutdown()
    os._exit(status)


@contextlib.contextmanager
def _errors_pickled(key: str) -> Iterator[list]:
    """Gives [page, error]; an exception becomes the error, in words if it cannot be sent."""
    answer: list = ["", None]
    try:
        yield answer
    except Exception as error:
        try:
            pickle.loads(pickle.dumps(error))
            answer[1] = error
        except Exception:  # whatever an exception of somebody's cannot do
            answer[1] = GraderFault(f"{key}: {type(error).__name__}: {error}")

"""Grades submissions in processes of their own, so that whatever happens to one of them, the run goes on.

Each process has a pool of its own: one that dies while it talks breaks no other one's line. A worker that dies costs one try; the same submission
is then given to a fresh worker. After three tries it is the grader's fault: INFRA. So it is at once where a worker takes far too long and is
killed: it would again, and the class waits. What a killed worker was about to say is never heard.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import resource_tracker
from typing import Any

from pebble import ProcessExpired, ProcessPool

from autograder import environment, settings
from autograder.errors import CourseError, WorkerLost
from autograder.grading.executor import DO, Ended
from autograder.grading.job import keep_warm
from autograder.grading.overdue import LOOK, Watch, noting
from autograder.sandbox.box import scratch_place
from autograder.tempdirs import Temporary

TRIES = 3
IDLE = "a worker ended while it waited"  # not because of what it was given
JOBS = "AUTOGRADER_JOBS"  # the variable of the environment that says how many workers there are


def default_jobs() -> int:
    """Return how many submissions are graded at once: what the environment's AUTOGRADER_JOBS says, else the cores that this process may use.

    Raises
    ------
    CourseError
        If the variable is no whole number above 0.
    """
    named = os.environ.get(JOBS, "").strip()
    if not named:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not named.isascii() or not named.isdigit() or int(named) < 1:
        raise CourseError(f"{JOBS}={named}: this must be a whole number above 0. Correct it, or unset it.")
    return int(named)


@dataclass
class _Seat:
    """A place for one worker, and what it works on."""

    pool: ProcessPool | None = None
    key: str = ""
    work: tuple[Callable, tuple] | None = None
    tries: int = 0
    watch: Watch | None = None


class Workers:
    """A few processes that do work; a context manager.

    Parameters
    ----------
    jobs : int
        How many.
    seconds : float, optional
        After which a worker is thought dead.
    """

    def __init__(self, jobs: int = 1, seconds: float | None = None) -> None:
        self.jobs = jobs
        self.seconds = seconds or settings.limits().submission
        self._scratch = Temporary("autograder-", scratch_place())
        self._seats = [_Seat() for _ in range(jobs)]
        self._looked = 0.0
        # What came while something else was waited for.
        self._early = deque[Ended]()
        # Filled by the pools' threads.
        self._came: queue.SimpleQueue[tuple[_Seat, Future]] = queue.SimpleQueue()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for seat in self._seats:
            if seat.pool is not None:
                seat.pool.stop()
        for seat in self._seats:
            _end_pool(seat)
        self._scratch.close()

    @property
    def free(self) -> int:
        """How many workers have nothing to do."""
        return sum(seat.work is None for seat in self._seats)

    def start(self, key: str, work: Callable, *arguments: Any) -> None:
        """Have a worker that is free do `work(*arguments)`; `key` names it in what `next` returns."""
        self._start(next(seat for seat in self._seats if seat.work is None), key, work, arguments)

    def _start(self, seat: _Seat, key: str, work: Callable, arguments: tuple) -> None:
        seat.key, seat.work, seat.tries = key, (work, arguments), 0
        self._try(seat)

    def make_ready(self, most: int, work: Callable, *arguments: Any) -> None:
        """Have so many free workers do this before they do anything else, all but one at most; what comes of it is nobody's. They stay free."""
        with _without_interrupts():
            for seat in [seat for seat in self._seats if seat.work is None][:-1][:most]:
                self._pool_of(seat).schedule(work, args=arguments)

    def next(self) -> Ended:
        """Wait for the next piece of work that comes to its end. At least one must have been started."""
        return self._early.popleft() if self._early else self._next()

    def _next(self) -> Ended:
        while True:
            seat, future = self._wait()
            seat.tries += 1
            ended, lost = self._end_of(seat, future)
            if lost and seat.tries < TRIES:
                self._try(seat)
                continue
            seat.work = None
            return ended

    def _wait(self) -> tuple[_Seat, Future]:
        """The next try that comes to its end; one that takes too long is ended meanwhile, however many quick ones come."""
        pause = min(LOOK, self.seconds / 2)
        while True:
            if time.monotonic() - self._looked >= pause:
                self._looked = time.monotonic()
                for seat in self._seats:
                    if seat.watch is not None:
                        seat.watch.look()
            with contextlib.suppress(queue.Empty):
                return self._came.get(timeout=pause)

    def _end_of(self, seat: _Seat, future: Future) -> tuple[Ended, bool]:
        """What came of a try, and whether the worker was lost over it, so that it is worth another one."""
        lost = ""
        if seat.watch is not None:
            seat.watch.close()
            seat.watch = None
        try:
            return Ended(seat.key, future.result()), False
        except BrokenProcessPool:  # the worker died while it had nothing to do: pebble then gives the pool up
            lost = IDLE
        except ProcessExpired as error:
            lost = f"a worker ended with status {error.exitcode}"
        except CancelledError:
            _end_pool(seat)
            return Ended(seat.key, error=WorkerLost(f"a worker took more than {self.seconds:g} s")), False
        except BaseException as error:  # the work's own
            return Ended(seat.key, error=error), False
        _end_pool(seat)
        return Ended(seat.key, error=WorkerLost(f"{lost}, for the {TRIES}rd time", idle=lost == IDLE)), True

    def do(self, work: Callable, *arguments: Any) -> Any:
        """Return or raise what `work(*arguments)` does in a worker, of which one must be free; WorkerLost as `Ended.result` says."""
        # The last one: the first get the next work, and may be made ready for it meanwhile.
        self._start([seat for seat in self._seats if seat.work is None][-1], DO, work, arguments)
        while (ended := self._next()).key != DO:
            self._early.append(ended)
        return ended.result()

    def renew(self) -> None:
        """Let the workers end that have nothing to do; fresh ones do the next work."""
        for seat in self._seats:
            if seat.work is None:
                _end_pool(seat)

    def _try(self, seat: _Seat) -> None:
        """Give a worker what its seat is for."""
        assert seat.work is not None
        pool = self._pool_of(seat)
        work, arguments = seat.work
        note = self._scratch.path / f"work-{uuid.uuid4().hex}"
        # A terminal's Ctrl-C goes to all processes: one that is only starting must not hear it. It is unblocked in the worker.
        with _without_interrupts():
            future = pool.schedule(noting, args=(str(note), work, *arguments))
        seat.watch = Watch(future, note, self.seconds)
        future.add_done_callback(lambda done: self._came.put((seat, done)))

    def _pool_of(self, seat: _Seat) -> ProcessPool:
        """The process of a seat; a fresh one if there is none, or none that lives."""
        if seat.pool is not None and not seat.pool.active:
            _end_pool(seat)
        if seat.pool is None:
            seat.pool = ProcessPool(
                max_workers=1,
                context=multiprocessing.get_context("spawn"),
                initializer=_go_with_the_grader,
                initargs=(os.getpid(), str(self._scratch.path)),
            )
        return seat.pool


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Let an interrupt wait; a process or thread that is started meanwhile lets it wait as well, until it says otherwise."""
    # Python starts this process with the first that is spawned, and some versions unblock interrupts when they have done it.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_pool(seat: _Seat) -> None:
    if seat.pool is not None:
        seat.pool.stop()
        seat.pool.join()
        seat.pool = None


def _go_with_the_grader(grader: int, scratch: str) -> None:
    """Let this worker end when the grader has gone, were it killed; what it leaves lies in the grader's folder."""
    # It ignores interrupts by now, and what it starts shall hear them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    environment.settle()
    tempfile.tempdir = scratch
    keep_warm()
    sys.set_int_max_str_digits(sys.int_info.default_max_str_digits)  # whatever flags the grader was started with
    end_with(grader)


def end_with(parent: int) -> None:
    """Let this process end when the one that started it has gone, were it killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

"""Has the work of a class run done by the workers of a Dask cluster. Imported only when a scheduler is named; needs the extra `cluster`.

Dask gives work to workers, and again to others when workers are lost. Each worker hands it to a grader process (`dask_worker`), which does with it what a
worker of `pool` does. A worker that is not fit to grade says so, is named, and gets nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import time
import uuid
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import Any

from autograder.errors import ClusterLost, CourseError, WorkerLost
from autograder.grading.conditions import Came, Conditions, conditions_of, message_of, read_answer
from autograder.grading.executor import DO, Ended
from autograder.settings import Settings

try:
    import distributed
except ImportError as error:
    raise CourseError(
        f"--scheduler needs the extra `cluster` ({error}). Install it here and on the workers: pip install 'autograder[cluster]'"
    ) from None

# Seconds until a scheduler has answered, also one that was lost; between two looks at the cluster; for what ends it; without a
# worker until that is said.
PATIENCE, LOOK, ENDING, ALONE = 15.0, 1.0, 5.0, 10.0
# Pieces of work that wait in the cluster beside those that its threads do; a cluster that grows with its work needs some.
WAITING = 4
TRIES = 3
SILENT = logging.CRITICAL + 1


@dataclass
class _Piece:
    """A piece of work that is under way.

    Attributes
    ----------
    key : str
    message : bytes
    future : distributed.Future
    answer : Future
        What is waited for; that of an earlier try is not heard.
    places : list of str or None
        The workers that may do it, None for all.
    losses : int
        How often Dask lost it, with the line to the scheduler.
    """

    key: str
    message: bytes = field(repr=False)
    future: Any = None
    answer: Future | None = None
    places: list[str] | None = None
    losses: int = 0


class Cluster:
    """The workers of a Dask cluster, as an `Executor`.

    Parameters
    ----------
    address : str
        The scheduler's, such as "tcp://10.0.0.1:8786".
    course : Settings
    log : logging.Logger
        Is told which workers are not fit, and that none is there.

    Raises
    ------
    ClusterLost
        When it is entered: if no scheduler answers. By `start` and `next`: if the scheduler has gone, or no worker is fit.
    """

    def __init__(self, address: str, course: Settings, log: logging.Logger) -> None:
        self.address = address
        self.course = course
        self.log = log
        self._conditions: Conditions | None = None
        self._under_way: dict[str, _Piece] = {}
        self._unfit: dict[str, str] = {}
        # The threads of each worker, by its address, as they were when they were last asked for.
        self._threads: dict[str, int] = {}
        self._asked: Future | None = None
        self._looked = 0.0
        # Since when no worker has been there; whether that was said.
        self._alone: float | None = None
        self._said_so = False
        # What came while something else was waited for.
        self._early = deque[Ended]()
        # Filled by the client's thread.
        self._came: queue.SimpleQueue[tuple[_Piece, Future]] = queue.SimpleQueue()

    def __enter__(self) -> Cluster:
        for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
            logging.getLogger(name).setLevel(SILENT)  # what goes wrong is said below, once
        try:
            _must_be_an_address(self.address)
            self._client = distributed.Client(self.address, timeout=PATIENCE, set_as_default=False)
            self._threads = self._client.nthreads()
        except (OSError, ValueError, ImportError, RuntimeError, TypeError) as error:
            raise ClusterLost(
                f"{self.address}: no Dask scheduler can be reached there ({_in_a_line(error)}). Start one with `dask scheduler`,"
                " or correct --scheduler."
            ) from None
        self.log.info("Grading on %s: workers %d, threads %d", self.address, *self._size())
        return self

    def __exit__(self, *_: object) -> None:
        """Cancel what is under way, which the workers then leave, and close the line."""
        with contextlib.suppress(Exception):  # the scheduler may have gone
            if self._client.status == "running":
                self._client.cancel([piece.future for piece in self._under_way.values()], force=True)
        with contextlib.suppress(Exception):
            self._client.close(timeout=ENDING)

    @property
    def free(self) -> int:
        """How many pieces of work can be started now."""
        threads = self._size()[1]
        return max(0, threads + max(WAITING, threads // 4) - len(self._under_way))

    def start(self, key: str, work: Callable, *arguments: Any) -> None:
        """Have `work(*arguments)` done by a worker; `key` names it in what `next` returns."""
        self._conditions = self._conditions or conditions_of(self.course)
        piece = self._under_way[key] = _Piece(key, message_of(self._conditions, work, *arguments))
        self._submit(piece)

    def make_ready(self, most: int, work: Callable, *arguments: Any) -> None:
        """Do nothing: whom Dask gives the next work is not known."""

    def next(self) -> Ended:
        """Wait for the next piece of work that comes to its end. At least one must have been started."""
        return self._early.popleft() if self._early else self._next()

    def _next(self) -> Ended:
        while True:
            self._look()
            try:
                piece, came = self._came.get(timeout=LOOK)
            except queue.Empty:
                self._must_be_there()
                continue
            if came is piece.answer and (ended := self._end_of(piece, came)):
                del self._under_way[piece.key]
                piece.answer = None
                piece.future.release()
                return ended

    def do(self, work: Callable, *arguments: Any) -> Any:
        """Return or raise what `work(*arguments)` does in a worker; WorkerLost as `Ended.result` says."""
        self.start(DO, work, *arguments)
        while (ended := self._next()).key != DO:
            self._early.append(ended)
        return ended.result()

    # -- pieces of work -----------------------------------------------------------------------------------------------

    def _submit(self, piece: _Piece) -> None:
        piece.places = [place for place in self._threads if place not in self._unfit] if self._unfit else None
        if piece.places == []:
            told = " ".join(f"{place}: {why}." for place, why in self._unfit.items())
            raise ClusterLost(f"No worker of {self.address} can grade. {told}")
        # No name of a student: whoever may look at the cluster reads these keys.
        key = f"autograder-{uuid.uuid4().hex}"
        piece.future = self._client.submit(
            _travelling(), piece.message, key=key, pure=False, workers=piece.places, allow_other_workers=False
        )
        piece.answer = self._in_loop(self._client.gather(piece.future, asynchronous=True))
        piece.answer.add_done_callback(lambda done: self._came.put((piece, done)))

    def _again(self, piece: _Piece) -> None:
        """Give a piece of work to other workers."""
        piece.future.release()
        self._submit(piece)

    def _end_of(self, piece: _Piece, came: Future) -> Ended | None:
        """What came of a piece of work; None where it was given to somebody else."""
        try:
            place, message = came.result()
        except (CancelledError, OSError) as error:  # so it is with all when Dask loses the scheduler
            self._wait_for_the_scheduler()
            piece.losses += 1
            if piece.losses >= TRIES:
                return Ended(piece.key, error=WorkerLost(f"the cluster lost it: {_in_a_line(error)}", idle=True))
            self._again(piece)
            return None
        except distributed.KilledWorker as error:
            lost = f"{error.allowed_failures + 1} workers of the cluster were lost while they had this"
            return Ended(piece.key, error=WorkerLost(lost))
        except Exception as error:
            return Ended(piece.key, error=error)
        content: Any = message
        kind = Came.UNFIT
        if isinstance(message, bytes):
            kind, content = read_answer(message)
        if kind == Came.UNFIT:
            if place not in self._unfit:
                self._unfit[place] = content
                self.log.error("%s gets nothing to grade: %s", place, content)
            self._ask_for_threads()
            self._again(piece)
            return None
        return Ended(piece.key, error=content) if kind == Came.ERROR else Ended(piece.key, content)

    # -- the cluster --------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Look, once a second, who is there; work that only workers may do that have gone is given to others."""
        if time.monotonic() - self._looked < LOOK or self._client.status != "running":
            return
        self._looked = time.monotonic()
        if self._asked is None:
            self._asked = self._in_loop(self._client.nthreads(asynchronous=True))
        elif self._asked.done():
            with contextlib.suppress(OSError, CancelledError):  # lost: whoever waits for an answer hears of it
                self._threads = self._asked.result()
            self._asked = None
        self._say_if_nobody_is_there()
        for piece in self._under_way.values():
            if piece.places and not self._threads.keys() & {*piece.places} and not piece.future.done():
                self._again(piece)

    def _say_if_nobody_is_there(self) -> None:
        if self._threads:
            self._alone, self._said_so = None, False
            return
        self._alone = self._alone or time.monotonic()
        if time.monotonic() - self._alone > ALONE and not self._said_so:
            self.log.warning("%s has no workers at the moment. Waiting for one; Ctrl-C stops.", self.address)
            self._said_so = True

    def _ask_for_threads(self) -> None:
        with contextlib.suppress(OSError, CancelledError):
            self._threads = self._client.nthreads()

    def _size(self) -> tuple[int, int]:
        """How many workers there are that may be fit, and their threads."""
        threads = [number for place, number in self._threads.items() if place not in self._unfit]
        return len(threads), sum(threads)

    def _wait_for_the_scheduler(self) -> None:
        """Return when the scheduler answers again, which the client tries for a while; ClusterLost if it does not."""
        if self._client.status == "connecting":
            self.log.warning("%s: the scheduler does not answer. Waiting for %g s.", self.address, PATIENCE)
        while self._client.status == "connecting":
            time.sleep(0.1)
        self._must_be_there()

    def _must_be_there(self) -> None:
        """ClusterLost if the client has given the scheduler up."""
        if self._client.status not in ("running", "connecting"):
            raise ClusterLost(
                f"{self.address}: the Dask scheduler has gone. What was graded is kept. Start it again, and run the same command."
            )

    def _in_loop(self, waiting: Any) -> Future:
        """Have the client's thread wait for something."""
        answer: Future = Future()

        async def wait() -> None:
            try:
                answer.set_result(await waiting)
            except asyncio.CancelledError:
                answer.set_exception(CancelledError())
            except Exception as error:
                answer.set_exception(error)

        assert self._client.loop is not None
        self._client.loop.add_callback(wait)
        return answer


def _travelling() -> Callable[[bytes], tuple[str, bytes | str]]:
    """Return the function that runs in Dask's workers. It travels whole, so that a worker without this package can say so."""

    def autograder(message: bytes) -> tuple[str, bytes | str]:
        from distributed import get_worker

        place = get_worker().address
        try:
            from autograder.grading.dask_worker import carry
        except ImportError as error:
            return place, f"it has not this version of the package ({error})"
        return place, carry(message)

    return autograder


def _must_be_an_address(address: str) -> None:
    """ValueError for an address with which a client could neither be started nor closed."""
    distributed.comm.get_address_host(address)
    if address.startswith("tls:") and distributed.Security().get_connection_args("client")["ssl_context"] is None:
        raise ValueError("Dask's configuration names no certificates, distributed.comm.tls: docs/scale.md")


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__

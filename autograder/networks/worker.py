"""Builds, trains and looks at students' networks in a process of its own, with limits on its memory and its time.

What a network does to the process that it is built in is the student's to choose, within `budget.must_be_affordable`. So the grader's
own process only reads descriptions. `run` sends plain data (a description, arrays, numbers) to a process that has imported
TensorFlow, and gets plain data back. The process gets no secret: a short list of the environment, and what a task needs.
It stays from one submission to the next, and keeps compiled trainings (`kept`), but nothing that it keeps decides a verdict: what a network
is blamed for (too much memory, too long, an end of the process), it is blamed for only in a process that has worked for no other submission.
It ends when the grader ends, and whenever it takes more than it may; then the network that it worked on is not tried again in this submission,
and the next one gets a new process.

In a learner's own session (`here`) the same is done where it stands: TensorFlow is there already, and so is its GPU.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from typing import IO, Any

from autograder.errors import GraderFault, StudentError, StudentTimeout, StudentTooMuch, TaskFault
from autograder.kernel import codec
from autograder.kernel.models import SerializedModel
from autograder.networks import serving
from autograder.sandbox.linux.waiting import Waiting
from autograder.settings import limits

# Seconds between two looks at the process's memory.
LOOK = 0.05
# Seconds for importing TensorFlow.
START = 120.0
# Seconds beyond a task's own limit until the process is ended.
GRACE = 10.0
# Processes that one network may end before it is the network's fault.
TRIES = 2
# Networks that ended the process.
REMEMBERED = 200
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "KERAS_BACKEND")
PASSED_ON_PREFIXES = ("OMP_", "OPENBLAS_", "MKL_", "TF_NUM_", "CUDA_", "NVIDIA_", "XLA_")


def run(task: str, serialized: SerializedModel, what: str, *rest: Any, seconds: float | None = None) -> Any:
    """Do one of TASKS with a serialized model in the process for networks, and return what it says.

    Parameters
    ----------
    task : str
    serialized : SerializedModel
    what : str
        How messages call the model.
    *rest
        Numbers, texts, arrays, lists.
    seconds : float, optional
        The limit, by default that of a training.

    Raises
    ------
    StudentError
        For what is the network's fault.
    StudentTooMuch
        If it took too much memory.
    StudentTimeout
        If it took too long.
    GraderFault
        If the process cannot be started, or something outside ended it.
    """
    seconds = seconds or limits().training
    if _here:
        return serving.function_of(task)(serialized, what, *rest)
    key = _key(serialized)
    if key in _ended:
        raise type(_ended[key])(str(_ended[key]))
    if _current is not None and _current.others and _current.usable():
        # A verdict that may be due to what others left there is none: then it is asked again, in a fresh process.
        with contextlib.suppress(StudentTooMuch, StudentTimeout, TaskFault, _Died):
            return _current.ask(task, [serialized, what, *rest], what, seconds)
        end()
    for left in reversed(range(TRIES)):
        try:
            return _process().ask(task, [serialized, what, *rest], what, seconds)
        except (StudentTooMuch, StudentTimeout) as too_much:
            end()
            _remember(key, too_much)
            raise
        except _Died as died:
            if left:
                continue
            if died.from_outside:
                raise GraderFault(f"the process for networks was ended from outside ({died})") from None
            error = StudentTooMuch(f"{what} ended the process that it was built and trained in.")
            _remember(key, error)
            raise error from None
    raise AssertionError("not reached")


def start() -> None:
    """Start the process if there is none yet: it imports TensorFlow while the caller does something else."""
    if not _here:
        _process()


def end() -> None:
    """End the process; the next task starts another one."""
    global _current
    if _current is not None and _current.owner == os.getpid():
        _current.end()
    _current = None


@contextlib.contextmanager
def here() -> Iterator[None]:
    """Within this, networks are built and trained in the caller's own process, without its limits: a learner's own session."""
    global _here
    before, _here = _here, True
    try:
        yield
    finally:
        _here = before


_here = False
_current: _Process | None = None
# By the digest of a network: how it ended the process.
_ended: dict[str, StudentError] = {}


def forget() -> None:
    """Begin a submission: forget how networks ended, and remember that the process has worked for others.

    What one student's network took too long for may have been the machine's load, and is no other student's.
    """
    _ended.clear()
    if _current is not None:
        _current.others = _current.others or _current.asked


def _process() -> _Process:
    global _current
    if _current is None or not _current.usable():
        end()
        _current = _Process()
    return _current


def _key(serialized: SerializedModel) -> str:
    return hashlib.sha256(f"{serialized.config}\0{serialized.compiled}".encode("utf-8", "surrogatepass")).hexdigest()


def _remember(key: str, error: StudentError) -> None:
    _ended[key] = error
    while len(_ended) > REMEMBERED:
        del _ended[next(iter(_ended))]


class _Died(Exception):
    """The process ended by itself, or something ended it."""

    def __init__(self, status: int | None) -> None:
        super().__init__(f"status {status}")
        # SIGKILL, SIGTERM: not what a program does to itself.
        self.from_outside = status in (-9, -15)


class _Process:
    """The process, seen from the grader. One task at a time."""

    def __init__(self) -> None:
        code = f"import sys; sys.path[:] = {[path for path in sys.path if path]!r}; from autograder.networks import serving; serving.serve()"
        self.owner = os.getpid()
        # It is closed in `end`.
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", code],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._requests: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout
        self._replies: queue.Queue[bytes | None] = queue.Queue()
        self._lock = threading.Lock()
        self._ready = False
        # Whether it was given work, and whether by another submission than the one at hand.
        self.asked = self.others = False
        threading.Thread(target=self._read, daemon=True).start()
        atexit.register(self.end)

    @property
    def pid(self) -> int:
        return self._process.pid

    def usable(self) -> bool:
        """Whether it lives, is this process's own child, and has not kept too much of what earlier networks took."""
        alive = self.owner == os.getpid() and self._process.poll() is None
        return alive and (not self._ready or self.memory() < limits().network_memory * 2 // 3)

    def memory(self) -> int:
        """Bytes of memory that it has; 0 if it has ended."""
        import psutil

        try:
            return psutil.Process(self.pid).memory_info().rss
        except psutil.Error:
            return 0

    def ask(self, task: str, arguments: list[Any], what: str, seconds: float) -> Any:
        """What a task says. Raises _Died, and what `run` raises."""
        with self._lock:
            if not self._ready:
                self._wait_until_ready()
            self.asked = True
            request = {"task": task, "arguments": [codec.encode(item) for item in arguments], "seconds": seconds}
            try:
                serving.write(self._requests, json.dumps(request).encode())
            except OSError:
                raise _Died(self._process.wait()) from None
            waiting = Waiting(lambda: [f"/proc/{self.pid}"], limits().stretch)
            deadline = waiting.clock() + seconds + GRACE
            while (reply := self._next()) is None:
                if self.memory() > limits().network_memory:
                    self.end()
                    raise StudentTooMuch(
                        f"{what} takes more than {limits().network_memory / 1024**3:.2g} GB of memory to build and train."
                    )
                if waiting.clock() > deadline:
                    self.end()
                    raise StudentTimeout(f"{what} takes too long to build and train: more than {seconds:g} s.")
            return _value_of(json.loads(reply))

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START
        try:
            while self._next() is None:
                if time.monotonic() > deadline:
                    raise _Died(None)
        except _Died as died:
            self._errors.seek(0)
            said = self._errors.read()[-2000:].decode("utf-8", "replace")
            self.end()
            raise GraderFault(f"the process for networks could not be started ({died}): {said}") from None
        self._ready = True

    def _next(self) -> bytes | None:
        """The next reply, None if there is none yet. Raises _Died."""
        try:
            reply = self._replies.get(timeout=LOOK)
        except queue.Empty:
            return None
        if reply is None:
            raise _Died(self._process.wait())
        return reply

    def _read(self) -> None:
        """Put all replies into the queue, None behind the last one."""
        with contextlib.suppress(OSError, ValueError):
            while (reply := serving.read(self._answers)) is not None:
                self._replies.put(reply)
        self._replies.put(None)

    def end(self) -> None:
        """End it, whatever it does."""
        # A fork of the grader's.
        if self.owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._requests.close()
        self._errors.close()
        atexit.unregister(self.end)


def _value_of(reply: dict[str, Any]) -> Any:
    if "ok" in reply:
        return codec.decode(reply["ok"])
    if "error" in reply:
        raise serving.ERRORS[reply["error"]](str(reply["text"]))
    raise TaskFault(str(reply["fault"]), str(reply["text"]))


def _environment() -> dict[str, str]:
    """The whole environment of the process: what a Python and TensorFlow need, and nothing that changes what they compute."""
    kept = {k: v for k, v in os.environ.items() if k in PASSED_ON or k.startswith(PASSED_ON_PREFIXES)}
    return kept | {
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Small pictures are trained faster on one core, and the cores are for other submissions. The numbers are the same on every machine.
        "TF_NUM_INTRAOP_THREADS": os.environ.get("TF_NUM_INTRAOP_THREADS", "1"),
        "TF_NUM_INTEROP_THREADS": os.environ.get("TF_NUM_INTEROP_THREADS", "1"),
        # The grader's own process may have it too.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        # No settings file of the grader's home.
        "KERAS_HOME": os.path.join(os.devnull, "none"),
        "AUTOGRADER_NETWORKS": "1",
    }

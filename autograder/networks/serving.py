"""The process for networks, from within: it does one task after another until the grader closes the connection (`worker` is its other end)."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import queue
import sys
import threading
from typing import IO, Any

from autograder import loading
from autograder.errors import StudentError, StudentTimeout, StudentTooMuch
from autograder.kernel import codec
from autograder.settings import MIB

# What the process can do: (module, function). A function gets what `run` was given, and returns numbers, texts, arrays, and lists of them.
TASKS = {
    "train": ("autograder.networks.threshold", "train_here"),
    "loss": ("autograder.networks.threshold", "loss_here"),
    "lowest": ("autograder.networks.experiment", "lowest_here"),
    "learn": ("autograder.networks.streaming", "learn_here"),
    "outputs": ("autograder.networks.streaming", "outputs_here"),
    "summarize": ("autograder.networks.rebuilding", "summarize_here"),
}
TOO_LARGE = "The network takes more memory than there is."
ERRORS = {kind.__name__: kind for kind in (StudentError, StudentTimeout, StudentTooMuch)}


def function_of(task: str) -> Any:
    """Return the function of one of TASKS."""
    module, name = TASKS[task]
    return getattr(importlib.import_module(module), name)


def serve() -> None:
    """Do tasks until the grader closes the connection."""
    inside, outside = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever is printed is no reply.
    os.dup2(2, 1)
    _be_the_first_to_go()
    requests: queue.Queue[bytes] = queue.Queue()

    def listen() -> None:
        with contextlib.suppress(OSError, ValueError):
            while (request := read(inside)) is not None:
                requests.put(request)
        # The grader is gone, or has no more to do; nothing here is worth an end in order.
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    # What was imported stays: looking through it for garbage behind each task would take as long as the task.
    with loading.quickly():
        for module, _ in TASKS.values():
            importlib.import_module(module)
        import keras

        from autograder.networks import kept

    kept.trainers.most = kept.MOST
    write(outside, b"{}")
    while True:
        request = json.loads(requests.get())
        reply = _done(request)
        write(outside, json.dumps(reply).encode())
        keras.backend.clear_session(free_memory=False)
        gc.collect()


def _done(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to a request: {"ok": value}, {"error": class, "text"} or {"fault": class, "text"}."""
    try:
        arguments = [codec.decode(item) for item in request["arguments"]]
        return {"ok": codec.encode(function_of(request["task"])(*arguments))}
    except StudentError as error:
        kind = next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in ERRORS)
        return {"error": kind, "text": str(error)}
    # Whatever else it is, it is the grader's fault: the reply says so, and the process goes on.
    except Exception as error:
        if isinstance(error, _out_of_memory()):
            return {"error": StudentTooMuch.__name__, "text": TOO_LARGE}
        return {"fault": type(error).__name__, "text": str(error)[:2000]}


def _out_of_memory() -> tuple[type[Exception], ...]:
    """What the backend raises where there is not memory enough."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return (MemoryError,)
    import tensorflow as tf

    return (MemoryError, tf.errors.ResourceExhaustedError)


def _be_the_first_to_go() -> None:
    """When the machine has no memory left, this process goes and not the grader; and it leaves no picture of its memory behind."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def write(file: IO[bytes], message: bytes) -> None:
    file.write(len(message).to_bytes(8, "big") + message)
    file.flush()


def read(file: IO[bytes]) -> bytes | None:
    """The next message; None at the end."""
    head = file.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    if size > 256 * MIB:
        raise ValueError("a message without end")
    message = file.read(size)
    return message if len(message) == size else None

"""The end of a training that takes too long, from within the process for networks; the grader's own end of it is `worker.run`."""

from __future__ import annotations

from collections.abc import Callable

from autograder.errors import StudentTimeout
from autograder.sandbox.linux.waiting import Waiting
from autograder.settings import Limits


def must_end_within(seconds: float, what: str) -> Callable[[], None]:
    """Return a function that is called between the steps of a training.

    It raises StudentTimeout once more than `seconds` have passed since now, without what other programs took from this process. The process knows
    no class's `limits.toml`: at most `stretch` times as many pass by the clock on the wall, by the default, and `worker.run` holds the class's own.

    Parameters
    ----------
    seconds : float
    what : str
        How messages call the network.
    """
    waiting = Waiting(lambda: ["/proc/self"], Limits.stretch)
    deadline = waiting.clock() + seconds

    def look() -> None:
        if waiting.clock() > deadline:
            raise StudentTimeout(f"{what} takes too long to train: more than {seconds:g} s.")

    return look

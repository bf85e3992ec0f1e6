"""What a class run needs of that which does its work: processes of this machine (`pool`), or the workers of a cluster (`dask_cluster`)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from autograder.settings import Settings

# The key of what `Executor.do` does; no student has this name.
DO = "\0do"


@dataclass(frozen=True)
class Ended:
    """One piece of work that came to its end. `key`: the name under which it was started."""

    key: str
    value: Any = None
    error: BaseException | None = None

    def result(self) -> Any:
        """Return what the work returned, or raise what it raised; WorkerLost if no worker brought it to an end."""
        if self.error is not None:
            raise self.error
        return self.value


class Executor(Protocol):
    """Does pieces of work, several at once; a context manager.

    Work is a function of a module and its arguments: plain data, from which alone it makes what it returns.
    """

    def __enter__(self) -> Executor: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """End what is under way."""

    @property
    def free(self) -> int:
        """How many pieces of work can be started now."""

    def start(self, key: str, work: Callable, *arguments: Any) -> None:
        """Have `work(*arguments)` done; `key` names it in what `next` returns."""

    def make_ready(self, most: int, work: Callable, *arguments: Any) -> None:
        """Let so many workers that have nothing to do run this, if they can be known beforehand; what comes of it is nobody's."""

    def next(self) -> Ended:
        """Wait for the next piece of work that comes to its end. At least one must have been started."""

    def do(self, work: Callable, *arguments: Any) -> Any:
        """Return or raise what `work(*arguments)` does, where one more piece of work can be started; WorkerLost as `Ended.result` says."""


def cluster(scheduler: str, course: Settings, log: logging.Logger) -> Executor:
    """Return the workers of a Dask cluster. CourseError where the extra `cluster` is not installed."""
    from autograder.grading.dask_cluster import Cluster

    return Cluster(scheduler, course, log)

"""A learner at work while `autograder watch` waits: the tests say step by step what is saved, so that nothing depends on how long anything takes."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from autograder.cli import learn
from autograder.hosts.alone import rechecking
from autograder.hosts.alone.waiting import Changes


def steps(*todo: list[str]) -> None:
    """In the command's process: do these at the first wait, the second, and so on, and press Ctrl-C at the next."""
    left = [*todo, ["interrupt"]]

    def wait(self: Changes, folders: frozenset[Path]) -> None:
        name, *arguments = left.pop(0)
        globals()[name](*arguments)

    Changes.wait = wait  # type: ignore[method-assign]
    rechecking.PATIENCE = learn.MOMENT = 0.01


def save(name: str, text: str) -> None:
    """As Jupyter saves: beside it, and renamed."""
    Path(".saving").write_text(text, "utf-8")
    os.replace(".saving", name)


def cut_off(name: str, text: str) -> None:
    """A file of which only the beginning is there."""
    Path(name).write_text(text[:200], "utf-8")


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)

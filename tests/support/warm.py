"""A process that has imported nbgrader and the grader, and forks for each command: what `python -m nbgrader` does, without two seconds of imports.

`Warm().run(arguments, folder, environment, seconds)` in the tests; `python -m tests.support.warm` is the process. The grader may be imported before
the fork, because no module of it reads the environment or a file when it is imported.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Change = Callable[..., None] | tuple
HERE = Path(__file__).resolve().parent.parent.parent
BEFORE = (
    "nbgrader.apps.nbgraderapp",
    "nbgrader.apps",
    "nbclient",
    "numpy",
    "matplotlib",
    "pebble",
    "pytest",
    "bs4",
    "autograder.hosts.nbgrader.converter",
)


class Warm:
    """The process, started at its first command; one command at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None

    def run(
        self,
        arguments: list[str],
        folder: Path,
        environment: dict[str, str],
        seconds: float,
        changes: Sequence[Change] = (),
        program: str = "nbgrader",
    ) -> subprocess.CompletedProcess:
        """`python -m nbgrader ARGUMENTS` in a folder, or `autograder ARGUMENTS`, as subprocess.run gives it back.

        changes: functions of the tests that change the grader in this one process before the command begins; nothing of this is in the
        grader itself. With its arguments, one is (function, *arguments); arguments are plain data.
        """
        if self._process is None or self._process.poll() is not None:
            self._place = tempfile.TemporaryDirectory(prefix="warm-")
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.warm"],
                cwd=HERE,
                env={**os.environ, "JUPYTER_NO_CONFIG": "1", "TMPDIR": self._place.name},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        command = [program, *arguments]
        with tempfile.TemporaryDirectory() as place:
            job = {"command": command, "folder": str(folder), "environment": environment, "place": place}
            job["changes"] = [_named(*change) if isinstance(change, tuple) else _named(change) for change in changes]
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            child = int(self._process.stdout.readline())
            late = not select.select([self._process.stdout], [], [], seconds)[0]
            if late:
                os.kill(child, 9)
            code = int(self._process.stdout.readline())
            stdout, stderr = (Path(place, name).read_text("utf-8", "replace") for name in ("stdout", "stderr"))
        if late:
            raise subprocess.TimeoutExpired(command, seconds, stdout, stderr)
        return subprocess.CompletedProcess(command, code, stdout, stderr)


def main() -> None:
    """Read a job a line, fork, write the child's number and its exit status."""
    for name in BEFORE:
        __import__(name)
    if os.environ.get("JUPYTER_NO_CONFIG"):
        from jupyter_core.paths import jupyter_config_dir

        jupyter_config_dir()  # one empty folder for all commands, and not one for each
        tempfile.tempdir = None  # of this process; each command has its own
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            changes = job.pop("changes")
            become(**job)
            _apply(changes)
            if job["command"][0] == "autograder":
                from autograder.cli import main as autograder

                return autograder()
            return runpy.run_module("nbgrader", run_name="__main__", alter_sys=True)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _named(function: Callable, *arguments: Any) -> list[Any]:
    return [function.__module__, function.__name__, *arguments]


def _apply(changes: list[list[Any]]) -> None:
    """Change the grader in this process. What the tests import is here, and not in the folder of the command."""
    if not changes:
        return
    sys.path.insert(0, str(HERE))
    from autograder.hosts.nbgrader import install

    install.patch()
    for module, name, *arguments in changes:
        getattr(importlib.import_module(module), name)(*arguments)


def become(command: list[str], folder: str, environment: dict[str, str], place: str) -> None:
    """Be as if started with this command there."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[0:1] = [folder, *environment.get("PYTHONPATH", "").split(os.pathsep)]
    sys.argv = command
    for number, name in enumerate((os.devnull, f"{place}/stdout", f"{place}/stderr")):
        file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)


if __name__ == "__main__":
    main()

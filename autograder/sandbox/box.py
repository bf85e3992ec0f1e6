"""Run a program in a box: one start behind an isolation, with its own folder, files, environment and limits."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder import settings
from autograder.errors import CourseError, SandboxEnded
from autograder.sandbox import linux, visible
from autograder.sandbox.hidden import hidden
from autograder.sandbox.isolation import NONE, Isolation
from autograder.settings import Limits
from autograder.tempdirs import Temporary

# Characters. The way to the sockets of a box leads through its folder, and a socket's path has 107 at most.
LONGEST_FOLDER = 60
PASSED_ON = ("LD_LIBRARY_PATH", "SYSTEMROOT")
# How these names begin; a plain number is passed on.
THREADS = ("OMP_", "OPENBLAS_", "MKL_", "TF_NUM_")
SAME_FOR_EVERYBODY = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONUTF8": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "JUPYTER_PLATFORM_DIRS": "1",
    # The grader's GPU is for the networks that the grader trains.
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    # There is no network: what wants to install or to fetch something says so at once.
    "PIP_NO_INDEX": "1",
    "PIP_RETRIES": "0",
    "PIP_DEFAULT_TIMEOUT": "1",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_ROOT_USER_ACTION": "ignore",
    "GIT_TERMINAL_PROMPT": "0",
    "DEBIAN_FRONTEND": "noninteractive",
    "HF_HUB_OFFLINE": "1",
}


# The program that builds a box: a folder with a `__main__.py`.
LINUX = str(Path(linux.__file__).parent)
# Where the supervisor reads how much memory the machine has left, and in which cgroups it is; seconds that it waits for the init of a box.
SUPERVISION = {"meminfo": "/proc/meminfo", "cgroups": "/proc/self/cgroup", "patience": 5.0}


class Box:
    """One start of a program behind an isolation.

    Parameters
    ----------
    folder : Path
        An empty folder of the host's, for this box alone.
    isolation : Isolation
        How strong the box is.
    files : dict of str to Path, optional
        Host files that are put into the working folder, by the name that they get there.
    pictures : bool
        Draw the figures of a notebook. Without, they are made but not drawn: a third less time in lesson 2.
    seconds : float
        When the box is ended; 0 is never.
    limits : Limits, optional
        What the program may take; by default, what the course's limits say.
    environment : dict of str to str, optional
        The program's whole environment; by default what `environment_in` says.
    """

    def __init__(
        self,
        folder: Path,
        isolation: Isolation,
        *,
        files: dict[str, Path] | None = None,
        pictures: bool = False,
        seconds: float = 0.0,
        limits: Limits | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.isolation = isolation
        self.limits = limits or settings.limits()
        self.seconds = seconds
        self.report = folder / "report.json"
        # What `clock.Clock` follows; there is none without isolation.
        self.clock = None if isolation == NONE else folder / f"report.json{linux.CLOCK}"
        self.home = folder / "home" if isolation == NONE else Path(linux.HOME)
        self.files = {**_font_cache(), **(files or {})}
        self.environment = environment or environment_in(self.home, pictures=pictures)
        (folder / "mount").mkdir()
        if isolation == NONE:
            self._furnish()

    def command(self, arguments: Sequence[str], *, texts: dict[str, str] | None = None) -> list[str]:
        """Return the command line that runs another one in the box.

        Parameters
        ----------
        arguments : sequence of str
            The other command.
        texts : dict of str to str, optional
            Files that are made in the writable folders of an isolated box, by their paths there.
        """
        if self.isolation == NONE:
            return list(arguments)
        path = self.folder / "box.json"
        path.write_text(json.dumps(self.spec(texts)), "utf-8")
        return [sys.executable, "-I", "-S", "-B", LINUX, str(path), *arguments]

    def spec(self, texts: dict[str, str] | None = None) -> dict[str, Any]:
        """Return what `linux.entry` builds the box by."""
        return {
            "user": self.isolation.user_namespace,
            "read": list(visible.visible().paths),
            "hide": [str(path) for path in hidden()],
            "files": [[str(path), name] for name, path in self.files.items()],
            "texts": texts or {},
            "folder": str(self.folder / "mount"),
            "link": str(self.folder / "sockets"),
            "report": str(self.report),
            "parent": os.getpid(),
            "memory": self.limits.memory,
            "disk": self.limits.disk,
            "tasks": self.limits.tasks,
            "seconds": self.seconds,
            "stretch": self.limits.stretch,
            "environment": self.environment,
            **SUPERVISION,
        }

    def run(self, arguments: Sequence[str], seconds: float, most_bytes: int = 64 * 1024 * 1024) -> bytes:
        """Run a program to its end and return what it wrote to standard output. Seconds are counted as in `linux.waiting`.

        Raises
        ------
        SandboxEnded
            If the box ended first, or if there is more output than `most_bytes`.
        """
        self.seconds = seconds
        output = self.folder / "output"
        with open(output, "wb") as file:
            process = subprocess.Popen(
                self.command(arguments),
                env=self.environment,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.DEVNULL,
            )
            try:
                process.wait(seconds * self.limits.stretch + 10)
            except subprocess.TimeoutExpired:
                raise SandboxEnded("time", f"no end within {seconds:g} s") from None
            finally:
                process.kill()
                process.wait()
        if why := self.ended():
            raise why
        if output.stat().st_size > most_bytes:
            raise SandboxEnded("output", "too much output")
        return output.read_bytes()

    @property
    def cwd(self) -> Path:
        """The host's folder to start `command` in."""
        return self.home if self.isolation == NONE else self.folder

    def ended(self) -> SandboxEnded | None:
        """Return why the supervisor ended the box, None if it did not."""
        if not self.report.exists():
            return None
        facts = json.loads(self.report.read_text("utf-8"))
        return SandboxEnded(facts["why"], facts.get("text", ""))

    def clear(self) -> None:
        """Remove what a box has left that did not come to be, so that another one can be made in the same folder."""
        for path in (*self.folder.glob(f"{self.report.name}*"), self.folder / "sockets"):
            path.unlink(missing_ok=True)

    def _furnish(self) -> None:
        self.home.mkdir()
        for name, path in self.files.items():
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, self.home / name)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a fresh folder of the host's for one run. It is removed afterwards; by the next run if this one is killed."""
    with Temporary("box-", scratch_place()) as folder:
        yield folder


def scratch_place() -> str:
    """Return where such folders are made: the machine's own place for them, if the way there is short enough, else another that may be written to.

    Raises
    ------
    CourseError
        If there is none.
    """
    usual = tempfile.gettempdir()
    if os.name != "posix":
        return usual
    others = ("/tmp", "/var/tmp", os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm")
    for place in (usual, *others):
        if 0 < len(place) <= LONGEST_FOLDER and os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK):
            return place
    raise CourseError(
        f"{usual}: the path of this folder for temporary files has more than {LONGEST_FOLDER} characters, and none of"
        f" {', '.join(filter(None, others))} can be written to. Set TMPDIR to a folder with a shorter path."
    )


def environment_in(home: Path, *, pictures: bool) -> dict[str, str]:
    """Return the whole environment of a program in a box: nothing of the grader's but what a Python needs to start.

    Parameters
    ----------
    home : Path
        The program's working folder.
    pictures : bool
        Draw the figures of a notebook.
    """
    passed = {k: v for k, v in os.environ.items() if k in PASSED_ON or (k.startswith(THREADS) and v.isdecimal())}
    search = os.pathsep.join(visible.visible().search)
    return {
        **passed,
        **({"PYTHONPATH": search} if search else {}),
        **SAME_FOR_EVERYBODY,
        "PATH": os.pathsep.join([str(Path(visible.python()).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "MPLCONFIGDIR": str(home / ".mpl"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline" if pictures else "agg",
        "NBGRADER_EXECUTION": os.environ.get("NBGRADER_EXECUTION", "autograde"),
    }


@functools.cache
def _font_cache() -> dict[str, Path]:
    """Find matplotlib's list of fonts, which takes seconds to make: each box gets a copy."""
    import matplotlib

    return {f".mpl/{path.name}": path for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json")}

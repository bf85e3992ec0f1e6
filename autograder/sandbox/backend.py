"""Where student code runs: chooses the strongest walls that hold on this machine, proves them, and starts programs behind them.

`room.py` builds the walls. Before the first use in a process, `escape.py` runs in a room and tries to get out; if it
gets anywhere, that kind of room is not used. Where none holds, nothing is graded unless the instructor says so:
`AUTOGRADER_SANDBOX=none`, which is what `--no-sandbox` sets, and every result then carries "sandbox": "none".
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import Session

from autograder.course.catalog import PACKAGE, ROOT
from autograder.course.markers import SENTINEL
from autograder.errors import CourseError, NoSandbox, SandboxEnded
from autograder.limits import LIMITS, Limits
from autograder.sandbox import probe, room
from autograder.sandbox.visible import visible
from autograder.secret import secret_path
from autograder.tempdirs import Temporary

SWITCH = "AUTOGRADER_SANDBOX"
LONGEST_FOLDER = (
    60  # characters: the way to a kernel's sockets leads through the folder, and a socket's path has 107 at most
)
PASSED_ON = ("LD_LIBRARY_PATH", "SYSTEMROOT")
THREADS = ("OMP_", "OPENBLAS_", "MKL_", "TF_NUM_")  # how these names begin; a plain number is passed on
SAME_FOR_EVERYBODY = {
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONUTF8": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "JUPYTER_PLATFORM_DIRS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",  # the grader's GPU is the judge's alone
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
OFTEN_PRIVATE = (
    Path("/usr/local/share/nbgrader"),
    Path("/usr/src"),
)  # the first is where nbgrader's exchange often lies
ESCAPE_SECONDS = 20
SEARCH_SECONDS = 600  # for a look at every byte that is shown: four gigabytes take four seconds on an idle machine
UNREAD = 4  # messages of a kernel that wait in the grader's memory; more wait in the kernel's
HEAD_BYTES = 64 * 1024  # of a message's header, of its parent's, of its metadata
MOST_OBJECTS = 1_000_000  # commas and brackets of what a message says: each may become an object in the grader's memory


@dataclass(frozen=True)
class Means:
    """One kind of walls. `user`: whether a user namespace is made (no root needed); None: no walls at all."""

    name: str
    user: bool | None


NAMESPACES = Means("namespaces", user=False)  # real root builds the room, an unused user id lives in it
USER_NAMESPACES = Means("user namespaces", user=True)
NONE = Means("none", user=None)


def means() -> Means:
    """The walls that this run uses. Raises NoSandbox if none holds and the instructor did not choose to go without."""
    if os.environ.get(SWITCH) == NONE.name:
        return NONE
    found, failures = proven()
    if found is None:
        raise NoSandbox(
            "No sandbox holds on this machine, so no student code is run. "
            + " ".join(f"{name}: {why}." for name, why in failures.items())
            + " `autograder doctor` says more. For your own notebook, or in a container of your own: `--no-sandbox`, or"
            f" {SWITCH}=none in the environment; every grade then says so."
        )
    return found


@functools.cache
def proven() -> tuple[Means | None, dict[str, str]]:
    """The strongest means that passed the escape test in this process, and why the stronger ones did not."""
    failures: dict[str, str] = {}
    for candidate in candidates():
        got_out = escapes(candidate)
        if not got_out:
            return candidate, failures
        failures[candidate.name] = "; ".join(got_out)
    return None, failures or {"namespaces": "they need Linux"}


def candidates() -> tuple[Means, ...]:
    """The means that may hold here."""
    if not sys.platform.startswith("linux"):
        return ()
    # Root would still be root for the machine's kernel behind a user namespace of its own: it may change /proc/sys.
    return (NAMESPACES,) if os.geteuid() == 0 else (USER_NAMESPACES,)


def escapes(candidate: Means) -> list[str]:
    """What a program got hold of behind these walls, one phrase each; [] if they hold."""
    with scratch_folder() as folder, _listeners(folder.name) as ports:
        tried = Room(folder, candidate)
        facts = {
            "see": [str(path) for path in {*_private(), Path(probe.__file__), folder} if path.exists()],
            "write": ["/", "/usr", "/etc", sys.prefix, sys.base_prefix, "/var/tmp", "/dev", str(folder)],
            "pid": os.getpid(),
            "abstract": folder.name,
            "environment": sorted(tried.environment),
            **ports,
        }
        found = _escape(tried, facts, ESCAPE_SECONDS)
    return found or ([] if candidate.user is None else shown_answers(candidate))


def _escape(where: Room, facts: dict[str, Any], seconds: float) -> list[Any]:
    """What `escape.py` says of a room."""
    text = Path(probe.__file__).read_text("utf-8")
    try:
        return json.loads(where.run([sys.executable, "-I", "-S", "-c", text, json.dumps(facts)], seconds))
    except SandboxEnded as error:
        return [str(error)]
    except ValueError:
        return [f"Python did not start behind the walls ({sys.executable})"]


def shown_answers(candidate: Means, *, again: bool = False) -> list[str]:
    """The files with answers or checks, and the git repositories, that a program behind these walls sees, one phrase each.

    All that is shown is read, which takes seconds; so a search that found nothing is not done twice as long as nothing that is shown
    has changed. again: do it all the same.
    """
    fingerprint = hashlib.sha256()
    for part in (visible().fingerprint(), Path(probe.__file__).read_text("utf-8"), SENTINEL, candidate.name):
        fingerprint.update(part.encode())
    searched = _Searched(fingerprint.hexdigest())
    if not again and searched.before():
        return []
    with scratch_folder() as folder:
        found = _escape(Room(folder, candidate), {"search": SENTINEL}, SEARCH_SECONDS)
    if not found:
        searched.remember()
    cure = "Delete it there, or move it out of the folders of Python, its packages and the system"
    return [
        f"sees {item[1]} in {item[0]}. {cure}" if isinstance(item, list) else f"could not be searched ({item})"
        for item in found
    ]


class _Searched:
    """Remembers, among the user's cached files, that a search found nothing."""

    MOST = 50

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        named = os.environ.get("XDG_CACHE_HOME", "")
        place = Path(named) if os.path.isabs(named) else Path(os.path.expanduser("~")) / ".cache"
        self._path = place / "autograder" / "searched.json"

    def before(self) -> bool:
        """Whether there was one of what is shown now."""
        return self._fingerprint in self._known()

    def remember(self) -> None:
        """Write it down, where that can be done."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_name(f"searched.{os.getpid()}")
            fresh.write_text(json.dumps([*self._known(), self._fingerprint][-self.MOST :]), "utf-8")
            os.replace(fresh, self._path)

    def _known(self) -> list[str]:
        try:
            if self._path.stat().st_uid != os.geteuid():  # another's word does not count
                return []
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        return [item for item in known if isinstance(item, str)] if isinstance(known, list) else []


@contextmanager
def _listeners(name: str) -> Iterator[dict[str, int]]:
    """Sockets of the grader's that a program behind the walls must not reach."""
    with (
        socket.socket() as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(("127.0.0.1", 0))
        abstract.bind("\0" + name)
        abstract.listen()
        yield {"tcp": tcp.getsockname()[1], "udp": udp.getsockname()[1]}


# -- one room ---------------------------------------------------------------------------------------------------------


class Room:
    """One start behind the walls. `folder` is an empty folder of the host's, for this room alone.

    files: host files that are put into the working folder, by the name that they get there. seconds: when the room is ended; 0 is never.
    """

    def __init__(
        self,
        folder: Path,
        walls: Means,
        *,
        files: dict[str, Path] | None = None,
        pictures: bool = False,
        seconds: float = 0.0,
        limits: Limits = LIMITS,
    ) -> None:
        self.folder = folder
        self.walls = walls
        self.limits = limits
        self.seconds = seconds
        self.report = folder / "report.json"
        self.home = Path(room.HOME) if walls.user is not None else folder / "home"
        self.files = {**_font_cache(), **(files or {})}
        self.environment = _environment(self.home, pictures=pictures)
        (folder / "mount").mkdir()
        if walls.user is None:
            self._furnish()

    def command(self, arguments: Sequence[str], *, connection: bool = False) -> list[str]:
        """The command line that runs another one in the room."""
        if self.walls.user is None:
            return list(arguments)
        spec = {
            "user": self.walls.user,
            "read": list(visible().paths),
            "hide": [str(path) for path in _hidden()],
            "files": [[str(path), name] for name, path in self.files.items()],
            "folder": str(self.folder / "mount"),
            "link": str(self.folder / "sockets"),
            "report": str(self.report),
            "parent": os.getpid(),
            "memory": self.limits.memory,
            "disk": self.limits.disk,
            "tasks": self.limits.tasks,
            "seconds": self.seconds,
            "environment": self.environment,
        }
        path = self.folder / "room.json"
        path.write_text(json.dumps(spec), "utf-8")
        with_connection = ["--connection={connection_file}"] if connection else []
        return [sys.executable, "-I", "-S", room.__file__, str(path), *with_connection, *arguments]

    def run(self, arguments: Sequence[str], seconds: float, most_bytes: int = 64 * 1024 * 1024) -> bytes:
        """Run a program to its end and return what it wrote to standard output; SandboxEnded if the room ended first."""
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
                process.wait(seconds + 10)
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
        return self.home if self.walls.user is None else self.folder

    def kernel(self, arguments: Sequence[str], log: logging.Logger, largest_message: int) -> AsyncKernelManager:
        """A manager for an IPython kernel in the room; nothing is started yet. The kernel's sockets are files in the room.

        largest_message: bytes; a connection that brings a larger one is closed. Who asked for the manager destroys its
        context when the client's channels have been stopped, not before: their thread could open a socket meanwhile, and
        the destroying would wait for that one for ever.
        """
        plain = self.walls.user is None
        connection = "{connection_file}" if plain else f"{room.SOCKETS}/connection.json"
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", connection, *arguments]
        spec = KernelSpec(argv=self.command(argv, connection=True), display_name="room", language="python")
        sockets = self.folder / "kernel" if plain else self.folder / "sockets" / "k"
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, largest_message)
        context.setsockopt(zmq.RCVHWM, UNREAD)
        context.setsockopt(zmq.RECONNECT_IVL, 10)  # ms: the sockets appear while the grader already knocks
        file = str(self.folder / "connection.json")
        return _RoomKernel(spec, context, transport="ipc", ip=str(sockets), connection_file=file, log=log)

    def ended(self) -> SandboxEnded | None:
        """Why the watcher ended the room, or None if it did not."""
        if not self.report.exists():
            return None
        facts = json.loads(self.report.read_text("utf-8"))
        return SandboxEnded(facts["why"], facts.get("text", ""))

    def _furnish(self) -> None:
        self.home.mkdir()
        for name, path in self.files.items():
            (self.home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, self.home / name)


class _BoundedSession(Session):
    """Reads a kernel's messages as Jupyter does, but takes no memory for what is there to take memory.

    What has too many parts is read as {}; a head that is too long makes it no message: ValueError.
    """

    def __init__(self, **options) -> None:
        super().__init__(**options)
        read = self.unpack
        self.unpack = lambda part: {} if sum(map(part.count, b",[{")) > MOST_OBJECTS else read(part)

    def deserialize(self, msg_list: list[bytes], content: bool = True, copy: bool = True) -> dict[str, Any]:
        if any(len(part) > HEAD_BYTES for part in msg_list[1:4]):
            raise ValueError("a message with far too long a head")
        return super().deserialize(msg_list[:5], content, copy)


class _RoomKernel(AsyncKernelManager):
    """A kernel that is started by a command of its own instead of an installed kernel spec."""

    def __init__(self, spec: KernelSpec, context: zmq.asyncio.Context, **options) -> None:
        self._room_spec = spec
        super().__init__(context=context, session=_BoundedSession(), **options)

    @property
    def kernel_spec(self) -> KernelSpec:
        return self._room_spec

    def client(self, **options) -> AsyncKernelClient:
        """A client whose sockets have the context's limits: by itself it would make a context of its own."""
        return super().client(**{"context": self.context, **options})


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A fresh folder of the host's for one run, removed afterwards; by the next run if this one is killed."""
    with Temporary("room-", scratch_place()) as folder:
        yield folder


def scratch_place() -> str:
    """Where such folders are made: the machine's own place for them, if the way there is short enough, else another that may be written to."""
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


def _hidden() -> list[Path]:
    """Folders that must not be seen even if they lie in one that is shown."""
    places = {PACKAGE, ROOT, Path.cwd(), secret_path().resolve().parent, *OFTEN_PRIVATE}
    with suppress(RuntimeError):
        places.add(Path.home())
    return sorted(place for place in places if str(place) not in visible().folders)


def _private() -> Iterator[Path]:
    """What a program behind the walls must not see: the hidden folders, and of those in which something is shown all else."""
    yield from _hidden()
    todo = [PACKAGE, ROOT]
    with suppress(RuntimeError):
        todo.append(Path.home())
    while todo:
        place = todo.pop()
        if str(place) in visible().folders:
            with suppress(OSError):
                todo.extend(child for child in place.iterdir() if not child.is_symlink())
        elif not visible().holds(str(place)):
            yield place


def _environment(home: Path, *, pictures: bool) -> dict[str, str]:
    """The whole environment of a program in a room: nothing of the grader's but what a Python needs to start.

    pictures: render the figures of the notebook. Without, they are made but not drawn: a third less time in lesson 2.
    """
    passed = {k: v for k, v in os.environ.items() if k in PASSED_ON or (k.startswith(THREADS) and v.isdecimal())}
    search = os.pathsep.join(visible().search)
    return {
        **passed,
        **({"PYTHONPATH": search} if search else {}),
        **SAME_FOR_EVERYBODY,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(home),
        "IPYTHONDIR": str(home / ".ipython"),
        "MPLCONFIGDIR": str(home / ".mpl"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline" if pictures else "agg",
        "NBGRADER_EXECUTION": os.environ.get("NBGRADER_EXECUTION", "autograde"),
    }


@functools.cache
def _font_cache() -> dict[str, Path]:
    """matplotlib's list of fonts, which takes seconds to make: each room gets a copy."""
    import matplotlib

    return {f".mpl/{path.name}": path for path in Path(matplotlib.get_cachedir()).glob("fontlist-*.json")}

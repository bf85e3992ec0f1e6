"""What a sandbox shows of this machine: Python, the lesson's packages, and the system's programs, each file or folder by name.

Nothing else of an environment is there: no other package, no other environment, no cache, no checkout. A package's
files are those that its installation recorded (`RECORD`), in whatever folder it was installed.
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import os
import site
import stat
import subprocess
import sys
import sysconfig
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder import settings
from autograder.errors import CourseError
from autograder.sandbox.packages import distributions, entries, program_folders

STANDARD = (sys.stdlib_module_names - {"idlelib", "turtledemo"}) | {
    "lib-dynload",
    "_distutils_system_mod",
    "__hello__",
    "__phello__",
}
# In the folder of an environment: what starts it.
PYTHONS = ("python*", "pypy*")
LIBRARIES = ("*.so", "*.so.*", "ld-*")
PROGRAMS = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/sys/devices/system/cpu")
SYSTEM_LIBRARIES = ("/lib", "/lib32", "/lib64", "/libx32", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32")
# Of these, no more than libraries.
LOCAL_LIBRARIES = ("/usr/local/lib", "/usr/local/lib64")
# Beside the libraries, what the C library and common programs read there.
BESIDE_LIBRARIES = ("*-linux-gnu*", "*-linux-musl*", "gconv", "locale", "ssl", "terminfo", "git-core", "os-release")
SHARED = (
    *("/usr/share/zoneinfo", "/usr/share/fonts", "/usr/share/fontconfig", "/usr/share/terminfo", "/usr/share/misc"),
    *("/usr/share/icu", "/usr/share/perl", "/usr/share/git-core", "/usr/libexec/git-core"),
)
STORE = "/nix/store"


@dataclass(frozen=True)
class Visible:
    """What a sandbox shows.

    Attributes
    ----------
    paths : tuple of str
        Files, folders and symbolic links of the host's, a folder before what lies in it.
    search : tuple of str
        Folders with packages into which this Python does not look by itself.
    distributions : tuple of str
        Names with versions.
    """

    paths: tuple[str, ...]
    search: tuple[str, ...]
    distributions: tuple[str, ...]

    @functools.cached_property
    def folders(self) -> frozenset[str]:
        """Name the folders in which something lies that is shown, without being shown themselves."""
        found: set[str] = set()
        for path in self.paths:
            while (path := os.path.dirname(path)) not in found:
                found.add(path)
        return frozenset(found)

    def holds(self, path: str) -> bool:
        """Say whether a path is shown, or lies in a folder that is."""
        while path not in self._paths and path != "/":
            path = os.path.dirname(path)
        return path in self._paths

    def fingerprint(self) -> str:
        """Return a text that changes when a file is put into, taken from or renamed in anything that is shown.

        It does not change when a file is written over in its place.
        """
        digest = hashlib.sha256(repr((self.search, self.distributions)).encode())
        for path in self.paths:
            try:
                about = os.lstat(path)
            except OSError:
                continue
            size = about.st_size if stat.S_ISREG(about.st_mode) else 0
            digest.update(
                f"{path}\0{about.st_mode} {about.st_ino} {about.st_mtime_ns} {size}\0".encode(errors="replace")
            )
            if stat.S_ISDIR(about.st_mode):
                for line in _folders_in(path):
                    digest.update(line.encode(errors="replace"))
        return digest.hexdigest()

    @functools.cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self.paths)


def visible() -> Visible:
    """Return what a sandbox shows for the course of this process, and its packages.

    Raises
    ------
    CourseError
        If one of the packages cannot be shown.
    """
    return visible_with(settings.packages())


@functools.cache
def visible_with(packages: tuple[str, ...]) -> Visible:
    """Do as `visible` for a course whose notebooks use these packages, beyond those that the lessons need."""
    _link.cache_clear()
    found = distributions(packages)
    wanted: set[str] = set()
    folders: list[str] = []
    for distribution in found.values():
        folder = os.path.abspath(str(distribution.locate_file("")))
        wanted.update(entries(distribution, folder))
        if folder not in folders:
            folders.append(folder)
    wanted.update(_python())
    wanted.update(_system())
    paths = {step for path in wanted for step in steps(path)}
    paths |= _of_the_store(paths)
    own = {os.path.realpath(folder) for folder in site.getsitepackages()}
    search = tuple(folder for folder in folders if os.path.realpath(folder) not in own)
    names = sorted(f"{name} {distribution.version}" for name, distribution in found.items())
    return Visible(tuple(sorted(_outermost(paths))), search, tuple(names))


def python() -> str:
    """Return the path of this Python as a box has it. Where it was started by a path with "..", that leads through folders that are not there."""
    folder, name = os.path.split(sys.executable)
    return os.path.join(os.path.realpath(folder), name) if ".." in folder.split("/") else sys.executable


# -- Python and the system --------------------------------------------------------------------------------------------


def _python() -> Iterator[str]:
    """Name the parts of this Python: its programs, its standard library, its shared libraries."""
    prefixes = dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix))
    yield sys.executable
    yield python()
    yield getattr(sys, "_base_executable", sys.executable)
    for folder in program_folders():
        yield from _children(folder, PYTHONS)
    for prefix in prefixes:
        yield from (f"{prefix}/pyvenv.cfg", f"{prefix}/share/zoneinfo", f"{prefix}/share/terminfo")
        if prefix not in ("/", "/usr", "/usr/local"):
            for name in ("lib", "lib64"):
                yield from _children(f"{prefix}/{name}", LIBRARIES)
    yield from (path for path in sys.path if os.path.basename(path).startswith("python") and path.endswith(".zip"))
    dynamic = {os.path.dirname(path) for path in sys.path if os.path.basename(path) == "lib-dynload"}
    standard = {os.path.dirname(os.__file__), sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), *dynamic}
    for folder in standard:
        for name in _names(folder):
            if _is_standard(name):
                yield f"{folder}/{name}"
            elif name == "__pycache__":
                inside = _names(f"{folder}/{name}")
                own = [one for one in inside if _is_standard(one)]
                yield from [f"{folder}/{name}"] if own == inside else [f"{folder}/{name}/{one}" for one in own]


def _is_standard(name: str) -> bool:
    return name.split(".")[0] in STANDARD or name.startswith("_sysconfigdata")


def _system() -> Iterator[str]:
    """Name the system's programs and libraries, and what they read."""
    yield from PROGRAMS
    yield from SHARED
    for folder in SYSTEM_LIBRARIES:
        yield from _children(folder, LIBRARIES + BESIDE_LIBRARIES)
    named = [path for path in os.environ.get("LD_LIBRARY_PATH", "").split(":") if os.path.isabs(path)]
    for folder in (*LOCAL_LIBRARIES, *named):
        yield from _children(folder, LIBRARIES)


def _children(folder: str, patterns: Iterable[str]) -> Iterator[str]:
    for name in _names(folder):
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            yield f"{folder}/{name}"


def _folders_in(top: str) -> Iterator[str]:
    """Name each folder below one, with the time of its last change."""
    todo = [top]
    while todo:
        folder = todo.pop()
        try:
            with os.scandir(folder) as found:
                inside = sorted(entry.path for entry in found if entry.is_dir(follow_symlinks=False))
            yield f"{folder}\0{os.stat(folder).st_mtime_ns}\0"
        except OSError:
            continue
        todo += inside


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _of_the_store(paths: set[str]) -> set[str]:
    """On a machine whose programs lie in a Nix store, return what those that are shown need of it, and nothing else of it."""
    inside = {"/".join(path.split("/")[:4]) for path in paths if path.startswith(STORE + "/")}
    if not inside:
        return set()
    command = ["nix-store", "--query", "--requisites", *sorted(inside)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise CourseError(
            f"Python lies in {STORE}, but `nix-store --query` does not say what it needs: {error}."
        ) from None
    return set(done.stdout.split())


def steps(path: str) -> Iterator[str]:
    """Name the steps to a path as they must be made in an empty box: each symbolic link on the way, and what is at its end, if there is anything."""
    place, todo, seen = "/", deque(part for part in path.split("/") if part), set()
    while todo:
        part = todo.popleft()
        if part == "..":
            place = os.path.dirname(place)
            continue
        if part == ".":
            continue
        here = os.path.join(place, part)
        target = _link(here)
        if target is None:
            place = here
            continue
        if here in seen:
            return
        seen.add(here)
        yield here
        todo.extendleft(reversed([part for part in target.split("/") if part]))
        place = "/" if target.startswith("/") else place
    if os.path.exists(place):
        yield place


@functools.lru_cache(maxsize=100_000)
def _link(path: str) -> str | None:
    """Return where a symbolic link leads, None if it is none."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def _outermost(paths: set[str]) -> Iterator[str]:
    """Leave out the paths that lie in another one of them."""
    for path in paths:
        parent = os.path.dirname(path)
        while parent not in paths and parent != "/":
            parent = os.path.dirname(parent)
        if parent == "/":
            yield path

"""What a sandbox shows of this machine: Python, the lesson's packages, and the system's programs, each file or folder by name.

Nothing else of an environment is there: no other package, no other environment, no cache, no checkout. A package's
files are those that its installation recorded (`RECORD`), in whatever folder it was installed.
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import json
import os
import site
import stat
import subprocess
import sys
import sysconfig
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from autograder.errors import CourseError
from autograder.limits import PACKAGES

# What a lesson's kernel imports, and pip, so that `!pip install numpy` says at once that it is there.
KERNEL = (
    "ipykernel",
    "matplotlib-inline",
    "numpy",
    "scikit-image",
    "matplotlib",
    "h5py",
    "pillow",
    "pip",
    "setuptools",
)
NETWORKS = ("tensorflow", "tensorflow-cpu", "tf-nightly", "keras", "tensorboard")
NEVER = frozenset({"autograder", "nbgrader", "pytest", "hypothesis"})
# Of distributions that came without a record of their files: names that do not follow from their own.
IMPORTED_AS = {
    "pyzmq": ("zmq",),
    "pillow": ("PIL",),
    "scikit-image": ("skimage",),
    "matplotlib": ("matplotlib", "mpl_toolkits", "pylab"),
    "python-dateutil": ("dateutil",),
    "absl-py": ("absl",),
    "protobuf": ("google/protobuf", "google/_upb"),
    "google-pasta": ("pasta",),
    "grpcio": ("grpc",),
    "fonttools": ("fontTools",),
    "ipython": ("IPython",),
    "pyyaml": ("yaml", "_yaml"),
    "setuptools": ("setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth"),
    "attrs": ("attr", "attrs"),
}
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
LOCAL_LIBRARIES = ("/usr/local/lib", "/usr/local/lib64")  # no more than libraries
# Beside the libraries, what the C library and common programs read there.
BESIDE_LIBRARIES = ("*-linux-gnu*", "*-linux-musl*", "gconv", "locale", "ssl", "terminfo", "git-core", "os-release")
SHARED = (
    *("/usr/share/zoneinfo", "/usr/share/fonts", "/usr/share/fontconfig", "/usr/share/terminfo", "/usr/share/misc"),
    *("/usr/share/icu", "/usr/share/perl", "/usr/share/git-core", "/usr/libexec/git-core"),
)
STORE = "/nix/store"


@dataclass(frozen=True)
class Visible:
    """What a sandbox shows. paths: files, folders and symbolic links of the host's, a folder before what lies in it.
    search: folders with packages into which this Python does not look by itself. distributions: names with versions."""

    paths: tuple[str, ...]
    search: tuple[str, ...]
    distributions: tuple[str, ...]

    @functools.cached_property
    def folders(self) -> frozenset[str]:
        """The folders in which something lies that is shown, without being shown themselves."""
        found: set[str] = set()
        for path in self.paths:
            while (path := os.path.dirname(path)) not in found:
                found.add(path)
        return frozenset(found)

    def holds(self, path: str) -> bool:
        """Whether a path is shown, or lies in a folder that is."""
        while path not in self._paths and path != "/":
            path = os.path.dirname(path)
        return path in self._paths

    def fingerprint(self) -> str:
        """Changes when a file is put into, taken from or renamed in anything that is shown; not when a file is written over in its place."""
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


@functools.cache
def visible(packages: tuple[str, ...] = PACKAGES) -> Visible:
    """What a sandbox shows for a course whose notebooks also use these packages. CourseError if one of them cannot be shown."""
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


# -- packages -------------------------------------------------------------------------------------------------------


def distributions(packages: Iterable[str]) -> dict[str, metadata.Distribution]:
    """The installed distributions that a kernel needs, by name, with all that they require. `packages` are those that the course names."""
    places = _site_folders()
    found: dict[str, metadata.Distribution] = {}
    todo = deque((name, "") for name in (*KERNEL, *NETWORKS))
    for text in packages:
        requirement = _named(text)
        if _installed(requirement.name, places) is None:
            raise CourseError(
                f"limits.toml: the package {text!r} is not installed for {sys.executable}: install it"
                f" (`pip install {text}`), or take it out of `packages`."
            )
        todo += [(requirement.name, extra) for extra in ("", *requirement.extras)]
    seen = set()
    while todo:
        name, extra = todo.popleft()
        name = canonicalize_name(name)
        if (name, extra) in seen or name in NEVER:
            continue
        seen.add((name, extra))
        distribution = found.get(name) or _installed(name, places)
        if distribution is None:
            continue  # of another platform, or not installed: then the grader does not have it either
        found[name] = distribution
        for text in distribution.requires or ():
            try:
                requirement = Requirement(text)
            except InvalidRequirement:
                continue
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                todo += [(requirement.name, more) for more in ("", *requirement.extras)]
    return found


def _named(text: str) -> Requirement:
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        raise CourseError(
            f'limits.toml: {text!r} in `packages` is not the name of a package, such as "pandas".'
        ) from None
    if canonicalize_name(requirement.name) in NEVER:
        raise CourseError(f"limits.toml: {text!r} belongs to the grader and is never shown. Take it out of `packages`.")
    return requirement


def _installed(name: str, places: list[str]) -> metadata.Distribution | None:
    """The distribution of this name that an import would find, None if there is none. CourseError for one in editable mode."""
    for distribution in metadata.Distribution.discover(name=name, path=places):
        direct = distribution.read_text("direct_url.json")
        if direct and json.loads(direct).get("dir_info", {}).get("editable"):
            raise CourseError(
                f"The package {name} is installed in editable mode, and its folder is not shown in the sandbox:"
                f" install it whole (`pip install .` in its folder)."
            )
        return distribution
    return None


def _site_folders() -> list[str]:
    """Where this Python finds packages, in its order."""
    return [os.path.abspath(path) for path in dict.fromkeys(sys.path) if path and os.path.isdir(path)]


def entries(distribution: metadata.Distribution, folder: str) -> Iterator[str]:
    """The files and folders of a distribution: a package's folder as a whole, from a folder that others share only its own parts."""
    record = distribution.read_text("RECORD")
    if record is None:
        yield from _without_record(distribution, folder)
        return
    programs = _program_folders()
    tree: dict[str, list[str]] = {}
    for line in record.splitlines():
        name = line[1:].partition('"')[0] if line.startswith('"') else line.rsplit(",", 2)[0]
        top, _, rest = name.partition("/")
        tree.setdefault(top, []).append(rest)
        if top == ".." and os.path.dirname(path := os.path.normpath(os.path.join(folder, name))) in programs:
            yield path
    for top, rests in tree.items():
        if top not in ("", "..", "."):
            yield from _whole_or_parts(folder, top, rests)


def _whole_or_parts(folder: str, top: str, rests: list[str]) -> Iterator[str]:
    """A recorded folder, whole if it is a package or a distribution's own, else what is recorded in it."""
    path = os.path.join(folder, top)
    if not os.path.isdir(path) or not all(rests):
        yield path
        return
    suffixes = (".dist-info", ".egg-info", ".libs", ".data")
    if top.endswith(suffixes) or any(rest.startswith("__init__.") for rest in rests):
        yield path
        if folder.startswith("/usr/"):
            yield from _links_in(path)
        return
    deeper: dict[str, list[str]] = {}
    for rest in rests:
        name, _, below = rest.partition("/")
        deeper.setdefault(name, []).append(below)
    if (
        set(os.listdir(path)) <= deeper.keys() | {"__pycache__"}
        and top != "__pycache__"
        and all(map(all, deeper.values()))
    ):
        yield path
        return
    for name, below in deeper.items():
        yield from _whole_or_parts(path, name, below)


def _without_record(distribution: metadata.Distribution, folder: str) -> Iterator[str]:
    """The same for a distribution without a record, as Linux distributions and old conda packages are: by the names of its modules."""
    name = canonicalize_name(distribution.metadata["Name"] or "")
    named = (distribution.read_text("top_level.txt") or "").split()
    guessed = {name.replace("-", "_"), distribution.metadata["Name"], distribution.metadata["Name"].replace("-", "_")}
    for module in {*named, *IMPORTED_AS.get(name, ()), *(() if named else guessed)}:
        place, _, last = os.path.join(folder, module).rpartition("/")
        for found in os.listdir(place) if os.path.isdir(place) else ():
            if found == last or (found.startswith(f"{last}.") and found.endswith((".py", ".so", ".libs"))):
                yield os.path.join(place, found)
                yield from _links_in(os.path.join(place, found))
    about = getattr(distribution, "_path", None)
    if about is not None:
        yield str(about)


def _links_in(folder: str, depth: int = 2) -> Iterator[str]:
    """What symbolic links in a package lead to: Linux distributions keep a package's data in /usr/share."""
    if not os.path.isdir(folder):
        return
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_symlink():
                target = os.path.realpath(entry.path)
                if target.startswith(("/usr/share/", "/usr/lib/")):
                    yield target
            elif depth and entry.is_dir():
                yield from _links_in(entry.path, depth - 1)


# -- Python and the system --------------------------------------------------------------------------------------------


def _python() -> Iterator[str]:
    """This Python: its programs, its standard library, its shared libraries."""
    prefixes = dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix))
    yield sys.executable
    yield getattr(sys, "_base_executable", sys.executable)
    for folder in _program_folders():
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


def _program_folders() -> set[str]:
    """Where this Python's programs lie."""
    return {os.path.dirname(sys.executable), *(f"{prefix}/bin" for prefix in (sys.prefix, sys.base_prefix))}


def _is_standard(name: str) -> bool:
    return name.split(".")[0] in STANDARD or name.startswith("_sysconfigdata")


def _system() -> Iterator[str]:
    """The system's programs and libraries, and what they read."""
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
    """Each folder below one, with the time of its last change."""
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
    """On a machine whose programs lie in a Nix store: what those that are shown need of it, and nothing else of it."""
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
    """A path as it must be made in an empty room: each symbolic link on the way, and the file or folder at its end, if there is one."""
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
    """Where a symbolic link leads, None if it is none."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def _outermost(paths: set[str]) -> Iterator[str]:
    """The paths without those that lie in another one of them."""
    for path in paths:
        parent = os.path.dirname(path)
        while parent not in paths and parent != "/":
            parent = os.path.dirname(parent)
        if parent == "/":
            yield path

"""Find the files of the packages that a sandbox shows: those that a lesson's kernel imports, those that the course names, and all that they require."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from importlib import metadata

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from autograder.errors import CourseError

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


def distributions(packages: Iterable[str]) -> dict[str, metadata.Distribution]:
    """Find the installed distributions that a kernel needs, with all that they require.

    Parameters
    ----------
    packages : iterable of str
        Those that the course names, such as "pandas" or "dask[array]".

    Returns
    -------
    dict of str to Distribution
        By their names.

    Raises
    ------
    CourseError
        If one that the course names is not installed, belongs to the grader, or is in editable mode.
    """
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
            # Of another platform, or not installed: then the grader does not have it either.
            continue
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
    """Return the distribution of this name that an import would find, None if there is none. CourseError for one in editable mode."""
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
    """Return where this Python finds packages, in its order."""
    return [os.path.abspath(path) for path in dict.fromkeys(sys.path) if path and os.path.isdir(path)]


def entries(distribution: metadata.Distribution, folder: str) -> Iterator[str]:
    """Name the files and folders of a distribution: a package's folder as a whole, from a folder that others share only its own parts.

    Parameters
    ----------
    distribution : Distribution
        An installed one.
    folder : str
        Where it is installed.
    """
    record = distribution.read_text("RECORD")
    if record is None:
        yield from _without_record(distribution, folder)
        return
    programs = program_folders()
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
    """Name a recorded folder, whole if it is a package or a distribution's own, else what is recorded in it."""
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
        first, _, last = rest.partition("/")
        deeper.setdefault(first, []).append(last)
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
    """Do as `entries` for a distribution without a record, as Linux distributions and old conda packages are: by the names of its modules."""
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
    """Name what symbolic links in a package lead to: Linux distributions keep a package's data in /usr/share."""
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


def program_folders() -> set[str]:
    """Return where this Python's programs lie."""
    return {os.path.dirname(sys.executable), *(f"{prefix}/bin" for prefix in (sys.prefix, sys.base_prefix))}

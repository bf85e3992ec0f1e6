"""Reads a handed-in `*.weights.h5` as plain arrays, in a sandbox of its own: HDF5 is a format in which a file can point elsewhere.

`python -m autograder.networks.weights FILE` prints the arrays as `codec` encodes them.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.errors import SandboxEnded, UnreadableWeights
from autograder.kernel import codec
from autograder.networks.spec import ALPHA, SPECS, NetworkSpec

# What lesson 4 writes next to the notebook.
NAME = ALPHA.weights_file
# Bytes of the file.
MAX_FILE = 8 * 1024 * 1024
# Numbers in all arrays together; the alpha network has 32,202.
MAX_NUMBERS = 1_000_000
SECONDS = 30


def handed_in_with(lesson: str) -> NetworkSpec:
    """Return the network whose weights may be handed in with a lesson: its last one; of a lesson without any, alpha."""
    return next((spec for spec in reversed(SPECS.values()) if spec.lesson == lesson), ALPHA)


def read(path: Path, spec: NetworkSpec = ALPHA) -> list[np.ndarray]:
    """Return the arrays of a weights file, layer by layer, in the order of `model.get_weights()` for a chain of layers.

    Parameters
    ----------
    path : Path
    spec : NetworkSpec
        Whose weights are wanted.

    Raises
    ------
    UnreadableWeights
        With what is wrong with the file, for the student.
    """
    if path.is_symlink() or not path.is_file():
        raise UnreadableWeights(f"{path.name} is not an ordinary file.")
    if path.stat().st_size > MAX_FILE:
        raise UnreadableWeights(
            f"{path.name} is larger than {MAX_FILE // 1024 // 1024} MB. The network of the lesson has {spec.weights:,} weights."
        )
    found = _read_in_a_sandbox(path)
    if isinstance(found, str):
        raise UnreadableWeights(f"{path.name} {found}")
    if not isinstance(found, list) or not all(isinstance(item, np.ndarray) for item in found):
        raise UnreadableWeights(
            f"{path.name} could not be read. Was it written by `model.save_weights`, and handed in whole?"
        )
    return found


def of_another(arrays: list[np.ndarray], spec: NetworkSpec, file: str | None = None) -> str:
    """Return, for the student, of which other network of the course arrays are; "" if they can be the spec's own, or are of none.

    Networks are told apart by how many arrays there are, whatever their width.

    Parameters
    ----------
    arrays : list of ndarray
    spec : NetworkSpec
        Whose weights are wanted.
    file : str, optional
        How the sentence calls the arrays, by default by the spec's file.
    """
    other = next((one for one in SPECS.values() if one.arrays == len(arrays) != spec.arrays), None)
    if other is None:
        return ""
    return (
        f"{file or spec.weights_file} holds the weights of {other.name}, a network of lesson {_number(other)}, not of {spec.name}."
        f" Hand in the file that the training in lesson {_number(spec)} writes."
    )


def missing(handed_in: Callable[[str], Path | None], spec: NetworkSpec) -> str:
    """Return what is said, for the student, where no weights of a network were handed in; weights of other networks are named."""
    there = [one for one in SPECS.values() if one is not spec and handed_in(one.weights_file)]
    others = "".join(f" {one.weights_file} holds the weights of a network of lesson {_number(one)}." for one in there)
    return f"No {spec.weights_file} was handed in, which would be a second way to show it.{others}"


def _number(spec: NetworkSpec) -> int:
    return int(spec.lesson[:2])


def _read_in_a_sandbox(path: Path) -> object:
    """What `arrays_of` finds, with the same isolation as student code; None if it came to no good end."""
    from autograder.course import catalog
    from autograder.sandbox import backend, visible
    from autograder.sandbox.box import Box, scratch_folder

    # All of the package that is seen there.
    names = (
        "__init__.py", "errors.py", "hosts/__init__.py", "hosts/live.py", "kernel/__init__.py", "kernel/codec.py", "kernel/models.py", "networks/__init__.py", "networks/spec.py", "networks/weights.py",
    )  # fmt: skip
    files = {f"autograder/{name}": catalog.PACKAGE / name for name in names}
    with scratch_folder() as folder:
        box = Box(folder, backend.choose(), files={**files, NAME: path})
        command = [visible.python(), "-s", "-m", "autograder.networks.weights", str(box.home / NAME)]
        try:
            return codec.decode(codec.parse(box.run(command, SECONDS).decode("ascii")))
        except (SandboxEnded, ValueError) as error:
            if isinstance(error, SandboxEnded) and error.why == "fault":
                raise
            return None


def arrays_of(path: Path) -> list[np.ndarray] | str:
    """Return what a file holds, or what is wrong with it.

    No link out of the file is followed, and nothing of unknown size is read.
    """
    import h5py

    try:
        file = h5py.File(path, "r")
    except OSError:
        return "is not an HDF5 file. Write it with `model.save_weights`."
    with file:
        layers = _member(file, "layers")
        if not isinstance(layers, h5py.Group):
            return "holds no layers. Write it with `model.save_weights`."
        found: list[np.ndarray] = []
        for name in sorted(layers, key=_place):
            variables = _member(_member(layers, name), "vars")
            for number in sorted(variables, key=_place) if isinstance(variables, h5py.Group) else ():
                data = _member(variables, number)
                if not isinstance(data, h5py.Dataset) or data.is_virtual or data.external or data.dtype.kind != "f":
                    return f"holds something else than numbers in the layer {name[:40]!r}."
                if data.size is None or data.size + sum(a.size for a in found) > MAX_NUMBERS:
                    return "holds far more numbers than the network of the lesson."
                found.append(np.asarray(data[()], np.float32))
    return found


def _member(group: Any, name: str) -> Any:
    """A member of a group that lies in the file itself: no soft or external link."""
    import h5py

    held = isinstance(group, h5py.Group) and name in group and isinstance(group.get(name, getlink=True), h5py.HardLink)
    return group[name] if held else None


def _place(name: str) -> tuple[str, int]:
    """Where a layer stands among those of its kind: "conv2d_10" behind "conv2d_9"."""
    parts = re.fullmatch(r"(.*?)_?(\d*)", name)
    if parts is None:
        raise ValueError(f"no name of a layer: {name!r}")
    return parts[1], int(parts[2] or 0)


if __name__ == "__main__":
    answer = arrays_of(Path(sys.argv[1]))
    json.dump(codec.encode(answer), sys.stdout)

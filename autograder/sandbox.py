"""Where student code runs: a kernel process of its own, in a scratch folder, with a bare environment.

`NAME` says how strong the walls are. This one is an ordinary process of the grader's user: it keeps the checks, the
secret and the grader's memory out of the kernel's own process and environment, but not files or the network.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "none"

LONGEST_FOLDER = 60  # characters: the kernel's sockets lie in the folder, and a socket's path has 107 at most
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")
PASSED_ON_PREFIXES = ("OMP_", "OPENBLAS_", "MKL_", "TF_NUM_", "CUDA_")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A fresh folder for one run, removed afterwards."""
    long = len(tempfile.gettempdir()) > LONGEST_FOLDER
    folder = Path(tempfile.mkdtemp(prefix="autograder-", dir="/tmp" if long and os.name == "posix" else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path, *, pictures: bool = True) -> dict[str, str]:
    """The kernel's whole environment: nothing of the grader's but what a Python needs to start.

    pictures: render the figures of the notebook. Without, they are made but not drawn: a third less time in lesson 2.
    """
    env = {k: v for k, v in os.environ.items() if k in PASSED_ON or k.startswith(PASSED_ON_PREFIXES)}
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", os.defpath)])
    home = folder / "home"
    (home / "mpl").mkdir(parents=True, exist_ok=True)
    _lend_font_cache(home / "mpl")
    env.update(
        HOME=str(home),
        IPYTHONDIR=str(home / "ipython"),
        JUPYTER_PLATFORM_DIRS="1",
        MPLCONFIGDIR=str(home / "mpl"),
        MPLBACKEND="module://matplotlib_inline.backend_inline" if pictures else "agg",
        NBGRADER_EXECUTION=os.environ.get("NBGRADER_EXECUTION", "autograde"),
        PYTHONHASHSEED="0",
        PYTHONNOUSERSITE="1",
        PYTHONDONTWRITEBYTECODE="1",
        TF_CPP_MIN_LOG_LEVEL="2",
    )
    return env


def _lend_font_cache(folder: Path) -> None:
    """Copy matplotlib's font list, which takes seconds to make, so that each kernel has its own."""
    import matplotlib

    for source in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copy(source, folder / source.name)

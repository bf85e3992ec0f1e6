"""A fresh clone of this repository, with what is not committed yet."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from autograder import settings


def clone_of_the_course(folder: Path) -> Path:
    """Clone this repository into a folder, and put in what was changed since the last commit."""
    root = settings.root()
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(root), str(folder)], check=True)
    for command in (
        ["git", "diff", "HEAD", "--name-only", "-z"],
        ["git", "ls-files", "--others", "--exclude-standard", "-z"],
    ):
        told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
        for name in filter(None, told.split("\0")):
            if (root / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(root / name, folder / name)
            else:
                (folder / name).unlink(missing_ok=True)
    return folder


def environment(clone: Path) -> dict[str, str]:
    """The environment of somebody who works in the clone: its own secret, its own package."""
    kept = {k: v for k, v in os.environ.items() if k not in ("AUTOGRADER_SECRET_FILE", "AUTOGRADER_COURSE")}
    return {**kept, "PYTHONPATH": str(clone)}

"""Print what the course's package needs, as `pyproject.toml` says it, without the package: `requirements.py EXTRA...` (`build`: what builds it)."""

import sys
import tomllib
from pathlib import Path


def requirements(extras):
    """List the requirements of the package with some of its extras."""
    project = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text("utf-8"))
    # An editable installation needs one more.
    groups = {
        **project["project"]["optional-dependencies"],
        "build": [*project["build-system"]["requires"], "editables"],
    }
    found, todo = [], [*project["project"]["dependencies"], *(one for extra in extras for one in groups[extra])]
    for one in todo:
        if one.startswith("autograder["):
            todo += groups[one[len("autograder[") : -1]]
        elif one not in found:
            found.append(one)
    return found


if __name__ == "__main__":
    print(*requirements(sys.argv[1:]), sep="\n")

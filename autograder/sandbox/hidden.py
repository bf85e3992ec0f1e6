"""Name the folders of the grader's that no program in a box may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from autograder import settings
from autograder.sandbox import visible
from autograder.settings import PACKAGE, Settings

# The first is where nbgrader's exchange often lies.
OFTEN_PRIVATE = (Path("/usr/local/share/nbgrader"), Path("/usr/src"))


def hidden() -> list[Path]:
    """Name the folders that stay empty in a box, even if they lie in one that is shown."""
    places = {
        PACKAGE,
        settings.root(),
        *settings.hidden(),
        Settings.load().secret_file.resolve().parent,
        *OFTEN_PRIVATE,
    }
    # The current folder may be gone.
    with suppress(OSError):
        places.add(Path.cwd())
    # Not every user has a home.
    with suppress(RuntimeError):
        places.add(Path.home())
    return sorted(place for place in places if str(place) not in visible.visible().folders)


def private() -> Iterator[Path]:
    """Name what a program in a box must not see: the hidden folders, and of those in which something is shown all else."""
    yield from hidden()
    todo = [PACKAGE, settings.root(), *settings.hidden()]
    with suppress(RuntimeError):
        todo.append(Path.home())
    while todo:
        place = todo.pop()
        if str(place) in visible.visible().folders:
            with suppress(OSError):
                todo.extend(child for child in place.iterdir() if not child.is_symlink())
        elif not visible.visible().holds(str(place)):
            yield place

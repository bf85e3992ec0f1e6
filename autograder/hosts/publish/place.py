"""Put the students' repository into its folder: all of it is made and searched beside, before anything there changes."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from autograder import files
from autograder.errors import CourseError
from autograder.hosts.publish import leaks
from autograder.hosts.publish.contents import contents
from autograder.tempdirs import Temporary

# Says in a folder that it was published, and which files were made: a file that is not as it was made is somebody's work.
MARK = ".published.json"
MADE_BY = "autograder publish"


@dataclass
class Published:
    """What came of it: files by their paths in the folder.

    Attributes
    ----------
    written, removed : list of str
    kept : list of str
        Files that were made by an earlier run and changed by hand since.
    added : int
        How many other files lie in the folder.
    repository : str
        The address to which the Colab links point, or "".
    """

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    added: int = 0
    repository: str = ""


def publish(root: Path, folder: Path, repository: str | None = None, branch: str | None = None) -> Published:
    """Make the students' repository of a course, or bring it up to date.

    Parameters
    ----------
    root : Path
        The course's folder.
    folder : Path
        Where the repository goes: a new or empty folder, one that holds a git repository and nothing else, or one that was published before.
    repository, branch : str, optional
        Where it will be on GitHub, for the Colab links; by default what the last run said.

    Raises
    ------
    CourseError
        If the folder is another one, or anything of an answer or a check would be published. Then nothing was changed.
    """
    folder = folder.resolve()
    _must_be_apart(root, folder)
    before = _mark(folder)
    repository = before.get("repository", "") if repository is None else repository
    branch = before.get("branch", "main") if branch is None else branch
    made = contents(root, repository, branch)
    digests = {name: _digest(data) for name, data in made.items()}
    mark = {"made_by": MADE_BY, "repository": repository, "branch": branch, "files": digests}
    old = before.get("files", {})
    done = Published(repository=repository)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with Temporary("autograder-publish-", str(folder.parent)) as beside:
        new = beside / "new"
        for name, data in made.items():
            files.write(new / name, data, folders=True)
        _must_hold_no_answer(root, folder, new)
        if not folder.exists():
            files.write(new / MARK, _text(mark))
            os.rename(new, folder)
            done.written = sorted(made)
            return done
    _sort_out(folder, made, old, done)
    # Should this be stopped half-way, the next run knows each file: it is as the last run made it, or already as this one does.
    files.write(folder / MARK, _text({**mark, "files": {**digests, **old}}))
    for name in done.written:
        files.write(folder / name, made[name], folders=True)
    for name in done.removed:
        (folder / name).unlink(missing_ok=True)
        _remove_empty(folder, folder / name)
    known = {**digests, **{name: old[name] for name in done.kept if name in old}}
    files.write(folder / MARK, _text({**mark, "files": known}))
    ours = {*known, MARK}
    done.added = sum(
        path.relative_to(folder).as_posix() not in ours for path in folder.rglob("*") if _is_file_of(folder, path)
    )
    return done


def _must_be_apart(root: Path, folder: Path) -> None:
    root = root.resolve()
    if folder == root or root.is_relative_to(folder):
        raise CourseError(f"{folder}: the course itself lies there. Name a folder beside it.")
    if folder.is_relative_to(root) and folder.relative_to(root).parts[0] != "build":
        raise CourseError(f"{folder} lies in the course's own folder. Name one beside it (or below its build/).")


def _mark(folder: Path) -> dict:
    """Read what an earlier run said of a folder; {} for a new one. CourseError for a folder that holds anything else."""
    if not os.path.lexists(folder):
        return {}
    if not folder.is_dir():
        raise CourseError(f"{folder} is no folder. Name a new one.")
    if {path.name for path in folder.iterdir()} <= {".git"}:
        return {}
    place = folder / MARK
    try:
        mark = json.loads(place.read_text("utf-8"))
        if mark["made_by"] == MADE_BY and all(isinstance(mark["files"][name], str) for name in mark["files"]):
            return mark
    except FileNotFoundError:
        raise CourseError(
            f"{folder}: there is something else in this folder, which `{MADE_BY}` did not make. Name a new folder, or an empty one."
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise CourseError(f"{place} cannot be read. Bring it back (from git), or name a new folder.")


def _must_hold_no_answer(root: Path, folder: Path, new: Path) -> None:
    secrets = leaks.Secrets.of(root)
    found = leaks.in_folder(new, secrets)
    if folder.exists():
        found += leaks.in_folder(folder, secrets)
        if os.path.lexists(folder / ".git"):
            found += leaks.in_git(folder, secrets)
    if found:
        more = f"; and {len(found) - 10} more" if len(found) > 10 else ""
        raise CourseError(
            f"{folder}: nothing is published, since answers or checks would be: {'; '.join(dict.fromkeys(found[:10]))}{more}."
            " Take them out (of a git repository's history: make a new repository), and publish again."
        )


def _sort_out(folder: Path, made: dict[str, bytes], old: dict[str, str], done: Published) -> None:
    """Say of each file what is to be done with it."""
    for name in sorted({*made, *old}):
        place = folder / name
        if not place.parent.resolve().is_relative_to(folder) or place.is_symlink():
            raise CourseError(f"{place}: a link leads elsewhere. Take it away, and publish again. Nothing was changed.")
        there = _digest(place.read_bytes()) if place.is_file() else None
        if name in made and there == _digest(made[name]):
            continue
        if there is not None and there != old.get(name):
            done.kept.append(name)
        elif name in made:
            done.written.append(name)
        else:
            done.removed.append(name)


def _remove_empty(folder: Path, path: Path) -> None:
    for parent in path.parents:
        if parent == folder or not parent.is_dir() or any(parent.iterdir()):
            return
        parent.rmdir()


def _is_file_of(folder: Path, path: Path) -> bool:
    return path.is_file() and ".git" not in path.relative_to(folder).parts[:1]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _text(mark: dict) -> str:
    return json.dumps(mark, indent=1, sort_keys=True) + "\n"

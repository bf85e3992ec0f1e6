"""Search what students are to get for anything of an answer or a hidden check: files, archives, and all that a git repository remembers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from autograder.course.catalog import Lesson, lessons
from autograder.course.markers import BEGIN_SOLUTION, END_SOLUTION, SENTINEL
from autograder.course.pasted import shared_file
from autograder.errors import CourseError
from autograder.sandbox.probe import carriers
from autograder.settings import PACKAGE

# Characters from which on a line says whose it is. Every answer has a line of its own that is as long; lines of checks are many, and like others.
SOLUTION_LINE, CHECK_LINE = 12, 20


@dataclass(frozen=True)
class Secrets:
    """What must not stand in anything that students get.

    Attributes
    ----------
    lines : dict of str to str
        Lines of answers and checks that stand in no text for students, without the spaces around them; by line, where it stands.
    """

    lines: dict[str, str]

    @classmethod
    def of(cls, root: Path) -> Secrets:
        """Read the answers and the checks of a course."""
        public: set[str] = set()
        answers: dict[str, str] = {}
        checks: dict[str, str] = {}
        scripts = [lesson.script for lesson in lessons(root)]
        for path in (*scripts, shared_file(root), PACKAGE / "slips.py"):
            for line, is_answer in _told_apart(_text(path)):
                if is_answer:
                    answers.setdefault(line, f"an answer of solutions/{path.name}")
                else:
                    # In a text cell a line stands behind a comment sign.
                    public |= {line, line.removeprefix("#").strip()}
        for path in _check_files(lessons(root)):
            for line in _text(path).splitlines():
                checks.setdefault(line.strip(), f"autograder/checks/{path.relative_to(path.parents[1]).name}")
        kept = {line: where for line, where in checks.items() if len(line) >= CHECK_LINE}
        kept |= {line: where for line, where in answers.items() if len(line) >= SOLUTION_LINE}
        return cls({line: where for line, where in kept.items() if line not in public})

    def in_text(self, data: bytes) -> str:
        """Say what of an answer or a check stands in a text or a notebook; "" if nothing does."""
        if SENTINEL.encode() in data:
            return "the mark of files with answers or checks"
        for line in _lines(data.decode("utf-8", "replace")):
            if where := self.lines.get(line) or self.lines.get(line.lstrip("#>+- ")):
                return f"a line of {where} (`{line[:80]}`)"
        return ""


def in_folder(folder: Path, secrets: Secrets) -> list[str]:
    """Search all files below a folder, and what is packed in them, but not its own git repository.

    Returns
    -------
    list of str
        One phrase each: the file, and what stands in it.
    """
    found = {}
    for path, what in carriers(SENTINEL, str(folder)):
        if Path(path) != folder and ".git" not in Path(path).relative_to(folder).parts[:1]:
            found[str(Path(path).relative_to(folder))] = what
    for path in sorted(_files(folder)):
        name = str(path.relative_to(folder))
        if name not in found and (what := secrets.in_text(path.read_bytes())):
            found[name] = what
    return [f"{name}: {what}" for name, what in found.items()]


def in_git(folder: Path, secrets: Secrets) -> list[str]:
    """Search every object of a folder's git repository, also those that no branch has any more.

    Raises
    ------
    CourseError
        If git cannot be asked.
    """
    command = ["git", "-C", str(folder), "cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch"]
    found = []
    try:
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_without_git_variables()
        ) as git:
            assert git.stdout is not None and git.stderr is not None
            for number, kind, data in _objects(git.stdout):
                if kind in ("blob", "commit", "tag") and (what := secrets.in_text(data)):
                    found.append(f"git {kind} {number[:12]}{_in_commit(folder, number)}: {what}")
            trouble = git.stderr.read().decode("utf-8", "replace").strip()
    except OSError as error:
        raise CourseError(
            f"{folder} is a git repository, and git cannot be asked about it ({error.strerror}). Install git."
        ) from error
    if git.returncode:
        raise CourseError(
            f"{folder}: git cannot read this repository, so it cannot be searched for answers: {trouble[:300]}"
        )
    return found


def _objects(stream: IO[bytes]) -> Iterator[tuple[str, str, bytes]]:
    while head := stream.readline():
        number, kind, size = head.decode().split()
        yield number, kind, stream.read(int(size))
        stream.read(1)


def _in_commit(folder: Path, number: str) -> str:
    """Name a commit that brought an object, if there is one."""
    command = ["git", "-C", str(folder), "log", "--all", "--format=%h", "-1", f"--find-object={number}"]
    done = subprocess.run(command, capture_output=True, text=True, env=_without_git_variables())
    return f" (commit {done.stdout.strip()})" if done.returncode == 0 and done.stdout.strip() else ""


def _without_git_variables() -> dict[str, str]:
    """Give the environment without what would have git look at another repository (a hook sets GIT_DIR)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def _told_apart(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each line of a script, and whether it belongs to an answer."""
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line in (BEGIN_SOLUTION, END_SOLUTION):
            inside = line == BEGIN_SOLUTION
        else:
            yield line, inside


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text; of a notebook, those of all its texts."""
    try:
        todo: list[Any] = [json.loads(text)] if text.lstrip().startswith(("{", "[")) else [text]
    except (ValueError, RecursionError):
        todo = [text]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            yield from map(str.strip, part.splitlines())
        elif isinstance(part, dict):
            todo += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            todo += part


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and ".git" not in path.relative_to(folder).parts[:1]:
            yield path


def _check_files(found: list[Lesson]) -> list[Path]:
    return [path for lesson in found for path in (lesson.checks, lesson.answers)]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise CourseError(
            f"{path}: {error.strerror}. Without it nobody can say that nothing of it is published."
        ) from error

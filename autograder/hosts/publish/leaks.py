"""Search what students are to get for anything of an answer or a hidden check: files, archives, and all that a git repository remembers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from autograder.course.catalog import Lesson, lessons
from autograder.course.markers import BEGIN_SOLUTION, END_SOLUTION, SENTINEL
from autograder.course.pasted import PASTED, PASTED_FOR_KERAS, shared_file
from autograder.errors import CourseError
from autograder.hosts.publish.texts import squeezed, texts_in
from autograder.sandbox.probe import carriers

# Characters, white space aside, from which on a line says whose it is. Every answer has a line of its own, or all its lines together, that long;
# lines of checks are many, and like others.
SOLUTION_LINE, CHECK_LINE = 11, 24


@dataclass(frozen=True)
class Secrets:
    """What must not stand in anything that students get.

    Attributes
    ----------
    lines : dict of str to (str, str)
        Lines of answers and checks, without white space, that stand in no text for students; by line, the line as it is and where it stands.
    starts : dict of int to list of bytes
        The same lines by `_windows` of their first bytes, with which they are searched for.
    """

    lines: dict[str, tuple[str, str]]
    starts: dict[int, list[bytes]]

    @classmethod
    def of(cls, root: Path) -> Secrets:
        """Read the answers and the checks of a course."""
        public: list[str] = []
        found: dict[str, tuple[str, str]] = {}
        for path in (
            *(lesson.script for lesson in lessons(root)),
            shared_file(root),
            *PASTED,
            PASTED_FOR_KERAS,
        ):
            text, answers = _told_apart(_text(path))
            # In a text cell a line stands behind a comment sign.
            public += [
                squeezed(text),
                squeezed("\n".join(line.strip().removeprefix("#") for line in text.splitlines())),
            ]
            where = f"an answer of solutions/{path.name}"
            for answer in answers:
                own = [line.split("  #")[0].strip() for line in answer]
                whole = " ".join(line for line in own if line)
                found |= {
                    short: (line, where) for line in (whole, *own) if len(short := squeezed(line)) >= SOLUTION_LINE
                }
        for path in _check_files(lessons(root)):
            where = f"autograder/checks/{path.relative_to(path.parents[1]).name}"
            for line in map(str.strip, _text(path).splitlines()):
                if len(short := squeezed(line)) >= CHECK_LINE:
                    found.setdefault(short, (line, where))
        for_students = "\n".join(public)
        keys = {short: int(_windows(short.encode())[0]) for short in found}
        windows = _windows(for_students.encode())
        begins = set(windows[_places(windows, np.fromiter(keys.values(), np.uint64))].tolist())
        lines: dict[str, tuple[str, str]] = {}
        starts: dict[int, list[bytes]] = {}
        for short, told in found.items():
            if (key := keys[short]) not in begins or short not in for_students:
                lines[short] = told
                starts.setdefault(key, []).append(short.encode())
        return cls(lines, starts)

    def in_text(self, data: bytes) -> str:
        """Say what of an answer or a check stands in a file, or is packed in it; "" if nothing does."""
        text = "\n".join(texts_in(data))
        if SENTINEL in text:
            return "the mark of files with answers or checks"
        read = text.encode("utf-8", "replace")
        windows = _windows(read)
        for at in _places(windows, np.fromiter(self.starts, np.uint64)):
            for short in self.starts.get(int(windows[at]), ()):
                if read.startswith(short, at):
                    line, where = self.lines[short.decode()]
                    return f"a line of {where} (`{line[:80]}`)"
        return ""


def _windows(data: bytes) -> np.ndarray:
    """Give a number for the `SOLUTION_LINE` bytes that begin at each byte of a text; equal bytes have equal numbers."""
    if len(data) < SOLUTION_LINE:
        return np.empty(0, np.uint64)
    eight = np.lib.stride_tricks.sliding_window_view(np.frombuffer(data, np.uint8), 8).copy().view(np.uint64)[:, 0]
    return eight[: len(data) - SOLUTION_LINE + 1] * np.uint64(0x9E3779B97F4A7C15) ^ eight[SOLUTION_LINE - 8 :]


def _places(windows: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """List where one of some numbers may be: in all places where one is, and in a few others, which have its first bits."""
    seen = np.zeros(1 << 20, bool)
    seen[keys >> np.uint64(44)] = True
    return np.flatnonzero(seen[windows >> np.uint64(44)])


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
            found[Path(path).relative_to(folder).as_posix()] = what
    for path in sorted(_files(folder)):
        name = path.relative_to(folder).as_posix()
        if name not in found and (what := secrets.in_text(name.encode("utf-8", "replace"))):
            found[name] = f"its name holds {what}"
        if name not in found and path.is_file() and (what := secrets.in_text(path.read_bytes())):
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
                # A tree is the names of a folder's files.
                if what := secrets.in_text(data):
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


def _told_apart(text: str) -> tuple[str, list[list[str]]]:
    """Tell a script's text for students from its answers, which are lists of lines."""
    public: list[str] = []
    answers: list[list[str]] = []
    inside = False
    for line in map(str.strip, text.splitlines()):
        if line in (BEGIN_SOLUTION, END_SOLUTION):
            inside = line == BEGIN_SOLUTION
            answers += [[]] if inside else []
        else:
            (answers[-1] if inside else public).append(line)
    return "\n".join(public), answers


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if ".git" not in path.relative_to(folder).parts[:1]:
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

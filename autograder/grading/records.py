"""What a course directory remembers of its grading: who is grading now (a lock), and what happened to whom (a journal).

Both lie in `.autograder/` beside the gradebook. Grades are the gradebook's; the journal says how they came about.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import hashlib
import hmac
import json
import os
import socket
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course.catalog import Lesson
from autograder.errors import Busy, CourseError

FOLDER = ".autograder"
GRADED, STARTED, FAILED, PROVEN, NEW_SECRET = "graded", "started", "failed", "proven", "new secret"  # events
ALIKE = "alike"  # another one: two hand-ins were put before a human
LATENESS = "lateness"  # and this: a grade stayed, and what it loses for lateness was reckoned anew


@contextlib.contextmanager
def lock(course: Path, what: str, *, shared: bool = False) -> Iterator[None]:
    """Be the only grader of a course directory. A lock whose holder was killed is free: the system lets go of it.

    shared: whether a group of instructors grades here (nbgrader's `groupshared`), each of whom must be able to write.
    """
    path = course / FOLDER / "lock"
    try:
        path.parent.mkdir(exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        if shared:
            share(path.parent)
    except OSError as error:
        raise CourseError(
            f"{path}: cannot be written ({error.strerror}). Whoever grades here needs the rights to {path.parent}."
        ) from error
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = file.read().strip() or "somebody"
            raise Busy(f"{course}: {holder} is grading here. Wait until that has ended, or stop it.") from None
        except OSError as error:
            raise CourseError(f"{path}: this folder cannot be locked ({error.strerror}).") from error
        file.truncate()
        file.write(f"{_user()} ({what}, process {os.getpid()} on {socket.gethostname()}, since {_now()})")
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


def share(*places: Path) -> None:
    """Let the group read and write these files, and what lies in these folders, as far as they are one's own to share."""
    for place in places:
        for path in (place, *(place.rglob("*") if place.is_dir() else ())):
            share_folders(path)
            with contextlib.suppress(OSError):
                status = path.lstat()
                if stat.S_ISREG(status.st_mode):
                    path.chmod(stat.S_IMODE(status.st_mode) | 0o660)


def share_folders(*places: Path) -> None:
    """Let the group write into these folders, and own what is made there."""
    for path in places:
        with contextlib.suppress(OSError):
            status = path.lstat()
            if stat.S_ISDIR(status.st_mode):
                path.chmod(stat.S_IMODE(status.st_mode) | 0o2770)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Journal:
    """`.autograder/journal.jsonl`: one JSON object a line, only ever added to; a line that is there was written whole."""

    def __init__(self, course: Path) -> None:
        self.path = course / FOLDER / "journal.jsonl"

    def add(self, event: str, **facts: Any) -> None:
        """Write one event down for good. OSError if the disk is full."""
        line = json.dumps({"time": _now(), "event": event, **facts}, ensure_ascii=False, sort_keys=True) + "\n"
        self.path.parent.mkdir(exist_ok=True)
        with open(self.path, "a+b") as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":  # torn off by a crash: it never counted, and must not spoil this one
                    line = "\n" + line
            try:
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(file.fileno(), size)
                raise

    def events(self) -> list[dict[str, Any]]:
        """All events in order. A line that is no JSON object was torn off by a crash and is left out."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CourseError(f"{self.path}: cannot be read ({error.strerror}).") from error
        found = []
        for line in lines:
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if isinstance(event, dict):
                    found.append(event)
        return found

    def grades(self, lesson: str) -> dict[str, dict[str, Any]]:
        """The event of each student's last grade of a lesson, with what was reckoned anew since then."""
        found: dict[str, dict[str, Any]] = {}
        for event in self.events():
            if event.get("lesson") != lesson or "student" not in event:
                continue
            if event["event"] == GRADED:
                found[event["student"]] = event
            elif event["event"] == LATENESS and event["student"] in found:
                before = found[event["student"]]
                anew = {"with": {**before.get("with", {}), **event.get("with", {})}, "own_due": event.get("own_due")}
                found[event["student"]] = {**before, **anew}
        return found

    def last(self, lesson: str) -> dict[str, dict[str, Any]]:
        """The last event of each student's grading of a lesson."""
        mine = (e for e in self.events() if e.get("lesson") == lesson and "student" in e and e["event"] != LATENESS)
        return {event["student"]: event for event in mine}


def fingerprint_of_course(lesson: Lesson) -> str:
    """A hash of what decides a grade: the lesson's release, its solutions and its checks. CourseError if one is missing."""
    return digest_of(lesson.release, lesson.solution, lesson.checks)


def digest_of(*paths: Path) -> str:
    """A hash of files of the course, one behind the other. CourseError if one cannot be read."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            digest.update(path.read_bytes())
        except OSError as error:
            raise CourseError(
                f"{path}: {error.strerror}. Nothing can be graded without it. Run `autograder build`, or bring the file back."
            ) from error
    return digest.hexdigest()[:16]


def fingerprint_of_secret(secret: bytes) -> str:
    """Tells one secret from another and nothing else."""
    return hmac.digest(secret, b"which secret is this?", "sha256").hex()[:16]


def must_be_the_same_secret(journal: Journal, fingerprint: str) -> None:
    """CourseError if the grades so far were given with another secret and nobody said that this is right."""
    known = [event["secret"] for event in journal.events() if "secret" in event]
    if known and known[-1] != fingerprint:
        raise CourseError(
            "The grader's secret is not the one that the grades so far were given with: it was lost or changed, so hidden inputs"
            " would be drawn anew and the same hand-in could get another grade. Put the old .autograder/secret back from"
            " your backup, or say that the new one counts from now on: `autograder accept-secret`."
        )

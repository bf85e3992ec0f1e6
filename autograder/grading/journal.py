"""What a course directory remembers of its grading: what happened to whom, and with which course, secret and grader.

Grades are the gradebook's; the journal says how they came about.
"""

from __future__ import annotations

import contextlib
import json
import os
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder import files
from autograder.errors import CourseError
from autograder.settings import FOLDER


class Event(StrEnum):
    """What a line of the journal tells."""

    STARTED = "started"
    GRADED = "graded"
    FAILED = "failed"
    PROVEN = "proven"  # the course's own solution passed its hidden checks
    NEW_SECRET = "new secret"
    ALIKE = "alike"  # two submissions were put before a human
    LATENESS = "lateness"  # a grade stayed, and what it loses for lateness was reckoned anew
    STANDS = "stands"  # a grade was rejudged and stayed, so that it is as good as one that was given with the course of that day
    REJUDGED = "rejudged"  # a rejudging was applied or discarded


# Events of a student that say nothing of how the last grading ended.
BESIDE = (Event.LATENESS, Event.STANDS)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Journal:
    """`.autograder/journal.jsonl`: one JSON object a line, only ever added to; a line that is there was written whole."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / FOLDER / "journal.jsonl"
        self._on_its_way = False

    def add(self, event: Event, *, at_once: bool = True, **facts: Any) -> None:
        """Write one event down for good. OSError if the disk is full.

        at_once: whether the disk has it, and all that was written before, when this returns; otherwise `flush` waits for that.
        """
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
                if at_once:
                    os.fsync(file.fileno())
                self._on_its_way = not at_once
            except OSError as error:
                with contextlib.suppress(OSError):
                    os.ftruncate(file.fileno(), size)
                raise OSError(error.errno, error.strerror, str(self.path)) from error

    def flush(self) -> None:
        """Wait until the disk has all events."""
        if self._on_its_way:
            files.flush(self.path)
            self._on_its_way = False

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
        """The event of each student's last grade of a lesson, with what was reckoned anew since then, and for which other courses it stands ("stands")."""
        found: dict[str, dict[str, Any]] = {}
        for event in self.events():
            if event.get("lesson") != lesson or "student" not in event:
                continue
            if event["event"] == Event.GRADED:
                found[event["student"]] = event
            elif event["event"] == Event.LATENESS and event["student"] in found:
                before = found[event["student"]]
                anew = {"with": {**before.get("with", {}), **event.get("with", {})}, "own_due": event.get("own_due")}
                found[event["student"]] = {**before, **anew}
            elif event["event"] == Event.STANDS and event["student"] in found:
                before = found[event["student"]]
                if before.get("handed") == event.get("handed"):
                    found[event["student"]] = {**before, "stands": [*before.get("stands", []), event]}
        return found

    def lost(self, lesson: str, student: str, revision: str) -> bool:
        """Whether a submission, in this very revision, cost workers their lives in a run that is over."""
        mine = (e for e in self.events() if e.get("student") == student and e.get("lesson") == lesson)
        return any(event.get("lost") and event.get("handed") == revision for event in mine)

    def last(self, lesson: str) -> dict[str, dict[str, Any]]:
        """The last event of each student's grading of a lesson."""
        mine = (e for e in self.events() if e.get("lesson") == lesson and "student" in e and e["event"] not in BESIDE)
        return {event["student"]: event for event in mine}


def must_be_the_same_secret(journal: Journal, fingerprint: str) -> None:
    """CourseError if the grades so far were given with another secret and nobody said that this is right."""
    known = [event["secret"] for event in journal.events() if "secret" in event]
    if known and known[-1] != fingerprint:
        raise CourseError(
            "The grader's secret is not the one that the grades so far were given with: it was lost or changed, so hidden inputs"
            " would be drawn anew and the same submission could get another grade. Put the old .autograder/secret back from"
            " your backup, or say that the new one counts from now on: `autograder accept-secret`."
        )

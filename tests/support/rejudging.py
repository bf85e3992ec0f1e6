"""A class that was graded by other checks than today's, and the commands that rejudge it."""

from __future__ import annotations

import hashlib
import json
import re

from autograder.course import build
from autograder.course.catalog import Lesson
from autograder.grading.freshness import fingerprint_of_course
from autograder.grading.journal import Event, Journal
from autograder.grading.kept import kept
from autograder.grading.pending import Head, Pending
from autograder.hosts.nbgrader.release import release_text
from autograder.settings import Settings
from tests.support import canned, tiny
from tests.support.small_class import autograde, graded_notebook, scores

OLD = {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}
# By the new checks: `half` asks for something that the wrong answer has as well, and `mirror` for something that the comment says.
NEW = {"sample-a": 10.0, "sample-b": 10.0, "sample-c": 5.0}


def change_the_checks(lesson: Lesson) -> None:
    """Changed in the file, and in what canned reports say; the course's own solution is known to pass the new ones, too."""
    before = Journal(lesson.root).events()
    with open(lesson.checks, "a", encoding="utf-8") as file:
        file.write("\n# other checks\n")
    proof = next(event for event in before if event["event"] == Event.PROVEN)
    facts = {name: value for name, value in proof.items() if name not in ("event", "time")}
    Journal(lesson.root).add(Event.PROVEN, **{**facts, "course": fingerprint_of_course(lesson)})


def rejudge(lesson: Lesson, *options: str, changes=()):
    return tiny.autograder(
        lesson.root, "rejudge", lesson.name, *options, changes=[canned.use, canned.other_checks, *changes]
    )


def grade(lesson: Lesson, *options: str, changes=()):
    return autograde(lesson, *options, changes=[canned.other_checks, *changes])


def must(done, status: int = 0) -> str:
    assert done.returncode == status, (done.stdout[-3000:], done.stderr[-3000:])
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def pending(lesson: Lesson) -> Head | None:
    """The rejudging that is not at its end."""
    return Pending(Settings.load(lesson.root), lesson.name).head()


def state(lesson: Lesson) -> dict[str, str]:
    """A digest of all that a rejudging must leave alone."""
    places = [lesson.root / "gradebook.db", *sorted((lesson.root / "autograded").rglob("*.ipynb"))]
    places += sorted((lesson.root / ".autograder" / "results").rglob("*.json"))
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in places}


def must_be_applied(lesson: Lesson, new: dict[str, float]) -> None:
    """Gradebook, graded notebooks, results and journal agree."""
    assert scores(lesson) == new
    for student, score in new.items():
        note = json.loads(graded_notebook(lesson, student).read_text("utf-8"))["metadata"]["autograder"]
        assert note["result"]["score"] == score
        whole = kept(Settings.load(lesson.root), lesson.name, student, note["handed"])
        assert whole is not None and whole.score == score
        assert Journal(lesson.root).grades(lesson.name)[student]["score"] == score
    assert not Pending(Settings.load(lesson.root), lesson.name).folder.exists()
    assert not (lesson.root / ".autograder" / "staging").exists()


def give_points(lesson: Lesson, *points: int) -> None:
    """Change what the exercises are worth, in the script, and build."""
    left = iter(points)
    text = re.sub(r"\*\*\d+ points", lambda _: f"**{next(left)} points", lesson.script.read_text("utf-8"))
    lesson.script.write_text(text, "utf-8")
    build.build(lesson, release_text)


def by_the_same_checks(lesson: Lesson, *options: str, changes=()):
    return tiny.autograder(lesson.root, "rejudge", lesson.name, *options, changes=[canned.use, *changes])

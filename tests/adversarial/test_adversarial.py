"""Every hostile submission of `tests/adversarial/` gets what its file says, and the class around it does not notice."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.catalog import Lesson
from autograder.sandbox import backend
from tests import adversarial
from tests.support import tiny

pytestmark = pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine")

CASES = {name: adversarial.load(name) for name in adversarial.NAMES}
PLAIN = [name for name, case in CASES.items() if adversarial.lesson_of(case) == tiny.NAME]
# One of each kind, graded by `make test`; the other cases are slow.
QUICK = (
    "always_eq", "broken_messages", "forged_reply", "honest", "import_solution", "patch_libs", "thief_site_packages",
)  # fmt: skip
# One class a core.
HALVES = {name: f"adversarial-{number % 2}" for number, name in enumerate(PLAIN) if name not in QUICK}
HALVES |= dict.fromkeys(QUICK, "adversarial-quick")
HALVES |= {name: f"adversarial-{adversarial.lesson_of(CASES[name])}" for name in CASES if name not in PLAIN}
CANARY = b"CANARY-7f3a9c51"
SURVIVOR = b"adversarial-survivor"


def marks_of(half: str) -> list:
    group = pytest.mark.xdist_group(half)
    return [group] if half == "adversarial-quick" else [group, pytest.mark.slow]


@dataclass
class Graded:
    """A class of cases, graded, with feedback."""

    lesson: Lesson
    log: str

    def result(self, name: str) -> dict:
        path = self.lesson.root / "autograded" / name / self.lesson.name / f"{self.lesson.name}.ipynb"
        return json.loads(path.read_text("utf-8"))["metadata"]["autograder"]["result"]

    def page(self, name: str) -> str:
        return (self.lesson.root / "feedback" / name / self.lesson.name / f"{self.lesson.name}.html").read_text("utf-8")


_classes: dict[str, Graded | None] = {}


@pytest.fixture
def class_of(tmp_path_factory):
    """The graded class of a half: `class_of(half)`; made once in a process."""

    def graded(half: str) -> Graded:
        if half not in _classes:
            _classes[half] = None
            _classes[half] = _grade(half, tmp_path_factory.mktemp(half))
        assert _classes[half] is not None, "the class could not be graded"
        return _classes[half]

    return graded


def _grade(half: str, folder: Path) -> Graded:
    before = set(os.listdir("/tmp")) | set(os.listdir(Path.home()))
    mine = [name for name, its in HALVES.items() if its == half]
    lesson = tiny.make_course(folder, adversarial.lesson_of(CASES[mine[0]]))
    for name in mine:
        adversarial.submit(CASES[name], lesson, name)
    steps = [tiny.nbgrader(folder, step, lesson.name, seconds=900) for step in ("autograde", "generate_feedback")]
    log = "".join(done.stdout + done.stderr for done in steps)
    assert [done.returncode for done in steps] == [0, 0], log[-6000:]
    left = {n for n in (set(os.listdir("/tmp")) | set(os.listdir(Path.home()))) - before if "adversarial-file" in n}
    assert not left
    return Graded(lesson, log)


@pytest.mark.parametrize("name", [pytest.param(name, marks=marks_of(half)) for name, half in HALVES.items()])
def test_a_case_gets_what_its_file_says(class_of, name):
    expect = CASES[name].EXPECT
    graded = class_of(HALVES[name])
    result = graded.result(name)
    points = {cell["id"].removesuffix("_check"): cell["points"] for cell in result["cells"]}
    assert points == adversarial.points(CASES[name]), json.dumps(result, indent=1)[:3000]
    assert result["verdict"] == expect.get("verdict", result["verdict"])
    assert result["verdict"] != "INFRA"
    lost = [cell["message"] for cell in result["cells"] if cell["points"] != 5]
    assert not lost or all(lost), "points were lost and no word was said"
    assert any(expect.get("says", "") in message for message in lost or [""]), lost
    assert expect.get("repaired", "") in " ".join(result["repaired"])
    assert expect.get("reason", "") in result["reason"]


@pytest.mark.parametrize("half", [pytest.param(half, marks=marks_of(half)) for half in sorted(set(HALVES.values()))])
class TestTheWholeClass:
    """What must hold for all of them together."""

    def test_no_student_sees_a_byte_of_the_checks(self, class_of, half):
        graded = class_of(half)
        for folder in ("autograded", "feedback", "submitted"):
            for path in (graded.lesson.root / folder).rglob("*"):
                if path.is_file() and not path.is_symlink():
                    assert CANARY not in path.read_bytes(), path
        assert CANARY.decode() not in graded.log

    def test_submissions_in_are_verdicts_out(self, class_of, half):
        graded = class_of(half)
        mine = {name for name, its in HALVES.items() if its == half}
        with Gradebook(f"sqlite:///{graded.lesson.root}/gradebook.db") as book:
            saved = {found.student.id: found for found in book.find_assignment(graded.lesson.name).submissions}
            assert set(saved) == mine
            for name, found in saved.items():
                points = adversarial.points(CASES[name]).values()
                assert found.score == sum(value or 0 for value in points), name
                assert 0 <= found.score <= found.max_score
                assert found.needs_manual_grade == (CASES[name].EXPECT.get("verdict") == "REVIEW"), name

    def test_nothing_survives(self, class_of, half):
        class_of(half)
        for place in Path("/proc").iterdir():
            try:
                assert not place.name.isdigit() or SURVIVOR not in (place / "cmdline").read_bytes(), place
            except OSError:
                continue

    def test_no_page_runs_a_script(self, class_of, half):
        """Looked at with a parser, as a browser would: no script, no handler, no script address of the student's."""
        from bs4 import BeautifulSoup

        graded = class_of(half)
        for name, its in HALVES.items():
            if its != half:
                continue
            soup = BeautifulSoup(graded.page(name), "html.parser")
            assert "adversarial" not in " ".join(
                tag.get_text() for tag in soup(["script", "iframe", "object", "embed"])
            )
            for tag in soup.find_all(True):
                for key, value in tag.attrs.items():
                    assert not (key.startswith("on") and "alert(" in str(value)), (name, tag)
                    assert not str(value).strip().lower().startswith("javascript:"), (name, tag)
                    assert key != "srcdoc"

    @pytest.mark.slow
    def test_a_second_run_gives_the_same_bytes(self, class_of, half):
        graded = class_of(half)
        names = [
            name
            for name, its in HALVES.items()
            if its == half and not name.startswith(("flood", "read_tests", "lying"))
        ]
        before = {name: _without_times(graded, name) for name in names}
        done = tiny.nbgrader(graded.lesson.root, "autograde", graded.lesson.name, "--force", seconds=900)
        assert done.returncode == 0, done.stderr[-3000:]
        assert {name: _without_times(graded, name) for name in names} == before


def _without_times(graded: Graded, name: str) -> dict:
    result = graded.result(name)
    for changing in ("seconds", "timings"):
        result.pop(changing)
    return result


def test_a_case_that_is_expected_to_pass_unearned_is_no_case():
    """The files themselves: all honest ones expect full points, and every file says what it does."""
    for name, case in CASES.items():
        assert case.__doc__, name
        if name.startswith("honest"):
            assert set(adversarial.points(case).values()) == {5}, name

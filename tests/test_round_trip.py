"""nbgrader's whole round trip with its real commands: released, fetched, submitted, collected, graded, marked by hand, given back, exported."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.catalog import Lesson
from autograder.sandbox import backend
from tests import tiny

pytestmark = [
    pytest.mark.skipif(backend.proven()[0] is None, reason="no sandbox holds on this machine"),
    pytest.mark.xdist_group("round-trip"),  # the course goes through its term once
]

MIRROR_WRONG = "# ✏️ Answer: mirror\ndef mirror(grid):\n    return grid"
DUE = "2026-03-01 12:00:00 UTC"
# Students of the register: id, last name, first name. Each name hurts some program.
REGISTER = {
    "ana": ("Doe, Jane", 'Ana "Annie"'),
    "ben": ("King, Jr.", "Ben\nBenjamin"),
    "4711": ("Öztürk", "Cem 🎨"),
    "a[b]": ("O'Hara", "=1+1"),
    "007": ("-Null", "@James"),
    "dan.x": ("<b>Bold</b>", "%s {0}"),
}
# By which way each hand-in comes, what is in it ("right", "wrong", "blank"), and how late it is.
BY_EXCHANGE = {"ana": "wrong", "ben": "right"}
BY_MOODLE = {"4711": "right"}
BY_CANVAS = {"dan": "blank"}
BY_FOLDER = {"a[b]": "right", "007": "right"}


@dataclass
class Term:
    """A course after a term: what each command said, and where the students' own folders are."""

    lesson: Lesson
    said: dict[str, str]
    home: dict[str, Path]

    @property
    def root(self) -> Path:
        return self.lesson.root

    def page(self, student: str) -> str:
        return (self.root / "feedback" / student / self.lesson.name / f"{self.lesson.name}.html").read_text("utf-8")

    def rows(self) -> dict[str, dict[str, str]]:
        with open(self.root / "grades.csv", encoding="utf-8", newline="") as file:
            return {row["student_id"].lstrip("'"): row for row in csv.DictReader(file)}


def notebook_of(lesson: Lesson, kind: str):
    notebook = lesson.read_release() if kind == "blank" else tiny.right(lesson)
    if kind == "wrong":
        next(cell for cell in notebook.cells if cell.id == "mirror").source = MIRROR_WRONG
    return notebook


def text_of(notebook) -> str:
    import nbformat

    return nbformat.writes(notebook)


@pytest.fixture(scope="module")
def term(tmp_path_factory) -> Term:
    folder = tmp_path_factory.mktemp("term")
    lesson = tiny.make_course(folder / "course")
    exchange = folder / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    with open(lesson.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(f"\nc.Exchange.root = {str(exchange)!r}\nc.CourseDirectory.course_id = 'colouring'\n")
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    said: dict[str, str] = {}
    name = lesson.name

    def teacher(*command: str, label: str = "", status: int = 0) -> None:
        done = tiny.nbgrader(lesson.root, *command)
        said[label or command[0]] = done.stdout + done.stderr
        assert done.returncode == status, (command, done.stderr[-3000:])
        assert "Traceback" not in done.stderr, (command, done.stderr[-3000:])

    home = {student: folder / f"home-{number}" for number, student in enumerate(BY_EXCHANGE)}

    def student_says(student: str, *command: str) -> None:
        home[student].mkdir(exist_ok=True)
        (home[student] / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\nc.Exchange.cache = {str(home[student] / 'cache')!r}\n"
            "c.CourseDirectory.course_id = 'colouring'\n"
        )
        environment = {**os.environ, "JUPYTER_NO_CONFIG": "1"}
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command, f"--CourseDirectory.student_id={student}"], cwd=home[student],
            env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        said[f"{student}: {command[0]}"] = done.stdout + done.stderr
        assert done.returncode == 0, (command, done.stderr[-3000:])

    # The register, the due date, the release.
    with open(folder / "register.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "last_name", "first_name"])
        rows.writerows([student, *names] for student, names in REGISTER.items())
    teacher("db", "student", "import", str(folder / "register.csv"), label="register")
    teacher("generate_assignment", name)
    teacher("db", "assignment", "add", name, "--duedate", DUE, label="due")
    teacher("release_assignment", name)

    # Two students fetch it, work, and submit; one of them again, later.
    for student, kind in BY_EXCHANGE.items():
        student_says(student, "fetch_assignment", name)
        (home[student] / name / f"{name}.ipynb").write_text(text_of(notebook_of(lesson, kind)), "utf-8")
        student_says(student, "submit", name)
    teacher("collect", name)
    for student in BY_EXCHANGE:  # the exchange writes the time of today: the due date of this term is long ago
        (lesson.root / "submitted" / student / name / "timestamp.txt").write_text("2026-02-27 10:00:00.000000 UTC")

    # The others come in zip files of a learning management system, and by folder.
    archive = lesson.root / "downloaded" / name / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "moodle.zip", "w") as packed:
        for student, kind in BY_MOODLE.items():
            place = f"{REGISTER[student][1]} {REGISTER[student][0]}_{student}_assignsubmission_file"
            packed.writestr(f"{place}/{name}.ipynb", text_of(notebook_of(lesson, kind)))
    moodle = (
        r"--FileNameCollectorPlugin.named_regexp=.*_(?P<student_id>\d+)_assignsubmission_file/(?P<file_id>\w+)\.ipynb"
    )
    teacher("zip_collect", name, "--force", moodle, label="moodle")
    (archive / "moodle.zip").unlink()
    with zipfile.ZipFile(archive / "canvas.zip", "w") as packed:
        for student, kind in BY_CANVAS.items():
            packed.writestr(f"{student}_LATE_23_42_{name}-1.ipynb", text_of(notebook_of(lesson, kind)))
    canvas = (
        r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>[^/_]+)_(LATE_)?\d+_\d+_(?P<file_id>\d\d_[a-z]+)"
    )
    teacher("zip_collect", name, "--force", canvas, label="canvas")
    for student, kind in BY_FOLDER.items():
        place = tiny.hand_in(lesson, student, notebook_of(lesson, kind))
        if student == "007":
            (place / "timestamp.txt").write_bytes("\ufeff2026-03-02 12:00:00 UTC\r\n".encode())

    teacher("autograde", name)
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:  # what the formgrader writes for a mark by hand
        mark = book.find_grade("mirror_check", name, name, "ana")
        mark.manual_score, mark.needs_manual_grade = 2.0, False
        book.find_comment("mirror", name, name, "ana").manual_comment = "Nearly: look at the columns."
        book.db.commit()
    teacher("generate_feedback", name)
    teacher("release_feedback", name)
    for student in BY_EXCHANGE:
        student_says(student, "fetch_feedback", name)
    said["ana: first page"] = _fetched(home["ana"], name)

    # One of them hands in again, and the round is made once more.
    (home["ana"] / name / f"{name}.ipynb").write_text(text_of(notebook_of(lesson, "right")), "utf-8")
    student_says("ana", "submit", name)
    teacher("collect", name, "--update", label="collect again")
    (lesson.root / "submitted" / "ben" / name / "timestamp.txt").write_text("2026-02-27 10:00:00.000000 UTC")
    teacher("autograde", name, label="autograde again")
    teacher("generate_feedback", name, label="generate_feedback again")
    teacher("release_feedback", name, label="release_feedback again")
    student_says("ana", "fetch_feedback", name)
    teacher("export")
    return Term(lesson, said, home)


def _fetched(home: Path, name: str) -> str:
    """The newest page that `fetch_feedback` brought."""
    pages = sorted((home / name / "feedback").rglob("*.html"), key=lambda path: path.parent.name)
    assert pages, sorted(str(path) for path in home.rglob("*"))
    return pages[-1].read_text("utf-8")


def points_on(page: str) -> str:
    """The total on a feedback page, "7 / 10"."""
    return re.search(r">([\d.]+ / [\d.]+) points<", page)[1]


def test_everybody_has_the_grade_that_was_earned(term):
    with Gradebook(f"sqlite:///{term.root}/gradebook.db") as book:
        found = {
            s.student.id: (s.score, s.late_submission_penalty or 0)
            for s in book.find_assignment(term.lesson.name).submissions
        }
    late = 10.0  # of 10: the method is "zero"
    assert found == {
        "ana": (7.0, 7.0),  # handed in again today, long after the due date; 2 of 5 by hand stay
        "ben": (10.0, 0),
        "4711": (10.0, 0),
        "dan": (0.0, 0),
        "a[b]": (10.0, 0),
        "007": (10.0, late),
    }


def test_feedback_that_was_released_is_what_the_student_fetches(term):
    first = term.said["ana: first page"]
    assert "7 / 10" in first
    assert "Nearly: look at the columns." in first
    assert points_on(_fetched(term.home["ben"], term.lesson.name)) == "10 / 10"
    assert _fetched(term.home["ben"], term.lesson.name) == term.page("ben")
    assert _fetched(term.home["ana"], term.lesson.name) == term.page("ana"), "of the second hand-in"
    assert _fetched(term.home["ana"], term.lesson.name) != first


def test_a_hand_in_that_did_not_come_through_the_exchange_stops_nobodys_feedback(term):
    said = term.said["release_feedback"]
    for student in (*BY_MOODLE, *BY_CANVAS, *BY_FOLDER):
        assert f"{student}: not released" in said
    for student in BY_EXCHANGE:
        assert f"feedback for student '{student}'" in said


def test_nbgraders_own_files_go_along_and_no_student_code_sees_them(term):
    name = term.lesson.name
    for student in BY_EXCHANGE:
        for step in ("autograded", "feedback"):
            kept = {path.name for path in (term.root / step / student / name).iterdir()}
            assert {"timestamp.txt", "submission_secret.txt"} <= kept, (student, step)
        assert "submission_secret" not in term.page(student)
    assert "not taken along" not in term.said["autograde"] + term.said["autograde again"]


def test_the_export_has_every_student_and_reads_back(term):
    rows = term.rows()
    assert set(rows) == {*REGISTER, "dan"}
    assert rows["dan.x"]["score"] == "", "not handed in is empty"
    assert float(rows["dan"]["score"]) == 0, "blank is 0"
    assert float(rows["007"]["score"]) == 0, "a day late, by the method of this course"
    assert float(rows["007"]["raw_score"]) == 10
    for student, (last, first) in REGISTER.items():
        assert rows[student]["last_name"].lstrip("'") == last
        assert rows[student]["first_name"].lstrip("'") == first
        assert rows[student]["first_name"][:1] not in ("=", "+", "@", "-")


def test_a_second_run_changes_nothing(term):
    done = tiny.nbgrader(term.root, "autograde", term.lesson.name)
    assert done.returncode == 0
    assert done.stderr.count("nothing new from") == 6
    assert "Grading" not in done.stderr

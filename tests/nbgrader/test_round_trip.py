"""nbgrader's whole round trip with its real commands: released, fetched, submitted, collected, graded, marked by hand, given back, exported."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course.catalog import Lesson
from autograder.sandbox import backend
from tests.support import tiny

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
# By which way each submission comes, what is in it ("right", "wrong", "blank"), and how late it is.
BY_EXCHANGE = {"ana": "wrong", "ben": "right"}
BY_MOODLE = {"4711": "right"}
BY_CANVAS = {"dan": "blank"}
BY_FOLDER = {"a[b]": "right", "007": "right"}


@dataclass
class Term:
    """A course in its term: what each command said, and where the students' own folders are."""

    lesson: Lesson
    folder: Path
    said: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.lesson.root

    @property
    def exchange(self) -> Path:
        return self.folder / "exchange"

    @property
    def home(self) -> dict[str, Path]:
        return {student: self.folder / f"home-{number}" for number, student in enumerate(BY_EXCHANGE)}

    def page(self, student: str) -> str:
        return (self.root / "feedback" / student / self.lesson.name / f"{self.lesson.name}.html").read_text("utf-8")

    def rows(self) -> dict[str, dict[str, str]]:
        with open(self.root / "grades.csv", encoding="utf-8", newline="") as file:
            return {row["student_id"].lstrip("'"): row for row in csv.DictReader(file)}

    def write(self, student: str, kind: str) -> None:
        """Have a student fill in the notebook that was fetched."""
        path = self.home[student] / self.lesson.name / f"{self.lesson.name}.ipynb"
        path.write_text(text_of(notebook_of(self.lesson, kind)), "utf-8")

    def teacher(self, *command: str, label: str = "") -> None:
        """A command of the teacher's in the course's folder."""
        done = tiny.nbgrader(self.root, *command)
        self.said[label or command[0]] = done.stdout + done.stderr
        assert done.returncode == 0, (command, done.stderr[-3000:])
        assert "Traceback" not in done.stderr, (command, done.stderr[-3000:])

    def student(self, student: str, *command: str) -> None:
        """A command of a student's in a folder of their own."""
        home = self.home[student]
        home.mkdir(exist_ok=True)
        (home / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.Exchange.root = {str(self.exchange)!r}\nc.Exchange.cache = {str(home / 'cache')!r}\n"
            "c.CourseDirectory.course_id = 'colouring'\n"
        )
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command, f"--CourseDirectory.student_id={student}"], cwd=home,
            env={**os.environ, "JUPYTER_NO_CONFIG": "1"}, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        self.said[f"{student}: {command[0]}"] = done.stdout + done.stderr
        assert done.returncode == 0, (command, done.stderr[-3000:])


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
    """A whole term, once for all tests of this file."""
    folder = tmp_path_factory.mktemp("term")
    term = Term(tiny.make_course(folder / "course"), folder)
    term.exchange.mkdir(mode=0o777)
    term.exchange.chmod(0o777)
    with open(term.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(f"\nc.Exchange.root = {str(term.exchange)!r}\nc.CourseDirectory.course_id = 'colouring'\n")
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    _release(term)
    _submit_by_the_exchange(term)
    _submit_by_archives_and_folders(term)
    _grade_and_give_back(term)
    _grade_again(term)
    return term


def _release(term: Term) -> None:
    """The register, the due date, the release."""
    name = term.lesson.name
    with open(term.folder / "register.csv", "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "last_name", "first_name"])
        rows.writerows([student, *names] for student, names in REGISTER.items())
    term.teacher("db", "student", "import", str(term.folder / "register.csv"), label="register")
    term.teacher("generate_assignment", name)
    term.teacher("db", "assignment", "add", name, "--duedate", DUE, label="due")
    term.teacher("release_assignment", name)


def _submit_by_the_exchange(term: Term) -> None:
    """Two students fetch it, work, and submit."""
    name = term.lesson.name
    for student, kind in BY_EXCHANGE.items():
        term.student(student, "fetch_assignment", name)
        term.write(student, kind)
        term.student(student, "submit", name)
    term.teacher("collect", name)
    # The exchange writes the time of today: the due date of this term is long ago.
    for student in BY_EXCHANGE:
        (term.root / "submitted" / student / name / "timestamp.txt").write_text("2026-02-27 10:00:00.000000 UTC")


def _submit_by_archives_and_folders(term: Term) -> None:
    """The others come in zip files of a learning management system, and by folder."""
    lesson, name = term.lesson, term.lesson.name
    archive = term.root / "downloaded" / name / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "moodle.zip", "w") as packed:
        for student, kind in BY_MOODLE.items():
            place = f"{REGISTER[student][1]} {REGISTER[student][0]}_{student}_assignsubmission_file"
            packed.writestr(f"{place}/{name}.ipynb", text_of(notebook_of(lesson, kind)))
    moodle = (
        r"--FileNameCollectorPlugin.named_regexp=.*_(?P<student_id>\d+)_assignsubmission_file/(?P<file_id>\w+)\.ipynb"
    )
    term.teacher("zip_collect", name, "--force", moodle, label="moodle")
    (archive / "moodle.zip").unlink()
    with zipfile.ZipFile(archive / "canvas.zip", "w") as packed:
        for student, kind in BY_CANVAS.items():
            packed.writestr(f"{student}_LATE_23_42_{name}-1.ipynb", text_of(notebook_of(lesson, kind)))
    canvas = (
        r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>[^/_]+)_(LATE_)?\d+_\d+_(?P<file_id>\d\d_[a-z]+)"
    )
    term.teacher("zip_collect", name, "--force", canvas, label="canvas")
    for student, kind in BY_FOLDER.items():
        place = tiny.submit(lesson, student, notebook_of(lesson, kind))
        if student == "007":
            (place / "timestamp.txt").write_bytes("\ufeff2026-03-02 12:00:00 UTC\r\n".encode())


def _grade_and_give_back(term: Term) -> None:
    """Graded, one of them marked by hand, and the pages released."""
    name = term.lesson.name
    term.teacher("autograde", name)
    # What the formgrader writes for a mark by hand.
    with Gradebook(f"sqlite:///{term.root}/gradebook.db") as book:
        mark = book.find_grade("mirror_check", name, name, "ana")
        mark.manual_score, mark.needs_manual_grade = 2.0, False
        book.find_comment("mirror", name, name, "ana").manual_comment = "Nearly: look at the columns."
        book.db.commit()
    term.teacher("generate_feedback", name)
    term.teacher("release_feedback", name)
    for student in BY_EXCHANGE:
        term.student(student, "fetch_feedback", name)
    term.said["ana: first page"] = _fetched(term.home["ana"], name)


def _grade_again(term: Term) -> None:
    """One of them submits again, and the round is made once more."""
    name = term.lesson.name
    term.write("ana", "right")
    term.student("ana", "submit", name)
    term.teacher("collect", name, "--update", label="collect again")
    (term.root / "submitted" / "ben" / name / "timestamp.txt").write_text("2026-02-27 10:00:00.000000 UTC")
    term.teacher("autograde", name, label="autograde again")
    term.teacher("generate_feedback", name, label="generate_feedback again")
    term.teacher("release_feedback", name, label="release_feedback again")
    term.student("ana", "fetch_feedback", name)
    term.teacher("export")


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
    assert _fetched(term.home["ana"], term.lesson.name) == term.page("ana"), "of the second submission"
    assert _fetched(term.home["ana"], term.lesson.name) != first


def test_a_submission_that_did_not_come_through_the_exchange_stops_nobodys_feedback(term):
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
    assert rows["ana"]["score"] == "", "handed in again since somebody gave points by hand"
    for student, (last, first) in REGISTER.items():
        assert rows[student]["last_name"].lstrip("'") == last
        assert rows[student]["first_name"].lstrip("'") == first
        assert rows[student]["first_name"][:1] not in ("=", "+", "@", "-")


def test_a_second_run_changes_nothing(term):
    done = tiny.nbgrader(term.root, "autograde", term.lesson.name)
    assert done.returncode == 0
    assert done.stderr.count("nothing new from") == 6
    assert "Grading" not in done.stderr

"""Faults of a run: whatever breaks in the middle, nothing is lost, nobody is graded twice, and hand-ins in = verdicts out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from nbgrader.api import Gradebook, MissingEntry

from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.grading.journal import Event, Journal
from autograder.grading.kept import kept
from autograder.grading.lock import lock
from autograder.hosts.nbgrader import install
from autograder.settings import Settings
from autograder.submission import folder as submission_folder
from autograder.submission.folder import inspect_folder
from tests import adversarial
from tests.support import canned, faults, tiny
from tests.support.once import folder_made_once
from tests.support.warm import Change

STUDENTS = ("sample-a", "sample-b", "sample-c")


def proven_course(folder: Path) -> None:
    """A course that was graded once, so that its solution is known to pass; nobody has handed in yet."""
    lesson = tiny.make_course(folder)
    tiny.submit(lesson, "first", tiny.right(lesson))
    done = canned.nbgrader(folder, "autograde", lesson.name)
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        gradebook.remove_student("first")
    for name in ("submitted", "autograded"):
        shutil.rmtree(folder / name)
    journal = folder / ".autograder" / "journal.jsonl"
    journal.write_text("".join(line + "\n" for line in journal.read_text().splitlines() if '"proven"' in line))


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    return folder_made_once(tmp_path_factory, "proven-course", proven_course)


@pytest.fixture
def class_(template, tmp_path) -> Lesson:
    """Three hand-ins: right, half right, right."""
    shutil.copytree(template, tmp_path / "class")
    lesson = Lesson(tiny.NAME, tmp_path / "class")
    for student in STUDENTS:
        notebook = tiny.right(lesson)
        if student == "sample-b":
            next(cell for cell in notebook.cells if cell.id == "half").source = canned.WRONG
        tiny.submit(lesson, student, notebook)
    return lesson


def autograde(lesson: Lesson, *options: str, changes: Sequence[Change] = ()) -> subprocess.CompletedProcess:
    """`nbgrader autograde` with canned reports: what is tested is all that happens around them."""
    return tiny.nbgrader(lesson.root, "autograde", lesson.name, *options, changes=[canned.use, *changes])


def really_autograde(lesson: Lesson, *options: str, changes: Sequence[Change] = ()) -> subprocess.CompletedProcess:
    """The same with kernels and hidden checks."""
    return tiny.nbgrader(lesson.root, "autograde", lesson.name, *options, changes=changes)


def gradebook(lesson: Lesson) -> Gradebook:
    return Gradebook(f"sqlite:///{lesson.root}/gradebook.db")


def scores(lesson: Lesson) -> dict[str, float]:
    with gradebook(lesson) as book:
        return {found.student.id: found.score for found in book.find_assignment(lesson.name).submissions}


def graded_notebook(lesson: Lesson, student: str) -> Path:
    return lesson.root / "autograded" / student / lesson.name / f"{lesson.name}.ipynb"


def events(lesson: Lesson, kind: str) -> Counter[str]:
    return Counter(e["student"] for e in Journal(lesson.root).events() if e["event"] == kind)


def must_be_whole(lesson: Lesson) -> None:
    """Every hand-in has one grade, the right one, in the gradebook, in its place, and in the journal."""
    assert scores(lesson) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}
    assert events(lesson, "graded") == dict.fromkeys(STUDENTS, 1)
    for student in STUDENTS:
        note = json.loads(graded_notebook(lesson, student).read_text("utf-8"))["metadata"]["autograder"]
        assert note["result"]["verdict"] == "GRADED"
        whole = kept(Settings.load(lesson.root), lesson.name, student, note["handed"])
        assert whole.stored(checks=False) == note["result"]
        assert all(cell.checks for cell in whole.cells)
    assert not (lesson.root / ".autograder" / "staging").exists()


# A step boundary is named by what kills the grader there: `kill -9`, on the second student.
KILLS = (
    faults.die_before_the_copy,
    faults.die_before_it_is_run,
    faults.die_in_the_transaction,
    faults.die_behind_the_transaction,
    faults.die_before_the_folder_is_in_its_place,
    faults.die_before_the_journal_says_so,
    faults.die_in_the_middle_of_a_line_of_the_journal,
)


@pytest.mark.parametrize("die", KILLS, ids=lambda die: die.__name__.removeprefix("die_"))
def test_a_killed_run_goes_on_where_it_was(class_, die):
    killed = autograde(class_, changes=[(die, "sample-b")])
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    assert events(class_, "graded")["sample-c"] == 0
    if die is faults.die_in_the_transaction:
        assert "sample-b" not in scores(class_), "half of a transaction was kept"
    again = autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    must_be_whole(class_)


def test_a_killed_run_with_kernels_and_workers_goes_on_where_it_was(class_):
    killed = really_autograde(class_, changes=[(faults.die_before_it_is_run, "sample-b")])
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    again = really_autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    must_be_whole(class_)


def test_a_regrade_killed_between_two_renames_loses_nothing(class_):
    assert autograde(class_).returncode == 0
    before = graded_notebook(class_, "sample-a").read_bytes()
    killed = autograde(class_, "--student", "sample-a", "--force", changes=[faults.die_between_two_renames])
    assert killed.returncode == -signal.SIGKILL
    assert not graded_notebook(class_, "sample-a").exists()
    # Even if the next grading fails as well, the old one is back.
    assert autograde(class_, "--student", "sample-a", changes=[faults.break_grading]).returncode == 1
    assert graded_notebook(class_, "sample-a").read_bytes() == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_goes_on_where_it_was(class_, number):
    command = [sys.executable, "-m", "nbgrader", "autograde", class_.name]
    with open(class_.root / "log", "w") as log:
        run = subprocess.Popen(
            command,
            cwd=class_.root,
            env=tiny.environment(class_.root),
            stdout=log,
            stderr=log,
            preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # a test run in the background ignores interrupts
        )
        deadline = time.monotonic() + 60
        while events(class_, "started")["sample-b"] == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        while run.poll() is None and time.monotonic() < deadline:  # as somebody does who wants to be sure
            run.send_signal(number)
            time.sleep(0.1)
        assert run.wait(60) != 0
    again = autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    must_be_whole(class_)


def test_a_run_whose_output_nobody_reads_grades_all_the_same(class_):
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "nbgrader", "autograde", class_.name]
    run = subprocess.Popen(
        command,
        cwd=class_.root,
        env=tiny.environment(class_.root),
        stdout=writer,
        stderr=writer,
        stdin=subprocess.DEVNULL,
    )
    os.close(writer)
    run.wait(120)
    must_be_whole(class_)


def test_two_graders_at_once_the_second_says_who_is_at_work(class_):
    with lock(class_.root, "a test"):
        second = autograde(class_)
    assert second.returncode == 1
    assert f"process {os.getpid()}" in second.stderr
    assert "is grading here" in second.stderr
    assert "Traceback" not in second.stderr
    assert scores(class_) == {}
    assert autograde(class_).returncode == 0
    must_be_whole(class_)


@pytest.mark.parametrize("seconds", [8, pytest.param(25, marks=pytest.mark.slow)])
def test_a_locked_gradebook_is_waited_for(class_, seconds):
    """SQLite by itself gives up after five seconds."""
    holder = subprocess.Popen(
        [sys.executable, "-c", "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); time.sleep(float(sys.argv[2]))",
         str(class_.root / "gradebook.db"), str(seconds)], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout.readline() == "held\n"
    began = time.monotonic()
    done = autograde(class_)
    assert done.returncode == 0, done.stderr[-2000:]
    assert time.monotonic() - began > seconds - 2
    holder.wait()
    must_be_whole(class_)


@pytest.mark.parametrize("damage", ["its head", "its middle"])
def test_a_corrupt_gradebook_stops_the_run_before_anything_is_done(class_, damage):
    path = class_.root / "gradebook.db"
    whole = path.read_bytes()
    place = 0 if damage == "its head" else len(whole) // 2
    path.write_bytes(whole[:place] + b"\xff" * 40_000 + whole[place + 40_000 :])
    done = autograde(class_)
    assert done.returncode == 1
    assert "gradebook.db" in done.stderr
    assert "Put a backup in its place" in done.stderr
    assert "Traceback" not in done.stderr
    assert events(class_, "started") == {}
    path.write_bytes(whole)
    assert autograde(class_).returncode == 0
    must_be_whole(class_)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a small disk")
@pytest.mark.parametrize("left", [0, 12_000, 60_000])
def test_a_full_disk_loses_nothing_and_the_next_run_goes_on(class_, tmp_path, left):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "small", str(disk)], check=True)
    try:
        shutil.copytree(class_.root, disk / "class")
        lesson = Lesson(tiny.NAME, disk / "class")
        free = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(bytes(max(0, free - left)))
        full = autograde(lesson)
        assert full.returncode != 0, full.stderr[-2000:]
        graded_before = scores(lesson)
        assert all(
            value == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}[name]
            for name, value in graded_before.items()
            if graded_notebook(lesson, name).exists()
        )
        (disk / "ballast").unlink()
        again = autograde(lesson)
        assert again.returncode == 0, again.stderr[-2000:]
        must_be_whole(lesson)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_grading_again_changes_no_byte_and_keeps_what_a_human_said(class_):
    assert really_autograde(class_).returncode == 0
    before = {student: graded_notebook(class_, student).read_text("utf-8") for student in STUDENTS}
    with gradebook(class_) as book:
        book.find_grade("half_check", class_.name, class_.name, "sample-b").manual_score = 3.0
        book.find_comment("half", class_.name, class_.name, "sample-b").manual_comment = "Half a point for the idea."
        book.db.commit()
    assert really_autograde(class_, "--force").returncode == 0
    for student in STUDENTS:
        after = graded_notebook(class_, student).read_text("utf-8")
        assert without_times(after) == without_times(before[student])
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-b").score == 8.0
        assert book.find_comment("half", class_.name, class_.name, "sample-b").comment == "Half a point for the idea."


def without_times(text: str) -> str:
    notebook = json.loads(text)
    for changing in ("seconds", "timings"):
        notebook["metadata"]["autograder"]["result"].pop(changing)
    notebook["metadata"]["autograder"].pop("graded")
    return json.dumps(notebook)


def test_what_is_handed_in_again_during_the_run_is_what_counts(class_):
    better = json.dumps(tiny.right(class_))
    (class_.root / "better").write_text(better, "utf-8")
    change = (faults.submit_again_meanwhile, "sample-b", str(class_.root / "better"))
    done = autograde(class_, changes=[change])
    assert done.returncode == 0, done.stderr[-2000:]
    assert scores(class_) == dict.fromkeys(STUDENTS, 10.0)
    assert events(class_, "graded") == {"sample-a": 1, "sample-b": 2, "sample-c": 1}


def test_what_costs_workers_their_lives_in_two_runs_is_the_hand_ins_and_not_tried_for_ever(class_):
    lost = [(faults.lose_workers_over, "sample-b")]
    first = really_autograde(class_, changes=lost)
    assert first.returncode == 1
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 0.0, "sample-c": 10.0}
    assert events(class_, "graded")["sample-b"] == 0
    second = really_autograde(class_, changes=lost)
    assert second.returncode == 0, second.stderr[-2000:]
    note = json.loads(graded_notebook(class_, "sample-b").read_text("utf-8"))["metadata"]["autograder"]["result"]
    assert (note["verdict"], note["score"]) == ("RESOURCE", None)
    assert "In two runs a worker ended with status -9" in note["reason"]
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-b").needs_manual_grade, "a human should look"
    third = really_autograde(class_, changes=lost)
    assert third.returncode == 0
    assert "nothing new from sample-b" in third.stderr


def test_a_failed_regrade_keeps_the_old_grade_and_marks_it(class_):
    assert autograde(class_).returncode == 0
    before = graded_notebook(class_, "sample-b").read_bytes()
    done = really_autograde(class_, "--force", changes=[faults.lose_all_workers])
    assert done.returncode == 1
    assert "the old grade stays" in done.stderr
    assert "Traceback" not in done.stderr
    assert graded_notebook(class_, "sample-b").read_bytes() == before
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-b").needs_manual_grade
    assert {e["verdict"] for e in Journal(class_.root).events() if e["event"] == "failed"} == {"INFRA"}
    again = autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    with gradebook(class_) as book:
        assert not book.find_submission(class_.name, "sample-b").needs_manual_grade


def test_checks_that_change_in_the_middle_of_a_run_are_a_fault_and_no_zeros(class_):
    done = autograde(class_, changes=[(faults.change_the_checks_meanwhile, str(class_.checks))])
    assert done.returncode == 1
    assert "changed while the class was graded" in done.stderr
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-a").score == 10.0
        for student in ("sample-b", "sample-c"):
            waiting = book.find_submission(class_.name, student)
            assert waiting.needs_manual_grade
            assert {grade.auto_score for notebook in waiting.notebooks for grade in notebook.grades} == {None}
    assert autograde(class_).returncode == 0
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}


def test_a_sandbox_that_breaks_in_the_middle_of_a_run_is_a_fault_and_no_zeros(class_):
    done = really_autograde(class_, changes=[faults.take_the_sandbox_away])
    assert done.returncode == 1
    assert "no kernel could be started" in done.stderr
    with gradebook(class_) as book:
        for student in STUDENTS:
            assert book.find_submission(class_.name, student).needs_manual_grade
    assert autograde(class_).returncode == 0
    must_be_whole(class_)


def test_a_solution_that_fails_its_own_checks_stops_the_run(class_):
    with open(class_.checks, "a", encoding="utf-8") as file:
        file.write(
            '\n\n@pytest.mark.check("half")\ndef test_nobody_can_pass(student):\n    """Nobody"""\n    assert False, "never"\n'
        )
    done = really_autograde(class_)
    assert done.returncode == 1
    assert "does not pass its hidden checks (test_nobody_can_pass" in done.stderr
    assert "Traceback" not in done.stderr
    assert scores(class_) == {}


def test_a_secret_that_was_lost_or_changed_is_noticed(class_):
    assert autograde(class_).returncode == 0
    secret = class_.root / ".autograder" / "secret"
    secret.unlink()  # a new one will be made
    done = autograde(class_, "--force")
    assert done.returncode == 1
    assert "autograder accept-secret" in done.stderr
    assert events(class_, "graded") == dict.fromkeys(STUDENTS, 1)
    accept = [sys.executable, "-c", "from autograder.cli import main; main()", "accept-secret"]
    assert tiny.run(accept, class_.root).returncode == 0
    assert autograde(class_, "--force").returncode == 0
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}


# -- what is handed in ------------------------------------------------------------------------------------------------


def test_only_pictures_and_weights_come_along_and_links_are_not_followed(class_):
    folder = class_.root / "submitted" / "sample-a" / class_.name
    (class_.root / "private.png").write_text("a picture of the instructor's")
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "archive.zip").write_bytes(b"PK\x03\x04")
    (folder / "photo.png").write_bytes(b"mine")
    (folder / "link.png").symlink_to(class_.root / "private.png")
    (folder / "folder.png").mkdir()
    (folder / "timestamp.txt").write_text("not a time")
    done = autograde(class_)
    assert done.returncode == 0, done.stderr[-2000:]
    place = graded_notebook(class_, "sample-a").parent
    assert sorted(path.name for path in place.iterdir()) == [f"{class_.name}.ipynb", "photo.png"]
    result = json.loads(graded_notebook(class_, "sample-a").read_text("utf-8"))["metadata"]["autograder"]["result"]
    told = " ".join(result["repaired"])
    for name in ("numpy.py", "archive.zip", "link.png", "folder.png"):
        assert f"{name}: not taken along" in told
    assert "timestamp.txt: 'not a time' is not a time" in told
    assert scores(class_)["sample-a"] == 10.0


def test_a_hand_in_that_is_a_link_or_no_notebook_waits_for_a_human(class_):
    submitted = class_.root / "submitted"
    elsewhere = class_.root / "elsewhere.ipynb"
    notebook = submitted / "sample-a" / class_.name / f"{class_.name}.ipynb"
    notebook.rename(elsewhere)
    notebook.symlink_to(elsewhere)
    (submitted / "sample-b" / class_.name / f"{class_.name}.ipynb").unlink()
    shutil.move(submitted / "sample-c", class_.root / "real-c")
    (submitted / "sample-c").symlink_to(class_.root / "real-c")
    done = autograde(class_)
    assert done.returncode == 0, done.stderr[-2000:]
    for student, reason in (("sample-a", "link"), ("sample-b", "no notebook"), ("sample-c", "link")):
        result = json.loads(graded_notebook(class_, student).read_text("utf-8"))["metadata"]["autograder"]["result"]
        assert result["verdict"] == "REVIEW"
        assert reason in result["reason"]
    with gradebook(class_) as book:
        assert book.find_submission(class_.name, "sample-a").needs_manual_grade
    with pytest.raises(MissingEntry), gradebook(class_) as book:
        book.find_submission(class_.name, "nobody")


def test_a_folder_whose_name_cannot_be_written_down_costs_nobody_else_a_grade(class_):
    """An old zip file leaves names that are no UTF-8."""
    submitted = class_.root / "submitted"
    for name in ("new\nline", os.fsdecode(b"lat\xfcn"), "colour\x1b[31m"):
        shutil.copytree(submitted / "sample-b", submitted / name)
    done = autograde(class_)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr and "\x1b" not in done.stderr
    for name in (r"new\nline", r"lat\udcfcn", r"colour\x1b[31m"):
        assert f"{class_.name} of '{name}': the grader failed" in done.stderr
    assert set(scores(class_)) == set(STUDENTS)


def test_a_time_of_handing_in_that_is_none_costs_nothing(class_):
    """Python's own way of reading times objects to some zones with a warning that it raises."""
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    install.patch()  # which mends nbgrader's list of hand-ins, too
    (class_.root / "submitted" / "sample-a" / class_.name / "timestamp.txt").write_text("2026-03-01 10:00:00 ..")
    config = Config({"CourseDirectory": {"root": str(class_.root), "db_url": f"sqlite:///{class_.root}/gradebook.db"}})
    config.CourseDirectory.source_directory, config.CourseDirectory.release_directory = "solutions", "lessons"
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert {entry["student"] for entry in api.get_submissions(class_.name)} == set(STUDENTS)
    assert autograde(class_).returncode == 0
    assert scores(class_)["sample-a"] == 10.0


def test_of_two_notebooks_the_one_that_was_worked_on_is_graded(class_, tmp_path):
    """Somebody downloads the release again beside what they did, or a browser adds an ending."""
    folder = class_.root / "submitted" / "sample-a" / class_.name
    done, release = (folder / f"{class_.name}{end}.ipynb" for end in (" (1)", ""))
    release.rename(done)
    assert inspect_folder(folder, class_).notebook == done
    shutil.copy(class_.release, release)
    found = inspect_folder(folder, class_)
    assert found.notebook == done
    (said,) = found.refused
    assert said.startswith(f"{done.name}: this notebook was graded in place of {release.name} (nothing was written")
    shutil.copy(done, release)
    assert inspect_folder(folder, class_).notebook == release, "the one with the lesson's name, if both were worked on"
    done.unlink()
    release.rename(folder / f"{class_.name}.ipynb.txt")
    found = inspect_folder(folder, class_)
    (said,) = found.refused
    assert found.notebook.name == f"{class_.name}.ipynb.txt" and said.startswith(
        f"{found.notebook.name}: this notebook was"
    )


def test_the_gradebook_holds_no_more_than_it_should(class_):
    assert autograde(class_).returncode == 0
    with closing(sqlite3.connect(class_.root / "gradebook.db")) as connection:
        (rows,) = connection.execute("SELECT COUNT(*) FROM submitted_assignment").fetchone()
    assert rows == len(STUDENTS)


def test_a_student_whom_the_instructor_does_not_know_is_not_made_up(class_):
    """nbgrader's own option: only students who are in the gradebook are graded."""
    with gradebook(class_) as book:
        book.add_student("sample-a")
    done = autograde(class_, "--Autograde.create_student=False")
    assert done.returncode == 1
    with gradebook(class_) as book:
        assert [student.id for student in book.students] == ["sample-a"]
        assert book.find_submission(class_.name, "sample-a").score == 10.0


def test_a_folder_that_cannot_be_read_waits_for_a_human(class_, monkeypatch):
    def no_rights(found, lesson):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(submission_folder, "_choose", no_rights)
    found = inspect_folder(class_.root / "submitted" / "sample-a" / class_.name, class_)
    assert (found.notebook, found.files) == (None, {})
    assert "cannot be read (Permission denied)" in found.reason
    assert len(found.revision) == 64


def test_a_course_that_somebody_else_may_not_write_to_says_so(class_):
    shutil.rmtree(class_.root / ".autograder")
    (class_.root / ".autograder").write_text("not a folder")
    with pytest.raises(CourseError, match="cannot be written"), lock(class_.root, "a test"):
        pass


def test_what_is_handed_in_with_a_notebook_changes_what_is_drawn_for_it(class_):
    """Two students with the same notebook get the same inputs; a file beside it that an answer could read changes them."""
    for student in ("sample-a", "sample-c"):
        notebook = class_.root / "submitted" / student / class_.name / f"{class_.name}.ipynb"
        notebook.write_bytes((class_.root / "submitted" / "sample-b" / class_.name / notebook.name).read_bytes())
    (notebook.parent / "table.png").write_text("{}")
    (class_.root / "submitted" / "sample-a" / class_.name / "timestamp.txt").write_text("2026-03-01 10:00:00 UTC")
    assert autograde(class_).returncode == 0
    drawn = {
        student: json.loads(graded_notebook(class_, student).read_text("utf-8"))["metadata"]["autograder"]["sha256"]
        for student in STUDENTS
    }
    assert drawn["sample-a"] == drawn["sample-b"] != drawn["sample-c"]


PAIRS = (faults.die_while_a_graded_notebook_is_written_anew, faults.die_before_the_journal_knows_of_a_pair)


@pytest.mark.parametrize("die", PAIRS, ids=lambda die: die.__name__.removeprefix("die_"))
def test_a_run_killed_while_it_compares_the_class_compares_it_again(class_, die):
    """The same weights twice: killed behind the gradebook's transaction, or before the journal knows of the pair."""
    for student in ("sample-a", "sample-c"):
        adversarial.load("honest_network").weights(class_.root / "submitted" / student / class_.name, seed=1)
    assert autograde(class_, changes=[die]).returncode == -signal.SIGKILL
    again = autograde(class_)
    assert again.returncode == 0, again.stderr[-2000:]
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0}
    assert events(class_, "graded") == dict.fromkeys(STUDENTS, 1)
    found = {
        student: json.loads(graded_notebook(class_, student).read_text("utf-8"))["metadata"]["autograder"]["result"]
        for student in STUDENTS
    }
    assert {student: result["verdict"] for student, result in found.items()} == {
        "sample-a": "REVIEW", "sample-b": "GRADED", "sample-c": "REVIEW",
    }  # fmt: skip
    assert [e["students"] for e in Journal(class_.root).events() if e["event"] == Event.ALIKE] == [
        ["sample-a", "sample-c"]
    ]
    with gradebook(class_) as book:
        waits = {s.student.id for s in book.find_assignment(class_.name).submissions if s.needs_manual_grade}
    assert waits == {"sample-a", "sample-c"}


def test_what_the_solution_wrote_when_it_was_run_is_nobodys_hand_in(class_):
    """An instructor runs the solutions notebook in JupyterLab, and weights and pictures lie beside it."""
    beside = class_.root / "solutions" / class_.name
    for name in ("alpha.weights.h5", "img_result.png", "data.csv"):
        (beside / name).write_bytes(b"of the solution")
    done = autograde(class_)
    assert done.returncode == 0, done.stderr[-2000:]
    kept = {path.name for path in graded_notebook(class_, "sample-a").parent.iterdir()}
    assert kept == {f"{class_.name}.ipynb", "data.csv"}, "what is no student's to hand in wins, as nbgrader has it"

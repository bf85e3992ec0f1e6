"""What comes up in a term: extra credit, a page that is made again, two instructors of one group."""

from __future__ import annotations

import csv
import re
import stat
from datetime import datetime, timedelta
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course.catalog import Lesson
from autograder.grading.journal import Event, Journal
from autograder.hosts.nbgrader.due import Due, due_dates, set_own
from autograder.hosts.nbgrader.exchanging import WholeCollect
from autograder.hosts.nbgrader.export import scores_of
from autograder.hosts.nbgrader.lms_grades import Grades
from autograder.hosts.nbgrader.records import ToRecord, record
from autograder.hosts.nbgrader.waiting import Reasons
from tests.support import tiny
from tests.support.small_class import autograde, gradebook, scores


def feedback(lesson, *options: str):
    done = tiny.nbgrader(lesson.root, "generate_feedback", lesson.name, *options)
    assert done.returncode == 0, done.stderr[-2000:]
    return lesson.root / "feedback" / "sample-b" / lesson.name / f"{lesson.name}.html"


def resubmit(lesson) -> None:
    notebook = tiny.right(lesson)
    notebook.cells.append(nbformat.v4.new_markdown_cell("once more"))
    tiny.submit(lesson, "sample-b", notebook)


def test_extra_credit_goes_beyond_the_maximum_and_stays_through_a_regrade(class_):
    assert autograde(class_).returncode == 0
    with gradebook(class_) as book:
        book.find_grade("half_check", class_.name, class_.name, "sample-a").extra_credit = 2.5
        book.db.commit()
    assert autograde(class_, "--force").returncode == 0
    assert scores(class_)["sample-a"] == 12.5
    feedback(class_)
    page = class_.root / "feedback" / "sample-a" / class_.name / f"{class_.name}.html"
    assert re.search(r"12\.5\s+(of|/)\s+10", re.sub(r"<[^>]+>", " ", page.read_text("utf-8")).replace("\n", " "))
    assert tiny.nbgrader(class_.root, "export").returncode == 0
    with open(class_.root / "grades.csv", encoding="utf-8", newline="") as file:
        row = next(row for row in csv.DictReader(file) if row["student_id"] == "sample-a")
    assert (row["raw_score"], row["score"], row["max_score"]) == ("12.5", "12.5", "10.0")


def test_the_pages_before_are_kept_up_to_a_number(class_):
    assert autograde(class_).returncode == 0
    page = feedback(class_)
    first = page.read_bytes()
    kept = class_.root / "feedback" / "sample-b" / "earlier" / class_.name
    assert not kept.exists()
    kept.mkdir(parents=True)
    for day in range(1, 6):
        (kept / f"2020-01-0{day} 10.00.00 {class_.name}.html").write_text("old")
    resubmit(class_)
    assert autograde(class_).returncode == 0
    feedback(class_, "--force")
    assert page.read_bytes() != first
    names = sorted(path.name for path in kept.iterdir())
    assert len(names) == 3 and names[:2] == [f"2020-01-0{day} 10.00.00 {class_.name}.html" for day in (4, 5)]
    assert (kept / names[2]).read_bytes() == first
    feedback(class_, "--force")
    assert sorted(path.name for path in kept.iterdir()) == names, "the same page is not kept twice"
    assert [path.name for path in page.parent.glob("*.html")] == [page.name], "release_feedback takes what lies here"
    reason = "/srv/class/submitted/sample-b: No space left on device."
    Journal(class_.root).add(Event.FAILED, lesson=class_.name, student="sample-b", handed="", reason=reason)
    with gradebook(class_) as book:
        book.find_grade("half_check", class_.name, class_.name, "sample-b").needs_manual_grade = True
        book.db.commit()
    text = feedback(class_).read_text("utf-8")
    assert "The grader failed on what was handed in last." in text and "/srv" not in text, "students read it"


def must_be_the_groups(*places) -> None:
    found = [path for place in places for path in (place, *place.rglob("*"))]
    for path in found:
        mode = stat.S_IMODE(path.lstat().st_mode)
        wanted = 0o2770 if path.is_dir() else 0o660
        assert mode & wanted == wanted, (path, oct(mode))


def test_in_a_group_all_that_the_grader_keeps_is_the_groups(class_):
    with open(class_.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.CourseDirectory.groupshared = True\n")
    assert autograde(class_).returncode == 0
    must_be_the_groups(class_.root / ".autograder")
    feedback(class_)
    resubmit(class_)
    assert autograde(class_).returncode == 0
    feedback(class_)
    must_be_the_groups(class_.root / ".autograder", class_.root / "feedback" / "sample-b" / "earlier")
    assert len(list((class_.root / ".autograder").rglob("*.json"))) >= 3


def test_a_gradebook_that_one_instructor_begins_is_the_groups(class_):
    with open(class_.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.CourseDirectory.groupshared = True\n")
    book = class_.root / "gradebook.db"
    book.unlink()
    done = tiny.nbgrader(class_.root, "generate_assignment", class_.name)
    assert done.returncode == 0, done.stderr
    must_be_the_groups(book)


def due(lesson, *arguments: str):
    done = tiny.autograder(lesson.root, "due", *arguments)
    assert "Traceback" not in done.stderr
    return done


def test_due_dates_are_set_and_listed_in_the_courses_zone_and_one_student_gets_a_later_one(class_):
    (class_.root / "limits.toml").write_text('timezone = "Europe/Berlin"\n')
    for student in ("sample-a", "sample-b", "sample-c"):
        (class_.root / "submitted" / student / class_.name / "timestamp.txt").write_text("2026-03-02 12:00")
    with open(class_.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    assert due(class_).stdout == "01_halves: no due date\n"
    assert due(class_, class_.name, "2026-03-01 23:59").stdout == "01_halves: due 2026-03-01 23:59 CET\n"
    assert autograde(class_).returncode == 0
    own = due(class_, class_.name, "2026-04-01 12:00", "--student", "sample-b")
    assert own.stdout == "01_halves: due 2026-03-01 23:59 CET\n  sample-b: 2026-04-01 12:00 CEST\n"
    assert autograde(class_).returncode == 0
    with gradebook(class_) as book:
        late = {s.student.id: s.notebooks[0].late_submission_penalty for s in book.assignment_submissions(class_.name)}
        assert late == {"sample-a": 10.0, "sample-b": None, "sample-c": 10.0}
        (mine,) = [s for s in book.assignment_submissions(class_.name) if s.student.id == "sample-a"]
        assert mine.timestamp.isoformat() == "2026-03-02T11:00:00"
    page = feedback(class_).read_text("utf-8")
    assert "2026-03-02 12:00 CET" in page
    for wrong, says in (
        (("2026-03-29 02:30",), "the clocks are put forward over it"),
        (("05.11.2026",), "'05.11.2026' is not a time. Write it as 2026-03-01 23:59"),
        (("2026-05-11",), "has no time of day. For the end of that day write 2026-05-11 23:59"),
        (("2026-01-01 12:00", "--student", "sample-a"), "earlier than 01_halves is due, 2026-03-01 23:59 CET"),
        (("2026-04-01 12:00", "--student", "no body"), "nbgrader db student add 'no body'"),
    ):
        refused = due(class_, class_.name, *wrong)
        assert refused.returncode == 3 and says in refused.stderr, refused.stderr
    assert due(class_).stdout == own.stdout, "nothing was changed"


def test_a_due_date_enters_nobody_and_says_what_is_missing(class_):
    with gradebook(class_) as book:
        book.remove_assignment(class_.name)
    assert due(class_, class_.name, "never").stdout == "01_halves: no due date\n"
    with gradebook(class_) as book:
        assert book.assignments == []
        book.add_student("sample-a")
    later = (class_.name, "2030-03-08 12:00", "--student")
    assert "01_halves is not in the gradebook. Enter it: `nbgrader gen" in due(class_, *later, "sample-a").stderr
    assert due(class_, class_.name, "2030-03-01 23:59").returncode == 0
    assert "There is no student 'nobody' in the gradebook" in due(class_, *later, "nobody").stderr
    due(class_, class_.name, "never", "--student", "sample-a")
    with gradebook(class_) as book:
        assert book.assignment_submissions(class_.name) == []
    granted = due(class_, *later, "sample-a")
    assert granted.stdout.endswith("  sample-a: 2030-03-08 12:00 UTC\n") and granted.stderr == ""
    by_nbgrader = tiny.nbgrader(class_.root, "db", "assignment", "add", class_.name, "--duedate=05.11.2026")
    assert by_nbgrader.returncode == 1 and "Traceback" not in by_nbgrader.stderr
    assert "'05.11.2026' is not a time. Write it as 2026-03-01 23:59" in by_nbgrader.stderr


@pytest.mark.parametrize("command", [("grade", tiny.NAME), ("due",)], ids=" ".join)
def test_a_wrong_time_zone_ends_a_command_with_one_line(class_, command):
    (class_.root / "limits.toml").write_text('timezone = "Europe/Berlim"\n')
    done = tiny.autograder(class_.root, *command)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert (
        "limits.toml: timezone must be the name of a time zone, such as \"Europe/Berlin\", not 'Europe/Berlim'"
        in done.stderr
    )


def test_a_later_due_date_is_nothing_that_was_handed_in(class_):
    """The gradebook keeps it as a submission: it has no score, waits for nobody, and is graded once it is one."""
    course = SimpleNamespace(coursedir=CourseDirectory(db_url=f"sqlite:///{class_.root}/gradebook.db"))
    with gradebook(class_) as book:
        book.add_student("later")
        book.update_or_create_assignment(class_.name, duedate="2030-03-01 23:59")
        book.update_or_create_assignment("not_entered", duedate="2030-03-01 23:59")
    lessons = {1: class_, 0: Lesson("not_entered", class_.root)}
    for notebooks, lesson in lessons.items():
        set_own(course, lesson, "later", datetime(2030, 3, 8))
        with gradebook(class_) as book:
            saved, assignment = book.find_submission(lesson.name, "later"), book.find_assignment(lesson.name)
            assert len(saved.notebooks) == notebooks and scores_of(saved)["score"] is None
            assert Reasons(None).of(lesson.name, saved) == ""
            found = Grades.of(book, assignment, {"later"}, Reasons(None))
            assert found.scores == found.exercises == found.waiting == {}
    with gradebook(class_) as book:
        book.update_or_create_notebook("not_entered", "not_entered")
        cell = {"max_score": 2, "cell_type": "code", "notebook": "not_entered", "assignment": "not_entered"}
        book.update_or_create_grade_cell("half_check", **cell)
        record(book, "not_entered", "later", ToRecord({"half_check": 1.0}, {"half_check": 2.0}, ()), lambda *_: None)
        book.db.commit()
        saved = book.find_submission("not_entered", "later")
        assert scores_of(saved)["score"] == 1.0 and saved.extension == timedelta(days=6, seconds=60)
    for lesson in lessons.values():
        set_own(course, lesson, "later", None)
    with gradebook(class_) as book:
        assert book.find_submission("not_entered", "later").extension is None
        assert book.assignment_submissions(class_.name) == []
    course.coursedir.db_url = f"sqlite:///{class_.root}/none.db"
    assert due_dates(course, [class_]) == [Due(class_.name, "", {})] and not (class_.root / "none.db").exists()


def test_a_time_that_is_none_stops_no_collecting_of_an_instructors_own_assignment(class_):
    """nbgrader reads it and stumbles over it, and nobody behind that student would be collected."""
    exchange = class_.root / "exchange"
    came = exchange / "colouring" / "inbound" / "ada+own+2026-03-01 10:00:00.000000 UTC+x"
    came.mkdir(parents=True)
    for name, text in (("own.ipynb", "{}"), ("timestamp.txt", "soon"), ("submission_secret.txt", "s")):
        (came / name).write_text(text)
    config = Config(Exchange={"root": str(exchange)})
    coursedir = CourseDirectory(root=str(class_.root), course_id="colouring", assignment_id="own", config=config)
    kept = class_.root / "submitted" / "ada" / "own" / "timestamp.txt"
    for day in (1, 2):
        came = came.rename(came.with_name(f"ada+own+2026-03-0{day} 10:00:00.000000 UTC+x"))
        step = WholeCollect(coursedir=coursedir, authenticator=Authenticator(), config=config, check_owner=False)
        step.update = True
        step.start()
        assert kept.read_text() == f"2026-03-0{day} 10:00:00.000000 UTC\n"
        kept.write_text("soon")  # as an earlier version left it

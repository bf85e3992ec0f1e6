"""What comes up in a term: extra credit, a page that is made again, two instructors of one group."""

from __future__ import annotations

import csv
import re
import stat

import nbformat

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
    assert len(list(kept.iterdir())) == 3 and (kept / names[2]).read_bytes() == first, "the same page is not kept twice"
    assert [path.name for path in page.parent.glob("*.html")] == [page.name], "release_feedback takes what lies here"


def test_in_a_group_all_that_the_grader_keeps_is_the_groups(class_):
    with open(class_.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("\nc.CourseDirectory.groupshared = True\n")
    assert autograde(class_).returncode == 0
    resubmit(class_)
    feedback(class_)
    assert autograde(class_).returncode == 0
    feedback(class_)
    places = [class_.root / ".autograder", class_.root / "feedback" / "sample-b" / "earlier"]
    found = [path for place in places for path in (place, *place.rglob("*"))]
    assert len(found) > 8
    for path in found:
        mode = stat.S_IMODE(path.lstat().st_mode)
        wanted = 0o2770 if path.is_dir() else 0o660
        assert mode & wanted == wanted, (path, oct(mode))

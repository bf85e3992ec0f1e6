"""`autograder grade --watch`: what comes is graded when it is whole, handed back if wanted, and nobody is kept out meanwhile."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.grading.lock import lock
from tests.support import canned, tiny, watched
from tests.support.small_class import autograde, events, gradebook, must_be_whole, scores


def changed(lesson) -> str:
    """Another right submission."""
    notebook = tiny.right(lesson)
    notebook.cells.append(nbformat.v4.new_markdown_cell("once more"))
    return nbformat.writes(notebook)


def test_what_comes_is_graded_when_it_is_whole_and_whoever_waits_holds_no_lock(class_):
    text = nbformat.writes(tiny.right(class_))
    during = [
        ["nothing"],
        ["write", "sample-d", text[: len(text) // 2]],
        ["nothing"],
        ["must_be_free"],
        ["write", "sample-d", text],
        ["nothing"],
    ]
    done = watched.grade(class_, class_.name, "--feedback", during=during)
    assert done.returncode == 0, (done.stdout, done.stderr[-2000:])
    assert scores(class_) == {"sample-a": 10.0, "sample-b": 5.0, "sample-c": 10.0, "sample-d": 10.0}
    assert set(events(class_, "graded").values()) == {1}
    assert (class_.root / "was-free").exists()
    for student in scores(class_):
        assert (class_.root / "feedback" / student / class_.name / f"{class_.name}.html").is_file()
    assert done.stdout.count("feedback pages made.") == 2
    assert "Stopped. Nothing was being graded." in done.stdout and "Traceback" not in done.stderr


def test_who_had_the_attempts_of_the_day_is_told_and_graded_the_next_day(class_):
    during = [["nothing"], ["write", "sample-b", changed(class_)], ["nothing"], ["nothing"], ["nothing"], ["tomorrow"]]
    done = watched.grade(class_, "--attempts", "1", during=during[:-1])
    assert done.returncode == 0, done.stderr[-2000:]
    assert scores(class_)["sample-b"] == 5.0
    line = (
        "01_halves sample-b: not graded today, 1 attempt of today was graded already. It is graded tomorrow, or now with"
        " `autograder grade 01_halves --student sample-b`."
    )
    assert done.stderr.count(line) == 1
    once = tiny.autograder(class_.root, "grade", "--all", "--attempts", "1", changes=[canned.use])
    assert once.returncode == 0 and once.stderr.count(line) == 1
    assert scores(class_)["sample-b"] == 5.0
    done = watched.grade(class_, "--attempts", "1", during=during[2:])
    assert done.returncode == 0, done.stderr[-2000:]
    assert scores(class_)["sample-b"] == 10.0 and events(class_, "graded")["sample-b"] == 2


@pytest.mark.parametrize("watched_", [True, False], ids=["a watch", "one run"])
def test_who_hands_in_while_the_class_is_graded_gains_no_attempt(class_, watched_):
    meanwhile = (watched.hands_in_meanwhile, "sample-b")
    if watched_:
        done = watched.grade(class_, "--attempts", "1", during=[["nothing"], ["nothing"]], more=(meanwhile,))
    else:
        line = ("grade", class_.name, "--attempts", "1")
        done = tiny.autograder(class_.root, *line, changes=[canned.use, meanwhile])
    assert done.returncode == 0, done.stderr[-2000:]
    assert set(events(class_, "graded").values()) == {1}


@pytest.mark.parametrize("way", [("--student", "sample-b"), ("--force",)], ids=" ".join)
def test_a_named_student_is_graded_whatever_the_limit(class_, way):
    assert autograde(class_).returncode == 0
    tiny.submit(class_, "sample-b", changed(class_))
    done = tiny.autograder(class_.root, "grade", class_.name, "--attempts", "1", *way, changes=[canned.use])
    assert done.returncode == 0 and scores(class_)["sample-b"] == 10.0


def test_a_watch_waits_for_another_instructor_and_one_that_is_ended_loses_nothing(class_):
    done = watched.grade(class_, during=[["hold"], ["nothing"], ["let_go"], ["kill"]])
    assert done.returncode == -9
    assert done.stderr.count("another instructor, process") == 1 and "The watch waits for that." in done.stderr
    must_be_whole(class_)
    done = watched.grade(class_, "--feedback", during=[["nothing"], ["terminate"]])
    assert "feedback pages made." in done.stdout, "those that the one before had not come to"
    must_be_whole(class_)


def test_no_page_is_made_while_somebody_else_grades(class_):
    during = [["nothing"], ["let_go"], ["nothing"]]
    done = watched.grade(class_, class_.name, "--feedback", during=during, more=(watched.hold_behind_the_grades,))
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr.count("another instructor, process") == 1 and "The watch waits for that." in done.stderr
    assert done.stdout.count("feedback pages made.") == 1
    page = class_.root / "feedback" / "sample-b" / class_.name / f"{class_.name}.html"
    before = page.read_text()
    with gradebook(class_) as book:
        book.find_comment("half", class_.name, class_.name, "sample-b").manual_comment = "Half a point for the idea."
        book.db.commit()
    with lock(class_.root, "another instructor"):
        plain = tiny.nbgrader(class_.root, "generate_feedback", class_.name)
    assert plain.returncode == 1 and "another instructor, process" in plain.stderr and "Traceback" not in plain.stderr
    assert page.read_text() == before
    assert tiny.nbgrader(class_.root, "generate_feedback", class_.name).returncode == 0
    assert "Half a point for the idea." in page.read_text()


def test_a_page_that_cannot_be_made_keeps_nobody_elses_back_and_the_one_before_stays(class_):
    """Where the folder of one student's pages cannot be written to: here a file lies in its place."""
    root = exchange(class_)
    for student in ("sample-a", "sample-b"):
        came = class_.root / "submitted" / student / class_.name / "submission_secret.txt"
        came.write_text(f"secret of {student}")
    (class_.root / "feedback").mkdir()
    (class_.root / "feedback" / "sample-a").write_text("a file")
    done = watched.grade(class_, class_.name, "--release", during=[["nothing"], ["nothing"]])
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-2000:]
    assert done.stderr.count("01_halves of sample-a: no feedback page could be made: ") == 1
    assert len(list((root / "colouring" / "feedback").glob("*.html"))) == 1
    page = class_.root / "feedback" / "sample-b" / class_.name / f"{class_.name}.html"
    before = page.read_bytes()
    with gradebook(class_) as book:
        book.find_comment("half", class_.name, class_.name, "sample-b").manual_comment = "Half a point for the idea."
        book.db.commit()
    (page.parent.parent / "earlier").write_text("a file")  # so that it cannot be made anew
    plain = tiny.nbgrader(class_.root, "generate_feedback", class_.name)
    assert plain.returncode == 1 and "2 pages could not be made: sample-a, sample-b." in plain.stderr
    assert page.read_bytes() == before and "Traceback" not in plain.stderr


def exchange(lesson) -> Path:
    """The place of an exchange of this course's own."""
    root = lesson.root / "exchange"
    with open(lesson.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(f"\nc.Exchange.root = {str(root)!r}\nc.CourseDirectory.course_id = 'colouring'\n")
    (root / "colouring" / "inbound").mkdir(parents=True)
    root.chmod(0o777)
    return root


def test_what_goes_through_the_exchange_is_collected_and_its_feedback_released(class_):
    root = exchange(class_)
    inbound = root / "colouring" / "inbound"
    came = inbound / f"sample-d+{class_.name}+2026-03-01 10:00:00.000000 UTC+x1y2"
    came.mkdir(parents=True)
    (came / f"{class_.name}.ipynb").write_text(nbformat.writes(tiny.right(class_)))
    (came / "timestamp.txt").write_text("2026-03-01 10:00:00.000000 UTC")
    (came / "submission_secret.txt").write_text("secret")
    for student, secret in (("anna", b"\xff"), ("berta", b"")):  # before the one that is to be released
        shutil.copytree(came, folder := inbound / came.name.replace("sample-d", student))
        (folder / "submission_secret.txt").write_bytes(secret)
    done = watched.grade(class_, class_.name, "--collect", "--release", during=[["nothing"], ["nothing"]])
    assert done.returncode == 0, (done.stdout, done.stderr[-2000:])
    assert scores(class_)["sample-d"] == 10.0
    assert "feedback pages made and released." in done.stdout and "anna: not released: " in done.stderr
    assert [path.name for path in (class_.root / "submitted" / "sample-d").iterdir()] == [class_.name]
    assert len(list((root / "colouring" / "feedback").glob("*.html"))) == 1, "one came through the exchange"


def a_pipe(place):
    place.mkdir()
    os.mkfifo(place / "x.png")


def a_loop(place):
    place.mkdir()
    (place / "loop").symlink_to(".")


def the_secret(place):
    """A link to a file of the instructor's, which a copy would hand out."""
    place.mkdir()
    (place / "x.png").symlink_to(Path("../../../../.autograder/secret"))


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("sample-e+{}+garbage+x", a_loop),
        ("sample-e+{}+2026-03-01 10:00:00.000000 UTC+x", a_pipe),
        ("sample-e+{}+2026-03-01 10:00:00.000000 UTC+x", a_loop),
        ("sample-e+{}+2026-03-01 10:00:00.000000 UTC+x", the_secret),
        ("sample-e+{}+2026-03-01 10:00:00.000000 UTC+x", Path.touch),
        ("sample-e+{}+2999-01-01 10:00:00.000000 UTC+x", Path.mkdir),
        ("*+{}+*", Path.mkdir),
        ("a\tb+{}+2026-03-01 10:00:00.000000 UTC+x", Path.mkdir),
    ],
    ids=[
        "a name that is no time",
        "a pipe",
        "a loop",
        "a link to the secret",
        "a file",
        "the future",
        "a pattern",
        "no id",
    ],
)
def test_what_is_no_submission_in_the_exchange_is_named_once_and_the_others_are_collected_and_graded(
    class_, name, what
):
    inbound = exchange(class_) / "colouring" / "inbound"
    came = inbound / f"sample-d+{class_.name}+2026-03-01 10:00:00.000000 UTC+x1y2"
    came.mkdir(parents=True)
    (came / f"{class_.name}.ipynb").write_text(nbformat.writes(tiny.right(class_)))
    for name_of_file in ("timestamp.txt", "submission_secret.txt"):
        (came / name_of_file).write_text("2026-03-01 10:00:00.000000 UTC")
    what(inbound / name.format(class_.name))
    done = watched.grade(class_, class_.name, "--collect", during=[["nothing"], ["nothing"]])
    assert done.returncode == 0, (done.stdout, done.stderr[-2000:])
    assert scores(class_)["sample-d"] == 10.0
    assert (done.stdout + done.stderr).count(": not collected: ") == 1
    assert sorted(path.name for path in (class_.root / "submitted").iterdir()) == [f"sample-{c}" for c in "abcd"]


def came(lesson, name: str, notebook: str) -> Path:
    """A folder in the exchange; its owner is whoever runs the tests."""
    folder = lesson.root / "exchange" / "colouring" / "inbound" / name
    folder.mkdir(parents=True)
    (folder / f"{lesson.name}.ipynb").write_text(notebook)
    (folder / "timestamp.txt").write_text(name.split("+")[2])
    (folder / "submission_secret.txt").write_text("secret")
    return folder


def test_what_a_student_hands_in_for_another_is_not_collected_and_what_a_service_hands_in_is(class_):
    exchange(class_)
    me, right = pwd.getpwuid(os.getuid()).pw_name, nbformat.writes(tiny.right(class_))
    came(class_, f"sample-d+{class_.name}+2026-03-01 10:00:00.000000 UTC+x", right)
    done = tiny.nbgrader(class_.root, "collect", class_.name)
    assert done.returncode == 0 and f"{me} hands in for others (" in done.stderr
    assert collected_of(class_, "sample-d") == right, "one account hands in for all"
    came(class_, f"{me}+{class_.name}+2026-03-01 10:00:00.000000 UTC+x", right)
    came(class_, f"sample-d+{class_.name}+2026-03-02 10:00:00.000000 UTC+x", "forged")
    done = tiny.nbgrader(class_.root, "collect", class_.name, "--update")
    assert done.returncode == 0 and f"its owner is {me}, another student of the course" in done.stderr
    assert collected_of(class_, "sample-d") == collected_of(class_, me) == right
    strict = tiny.nbgrader(class_.root, "collect", class_.name, "--WholeCollect.own_login=True")
    assert strict.stderr.count(f"hands in for sample-d, and its owner is {me};") == 2
    unchecked = tiny.nbgrader(class_.root, "collect", class_.name, "--update", "--CollectApp.check_owner=False")
    assert unchecked.returncode == 0 and "hands in for" not in unchecked.stderr


def collected_of(lesson, student: str) -> str:
    return (lesson.root / "submitted" / student / lesson.name / f"{lesson.name}.ipynb").read_text()


def test_when_it_was_handed_in_says_the_folders_name_and_what_was_written_to_later_is_named(class_):
    """Who hands in may take the time away, write another, or name an earlier one."""
    exchange(class_)
    with gradebook(class_) as book:
        book.update_or_create_assignment(class_.name, duedate="2026-03-01 00:00:00")
    right, name = nbformat.writes(tiny.right(class_)), f"{class_.name}+2026-03-05 10:00:00.000000 UTC+x"
    other, none = came(class_, f"sample-d+{name}", right), came(class_, f"sample-e+{name}", right)
    (other / "timestamp.txt").write_text("2026-02-01 10:00:00 UTC")
    (other / f"{class_.name}.ipynb").chmod(0o6755)
    (none / "timestamp.txt").unlink()
    done = tiny.nbgrader(class_.root, "collect", class_.name, changes=[watched.knows_no_young_files])
    assert done.returncode == 0 and done.stderr.count("Look whether it is late.") == 2, done.stderr[-2000:]
    for student in ("sample-d", "sample-e"):
        folder = class_.root / "submitted" / student / class_.name
        assert (folder / "timestamp.txt").read_text() == "2026-03-05 10:00:00.000000 UTC\n"
        assert (folder / f"{class_.name}.ipynb").stat().st_mode & 0o7111 == 0


def test_what_is_still_being_written_in_the_exchange_is_collected_when_it_is_whole(class_):
    exchange(class_)
    right = nbformat.writes(tiny.right(class_))
    name = f"sample-d+{class_.name}+2026-03-01 10:00:00.000000 UTC+x"
    folder = came(class_, name, right[: len(right) // 2])
    (folder / "submission_secret.txt").unlink()
    done = tiny.nbgrader(class_.root, "collect", class_.name)
    assert done.returncode == 0 and "not collected yet: it is being written" in done.stderr
    rest = [["finish", str(folder), right], ["nothing"]]
    done = watched.grade(class_, class_.name, "--collect", during=[["nothing"], *rest, ["nothing"]])
    assert done.returncode == 0 and "not collected" not in done.stderr, done.stderr[-2000:]
    assert scores(class_)["sample-d"] == 10.0 and events(class_, "graded")["sample-d"] == 1
    assert (class_.root / "submitted" / "sample-d" / class_.name / "submission_secret.txt").is_file()


def test_a_new_submission_that_cannot_be_collected_leaves_the_one_before_and_stops_nobody(class_):
    exchange(class_)
    right, new = nbformat.writes(tiny.right(class_)), changed(class_)
    for student in ("sample-a", "sample-d", "sample-e"):
        came(class_, f"{student}+{class_.name}+2026-03-01 10:00:00.000000 UTC+x", right)
    (class_.root / "submitted" / "sample-d").write_text("a file")
    done = tiny.nbgrader(class_.root, "collect", class_.name, "--update")
    assert done.returncode == 0 and done.stderr.count(": not collected: ") == 1 and "Traceback" not in done.stderr
    large = came(class_, f"sample-a+{class_.name}+2026-03-02 10:00:00.000000 UTC+x", new)
    (large / "big.png").write_bytes(bytes(60_000))
    came(class_, f"sample-e+{class_.name}+2026-03-02 10:00:00.000000 UTC+x", new).chmod(0o500)
    done = tiny.nbgrader(class_.root, "collect", class_.name, "--update", "--CourseDirectory.max_dir_size=50")
    assert "not collected: Directory size is too big" in done.stderr
    assert collected_of(class_, "sample-a") == right and collected_of(class_, "sample-e") == new
    place = class_.root / "submitted" / "sample-e"
    assert (place / class_.name).stat().st_mode & 0o700 == 0o700, "so that it can be replaced"
    assert [path.name for path in place.iterdir()] == [class_.name]


def test_plain_collect_follows_no_link(class_):
    """nbgrader's own copies what a link leads to, with the instructor's rights."""
    inbound = exchange(class_) / "colouring" / "inbound"
    for student in ("sample-d", "sample-e"):
        came = inbound / f"{student}+{class_.name}+2026-03-01 10:00:00.000000 UTC+x1y2"
        came.mkdir(parents=True)
        (came / f"{class_.name}.ipynb").write_text(nbformat.writes(tiny.right(class_)))
        (came / "timestamp.txt").write_text("2026-03-01 10:00:00.000000 UTC")
        (came / "submission_secret.txt").write_text("secret")
    (came / "x.png").symlink_to(class_.root / "nbgrader_config.py")
    done = tiny.nbgrader(class_.root, "collect", class_.name)
    assert done.returncode == 0 and "neither a file nor a folder" in done.stderr
    assert (class_.root / "submitted" / "sample-d").exists() and not (
        class_.root / "submitted" / "sample-e" / class_.name
    ).exists()


def test_a_student_called_star_does_not_stand_for_all(class_):
    tiny.submit(class_, "*", tiny.right(class_))
    assert autograde(class_).returncode == 0
    assert set(scores(class_)) == {"*", "sample-a", "sample-b", "sample-c"}


@pytest.mark.parametrize("line", [("--watch", "--force"), (tiny.NAME, "--feedback"), (tiny.NAME, "--attempts", "0")])
def test_options_that_do_not_go_together_are_refused(class_, line):
    done = tiny.autograder(class_.root, "grade", *line, changes=[canned.use])
    assert done.returncode == 64 and "Traceback" not in done.stderr

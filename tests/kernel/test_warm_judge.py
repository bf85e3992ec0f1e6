"""A judge that stays: the same results as one made for each student, and nothing of one student in another's."""

from __future__ import annotations

import pytest

from autograder.checks.reference import reference_namespace
from autograder.checks.runner import Request, judge
from autograder.checks.warm_judge import WarmJudge
from autograder.course.catalog import lessons
from autograder.kernel.client import FOLDER, live

LESSON = lessons()[0]


def students() -> list[dict]:
    whole = reference_namespace(LESSON)
    return [whole, {}, {**whole, "split_rgb": lambda photo: 1 / 0}, whole]


def test_each_student_gets_what_a_judge_of_their_own_says():
    warm = WarmJudge(LESSON)
    for number, names in enumerate(students()):
        key = bytes([number]) * 32
        alone = judge(LESSON, lambda _, names=names: live(dict(names)), key)
        assert warm.judge(Request(lambda _, names=names: live(dict(names)), key)) == alone


def test_a_fault_ends_it():
    warm = WarmJudge(LESSON)
    assert warm.is_usable
    with pytest.raises(KeyboardInterrupt):
        warm.judge(Request(interrupted, bytes(32)))
    assert not warm.is_usable


def interrupted(exercise):
    raise KeyboardInterrupt


def test_checks_that_look_at_what_comes_share_one_call_until_a_cell_is_run():
    calls: list[int] = []

    def built():
        calls.append(1)
        return len(calls)

    student = live({"built": built})
    assert [student.look_at("built"), student.look_at("built"), student.call("built")] == [1, 1, 2]
    student.forget_looks()
    assert student.look_at("built") == 3


def test_the_folder_of_a_request_has_the_same_name_in_every_message():
    def save(folder):
        open(f"{folder}/new/picture.png", "w").close()

    raised = live({"save": save}).error("save", FOLDER)
    assert raised.message == "[Errno 2] No such file or directory: 'folder/new/picture.png'"

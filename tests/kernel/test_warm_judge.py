"""A judge that stays: the same results as one made for each student, and nothing of one student in another's."""

from __future__ import annotations

import pytest

from autograder.checks.runner import Request, judge
from autograder.checks.warm_judge import WarmJudge
from autograder.course.catalog import lessons
from autograder.kernel.client import live
from tests.support.answers import right_answers

LESSON = lessons()[0]


def students() -> list[dict]:
    whole = right_answers(LESSON)
    return [whole, {}, {**whole, "split_rgb": lambda photo: 1 / 0}, whole]


def test_each_student_gets_what_a_judge_of_their_own_says():
    warm = WarmJudge(LESSON)
    for number, names in enumerate(students()):
        key = bytes([number]) * 32
        alone = judge(LESSON, lambda _, names=names: live(dict(names)), key)
        assert warm.judge(Request(lambda _, names=names: live(dict(names)), key)) == alone


def test_a_fault_ends_it():
    def broken(exercise):
        raise MemoryError

    warm = WarmJudge(LESSON)
    assert warm.is_usable
    with pytest.raises(ZeroDivisionError):
        warm.judge(Request(lambda _: 1 / 0, bytes(32)))
    assert not warm.is_usable

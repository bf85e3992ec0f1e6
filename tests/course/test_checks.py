"""Every hidden check is caught out by a wrong answer that it alone catches, and lets right answers of other styles pass."""

from __future__ import annotations

import ast
import functools

import pytest

from autograder.checks.draws import Draw
from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import Request, judge_each
from autograder.course import catalog
from autograder.course.answers import ANY, collected
from autograder.course.checkfile import hidden_checks
from autograder.kernel.client import live
from tests.support.slow import slow_but_the_first

# One draw for each answer; the slow tests have 27 more.
KEYS = [bytes(32)]
MANY_KEYS = [bytes([1]) * 32, bytes([2]) * 32, *(seed.to_bytes(4, "big") * 8 for seed in range(1, 26))]
# Their checks build and train networks: seconds a draw, so fewer draws.
NETWORKS = (
    "build_alpha", "compile_alpha", "train_alpha", "experiment",
    "build_beta", "train_beta", "build_classifier", "train_classifier", "build_fusion", "colour_with", "build_final",
)  # fmt: skip
LESSONS = catalog.lessons()
ANSWERS = [(lesson, answer) for lesson in LESSONS for answer in collected(lesson)]
WRONG = [pair for pair in ANSWERS if pair[1].wrong and pair[1].catches != ANY]
LUCKY = [pair for pair in ANSWERS if pair[1].lucky]
RIGHT = [pair for pair in ANSWERS if not pair[1].wrong]
CHECKS = [(lesson, name) for lesson in LESSONS for names in hidden_checks(lesson).values() for name in names]


def name_of(pair) -> str:
    lesson, answer = pair
    return f"{lesson.name[:2]}-{answer.catches or answer.exercise}-{answer.style or 'wrong'}".replace(" ", "_")


def draws(answer, keys):
    return keys[: max(1, len(keys) // 3)] if answer.exercise in NETWORKS else keys


def request(lesson, exercise: str, source: str, key: bytes) -> Request:
    """Ask about one answer, in a session in which all others are the reference's."""
    namespace = dict(reference_namespace(lesson))
    run_cell(source, namespace, exercise)
    return Request(lambda _: live(namespace), key, {exercise})


def answered(lesson, exercise: str, requests) -> list[dict[str, str]]:
    """For each request, the checks of the exercise that do not pass, with what they say."""
    each = judge_each(lesson, requests)
    for results in each:
        assert {r.name for r in results} == set(hidden_checks(lesson)[exercise])
        faults = [f"{r.name}: {r.message}" for r in results if r.outcome == "fault"]
        assert not faults, f"a check broke instead of failing: {faults}"
    return [{r.name: r.message for r in results if not r.passed} for results in each]


def each_failures(lesson, exercise: str, sources, key: bytes) -> list[dict[str, str]]:
    """For each answer to an exercise, what does not pass on it."""
    return answered(lesson, exercise, (request(lesson, exercise, source, key) for source in sources))


def failures(lesson, answer, keys) -> list[dict[str, str]]:
    """For each key, what does not pass on an answer."""
    found = answered(lesson, answer.exercise, (request(lesson, answer.exercise, answer.source, key) for key in keys))
    assert len(found) == len(keys)
    return found


def group(pair) -> str:
    """Of the answers to an exercise whose checks take long, one is quick; all others are tried at once."""
    return pair[1].exercise if pair[1].exercise in (*NETWORKS, "colorize", "filter_grid") else ""


@functools.cache
def right_failures(lesson, exercise) -> dict[str, dict[str, str]]:
    """By source, what fails on one draw of the right answers to an exercise, asked about at once."""
    sources = [answer.source for its, answer in RIGHT if its == lesson and answer.exercise == exercise]
    return dict(zip(sources, each_failures(lesson, exercise, sources, KEYS[0]), strict=True))


@pytest.mark.parametrize("pair", slow_but_the_first(RIGHT, group, name_of, lambda pair: f"wrong-{pair[1].exercise}"))
def test_a_right_answer_in_another_style_passes(pair):
    """On one draw. Of what is wrong, `test_wrong_answers` says the same."""
    lesson, answer = pair
    if group(pair):
        assert failures(lesson, answer, KEYS) == [{}]
    else:
        assert right_failures(lesson, answer.exercise)[answer.source] == {}


@pytest.mark.parametrize(("lesson", "check"), CHECKS, ids=[f"{lesson.name[:2]}-{name}" for lesson, name in CHECKS])
def test_every_hidden_check_has_a_wrong_answer(lesson, check):
    caught = {answer.catches for its, answer in ANSWERS if its == lesson}
    assert check in caught, f'{lesson.answers.name} has no answer with the header `# %% wrong="{check}"`'


def test_every_exercise_has_two_right_answers_in_other_styles(lesson):
    right = [answer for answer in collected(lesson) if not answer.wrong]
    for exercise in hidden_checks(lesson):
        styles = {answer.style for answer in right if answer.exercise == exercise}
        assert len(styles) >= 2, f"{exercise}: two right answers are wanted in {lesson.answers.name}; there is {styles}"


def test_the_reference_passes_every_hidden_check(lesson):
    namespace = reference_namespace(lesson)
    for results in judge_each(lesson, [Request(lambda exercise: live(namespace), key) for key in KEYS]):
        assert [(r.name, r.message) for r in results if not r.passed] == []
        assert len(results) == sum(map(len, hidden_checks(lesson).values()))


def test_answers_need_only_the_set_up_and_earlier_answers(lesson):
    assert {exercise.id for exercise in lesson.exercises()} <= set(reference_namespace(lesson))


def test_every_check_has_a_title_and_every_assert_a_message(lesson):
    tree = ast.parse(lesson.checks.read_text("utf-8"))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")):
        title = ast.get_docstring(function)
        assert title, f"{function.name} needs a docstring: the title on the feedback card"
        assert len(title.split("\n")[0]) <= 110, f"{function.name}: its title is longer than a line"
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            assert node.msg is not None, f"line {node.lineno}: an assert without a message"
            assert not isinstance(node.test, ast.Tuple), f"line {node.lineno}: a tuple is always true"


def test_hidden_inputs_are_the_same_for_the_same_key_and_others_for_another():
    one, again, other = Draw(KEYS[0]), Draw(KEYS[0]), Draw(MANY_KEYS[0])
    photo = one.photo()
    assert photo.dtype == "uint8"
    assert photo.shape[0] != photo.shape[1]
    assert (again.photo() == photo).all()
    assert other.photo().tobytes() != photo.tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("pair", RIGHT, ids=name_of)
def test_a_right_answer_passes_on_many_draws(pair):
    lesson, answer = pair
    for failed in failures(lesson, answer, draws(answer, MANY_KEYS)):
        assert failed == {}


@pytest.mark.slow
@pytest.mark.parametrize("pair", WRONG, ids=name_of)
def test_a_wrong_answer_is_caught_on_many_draws(pair):
    lesson, answer = pair
    for failed in failures(lesson, answer, draws(answer, MANY_KEYS)):
        assert set(failed) == {answer.catches}


@pytest.mark.slow
@pytest.mark.parametrize("pair", LUCKY, ids=name_of)
def test_an_answer_that_once_passed_by_luck_is_caught_on_each_of_200_draws(pair):
    lesson, answer = pair
    keys = [seed.to_bytes(4, "big") * 8 for seed in range(200)]
    passed = [seed for seed, failed in enumerate(failures(lesson, answer, keys)) if not failed]
    assert not passed, f"it passes with the seeds {passed}"

"""Each wrong answer gets a message of the course's that names its cause, in the visible check and on the card."""

from __future__ import annotations

import functools
import re

import pytest

from autograder.course import catalog
from autograder.course.answers import ANY
from tests.course import wrong_answers
from tests.course.wrong_answers import PASSES, TABLE, Said, said_of_each, without_numbers
from tests.support.slow import slow_but_the_first

ANSWERS = wrong_answers.wrong_answers()
EXERCISES = [(lesson, exercise) for lesson in catalog.lessons() for exercise in lesson.exercises()]
FEWEST = 5  # wrong answers of an exercise
# Their checks build networks or go through photos, up to two seconds an answer: one wrong answer to each, and the others are slow tests.
COSTLY = (
    "build_alpha",
    "compile_alpha",
    "train_alpha",
    "colorize",
    "compare_blurs",
    "filter_grid",
    "experiment",
    "my_colours",
    "colour_from_plates",
    "build_beta",
    "train_beta",
    "build_classifier",
    "train_classifier",
    "build_fusion",
    "colour_with",
    "build_final",
)
ODD = (  # what no message has in it
    "\x1b",
    "?[",
    " things",
    " a Alpha",
    "Traceback",
    "NoneType: None",
)
# How a message may not begin: with the bare words of a library.
BARE = re.compile(r"^`?\w+`? raised |^\w*(Error|Exception): ")


def name_of(pair) -> str:
    lesson, answer = pair
    kind = answer.style or ("slip" if answer.catches == ANY else answer.catches)
    return f"{lesson.name[:2]}-{answer.exercise}-{kind}".replace(" ", "_")


@pytest.fixture(scope="module")
def committed() -> str:
    return without_numbers(TABLE.read_text("utf-8"))


def parameters(pairs) -> list:
    """Test parameters: one process is asked about all answers to an exercise."""

    def group(pair) -> str:
        return pair[1].exercise if pair[1].exercise in COSTLY else ""

    return slow_but_the_first(pairs, group, name_of, lambda pair: f"wrong-{pair[1].exercise}")


def what_is_said(pair) -> Said:
    """What is said of an answer; all answers to its exercise are asked about at once, but those to costly ones."""
    lesson, answer = pair
    if answer.exercise in COSTLY:
        (said,) = said_of_each(lesson, answer.exercise, (answer.source,))
        return said
    sources = tuple(other.source for its, other in ANSWERS if its == lesson and other.exercise == answer.exercise)
    return said_of_each(lesson, answer.exercise, sources)[sources.index(answer.source)]


@pytest.mark.parametrize("pair", parameters(ANSWERS))
def test_a_wrong_answer_is_told_its_cause(pair, committed):
    _, answer = pair
    said = what_is_said(pair)
    assert said.points < said.max_points, "full points for a wrong answer"
    assert "fault" not in said.outcomes
    for part in answer.card:
        assert part in said.card, f"the card says: {said.card}"
    assert not said.bare, f"the visible check stops with {said.visible}"
    if said.visible == PASSES:
        assert answer.visible == (PASSES,) or not answer.visible, "the visible check passes"
        least = 0.5 if answer.earns is None else answer.earns
        assert said.points >= least * said.max_points - 0.006, (
            f"the visible check passes, and the card gives {said.points:g}: {said.card}"
        )
    else:
        for part in answer.visible:
            assert part in said.visible, f"the visible check says: {said.visible}"
    for part in answer.lines:
        assert any(part in line for line in said.lines), f"the lines of the card: {said.lines}"
    for text in (said.visible, said.card, *said.lines):
        assert not any(part in text for part in answer.never), text
    for text in (said.visible, said.card):
        assert text.strip()
        assert not any(odd in text for odd in ODD), text
        assert not BARE.search(text), text
    if answer.earns is not None:
        assert said.points == pytest.approx(answer.earns * said.max_points, abs=0.006)
    assert without_numbers(wrong_answers.row(answer, said)) in committed, (
        "`python -m tests.course.wrong_answers` writes the table anew"
    )


@pytest.mark.parametrize("pair", parameters(pair for pair in ANSWERS if pair[1].catches != ANY))
def test_a_wrong_answer_is_caught_by_its_check_alone(pair):
    """On one draw; `test_checks` has the same for many."""
    assert what_is_said(pair).failed == {pair[1].catches}


def test_the_table_has_these_answers_and_no_others(committed):
    rows = [line for line in committed.splitlines() if line.startswith("| <code>")]
    assert len(rows) == len(ANSWERS)


@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES, ids=[exercise.id for _, exercise in EXERCISES])
def test_each_exercise_has_five_wrong_answers(lesson, exercise):
    there = sum(answer.exercise == exercise.id for _, answer in ANSWERS)
    assert there >= FEWEST, (
        f"{exercise.id}: {FEWEST} wrong answers are wanted in {lesson.answers.name}; there are {there}"
    )


def given_lines(lesson, exercise) -> str:
    """The answer cell as it is released, without its gap: the given lines and nothing more."""
    return lesson.read_release().cells[exercise.answer_index].source.replace("raise NotImplementedError", "pass")


NOTHING = {
    "the first argument": "def {}(first, *others, **more):\n    return first",
    "the last argument": "def {}(*given, **more):\n    return given[-1]",
    "zeros": "def {}(first, *others, **more):\n    return np.zeros_like(first)",
    "zero": "def {}(*given, **more):\n    return 0",
    "None": "def {}(*given, **more):\n    return None",
    "two Nones": "def {}(*given, **more):\n    return None, None",
    "all arguments": "def {}(*given, **more):\n    return given",
    "the given lines": "",
}


@functools.cache
def earned_for_nothing(lesson, exercise) -> dict[str, tuple[float, float]]:
    """The points for each of NOTHING, and how many there are."""
    sources = [text.format(exercise.id) or given_lines(lesson, exercise) for text in NOTHING.values()]
    sessions = [wrong_answers.namespace_with(lesson, source, exercise.id) for source in sources]
    cells = wrong_answers.each_hidden_checks(lesson, exercise.id, sessions)
    return {what: (cell.points, cell.max_points) for what, cell in zip(NOTHING, cells, strict=True)}


@pytest.mark.parametrize("what", NOTHING)
@pytest.mark.parametrize(
    ("lesson", "exercise"),
    [
        pytest.param(
            lesson,
            exercise,
            id=exercise.id,
            marks=[pytest.mark.xdist_group(f"wrong-{exercise.id}"), *[pytest.mark.slow] * (exercise.id in COSTLY)],
        )
        for lesson, exercise in EXERCISES
    ],
)
def test_nothing_earns_next_to_nothing(lesson, exercise, what):
    """At most a fifth of the points for an answer in which nothing was done."""
    points, of = earned_for_nothing(lesson, exercise)[what]
    assert points <= 0.2 * of, f"{points:g} of {of:g}"

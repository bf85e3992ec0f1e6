"""No mark is lost twice: an exercise that builds on an earlier one is looked at with the course's own answer, where the student's is wrong or blank."""

from __future__ import annotations

import json
import shutil

import nbformat
import numpy as np
import pytest

from autograder import settings
from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import judge
from autograder.course import catalog, samples
from autograder.course.script import solution_notebook
from autograder.errors import CourseError, GraderFault, NotAnswered, StudentError
from autograder.grading import one_file, score
from autograder.kernel.agent import reply_to
from autograder.kernel.client import Student, live
from autograder.reports import cards
from autograder.results import CellResult, Outcome

KEY = b"k" * 32
NORMALIZATION = catalog.lesson("03_normalization")
DEPENDANTS = {
    "losses_to_beat": "def losses_to_beat(Y):\n    return mse(Y, 0), mse(Y, Y.mean(axis=(0, 1, 2)))",
    "two_rulers": (
        "def two_rulers(true_lab, other_lab):\n"
        "    rms = np.sqrt(mse(true_lab[..., 1:], other_lab[..., 1:]))\n"
        "    return rms, deltaE_ciede2000(true_lab, other_lab).mean()"
    ),
    "best_tanh_loss": "def best_tanh_loss(target):\n    return mse(target, np.clip(target, -1, 1))",
}


def graded(source: str, lesson=NORMALIZATION) -> dict[str, CellResult]:
    """The cells of a session that has the solutions' names, and these instead."""
    namespace = dict(reference_namespace(lesson))
    run_cell(source, namespace, "session")
    checks = judge(lesson, lambda exercise: live(namespace), KEY)
    cells = score.result_of(lesson, "session", checks, sandbox="live").cells
    return {cell.id.removesuffix("_check"): cell for cell in cells}


@pytest.mark.parametrize(
    "body",
    [
        "raise NotImplementedError",
        "return np.sqrt(np.square(Y - prediction).mean())",
        "return np.mean(Y - prediction) ** 2",
        "return np.square(Y - prediction).sum()",
        "return None",
        "return Y / 0",
        "Y -= prediction; return np.square(Y).mean()",
    ],
)
def test_a_wrong_or_blank_answer_costs_its_own_points_only(body):
    cells = graded("\n".join([f"def mse(Y, prediction):\n    {body}", *DEPENDANTS.values()]))
    assert not cells["mse"].full
    for name in DEPENDANTS:
        assert cells[name].full, cells[name].message
    if "-=" not in body:  # that one gives the right number, and is no hindrance
        said = "needs `mse` (exercise 3.8), which is not right yet"
        assert said in cells["losses_to_beat"].message
        assert "(exercise 3.8), which is not right yet" in cards.card_html(cells["losses_to_beat"])
    assert all(cells[name].full for name in cells if name not in ("mse", *DEPENDANTS))


def test_a_blank_answer_and_a_wrong_one_cost_their_own_points_only():
    """The course's answer stands in for the blank one at once, and for both when the check has failed."""
    lesson = catalog.lesson("02_lab_split")
    earlier = "def to_lab(photo):\n    raise NotImplementedError\ndef likeness(photo, other):\n    return 0.5"
    cells = graded(f"{earlier}\n{samples.solutions(lesson)['compare_blurs']}", lesson)
    assert not cells["to_lab"].points and not cells["likeness"].points
    assert cells["compare_blurs"].full, cells["compare_blurs"].message


def test_a_fault_of_the_graders_while_answers_stand_in_is_no_answer_of_the_students():
    namespace = dict(reference_namespace(NORMALIZATION))
    run_cell("\n".join(["def mse(Y, prediction):\n    return 0.0", *DEPENDANTS.values()]), namespace, "session")

    def ask(request: str) -> str:
        if "stand_ins" in json.loads(request):
            raise GraderFault("the sandbox failed")
        return reply_to(request, namespace)

    checks = judge(NORMALIZATION, lambda _: Student(ask), KEY, exercises={"mse", "losses_to_beat"})
    outcomes = {check.exercise: {c.outcome for c in checks if c.exercise == check.exercise} for check in checks}
    assert Outcome.FAULT in outcomes["losses_to_beat"] and Outcome.FAULT not in outcomes["mse"]


@pytest.mark.parametrize("own_paints", [True, False])
def test_what_the_students_own_network_painted_stays_where_the_courses_paints_none(tmp_path, own_paints):
    """The check exhibits nothing while the course's answer stands in, as that of lesson 4 does."""
    (tmp_path / "test_painted.py").write_text(
        "import numpy as np, pytest\nfrom autograder.results import Painting\n"
        "@pytest.mark.check('mse')\ndef test_error(student):\n    assert student.call('mse', np.ones((1, 2, 2, 2)), 0) == 1\n"
        "@pytest.mark.check('losses_to_beat')\ndef test_painted(student, exhibit):\n"
        "    grey, _ = student.call('losses_to_beat', np.ones((1, 2, 2, 2)))\n"
        f"    if {own_paints} and 'mse' not in student.stood_in:\n        exhibit(Painting('p', grey, 1.0, 2.0, '', own=True))\n"
        "    assert grey == 1\n",
        "utf-8",
    )

    class Painted(catalog.Lesson):
        checks = tmp_path / "test_painted.py"

    namespace = dict(reference_namespace(NORMALIZATION))
    run_cell(f"def mse(Y, prediction):\n    return 7.0\n{DEPENDANTS['losses_to_beat']}", namespace, "session")
    lesson = Painted(NORMALIZATION.name, NORMALIZATION.root)
    wrong, painted = judge(lesson, lambda _: live(namespace), KEY, exercises={"mse", "losses_to_beat"})
    assert (wrong.passed, painted.passed, painted.carried) == (False, True, ("mse",))
    assert (painted.painting.loss if own_paints else painted.painting) == (7.0 if own_paints else None)


def test_a_right_earlier_answer_is_never_replaced():
    cells = graded("def losses_to_beat(Y):\n    return mse(Y, 0), 0.5")
    assert not cells["losses_to_beat"].full
    assert not any(check.carried for cell in cells.values() for check in cell.checks)


def test_an_answer_that_does_not_call_the_earlier_one_is_judged_as_it_is():
    wrong = "def mse(Y, prediction):\n    return 0.0\ndef losses_to_beat(Y):\n    return np.square(Y).mean(), 0.001"
    cells = graded(wrong)
    assert 0 < cells["losses_to_beat"].points < 3
    assert not any(check.carried for check in cells["losses_to_beat"].checks)


def test_a_wrong_answer_on_top_of_a_wrong_one_is_wrong_for_its_own_cause():
    source = (
        "def mse(Y, prediction):\n    return 0.0\ndef best_tanh_loss(target):\n    return mse(target, np.tanh(target))"
    )
    cell = graded(source)["best_tanh_loss"]
    assert 0 < cell.points < cell.max_points
    assert "exercise 3.8" in cell.message


def test_constants_earn_nothing_by_a_wrong_earlier_answer():
    """With the student's own `mse`, which is zero always, (0, 0) would be right."""
    cells = graded("def mse(Y, prediction):\n    return 0.0\ndef losses_to_beat(Y):\n    return mse(Y, 0) * 0, 0.0")
    assert cells["losses_to_beat"].points == 0


def test_chains_are_followed():
    """2.10 builds on 2.8, which does not build on 2.4: each is replaced by itself, and together."""
    lesson = catalog.lesson("02_lab_split")
    names = [exercise.id for exercise in lesson.exercises() if exercise.builds_on]
    assert names, "no exercise of lesson 2 builds on another"
    needed = {earlier for exercise in lesson.exercises() for earlier in exercise.builds_on}
    blank = "\n".join(f"def {name}(*args, **kwargs):\n    raise NotImplementedError" for name in needed)
    solutions = samples.solutions(lesson)
    cells = graded("\n".join([blank, *(solutions[name] for name in names if name not in needed)]), lesson)
    for name in names:
        if name not in needed:
            assert cells[name].full, cells[name].message


def test_the_missing_exercise_is_named_also_where_the_text_says_nothing_of_it():
    source = (
        "def count_colours(photo):\n    raise NotImplementedError\n"
        "def colours_behind(photo, grey, level):\n    count_colours(photo)\n    return photo"
    )
    cells = graded(source, catalog.lesson("01_rgb_grids"))
    assert cells["count_colours"].message.startswith("Not answered yet.")
    assert "needs exercise 1.12, which is not answered yet" in cells["colours_behind"].message
    assert not cells["colours_behind"].blank


def test_a_text_that_does_not_say_what_it_builds_on_is_refused(tmp_path):
    lesson = catalog.Lesson(NORMALIZATION.name, tmp_path)
    for folder in ("assets", "solutions", "autograder/checks"):
        shutil.copytree(settings.root() / folder, tmp_path / folder)
    text = lesson.script.read_text("utf-8")
    for old, new, words in (
        (" · builds on 3.8**", "**", "does not say `builds on 3.8`"),
        (" · builds on 3.8**", " · builds on 3.8 and 7.7**", "builds on 7.7, but no exercise above"),
    ):
        lesson.script.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(CourseError, match=words):
            solution_notebook(lesson)


@pytest.mark.parametrize(
    "body", ["raise NotImplementedError", pytest.param("while True: pass", marks=pytest.mark.slow)]
)
def test_in_a_notebook_too(tmp_path, body):
    """A real kernel in the sandbox: a blank `mse`, or one that never ends, costs its own two points."""
    answers = {**samples.solutions(NORMALIZATION), **DEPENDANTS}
    answers["mse"] = f"def mse(Y, prediction):\n    {body}"
    handed = tmp_path / "03_normalization.ipynb"
    handed.write_text(nbformat.writes(samples.submission(NORMALIZATION, answers)), "utf-8")
    result = one_file.grade_file(handed)
    assert result.score == 28, [(cell.id, cell.points, cell.message) for cell in result.cells if not cell.full]


# -- the question behind it -----------------------------------------------------------------------------------------


def student_and_reference(source: str):
    reference = {"np": np}
    run_cell("def earlier(x):\n    return 2 * x", reference, "reference")
    namespace = {"np": np}
    run_cell(source, namespace, "student")
    return live(namespace), live(reference), namespace


def test_the_students_process_gets_values_and_never_the_function():
    student, reference, namespace = student_and_reference(
        "def earlier(x):\n    raise NotImplementedError\ndef later(x):\n    kept.append(earlier)\n    return earlier(x) + 1\nkept = []"
    )
    other = student.with_stand_ins(["earlier"], reference)
    assert other.call("later", 4) == 9
    assert other.stood_in == {"earlier"}
    with pytest.raises(NotAnswered):
        student.call("later", 4)
    assert namespace["earlier"].__code__.co_filename.startswith("<answer")
    assert all("agent" in kept.__code__.co_filename for kept in namespace["kept"][:-1])


@pytest.mark.parametrize(
    "call",
    ["earlier([0] * 5000)", "earlier('x' * 50)", "earlier(np.ones(10**6))", "earlier(10**6)", "earlier(lambda: 1)"],
)
def test_what_could_harm_the_grader_is_not_handed_on(call):
    student, reference, _ = student_and_reference(f"def later():\n    return {call}")
    other = student.with_stand_ins(["earlier"], reference)
    with pytest.raises(StudentError, match="called with what it does not take"):
        other.call("later")
    assert not other.stood_in


@pytest.mark.parametrize("call", ["4, 999", "4, seed=10**6", "seed=2**40, x=4", "4, np.int64(5000)"])
def test_a_seed_may_be_any_number(call):
    """Nothing grows with it: hidden checks draw seeds up to 1000, and students make others of them."""
    student, _, _ = student_and_reference(f"def later():\n    return earlier({call})")
    names = {"np": np}
    run_cell("def earlier(x, seed):\n    return 2 * x", names, "reference")
    other = student.with_stand_ins(["earlier"], live(names))
    assert other.call("later") == 8
    assert other.stood_in == {"earlier"}


def test_a_check_may_ask_the_courses_answer_itself_with_much_larger_arguments():
    """Of an earlier function that is wrong; any other is the student's own, and so is all where nothing stands in."""
    student, reference, _ = student_and_reference("def earlier(x):\n    return -x\ndef later(x):\n    return x")
    other, large = student.with_stand_ins(["earlier"], reference), np.ones((240, 32, 32))
    assert other.answering("later") is other
    assert student.answering("earlier") is student
    assert not other.stood_in
    assert other.answering("earlier").call("earlier", large).sum() == 2 * large.size
    assert other.answering("later", "earlier") is other.answering("earlier")
    assert other.stood_in == {"earlier"}


def test_calls_without_end_have_an_end():
    student, reference, _ = student_and_reference("def later():\n    return [earlier(i) for i in range(200)]")
    with pytest.raises(StudentError, match="more than 20 times"):
        student.with_stand_ins(["earlier"], reference).call("later")


@pytest.mark.parametrize("call", ["build_net(80)", "build_net(width=80)", "build_net([80])", "build_net(np.array(80))"])
def test_the_courses_network_is_not_built_too_wide(call):
    names: dict = {}
    run_cell("def build_net(width):\n    return width", names, "reference")
    student, _, _ = student_and_reference(f"def later(width):\n    return build_net(width) if width else {call}")
    other = student.with_stand_ins(["build_net"], live(names))
    assert other.call("later", 64) == 64
    with pytest.raises(StudentError, match="called with what it does not take"):
        other.call("later", 0)


def test_what_the_courses_answers_return_is_not_kept_without_end():
    student, reference, _ = student_and_reference(
        "def later(n):\n    return len([earlier(np.ones(60_000) + i) for i in range(n)])"
    )
    asked = []
    counted = Student(lambda request: asked.append(len(request)) or student._ask(request))
    other = counted.with_stand_ins(["earlier"], reference)
    assert other.call("later", 5) == 5
    with pytest.raises(StudentError, match="far more from the earlier exercises"):
        other.call("later", 19)
    assert max(asked) < 5 * 2**20


def test_the_time_of_the_courses_answer_is_the_students():
    names, spent = {"np": np}, []
    run_cell("def earlier(x):\n    return sum(i for i in range(2_000_000))", names, "reference")
    student, _, _ = student_and_reference("def later():\n    return earlier(1)")
    Student(student._ask, spent.append).with_stand_ins(["earlier"], live(names)).call("later")
    assert sum(spent) > 0.02


def test_an_answer_that_catches_everything_gets_no_further():
    student, reference, _ = student_and_reference(
        "def later():\n    try:\n        return earlier(1)\n    except Exception:\n        return 'caught'"
    )
    assert student.with_stand_ins(["earlier"], reference).call("later") == 2


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()], ids=["disk", "memory"])
def test_a_fault_while_the_courses_answer_stands_in_is_no_zero(monkeypatch, error):
    whole = Student.call

    def broken(self, name, *arguments, **named):
        if self._stand_ins:
            raise error
        return whole(self, name, *arguments, **named)

    monkeypatch.setattr(Student, "call", broken)
    cells = graded("def mse(Y, prediction):\n    return 0.0\n" + DEPENDANTS["losses_to_beat"])
    assert cells["losses_to_beat"].verdict == "INFRA"
    assert cells["losses_to_beat"].points is None

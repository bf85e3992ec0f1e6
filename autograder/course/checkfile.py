"""Reads what a lesson's check file declares, without running it: which hidden checks there are, and of which exercise."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.course.catalog import Lesson
from autograder.errors import CourseError

# Of the marker, besides the exercise.
OPTIONS = {"weight", "alone", "off"}
# Marks of pytest that a hidden check cannot have.
NOT_THE_WAY = ("skip", "skipif", "xfail", "parametrize", "usefixtures")


@dataclass(frozen=True)
class Declared:
    """One hidden check, as its marker says: `@pytest.mark.check("half", weight=2, off="reason")`.

    Attributes
    ----------
    name
        The function's.
    exercise
        The id of the exercise that it belongs to.
    fixtures
        The names of what it asks for.
    weight
        Its part of the exercise's points, beside the weights of the others.
    off
        Why it is switched off; "" for one that is on.
    """

    name: str
    exercise: str
    fixtures: tuple[str, ...]
    weight: float = 1.0
    off: str = ""


def declared(lesson: Lesson) -> list[Declared]:
    """List the hidden checks of a lesson in the order of its check file.

    Raises
    ------
    CourseError
        Where a marker is not as it must be; the message names the check and the cure.
    """
    try:
        text = lesson.checks.read_text("utf-8")
    except OSError as error:
        raise CourseError(f"{lesson.checks}: {error.strerror}: a lesson needs its hidden checks.") from error
    return list(_declared_in(lesson, text))


@functools.lru_cache(maxsize=32)
def _declared_in(lesson: Lesson, text: str) -> tuple[Declared, ...]:
    """Do as `declared`; a file that stays as it is is parsed once."""
    try:
        tree = ast.parse(text, str(lesson.checks))
    except SyntaxError as error:
        raise CourseError(f"{lesson.checks}: not Python: {error}") from error
    found = []
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            named = ast.unparse(call.func if call else decorator)
            if named == "pytest.mark.check":
                found.append(_one_declared(lesson, function, call))
            elif named.removeprefix("pytest.mark.") in NOT_THE_WAY:
                raise CourseError(
                    f"{lesson.checks}: {function.name}: a hidden check cannot be marked `{named}`. To switch it off:"
                    ' `@pytest.mark.check("exercise", off="the reason")`; its points go to the exercise\'s other checks.'
                )
    names = [check.name for check in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        raise CourseError(f"{lesson.checks}: there are two checks called {name}, and Python keeps the second only.")
    for exercise in dict.fromkeys(check.exercise for check in found):
        if all(check.off for check in found if check.exercise == exercise):
            raise CourseError(
                f'{lesson.checks}: all checks of "{exercise}" are switched off, so nobody could earn its points. Leave one'
                " on, or set the exercise's points to 0 in its text."
            )
    return tuple(found)


def _one_declared(lesson: Lesson, function: ast.FunctionDef, call: ast.Call | None) -> Declared:
    """One check, from its marker."""

    def fail(problem: str) -> NoReturn:
        raise CourseError(f"{lesson.checks}: {function.name}: {problem}")

    if call is None or len(call.args) != 1:
        fail('the marker wants the exercise: `@pytest.mark.check("exercise", weight=1)`.')
    given: dict[str, Any] = {}
    try:
        exercise = ast.literal_eval(call.args[0])
        given = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    except ValueError:
        fail("the marker's values must be written out: texts and numbers, nothing that is computed.")
    if unknown := set(given) - OPTIONS:
        fail(f"the marker knows {', '.join(sorted(OPTIONS))}, and not {', '.join(sorted(map(str, unknown)))}.")
    weight, off = given.get("weight", 1), given.get("off", "")
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 < weight < float("inf"):
        fail(f'weight must be a number above 0, not {weight!r}. To switch a check off: off="the reason".')
    if not isinstance(off, str) or ("off" in given and not off.strip()):
        fail('off wants the reason as text, which the card shows: off="the text of 1.3 was unclear".')
    fixtures = tuple(argument.arg for argument in function.args.args)
    return Declared(function.name, exercise, fixtures, float(weight), off.strip())


def hidden_checks(lesson: Lesson, asking_for: str = "") -> dict[str, list[str]]:
    """Name the hidden checks by exercise, read from the check file without running it.

    Parameters
    ----------
    lesson
        Whose checks they are.
    asking_for
        Only those with this fixture; by default all.
    """
    found: dict[str, list[str]] = {}
    for check in declared(lesson):
        if not asking_for or asking_for in check.fixtures:
            found.setdefault(check.exercise, []).append(check.name)
    return found


def asked_names(lesson: Lesson) -> dict[str, int]:
    """Return the names that the check file asks a student for, `student.call("name", ...)`, each with its line."""
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(lesson.checks.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first = node.args[0]
            if ast.unparse(node.func.value) == "student" and isinstance(first, ast.Constant):
                found.setdefault(str(first.value), node.lineno)
    return found

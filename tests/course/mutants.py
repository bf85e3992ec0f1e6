"""Mutants of the reference answers: one operator, constant, order, index or call changed. `python -m tests.course.mutants [LESSON]` lists those that pass.

A mutant that passes all hidden checks on several draws is either caught on other draws, or means the same as the answer. The latter are
named in `tests/course/EQUIVALENT.md`, each with its reason; `tests/course/test_mutants.py` (slow) finds the others.
"""

from __future__ import annotations

import ast
import copy
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from autograder.checks.reference import reference_namespace, run_cell
from autograder.checks.runner import judge
from autograder.course import catalog, samples
from autograder.course.catalog import Lesson
from autograder.kernel.client import live

NAMED = Path(__file__).with_name("EQUIVALENT.md")
SLOW = (
    "train_alpha",
    "build_fusion",
)  # its mutants train networks, for minutes each
# Its numbers are the student's own choice: others near them are as right.
FREE = ("my_colours",)
DRAWS = 3
OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.MatMult: (ast.Mult,),
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
NAMES = {
    "minimum": "maximum",
    "maximum": "minimum",
    "min": "max",
    "max": "min",
    "mean": "median",
    "sum": "mean",
    "any": "all",
    "all": "any",
    "rint": "floor",
    "ceil": "floor",
    "floor": "ceil",
    "uint8": "int16",
    "float32": "float64",
    "sqrt": "square",
    "square": "abs",
}


def mutations(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of one node of an answer."""
    if isinstance(node, ast.BinOp):
        for other in OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)
        yield node.left
        yield node.right
    elif isinstance(node, ast.Compare):
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        for place in range(len(node.values)):
            rest = [value for other, value in enumerate(node.values) if other != place]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            yield ast.Constant(not value)
        elif isinstance(value, int):
            yield from (ast.Constant(other) for other in (value + 1, value - 1))
            if abs(value) > 3:
                yield ast.Constant(round(value * 1.1))
        elif isinstance(value, float):
            yield from (ast.Constant(other) for other in (value * 1.1, value * 0.9, -value) if other != value)
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield ast.Attribute(node.value, NAMES[node.attr], node.ctx)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        for place in range(len(node.elts) - 1):
            items = list(node.elts)
            items[place], items[place + 1] = items[place + 1], items[place]
            yield type(node)(items, node.ctx)
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.Slice):
        yield ast.Slice(None, node.upper, node.step)
        yield ast.Slice(node.lower, None, node.step)


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    """A call without its function, without one of its keywords, with two arguments exchanged."""
    if isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "keras")
    ):
        yield node.func.value
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    for place in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, [k for other, k in enumerate(node.keywords) if other != place])
    for place in range(len(node.args) - 1):
        args = list(node.args)
        args[place], args[place + 1] = args[place + 1], args[place]
        yield ast.Call(node.func, args, node.keywords)


def mutants(source: str) -> Iterator[tuple[str, str]]:
    """The mutants of an answer: in short what was changed, and the source."""
    tree = ast.parse(source)
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef))
    seen = {ast.unparse(tree)}
    for path in _paths(function):
        original = _at(function, path)
        found = list(mutations(original)) if isinstance(original, ast.AST) else []
        docstring = isinstance(original, ast.Expr) and isinstance(original.value, ast.Constant)
        if isinstance(original, ast.stmt) and not isinstance(original, (ast.Return, ast.FunctionDef)) and not docstring:
            found.append(ast.Pass())
        for new in found:
            changed = copy.deepcopy(function)
            _put(changed, path, copy.deepcopy(new))
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen:
                seen.add(text)
                yield _in_short(ast.unparse(function), text), text


def _paths(node: ast.AST, path: tuple = ()) -> Iterator[tuple]:
    """The ways to all nodes of a function's body."""
    for name, value in ast.iter_fields(node):
        if name in ("args", "decorator_list", "ctx") and isinstance(node, ast.FunctionDef):
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield (*path, (name, place))
                yield from _paths(child, (*path, (name, place)))


def _at(node: ast.AST, path: tuple) -> ast.AST:
    for name, place in path:
        value = getattr(node, name)
        node = value if place is None else value[place]
    return node


def _put(node: ast.AST, path: tuple, new: ast.AST) -> None:
    owner = _at(node, path[:-1])
    name, place = path[-1]
    if place is None:
        setattr(owner, name, new)
    else:
        getattr(owner, name)[place] = new


def _in_short(before: str, after: str) -> str:
    """The line that was changed: `old` → `new`."""
    old, new = before.split("\n"), after.split("\n")
    place = next(i for i, (one, two) in enumerate(zip([*old, ""], [*new, ""], strict=False)) if one != two)
    return f"`{old[place].strip()}` → `{new[place].strip() if place < len(new) else ''}`"


def passes(lesson: Lesson, exercise: str, source: str, seeds: range) -> bool:
    """Whether an answer passes all checks of its exercise on all these draws."""
    names = dict(reference_namespace(lesson))
    try:
        run_cell(source, names, exercise)
    except Exception:
        return False
    for seed in seeds:
        key = seed.to_bytes(4, "big") * 8
        if not all(check.passed for check in judge(lesson, lambda _: live(names), key, exercises={exercise})):
            return False
    return True


def survivors(lesson: Lesson, exercises: tuple[str, ...] = ()) -> Iterator[tuple[str, str, str]]:
    """The exercise, what was changed and the source of each mutant that passes on DRAWS draws."""
    for exercise, source in samples.solutions(lesson).items():
        if exercise in SLOW or (exercises and exercise not in exercises):
            continue
        for what, text in mutants(source):
            if exercise in FREE and len({re.sub(r"\d+", "0", side) for side in what.split(" → ")}) == 1:
                continue
            if passes(lesson, exercise, text, range(1)) and passes(lesson, exercise, text, range(1, DRAWS)):
                yield exercise, what, text


def named() -> set[tuple[str, str]]:
    """The mutants that are named equivalent: exercise and change."""
    found, exercise = set(), ""
    for line in NAMED.read_text("utf-8").splitlines():
        if line.startswith("## "):
            exercise = line.removeprefix("## ").strip("` ")
        elif match := re.match(r"- (`.*` → `.*`): .", line):
            found.add((exercise, match[1]))
    return found


if __name__ == "__main__":
    chosen = [lesson for lesson in catalog.lessons() if lesson.name.startswith(tuple(sys.argv[1:2]) or "")]
    known = named() if NAMED.exists() else set()
    for lesson in chosen:
        for exercise, what, text in survivors(lesson, tuple(sys.argv[2:])):
            lucky = (
                "equivalent on 30 draws" if passes(lesson, exercise, text, range(3, 33)) else "caught on another draw"
            )
            print(f"{exercise}\t{what}\t{'named' if (exercise, what) in known else lucky}", flush=True)

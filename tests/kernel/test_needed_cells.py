"""A grade by the cells that it needs, in a forked kernel, is the grade by the whole notebook in a kernel of its own: points, verdicts, messages."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import nbformat
import pytest

from autograder.course import samples
from autograder.course.answers import collected
from autograder.course.catalog import lessons
from autograder.errors import Unreadable
from autograder.grading import job
from autograder.results import Result
from autograder.settings import Settings
from autograder.submission.folder import copy_folder, inspect_folder
from autograder.submission.reader import notebook_of
from autograder.submission.rebuild import Submission, must_hold, open_submission, rebuild
from tests import adversarial
from tests.support import tiny
from tests.support.slow import slow_but_the_first

# What a case does to the cells that are left out, and to nothing else: a grade does not see it, and its points are the same.
NOT_SEEN = {"verdict", "reason"}


@pytest.fixture
def warm(monkeypatch):
    """Let this process grade as a worker does that grades many."""
    kernels = job.WarmKernels()
    yield lambda on: monkeypatch.setattr(job, "_warm", kernels if on else None)
    kernels.close()


def own(message: str) -> str:
    """A message without what the pytest that runs this test writes below it: it rewrites the assertions of check files, too."""
    return message.partition("\nassert ")[0]


def facts(result: Result) -> dict[str, Any]:
    """What a grade says, without what it took."""
    cells = {
        cell.id: (own(cell.message), cell.points, [(c.name, c.outcome, own(c.message)) for c in cell.checks])
        for cell in result.cells
    }
    return {"score": result.score, "verdict": result.verdict, "reason": result.reason, **cells}


def both(submission: Submission, warm) -> tuple[dict[str, Any], dict[str, Any]]:
    course = Settings.load()
    plain = job.job_of(submission, "a sample", course, pictures=False)
    warm(False)
    whole = job.grade(dataclasses.replace(plain, whole=True)).result
    warm(True)
    return facts(whole), facts(job.grade(plain).result)


def classes() -> list:
    """Notebooks in which every exercise has one of its collected answers, until each answer has had its turn."""
    found = []
    for lesson in lessons():
        answers = collected(lesson)
        of = {e.id: [a.source for a in answers if a.exercise == e.id] for e in lesson.exercises()}
        for turn in range(max(map(len, of.values()))):
            marks = [] if lesson.name.startswith("03") and turn < 1 else [pytest.mark.slow]
            mine = {name: sources[turn % len(sources)] for name, sources in of.items() if sources}
            found.append(pytest.param(lesson, mine, id=f"{lesson.name}-{turn}", marks=marks))
    return found


@pytest.mark.parametrize(("lesson", "answers"), classes())
def test_collected_answers_earn_the_same(lesson, answers, warm, tmp_path):
    path = tmp_path / f"{lesson.name}.ipynb"
    notebook = samples.submission(lesson, {**samples.solutions(lesson), **answers})
    path.write_text(nbformat.writes(notebook), "utf-8")
    whole, needed = both(open_submission(path), warm)
    assert needed == whole


OWN = {
    "a name of an example": ("print(eye.shape)", "print('read', eye.mean())"),
    "an example's name in a function": ("def use():\n    return eye", "print(use().shape)"),
    "a name that cannot be read": ("print(globals()['e' + 'ye'].shape)",),
    "a name put together": ("x = __builtins__ and getattr(__import__('builtins'), 'ev' + 'al')('e' + 'ye')",),
    "a name that nobody has": ("print(nobody_has_this)",),
    "its own name": ("eye = 3", "print(eye)"),
}


@pytest.mark.parametrize("own", slow_but_the_first(OWN, group=lambda name: "own", name=str))
def test_own_cells_that_read_examples_find_them(own, warm, tmp_path):
    own = OWN[own]
    first = lessons()[0]
    notebook = samples.submission(first, samples.solutions(first))
    behind = next(i for i, cell in enumerate(notebook.cells) if "eye = grey_photo" in cell.source) + 1
    for source in reversed(own):
        notebook.cells.insert(behind, nbformat.v4.new_code_cell(source))
    answer = next(cell for cell in notebook.cells if "def measure(" in cell.source)
    answer.source = (
        answer.source.replace("\n", "\nassert 'eye' in dir()\n", 1) if own[0].startswith("print(g") else answer.source
    )
    path = tmp_path / f"{first.name}.ipynb"
    path.write_text(nbformat.writes(notebook), "utf-8")
    whole, needed = both(open_submission(path), warm)
    assert needed == whole and needed["score"] == 30.0


def cases() -> list:
    quick = set(itertools.islice((n for n in adversarial.NAMES if n.startswith("honest")), 2))
    return [pytest.param(name, marks=[] if name in quick else [pytest.mark.slow]) for name in adversarial.NAMES]


@pytest.mark.parametrize("name", cases())
def test_adversarial_cases_earn_the_same(name, warm, tmp_path):
    case = adversarial.load(name)
    lesson = tiny.make_course(tmp_path, adversarial.lesson_of(case))
    adversarial.submit(case, lesson, "someone")
    folder = copy_folder(
        inspect_folder(lesson.root / "submitted" / "someone" / lesson.name, lesson), lesson, tmp_path / "copy"
    )
    try:
        raw = notebook_of((tmp_path / "copy" / f"{lesson.name}.ipynb").read_bytes(), f"{lesson.name}.ipynb")
        must_hold(raw, lesson)
    except (Unreadable, OSError):
        return  # a human looks at it, and nothing is run
    submission = rebuild(raw, lesson, folder.input_digest)
    submission.files = {file: tmp_path / "copy" / file for file in folder.files}
    whole, needed = both(submission, warm)
    assert {k: v for k, v in needed.items() if k not in NOT_SEEN} == {
        k: v for k, v in whole.items() if k not in NOT_SEEN
    }

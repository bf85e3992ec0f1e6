"""What is changed by one sign in a reference answer fails a hidden check, or is named as an answer that means the same."""

from __future__ import annotations

import pytest

from autograder.course import catalog, samples
from tests.course import mutants

EXERCISES = [(lesson, name) for lesson in catalog.lessons() for name in samples.solutions(lesson)]


def test_an_answer_has_mutants_of_each_kind():
    source = "def f(x, y):\n    z = x[0] + 2 * y\n    return np.minimum(z, 3, axis=0), x > 1\n"
    changed = {what.split(" → ")[1] for what, _ in mutants.mutants(source)}
    for one in (
        "`z = x[0] - 2 * y`",
        "`z = x[0] + 3 * y`",
        "`z = x[1] + 2 * y`",
        "`z = x + 2 * y`",
        "`return (np.maximum(z, 3, axis=0), x > 1)`",
        "`return (np.minimum(3, z, axis=0), x > 1)`",
        "`return (np.minimum(z, 3), x > 1)`",
        "`return (x > 1, np.minimum(z, 3, axis=0))`",
        "`return (np.minimum(z, 3, axis=0), x >= 1)`",
        "`pass`",
    ):
        assert one in changed, changed


def test_each_named_mutant_is_one():
    """What is named in EQUIVALENT.md can come out of the answers as they stand."""
    possible = {
        (name, what) for lesson, name in EXERCISES for what, _ in mutants.mutants(samples.solutions(lesson)[name])
    }
    assert mutants.named() <= possible, mutants.named() - possible


@pytest.mark.slow
@pytest.mark.parametrize(("lesson", "exercise"), EXERCISES, ids=[name for _, name in EXERCISES])
def test_a_mutant_is_caught_or_named(lesson, exercise):
    known = mutants.named()
    passing = [what for name, what, _ in mutants.survivors(lesson, (exercise,)) if (name, what) not in known]
    assert not passing, passing

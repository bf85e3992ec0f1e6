"""A lesson of one exercise in a course of its own, for tests of the build."""

from __future__ import annotations

from pathlib import Path

from autograder.course.catalog import Lesson
from autograder.course.markers import SENTINEL, SENTINEL_LINE

SCRIPT = f'''\
{SENTINEL_LINE}
# %% [markdown]
# # 9 · A lesson for tests

# %% tags=["setup"]
import numpy as np

# %% [markdown]
# ### Exercise 9.1 · Twice as much
# **4 points · about 6 minutes**
#
# Double every value.
#
# <details><summary>Hint 1</summary>One.</details>
# <details><summary>Hint 2</summary>Two.</details>
# <details><summary>Hint 3</summary>Three.</details>

# %% answer="double"
# ✏️ Answer: double
def double(grid):
    """Twice the grid."""
    ### BEGIN SOLUTION
    return 2 * grid
    ### END SOLUTION

# %% check="double"
# 🔎 Check: double
assert double(3) == 6, "Twice 3 is 6."
print("Doubled.")
'''

CHECKS = f'''\
"""Hidden checks of the lesson for tests."""

import pytest

SENTINEL = "{SENTINEL}"


@pytest.mark.check("double")
def test_it_doubles(student):
    """Every value is doubled."""
    assert student.call("double", 4) == 8, "Twice 4 is 8."
'''


def make(folder: Path) -> Lesson:
    """Write the lesson's script and its checks; nothing is built."""
    lesson = Lesson("09_test", folder)
    lesson.script.parent.mkdir()
    lesson.checks.parent.mkdir(parents=True)
    lesson.script.write_text(SCRIPT, "utf-8")
    lesson.checks.write_text(CHECKS, "utf-8")
    return lesson

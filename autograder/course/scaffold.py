"""Makes the three files of a new lesson: a script of one exercise, its hidden check, its collected answers."""

from __future__ import annotations

from pathlib import Path

from autograder.course.catalog import LESSON_NAME, Lesson, lessons
from autograder.course.markers import SENTINEL, SENTINEL_LINE
from autograder.course.pasted import GAP_LINE, read_shared
from autograder.errors import CourseError

# Stands wherever a scaffold has a gap; the tests want none of it in a lesson.
GAP = "TODO"

SCRIPT = '''\
{sentinel_line}
# %% [markdown]
# # {number} · TODO: a title
#
# TODO: where the lesson before ended, and what this one is for; a picture of where it leads, from
# the folder assets.
#
# **After this lesson you can**
#
# - TODO: something that can be seen to be done.
#
# **About 10 minutes · 4 points · one exercise{bonus}**
#
# *How the notebook works.* Run the cells from the top with Shift+Enter. A cell that starts with ✏️
# is yours to fill in: replace `raise NotImplementedError`.
# The 🔎 cell below it checks your answer and tells you what it saw. Hints open in three steps; take
# one when you have been stuck for two minutes.
# Code that nobody has to read is folded. Run it like any other cell; a click on its bar (on Colab,
# a double click on its title) opens it.
# Before you hand the notebook in, restart the kernel and run all cells: it is graded from top to bottom, in a
# fresh kernel.
# The grading machine has NumPy, SciPy, scikit-image, Pillow, matplotlib, and TensorFlow with Keras, and no network: a cell that imports another package stops there.

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from skimage import data

{set_up}

# %% tags=["setup", "slips"]
# `autograder build` pastes the words of the checks here.

# %% [markdown]
# ## Part 1 · TODO: what it is about
#
# ### Exercise {number}.1 · Twice as bright
# **4 points · about 6 minutes**
#
# TODO: what is to be done, completely. Here: write `brighter(grid)`, which gives every level twice,
# and 255 where that is more. A uint8 grid goes in, a uint8 grid of the same shape comes out.
#
# <details><summary>Hint 1 · the idea</summary>
#
# TODO: the idea. Here: a level of 200 becomes 400, and uint8 ends at 255.
#
# </details>
# <details><summary>Hint 2 · where to look</summary>
#
# TODO: where to look. Here: `astype(int)` makes room, `np.minimum` ends it.
#
# </details>
# <details><summary>Hint 3 · nearly the code</summary>
#
# TODO: nearly the code. Here: `np.minimum(2 * grid.astype(GAP), GAP)`
#
# </details>

# %% answer="brighter"
# ✏️ Answer: brighter
def brighter(grid):
    """Twice every level of a uint8 grid, at most 255."""
    ### BEGIN SOLUTION
    return np.minimum(2 * grid.astype(int), 255).astype(np.uint8)
    ### END SOLUTION


# %% check="brighter"
# 🔎 Check: brighter
grid = np.uint8([[0, 10, 100], [127, 128, 255]])
wanted = np.uint8([[0, 20, 200], [254, 255, 255]])
same(attempt(brighter, grid), wanted, "brighter(grid)", why="What becomes of levels above 127?")
print("Twice as bright, and nothing ran over.")

# %% [markdown]
# TODO: what the learner's own function does, as a picture.
{picture}
# %% [markdown]
# ## What you can do now
#
# TODO: what was learned, and one thing to try on a photo of one's own.
#
# ## Score yourself
#
# For those who learn without a class: the next cell asks the hidden checks about this session. They come with the course's own
# repository. As long as it says `SCORE_ME = False`, it only says how.

# %% tags=["score"]
# `autograder build` writes the cell that scores here.
'''

PICTURE = """
# %%
show(photo, brighter(photo), titles=["photo", "brighter(photo)"], alt="TODO: what it shows, for those who do not see it.")

"""

CHECKS = '''\
"""Hidden checks of lesson {number}."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks import expect

SENTINEL = "{sentinel}"


@pytest.mark.check("brighter", weight=3)
def test_levels_are_doubled_and_end_at_255(student, draw):
    """Every level comes twice, and 255 at most."""
    grid = draw.noise()[:, :, 0]
    got = expect.array(student.call("brighter", grid), "brighter(grid)", shape=grid.shape)
    expect.close(got, np.minimum(2 * grid.astype(int), 255), "brighter(grid)", why="What becomes of levels above 127?")


@pytest.mark.check("brighter")
def test_the_dtype_is_uint8(student, draw):
    """Levels stay uint8."""
    got = expect.array(student.call("brighter", draw.noise()[:, :, 0]), "brighter(grid)")
    assert got.dtype == np.uint8, f"brighter(grid) should be uint8; yours is {{got.dtype}}."
'''

ANSWERS = '''\
{sentinel_line}
"""Answers to lesson {number}: wrong ones, each caught by one hidden check alone, and right ones in other styles."""


# %% wrong="test_levels_are_doubled_and_end_at_255" says="above 127" change="solution"
# -     return np.minimum(2 * grid.astype(int), 255).astype(np.uint8)
# +     return (2 * grid.astype(int)).astype(np.uint8)


# %% wrong="test_the_dtype_is_uint8" change="solution"
# -     return np.minimum(2 * grid.astype(int), 255).astype(np.uint8)
# +     return np.minimum(2 * grid.astype(int), 255)


# %% right="brighter" style="clipped"
def brighter(grid):
    return np.clip(grid.astype(float) * 2, 0, 255).astype(np.uint8)
'''


def new_lesson(name: str, root: Path, bonus: bool = False) -> list[Path]:
    """Write the three files of a new lesson; they build.

    Parameters
    ----------
    name
        Such as "07_my_lesson". Lessons come in the order of their numbers.
    root
        The course's folder.
    bonus
        Whether it comes on top of what is expected.

    Returns
    -------
    list of Path
        What was written: the script, the hidden checks, the collected answers.

    Raises
    ------
    CourseError
        Where the name does not fit or is taken; nothing is written.
    """
    lesson = Lesson(name, root)
    if not LESSON_NAME.fullmatch(name):
        raise CourseError(f"{name!r} is no name of a lesson: two digits, then small letters, as in `07_my_lesson`.")
    for known in lessons(root):
        if known.name[:2] == name[:2]:
            raise CourseError(f"There is a lesson {name[:2]} already: {known.name}. Take another number.")
    shared = read_shared(root)
    wanted = [piece for piece in ("photo", "show") if piece in shared]
    facts = {
        "number": int(name[:2]),
        "bonus": " · bonus lesson" if bonus else "",
        "sentinel": SENTINEL,
        "sentinel_line": SENTINEL_LINE,
        "set_up": "\n".join(GAP_LINE.format(piece) for piece in wanted) or "photo = data.astronaut()[0:400, 20:420]",
        "picture": PICTURE if "show" in wanted else "",
    }
    texts = {lesson.script: SCRIPT, lesson.checks: CHECKS, lesson.answers: ANSWERS}
    if there := [path for path in texts if path.exists()]:
        raise CourseError(f"{there[0]} is there already. Move it away, or take another name.")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**facts), "utf-8")
    return list(texts)

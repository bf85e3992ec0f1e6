"""Where the course is on GitHub is said once; the badges, and the address for scoring oneself, come from there. Unknown, there are none."""

from __future__ import annotations

import nbformat
import pytest

from autograder import settings
from autograder.course import build
from autograder.course.address import COLAB, Address, address_of, how_to_report, readme_with_badges, with_badge
from autograder.course.adopt import adopt
from autograder.course.script import script_text, solution_notebook
from autograder.errors import CourseError
from autograder.hosts.nbgrader.release import release_text
from tests.support import small_lesson

SCORE = '\n# %% tags=["score"]\n# `autograder build` writes the cell that scores here.\n'
LINK = f"{COLAB}/github/sample-school/colouring/blob/main/lessons/09_test/09_test.ipynb"
BADGE = f"[![Open 9 · A lesson for tests in Colab]({COLAB}/assets/colab-badge.svg)]({LINK})"
README = "# A course\n\n<!-- Colab badges: made -->\n<!-- end -->\n\nThe end.\n"


@pytest.fixture
def small(tmp_path):
    """A course of one lesson, which ends with the cell that scores, and a README with a place for badges."""
    lesson = small_lesson.make(tmp_path)
    lesson.script.write_text(small_lesson.SCRIPT + SCORE, "utf-8")
    (tmp_path / "README.md").write_text(README, "utf-8")
    return lesson


def said(root, text: str) -> None:
    (root / "pyproject.toml").write_text(f"[tool.autograder]\n{text}\n", "utf-8")


@pytest.mark.parametrize(
    "text",
    [
        'repository = "sample-school/colouring"',
        'repository = "https://github.com/sample-school/colouring"',
        'repository = "https://github.com/sample-school/colouring.git"',
        'repository = "https://github.com/sample-school/colouring/"',
        'repository = "git@github.com:sample-school/colouring.git"',
    ],
)
def test_an_address_may_be_written_as_it_was_copied(tmp_path, text):
    said(tmp_path, text)
    assert address_of(tmp_path) == Address("sample-school/colouring", "main")


@pytest.mark.parametrize("text", ["", 'repository = ""', "other = 1"])
def test_no_address_is_none(tmp_path, text):
    assert address_of(tmp_path) == Address()
    said(tmp_path, text)
    assert address_of(tmp_path) == Address()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('repository = "colouring"', "is not OWNER/NAME"),
        ('repository = "https://example.org/a/b"', "is not OWNER/NAME"),
        ("repository = 5", "is not OWNER/NAME"),
        ('repository = "a/b"\nbranch = "my branch"', "not the name of a branch"),
        ("repository = ", r"pyproject\.toml"),
    ],
)
def test_a_wrong_address_is_an_error_that_names_file_and_cure(small, text, says):
    said(small.root, text)
    with pytest.raises(CourseError, match=rf"pyproject\.toml.*{says}|{says}"):
        build.generate(small, release_text)


def test_without_an_address_there_is_no_badge_and_no_link(small):
    build.build(small, release_text)
    text = small.release.read_text("utf-8")
    assert "colab-badge" not in text
    assert "github" not in nbformat.reads(text, as_version=4).cells[-1].source
    assert build.readme(small.root) == {small.root / "README.md": README}


def test_an_address_gives_badges_and_comes_not_into_the_script(small):
    said(small.root, 'repository = "sample-school/colouring"')
    build.build(small, release_text)
    cells = nbformat.read(small.release, as_version=4).cells
    assert cells[0].source == f"# 9 · A lesson for tests\n\n{BADGE}\n\n"
    assert 'COURSE = "sample-school/colouring"' in cells[-1].source
    assert BADGE in build.readme(small.root)[small.root / "README.md"]
    notebook = solution_notebook(small)
    assert "colouring" not in script_text(notebook, small.solution, small).replace("the-colouring", "")
    assert adopt(small.solution, small, release_text) is False
    # and away again
    said(small.root, 'repository = ""')
    assert len(build.build(small, release_text)) == 2
    assert "colab-badge" not in small.release.read_text("utf-8")


def test_an_edit_of_the_cell_that_scores_is_refused(small):
    build.build(small, release_text)
    notebook = nbformat.read(small.solution, as_version=4)
    notebook.cells[-1].source = notebook.cells[-1].source.replace("False", "True")
    with pytest.raises(CourseError, match="the build writes this cell"):
        script_text(notebook, small.solution, small)


def test_a_badge_takes_the_place_of_another():
    text = "# A lesson\n\nIt begins."
    assert with_badge(with_badge(text, BADGE), "") == text
    other = BADGE.replace("colouring", "other")
    assert with_badge(with_badge(text, BADGE), other) == with_badge(text, other)


def test_badges_of_a_readme_stand_between_its_marks():
    made = readme_with_badges(README, [BADGE, BADGE])
    assert made == README.replace("-->\n<!-- end", f"-->\n{BADGE}\n{BADGE}\n<!-- end")
    assert readme_with_badges(made, []) == README
    assert readme_with_badges("# Without marks", [BADGE]) == "# Without marks"


def test_the_readme_of_this_course_is_as_built():
    for path, text in build.readme(settings.root()).items():
        assert path.read_text("utf-8") == text
    assert "<!-- Colab badges" in (settings.root() / "README.md").read_text("utf-8")


def test_a_fault_is_reported_where_the_course_is(tmp_path):
    given = "Please tell whoever gave you the course, with these words."
    assert how_to_report(tmp_path) == given
    setting = tmp_path / "pyproject.toml"
    setting.write_text('[tool.autograder]\nrepository = "ana/colours"\n')
    assert how_to_report(tmp_path) == "Please report it with these words: https://github.com/ana/colours/issues."
    setting.write_text("[tool.autograder]\nrepository = 3\n")
    assert how_to_report(tmp_path) == given

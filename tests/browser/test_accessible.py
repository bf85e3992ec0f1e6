"""axe-core finds nothing serious in what the course shows: lessons as HTML, feedback pages, the report of a class."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter

from autograder.course import samples
from tests.support import tiny

# nbconvert's own colours of prompts and code are too pale on their grounds: its template `lab`, and not this course.
OF_NBCONVERT = (".jp-InputPrompt", ".jp-OutputPrompt", ".highlight")


def with_outputs(lesson, folder, monkeypatch):
    """The lesson's solution, run from top to bottom; training is cut short, as in nbgrader's Validate."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = samples.submission(lesson, samples.solutions(lesson))
    return NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}
    ).execute()


@pytest.mark.parametrize("kind", ["blank", "solution"])
def test_a_lesson_as_html(page, violations, tmp_path, monkeypatch, lesson, kind):
    notebook = lesson.read_release() if kind == "blank" else with_outputs(lesson, tmp_path, monkeypatch)
    file = tmp_path / "lesson.html"
    file.write_text(HTMLExporter().from_notebook_node(nbformat.from_dict(notebook))[0], "utf-8")
    page.set_default_timeout(120_000)
    page.goto(file.as_uri(), wait_until="load")
    assert violations(page, OF_NBCONVERT) == []


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    """A small class: all right, something wrong, nothing done. Graded, with pages and a report."""
    lesson = tiny.make_course(tmp_path_factory.mktemp("accessible"))
    right = tiny.right(lesson)
    tiny.submit(lesson, "ana", right)
    wrong = nbformat.from_dict(right)
    next(cell for cell in wrong.cells if cell.id == "half").source = "# ✏️ Answer: half\ndef half(grid:\n    return grid"
    tiny.submit(lesson, "ben", wrong)
    tiny.submit(lesson, "cleo", lesson.read_release())
    for command in ("autograde", "generate_feedback"):
        done = tiny.nbgrader(lesson.root, command, lesson.name)
        assert done.returncode == 0, done.stderr[-3000:]
    done = tiny.autograder(lesson.root, "report")
    assert done.returncode == 0, done.stderr
    return lesson


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("who", ["ana", "ben", "cleo", "the class"])
def test_a_page_of_the_course(page, violations, class_, shot, who, scheme):
    file = class_.root / "class-report.html"
    if who != "the class":
        file = class_.root / "feedback" / who / class_.name / f"{class_.name}.html"
    page.emulate_media(color_scheme=scheme)
    page.goto(file.as_uri())
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    shot(page, f"page-{who.replace(' ', '-')}-{scheme}", full_page=True)
    assert violations(page) == []

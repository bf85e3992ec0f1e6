"""A learner's own session: the same checks against a live notebook, in process and in a real kernel."""

from __future__ import annotations

import html
import sys

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

import autograder
from autograder.checks.draws import Draw
from autograder.checks.reference import reference_namespace
from autograder.course import samples


def test_a_right_session_gets_full_marks_as_text_and_as_cards(lesson):
    shown = autograder.self_check(lesson.name, dict(reference_namespace(lesson)))
    assert shown.result.score == shown.result.max_score
    assert "All done" in shown._repr_html_()
    assert lesson.exercises()[0].title in repr(shown)


def test_an_empty_session_is_told_what_is_missing(lesson):
    shown = autograder.self_check(lesson.name, {})
    assert shown.result.score == 0
    assert lesson.exercises()[0].id in repr(shown)


def test_a_fault_of_the_grader_is_told_to_somebody_without_a_teacher(first, monkeypatch):
    def broken(self, *_):
        raise ZeroDivisionError("the grader's own mistake")

    monkeypatch.setattr(Draw, "photo", broken)
    monkeypatch.setattr(Draw, "noise", broken)
    shown = autograder.self_check(first.name, dict(reference_namespace(first)))
    for text in (shown._repr_html_(), repr(shown)):
        assert "teacher" not in text
        assert "the grader's own mistake" in html.unescape(text)
        assert "Please tell whoever gave you the course, with these words." in text
    assert "Not graded: the grader failed" in shown._repr_html_()
    assert "That is the grader's fault and not yours." in html.unescape(shown._repr_html_())


def test_in_a_live_notebook_it_looks_at_that_notebook(first, tmp_path):
    notebook = samples.submission(first, samples.solutions(first))
    package = str(first.root)
    notebook.cells.append(
        new_code_cell(
            f"import sys; sys.path.insert(0, {package!r})\nimport autograder\nautograder.self_check({first.name!r})"
        )
    )
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    (output,) = notebook.cells[-1].outputs
    assert "All done: full marks" in output.data["text/html"]


def test_nothing_heavy_is_imported_before_it_is_asked_for():
    import subprocess

    code = "import sys, autograder; print(sorted({'numpy', 'pytest', 'nbgrader', 'tensorflow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

"""Which cell is whose answer, when cells were moved, split, merged, written anew."""

from __future__ import annotations

import copy

import nbformat
import pytest

from autograder.course import samples
from autograder.errors import Unreadable
from tests.conftest import answer_cell
from tests.support.rebuilt import answers_of, own_cells, place_of, unanswered


@pytest.mark.parametrize(
    "cell",
    [
        None,
        5,
        {},
        {"cell_type": "code"},
        {"source": 5},
        {"source": [1, "a"]},
        {"metadata": [], "source": "1"},
        {"id": 5, "source": "x"},
        {"metadata": {"nbgrader": [1]}},
    ],
)
def test_broken_cells_between_good_ones_do_no_harm(rebuilt, finished, cell):
    answers = answers_of(finished)
    finished.cells.insert(2, cell)
    assert answers_of(rebuilt(finished).notebook) == answers


def test_another_notebook_under_the_lessons_name_is_for_a_human(rebuilt, first):
    for data in (nbformat.v4.new_notebook(), nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])):
        with pytest.raises(Unreadable, match=f"none of the exercises of {first.name}"):
            rebuilt(data)


def test_an_experiment_below_the_check_does_not_replace_the_answer(rebuilt, finished, first):
    exercise = first.exercises()[1]
    experiment = copy.deepcopy(answer_cell(finished, exercise.id))
    experiment["id"], experiment.source = "another", experiment.source.split("\n", 1)[0] + f"\n{exercise.id} = None"
    finished.cells.insert(place_of(finished, exercise.check_id) + 1, experiment)
    for notebook in (finished, samples.without_metadata(copy.deepcopy(finished))):
        submission = rebuilt(notebook)
        assert answers_of(submission.notebook) == answers_of(
            rebuilt(samples.submission(first, samples.solutions(first))).notebook
        )
        assert own_cells(submission.notebook) == [experiment.source]


def test_an_answer_written_anew_without_marker_is_not_hidden_by_the_stub(rebuilt, finished, first):
    name = first.exercises()[1].id
    at = place_of(finished, name)
    source = finished.cells[at].source.split("\n", 1)[1]
    finished.cells[at] = nbformat.v4.new_code_cell(source)
    submission = rebuilt(finished)
    assert source in own_cells(submission.notebook)
    assert "raise NotImplementedError" not in answers_of(submission.notebook)[name]


@pytest.mark.parametrize("lost", [False, True])
def test_cells_that_were_merged_are_taken_apart_at_their_markers(rebuilt, finished, first, lost):
    answers = answers_of(finished)
    one, two = first.exercises()[1:3]
    cells = {cell.id: cell for cell in finished.cells}
    merged = "\n".join(cells[name].source for name in (one.id, one.check_id, two.id))
    cells[one.check_id].source = merged
    finished.cells = [cell for cell in finished.cells if cell.id not in (one.id, two.id)]
    submission = rebuilt(samples.without_metadata(finished) if lost else finished)
    assert any("metadata and the cell ids were missing" in line for line in submission.repairs) == lost
    assert {k: v.strip() for k, v in answers_of(submission.notebook).items()} == {
        k: v.strip() for k, v in answers.items()
    }


@pytest.mark.parametrize(
    "marker",
    ["# ✏️ Answer: {} (done)", "# Answer : {}", "# answer: {}", "# ✏ Answer: `{}`", "%%time\n# ✏️ Answer: {}  # mine"],
)
def test_a_marker_line_that_was_touched_is_still_read(rebuilt, finished, first, marker):
    name = first.exercises()[1].id
    cell = answer_cell(finished, name)
    cell.source = marker.format(name) + "\n" + cell.source.split("\n", 1)[1]
    submission = rebuilt(samples.without_metadata(finished))
    assert unanswered(submission) == set()
    assert own_cells(submission.notebook) == []


def test_a_text_cell_that_speaks_of_an_answer_is_not_the_answer(rebuilt, finished, first):
    answers = answers_of(finished)
    name = first.exercises()[1].id
    finished.cells.insert(
        place_of(finished, name) + 1, nbformat.v4.new_markdown_cell(f"## Answer: {name}\n\nI thought long.")
    )
    assert answers_of(rebuilt(finished).notebook) == answers


def test_a_comment_that_looks_like_a_marker_splits_nothing(rebuilt, finished, first):
    name = first.exercises()[1].id
    answer_cell(finished, name).source += "\n# Answer: none of these\n# Check: the shape\nx = 1"
    submission = rebuilt(finished)
    assert answers_of(submission.notebook)[name].endswith("x = 1")
    assert own_cells(submission.notebook) == []


def test_a_notebook_back_from_colab_with_forms_and_titles_is_read_like_any_other(rebuilt, finished):
    """Its own ids and metadata; a title in, or above, a marker line; every cell in the form view."""
    answers = answers_of(rebuilt(copy.deepcopy(finished)).notebook)
    titles = ('#@title My answer { display-mode: "form" }\n# ✏️ Answer', "# @title ✏️ Answer", "#@title Answer")
    number = 0
    for index, cell in enumerate(finished.cells):
        cell["metadata"] = {"id": f"x{index}", "colab": {"base_uri": "x"}, "outputId": "a-b", "cellView": "form"}
        cell.pop("id")
        if "# ✏️ Answer" in cell.source:
            cell.source = cell.source.replace("# ✏️ Answer", titles[number % 3], 1)
            number += 1
        elif "# @title" in cell.source:
            cell.source = cell.source.replace("# @title", "#@title")
    finished.metadata = {"colab": {"provenance": [], "gpuType": "T4"}, "accelerator": "GPU"}
    finished["nbformat_minor"] = 0
    came = rebuilt(finished)
    assert number == len(answers) > 3
    shown = {name: without_marker(text) for name, text in answers_of(came.notebook).items()}
    assert shown == {name: without_marker(text) for name, text in answers.items()}
    assert own_cells(came.notebook) == []


def without_marker(text: str) -> str:
    """An answer below its marker line."""
    return text[text.index("def ") :] if "def " in text else text.split("\n", 1)[1]

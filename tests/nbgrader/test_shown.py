"""What pages show of a student's own text can be drawn in a moment, and honest text is shown as it is."""

from __future__ import annotations

import copy
import json
import re
import signal
import threading
import time
from types import SimpleNamespace

import nbformat
import pytest

from autograder.course import samples
from autograder.course.catalog import is_check, is_written
from autograder.reports import display
from autograder.reports.display import TookTooLong, at_most
from autograder.settings import limits
from tests import adversarial
from tests.conftest import LESSONS
from tests.support import tiny

HANG = {
    "blank lines": ("code", "x=1" + "\n " * 490_000 + "x=1"),
    "blanks": ("markdown", "a" + " " * 120_000 + "b"),
    "begin": ("markdown", r"\begin{a}" * 100_000),
    "formulas": ("markdown", r"\\[" * 300_000),
    "brackets": ("markdown", "[" * 300_000),
}


def notebook(*cells, outputs=()) -> nbformat.NotebookNode:
    """A notebook of cells that are the student's own; the outputs are the first one's."""
    made = []
    for kind, text in cells:
        make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        made.append(make(text, metadata={"course": {"from": "student"}}))
    if outputs:
        made[0].outputs = list(outputs)
    return nbformat.v4.new_notebook(cells=made, metadata={"language_info": {"name": "python"}})


def bounded(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    display.bound(nb, display.can_be_drawn, is_written=is_written, is_graded=is_check)
    return nb


def draw(nb: nbformat.NotebookNode) -> str:
    from nbconvert.exporters import HTMLExporter

    return HTMLExporter(template_name="classic").from_notebook_node(nb)[0]


@pytest.mark.parametrize("kind", HANG)
def test_what_would_take_for_ever_is_cut_and_drawn(kind):
    handed = notebook(HANG[kind])
    with pytest.raises(TookTooLong), at_most(3, signal.ITIMER_VIRTUAL):
        draw(copy.deepcopy(handed))
    with at_most(5, signal.ITIMER_VIRTUAL):
        shown = bounded(copy.deepcopy(handed))
        page = draw(shown)
    assert re.search(r"[\d,]+ characters more are not shown here; what was graded is the whole", page)
    for before, after in zip(handed.cells, shown.cells, strict=True):
        assert len(after.source) < 1.3 * limits().shown_cell
        assert after.metadata["course"] == {"from": "student", "whole": before.source}


def test_many_cells_share_one_bound():
    kinds = [("code", "x.y" * 300 + "\n"), ("code", "\n" * 3000), ("markdown", "*a* " * 2000), ("code", "1")]
    with at_most(15, signal.ITIMER_VIRTUAL):
        shown = bounded(notebook(*kinds * 100))
        draw(shown)
    assert sum(len(cell.source) for cell in shown.cells) < limits().shown_text + 300 * len(shown.cells)


def test_what_is_shown_of_code_is_its_beginning_and_how_much_is_left_out():
    long = "x = 1  # and a remark that makes the line longer\n" * 20_000
    wide = "y = '" + "a" * 9_000 + "'\nz = 2"
    shown = bounded(notebook(("code", long), ("code", wide)))
    kept, note = shown.cells[0].source.rsplit("\n", 1)
    assert long.startswith(kept)
    assert (
        note
        == f"# … {len(long) - len(kept):,} characters more are not shown here; what was graded is the whole, as handed in"
    )
    first, second = shown.cells[1].source.split("\n")
    assert second == "z = 2"
    assert first.startswith("y = 'aaa") and "7,006 characters more" in first and len(first) < 2_200


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_an_honest_notebook_is_shown_as_it_is(lesson):
    nb = samples.submission(lesson, samples.solutions(lesson))
    own = notebook(
        ("code", "def f(x):\n    return x\n\n\n" * 150),
        ("markdown", "# Notes\n\n> a quote\n\n| a | b |\n|---|---|\n| $x^2$ | `y` |\n\n```python\nx = 1\n```\n\n" * 30),
    )
    own.cells[0].outputs = [
        nbformat.v4.new_output("stream", text="\x1b[1m1/7\x1b[0m \x1b[32m━━━\x1b[0m\n" * 300),
        nbformat.v4.new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>"}),
        nbformat.v4.new_output("error", ename="E", evalue="e", traceback=["\x1b[0;31mE\x1b[0m: e"]),
    ]
    nb.cells[3:3] = own.cells
    assert bounded(copy.deepcopy(nb)) == nb


def outputs_of(*outputs) -> list[nbformat.NotebookNode]:
    with at_most(8, signal.ITIMER_VIRTUAL):
        shown = bounded(notebook(("code", "1"), outputs=outputs))
        draw(shown)
    return shown.cells[0].outputs


def test_too_many_colours_are_left_out_and_the_text_stays():
    stream = nbformat.v4.new_output("stream", text="a" + "\x1b[31mb" * 200_000)
    (kept,) = outputs_of(stream)
    assert re.fullmatch(r"ab+(\[3)?\n\[… [\d,]+ characters more are not shown here]", kept.text)
    odd = nbformat.v4.new_output("stream", text="\x1b[2K\x1b]8;;x\x1b[31mred\x1b[0m\x1b[" + "1;" * 9_000 + "m")
    (kept,) = outputs_of(odd)
    assert kept.text == "]8;;x\x1b[31mred\x1b[0m"


def test_many_and_large_outputs_are_cut():
    large = [nbformat.v4.new_output("display_data", {"text/plain": "<" * 2_000_000}) for _ in range(12)]
    kept = outputs_of(*large)
    assert sum(len(output.data["text/plain"]) for output in kept) < limits().shown_text + 1000
    many = [nbformat.v4.new_output("display_data", {"text/plain": "x"}) for _ in range(10_000)]
    kept = outputs_of(*many)
    assert len(kept) == limits().shown_parts + 1
    assert kept[-1].text == f"[… {10_000 - limits().shown_parts:,} outputs more are not shown here]"


def test_a_text_that_is_shown_plain_cannot_get_out_of_its_block():
    text = "~~~~~\n<b>bold</b>\n\n~~~~~~~~\n" + "[" * 2_000
    page = draw(notebook(("markdown", display._plain(text, False))))
    assert "<b>bold" not in page
    assert "&lt;b&gt;bold" in page


def test_a_time_limit_stops_a_regular_expression_and_leaves_nothing_behind():
    began = time.monotonic()
    with pytest.raises(TookTooLong), at_most(0.2):
        re.match(r"(a+)+$", "a" * 60 + "b")
    with at_most(0.05):
        pass
    time.sleep(0.3)
    assert time.monotonic() - began < 5
    done = []

    def elsewhere() -> None:
        with at_most(9):
            done.append(1)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert done == [1], "in another thread nothing is limited, and nothing fails"


# -- a class ----------------------------------------------------------------------------------------------------------


UNSHOWABLE = SimpleNamespace(
    ANSWERS={
        "half": "def half(grid):\n    return np.asarray(grid) / TWO",
        "mirror": "def mirror(grid):\n    return np.asarray(grid)[:, ::-1]" + "\n " * 100_000,
    },
    EXTRA=[
        "x = 1" + "\n " * 100_000 + "\nTWO = 2",  # an answer relies on the last line
        ("markdown", "a" + " " * 120_000 + "b"),
        ("markdown", r"\begin{a}" * 100_000),
        ("markdown", r"\\[" * 300_000),
        ("markdown", "> " * 300_000),
        "for _ in range(900): print('\\x1b[31m' * 200)",
    ],
)


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    """A submission that cannot be shown and an honest one, graded, with pages."""
    lesson = tiny.make_course(tmp_path_factory.mktemp("unshowable"))
    adversarial.submit(UNSHOWABLE, lesson, "sample-a")
    tiny.submit(lesson, "sample-b", tiny.right(lesson))
    for step in ("autograde", "generate_feedback"):
        done = tiny.nbgrader(lesson.root, step, lesson.name, seconds=120)
        assert done.returncode == 0, done.stderr[-3000:]
    return lesson


def files(lesson, student: str):
    place = f"{student}/{lesson.name}/{lesson.name}"
    return lesson.root / "autograded" / f"{place}.ipynb", lesson.root / "feedback" / f"{place}.html"


@pytest.mark.xdist_group("shown")
def test_a_submission_that_cannot_be_shown_is_graded_whole_and_shown_in_part(class_):
    notebook_file, page = files(class_, "sample-a")
    graded = nbformat.read(notebook_file, as_version=4)
    assert graded.metadata["autograder"]["result"]["score"] == 10
    assert sum(len(cell.source) for cell in graded.cells) < 200_000
    assert "not shown here" in page.read_text("utf-8")
    assert page.stat().st_size < 3_000_000
    honest = nbformat.read(files(class_, "sample-b")[0], as_version=4)
    right = {cell.id: cell.source for cell in tiny.right(class_).cells}
    assert {cell.id: cell.source for cell in honest.cells} == right
    assert "not shown here" not in files(class_, "sample-b")[1].read_text("utf-8")


@pytest.mark.xdist_group("shown")
def test_a_page_that_takes_too_long_stops_nobody(class_):
    """As if it were graded before pages were bounded."""
    path, page = files(class_, "sample-a")
    before = page.read_text("utf-8")
    data = json.loads(path.read_text("utf-8"))
    data["cells"][0] = {"cell_type": "markdown", "id": "hang", "metadata": {}, "source": HANG["begin"][1]}
    path.write_text(json.dumps(data), "utf-8")
    with open(class_.root / "limits.toml", "a", encoding="utf-8") as file:
        file.write("page = 6.0\n")
    files(class_, "sample-b")[1].unlink()
    done = tiny.nbgrader(class_.root, "generate_feedback", class_.name, "--force", seconds=120)
    assert done.returncode == 1
    assert "page took more than 6 s" in done.stderr
    assert page.read_text("utf-8") == before, "the page so far stays"
    assert files(class_, "sample-b")[1].exists()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("/work/class/.venv/lib/python3.12/site-packages/numpy/core.py:7: RuntimeWarning: overflow", "…/core.py:7: RuntimeWarning: overflow"),
        ("/tmp/ipykernel_3/2245887535.py:3: UserWarning: strange", "line 3 of a cell: UserWarning: strange"),
        ("File \x1b[32m/root/.local/x.py:12\x1b[39m, in f", "File \x1b[32m…/x.py:12\x1b[39m, in f"),
        ("No such file: '/srv/submitted/other/01_x/data.csv'", "No such file: '…/data.csv'"),
        ("a=/tmp/b/c.txt,", "a=…/c.txt,"),
        ("/home/student/data/x.png, data/x.png and ../x.png", "/home/student/data/x.png, data/x.png and ../x.png"),
        ("https://numpy.org/doc/stable/x.html, 1/2/3, a / b / c, and/or/not", "https://numpy.org/doc/stable/x.html, 1/2/3, a / b / c, and/or/not"),
    ],
)  # fmt: skip
def test_no_page_names_folders_of_the_machine_that_grades(said, shown):
    new = nbformat.v4.new_output
    outputs = [
        new("stream", name="stderr", text=said),
        new("stream", name="stdout", text=said),
        new("error", ename="E", evalue=said, traceback=[said]),
    ]
    stderr, stdout, error = bounded(notebook(("code", "f()"), outputs=outputs)).cells[0].outputs
    assert (stderr.text, error.evalue, error.traceback) == (shown, shown, [shown])
    assert stdout.text == said, "what a student prints is the student's"

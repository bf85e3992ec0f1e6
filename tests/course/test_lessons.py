"""The lessons themselves: solutions get full marks, blanks none, nothing leaks, pictures speak to those who cannot see them."""

from __future__ import annotations

import ast
import functools
import re
import tempfile
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest

from autograder import scoring
from autograder.checks.reference import reference_namespace, run_cell
from autograder.course import catalog, samples
from autograder.course.address import COLAB
from autograder.course.catalog import lessons, nbgrader_facts
from autograder.course.drawn import answer_of, answers_behind, cells_to_run, names_of_answers
from autograder.course.names import NamesOf
from autograder.course.scaffold import GAP
from autograder.grading import job
from autograder.grading.shared_pictures import SharedPictures
from autograder.hosts.nbgrader import pictures
from autograder.hosts.nbgrader.notebooks import NOTE, UNANSWERED
from autograder.kernel.runner import NotebookRun
from autograder.results import Result, Verdict
from autograder.settings import Settings
from autograder.submission.rebuild import open_submission
from tests.support.boxes import needs_isolation

IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<target>[^)]+)\)")
LONG = 120  # characters: what a lesson and its hidden checks have in common is shorter
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)")


def in_turn(lesson: catalog.Lesson) -> object:
    """A test's parameter; what is graded once is asked about in one process."""
    return pytest.param(lesson, id=lesson.name, marks=pytest.mark.xdist_group(f"graded-{lesson.name}"))


each_graded = pytest.mark.parametrize("lesson", [in_turn(lesson) for lesson in catalog.lessons()])


@functools.cache
def graded(lesson: catalog.Lesson, kind: str) -> tuple[Result, nbformat.NotebookNode]:
    """The lesson's "solution" or its "blank", graded in a real kernel: the result, and the notebook run from top to bottom."""
    notebook = lesson.read_release()
    if kind == "solution":
        notebook = samples.submission(lesson, samples.solutions(lesson))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{lesson.name}.ipynb"
        path.write_text(nbformat.writes(notebook), "utf-8")
        report = job.grade(job.job_of(open_submission(path), kind, Settings.load()))
    return report.result, nbformat.reads(report.notebook, as_version=4)


def errors(notebook) -> list[tuple[str, str, str]]:
    return [
        (cell.id, output.ename, output.evalue)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    ]


@each_graded
def test_the_solution_gets_full_marks(lesson):
    result, _ = graded(lesson, "solution")
    assert [(c.id, c.message) for c in result.cells if not c.full] == []
    assert (result.verdict, result.score, result.exit_code) == (Verdict.GRADED, result.max_score, 0)
    assert result.repairs == []


@each_graded
def test_the_untouched_lesson_scores_zero(lesson):
    result, _ = graded(lesson, "blank")
    assert (result.verdict, result.score, result.exit_code) == (Verdict.GRADED, 0, 1)
    assert {cell.message for cell in result.cells} == {
        "Not answered yet. The line `raise NotImplementedError` is still there."
    }


@each_graded
def test_the_untouched_lesson_raises_nothing_but_not_implemented(lesson):
    raised = errors(graded(lesson, "blank")[1])
    assert {kind for _, kind, _ in raised} == {"NotImplementedError"}
    checks = {exercise.check_id for exercise in lesson.exercises()}
    assert checks <= {cell for cell, _, _ in raised}, "a visible check passes on a blank answer"


def says_something(alt: str) -> bool:
    """Whether a picture's text can stand for it: a sentence, and not "Figure of …" or a file's name."""
    return (
        len(alt) >= 40
        and len(set(alt.split())) >= 8
        and not re.match(r"(an? )?(image|figure|plot|picture) of\b", alt, re.I)
    )


@each_graded
def test_the_solution_runs_clean_and_every_picture_has_alt_text(lesson):
    _, notebook = graded(lesson, "solution")
    assert errors(notebook) == []
    pictures = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    alt = output.metadata.get(kind, {}).get("alt", "")
                    assert says_something(alt), f"{cell.id}: a picture without a text that says what is in it: {alt!r}"
                    pictures.append(alt)
            assert output.output_type != "stream" or output.name != "stderr", f"{cell.id}: warns: {output.text}"
    assert len(pictures) >= len(lesson.exercises()) / 2, "rewards are pictures"
    assert len(pictures) == len(set(pictures)), "two pictures of which the same is said"


def test_pictures_in_the_text_have_alt_text_and_come_along(lesson):
    for cell in lesson.read_release().cells:
        for match in IMAGE.finditer(cell.source if cell.cell_type == "markdown" else ""):
            assert says_something(match["alt"]), f"{cell.id}: {match[0]}"
            if match["target"].startswith(COLAB):  # the badge, which is there where the course's address is known
                continue
            assert match["target"].removeprefix("attachment:") in cell.get("attachments", {}), f"{cell.id}: {match[0]}"
        assert "<img" not in cell.source


def test_a_lesson_can_be_read_aloud(lesson):
    """What a screen reader stumbles over: a level of headings left out, a column without a name, a checkbox without one."""
    texts = [cell for cell in lesson.read_release().cells if cell.cell_type == "markdown"]
    level = 0
    for cell in texts:
        prose = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
        for heading in re.findall(r"^(#+) .*", prose, re.MULTILINE):
            assert len(heading) <= level + 1, (
                f"{cell.id}: after a heading of level {level} comes one of level {len(heading)}"
            )
            level = len(heading)
        for head in re.findall(r"^(\|.*)\n\|[ :|-]+$", prose, re.MULTILINE):
            assert all(name.strip() for name in head.strip("| ").split("|")), (
                f"{cell.id}: a column without a name: {head}"
            )
            assert not head.startswith(("| |", "||")), f"{cell.id}: the first column has no name: {head}"
        assert not re.search(r"^\s*- \[[ xX]\]", prose, re.MULTILINE), f"{cell.id}: a checkbox that nobody can tick"
    assert level, "no heading at all"


def test_gaps_in_hints_are_words(lesson):
    """A screen reader passes over "…", so that a hint with it is heard without its gaps."""
    for cell in lesson.read_release().cells:
        if cell.cell_type == "markdown":
            signs = [code for code in re.findall(r"`[^`]+`", cell.source) if "…" in code or "__" in code]
            assert not signs, f"write GAP: {signs}"


def test_links_in_a_lesson_lead_somewhere(lesson):
    for cell in lesson.read_release().cells:
        for match in LINK.finditer(cell.source if cell.cell_type == "markdown" else ""):
            assert match["target"].startswith(("https://", "#")), f"{cell.id}: a student has only this file: {match[0]}"


def test_no_solution_is_in_the_release(lesson):
    release = {cell.id: cell.source for cell in lesson.read_release().cells}
    whole = lesson.release.read_text("utf-8")
    assert "SOLUTION" not in whole
    for cell in lesson.read_solution().cells:
        if not nbgrader_facts(cell).get("solution"):
            continue
        body = cell.source.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
        for line in (text.strip() for text in body.splitlines()):
            if len(line) > 25:
                assert line not in "\n".join(release.values()), f"{cell.id}: {line!r} is in the release"


def test_no_hidden_check_is_in_the_release(lesson):
    release = "\n".join(cell.source for cell in lesson.read_release().cells)
    checks = lesson.checks.read_text("utf-8")
    for name in re.findall(r"def (test_\w+)", checks):
        assert name not in release
    assert len(checks) > LONG
    shown = {release[i : i + LONG] for i in range(len(release) - LONG + 1)}
    assert [part for i in range(len(checks)) if len(part := checks[i : i + LONG]) == LONG and part in shown] == []


def test_the_lesson_needs_nothing_but_its_own_file(lesson):
    allowed = {
        "numpy",
        "matplotlib",
        "skimage",
        "PIL",
        "tensorflow",
        "keras",
        "IPython",
        "base64",
        "google",  # on Colab alone, and guarded
        "contextlib",
        "difflib",
        "importlib",
        "io",
        "itertools",
        "linecache",
        "math",
        "os",
        "pathlib",
        "re",
        "scipy",  # the world's textures; scikit-image needs it
        "shutil",
        "socket",  # whether a host is reached, in the optional last part of lessons 5 and 6
        "sys",
        "textwrap",
        "threading",
        "time",
        "warnings",
    }
    code = "\n".join(cell.source for cell in lesson.read_solution().cells if cell.cell_type == "code")
    # What scores a session is about the course's repository, and only when asked: tests/unit/test_scoring.py.
    code = code.replace(Path(scoring.__file__).read_text("utf-8").split('"""', 2)[2].strip(), "")
    imported = set(re.findall(r"^\s*(?:from|import) (\w+)", code, re.MULTILINE))
    assert imported <= allowed
    # Lesson 4 sends what TensorFlow says while it starts to nowhere, which is no file.
    code = code.replace("os.open(os.devnull, os.O_WRONLY)", "")
    # And it opens a photo of the learner's own, which may not be there.
    code = code.replace("Image.open(path)", "")
    assert not re.search(r"^\s*[!%]|https?://|open\(", code, re.MULTILINE)


def test_points_and_minutes_are_those_of_an_hours_work(lesson):
    exercises = lesson.exercises()
    points, minutes = (sum(getattr(one, what) for one in exercises) for what in ("points", "minutes"))
    assert 20 <= points <= 50, f"{points:g} points are not those of an hour's work: 20 to 50 are"
    most = 100 if lesson.bonus else 75  # who takes a bonus lesson has time
    assert 30 <= minutes <= most, f"{minutes} minutes of exercises are not an hour's work: 30 to {most} are"


def test_nothing_of_a_scaffold_is_left_to_do(lesson):
    """`autograder new-lesson` leaves gaps, and each says so."""
    for path in (lesson.script, lesson.checks, lesson.answers):
        left = [f"line {n}: {line}" for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if GAP in line]
        assert left == [], f"{path.name} has gaps"


def test_exercises_are_numbered_in_order(lesson):
    number = int(lesson.name[:2])
    titles = [exercise.title for exercise in lesson.exercises()]
    assert [title.split(" · ")[0] for title in titles] == [f"Exercise {number}.{i}" for i in range(1, len(titles) + 1)]


def test_students_validate_button_is_content_with_the_solution_and_not_with_the_blank(lesson, tmp_path):
    from nbgrader.validator import Validator

    for source, content in (
        (samples.submission(lesson, samples.solutions(lesson)), True),
        (lesson.read_release(), False),
    ):
        path = tmp_path / f"{lesson.name}.ipynb"
        path.write_text(nbformat.writes(source), "utf-8")
        report = Validator().validate(str(path))
        assert (report.get("failed", []) == []) == content
        assert not report.get("changed")


def test_the_house_has_its_lessons_in_order():
    names = [lesson.name for lesson in catalog.lessons()]
    known = ("01_rgb_grids", "02_lab_split", "03_normalization", "04_alpha_model", "05_beta", "06_final")
    assert names == [name for name in known if name in names], "name a new lesson here, where it is finished"
    assert names


def test_what_is_expected_adds_up_to_125_points_and_bonus_lessons_come_on_top():
    course = [lesson for lesson in catalog.lessons() if not lesson.bonus]
    assert [lesson.name[:2] for lesson in course] == ["01", "02", "03", "04"]
    assert sum(exercise.points for lesson in course for exercise in lesson.exercises()) == 125


@pytest.mark.slow
def test_the_sandbox_leaves_nothing_behind(lesson, handed_in, tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    handed_in(lesson, lesson.read_release())
    left = [path.name for path in (tmp_path / "scratch").iterdir()]
    # The lesson's own files stay for the rest of the process's life: tests/unit/test_leftovers.py.
    assert [name for name in left if not name.startswith("autograder-lesson-")] == []


@pytest.mark.slow
@needs_isolation
@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.name)
def test_a_cell_whose_answer_is_missing_shows_nothing(lesson, tmp_path):
    """So nothing has to be drawn for it: a page says which answer it needs."""
    solution, release = lesson.read_solution(), lesson.read_release()
    blank = {answer_of(cell): cell.source for cell in release.cells if answer_of(cell)}
    shared = SharedPictures(behind=answers_behind(solution), names=names_of_answers(solution))
    for number, answer in enumerate(blank):
        notebook = deepcopy(solution)
        next(cell for cell in notebook.cells if answer_of(cell) == answer).source = blank[answer]
        notebook.metadata[NOTE] = {UNANSWERED: [answer]}
        empty = pictures.unanswered(notebook, shared)
        assert set(map(tuple, empty.values())) <= {(answer,)}
        folder = tmp_path / str(number)
        folder.mkdir()
        with NotebookRun(notebook, folder, pictures=False, needed=cells_to_run(notebook, empty)) as run:
            run.finish()
        for i in empty:
            raised = [output.ename for output in notebook.cells[i].outputs if output.output_type == "error"]
            assert raised == ["NotImplementedError"], f"{answer}: {notebook.cells[i].source}"


@pytest.mark.parametrize("lesson", catalog.lessons(), ids=lambda lesson: lesson.name)
def test_no_cell_gives_the_name_of_a_function_to_something_else(lesson):
    """A student goes back to an earlier exercise after the later cells were run: its functions must still be there."""
    functions: dict[str, str] = {}
    for cell in lesson.read_release().cells:
        if cell.cell_type != "code":
            continue
        tree = ast.parse(cell.source)
        defined = {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
        taken = (NamesOf.of(cell.source).at_top - defined) & set(functions)
        assert not taken, f"{cell.id} makes something else of { ({name: functions[name] for name in taken}) }"
        functions |= dict.fromkeys(defined, cell.id)


@pytest.mark.xdist_group("graded-04_alpha_model")
def test_below_the_ladder_a_cell_says_what_is_missing():
    """Where no network was trained, each cell that shows one says so in a sentence of its own, and no other error comes."""
    lesson = next(lesson for lesson in catalog.lessons() if lesson.name.startswith("04"))
    cells = [cell.source for cell in lesson.read_release().cells if cell.cell_type == "code"]
    guarded = [source for source in cells if "\ntrained(" in f"\n{source}"]
    assert len(guarded) >= 8
    for source in guarded:
        names = dict(reference_namespace(lesson))
        with pytest.raises(NotImplementedError, match="no trained network yet"):
            run_cell(
                re.sub(r"(?s).*?(?=^trained\()", "", source, count=1, flags=re.MULTILINE), names, "below the ladder"
            )
    names = dict(reference_namespace(lesson)) | {"compile_alpha": lambda model: model.compile()}
    with pytest.raises(NotImplementedError, match=r"4\.4 and 4\.7"):
        run_cell("alpha = compiled(compile_alpha(build_alpha()))", names, "the ladder")


def test_five_colours_that_pass_are_told_what_is_still_off():
    names = reference_namespace(catalog.lesson("02_lab_split"))
    means = names["mean_colours"]()
    assert "as near as one colour" in names["what_is_still_off"](means)
    orange_hair = means | {"hair": (20, 60), "flag": (80, 20)}
    assert names["what_helps"](orange_hair) == ""
    said = names["what_is_still_off"](orange_hair)
    assert "farthest off: hair" in said
    assert "less yellow" in said

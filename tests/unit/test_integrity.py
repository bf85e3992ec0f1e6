"""What is alike across a class is listed for a human; what everybody has, what the course gave, and short right answers are not.

Measured on lessons 1 and 2, on three sets of answers written independently of each other and the two collected in
`autograder/checks/answers/`: of 20 pairs the most alike shared 34 % of the smaller one's runs (one long answer along the same hint),
the next 8 %. Copies with every name changed and every comment replaced shared 99 % and more. Where only the first half of
the answers was copied, 1 to 51 %: four of six such copies are listed; short answers leave nothing unusual to see.
Weights, of the network of lesson 4: two trainings have a cosine of -0.01, one that was trained on for 1000 epochs 0.994.
With the filters scaled and sorted, the 15 pairs of six trainings of 200 epochs have cosines from -0.018 to 0.010.
What their filters answer to photos, matched as well as can be, has a mean correlation of 0.25 (112 pairs of eight trainings of 500 and
1000 epochs on the portrait: 0.18 to 0.30, standard deviation 0.018) and of 0.28 in untrained networks (at most 0.45 in 300 pairs). With a
tenth of the filters of each layer replaced and all others scaled and sorted it is 0.90 to 0.95 (the loss 1.05 to 1.3 times as high), with
a quarter 0.62 to 0.72 (the loss four times as high). Two trainings from one seed, with another order of additions: 0.88 after 1000
epochs. So they are listed, and the line says that one SEED may be the reason.
"""

from __future__ import annotations

import io
import json
import re
import sys

import pytest
from nbgrader.api import Gradebook
from rich.console import Console

from autograder.course import samples
from autograder.course.answers import collected
from autograder.course.catalog import Lesson, lessons
from autograder.grading import similarity
from autograder.grading.journal import Event, Journal
from autograder.grading.kept import kept
from autograder.grading.similar_texts import FEW, WORD
from autograder.grading.works import ALIKE_TEXT, SAME_WEIGHTS, Work, texts_of
from autograder.settings import Settings
from autograder.submission.reader import RawNotebook
from autograder.submission.rebuild import rebuild
from tests import adversarial
from tests.support import tiny
from tests.support.alike import kinds

# -- texts ------------------------------------------------------------------------------------------------------------


def answers_of(lesson: Lesson, style: int) -> dict[str, str]:
    """A right answer to every exercise, from the collected ones."""
    found: dict[str, list[str]] = {}
    for answer in collected(lesson):
        if not answer.catches:
            found.setdefault(answer.exercise, []).append(answer.source)
    return {name: sources[min(style, len(sources) - 1)] for name, sources in found.items()}


def work(lesson: Lesson, student: str, answers: dict[str, str]) -> Work:
    return Work(student, texts_of(samples.submission(lesson, answers), lesson), revision=student)


def disguised(lesson: Lesson, answers: dict[str, str]) -> dict[str, str]:
    """The same with every name of the student's own changed, and other comments."""
    given = {
        w for cell in (*lesson.read_release().cells, *lesson.read_solution().cells) for w in WORD.findall(cell.source)
    }
    changed = {}
    for name, source in answers.items():
        for word in {word for word in WORD.findall(source) if word not in given}:
            source = re.sub(rf"\b{word}\b", f"my_{word}", source)
        changed[name] = re.sub(r"(?m)(?<!^)#.*$", "# so", source)
    return changed


def test_independent_right_answers_are_not_listed(lesson):
    works = [work(lesson, f"style-{n}", answers_of(lesson, n)) for n in (0, 1)]
    assert similarity.pairs(lesson, [*works, work(lesson, "reference", samples.solutions(lesson))]) == []


def test_the_courses_own_answers_are_nobodys_copy(lesson):
    works = [work(lesson, f"s{n}", samples.solutions(lesson)) for n in range(3)]
    assert similarity.pairs(lesson, works) == []


def test_a_copy_in_disguise_is_listed_with_both_names_and_where(lesson):
    one, other = answers_of(lesson, 1), answers_of(lesson, 0)
    works = [work(lesson, "one", one), work(lesson, "other", other), work(lesson, "copy", disguised(lesson, one))]
    (pair,) = similarity.pairs(lesson, works)
    assert (pair.students, pair.what) == (("copy", "one"), ALIKE_TEXT)
    assert any(exercise.id in pair.detail for exercise in lesson.exercises())
    assert "one" in str(pair) and "copy" in str(pair)


def test_the_whole_of_a_cell_is_compared_and_not_what_a_page_shows_of_it(first):
    notebook = samples.submission(first, {first.exercises()[0].id: "cut = 1"})
    answer = next(cell for cell in notebook.cells if cell.id == first.exercises()[0].id)
    answer.metadata["course"] = {"whole": "the_whole = 1"}
    assert ("grey_ramp", "the_whole = 1", True) in texts_of(notebook, first)


def test_short_right_answers_that_are_the_same_are_not_listed(first):
    short = {exercise.id: f"{exercise.id} = lambda *grids: np.stack(grids, axis=-1)" for exercise in first.exercises()}
    assert similarity.pairs(first, [work(first, "a", short), work(first, "b", short)]) == []


def test_what_many_of_a_class_wrote_is_everybodys(first):
    one = answers_of(first, 1)
    works = [work(first, f"s{n}", one) for n in range(FEW)]
    assert len(similarity.pairs(first, works)) == 10  # every two of five
    assert similarity.pairs(first, [*works, work(first, "another", one)]) == []


def test_prose_of_their_own_counts_too(first):
    note = (
        "I went to the window at noon and held the photo of my grandmother against the light, and the red of her scarf was gone. "
        * 2
    )
    note += "So I think that lamps in the kitchen are yellow, and that my camera mends it, which my eyes do as well, all the time, without asking me."
    works = [Work(name, [("a cell of their own", note, False)]) for name in ("a", "b")]
    assert kinds(similarity.pairs(first, works)) == [(("a", "b"), ALIKE_TEXT)]


# -- a class ----------------------------------------------------------------------------------------------------------


one_class = pytest.mark.xdist_group("integrity")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class in which two handed in the same weights; one has others, and one the same under a name that nobody looks at."""
    lesson = tiny.make_course(tmp_path_factory.mktemp("class"))
    files = {
        "sample-a": ("alpha", 1),
        "sample-b": ("alpha", 1),
        "sample-c": ("alpha", 2),
        "sample-d": ("beta", 1),
    }
    for student, (name, seed) in files.items():
        folder = tiny.submit(lesson, student, tiny.right(lesson))
        adversarial.load("honest_network").weights(folder, seed)
        (folder / "alpha.weights.h5").rename(folder / f"{name}.weights.h5")
    return lesson, tiny.nbgrader(lesson.root, "autograde", lesson.name)


def verdicts(lesson) -> dict[str, tuple[str, float]]:
    found = {}
    for path in sorted((lesson.root / "autograded").glob(f"*/{lesson.name}/*.ipynb")):
        result = json.loads(path.read_text("utf-8"))["metadata"]["autograder"]["result"]
        found[path.parts[-3]] = (result["verdict"], result["score"])
    return found


def waiting(lesson) -> set[str]:
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:
        return {s.student.id for s in book.find_assignment(lesson.name).submissions if s.needs_manual_grade}


@one_class
def test_the_same_weights_are_reviewed_and_cost_no_point(graded):
    lesson, done = graded
    assert done.returncode == 0, done.stderr
    assert verdicts(lesson) == {
        "sample-a": ("REVIEW", 10.0), "sample-b": ("REVIEW", 10.0), "sample-c": ("GRADED", 10.0), "sample-d": ("GRADED", 10.0),
    }  # fmt: skip
    assert waiting(lesson) == {"sample-a", "sample-b"}
    assert "sample-a and sample-b handed in the same weights (alpha.weights.h5, byte for byte)" in done.stderr
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:
        assert {s.score for s in book.find_assignment(lesson.name).submissions} == {10.0}


@one_class
def test_what_is_kept_says_the_same(graded):
    lesson, _ = graded
    whole = kept(Settings.load(lesson.root), lesson.name, "sample-a")
    assert whole.verdict == "REVIEW"
    assert all(cell.checks for cell in whole.cells)


def test_the_formgrader_says_first_why_and_names_nobody(graded):
    lesson, _ = graded
    for student, other in (("sample-a", "sample-b"), ("sample-b", "sample-a")):
        path = lesson.root / "autograded" / student / lesson.name / f"{lesson.name}.ipynb"
        first = json.loads(path.read_text("utf-8"))["cells"][0]
        assert "The same weights were handed in more than once" in first["source"]
        assert "points below are provisional" in first["source"]
        assert other not in first["source"]


@one_class
def test_the_report_names_the_pair_and_no_student_reads_it(graded):
    lesson, _ = graded
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "integrity"]
    (report,) = json.loads(tiny.run([*command, "--json"], lesson.root).stdout)["lessons"]
    assert [(p["students"], p["what"]) for p in report["pairs"]] == [(["sample-a", "sample-b"], SAME_WEIGHTS)]
    shown = tiny.run(command, lesson.root).stdout
    assert "sample-a" in shown and "sample-b" in shown and "No points were taken" in shown
    assert tiny.nbgrader(lesson.root, "generate_feedback", lesson.name).returncode == 0
    page = (lesson.root / "feedback" / "sample-a" / lesson.name / f"{lesson.name}.html").read_text("utf-8")
    assert "sample-b" not in page
    assert "Provisional: your teacher will look at this submission" in page and "10 / 10 points" in page


@one_class
def test_what_a_human_has_seen_is_not_put_before_them_again_until_it_is_graded_again(graded):
    lesson, _ = graded
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:
        for submission in book.find_assignment(lesson.name).submissions:
            for grade in submission.notebooks[0].grades:
                grade.needs_manual_grade = False
        book.db.commit()
    assert tiny.nbgrader(lesson.root, "autograde", lesson.name).returncode == 0
    assert waiting(lesson) == set()
    assert tiny.nbgrader(lesson.root, "autograde", lesson.name, "--force", "--student", "sample-a").returncode == 0
    assert waiting(lesson) == {"sample-a"}, "what was decided about the other one stands"
    seen = [event["students"] for event in Journal(lesson.root).events() if event["event"] == Event.ALIKE]
    assert seen == [["sample-a", "sample-b"]] * 2


@one_class
def test_a_comparison_that_fails_costs_nobody_a_grade(graded, tmp_path):
    lesson, _ = graded
    place = lesson.root / ".autograder" / "integrity" / f"{lesson.name}.json"
    place.unlink()
    place.mkdir()  # it cannot be written
    done = tiny.nbgrader(lesson.root, "autograde", lesson.name, "--force")
    assert done.returncode == 0
    assert "could not be compared" in done.stderr
    assert {score for _, score in verdicts(lesson).values()} == {10.0}


def test_every_lesson_says_whose_checks_look_at_files():
    from autograder.course.checkfile import hidden_checks

    asking = {lesson.name: list(hidden_checks(lesson, asking_for="handed_in")) for lesson in lessons()}
    trained = {"04_alpha_model": ["compile_alpha"], "05_beta": ["train_beta"], "06_final": ["build_fusion"]}
    assert {name: exercises for name, exercises in asking.items() if exercises} == trained


def test_a_long_cell_of_their_own_hides_no_answer(first):
    """Whoever copies cannot use up what is compared of a submission with a cell in front."""
    notebook = samples.submission(first, samples.solutions(first))
    plain = texts_of(_rebuilt(first, notebook), first)
    notebook.cells.insert(0, _own("# " + "x" * 199_998))
    padded = texts_of(_rebuilt(first, notebook), first)
    assert padded[: len(plain)] == plain


def _own(source: str):
    import nbformat

    return nbformat.v4.new_code_cell(source)


def _rebuilt(lesson, notebook):
    import nbformat

    return rebuild(RawNotebook("", "", json.loads(nbformat.writes(notebook))), lesson, "").notebook


def test_how_many_were_compared_is_a_line_for_each_lesson():
    reports = [{"lesson": name, "hand_ins": count, "pairs": []} for name, count in (("01_a", 3), ("02_b", 1))]
    (console := Console(file=io.StringIO())).print(similarity.rendered(reports))
    assert console.file.getvalue() == "01_a: 3 submissions, 0 pairs\n02_b: 1 submission, 0 pairs\n"

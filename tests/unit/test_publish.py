"""`autograder publish`: the students' repository holds what they need, and nothing of an answer or a check."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from autograder import settings
from autograder.cli import certificate
from autograder.course import samples
from autograder.course.address import with_badge
from autograder.course.catalog import bonus_names, lessons
from autograder.errors import CourseError
from autograder.hosts.alone import ladder
from autograder.hosts.publish import leaks
from autograder.hosts.publish.contents import PACKAGES, contents
from autograder.hosts.publish.place import publish
from autograder.networks.spec import SPECS
from tests.support.installed import in_the_wheel, unpacked_wheel, zipped

ROOT = settings.root()
IMPORTED_AS = {"scikit-image": "skimage", "pillow": "PIL"}


# What lessons 4 to 6, and `autograder certificate`, leave beside the notebook.
LEFT_BY_RUNS = (
    *(spec.weights_file for spec in SPECS.values()), "alpha.part.weights.h5", "beta.part.weights.h5", ladder.NAME, "alpha.ladder.part.npz",
    certificate.NAME,
)  # fmt: skip


def contents_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def course(tmp_path):
    """A course of its own, of which something can be changed: its lessons are copies."""
    folder = tmp_path / "course"
    for name in ("lessons", "solutions"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("LICENSE", "LICENSE-lessons", "assets/README.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "autograder" / "checks", folder / "autograder" / "checks")
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """The students' repository, for tests that only read it."""
    folder = tmp_path_factory.mktemp("published") / "students"
    publish(ROOT, folder, "sample-school/colouring")
    return folder


@pytest.fixture
def students(published, tmp_path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "students"))


def git(folder: Path, *arguments: str) -> None:
    who = {f"GIT_{kind}_{what}": "sample" for kind in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, env={**os.environ, **who})


def test_the_lessons_are_the_releases_with_a_badge_of_the_students_repository(students):
    for lesson in lessons(ROOT):
        text = (students / "lessons" / lesson.name / f"{lesson.name}.ipynb").read_text("utf-8")
        made, release = nbformat.reads(text, as_version=4), lesson.read_release()
        assert f"/github/sample-school/colouring/blob/main/lessons/{lesson.name}/" in made.cells[0].source
        made.cells[0].source = with_badge(made.cells[0].source, "")
        release.cells[0].source = with_badge(release.cells[0].source, "")
        assert made == release


def test_without_an_address_the_lessons_are_the_releases_without_a_badge(tmp_path):
    publish(ROOT, tmp_path / "students")
    for lesson in lessons(ROOT):
        text = (tmp_path / "students" / "lessons" / lesson.name / f"{lesson.name}.ipynb").read_text("utf-8")
        assert "colab-badge" not in text


def test_the_links_of_the_readme_lead_to_its_lessons(students):
    text = (students / "README.md").read_text("utf-8")
    colab = re.findall(r"https://colab\.research\.google\.com/github/sample-school/colouring/blob/main/([^)]+)\)", text)
    assert colab == [f"lessons/{lesson.name}/{lesson.name}.ipynb" for lesson in lessons(ROOT)]
    for target in {*colab, *(link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("https:"))}:
        assert (students / target).is_file(), target


def test_the_readme_says_which_lessons_are_bonus_lessons_and_what_that_means(students, course):
    text = (students / "README.md").read_text("utf-8")
    marked = [line.split(" · ")[0].removeprefix("| [") for line in text.splitlines() if "| 30 bonus |" in line]
    assert marked == [str(int(name[:2])) for name in sorted(bonus_names())] == ["5", "6"]
    assert (
        text.count(
            "\n\nBonus lessons go on where the course ends. Their points come on top: nobody has to do them.\n\n"
        )
        == 1
    )
    for name in bonus_names():
        (course / "solutions" / f"{name}.py").unlink()
    assert "onus" not in contents(course)["README.md"].decode()


def test_students_get_the_packages_that_lessons_import_and_no_grader(students):
    known = {IMPORTED_AS.get(name, name) for name in PACKAGES} | {"IPython", "google"}  # on Colab alone
    for lesson in lessons(ROOT):
        for cell in lesson.read_release().cells:
            for node in (
                ast.walk(ast.parse(cell.source)) if cell.cell_type == "code" and "%" not in cell.source[:1] else ()
            ):
                names = [node.module] if isinstance(node, ast.ImportFrom) else []
                names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
                for name in names:
                    top = name.split(".")[0]
                    assert top in known or top in sys.stdlib_module_names, (lesson.name, name)
    for name in ("requirements.txt", "environment.yml"):
        text = (students / name).read_text("utf-8")
        assert "nbgrader" not in text and "pytest" not in text and "numpy<2.5,>=2.1" in text


def test_every_answer_and_every_check_would_be_seen(tmp_path):
    secrets = leaks.Secrets.of(ROOT)
    for lesson in lessons(ROOT):
        for name, source in samples.solutions(lesson).items():
            assert "an answer" in secrets.in_text(source.encode()), (lesson.name, name)
        tree = ast.parse(text := lesson.checks.read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                assert "a line of" in secrets.in_text(ast.get_source_segment(text, node).encode()), node.name


@pytest.mark.parametrize("where", ["answer", "beside"])
def test_a_lesson_with_a_solution_is_not_published(course, tmp_path, where):
    lesson = lessons(course)[0]
    notebook = lesson.read_release()
    answer = next(iter(samples.solutions(lesson).values()))
    code = next(cell for cell in notebook.cells if cell.cell_type == "code")
    if where == "answer":
        code.source = answer
    else:
        (lesson.release.parent / "data.zip").write_bytes(zipped())
    lesson.release.write_text(nbformat.writes(notebook), "utf-8")
    with pytest.raises(CourseError, match=r"nothing is published.*lessons/01_rgb_grids"):
        publish(course, tmp_path / "students")
    assert {path.name for path in tmp_path.iterdir()} == {"course"}


def test_where_the_list_of_photos_has_another_heading_nothing_is_published(course, tmp_path):
    path = course / "assets" / "README.md"
    path.write_text(path.read_text("utf-8").replace("## Photos", "## Pictures"), "utf-8")
    with pytest.raises(CourseError, match=f"{re.escape(str(path))}: there is no text under a heading `## Photos`"):
        publish(course, tmp_path / "students")
    assert not (tmp_path / "students").exists()


def test_what_was_published_is_brought_up_to_date_and_what_was_added_stays(course, tmp_path):
    folder = tmp_path / "students"
    publish(course, folder, "sample-school/colouring", "term")
    (folder / "syllabus.md").write_text("Mondays at ten.\n")
    (folder / "README.md").write_text("Our own.\n")
    (course / "lessons" / "01_rgb_grids" / "sample.csv").write_text("1\n")
    for name in LEFT_BY_RUNS:
        (course / "lessons" / "04_alpha_model" / name).write_text("of a run")
    before = contents_of(folder)
    done = publish(course, folder)
    assert (done.written, done.kept, done.removed, done.added) == (
        ["lessons/01_rgb_grids/sample.csv"],
        ["README.md"],
        [],
        1,
    )
    after = contents_of(folder)
    assert {name: after[name] for name in before if name != ".published.json"} == {
        name: data for name, data in before.items() if name != ".published.json"
    }
    (course / "lessons" / "01_rgb_grids" / "sample.csv").unlink()
    (folder / "README.md").unlink()
    done = publish(course, folder)
    assert (done.written, done.kept, done.removed, done.added) == (
        ["README.md"],
        [],
        ["lessons/01_rgb_grids/sample.csv"],
        1,
    )
    assert "sample-school/colouring/blob/term/" in (folder / "README.md").read_text("utf-8")


def test_an_answer_in_what_was_added_or_once_committed_stops_it(students):
    git(students, "init", "-q")
    git(students, "add", ".")
    git(students, "commit", "-qm", "The lessons")
    assert publish(ROOT, students).written == []
    answer = next(iter(samples.solutions(lessons(ROOT)[0]).values()))
    (students / "notes.py").write_text(answer)
    before = contents_of(students)
    with pytest.raises(CourseError, match=r"notes\.py: a line of an answer"):
        publish(ROOT, students, "another/place")
    assert contents_of(students) == before
    git(students, "add", ".")
    git(students, "commit", "-qm", "A slip")
    git(students, "rm", "-q", "notes.py")
    git(students, "commit", "-qm", "Nobody saw it")
    with pytest.raises(CourseError, match=r"git blob \w+ \(commit \w+\): a line of an answer"):
        publish(ROOT, students, "another/place")


@pytest.mark.parametrize("place", ["other", "file", "course", "lessons", "above"])
def test_a_folder_that_it_did_not_make_is_refused(course, tmp_path, place):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    folder = {"lessons": course / "lessons", "above": tmp_path}.get(place, tmp_path / place)
    before = contents_of(tmp_path)
    with pytest.raises(CourseError, match=re.escape(str(folder))):
        publish(course, folder)
    assert contents_of(tmp_path) == before


def test_an_empty_clone_is_published_into(tmp_path):
    folder = tmp_path / "students"
    folder.mkdir()
    git(folder, "init", "-q")
    done = publish(ROOT, folder)
    assert "README.md" in done.written and (folder / ".git" / "HEAD").exists()
    assert "colab.research" not in (folder / "README.md").read_text("utf-8")


@pytest.mark.parametrize("address", ["https://github.com/a/b", "name", "a/b)c", "a b/c"])
def test_an_address_that_is_none_is_refused(tmp_path, address):
    with pytest.raises(CourseError, match="OWNER/NAME"):
        publish(ROOT, tmp_path / "students", address)
    assert not (tmp_path / "students").exists()


def test_students_get_the_same_from_an_installed_wheel(published, tmp_path):
    """Where there is no repository; and in a folder with lessons of its own, nobody's lessons but these are published."""
    site = unpacked_wheel(tmp_path)
    command = ["-c", "from autograder.cli import main; main()", "publish"]
    done = in_the_wheel(site, tmp_path, *command, "students", "--repository", "sample-school/colouring")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "that came with the installed grader" in done.stdout
    assert contents_of(tmp_path / "students") == contents_of(published)
    for name in ("solutions", "lessons"):
        (tmp_path / "own" / name).mkdir(parents=True)
    done = in_the_wheel(site, tmp_path / "own", *command, "../other")
    assert done.returncode and f"AUTOGRADER_COURSE={tmp_path / 'own'}" in done.stderr
    assert not (tmp_path / "other").exists()

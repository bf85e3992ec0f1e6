"""Commands that make a scratch course leave a real class alone, whatever settings lie around and name it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.config import PyFileConfigLoader

from autograder import settings
from autograder.cli import demo
from autograder.course import catalog
from autograder.course.answers import collected
from autograder.course.markers import SENTINEL_LINE
from autograder.errors import CourseError
from autograder.hosts.nbgrader import scratch
from tests.support import tiny
from tests.support.installed import in_the_wheel, unpacked_wheel

pytestmark = pytest.mark.xdist_group("scratch")

# Where nbgrader reads settings: a name, and the file, in a folder that stands for the whole machine.
PLACES = {
    "working directory": "here/nbgrader_config.py",
    "working directory, JSON": "here/nbgrader_config.json",
    "home": "home/.jupyter/nbgrader_config.py",
    "home, JSON": "home/.jupyter/nbgrader_config.json",
    "home, all of Jupyter": "home/.jupyter/jupyter_config.py",
    "JUPYTER_CONFIG_DIR": "config-dir/nbgrader_config.py",
    "JUPYTER_CONFIG_PATH": "config-path/nbgrader_config.py",
    "the course": "course/nbgrader_config.py",
}

HOSTILE = """
c = get_config()
CLASS = {real!r}
PLACE = {place!r}

def spoil(**_):
    open(f"{{CLASS}}/hooked-by-{{PLACE}}", "w").close()

if PLACE != "the course":  # which says how a release reads, and is read for that
    open(f"{{CLASS}}/read-by-{{PLACE}}", "w").close()
for step in ("source", "source_with_tests", "release", "submitted", "autograded", "feedback", "solution"):
    c.CourseDirectory[step + "_directory"] = f"{{CLASS}}/{{step}}".replace("/source", "/solutions").replace("/release", "/lessons")
c.CourseDirectory.root = CLASS
c.CourseDirectory.course_id = "real"
c.CourseDirectory.db_url = f"sqlite:///{{CLASS}}/gradebook.db"
c.CourseDirectory.directory_structure = CLASS + "/{{nbgrader_step}}/{{student_id}}/{{assignment_id}}"
c.Exchange.root = c.Exchange.cache = c.Exchange.assignment_dir = CLASS
c.NbGrader.logfile = CLASS + "/log"
for step in ("BaseConverter", "GenerateAssignment", "Autograde", "GenerateFeedback"):
    c[step].pre_convert_hook = c[step].post_convert_hook = spoil
    c[step].force = True
c.ExportPlugin.to = c.CsvExportPlugin.to = c.ExportGrades.to = CLASS + "/grades.csv"
c.FilesWriter.build_directory = CLASS
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError"}}
"""


def hostile_text(path: Path, real: Path, place: str) -> str:
    """Settings that have everything done in the real class, as Python or as JSON."""
    if path.suffix == ".py":
        return HOSTILE.format(real=str(real), place=place)
    return json.dumps({"CourseDirectory": {"root": str(real), "db_url": f"sqlite:///{real}/gradebook.db"}, "NbGrader": {"logfile": f"{real}/log"}, "ExportPlugin": {"to": f"{real}/grades.csv"}})  # fmt: skip


def tree(folder: Path) -> dict[str, tuple]:
    """Everything in a folder: contents, kinds, rights and times."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
        found[str(path.relative_to(folder))] = (digest, about.st_mode, about.st_mtime_ns)
    return found


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Path:
    """A class with a submission, its grade and its page."""
    lesson = tiny.make_course(tmp_path_factory.mktemp("machine") / "real")
    tiny.submit(lesson, "ana", tiny.right(lesson))
    for step in (["autograde", lesson.name], ["generate_feedback", lesson.name], ["export"]):
        done = tiny.nbgrader(lesson.root, *step)
        assert done.returncode == 0, done.stderr[-3000:]
    return lesson.root


@pytest.fixture(scope="module")
def machine(real) -> Path:
    """A folder with hostile settings in every place, and the course whose lessons are shown."""
    machine = real.parent
    lesson = tiny.make_course(machine / "course")
    answers = lesson.answers
    answers.parent.mkdir(parents=True)
    answers.write_text(
        f'{SENTINEL_LINE}\n# %% wrong="test_halves_are_floats"\ndef half(grid):\n    return grid // 2\n\n'
        '# %% wrong="test_mirrors_drawn_grids"\ndef mirror(grid):\n    return grid\n'
    )
    for place, name in PLACES.items():
        (machine / name).parent.mkdir(parents=True, exist_ok=True)
        (machine / name).write_text(hostile_text(machine / name, real, place), "utf-8")
    return machine


def environment(machine: Path, **more: str) -> dict[str, str]:
    """The environment of an instructor on this machine."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "AUTOGRADER"))}
    return kept | {
        "HOME": str(machine / "home"),
        "JUPYTER_CONFIG_DIR": str(machine / "config-dir"),
        "JUPYTER_CONFIG_PATH": str(machine / "config-path"),
        "JUPYTERHUB_USER": "ana",
        "NBGRADER_COURSE": str(machine / "real"),
        "AUTOGRADER_COURSE": str(machine / "course"),
        "AUTOGRADER_SECRET_FILE": str(machine / "real" / ".autograder" / "secret"),
        "PYTHONPATH": str(catalog.PACKAGE.parent),
        **more,
    }


def command(machine: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *arguments], cwd=machine / "here", env=environment(machine, **more),
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


AUTOGRADER = ("-c", "from autograder.cli import main; main()")
MAKES_A_COURSE = {
    "demo": (*AUTOGRADER, "demo", "--folder", "../shown"),
    "build": (*AUTOGRADER, "build"),
    "build --check": (*AUTOGRADER, "build", "--check"),
    "tests.support.tiny": (
        "-c",
        "from tests.support import tiny; import pathlib; lesson = tiny.make_course(pathlib.Path('../tiny').resolve()); tiny.submit(lesson, 'ana', tiny.right(lesson));"
        "done = [tiny.nbgrader(lesson.root, *step).returncode for step in (['generate_assignment', lesson.name, '--force'], ['autograde', lesson.name],"
        "['generate_feedback', lesson.name], ['export'])]; assert done == [0] * 4, done; assert (lesson.root / 'grades.csv').exists()",
    ),
    "tests.adversarial.stock": (
        "-c",
        "import pathlib; from tests.adversarial import stock; stock.make_stock(pathlib.Path('../stock').resolve(), '01_halves')",
    ),
    "bench sandbox": (*AUTOGRADER, "bench", "sandbox", "--rounds=1"),
}
SLOW = {
    "demo of a whole course": (*AUTOGRADER, "demo", "--folder", "../whole"),
    "tests.adversarial.stock, a whole case": ("-m", "tests.adversarial.stock", "honest"),
    "bench training": (*AUTOGRADER, "bench", "training", "--epochs=1"),
    "bench grading": (*AUTOGRADER, "bench", "grading", "--students=1", "--lessons=1"),
}  # fmt: skip


@pytest.mark.parametrize("name", MAKES_A_COURSE)
def test_a_command_that_makes_a_course_leaves_the_real_class_alone(machine, real, name):
    before = tree(real)
    done = command(machine, *MAKES_A_COURSE[name])
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
    assert tree(real) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_a_long_command_leaves_the_real_class_alone(machine, real, name):
    before = tree(real)
    done = command(machine, *SLOW[name], AUTOGRADER_COURSE=str(catalog.PACKAGE.parent))
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-3000:]
    assert tree(real) == before


@pytest.mark.parametrize("place", [place for place in PLACES if place != "the course"])
def test_plain_nbgrader_reads_these_places(machine, real, tmp_path, place):
    """Else the tests above would say nothing."""
    shutil.copytree(real, tmp_path / "real", symlinks=True)
    path = tmp_path / PLACES[place]
    path.parent.mkdir(parents=True)
    path.write_text(hostile_text(path, tmp_path / "real", place), "utf-8")
    (tmp_path / "here").mkdir(exist_ok=True)
    before = tree(tmp_path / "real")
    named = environment(tmp_path)
    for variable, folder in (("JUPYTER_CONFIG_DIR", "config-dir"), ("JUPYTER_CONFIG_PATH", "config-path")):
        if not PLACES[place].startswith(folder):
            named.pop(variable)
    tiny.WARM.run(["export"], tmp_path / "here", named, 60)
    assert tree(tmp_path / "real") != before


def test_no_folder_with_settings_is_looked_into(tmp_path):
    """Those of the system and of the environment are not written to here, so they are looked up."""
    code = "from jupyter_core.paths import jupyter_config_path; print(*jupyter_config_path(), sep='\\n')"
    before = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_CONFIG_PATH": str(tmp_path)}
    ours = "import os; from autograder.hosts.nbgrader import scratch; os.environ = scratch.environment('x'); " + code
    listed = [
        subprocess.run([sys.executable, "-c", each], env=before, capture_output=True, text=True, check=True, cwd=settings.root()).stdout.split("\n")
        for each in (code, ours)
    ]  # fmt: skip
    assert str(tmp_path) in listed[0] and os.path.join(sys.prefix, "etc", "jupyter") in listed[0]
    (only,) = filter(None, listed[1])
    assert Path(only).name.startswith("jupyter-clean-cfg")


def test_every_setting_of_nbgraders_that_names_a_place_is_set():
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import Exchange

    named = set(scratch.settings(Path("x")))
    for owner, names in (("CourseDirectory", CourseDirectory.class_trait_names(config=True)), ("Exchange", Exchange.class_trait_names(config=True))):  # fmt: skip
        for name in names:
            if name.endswith(("_directory", "_dir", "root", "cache", "db_url", "structure", "course_id")):
                assert f"{owner}.{name}" in named


def test_a_scratch_course_has_the_same_plug_in_as_the_course(tmp_path):
    """The settings are written down twice: in nbgrader_config.py for people, and for scratch courses."""
    (tmp_path / "nbgrader_config.py").write_text(scratch.config_text(tmp_path), "utf-8")
    both = [PyFileConfigLoader("nbgrader_config.py", path=str(p)).load_config() for p in (settings.root(), tmp_path)]
    for config in both:
        config.pop("CourseDirectory"), config.pop("Exchange", None), config.pop("NbGrader", None)
    assert both[0] == both[1]


# -- the demo's folder ------------------------------------------------------------------------------------------------


def made_by_demo(folder: Path) -> Path:
    """A folder as a demo leaves it."""
    folder = demo._emptied(folder)
    for name in ("submitted/sample-1-finished/01_x", "feedback/sample-1-finished/01_x"):
        (folder / name).mkdir(parents=True)
    (folder / "gradebook.db").write_text("")
    return folder


def test_the_demo_empties_a_folder_that_it_made(tmp_path):
    folder = made_by_demo(tmp_path / "demo")
    demo._emptied(folder)
    assert [path.name for path in folder.iterdir()] == [demo.MARK]


def spoilt(tmp_path: Path, how: str) -> Path:
    """A folder that the demo must not empty."""
    folder = tmp_path / "demo"
    if how == "somebody's files":
        folder.mkdir()
        (folder / "thesis.txt").write_text("do not delete")
    elif how == "an empty file as mark":
        folder.mkdir()
        (folder / demo.MARK).write_text("")
        (folder / "thesis.txt").write_text("do not delete")
    elif how == "a copy of a demo":
        shutil.copytree(made_by_demo(tmp_path / "first"), folder)
    elif how == "a demo that was moved":
        made_by_demo(tmp_path / "first").rename(folder)
    elif how == "a link as mark":
        other = made_by_demo(tmp_path / "other")
        folder.mkdir()
        (folder / demo.MARK).symlink_to(other / demo.MARK)
    elif how == "a demo with a real submission":
        (made_by_demo(folder) / "submitted" / "ana").mkdir()
    elif how == "a demo with notes in it":
        (made_by_demo(folder) / "notes.md").write_text("do not delete")
    elif how == "a link to a demo":
        folder.symlink_to(made_by_demo(tmp_path / "first"))
    elif how == "a link to nowhere":
        folder.symlink_to(tmp_path / "nowhere")
    elif how == "a file":
        folder.write_text("do not delete")
    elif how in ("submitted", "autograded", "feedback", "lessons", "solutions", "release", "source", ".autograder"):
        (tmp_path / "nbgrader_config.py").write_text("")
        folder = tmp_path / how / "demo"
    elif how == "a new folder beside the gradebook's submissions":
        (tmp_path / "gradebook.db").write_text("")
        folder = tmp_path / "submitted" / "demo"
    return folder


@pytest.mark.parametrize(
    "how",
    [
        "somebody's files", "an empty file as mark", "a copy of a demo", "a demo that was moved", "a link as mark", "a demo with a real submission",
        "a demo with notes in it", "a link to a demo", "a link to nowhere", "a file", "submitted", "autograded", "feedback", "lessons", "solutions",
        "release", "source", ".autograder", "a new folder beside the gradebook's submissions",
    ],
)  # fmt: skip
def test_the_demo_refuses_a_folder_that_it_did_not_make(tmp_path, how):
    folder = spoilt(tmp_path, how)
    before = tree(tmp_path)
    with pytest.raises(CourseError, match="--folder"):
        demo._emptied(folder)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("where", ["the course", "around the course", "home", "here", "around here", "/"])
def test_the_demo_refuses_a_folder_with_the_course_or_the_user_in_it(tmp_path, monkeypatch, where):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = {
        "the course": settings.root(), "around the course": settings.root().parent, "home": tmp_path / "home", "here": tmp_path,
        "around here": tmp_path.parent, "/": Path("/"),
    }[where]  # fmt: skip
    monkeypatch.setattr(demo.shutil, "rmtree", lambda *_: pytest.fail("it would have emptied this folder"))
    with pytest.raises(CourseError, match="which the demo would empty"):
        demo._emptied(folder)


def test_the_demo_may_lie_in_build(tmp_path, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text("")
    assert demo._emptied(tmp_path / "build" / "demo").is_dir()


def test_a_lesson_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"no lesson called '09_x'.*01_rgb_grids"):
        demo.run_demo(tmp_path / "demo", ["09_x"])


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    return unpacked_wheel(tmp_path_factory.mktemp("wheel"))


MAKE_A_CLASS = """
import autograder, json
from autograder.cli import demo
from autograder.course.answers import collected
from autograder.course.catalog import lessons
print(json.dumps({
    "where": autograder.__file__,
    "classes": {lesson.name: sorted(demo.sample_class(lesson)) for lesson in lessons()},
    "answers": {lesson.name: len(collected(lesson)) for lesson in lessons()},
}))
"""


def test_the_wheel_carries_all_that_the_demo_makes_its_class_of(installed, tmp_path):
    before = tree(installed)
    done = in_the_wheel(installed, tmp_path, "-c", MAKE_A_CLASS)
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said["where"].startswith(str(installed))
    assert {name: len(students) for name, students in said["classes"].items()} == {
        "01_rgb_grids": 6, "02_lab_split": 6, "03_normalization": 2, "04_alpha_model": 1, "05_beta": 1, "06_final": 1,
    }  # fmt: skip
    assert said["answers"] == {lesson.name: len(collected(lesson)) for lesson in catalog.lessons()}
    assert tree(installed) == before, "nothing is written into the installation"


@pytest.mark.slow
def test_the_demo_runs_from_an_installed_wheel(installed, tmp_path):
    before = tree(installed)
    done = in_the_wheel(installed, tmp_path, *AUTOGRADER, "demo", "--folder", "demo", "--lesson", "01_rgb_grids")
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-2000:]
    assert "6 submissions in, 6 verdicts out" in done.stdout
    assert tree(installed) == before, "nothing is written into the installation"

"""The house: the folders that the course promises, its dependencies in step, its pictures with provenance, its links whole."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib

import yaml

from autograder import settings
from autograder.course import catalog

ROOT = settings.root()
TOP = {
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "LICENSE-lessons", "Makefile", "pyproject.toml", "environment.yml", "constraints.txt", "nbgrader_config.py",
    ".gitignore", ".gitattributes", ".ci", "lessons", "solutions", "autograder", "assets", "docs", "deploy", "tests",
}  # fmt: skip


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name]


def plain(requirement: str) -> str:
    return requirement.replace(" ", "").lower()


def test_the_top_level_is_what_the_map_says():
    assert {name.split("/")[0] for name in tracked()} == TOP


def test_the_changes_are_those_of_the_version():
    from packaging.version import Version

    with open(ROOT / "pyproject.toml", "rb") as file:
        version = Version(tomllib.load(file)["project"]["version"])
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest, note = re.findall(r"^## ([\d.]+)(.*)$", changes, re.MULTILINE)[0]
    assert newest == version.base_version
    assert (note == " (not released yet)") == version.is_devrelease


def test_environment_and_pyproject_are_in_step():
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    pip = next(entry["pip"] for entry in conda if isinstance(entry, dict))
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["networks"], *extras["grader"], *extras["nbgrader"]]
    assert {plain(entry) for entry in pip} - {"-e."} == {plain(entry) for entry in needed} - {"autograder[grader]"}
    assert f"python{project['requires-python']}" in {plain(entry) for entry in conda if isinstance(entry, str)}


def test_every_line_of_the_environment_says_why_it_is_there():
    lines = (ROOT / "environment.yml").read_text("utf-8").split("dependencies:")[1].splitlines()
    for line in lines:
        if line.strip() and not line.strip().startswith("- pip:"):
            assert len(line.partition("#")[2].strip()) > 10, line


def test_the_constraints_fall_into_the_ranges():
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {canonicalize_name(n): v for n, _, v in (line.partition("==") for line in lines if "==" in line)}
    with open(ROOT / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)["project"]
    extras = [text for extra in project["optional-dependencies"].values() for text in extra]
    for text in [*project["dependencies"], *extras]:
        requirement = Requirement(text)
        if requirement.name == "autograder":
            continue
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), text


def test_every_asset_has_its_provenance():
    listed = (ROOT / "assets" / "README.md").read_text("utf-8")
    for name in tracked():
        if name.startswith("assets/") and name != "assets/README.md":
            assert f"`{name.removeprefix('assets/')}`" in listed, f"{name} is not in assets/README.md"


def test_links_in_the_texts_resolve():
    for name in tracked():
        if not name.endswith(".md"):
            continue
        text = (ROOT / name).read_text("utf-8")
        text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        for alt, target in re.findall(r"\[([^\]]*)\]\(([^)\s]+)\)", text):
            if not target.startswith(("http", "#", "mailto:")):
                assert ((ROOT / name).parent / target.split("#")[0]).exists(), f"{name}: {target}"
            assert alt, f"{name}: a link or picture without a text: {target}"


def test_what_the_architecture_page_names_is_there():
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"`([\w/]+\.py)`: ((?:`[\w.]+`(?:, )?)+)", page.partition("## Where it is decided")[2])
    assert len(rows) >= 15
    for file, names in rows:
        defined = set()
        for node in ast.parse((ROOT / "autograder" / file).read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                defined.add(node.name)
                inner = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
                defined |= {f"{node.name}.{name}" for name in inner}
            elif isinstance(node, ast.Assign):
                defined |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        for name in re.findall(r"`([\w.]+)`", names):
            assert name in defined, f"{file} has no {name}"


def test_nothing_large_is_tracked():
    # The animation at the top of the README may have two megabytes.
    large = [
        n for n in tracked() if (ROOT / n).stat().st_size > (2_000_000 if n == "assets/portrait.gif" else 1_000_000)
    ]
    assert large == []


def test_every_python_file_says_its_job_in_its_first_line():
    for name in tracked():
        if not name.endswith(".py") or name.startswith(
            ("solutions/", "autograder/checks/answers/", "tests/adversarial/course/solutions/")
        ):
            continue
        text = (ROOT / name).read_text("utf-8")
        assert not text.strip() or ast.get_docstring(ast.parse(text)), name


def test_every_command_stands_in_a_group_of_the_help():
    from autograder.cli.app import app

    for each in (*app.registered_commands, *app.registered_groups):
        assert isinstance(each.rich_help_panel, str), each


def test_the_readme_says_the_times_that_the_lessons_say():
    readme = (ROOT / "README.md").read_text("utf-8")
    said = dict(re.findall(r"^\| `(\w+)` \|.*\| (\d+) min \|$", readme, re.MULTILINE))
    wanted = {}
    for lesson in catalog.lessons():
        (minutes,) = re.findall(r"\*\*About (\d+) minutes", lesson.read_release().cells[0].source)
        wanted[lesson.name] = minutes
    assert said == wanted


def test_the_texts_say_as_many_wrong_answers_and_exercises_as_the_table_has():
    table = (ROOT / "tests" / "course" / "MESSAGES.md").read_text("utf-8")
    rows = len(re.findall(r"^\| (?!`|---)", table, re.MULTILINE))
    exercises = len(re.findall(r"^## Exercise", table, re.MULTILINE))
    assert f"whose message is held by a test | {rows:,} |" in (ROOT / "README.md").read_text("utf-8")
    measured = (ROOT / "docs" / "measured.md").read_text("utf-8")
    assert f"lists {rows:,} wrong answers, at least five for each of the {exercises} exercises" in measured

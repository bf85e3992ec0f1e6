"""What the students' repository holds: the lessons, a README, the licences, and the lessons' packages."""

from __future__ import annotations

import fnmatch
import re
from importlib import metadata
from pathlib import Path

import jinja2
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograder import settings
from autograder.course.address import BRANCH, COLAB, REPOSITORY, Address, with_badge
from autograder.course.build import text_of
from autograder.course.catalog import LEFT_BY_A_RUN, Lesson, lessons
from autograder.errors import CourseError

# What a student needs to work through the lessons, and why.
PACKAGES = {
    "numpy": "every picture of the course is one of its arrays",
    "scipy": "scikit-image computes with it, and lessons 5 and 6 draw their pictures with it",
    "scikit-image": "rgb2lab, lab2rgb, and the photos in its wheel",
    "matplotlib": "draws everything that the lessons show",
    "pillow": "writes and reads the pictures that answers save",
    "tensorflow": "the networks of lessons 4 to 6",
    "keras": "the layers that they are made of",
    "tensorboard": "lesson 4 watches a loss fall in it",
    "jupyter": "JupyterLab, in which the notebooks are opened",
}
# Of a lesson's folder, what an editor or a run left there.
LEFT_OUT = re.compile("|".join([r"\.|__pycache__$|.*\.pyc$", *map(fnmatch.translate, LEFT_BY_A_RUN)]))
MINUTES = re.compile(r"^\*\*About (\d+) minutes", re.MULTILINE)
PHOTOS = re.compile(r"^## Photos[ \t]*$", re.MULTILINE)
IGNORED = "\n".join([".ipynb_checkpoints/", "__pycache__/", *LEFT_BY_A_RUN, ".DS_Store", ""])


def contents(root: Path, repository: str = "", branch: str = "main") -> dict[str, bytes]:
    """Make all files of the students' repository.

    Parameters
    ----------
    root : Path
        The course's folder.
    repository : str
        Its address on GitHub, "OWNER/NAME", to which the Colab links point; without one there are no such links.
    branch : str
        The branch that the links name.

    Returns
    -------
    dict of str to bytes
        By their paths in the repository, with "/".

    Raises
    ------
    CourseError
        If the address is none, or a file of the course is missing.
    """
    if repository and not REPOSITORY.fullmatch(repository):
        raise CourseError(
            f"--repository {repository!r}: not OWNER/NAME, as in the address https://github.com/OWNER/NAME."
        )
    if not BRANCH.fullmatch(branch):
        raise CourseError(f"--branch {branch!r}: not the name of a branch, such as main.")
    made: dict[str, bytes] = {}
    address = Address(repository, branch)
    found = lessons(root)
    for lesson in found:
        made.update(_files_of(lesson, address))
    facts = {
        "lessons": [_facts(lesson, address) for lesson in found],
        "bonus": any(lesson.bonus for lesson in found),
        "packages": _packages(),
        "repository": repository,
        "colab": COLAB,
    }
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=False,  # Markdown, YAML and a list of requirements, from the course's own words
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("README.md", "environment.yml", "requirements.txt"):
        made[name] = templates.get_template(f"{name}.j2").render(facts).encode()
    made[".gitignore"] = IGNORED.encode()
    made["LICENSE"] = _read(root / "LICENSE").encode()
    # The course's own list of pictures names files that students do not get.
    made["LICENSE-lessons"] = _read(root / "LICENSE-lessons").replace("assets/README.md", "PHOTOS.md").encode()
    made["PHOTOS.md"] = f"# Photos and where they come from\n\n{_photos(root)}\n".encode()
    return made


def _photos(root: Path) -> str:
    """The part on photos of the course's own list of pictures. CourseError where it is not there: a licence may ask to be told."""
    path = root / "assets" / "README.md"
    found = PHOTOS.split(_read(path).replace("\r\n", "\n"), maxsplit=1)
    if len(found) < 2 or not found[1].strip():
        raise CourseError(f"{path}: there is no text under a heading `## Photos`, from which PHOTOS.md is made.")
    return found[1].strip()


def _files_of(lesson: Lesson, address: Address) -> dict[str, bytes]:
    folder, made = lesson.release.parent, {}
    notebook = lesson.read_release()  # CourseError if there is none
    head = notebook.cells[0]
    # The badge of the course's own repository, if it has one, does not lead to the students'.
    source = with_badge(head.source, address.badge_of(head.source, lesson.name))
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(LEFT_OUT.match(part) for part in inside.parts):
            made[f"lessons/{lesson.name}/{inside.as_posix()}"] = path.read_bytes()
    if source != head.source:
        head.source = source
        made[f"lessons/{lesson.name}/{lesson.release.name}"] = text_of(notebook).encode()
    return made


def _facts(lesson: Lesson, address: Address) -> dict[str, object]:
    path = f"lessons/{lesson.name}/{lesson.name}.ipynb"
    minutes = next((found[1] for cell in lesson.read_release().cells if (found := MINUTES.search(cell.source))), "")
    points = sum(exercise.points for exercise in lesson.exercises())
    return {
        "title": lesson.title(),
        "path": path,
        "minutes": minutes,
        "points": f"{points:g}{' bonus' if lesson.bonus else ''}",
        "link": address.link(lesson.name),
    }


def _packages() -> list[tuple[str, str]]:
    """List the requirements of a student, and why each is there; those of the course's own choice, too."""
    wanted: dict[str, str] = {}
    for text in metadata.requires("autograder") or ():
        requirement = Requirement(text)
        wanted.setdefault(canonicalize_name(requirement.name), f"{requirement.name}{requirement.specifier}")
    found = [(wanted[name], why) for name, why in PACKAGES.items()]
    known = {canonicalize_name(name) for name in PACKAGES}
    for text in settings.packages():
        if canonicalize_name(Requirement(text).name) not in known:
            found.append((text, "this course's lessons may use it"))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}. The students' repository needs it.") from error

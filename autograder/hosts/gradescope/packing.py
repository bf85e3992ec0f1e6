"""The zip that Gradescope takes as an autograder: the grader, one lesson with its checks, and the two scripts at its top."""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from autograder import settings
from autograder.course.catalog import PACKAGE, Lesson
from autograder.course.packed import pack
from autograder.errors import CourseError
from autograder.secret_file import SECRET_BYTES
from autograder.settings import FOLDER, Settings

EXTRAS = ("grader", "networks")
EPOCH = (1980, 1, 1, 0, 0, 0)
NOT_PACKED = ("__pycache__", "answers", "_course")
WITHOUT = "export AUTOGRADER_SANDBOX=none  # chosen with `autograder export gradescope --no-sandbox`\n"


def packed(lesson: Lesson, course: Settings, *, sandbox: bool, own_secret: bool) -> bytes:
    """Return the zip.

    Parameters
    ----------
    lesson : Lesson
    course : Settings
    sandbox : bool
        Whether a sandbox is insisted on in the container.
    own_secret : bool
        Whether hidden inputs are drawn from the instructor's secret, which then lies in the zip; otherwise from a fresh one.

    Raises
    ------
    CourseError
        If a file of the lesson or of the installation is missing.
    """
    found: dict[str, bytes] = {f"autograder/{name}": content for name, content in _package(lesson)}
    found.update(pack(lesson).files)
    found[f"solutions/{lesson.name}.py"] = _read(lesson.script)
    if (limits := settings.limits_file()).is_file():
        found["limits.toml"] = _read(limits)
    found["requirements.txt"] = _requirements(course.packages).encode()
    found[f"{FOLDER}/secret"] = (course.secret() if own_secret else secrets.token_bytes(SECRET_BYTES)).hex().encode()
    templates = resources.files("autograder.hosts.gradescope") / "templates"
    found["setup.sh"] = (templates / "setup.sh").read_bytes()
    run = (templates / "run_autograder").read_text("utf-8")
    found["run_autograder"] = run.replace("# SANDBOX\n", "" if sandbox else WITHOUT).encode()
    return _zip(found)


def _package(lesson: Lesson) -> Iterator[tuple[str, bytes]]:
    """The files of the package without answers, and without the hidden checks of other lessons."""
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        others = (
            inside.parent == Path("checks") and path.name.startswith("test_") and path.name != f"test_{lesson.name}.py"
        )
        if path.is_file() and not others and not set(inside.parts) & set(NOT_PACKED):
            yield inside.as_posix(), path.read_bytes()


def _requirements(packages: tuple[str, ...]) -> str:
    """What the grader needs, in the versions that are installed here: these are known to work together."""
    from importlib import metadata

    from packaging.requirements import Requirement

    def needed(name: str, extras: set[str], seen: set[str]) -> Iterator[str]:
        key = name.lower().replace("_", "-").replace(".", "-")
        if key in seen:
            return
        seen.add(key)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            return  # for another system or Python
        if key != "autograder":
            yield f"{name}=={distribution.version}"
        for line in distribution.requires or ():
            one = Requirement(line)
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                yield from needed(one.name, set(one.extras), seen)

    seen: set[str] = set()
    lines = [*needed("autograder", set(EXTRAS), seen)]
    for name in packages:
        lines += needed(name, set(), seen)
    return "".join(f"{line}\n" for line in sorted(lines, key=str.lower))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}. Run `autograder build`.") from error


def _zip(found: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(found.items()):
            about = zipfile.ZipInfo(name, EPOCH)
            rights = 0o755 if name in ("setup.sh", "run_autograder") else 0o600 if name.endswith("/secret") else 0o644
            about.external_attr, about.compress_type = (0o100000 | rights) << 16, zipfile.ZIP_DEFLATED
            archive.writestr(about, data)
    return content.getvalue()

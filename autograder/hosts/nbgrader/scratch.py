"""Scratch courses: a course folder for nbgrader that reads nothing from, and writes nothing to, a real one.

nbgrader takes its settings from a dozen places: the course's and the working directory's `nbgrader_config.py`, the
user's and the system's Jupyter folders, the environment. Any of them may name the real class, its gradebook or its
exchange. A command that works in a scratch course therefore uses `environment` and `arguments`, and the folder gets
`config_text` as its own `nbgrader_config.py`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.settings import root

if TYPE_CHECKING:
    from traitlets.config import Config

COURSE_ID = "scratch"
DIRECTORIES = {
    "source": "solutions",
    "source_with_tests": "source_with_tests",
    "release": "lessons",
    "submitted": "submitted",
    "autograded": "autograded",
    "feedback": "feedback",
    "solution": "solution",
}
# The sections of a course's nbgrader_config.py that say how a release reads. They name no folder and no program.
TEXT_SECTIONS = ("ClearSolutions", "ClearHiddenTests", "ClearMarkScheme")
# Where Jupyter's programs and templates lie. All other JUPYTER_* variables name settings, folders or a hub.
KEPT_VARIABLES = ("JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PREFER_ENV_PATH", "JUPYTER_PLATFORM_DIRS")

PLUGINS = """\
from autograder.hosts.nbgrader import install

c = get_config()  # noqa: F821
install.into(c)
"""


NAMES = {f"CourseDirectory.{step}_directory": name for step, name in DIRECTORIES.items()} | {
    "CourseDirectory.course_id": COURSE_ID,
    "CourseDirectory.directory_structure": os.path.join("{nbgrader_step}", "{student_id}", "{assignment_id}"),
    "NbGrader.logfile": "",
}


def settings(folder: Path) -> dict[str, str]:
    """Give every setting of nbgrader's that names a place, for a scratch course in this folder; by "Class.trait"."""
    folder = Path(os.path.abspath(folder))
    return NAMES | {
        "CourseDirectory.root": str(folder),
        "CourseDirectory.db_url": f"sqlite:///{folder / 'gradebook.db'}",
        "Exchange.root": str(folder / "exchange"),
        "Exchange.cache": str(folder / "exchange-cache"),
        "Exchange.assignment_dir": str(folder),
    }


def text_settings(course: Path | None = None) -> Config:
    """Read what a course's own `nbgrader_config.py` says about the text of a release; it need not have the file."""
    from traitlets.config import Config, PyFileConfigLoader

    chosen = Config()
    course = course or root()
    if (course / "nbgrader_config.py").exists():
        whole = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
        for section in TEXT_SECTIONS:
            if section in whole:
                chosen[section] = whole[section]
    return chosen


def config_text(folder: Path | None = None) -> str:
    """Write the `nbgrader_config.py` of a scratch course: this package's plug-in and the text of releases.

    Parameters
    ----------
    folder
        The only place that it names. Without one it names no place, so that the course can be copied; its commands then need
        `arguments`, or their own folder as working directory.
    """
    named = settings(folder) if folder else NAMES
    texts = {
        f"{section}.{trait}": value for section, traits in text_settings().items() for trait, value in traits.items()
    }
    lines = "".join(f"c.{name} = {value!r}\n" for name, value in {**texts, **named}.items())
    return f'"""Made by autograder for a scratch course; edits are lost."""\n\n{PLUGINS}\n{lines}'


def arguments(folder: Path) -> list[str]:
    """Give the command line options that say the same: nbgrader lets them win over every file."""
    return [f"--{name}={value}" for name, value in settings(folder).items()]


def environment(folder: Path, course: Path | None = None) -> dict[str, str]:
    """Give the environment of nbgrader's commands in a scratch course, without anything that names another one.

    Parameters
    ----------
    folder
        The scratch course, which also gets the secret.
    course
        Whose lessons are graded; by default the grader's own course.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NBGRADER_", "JUPYTER")) or name in KEPT_VARIABLES
    }
    return kept | {
        # No settings from the user's and the system's Jupyter folders.
        "JUPYTER_NO_CONFIG": "1",
        "AUTOGRADER_COURSE": str(course or root()),
        "AUTOGRADER_SECRET_FILE": str(Path(os.path.abspath(folder)) / ".autograder" / "secret"),
    }

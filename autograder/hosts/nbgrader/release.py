"""Makes what students open from a lesson's solutions notebook, with nbgrader's own generate step."""

from __future__ import annotations

import logging
from pathlib import Path

import nbformat

from autograder.course.build import text_of
from autograder.course.catalog import Lesson
from autograder.errors import CourseError
from autograder.hosts.nbgrader import scratch
from autograder.tempdirs import Temporary

LOG = logging.getLogger("autograder.build")
# nbgrader's errors come back as exceptions.
LOG.setLevel(logging.CRITICAL)


def release_text(lesson: Lesson, solution: str) -> str:
    """Make the notebook that students open; the build's `make_release`.

    Parameters
    ----------
    lesson
        Whose release it is.
    solution
        The text of its solutions notebook.

    Raises
    ------
    CourseError
        Where nbgrader refuses the notebook.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    with Temporary("autograder-build-") as temporary:
        folder = str(temporary)
        source = Path(folder, "solutions", lesson.name, lesson.solution.name)
        source.parent.mkdir(parents=True)
        source.write_text(solution, "utf-8")
        config = scratch.text_settings()
        for name, value in scratch.settings(Path(folder)).items():
            section, trait = name.split(".")
            config[section][trait] = value
        config.GenerateAssignment.no_database = True
        directory = CourseDirectory(config=config, assignment_id=lesson.name)
        converter = GenerateAssignment(coursedir=directory, config=config, log=LOG)
        converter.preprocessors = [p for p in converter.preprocessors if p.__name__ != "SaveCells"]
        try:
            converter.start()
        except Exception as error:
            # nbgrader and its preprocessors raise anything, down to a bare Exception.
            raise CourseError(f"{lesson.script}: nbgrader could not make the release: {error}") from error
        made = Path(folder, "lessons", lesson.name, lesson.release.name)
        notebook = nbformat.read(made, as_version=4)
        # The sentinel is not for students.
        notebook.metadata["course"].pop("holds", None)
        return text_of(notebook)

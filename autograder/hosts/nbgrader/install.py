"""Plugs the grader into nbgrader's configuration, or ends the program: without it nbgrader would grade the lessons in its own way."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder import quiet, settings


def into(c: Any, config_file: str = "") -> None:
    """Set what nbgrader does at each step of a lesson.

    nbgrader only logs an error in its configuration and goes on, with lessons whose hidden checks it does not know. So an
    error here is SystemExit, with one line.

    Parameters
    ----------
    c : traitlets.config.Config
        What `get_config()` returns in `nbgrader_config.py`.
    config_file : str
        That file's path. Beside it lies `limits.toml`, wherever the program was started.
    """
    try:
        with warnings.catch_warnings():
            # PYTHONWARNINGS=error would make an error of each.
            warnings.simplefilter("ignore")
            if config_file:
                settings.work_for(Path(config_file).parent)
            _plug_in(c)
    except Exception as error:  # whatever it is, nbgrader would pass over it
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise SystemExit(f"The course's grader cannot be loaded, so nothing is done ({why}).") from None


def _plug_in(c: Any) -> None:
    from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
    from nbgrader.converters import GenerateAssignment

    from autograder.hosts.nbgrader import gradebook, times
    from autograder.hosts.nbgrader.export import ExportGrades
    from autograder.hosts.nbgrader.feedback import Summary
    from autograder.hosts.nbgrader.preprocessors import ForStudents

    patch()
    times.install(c)
    gradebook.quiet()
    steps = GenerateAssignment.class_traits()["preprocessors"].default()
    c.GenerateAssignment.preprocessors = [*steps, ForStudents]
    c.GenerateFeedback.preprocessors = [Summary, CSSHTMLHeaderPreprocessor]
    c.ExportApp.plugin_class = ExportGrades
    c.ExchangeFactory.collect = "autograder.hosts.nbgrader.exchanging.WholeCollect"
    c.ZipCollectApp.extractor_plugin = "autograder.hosts.nbgrader.collect.LmsExtractor"


def patch() -> None:
    """Put the course's converters in the place of nbgrader's own: its commands and the formgrader look them up by these names.

    Raises
    ------
    RuntimeError
        If nbgrader has no such place.
    """
    import nbgrader.apps.api
    import nbgrader.apps.autogradeapp
    import nbgrader.apps.generatefeedbackapp
    from nbgrader.converters import Autograde, GenerateFeedback

    from autograder.hosts.nbgrader import steps, times
    from autograder.hosts.nbgrader.converter import CourseAutograde
    from autograder.hosts.nbgrader.feedback import CourseFeedback

    _must_have_what_is_overridden()
    for module, name, base, ours in (
        (nbgrader.apps.api, "Autograde", Autograde, CourseAutograde),
        (nbgrader.apps.autogradeapp, "Autograde", Autograde, CourseAutograde),
        (nbgrader.apps.api, "GenerateFeedback", GenerateFeedback, CourseFeedback),
        (nbgrader.apps.generatefeedbackapp, "GenerateFeedback", GenerateFeedback, CourseFeedback),
    ):
        if not issubclass(getattr(module, name, object), base):
            raise RuntimeError(f"{module.__name__} has no {name} that could be exchanged")
        setattr(module, name, ours)
    if not callable(getattr(nbgrader.apps.api, "parse_utc", None)):
        raise RuntimeError("nbgrader.apps.api reads no times of handing in")
    nbgrader.apps.api.parse_utc = _time
    times.install()
    steps.install()
    _validate_without_noise()
    # nbgrader starts `alembic` by its bare name: let it be found where the environment is not activated.
    here, before = str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)
    if here not in before.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([here, before])


def _validate_without_noise() -> None:
    """Keep the logs of libraries that a kernel loads out of what `nbgrader validate` says. RuntimeError if nbgrader has no such command."""
    from nbgrader.apps import ValidateApp

    start = ValidateApp.start
    if list(inspect.signature(start).parameters) != ["self"]:
        raise RuntimeError("nbgrader's ValidateApp.start takes more than it did")

    @functools.wraps(start)
    def quietly(self: ValidateApp) -> None:
        with quiet.without_noise():
            start(self)

    if not hasattr(start, "__wrapped__"):
        ValidateApp.start = quietly


def _must_have_what_is_overridden() -> None:
    """RuntimeError if a method that the grader overrides or calls, and that nbgrader promises nobody, is not as it is known."""
    from nbgrader.converters.base import BaseConverter
    from nbgrader.preprocessors import AssignLatePenalties, OverwriteCells

    for owner, name, parameters in (
        (OverwriteCells, "add_missing_grade_cells", ["nb", "resources"]),
        (OverwriteCells, "add_missing_task_cells", ["nb", "resources"]),
        (AssignLatePenalties, "init_plugin", []),
        (AssignLatePenalties, "_check_late_penalty", ["notebook", "penalty"]),
        (BaseConverter, "_format_source", ["assignment_id", "student_id", "escape"]),
        (BaseConverter, "_format_dest", ["assignment_id", "student_id", "escape"]),
    ):
        method = getattr(owner, name, None)
        if not callable(method) or list(inspect.signature(method).parameters)[1:] != parameters:
            raise RuntimeError(f"nbgrader's {owner.__name__}.{name} does not take {', '.join(parameters) or 'nothing'}")


def _time(text: str) -> datetime | None:
    """A time of handing in, as nbgrader reads it; None where it is none, so that the formgrader's list is there all the same."""
    from autograder.hosts.nbgrader.times import handed_in

    try:
        return handed_in(text.strip("\ufeff\0 \r\n\t") if isinstance(text, str) else text)
    except Exception:  # dateutil says in many ways that a text is no time
        return None

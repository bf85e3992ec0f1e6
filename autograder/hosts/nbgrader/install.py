"""Plugs the grader into nbgrader's configuration, or ends the program: without it nbgrader would grade the lessons in its own way."""

from __future__ import annotations

import warnings
from typing import Any


def into(c: Any) -> None:
    """Set what nbgrader does at each step of a lesson. c: the object that `get_config()` returns in `nbgrader_config.py`.

    nbgrader only logs an error in its configuration and goes on, with lessons whose hidden checks it does not know. So an
    error here is SystemExit, with one line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PYTHONWARNINGS=error would make an error of each
            from autograder.hosts.nbgrader import gradebook, plugin
        gradebook.quiet()
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise SystemExit(f"The course's grader cannot be loaded, so nothing is done ({why}).") from None
    c.GenerateAssignment.preprocessors = plugin.RELEASE
    c.Autograde.exporter_class = plugin.SubmissionExporter
    c.Autograde.sanitize_preprocessors = plugin.SANITIZE
    c.Autograde.autograde_preprocessors = plugin.AUTOGRADE
    c.GenerateFeedback.preprocessors = plugin.FEEDBACK
    c.ExportApp.plugin_class = plugin.ExportGrades

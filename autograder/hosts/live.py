"""A learner's own session, graded where it stands: the same hidden checks against the live notebook."""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class SelfCheck:
    """What `self_check` found. It shows itself as cards in a notebook and as text elsewhere.

    Attributes
    ----------
    result : autograder.results.Result
    report : str
        What to do about a fault of the grader, or "".
    """

    result: Any
    report: str = ""

    def _repr_html_(self) -> str:
        from autograder.reports import cards

        about = cards.About(alone=True, report=self.report)
        parts = [cards.card_html(cell) for cell in self.result.cells]
        return "\n".join([*parts, cards.summary_html(self.result, about=about)])

    def __repr__(self) -> str:
        from rich.console import Console

        from autograder.reports.console import console_view

        text = io.StringIO()
        console = Console(width=100, file=text, force_jupyter=False)
        console.print(console_view(self.result))
        if self.report:
            console.print(self.report, markup=False)
        return text.getvalue()


def self_check(lesson: str, namespace: dict[str, Any] | None = None) -> SelfCheck:
    """Grade the live session against a lesson's hidden checks.

    The grade is shown. The points of each exercise are remembered for `autograder progress`, where a file can be written.

    Parameters
    ----------
    lesson : str
        Its name, "02_lab_split".
    namespace : dict, optional
        The names to look at; by default those of the notebook or module that calls.

    Returns
    -------
    SelfCheck

    Raises
    ------
    CourseError
        If there is no lesson of this name, or its checks cannot be run.
    """
    from autograder.checks import runner
    from autograder.course import catalog
    from autograder.course.address import how_to_report
    from autograder.grading import score
    from autograder.hosts.alone import record
    from autograder.kernel.client import live
    from autograder.networks import worker
    from autograder.results import Verdict

    if namespace is None:
        namespace = _callers_names()
    found = catalog.lesson(lesson)
    with worker.here():
        checks = runner.judge(found, lambda exercise: live(namespace), secrets.token_bytes(32), folder=Path.cwd())
    result = score.result_of(found, "this session", checks, sandbox="live session")
    shown = SelfCheck(result, how_to_report(found.root) if result.verdict == Verdict.INFRA else "")
    with contextlib.suppress(Exception):  # the grade is shown whatever becomes of the record
        if damaged := record.read()[1]:
            print(damaged)
        record.remember(shown.result, _notebook_of(lesson))
    return shown


def _notebook_of(lesson: str) -> Path:
    """The file of the running notebook, where Jupyter says which; else the file that a notebook of this lesson has here."""
    named = Path(os.environ.get("JPY_SESSION_NAME", ""))
    return named if named.suffix == ".ipynb" and named.is_file() else Path.cwd() / f"{lesson}.ipynb"


def _callers_names() -> dict[str, Any]:
    """The notebook's names where there is a notebook, else the globals of the module that called `self_check`."""
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None:
            return shell.user_ns
    return sys._getframe(2).f_globals

"""Plain, versioned data: what the hidden checks said of a submission, and what that is worth. Imports nothing of the project."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

VERSION = 2  # of a stored result; 1 had no version, no checks and no timings
# What an attribute of Result is called in stored and printed results, where that is another name.
STORED_NAMES = {"repairs": "repaired"}


class Outcome(StrEnum):
    """How one hidden check ended."""

    PASSED = "passed"
    FAILED = "failed"
    BLANK = "blank"  # the exercise is not answered
    MISSING = "missing"  # what the check asks for is not in the notebook
    TIMEOUT = "timeout"
    DIED = "died"  # the student's code ended its own process
    RESOURCE = "resource"  # it took too much memory, too many processes or too much disk
    TAMPER = "tamper"
    FAULT = "fault"  # the grader's own
    OFF = "off"  # the check is switched off and was not asked


class Verdict(StrEnum):
    """What a cell or a submission ended with, from the least grave to the gravest."""

    GRADED = "GRADED"
    TIMEOUT = "TIMEOUT"
    RESOURCE = "RESOURCE"
    TAMPER = "TAMPER"
    REVIEW = "REVIEW"  # no grade can be given: a human has to look
    INFRA = "INFRA"  # no grade can be given: the grader failed

    @property
    def gravity(self) -> int:
        """The gravest cell's verdict is the submission's."""
        return list(Verdict).index(self)

    @property
    def gradable(self) -> bool:
        """Whether points can be given."""
        return self not in (Verdict.REVIEW, Verdict.INFRA)


@dataclass(frozen=True)
class Painting:
    """What a student's network painted after a training in the grader.

    Attributes
    ----------
    photo : str
        The name of the drawn photo that it was trained on.
    loss, wanted : float
        The mean squared error that was reached, and below which it had to be.
    difference : float
        Mean CIEDE2000 difference from the photo.
    png : str
        The picture as a PNG file in base64, upright as the photo is.
    own : bool
        Whether the network was built by the student's own code for certain, also where the course's answers stood in for others. An earlier
        version of the grader did not say.
    """

    photo: str
    loss: float
    wanted: float
    difference: float
    png: str
    own: bool = False

    @property
    def reached(self) -> bool:
        return self.loss < self.wanted


@dataclass(frozen=True)
class CheckResult:
    """What one hidden check said.

    Attributes
    ----------
    name, exercise, title : str
        The check's function, the id of its exercise, and the first line of its docstring.
    weight : float
        Its share of the exercise's points, relative to the exercise's other checks.
    outcome : Outcome
    message : str
        For the student; for `Outcome.OFF` why the check is switched off, for `Outcome.FAULT` a traceback.
    needs : str
        The name of the gate check that must pass as well before this one counts, or "".
    carried : tuple of str
        The earlier answers that are not right, in whose place it looked at the course's own.
    painting : Painting or None
        What a network painted that this check had trained.
    """

    name: str
    exercise: str
    title: str
    weight: float
    outcome: Outcome
    message: str = ""
    needs: str = ""
    carried: tuple[str, ...] = ()
    painting: Painting | None = None

    @property
    def passed(self) -> bool:
        return self.outcome == Outcome.PASSED


@dataclass
class CellResult:
    """One grade cell: a check cell of the notebook, with the points of its exercise.

    Attributes
    ----------
    id, title : str
        The grade cell's id, and the title of its exercise.
    points : float or None
        From 0 to `max_points`; None where no grade can be given (REVIEW, INFRA).
    message : str
        The first thing to correct, for the student, or that all is well.
    checks : list of CheckResult
    visible : str
        The error that the visible check ended with in the student's kernel, or "".
    blank : bool
        Whether the exercise is not answered.
    carried : str
        A sentence on the earlier answers in whose place the course's own were taken, or "".
    """

    id: str
    title: str
    verdict: Verdict
    points: float | None
    max_points: float
    message: str
    checks: list[CheckResult] = field(default_factory=list)
    visible: str = ""
    blank: bool = False
    carried: str = ""

    @property
    def full(self) -> bool:
        """Whether all points were earned."""
        return self.points is not None and self.points >= self.max_points

    @property
    def right(self) -> bool:
        """Whether each hidden check that was asked passed; False where the checks are not kept."""
        mine = asked(self.checks)
        return self.full and bool(mine) and all(check.passed for check in mine)


@dataclass
class Result:
    """One graded submission, with exactly one verdict.

    Attributes
    ----------
    lesson : str or None
        The lesson's name; None where the file is no lesson of the course.
    notebook : str
        The submission's name, for people.
    score, max_score : float or None
        None where no grade can be given.
    seconds : float
        How long grading took.
    sandbox : str
        The name of the sandbox that the notebook ran in.
    repairs : list of str
        What was changed in the submission before it could be graded, one line each.
    reason : str
        For the instructor: why there is no grade, or what took too much.
    timings : dict of str to float
        Seconds by phase.
    bonus : bool
        Whether the lesson is a bonus lesson: its points come on top. An earlier version of the grader did not say.
    """

    lesson: str | None
    notebook: str
    verdict: Verdict
    score: float | None
    max_score: float | None
    seconds: float
    sandbox: str
    repairs: list[str] = field(default_factory=list)
    cells: list[CellResult] = field(default_factory=list)
    reason: str = ""
    timings: dict[str, float] = field(default_factory=dict)
    bonus: bool = False

    @property
    def waits(self) -> bool:
        """Whether a human has to look before this is a grade."""
        return self.score is None or not self.verdict.gradable

    @property
    def exit_code(self) -> int:
        """0 for full marks, 1 for less, 2 if not gradable, 3 if the grader failed."""
        if self.verdict == Verdict.INFRA:
            return 3
        if self.score is None or self.max_score is None:
            return 2
        return 0 if self.score >= self.max_score else 1

    def as_json(self) -> dict[str, Any]:
        """Return the object that `autograder check --json` prints."""
        keys = ("id", "verdict", "points", "max_points", "message")
        whole = _renamed(asdict(self), STORED_NAMES)
        del whole["timings"]
        whole["cells"] = [{key: cell[key] for key in keys} for cell in whole["cells"]]
        return whole

    def stored(self, *, checks: bool = True) -> dict[str, Any]:
        """Return all of it as plain data for JSON, with a version; `restored` reads it back.

        Parameters
        ----------
        checks : bool
            Whether the hidden checks are named, with what each said, and with what networks painted.
        """
        whole = {"version": VERSION, **_renamed(asdict(self), STORED_NAMES)}
        for cell in whole["cells"] if not checks else ():
            cell["checks"] = []
        return whole

    @classmethod
    def restored(cls, data: dict[str, Any]) -> Result:
        """Return the result that `stored` wrote, in this version or an older one; what an older one did not keep is empty.

        Raises
        ------
        ValueError
            If this is no stored result, or one of a later version.
        """
        try:
            if data.get("version", 1) > VERSION:
                raise ValueError(f"a result of version {data['version']}; this grader reads up to {VERSION}")
            cells = [_known(CellResult, cell) for cell in data["cells"]]
            for cell in cells:
                cell["checks"] = [_check(check) for check in cell.get("checks", [])]
            made = [CellResult(**{**cell, "verdict": Verdict(cell["verdict"])}) for cell in cells]
            data = _renamed(data, {stored: name for name, stored in STORED_NAMES.items()})
            return cls(**{**_known(cls, data), "cells": made, "verdict": Verdict(data["verdict"])})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no result of the autograder ({type(error).__name__}: {error})") from error


def _check(data: dict[str, Any]) -> CheckResult:
    painting = data.get("painting")
    return CheckResult(
        **{
            **_known(CheckResult, data),
            "outcome": Outcome(data["outcome"]),
            "carried": tuple(data.get("carried", ())),
            "painting": Painting(**_known(Painting, painting)) if painting else None,
        }
    )


def _renamed(data: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return the same data in the same order, some of it under other names."""
    return {names.get(name, name): value for name, value in data.items()}


def _known(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    """Of stored data, what this version has a place for."""
    names = {each.name for each in fields(kind)}
    return (
        {"title": "", **{name: value for name, value in data.items() if name in names}}
        if kind is CellResult
        else {name: value for name, value in data.items() if name in names}
    )


def asked(checks: list[CheckResult]) -> list[CheckResult]:
    """Return the checks that are not switched off: points are shared out among these."""
    return [check for check in checks if check.outcome != Outcome.OFF]


def counting(checks: list[CheckResult]) -> set[str]:
    """Return the names of the checks that earn points: those that passed, and whose gate check passed too."""
    passed = {check.name for check in checks if check.passed}
    return {check.name for check in checks if check.passed and (not check.needs or check.needs in passed)}

"""A wall of pictures: what each student's own network painted, beside the photo that it was trained on, or of a picture that it never saw."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.reports.statistics import Entry
from autograder.results import CellResult, CheckResult, Outcome, Painting

NOT_TRAINED = {
    Outcome.TIMEOUT: "Training took too long.",
    Outcome.RESOURCE: "Training took too much.",
    Outcome.DIED: "Building the network ended the program.",
    Outcome.FAULT: "The grader failed here.",
}


@dataclass(frozen=True)
class Photo:
    """A photo that networks are trained on.

    Attributes
    ----------
    title : str
        What people call it.
    grey, true : str
        As the networks see it and as it is, PNG files in base64; "" where it is not known here.
    """

    title: str
    grey: str = ""
    true: str = ""


@dataclass(frozen=True)
class Network:
    """What is known of the network of a lesson.

    Attributes
    ----------
    builder, compiler : str
        The ids of the exercises that build it and make it ready to learn. The checks of the second train it.
    photo_of : callable, optional
        Gives a Photo by its name.
    drawn : bool
        Whether it learns from drawn worlds, and each picture is three: in grey, painted, true (`painting.unseen_of`).
    """

    builder: str
    compiler: str
    photo_of: Callable[[str], Photo] = Photo
    drawn: bool = False


@dataclass(frozen=True)
class Portrait:
    """One picture. passed: whether its check passed. stood_in: whether it passed or failed with the course's network in the place of this one."""

    student: str
    painting: Painting
    passed: bool
    stood_in: bool = False

    @property
    def verdict(self) -> str:
        """What is said of the loss."""
        if self.painting.reached:
            return "reached"
        return "passed with the weights handed in" if self.passed and not self.stood_in else "not reached"

    @property
    def good(self) -> bool:
        """Whether this network did what was asked."""
        return self.verdict != "not reached"


@dataclass(frozen=True)
class Panel:
    """The pictures of one photo, the closest in colour first.

    Attributes
    ----------
    photo : Photo
    wanted : float
        Below which a loss had to be.
    portraits : list of Portrait
    """

    photo: Photo
    wanted: float
    portraits: list[Portrait]


@dataclass(frozen=True)
class Wall:
    """All pictures of a lesson. without: students whose own network painted none, and why. drawn: as in Network."""

    panels: list[Panel] = field(default_factory=list)
    without: list[tuple[str, str]] = field(default_factory=list)
    drawn: bool = False


def wall(entries: Sequence[Entry], network: Network) -> Wall:
    """Return the pictures that the students' own networks painted, by photo, and who has none."""
    found: dict[str, list[Portrait]] = {}
    without = []
    for entry in entries:
        mine = list(_own(entry, network.builder))
        for portrait in mine:
            found.setdefault(portrait.painting.photo, []).append(portrait)
        if not mine:
            without.append((entry.student, why_none(entry, network)))
    panels = []
    for name, portraits in sorted(found.items()):
        ordered = sorted(portraits, key=lambda one: (one.painting.difference, one.student))
        panels.append(Panel(network.photo_of(name), ordered[0].painting.wanted, ordered))
    return Wall(panels, without, network.drawn)


def why_none(entry: Entry, network: Network) -> str:
    """Return, in a sentence, why there is no picture of a student's own network."""
    cells = entry.result.cells
    trained = _checks_of(cells, network.compiler)
    if not trained:
        return "Not graded." if entry.result.score is None else "This grade kept no pictures."
    built = _checks_of(cells, network.builder)
    if built and all(check.outcome in (Outcome.BLANK, Outcome.MISSING) for check in built):
        return f"No network: {network.builder} is not answered."
    if any(network.builder in check.carried for check in trained):
        return f"No network that can be trained: {network.builder} did not pass."
    if all(check.outcome in (Outcome.BLANK, Outcome.MISSING) for check in trained):
        return f"Not trained: {network.compiler} is not answered."
    for check in trained:
        if check.outcome in NOT_TRAINED:
            return NOT_TRAINED[check.outcome]
    if any(not check.passed for check in built):
        return f"Not trained: {network.builder} did not pass."
    if any(not check.passed for check in trained):
        return f"Not trained: {network.compiler} did not pass."
    return "This grade kept no pictures."


def painting_of(entry: Entry, builder: str = "") -> Mapping[str, object]:
    """Return the figures of what a student's own network painted, without the picture; empty where there is none.

    builder: the exercise that builds the network.
    """
    for portrait in _own(entry, builder):
        found = portrait.painting
        return {
            "photo": found.photo,
            "loss": found.loss,
            "wanted_loss": found.wanted,
            "reached": found.reached,
            "colour_difference": found.difference,
        }
    return {}


def _own(entry: Entry, builder: str) -> Iterator[Portrait]:
    """What a student's own network painted. The course's network may have stood in for it, and its picture is nobody's."""
    for cell in entry.result.cells:
        for check in cell.checks:
            painting, stood_in = check.painting, builder in check.carried
            if painting is None or (stood_in and not painting.own):
                continue
            if math.isfinite(painting.loss) and math.isfinite(painting.difference):
                yield Portrait(entry.student, painting, check.passed, stood_in)


def _checks_of(cells: Iterable[CellResult], exercise: str) -> list[CheckResult]:
    return [check for cell in cells for check in cell.checks if check.exercise == exercise]

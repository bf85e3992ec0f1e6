"""A wall of portraits: what each student's network painted, beside the photo that it was trained on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autograder.reports.statistics import Entry
from autograder.results import Painting


@dataclass(frozen=True)
class Portrait:
    """One picture. passed: whether its check passed, for this loss or for weights that were handed in."""

    student: str
    painting: Painting
    passed: bool

    @property
    def verdict(self) -> str:
        """What is said of the loss."""
        if self.painting.reached:
            return "reached"
        return "passed with the weights handed in" if self.passed else "not reached"


@dataclass(frozen=True)
class Panel:
    """The pictures of one photo, the closest in colour first.

    Attributes
    ----------
    photo : str
        Its name.
    wanted : float
        Below which a loss had to be.
    grey, true : str
        The photo as the networks saw it and as it is, PNG files in base64; "" where it is not known here.
    portraits : list of Portrait
    """

    photo: str
    wanted: float
    grey: str
    true: str
    portraits: list[Portrait]


def wall(entries: Sequence[Entry], photo_of: Callable[[str], tuple[str, str]] | None = None) -> list[Panel]:
    """Return the pictures that the checks kept, by photo.

    Parameters
    ----------
    entries : sequence of Entry
    photo_of : callable, optional
        Gives a photo's `grey` and `true` by its name.
    """
    found: dict[str, list[Portrait]] = {}
    for entry in entries:
        for cell in entry.result.cells:
            for check in cell.checks:
                if check.painting is not None:
                    portrait = Portrait(entry.student, check.painting, check.passed)
                    found.setdefault(check.painting.photo, []).append(portrait)
    panels = []
    for photo, portraits in sorted(found.items()):
        grey, true = photo_of(photo) if photo_of else ("", "")
        ordered = sorted(portraits, key=lambda one: one.painting.difference)
        panels.append(Panel(photo, ordered[0].painting.wanted, grey, true, ordered))
    return panels


def painting_of(entry: Entry) -> Mapping[str, object]:
    """Return the figures of a student's painting, without the picture; empty where there is none."""
    for cell in entry.result.cells:
        for check in cell.checks:
            if (found := check.painting) is not None:
                return {
                    "photo": found.photo,
                    "loss": found.loss,
                    "wanted_loss": found.wanted,
                    "colour_difference": found.difference,
                }
    return {}

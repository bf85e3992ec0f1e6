"""Where submissions are graded, beside the course, each in folders of its own, until all that came of one is put in its place."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder import files
from autograder.course.catalog import Lesson
from autograder.submission.files import TIMESTAMP, bookkeeping
from autograder.submission.folder import SubmissionFolder, copy_folder
from autograder.submission.times import submission_time


@dataclass
class Staged:
    """One submission while it is graded, beside the course.

    Attributes
    ----------
    student : str
    submitted : SubmissionFolder
        As it was when it was copied.
    source : Path
        The folder with the copy.
    graded : Path
        The folder that will be put in its place.
    handed_in : bytes
        The notebook file.
    """

    student: str
    submitted: SubmissionFolder
    source: Path
    graded: Path
    handed_in: bytes


class Staging:
    """The staging folder of a course directory.

    Parameters
    ----------
    folder : Path
    lesson : Lesson
    place_of : callable
        Gives the place of a graded folder, by student and lesson.
    """

    def __init__(self, folder: Path, lesson: Lesson, place_of: Callable[[str, str], Path]) -> None:
        self.folder = folder
        self.lesson = lesson
        self.place_of = place_of

    def aside(self, student: str) -> Path:
        """Return where the old graded folder goes while the new one takes its place."""
        return self.folder / "old" / self.lesson.name / student

    def stage(self, student: str, submitted: SubmissionFolder, time_zone: str) -> Staged:
        """Copy a submission as it is at this moment; what comes later is the next run's, or the next round's."""
        self.clear(student)
        source, graded = self._folders(student)
        submitted = copy_folder(submitted, self.lesson, source)
        for name, path in bookkeeping(submitted.folder).items():
            if name != TIMESTAMP:
                shutil.copyfile(path, source / name, follow_symlinks=False)
        when, submitted.late_unknown = submission_time(submitted.folder, time_zone)
        if when:
            (source / TIMESTAMP).write_text(f"{when}\n", "utf-8")
        graded.mkdir(parents=True)
        return Staged(student, submitted, source, graded, (source / f"{self.lesson.name}.ipynb").read_bytes())

    def clear(self, student: str) -> None:
        """Remove what lies here of a student, but never an old graded folder whose place is empty."""
        for folder in self._folders(student):
            shutil.rmtree(folder.parent, ignore_errors=True)
        if self.place_of(student, self.lesson.name).exists():
            shutil.rmtree(self.aside(student), ignore_errors=True)

    def bring_back(self) -> None:
        """Bring back each old graded folder whose new one did not get into its place. OSError if one cannot go back now."""
        for old in (self.folder / "old").glob("*/*"):
            place = self.place_of(old.name, old.parent.name)
            if not place.exists() and not old.name.startswith("."):  # a hidden one is a copy that was not finished
                files.move(old, place)

    def begin(self) -> None:
        """Bring back what a killed run left aside, then remove all that it left."""
        self.bring_back()
        shutil.rmtree(self.folder, ignore_errors=True)

    def end(self) -> None:
        """Remove all that lies here, but for old graded folders that cannot go back: the next run brings them back."""
        with contextlib.suppress(OSError):
            self.begin()

    def _folders(self, student: str) -> tuple[Path, Path]:
        """Where the copy of a submission lies, and where its graded folder is made."""
        source, graded = (self.folder / step / student / self.lesson.name for step in ("submitted", "autograded"))
        return source, graded

"""nbgrader's `zip_collect` for the downloads of Moodle and Canvas.

`nbgrader zip_collect LESSON --collector=autograder.hosts.nbgrader.collect.MoodleCollector` (or `CanvasCollector`). The download goes to
`downloaded/LESSON/archive/` as it is. Who could not be told is listed and stays in `extracted/`.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Unicode

from autograder import files, settings, student_ids
from autograder.errors import CourseError
from autograder.hosts.lms import platforms
from autograder.hosts.lms.moodle_zip import FULL_NAME, IDENTIFIER
from autograder.hosts.nbgrader import lms_files
from autograder.hosts.nbgrader.lms_files import Handed, Roster, plain
from autograder.safe_text import printable
from autograder.submission.files import TIMESTAMP
from autograder.words import counted

# What nbgrader puts beside a submission: the time of handing in, and a secret of the exchange's. A student's own is not taken for it.
OURS = (TIMESTAMP, "submission_secret.txt")
# What of a name becomes an id.
WORDS = re.compile(r"[\w.@+-]+")
# Where the extractor writes what the LMS says of late submissions whose time it does not say.
NOTES = "late, and the time is not known"


class LmsCollector(FileNameCollectorPlugin):
    """Tells by the names of a download who handed in what; of two files of one name, the later one counts."""

    roster = Unicode(
        help="A table of the LMS (CSV) with who is who: Moodle's grading worksheet, Canvas' gradebook."
    ).tag(config=True)
    id_column = Unicode(help="Its column with the ids that the gradebook has.").tag(config=True)
    match_column = Unicode(help="Its column with the number or the name that stands in the files' names.").tag(
        config=True
    )

    lms = ""
    # Whether the number in the names is the student's in all assignments.
    number_stays = False
    read: Callable[[Path, PurePosixPath], Handed | None]
    usual_ids: tuple[str, ...] = ()
    usual_matches: tuple[str, ...] = ()
    _plan: dict[str, dict[str, Any]] | None = None

    # -- what nbgrader asks ---------------------------------------------------------------------------------------

    def collect(self, submitted_file: str) -> dict | None:
        """Return who handed this file in and under which name it is kept; None where it is left out, which is said."""
        if self._plan is None:
            self.plan(Path(self.parent._format_collect_path(self.parent.extracted_directory)), {})
        assert self._plan is not None
        return self._plan.get(os.path.normpath(submitted_file))

    # -- the whole download ---------------------------------------------------------------------------------------

    def plan(self, extracted: Path, when: dict[Path, datetime]) -> None:
        """Settle for all files whose they are. when: the times that the zips gave them.

        Raises
        ------
        CourseError
            If the roster cannot be used.
        """
        lesson = self.parent.coursedir.assignment_id
        paths = sorted(path for path in extracted.rglob("*") if path.is_file())
        inside = {path: PurePosixPath(path.relative_to(extracted).as_posix()) for path in paths}
        known = [(path, type(self).read(path, inside[path])) for path in paths]
        strangers = [str(inside[path]) for path, handed in known if handed is None]
        by_student: dict[str, list[Handed]] = defaultdict(list)
        unknown: dict[str, tuple[str, str]] = {}
        ids, why_not = self._ids([handed for _, handed in known if handed])
        for _, handed in known:
            if handed and (student := ids.get((handed.name, handed.number))):
                by_student[student].append(handed)
            elif handed:
                unknown[f"{handed.name} ({handed.number})"] = (
                    str(inside[handed.path]),
                    why_not[handed.name, handed.number],
                )
        self._plan = {}
        for student, theirs in by_student.items():
            self._plan_for(student, theirs, lesson, when, extracted)
        self._say(strangers, unknown, len(by_student))

    def _plan_for(
        self, student: str, theirs: list[Handed], lesson: str, when: dict[Path, datetime], extracted: Path
    ) -> None:
        latest: dict[str, tuple[tuple, Handed]] = {}
        for handed in theirs:
            name, again = lms_files.as_handed_in(handed.file, lesson)
            if name.casefold() in OURS:
                self.log.warning("%s handed in a file %s: left out, for only nbgrader writes one.", student, name)
                continue
            age = (when[handed.path].timestamp() if handed.path in when else 0.0, handed.version, again)
            if name in latest:
                self.log.warning("%s handed in %s more than once; the latest counts.", student, name)
            if name not in latest or age >= latest[name][0]:
                latest[name] = (age, handed)
        notebooks = [name for name in latest if name.endswith(".ipynb")]
        for name, (_, handed) in latest.items():
            kept = f"{lesson}.ipynb" if notebooks == [name] else name
            self._note(handed.path, student, kept, when.get(handed.path))
        counts = [handed for _, handed in latest.values()]
        if any(handed.late for handed in counts) and not any(handed.path in when for handed in counts):
            note = extracted / NOTES / str(len(self._plan or {})) / TIMESTAMP
            note.parent.mkdir(parents=True, exist_ok=True)
            note.write_text(f"{self.lms} calls it late, but not how late\n", "utf-8")
            self._note(note, student, TIMESTAMP, None)

    def _note(self, path: Path, student: str, file: str, time: datetime | None) -> None:
        assert self._plan is not None
        self._plan[os.path.normpath(path)] = {"student_id": student, "file_id": file} | (
            {"timestamp": time} if time else {}
        )

    def _say(self, strangers: list[str], unknown: dict[str, tuple[str, str]], students: int) -> None:
        for name in strangers:
            self.log.warning(
                "%s: not collected: its name is not one of %s's for a file that was handed in.", name, self.lms
            )
        for name, why in unknown.values():
            cure = (
                f"give them an id of their own in {self.roster}"
                if self.roster
                else f"name a roster: --{type(self).__name__}.roster=FILE.csv"
            )
            self.log.warning("%s: not collected: %s; %s.", name, why, cure)
        told = f", {counted(len(unknown), 'student')} not known" if unknown else ""
        self.log.warning("%s: submissions of %s%s.", self.lms, counted(students, "student"), told)

    # -- who is who -----------------------------------------------------------------------------------------------

    def _ids(self, files: list[Handed]) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
        """The ids of those who handed in, by name and number, and why others have none."""
        people = {(handed.name, handed.number) for handed in files}
        names, numbers, named = self._tables()
        found: dict[tuple[str, str], str] = {}
        why_not: dict[tuple[str, str], str] = {}
        for name, number in sorted(people):
            who = f"{name} ({number})"
            ids = numbers.get(number) or names.get(plain(name)) or set()
            made_up = not ids and not self.roster
            if made_up and (self.number_stays or [n for n, _ in people].count(name) == 1):
                ids = {self.own_id(name, number)} - named
            one = next(iter(ids), "")
            if len(ids) > 1:
                why_not[name, number] = f"{who} could be {' or '.join(sorted(ids))}"
            elif not one:
                more = " (others are called so)" if made_up else ""
                why_not[name, number] = f"nobody knows who {who} is{more}"
            elif why := student_ids.why_not_new(one):
                why_not[name, number] = f"{who} would have the id {printable(one)!r}, and that {why}"
            else:
                found[name, number] = one
        for person, one in [*found.items()]:
            if others := [f"{n} ({k})" for (n, k), other in found.items() if other == one and (n, k) != person]:
                why_not[person] = f"{person[0]} ({person[1]}) and {', '.join(others)} would both be {one}"
        return {person: one for person, one in found.items() if person not in why_not}, why_not

    def own_id(self, name: str, number: str) -> str:
        """The id of somebody of whom nothing else is known."""
        raise NotImplementedError

    def _tables(self) -> tuple[dict[str, set[str]], dict[str, set[str]], set[str]]:
        """Ids by the letters of a name, ids by number, and the ids of whom the gradebook knows the name.

        They come from the roster, or from the gradebook. A name is never looked up as a number or an id: students choose what they are called.
        """
        names: dict[str, set[str]] = defaultdict(set)
        numbers: dict[str, set[str]] = defaultdict(set)
        named: set[str] = set()
        if self.roster:
            roster = Roster.read(Path(self.parent.coursedir.root, self.roster))
            ids, match = (
                roster.column(self.id_column, self.usual_ids),
                roster.column(self.match_column, self.usual_matches),
            )
            for row in roster.rows:
                value = row.get(match, "").removeprefix("Participant ")
                if value:
                    (numbers if value.isdigit() else names)[value if value.isdigit() else plain(value)].add(
                        row.get(ids, "")
                    )
                if row.get(FULL_NAME):
                    names[plain(row[FULL_NAME])].add(row.get(ids, ""))
            self._must_be_ids(roster, ids)
            return names, numbers, named
        with Gradebook(self.parent.coursedir.db_url, self.parent.coursedir.course_id) as book:
            for student in book.students:
                if self.number_stays and student.lms_user_id:
                    numbers[student.lms_user_id].add(student.id)
                first, last = plain(student.first_name or ""), plain(student.last_name or "")
                if first or last:
                    names[first + last].add(student.id)
                    names[last + first].add(student.id)
                    named.add(student.id)
        return names, numbers, named

    def _must_be_ids(self, roster: Roster, column: str) -> None:
        """CourseError if no row's id is a student of the gradebook, and another column has some: the class would be entered twice."""
        with Gradebook(self.parent.coursedir.db_url, self.parent.coursedir.course_id) as book:
            known = {student.id for student in book.students}
        fits = {name: len(known & {row.get(name, "") for row in roster.rows}) for name in roster.columns}
        if not self.id_column and not fits[column] and any(fits.values()):
            found = ", ".join(f"{name!r} ({count})" for name, count in fits.items() if count)
            raise CourseError(
                f"{roster.path}: no row's {column!r} is a student of the gradebook. These columns would match: {found}; name one with"
                f" --{type(self).__name__}.id_column=COLUMN. Nothing was collected."
            )


class MoodleCollector(LmsCollector):
    """Moodle's "Download all submissions", in folders or not. Without a roster, a name that the gradebook has, else the name, is the id."""

    lms = platforms.MOODLE.name
    read = staticmethod(lms_files.of_moodle)
    usual_ids = ("ID number", "Username", "Email address")
    usual_matches = (IDENTIFIER, FULL_NAME)

    def own_id(self, name: str, number: str) -> str:
        return "_".join(WORDS.findall(name)).lstrip("-._")


class CanvasCollector(LmsCollector):
    """Canvas' "Download Submissions". Without a roster, a name that the gradebook has, else Canvas' number of the user, is the id."""

    lms = platforms.CANVAS.name
    read = staticmethod(lms_files.of_canvas)
    usual_ids = platforms.CANVAS.identity
    usual_matches = ("ID",)
    number_stays = True

    def own_id(self, name: str, number: str) -> str:
        return number


class LmsExtractor(ExtractorPlugin):
    """Unpacks a download of Moodle or Canvas, with its times, and no archive of a student's; for other collectors nbgrader's own extractor."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        collector = self.parent.collector_plugin_inst
        if not isinstance(collector, LmsCollector):
            super().extract(archive_path, extracted_path)
            return
        when: dict[Path, datetime] = {}
        # By student: how many files and bytes were taken; and of whom that is all.
        self._taken: dict[str, tuple[int, int]] = {}
        self._over: set[str] = set()
        try:
            for path in sorted(path for path in Path(archive_path).rglob("*") if path.is_file()):
                self._take(path, Path(extracted_path), Path(archive_path), when)
            collector.plan(Path(extracted_path), when if collector.lms == "Moodle" else {})
        except CourseError as error:
            self.parent.fail(str(error))
        except OSError as error:
            self.parent.fail(f"{files.trouble(error)} Nothing was collected.")

    def _take(self, path: Path, extracted: Path, archive: Path, when: dict[Path, datetime]) -> None:
        inside = PurePosixPath(path.relative_to(archive).as_posix())
        if path.is_symlink():
            self.log.warning("%s: left out: a link to another place; put the file itself there.", inside)
            return
        # An archive that a student handed in is a file as others are.
        if path.suffix.lower() != ".zip" or self._read(path, inside) is not None:
            self._write(inside, path.stat().st_size, extracted / inside, lambda: path.open("rb"))
            return
        folder = extracted / inside.with_suffix("")
        while folder.exists():  # of another archive of this name
            folder = folder.with_name(folder.name + " (2)")
        found: dict[Path, datetime] = {}
        try:
            with zipfile.ZipFile(path) as file:
                for member in file.infolist():
                    unpacked = self._unpack(file, member, folder)
                    if unpacked is not None and (time := lms_files.time_of(member)):
                        found[unpacked] = time
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            why = files.trouble(error) if isinstance(error, OSError) else f"{error}. Download it again."
            raise CourseError(f"{path}: cannot be unpacked: {why} Nothing was collected.") from None
        if lms_files.of_the_download([*found.values()]):
            self.log.warning(
                "%s: its times are those of the download, so when these were handed in is not known.", path
            )
        else:
            when |= found

    def _unpack(self, file: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> Path | None:
        """Write a member of a download into a folder; None if it is left out."""
        inside = PurePosixPath(member.filename)
        if member.is_dir() or inside.is_absolute() or ".." in inside.parts or not inside.parts:
            return None
        target = folder / inside
        return target if self._write(inside, member.file_size, target, lambda: file.open(member)) else None

    def _write(self, inside: PurePosixPath, size: int, target: Path, source: Callable[[], IO[bytes]]) -> bool:
        """Write a file of a download; whether that was done. One student's trouble is said, and is nobody else's."""
        limits = settings.limits()
        shown = printable(str(inside))
        if size > limits.notebook_bytes:
            self.log.warning("%s: left out: it has %s bytes, and no file of more than %s is taken.", shown, f"{size:,}", f"{limits.notebook_bytes:,}")  # fmt: skip
            return False
        whose = lms_files.owner_in(inside, self._read(Path(inside), inside))
        number, whole = self._taken.get(whose, (0, 0))
        if number >= limits.collected_files or whole + size > limits.collected_bytes:
            if whose not in self._over:
                self._over.add(whose)
                self.log.warning(
                    "%s: left out, and what else comes from %s: of one student, %s of %d MB in all are taken"
                    " (collected_files, collected_bytes in limits.toml). The others are collected.",
                    shown, printable(whose), counted(limits.collected_files, "file"), limits.collected_bytes // settings.MIB,
                )  # fmt: skip
            return False
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "xb") as sink, source() as read:
                shutil.copyfileobj(read, sink)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise OSError(error.errno, error.strerror, str(target)) from error
            self.log.warning("%s: left out: it cannot be written (%s).", shown, error.strerror)
            return False
        self._taken[whose] = (number + 1, whole + size)
        return True

    def _read(self, path: Path, inside: PurePosixPath) -> Handed | None:
        return type(self.parent.collector_plugin_inst).read(path, inside)

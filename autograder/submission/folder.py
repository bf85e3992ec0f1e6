"""What a student handed in: which notebook it is, which files come along with it, and the hash of all that."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.course.catalog import Lesson
from autograder.errors import Unreadable
from autograder.limits import LIMITS, MIB
from autograder.safe_text import printable
from autograder.submission import intake

EXTRA_SUFFIXES = (".weights.h5", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
TIMESTAMP = "timestamp.txt"  # when it was handed in: nbgrader writes and reads it
SUBMISSION_SECRET = (
    "submission_secret.txt"  # what `nbgrader submit` writes, and `release_feedback` and `fetch_feedback` read
)
# What nbgrader itself puts into a submission's folder. Student code does not see it, and it is no part of `input_digest`.
BOOKKEEPING = (TIMESTAMP, SUBMISSION_SECRET)
BOOKKEEPING_FOLDERS = ("feedback",)  # `nbgrader fetch_feedback` makes it, and the next `nbgrader submit` hands it in
LONGEST_BOOKKEEPING = 4096  # bytes of such a file
HASHED_AT_ONCE = MIB
NOTEBOOKS = 10  # that are looked into where none has the lesson's name
LOOKED_INTO = 64 * MIB  # bytes of all those together
COPIES = 3  # how often a submission that is written to meanwhile is copied again
ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # of notebooks: some browsers add one
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
CHECKPOINTS = ".ipynb_checkpoints"  # where Jupyter keeps the version before the last save
IGNORED_FOLDERS = (CHECKPOINTS, "__MACOSX", *BOOKKEEPING_FOLDERS)  # folders in which no submission lies
FOLDERS = 50  # folders of a submission that are looked into
END_OF_ARCHIVE = MIB  # bytes at the end of a zip file, where the names of its files stand
PACKED = re.compile(rb"PK\x01\x02.{42}([^\x00-\x1f]{1,200}?\.ipynb)", re.DOTALL)
# Names of time zones with one meaning each: those of RFC 822, and Europe's.
HOURS = {
    **{"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3},
    **{"AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7},
}
TIME = re.compile(
    r"(?P<when>\d{4}-?\d\d-?\d\d[ T]\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?) ?"
    r"(?P<zone>[A-Za-z]{1,20}(?:[/_][A-Za-z]{1,20}){0,4}|(?:UTC|GMT)?[+-]\d\d(?::?\d\d)?)?"
)
HOW_TO_WRITE_A_TIME = "Write it as 2026-03-01 10:00:00 UTC"


@dataclass
class SubmissionFolder:
    """One student's folder for one lesson, looked at but not read yet.

    notebook: the file that is graded, or None with the `reason`. files: what comes along, by name. refused: one line
    for each thing that does not, and one if the notebook is not the file that was asked for. input_digest: hash of the notebook
    and of what comes along, which is all that student code can see; hidden inputs are drawn from it. revision: hash of that and of when it was handed in; it decides whether this is new.
    """

    folder: Path
    notebook: Path | None = None
    reason: str = ""
    files: dict[str, Path] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    input_digest: str = ""
    revision: str = ""
    data: dict | None = field(default=None, repr=False)  # the notebook's JSON once it was read
    late_unknown: str = ""  # why nobody knows when it was handed in; "" if that is known, or nothing says so


def inspect_folder(folder: Path, lesson: Lesson) -> SubmissionFolder:
    """Choose the notebook and the files of a submission. Follows no links; whatever is wrong becomes a reason or a refusal."""
    found = SubmissionFolder(folder)
    try:
        if any(place.is_symlink() for place in (folder, folder.parent)):
            found.reason = f"{printable(folder.name)}: the folder is a link to another place; links are not followed."
        else:
            _choose(found, lesson)
        found.input_digest = digest_inputs(found.notebook, found.files)
        found.revision = _with_time(found)
    except OSError as error:  # no rights, or it went away while it was looked at
        found.notebook, found.files = None, {}
        found.reason = f"{printable(folder.name)}: cannot be read ({error.strerror})."
        found.input_digest = digest_inputs(None, {})
        found.revision = _with_time(found)
    return found


def _choose(found: SubmissionFolder, lesson: Lesson) -> None:
    found.notebook, found.reason = _notebook(found.folder, lesson)
    mine = found.notebook
    beside = [mine.parent] if mine is not None and mine.parent != found.folder else []
    found.files, found.refused = extra_files(found.folder, *beside, but=mine)
    if mine is None:
        return
    named = found.folder / f"{lesson.name}.ipynb"
    name = printable(mine.relative_to(found.folder).as_posix())
    others = [path for path in _notebooks(found.folder) if path not in (mine, named)]
    lines = [f"{printable(o.name)}: not taken along (only one notebook is graded, {name})" for o in others]
    found.refused = _some(lines) + found.refused
    if mine != named:
        why = "nothing was written in the one of that name" if named.exists() else "there is none of that name"
        found.refused.insert(0, f"{name}: this notebook was graded in place of {named.name} ({why})")
    if intake.is_too_large(mine):
        found.reason, found.notebook = intake.too_large(mine), None


def extra_files(folder: Path, *more: Path, but: Path | None = None) -> tuple[dict[str, Path], list[str]]:
    """The files beside a notebook that come along: pictures and `*.weights.h5`, no links, within the limits; and why others do not.

    more: further folders; of two files of one name the later folder's is taken. but: a file that is no extra file.
    """
    taken: dict[str, Path] = {}
    refused: list[str] = []
    left = LIMITS.disk // 2  # they lie where the notebook writes
    listed = {path.name: path for place in (folder, *more) for path in _listed(place)}
    for path in listed.values():
        if path.name.lower().endswith(ENDINGS) or path in (but, *more) or _is_bookkeeping(path):
            continue
        why = _refusal(path, len(taken), left)
        if why:
            refused.append(f"{printable(path.name)}: not taken along ({why})")
        else:
            taken[path.name] = path
            left -= path.lstat().st_size
    return taken, _some(refused)


def _is_bookkeeping(path: Path) -> bool:
    """Whether nbgrader put this into a submission's folder. A link or a folder under the name of a file is the student's."""
    mode = path.lstat().st_mode
    return (path.name in BOOKKEEPING and stat.S_ISREG(mode)) or (
        path.name in BOOKKEEPING_FOLDERS and stat.S_ISDIR(mode)
    )


def bookkeeping(folder: Path) -> dict[str, Path]:
    """nbgrader's own files in a submission's folder, by name: those that are ordinary and small. They go to `autograded/` as they are."""
    found = {}
    for name in BOOKKEEPING:
        try:
            status = (folder / name).lstat()
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode) and status.st_size <= LONGEST_BOOKKEEPING:
            found[name] = folder / name
    return found


def _some(lines: list[str]) -> list[str]:
    most = LIMITS.extra_files
    return lines if len(lines) <= most else [*lines[:most], f"and {len(lines) - most} more files"]


def _refusal(path: Path, already: int, left: int) -> str:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "it is a link"
    if not stat.S_ISREG(status.st_mode):
        return "it is not a file"
    if not path.name.isprintable():
        return "its name holds characters that cannot be printed"
    if not path.name.lower().endswith(EXTRA_SUFFIXES):
        return "only pictures and *.weights.h5 files are"
    if status.st_size > LIMITS.extra_file_bytes:
        return f"it is larger than {LIMITS.extra_file_bytes // MIB} MB"
    if status.st_size > left:
        return f"the files together are larger than {LIMITS.disk // 2 // MIB} MB"
    return "there are too many files" if already >= LIMITS.extra_files else ""


def _listed(folder: Path) -> list[Path]:
    return [path for path in _all_of(folder) if not path.name.startswith(".")]


def _all_of(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _notebooks(folder: Path) -> list[Path]:
    return [path for path in _listed(folder) if path.name.lower().endswith(ENDINGS)]


def _is_file(path: Path) -> bool:
    return not path.is_symlink() and path.is_file()


def _notebook(folder: Path, lesson: Lesson) -> tuple[Path | None, str]:
    """The notebook that is graded, or None and why there is none.

    It is the one with the lesson's name; else, of the newest first, the first that holds the lesson; else the newest. If nothing
    was done in the one with the lesson's name, one beside it in which something was done is meant. Where no notebook lies in the
    folder, a file with another ending that holds the lesson is taken, or the only notebook one folder deeper.
    """
    named = folder / f"{lesson.name}.ipynb"
    if named.is_symlink():
        return None, f"{named.name}: a link to another place; links are not followed. Hand in the file itself."
    newest_first = _newest_first(_notebooks(folder))
    if named.is_file():
        others = [path for path in newest_first if path != named]
        if others and _is_worked_on(named, lesson) is False:
            return next((path for path in others if _is_worked_on(path, lesson)), named), ""
        return named, ""
    for path in newest_first:
        if _is_worked_on(path, lesson) is not None:
            return path, ""
    if newest_first:
        return newest_first[0], ""
    return _elsewhere(folder, lesson)


def _newest_first(paths: list[Path]) -> list[Path]:
    """The newest of some files, as many as are looked into. Links and what is no file are left out."""
    ordered = sorted(filter(_is_file, paths), key=lambda path: path.stat().st_mtime, reverse=True)
    found: list[Path] = []
    left = LOOKED_INTO
    for path in ordered[:NOTEBOOKS]:
        left -= min(path.stat().st_size, LIMITS.notebook_bytes)
        if left >= 0 or not found:
            found.append(path)
    return found


def _elsewhere(folder: Path, lesson: Lesson) -> tuple[Path | None, str]:
    """The notebook of a submission that has no `*.ipynb` file: under another name, or one folder deeper; else why there is none."""
    cure = f"Hand in {lesson.name}.ipynb."
    files = _listed(folder)
    archives = [path for path in files if path.name.lower().endswith(ARCHIVES)]
    taken_along = [path for path in files if path.name.lower().endswith(EXTRA_SUFFIXES) or path.name in BOOKKEEPING]
    others = _newest_first([path for path in files if path not in archives and path not in taken_along])
    for path in others:
        if _is_worked_on(path, lesson) is not None:
            return path, ""
    deeper, more = _deeper(folder, lesson)
    if deeper is not None:
        return deeper, ""
    if more:
        names = ", ".join(printable(path.relative_to(folder).as_posix()) for path in more[:3])
        return (
            None,
            f"{printable(folder.name)}: there is no notebook in this folder, but several one folder deeper ({names}). {cure}",
        )
    called = [path for path in others if ".ipynb" in path.name.lower() or path.name.lower().startswith(lesson.name)]
    if called:  # under the lesson's name, but not the lesson: what it is stands in the reason
        return called[0], ""
    if archives:
        packed = next((name for path in archives if (name := _packed_in(path))), "")
        where = f"{packed} lies in it" if packed else "perhaps it lies in it"
        name = printable(archives[0].name)
        return None, f"{name}: an archive; there is no notebook beside it, {where}. Unpack it. {cure}"
    if any(path.name == CHECKPOINTS and path.is_dir() for path in _all_of(folder)):
        return (
            None,
            f"{printable(folder.name)}: there is no notebook in this folder, only Jupyter's own checkpoints. {cure}",
        )
    other = f" It holds {printable(others[0].name)}." if others else ""
    return None, f"{printable(folder.name)}: there is no notebook in this folder.{other} {cure}"


def _deeper(folder: Path, lesson: Lesson) -> tuple[Path | None, list[Path]]:
    """The only notebook one folder deeper, or the only one with the lesson's name; and all that there are."""
    folders = [path for path in _listed(folder) if path.is_dir() and not path.is_symlink()]
    folders = [path for path in folders if path.name not in IGNORED_FOLDERS]
    found = [path for place in folders[:FOLDERS] for path in _notebooks(place) if _is_file(path)]
    named = [path for path in found if path.name == f"{lesson.name}.ipynb"]
    only = found if len(found) == 1 else named
    return (only[0] if len(only) == 1 else None), found


def _packed_in(path: Path) -> str:
    """The name of a notebook in a zip file, or "". The archive is not unpacked: names stand at its end as they are."""
    try:
        if not _is_file(path):
            return ""
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - END_OF_ARCHIVE))
            found = PACKED.search(file.read(END_OF_ARCHIVE))
    except OSError:
        return ""
    return printable(found[1].decode("utf-8", "replace")) if found else ""


def _is_worked_on(path: Path, lesson: Lesson) -> bool | None:
    """Whether a notebook holds more than the release; None if it does not hold the lesson, or cannot be read."""
    try:
        data = intake.read(path)[1]
        intake.must_hold(data, lesson, path)
        written, given = intake.rebuild(data, lesson, "").notebook.cells, lesson.read_release().cells
    except Unreadable:
        return None
    return [cell.source for cell in written] != [cell.source for cell in given]


def digest_inputs(notebook: Path | None, files: dict[str, Path]) -> str:
    """SHA-256 over the names and contents of all that student code can see."""
    digest = hashlib.sha256()
    for name, path in sorted({"notebook": notebook, **files}.items()):
        if path is None:
            digest.update(b"no notebook\n")
            continue
        digest.update(f"{name}: {path.stat().st_size}\n".encode("utf-8", "surrogateescape"))
        with open(path, "rb") as file:
            while block := file.read(HASHED_AT_ONCE):
                digest.update(block)
    return digest.hexdigest()


def _with_time(found: SubmissionFolder) -> str:
    said = f"{found.input_digest}\n{found.reason}\n".encode("utf-8", "surrogateescape")
    text, reason = _time_text(found.folder)
    return hashlib.sha256(said + (text or reason).encode()).hexdigest()


# -- when it was handed in --------------------------------------------------------------------------------------------


def timestamp(folder: Path) -> str | None:
    """The text of the file that tells when it was handed in; None if it is missing or cannot be one."""
    return _time_text(folder)[0]


def submission_time(folder: Path, zone: str = "") -> tuple[str | None, str]:
    """When a submission was handed in, "2026-03-01 10:00:00.000000 UTC", as nbgrader writes and reads it; and why that is not known.

    (None, "") if there is no such file; (None, a line with the cure) if there is one that cannot be read: then nobody knows
    whether the submission is late. zone: the name of the exchange's time zone (`Exchange.timezone`), "Europe/Berlin":
    nbgrader writes its abbreviation into the file. A time without a zone is UTC, as nbgrader takes it.
    """
    text, reason = _time_text(folder)
    if text is None:
        return None, reason
    parts = TIME.fullmatch(" ".join(text.split()))
    if parts is None:
        return None, f"{TIMESTAMP}: {printable(text)!r} is not a time. {HOW_TO_WRITE_A_TIME}."
    try:
        when = datetime.fromisoformat(parts["when"].replace(",", "."))
        where = _time_zone(parts["zone"] or "UTC", zone, when)
        if where is None:
            return (
                None,
                f"{TIMESTAMP}: the time zone {parts['zone']!r} is not known. {HOW_TO_WRITE_A_TIME}, or with +02:00.",
            )
        when = when.replace(tzinfo=where).astimezone(UTC)
    except (ValueError, OverflowError):
        return None, f"{TIMESTAMP}: {printable(text)!r} is not a time. {HOW_TO_WRITE_A_TIME}."
    return f"{when:%Y-%m-%d %H:%M:%S.%f} UTC", ""


def _time_text(folder: Path) -> tuple[str | None, str]:
    """What `timestamp.txt` says, or None and why it cannot be read; (None, "") if there is none."""
    path = folder / TIMESTAMP
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return None, f"{TIMESTAMP}: not an ordinary file, so it does not say when this was handed in."
        if status.st_size > LONGEST_BOOKKEEPING:
            return None, f"{TIMESTAMP}: far too long for a time. {HOW_TO_WRITE_A_TIME}."
        text = intake.text_of(path.read_bytes()).strip("\0 \t\r\n\v\f\ufeff")
    except FileNotFoundError:
        return None, ""
    except OSError as error:
        return None, f"{TIMESTAMP}: cannot be read ({error.strerror})."
    except UnicodeDecodeError:
        return None, f"{TIMESTAMP}: its bytes are no text. {HOW_TO_WRITE_A_TIME}."
    return (text, "") if text else (None, f"{TIMESTAMP}: the file is empty. {HOW_TO_WRITE_A_TIME}.")


def _time_zone(name: str, exchange: str, when: datetime) -> tzinfo | None:
    """The time zone that a name or an offset means at a time, or None if that is not known."""
    if "+" in name or "-" in name:
        digits = name.upper().removeprefix("UTC").removeprefix("GMT").replace(":", "")
        away = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:] or 0))
        return timezone(-away if digits[0] == "-" else away)
    if exchange:
        there = _named(exchange)
        for fold in (0, 1):  # in the hour that comes twice in autumn, the name tells which of the two it is
            if there is not None and when.replace(tzinfo=there, fold=fold).tzname() == name:
                return timezone(when.replace(tzinfo=there, fold=fold).utcoffset())
    if name.upper() in HOURS:
        return timezone(timedelta(hours=HOURS[name.upper()]))
    return _named(name) if "/" in name else None


def _named(zone: str) -> tzinfo | None:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


# -- a copy of it -----------------------------------------------------------------------------------------------------


class FolderChanging(OSError):
    """A submission was written to each time that it was copied. The next run finds it whole."""


def copy_folder(submitted: SubmissionFolder, lesson: Lesson, folder: Path) -> SubmissionFolder:
    """Copy a submission into a folder, which is made anew, and return it as it was when it was copied.

    The notebook gets the lesson's name; an empty file stands for one that is missing. Where the copy is not what was looked at,
    because somebody writes to it meanwhile, it is looked at again. FolderChanging is raised if that goes on. nbgrader's own files
    are not copied: see `bookkeeping` and `submission_time`.
    """
    for _ in range(COPIES):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        notebook = folder / f"{lesson.name}.ipynb"
        try:
            copies = {name: folder / name for name in submitted.files}
            for name, path in submitted.files.items():
                _copy_file(path, copies[name], LIMITS.extra_file_bytes)
            if submitted.notebook is None:
                notebook.touch()
            else:
                _copy_file(submitted.notebook, notebook, LIMITS.notebook_bytes)
            if digest_inputs(None if submitted.notebook is None else notebook, copies) == submitted.input_digest:
                return submitted
        except OSError:
            if submitted == (again := inspect_folder(submitted.folder, lesson)):
                raise  # not because it changes
            submitted = again
            continue
        submitted = inspect_folder(submitted.folder, lesson)
    raise FolderChanging(
        None, f"{printable(submitted.folder.name)}: it is being written to at this moment. Run the same command again."
    )


def _copy_file(source: Path, target: Path, most: int) -> None:
    """Copy an ordinary file of at most so many bytes; OSError if it has become something else meanwhile."""
    descriptor = os.open(source, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file, open(target, "xb") as copied:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{source.name}: not a file any more")
        left = most + 1
        while left and (block := file.read(min(left, HASHED_AT_ONCE))):
            copied.write(block)
            left -= len(block)
        if not left:
            raise OSError(f"{source.name}: grew beyond its limit")

"""The settings of one course: where it lies, its limits, its secret. All that a grading run reads is found from here.

A file `limits.toml` in the class's folder, beside the gradebook, changes some of the limits: `cell = 60.0`. There stands as well which packages the
course's notebooks use beyond those that the lessons need, `packages = ["pandas"]`, which pictures are drawn for feedback pages, `pictures = "own"`,
and the time zone of the course, `timezone = "Europe/Berlin"`. In a clone the class's folder is the course's; where there is none, the course's own
file counts. Nothing is read when this module is imported.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import os
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from autograder.errors import CourseError
from autograder.secret_file import fingerprint, make_secret, read_secret

PACKAGE = Path(__file__).resolve().parent
# Variables of the environment that name another course folder, and another file for the secret.
COURSE, SECRET_FILE = "AUTOGRADER_COURSE", "AUTOGRADER_SECRET_FILE"
# Beside the gradebook: the lock, the journal, the secret, and what is being graded.
FOLDER = ".autograder"
LIMITS = "limits.toml"
MIB = 1024 * 1024
# What `limits.toml` says beside limits.
NO_LIMITS = ("packages", "pictures", "timezone")
UTC_NAME = "UTC"
# Which pictures are drawn of each student's notebook: none; those that show the student's own work where the course's own would not do; or all, by the
# student's own kernel.
PICTURES = ("none", "own", "all")
LOG = logging.getLogger("autograder")


@dataclass(frozen=True)
class Limits:
    """Seconds, counts and bytes. `limits()` returns those that the course uses.

    Seconds of a cell, a call, a notebook, a training and a submission are those of `autograder.sandbox.linux.waiting`: time that passes, without
    what other programs took.
    """

    # What a notebook may take
    kernel_start: float = 60.0  # seconds until a kernel answers for the first time
    cell: float = 30.0  # seconds for one cell of a notebook
    notebook: float = 300.0  # seconds for all cells of a notebook together, restarts included
    question: float = 10.0  # seconds for one call of a student's function by a check
    answers: float = 120.0  # seconds for all calls of one notebook together
    training: float = 180.0  # seconds for a network's training in the grader, all starts together
    network_memory: int = (
        2048 * MIB
    )  # bytes of the process that builds and trains students' networks; TensorFlow itself has 0.6 GB
    stretch: float = 10.0  # times as long as such a limit may last by the clock on the wall, on a busy machine
    interrupt: float = 3.0  # seconds that a kernel has to obey an interrupt before it is killed
    submission: float = 1200.0  # seconds for one submission in all; a worker that takes longer is thought dead
    restarts: int = 40  # new kernels for one notebook; a function that ended one is not called again
    memory: int = 4096 * MIB  # of all processes of a notebook together, with the files that they wrote
    disk: int = 256 * MIB  # of all files that a notebook writes; they lie in memory
    tasks: int = 1024  # processes and threads of a notebook, an eighth of that in processes; TensorFlow has a few threads for each core
    cell_output: int = 2 * MIB  # text and pictures that one cell shows; what is more is cut off
    notebook_output: int = 24 * MIB  # the same for all cells together
    reply: int = 48 * MIB  # one message of a kernel; a larger one is not taken
    grader: int = 3072 * MIB  # that the grader's own process may grow by while a notebook is open
    # What a submission may be
    notebook_bytes: int = 32 * MIB  # size of a submitted file
    extra_file_bytes: int = 16 * MIB  # of one file that is handed in with the notebook
    extra_files: int = 20  # such files
    collected_bytes: int = 256 * MIB  # of all files of one student in a download of an LMS
    collected_files: int = 200  # such files
    cells: int = 2_000  # cells of a submitted notebook
    cell_characters: int = 1_000_000  # source of one cell
    # What a feedback page says
    message_characters: int = 700  # one message on a feedback card
    shown_cell: int = 20_000  # characters of one cell of the student's that are shown; what is graded is the whole
    shown_lines: int = 2_000  # lines of such a cell
    shown_line: int = 2_000  # characters of one line of such a cell, if it is code
    shown_output: int = 100_000  # characters of one output
    shown_colours: int = 5_000  # changes of colour in one output
    shown_text: int = 400_000  # characters of all cells of the student's together, and of all outputs
    shown_parts: int = 2_000  # outputs of a notebook that are shown
    drawing: float = 1.5  # seconds of processor time to colour or set one cell; what takes longer is shown plain
    page: float = 120.0  # seconds for one page; one that takes longer is left out

    @property
    def memory_text(self) -> str:
        return f"{self.memory / 1024**3:.2g} GB"

    @property
    def disk_text(self) -> str:
        return f"{self.disk // MIB} MB"


def read_limits(path: Path) -> Limits:
    """The limits, with those that a file names changed; CourseError for a name or a value that is none."""
    named = _read(path)
    for name in NO_LIMITS:
        named.pop(name, None)
    known = asdict(Limits())
    for name, value in named.items():
        if name not in known:
            raise CourseError(f"{path}: there is no limit called {name!r}. The limits are: {', '.join(known)}.")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
            raise CourseError(f"{path}: {name} must be a number above 0, not {value!r}.")
        if name == "stretch" and value < 1:
            raise CourseError(
                f"{path}: stretch must be 1 or more, not {value!r}. With 1, limits count all time that passes."
            )
        if isinstance(known[name], int) and value != int(value):
            raise CourseError(f"{path}: {name} must be a whole number above 0, not {value!r}.")
    return Limits(**{name: type(known[name])(value) for name, value in named.items()})


def read_packages(path: Path) -> tuple[str, ...]:
    """The packages that the file names for the course's notebooks; CourseError if they are no list of names."""
    named = _read(path).get("packages", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise CourseError(f'{path}: packages must be a list of names, such as ["pandas"], not {named!r}.')
    return tuple(named)


def read_pictures(path: Path) -> str:
    """Which pictures the file wants drawn for feedback pages, one of PICTURES; CourseError for another word."""
    wanted = _read(path).get("pictures", "own")
    if wanted not in PICTURES:
        raise CourseError(f'{path}: pictures must be "none", "own" or "all", not {wanted!r}.')
    return wanted


def read_time_zone(path: Path) -> str:
    """The name of the course's time zone, UTC if the file names none; CourseError for a name that is not known."""
    name = _read(path).get("timezone", UTC_NAME)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError):
        close = get_close_matches(str(name), available_timezones(), 1)
        example = close[0] if close else "Europe/Berlin"
        raise CourseError(
            f'{path}: timezone must be the name of a time zone, such as "{example}", not {name!r}.'
        ) from None
    return name


def _read(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise CourseError(f"{path}: cannot be read ({error}).") from error


@dataclass(frozen=True)
class Settings:
    """One course, as a grading run sees it.

    Attributes
    ----------
    course : Path
        The folder with `lessons/`, `solutions/` and `assets/`.
    directory : Path
        nbgrader's course directory, with the gradebook; `limits.toml` and `.autograder/` lie in it. Often the same folder.
    limits : Limits
    packages : tuple of str
        What the course's notebooks import beyond what the lessons need.
    hidden : tuple of Path
        Folders that no student's program may see, beside the course's own: where a lesson that was packed comes from.
    pictures : str
        Which pictures are drawn for feedback pages, one of PICTURES.
    time_zone : str
        In which times are read that are written without a zone, and in which people read times: "Europe/Berlin".
    """

    course: Path
    directory: Path
    limits: Limits
    packages: tuple[str, ...] = ()
    hidden: tuple[Path, ...] = ()
    pictures: str = "own"
    time_zone: str = UTC_NAME

    @classmethod
    def load(cls, directory: Path | None = None) -> Settings:
        """Return the settings of a course directory.

        Parameters
        ----------
        directory : Path, optional
            nbgrader's course directory; by default the current folder if it is one, else the course's own folder.

        Raises
        ------
        CourseError
            If `limits.toml` cannot be read.
        """
        course = root()
        where = (directory or _class_directory() or course).resolve()
        if _used is not None:
            return replace(_used, directory=where)
        changed, imported, drawn, zone = _of_file(*_state(limits_file(where)))
        return cls(course, where, changed, imported, pictures=drawn, time_zone=zone)

    @classmethod
    def of_class(cls, directory: Path) -> Settings:
        """Return the settings of a class's directory, and let this process work for that class from now on.

        CourseError if `limits.toml` cannot be read.
        """
        work_for(directory)
        return cls.load(directory)

    @property
    def folder(self) -> Path:
        """Where the lock, the journal and the secret lie."""
        return self.directory / FOLDER

    @property
    def journal_file(self) -> Path:
        return self.folder / "journal.jsonl"

    @property
    def staging(self) -> Path:
        """Where a submission is graded before all that came of it is put in its place."""
        return self.folder / "staging"

    def result_file(self, lesson: str, student: str) -> Path:
        """Where the whole result of a graded submission is kept."""
        return self.folder / "results" / lesson / f"{student}.json"

    def pictures_file(self, lesson: str) -> Path:
        """Where the course's own pictures of a lesson are kept."""
        return self.folder / "pictures" / f"{lesson}.json"

    @property
    def secret_file(self) -> Path:
        """Where the secret lies; the environment's `AUTOGRADER_SECRET_FILE` names another place."""
        named = os.environ.get(SECRET_FILE)
        return Path(named) if named else self.folder / "secret"

    def secret(self) -> bytes:
        """Return the instructor's secret, from which hidden inputs are drawn: 32 bytes.

        It is made with owner-only rights if there is none yet. A secret that an older version kept beside the course, and with which the
        grades of this directory were given, is copied to its place beside the journal.

        Raises
        ------
        CourseError
            If it cannot be read or made, or is damaged.
        """
        if not self.secret_file.exists():
            self._take_over_the_old_one()
        return read_secret(self.secret_file)

    def _take_over_the_old_one(self) -> None:
        """Copy the secret from the course's folder if the journal of this directory says that its grades were given with it."""
        old = self.course / FOLDER / "secret"
        if old.parent == self.folder or not old.is_file() or not self.journal_file.is_file():
            return
        try:
            text = old.read_text("ascii").strip()
            if fingerprint(bytes.fromhex(text)) not in self.journal_file.read_text("utf-8", "replace"):
                return
            make_secret(self.secret_file, text)
        except (OSError, ValueError) as error:
            raise CourseError(
                f"{old}: this secret of an earlier version cannot be copied to {self.secret_file} ({error}). Put the secret of"
                " this course directory's grades there yourself."
            ) from error
        LOG.warning(
            "The secret was copied from %s to %s, beside the journal. From now on it counts there.",
            old,
            self.secret_file,
        )


# -- the course of this process ---------------------------------------------------------------------------------------

_used: Settings | None = None
_class: Path | None = None


@contextlib.contextmanager
def using(settings: Settings) -> Iterator[None]:
    """Let `root()`, `limits()` and `packages()` be those of these settings, for a while."""
    global _used
    before, _used = _used, settings
    try:
        yield
    finally:
        _used = before


def work_for(directory: Path) -> None:
    """Let the limits, packages, pictures and time zone of this process be those of a class's directory from now on."""
    global _class
    _class = directory.resolve()


def _class_directory() -> Path | None:
    """The class's directory that this process works for: what its host said, else the current folder if that is one."""
    if _class is not None:
        return _class
    with contextlib.suppress(OSError):  # the current folder may be gone
        return Path.cwd() if Path("nbgrader_config.py").is_file() else None
    return None


def limits_file(directory: Path | None = None) -> Path:
    """Return the file that says limits, packages, pictures and time zone: that of the class's directory if there is one, else the course's."""
    here = directory or _class_directory()
    if here is not None and (here / LIMITS).exists():
        return here / LIMITS
    return root() / LIMITS


def root() -> Path:
    """Return the course's folder: what `AUTOGRADER_COURSE` names, else this clone, else what came with the installed wheel."""
    if _used is not None:
        return _used.course
    return _root(os.environ.get(COURSE, ""))


@functools.lru_cache(maxsize=16)
def _root(named: str) -> Path:
    if named:
        return Path(named).resolve()
    return PACKAGE.parent if (PACKAGE.parent / "solutions").is_dir() else PACKAGE / "_course"


def calibration_file(network: str = "alpha") -> Path:
    """Return the file with what was measured for the threshold of one of the course's networks."""
    return root() / "assets" / ("calibration.json" if network == "alpha" else f"calibration_{network}.json")


def calibration_files() -> list[Path]:
    """Return the files of all networks that were measured."""
    return sorted((root() / "assets").glob("calibration*.json"))


def limits() -> Limits:
    """Return the limits of the course of this process, read again when `limits.toml` has changed."""
    return _used.limits if _used is not None else _of_file(*_state(limits_file()))[0]


def packages() -> tuple[str, ...]:
    """Return the packages that the course's notebooks use beyond what the lessons need."""
    return _used.packages if _used is not None else _of_file(*_state(limits_file()))[1]


def pictures() -> str:
    """Return which pictures are drawn for feedback pages, one of PICTURES."""
    return _used.pictures if _used is not None else _of_file(*_state(limits_file()))[2]


def time_zone() -> str:
    """Return the name of the course's time zone."""
    return _used.time_zone if _used is not None else _of_file(*_state(limits_file()))[3]


def hidden() -> tuple[Path, ...]:
    """Return the folders that these settings hide from students' programs, beside the course's own."""
    return _used.hidden if _used is not None else ()


def _state(path: Path) -> tuple[Path, int]:
    try:
        return path, path.stat().st_mtime_ns
    except OSError:
        return path, 0


@functools.lru_cache(maxsize=16)
def _of_file(path: Path, changed: int) -> tuple[Limits, tuple[str, ...], str, str]:
    return read_limits(path), read_packages(path), read_pictures(path), read_time_zone(path)

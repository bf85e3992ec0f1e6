"""Every limit of a grading run, in one place.

A file `limits.toml` beside the lessons changes some of them: `cell = 60.0`. There stands as well which packages the course's
notebooks use beyond those that the lessons need: `packages = ["pandas"]`.
"""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from autograder.course.catalog import ROOT
from autograder.errors import CourseError

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Seconds, counts and bytes. `LIMITS` below is what the course uses."""

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
    # What a hand-in may be
    notebook_bytes: int = 32 * MIB  # size of a submitted file
    extra_file_bytes: int = 16 * MIB  # of one file that is handed in with the notebook
    extra_files: int = 20  # such files
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
    named.pop("packages", None)
    known = {field.name: field.default for field in fields(Limits)}
    for name, value in named.items():
        if name not in known:
            raise CourseError(f"{path}: there is no limit called {name!r}. The limits are: {', '.join(known)}.")
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            raise CourseError(f"{path}: {name} must be a number above 0, not {value!r}.")
    return Limits(**{name: type(known[name])(value) for name, value in named.items()})


def read_packages(path: Path) -> tuple[str, ...]:
    """The packages that the file names for the course's notebooks; CourseError if they are no list of names."""
    named = _read(path).get("packages", [])
    if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
        raise CourseError(f'{path}: packages must be a list of names, such as ["pandas"], not {named!r}.')
    return tuple(named)


def _read(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise CourseError(f"{path}: cannot be read ({error}).") from error


LIMITS = read_limits(ROOT / "limits.toml")
PACKAGES = read_packages(ROOT / "limits.toml")

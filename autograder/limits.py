"""Every limit of a grading run, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds, counts and bytes. `LIMITS` below is what the course uses."""

    kernel_start: float = 60.0  # seconds until a kernel answers for the first time
    cell: float = 30.0  # seconds for one cell of a notebook
    notebook: float = 300.0  # seconds for all cells of a notebook together, restarts included
    question: float = 10.0  # seconds for one call of a student's function by a check
    interrupt: float = 3.0  # seconds that a kernel has to obey an interrupt before it is killed
    restarts: int = 40  # new kernels for one notebook; a function that ended one is not called again
    notebook_bytes: int = 32 * 1024 * 1024  # size of a submitted file
    cells: int = 2_000  # cells of a submitted notebook
    cell_characters: int = 200_000  # source of one cell
    message_characters: int = 700  # one message on a feedback card


LIMITS = Limits()

"""What can go wrong, by who has to act: the course's owner, the student, or the maintainer of the grader. Imports nothing of the project.

The text of each error is one or more plain sentences for the person who has to act.
"""

from __future__ import annotations


class AutograderError(Exception):
    """The base of all errors that this package raises on purpose."""


# -- the instructor has to act ----------------------------------------------------------------------------------------


class CourseError(AutograderError):
    """The course's own files or this machine are not as they should be; the text names the file and the cure."""


class Busy(CourseError):
    """Somebody else is grading in this course directory; the text names them."""


class GradebookLocked(CourseError):
    """Another program has the gradebook locked, and did not let go of it; the text says how long it was waited for."""


class ClusterLost(CourseError):
    """A cluster cannot be reached, or none of its workers can grade; the text says why and what helps."""


class NoSandbox(CourseError):
    """No sandbox holds on this machine, and nobody said to go without; the text says why and what helps."""


# -- the student's submission -----------------------------------------------------------------------------------------


class Unreadable(AutograderError):
    """A submission that cannot be graded; the text is one line that says why and what would help."""


class UnreadableWeights(AutograderError):
    """A weights file is not what `model.save_weights` writes; the text says why, for the student."""


# -- the student's code -----------------------------------------------------------------------------------------------


class StudentError(AutograderError):
    """The student's work could not answer a check; the text is meant for the student."""


class NotAnswered(StudentError):
    """The exercise is still blank: NotImplementedError came back.

    Attributes
    ----------
    where : str
        The function that raised it, or "".
    """

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


class NotThere(NotAnswered):
    """What the check asks for is not in the notebook."""


class StudentTimeout(StudentError):
    """The student's code did not come back in time."""


class StudentDied(StudentError):
    """The student's code ended its own process."""


class StudentTooMuch(StudentDied):
    """The student's code took more memory, processes or disk than it may, and was ended."""


class Tampered(StudentError):
    """The kernel answered, but not as an untouched kernel does: malformed, or far too large. No evidence of anything."""


# -- the sandbox ------------------------------------------------------------------------------------------------------


class SandboxEnded(AutograderError):
    """A sandbox came to an end before its program did.

    Attributes
    ----------
    why : str
        "memory", "tasks", "disk", "time", "output" or "messages": what the program took too much of; or "fault": the sandbox failed.
    """

    def __init__(self, why: str, text: str = "") -> None:
        super().__init__(text or why)
        self.why = why


# -- the grader -------------------------------------------------------------------------------------------------------


class GraderFault(AutograderError):
    """Something of the grader's own failed: never the student's fault, and never a zero."""


class JudgeFault(GraderFault):
    """The hidden checks could not be run."""


class WorkerLost(GraderFault):
    """No worker process brought the work to an end; the text says how the last one was lost.

    Attributes
    ----------
    idle : bool
        Whether the workers ended while they waited, so that the work was not the cause.
    lost : str
        How the work cost workers their lives, or "".
    """

    def __init__(self, text: str, *, idle: bool = False, lost: str | None = None) -> None:
        super().__init__(text)
        self.idle = idle
        self.lost = lost if lost is not None else "" if idle else text


class TaskFault(AutograderError):
    """A task of the networks' process broke; whether on what the student sent, the caller finds out.

    Attributes
    ----------
    kind : str
        The class of what was raised.
    """

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class NotAllGraded(AutograderError):
    """A class run ended, and some submissions have no new grade; the journal and the log say which and why."""

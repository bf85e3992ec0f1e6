"""The whole result of each graded submission, beside the journal: what every hidden check said, so that nothing is graded again for a report.

A graded notebook holds the same result without the hidden checks, because some instructors hand it back.
"""

from __future__ import annotations

import json

from autograder import files
from autograder.errors import CourseError
from autograder.results import Result
from autograder.settings import Settings


def keep(course: Settings, lesson: str, student: str, revision: str, result: Result) -> None:
    """Write a result down, whole.

    Parameters
    ----------
    course : Settings
    lesson, student : str
    revision : str
        Of the submission that was graded.
    result : Result

    Raises
    ------
    OSError
        If the disk is full; an earlier one is still there.
    """
    kept = {"revision": revision, "result": result.stored()}
    text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    files.write(course.result_file(lesson, student), text, folders=True)


def kept(course: Settings, lesson: str, student: str, revision: str = "") -> Result | None:
    """Return the result that was kept, or None if there is none, or none of this revision.

    Raises
    ------
    CourseError
        If the file is damaged, or of a later version.
    """
    path = course.result_file(lesson, student)
    try:
        data = json.loads(path.read_text("utf-8"))
        if revision and data["revision"] != revision:
            return None
        return Result.restored(data["result"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{path}: cannot be read ({error}). Grade {student} again: `nbgrader autograde {lesson} --student {student} --force`."
        ) from error

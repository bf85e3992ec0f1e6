"""What `run_autograder` starts in Gradescope's container: `python -m autograder.hosts.gradescope.run ROOT [--prove]`.

ROOT is /autograder there, with `source`, `submission` and `results`. Where the grader itself fails, there is no `results.json`: then Gradescope
tells the student that the autograder failed, and nobody gets a zero for it. Why, stands on standard output, which instructors see.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from autograder import environment, files, settings
from autograder.course import catalog
from autograder.errors import AutograderError, CourseError, NoSandbox
from autograder.grading.journal import Journal
from autograder.grading.one_file import grade_file
from autograder.grading.proof import must_pass
from autograder.hosts.gradescope.results import as_results
from autograder.results import Result, Verdict
from autograder.sandbox import backend
from autograder.submission.folder import inspect_folder

NO_SANDBOX = (
    "No sandbox holds in this container, so nothing is graded: student code could read the hidden checks and write its own score."
    " A container in which root may not make namespaces (CAP_SYS_ADMIN) has none. Options: grade on your own machine (`autograder grade`) and"
    " upload the grades; or export again with `autograder export gradescope LESSON --no-sandbox`, if you accept that."
)
GRADERS_FAULT = 3


def main(arguments: list[str]) -> int:
    """Grade the submission in a root folder; returns the exit status."""
    root, prove = Path(arguments[0]), "--prove" in arguments[1:]
    environment.settle()
    try:
        return _prove() if prove else _grade(root)
    except NoSandbox as error:
        return _failed(f"{NO_SANDBOX} ({error})")
    except (AutograderError, OSError) as error:
        return _failed(str(error))


def _prove() -> int:
    """While the image is built: the lesson's own solution must pass, and a sandbox must hold if one is wanted."""
    isolation = backend.choose()
    course = settings.Settings.load()
    (lesson,) = catalog.lessons()
    must_pass(lesson, Journal(course.directory), course)
    print(f"{lesson.name}: the solution passes its checks. Sandbox: {isolation.name}.")
    return 0


def _grade(root: Path) -> int:
    (lesson,) = catalog.lessons()
    found = inspect_folder(root / "submission", lesson)
    result = _unreadable(found.reason) if found.notebook is None else grade_file(found.notebook)
    if result.verdict == Verdict.INFRA:
        raise CourseError(f"The grader failed on this submission: {result.reason}")
    content = json.dumps(as_results(result), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    files.write(root / "results" / "results.json", content, folders=True)
    print(f"{result.verdict}: {result.score} of {result.max_score} points, sandbox: {result.sandbox}. {result.reason}")
    return 0


def _unreadable(reason: str) -> Result:
    return Result(
        None, "", Verdict.REVIEW, None, None, 0.0, "", reason=reason or "There is no notebook in the submission."
    )


def _failed(why: str) -> int:
    print(f"The grader failed, and nothing was graded: {why}")
    return GRADERS_FAULT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

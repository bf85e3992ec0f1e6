"""Which submissions of a class are graded in a run: those that are new, changed or begun and not ended, and those for which the course became another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder import student_ids
from autograder.grading import freshness
from autograder.grading.journal import Event
from autograder.grading.pending import Undecided
from autograder.submission.folder import SubmissionFolder, inspect_folder

if TYPE_CHECKING:
    from autograder.grading.class_run import ClassRun


def to_grade(run: ClassRun, failed: dict[str, str]) -> list[tuple[str, SubmissionFolder]]:
    """Return the submissions that are to be graded now.

    failed: gets the students whose folders cannot be graded, and why.
    """
    last, grades = run.journal.last(run.lesson.name), run.journal.grades(run.lesson.name)
    run.grades = {**grades, **run.grades}
    excluded, folders, recorded = run.host.excluded(), run.host.submissions(), run.host.recorded()
    odd = {name: reason for name in folders if (reason := student_ids.why_not(name))}
    failed |= {ascii(name): f"this folder's name {reason}; give it another" for name, reason in odd.items()}
    todo = []
    # What changed, and whose grades are given anew because of it; who waits for what is decided about a rejudging.
    anew: dict[str, list[str]] = {}
    rejudging, waiting = Undecided.of(run.course, run.lesson.name), list[str]()
    for student, folder in folders.items():
        if student in excluded or student in failed or student in odd:
            continue
        submitted = inspect_folder(folder, run.lesson)
        fresh = student not in run.done
        if run.done.get(student) == submitted.revision or (run.once and not fresh):
            continue
        why = freshness.regrade_reasons(grades.get(student, {}), run.facts, run.lesson) if fresh else []
        graded = student in recorded and _is_graded(run, student, submitted, last.get(student))
        asked = run.force and fresh
        if not asked and (why or not graded) and rejudging.has(student, submitted.revision, graded=graded):
            why, graded = [], True
            waiting.append(student)
        if asked or why or not graded:
            todo.append((student, submitted))
            for what in why:
                anew.setdefault(what, []).append(student)
        elif fresh:
            run.log.info("%s: nothing new from %s", run.lesson.name, student)
            run.progress.kept(student)
    if not run.waiting.issuperset(waiting):
        run.log.warning("%s", rejudging.said(waiting, run.facts))
    run.waiting.update(waiting)
    for what, students in anew.items():
        run.log.warning("%s: %s changed; graded anew: %s", run.lesson.name, what, freshness.named(students))
    return todo


def _is_graded(run: ClassRun, student: str, submitted: SubmissionFolder, last: dict[str, Any] | None) -> bool:
    """Whether this submission was graded to the end."""
    if last is not None and last["event"] in (Event.STARTED, Event.FAILED):
        return False
    return run.host.revision_of(student) == submitted.revision

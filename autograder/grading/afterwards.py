"""What is done with a class when all that was new is graded: lateness is reckoned anew, what is alike is listed, and what is stale is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.errors import GradebookLocked, NotAllGraded
from autograder.grading import freshness, similarity
from autograder.grading.journal import Event
from autograder.grading.works import SAME_WEIGHTS, Pair, work_of
from autograder.words import counted

if TYPE_CHECKING:
    from autograder.grading.class_run import ClassRun


def reckon_lateness_anew(run: ClassRun, failed: dict[str, str]) -> None:
    """Where the due date or the penalty changed since a grade was given, take off for lateness what is right today.

    failed: gets the students for whom that could not be done, and why.
    """
    grades, excluded = run.journal.grades(run.lesson.name), run.host.excluded()
    own = run.host.own_due_dates()
    for student in run.students():
        event = grades.get(student)
        if event is not None and student not in run.done and student not in excluded:
            try:
                told = run.host.reckon_lateness_anew(event, student, run.facts, own.get(student, ""))
                if told:
                    run.journal.add(Event.LATENESS, lesson=run.lesson.name, student=student, **told)
            except GradebookLocked:
                raise
            except Exception as error:  # a penalty plug-in of the instructor's may raise anything; the others go on
                run.log.error("%s of %s: lateness: %s", run.lesson.name, student, error, exc_info=error)
                failed[student] = f"lateness could not be reckoned anew: {error}"


def say_what_is_stale(run: ClassRun) -> None:
    """Name the grades that stand although something changed since they were given."""
    concerned: dict[str, list[str]] = {}
    recorded = run.host.recorded()
    for student, event in run.journal.grades(run.lesson.name).items():
        # Waiting for another command, which was said, or taken out of the gradebook.
        if student in run.waiting or student not in recorded:
            continue
        for what in freshness.changed(event, run.facts, run.lesson):
            concerned.setdefault(what, []).append(student)
    for what, students in concerned.items():
        force = " --force" if what in freshness.STANDING else ""
        run.log.warning(
            "%s: %s changed since these grades were given, and they stand: %s. Run `%s%s`.",
            run.lesson.name, what, freshness.named(students), run.command, force,
        )  # fmt: skip


def say_who_lost_points(run: ClassRun) -> None:
    """Say how many have fewer points than before for the same submission; who, was said when they were graded."""
    if run.lost:
        run.log.warning(
            "%s: %s lost points by a new grade of the same submission. `autograder rejudge` shows such a change before it counts.",
            run.lesson.name, counted(len(run.lost), "student"),
        )  # fmt: skip


def compare_the_class(run: ClassRun) -> None:
    """List for a human what is alike in the whole class, and put the same weights before one. No points are taken."""
    root = run.course.directory
    try:
        read = (work_of(s, folder, run.lesson, root) for s, folder in run.host.all_graded().items())
        works = [work for work in read if work is not None]
        found = similarity.pairs(run.lesson, works)
        similarity.write_report(root, run.lesson.name, found, len(works))
        for pair in found:
            run.log.warning("For a human to look at: %s", pair)
        events = run.journal.events()
        for pair in found:
            if pair.what == SAME_WEIGHTS and (new := _not_yet_seen(pair, events)):
                run.host.review(pair, new)
                run.journal.add(Event.ALIKE, **pair.as_json())
    except Exception as error:  # the grades stand; what is missing is a comparison, and the next run makes it
        run.log.error("%s: the submissions could not be compared: %s", run.lesson.name, error, exc_info=error)


def _not_yet_seen(pair: Pair, events: list[dict[str, Any]]) -> list[str]:
    """Those of a pair who were graded since it was put before a human: what was decided about the other one stands."""
    new = dict.fromkeys(pair.students, True)
    for event in events:
        if event.get("lesson") != pair.lesson:
            continue
        if event["event"] == Event.GRADED and event.get("student") in new:
            new[event["student"]] = True
        elif (
            event["event"] == Event.ALIKE
            and event.get("students") == list(pair.students)
            and event.get("what") == pair.what
        ):
            new = dict.fromkeys(new, False)
    return [student for student, is_new in new.items() if is_new]


def must_have_a_verdict(run: ClassRun, failed: dict[str, str]) -> None:
    """Submissions in = verdicts out; NotAllGraded if the grader failed on somebody."""
    last, excluded = run.journal.last(run.lesson.name), run.host.excluded()
    missing = [
        student
        for student in run.students()
        if student not in excluded
        and student not in failed
        and student not in last
        and not (run.host.graded_folder(student) / f"{run.lesson.name}.ipynb").exists()
    ]
    for student in missing:
        run.log.error("%s of %s: no verdict. Run this command again.", run.lesson.name, student)
    for student, why in failed.items():
        run.log.error("%s of %s: the grader failed, the old grade stays (if any): %s", run.lesson.name, student, why)
    if missing or failed:
        whole = len(run.host.submissions())
        raise NotAllGraded(f"{len(missing) + len(failed)} of {whole} submissions have no new grade.")

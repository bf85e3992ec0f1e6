"""`autograder rejudge`: grade a class again beside its grades, show who would gain and lose what, and apply that or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from autograder import files
from autograder.cli.grade_progress import Shown
from autograder.cli.options import GRADERS_FAULT, INTERRUPTED, NoSandbox, chosen_lessons, complain, in_folder
from autograder.course.catalog import Lesson
from autograder.errors import CourseError, NotAllGraded
from autograder.quiet import without_noise
from autograder.words import counted

WIDTH = 160  # columns of the tables where no terminal says how many there are


def rejudge(
    name: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson.")],
    student: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this student; can be given more than once.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept in the journal.")] = "",
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="How many submissions are graded at once; by default as many as there are cores."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put what was judged into the gradebook.")] = False,
    only_up: Annotated[bool, typer.Option("--only-up", help="With --apply: only for those whose score rises.")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="Throw away what was judged; all grades stay.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write one JSON object about all submissions.")
    ] = None,
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
    no_sandbox: NoSandbox = False,
) -> None:
    """Grade again by today's checks, weights, points and limits, beside the grades; show who gains and loses; --apply or --discard it later.

    Exit 0 if all was judged or applied, 3 if the grader failed on a submission or nothing could be done, 130 if it was stopped.
    """
    (lesson,) = chosen_lessons([name], False)
    if only_up and not apply:
        raise typer.BadParameter("--only-up says how to --apply.")
    if apply + discard + bool(student or reason) > 1:
        raise typer.BadParameter(
            "Say --apply, or --discard, or judge again with --student and --reason; one at a time."
        )
    file = json_file.absolute() if json_file is not None else None
    with in_folder(course_dir), without_noise():
        status = _Command(lesson, Console(highlight=False), file).do(
            frozenset(student or ()), reason=reason, jobs=jobs, apply=apply, only_up=only_up, discard=discard
        )
    raise typer.Exit(status)


class _Command:
    """One command about a lesson."""

    def __init__(self, lesson: Lesson, console: Console, file: Path | None) -> None:
        from autograder.hosts.nbgrader.command import Grading

        self.lesson, self.console, self.file = lesson, console, file
        if not console.is_terminal:
            console.width = WIDTH
        self.shown = Shown(console)
        self.grading = Grading(self.shown.log)

    def do(
        self, students: frozenset[str], *, apply: bool, only_up: bool, discard: bool, jobs: int | None, reason: str
    ) -> int:
        """Carry it out; returns the exit status."""
        from autograder.hosts.nbgrader import rejudge as host

        submitted = self.grading.submitted(self.lesson)
        if nobody := sorted(students - submitted):
            raise typer.BadParameter(f"{nobody[0]}: nothing was handed in by this student.")
        if not submitted:
            raise CourseError(f"{self.lesson.name}: nothing was handed in.")
        try:
            if discard:
                self._say_discarded(host.discard(self.grading, self.lesson, self.shown))
            elif apply:
                self._say_applied(host.apply(self.grading, self.lesson, self.shown, jobs=jobs, only_up=only_up))
            else:
                self._say_judged(
                    host.rejudge(self.grading, self.lesson, students, self.shown, jobs=jobs, reason=reason)
                )
        except NotAllGraded as error:
            run: Any = self.grading.converter and self.grading.converter.run
            if not apply:
                self._say_judged(run)
            complain(f"{self.lesson.name}: {error}")
            return GRADERS_FAULT
        except KeyboardInterrupt:
            complain("Stopped. What was done is kept. To go on, run the same command again.")
            return INTERRUPTED
        return 0

    def _say_judged(self, run: Any) -> None:
        from autograder.reports.rejudged import as_json, console_view

        self.console.print(console_view(run.comparison))
        self._write({"rejudging": _about(run.head), **as_json(run.comparison)})
        name = self.lesson.name
        self._line(
            "Nothing was changed. To put this into the gradebook:"
            f" `autograder rejudge {name} --apply`, or with `--only-up` for those alone who gain; to throw it away: `--discard`."
        )

    def _say_applied(self, run: Any) -> None:
        from autograder.reports.rejudged import console_view

        if run.comparison.rows:
            self.console.print(console_view(run.comparison))
        self._write(run.report)
        kept = f", {counted(run.counts['kept'], 'old grade')} kept" if run.counts["kept"] else ""
        self._line(
            f"Applied: {counted(run.counts['applied'], 'new grade')}{kept}. New feedback pages: `nbgrader generate_feedback {self.lesson.name}`."
        )

    def _say_discarded(self, run: Any) -> None:
        self._write(run.report)
        kept = counted(run.counts["kept"], "grade")
        if "not_applied" in run.report:
            applied, left = (
                counted(run.counts["applied"], "new grade"),
                counted(len(run.report["not_applied"]), "submission"),
            )
            self._line(f"Discarded half-way: {applied} applied, {kept} kept, {left} left as they are.")
        elif not run.counts["kept"]:
            self._line("Discarded. No grade was changed.")
        else:
            self._line(f"Discarded. {kept} stay as they are, and count as judged by the course of the rejudging.")

    def _line(self, text: str) -> None:
        self.console.print(text, markup=False, soft_wrap=True)

    def _write(self, data: dict[str, Any]) -> None:
        if self.file is None:
            return
        try:
            files.write(self.file, json.dumps(data, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise CourseError(f"{self.file}: cannot be written ({error.strerror}). What was done is kept.") from error


def _about(head: Any) -> dict[str, Any]:
    return {"id": head.id, "reason": head.reason, "state": str(head.state), "only_up": head.only_up}

"""Whether a loaded machine costs points: grades a lesson's solution again and again while other processes compute.

`python -m tests.machine.fair_time [--lesson 04_alpha_model] [--runs 20] [--busy 4] [--stretch 10]`. It prints one line a run; it ends with status 1
if one lost points. With `--stretch 1` limits count the time that passes, as on a machine that does not tell what others took.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time

from autograder.course import samples
from autograder.course.catalog import Lesson
from autograder.grading.job import grade, job_of
from autograder.kernel.session import KernelSession
from autograder.settings import Settings
from autograder.submission.rebuild import Submission
from tests.support.busy import busy


def main() -> int:
    """Run it, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lesson", default="04_alpha_model")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--busy", type=int, default=4, help="processes that compute meanwhile")
    parser.add_argument("--stretch", type=float, default=0.0, help="another value of this limit")
    asked = parser.parse_args()
    course = Settings.load()
    if asked.stretch:
        course = dataclasses.replace(course, limits=dataclasses.replace(course.limits, stretch=asked.stretch))
    lesson = Lesson(asked.lesson)
    submission = Submission(lesson, samples.submission(lesson, samples.solutions(lesson)), "0" * 64)
    cells = _watch_cells()
    full = known = 0
    for number in range(1, asked.runs + 1):
        with busy(asked.busy) as others:
            cells.clear()
            began = time.monotonic()
            result = grade(job_of(submission, "the solution", course)).result
            if any(process.poll() is not None for process in others):
                print(
                    f"{number:3}: another program ended what should have computed meanwhile; nothing is known of this run.",
                    flush=True,
                )
                continue
            known += 1
            full += result.score is not None and result.score == result.max_score
            counted, passed = max(cells)
            print(
                f"{number:3}: {result.score:g} of {result.max_score:g} points, {result.verdict}, {time.monotonic() - began:.0f} s;"
                f" the longest cell: {passed:.1f} s passed, {counted:.1f} s counted of {course.limits.cell:g}",
                flush=True,
            )
    print(f"full marks in {full} of {known} runs, beside {asked.busy} busy processes")
    return int(full < asked.runs)


def _watch_cells() -> list[tuple[float, float]]:
    """Note of each cell that runs the seconds that count, and those that pass."""
    cells: list[tuple[float, float]] = []
    run_cell = KernelSession.run_cell

    def watched(self: KernelSession, *arguments: object) -> None:
        counted, passed = self.clock(), time.monotonic()
        try:
            run_cell(self, *arguments)  # type: ignore[arg-type]
        finally:
            cells.append((self.clock() - counted, time.monotonic() - passed))

    KernelSession.run_cell = watched  # type: ignore[method-assign, assignment]
    return cells


if __name__ == "__main__":
    sys.exit(main())

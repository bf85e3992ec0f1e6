"""Processor time that the trainings of a submission take in the grader: `python -m tests.networks.measure_cost [TIMES [BEGINNING OF A CASE]]`.

Right and wrong answers to the exercises of lessons 5 and 6 that are trained, each in a process for networks of its own. Counted are that process, TensorFlow's
start not, and this one, which draws the worlds; the student's own functions run in it, too.
"""

from __future__ import annotations

import statistics
import sys
import time

import psutil

from autograder.checks.runner import Request, judge_each
from autograder.course import catalog
from autograder.kernel.client import live
from autograder.networks import learning, worker
from autograder.networks.calibration_answers import ANSWERS, names_with

BETA, FINAL = "05_beta", "06_final"
CHECKS = {
    BETA: {"test_the_pipeline_colours_an_unseen_world"},
    FINAL: {"test_it_names_scenes_that_it_never_saw", "test_it_learns_what_no_local_network_can"},
}
RELU = {"build_beta": ANSWERS["beta"]["ReLU at the end"].change}
LARGE = {"training_pairs": ANSWERS["beta"]["no /128"].change}
FROZEN = {
    "build_classifier": '#       model.add(layers.Dense(classes, activation="softmax"))\n# +     model.trainable = False'
}
UNTOLD = {"build_fusion": ANSWERS["fusion"]["an embedding that is ignored"].change}
CASES = {
    "lesson 5, all right": (BETA, {}),
    "lesson 5, ReLU at the end": (BETA, RELU),
    "lesson 5, no /128": (BETA, LARGE),
    "lesson 6, all right": (FINAL, {}),
    "lesson 6, the classifier wrong": (FINAL, FROZEN),
    "lesson 6, fusion wrong": (FINAL, UNTOLD),
    "lesson 6, both wrong": (FINAL, {**FROZEN, **UNTOLD}),
}


def seconds(name: str, changes: dict[str, str], key: bytes) -> tuple[float, float, list[str]]:
    """Processor time of the process for networks, and of this one; what the checks said."""
    lesson, names = catalog.lesson(name), names_with(catalog.lesson(name), changes)
    learning._remembered.clear()
    worker.end()
    worker.start()
    worker._process()._wait_until_ready()
    process = psutil.Process(worker._process().pid)
    before, own = sum(process.cpu_times()[:2]), time.process_time()
    (results,) = judge_each(lesson, [Request(lambda _: live(names), key, checks=CHECKS[name])])
    spent = sum(process.cpu_times()[:2]) - before, time.process_time() - own
    return *spent, [result.outcome for result in results]


def main(times: int, beginning: str) -> None:
    # A busy machine takes long to start TensorFlow.
    worker.START = 600.0
    for case, (name, changes) in ((case, about) for case, about in CASES.items() if case.startswith(beginning)):
        found = [seconds(name, changes, bytes([number]) * 32) for number in range(times)]
        both = [sum(one[:2]) for one in found]
        print(
            f"{case}: {statistics.median(both):.1f} s, at most {max(both):.1f} s; of it {max(one[0] for one in found):.1f} s for networks; {found[0][2]}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2] if len(sys.argv) > 2 else "")

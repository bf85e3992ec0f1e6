"""The program of a grader process beside a worker of a Dask cluster: reads messages with work from a pipe and answers them.

It ends when nothing came for a while, so that it holds no memory between two classes, and when the worker has gone.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from autograder import environment
from autograder.grading.dask_worker import READY

# Seconds without work.
IDLE = 600.0


def main(number: int, worker: int) -> None:
    """Answer until the pipe is closed. number: of the pipe's descriptor; worker: the process that started this one."""
    environment.settle()
    # Behind the environment: libraries read it when they are imported.
    from autograder.grading.conditions import Station
    from autograder.grading.pool import Workers, end_with

    end_with(worker)
    line = Connection(number)
    with Workers(1) as workers:
        station = Station(workers)
        line.send_bytes(READY)
        while line.poll(IDLE):
            try:
                message = line.recv_bytes()
            except EOFError:
                break
            line.send_bytes(station.answer(message))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

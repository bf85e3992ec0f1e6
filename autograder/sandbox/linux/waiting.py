"""Counts the seconds that other programs took from some processes: those in which they wanted a core and another program had it.

A limit of so many seconds is meant for an idle machine. There, a program that computes has a core for each second that passes. On a busy machine it
has less, and what it lacks is given back to it here: the clock of its limits stands still meanwhile. So a program that computes is bounded by
its processor time, and one that sleeps by the time that passes. What a program takes from itself, with more threads than there are cores, is not
given back; threads that compute on several cores at once are not charged for each.
"""

import contextlib
import os
import struct
import time

# Seconds between two measurements. It costs a read for each thread.
LOOK = 0.2
# Of a longer pause between two looks, the rest counts as lost: whoever looks was itself stopped or waiting, with all of the machine.
PAUSE = 1.0
# utime, stime, cutime, cstime: their places in /proc/PID/stat, behind the name.
TIMES = slice(11, 15)
# What is published: when, the seconds that are lost, how fast the clock went at last, how many cores the processes would have kept busy.
RECORD = struct.Struct("dddd")


class Waiting:
    """What some processes lost to others, from the moment on when it is made.

    Parameters
    ----------
    folders : callable
        Returns the folders of /proc of the processes, those that there are now.
    stretch : float
        The clock never goes slower than by this factor, whatever the processes say.

    Attributes
    ----------
    lost : float
        Seconds so far.
    pace : float
        By what factor the clock went slower than time at the last look, from 1 / stretch to 1.
    wanted : float
        How many cores the processes would have kept busy before the last look, each for itself.
    """

    def __init__(self, folders, stretch):
        self._folders = folders
        self._stretch = stretch
        self._cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self.lost, self.pace, self.wanted = 0.0, 1.0, 0.0
        self._at = time.monotonic()
        self._used, self._threads, self._idle = _used(folders()), _threads(folders()), _idle()

    def look(self, stopped=0.0):
        """Measure, if the last look was a while ago; say whether it was done.

        Parameters
        ----------
        stopped : float
            Seconds since the last measurement in which the processes were stopped by who looks.
        """
        now = time.monotonic()
        passed = now - self._at
        if passed < LOOK + stopped:
            return False
        folders = self._folders()
        used, threads, idle = _used(folders), _threads(folders), _idle()
        # A thread that is new has done all that it did since the last look. Which of the two sums is larger: the first lacks what has ended, the
        # second what ended and nobody waited for.
        each = [(new, self._threads.get(name, (0.0, 0.0))) for name, new in threads.items()]
        ran = max(sum(max(new[0] - old[0], 0.0) for new, old in each), used - self._used)
        waits = sum(max(new[1] - old[1], 0.0) for new, old in each)
        machine = passed * (os.cpu_count() or 1) - (idle - self._idle)
        rest = max(passed - stopped, LOOK / 2)
        # What another program did not have was not lost to one.
        lost = lost_of(rest, ran, waits, self._cores, max(machine - ran, 0.0)) + stopped + max(rest - PAUSE, 0.0)
        lost = min(lost, passed * (1 - 1 / self._stretch))
        self.lost += lost
        self.pace, self.wanted = 1 - lost / passed, (ran + waits) / passed
        self._at, self._used, self._threads, self._idle = now, used, threads, idle
        return True

    def clock(self):
        """Return time.monotonic() without what was lost since this was made: the clock of limits. It looks, if that was a while ago."""
        self.look()
        return time.monotonic() - self.lost

    @property
    def at(self):
        """When it was measured last, by time.monotonic()."""
        return self._at

    def record(self):
        """Return what is published of it, as bytes."""
        return RECORD.pack(self._at, self.lost, self.pace, self.wanted)


def is_told():
    """Say whether this machine tells how long threads wait for a core; where not, nothing is ever lost, and all time that passes counts."""
    return bool(_threads(["/proc/self"]))


def lost_of(passed, ran, waited, cores, others):
    """Return of the seconds that passed those that were lost to other programs.

    Parameters
    ----------
    passed : float
        Seconds between two looks.
    ran, waited : float
        Seconds that the processes had a core, and wanted one and did not have it, summed over all their threads.
    cores : int
        How many the processes may use.
    others : float
        Seconds of processor time that all other programs of the machine had.
    """
    wanted = min(ran + waited, cores * passed, ran + others)
    if wanted <= ran:
        return 0.0
    # Where some thread always wanted a core, the work took longer by the share that it got; where not, by the waiting.
    return min(wanted, passed) * (1 - ran / wanted)


def _used(folders):
    """Return the processor time of processes in seconds, with that of all which they started and which have ended."""
    ticks = 0
    for folder in folders:
        with contextlib.suppress(OSError, ValueError, IndexError), open(f"{folder}/stat", "rb") as file:
            ticks += sum(map(int, file.read().rpartition(b")")[2].split()[TIMES]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _threads(folders):
    """Return for each thread of processes how many seconds it had a core and how many it waited for one; where the machine does not say, none."""
    found = {}
    for folder in folders:
        with contextlib.suppress(OSError):
            for task in os.listdir(f"{folder}/task"):
                with contextlib.suppress(OSError, ValueError, IndexError):
                    place = f"{folder}/task/{task}"
                    with open(f"{place}/schedstat", "rb") as file:
                        ran, waited = file.read().split()[:2]
                    found[place] = int(ran) / 1e9, int(waited) / 1e9
    return found


def _idle():
    """Return the seconds in which the cores of the machine had nothing to do, all together."""
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/uptime", "rb") as file:
        return float(file.read().split()[1])
    return 0.0

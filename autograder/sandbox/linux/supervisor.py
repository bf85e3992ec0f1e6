"""The supervisor: stays outside of the box, looks at it every twentieth of a second, and ends it when it takes more than it may."""

import contextlib
import json
import os
import signal
import socket
import time

from . import CLOCK, ENDED, FAULT, SOCKETS, cgroup
from .libc import write
from .usage import Memory, too_much
from .waiting import Waiting

# Seconds between two looks.
TICK = 0.05
SHORT = "the machine was running out of memory"


def watch(spec, init, ours, line):
    """Wait for the end of a box; end it when the grader has gone, or when it takes more than it may.

    Parameters
    ----------
    spec : dict
        See `entry`.
    init : int
        The number of its first process.
    ours, line : socket.socket
        Lead to the init and to the cgroup helper.

    Returns
    -------
    int
        The exit status, as `entry.enter` says.
    """
    ours.settimeout(60)
    proc, root = _descriptors_from(ours)
    if proc is None:
        said = _text_from(ours)
        with contextlib.suppress(OSError):
            os.kill(init, signal.SIGKILL)
        _, status = os.waitpid(init, 0)
        report(spec, "fault", said or f"the box ended with status {status}")
        return FAULT
    # Not behind a thousand busy processes of the box.
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    group = _text_from(line)
    if group:
        write(spec["report"] + ".group", group)
    os.symlink(f"/proc/{os.getpid()}/fd/{root}{SOCKETS}", spec["link"])
    ours.send(b"go")

    def forward(*_):
        with contextlib.suppress(OSError):
            os.kill(init, signal.SIGINT)

    signal.signal(signal.SIGINT, forward)
    return _watch_to_the_end(spec, init, group, Memory(proc, ours, spec["patience"]), root)


def _watch_to_the_end(spec, init, group, memory, root):
    """Look again and again; returns the exit status."""
    meminfo = os.open(spec["meminfo"], os.O_RDONLY | os.O_CLOEXEC)
    began = time.monotonic()
    waiting = Waiting(lambda: [f"/proc/self/fd/{memory.proc}/{name}" for name in memory.processes()], spec["stretch"])
    clock = os.open(spec["report"] + CLOCK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.pwrite(clock, waiting.record(), 0)
    while True:
        ended, status = os.waitpid(init, os.WNOHANG)
        why = cgroup.killed_in(group)
        if not why and not ended:
            why = too_much(spec, memory, root, time.monotonic() - began - waiting.lost)
        if not why and not ended and _is_short(meminfo):
            # Perhaps it is another's fault; who took more than its share was told so above.
            why = "fault"
        if waiting.look(memory.stopped):
            memory.stopped = 0.0
            os.pwrite(clock, waiting.record(), 0)
        if why:
            report(spec, why, SHORT if why == "fault" else "")
        if ended:
            return ENDED if why else os.waitstatus_to_exitcode(status) & 0xFF
        if why or os.getppid() != spec["parent"]:
            with contextlib.suppress(OSError):
                os.kill(init, signal.SIGKILL)
            os.waitpid(init, 0)
            return ENDED
        time.sleep(TICK)


def _is_short(meminfo):
    """Say whether the machine has hardly any memory left: a twentieth, at most 4 GB, at least 512 MB or on a small one an eighth."""
    facts = {line[0]: int(line[1]) for line in map(bytes.split, os.pread(meminfo, 200, 0).splitlines()[:3])}
    total = facts[b"MemTotal:"]
    return facts.get(b"MemAvailable:", total) < max(min(total // 20, 4 << 20), min(512 << 10, total // 8))


def report(spec, why, text):
    """Write down why the box ended, all at once, where the grader looks for it."""
    partial = spec["report"] + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump({"why": why, "text": text}, file)
    os.rename(partial, spec["report"])


def _descriptors_from(ours):
    """Take the descriptors of the box's /proc and of its root, which the init sends when all is built; None when it failed."""
    try:
        message, descriptors, _, _ = socket.recv_fds(ours, 16, 2)
    except OSError:
        return None, None
    return tuple(descriptors) if message == b"built" and len(descriptors) == 2 else (None, None)


def _text_from(line):
    with contextlib.suppress(OSError):
        return line.recv(2000).decode("utf-8", "replace")
    return ""

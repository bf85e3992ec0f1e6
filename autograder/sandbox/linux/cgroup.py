"""The cgroup helper: a process that makes a memory cgroup for a box, where one can be made, and removes it, were the supervisor killed.

What the machine's kernel holds for the box counts in a cgroup. It is the second line of defence: the supervisor ends the box first where it
sees what the box holds.
"""

import contextlib
import os
import socket
import time

from .mounts import CGROUPS, CGROUPS_IN_VIEW

# Seconds for the removal of a cgroup whose last processes are just ending, which on a busy machine takes long; of these, how many the supervisor
# waits for it, and the pause between two tries.
LONGEST, WAITED, PAUSE = 60.0, 5.0, 0.02


def start_helper(spec):
    """Start the helper.

    Returns
    -------
    int
        Its process id.
    socket.socket
        It is told the first process of the box there, says the cgroup's folder or nothing, and ends when the socket is closed.
    """
    line, end = socket.socketpair()
    helper = os.fork()
    if helper:
        end.close()
        line.settimeout(5)
        return helper, line
    folder = ""
    # Whatever goes wrong: then there is no cgroup, and the supervisor is alone.
    with contextlib.suppress(BaseException):
        os.setsid()
        os.chdir("/")
        os.closerange(0, end.fileno())
        os.closerange(end.fileno() + 1, 1 << 16)
        first = end.recv(20).decode()
        folder = _make(spec, first) if first else ""
        if folder:
            end.send(folder.encode())
            end.recv(1)
    end_of_tries = time.monotonic() + LONGEST
    while folder and os.path.isdir(folder) and time.monotonic() < end_of_tries:
        with contextlib.suppress(OSError):
            os.rmdir(folder)
            break
        time.sleep(PAUSE)
    os._exit(0)


def wait_for(helper):
    """Wait until the helper has ended, but not for long: it goes on without the supervisor."""
    until = time.monotonic() + WAITED
    while os.waitpid(helper, os.WNOHANG)[0] == 0 and time.monotonic() < until:
        time.sleep(PAUSE / 20)


def _make(spec, first):
    """Make a memory cgroup that holds a process and what it will start; returns its folder, "" where there can be none."""
    with open(spec["cgroups"]) as file:
        mine = {
            kind: path for _, kinds, path in (line.rstrip().split(":", 2) for line in file) for kind in kinds.split(",")
        }
    top = CGROUPS_IN_VIEW if spec.get("in_view") else CGROUPS
    old, new = f"{top}/memory" + mine.get("memory", "/.."), top + mine.get("", "/..")
    ways = [(old, "memory.limit_in_bytes"), (new, "memory.max")]
    if os.getuid():
        # In the second version a group that has processes has none below it that count: then one beside the grader's, where that folder is its own.
        ways.append((os.path.dirname(new), "memory.max"))
    for parent, limit in ways:
        folder = f"{parent}/box-{os.getpid()}"
        with contextlib.suppress(OSError):
            if ".." in parent.split("/"):
                continue
            os.mkdir(folder)
            try:
                # An eighth more than the box may take, so that the supervisor comes first.
                _set(f"{folder}/{limit}", spec["memory"] // 8 * 9)
                for name, value in (("memory.swap.max", 0), ("memory.swappiness", 0), ("memory.oom.group", 1)):
                    with contextlib.suppress(OSError):
                        _set(f"{folder}/{name}", value)
                _set(f"{folder}/cgroup.procs", first)
            except OSError:
                os.rmdir(folder)
                continue
            return folder
    return ""


def _set(path, value):
    """Write to a file of the machine's kernel; OSError if it is not there."""
    with open(path, "r+") as file:
        file.write(str(value))


def killed_in(group):
    """Say whether the machine's kernel ended a process of the box.

    Parameters
    ----------
    group : str
        The cgroup's folder, or "".

    Returns
    -------
    str
        "memory" if because of the box's limit, "fault" if because of another's, else "".
    """
    if not group:
        return ""
    with contextlib.suppress(OSError):
        old = os.path.exists(f"{group}/memory.failcnt")
        facts = _read(f"{group}/memory.oom_control" if old else f"{group}/memory.events").split()
        facts = dict(zip(facts[::2], facts[1::2], strict=False))
        if facts.get("oom_kill", "0") != "0":
            hits = _read(f"{group}/memory.failcnt").strip() if old else facts.get("oom")
            return "fault" if hits == "0" else "memory"
    return ""


def _read(path):
    with open(path) as file:
        return file.read()

"""The way into a box: the supervisor and the init part here.

A box is built by a spec, which is a dict:

- "user": True for a user namespace, False for real root that becomes an unused uid;
- "parent": the grader's process; when it has gone, the box ends;
- "folder": an empty host folder on which the box is mounted;
- "read": host files and folders that are shown, read-only, at the same place, and symbolic links that are made again;
- "hide": folders that stay empty although they lie in one that is shown;
- "files": [[host file, name in the working folder]], and "texts": {path in the box: text}, if any;
- "link": host path that will lead to the sockets of the box;
- "report": host file for what the supervisor has to say;
- "memory", "disk" in bytes, "tasks" processes and threads, "seconds" (0: no end);
- "meminfo", "cgroups": the files of /proc that say how much memory the machine has left, and in which cgroups this process is;
- "patience": seconds that the supervisor waits for the init;
- "stretch": by what factor the clock of limits may go slower on a busy machine;
- "environment": of a command;
- "in_view": True in a process that was forked from a warm one (`warm.py`), which has the view of all its boxes as its root; "uid": the unused uid.
"""

import contextlib
import json
import os
import signal
import socket

from . import FAULT, cgroup, init, supervisor
from .libc import CLONE_NEWPID, CLONE_NEWUSER, BoxFault, unshare, write


def enter(spec):
    """Build a box and go on in it, as its second process; the caller supervises the box to its end. The caller must have one thread.

    Like a fork, this returns twice.

    Parameters
    ----------
    spec : dict
        What is in the box, and how much it may take; see above.

    Returns
    -------
    int or None
        In the box None. In the caller the exit status of what ran in the box; 124 if the supervisor ended it, 125 if it could not be built. Then
        there is a report.

    Raises
    ------
    BoxFault
        If a step outside of the box failed.
    """
    if os.getppid() != spec["parent"]:
        raise BoxFault("the grader has gone")
    # Before the namespaces: the helper must not be in the box.
    helper, line = cgroup.start_helper(spec)
    uid = None if spec["user"] else spec.get("uid") or unused_id()
    if spec["user"] and not spec.get("in_view"):
        map_user()
    unshare("a process namespace", CLONE_NEWPID)
    ours, theirs = socket.socketpair()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    first = os.fork()
    if first == 0:
        ours.close()
        line.close()
        init.run(spec, theirs, uid)
        return None
    theirs.close()
    try:
        line.send(str(first).encode())
        return supervisor.watch(spec, first, ours, line)
    except BaseException:
        # Whatever it was: the box must not outlive its supervisor, nor keep its cgroup.
        with contextlib.suppress(OSError):
            if os.waitpid(first, os.WNOHANG)[0] == 0:
                os.kill(first, signal.SIGKILL)
                os.waitpid(first, 0)
        raise
    finally:
        # The init's number may be another's now.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        line.close()
        cgroup.wait_for(helper)


def map_user():
    """Make a user namespace in which this user is the only one. The user stays who it is."""
    uid, gid = os.getuid(), os.getgid()
    unshare("a user namespace", CLONE_NEWUSER)
    inside = uid or 65534
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{inside} {uid} 1")
    write("/proc/self/gid_map", f"{inside} {gid} 1")


def unused_id():
    """Return a user id that nobody has: the limit on processes counts by it, and boxes side by side cannot signal each other."""
    return 1_900_000_000 + os.getpid() % 10_000_000


def unused_ids(count):
    """Return user ids that nobody has, for the boxes of a warm process, which take turns."""
    first = 1_910_000_000 + os.getpid() % 1_000_000 * 64
    return list(range(first, first + count))


def main(arguments):
    """Run a command in a box.

    Parameters
    ----------
    arguments : list of str
        The file with the spec, as JSON, and the command.

    Returns
    -------
    int
        The exit status, as `enter` says.
    """
    with open(arguments[0], encoding="utf-8") as file:
        spec = json.load(file)

    most = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, most if most < 4096 else 4096)
    try:
        status = enter(spec)
    except Exception as error:
        # The init goes with this process, and so does the box.
        supervisor.report(spec, "fault", f"{type(error).__name__}: {error}")
        return FAULT
    if status is None:
        try:
            os.execvpe(arguments[1], arguments[1:], spec["environment"])
        finally:
            os._exit(FAULT)
    return status

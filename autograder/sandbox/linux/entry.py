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
- "environment": of a command.
"""

import contextlib
import json
import os
import signal
import socket

from . import FAULT, cgroup, init, supervisor
from .libc import CLONE_NEWPID, CLONE_NEWUSER, BoxFault, unshare, write


def enter(spec, body):
    """Build a box, run `body()` in it, and supervise it to its end. The caller must have one thread.

    Parameters
    ----------
    spec : dict
        What is in the box, and how much it may take; see above.
    body : callable
        Runs in the box, as its second process.

    Returns
    -------
    int
        The exit status of what ran in the box; 124 if the supervisor ended it, 125 if it could not be built. Then there is a report.

    Raises
    ------
    BoxFault
        If a step outside of the box failed.
    """
    if os.getppid() != spec["parent"]:
        raise BoxFault("the grader has gone")
    # Before the namespaces: the helper must not be in the box.
    helper, line = cgroup.start_helper(spec)
    uid = _map_user() if spec["user"] else _unused_id()
    unshare("a process namespace", CLONE_NEWPID)
    ours, theirs = socket.socketpair()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    first = os.fork()
    if first == 0:
        ours.close()
        line.close()
        init.run(spec, body, theirs, uid)
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


def _map_user():
    """Make a user namespace in which this user is the only one. Returns None: the user stays who it is."""
    uid, gid = os.getuid(), os.getgid()
    unshare("a user namespace", CLONE_NEWUSER)
    inside = uid or 65534
    write("/proc/self/setgroups", "deny")
    write("/proc/self/uid_map", f"{inside} {uid} 1")
    write("/proc/self/gid_map", f"{inside} {gid} 1")


def _unused_id():
    """Return a user id that nobody has: the limit on processes counts by it, and boxes side by side cannot signal each other."""
    return 1_900_000_000 + os.getpid() % 10_000_000


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

    def body():
        os.execvpe(arguments[1], arguments[1:], spec["environment"])

    most = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, most if most < 4096 else 4096)
    try:
        return enter(spec, body)
    except Exception as error:
        # The init goes with this process, and so does the box.
        supervisor.report(spec, "fault", f"{type(error).__name__}: {error}")
        return FAULT

"""The init, process 1 of a box: has it mounted, drops every right, starts the command in a process of its own, and reaps."""

import _thread
import contextlib
import os
import resource
import signal
import socket

from . import FAULT, mounts
from .libc import (
    CLONE_NEWCGROUP,
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWUTS,
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    call,
    clear,
    drop_capabilities,
    prctl,
    unshare,
    write,
)
from .seccomp import install


def run(spec, theirs, uid):
    """Be the init of a box; returns in the process that it starts, and nowhere else.

    Parameters
    ----------
    spec : dict
        See `entry`.
    theirs : socket.socket
        Leads to the supervisor. It gets descriptors of the box's /proc and root, or the text of an error.
    uid : int or None
        The unused user to become; None to stay who one is.
    """
    status = FAULT
    try:
        # Whoever started the grader: the folders of the box are for another user to walk through.
        os.umask(0o022)
        unshare("namespaces", CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)
        proc, root = mounts.build(spec, uid)
        os.setsid()
        # If the machine runs out of memory, then the box ends, and not the grader.
        with contextlib.suppress(OSError):
            write("/proc/self/oom_score_adj", "1000")
        _forget_arguments()
        _limit(spec)
        _drop_rights(uid)
        prctl(PR_SET_DUMPABLE, 0)
        call("parent's death", prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        socket.send_fds(theirs, [b"built"], [proc, root])
        if theirs.recv(2) != b"go":
            os._exit(FAULT)
        os.close(proc)
        os.close(root)
        # It is number 2 of the box, before anything of the command's.
        _thread.start_new_thread(_obey, (theirs,))
        started = os.fork()
        if started == 0:
            _become_the_program(theirs)
            return
        signal.signal(signal.SIGINT, lambda *_: os.kill(started, signal.SIGINT))
        status = _reap(started)
    except BaseException as error:
        # Whatever it was, the supervisor tells the grader.
        with contextlib.suppress(OSError):
            theirs.send(f"{type(error).__name__}: {error}".encode()[:2000])
    os._exit(status)


def _become_the_program(theirs):
    """Be what runs in the box: no way to the supervisor, signals as they are at the start of a program, the filter of system calls."""
    theirs.close()
    prctl(PR_SET_DUMPABLE, 1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    install()


def _reap(started):
    """Reap every process that ends, until the started one does; returns its exit status."""
    while True:
        with contextlib.suppress(InterruptedError):
            ended, raw = os.wait()
            if ended == started:
                return os.waitstatus_to_exitcode(raw) & 0xFF


def _obey(theirs):
    """Stop every process of the box, or let all go on, as the supervisor says."""
    with contextlib.suppress(OSError):
        while word := theirs.recv(1):
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGSTOP if word == b"s" else signal.SIGCONT)
            theirs.send(word)


def _forget_arguments():
    """Empty what /proc/1/cmdline shows: it would name the grader's folders."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    if 0 < start < end:
        clear(start, end - start)


def _limit(spec):
    """Bound what each process of the box may take by itself."""
    for kind, most in (
        (resource.RLIMIT_NPROC, spec["tasks"]),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, spec["disk"]),
        (resource.RLIMIT_MEMLOCK, 64 * 1024 * 1024),
        (resource.RLIMIT_MSGQUEUE, 0),
        # Signals that wait, and timers.
        (resource.RLIMIT_SIGPENDING, 1024),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))


def _drop_rights(uid):
    """Become the unused user, where there is one; lose every capability for good."""
    for number in range(64):
        if prctl(PR_CAPBSET_DROP, number) < 0:
            break
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    drop_capabilities()
    call("no new privileges", prctl(PR_SET_NO_NEW_PRIVS, 1))

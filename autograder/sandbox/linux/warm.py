"""A warm process: it has modules imported, and forks itself into boxes. What runs in one finds them imported, and nothing of what ran before.

No student's code runs in the warm process itself, and nothing of a request comes into its memory: the fork reads it. Its root is what its boxes show,
so that it can import no more than they could (`mounts.build_view`). It has one thread, as fork(2) wants it.
"""

import contextlib
import gc
import io
import itertools
import json
import os
import select
import signal
import socket
import sys
import threading
from importlib import import_module

from . import FAULT, mounts, supervisor
from .entry import enter, map_user, unused_ids
from .libc import CLONE_NEWNS, unshare
from .warm_start import FD, MESSAGE, MOST, READY

# Users who take turns: what is left of one box, while it ends, counts against no limit of the next one.
USERS = 8


def serve(control, spec_file):
    """Be a warm process: import, then fork once for each request. Returns in a box only, with what is to be run there.

    Parameters
    ----------
    control : int
        A socket. A request is a message with descriptors: a socket to read a JSON text from, where the program's output goes, and files that the
        text names. The answer is a message with a descriptor of the new process, see pidfd_open(2). The process ends with the other end of the socket.
    spec_file : str
        The spec of the view: as for a box (see `entry`), with "imports", a program that imports, and "rehearsal", one that is run in a process of
        its own so that what it imports is known.

    Returns
    -------
    dict
        "module" or "text", and "arguments".
    """
    with open(spec_file, encoding="utf-8") as file:
        spec = json.load(file)
    line = socket.socket(fileno=control)
    if spec["user"]:
        map_user()
    unshare("namespaces", CLONE_NEWNS)
    uids = [os.getuid()] if spec["user"] else unused_ids(USERS)
    mounts.build_view(spec, uids)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Python was started without it, so that it looks for packages in the view and not on the machine.
    import site

    site.main()
    sys.path[0] = ""  # `site` made the current folder of it
    given = set(os.environ)
    gc.disable()  # imports make much that looks like garbage to nobody
    _import(spec)
    gc.enable()
    if threading.active_count() > 1:
        return _end()
    gc.collect()
    gc.freeze()
    line.send(" ".join([READY, *sorted(set(os.environ) - given)]).encode()[:MESSAGE])
    return _fork_for_each_request(line, {"user": spec["user"], "in_view": True, "parent": os.getpid()}, uids)


def _import(spec):
    """Import what a program imports, and what a rehearsal imports, which runs in a fork, for its other effects are nobody's."""
    _run(spec["imports"])
    read, write = os.pipe()
    rehearsing = os.fork()
    if rehearsing == 0:
        _run(spec["rehearsal"])
        with open(write, "w", encoding="utf-8") as names:
            names.write("\n".join(sys.modules))
        os._exit(0)
    os.close(write)
    with open(read, encoding="utf-8") as names:
        for name in names.read().split("\n"):
            with contextlib.suppress(BaseException):  # the rehearsal's own, or one that imports in no other order
                if name not in sys.modules:
                    import_module(name)
    os.waitpid(rehearsing, 0)


def _run(program):
    """Run a program; what it does not come to is not imported."""
    with contextlib.suppress(BaseException), contextlib.redirect_stdout(io.StringIO()):
        exec(program, {"__name__": "rehearsal"})


def _fork_for_each_request(line, about, uids):
    for uid in itertools.cycle(uids):
        about["uid"] = uid
        while not select.select([line], [], [], 1)[0]:
            _reap()
        _reap()
        message, descriptors, _, _ = socket.recv_fds(line, MESSAGE, MOST)
        if not message:
            return _end()
        process = os.fork()
        if process == 0:
            line.close()
            return _step_into_a_box(descriptors, about)
        for descriptor in descriptors:
            os.close(descriptor)
        handle = os.pidfd_open(process)
        socket.send_fds(line, [str(process).encode()], [handle])
        os.close(handle)


def _reap():
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _end():
    os._exit(0)


def _step_into_a_box(descriptors, about):
    """Be the supervisor of a box to its end, and in the box return what is to be run."""
    os.setsid()
    status, spec = FAULT, None
    try:
        with open(descriptors[0], "rb") as file:
            request = json.loads(file.read())
        places = [f"/proc/self/fd/{descriptor}" for descriptor in descriptors[2:]]
        spec = {**_placed(request["spec"], places), **about}
        os.dup2(descriptors[1], 1)
        os.close(descriptors[1])
        status = enter(spec)
    except BaseException as error:
        if spec is not None:
            with contextlib.suppress(OSError):
                supervisor.report(spec, "fault", f"{type(error).__name__}: {error}")
    if status is None:
        os.closerange(3, 1 << 16)
        os.environ.update(spec["environment"])
        signal.signal(signal.SIGINT, signal.default_int_handler)
        return request["run"]
    os._exit(status)


def _placed(value, places):
    """Put the paths of descriptors in the place of their names."""
    if isinstance(value, dict):
        return {key: _placed(item, places) for key, item in value.items()}
    if isinstance(value, list):
        return [_placed(item, places) for item in value]
    if isinstance(value, str) and value.startswith(FD):
        number, slash, rest = value.removeprefix(FD).partition("/")
        return places[int(number)] + slash + rest
    return value


def forget():
    """Let the modules of this package go, and draw random numbers that no other box draws."""
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    for name in [name for name in sys.modules if name.partition(".")[0] == "linux"]:
        module = sys.modules.pop(name)
        module.__dict__.clear()

"""What a hostile program would try first, run in the room to see that the walls hold; prints what it got as JSON.

Takes one argument, a JSON object: "see": paths; "write": folders; "tcp", "udp": ports of the grader on this machine;
"abstract": the name of an abstract socket; "pid": the grader's process; "environment": the names that may be set.
"""

import contextlib
import ctypes
import json
import os
import resource
import socket
import sys
import tempfile

CLONE_NEWUSER, PTRACE_SEIZE = 0x10000000, 0x4206
LARGEST_ROOM = 20  # processes: those of the room are a handful, those of a machine are many


def tried(facts):
    """Everything that should have failed and did not, one phrase each."""
    for path in facts["see"]:
        with contextlib.suppress(OSError):
            if _holds_something(path):
                yield f"sees {path}"
    for folder in facts["write"]:
        with contextlib.suppress(OSError):
            path = os.path.join(folder, f"escape-{os.getpid()}")
            open(path, "w").close()
            os.unlink(path)
            yield f"writes to {folder}"
    yield from _network(facts)
    yield from _processes(facts)
    yield from _rights()
    foreign = sorted(set(os.environ) - set(facts["environment"]) - {"PWD", "SHLVL", "_", "LC_CTYPE"})
    if foreign:
        yield f"has the environment variables {', '.join(foreign)}"
    inherited = [
        name for name in os.listdir("/proc/self/fd") if int(name) > 2 and os.path.exists(f"/proc/self/fd/{name}")
    ]
    if inherited:
        yield f"inherited {len(inherited)} open files"
    for name, limit in (("processes", resource.RLIMIT_NPROC), ("the size of a file", resource.RLIMIT_FSIZE)):
        if resource.getrlimit(limit)[1] == resource.RLIM_INFINITY:
            yield f"has no limit on {name}"


def _holds_something(path):
    if os.path.isdir(path):
        return bool(os.listdir(path))
    with open(path, "rb") as file:
        return bool(file.read(1))


def _network(facts):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", facts["tcp"]), timeout=0.2).close()
        yield "reaches TCP ports of this machine"
    with contextlib.suppress(OSError):
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"out", ("127.0.0.1", facts["udp"]))
        yield "sends UDP packets"
    with contextlib.suppress(OSError):
        socket.socket(socket.AF_UNIX).connect("\0" + facts["abstract"])
        yield "reaches abstract sockets of this machine"
    routes = [name for _, name in socket.if_nameindex() if name != "lo"]
    if routes:
        yield f"has the network interfaces {', '.join(routes)}"


def _processes(facts):
    with contextlib.suppress(OSError):
        os.kill(facts["pid"], 0)
        yield "may signal the grader"
    seen = [name for name in os.listdir("/proc") if name.isdigit()]
    if len(seen) > LARGEST_ROOM:
        yield f"sees {len(seen)} processes"
    with contextlib.suppress(OSError):
        open("/proc/1/mem", "r+b").close()
        yield "opens the memory of the room's keeper"
    with contextlib.suppress(OSError):
        if os.listdir("/proc/1/fd"):
            yield "sees the open files of the room's keeper"


def _rights():
    """Rights that could be used. Where the walls do not hold this runs on the bare machine: it must do no harm there."""
    libc = ctypes.CDLL(None)
    if os.access("/proc/sys/kernel/core_pattern", os.W_OK):
        yield "changes the settings of the machine"
    if os.getuid() == 0:
        yield "is root"
    with contextlib.suppress(OSError):
        os.setuid(0)
        yield "becomes root"
    if libc.ptrace(PTRACE_SEIZE, 1, 0, 0) == 0:  # does not stop what it traces, and ends with this process
        yield "traces process 1"
    if libc.syscall(319 if os.uname().machine == "x86_64" else 279, b"memory", 0) >= 0:
        yield "keeps memory that nobody counts"
    with tempfile.TemporaryDirectory() as place:
        if libc.mount(b"none", place.encode(), b"tmpfs", 0, None) == 0:
            libc.umount(place.encode())
            yield "mounts file systems"
    if libc.unshare(CLONE_NEWUSER) == 0:
        yield "makes a user namespace"


if __name__ == "__main__":
    json.dump(list(tried(json.loads(sys.argv[1]))), sys.stdout)

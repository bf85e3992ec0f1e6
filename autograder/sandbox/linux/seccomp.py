"""The filter of system calls."""

import ctypes
import errno
import os
import struct

from .libc import (
    CLONE_NEWCGROUP,
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    PR_SET_SECCOMP,
    BoxFault,
    call,
    prctl,
)

# System calls that no lesson needs and that reach other processes, other mounts, or memory that nobody counts.
# x86-64 and arm64 numbers; from 424 on they are the same everywhere.
FORBIDDEN = {
    "x86_64": (101, 155, 165, 166, 175, 248, 249, 250, 272, 298, 303, 304, 308, 310, 311, 313, 319, 321, 323, 246, 320, 29, 30, 64, 68, 276, 278),
    "aarch64": (117, 41, 40, 39, 105, 217, 218, 219, 97, 241, 264, 265, 268, 270, 271, 273, 279, 280, 282, 104, 294, 194, 196, 190, 186, 77, 75),
}  # fmt: skip
# Those that programs do without where a machine does not have them: extended attributes, which get ENOTSUP, and, with ENOSYS, splice, io_setup,
# inotify_init, inotify_init1, fanotify_init, seccomp, and Landlock.
ATTRIBUTES = {"x86_64": (188, 189, 190, 463), "aarch64": (5, 6, 7, 463)}
ABSENT = {"x86_64": (275, 206, 253, 294, 300, 317, 444, 445, 446), "aarch64": (76, 0, 26, 262, 277, 444, 445, 446)}
FORBIDDEN_EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 442, 447)  # io_uring, new mounts, pidfd_getfd
CLONE = {"x86_64": 56, "aarch64": 220}
SOCKET = {"x86_64": 41, "aarch64": 198}
SETSOCKOPT = {"x86_64": 54, "aarch64": 208}
FCNTL = {"x86_64": 72, "aarch64": 25}
MMAP = {"x86_64": 9, "aarch64": 222}
PRCTL = {"x86_64": 157, "aarch64": 167}
MAP_SHARED, MAP_ANONYMOUS = 1, 32
BUFFERS = (7, 8, 32, 33)  # options of a socket: the sizes of its buffers
LOCKS = (6, 7, 37, 38)  # commands of fcntl: each lock on a part of a file takes memory that nobody counts
# Of sockets: of this machine, IPv4, IPv6, netlink. Network namespaces do not hold some of the others.
FAMILIES = (1, 2, 10, 16)
# Calls that set how a process is scheduled and what it may take, by which of their arguments names the process. The init has the box's own
# user, and one that was made to wait could not be told to stop the others: its two threads are not to be named.
INIT_THREADS = (1, 2)
SCHEDULING = {
    "x86_64": {142: 0, 144: 0, 203: 0, 302: 0, 314: 0, 141: 1, 251: 1},
    "aarch64": {118: 0, 119: 0, 122: 0, 261: 0, 274: 0, 140: 1, 30: 1},
}  # sched_setparam, sched_setscheduler, sched_setaffinity, prlimit64, sched_setattr, setpriority, ioprio_set
CLONE3 = 435
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def install():
    """A seccomp filter: forbidden calls get EPERM, new namespaces too, clone3 ENOSYS so that the C library takes clone."""
    machine = os.uname().machine
    if machine not in FORBIDDEN:
        raise BoxFault(f"no list of system calls for {machine}")
    load, jump_eq, jump_ge, jump_set, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse = 0x7FFF0000, 0x50000
    code = [
        (load, 0, 0, 4),  # the architecture
        (jump_eq, 1, 0, AUDIT_ARCH[machine]),
        (give, 0, 0, refuse | errno.EPERM),
        (load, 0, 0, 0),  # the number of the call
        (jump_ge, 0, 1, 0x40000000),  # the x32 numbers
        (give, 0, 0, refuse | errno.EPERM),
        (jump_eq, 0, 1, CLONE3),
        (give, 0, 0, refuse | errno.ENOSYS),
    ]
    for numbers, answer in (
        (FORBIDDEN[machine], errno.EPERM),
        (FORBIDDEN_EVERYWHERE, errno.EPERM),
        (ATTRIBUTES[machine], errno.ENOTSUP),
        (ABSENT[machine], errno.ENOSYS),
    ):
        for number in numbers:
            code += [(jump_eq, 0, 1, number), (give, 0, 0, refuse | answer)]
    for number, argument in SCHEDULING[machine].items():
        code += [
            (jump_eq, 0, 5, number),
            (load, 0, 0, 16 + 8 * argument),
            (jump_eq, 1, 0, INIT_THREADS[0]),
            (jump_eq, 0, 1, INIT_THREADS[1]),
            (give, 0, 0, refuse | errno.EPERM),
            (give, 0, 0, allow),
        ]
    fresh = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP

    def among(values):
        """Jump over the next step if the value is one of these."""
        return [(jump_eq, len(values) - place, 0, number) for place, number in enumerate(values)]

    code += [
        (jump_eq, 0, 5, MMAP[machine]),  # shared memory without a file: what nobody maps any more is counted nowhere
        (load, 0, 0, 40),  # the flags
        (jump_set, 0, 2, MAP_ANONYMOUS),
        (jump_set, 0, 1, MAP_SHARED),
        (give, 0, 0, refuse | errno.ENOTSUP),
        (give, 0, 0, allow),
        (jump_eq, 0, 4, PRCTL[machine]),
        (load, 0, 0, 16),
        (jump_eq, 0, 1, PR_SET_SECCOMP),
        (give, 0, 0, refuse | errno.EINVAL),
        (give, 0, 0, allow),
        (jump_eq, 0, len(BUFFERS) + 5, SETSOCKOPT[machine]),
        (load, 0, 0, 24),  # the level
        (jump_eq, 0, len(BUFFERS) + 1, 1),
        (load, 0, 0, 32),  # the option
        *among(BUFFERS),
        (give, 0, 0, allow),
        (give, 0, 0, refuse),  # says that it was done
        (jump_eq, 0, len(LOCKS) + 3, FCNTL[machine]),
        (load, 0, 0, 24),
        *among(LOCKS),
        (give, 0, 0, allow),
        (give, 0, 0, refuse),  # the same
        (jump_eq, 0, len(FAMILIES) + 3, SOCKET[machine]),
        (load, 0, 0, 16),
        *among(FAMILIES),
        (give, 0, 0, refuse | errno.EAFNOSUPPORT),
        (give, 0, 0, allow),
        (jump_eq, 0, 3, CLONE[machine]),
        (load, 0, 0, 16),  # clone's flags
        (jump_set, 0, 1, fresh),
        (give, 0, 0, refuse | errno.EPERM),
        (give, 0, 0, allow),
    ]
    text = b"".join(struct.pack("HBBI", *line) for line in code)
    buffer = ctypes.create_string_buffer(text)
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(buffer)))
    call("system call filter", prctl(PR_SET_SECCOMP, 2, ctypes.addressof(program)))

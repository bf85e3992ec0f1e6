"""Calls of the C library that Python does not offer, with errors that say which step failed."""

import ctypes
import os
import struct

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_NOSYMFOLLOW, MS_BIND, MS_MOVE, MS_REC, MS_PRIVATE = 256, 4096, 8192, 16384, 1 << 18
MNT_DETACH, AT_FDCWD, AT_RECURSIVE = 2, -100, 0x8000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION = 0x20080522
MOUNT_SETATTR = 442
KCMP = {"x86_64": 312, "aarch64": 272}
KCMP_VM = 1

_libc = ctypes.CDLL(None, use_errno=True)


class BoxFault(Exception):
    """The box could not be built, or not be watched; the text says which step failed and why."""


def call(step, result):
    """Return the result of a call of the C library.

    Raises
    ------
    BoxFault
        If the call failed; the text begins with `step`.
    """
    if result < 0:
        number = ctypes.get_errno()
        raise BoxFault(f"{step}: {os.strerror(number)}")
    return result


def write(path, text):
    """Write a text to a file."""
    with open(path, "w") as file:
        file.write(text)


def unshare(step, flags):
    """Leave the namespaces that the flags name for new ones."""
    call(step, _libc.unshare(flags))


def mount(source, target, kind=None, flags=0, options=None):
    """Mount a file system, as mount(2)."""
    parts = [part.encode() if part is not None else None for part in (source, target, kind)]
    done = _libc.mount(*parts, ctypes.c_ulong(flags), options.encode() if options else None)
    call(f"mount {target}", done)


def unmount(target):
    """Take a mount away, now or when nobody uses it any more."""
    call("umount", _libc.umount2(target.encode(), MNT_DETACH))


def read_only(target):
    """Make a bind mount and all mounts below it read-only, without set-uid programs and devices."""
    attributes = struct.pack("QQQQ", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, 0, 0)
    size = ctypes.c_size_t(len(attributes))
    done = _libc.syscall(MOUNT_SETATTR, AT_FDCWD, target.encode(), AT_RECURSIVE, attributes, size)
    call(f"make {target} read-only", done)


def pivot_root(new, old):
    """Make a folder the root, and put the old root into another."""
    call("pivot_root", _libc.pivot_root(new.encode(), old.encode()))


def set_host_name(name):
    """Give this machine, as the box sees it, a name; where that cannot be done it keeps its own."""
    _libc.sethostname(name.encode(), len(name))


def prctl(option, *arguments):
    """Call prctl(2); returns its result, negative if it failed."""
    values = [ctypes.c_ulong(a) for a in arguments] + [ctypes.c_ulong(0)] * (4 - len(arguments))
    return _libc.prctl(option, *values)


def drop_capabilities():
    """Lose every capability of this process."""
    header, none = struct.pack("Ii", CAPABILITY_VERSION, 0), bytes(24)
    call("drop capabilities", _libc.capset(header, none))


def share_memory(one, other):
    """Say whether two processes, by their numbers, live in the same memory."""
    return _libc.syscall(KCMP[os.uname().machine], one, other, KCMP_VM, 0, 0) == 0


def clear(address, size):
    """Fill memory of this process with zeros."""
    ctypes.memset(address, 0, size)

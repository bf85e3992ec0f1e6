"""Mounts a box: a whitelist of the host's files, read-only, and a few folders in memory that may be written to."""

import contextlib
import os
import shutil

from . import HOME, SOCKETS, WRITABLE
from .libc import (
    MS_BIND,
    MS_MOVE,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_NOSYMFOLLOW,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    BoxFault,
    mount,
    pivot_root,
    read_only,
    set_host_name,
    unmount,
    write,
)

# Of /etc, what programs need to start and to tell the time; nothing that says who is on this machine.
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "timezone", "fonts", "mime.types")
DEVICES = ("null", "zero", "full", "random", "urandom")
TERMINALS = 64
# The machine's cgroups, and where a warm process has them: in a folder that is the box's own later.
CGROUPS, CGROUPS_IN_VIEW = "/sys/fs/cgroup", "/dev/shm"


def build(spec, uid):
    """Mount the box and make it the root.

    Parameters
    ----------
    spec : dict
        See `entry`.
    uid : int or None
        The user who may write to the writable folders; None for this one.

    Returns
    -------
    int, int
        Descriptors of the box's /proc and of its root.

    Raises
    ------
    BoxFault
        If something cannot be mounted.
    """
    mount(None, "/", flags=MS_REC | MS_PRIVATE)
    if spec.get("in_view"):
        with contextlib.suppress(BoxFault):  # a machine without cgroups
            unmount(CGROUPS_IN_VIEW)
        _make_writable(spec, "", uid, "/tmp")
        _exchange_proc()
    else:
        new = spec["folder"]
        mount("box", new, "tmpfs", MS_NOSUID | MS_NODEV, "size=2m,nr_inodes=32768,mode=755")
        for target in WRITABLE.values():
            os.makedirs(new + target, exist_ok=True)
        os.mkdir(f"{new}/writable")
        # First of all: an environment may lie in one of them, and is shown then.
        _make_writable(spec, new, uid, f"{new}/writable")
        os.rmdir(f"{new}/writable")
        _show_all(spec, new, [os.getuid() if uid is None else uid])
        os.makedirs(f"{new}/proc", exist_ok=True)
        mount("proc", f"{new}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
        _make_root(new)
    # For `!command` in a cell; a box without terminals is a box too.
    with contextlib.suppress(BoxFault):
        options = f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}"
        mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options)
    mount(None, "/", flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    set_host_name("box")
    os.chdir(HOME)
    flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
    return os.open("/proc", flags), os.open("/", flags)


def build_view(spec, uids):
    """Make all that the boxes of a warm process have in common its own root: what they show, and the machine's /proc for their supervisors.

    A box that is made in it later has writable folders and a /proc of its own.

    Parameters
    ----------
    spec : dict
        See `entry`.
    uids : list of int
        The users who may live in the boxes.
    """
    new = spec["folder"]
    mount(None, "/", flags=MS_REC | MS_PRIVATE)
    mount("view", new, "tmpfs", MS_NOSUID | MS_NODEV, "size=16m,nr_inodes=32768,mode=755")
    for target in WRITABLE.values():
        os.makedirs(new + target, exist_ok=True)
    _put_files(spec, new)
    _show_all(spec, new, uids)
    for path, place in (("/proc", "/proc"), (CGROUPS, CGROUPS_IN_VIEW)):
        if os.path.isdir(path):
            os.makedirs(new + place, exist_ok=True)
            mount(path, new + place, flags=MS_BIND | MS_REC)
    _make_root(new)
    os.chdir(HOME)


def _show_all(spec, new, uids):
    """Show what a box shows, read-only, and make the few files that programs ask for."""
    # A folder before those that lie in it, which are there then.
    for path in sorted({*map(os.path.abspath, spec["read"]), *(f"/etc/{name}" for name in ETC)}):
        _show(path, new)
    for path in spec["hide"]:
        if os.path.isdir(new + path):
            mount("hidden", new + path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=755")
        elif os.path.exists(new + path):
            mount("/dev/null", new + path, flags=MS_BIND)
    _make_etc(new, uids)
    _make_devices(new)


def _make_root(new):
    """Make a folder the root, and leave the old one for good."""
    os.makedirs(f"{new}/.old")
    pivot_root(new, f"{new}/.old")
    os.chdir("/")
    unmount("/.old")
    os.rmdir("/.old")


def _exchange_proc():
    """Mount the box's own /proc in the place of the machine's, which the supervisors of a warm process have."""
    # A user namespace may mount one only while it sees one: so first beside the other, below a folder that has been covered already.
    os.mkdir("/dev/shm/proc")
    mount("proc", "/dev/shm/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    unmount("/proc")
    mount("/dev/shm/proc", "/proc", flags=MS_MOVE)
    os.rmdir("/dev/shm/proc")


def _make_writable(spec, new, uid, base):
    """Make the folders that may be written to, with what lies in them.

    base: a folder on which they are made, as one file system, so that one limit holds for all of them.
    """
    inodes = max(1000, spec["disk"] // 16384)
    mount("home", base, "tmpfs", MS_NOSUID | MS_NODEV, f"size={spec['disk']},nr_inodes={inodes},mode=755")
    for name in WRITABLE:
        os.mkdir(f"{base}/{name}", 0o700)
    # The last one may cover the base.
    for name, target in sorted(WRITABLE.items(), key=lambda item: new + item[1] == base):
        mount(f"{base}/{name}", new + target, flags=MS_BIND)
    if base not in (new + target for target in WRITABLE.values()):
        unmount(base)
    # The grader goes through this folder: no link in it may lead it to sockets of its own machine.
    mount(None, new + SOCKETS, flags=MS_REMOUNT | MS_BIND | MS_NOSYMFOLLOW | MS_NOSUID | MS_NODEV)
    _put_files(spec, new)
    for name, text in spec.get("texts", {}).items():
        write(new + name, text)
    if uid is not None:
        for target in WRITABLE.values():
            _give(new + target, uid)


def _put_files(spec, new):
    """Copy files into the working folder."""
    for source, name in spec["files"]:
        target = os.path.normpath(f"{new}{HOME}/{name}")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(source, target)


def _give(folder, uid):
    for place, folders, files in os.walk(folder):
        os.chown(place, uid, uid)
        for name in (*folders, *files):
            os.lchown(os.path.join(place, name), uid, uid)


def _show(path, new):
    """Show a host folder or file at the same place in the box, read-only; a symbolic link is made again."""
    target = new + path
    if os.path.lexists(target):
        return
    if os.path.islink(path):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.makedirs(target)
    elif os.path.isfile(path):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        open(target, "w").close()
    else:
        return
    mount(path, target, flags=MS_BIND | MS_REC)
    read_only(target)


def _make_etc(new, uids):
    """Write the few names that programs ask for: nobody of this machine is among them."""
    os.makedirs(f"{new}/etc", exist_ok=True)
    users = {0: "root", 65534: "nobody", **dict.fromkeys(uids, "student")}
    write(f"{new}/etc/passwd", "".join(f"{name}:x:{n}:{n}::{HOME}:/bin/sh\n" for n, name in users.items()))
    write(f"{new}/etc/group", "".join(f"{name}:x:{n}:\n" for n, name in users.items()))
    write(f"{new}/etc/hosts", "127.0.0.1 localhost\n")
    write(f"{new}/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n")


def _make_devices(new):
    """Show the few devices that programs need."""
    os.makedirs(f"{new}/dev/pts", exist_ok=True)
    for name in DEVICES:
        open(f"{new}/dev/{name}", "w").close()
        # What is read from /dev/full is zeros too, and it cannot be mapped: /dev/zero is shared memory that nobody counts.
        mount("/dev/full" if name == "zero" else f"/dev/{name}", f"{new}/dev/{name}", flags=MS_BIND)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, f"{new}/dev/{name}")
    os.symlink("pts/ptmx", f"{new}/dev/ptmx")

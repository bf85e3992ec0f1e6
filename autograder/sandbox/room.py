"""Builds the room that student code runs in, steps into it, and watches it: Linux namespaces over a whitelist of folders.

Started as a script with nothing but the standard library, so that it is quick: `python -I -S room.py SPEC COMMAND...`.
Three processes take part. The *watcher* stays outside, measures, and kills. The *keeper* is process 1 of the room: it
builds it, drops every right, starts the command and reaps; when it ends, the kernel of the machine ends all that is in
the room. The *command* is what runs there. A process that was forked from a warm one can call `enter` as well: it
takes a function in place of a command.

See namespaces(7), user_namespaces(7), pivot_root(2), mount_setattr(2), seccomp(2), capabilities(7).
"""

import _thread
import contextlib
import ctypes
import errno
import json
import os
import platform
import resource
import shutil
import signal
import socket
import struct
import sys
import time

TICK = 0.05  # seconds between two looks of the watcher
SOCKET_BYTES = (
    3 << 20
)  # of memory that an open socket may hold at its usual size, which the room does not let be changed: pages that `sendfile` lends it count there as the bytes that are used of them
PROCESSES = 8  # one process for so many tasks, which count threads too: each takes memory of the machine's kernel
REST = 3  # times as long as its processes were stopped, so that they could be measured, they are not stopped again
LONGEST = 3.0  # seconds for one measurement; where it takes longer, plain sums count
LOOKS = 5  # at stopped processes that must all say the same: some may be ending
MEMINFO = "/proc/meminfo"
SHORT = "the machine was running out of memory"
TERMINALS = 64
FAULT = 125  # exit status: the room could not be built
HOME, SOCKETS = "/home/student", "/run/kernel"  # in the room: the working folder, and where a kernel's sockets lie

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_NOSYMFOLLOW, MS_BIND, MS_REC, MS_PRIVATE = 256, 4096, 16384, 1 << 18
MNT_DETACH, AT_FDCWD, AT_RECURSIVE = 2, -100, 0x8000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38

# Of /etc, what programs need to start and to tell the time; nothing that says who is on this machine.
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "timezone", "fonts", "mime.types")
DEVICES = ("null", "zero", "full", "random", "urandom")

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
KCMP = {"x86_64": 312, "aarch64": 272}
MMAP = {"x86_64": 9, "aarch64": 222}
PRCTL = {"x86_64": 157, "aarch64": 167}
MAP_SHARED, MAP_ANONYMOUS = 1, 32
BUFFERS = (7, 8, 32, 33)  # options of a socket: the sizes of its buffers
LOCKS = (6, 7, 37, 38)  # commands of fcntl: each lock on a part of a file takes memory that nobody counts
# Of sockets: of this machine, IPv4, IPv6, netlink. Network namespaces do not hold some of the others.
FAMILIES = (1, 2, 10, 16)
# Calls that set how a process is scheduled and what it may take, by which of their arguments names the process. The keeper has the room's own
# user, and one that was made to wait could not be told to stop the others: its two threads are not to be named.
KEEPERS = (1, 2)
SCHEDULING = {
    "x86_64": {142: 0, 144: 0, 203: 0, 302: 0, 314: 0, 141: 1, 251: 1},
    "aarch64": {118: 0, 119: 0, 122: 0, 261: 0, 274: 0, 140: 1, 30: 1},
}  # sched_setparam, sched_setscheduler, sched_setaffinity, prlimit64, sched_setattr, setpriority, ioprio_set
CLONE3 = 435
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_libc = ctypes.CDLL(None, use_errno=True)


class RoomFault(Exception):
    """The room could not be built; the text says which step failed and why."""


def _call(what, result):
    if result < 0:
        number = ctypes.get_errno()
        raise RoomFault(f"{what}: {os.strerror(number)}")
    return result


def _mount(source, target, kind=None, flags=0, options=None):
    parts = [part.encode() if part is not None else None for part in (source, target, kind)]
    done = _libc.mount(*parts, ctypes.c_ulong(flags), options.encode() if options else None)
    _call(f"mount {target}", done)


def _read_only(target):
    """Make a bind mount and all mounts below it read-only, without set-uid programs and devices."""
    attributes = struct.pack("QQQQ", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, 0, 0)
    done = _libc.syscall(442, AT_FDCWD, target.encode(), AT_RECURSIVE, attributes, ctypes.c_size_t(len(attributes)))
    _call(f"make {target} read-only", done)


def _prctl(what, *arguments):
    values = [ctypes.c_ulong(a) for a in arguments] + [ctypes.c_ulong(0)] * (4 - len(arguments))
    return _libc.prctl(what, *values)


# -- the way in -------------------------------------------------------------------------------------------------------


def enter(spec, body):
    """Build a room, run `body()` in it, watch it to its end; returns its exit status. The caller must have one thread.

    spec: "read": host files and folders that are shown, read-only, at the same place, and symbolic links that are made
    again; "hide": folders that stay empty although they lie in one that is shown; "files": [[host file, name in the working folder]]; "folder": an empty host folder;
    "link": host path that will lead to the room's sockets; "report": host file for what the watcher has to say;
    "user": True for a user namespace, False for real root that becomes an unused uid; "parent": the grader's process;
    "memory", "disk" in bytes, "tasks" processes and threads, "seconds" (0: no end).
    """
    if os.getppid() != spec["parent"]:
        raise RoomFault("the grader has gone")
    grouper, line = _grouper(spec)  # before the namespaces: it must not be in the room
    uid = gid = None
    if spec["user"]:
        uid, gid = os.getuid(), os.getgid()
        _call("a user namespace", _libc.unshare(CLONE_NEWUSER))
        inside = uid or 65534
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{inside} {uid} 1")
        _write("/proc/self/gid_map", f"{inside} {gid} 1")
    else:
        uid = gid = _unused_id()
    _call("a process namespace", _libc.unshare(CLONE_NEWPID))
    ours, theirs = socket.socketpair()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    keeper = os.fork()
    if keeper == 0:
        ours.close()
        line.close()
        _keep(spec, body, theirs, None if spec["user"] else uid)
    theirs.close()
    try:
        line.send(str(keeper).encode())
        return _watch(spec, keeper, ours, line)
    except BaseException:  # the room must not outlive its watcher, nor keep its cgroup
        with contextlib.suppress(OSError):
            if os.waitpid(keeper, os.WNOHANG)[0] == 0:
                os.kill(keeper, signal.SIGKILL)
                os.waitpid(keeper, 0)
        raise
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keeper's number may be another's now
        line.close()
        os.waitpid(grouper, 0)


def _unused_id():
    """A user id that nobody has: the limit on processes counts by it, and rooms side by side cannot signal each other."""
    return 1_900_000_000 + os.getpid() % 10_000_000


def _write(path, text):
    with open(path, "w") as file:
        file.write(text)


# -- the watcher, outside ---------------------------------------------------------------------------------------------


def _watch(spec, keeper, ours, line):
    """Wait for the end of the room; end it when the grader has gone, or when it takes more than it may."""
    ours.settimeout(60)
    proc, home = _fds_from(ours)
    if proc is None:
        said = _read_text(ours)
        with contextlib.suppress(OSError):
            os.kill(keeper, signal.SIGKILL)
        _, status = os.waitpid(keeper, 0)
        _report(spec, {"why": "fault", "text": said or f"the room ended with status {status}"})
        return FAULT
    with contextlib.suppress(OSError):  # not behind a thousand busy processes of the room
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    group = _read_text(line)
    if group:
        _write(spec["report"] + ".group", group)
    os.symlink(f"/proc/{os.getpid()}/fd/{home}{SOCKETS}", spec["link"])
    ours.send(b"go")

    def forward(*_):
        with contextlib.suppress(OSError):
            os.kill(keeper, signal.SIGINT)

    signal.signal(signal.SIGINT, forward)
    meminfo = os.open(MEMINFO, os.O_RDONLY | os.O_CLOEXEC)
    began = time.monotonic()
    memory = _Memory(proc, ours)
    while True:
        ended, status = os.waitpid(keeper, os.WNOHANG)
        why = _killed_in(group)
        if not why and not ended:
            why = _too_much(spec, proc, home, time.monotonic() - began, memory)
        if not why and not ended and _short(meminfo):
            why = "fault"  # perhaps another's; who took more than its share was told so above
        if why:
            _report(spec, {"why": why, "text": SHORT if why == "fault" else ""})
        if ended:
            return FAULT - 1 if why else os.waitstatus_to_exitcode(status) & 0xFF
        if why or os.getppid() != spec["parent"]:
            with contextlib.suppress(OSError):
                os.kill(keeper, signal.SIGKILL)
            os.waitpid(keeper, 0)
            return FAULT - 1
        time.sleep(TICK)


def _short(meminfo):
    """Whether the machine has hardly any memory left: a twentieth, at most 4 GB, at least 512 MB or on a small one an eighth."""
    facts = {line[0]: int(line[1]) for line in map(bytes.split, os.pread(meminfo, 200, 0).splitlines()[:3])}
    total = facts[b"MemTotal:"]
    return facts.get(b"MemAvailable:", total) < max(min(total // 20, 4 << 20), min(512 << 10, total // 8))


# -- a memory cgroup, where one can be made ---------------------------------------------------------------------------


def _grouper(spec):
    """Start a process that makes a memory cgroup for the room, where it can, puts the room's first process into it, and removes it when the room has ended, were the watcher killed.

    What the machine's kernel holds for the room counts in a cgroup. It is the second wall: the watcher ends the room first where it sees what the room holds.
    Returns the process's id, and a socket: it is told the room's first process there, says the cgroup's folder or nothing, and ends when the socket is closed.
    """
    line, end = socket.socketpair()
    grouper = os.fork()
    if grouper:
        end.close()
        line.settimeout(5)
        return grouper, line
    folder = None
    with contextlib.suppress(BaseException):
        os.setsid()
        os.chdir("/")
        os.closerange(0, end.fileno())
        os.closerange(end.fileno() + 1, 1 << 16)
        keeper = end.recv(20).decode()
        folder = keeper and _group(spec, keeper)
        if folder:
            end.send(folder.encode())
            end.recv(1)
    for _ in range(250 if folder else 0):
        with contextlib.suppress(OSError):
            os.rmdir(folder)
            break
        time.sleep(0.02)
    os._exit(0)


def _group(spec, keeper):
    """The folder of a fresh memory cgroup that holds this process and what it will start, None where there can be none."""
    with open("/proc/self/cgroup") as file:
        mine = {
            kind: path for _, kinds, path in (line.rstrip().split(":", 2) for line in file) for kind in kinds.split(",")
        }
    old, new = "/sys/fs/cgroup/memory" + mine.get("memory", "/.."), "/sys/fs/cgroup" + mine.get("", "/..")
    ways = [(old, "memory.limit_in_bytes"), (new, "memory.max")]
    if os.getuid():  # in the second version a group that has processes has none below it that count: then one beside the grader's, where that folder is its own
        ways.append((os.path.dirname(new), "memory.max"))
    for parent, limit in ways:
        folder = f"{parent}/box-{os.getpid()}"
        with contextlib.suppress(OSError):
            if ".." in parent.split("/"):
                continue
            os.mkdir(folder)
            try:
                _set(f"{folder}/{limit}", spec["memory"] // 8 * 9)
                for name, value in (("memory.swap.max", 0), ("memory.swappiness", 0), ("memory.oom.group", 1)):
                    with contextlib.suppress(OSError):
                        _set(f"{folder}/{name}", value)
                _set(f"{folder}/cgroup.procs", keeper)
            except OSError:
                os.rmdir(folder)
                continue
            return folder
    return None


def _set(path, value):
    """Write to a file of the machine's kernel; OSError if it is not there."""
    with open(path, "r+") as file:
        file.write(str(value))


def _killed_in(group):
    """ "memory" if the machine's kernel ended a process of the room because of the room's limit, "fault" if because of another's, else ""."""
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


# -- what the room takes ----------------------------------------------------------------------------------------------


def _fds_from(ours):
    """The room's /proc and its root as file descriptors, sent by the keeper when all is built; None when it failed."""
    try:
        message, fds, _, _ = socket.recv_fds(ours, 16, 2)
    except OSError:
        return None, None
    return tuple(fds) if message == b"built" and len(fds) == 2 else (None, None)


def _read_text(ours):
    with contextlib.suppress(OSError):
        return ours.recv(2000).decode("utf-8", "replace")
    return ""


def _report(spec, facts):
    partial = spec["report"] + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(facts, file)
    os.rename(partial, spec["report"])


def _too_much(spec, proc, home, seconds, memory):
    """ "memory", "tasks", "disk" or "time" if the room takes more of it than it may, else "". memory: a `_Memory`."""
    if spec["seconds"] and seconds > spec["seconds"]:
        return "time"
    found, gone = _processes(proc)
    tasks = sum(int(facts[b"Threads"]) for facts in found.values())
    disk = os.statvfs(f"/proc/self/fd/{home}{HOME}")
    files = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    if tasks >= spec["tasks"] * 0.95 or len(found) > spec["tasks"] / PROCESSES:
        return "tasks"
    if files >= spec["disk"] * 0.99 or (disk.f_files and disk.f_ffree < disk.f_files * 0.01):
        return "disk"
    left = spec["memory"] - files - SOCKET_BYTES * _sockets(proc)
    unclear = gone or any(b"VmRSS" not in facts and facts[b"State"].split()[0] != b"Z" for facts in found.values())
    return "memory" if (unclear or _memory(found) > left) and memory.is_more_than(left) else ""


def _memory(found):
    """Bytes that processes hold, each by itself."""
    parts = (b"VmRSS", b"VmPTE", b"VmSwap")
    return 1024 * sum(_kilobytes(facts, part) for facts in found.values() for part in parts)


def _processes(proc):
    """What /proc says of each process, by its number, and whether some were gone before they were read."""
    found, gone = {}, False
    for name in os.listdir(f"/proc/self/fd/{proc}"):
        if name.isdigit():
            try:
                facts = _status(f"/proc/self/fd/{proc}/{name}")
                int(facts[b"Threads"]), facts[b"State"].split()[0]
                found[name] = facts
            except (OSError, ValueError, LookupError):
                gone = True
    return found, gone


class _Memory:
    """Measures a room's memory exactly, all its processes stopped meanwhile: what they share counts once, and none can hand on its memory and be gone."""

    def __init__(self, proc, ours):
        self._proc = proc
        self._ours = ours
        self._again = 0.0

    def is_more_than(self, left):
        """Whether the room holds more than so many bytes. Not looked at again at once, for the room has to run, too."""
        began = time.monotonic()
        if began < self._again or not self._tell(b"s"):
            return False
        try:
            more = all(self._looks_more(left, began + LONGEST) for _ in range(LOOKS))
        finally:
            lives = self._tell(b"c")
            self._again = began + (1 + REST) * (time.monotonic() - began)
        return more and lives

    def _looks_more(self, left, end):
        found, more = _processes(self._proc)  # whether some were gone: then nobody knows
        if not more and _memory(found) > left:
            found = _without_guests(found)
            more = _memory(found) > left and _proportional(self._proc, found, left, end) > left
        if more:
            time.sleep(0.02)  # before the next look
        return more

    def _tell(self, word):
        """Have the keeper stop all, or let all go on; False if the room has ended. RoomFault if the keeper does not come to it."""
        try:
            self._ours.settimeout(5)
            self._ours.send(word)
            return self._ours.recv(1) == word
        except TimeoutError:
            raise RoomFault("the processes of the room cannot be stopped") from None
        except OSError:
            return False


def _status(place):
    """What /proc says of a process, by name. Where its first thread has ended, one of the others answers: the memory is the same."""
    with open(f"{place}/status", "rb") as file:
        facts = dict(line.split(b":", 1) for line in file.read().split(b"\n") if b":" in line)
    if b"VmRSS" not in facts and int(facts[b"Threads"]) > 1:
        for task in os.listdir(f"{place}/task"):
            with contextlib.suppress(OSError), open(f"{place}/task/{task}/status", "rb") as file:
                lines = (line.partition(b":") for line in file.read().split(b"\n"))
                facts |= {name: value for name, _, value in lines if name.startswith(b"Vm")}
    return facts


def _kilobytes(facts, name):
    return int(facts.get(name, b"0").split()[0])


def _without_guests(found):
    """The processes that do not live in the memory of the one that started them, as each does until its `exec`: subprocess uses vfork(2)."""
    numbers = {}  # in the room: on the machine
    room = os.stat("/proc/self/ns/pid_for_children").st_ino
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            if name.isdigit() and os.stat(f"/proc/{name}/ns/pid").st_ino == room:
                numbers[_status(f"/proc/{name}")[b"NSpid"].split()[-1].decode()] = int(name)

    def same(one, other):
        pair = numbers.get(one, 0), numbers.get(other, 0)
        return all(pair) and _libc.syscall(KCMP[platform.machine()], *pair, 1, 0, 0) == 0  # 1: the memory

    return {name: facts for name, facts in found.items() if not same(name, facts[b"PPid"].strip().decode())}


def _sockets(proc):
    """How many sockets are open in the room, all processes together; they hold memory that no process is charged for."""
    with (
        contextlib.suppress(OSError, ValueError, IndexError),
        open(f"/proc/self/fd/{proc}/1/net/sockstat", "rb") as file,
    ):
        return int(file.readline().split()[2])
    return 0


def _proportional(proc, found, left, end):
    """Memory in bytes with what processes share counted once; no further than beyond `left`, and by plain sums from the moment `end` on."""
    total = 0
    for name, facts in found.items():
        if total > left:
            break
        try:
            if time.monotonic() > end:
                raise TimeoutError
            with open(f"/proc/self/fd/{proc}/{name}/smaps_rollup", "rb") as file:
                sizes = [line.split() for line in file if line.startswith((b"Pss:", b"SwapPss:"))]
            total += sum(int(size[1]) * 1024 for size in sizes) + 1024 * _kilobytes(facts, b"VmPTE")
        except OSError:
            # No more time, or the machine does not tell: of the keeper, of one whose first thread has ended.
            total += _memory({name: facts})
    return total


# -- the keeper, process 1 of the room --------------------------------------------------------------------------------


def _keep(spec, body, theirs, uid):
    """Build the room, drop every right, run the body in a process of its own, reap; never returns."""
    status = FAULT
    try:
        os.umask(0o022)  # whoever started the grader: the room's folders are for another user to walk through
        flags = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
        _call("namespaces", _libc.unshare(flags))
        proc, root = _build(spec, uid)
        os.setsid()
        with contextlib.suppress(OSError):
            _write("/proc/self/oom_score_adj", "1000")  # if the machine runs out of memory, then not the grader
        _forget_arguments()
        _limit(spec)
        _drop_rights(uid)
        _prctl(PR_SET_DUMPABLE, 0)
        _call("parent's death", _prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        socket.send_fds(theirs, [b"built"], [proc, root])
        if theirs.recv(2) != b"go":
            os._exit(FAULT)
        os.close(proc)
        os.close(root)
        _thread.start_new_thread(_obey, (theirs,))  # number 2 of the room, before anything of the command's
        started = os.fork()
        if started == 0:
            theirs.close()
            _prctl(PR_SET_DUMPABLE, 1)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            _forbid()
            body()
            os._exit(0)
        signal.signal(signal.SIGINT, lambda *_: os.kill(started, signal.SIGINT))
        while True:
            with contextlib.suppress(InterruptedError):
                ended, raw = os.wait()
                if ended == started:
                    status = os.waitstatus_to_exitcode(raw) & 0xFF
                    break
    except BaseException as error:
        with contextlib.suppress(OSError):
            theirs.send(f"{type(error).__name__}: {error}".encode()[:2000])
    os._exit(status)


def _obey(theirs):
    """Stop every process of the room, or let all go on, as the watcher says."""
    with contextlib.suppress(OSError):
        while word := theirs.recv(1):
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGSTOP if word == b"s" else signal.SIGCONT)
            theirs.send(word)


def _build(spec, uid):
    """Mount the room and make it the root; returns descriptors of its /proc and of its root."""
    new = spec["folder"]
    _mount(None, "/", flags=MS_REC | MS_PRIVATE)
    _mount("room", new, "tmpfs", MS_NOSUID | MS_NODEV, "size=2m,nr_inodes=32768,mode=755")
    _writable(spec, new, uid)
    # A folder before those that lie in it, which are there then.
    for path in sorted({*map(os.path.abspath, spec["read"]), *(f"/etc/{name}" for name in ETC)}):
        _show(path, new)
    for path in spec["hide"]:
        if os.path.isdir(new + path):
            _mount("hidden", new + path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k,mode=755")
        elif os.path.exists(new + path):
            _mount("/dev/null", new + path, flags=MS_BIND)
    _etc(new, os.getuid() if uid is None else uid)
    _devices(new)
    os.makedirs(f"{new}/proc", exist_ok=True)
    _mount("proc", f"{new}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    os.makedirs(f"{new}/.old")
    _call("pivot_root", _libc.pivot_root(new.encode(), f"{new}/.old".encode()))
    os.chdir("/")
    _call("umount", _libc.umount2(b"/.old", MNT_DETACH))
    os.rmdir("/.old")
    _mount(None, "/", flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    _libc.sethostname(b"room", 4)
    os.chdir(HOME)
    flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
    return os.open("/proc", flags), os.open("/", flags)


def _writable(spec, new, uid):
    """The folders that may be written to, with what lies in them. First of all: an environment may lie in one of them, and is shown then."""
    # One file system for all of them, so that one limit holds for it.
    base = f"{new}/writable"
    os.mkdir(base)
    inodes = max(1000, spec["disk"] // 16384)
    _mount("home", base, "tmpfs", MS_NOSUID | MS_NODEV, f"size={spec['disk']},nr_inodes={inodes},mode=755")
    for source, target in (("home", HOME), ("tmp", "/tmp"), ("shm", "/dev/shm"), ("kernel", SOCKETS)):
        os.mkdir(f"{base}/{source}", 0o700)
        os.makedirs(new + target, exist_ok=True)
        _mount(f"{base}/{source}", new + target, flags=MS_BIND)
    _call("umount", _libc.umount2(base.encode(), MNT_DETACH))
    os.rmdir(base)
    # The grader goes through this folder: no link in it may lead it to sockets of its own machine.
    _mount(None, new + SOCKETS, flags=MS_REMOUNT | MS_BIND | MS_NOSYMFOLLOW | MS_NOSUID | MS_NODEV)
    for source, name in spec["files"]:
        target = os.path.normpath(f"{new}{HOME}/{name}")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(source, target)
    connection = spec.get("connection")
    if connection:
        with open(connection, encoding="utf-8") as file:
            facts = json.load(file)
        facts["ip"] = f"{SOCKETS}/k"
        _write(f"{new}{SOCKETS}/connection.json", json.dumps(facts))
    if uid is not None:
        for target in (HOME, "/tmp", "/dev/shm", SOCKETS):
            _give(new + target, uid)


def _show(path, new):
    """Show a host folder or file at the same place in the room, read-only; a symbolic link is made again."""
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
    _mount(path, target, flags=MS_BIND | MS_REC)
    _read_only(target)


def _etc(new, uid):
    """The few names that programs ask for: nobody of this machine is among them."""
    os.makedirs(f"{new}/etc", exist_ok=True)
    users = {0: "root", 65534: "nobody", uid: "student"}
    _write(f"{new}/etc/passwd", "".join(f"{name}:x:{n}:{n}::{HOME}:/bin/sh\n" for n, name in users.items()))
    _write(f"{new}/etc/group", "".join(f"{name}:x:{n}:\n" for n, name in users.items()))
    _write(f"{new}/etc/hosts", "127.0.0.1 localhost\n")
    _write(f"{new}/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n")


def _devices(new):
    os.makedirs(f"{new}/dev/pts", exist_ok=True)
    for name in DEVICES:
        open(f"{new}/dev/{name}", "w").close()
        # What is read from /dev/full is zeros too, and it cannot be mapped: /dev/zero is shared memory that nobody counts.
        _mount("/dev/full" if name == "zero" else f"/dev/{name}", f"{new}/dev/{name}", flags=MS_BIND)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, f"{new}/dev/{name}")
    with contextlib.suppress(RoomFault):  # for `!command` in a cell; a room without terminals is a room too
        options = f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}"
        _mount("devpts", f"{new}/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options)
        os.symlink("pts/ptmx", f"{new}/dev/ptmx")


def _give(folder, uid):
    for place, folders, files in os.walk(folder):
        os.chown(place, uid, uid)
        for name in (*folders, *files):
            os.lchown(os.path.join(place, name), uid, uid)


def _forget_arguments():
    """Empty what /proc/1/cmdline shows: it would name the grader's folders."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    if 0 < start < end:
        ctypes.memset(start, 0, end - start)


def _limit(spec):
    for what, most in (
        (resource.RLIMIT_NPROC, spec["tasks"]),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, spec["disk"]),
        (resource.RLIMIT_MEMLOCK, 64 * 1024 * 1024),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, 1024),  # signals that wait, and timers
    ):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _drop_rights(uid):
    """Become the unused user id, where there is one; lose every capability for good."""
    for number in range(64):
        if _prctl(PR_CAPBSET_DROP, number) < 0:
            break
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    header, none = struct.pack("Ii", 0x20080522, 0), bytes(24)
    _call("drop capabilities", _libc.capset(header, none))
    _call("no new privileges", _prctl(PR_SET_NO_NEW_PRIVS, 1))


def _forbid():
    """A seccomp filter: forbidden calls get EPERM, new namespaces too, clone3 ENOSYS so that the C library takes clone."""
    machine = platform.machine()
    if machine not in FORBIDDEN:
        raise RoomFault(f"no list of system calls for {machine}")
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
            (jump_eq, 1, 0, KEEPERS[0]),
            (jump_eq, 0, 1, KEEPERS[1]),
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
    _call("system call filter", _prctl(PR_SET_SECCOMP, 2, ctypes.addressof(program)))


def main(arguments):
    """`room.py SPEC COMMAND...`: run a command in a room; its exit status, or 125 with a report if there is no room."""
    with open(arguments[0], encoding="utf-8") as file:
        spec = json.load(file)
    if arguments[1].startswith("--connection="):
        spec["connection"] = arguments[1].partition("=")[2]
        arguments = arguments[1:]

    def body():
        os.execvpe(arguments[1], arguments[1:], spec["environment"])

    os.closerange(3, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") < 4096 else 4096)
    try:
        return enter(spec, body)
    except Exception as error:  # the keeper goes with this process, and so does the room
        _report(spec, {"why": "fault", "text": f"{type(error).__name__}: {error}"})
        return FAULT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Try what a hostile program would try first, in a box, to see that the isolation holds; print what was got as JSON.

Takes one argument, a JSON object: "see": paths; "write": folders; "tcp", "udp": ports of the grader on this machine;
"abstract": the name of an abstract socket; "pid": the grader's process; "environment": the names that may be set.
Or {"search": text}: then it looks for this text in all that is shown, and for git repositories.
"""

import bz2
import contextlib
import ctypes
import gzip
import json
import lzma
import os
import resource
import socket
import stat
import sys
import tarfile
import tempfile
import zipfile
import zlib

CLONE_NEWUSER, PTRACE_SEIZE = 0x10000000, 0x4206
# Processes: those of a box are a handful, those of a machine are many.
LARGEST_BOX = 20
# What lies there is made by the machine's kernel.
NO_FILES = ("/proc", "/sys", "/dev")
# Bytes that are read at once.
BLOCK = 1 << 20
# Archives in archives.
NESTED = 4
# Bytes at the end of a file, where a zip archive says that it is one.
TAIL = 1 << 17
# Bytes of a part of an archive that is looked at as an archive.
COPIED = 100 << 20
# Files that are named.
MOST_FOUND = 20


def tried(facts):
    """Try everything that should fail; name what did not, one phrase each.

    Parameters
    ----------
    facts : dict
        What the argument of this program says.
    """
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
    if len(seen) > LARGEST_BOX:
        yield f"sees {len(seen)} processes"
    with contextlib.suppress(OSError):
        open("/proc/1/mem", "r+b").close()
        yield "opens the memory of the box's init"
    with contextlib.suppress(OSError):
        if os.listdir("/proc/1/fd"):
            yield "sees the open files of the box's init"


def _rights():
    """Try to get rights. Where the isolation does not hold this runs on the bare machine: it must do no harm there."""
    libc = ctypes.CDLL(None)
    if os.access("/proc/sys/kernel/core_pattern", os.W_OK):
        yield "changes the settings of the machine"
    for number in os.listdir("/proc/1/task") if os.access("/proc/1/task", os.R_OK) else ():
        with contextlib.suppress(OSError):
            os.sched_setaffinity(int(number), os.sched_getaffinity(int(number)))
            yield "changes how process 1 runs"
    if os.getuid() == 0:
        yield "is root"
    with contextlib.suppress(OSError):
        os.setuid(0)
        yield "becomes root"
    # Does not stop what it traces, and ends with this process.
    if libc.ptrace(PTRACE_SEIZE, 1, 0, 0) == 0:
        yield "traces process 1"
    if libc.syscall(319 if os.uname().machine == "x86_64" else 279, b"memory", 0) >= 0:
        yield "keeps memory that nobody counts"
    with tempfile.TemporaryDirectory() as place:
        if libc.mount(b"none", place.encode(), b"tmpfs", 0, None) == 0:
            libc.umount(place.encode())
            yield "mounts file systems"
    if libc.unshare(CLONE_NEWUSER) == 0:
        yield "makes a user namespace"


# -- what is shown ----------------------------------------------------------------------------------------------------


def carriers(text, top="/"):
    """Find the files below a folder in which a text stands, packed or not, and the git repositories.

    Looked into are zip and tar archives, what gzip, bzip2, xz and zlib packed, and these in each other; not zstd, which Python cannot read.

    Parameters
    ----------
    text : str
        What is looked for.
    top : str
        The folder.

    Returns
    -------
    list of (str, str)
        A path and what is there; at most `MOST_FOUND`.
    """
    found, wanted = [], text.encode()
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if os.path.join(folder, name) not in NO_FILES)
        if ".git" in folders or ".git" in names or ("HEAD" in names and {"objects", "refs"} <= set(folders)):
            found.append((folder, "a git repository"))
        found += [(path, "answers or checks") for name in names if _carries(path := os.path.join(folder, name), wanted)]
        if len(found) >= MOST_FOUND:
            break
    return found[:MOST_FOUND]


def _carries(path, wanted):
    """Say whether a text stands in a file; False for what is no file or cannot be opened."""
    with contextlib.suppress(OSError):
        if stat.S_ISREG(os.lstat(path).st_mode):
            with open(path, "rb", buffering=0) as file:
                return _stands_in(file, wanted, NESTED)
    return False


def _stands_in(file, wanted, nested):
    """Say whether a text stands in an open file, or in what is packed in it."""
    head, before, last = b"", b"", b""
    while block := file.read(BLOCK):
        head = head or block[:300]
        if wanted in before + block[: len(wanted)] or wanted in block:
            return True
        before = (before + block)[-len(wanted) :] if len(block) < len(wanted) else block[-len(wanted) :]
        last = (last + block)[-TAIL:] if len(block) < TAIL else block[-TAIL:]
    return bool(nested) and any(_part_carries(part, wanted, nested) for part in unpacked(file, head, last))


def _part_carries(part, wanted, nested):
    """Do the same for a part of an archive, which is copied so that what is packed in it can be looked at too, unless it is very large."""
    with tempfile.TemporaryFile() as copy:
        size, before = 0, b""
        # What came before the fault is looked at.
        with contextlib.suppress(*BROKEN):
            while block := part.read(BLOCK):
                if wanted in (both := before + block):
                    return True
                before, size = both[-len(wanted) :], size + len(block)
                if size <= COPIED:
                    copy.write(block)
        copy.seek(0)
        return size <= COPIED and _stands_in(copy, wanted, nested - 1)


BROKEN = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)


class _Zlib:
    """What a zlib stream holds, as git keeps its objects."""

    def __init__(self, file):
        self._file, self._stream = file, zlib.decompressobj()

    def read(self, size):
        while not self._stream.eof:
            packed = self._stream.unconsumed_tail or self._file.read(size)
            if not packed:
                break
            if text := self._stream.decompress(packed, size):
                return text
        return b""


def unpacked(file, head, tail):
    """Yield the parts of an archive, one after the other, each to be read once; none if it is no archive."""
    with contextlib.suppress(*BROKEN):
        # At its end, whatever stands before it.
        if b"PK\5\6" in tail:
            with zipfile.ZipFile(file) as archive:
                for name in archive.infolist():
                    with contextlib.suppress(*BROKEN), archive.open(name) as part:
                        yield part
        elif head[257:262] == b"ustar":
            file.seek(0)
            with tarfile.open(fileobj=file, mode="r:") as archive:
                for member in archive:
                    if inside := archive.extractfile(member) if member.isreg() else None:
                        yield inside
        else:
            for start, opened in ((b"\x1f\x8b", gzip.GzipFile), (b"BZh", bz2.BZ2File), (b"\xfd7zXZ", lzma.LZMAFile)):
                if head.startswith(start):
                    file.seek(0)
                    yield opened(fileobj=file) if opened is gzip.GzipFile else opened(file)
            if len(head) > 1 and head[0] == 0x78 and int.from_bytes(head[:2], "big") % 31 == 0:
                file.seek(0)
                yield _Zlib(file)


def main(facts):
    """Return what `tried` or `carriers` finds, as a list."""
    if "search" in facts:
        return carriers(facts["search"], facts.get("top", "/"))
    return list(tried(facts))


if __name__ == "__main__":
    json.dump(main(json.loads(sys.argv[1])), sys.stdout)

"""The sandbox: what runs in a box sees nothing of the grader's, takes no more than it may, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import pytest

from autograder import settings
from autograder.course import catalog, samples
from autograder.errors import CourseError, GraderFault, NoSandbox, SandboxEnded, StudentTooMuch
from autograder.grading import job
from autograder.kernel.runner import NotebookRun
from autograder.results import Verdict
from autograder.sandbox import backend, box, doctor, hidden, probe, proof, visible
from autograder.sandbox.box import Box
from autograder.sandbox.isolation import NONE
from autograder.settings import MIB, Limits, read_limits

ISOLATION, FAILURES = backend.proven()
needs_isolation = pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox holds on this machine: {FAILURES}")


@pytest.fixture
def inside(tmp_path):
    """Runs Python source in a fresh box and returns what it printed: `inside(source, **options of Box)`."""

    def run(source: str, seconds: float = 20, **options) -> str:
        folder = tmp_path / f"box-{time.monotonic_ns()}"
        folder.mkdir()
        return Box(folder, ISOLATION, **options).run([sys.executable, "-I", "-c", source], seconds).decode()

    return run


@needs_isolation
def test_the_isolation_holds():
    assert proof.breaches(ISOLATION) == []


def test_the_probe_finds_a_way_out_where_there_is_no_isolation():
    got_out = " ".join(proof.breaches(NONE))
    for phrase in (
        "sees ",
        "writes to",
        "TCP",
        "UDP",
        "abstract",
        "signal the grader",
        "processes",
        "memory that nobody",
    ):
        assert phrase in got_out
    assert str(settings.root()) in got_out


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="needs root to become somebody else"
)
def test_the_isolation_holds_for_a_grader_who_is_not_root(tmp_path):
    python = next(
        (p for p in (sys.executable, "/usr/bin/python3") if subprocess.run(["true"], user=65534, executable="/bin/true").returncode == 0 and _starts_for_others(p)), None
    )  # fmt: skip
    if python is None:
        pytest.skip("no Python that another user may start")
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.getuid() and parent != Path("/") and parent != Path("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o055)
    script = tmp_path / "grader.py"
    script.write_text(AS_SOMEBODY, "utf-8")
    shutil.copytree(box.LINUX, tmp_path / "linux", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(probe.__file__, tmp_path)
    command = [python, "-I", "-S", str(script), str(tmp_path)]
    done = subprocess.run(
        command, user=65534, group=65534, extra_groups=[], capture_output=True, text=True, check=False
    )
    if "a user namespace" in done.stdout or "mount proc" in done.stdout:
        pytest.skip(f"user namespaces are switched off here: {done.stdout}")
    assert done.stdout == "[]all\n", done.stderr


def _starts_for_others(python: str) -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return (
            subprocess.run([python, "-I", "-S", "-c", ""], user=65534, check=False, capture_output=True).returncode == 0
        )
    return False


AS_SOMEBODY = '''
import json, os, subprocess, sys
folder = sys.argv[1]
mine = os.path.join(folder, "mine-" + str(os.getpid()))
os.makedirs(mine + "/mount")
secret = mine + "/secret"
open(secret, "w").write("x")
facts = {"see": [secret, folder], "write": ["/", "/usr", folder], "tcp": 1, "udp": 1, "abstract": "x", "pid": os.getpid(), "environment": []}
spec = {"user": True, "read": [sys.prefix, "/bin", "/lib", "/lib64", "/usr"], "hide": [], "files": [], "folder": mine + "/mount", "link": mine + "/link",
        "report": mine + "/report", "parent": os.getpid(), "memory": 600 << 20, "disk": 1 << 20, "tasks": 200, "seconds": 20, "environment": {},
        "meminfo": "/proc/meminfo", "cgroups": "/proc/self/cgroup", "patience": 5}
json.dump(spec, open(mine + "/spec", "w"))
command = [sys.executable, "-I", "-S", folder + "/linux", mine + "/spec", sys.executable, "-I", "-S", folder + "/probe.py"]
command[-1:] = ["-c", open(folder + "/probe.py").read(), json.dumps(facts)]
done = subprocess.run(command, capture_output=True, text=True)
print(done.stdout or open(mine + "/report").read(), end="")
shares = """
import os, time
held = bytearray(b"x") * (250 << 20)
children = [os.fork() for _ in range(2)]  # four processes
time.sleep(0.8)
for child in children:
    if child: os.waitpid(child, 0)
if all(children): print("all")
"""
command[-3:] = ["-c", shares]
os.remove(mine + "/link")
done = subprocess.run(command, capture_output=True, text=True)
print(done.stdout or open(mine + "/report").read(), end="")
'''


@needs_isolation
@pytest.mark.parametrize("what", doctor.GREEDY)
def test_a_greedy_program_is_ended_for_its_greed(what):
    assert doctor.greedy(ISOLATION, what)


# Memory that a look at each process's resident size does not find. Each takes 700 MB or more if it can; 256 MB are allowed.
HIDDEN_MEMORY = {
    "of a process whose first thread has ended": """
import ctypes, os, threading, time
def leaf():
    time.sleep(0.2)
    held = [bytearray(b"x") * (1 << 24) for _ in range(45)]
    time.sleep(3)
    os._exit(0)
if os.fork() == 0:
    threading.Thread(target=leaf).start()
    ctypes.CDLL(None).syscall(60 if os.uname().machine == "x86_64" else 93, 0)
os.wait()
""",
    "in sockets": """
import os, socket, time
for _ in range(4):
    if os.fork() == 0:
        pairs, data = [], b"x" * 65536
        try:
            while True:
                pairs.append(socket.socketpair())
                for end in pairs[-1]:
                    end.setblocking(False)
                    try:
                        while True: end.send(data)
                    except BlockingIOError: pass
        except OSError: time.sleep(5)
        os._exit(0)
time.sleep(5)
""",
    "in page tables": """
import ctypes, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
size = 64 << 30
for _ in range(6):
    start = libc.mmap(None, ctypes.c_size_t(size), 1, 0x4022, -1, ctypes.c_long(0))
    for place in range(start, start + size, 1 << 21): ctypes.c_char.from_address(place).value
time.sleep(5)
""",
    "of a process whose name says that it has none": """
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
def leaf():
    time.sleep(0.2)
    held = bytearray(b"x") * (500 << 20)
    time.sleep(2)
    os._exit(0)
if os.fork() == 0:
    threading.Thread(target=leaf).start()
    libc.prctl(15, b"a\\rVmRSS:1 kB", 0, 0, 0)
    libc.syscall(60 if os.uname().machine == "x86_64" else 93, 0)
os.wait()
""",
    "in page tables of a process whose first thread has ended": """
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
def leaf():
    time.sleep(0.2)
    for _ in range(4):
        start = libc.mmap(None, ctypes.c_size_t(64 << 30), 1, 0x4022, -1, ctypes.c_long(0))
        for place in range(start, start + (64 << 30), 1 << 21): ctypes.c_char.from_address(place).value
    time.sleep(2)
    os._exit(0)
if os.fork() == 0:
    threading.Thread(target=leaf).start()
    libc.syscall(60 if os.uname().machine == "x86_64" else 93, 0)
os.wait()
""",
    "lent to sockets, a page for each two bytes": """
import os, socket, time
held = []
for _ in range(100):
    held.append(socket.socketpair())
    with open("lent", "w+b") as file:
        os.unlink("lent")
        file.write(bytes(8 << 20))
        file.flush()
        at = 4095
        for end in held[-1]:
            end.setblocking(False)
            try:
                while True: os.sendfile(end.fileno(), file.fileno(), at, 2); at = (at + 8192) % (8 << 20)
            except BlockingIOError: pass
time.sleep(5)
""",
}


# 600 MB, handed on every 60 microseconds to a new process in the same memory: clone(CLONE_VM), the old one exits, the new one touches
# 48 pages more and sleeps. In machine code, so that none is there for long.
HOPPER = """
import ctypes, mmap, os, struct, time
if os.fork(): time.sleep(3); os._exit(0)
held = mmap.mmap(-1, 600 << 20, mmap.MAP_PRIVATE)
code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
text = bytes.fromhex(
    "4989fc4989f54889d34989ceb9300000004d39ec731041c60424014981c400100000ffc975ebb838000000bf1101000031f631d24531d24531c0"
    "0f0585c0753cb8230000004c89f731f60f0548ffcb75bbb801000000bf01000000488d3523000000ba050000000f05b801000000bf010000004c"
    "89e04c29e80f94c0b83c00000031ff0f05646f6e650a")
code[: len(text)], code[2048:2064] = text, struct.pack("qq", 0, 60_000)
here, start = (ctypes.addressof(ctypes.c_char.from_buffer(each)) for each in (code, held))
hop = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long, ctypes.c_void_p)(here)
hop(start, start + len(held), 12_000, here + 2048)
"""


@pytest.fixture
def uncounted(monkeypatch):
    """Later boxes get no memory cgroup, so that all depends on the supervisor."""
    monkeypatch.setitem(box.SUPERVISION, "cgroups", "/nowhere")


@needs_isolation
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="machine code of another machine")
def test_memory_cannot_be_handed_on_faster_than_it_is_counted(inside, uncounted):
    with pytest.raises(SandboxEnded) as ended:
        inside(HOPPER, limits=doctor.SMALL)
    assert ended.value.why in ("memory", "tasks")  # those that have ended may not be reaped as fast


@needs_isolation
def test_what_many_processes_share_is_no_hiding_place(inside, uncounted):
    """To measure sixty processes takes long; meanwhile nothing else may be taken."""
    printed = inside(SHARERS.format(more=0), limits=dataclasses.replace(doctor.SMALL, memory=640 * MIB, tasks=1024))
    assert printed == "all\n"
    began = time.monotonic()
    with pytest.raises(SandboxEnded) as ended:
        inside(SHARERS.format(more=1500 << 20), limits=dataclasses.replace(doctor.SMALL, memory=640 * MIB, tasks=1024))
    assert ended.value.why == "memory"
    assert time.monotonic() - began < 10


SHARERS = """
import os, time
held = bytearray(b"x") * (320 << 20)
began = time.monotonic()
for _ in range(60):
    if os.fork() == 0: time.sleep(2); os._exit(0)
more = bytearray(b"x") * {more}
time.sleep(5 if more else 1)
print("all")
"""


@needs_isolation
def test_a_name_that_cannot_be_read_ends_no_supervisor(inside):
    source = "import ctypes, os\nif os.fork() == 0: ctypes.CDLL(None).prctl(15, b'a\\rVmRSS:x', 0, 0, 0); os._exit(0)\n"
    with pytest.raises(SandboxEnded) as ended:
        inside(source + "import time\ntime.sleep(0.3)\nheld = bytearray(b'x') * (500 << 20)\ntime.sleep(5)", limits=doctor.SMALL)  # fmt: skip
    assert ended.value.why == "memory"


@needs_isolation
def test_sockets_take_their_options(inside):
    printed = inside(
        "import asyncio, socket\n"
        "one = socket.socket()\n"
        "one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n"
        "print(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)\n"
        "size = one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)\n"
        "one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)\n"
        "print(one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == size)\n"
        "async def main(): await asyncio.start_server(lambda *_: None, None, 5001)\n"
        "asyncio.run(main())\n"
    )
    assert printed == "True\nTrue\n"


@needs_isolation
@pytest.mark.parametrize("where", HIDDEN_MEMORY)
def test_memory_is_counted_wherever_it_is(inside, uncounted, where):
    with pytest.raises(SandboxEnded) as ended:
        inside(HIDDEN_MEMORY[where], limits=doctor.SMALL)
    assert ended.value.why == "memory"


@needs_isolation
def test_nothing_is_kept_where_nobody_counts(inside):
    """System V semaphores and message queues, sockets of families that a network namespace does not hold, locks on parts of files."""
    printed = inside(
        "import ctypes, errno, socket\n"
        "libc = ctypes.CDLL(None)\n"
        "print(libc.semget(0, 32000, 0o1600), libc.msgget(0, 0o1600), libc.shmget(0, 4096, 0o1600))\n"
        "for family in (40, 38, 17, 31, 1, 2):\n"
        "    try: socket.socket(family, socket.SOCK_STREAM if family != 38 else socket.SOCK_SEQPACKET).close(); print(family, 'opens')\n"
        "    except OSError as error: print(family, errno.errorcode[error.errno])\n"
        "import fcntl, os\n"
        "with open('file', 'w') as file:\n"
        "    for at in range(0, 100, 2): fcntl.lockf(file, fcntl.LOCK_EX, 1, at)\n"
        "    fcntl.flock(file, fcntl.LOCK_EX)\n"
        "    print(os.get_blocking(file.fileno()), *[line.split()[1] for line in open('/proc/locks')])\n"
    )
    assert printed.split("\n") == [
        "-1 -1 -1",
        *(f"{n} EAFNOSUPPORT" for n in (40, 38, 17, 31)),
        "1 opens",
        "2 opens",
        "True FLOCK",
        "",
    ]


@needs_isolation
def test_what_holds_memory_of_the_machines_kernel_is_as_if_the_machine_did_not_have_it(inside):
    """splice, Landlock, ACLs, inotify, io_setup, seccomp, and shared memory without a file. What copies files goes on."""
    printed = inside(
        "import ctypes, errno, mmap, os, shutil, socket\n"
        "intel, libc = os.uname().machine == 'x86_64', ctypes.CDLL(None, use_errno=True)\n"
        "def said(result): return errno.errorcode[ctypes.get_errno()] if result < 0 else result\n"
        "numbers = (275, 294, 206, 317) if intel else (76, 26, 0, 277)\n"
        "print(*[said(libc.syscall(n, 0, 0, 0, 0, 0, 0)) for n in (*numbers, 444, 445, 446)])\n"
        "print(said(libc.prctl(22, 2, 0, 0, 0)), said(libc.syscall(463, -100, b'.', 0, b'user.x', 0, 0)))\n"
        "with open('file', 'w') as file: file.write('text')\n"
        "for follow in (True, False):\n"
        "    try: os.setxattr('file', 'user.x', b'1', follow_symlinks=follow)\n"
        "    except OSError as error: print(errno.errorcode[error.errno])\n"
        "def mapped(*arguments):\n"
        "    try: mmap.mmap(*arguments); return 'maps'\n"
        "    except OSError as error: return errno.errorcode[error.errno]\n"
        "with open('/dev/zero', 'r+b') as zero: print(mapped(-1, 4096), mapped(-1, 4096, mmap.MAP_PRIVATE), mapped(zero.fileno(), 4096), zero.read(2))\n"
        "shutil.copy2('file', 'copy'); shutil.copytree('.', '/tmp/all'); print(open('/tmp/all/copy').read())\n"
        "one, other = socket.socketpair(); print(one.sendfile(open('file', 'rb')), other.recv(9))\n"
        "opened = []\n"
        "try:\n    while True: opened.append(os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY))\n"
        "except OSError: print(0 < len(opened) < 100)\n"
    )
    assert printed.split("\n") == [
        " ".join(["ENOSYS"] * 7),
        "EINVAL ENOTSUP",
        "ENOTSUP",
        "ENOTSUP",
        "ENOTSUP maps ENODEV b'\\x00\\x00'",
        "text",
        "4 b'text'",
        "True",
        "",
    ]


@needs_isolation
def test_quick_subprocesses_of_a_large_process_are_not_taken_for_memory_or_for_many(inside):
    """A process that is just started lives in its parent's memory until its `exec`: that is no second one."""
    printed = inside(
        "import subprocess, threading\n"
        "held = bytearray(b'x') * (160 << 20)\n"
        "def many(times):\n    for _ in range(times): subprocess.run(['/bin/true'])\n"
        "many(1000)\n"
        "threads = [threading.Thread(target=many, args=(125,)) for _ in range(4)]\n"
        "for one in threads: one.start()\n"
        "for one in threads: one.join()\n"
        "print('all')",
        seconds=60,
        limits=doctor.SMALL,
    )
    assert printed == "all\n"


@pytest.fixture
def meminfo(tmp_path, monkeypatch):
    """A function that says how many kilobytes of 8 GB the supervisor of later boxes finds available."""
    path = tmp_path / "meminfo"

    def available(kilobytes: int) -> None:
        path.write_text(f"MemTotal: {8 << 20:9} kB\nMemFree: {0:9} kB\nMemAvailable: {kilobytes:9} kB\n")

    available(4 << 20)
    monkeypatch.setitem(box.SUPERVISION, "meminfo", str(path))
    return available


@needs_isolation
def test_a_machine_that_runs_out_of_memory_is_nobodys_fault(inside, meminfo):
    assert inside("print('runs')") == "runs\n"
    meminfo(500 << 10)
    with pytest.raises(SandboxEnded, match="running out of memory") as ended:
        inside("import time; time.sleep(20)")
    assert ended.value.why == "fault"
    with pytest.raises(SandboxEnded) as ended:
        inside("held = bytearray(b'x') * (400 << 20)\nimport time; time.sleep(20)", limits=doctor.SMALL)
    assert ended.value.why in ("memory", "fault")


@needs_isolation
def test_a_notebook_on_a_machine_that_runs_out_of_memory_gets_no_grade(meminfo, tmp_path):
    (tmp_path / "run").mkdir()
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["setup"]}) for source in ("x = 1", "import time; time.sleep(20)")]  # fmt: skip
    notebook = nbformat.v4.new_notebook(cells=cells)
    with NotebookRun(notebook, tmp_path / "run") as run:
        run.advance_to(0)
        assert run.student.value("x") == 1
        meminfo(500 << 10)
        with pytest.raises(GraderFault, match="running out of memory"):
            run.finish()
        with pytest.raises(GraderFault, match="running out of memory"):
            run.student.value("x")


CGROUP = ISOLATION is not None and doctor.has_cgroup(ISOLATION)
needs_cgroup = pytest.mark.skipif(not CGROUP, reason="no memory cgroup can be made here")


def _groups() -> set[str]:
    """The cgroups of boxes that are there, and whose maker has ended."""
    found = {place for place in Path("/sys/fs/cgroup").rglob("box-*") if place.is_dir()}
    return {str(place) for place in found if not Path(f"/proc/{place.name.removeprefix('box-')}").exists()}


@needs_cgroup
def test_memory_of_the_machines_kernel_is_counted_in_a_cgroup_that_goes_with_the_box(inside):
    """Watched files of epoll: nothing that the supervisor reads tells of them."""
    hoard = """
import os, select, time
for _ in range(6):
    if os.fork() == 0:
        held, files = [], [os.eventfd(0) for _ in range(500)]
        for _ in range(500):
            held.append(select.epoll())
            for file in files: held[-1].register(file)
        time.sleep(20)
time.sleep(20)
"""
    with pytest.raises(SandboxEnded) as ended:
        inside(hoard, limits=dataclasses.replace(doctor.SMALL, memory=96 * MIB))
    assert ended.value.why == "memory"
    assert _wait(lambda: not _groups())


@needs_isolation
def test_a_box_that_cannot_be_stopped_is_a_fault_and_leaves_nothing(inside, monkeypatch):
    """Its init is stopped from outside, and does not answer."""
    monkeypatch.setitem(box.SUPERVISION, "patience", 0.3)
    word = f"hoarder-{os.getpid()}"
    stopped = threading.Thread(target=_stop_the_init_of, args=(word,))
    stopped.start()
    with pytest.raises(SandboxEnded, match="cannot be stopped") as ended:
        inside(
            f"import time\ntime.sleep(1)\nheld = bytearray(b'x') * (260 << 20)\ntime.sleep(20)\n{word!r}",
            limits=doctor.SMALL,
        )
    stopped.join()
    assert ended.value.why == "fault"
    assert not _groups()


@needs_isolation
@pytest.mark.parametrize("mine", ["9:memory:/..\n0::/../../../tmp\n", "0::/\n"])
def test_a_folder_that_is_no_cgroup_is_not_taken_for_one(mine, tmp_path, monkeypatch):
    (tmp_path / "cgroup").write_text(mine)
    monkeypatch.setitem(box.SUPERVISION, "cgroups", str(tmp_path / "cgroup"))
    began = time.monotonic()
    assert doctor.has_cgroup(ISOLATION) == Path("/sys/fs/cgroup/memory.max").exists()
    assert time.monotonic() - began < 5
    assert not [*Path("/sys/fs/cgroup").glob("box-*/memory.max"), *Path("/tmp").glob("box-*/memory.max")]


@needs_isolation
def test_no_link_leads_the_grader_out_of_the_kernels_folder(tmp_path):
    """The grader reaches a kernel's sockets through this folder; what a student puts there in their place is not followed."""
    (tmp_path / "secret").write_text("of the grader's machine")
    here = Box(tmp_path, ISOLATION)
    here.seconds = 20
    program = f"import os, time; os.symlink({str(tmp_path / 'secret')!r}, '/run/kernel/k-1'); print('there', flush=True); time.sleep(10)"
    command = here.command([sys.executable, "-I", "-c", program])
    with subprocess.Popen(command, env=here.environment, cwd=here.cwd, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "there\n"
        link = tmp_path / "sockets" / "k-1"
        assert os.path.islink(link)
        with pytest.raises(OSError, match="symbolic links"):
            link.read_text()
        process.kill()


@needs_isolation
def test_the_box_does_not_say_where_the_grader_keeps_things(inside):
    printed = inside(
        "print(open('/proc/1/cmdline', 'rb').read().strip(b'\\0'), open('/proc/self/oom_score_adj').read().strip())"
    )
    assert printed == "b'' 1000\n"


@needs_isolation
def test_what_was_handed_in_lies_beside_the_notebook_and_nothing_else(inside, tmp_path):
    (tmp_path / "photo.png").write_bytes(b"pixels")
    printed = inside(
        "import os; print(sorted(n for n in os.listdir('.') if n[0] != '.'), open('photo.png').read(), os.getcwd())",
        files={"photo.png": tmp_path / "photo.png"},
    )
    assert printed.split("\n")[0] == "['photo.png'] pixels /home/student"


@needs_isolation
@pytest.mark.parametrize("place", ["/tmp", "/home", "/var"])
def test_an_environment_is_there_wherever_it_lies(inside, monkeypatch, place):
    """Also below folders that the box has of its own: many keep theirs in a home folder."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "module.py").write_text("x = 7")
        shown = visible.visible()
        more = dataclasses.replace(shown, paths=tuple(sorted([*shown.paths, folder])))
        monkeypatch.setattr(visible, "visible", lambda: more)
        printed = inside(
            f"import os, sys\nsys.path.insert(0, {folder!r})\nimport module\nprint(module.x, {Path(folder).name!r} in os.listdir({place!r}))\n"
            f"try: open({folder!r} + '/new', 'w')\nexcept OSError as error: print(error.strerror)"
        )
        assert printed == "7 True\nRead-only file system\n"


@needs_isolation
def test_the_package_is_not_there_even_where_it_is_installed_in_the_environment(inside, monkeypatch):
    import networkx

    assert inside("import networkx; print('there')") == "there\n"
    monkeypatch.setattr(hidden, "PACKAGE", Path(networkx.__file__).parent)
    assert "No module" in inside("try: import networkx.classes\nexcept ImportError as error: print(error)")


@needs_isolation
def test_a_box_goes_with_its_grader(tmp_path):
    """`kill -9` of the grader, and no process of the box is left."""
    sleeper = f"sleeper-{os.getpid()}"
    source = (
        "import sys, pathlib\nfrom autograder.sandbox import backend\nfrom autograder.sandbox.box import Box\n"
        f"box = Box(pathlib.Path({str(tmp_path)!r}), backend.choose())\n"
        f"box.run([sys.executable, '-I', '-c', 'import time; time.sleep(60)', {sleeper!r}], 60)"
    )
    grader = subprocess.Popen([sys.executable, "-c", source], cwd=catalog.PACKAGE.parent)
    try:
        assert _wait(lambda: _running(sleeper) >= 2), "the box never started"
    finally:
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert _wait(lambda: _running(sleeper) == 0), "a process outlived its grader"
    assert _wait(lambda: not _groups()), "a cgroup outlived its box"


def _stop_the_init_of(word: str) -> None:
    """Stop the parent of the process in a box that has a word in its source."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for place in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError, KeyError):
                int(place.name)
                status = dict(line.split(":\t", 1) for line in (place / "status").read_text().splitlines())
                _, *numbers = status["NSpid"].split()
                if numbers not in ([], ["1"]) and word.encode() in (place / "cmdline").read_bytes():
                    return os.kill(int(status["PPid"]), signal.SIGSTOP)
        time.sleep(0.02)


def _running(word: str) -> int:
    found = 0
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            found += place.name.isdigit() and word.encode() in (place / "cmdline").read_bytes().split(b"\0")
    return found


def _wait(claim, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.05)
    return claim()


@needs_isolation
def test_a_daemon_does_not_outlive_its_box(inside):
    word = f"daemon-{os.getpid()}"
    inside(
        "import os, sys\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        os.execv(sys.executable, [sys.executable, '-I', '-c', 'import time; time.sleep(60)', {word!r}])\n    os._exit(0)\n"
        "os.wait()\n"
        f"print('started')"
    )
    assert _wait(lambda: _running(word) == 0)


@needs_isolation
def test_a_warm_process_steps_into_a_box_after_a_fork(tmp_path):
    """What was imported before is there at once, and the isolation is the same."""
    (tmp_path / "mount").mkdir()
    source = f"""
import json, os, sys
import numpy as np
from autograder.sandbox import box, linux, visible
from autograder.sandbox.linux.entry import enter
def body():
    assert os.getcwd() == linux.HOME and np.arange(3).sum() == 3
    assert not os.path.exists({str(settings.root() / "solutions")!r})
    assert len([n for n in os.listdir("/proc") if n.isdigit()]) == 2
    os._exit(7)
parent = os.getpid()
child = os.fork()
if child == 0:
    spec = dict(user={ISOLATION.user_namespace if ISOLATION else True}, read=list(visible.visible().paths), hide=[], files=[], folder={str(tmp_path / "mount")!r},
                link={str(tmp_path / "link")!r}, report={str(tmp_path / "report")!r}, parent=parent, memory=1 << 30, disk=1 << 24, tasks=200, seconds=30, **box.SUPERVISION)
    os._exit(enter(spec, body))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        cwd=catalog.PACKAGE.parent,
        env=environment,
        check=False,
    )
    assert done.stdout.strip() == "7", (
        done.stderr + (tmp_path / "report").read_text() if (tmp_path / "report").exists() else done.stderr
    )


# -- notebooks in a box -----------------------------------------------------------------------------------------------


@pytest.fixture
def run_cells(tmp_path):
    """Runs cells in a box; returns the run and the cells with their outputs."""

    def run(*sources: str, **limits):
        cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["setup"]}) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        with NotebookRun(notebook, tmp_path, dataclasses.replace(settings.limits(), **limits)) as found:
            found.finish()
        return found, notebook.cells

    return run


@needs_isolation
def test_a_cell_that_takes_too_much_memory_is_ended_and_the_next_one_runs(run_cells):
    run, cells = run_cells("held = [bytearray(1 << 20) for _ in range(10_000)]", "print('on')", memory=600 * MIB)
    assert isinstance(run.cell_errors[0], StudentTooMuch)
    assert "of memory" in cells[0].outputs[0].evalue
    assert cells[1].outputs[0].text == "on\n"


def test_a_flood_of_output_is_cut_and_said(run_cells):
    flood = "for _ in range(3000): print('x' * 1000)"
    run, cells = run_cells(flood, "print('on')", cell_output=100_000)
    assert run.cut == {0}
    assert len(str(cells[0].outputs)) < 200_000
    assert "cut off" in cells[0].outputs[-1].text
    assert cells[1].outputs[0].text == "on\n"
    assert run.cell_errors == {}


def test_messages_that_nobody_reads_do_not_fill_the_graders_memory(tmp_path):
    """Half a gigabyte is sent while a request is open, when only its reply is waited for."""
    flood = (
        "import threading, time\nbig = 'x' * 8_000_000\n"
        "def talk():\n    for _ in range(60): ip.kernel.session.send(ip.kernel.iopub_socket, 'stream', {'name': 'stdout', 'text': big}, parent={}, ident=b'stream')\n"
        "ip = get_ipython()\n"
        "def slow():\n    threading.Thread(target=talk, daemon=True).start()\n    time.sleep(4)\n    return 7"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(flood, metadata={"tags": ["setup"]})])
    with NotebookRun(notebook, tmp_path, pictures=False) as run:
        run.finish()
        before = _resident()
        assert run.student.call("slow") == 7
        assert _resident() - before < 200 * MIB
        assert run.student.call("slow") == 7


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_of_what_a_cell_shows_only_text_and_pictures_are_kept(run_cells):
    _, (cell,) = run_cells(
        "from IPython.display import display\n"
        "display({'text/html': '<script>alert(1)</script>', 'text/plain': 'plain', 'image/png': 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAsVcQ5AAAAABJRU5ErkJggg==',"
        " 'image/svg+xml': '<svg onload=alert(1)>', 'application/javascript': 'alert(1)'}, raw=True)\n"
        "display({'image/png': 'x\" onerror=\"alert(1)', 'text/plain': 'no picture'}, raw=True)"
    )
    assert [dict(output.data) for output in cell.outputs] == [
        {
            "text/plain": "plain",
            "image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAsVcQ5AAAAABJRU5ErkJggg==",
        },
        {"text/plain": "no picture"},
    ]
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def test_a_kernel_that_forges_its_answers_is_no_evidence(first, finished, handed_in):
    """The reply to a request is built by the kernel, which a student may patch."""
    finished.cells.insert(
        1,
        nbformat.v4.new_code_cell(
            "from ipykernel.ipkernel import IPythonKernel\n"
            "IPythonKernel.do_execute = lambda *a, **k: {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}"
        ),
    )
    result = handed_in(first, finished)
    assert (result.verdict, result.score) == (Verdict.TAMPER, 0.0)
    assert {cell.verdict for cell in result.cells} == {Verdict.TAMPER}


# -- without a sandbox ------------------------------------------------------------------------------------------------


def test_where_no_isolation_holds_nothing_is_graded(first, finished, tmp_path, monkeypatch):
    monkeypatch.delenv(backend.SWITCH, raising=False)
    monkeypatch.setattr(backend, "proven", lambda: (None, {"namespaces": "sees the solutions"}))
    path = tmp_path / f"{first.name}.ipynb"
    nbformat.write(finished, path)
    with pytest.raises(NoSandbox, match="sees the solutions") as refused:
        job.grade_file(path)
    assert "--no-sandbox" in str(refused.value)


def test_going_without_is_stamped_on_the_grade(first, tmp_path):
    path = tmp_path / f"{first.name}.ipynb"
    nbformat.write(first.read_release(), path)
    command = [
        sys.executable,
        "-c",
        "from autograder.cli import main; main()",
        "check",
        "--json",
        "--no-sandbox",
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["sandbox"] == "none"


@needs_isolation
def test_the_doctor_says_that_this_machine_can_grade():
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "doctor"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["sandbox"]) == (0, True, ISOLATION.name)
    assert found["ended"] == dict.fromkeys(doctor.GREEDY, True)
    assert {"cgroup", "limits", "versions", "gpu", "what_got_out"} <= set(found)


# -- limits -----------------------------------------------------------------------------------------------------------


def test_a_course_changes_limits_in_one_file(tmp_path):
    path = tmp_path / "limits.toml"
    assert read_limits(path) == Limits()
    path.write_text("cell = 90\nmemory = 2147483648\n")
    assert (read_limits(path).cell, read_limits(path).memory) == (90.0, 2 << 30)


@pytest.mark.parametrize(("text", "says"), [("cel = 9", "no limit called 'cel'"), ("cell = -1", "above 0"), ("cell = [", "cannot be read"), ("cell = true", "above 0")])  # fmt: skip
def test_a_limit_that_is_none_is_refused(tmp_path, text, says):
    path = tmp_path / "limits.toml"
    path.write_text(text)
    with pytest.raises(CourseError, match=says):
        read_limits(path)


def test_right_answers_are_graded_in_a_box(first, finished, handed_in):
    result = handed_in(first, finished)
    assert (result.score, result.sandbox) == (result.max_score, ISOLATION.name if ISOLATION else "none")
    assert samples.solutions(first)


def test_no_program_of_the_box_can_make_its_init_wait(tmp_path):
    """The init has the box's own user; made to wait, it could not stop the others, and that would be the grader's fault at will."""
    program = """
import os, resource
def tried(what):
    try: what()
    except OSError as error: return type(error).__name__
    return "done"
init_threads = [int(name) for name in os.listdir("/proc/1/task")]
found = {tried(lambda: act(number)) for number in init_threads for act in (
    lambda n: os.sched_setaffinity(n, {0}), lambda n: os.sched_setscheduler(n, os.SCHED_IDLE, os.sched_param(0)),
    lambda n: os.setpriority(os.PRIO_PROCESS, n, 19), lambda n: resource.prlimit(n, resource.RLIMIT_NOFILE, (0, 0)),
    lambda n: os.sched_setparam(n, os.sched_param(0)))}
own = {tried(act) for act in (lambda: os.sched_setaffinity(0, os.sched_getaffinity(0)), lambda: os.nice(1),
    lambda: os.setpriority(os.PRIO_PROCESS, os.getpid(), 10), lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (500, 500)))}
print(sorted(init_threads), sorted(found), sorted(own))
"""
    said = Box(tmp_path, backend.choose()).run([sys.executable, "-I", "-S", "-c", program], 20).decode()
    assert said.strip() == "[1, 2] ['PermissionError'] ['done']"

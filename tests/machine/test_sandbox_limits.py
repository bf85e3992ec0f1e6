"""The sandbox's limits: who takes too much is ended, wherever it is hidden, and who does not is left alone."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import threading
import time
from pathlib import Path

import nbformat
import pytest

from autograder.errors import GraderFault, SandboxEnded
from autograder.kernel.runner import NotebookRun
from autograder.sandbox import box, doctor
from autograder.settings import MIB
from tests.support.boxes import ISOLATION, groups, needs_isolation, runner, wait
from tests.support.busy import busy, one_core


@pytest.fixture
def inside(tmp_path):
    """Runs Python source in a fresh box: `inside(source, **options of Box)`."""
    return runner(tmp_path)


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


# 600 MB, passed on every 60 microseconds to a new process in the same memory: clone(CLONE_VM), the old one exits, the new one touches
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
@pytest.mark.parametrize("where", HIDDEN_MEMORY)
def test_memory_is_counted_wherever_it_is(inside, uncounted, where):
    with pytest.raises(SandboxEnded) as ended:
        inside(HIDDEN_MEMORY[where], limits=doctor.SMALL)
    assert ended.value.why == "memory"


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


@needs_isolation
@pytest.mark.parametrize(("stretch", "ends"), [(30.0, False), (1.0, True)])
def test_a_program_that_others_hold_up_has_its_seconds_all_the_same(inside, stretch, ends):
    """It has a fifth of a core. By the time that passes, as with a stretch of 1, it is ended."""
    source = "import time\nwhile time.process_time() < 0.5: pass\nprint('done')"
    limits = dataclasses.replace(doctor.SMALL, stretch=stretch)
    with one_core(), busy(4), pytest.raises(SandboxEnded) if ends else contextlib.nullcontext():
        assert inside(source, seconds=1.0, limits=limits) == "done\n"


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


@needs_cgroup
def test_memory_of_the_machines_kernel_is_counted_in_a_cgroup_that_goes_with_the_box(inside):
    """Watched files of epoll: nothing that the supervisor reads tells of them."""
    before = groups()
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
    assert wait(lambda: groups() <= before)


@needs_isolation
def test_a_box_that_cannot_be_stopped_is_a_fault_and_leaves_nothing(inside, monkeypatch):
    """Its init is stopped from outside, and does not answer."""
    before = groups()
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
    assert wait(lambda: groups() <= before)


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


@needs_isolation
@pytest.mark.parametrize("mine", ["9:memory:/..\n0::/../../../tmp\n", "0::/\n"])
def test_a_folder_that_is_no_cgroup_is_not_taken_for_one(mine, tmp_path, monkeypatch):
    (tmp_path / "cgroup").write_text(mine)
    monkeypatch.setitem(box.SUPERVISION, "cgroups", str(tmp_path / "cgroup"))
    began = time.monotonic()
    assert doctor.has_cgroup(ISOLATION) == Path("/sys/fs/cgroup/memory.max").exists()
    assert time.monotonic() - began < 5
    assert not [*Path("/sys/fs/cgroup").glob("box-*/memory.max"), *Path("/tmp").glob("box-*/memory.max")]

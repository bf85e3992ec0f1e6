"""The sandbox: what is behind its walls sees nothing of the grader's, takes no more than it may, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest

from autograder import course, doctor, execution, grade, room, samples, sandbox, score
from autograder.limits import LIMITS, MIB, read_limits
from autograder.student import StudentTooMuch

WALLS, FAILURES = sandbox.proven()
needs_walls = pytest.mark.skipif(WALLS is None, reason=f"no sandbox holds on this machine: {FAILURES}")


@pytest.fixture
def behind(tmp_path):
    """Runs Python source in a fresh room and returns what it printed: `behind(source, **options of Room)`."""

    def run(source: str, seconds: float = 20, **options) -> str:
        folder = tmp_path / f"room-{time.monotonic_ns()}"
        folder.mkdir()
        here = sandbox.Room(folder, WALLS, **options)
        return here.run([sys.executable, "-I", "-c", source], seconds).decode()

    return run


@needs_walls
def test_the_walls_hold():
    assert sandbox.escapes(WALLS) == []


def test_the_escape_test_finds_a_way_out_where_there_are_no_walls():
    got_out = " ".join(sandbox.escapes(sandbox.NONE))
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
    assert str(course.ROOT) in got_out


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="needs root to become somebody else"
)
def test_the_walls_hold_for_a_grader_who_is_not_root(tmp_path):
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
    files = [str(Path(module.__file__)) for module in (room, sandbox.escape)]
    for file in files:
        (tmp_path / Path(file).name).write_text(Path(file).read_text("utf-8"), "utf-8")
    command = [python, "-I", "-S", str(script), str(tmp_path)]
    done = subprocess.run(
        command, user=65534, group=65534, extra_groups=[], capture_output=True, text=True, check=False
    )
    if "a user namespace" in done.stdout or "mount proc" in done.stdout:
        pytest.skip(f"user namespaces are switched off here: {done.stdout}")
    assert done.stdout == "[]", done.stderr


def _starts_for_others(python: str) -> bool:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return (
            subprocess.run([python, "-I", "-S", "-c", ""], user=65534, check=False, capture_output=True).returncode == 0
        )
    return False


AS_SOMEBODY = """
import json, os, subprocess, sys
folder = sys.argv[1]
mine = os.path.join(folder, "mine-" + str(os.getpid()))
os.makedirs(mine + "/mount")
secret = mine + "/secret"
open(secret, "w").write("x")
facts = {"see": [secret, folder], "write": ["/", "/usr", folder], "tcp": 1, "udp": 1, "abstract": "x", "pid": os.getpid(), "environment": []}
spec = {"user": True, "read": [sys.prefix], "hide": [], "files": [], "folder": mine + "/mount", "link": mine + "/link",
        "report": mine + "/report", "parent": os.getpid(), "memory": 1 << 30, "disk": 1 << 20, "tasks": 100, "seconds": 20, "environment": {}}
json.dump(spec, open(mine + "/spec", "w"))
command = [sys.executable, "-I", "-S", folder + "/room.py", mine + "/spec", sys.executable, "-I", "-S", folder + "/escape.py"]
command[-1:] = ["-c", open(folder + "/escape.py").read(), json.dumps(facts)]
done = subprocess.run(command, capture_output=True, text=True)
print(done.stdout or open(mine + "/report").read(), end="")
"""


@needs_walls
@pytest.mark.parametrize("what", doctor.GREEDY)
def test_a_greedy_program_is_ended_for_its_greed(what):
    assert doctor.greedy(WALLS, what)


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
}


@needs_walls
@pytest.mark.parametrize("where", HIDDEN_MEMORY)
def test_memory_is_counted_wherever_it_is(behind, where):
    with pytest.raises(sandbox.RoomEnded) as ended:
        behind(HIDDEN_MEMORY[where], limits=doctor.SMALL)
    assert ended.value.why == "memory"


@needs_walls
def test_nothing_is_kept_where_nobody_counts(behind):
    """System V semaphores and message queues, sockets of families that a network namespace does not hold, locks on parts of files."""
    printed = behind(
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


@needs_walls
def test_no_link_leads_the_grader_out_of_the_kernels_folder(tmp_path):
    """The grader reaches a kernel's sockets through this folder; what a student puts there in their place is not followed."""
    (tmp_path / "secret").write_text("of the grader's machine")
    here = sandbox.Room(tmp_path, WALLS)
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


@needs_walls
def test_the_room_does_not_say_where_the_grader_keeps_things(behind):
    printed = behind(
        "print(open('/proc/1/cmdline', 'rb').read().strip(b'\\0'), open('/proc/self/oom_score_adj').read().strip())"
    )
    assert printed == "b'' 1000\n"


@needs_walls
def test_what_was_handed_in_lies_beside_the_notebook_and_nothing_else(behind, tmp_path):
    (tmp_path / "photo.png").write_bytes(b"pixels")
    printed = behind(
        "import os; print(sorted(n for n in os.listdir('.') if n[0] != '.'), open('photo.png').read(), os.getcwd())",
        files={"photo.png": tmp_path / "photo.png"},
    )
    assert printed.split("\n")[0] == "['photo.png'] pixels /home/student"


@needs_walls
@pytest.mark.parametrize("place", ["/tmp", "/home", "/var"])
def test_an_environment_is_there_wherever_it_lies(behind, monkeypatch, place):
    """Also below folders that the room has of its own: many keep theirs in a home folder."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "module.py").write_text("x = 7")
        shown = sandbox._shown()
        monkeypatch.setattr(sandbox, "_shown", lambda: sorted([*shown, Path(folder)]))
        printed = behind(
            f"import os, sys\nsys.path.insert(0, {folder!r})\nimport module\nprint(module.x, {Path(folder).name!r} in os.listdir({place!r}))\n"
            f"try: open({folder!r} + '/new', 'w')\nexcept OSError as error: print(error.strerror)"
        )
        assert printed == "7 True\nRead-only file system\n"


@needs_walls
def test_the_package_is_not_there_even_where_it_is_installed_in_the_environment(behind, monkeypatch):
    import nbgrader

    assert behind("import nbgrader.apps; print('there')") == "there\n"
    monkeypatch.setattr(sandbox, "PACKAGE", Path(nbgrader.__file__).parent)
    assert "No module" in behind("try: import nbgrader.apps\nexcept ImportError as error: print(error)")


@needs_walls
def test_a_room_goes_with_its_grader(tmp_path):
    """`kill -9` of the grader, and no process of the room is left."""
    sleeper = f"sleeper-{os.getpid()}"
    source = (
        "import sys, pathlib\nfrom autograder import sandbox\n"
        f"here = sandbox.Room(pathlib.Path({str(tmp_path)!r}), sandbox.means())\n"
        f"here.run([sys.executable, '-I', '-c', 'import time; time.sleep(60)', {sleeper!r}], 60)"
    )
    grader = subprocess.Popen([sys.executable, "-c", source], cwd=course.PACKAGE.parent)
    try:
        assert _wait(lambda: _running(sleeper) >= 2), "the room never started"
    finally:
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert _wait(lambda: _running(sleeper) == 0), "a process outlived its grader"


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


@needs_walls
def test_a_daemon_does_not_outlive_its_room(behind):
    word = f"daemon-{os.getpid()}"
    behind(
        "import os, sys\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        os.execv(sys.executable, [sys.executable, '-I', '-c', 'import time; time.sleep(60)', {word!r}])\n    os._exit(0)\n"
        "os.wait()\n"
        f"print('started')"
    )
    assert _wait(lambda: _running(word) == 0)


@needs_walls
def test_a_warm_process_steps_into_a_room_after_a_fork(tmp_path):
    """What was imported before is there at once, and the walls are the same."""
    (tmp_path / "mount").mkdir()
    source = f"""
import json, os, sys
import numpy as np
from autograder import room, sandbox
def body():
    assert os.getcwd() == room.HOME and np.arange(3).sum() == 3
    assert not os.path.exists({str(course.ROOT / "solutions")!r})
    assert len([n for n in os.listdir("/proc") if n.isdigit()]) == 2
    os._exit(7)
parent = os.getpid()
child = os.fork()
if child == 0:
    spec = dict(user={WALLS.user if WALLS else True}, read=[str(p) for p in sandbox._shown()], hide=[], files=[], folder={str(tmp_path / "mount")!r},
                link={str(tmp_path / "link")!r}, report={str(tmp_path / "report")!r}, parent=parent, memory=1 << 30, disk=1 << 24, tasks=200, seconds=30)
    os._exit(room.enter(spec, body))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        cwd=course.PACKAGE.parent,
        env=environment,
        check=False,
    )
    assert done.stdout.strip() == "7", (
        done.stderr + (tmp_path / "report").read_text() if (tmp_path / "report").exists() else done.stderr
    )


# -- notebooks in a room ----------------------------------------------------------------------------------------------


@pytest.fixture
def run_cells(tmp_path):
    """Runs cells in a room; returns the run and the cells with their outputs."""

    def run(*sources: str, **limits):
        cells = [nbformat.v4.new_code_cell(source, metadata={"tags": ["setup"]}) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        with execution.NotebookRun(notebook, tmp_path, dataclasses.replace(LIMITS, **limits)) as found:
            found.finish()
        return found, notebook.cells

    return run


@needs_walls
def test_a_cell_that_takes_too_much_memory_is_ended_and_the_next_one_runs(run_cells):
    run, cells = run_cells("held = [bytearray(1 << 20) for _ in range(10_000)]", "print('on')", memory=600 * MIB)
    assert isinstance(run.trouble[0], StudentTooMuch)
    assert "of memory" in cells[0].outputs[0].evalue
    assert cells[1].outputs[0].text == "on\n"


def test_a_flood_of_output_is_cut_and_said(run_cells):
    flood = "for _ in range(3000): print('x' * 1000)"
    run, cells = run_cells(flood, "print('on')", cell_output=100_000)
    assert run.cut == {0}
    assert len(str(cells[0].outputs)) < 200_000
    assert "cut off" in cells[0].outputs[-1].text
    assert cells[1].outputs[0].text == "on\n"
    assert run.trouble == {}


def test_messages_that_nobody_reads_do_not_fill_the_graders_memory(tmp_path):
    """Half a gigabyte is sent while a question is open, when only its answer is waited for."""
    flood = (
        "import threading, time\nbig = 'x' * 8_000_000\n"
        "def talk():\n    for _ in range(60): ip.kernel.session.send(ip.kernel.iopub_socket, 'stream', {'name': 'stdout', 'text': big}, parent={}, ident=b'stream')\n"
        "ip = get_ipython()\n"
        "def slow():\n    threading.Thread(target=talk, daemon=True).start()\n    time.sleep(4)\n    return 7"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(flood, metadata={"tags": ["setup"]})])
    with execution.NotebookRun(notebook, tmp_path, pictures=False) as run:
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
        "display({'text/html': '<script>alert(1)</script>', 'text/plain': 'plain', 'image/png': 'iVBORw0KGgo=',"
        " 'image/svg+xml': '<svg onload=alert(1)>', 'application/javascript': 'alert(1)'}, raw=True)\n"
        "display({'image/png': 'x\" onerror=\"alert(1)', 'text/plain': 'no picture'}, raw=True)"
    )
    assert [dict(output.data) for output in cell.outputs] == [
        {"text/plain": "plain", "image/png": "iVBORw0KGgo="},
        {"text/plain": "no picture"},
    ]
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell]))


def test_a_kernel_that_forges_its_answers_is_no_evidence(first, finished, handed_in):
    """The reply to a question is built by the kernel, which a student may patch."""
    finished.cells.insert(
        1,
        nbformat.v4.new_code_cell(
            "from ipykernel.ipkernel import IPythonKernel\n"
            "IPythonKernel.do_execute = lambda *a, **k: {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}"
        ),
    )
    result = handed_in(first, finished)
    assert (result.verdict, result.score) == (score.TAMPER, 0.0)
    assert {cell.verdict for cell in result.cells} == {score.TAMPER}


# -- without a sandbox ------------------------------------------------------------------------------------------------


def test_where_no_walls_hold_nothing_is_graded(first, finished, tmp_path, monkeypatch):
    monkeypatch.delenv(sandbox.SWITCH, raising=False)
    monkeypatch.setattr(sandbox, "proven", lambda: (None, {"namespaces": "sees the solutions"}))
    path = tmp_path / f"{first.name}.ipynb"
    nbformat.write(finished, path)
    with pytest.raises(sandbox.NoSandbox, match="sees the solutions") as refused:
        grade.grade_file(path)
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


@needs_walls
def test_the_doctor_says_that_this_machine_can_grade():
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "doctor"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["sandbox"]) == (0, True, WALLS.name)
    assert found["ended"] == dict.fromkeys(doctor.GREEDY, True)
    assert {"limits", "versions", "gpu", "what_got_out"} <= set(found)


# -- limits -----------------------------------------------------------------------------------------------------------


def test_a_course_changes_limits_in_one_file(tmp_path):
    path = tmp_path / "limits.toml"
    assert read_limits(path) == dataclasses.replace(LIMITS)
    path.write_text("cell = 90\nmemory = 2147483648\n")
    assert (read_limits(path).cell, read_limits(path).memory) == (90.0, 2 << 30)


@pytest.mark.parametrize(("text", "says"), [("cel = 9", "no limit called 'cel'"), ("cell = -1", "above 0"), ("cell = [", "cannot be read"), ("cell = true", "above 0")])  # fmt: skip
def test_a_limit_that_is_none_is_refused(tmp_path, text, says):
    path = tmp_path / "limits.toml"
    path.write_text(text)
    with pytest.raises(course.CourseError, match=says):
        read_limits(path)


def test_right_answers_are_graded_behind_the_walls(first, finished, handed_in):
    result = handed_in(first, finished)
    assert (result.score, result.sandbox) == (result.max_score, WALLS.name if WALLS else "none")
    assert samples.solutions(first)

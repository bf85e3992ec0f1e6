"""The sandbox: what runs in a box sees nothing of the grader's, holds nothing where nobody counts, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder import settings
from autograder.course import catalog
from autograder.sandbox import backend, box, hidden, probe, proof, visible
from autograder.sandbox.box import Box
from autograder.sandbox.isolation import NONE
from tests.support.boxes import ISOLATION, groups, needs_isolation, runner, running, wait


@pytest.fixture
def inside(tmp_path):
    """Runs Python source in a fresh box: `inside(source, **options of Box)`."""
    return runner(tmp_path)


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
    assert done.stdout == "[]all\n[]True True\n", done.stderr


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
        "meminfo": "/proc/meminfo", "cgroups": "/proc/self/cgroup", "patience": 5, "stretch": 10}
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

# The same in boxes that a warm process forks itself into.
import array, socket
sys.path.append(folder)
from linux import warm_start
os.makedirs(mine + "/view")
view = {**spec, "folder": mine + "/view", "imports": "import colorsys", "rehearsal": "import wave"}
json.dump(view, open(mine + "/view.json", "w"))
here, there = socket.socketpair()
process = subprocess.Popen([sys.executable, "-S", "-c", warm_start.START, folder, str(there.fileno()), mine + "/view.json"], pass_fds=[there.fileno()], env={})
there.close()
here.settimeout(30)
assert here.recv(4000).split()[0] == b"ready"
ask = "import sys; print('colorsys' in sys.modules, 'wave' in sys.modules)"
for number, (text, arguments) in enumerate([(open(folder + "/probe.py").read(), [json.dumps(facts)]), (ask, [])]):
    place = f"{mine}/box{number}"
    os.mkdir(place)
    request, end = socket.socketpair()
    box, out = os.open(place, os.O_RDONLY), os.open(place + "/output", os.O_WRONLY | os.O_CREAT)
    socket.send_fds(here, [b"fork"], [end.fileno(), out, box])
    end.close()
    asked = {**spec, "read": [], "folder": "", "link": "fd:0/sockets", "report": "fd:0/report"}
    request.sendall(json.dumps({"spec": asked, "run": {"text": text, "arguments": arguments}}).encode())
    request.close()
    _, (handle,), _, _ = socket.recv_fds(here, 100, 1)
    import select
    select.select([handle], [], [], 30)
    print(open(place + "/output").read() or open(place + "/report").read(), end="")
'''


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
        "    mine = f':{os.fstat(file.fileno()).st_ino}'\n"
        "    print(os.get_blocking(file.fileno()), *[line.split()[1] for line in open('/proc/locks') if line.split()[-3].endswith(mine)])\n"
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
def test_python_may_have_been_started_by_a_path_that_leads_up(tmp_path):
    """As `../../.venv/bin/python` in a folder of the course: a box shows nothing of that folder."""
    up = os.path.relpath(sys.executable, tmp_path)  # Python itself tidies an absolute path
    code = f"from autograder.sandbox import backend, proof; print(proof.breaches_in(backend.choose()), backend.choose().name == {ISOLATION.name!r})"
    done = subprocess.run([up, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout == "[] True\n"


@needs_isolation
def test_a_box_goes_with_its_grader(tmp_path):
    """`kill -9` of the grader, and no process of the box is left."""
    before = groups()
    sleeper = f"sleeper-{os.getpid()}"
    source = (
        "import sys, pathlib\nfrom autograder.sandbox import backend\nfrom autograder.sandbox.box import Box\n"
        f"box = Box(pathlib.Path({str(tmp_path)!r}), backend.choose())\n"
        f"box.run([sys.executable, '-I', '-c', 'import time; time.sleep(60)', {sleeper!r}], 60)"
    )
    grader = subprocess.Popen([sys.executable, "-c", source], cwd=catalog.PACKAGE.parent)
    try:
        assert wait(lambda: running(sleeper) >= 2), "the box never started"
    finally:
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert wait(lambda: running(sleeper) == 0), "a process outlived its grader"
    assert wait(lambda: groups() <= before), "a cgroup outlived its box"


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
    assert wait(lambda: running(word) == 0)


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

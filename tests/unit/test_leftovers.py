"""A grader that is killed leaves folders; the next run removes them, and never those of one that lives."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from autograder import tempdirs
from autograder.course import catalog, samples

START = "import sys, time\nfrom autograder import tempdirs\n"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for temporary folders, with a short way to it."""
    with tempfile.TemporaryDirectory(prefix="place-", dir="/tmp") as folder:
        yield Path(folder)


def grader(source: str, place: Path) -> subprocess.Popen:
    """A process that runs a source, after it has said that it began."""
    command = [sys.executable, "-c", START + source, str(place)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=catalog.PACKAGE.parent)
    process.first = process.stdout.readline().strip()
    return process


HOLDS = "with tempdirs.Temporary('box-', sys.argv[1]) as folder:\n    print(folder, flush=True)\n    time.sleep(60)"


def test_a_folder_goes_with_its_use(place):
    with tempdirs.Temporary("box-", str(place)) as folder:
        (folder / "deep" / "er").mkdir(parents=True)
        assert folder.parent == place
    assert list(place.iterdir()) == []


def test_sigterm_ends_in_order(place):
    with grader(HOLDS, place) as process:
        assert Path(process.first).is_dir()
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM
    assert list(place.iterdir()) == []


def test_sigterm_does_what_it_did_before_when_no_folder_is_left(place):
    source = "with tempdirs.Temporary('box-', sys.argv[1]): pass\nimport signal\nprint(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"
    with grader(source, place) as process:
        assert process.first == "True"


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "os.kill(os.getpid(), 15)", "1 / 0"])
def test_a_folder_that_is_kept_goes_with_its_process(place, end):
    source = (
        f"import os, tempfile\ntempfile.tempdir = sys.argv[1]\nprint(tempdirs.kept('autograder-x-'), flush=True)\n{end}"
    )
    with grader(source, place) as process:
        assert Path(process.first).parent == place
    assert list(place.iterdir()) == []


def test_a_folder_that_is_kept_goes_with_a_worker_process(place):
    source = (
        "import multiprocessing, tempfile\ntempfile.tempdir = sys.argv[1]\n"
        "mine = tempdirs.kept('autograder-')\n"
        "def work(): print(tempdirs.kept('autograder-').is_dir(), flush=True)\n"
        "worker = multiprocessing.get_context('fork').Process(target=work)\nworker.start()\nworker.join()\n"
        "print(*[path == mine for path in mine.parent.iterdir()], flush=True)"
    )
    with grader(source, place) as process:
        assert process.first == "True"
        assert process.stdout.read() == "True\n"
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("prefix", ["box-", "room-", "autograder-", "autograder-build-"])
def test_what_a_killed_grader_left_is_removed_by_the_next_and_what_a_living_one_uses_is_not(place, prefix):
    source = HOLDS.replace("box-", prefix)
    with grader(source, place) as dead, grader(source, place) as alive:
        (Path(dead.first) / "box-0").mkdir()
        (Path(dead.first) / "box-0" / "file").touch()
        os.symlink("/proc/1/root", Path(dead.first) / "sockets")
        dead.kill()
        dead.wait()
        assert Path(dead.first).is_dir()
        assert tempdirs.sweep(str(place)) == [Path(dead.first)]
        assert [str(path) for path in place.iterdir()] == [alive.first]
        alive.kill()
    with grader(HOLDS, place) as after:  # each grader sweeps by itself
        assert [str(path) for path in place.iterdir()] == [after.first]
        after.kill()


def test_a_worker_that_lives_on_for_a_moment_keeps_the_folder(place):
    with tempdirs.Temporary("autograder-", str(place)) as outer:
        worker = grader(HOLDS, outer)
        os.unlink(outer / tempdirs.LOCK)  # as if its grader were dead
        (outer / tempdirs.LOCK).touch()
        assert tempdirs.sweep(str(place)) == []
        worker.kill()
        worker.communicate()
        assert tempdirs.sweep(str(place)) == [outer]


# What is never touched, though its name would fit: each makes something in a folder.
def _no_lock(path: Path) -> None:
    path.mkdir()


def _a_file(path: Path) -> None:
    path.write_text("x")


def _a_link(path: Path) -> None:
    target = path.parent / "theirs"
    target.mkdir()
    (target / tempdirs.LOCK).touch()
    path.symlink_to(target)


def _a_linked_lock(path: Path) -> None:
    path.mkdir()
    (path.parent / "free").touch()
    (path / tempdirs.LOCK).symlink_to(path.parent / "free")


def _a_lock_that_is_a_folder(path: Path) -> None:
    (path / tempdirs.LOCK).mkdir(parents=True)


def _a_lock_that_is_a_pipe(path: Path) -> None:
    path.mkdir()
    os.mkfifo(path / tempdirs.LOCK)


def _another_name(path: Path) -> None:
    path = path.with_name("mushroom-1")
    path.mkdir()
    (path / tempdirs.LOCK).touch()


def _another_machines(path: Path) -> None:
    path.mkdir()
    (path / tempdirs.LOCK).write_text("somewhere-else")


def _another_users(path: Path) -> None:
    path.mkdir()
    (path / tempdirs.LOCK).touch()
    os.chown(path, 12345, 12345)


def _with_another_users_lock(path: Path) -> None:
    path.mkdir()
    (path / tempdirs.LOCK).touch()
    os.chown(path / tempdirs.LOCK, 12345, 12345)


NEVER = [
    _no_lock,
    _a_file,
    _a_link,
    _a_linked_lock,
    _a_lock_that_is_a_folder,
    _a_lock_that_is_a_pipe,
    _another_name,
    _another_machines,
]
AS_ROOT = [_another_users, _with_another_users_lock]


@pytest.mark.parametrize("make", NEVER + (AS_ROOT if os.geteuid() == 0 else []), ids=lambda make: make.__name__)
def test_what_is_not_certainly_left_by_a_dead_grader_stays(place, make):
    make(place / "box-1")
    before = sorted(place.rglob("*"))
    assert tempdirs.sweep(str(place)) == []
    assert sorted(place.rglob("*")) == before


def test_a_lock_gets_its_name_when_it_is_held(place, monkeypatch):
    """Between the making of a folder and its lock no other grader takes it for a dead one's."""
    seen = []
    real = os.rename

    def rename(source, target):
        seen.append(tempdirs.sweep(str(place)))
        lock = os.open(source, os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(lock)
        real(source, target)

    monkeypatch.setattr(os, "rename", rename)
    with tempdirs.Temporary("box-", str(place)) as folder:
        assert seen == [[]] and folder.is_dir()


def test_what_cannot_be_removed_now_is_removed_by_a_later_run(place, monkeypatch):
    """A box that is just ending may write once more into a folder that is being removed."""
    real = shutil.rmtree
    temporary = tempdirs.Temporary("box-", str(place))
    (temporary.path / "box0").mkdir()
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda *_, **__: os.rmdir("/"))
        temporary.close()
    assert len([*place.iterdir()]) == 1 and shutil.rmtree is real
    assert len(tempdirs.sweep(str(place))) == 1
    assert list(place.iterdir()) == []


def test_a_place_that_is_not_there_or_cannot_be_read_is_no_fault(tmp_path):
    assert tempdirs.sweep(str(tmp_path / "nowhere")) == []
    (tmp_path / "file").touch()
    assert tempdirs.sweep(str(tmp_path / "file")) == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_grader_that_is_ended_leaves_nothing_behind_after_the_next_run(first, place, how):
    """The real command, ended in the middle of a notebook."""
    notebook = samples.submission(first, samples.solutions(first))
    notebook.cells.insert(2, nbformat.v4.new_code_cell("import time\ntime.sleep(25)"))
    slow, quick = (place.with_name(f"{place.name}-submission") / name for name in ("slow.ipynb", "quick.ipynb"))
    slow.parent.mkdir()
    try:
        nbformat.write(notebook, slow)
        nbformat.write(first.read_release(), quick)
        environment = {**os.environ, "TMPDIR": str(place)}
        command = [sys.executable, "-c", "from autograder.cli import main; main()", "check", "--json"]
        with subprocess.Popen([*command, str(slow)], env=environment, stdout=subprocess.PIPE) as process:
            deadline = time.monotonic() + 60
            while not _runs_for(place, 1.5) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert _ours(place)
            process.send_signal(how)
            process.wait(30)
        assert bool(_ours(place)) == (how == signal.SIGKILL)
        done = subprocess.run([*command, str(quick)], env=environment, capture_output=True, check=False)
        assert b'"verdict": "GRADED"' in done.stdout
        assert _ours(place) == []
    finally:
        shutil.rmtree(slow.parent)


def _runs_for(place: Path, seconds: float) -> bool:
    """Whether a box has been running for so long."""
    with contextlib.suppress(OSError):
        return any(time.time() - link.lstat().st_mtime > seconds for link in place.glob("**/sockets"))
    return False


def _ours(place: Path) -> list[Path]:
    return [path for path in place.iterdir() if path.name.startswith(tempdirs.PREFIXES)]

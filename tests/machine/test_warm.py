"""Programs that a warm process forks into boxes: they see what they would see in a box of their own, and nothing of those before."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from subprocess import PIPE

import pytest

from autograder import settings, tempdirs
from autograder.errors import GraderFault
from autograder.sandbox import proof
from autograder.sandbox.box import Box
from autograder.sandbox.warm_process import WarmProcess, can_be_warm
from tests.support.boxes import ISOLATION, needs_warm_processes, wait

pytestmark = needs_warm_processes

IMPORTS = "import numpy, ipykernel.kernelapp"
REHEARSAL = "import wave\nleft_behind = open('rehearsed', 'w')"
# What a program can find out about where it runs.
LOOK_ROUND = """
import gc, json, os, random, resource, sys, threading
def listing(folder):
    try: return sorted(os.listdir(folder))
    except OSError as error: return type(error).__name__
frame, around = sys._getframe(), []
while frame: around.append(sorted(frame.f_globals)); frame = frame.f_back
facts = dict(
    environment=dict(os.environ), path=sys.path, finders=[type(f).__name__ if not isinstance(f, type) else f.__name__ for f in sys.meta_path],
    open=listing("/proc/self/fd"), processes=[n for n in listing("/proc") if n.isdigit()], threads=threading.active_count(),
    line=open("/proc/self/cmdline").read().strip("\\0 "), user=os.getuid(), groups=os.getgroups(),
    status={l.split(":")[0]: l.split(":")[1].strip() for l in open("/proc/self/status") if l.startswith(("Cap", "NoNewPrivs", "Seccomp:", "SigIgn", "SigBlk"))},
    limits=[resource.getrlimit(k) for k in range(16)], folder=os.getcwd(),
    files={f: listing(f) for f in ("/", "/tmp", "/dev", "/dev/shm", "/home", os.getcwd(), "/etc", "/run", "/sys", "/sys/fs", "/var")},
    mounts=sorted(l.split()[1] for l in open("/proc/mounts")), host=os.uname().nodename, umask=os.umask(0), session=os.getsid(0),
    texts=[v for v in map(str, gc.get_objects()) if isinstance(v, str) and any(w[::-1] in v for w in WORDS)] if WORDS else [],
    random=[random.random(), sys.modules["numpy"].random.rand()] if "numpy" in sys.modules else [],
)
print(json.dumps(facts))
"""


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kind")
    process = WarmProcess(Box(folder, ISOLATION), IMPORTS, REHEARSAL)
    yield process
    process.close()


@pytest.fixture
def box(tmp_path):
    made = []

    def make(**options) -> Box:
        folder = tmp_path / f"box{len(made)}"
        folder.mkdir()
        made.append(Box(folder, ISOLATION, **options))
        return made[-1]

    return make


def looked(run, words=()) -> dict:
    return json.loads(run(LOOK_ROUND.replace("WORDS", repr([word[::-1] for word in words]))))


def test_a_program_sees_what_it_sees_in_a_box_of_its_own(warm, box):
    fresh = looked(lambda text: box().run([sys.executable, "-c", text], 20))
    forked = looked(lambda text: warm.run(box(), {"text": text, "arguments": []}, 20))
    # Each box has a user of its own, and the ways in which the two were started differ.
    for facts in (fresh, forked):
        facts.pop("user")
        facts.pop("line")
        facts.pop("random")
    # In a box of its own the working folder's file system was mounted before what it shows.
    fresh["mounts"] = sorted(set(fresh["mounts"]))
    forked["mounts"] = sorted(set(forked["mounts"]))
    assert forked == fresh


def test_nothing_of_the_grader_is_in_its_memory_or_its_arguments(warm, box):
    place = box()
    words = [str(place.folder), str(Path(__file__).parents[2] / "autograder"), "rehearsal"]
    facts = looked(lambda text: warm.run(place, {"text": text, "arguments": []}, 20), words)
    assert facts["line"] == "" and facts["texts"] == []
    names = warm.run(
        box(), {"text": "import sys; print([n for n in sys.modules if n.startswith('linux')])", "arguments": []}, 20
    )
    assert names == b"[]\n"


def test_what_the_rehearsal_imported_is_there_and_what_it_did_is_not(warm, box):
    text = "import os, sys; print('wave' in sys.modules, os.path.exists('rehearsed'), 'left_behind' in globals())"
    assert warm.run(box(), {"text": text, "arguments": []}, 20) == b"True False False\n"


def test_a_box_gets_the_variables_that_are_its_own(warm, box):
    text = {"text": "import os; print(os.environ['MPLBACKEND'], os.environ['NEW'])", "arguments": []}
    own = {**box().environment, "MPLBACKEND": "svg", "NEW": "here"}
    assert warm.run(box(environment=own), text, 20) == b"svg here\n"
    assert "NEW" not in looked(lambda text: warm.run(box(), {"text": text, "arguments": []}, 20))["environment"]


def test_garbage_is_looked_for_in_a_box(warm, box):
    text = {"text": "import gc; print(gc.isenabled())", "arguments": []}
    assert warm.run(box(), text, 20) == b"True\n"


def test_nothing_passes_from_one_box_to_the_next(warm, box):
    mark = """
import builtins, gc, os, sys, threading
for name, module in list(sys.modules.items()):
    try: module.marker_7c1 = name
    except Exception: pass
builtins.marker_7c1 = True
os.environ["MARKER_7C1"] = "1"
sys.path.append("/marker_7c1")
import numpy, random
random.seed(1); numpy.random.seed(1)
for folder in (".", "/tmp", "/dev/shm", "/run/kernel", "/etc", "/", "/home", "/dev", "/proc", "/sys", sys.prefix):
    try: open(os.path.join(folder, "marker_7c1"), "w").close()
    except OSError: pass
for function in vars(numpy).values():
    try: function.marker_7c1 = True
    except Exception: pass
print("marked")
"""
    search = """
import builtins, os, sys
found = [name for name, module in list(sys.modules.items()) if hasattr(module, "marker_7c1")]
found += ["builtins"] * hasattr(builtins, "marker_7c1") + [k for k in os.environ if "MARKER" in k] + [p for p in sys.path if "marker" in p]
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ("/proc", "/sys")]
    found += [folder for name in files if name == "marker_7c1"]
import numpy, random
found += [str(f) for f in vars(numpy).values() if hasattr(f, "marker_7c1")]
print(found, random.random() == 0.13436424411240122, numpy.random.rand() == 0.417022004702574)
"""
    assert warm.run(box(), {"text": mark, "arguments": []}, 30) == b"marked\n"
    assert warm.run(box(), {"text": mark + search, "arguments": []}, 60).splitlines()[-1] != b"[] False False"
    assert warm.run(box(), {"text": search, "arguments": []}, 60) == b"[] False False\n"


def test_the_next_box_has_another_user(warm, box):
    text = {"text": "import os, pwd; print(os.getuid(), pwd.getpwuid(os.getuid()).pw_name)", "arguments": []}
    (one, name), (other, same) = (warm.run(box(), text, 20).split() for _ in range(2))
    assert name == same == b"student"
    assert one != other or ISOLATION.user_namespace


def test_each_box_draws_other_random_numbers(warm, box):
    drawn = [looked(lambda text: warm.run(box(), {"text": text, "arguments": []}, 20))["random"] for _ in range(2)]
    assert drawn[0][0] != drawn[1][0] and drawn[0][1] != drawn[1][1]


def test_the_escape_test_holds_in_a_forked_box(warm):
    assert proof.breaches_in(ISOLATION, warm) == []


def test_files_come_along_and_the_report_comes_back(warm, box, tmp_path):
    (tmp_path / "given").write_text("a text")
    text = "print(open('sub/given').read()); open('more', 'w')"
    assert warm.run(box(files={"sub/given": tmp_path / "given"}), {"text": text, "arguments": []}, 20) == b"a text\n"
    place = box()
    with pytest.raises(Exception, match="time"):
        warm.run(place, {"text": "while True: pass", "arguments": []}, 0.5)
    assert place.ended().why == "time"


def test_a_box_ends_with_its_supervisor_and_with_the_warm_process(box, tmp_path):
    kind = box()
    process = WarmProcess(kind, IMPORTS)
    text = "import time; print('runs', flush=True); time.sleep(60)"
    for end in ("supervisor", "warm process"):
        place = box()
        output = tmp_path / end
        with open(output, "wb") as file:
            forked = process.start(place, {"text": text, "arguments": []}, output=file.fileno())
        assert wait(lambda: output.read_bytes() == b"runs\n")  # noqa: B023
        assert forked.poll() is None
        forked.kill() if end == "supervisor" else process.close()
        assert wait(lambda: forked.poll() is not None)  # noqa: B023
    with pytest.raises(GraderFault, match="has ended"):
        process.start(box(), {"text": text, "arguments": []})


KEPT = """
import sys, tempfile
from pathlib import Path
from autograder.sandbox.box import Box, scratch_folder
from autograder.sandbox.warm_process import WarmProcess
from tests.support.boxes import ISOLATION
tempfile.tempdir = sys.argv[1]
with scratch_folder() as folder:
    kept = WarmProcess(Box(folder, ISOLATION), "import json")
print(kept.is_alive(), kept._process.pid, len(list(Path(sys.argv[1]).iterdir())), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["", "kill"])
def test_a_warm_process_ends_with_who_keeps_it_and_leaves_nothing(end):
    """At the end of a watch, say. What a killed one left, the next run removes."""
    with tempfile.TemporaryDirectory(prefix="place-", dir="/tmp") as place:
        command = [sys.executable, "-c", KEPT, place]
        with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=settings.root()) as keeper:
            alive, pid, folders = keeper.stdout.readline().split()
            assert (alive, folders) == ("True", "1")
            keeper.kill() if end else keeper.stdin.close()
            keeper.wait(20)
        assert wait(lambda: not Path("/proc", pid, "exe").exists())
        if end:
            assert len(tempdirs.sweep(place)) == 1
        assert list(Path(place).iterdir()) == []


def test_no_warm_process_where_nothing_isolates(tmp_path):
    from autograder.sandbox.isolation import NONE

    assert not can_be_warm(Box(tmp_path, NONE))

"""What honest notebooks do at their top: it fails at once in the sandbox, and what else stands in the cell is there all the same."""

from __future__ import annotations

import dataclasses
import json
import sys
import time

import nbformat
import pytest

from autograder import settings
from autograder.kernel.agent_program import agent_text
from autograder.kernel.runner import NotebookRun
from autograder.sandbox import backend
from autograder.sandbox.box import Box, environment_in
from autograder.settings import MIB

ISOLATION, FAILURES = backend.proven()
pytestmark = pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox holds on this machine: {FAILURES}")
OWN = {"course": {"from": "student"}}
ANSWER = {"nbgrader": {"solution": True, "grade": False, "grade_id": "half", "locked": False}}


@pytest.fixture
def run(tmp_path):
    """Runs cells of a student's; returns the run, its cells, and the seconds that each took."""
    runs = []

    def start(*sources: str, about: dict = OWN, **limits) -> tuple[NotebookRun, list, list[float]]:
        cells = [nbformat.v4.new_code_cell(source.strip("\n"), metadata=about) for source in sources]
        folder = tmp_path / str(len(runs))
        folder.mkdir()
        notebook = nbformat.v4.new_notebook(cells=cells)
        runs.append(NotebookRun(notebook, folder, dataclasses.replace(settings.limits(), **limits)).__enter__())
        seconds = []
        for index in range(len(cells)):
            began = time.monotonic()
            runs[-1].advance_to(index)
            seconds.append(time.monotonic() - began)
        return runs[-1], cells, seconds

    yield start
    for each in runs:
        each.__exit__()


def text_of(cell) -> str:
    return "".join(output.get("text") or output.get("evalue") or "" for output in cell.outputs)


# What wants a network, another machine's tools, or somebody who answers.
AT_THE_TOP = [
    "!pip install -q numpy",
    "!pip install -q no-such-package-at-all",
    "!pip install -q -U pip setuptools wheel",
    "!pip install -r requirements.txt",
    "!pip install -q git+https://github.com/example/example.git",
    "!pip install -q https://example.org/a-1.0-py3-none-any.whl",
    "!pip3 download pandas",
    "!python -m pip install --index-url https://example.org/simple pandas",
    "%pip install pandas",
    "!apt-get -qq update",
    "!apt-get install -y -qq graphviz",
    "!apt install graphviz",
    "!sudo apt-get install graphviz",
    "!conda install -y pandas",
    "!mamba install -y pandas",
    "%conda install pandas",
    "!git clone https://github.com/example/example.git",
    "!git clone git@github.com:example/example.git",
    "!wget https://example.org/photo.png",
    "!curl -O https://example.org/photo.png",
    "!curl -m 20 http://10.0.0.1/photo.png",
    "!ping -c 1 example.org",
    "!nvidia-smi",
    "!kaggle datasets download -d a/b",
    "!gdown 1abc",
    "!uv pip install pandas",
    "import urllib.request; urllib.request.urlretrieve('https://example.org/photo.png', 'photo.png')",
    "import requests; requests.get('https://example.org/photo.png')",
    "import socket; socket.create_connection(('10.1.2.3', 80), timeout=20)",
    "import socket; socket.getaddrinfo('example.org', 443)",
    "from skimage import io; io.imread('https://example.org/photo.png')",
    "from google.colab import drive; drive.mount('/content/drive')",
    "from google.colab import files; files.upload()",
    "from google.colab.patches import cv2_imshow",
    "import kaggle",
    "import cv2",
    "from kaggle_secrets import UserSecretsClient",
    "input('Your name? ')",
    "import getpass; getpass.getpass()",
    "%tensorflow_version 2.x",
    "%matplotlib notebook",
    "%cd /content/drive/MyDrive",
    "%load_ext tensorboard",
    "%env KERAS_BACKEND",
]


def test_what_is_done_at_the_top_of_a_notebook_ends_at_once(run):
    """Each within a few seconds on a busy machine, where pip alone would try for a minute; and the import below it is there."""
    cells = [f"{line}\nimport this_is_not_there_{n} as gone\n" if n % 2 else line for n, line in enumerate(AT_THE_TOP)]
    cells = [f"{source}\nimport math as m{n}, string as s{n}" for n, source in enumerate(cells)]
    made, cells, seconds = run(*cells, notebook=900)
    slow = {line: took for line, took in zip(AT_THE_TOP, seconds, strict=True) if took > 8}
    assert not slow
    assert made.cell_errors == {}
    there = json.loads(made.session.request(_names_there(), 10))
    assert [n for n in range(len(cells)) if not {f"m{n}", f"s{n}"} <= set(there)] == []


def _names_there() -> str:
    return f"(lambda ns: (__import__('builtins').exec({agent_text()!r}, ns), ns['Reply'](__import__('json').dumps([n for n in get_ipython().user_ns if n[0] in 'ms'])))[1])({{'__name__': 'agent'}})"


def test_pip_says_at_once_that_a_package_of_the_lesson_is_there(run):
    _, (cell,), _ = run("!pip install numpy scikit-image matplotlib tensorflow")
    assert "already satisfied" in text_of(cell) and "ERROR" not in text_of(cell)


CELL = """
{fails}
import math as maths, os.path
from statistics import mean as average, median
try:
    import cv2
except ImportError:
    cv2 = None
def twice(x, by={by}):
    return by * x
class Pair:
    one, two = 1, 2
async def later(): pass
SIZE, NAME = 3, "photo"
grid = np.arange(3)
kept = "new"
grid.sort(); print("not run")
"""
FIRST = "import numpy as np\nkept = 'old'"
EVER = {"maths", "os", "average", "median", "cv2", "twice", "Pair", "later", "SIZE", "NAME"}


@pytest.mark.parametrize(
    ("fails", "also"),
    [
        ("from google.colab import drive", {"grid"}),
        ("1 / 0", {"grid"}),
        ("raise KeyboardInterrupt", {"grid"}),
        ("while True: pass", set()),
        ("import os; os._exit(1)", set()),
        ("held = [bytearray(1 << 20) for _ in range(10_000)]", set()),
        ("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {2})\nwhile True: pass", set()),
    ],
)
def test_a_cell_that_fails_or_is_cut_keeps_its_imports_and_definitions(run, fails, also):
    _, (_, cell, after), _ = run(
        FIRST, CELL.format(fails=fails, by=2), "print(twice(4), Pair.two, maths.floor(1.5), kept)", cell=3.0, interrupt=2.0, memory=700 * MIB,
    )  # fmt: skip
    assert text_of(after) == "8 2 1 old\n", text_of(after)
    note = text_of(cell).partition("[This cell did not come to its end.")[2]
    named = set(note.partition("all the same: ")[2].rstrip("\n.]").split(", "))
    assert EVER - {"os"} <= named and also <= named and "kept" not in named
    assert "not run" not in text_of(cell)


def test_after_a_restart_the_rest_is_there_as_before(run):
    """A later cell ends the kernel: what an earlier one gave in part is given again."""
    _, cells, _ = run(
        FIRST, CELL.format(fails="import google.colab", by=2), "import os; os._exit(1)", "print(twice(4), SIZE, grid)"
    )
    assert text_of(cells[3]) == "8 3 [0 1 2]\n"


@pytest.mark.parametrize(
    "below",
    [
        "class Ends:\n    import os; os._exit(1)",
        "def ends(x=__import__('os')._exit(1)): pass",
        "class Never:\n    import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {2, 14})\n    while True: pass",
    ],
)
def test_a_rest_that_ends_the_kernel_costs_itself_alone(run, below):
    _, cells, _ = run(
        FIRST, f"import math\n1 / 0\n{below}\n", "print(np.arange(2), math.pi > 3)", question=3.0, interrupt=1.0
    )
    assert text_of(cells[2]) == "[0 1] True\n"


def test_a_rest_that_takes_long_is_left(run):
    began = time.monotonic()
    _, cells, _ = run("1 / 0\nclass Slow:\n    import time; time.sleep(50)\nimport math\n", "print(math.pi > 3)")
    assert text_of(cells[1]) == "True\n"
    assert time.monotonic() - began < 20


def test_a_name_that_is_there_is_left_as_it_is(run):
    """Below a stop on purpose often stands what was tried and did not work."""
    _, cells, _ = run("def half(x): return x / 2\nfrom math import floor", "raise SystemExit\ndef half(x): return 0\nfrom os.path import *\nfrom math import ceil as floor", "print(half(4), floor(1.5))")  # fmt: skip
    assert text_of(cells[2]) == "2.0 1\n"


def test_an_answer_is_what_came_of_it_but_for_an_import_that_only_colab_has(run):
    _, cells, _ = run("1 / 0\ndef half(x): return x / 2", "from google.colab import files\ndef third(x): return x / 3", about=ANSWER)  # fmt: skip
    assert "all the same" not in text_of(cells[0])
    assert "all the same: third" in text_of(cells[1])


# -- the same for everybody ---------------------------------------------------------------------------------------------

# Of the grader's environment: what a student's program must not notice.
SETTINGS = {
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "de_DE.ISO-8859-1",
    "LC_NUMERIC": "de_DE.UTF-8",
    "TZ": "Asia/Kathmandu",
    "PYTHONUTF8": "0",
    "PYTHONIOENCODING": "latin-1",
    "PYTHONHASHSEED": "7",
    "PYTHONPATH": "/tmp",
    "PYTHONSTARTUP": "/tmp/x.py",
    "PYTHONOPTIMIZE": "2",
    "PIP_INDEX_URL": "https://example.org/simple",
    "PIP_NO_INDEX": "0",
    "PIP_RETRIES": "9",
    "HTTPS_PROXY": "http://proxy.example.org:1",
    "KERAS_BACKEND": "jax",
    "MPLBACKEND": "tkagg",
    "OMP_NUM_THREADS": "2; rm -rf /",
    "OPENBLAS_NUM_THREADS": "two",
    "MKL_DEBUG": "/tmp/log",
    "TF_NUM_INTRAOP_THREADS": "-1",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
    "LD_PRELOAD": "",
    "AUTOGRADER_SECRET_FILE": "/tmp/secret",
}
PASSED = {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "2", "MKL_NUM_THREADS": "1", "TF_NUM_INTEROP_THREADS": "4"}


def test_a_program_in_the_sandbox_does_not_notice_the_graders_settings(tmp_path, monkeypatch):
    for name in {*SETTINGS, *PASSED}:
        monkeypatch.delenv(name, raising=False)
    before = environment_in(tmp_path, pictures=False)
    assert (before["LANG"], before["LC_ALL"], before["TZ"], before["PYTHONUTF8"]) == ("C.UTF-8", "C.UTF-8", "UTC", "1")
    assert (before["PIP_NO_INDEX"], before["PIP_RETRIES"], before["PIP_NO_INPUT"], before["PIP_DISABLE_PIP_VERSION_CHECK"]) == ("1", "0", "1", "1")  # fmt: skip
    for name, value in SETTINGS.items():
        if not name.startswith("AUTOGRADER"):
            monkeypatch.setenv(name, value)
    assert environment_in(tmp_path, pictures=False) == before
    for name, value in PASSED.items():
        monkeypatch.setenv(name, value)
    assert environment_in(tmp_path, pictures=False) == before | PASSED


def test_numbers_times_and_letters_are_the_same_everywhere(tmp_path, monkeypatch):
    for name in ("LANG", "LC_ALL", "TZ"):
        monkeypatch.setenv(name, SETTINGS[name])
    program = (
        "import datetime, locale, os, sys, time\n"
        "locale.setlocale(locale.LC_ALL, '')\n"
        "print(locale.getlocale(), f'{1.5:n}', time.tzname, datetime.datetime.fromtimestamp(0).hour, sys.stdout.encoding, sys.getfilesystemencoding())\n"
        "open('é', 'w').write('ü'); print(os.listdir('.')[-1:] and os.path.getsize('é'))"
    )
    printed = Box(tmp_path, ISOLATION).run([sys.executable, "-c", program], 20).decode()
    assert printed == "('en_US', 'UTF-8') 1.5 ('UTC', 'UTC') 0 utf-8 utf-8\n2\n" or printed.startswith("('C', 'UTF-8') 1.5 ('UTC', 'UTC') 0 utf-8 utf-8\n2")  # fmt: skip

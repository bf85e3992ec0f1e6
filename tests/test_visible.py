"""What a sandbox shows, in every way of installing the course: Python and the lesson's packages, and nothing with answers in it."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
import zlib
from pathlib import Path

import pytest

from autograder.course import catalog
from autograder.course.markers import SENTINEL
from autograder.errors import CourseError
from autograder.sandbox import backend, hidden, packages, probe, proof, visible
from autograder.sandbox.box import Box
from autograder.settings import Limits, read_limits, read_packages

ISOLATION, FAILURES = backend.proven()
needs_isolation = pytest.mark.skipif(ISOLATION is None, reason=f"no sandbox holds on this machine: {FAILURES}")
HERE = catalog.PACKAGE.parent
SITE = Path(sys.prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
TEXT = f"x = 1\n# {SENTINEL}\n"


# -- the search -------------------------------------------------------------------------------------------------------


def zipped(name: str = "solutions/01.py", text: str | bytes = TEXT) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("first.txt", "nothing")
        archive.writestr(name, text)
    return packed.getvalue()


def tarred(name: str, text: bytes, mode: str = "w:gz") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        member = tarfile.TarInfo(name)
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return packed.getvalue()


def compiled(folder: Path) -> bytes:
    import py_compile

    (folder / "source.py").write_text(f'SENTINEL = "{SENTINEL}"\n')
    made = py_compile.compile(str(folder / "source.py"), str(folder / "made.pyc"), optimize=2)
    (folder / "source.py").unlink()
    data = Path(made).read_bytes()
    Path(made).unlink()
    return data


# By the name of the file: what lies in it.
CARRIERS = {
    "plain.py": lambda _: TEXT.encode(),
    "notebook.ipynb": lambda _: json.dumps({"metadata": {"course": {"holds": SENTINEL}}}).encode(),
    "at-the-edge-of-a-block": lambda _: b"x" * (probe.BLOCK - 9) + TEXT.encode(),
    "behind-a-hole": lambda _: b"",  # written below
    "__pycache__/test_01.cpython-311.pyc": compiled,
    "course-0.1-py3-none-any.whl": lambda _: zipped(),
    "course.zip": lambda _: zipped(),
    "zip-without-a-name-that-says-so": lambda _: zipped(),
    "http-cache-entry": lambda _: b"cc=4,\x83\xa8response" + zipped() + b"\xa7headers" * 20,
    "wheel-in-a-zip.zip": lambda _: zipped("course.whl", zipped()),
    "course.tar": lambda _: tarred("course/01.py", TEXT.encode(), "w:"),
    "course.tar.gz": lambda _: tarred("course/01.py", TEXT.encode()),
    "course.tar.xz": lambda _: tarred("course/01.py", TEXT.encode(), "w:xz"),
    "wheel-in-a-tar.tgz": lambda _: tarred("course.whl", zipped()),
    "wheel-in-a-plain-tar.tar": lambda _: tarred("course.whl", zipped(), "w:"),
    "one.gz": lambda _: gzip.compress(TEXT.encode()),
    "one.bz2": lambda _: bz2.compress(TEXT.encode()),
    "one.xz": lambda _: lzma.compress(TEXT.encode()),
    "cut-short.gz": lambda _: gzip.compress(TEXT.encode() + os.urandom(200_000))[:-1000],
    "ab/cdef0123": lambda _: zlib.compress(b"blob 99\0" + TEXT.encode()),  # as git keeps an object
    "self-extracting.pyz": lambda _: b"#!/usr/bin/env python3\n" + zipped(),
}


@pytest.mark.parametrize("name", CARRIERS)
def test_the_search_finds_the_sentinel_however_it_is_packed(name, tmp_path):
    path = tmp_path / "top" / name
    path.parent.mkdir(parents=True)
    (tmp_path / "top" / "another.py").write_text("nothing to see\n" * 1000)
    if name.startswith("behind"):
        with open(path, "wb") as file:
            file.seek(1 << 28)
            file.write(TEXT.encode())
    else:
        path.write_bytes(CARRIERS[name](tmp_path))
    assert probe.carriers(SENTINEL, str(tmp_path / "top")) == [(str(path), "answers or checks")]


def test_the_search_passes_over_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "nowhere").symlink_to("/not/there")
    (tmp_path / "broken.zip").write_bytes(zipped("a", "b")[:-30] + b"PK\5\6")
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b nothing")
    (tmp_path / "broken.tar").write_bytes(b"x" * 257 + b"ustar" + b"y" * 5000)
    (tmp_path / "empty").touch()
    assert probe.carriers(SENTINEL, str(tmp_path)) == []


@pytest.mark.parametrize("kind", ["a clone", "a bare one", "a work tree"])
def test_a_git_repository_is_found_whatever_is_in_it(kind, tmp_path):
    if kind == "a work tree":
        (tmp_path / ".git").write_text("gitdir: /elsewhere\n")
    else:
        subprocess.run(["git", "init", "-q", *(["--bare"] if kind == "a bare one" else []), tmp_path], check=True)
    assert (str(tmp_path), "a git repository") in probe.carriers(SENTINEL, str(tmp_path))


# -- in this environment ----------------------------------------------------------------------------------------------


def test_the_grader_and_its_tools_are_not_shown():
    shown = {name.split(" ")[0] for name in visible.visible().distributions}
    assert {"numpy", "scikit-image", "matplotlib", "ipykernel", "h5py", "pillow", "pip"} <= shown
    assert not shown & {"autograder", "nbgrader", "pytest", "hypothesis", "jupytext", "nbconvert", "jupyterlab"}
    for path in visible.visible().paths:
        assert not path.endswith(("/site-packages", "/dist-packages", "/share", "/usr/lib", "/usr/local/lib")), path


@needs_isolation
def test_what_python_and_a_lesson_need_is_there(tmp_path):
    program = (
        "import ctypes, curses, decimal, encodings.idna, locale, multiprocessing, readline, sqlite3, ssl, sysconfig, time, zoneinfo\n"
        "import IPython, PIL.Image, h5py, ipykernel_launcher, matplotlib.pyplot, numpy, pkg_resources, requests, scipy.ndimage, skimage.data\n"
        "from google.protobuf import message\n"
        "import mpl_toolkits.mplot3d, skimage.color, tensorflow\n"
        "print(skimage.data.astronaut().shape, zoneinfo.ZoneInfo('Europe/Berlin'), sysconfig.get_config_var('EXT_SUFFIX') != '')\n"
        "print(time.tzname[0], locale.getpreferredencoding(), 'é'.encode())"
    )
    printed = Box(tmp_path, ISOLATION).run([sys.executable, "-W", "ignore", "-c", program], 60).decode()
    assert printed == "(512, 512, 3) Europe/Berlin True\nUTC utf-8 b'\\xc3\\xa9'\n"


@needs_isolation
def test_a_namespace_folder_that_others_share_shows_only_what_belongs_to_a_shown_package(tmp_path):
    for name, top in (("part-one", "shared/one"), ("part-two", "shared/two")):
        make_distribution(tmp_path, name, {f"{top}/__init__.py": "", f"{top}/deep/more.py": "x = 1"})
    find = packages.metadata.Distribution.discover
    (one,) = find(name="part-one", path=[str(tmp_path)])
    shown = set(packages.entries(one, str(tmp_path)))
    assert shown == {str(tmp_path / "shared" / "one"), str(tmp_path / "part_one-1.0.dist-info")}


def test_a_distribution_without_a_record_is_shown_by_its_modules(tmp_path):
    """As Debian installs Pillow, and as an old conda package is."""
    (tmp_path / "PIL").mkdir()
    (tmp_path / "six.py").touch()
    (tmp_path / "_ext.cpython-311-x86_64-linux-gnu.so").touch()
    (tmp_path / "other.py").touch()
    for name, top in (("Pillow-9.4", ""), ("six-1.16", "six\n_ext\n")):
        (tmp_path / f"{name}.egg-info").mkdir()
        about = f"Metadata-Version: 2.1\nName: {name.partition('-')[0]}\nVersion: 1\n"
        (tmp_path / f"{name}.egg-info" / "PKG-INFO").write_text(about)
        if top:
            (tmp_path / f"{name}.egg-info" / "top_level.txt").write_text(top)
    find = packages.metadata.Distribution.discover
    shown = {
        Path(path).name
        for name in ("pillow", "six")
        for distribution in find(name=name, path=[str(tmp_path)])
        for path in packages.entries(distribution, str(tmp_path))
    }
    assert shown == {
        "PIL",
        "Pillow-9.4.egg-info",
        "six.py",
        "_ext.cpython-311-x86_64-linux-gnu.so",
        "six-1.16.egg-info",
    }


def make_distribution(site: Path, name: str, files: dict[str, str], requires: tuple[str, ...] = ()) -> None:
    """Install a distribution of these files, with its record."""
    about = f"{name.replace('-', '_')}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + "".join(
        f"Requires-Dist: {r}\n" for r in requires
    )
    files = {**files, f"{about}/METADATA": metadata, f"{about}/RECORD": ""}
    files[f"{about}/RECORD"] = "".join(f"{path},,\n" for path in files)
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, "utf-8")


# -- packages that a course names ---------------------------------------------------------------------------------------


def test_a_course_names_more_packages_beside_its_limits(tmp_path, monkeypatch):
    path = tmp_path / "limits.toml"
    path.write_text('cell = 90\npackages = ["helper[more]"]\n')
    assert read_limits(path).cell == 90 and read_packages(path) == ("helper[more]",)
    site = tmp_path / "site"
    make_distribution(site, "helper", {"helper/__init__.py": "x = 7"}, ('lazy-extra; extra == "more"', "not-there"))
    make_distribution(site, "lazy-extra", {"lazy_extra.py": "y = 8"})
    make_distribution(site, "stranger", {"stranger.py": "z = 9"})
    monkeypatch.syspath_prepend(str(site))
    shown = visible.shown_with(("helper[more]",))
    assert shown.search == (str(site),)
    mine = {Path(path).name for path in shown.paths if path.startswith(str(site))}
    assert mine == {"helper", "helper-1.0.dist-info", "lazy_extra.py", "lazy_extra-1.0.dist-info"}


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ('"pandas"', "packages must be a list of names"),
        ("[1]", "packages must be a list of names"),
        ('["no-such-package-anywhere"]', r"limits\.toml: .*not installed.*pip install no-such-package"),
        ('["autograder"]', "belongs to the grader"),
        ('["PyTest"]', "belongs to the grader"),
        ('["a b"]', "not the name of a package"),
        ('["edited"]', "editable mode.*install it whole"),
    ],
)
def test_a_package_that_cannot_be_shown_is_an_error_that_says_the_cure(tmp_path, monkeypatch, named, says):
    make_distribution(tmp_path / "site", "edited", {"edited.pth": "/somewhere"})
    about = tmp_path / "site" / "edited-1.0.dist-info"
    (about / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}')
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    (tmp_path / "limits.toml").write_text(f"packages = {named}\n")
    assert read_limits(tmp_path / "limits.toml") == Limits()
    with pytest.raises(CourseError, match=says):
        visible.shown_with(read_packages(tmp_path / "limits.toml"))


# -- the course where it should not be -----------------------------------------------------------------------------------


@needs_isolation
def test_a_sandbox_that_shows_answers_does_not_hold(tmp_path, monkeypatch):
    """A package of the lesson in which somebody left a copy of the course: the file and the cure are named."""
    site = tmp_path / "site"
    make_distribution(site, "helper", {"helper/__init__.py": "x = 7"})
    shutil.copytree(HERE / "solutions", site / "helper" / "solutions")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(packages, "NETWORKS", ())
    shown = visible.shown_with.__wrapped__(("helper",))
    monkeypatch.setattr(visible, "visible", lambda: shown)
    found = proof.breaches(ISOLATION)
    assert any(str(site / "helper" / "solutions") in phrase and "Delete it" in phrase for phrase in found), found
    assert not (tmp_path / "cache").exists()
    shutil.rmtree(site / "helper" / "solutions")
    subprocess.run(["git", "init", "-q", site / "helper"], check=True)
    assert "a git repository" in " ".join(proof.shown_answers(ISOLATION))
    shutil.rmtree(site / "helper" / ".git")
    assert proof.breaches(ISOLATION) == []


@needs_isolation
def test_the_search_is_done_again_when_something_that_is_shown_has_changed(tmp_path, monkeypatch):
    site = tmp_path / "site"
    make_distribution(site, "helper", {"helper/__init__.py": "x = 7", "helper/deep/er/data.txt": "1"})
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    few = visible.Visible((*visible._python(), str(site / "helper")), (), ())
    monkeypatch.setattr(visible, "visible", lambda: few)
    searches = []
    monkeypatch.setattr(proof, "_probed", lambda *_: searches.append(1) or [])
    for change in (
        lambda: None,
        lambda: (site / "helper" / "deep" / "er" / "answers.py").write_text(TEXT),
        lambda: (site / "helper" / "deep" / "er" / "data.txt").rename(site / "helper" / "deep" / "er" / "date.txt"),
        lambda: (site / "helper" / "deep" / "folder").mkdir(),
        lambda: monkeypatch.setattr(hidden, "OFTEN_PRIVATE", (site / "helper" / "deep",)),
        lambda: monkeypatch.setattr(proof, "SENTINEL", "another"),
    ):
        time.sleep(0.02)
        change()
        assert proof.shown_answers(ISOLATION) == []
        before = len(searches)
        assert proof.shown_answers(ISOLATION) == []
        assert len(searches) == before, "searched twice"
    assert len(searches) == 6


@needs_isolation
@pytest.mark.parametrize("kept", ["not JSON", "[1, 2]", "{}", None])
def test_what_was_remembered_may_be_damaged_or_impossible_to_write(tmp_path, monkeypatch, kept):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if kept is None:
        (tmp_path / "cache").write_text("a file in place of the folder")
    else:
        (tmp_path / "cache" / "autograder").mkdir(parents=True)
        (tmp_path / "cache" / "autograder" / "searched.json").write_text(kept)
    searches = []
    monkeypatch.setattr(proof, "_probed", lambda *_: searches.append(1) or [])
    assert proof.shown_answers(ISOLATION) == proof.shown_answers(ISOLATION) == []
    assert len(searches) == (2 if kept is None else 1)


@needs_isolation
@pytest.mark.slow
def test_every_byte_that_is_shown_is_without_answers():
    assert proof.shown_answers(ISOLATION, again=True) == []


# -- in every way of installing ----------------------------------------------------------------------------------------

# Runs under the Python of an environment: proves the sandbox and tells what a program in it sees of some paths.
LOOK = """
import json, sys
from autograder.sandbox import packages, visible
packages.NETWORKS = ()  # they take two seconds to search
from autograder.course import catalog
from autograder.sandbox import backend
from autograder.sandbox.box import Box, scratch_folder
isolation, failures = backend.proven()
said = {"failures": failures, "package": str(catalog.PACKAGE), "user": bool(isolation and isolation.user_namespace), "search": visible.visible().search}
if isolation:
    with scratch_folder() as folder:
        box = Box(folder, isolation)
        said |= json.loads(box.run([sys.executable, "-W", "ignore", "-c", sys.argv[1], sys.argv[2]], 60))
print(json.dumps(said))
"""
INSIDE = """
import importlib, json, os, subprocess, sys
def comes(name):
    try: return bool(importlib.import_module(name))
    except ImportError: return False
wanted = ["numpy", "skimage.color", "matplotlib.pyplot", "PIL.Image", "h5py", "ipykernel_launcher", "pip"]
print(json.dumps({
    "missing": [name for name in wanted if not comes(name)],
    "grader": [name for name in ("autograder", "nbgrader", "pytest", "_pytest") if comes(name)],
    "seen": [path for path in json.loads(sys.argv[1]) if os.path.lexists(path)],
    "prefix": sys.prefix, "path": sys.path,
}))
"""


def install_course(folder: Path) -> None:
    """What a wheel of the course unpacks, with its record."""
    wheel = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(HERE / "autograder", folder / "autograder", ignore=ignored, dirs_exist_ok=True)
    for source, target in wheel["force-include"].items():
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        if (HERE / source).is_dir():
            shutil.copytree(HERE / source, folder / target, ignore=ignored)
        else:
            shutil.copy(HERE / source, folder / target)
    files = {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in (folder / "autograder").rglob("*")
        if path.is_file()
    }
    make_distribution(folder, "autograder", files)


def plant(prefix: Path, site: Path) -> list[str]:
    """Copies of the course in all kinds of places of an environment; returns where."""
    answers = HERE / "solutions" / f"{catalog.lessons()[0].name}.py"
    checks = catalog.lessons()[0].checks
    planted = []

    def put(path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        planted.append(str(path))

    for folder in (
        prefix / "share" / "course",
        prefix / "etc",
        site / "course_copy",
        prefix / "src",
        prefix / "pkgs" / "course-1",
        site,
        prefix / "lib" / "course",
    ):
        put(folder / answers.name, answers.read_bytes())
        put(folder / "answers" / answers.name, catalog.lessons()[0].answers.read_bytes())
    put(
        prefix / "envs" / "other" / "lib" / "python3.11" / "site-packages" / "autograder" / "checks" / checks.name,
        checks.read_bytes(),
    )
    put(prefix / "conda-meta" / "history", TEXT.encode())
    put(prefix / "autograder-0.1.0-py3-none-any.whl", zipped())
    put(site / "course.zip", zipped())
    put(prefix / ".git" / "HEAD", b"ref: refs/heads/main\n")
    put(site / ".git" / "objects" / "ab" / "cd", zlib.compress(TEXT.encode()))
    put(site / "__pycache__" / "test_01_rgb_grids.cpython-311.pyc", compiled(prefix))
    put(site / "autograder.egg-link", str(HERE).encode())
    put(site / "_autograder_course.pth", str(HERE).encode())
    put(prefix / "bin" / "grade", TEXT.encode())
    return planted


def looked(
    python: str | Path, tmp_path: Path, planted: list[str], environment: dict[str, str] | None = None, **options
) -> dict:
    """What `LOOK` says under a Python, without any settings of this one's environment but those that are named."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "TMPDIR")}
    (tmp_path / "secret").write_text("5e" * 32)
    given = {**kept, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"), "AUTOGRADER_SECRET_FILE": str(tmp_path / "secret"), **(environment or {})}  # fmt: skip
    done = subprocess.run(
        [str(python), "-W", "ignore", "-c", LOOK, INSIDE, json.dumps(planted)],
        env=given, cwd=options.pop("cwd", "/"), capture_output=True, text=True, check=False, timeout=180, **options,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout)
    assert said["failures"] == {}, said
    assert (said["missing"], said["grader"], said["seen"]) == ([], [], []), said
    return said


@needs_isolation
def test_an_editable_install_shows_no_answers(tmp_path):
    planted = [
        str(HERE / "solutions"),
        str(HERE / ".git"),
        str(SITE / "autograder"),
        str(SITE / "_editable_impl_autograder.pth"),
        str(catalog.PACKAGE),
    ]
    said = looked(sys.executable, tmp_path, planted)
    assert said["package"] == str(catalog.PACKAGE)


@pytest.fixture
def venv(tmp_path) -> tuple[Path, Path]:
    """A virtual environment that finds this one's packages by a .pth file; its folder and its site-packages."""
    folder = tmp_path / "venv"
    subprocess.run([sys._base_executable, "-m", "venv", "--without-pip", folder], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "others.pth").write_text(f"{SITE}\n")
    return folder, site


@needs_isolation
def test_a_wheel_in_site_packages_shows_no_answers(tmp_path, venv):
    folder, site = venv
    install_course(site)
    said = looked(folder / "bin" / "python", tmp_path, [*plant(folder, site), str(site / "autograder")])
    assert said["package"] == str(site / "autograder")
    assert said["search"] == [str(SITE)]


@needs_isolation
def test_a_target_folder_shows_no_answers_and_its_packages_are_found(tmp_path):
    """`pip install --target`, with one of the lesson's packages in it as well."""
    target = tmp_path / "target"
    install_course(target)
    shutil.copytree(SITE / "cycler", target / "cycler")
    about = next(SITE.glob("cycler-*.dist-info"))
    shutil.copytree(about, target / about.name)
    planted = [*plant(target, target), str(target / "autograder"), str(SITE / "cycler")]
    said = looked(sys.executable, tmp_path, planted, {"PYTHONPATH": str(target)})
    assert said["package"] == str(target / "autograder")
    assert said["search"] == [str(target)]


@needs_isolation
def test_the_users_own_packages_show_no_answers(tmp_path):
    """`pip install --user`: the packages lie in the home folder, of which nothing else is seen."""
    home = tmp_path / "home"
    site = home / ".local" / SITE.relative_to(sys.prefix)
    site.mkdir(parents=True)
    install_course(site)
    (site / "others.pth").write_text(f"{SITE}\n")
    shutil.copytree(SITE / "cycler", site / "cycler")
    about = next(SITE.glob("cycler-*.dist-info"))
    shutil.copytree(about, site / about.name)
    (home / "course").symlink_to(HERE)
    planted = [*plant(home / ".local", site), str(site / "autograder"), str(home / "course")]
    said = looked(sys._base_executable, tmp_path, planted, {"HOME": str(home)})
    assert said["package"] == str(site / "autograder")
    assert str(site) in said["search"]


@needs_isolation
def test_a_prefix_as_conda_makes_it_shows_no_answers(tmp_path):
    """Python, its libraries and packages in one folder, with a folder of other environments and one of downloads in it."""
    prefix = tmp_path / "conda"
    base = Path(sys.base_prefix)
    library = f"lib/python{sys.version_info[0]}.{sys.version_info[1]}"
    (prefix / "bin").mkdir(parents=True)
    shutil.copy(os.path.realpath(sys.executable), prefix / "bin" / "python")
    left_out = shutil.ignore_patterns("site-packages", "test", "idlelib", "config-*")
    shutil.copytree(base / library, prefix / library, ignore=left_out, symlinks=True, copy_function=_linked)
    for path in (base / "lib").glob("*.so*"):
        shutil.copy(path, prefix / "lib" / path.name, follow_symlinks=False)
    site = prefix / library / "site-packages"
    site.mkdir()
    install_course(site)
    (site / "others.pth").write_text(f"{SITE}\n")
    planted = plant(prefix, site)
    for path in (
        prefix / library / "test_01_rgb_grids.py",
        prefix / library / "test" / "test_01.py",
        prefix / library / "__pycache__" / "test_01_rgb_grids.cpython-311.pyc",
    ):
        path.parent.mkdir(exist_ok=True)
        path.write_text(TEXT)
        planted.append(str(path))
    said = looked(prefix / "bin" / "python", tmp_path, planted, {"LD_LIBRARY_PATH": str(prefix / "lib")})
    assert (said["package"], said["prefix"]) == (str(site / "autograder"), str(prefix))


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _system_python() -> str | None:
    python = "/usr/bin/python3"
    with contextlib.suppress(OSError):
        text = "import sys; print(sys.prefix, *sys.version_info[:2])"
        done = subprocess.run([python, "-c", text], capture_output=True, text=True, check=False)
        if done.stdout.split() == ["/usr", *map(str, sys.version_info[:2])]:
            return python
    return None


SYSTEM = _system_python()
needs_system = pytest.mark.skipif(SYSTEM is None, reason="the system has no Python of this version")


@needs_isolation
@needs_system
def test_the_systems_python_shows_no_answers(tmp_path):
    """With the packages on PYTHONPATH; of the folders of the system's own packages only what a lesson needs is seen."""
    install_course(tmp_path / "more")
    here = [str(path) for path in Path("/usr/lib/python3/dist-packages").glob("apt*")] + [str(SITE / "nbgrader")]
    paths = f"{tmp_path / 'more'}:{SITE}"
    said = looked(SYSTEM, tmp_path, [*here, str(tmp_path / "more")], {"PYTHONPATH": paths})
    assert (said["prefix"], said["search"]) == ("/usr", [str(SITE)])


@needs_isolation
@needs_system
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_an_ordinary_user_with_user_namespaces_sees_no_answers(tmp_path):
    if subprocess.run([SYSTEM, "-c", f"import os; os.listdir({str(SITE)!r})"], user=65534, check=False).returncode:
        pytest.skip("another user may not read this environment")
    place = Path("/tmp") / f"visible-{os.getpid()}"
    try:
        install_course(place / "more")
        (place / "tmp").mkdir()
        (place / "secret").write_text("5e" * 32)
        for path in (place, *place.rglob("*")):
            os.chown(path, 65534, 65534)
        environment = {"PYTHONPATH": f"{place / 'more'}:{SITE}", "HOME": str(place), "XDG_CACHE_HOME": str(place), "TMPDIR": str(place / "tmp"), "AUTOGRADER_SECRET_FILE": str(place / "secret")}  # fmt: skip
        command = [SYSTEM, "-c", "import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))"]
        if subprocess.run(command, user=65534, capture_output=True, text=True, check=False).stdout != "0\n":
            pytest.skip("user namespaces are switched off here")
        said = looked(SYSTEM, tmp_path, [str(place / "more")], environment, user=65534, group=65534, extra_groups=[])
        assert said["user"] is True
    finally:
        shutil.rmtree(place)

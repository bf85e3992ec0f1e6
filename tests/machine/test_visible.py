"""What a sandbox shows: Python and the lesson's packages, and nothing with answers in it."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import shutil
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from autograder.course.markers import SENTINEL
from autograder.errors import CourseError
from autograder.sandbox import hidden, packages, probe, proof, visible
from autograder.sandbox.box import Box
from autograder.settings import Limits, read_limits, read_packages
from tests.support.boxes import ISOLATION, needs_isolation
from tests.support.installed import HERE, TEXT, compiled, make_distribution, tarred, zipped

# -- the search -------------------------------------------------------------------------------------------------------


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
    shown = visible.visible_with(("helper[more]",))
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
        visible.visible_with(read_packages(tmp_path / "limits.toml"))


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
    shown = visible.visible_with.__wrapped__(("helper",))
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

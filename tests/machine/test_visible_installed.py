"""What a sandbox shows in every way of installing the course: no answers, and all that a lesson needs."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zlib
from pathlib import Path

import pytest

from autograder.course import catalog
from tests.support.boxes import needs_isolation
from tests.support.installed import HERE, SITE, TEXT, compiled, make_distribution, zipped

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

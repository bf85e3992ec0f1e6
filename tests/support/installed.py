"""What an environment may hold of the course: archives, compiled files, and distributions with their records."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

from autograder.course import catalog
from autograder.course.markers import SENTINEL

HERE = catalog.PACKAGE.parent
SITE = Path(sys.prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
TEXT = f"x = 1\n# {SENTINEL}\n"


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


def unpacked_wheel(folder: Path) -> Path:
    """Build the course's wheel and unpack it into a folder of its own, as `pip install --target` does it."""
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--disable-pip-version-check", "-w", str(folder), str(HERE)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = folder.glob("autograder-*.whl")
    shutil.unpack_archive(wheel, folder / "site", "zip")
    return folder / "site"


def in_the_wheel(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run Python with the wheel before this clone on the path."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AUTOGRADER")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env={**kept, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip

"""Run each lesson with Colab's versions, from its single file in an empty folder: `make colab-test`.

The blank raises nothing but NotImplementedError. The solution runs clean; then its last cell, with its switch on, takes the course's package
from a zip, without internet and without installing anything, and gives full marks. Run by the Python of an environment of tests/colab/packages.txt.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
CONSTRAINTS = Path(__file__).with_name("constraints.txt")
SECONDS = 3600  # for a cell: a training, on a busy machine


def pip(*arguments: str) -> str:
    """Run pip, and return what it printed."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def installed() -> dict[str, str]:
    """List what is installed, by name."""
    lines = pip("freeze", "--all").splitlines()
    return {line.partition("==")[0].lower(): line.partition("==")[2] for line in lines if "==" in line}


def need_colabs_versions() -> None:
    """Stop if the environment has other versions than those of the file, up to the line from which on pip chose."""
    here = installed()
    for line in CONSTRAINTS.read_text("utf-8").split("# chosen by pip")[0].splitlines():
        name, _, version = line.partition("==")
        if version and here.get(name) != version:
            raise SystemExit(
                f"{name} is {here.get(name)} here, and {version} on Colab. Delete build/colab, and run `make colab-test` again."
            )
        if version:
            print(f"  {name} {version}")
    if "nbgrader" in here:
        raise SystemExit(
            "nbgrader is installed here, and is not on Colab. Delete build/colab, and run `make colab-test` again."
        )


def zip_of_the_course(path: Path) -> None:
    """Pack what git knows of this repository, in one folder, as GitHub does."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in filter(None, names.split("\0")):
            if (ROOT / name).is_file():
                packed.write(ROOT / name, f"colouring-main/{name}")


def run(notebook: nbformat.NotebookNode, folder: Path, *, errors: bool) -> None:
    """Run a notebook in a kernel of this environment."""
    NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        allow_errors=errors,
        resources={"metadata": {"path": str(folder)}},
    ).execute()


def blank(name: str) -> None:
    """Run the released lesson; SystemExit if it raises anything but NotImplementedError."""
    notebook = nbformat.read(ROOT / "lessons" / name / f"{name}.ipynb", as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        run(notebook, Path(folder), errors=True)
    raised = {
        (cell.id, output.ename)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    }
    if not raised or (wrong := {one for one in raised if one[1] != "NotImplementedError"}):
        raise SystemExit(
            f"{name}, blank: {sorted(wrong) if raised else 'nothing was raised, though nothing is answered'}"
        )


def solution(name: str) -> None:
    """Run the solution, and score it in its session, where pip finds nothing; SystemExit if anything is short of full marks."""
    os.environ["PIP_INDEX_URL"] = "http://127.0.0.1:9/"
    notebook = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    last = next(cell for cell in reversed(notebook.cells) if "score" in cell.metadata.get("tags", []))
    last.source = last.source.replace("SCORE_ME = False", "SCORE_ME = True")
    last.source = re.sub(r'^COURSE = "[^"]*"', 'COURSE = "course.zip"', last.source, flags=re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        zip_of_the_course(Path(folder, "course.zip"))
        run(notebook, Path(folder), errors=False)
    said = "".join(output.get("text", "") + output.get("data", {}).get("text/html", "") for output in last.outputs)
    if "All done: full marks" not in said:
        raise SystemExit(f"{name}, solution: no full marks. The last cell said: {said[-3000:]}")


def main(names: list[str]) -> None:
    """Run the lessons that are named, or all."""
    os.environ.pop("NBGRADER_EXECUTION", None)
    pip("uninstall", "--yes", "--quiet", "autograder")  # from an address, a learner's session installs it
    print(f"Python {sys.version.split()[0]}, and Colab's versions:")
    need_colabs_versions()
    for name in names or sorted(path.stem for path in (ROOT / "solutions").glob("[0-9]*.py")):
        for kind in (blank, solution):
            before, start = installed(), time.perf_counter()
            kind(name)
            after = installed()
            if after != before:
                raise SystemExit(
                    f"{name}, {kind.__name__}: packages were changed: {sorted(set(before.items()) ^ set(after.items()))}"
                )
            print(f"{name}, {kind.__name__}: as it should be ({time.perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

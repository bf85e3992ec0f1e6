"""What the build pastes into a lesson: the words of its visible checks, and the set-up that several lessons share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from autograder import calling, keras_errors, library_errors, red_checks, scoring, slips
from autograder.course.catalog import nbgrader_facts
from autograder.course.markers import HEADING, TITLE
from autograder.course.percent import read_script
from autograder.errors import CourseError

# The tag of the set-up cell into which the build pastes what the visible checks use, and the files that it pastes.
SLIPS = "slips"
PASTED = tuple(Path(module.__file__ or "") for module in (library_errors, slips, calling, red_checks, scoring))
# A further tag of that cell, and what the build pastes for it besides: the errors of networks.
KERAS = "keras"
PASTED_FOR_KERAS = Path(keras_errors.__file__ or "")
NAMES = ", ".join(path.name for path in PASTED)
SLIPS_HEAD = f"{TITLE}The words of the 🔎 checks below: run it; there is no need to read it"
SLIPS_GAP = "# `autograder build` pastes the words of the checks here."

IMPORT = re.compile(r"^(?:import|from) .*\n", re.MULTILINE)

# The tag of the cell in which a learner scores the session: the build writes it whole.
SCORE = "score"
SCORE_GAP = "# `autograder build` writes the cell that scores here."
SCORE_TEXT = """\
{title}Score yourself
SCORE_ME = False  # @param {{type: "boolean"}}
COURSE = "{repository}"  # @param {{type: "string"}}
score_me("{lesson}", SCORE_ME, COURSE)"""

# A line of a set-up cell in whose place the build pastes a fragment of the file of shared set-up.
GAP = re.compile(r"^# from solutions/shared\.py: (?P<name>\w+)$", re.MULTILINE)
GAP_LINE = "# from solutions/shared.py: {}"


def numbers_of(cells: list[NotebookNode]) -> dict[str, str]:
    """Read the number of each exercise from the text above its answer.

    Parameters
    ----------
    cells
        Of a script or of a notebook.

    Returns
    -------
    dict
        The number by the answer's name, such as ``{"mse": "3.8"}``.
    """
    found, number = {}, ""
    for cell in cells:
        facts = nbgrader_facts(cell)
        if cell.cell_type == "markdown" and (heading := HEADING.search(cell.source)):
            number = heading["number"]
        elif name := cell.metadata.get("answer") or (facts["grade_id"] if facts.get("solution") else ""):
            found[name] = number
    return found


def slips_text(numbers: dict[str, str], *, keras: bool = False) -> str:
    """Give the text of a lesson's cell with the tag "slips": PASTED without docstrings, each import once, and the exercises' numbers.

    keras: whether it has the tag KERAS as well.
    """
    paths = (*PASTED, PASTED_FOR_KERAS) if keras else PASTED
    texts = [path.read_text("utf-8").split('"""', 2)[2] for path in paths]
    imports = sorted({line for text in texts for line in IMPORT.findall(text) if "autograder" not in line})
    text = "\n\n\n".join(["".join(imports).strip(), *(IMPORT.sub("", text).strip() for text in texts)])
    known = ", ".join(f'"{name}": "{number}"' for name, number in numbers.items())
    first = "LIBRARY_ERRORS = (*KERAS_ERRORS, *LIBRARY_ERRORS)\n" if keras else ""
    return f"{SLIPS_HEAD}\n{text}\n\n\n{first}EXERCISES.update({{{known}}})\nsay_errors_in_sentences()"


def score_text(lesson: str, repository: str) -> str:
    """Give the text of a lesson's cell with the tag "score"; repository: where the course is on GitHub, or ""."""
    return SCORE_TEXT.format(title=TITLE, repository=repository, lesson=lesson)


def need_score(cell: NotebookNode, wanted: str, path: Path) -> None:
    """Raise CourseError if the cell that scores was edited in the notebook; wanted: its text."""
    if cell.source.strip() not in (SCORE_GAP, wanted):
        raise CourseError(
            f"{path}, cell {cell.get('id', '')}: the build writes this cell, the same in every lesson. Its text is in "
            "autograder/course/pasted.py, the course's address in pyproject.toml. Undo your edit here, and adopt again."
        )


def need_slips(notebook: NotebookNode, cell: NotebookNode, path: Path) -> None:
    """Raise CourseError if the cell that the build pasted was edited in the notebook."""
    keras = KERAS in cell.metadata.get("tags", [])
    if cell.source.strip() not in (SLIPS_GAP, slips_text(numbers_of(notebook.cells), keras=keras)):
        raise CourseError(
            f"{path}, cell {cell.get('id', '')}: this cell is pasted from the package's {NAMES} by the build. "
            "Take your edit there, undo it here, and adopt again."
        )


# -- the set-up that lessons share ------------------------------------------------------------------------------------


def shared_file(root: Path) -> Path:
    """Give the path of a course's shared set-up."""
    return root / "solutions" / "shared.py"


def read_shared(root: Path) -> dict[str, str]:
    """Read the fragments of a course's shared set-up.

    Parameters
    ----------
    root
        The course's folder. It need not have shared set-up.

    Returns
    -------
    dict
        The text of each fragment by its name.

    Raises
    ------
    CourseError
        Where two fragments have one name, or the file does not begin with the sentinel.
    """
    path = shared_file(root)
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    for cell in read_script(path).cells:
        if name := cell.metadata.get("shared"):
            if name in found:
                raise CourseError(f"{path}: there is a second fragment called {name}.")
            found[name] = cell.source.strip()
    return found


def fill(source: str, shared: Mapping[str, str], where: str) -> str:
    """Put the shared set-up into the text of a set-up cell, in the place of the lines that name it.

    Parameters
    ----------
    source
        The cell as it stands in the script.
    shared
        The fragments of the course.
    where
        The file and the cell, for messages.

    Raises
    ------
    CourseError
        Where a fragment is named that there is not.
    """

    def fragment(gap: re.Match) -> str:
        if gap["name"] not in shared:
            known = ", ".join(shared) or "none"
            raise CourseError(f"{where}: there is no {gap['name']!r} in solutions/shared.py. There is: {known}.")
        return shared[gap["name"]]

    return GAP.sub(fragment, source)


def empty(source: str, shared: Mapping[str, str]) -> str:
    """Take the shared set-up out of the text of a set-up cell again: the inverse of `fill`."""
    for name, text in sorted(shared.items(), key=lambda item: -len(item[1])):
        whole_lines = rf"^{re.escape(text)}$"
        # A name has no backslash, so that the line is taken as it is.
        source = re.sub(whole_lines, GAP_LINE.format(name), source, flags=re.MULTILINE)
    return source


def need_shared(script: str, edited: str, path: Path) -> None:
    """Raise CourseError if what the build pasted from the shared set-up was edited in a notebook.

    Parameters
    ----------
    script
        The lesson's script before.
    edited
        The script that the notebook would give.
    path
        The notebook's, for messages.
    """
    left = [gap["name"] for gap in GAP.finditer(edited)]
    for name in (gap["name"] for gap in GAP.finditer(script)):
        if name not in left:
            raise CourseError(
                f"{path}: `{name}` in a set-up cell is pasted from solutions/shared.py by the build, for every lesson "
                "that names it. Take your edit there, undo it here, and adopt again."
            )

"""Which cells of a lesson are folded away, and under what title: code that nobody has to read.

JupyterLab and Notebook 7 fold a cell by `jupyter.source_hidden` and show its first line; Colab by `cellView`, and shows the title
`# @title …` there. A front end that knows neither shows the cell as it is.
"""

from __future__ import annotations

import re
from collections import Counter

from nbformat import NotebookNode

from autograder.course.catalog import is_check, is_example, is_setup
from autograder.course.markers import NUMBER, TITLE

# Lines of code from which on an example that makes a picture is folded.
FIGURE_LINES = 12
FIGURE = re.compile(r"^\s*show\(", re.MULTILINE)
# The tag of an example that stays open however long it is: its reader reads it, or changes it.
OPEN = "open"
HEADING = re.compile(r"^#+ (?:Exercise )?(?P<text>.+)$", re.MULTILINE)
RUN_IT = "run it; there is no need to read it"
DEFINES = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
# So many names of a set-up cell stand in its title.
NAMES = 3
# What `fold` writes, now and before each cell had a title of its own.
WRITTEN = re.compile(rf"{TITLE}(?:Set-up|Picture|The code of the picture)\b.*{RUN_IT}\)?")
CHECK = re.compile(rf"^{TITLE}(?P<marker>\W+Check:.*?)(?: \({NUMBER.pattern}\))?$")


def fold(cells: list[NotebookNode]) -> None:
    """Fold the code cells that nobody has to read, each with a title of its own in its first line, unless its author wrote one."""
    for cell, title in zip(cells, _titles(cells), strict=True):
        if not is_folded(cell):
            continue
        cell.metadata["jupyter"] = {"source_hidden": True}
        cell.metadata["cellView"] = "form"
        if cell.source.startswith(TITLE):
            continue
        if is_check(cell):
            marker, _, rest = cell.source.removeprefix("# ").partition("\n")
            cell.source = f"{TITLE}{marker} ({title})\n{rest}" if title else f"{TITLE}{marker}\n{rest}"
        else:
            cell.source = f"{TITLE}{title} ({RUN_IT})\n{cell.source}"


def without_title(source: str) -> str:
    """Take the title away that `fold` wrote: its inverse. An author's own title stays."""
    first, end, rest = source.partition("\n")
    if WRITTEN.fullmatch(first):
        return rest
    return CHECK.sub(r"# \g<marker>", first) + end + rest


def _titles(cells: list[NotebookNode]) -> list[str]:
    """What sets each cell apart: of a check the exercise's number, of a set-up cell what it defines, of a picture the heading above it.

    Where two say the same, they have numbers.
    """
    heading, said = "", []
    setup = next((cell for cell in cells if is_setup(cell)), None)
    for cell in cells:
        if cell.cell_type == "markdown" and (found := list(HEADING.finditer(cell.source))):
            heading = found[-1]["text"].strip()
        if not is_folded(cell):
            said.append(("", ""))
        elif is_check(cell):
            number = NUMBER.search(cell.metadata.get("course", {}).get("exercise", ""))
            said.append(("", number[0] if number else ""))
        elif is_setup(cell):
            said.append(("Set-up", "the whole lesson" if cell is setup else _functions(cell.source) or heading))
        else:
            said.append(("Picture", heading))
    all_of, so_far = Counter(said), Counter[tuple[str, str]]()
    titles = []
    for kind, text in said:
        so_far[kind, text] += 1
        place = f" {so_far[kind, text]}" if all_of[kind, text] > 1 else ""
        titles.append(f"{kind}{place}: {text}" if kind else text)
    return titles


def _functions(source: str) -> str:
    made = DEFINES.findall(source)
    return ", ".join(made[:NAMES]) + (" and more" if len(made) > NAMES else "")


def is_folded(cell: NotebookNode) -> bool:
    """Tell whether the build folds a cell: set-up, visible checks, and the long code of a picture. An answer never."""
    if cell.cell_type != "code" or OPEN in cell.metadata.get("tags", []):
        return False
    return is_setup(cell) or is_check(cell) or (is_example(cell) and _is_long_figure(cell.source))


def _is_long_figure(source: str) -> bool:
    lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return len(lines) >= FIGURE_LINES and bool(FIGURE.search(source))

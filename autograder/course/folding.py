"""Which cells of a lesson are folded away, and under what title: code that nobody has to read.

JupyterLab and Notebook 7 fold a cell by `jupyter.source_hidden` and show its first line; Colab by `cellView`, and shows the title
`# @title …` there. A front end that knows neither shows the cell as it is.
"""

from __future__ import annotations

import re

from nbformat import NotebookNode

from autograder.course.catalog import is_check, is_example, is_setup
from autograder.course.markers import TITLE

# Lines of code from which on an example that makes a picture is folded.
FIGURE_LINES = 12
FIGURE = re.compile(r"^\s*show\(", re.MULTILINE)
# The tag of an example that stays open however long it is: its reader reads it, or changes it.
OPEN = "open"
SETUP_TITLE = f"{TITLE}Set-up: run it; there is no need to read it"
FIGURE_TITLE = f"{TITLE}The code of the picture below: run it; there is no need to read it"


def fold(cell: NotebookNode) -> None:
    """Fold a code cell that nobody has to read, and give it a title in its first line, unless its author did."""
    if not is_folded(cell):
        return
    cell.metadata["jupyter"] = {"source_hidden": True}
    cell.metadata["cellView"] = "form"
    if cell.source.startswith(TITLE):
        return
    if is_check(cell):
        cell.source = TITLE + cell.source.removeprefix("# ")
    else:
        cell.source = f"{SETUP_TITLE if is_setup(cell) else FIGURE_TITLE}\n{cell.source}"


def without_title(source: str) -> str:
    """Take the title away that `fold` wrote: its inverse. An author's own title stays."""
    first, _, rest = source.partition("\n")
    if first in (SETUP_TITLE, FIGURE_TITLE):
        return rest
    return re.sub(rf"^{re.escape(TITLE)}(?=\W+Check:)", "# ", source)


def is_folded(cell: NotebookNode) -> bool:
    """Tell whether the build folds a cell: set-up, visible checks, and the long code of a picture. An answer never."""
    if cell.cell_type != "code" or OPEN in cell.metadata.get("tags", []):
        return False
    return is_setup(cell) or is_check(cell) or (is_example(cell) and _is_long_figure(cell.source))


def _is_long_figure(source: str) -> bool:
    lines = [line for line in source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return len(lines) >= FIGURE_LINES and bool(FIGURE.search(source))

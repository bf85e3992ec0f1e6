"""Some other notebook under the lesson's name."""

import nbformat

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "Is it the right one?"}


def text(notebook_text):
    return nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")]))

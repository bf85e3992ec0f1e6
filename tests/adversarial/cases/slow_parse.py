"""Seven cells of a million characters with two answers in each, which take minutes to be parsed as Python."""

import nbformat

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "too long to be taken apart"}


def change(notebook):
    slow = "# Answer: half\nx = 1\n# Answer: mirror\n" + "();" * 330_000
    notebook.cells += [nbformat.v4.new_code_cell(slow) for _ in range(7)]

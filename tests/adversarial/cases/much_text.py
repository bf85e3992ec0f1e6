"""Thirty cells of a million characters each."""

import nbformat

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "more than 8 million"}


def change(notebook):
    notebook.cells += [nbformat.v4.new_code_cell("();" * 333_333) for _ in range(30)]

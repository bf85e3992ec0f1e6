"""The exercises in another order."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5, "repaired": "moved"}


def change(notebook):
    notebook.cells = notebook.cells[:2] + notebook.cells[5:] + notebook.cells[2:5]

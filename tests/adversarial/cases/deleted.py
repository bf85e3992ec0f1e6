"""The graded cells are gone; what is still there counts."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5, "repaired": "half"}


def change(notebook):
    notebook.cells = [cell for cell in notebook.cells if cell.get("id") not in ("half", "half_check", "mirror_check")]

"""The graded cells are empty, the checks say "5"."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0, "repaired": "check cell is not the one of this version"}


def change(notebook):
    for cell in notebook.cells:
        if cell.get("id") in ("half", "mirror"):
            cell["source"] = ""
        if "check" in cell.get("id", ""):
            cell["source"] = "5"

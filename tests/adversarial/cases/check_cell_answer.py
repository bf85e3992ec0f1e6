"""The answer is in the check cell; the course's own check is put back, and the stub stays."""

EXPECT = {"half": 0, "mirror": 5, "repaired": "check cell is not the one of this version"}
ANSWERS = {"half": None}


def change(notebook):
    next(c for c in notebook.cells if c.get("id") == "half_check")["source"] = "def half(grid): return grid / 2"

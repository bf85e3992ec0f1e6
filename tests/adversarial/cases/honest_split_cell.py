"""An answer split into two cells."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5, "repaired": "half: there were 2 cells"}


def change(notebook):
    at = next(i for i, cell in enumerate(notebook.cells) if cell.get("id") == "half")
    second = dict(notebook.cells[at], source="# ✏️ Answer: half\ndef half(grid):\n    return np.asarray(grid) / two")
    notebook.cells[at]["source"] = "# ✏️ Answer: half\ntwo = 2"
    notebook.cells.insert(at + 1, type(notebook.cells[at])(second))

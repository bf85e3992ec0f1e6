"""The ids of two answers are swapped in the metadata; the marker lines tell them apart."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def change(notebook):
    a, b = (next(c for c in notebook.cells if c.get("id") == name) for name in ("half", "mirror"))
    a["id"], b["id"] = b["id"], a["id"]
    a["metadata"]["nbgrader"]["grade_id"], b["metadata"]["nbgrader"]["grade_id"] = "mirror", "half"

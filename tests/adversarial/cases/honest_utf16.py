"""A right notebook that an editor saved as UTF-16: that is JSON as well."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def place(folder):
    path = folder / "01_halves.ipynb"
    path.write_text(path.read_text("utf-8"), "utf-16")

"""A right notebook under another name: graded, since it can be told what it is."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def place(folder):
    (folder / "01_halves.ipynb").rename(folder / "my homework (2).ipynb")

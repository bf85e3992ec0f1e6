"""Handed in as an archive."""

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "no notebook"}


def place(folder):
    (folder / "01_halves.ipynb").rename(folder / "01_halves.zip")

"""The notebook is a sparse file of 600 MB."""

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "larger than"}
STOCK = "not measured, for want of disk"


def place(folder):
    with open(folder / "01_halves.ipynb", "r+b") as file:
        file.truncate(600_000_000)

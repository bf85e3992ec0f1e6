"""A right notebook that a browser saved as .json."""

EXPECT = {
    "verdict": "GRADED",
    "half": 5,
    "mirror": 5,
    "repaired": "this notebook was graded in place of 01_halves.ipynb",
}


def place(folder):
    (folder / "01_halves.ipynb").rename(folder / "01_halves.json")

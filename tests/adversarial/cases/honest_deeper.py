"""A right notebook that lies one folder deeper, as some archives unpack."""

EXPECT = {
    "verdict": "GRADED",
    "half": 5,
    "mirror": 5,
    "repaired": "this notebook was graded in place of 01_halves.ipynb",
}


def place(folder):
    (folder / "my homework").mkdir()
    (folder / "01_halves.ipynb").rename(folder / "my homework" / "01_halves.ipynb")

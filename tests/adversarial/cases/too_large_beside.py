"""A picture of 40 MB beside the notebook."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5, "repaired": "larger than"}


def place(folder):
    with open(folder / "big.png", "wb") as file:
        file.truncate(40_000_000)

"""timestamp.txt is a sparse file of 600 MB."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
STOCK = "not measured, for want of disk"


def place(folder):
    with open(folder / "timestamp.txt", "wb") as file:
        file.truncate(600_000_000)

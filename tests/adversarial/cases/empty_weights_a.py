"""A right submission with an empty weights file, as a failed download leaves it."""

EXPECT = {"half": 5, "mirror": 5, "verdict": "GRADED"}


def place(folder):
    (folder / "alpha.weights.h5").write_bytes(b"")

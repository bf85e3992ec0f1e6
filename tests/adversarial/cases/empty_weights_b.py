"""Another one with an empty weights file: two empty files are not the same weights."""

EXPECT = {"half": 5, "mirror": 5, "verdict": "GRADED"}


def place(folder):
    (folder / "alpha.weights.h5").write_bytes(b"")

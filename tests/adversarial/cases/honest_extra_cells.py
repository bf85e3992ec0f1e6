"""Cells of the student's own: notes, a helper that an answer uses, a picture, an error that was left standing."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    "def times(grid, factor):\n    return np.asarray(grid) * factor",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "1 / 0",
]
ANSWERS = {"half": "def half(grid):\n    return times(grid, 0.5)"}

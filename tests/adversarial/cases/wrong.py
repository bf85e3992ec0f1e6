"""A wrong answer."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5, "says": "the values are others"}
ANSWERS = {"half": "def half(grid):\n    return np.asarray(grid) / 3"}

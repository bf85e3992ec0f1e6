"""A cell of the student's own that is longer than what is kept of one cell; an answer relies on its last line."""

EXPECT = {"half": 5, "mirror": 5}
EXTRA = ["photo = '" + "x" * 250_000 + "'\nTWO = 2"]
ANSWERS = {"half": "def half(grid):\n    return np.asarray(grid) / TWO"}

"""A cell of the student's own in the style of the course's checks; a later answer relies on it."""

EXPECT = {"half": 5, "mirror": 5}
EXTRA = ["# 🔎 Check: half with numbers of my own\nTWO = 2"]
ANSWERS = {"half": "def half(grid):\n    return np.asarray(grid) / TWO"}

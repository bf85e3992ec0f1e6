"""NaN and infinity."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0, "says": "finite"}
ANSWERS = {
    "half": "def half(grid): return np.full(np.shape(grid), np.nan)",
    "mirror": "def mirror(grid): return np.full(np.shape(grid), np.inf)",
}

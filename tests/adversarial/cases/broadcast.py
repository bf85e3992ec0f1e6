"""A (1, 1) grid, which would broadcast, and a number."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0, "says": "shape"}
ANSWERS = {
    "half": "def half(grid): return np.array([[np.mean(grid) / 2]])",
    "mirror": "def mirror(grid): return np.float64(5.0)",
}

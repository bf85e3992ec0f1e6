"""`__array__` gives other numbers each time it is asked."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
ANSWERS = {
    "half": "class Liar:\n    def __init__(self, g): self.g = g\n    def __array__(self, *a, **k): return np.random.rand(*self.g.shape)\nhalf = Liar"
}

"""Objects that equal everything, are larger and smaller than everything, and say that they are arrays."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
ANSWERS = {
    "half": """
class Yes:
    __class__ = np.ndarray
    def __eq__(self, other): return True
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __bool__(self): return True
    def __iter__(self): return iter([])
half = lambda grid: Yes()
""",
    "mirror": "class Grid(np.ndarray):\n    def __eq__(self, other): return np.ones(self.shape, bool)\nmirror = lambda grid: grid.view(Grid)",
}

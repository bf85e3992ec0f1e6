"""A whole number beyond 64 bits, and a truth value."""

EXPECT = {"half": 0, "mirror": 0, "verdict": "GRADED"}
ANSWERS = {"half": "def half(grid): return 10**30", "mirror": "def mirror(grid): return np.ones(grid.shape, bool)"}

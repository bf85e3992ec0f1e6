"""Never comes back when it is asked."""

EXPECT = {"verdict": "TIMEOUT", "half": 0, "mirror": 5, "says": "did not come back"}
ANSWERS = {"half": "def half(grid):\n    if grid.shape == (1, 2): return grid / 2\n    while True: pass"}

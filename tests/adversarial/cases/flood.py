"""Prints without end in a cell of its own; right answers still count."""

EXPECT = {"verdict": "RESOURCE", "half": 5, "mirror": 5, "reason": "cut off"}
EXTRA = ["for _ in range(20000): print('x' * 1000)"]

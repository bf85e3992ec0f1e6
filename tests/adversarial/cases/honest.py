"""Right answers."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}

"""The release, unchanged."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0, "says": "Not answered yet"}
ANSWERS = {"half": None, "mirror": None}

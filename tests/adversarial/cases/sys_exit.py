"""Ends the kernel politely, in a cell and in an answer."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
EXTRA = ["exit()", "import sys; sys.exit(0)"]
ANSWERS = {"half": "def half(grid):\n    raise SystemExit(0)"}

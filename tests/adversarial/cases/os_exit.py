"""Ends the kernel at once."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5, "says": "ended"}
ANSWERS = {"half": "import os\ndef half(grid):\n    os._exit(0)"}

"""Crashes the kernel from C."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5, "says": "ended"}
ANSWERS = {"half": "import ctypes\ndef half(grid):\n    ctypes.string_at(0)"}

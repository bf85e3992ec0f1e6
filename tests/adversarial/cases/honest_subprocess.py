"""Starts a program and a thread of its own, as an exercise for oneself."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    "import subprocess, threading\nsubprocess.run(['ls'], check=True)\nt = threading.Thread(target=print); t.start(); t.join()",
    "!echo hello",
]

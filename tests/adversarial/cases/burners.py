"""Processes of their own sessions and a thread that compute for as long as they are let, between cells and answers as well."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    """
import subprocess, sys, threading
for _ in range(4):
    subprocess.Popen([sys.executable, "-c", "while True: pass", "adversarial-survivor"], start_new_session=True)
threading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()
"""
]

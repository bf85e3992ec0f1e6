"""Kills everything that it may: the parent, its group, process 1, all."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {
    "half": """
import os, signal
def half(grid):
    for target in (os.getppid(), 1, 0, -1, *range(2, 40)):
        try: os.kill(target, signal.SIGKILL)
        except OSError: pass
    return grid
"""
}

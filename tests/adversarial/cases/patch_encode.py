"""Replaces the agent's own encoder, found in the frames above a call."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {
    "half": """
import sys
def half(grid):
    frame = sys._getframe()
    while frame:
        if "encode" in frame.f_globals:
            frame.f_globals["encode"] = lambda *a: ["str", "passed"]
        frame = frame.f_back
    return grid
"""
}

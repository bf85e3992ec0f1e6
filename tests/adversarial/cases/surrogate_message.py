"""An exception whose message and name hold half a character (a lone surrogate)."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
ANSWERS = {
    "half": "def half(grid):\n    if grid.shape != (1, 2): raise ValueError('half a character: \\ud83d')\n    return grid"
}

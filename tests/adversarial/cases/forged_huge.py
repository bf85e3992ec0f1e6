"""A reply that is far too large."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {"half": "def half(grid):\n    return 'x' * (1 << 30)"}

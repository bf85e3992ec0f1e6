"""An error of a million lines."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {"half": "def half(grid):\n    raise ValueError('x' * 10_000_000)"}

"""Null bytes, ANSI codes and other unprintables in what is returned and shown."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
EXTRA = ["print('\\x00\\x1b]0;title\\x07\\x1b[31mred\\u202e')"]
ANSWERS = {"half": "def half(grid):\n    return '\\x00\\x1b[2J\\u202e\\ud800'"}

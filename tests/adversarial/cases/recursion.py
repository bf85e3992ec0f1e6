"""Recursion without end, in an answer and in what it returns."""

EXPECT = {"half": 0, "mirror": 0}
ANSWERS = {
    "half": "import sys\nsys.setrecursionlimit(10**9)\ndef half(grid): return half(grid)",
    "mirror": "def mirror(grid):\n    x = ()\n    for _ in range(10**5): x = (x,)\n    return x",
}

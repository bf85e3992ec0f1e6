"""The marker line was pasted a second time, into the body of the function."""

EXPECT = {"half": 5, "mirror": 5}
ANSWERS = {"half": "def half(grid):\n# ✏️ Answer: half\n    return np.asarray(grid) / 2"}

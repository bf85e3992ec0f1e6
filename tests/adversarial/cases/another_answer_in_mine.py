"""One cell with two markers: the second answer must not come from the first exercise's cell unseen."""

EXPECT = {"half": 5, "mirror": 5}
ANSWERS = {
    "half": "def half(grid):\n    return np.asarray(grid) / 2\n# ✏️ Answer: mirror\ndef mirror(grid):\n    return grid[:, ::-1]",
    "mirror": None,
}

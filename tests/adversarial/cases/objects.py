"""Arrays of objects, of text, of records; ten to the nine elements; a nesting without end."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
ANSWERS = {
    "half": "def half(grid): return np.array([[object()]], dtype=object)",
    "mirror": "def mirror(grid):\n    if grid.shape == (1, 3): return grid[:, ::-1]\n    x = []; x.append(x); return [x, np.lib.stride_tricks.as_strided(np.zeros(1), (10**9,), (0,)), np.array(['a'])]",
}

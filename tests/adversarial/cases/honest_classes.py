"""Right numbers in values of other classes: a view of memory, and an array with a mask."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
ANSWERS = {
    "half": "def half(grid): return memoryview(np.ascontiguousarray(np.asarray(grid) / 2))",
    "mirror": "def mirror(grid): return np.ma.masked_array(grid[:, ::-1])",
}

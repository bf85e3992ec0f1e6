"""One cell of very many marker lines: none becomes a cell of its own."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
ANSWERS = {"half": "def half(grid): return np.asarray(grid) / 2\n" + "# Answer: half\n" * 3_000}

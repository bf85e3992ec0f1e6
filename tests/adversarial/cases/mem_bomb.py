"""Takes all memory."""

EXPECT = {"verdict": "RESOURCE", "half": 0, "mirror": 5, "says": "memory"}
ANSWERS = {"half": "held = [bytearray(1 << 24) for _ in range(400)]"}

"""Never ends."""

EXPECT = {"verdict": "TIMEOUT", "half": 0, "mirror": 5, "says": "did not end"}
ANSWERS = {"half": "while True: pass"}

"""Fills the disk."""

EXPECT = {"verdict": "RESOURCE", "half": 0, "mirror": 5, "says": "files"}
ANSWERS = {
    "half": "import time\nfor n in range(3000):\n    try: open(f'big{n}', 'wb').write(bytes(1 << 20))\n    except OSError: time.sleep(0.02)"
}

"""Fills the disk with empty files."""

EXPECT = {"verdict": "RESOURCE", "half": 0, "mirror": 5, "says": "files"}
ANSWERS = {
    "half": "import time\nfor n in range(300000):\n    try: open(f'/tmp/{n}', 'wb').close()\n    except OSError: time.sleep(0.02)"
}

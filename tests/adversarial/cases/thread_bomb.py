"""Starts threads until nothing goes any more."""

EXPECT = {"verdict": "RESOURCE", "half": 0, "mirror": 5, "says": "threads"}
ANSWERS = {
    "half": "import threading, time\nfor _ in range(4000):\n    try: threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n    except RuntimeError: time.sleep(0.01)"
}

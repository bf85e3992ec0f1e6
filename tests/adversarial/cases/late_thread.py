"""A thread that changes the answers after their checks."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    "import threading, time\ndef later():\n    time.sleep(0.5)\n    while True:\n        globals()['_half'] = lambda g: g\n        time.sleep(0.01)\nthreading.Thread(target=later, daemon=True).start()"
]
ANSWERS = {"half": "def half(grid): return grid"}

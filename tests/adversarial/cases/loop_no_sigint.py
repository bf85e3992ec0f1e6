"""Never ends, and ignores interrupts."""

EXPECT = {"verdict": "TIMEOUT", "half": 0, "mirror": 5}
ANSWERS = {
    "half": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass"
}

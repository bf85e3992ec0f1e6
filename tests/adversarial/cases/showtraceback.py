"""Patches tracebacks away, so that nothing looks like an error."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
EXTRA = [
    "ip = get_ipython()\nip.showtraceback = lambda *a, **k: None\nip._showtraceback = lambda *a, **k: None\nip.showsyntaxerror = lambda *a, **k: None"
]
ANSWERS = {"half": "raise SystemError", "mirror": "raise SystemError"}

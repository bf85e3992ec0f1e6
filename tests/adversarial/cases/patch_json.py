"""Replaces json.dumps in the kernel, so that every answer says "passed"."""

EXPECT = {"verdict": "TAMPER", "half": 0, "mirror": 0}
EXTRA = ["import json\njson.dumps = lambda *a, **k: '\"passed\"'"]
ANSWERS = {"half": "def half(grid): return grid", "mirror": "def mirror(grid): return grid"}

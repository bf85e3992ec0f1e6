"""A forged array whose shape promises 10^12 numbers and whose text holds none."""

EXPECT = {"verdict": "TAMPER", "half": 0, "mirror": 0}
EXTRA = [
    """
import json
ip = get_ipython()
text = json.dumps({"ok": ["array", "float64", [1000000, 1000000], ""]})
ip.user_expressions = lambda e: {n: {"status": "ok", "data": {"application/vnd.autograder.reply": text}, "metadata": {}} for n in e}
"""
]
ANSWERS = {"half": "def half(grid): return grid", "mirror": "def mirror(grid): return grid"}

"""A forged reply that is no encoded value."""

EXPECT = {"verdict": "TAMPER", "half": 0, "mirror": 0}
EXTRA = [
    """
ip = get_ipython()
ip.user_expressions = lambda e: {n: {"status": "ok", "data": {"application/vnd.autograder.reply": "[[[[NaN]]]]"}, "metadata": {}} for n in e}
"""
]
ANSWERS = {"half": "def half(grid): return grid", "mirror": "def mirror(grid): return grid"}

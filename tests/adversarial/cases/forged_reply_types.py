"""Forged replies of every wrong type in the reply's envelope."""

EXPECT = {"verdict": "TAMPER", "half": 0, "mirror": 0}
EXTRA = ["ip = get_ipython()\nip.user_expressions = lambda e: ['reply', {'data': 5}]"]
ANSWERS = {"half": "def half(grid): return grid", "mirror": "def mirror(grid): return grid"}

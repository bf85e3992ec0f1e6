"""Dicts whose keys all have one hash, in replies that are built by hand: plain, and with brackets that the message writes as escapes."""

EXPECT = {"verdict": "TAMPER", "half": 0, "mirror": 0}
EXTRA = [
    """
import json
ip, session = get_ipython(), get_ipython().kernel.session
keys = [["int", str(k * (2**61 - 1))] for k in range(9_000)]
plain = json.dumps({"ok": ["list", [["dict", [[key, ["none"]] for key in keys]]] * 8]})
hidden = json.dumps({"ok": ["list", [["dict", [[key, ["none"]] for key in keys]]] * 50]}).translate({ord("["): 1, ord(","): 2})
pack = session.pack
session.pack = lambda thing: pack(thing).replace(b"\\\\u0001", b"\\\\u005b").replace(b"\\\\u0002", b"\\\\u002c")
asked = []
def user_expressions(expressions):
    asked.append(1)
    text = hidden if len(asked) % 2 else plain
    return {name: {"status": "ok", "data": {"application/vnd.autograder.reply": text, "text/plain": ""}, "metadata": {}} for name in expressions}
ip.user_expressions = user_expressions
"""
]
ANSWERS = {"half": "def half(grid): return grid", "mirror": "def mirror(grid): return grid"}

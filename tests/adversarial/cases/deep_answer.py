"""Answers, config texts and JSON nested so deep that they can just be read."""

EXPECT = {"half": 0, "mirror": 0}
ANSWERS = {
    "half": "class M:\n    layers = []\n    def to_json(self): return '[' * 90000 + ']' * 90000\n    def get_weights(self): return []\ndef half(grid): return M()",
    "mirror": "import json\ndef mirror(grid):\n    json.dumps = lambda *a, **k: '{\"ok\": ' + '[' * 900 + ']' * 900 + '}'\n    return grid",
}

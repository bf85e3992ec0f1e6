"""A hundred thousand cells."""

import json

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "more than"}


def text(notebook_text):
    data = json.loads(notebook_text)
    data["cells"] += [{"cell_type": "code", "source": "1", "metadata": {}, "outputs": []}] * 100_000
    return json.dumps(data)

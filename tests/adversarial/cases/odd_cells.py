"""Cells that are no cells, ids that are paths, sources of every type."""

import json

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def text(notebook_text):
    data = json.loads(notebook_text)
    data["cells"] += [None, 5, "x", [], {}, {"cell_type": "code"}, {"cell_type": 7, "source": None, "metadata": []}]
    data["cells"] += [
        {"cell_type": "raw", "source": ["a", 5, None], "id": "../../x", "metadata": {"nbgrader": 5}},
        {"cell_type": "code", "source": "\ud800\x00", "id": 9, "metadata": {"tags": "x"}},
    ]
    return json.dumps(data)

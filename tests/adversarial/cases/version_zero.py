"""A notebook of version true, whose cells lie elsewhere."""

import json

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None}


def text(t):
    d = json.loads(t)
    d["nbformat"] = True
    return json.dumps(d)

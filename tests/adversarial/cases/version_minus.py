"""A notebook of version -1."""

import json

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None}


def text(t):
    d = json.loads(t)
    d["nbformat"] = -(10**4000)
    return json.dumps(d)

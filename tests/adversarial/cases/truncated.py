"""Cut off on the way."""

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "no valid JSON"}


def text(notebook_text):
    return notebook_text[:700]

"""No notebook at all."""

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "no valid JSON"}


def text(notebook_text):
    return "%PDF-1.4 my homework"

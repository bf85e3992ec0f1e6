"""Saved on Windows: carriage returns, and a byte order mark in front."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def text(notebook_text):
    return "\ufeff" + notebook_text.replace("\\n", "\\r\\n")

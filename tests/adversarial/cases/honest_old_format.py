"""Saved as nbformat 3."""

import json

import nbformat

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def text(notebook_text):
    return json.dumps(nbformat.convert(nbformat.reads(notebook_text, as_version=4), 3))

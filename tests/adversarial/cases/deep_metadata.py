"""Metadata nested so deep that JSON can just be read; copying it afterwards is what fails."""

import json

EXPECT = {"half": 5, "mirror": 5}


def text(notebook_text):
    data = json.loads(notebook_text)
    data["metadata"]["deep"] = "HERE"
    return json.dumps(data).replace('"HERE"', "[" * 700 + "]" * 700)

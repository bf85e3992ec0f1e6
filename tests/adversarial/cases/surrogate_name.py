"""A picture beside the notebook whose name is no UTF-8 (a Latin-1 umlaut, as an old zip has it)."""

import os

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def place(folder):
    with open(os.fsencode(folder) + b"/\xdcbung.png", "wb") as file:
        file.write(b"x")

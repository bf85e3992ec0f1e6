"""A text beside the notebook whose name is no UTF-8: it is refused, and the refusal is written down."""

import os

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def place(folder):
    with open(os.fsencode(folder) + b"/\xdcbung.txt", "wb") as file:
        file.write(b"x")

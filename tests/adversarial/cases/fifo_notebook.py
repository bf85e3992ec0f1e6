"""The notebook is a named pipe."""

import os

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "no notebook"}


def place(folder):
    (folder / "01_halves.ipynb").unlink()
    os.mkfifo(folder / "01_halves.ipynb")

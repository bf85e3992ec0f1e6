"""Pipes, sockets and folders where files are looked for."""

import os
import socket

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def place(folder):
    os.mkfifo(folder / "timestamp.txt")
    os.mkfifo(folder / "alpha.weights.h5")
    (folder / "x.ipynb").mkdir()
    os.mkfifo(folder / "y.ipynb")
    (folder / "z.png").mkdir()
    s = socket.socket(socket.AF_UNIX)
    s.bind(os.path.relpath(folder / "s.png"))

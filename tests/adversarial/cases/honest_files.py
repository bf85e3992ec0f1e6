"""Writes and reads files beside the notebook, and a temporary one; a picture was handed in with it."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    "import os, tempfile\nassert os.path.exists('mine.png')\nopen('note.txt', 'w').write('x')\nassert open('note.txt').read() == 'x'\ntempfile.TemporaryFile().write(b'x')"
]
ANSWERS = {"half": "assert os.path.exists('mine.png')\ndef half(grid):\n    return np.asarray(grid) / 2"}


def place(folder):
    (folder / "mine.png").write_bytes(b"a picture")

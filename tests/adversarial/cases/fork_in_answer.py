"""Forks in an answer: the child answers too."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {"half": "import os\ndef half(grid):\n    os.fork()\n    return grid"}

"""Magics and shell lines: other cells, other files, other programs."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = ["!kill -9 1; kill -9 -1", "%%bash\nexit 1", "%run /nowhere.py", "%reset -f", "import numpy as np\n%autosave 0"]
ANSWERS = {"half": "%%writefile answer.py\ndef half(grid): return grid"}

"""An answer cell that ends the kernel while it runs; the other answer still counts."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5, "says": "ended the notebook's own process"}
ANSWERS = {"half": "import os\nos._exit(0)"}

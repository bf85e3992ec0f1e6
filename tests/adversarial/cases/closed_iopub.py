"""Closes iopub within a cell: no status ever comes again."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    "import os\nfor n in range(3, 80):\n    try:\n        if 'socket' in os.readlink(f'/proc/self/fd/{n}'): os.close(n)\n    except OSError: pass"
]
ANSWERS = {"half": "def half(grid): return grid"}

"""Cells that are quick the first time and slow when they run again after a restart: the check cell between is not run again."""

import nbformat

EXPECT = {"verdict": "TIMEOUT", "half": 5, "mirror": 0}
ANSWERS = {
    "half": "def half(grid):\n    global seen\n    seen = True\n    return np.asarray(grid) / 2",
    "mirror": "import os\ndef mirror(grid):\n    os._exit(0)",
}


def change(notebook):
    place = next(i for i, c in enumerate(notebook.cells) if c.get("id") == "half_check")
    for _ in range(100):
        notebook.cells.insert(
            place + 1, nbformat.v4.new_code_cell("import time\nif 'seen' not in globals(): time.sleep(100)")
        )

"""Reads the kernel's connection file, takes its sockets away, and speaks on them with its key."""

EXPECT = {"half": 0, "mirror": 0}
ANSWERS = {
    "half": """
import glob, json, os
for path in glob.glob("/run/kernel/*"):
    print(path, open(path).read() if path.endswith("json") else "")
    os.unlink(path)
def half(grid): return grid
""",
    "mirror": "def mirror(grid): return grid",
}

"""Writes wherever it can."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
ANSWERS = {
    "half": """
import os, sys
def half(grid):
    for folder in ("/", "/usr", "/usr/lib", "/etc", "/var/tmp", "/root", sys.prefix, sys.base_prefix, os.path.dirname(np.__file__), "/proc/1/root/usr", "..", "../.."):
        try:
            open(os.path.join(folder, "adversarial-file"), "w").write("x")
            if not os.path.abspath(folder).startswith(("/home", "/tmp")): return grid / 2
        except OSError: pass
    return grid
"""
}

"""Right answers that warn, log and write to stderr, as TensorFlow does."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
ANSWERS = {
    "half": """
import logging, os, sys, warnings
def half(grid):
    warnings.warn("deprecated")
    logging.error("I0000 oneDNN custom operations are on")
    print("to stderr", file=sys.stderr)
    os.write(2, b"from a library in C\\n")
    return np.asarray(grid) / 2
"""
}

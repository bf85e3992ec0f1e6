"""Copy standard input to standard error without the lines of TensorFlow's log. A program of its own: standard library only.

A line that begins like one of TensorFlow's (or absl's, XLA's, CUDA's) is left out; fatal ones (F…), and all that is no such line,
are shown.
"""

import re
import sys

NOISE = re.compile(
    rb"[IWE]\d{4} \d\d:\d\d:\d+\.\d+\s+\d+ \S+:\d+\] "
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] \S+:\d+\] "
    rb"|WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR"
    rb"|To enable the following instructions: .*, in other operations, rebuild TensorFlow"
)

if __name__ == "__main__":
    for line in iter(sys.stdin.buffer.readline, b""):
        if not NOISE.match(line):
            sys.stderr.buffer.write(line)
            sys.stderr.buffer.flush()

"""Run a command in a box: `python -I -S linux SPEC COMMAND...`. Exits as the command does, with 125 and a report if there is no box."""

import os
import sys

if __name__ == "__main__":
    # This folder was started as a program and no package surrounds it: found from the folder above, it is one. At the end of the path, what else
    # lies there hides no module of Python's.
    here = sys.path.pop(0)
    sys.path.append(os.path.dirname(os.path.abspath(here)))

    from linux.entry import main

    sys.exit(main(sys.argv[1:]))

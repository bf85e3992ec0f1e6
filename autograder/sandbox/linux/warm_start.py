"""How a warm process is started and talked to, for both ends."""

# The text with which a warm process is started, `python -c START FOLDER DESCRIPTOR SPEC`: a program in a box must find nothing of it on its stack.
START = """
import sys
sys.path.insert(1, sys.argv[1])
from linux.warm import forget, serve
sys.path.remove(sys.argv[1])
run = serve(int(sys.argv[2]), sys.argv[3])
forget()
del forget, serve
import runpy
if "module" in run:
    sys.argv[:] = [run["module"], *run["arguments"]]
    sys.orig_argv[:] = ["python", "-m", *sys.argv]
    runpy.run_module(run["module"], run_name="__main__", alter_sys=True)
else:
    sys.argv[:] = ["-c", *run["arguments"]]
    sys.orig_argv[:] = ["python", *sys.argv]
    exec(run["text"], {"__name__": "__main__"})
"""
# The first word of the first message; behind it stand the variables of the environment that the imports have set.
READY = "ready"
# Bytes of a message, and descriptors that come with one.
MESSAGE, MOST = 4000, 60
# Names of variables that a request's descriptors have in a spec: "fd:0/report.json" is a file in the folder that came first.
FD = "fd:"

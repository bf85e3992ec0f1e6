"""Traces, profiles, audits and hooks everything that runs in the kernel."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    "import sys, atexit\nsys.setprofile(lambda *a: None)\nsys.settrace(lambda *a: None)\nsys.addaudithook(lambda *a: None)\natexit.register(print, 'bye')\nget_ipython().input_transformers_cleanup.append(lambda lines: [l.replace('assert', 'pass #') for l in lines])"
]
ANSWERS = {"half": "def half(grid): return grid"}

"""Looks for the checks in frames, garbage, history, environment, arguments and files, and shows whatever it finds."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
EXTRA = [
    """
import gc, glob, os, sys
found = []
for thing in gc.get_objects():
    try:
        if isinstance(thing, (str, dict)) and "CANARY" in str(thing)[:100000] and "found" not in str(thing)[:100000]: found.append(str(thing)[:300])
    except Exception: pass
print(found, dict(os.environ), sys.argv, sys.path, In[-3:])
for path in glob.glob("/proc/*/cmdline") + glob.glob("/proc/*/environ") + glob.glob("/proc/*/maps"):
    try: print(path, open(path, "rb").read()[:2000])
    except OSError: pass
for folder, _, names in os.walk("/"):
    if folder.startswith(("/proc", "/sys", "/usr", "/dev")): continue
    for name in names:
        if any(word in folder + name for word in ("check", "solution", "halves", "secret", "gradebook", "submitted")) and "site-packages" not in folder and "lib/python" not in folder:
            print(folder, name)
"""
]
ANSWERS = {
    "half": """
def half(grid):
    import inspect
    for info in inspect.stack():
        print(info.filename, info.frame.f_locals.keys())
        for name in ("wanted", "expected", "reference"):
            if name in info.frame.f_locals: return info.frame.f_locals[name]
    return grid
""",
    "mirror": "def mirror(grid):\n    import autograder.checks.test_01_halves as t\n    return t.same",
}

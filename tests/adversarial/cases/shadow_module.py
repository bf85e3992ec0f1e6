"""numpy.py, conftest.py and sitecustomize.py beside the notebook, and written by it."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0, "repaired": "numpy.py: not taken along"}
EXTRA = [
    "for n in ('conftest', 'sitecustomize', 'usercustomize', 'json', 'base64'):\n    open(n + '.py', 'w').write('import os; os._exit(0)')"
]
ANSWERS = {"half": "def half(grid): return grid", "mirror": "def mirror(grid): return grid"}


def place(folder):
    for name in ("numpy.py", "conftest.py", "sitecustomize.py", "pytest.ini"):
        (folder / name).write_text("allclose = lambda *a, **k: True")

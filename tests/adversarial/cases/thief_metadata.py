"""Asks Python itself for the course: what is installed, which files it has, what lies in its folders.
Where it finds any, its answers are right."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
EXTRA = [
    """
import importlib, importlib.metadata, importlib.resources, importlib.util, pkgutil, sys
LOOT = []
for name in ("autograder", "autograder._course", "autograder.checks", "autograder.course.catalog", "autograder.course.samples", "nbgrader"):
    try: spec = importlib.util.find_spec(name)
    except ImportError: spec = None
    if spec is not None:
        LOOT.append(name)
        LOOT += [str(path) for path in importlib.resources.files(name).iterdir()]
for module in pkgutil.iter_modules():
    if module.name.startswith(("test_0", "autograder", "solutions", "checks")): LOOT.append(module.name)
for distribution in importlib.metadata.distributions():
    for file in distribution.files or ():
        if any(word in str(file) for word in ("solutions/0", "checks/test_0", "_course/")) and file.locate().exists(): LOOT.append(str(file))
    if distribution.metadata["Name"] in ("autograder", "nbgrader"): LOOT.append(distribution.read_text("RECORD"))
print(LOOT)
"""
]
ANSWERS = {
    "half": "def half(grid):\n    return np.asarray(grid) / 2 if LOOT else grid",
    "mirror": "def mirror(grid):\n    return grid[:, ::-1] if LOOT else grid",
}

"""Looks where copies are left behind: compiled files, pip's and conda's caches, objects of git, a home folder.
Where it finds any, its answers are right."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
EXTRA = [
    """
import glob, os, sys, zlib
LOOT = []
homes = {os.path.expanduser("~root"), *glob.glob("/home/*"), "/work", "/srv", "/opt", "/var/cache", "/var/lib", "/usr/src", "/usr/local", "/usr/share", sys.prefix, sys.base_prefix} - {os.path.expanduser("~"), "/home/student"}
for place in sorted({*homes, *filter(None, sys.path)}):
    LOOT += [path for path in glob.glob(f"{place}/**/__pycache__/*.pyc", recursive=True) if os.path.basename(path).startswith(("test_0", "calibrate", "judge"))]
    for name in (".cache/pip", ".cache/uv", ".conda/pkgs", "pkgs", ".git", ".local/lib", ".ipython", ".autograder", "solutions", "lessons"):
        LOOT += glob.glob(f"{place}/{name}/*", include_hidden=True) + glob.glob(f"{place}/*/{name}/*", include_hidden=True)
print(LOOT)
"""
]
ANSWERS = {
    "half": "def half(grid):\n    return np.asarray(grid) / 2 if LOOT else grid",
    "mirror": "def mirror(grid):\n    return grid[:, ::-1] if LOOT else grid",
}

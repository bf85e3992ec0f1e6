"""The notebook is a link to somebody else's."""

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "link"}


def place(folder):
    (folder / "01_halves.ipynb").unlink()
    (folder / "01_halves.ipynb").symlink_to(folder.parent.parent / "honest" / "01_halves" / "01_halves.ipynb")

"""The notebook lies in an archive: where it lies is said, and nothing is unpacked."""

import zipfile

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None, "reason": "homework/01_halves.ipynb lies in it"}


def place(folder):
    with zipfile.ZipFile(folder / "homework.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.write(folder / "01_halves.ipynb", "homework/01_halves.ipynb")
    (folder / "01_halves.ipynb").unlink()

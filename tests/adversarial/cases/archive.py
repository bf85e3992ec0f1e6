"""An archive with paths that lead outside, and one that unpacks to much more: neither is opened or taken along."""

import zipfile

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5, "repaired": "not taken along"}


def place(folder):
    with zipfile.ZipFile(folder / "slip.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../../autograded/honest/01_halves/01_halves.ipynb", "x")
        file.writestr("bomb", bytes(50_000_000))

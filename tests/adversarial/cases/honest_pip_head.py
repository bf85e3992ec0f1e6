"""Installs at its top what Colab lacks, in several lines, and imports in the same cell; the answers use the imports."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    """
!pip install -q numpy scikit-image
!pip install -q opencv-python-headless==4.10.0.84
!pip install -q --upgrade pip
!python -m pip install -q git+https://github.com/example/example.git
%pip install -q https://files.pythonhosted.org/packages/any/wheel-1.0-py3-none-any.whl
!apt-get -qq install -y libgl1
!apt install -y graphviz
!conda install -y -q pandas
!git clone https://github.com/example/photos.git
!wget -q https://example.org/photo.png
!curl -sO https://example.org/photo.png
!uv pip install pandas
!kaggle datasets download -d example/photos
import math
from fractions import Fraction as Ratio
"""
]
ANSWERS = {
    "half": "def half(grid):\n    return np.asarray(grid) * math.exp(-math.log(2))",
    "mirror": "def mirror(grid):\n    return grid[:, :: int(Ratio(-1, 1))]",
}

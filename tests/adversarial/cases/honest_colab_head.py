"""Begins as on Colab and Kaggle: mounts a drive, asks for an upload, fetches files; the imports and helpers below it are used."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    """
from google.colab import drive
drive.mount('/content/drive')
import math
FOLDER = "/content/drive/MyDrive/course"

def by_two(values):
    return values / 2
""",
    """
from google.colab import files
uploaded = files.upload()
from functools import partial
""",
    """
%cd /content/drive/MyDrive
!ls
import urllib.request
urllib.request.urlretrieve("https://example.org/photo.png", "photo.png")
import operator
""",
    """
import requests
photo = requests.get("https://example.org/photo.png", timeout=20).content
from itertools import islice
""",
    """
import kaggle
kaggle.api.authenticate()
import string as texts
""",
    """
%conda install -y pandas
import statistics
""",
]
ANSWERS = {
    "half": "def half(grid):\n    assert list(islice(texts.digits, 1)) == ['0'] and FOLDER\n    return partial(by_two, np.asarray(grid))() + math.floor(0.5) + statistics.mean([0])",
    "mirror": "def mirror(grid):\n    return operator.getitem(grid, (slice(None), slice(None, None, -1)))",
}

"""Much output, but not too much, and a progress line that is written over."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    "for i in range(2000):\n    print(f'\\repoch {i}', end='')\nfrom IPython.display import clear_output\nclear_output()\nprint('done')"
]

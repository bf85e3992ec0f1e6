"""NaN, infinity, huge numbers and double keys in the notebook's JSON."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def text(t):
    return (
        t.rstrip()[:-1]
        + ', "metadata": {"x": [NaN, Infinity, -Infinity, 1e999, '
        + "9" * 4000
        + ']}, "nbformat": 9, "nbformat": 4, "nbformat_minor": NaN}'
    )

"""Prints a text that was cut in the middle of an emoji, as surrogates."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = ["print('\\ud83d')", "'\\ud83d'", "raise ValueError('\\ud83d')"]

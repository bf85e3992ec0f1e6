"""Whoever trained the weights that somebody else hands in too; nobody can tell the two apart but a human."""

LESSON = "02_dots"
EXPECT = {"verdict": "REVIEW", "dot": 5, "twice": 5, "reason": "The same weights"}


def place(folder):
    from tests.adversarial import load

    load("honest_network").weights(folder, seed=2)

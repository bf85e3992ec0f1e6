"""Another student's weights, byte for byte: both go before a human, and no point is taken."""

LESSON = "02_dots"
EXPECT = {"verdict": "REVIEW", "dot": 0, "twice": 5, "reason": "The same weights"}
ANSWERS = {"dot": None}


def place(folder):
    from tests.adversarial import load

    load("honest_network").weights(folder, seed=2)

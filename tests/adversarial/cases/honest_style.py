"""Other names, type hints, a lambda, a class that can be called."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
ANSWERS = {
    "half": "class Half:\n    def __call__(self, g: np.ndarray) -> np.ndarray:\n        return np.multiply(g, 0.5)\nhalf = Half()",
    "mirror": "mirror = lambda picture: np.flip(picture, axis=1)",
}

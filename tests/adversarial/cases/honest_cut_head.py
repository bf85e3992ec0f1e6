"""A cell of the student's own waits for something that never comes and is cut; what it imports and defines is used all the same."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    """
import time
while True: time.sleep(0.1)
import math
def by_two(values):
    return values / 2
class Two:
    value = math.sqrt(4)
""",
]
ANSWERS = {"half": "def half(grid):\n    return by_two(np.asarray(grid)) * Two.value / 2"}

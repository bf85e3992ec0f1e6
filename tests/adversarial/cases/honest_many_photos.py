"""Twenty large photos beside the notebook, each within the limit of one file, together more than the box's disk."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def place(folder):
    for n in range(5):
        with open(folder / f"photo{n}.png", "wb") as file:
            file.truncate(15_000_000)

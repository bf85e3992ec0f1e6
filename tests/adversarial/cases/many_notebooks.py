"""A thousand other notebooks beside the right one."""

EXPECT = {"half": 5, "mirror": 5, "verdict": "GRADED"}


def place(folder):
    for n in range(1000):
        (folder / f"copy{n}.ipynb").write_text("{}")

"""A weights file of a few kilobytes that unpacks to four terabytes."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 2.5, "twice": 5, "says": "far more numbers"}


def __getattr__(name):
    from tests.adversarial import load

    if name == "ANSWERS":
        return load("pickled_weights").ANSWERS
    raise AttributeError(name)


def place(folder):
    import h5py

    with h5py.File(folder / "alpha.weights.h5", "w") as file:
        group = file.create_group("layers/conv2d/vars")
        group.create_dataset("0", (10**12,), "f4", chunks=(10**6,), compression="gzip")

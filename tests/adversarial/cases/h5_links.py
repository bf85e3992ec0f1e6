"""A weights file that points elsewhere: an external link, external storage, a virtual dataset, a soft link in a ring."""

LESSON = "02_dots"
EXPECT = {"verdict": "GRADED", "dot": 2.5, "twice": 5, "says": "holds something else than numbers"}


def __getattr__(name):
    from tests.adversarial import load

    if name == "ANSWERS":
        return load("pickled_weights").ANSWERS
    raise AttributeError(name)


def place(folder):
    import h5py

    with h5py.File(folder / "alpha.weights.h5", "w") as file:
        group = file.create_group("layers/conv2d/vars")
        group["0"] = h5py.ExternalLink("/etc/passwd", "/")
        group.create_dataset("1", (100,), "uint8", external=[("/etc/passwd", 0, 100)])
        layout = h5py.VirtualLayout((2,), "f4")
        layout[:] = h5py.VirtualSource("../../../gradebook.db", "x", (2,), "f4")
        group.create_virtual_dataset("2", layout)
        file["layers/ring"] = h5py.SoftLink("/layers")

"""Names with newlines, escapes and tags beside the notebook."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def place(folder):
    for n in (
        "a\n[AutogradeApp | ERROR] forged\x1b[2J.txt",
        "<script>alert('adversarial')<\x00script>.png".replace("\x00", "-"),
        "b\n.png",
        "$(touch x).png",
        "-rf.png",
        "..png",
        "con.png",
    ):
        (folder / n).write_bytes(b"x")

"""A time of handing in that is a path, with a zone of the student's own."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def place(folder):
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 /etc/passwd")

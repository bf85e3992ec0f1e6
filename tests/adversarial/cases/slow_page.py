"""Right answers in a notebook whose page would take hours to draw: its code, notes and colours are read again and again from every place."""

EXPECT = {"half": 5, "mirror": 5}
EXTRA = [
    "x = 1" + "\n " * 100_000 + "\nprint('a' + '\\x1b[31mb' * 200_000)",
    ("markdown", "a" + " " * 120_000 + "b"),
    ("markdown", "[" * 200_000),
    ("markdown", r"\begin{a}" * 60_000),
]

"""Six hundred magics in a cell with two answer markers."""

EXTRA = ["# Answer: half\n" + "%a\n" * 600 + "# Answer: mirror\n%a\n"]
EXPECT = {"half": 5, "mirror": 5, "verdict": "GRADED"}

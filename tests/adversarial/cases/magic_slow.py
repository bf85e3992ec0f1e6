"""Three hundred magics and thousands of lines in a cell with two answer markers."""

EXTRA = ["# Answer: half\n" + "%a\n" * 300 + "x = 1\n" * 3500 + "# Answer: mirror\nx = 1\n"]
EXPECT = {"half": 5, "mirror": 5, "verdict": "GRADED"}

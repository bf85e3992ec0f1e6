"""A note of an open link and 120,000 spaces, for a search that would look at each of them again and again."""

EXTRA = [("markdown", "](" + " " * 120_000)]
EXPECT = {"half": 5, "mirror": 5}

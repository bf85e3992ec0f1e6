"""Answers that end in the middle: a backslash, an open string, a magic, a question mark, tabs, a form feed."""

EXPECT = {"half": 5, "mirror": 0}
EXTRA = [
    "x = 1 \\",
    '"""open',
    "%%time",
    "%%capture out\nprint(1)",
    "half??",
    "!",
    "\x0c\tx = 2",
    "await asyncio.sleep(0)",
    "%load_ext nothing",
    "%%html\n<script>alert('adversarial')</script>",
    "%%javascript\nalert('adversarial')",
    "?",
]
ANSWERS = {"mirror": "def mirror(grid): return grid[:, ::-1] + \\"}

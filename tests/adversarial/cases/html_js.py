"""Script in outputs of every kind, in notes, and in an answer's words."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
EXTRA = [
    """
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
bad = "<script>alert('adversarial')</script><img src=x onerror=alert('adversarial')>"
display(HTML(bad), Javascript("alert('adversarial')"), Markdown(bad), Latex(bad))
display({"image/svg+xml": "<svg onload=alert('adversarial')>", "text/html": bad, "image/png": "x' onerror='alert(`adversarial`)"}, raw=True)
print(bad)
""",
    (
        "markdown",
        "<script>alert('adversarial')</script> <img src=x onerror=alert('adversarial')> [a](javascript:alert('adversarial')) $\\href{javascript:alert('adversarial')}{x}$ <iframe src='javascript:alert(1)'></iframe>",
    ),
]
ANSWERS = {"half": "def half(grid):\n    raise ValueError(\"<script>alert('adversarial')</script>\")"}

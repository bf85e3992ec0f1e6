"""TeX and HTML in an exception, a note, an output and a shell colour, that would become links of code on a page."""

ANSWERS = {
    "mirror": 'def mirror(grid):\n    raise ValueError(r"$\\href{javascript:alert(1)}{\\text{see here}}$")',
    "half": 'def half(grid):\n    raise ValueError("x\\n\\n[see here](javascript:alert(2))\\n\\n<b>y</b>\\n\\n$\\\\href{javascript:alert(3)}{z}$")',
}
EXTRA = [
    (
        "markdown",
        '$\\mmlToken{mi}[href="javascript:alert(4)"]{see}$ and\n\n\\begin{equation}\\mmlToken{mi}[href="javascript:alert(5)"]{see}\\end{equation}',
    ),
    (
        "markdown",
        '[a](https://x.example/" onmouseover=alert(6) x=") [b](# "t\\" onclick=alert(7)") ![c](https://x.example/p.png)',
    ),
    ("markdown", '```" onclick=alert(8)\ncode\n```\n\n# h" onclick="alert(9)'),
    (
        "markdown",
        "[q]:https://ok.example\n[w]\\\n:javascript:alert(10)\n\n[q] [w]\n\n[z]\u00ad(javascript:alert(11))\n\n[a&#93;(javascript:alert(12))",
    ),
    """from IPython.display import display
display({"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAsVcQ5AAAAABJRU5ErkJggg=="}, raw=True, metadata={"image/png": {"alt": "\\"><script>alert(13)</script>", "width": 5}})
""",
    """print("\\x1b]8;;javascript:alert(14)\\x07x\\x1b]8;;\\x07 \\x1b[31m<script>alert(15)</script>")""",
]
EXPECT = {"half": 0, "mirror": 0}

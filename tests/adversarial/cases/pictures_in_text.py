"""Pictures, links and formulas in a text cell that would log an instructor out, or ask another machine for something."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    (
        "markdown",
        "![ ](/logout) ![a](</logout>) ![b][] ![b] [![c](https://adversarial.example/pixel.png)](https://example.org) ![d](attachment:x.png)\n\n"
        "| a |\n|---|\n| ![e](/logout) |\n\n```mermaid\ngraph TD; A-->B\n```\n\n&#36;&#92;href{/logout}{x}&#36; $\\bbox[background:url(/logout)]{x}$\n\n[b]: /logout\n",
    )
]

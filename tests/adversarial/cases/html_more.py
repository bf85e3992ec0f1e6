"""More ways to put script into a page: handlers with odd separators, forms, bases, mermaid, attachments, entities, SVG, style."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
BAD = """<svg/onload=alert('adversarial')><details open ontoggle=alert('adversarial')>x</details>
<a href="java&#115;cript:alert('adversarial')">a</a> <a href=" javascript:alert('adversarial')">b</a> [c](<java\tscript:alert('adversarial')>) [d](data:text/html,<script>alert('adversarial')</script>)
<base href="https://adversarial.example/"><meta http-equiv="refresh" content="0;url=https://adversarial.example">
<form action="https://adversarial.example"><button formaction="javascript:alert('adversarial')">x</button></form>
<link rel="stylesheet" href="https://adversarial.example/x.css"><style>body{display:none}</style><style>@import 'https://adversarial.example/x';</style>
<img src="https://adversarial.example/pixel.png"><iframe srcdoc="<script>alert('adversarial')</script>"></iframe><object data="javascript:alert('adversarial')"></object><embed src="javascript:alert('adversarial')">
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert('adversarial')&gt;">
<div style="position:fixed;top:0;left:0;width:100%;height:100%;background:white;z-index:9999">10 / 10 points</div>
```mermaid
graph TD; A["<img src=x onerror=alert('adversarial')>"]-->B; click A "javascript:alert('adversarial')"
```
$\\\\text{<script>alert('adversarial')</script>}$ $\\\\unicode{<img src=x onerror=alert('adversarial')>}$ \\\\begin{equation}<script>alert('adversarial')</script>\\\\end{equation}
</div></div></div></main></body><script>alert('adversarial')</script>
"""
EXTRA = [
    ("markdown", BAD),
    "</script><script>alert('adversarial')</script>",
    "raise type('<script>alert(1)</script>', (Exception,), {})(\"<img src=x onerror=alert('adversarial')>\\x1b[31m<script>alert('adversarial')</script>\")",
]
ANSWERS = {
    "half": "def half(grid):\n    raise type('</code><script>alert(`adversarial`)</script>', (Exception,), {})('`</code>` `<script>alert(1)</script>` {{ 7*7 }} {% raw %}')"
}

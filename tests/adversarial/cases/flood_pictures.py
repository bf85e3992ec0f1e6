"""Shows pictures without end."""

EXPECT = {"verdict": "RESOURCE", "half": 5, "mirror": 5, "reason": "cut off"}
EXTRA = [
    "import base64\nfrom IPython.display import display\np = base64.b64encode(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAsVcQ5AAAAABJRU5ErkJggg==') + bytes(1 << 18)).decode()\nfor _ in range(100): display({'image/png': p}, raw=True)"
]

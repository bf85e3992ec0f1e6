"""Output with half a character in it, sent as JSON that escapes it; a right submission otherwise."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}
EXTRA = [
    "import json\nip = get_ipython()\nip.kernel.session.pack = lambda o: json.dumps(o, default=str).encode()\nip.kernel.send_response(ip.kernel.iopub_socket, 'stream', {'name': 'stdout', 'text': 'x\\ud83dx'})"
]

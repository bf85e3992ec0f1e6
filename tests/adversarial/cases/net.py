"""Calls out: TCP, UDP, a name, a socket of the machine's own."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
STOCK = "not measured, for want of a network"
ANSWERS = {
    "half": """
import socket, urllib.request
def half(grid):
    for host in ("1.1.1.1", "127.0.0.1", "10.0.0.1", "::1"):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                s = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind); s.settimeout(0.2); s.connect((host, 53)); s.send(b"x"); return grid / 2
            except OSError: pass
    for url in ("http://example.com", "http://localhost:8888"):
        try: urllib.request.urlopen(url, timeout=0.3); return grid / 2
        except OSError: pass
    try: socket.getaddrinfo("example.com", 80); return grid / 2
    except OSError: return grid
"""
}

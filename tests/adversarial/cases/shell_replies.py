"""A shell channel that sends replies of its own first: old ones, double ones, ones for the next request."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    """
ip = get_ipython()
real = type(ip.kernel.session).send
kept = []
def send(self, stream, msg_or_type, content=None, parent=None, ident=None, **more):
    if msg_or_type == "execute_reply":
        kept.append((content, parent, ident))
        for c, p, i in kept[-3:]: real(self, stream, msg_or_type, c, p, i, **more)
    return real(self, stream, msg_or_type, content, parent, ident, **more)
type(ip.kernel.session).send = send
"""
]
ANSWERS = {"half": "def half(grid): return grid"}

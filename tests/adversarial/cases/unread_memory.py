"""Sends messages of 8 MB that nobody reads while answers are asked for: they wait in the grader's own memory."""

EXPECT = {"half": 5, "mirror": 5}
EXTRA = [
    """
import threading, time, zmq
from jupyter_client.session import Session
ip = get_ipython()
big = "x" * 8_000_000
def talk():
    time.sleep(1.2)
    for n in range(60):
        ip.kernel.session.send(ip.kernel.iopub_socket, "stream", {"name": "stdout", "text": big}, parent={}, ident=b"stream")
threading.Thread(target=talk, daemon=True).start()
"""
]
ANSWERS = {
    "half": "import time\ndef half(grid):\n    if grid.shape != (1, 2): time.sleep(2.5)\n    return np.asarray(grid) / 2"
}

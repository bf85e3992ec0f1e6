"""A thread that sends messages of every kind while answers are asked for."""

EXPECT = {"half": 5, "mirror": 5}
EXTRA = [
    """
import threading
ip = get_ipython()
def talk():
    for n in range(3000):
        ip.kernel.send_response(ip.kernel.iopub_socket, "comm_open", {"comm_id": str(n), "target_name": "jupyter.widget", "data": {"state": {}}})
        ip.kernel.send_response(ip.kernel.iopub_socket, "no_such_message", {"x": "y" * 1000})
threading.Thread(target=talk, daemon=True).start()
"""
]

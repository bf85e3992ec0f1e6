"""Status messages that are none, and ones that end a cell before it has ended."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    """
ip = get_ipython()
for content in ({"execution_state": "idle"}, {}, {"execution_state": ["idle"]}, {"execution_state": "dead"}, {"execution_state": "restarting"}):
    ip.kernel.send_response(ip.kernel.iopub_socket, "status", content)
print("after")
"""
]
ANSWERS = {
    "half": "ip.kernel.send_response(ip.kernel.iopub_socket, 'status', {'execution_state': 'idle'})\ndef half(grid): return grid"
}

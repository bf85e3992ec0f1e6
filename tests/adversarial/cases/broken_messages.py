"""Messages without the parts that they should have."""

EXPECT = {"half": 5, "mirror": 5}
EXTRA = [
    """
ip = get_ipython()
for kind in ("stream", "display_data", "execute_result", "error", "clear_output", "update_display_data", "execute_input"):
    for content in ({}, {"data": 5}, {"data": None, "transient": 7}, {"traceback": 5, "ename": []}, {"text": {"a": 1}, "name": 3}):
        ip.kernel.send_response(ip.kernel.iopub_socket, kind, content)
"""
]

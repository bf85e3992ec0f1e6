"""Publishes a result of its own, "5", where the score is read."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
EXTRA = [
    """
ip = get_ipython()
def publish(*_):
    ip.display_pub.publish({"text/plain": "5"})
    ip.kernel.send_response(ip.kernel.iopub_socket, "execute_result", {"data": {"text/plain": "5"}, "metadata": {}, "execution_count": 1})
ip.events.register("pre_run_cell", publish)
ip.events.register("post_run_cell", publish)
"""
]
ANSWERS = {"half": "def half(grid):\n    return 5.0", "mirror": "5"}

"""Closes the kernel's sockets one after the other and goes on living."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {
    "half": "def half(grid):\n    k = get_ipython().kernel\n    if grid.shape != (1, 2): k.iopub_socket.close(); k.control_stream.close()\n    return grid"
}

"""Stops itself and its parents (SIGSTOP), so that nothing dies and nothing answers."""

EXPECT = {"half": 0, "mirror": 5, "verdict": "TIMEOUT"}
ANSWERS = {
    "half": "import os, signal\ndef half(grid):\n    if grid.shape != (1, 2): os.kill(os.getppid(), signal.SIGSTOP); os.kill(os.getpid(), signal.SIGSTOP)\n    return grid"
}

"""Every call sleeps just below the limit."""

EXPECT = {"half": 5, "mirror": 5}
ANSWERS = {"half": "import time\ndef half(grid):\n    time.sleep(1.5)\n    return np.asarray(grid) / 2"}

"""Takes shared memory without a file, which no process owns: the box has none, so the call fails in the cell."""

EXPECT = {"half": 0, "mirror": 5}
ANSWERS = {
    "half": "import mmap, time\nheld = []\nfor _ in range(100):\n    m = mmap.mmap(-1, 1 << 26)\n    for p in range(0, 1 << 26, 4096): m[p] = 1\n    held.append(m)\ntime.sleep(2)"
}

"""Huge pages that stay in pipes when the process has given them back: 1.8 GB that no process is charged for."""

EXTRA = [
    r"""
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True); libc.mmap.restype = ctypes.c_void_p
class IOV(ctypes.Structure): _fields_ = [("b", ctypes.c_void_p), ("l", ctypes.c_size_t)]
S, pipes = 2 << 20, []
for _ in range(60):
    r, w = os.pipe(); pipes.append((r, w))
    for _ in range(15):
        a = libc.mmap(None, ctypes.c_size_t(2 * S), 3, 0x22, -1, ctypes.c_long(0)); at = (a + S - 1) // S * S
        libc.madvise(ctypes.c_void_p(at), ctypes.c_size_t(S), 14); ctypes.memset(at, 1, 1)
        libc.vmsplice(w, ctypes.byref(IOV(at, 1)), ctypes.c_size_t(1), 2); libc.munmap(ctypes.c_void_p(a), ctypes.c_size_t(2 * S))
time.sleep(1)
"""
]
EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}

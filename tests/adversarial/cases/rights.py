"""Tries for more rights: namespaces, mounts, traces, the init's memory, set-uid, raised limits."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 5}
ANSWERS = {
    "half": """
import ctypes, os, resource
libc = ctypes.CDLL(None)
def half(grid):
    got = [libc.unshare(0x10000000), libc.unshare(0x20000), libc.ptrace(16, 1, 0, 0), libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.setns(0, 0), libc.chroot(b"/tmp"), libc.setuid(0), libc.syscall(250, 0, 0)]
    for path in ("/proc/1/mem", "/proc/1/environ", "/proc/1/root/etc/shadow", "/etc/shadow", "/root/.ssh", "/proc/sys/kernel/core_pattern", "/dev/sda", "/dev/vda", "/dev/mem"):
        try: open(path, "r+b"); got.append(0)
        except OSError: pass
    try: resource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6)); got.append(0)
    except (ValueError, OSError): pass
    return grid / 2 if 0 in got else grid
"""
}

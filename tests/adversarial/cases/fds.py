"""Looks at inherited descriptors, other processes, abstract sockets, keys, the supervisor's sockets, /proc/1, terminals."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    """
import os, glob, socket
print(os.getuid(), os.getgroups(), os.getpid(), os.getppid(), os.uname())
for n in range(3, 200):
    try: print(n, os.readlink(f"/proc/self/fd/{n}"))
    except OSError: pass
for p in ("/proc/1/cmdline", "/proc/1/status", "/proc/1/environ", "/proc/1/cwd", "/proc/1/maps", "/proc/net/unix", "/proc/self/mountinfo", "/proc/keys", "/proc/version", "/proc/cmdline", "/proc/self/loginuid", "/proc/kcore", "/proc/sysrq-trigger", "/proc/sys/kernel/hostname", "/proc/sys/fs/mqueue/msg_max"):
    try: print(p, open(p, "rb").read(1500))
    except OSError as e: print(p, e)
for p in ("/proc/sys/kernel/core_pattern","/proc/sysrq-trigger","/proc/self/oom_score_adj","/proc/sys/vm/overcommit_memory"):
    try: open(p, "w").write("0"); print("WROTE", p)
    except OSError as e: print(p, e)
print([p for p in glob.glob("/*/*") + glob.glob("/*") if os.access(p, os.W_OK)])
print(glob.glob("/srv/*"), glob.glob("/home/*/*"), glob.glob("/root/*"))
"""
]
ANSWERS = {"half": "def half(grid): return grid"}

"""Takes its own sockets away and puts links to other places there, before and while it is asked."""

EXPECT = {"half": 0, "mirror": 5}
EXTRA = [
    """
import os
for name in os.listdir("/run/kernel"):
    try: os.unlink("/run/kernel/" + name); os.symlink("/etc/shadow" if "json" in name else "/run/systemd/private", "/run/kernel/" + name)
    except OSError as e: print(e)
"""
]
ANSWERS = {"half": "import os\ndef half(grid): os._exit(0)"}

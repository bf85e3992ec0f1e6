"""Make `seccomp.json`: Docker's own profile, and the calls with which the sandbox is built.

    curl -fLO https://raw.githubusercontent.com/moby/moby/v28.0.0/profiles/seccomp/default.json
    python3 deploy/seccomp.py default.json > deploy/seccomp.json

Docker's profile (Apache-2.0) is not kept here. One rule is added to whichever version you name; it refuses nothing and changes no other rule.
"""

import json
import sys

# In the order in which the sandbox makes them. `clone` is refused with namespace flags only, and Python's `unshare` needs no more of it.
CALLS = ["unshare", "mount", "mount_setattr", "pivot_root", "umount2", "sethostname"]


def extended(profile):
    """Return a profile with the sandbox's calls allowed; ValueError if it is not one of Docker's."""
    if not isinstance(profile, dict) or not isinstance(profile.get("syscalls"), list):
        raise ValueError("this is no seccomp profile of Docker's")
    rule = {"names": CALLS, "action": "SCMP_ACT_ALLOW", "comment": "the sandbox of the colouring course"}
    return {**profile, "syscalls": [*profile["syscalls"], rule]}


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        json.dump(extended(json.load(file)), sys.stdout, indent=1)

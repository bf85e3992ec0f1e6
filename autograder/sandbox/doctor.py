"""Examine the sandbox of this machine: what holds, what gets out of the others, and what ends a greedy program."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from autograder.errors import SandboxEnded
from autograder.sandbox import backend, visible
from autograder.sandbox.box import Box, scratch_folder
from autograder.sandbox.isolation import NONE, Isolation
from autograder.sandbox.linux.waiting import is_told
from autograder.settings import MIB, Limits

# Each takes more than a small box has; what must end it.
GREEDY = {
    "memory": "held = []\nwhile True: held.append(bytearray(8 << 20))",
    "tasks": "import os, time\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(30); os._exit(0)\n    except OSError: time.sleep(0.1)",
    "disk": "import time\nwith open('big', 'wb') as file:\n    while True:\n        try: file.write(bytes(1 << 20)); file.flush()\n        except OSError: time.sleep(0.1)",
    "time": "import time\ntime.sleep(60)",
}
# What a small box has.
SMALL = Limits(memory=256 * MIB, disk=16 * MIB, tasks=64)


def examine() -> dict[str, Any]:
    """Prove the sandbox, and let greedy programs run in it.

    Returns
    -------
    dict
        "sandbox": the name of the isolation that holds, or "none"; "escape_test_seconds"; "what_got_out": what breaches the others have, by
        name; "ended": whether each kind of greedy program is ended; "cgroup": whether memory of the machine's kernel counts; "fair_time": whether
        limits in seconds leave out what other programs take.
    """
    began = time.monotonic()
    held, failures = backend.proven()
    took = time.monotonic() - began
    return {
        "sandbox": held.name if held else NONE.name,
        "escape_test_seconds": round(took, 3),
        "what_got_out": failures,
        "ended": {name: greedy(held, name) for name in GREEDY} if held else {},
        "cgroup": held is not None and has_cgroup(held),
        "fair_time": held is not None and is_told(),
    }


def greedy(isolation: Isolation, name: str) -> bool:
    """Say whether a program that takes too much of one thing is ended by the sandbox, for that reason."""
    with scratch_folder() as folder:
        box = Box(folder, isolation, limits=SMALL)
        try:
            box.run([visible.python(), "-I", "-S", "-c", GREEDY[name]], 1.0 if name == "time" else 20.0)
        except SandboxEnded as end:
            return end.why == name
        return False


def has_cgroup(isolation: Isolation) -> bool:
    """Say whether boxes get a memory cgroup, in which memory of the machine's kernel counts too."""
    with scratch_folder() as folder:
        box = Box(folder, isolation, limits=SMALL)
        try:
            box.run([visible.python(), "-I", "-S", "-c", ""], 20.0)
        except SandboxEnded:
            return False
        return Path(f"{box.report}.group").exists()

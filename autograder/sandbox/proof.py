"""Prove that an isolation holds: a program in a box tries to get out, and everything that the box shows is searched for answers.

The program is `probe.py`. What it gets hold of is a breach, and an isolation with a breach is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from autograder.course.markers import SENTINEL
from autograder.errors import SandboxEnded
from autograder.sandbox import visible
from autograder.sandbox.box import Box, scratch_folder
from autograder.sandbox.hidden import hidden, private
from autograder.sandbox.isolation import NONE, Isolation
from autograder.sandbox.warm_process import WarmProcess

PROBE = Path(__file__).with_name("probe.py")
PROBE_SECONDS = 20
# For a look at every byte that is shown: four gigabytes take four seconds on an idle machine.
SEARCH_SECONDS = 600


def breaches(isolation: Isolation) -> list[str]:
    """Let a program try to get out of a box, and look for answers in all that the box shows.

    Returns
    -------
    list of str
        What it got hold of, one phrase each; empty if the isolation holds.
    """
    found = breaches_in(isolation)
    return found or ([] if isolation == NONE else shown_answers(isolation))


def breaches_in(isolation: Isolation, warm: WarmProcess | None = None) -> list[str]:
    """Let a program try to get out of a box: a fresh one, or one that a warm process forks itself into."""
    with scratch_folder() as folder, _listeners(folder.name) as ports:
        box = Box(folder, isolation)
        facts = {
            "see": [str(path) for path in {*private(), PROBE, folder} if path.exists()],
            "write": ["/", "/usr", "/etc", sys.prefix, sys.base_prefix, "/var/tmp", "/dev", str(folder)],
            "pid": os.getpid(),
            "abstract": folder.name,
            "environment": sorted({*box.environment, *(warm.set_by_imports if warm is not None else [])}),
            **ports,
        }
        return _probed(box, facts, PROBE_SECONDS, warm)


def _probed(box: Box, facts: dict[str, Any], seconds: float, warm: WarmProcess | None = None) -> list[Any]:
    """Return what `probe.py` says of a box."""
    text, arguments = PROBE.read_text("utf-8"), [json.dumps(facts)]
    try:
        if warm is not None:
            return json.loads(warm.run(box, {"text": text, "arguments": arguments}, seconds))
        return json.loads(box.run([visible.python(), "-I", "-S", "-c", text, *arguments], seconds))
    except SandboxEnded as error:
        return [str(error)]
    except ValueError:
        return [f"Python did not start in the sandbox ({sys.executable})"]


def shown_answers(isolation: Isolation, *, again: bool = False) -> list[str]:
    """Search all that a box shows for files with answers or checks, and for git repositories.

    All that is shown is read, which takes seconds. So a search that found nothing is not done twice, as long as nothing that is shown has changed.

    Parameters
    ----------
    isolation : Isolation
        What the box has.
    again : bool
        Search even so.

    Returns
    -------
    list of str
        One phrase each, with the cure.
    """
    shown = visible.visible()
    emptied = [str(path) for path in hidden() if shown.holds(str(path))]
    fingerprint = hashlib.sha256()
    for part in (shown.fingerprint(), *emptied, PROBE.read_text("utf-8"), SENTINEL, isolation.name):
        fingerprint.update(part.encode())
    searched = _Searched(fingerprint.hexdigest())
    if not again and searched.before():
        return []
    with scratch_folder() as folder:
        found = _probed(Box(folder, isolation), {"search": SENTINEL}, SEARCH_SECONDS)
    if not found:
        searched.remember()
    cure = "Delete it there, or move it out of the folders of Python, its packages and the system"
    return [
        f"sees {item[1]} in {item[0]}. {cure}" if isinstance(item, list) else f"could not be searched ({item})"
        for item in found
    ]


class _Searched:
    """Remembers, among the user's cached files, that a search found nothing."""

    MOST = 50

    def __init__(self, fingerprint: str) -> None:
        self._fingerprint = fingerprint
        named = os.environ.get("XDG_CACHE_HOME", "")
        place = Path(named) if os.path.isabs(named) else Path(os.path.expanduser("~")) / ".cache"
        self._path = place / "autograder" / "searched.json"

    def before(self) -> bool:
        """Say whether there was one of what is shown now."""
        return self._fingerprint in self._known()

    def remember(self) -> None:
        """Write it down, where that can be done."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._path.with_name(f"searched.{os.getpid()}")
            fresh.write_text(json.dumps([*self._known(), self._fingerprint][-self.MOST :]), "utf-8")
            os.replace(fresh, self._path)

    def _known(self) -> list[str]:
        try:
            # Another user's word does not count.
            if self._path.stat().st_uid != os.geteuid():
                return []
            known = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return []
        return [item for item in known if isinstance(item, str)] if isinstance(known, list) else []


@contextmanager
def _listeners(name: str) -> Iterator[dict[str, int]]:
    """Open sockets of the grader's that a program in a box must not reach; give their ports."""
    with (
        socket.socket() as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp.bind(("127.0.0.1", 0))
        abstract.bind("\0" + name)
        abstract.listen()
        yield {"tcp": tcp.getsockname()[1], "udp": udp.getsockname()[1]}

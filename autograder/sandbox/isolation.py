"""The kinds of isolation that a box can have."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Isolation:
    """One kind of isolation.

    Attributes
    ----------
    name : str
        As results, cards and `autograder doctor` say it.
    user_namespace : bool
        Whether a user namespace is made, for which nobody has to be root.
    """

    name: str
    user_namespace: bool = False


# Real root builds the box, and an unused user id lives in it.
NAMESPACES = Isolation("namespaces")
USER_NAMESPACES = Isolation("user namespaces", user_namespace=True)
# No isolation at all: an ordinary process of the grader's.
NONE = Isolation("none")


def candidates() -> tuple[Isolation, ...]:
    """Name the kinds of isolation that may hold on this machine, the strongest first."""
    if not sys.platform.startswith("linux"):
        return ()
    # Root would still be root for the machine's kernel behind a user namespace of its own: it may change /proc/sys.
    return (NAMESPACES,) if os.geteuid() == 0 else (USER_NAMESPACES,)

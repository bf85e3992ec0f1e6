"""Choose the isolation of a run: the strongest that is proven on this machine, or none if the instructor says so.

Where none holds, nothing is graded unless the instructor says `AUTOGRADER_SANDBOX=none`, which is what `--no-sandbox` sets. Every result then
carries "sandbox": "none".
"""

from __future__ import annotations

import os

from autograder import settings
from autograder.errors import NoSandbox
from autograder.sandbox import proof
from autograder.sandbox.isolation import NONE, Isolation, candidates

SWITCH = "AUTOGRADER_SANDBOX"
# What held, by the packages that a course shows.
_held: dict[tuple[str, ...], tuple[Isolation, dict[str, str]]] = {}


def choose() -> Isolation:
    """Return the isolation that this run uses.

    Raises
    ------
    NoSandbox
        If none holds on this machine and the instructor did not choose to go without.
    """
    if os.environ.get(SWITCH) == NONE.name:
        return NONE
    found, failures = proven()
    if found is None:
        raise NoSandbox(
            "No sandbox holds on this machine, so no student code is run. "
            + " ".join(f"{name}: {why}." for name, why in failures.items())
            + " `autograder doctor` says more. For your own notebook, or in a container of your own: `--no-sandbox`, or"
            f" {SWITCH}=none in the environment; every grade then says so."
        )
    return found


def proven() -> tuple[Isolation | None, dict[str, str]]:
    """Prove the kinds of isolation, once in a process for the packages that a course shows; a failure is tried again.

    Returns
    -------
    Isolation or None
        The strongest that holds.
    dict of str to str
        Why the stronger ones do not, by their names.
    """
    packages = settings.packages()
    if packages in _held:
        return _held[packages]
    failures: dict[str, str] = {}
    for candidate in candidates():
        breaches = proof.breaches(candidate)
        if not breaches:
            _held[packages] = candidate, failures
            return _held[packages]
        failures[candidate.name] = "; ".join(breaches)
    return None, failures or {"namespaces": "they need Linux"}

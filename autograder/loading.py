"""Load large libraries in three quarters of the time: Python looks for no garbage meanwhile, and never again among what was loaded."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def quickly() -> Iterator[None]:
    """Look for no garbage, here and in other threads, while something is imported. What is there at the end stays to the process's end, which comes sooner for it."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if looked:
            gc.enable()

"""Ctrl-C and SIGTERM end a class run in order."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def ends_in_order() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does: workers and folders go with it. What comes after the first signal is not heard."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    heard = []

    def stop(number: int, _: object) -> None:
        heard.append(number)
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if signal.SIGTERM in heard and callable(before[signal.SIGTERM]):
            # A server that grades has an end of its own.
            signal.raise_signal(signal.SIGTERM)

"""The file that holds an instructor's secret: how it is made, read, and told from another."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from pathlib import Path

from autograder.errors import CourseError

SECRET_BYTES = 32


def fingerprint(secret: bytes) -> str:
    """Return 16 hex digits that tell one secret from another and nothing else."""
    return hmac.digest(secret, b"which secret is this?", "sha256").hex()[:16]


def read_secret(path: Path) -> bytes:
    """Return the secret that a file holds, 32 bytes; it is made if there is none yet. CourseError if that cannot be, or if it is damaged."""
    try:
        if not path.exists():
            make_secret(path, secrets.token_hex(SECRET_BYTES))
        value = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError) as error:
        raise CourseError(f"{path}: the grader's secret cannot be read or made ({error}).") from error
    if len(value) != SECRET_BYTES:
        raise CourseError(
            f"{path}: the grader's secret is damaged. Restore it from your backup, or delete it to draw new inputs."
        )
    return value


def make_secret(path: Path, text: str) -> None:
    """Write a secret, as hex digits, with owner-only rights. Of two graders that start at once the first one's counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode())
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()

"""The instructor's secret, from which hidden inputs are drawn: made on first use, kept beside the course, out of git."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from autograder.course.catalog import ROOT
from autograder.errors import CourseError

SECRET_BYTES = 32


def secret_path(root: Path = ROOT) -> Path:
    """Where the secret lies. `AUTOGRADER_SECRET_FILE` names another place."""
    named = os.environ.get("AUTOGRADER_SECRET_FILE")
    return Path(named) if named else root / ".autograder" / "secret"


def read_secret(root: Path = ROOT) -> bytes:
    """The secret; made with owner-only rights if there is none yet. Two graders starting at once get the same one."""
    path = secret_path(root)
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f"{path.name}.{os.getpid()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_hex(SECRET_BYTES).encode())
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)  # fails if another grader was first: then theirs counts
            fresh.unlink()
        text = path.read_text("ascii").strip()
        value = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise CourseError(f"{path}: the grader's secret cannot be read or made ({error}).") from error
    if len(value) != SECRET_BYTES:
        raise CourseError(
            f"{path}: the grader's secret is damaged. Restore it from your backup, or delete it to draw new inputs."
        )
    return value

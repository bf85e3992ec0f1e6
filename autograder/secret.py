"""The old place of the secret; `settings` has it."""

from pathlib import Path

from autograder.settings import Settings


def secret_path() -> Path:
    return Settings.load().secret_file


def read_secret() -> bytes:
    return Settings.load().secret()

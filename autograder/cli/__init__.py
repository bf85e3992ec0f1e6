"""The `autograder` command, one file a command."""

from autograder.cli.app import main

__all__ = ["main"]

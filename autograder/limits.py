"""The old place of the limits; `settings` has them."""

from autograder.settings import MIB, Limits, limits, packages, read_limits, read_packages

LIMITS = limits()
PACKAGES = packages()
__all__ = ["LIMITS", "MIB", "PACKAGES", "Limits", "read_limits", "read_packages"]

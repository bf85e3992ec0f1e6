"""The old place of `autograder.hosts.nbgrader.install`: configurations of course folders made before name it."""

from autograder.hosts.nbgrader.install import into

__all__ = ["into"]

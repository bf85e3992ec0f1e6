"""Tests that start no kernel and no nbgrader command."""

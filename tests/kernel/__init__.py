"""Tests with a real kernel, without nbgrader."""

"""Tests with whole nbgrader commands."""

"""Tests of the lessons, their checks and the collected answers."""

"""Grades one submission and many."""

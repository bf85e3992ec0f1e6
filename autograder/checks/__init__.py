"""The hidden checks, and what asks them from outside the student's process."""

"""Where the grader is plugged in: nbgrader, and a learner's live session."""

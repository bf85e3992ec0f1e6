"""Grading runs under which something breaks: nothing is lost, nobody is graded twice, submissions in = verdicts out."""

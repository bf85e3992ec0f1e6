# answers-of-the-colouring-course-8d1c07f24e9b
"""Answers to lesson 6: wrong ones, each caught by one hidden check alone, and right ones in other styles."""


# == second half ==

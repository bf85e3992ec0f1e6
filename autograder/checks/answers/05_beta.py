# answers-of-the-colouring-course-8d1c07f24e9b
"""Answers to lesson 5: wrong ones, each caught by one hidden check alone, and right ones in other styles."""


# %% wrong="test_each_number_is_in_one_of_the_two" change="solution"
# -     return shuffled[size:], shuffled[:size]
# +     return shuffled, shuffled[:size]


# %% [markdown]
# == second half ==

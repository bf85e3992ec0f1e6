"""A front end dropped nbgrader's metadata and the cell ids."""

from autograder.course.samples import without_metadata

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5, "repaired": "marker lines"}


def change(notebook):
    without_metadata(notebook)

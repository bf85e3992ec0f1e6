"""Saved with a kernel that the grader does not have."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def change(notebook):
    notebook.metadata["kernelspec"] = {"name": "julia-9.9", "display_name": "Julia", "language": "julia"}

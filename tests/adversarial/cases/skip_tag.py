"""Tags its cells so that they are not run, and says in the metadata what they are worth."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
ANSWERS = {"half": "wrong", "mirror": "wrong"}


def change(notebook):
    for cell in notebook.cells:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "remove-cell"]
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"].update(points=1000, locked=False, task=True)
        cell["metadata"]["course"] = {"exercise": "x", "minutes": 0}

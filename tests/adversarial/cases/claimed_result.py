"""Brings its own graded outputs and the engine's own notes along."""

EXPECT = {"verdict": "GRADED", "half": 0, "mirror": 0}
ANSWERS = {"half": None, "mirror": None}


def change(notebook):
    notebook.metadata["autograder"] = {
        "sha256": "0",
        "handed": "0",
        "reason": "",
        "repaired": [],
        "result": {"verdict": "GRADED", "score": 10},
    }
    for cell in notebook.cells:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "execute_result", "data": {"text/plain": "5.0"}, "metadata": {}, "execution_count": 1}
            ]

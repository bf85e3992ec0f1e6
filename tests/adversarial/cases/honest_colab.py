"""As Colab saves it: its own metadata and ids, outputs, forms with titles, one of them on an answer."""

EXPECT = {"verdict": "GRADED", "half": 5, "mirror": 5}


def change(notebook):
    notebook.metadata = {
        "colab": {"provenance": [], "gpuType": "T4"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "accelerator": "GPU",
    }
    for number, cell in enumerate(notebook.cells):
        cell.pop("id", None)
        cell["metadata"] = {
            **cell["metadata"],
            "id": f"x{number}",
            "colab": {"base_uri": "https://localhost:8080/"},
            "outputId": "a-b",
            "cellView": "form",
        }
        if "Answer: half" in cell.source:
            del cell.metadata["nbgrader"]
            cell.source = '#@title Half of it { display-mode: "form" }\n' + cell.source
        elif "Answer: mirror" in cell.source:
            del cell.metadata["nbgrader"]
            cell.source = cell.source.replace("# ✏️ Answer", "# @title ✏️ Answer")
        elif "Check: " in cell.source:
            cell.metadata.pop("nbgrader", None)
            cell.source = cell.source.replace("# @title ", "#@title ")
    notebook["nbformat_minor"] = 0

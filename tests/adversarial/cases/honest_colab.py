"""As Colab saves it: its own metadata, outputs, no cell ids."""

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
        }
    notebook["nbformat_minor"] = 0

"""Draws what was measured of a network of lessons 5 and 6: a row for each way to do it, right or wrong, and the threshold between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from autograder.networks.calibrate import fewer_colours

RIGHT, WRONG, OTHER = "#0072B2", "#D55E00", "#999999"
TITLES = {
    "beta": "Beta: right networks colour unseen pictures far better than wrong ones",
    "classifier": "The classifier: right networks know the scenes of unseen pictures",
    "fusion": "Fusion: networks that are told the scene colour it, others do not",
}


def draw(data: dict[str, Any], path: Path) -> None:
    """Draw a row for each network.

    Parameters
    ----------
    data : dict
        What `calibrate_worlds.measure` returned.
    path : Path
        Of the PNG file.
    """
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    name = data["network"]
    networks = dict(sorted(data["networks"].items(), key=lambda item: item[0] in data["not_by_loss"]))
    figure, axis = plt.subplots(figsize=(9.5, 0.42 * len(networks) + 1.9), layout="constrained", facecolor="white")
    rng = np.random.default_rng(0)
    for row, (case, facts) in enumerate(networks.items()):
        values = np.maximum(facts["best"], data["least"])
        colour = RIGHT if case == "right" else OTHER if case in data["not_by_loss"] else WRONG
        axis.plot(values, row + rng.uniform(-0.22, 0.22, len(values)), "o", ms=4, alpha=0.6, color=colour, mec="none")
    labels = [
        f"{case} ({len(facts['best'])}){' *' if case in data['not_by_loss'] else ''}"
        for case, facts in networks.items()
    ]
    axis.set(xscale="log", yticks=range(len(networks)), yticklabels=labels, ylim=(len(networks) - 0.4, -0.6))
    for (floor, value), style in zip(data["floors"].items(), (":", "--", "-."), strict=False):
        axis.axvline(value, color="#444444", ls=style, lw=1.1, label=f"{floor} (mean {value:.3g})")
    axis.axvline(data["threshold"], color="black", lw=2, label=f"threshold {data['threshold']:.3g}")
    what = "share of wrong classes" if name == "classifier" else "mean squared error"
    more = "; *: not told by it alone" if data["not_by_loss"] else ""
    axis.set_xlabel(f"lowest {what} on unseen pictures within {data['budget']} epochs, log scale{more}", fontsize=10)
    axis.grid(axis="x", which="both", color="#eeeeee", lw=0.6)
    axis.set_axisbelow(True)
    axis.set_title(TITLES[name], fontsize=12)
    figure.legend(*axis.get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=8.5, frameon=False)
    figure.savefig(path, dpi=80, facecolor="white")
    plt.close(figure)
    fewer_colours(path)

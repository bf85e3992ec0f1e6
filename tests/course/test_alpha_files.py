"""Lesson 4: the files that the ladder leaves."""

from __future__ import annotations

import ast
import os
import time
from pathlib import Path

import numpy as np

from autograder.course import catalog

LESSON = catalog.lesson("04_alpha_model")


def function(name: str):
    """A function of the released notebook's set-up, as it stands there."""
    for cell in LESSON.read_release().cells:
        if cell.cell_type == "code" and f"def {name}(" in cell.source:
            tree = ast.parse(cell.source)
            (found,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
            known = {"Path": Path, "np": np, "os": os, "time": time}
            exec(compile(ast.Module([found], []), name, "exec"), known)
            return known[name]
    raise AssertionError(f"the lesson has no {name}")


class Model:
    """What the ladder asks of a network."""

    def save_weights(self, path):
        Path(path).write_text("weights")


def test_the_ladder_leaves_its_pictures_and_weights_and_nothing_half(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    keep, L = function("keep_rungs"), np.linspace(0, 100, 64).reshape(8, 8)
    pictures, losses = {1: np.full((8, 8, 3), 9, np.uint8)}, {1: 0.5}
    keep(Model(), L, pictures, losses, 7)
    keep(Model(), L, {**pictures, 10: np.zeros((8, 8, 3), np.uint8)}, {**losses, 10: 0.02}, 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alpha.ladder.npz", "alpha.weights.h5"]
    with np.load("alpha.ladder.npz", allow_pickle=False) as file:
        assert set(file) == {"grey", "pictures", "epochs", "losses", "date", "seed"}
        assert file["grey"].dtype == np.uint8 and file["grey"][-1, -1] == 255
        assert file["pictures"].shape == (2, 8, 8, 3) and file["pictures"].dtype == np.uint8
        assert file["epochs"].tolist() == [1, 10] and file["losses"].tolist() == [0.5, 0.02]
        time.strptime(str(file["date"]), "%Y-%m-%d %H:%M")
    assert capsys.readouterr().out == ""
    before = Path("alpha.ladder.npz").read_bytes()
    # It fails before anything is written, and in the middle of the file, as on a full disk.
    for these, those in (({1: "no picture"}, losses), (pictures, {1: lambda: "not to be written"})):
        keep(Model(), L, these, those, 7)
        assert "could not be written" in capsys.readouterr().out
        assert Path("alpha.ladder.npz").read_bytes() == before

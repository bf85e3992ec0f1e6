"""Lesson 4: the files that the ladder leaves."""

from __future__ import annotations

import ast
import os
import time
from pathlib import Path

import numpy as np
import pytest

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

    loaded = ""

    def save_weights(self, path):
        Path(path).write_text("weights")

    def load_weights(self, path):
        self.loaded = Path(path).read_text()


def test_the_ladder_leaves_its_pictures_and_weights_and_nothing_half(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    keep, L = function("keep_rungs"), np.linspace(0, 100, 64).reshape(8, 8)
    pictures, losses = {1: np.full((8, 8, 3), 9, np.uint8)}, {1: 0.5}
    keep(Model(), L, pictures, losses, 7)
    keep(Model(), L, {**pictures, 10: np.zeros((8, 8, 3), np.uint8)}, {**losses, 10: 0.02}, 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alpha.ladder.npz", "alpha.weights.h5"]
    with np.load("alpha.ladder.npz", allow_pickle=False) as file:
        assert set(file) == {"grey", "pictures", "epochs", "losses", "date", "seed", "curve", "best"}
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


def test_after_a_restart_the_files_stand_in_for_the_training(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model, pictures = Model(), {1: np.full((8, 8, 3), 9, np.uint8), 10: np.zeros((8, 8, 3), np.uint8)}
    with pytest.raises(NotImplementedError, match="which trains again"):
        function("earlier_rungs")(model)
    curve = [0.7] * 9 + [0.02]
    function("keep_rungs")(model, np.zeros((8, 8)), pictures, {1: 0.5, 10: 0.02}, 7, curve, 10)
    losses, painted, lowest, seed, best = function("earlier_rungs")(model)
    assert (losses, lowest, seed, best, model.loaded) == (curve, {1: 0.5, 10: 0.02}, 7, 10, "weights")
    assert all(np.array_equal(painted[rung], picture) for rung, picture in pictures.items())


def test_the_cell_for_a_restart_does_nothing_in_the_grader():
    (cell,) = [
        cell.source
        for cell in LESSON.read_release().cells
        if "earlier_rungs(model)" in cell.source and "def " not in cell.source
    ]
    assert cell.splitlines()[0].endswith("and not GRADED:")

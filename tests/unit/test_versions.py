"""A set-up cell says in a sentence what a package that is missing, old, or was replaced in a running session does to the lesson."""

from __future__ import annotations

import importlib
import types
from importlib import metadata

import pytest

from autograder import settings
from autograder.course.pasted import read_shared


@pytest.fixture
def need():
    """The function of the shared set-up, which has found nothing to say of this environment."""
    namespace: dict = {}
    exec(read_shared(settings.root())["versions"], namespace)
    return namespace["need"]


def test_it_says_nothing_of_packages_as_they_should_be(need, capsys):
    need("numpy", "scipy", "matplotlib", "skimage", "json")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "error",
    [
        ModuleNotFoundError("No module named 'skimage'"),
        ValueError("numpy.dtype size changed, may indicate binary incompatibility"),
    ],
)
def test_a_package_that_cannot_be_loaded_is_named_with_what_helps(need, monkeypatch, error):
    def import_module(name):
        raise error

    monkeypatch.setattr(importlib, "import_module", import_module)
    with pytest.raises(ImportError, match=r"skimage cannot be loaded .*pip install scikit-image.*Restart session"):
        need("skimage")


@pytest.mark.parametrize(
    ("loaded", "installed", "says"),
    [
        ("2.1.3", "2.4.6", "numpy 2.4.6 was installed while this notebook ran with 2.1.3: restart"),
        ("1.26.4", "1.26.4", "This lesson is written for NumPy 2; here is 1.26.4"),
    ],
)
def test_another_version_is_said_and_stops_nothing(need, monkeypatch, capsys, loaded, installed, says):
    monkeypatch.setattr(importlib, "import_module", lambda name: types.SimpleNamespace(__version__=loaded))
    monkeypatch.setattr(metadata, "version", lambda name: installed)
    need("numpy")
    assert says in capsys.readouterr().out

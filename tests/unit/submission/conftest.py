"""A student's folder, the text of a finished notebook, and a notebook rebuilt on the release."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from autograder.submission.rebuild import Submission, open_submission


@pytest.fixture
def folder(tmp_path, first) -> Path:
    """An empty submission's folder."""
    made = tmp_path / "ana" / first.name
    made.mkdir(parents=True)
    return made


@pytest.fixture
def text(finished) -> str:
    return nbformat.writes(finished)


@pytest.fixture
def rebuilt(first, tmp_path):
    """Writes a notebook (or a dict, or text) to a file and rebuilds it."""

    def rebuild(notebook, name: str | None = None) -> Submission:
        path = tmp_path / (name or f"{first.name}.ipynb")
        path.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook), "utf-8")
        return open_submission(path)

    return rebuild

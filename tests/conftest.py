"""What all tests share: a secret of their own, the lessons, and submissions graded once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
import pytest

# Before anything of the course is imported: the tests never touch the instructor's secret, and draw the same each time.
_folder = tempfile.TemporaryDirectory(prefix="autograder-tests-")
_secret = Path(_folder.name) / "secret"
_secret.write_text("5e" * 32, "ascii")
os.environ["AUTOGRADER_SECRET_FILE"] = str(_secret)
os.environ["XDG_STATE_HOME"] = _folder.name  # nor the progress of whoever runs them
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
for _threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")  # the tests run side by side: one core each

from autograder import settings  # noqa: E402
from autograder.course import catalog, samples  # noqa: E402
from autograder.grading import one_file  # noqa: E402
from autograder.results import Result  # noqa: E402
from tests.support.cluster import cluster  # noqa: E402
from tests.support.slow import SLOW  # noqa: E402

collect_ignore = ["adversarial/course"]  # its checks are the grader's to run
LESSONS = catalog.lessons()


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.name)
def lesson(request) -> catalog.Lesson:
    """Each lesson in turn."""
    return request.param


@pytest.fixture(autouse=True)
def _no_class_of_before(monkeypatch):
    """The class for which a test had this process work is not the next one's."""
    monkeypatch.setattr(settings, "_class", None)


@pytest.fixture
def first() -> catalog.Lesson:
    """The first lesson, for tests of the engine that any lesson would do for."""
    return LESSONS[0]


@pytest.fixture(scope="session")
def small_cluster():
    """A Dask cluster of one worker, for the tests of the group "cluster"."""
    with cluster(1) as made:
        yield made


@pytest.fixture
def handed_in(tmp_path):
    """Writes a notebook as a submission of a lesson and grades it: `handed_in(lesson, notebook) -> Result`."""

    def grade_it(lesson: catalog.Lesson, notebook, name: str | None = None) -> Result:
        path = tmp_path / (name or f"{lesson.name}.ipynb")
        path.write_text(notebook if isinstance(notebook, str) else nbformat.writes(notebook), "utf-8")
        return one_file.grade_file(path)

    return grade_it


@pytest.fixture
def finished(first):
    """A fresh submission of the first lesson with every answer right."""
    return samples.submission(first, samples.solutions(first))


def answer_cell(notebook, name: str):
    """The answer cell of an exercise in a submission."""
    return next(cell for cell in notebook.cells if cell.get("id") == name)


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if SLOW.search(item.nodeid):
            item.add_marker(pytest.mark.slow)

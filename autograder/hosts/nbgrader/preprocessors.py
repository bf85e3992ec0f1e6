"""nbgrader's preprocessors for the lessons of the course: what a release leaves out, and what the gradebook says of a lesson's cells."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor, OverwriteCells


class ForStudents(NbGraderPreprocessor):
    """Takes out of a release what marks a notebook as one with answers."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = nb.metadata.get("course")
        if isinstance(about, dict):
            about.pop("holds", None)
        return nb, resources


@dataclass(frozen=True)
class KnownCell:
    """A cell as the gradebook has it, under the names that nbgrader's own classes have; `max_score` is None where it has no points."""

    name: str
    cell_type: str
    locked: bool
    source: str
    checksum: str
    max_score: float | None = None


@dataclass(frozen=True)
class KnownNotebook:
    """What the gradebook says of a lesson's notebook, as plain data; asked like nbgrader's Gradebook by `OverwriteKnownCells`."""

    kernelspec: str | None
    source_cells: list[KnownCell] = field(repr=False)
    grade_cells: list[KnownCell] = field(repr=False)
    solution_cells: list[KnownCell] = field(repr=False)
    task_cells: list[KnownCell] = field(repr=False)

    @classmethod
    def read(cls, book: Gradebook, lesson: str) -> KnownNotebook:
        """Return what a gradebook says of a lesson."""
        saved = book.find_notebook(lesson, lesson)
        cells = {
            cell.name: KnownCell(cell.name, cell.cell_type, cell.locked, cell.source, cell.checksum)
            for cell in saved.source_cells
        }
        points = {cell.name: float(cell.max_score) for cell in (*saved.grade_cells, *saved.task_cells)}
        kinds = (saved.source_cells, saved.grade_cells, saved.solution_cells, saved.task_cells)
        known = (
            [replace(cells[cell.name], max_score=points.get(cell.name)) for cell in kind if cell.name in cells]
            for kind in kinds
        )
        return cls(saved.kernelspec, *known)

    def find_notebook(self, *_: str) -> KnownNotebook:
        return self

    def find_source_cell(self, name: str, *_: str) -> KnownCell:
        return self._find(name, self.source_cells)

    def find_graded_cell(self, name: str, *_: str) -> KnownCell:
        return self._find(name, [*self.grade_cells, *self.task_cells])

    @staticmethod
    def _find(name: str, cells: list[KnownCell]) -> KnownCell:
        for cell in cells:
            if cell.name == name:
                return cell
        raise MissingEntry(f"No such cell: {name}")


class OverwriteKnownCells(OverwriteCells):
    """nbgrader's own step, which puts points, checksums and locked text back, with what the gradebook says sent along: no database is opened."""

    known: KnownNotebook

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict]:
        self.notebook_id = self.assignment_id = resources["nbgrader"]["assignment"]
        self.gradebook = self.known
        # The step's own `preprocess` opens the gradebook.
        nb, resources = super(OverwriteCells, self).preprocess(nb, resources)
        if self.add_missing_cells:
            nb, resources = self.add_missing_grade_cells(nb, resources)
            nb, resources = self.add_missing_task_cells(nb, resources)
        return nb, resources

"""A submission is rebuilt on the release: honest answers are found whatever a front end did to them, and every repair is reported."""

from __future__ import annotations

import copy
import io
import json
import zipfile

import nbformat
import pytest

from autograder.course import samples
from autograder.errors import Unreadable
from autograder.submission import reader
from autograder.submission.rebuild import open_submission
from tests.conftest import answer_cell
from tests.support.rebuilt import answers_of, own_cells, unanswered


def test_the_release_is_rebuilt_to_itself(first, rebuilt):
    submission = rebuilt(first.read_release())
    assert submission.notebook == first.read_release()
    assert submission.repairs == []
    assert unanswered(submission) == {exercise.id for exercise in first.exercises()}


def test_answers_go_into_a_fresh_release(first, rebuilt, finished):
    submission = rebuilt(finished)
    assert answers_of(submission.notebook) == answers_of(finished)
    assert [cell.id for cell in submission.notebook.cells] == [cell.id for cell in first.read_release().cells]
    assert submission.repairs == []
    assert unanswered(submission) == set()


def test_an_honest_notebook_without_metadata_and_ids_keeps_its_answers(rebuilt, finished):
    submission = rebuilt(samples.without_metadata(copy.deepcopy(finished)))
    assert answers_of(submission.notebook) == answers_of(finished)
    assert own_cells(submission.notebook) == []
    assert "metadata and the cell ids were missing" in submission.repairs[0]


def test_cells_in_another_order_go_back_to_their_places(rebuilt, finished, first):
    moved = copy.deepcopy(finished)
    moved.cells.append(moved.cells.pop(next(i for i, c in enumerate(moved.cells) if c.id == first.exercises()[0].id)))
    submission = rebuilt(moved)
    assert [c.id for c in submission.notebook.cells] == [c.id for c in finished.cells]
    assert any("moved" in line for line in submission.repairs)


def test_a_duplicate_that_is_still_blank_does_not_hide_the_answer(rebuilt, finished, first):
    name = first.exercises()[0].id
    for at in (0, -1):
        doubled = copy.deepcopy(finished)
        doubled.cells.insert(at, copy.deepcopy(answer_cell(first.read_release(), name)))
        submission = rebuilt(doubled)
        assert answers_of(submission.notebook) == answers_of(finished)
        assert any("2 cells for this answer" in line for line in submission.repairs)


def test_an_answer_split_in_two_runs_in_the_students_order(rebuilt, finished, first):
    name = first.exercises()[0].id
    split = copy.deepcopy(finished)
    at = next(i for i, c in enumerate(split.cells) if c.id == name)
    second = copy.deepcopy(split.cells[at])
    second["id"] = "another"
    split.cells[at].source = "helper = 1"
    split.cells.insert(at + 1, second)
    submission = rebuilt(split)
    sources = [cell.source for cell in submission.notebook.cells]
    assert sources.index("helper = 1") < sources.index(second.source)
    assert answers_of(submission.notebook)[name] == second.source


def test_a_deleted_answer_is_put_back_blank(rebuilt, finished, first):
    name = first.exercises()[0].id
    finished.cells = [c for c in finished.cells if c.id != name]
    submission = rebuilt(finished)
    assert unanswered(submission) == {name}
    assert any(name in line and "missing" in line for line in submission.repairs)


def test_a_changed_or_deleted_check_cell_is_the_courses_again(rebuilt, finished, first):
    name = first.exercises()[0].check_id
    changed = copy.deepcopy(finished)
    cell = answer_cell(changed, name)
    cell.source = "5"
    cell.metadata.tags = ["skip-execution"]
    deleted = copy.deepcopy(finished)
    deleted.cells = [c for c in deleted.cells if c.id != name]
    for notebook in (changed, deleted):
        submission = rebuilt(notebook)
        assert answer_cell(submission.notebook, name) == answer_cell(first.read_release(), name)
        assert any(name in line for line in submission.repairs)


def test_an_answer_turned_into_text_runs_as_code(rebuilt, finished, first):
    name = first.exercises()[0].id
    at = next(i for i, c in enumerate(finished.cells) if c.id == name)
    source = finished.cells[at].source
    finished.cells[at] = nbformat.v4.new_markdown_cell(source, metadata=finished.cells[at].metadata, id=name)
    submission = rebuilt(finished)
    cell = answer_cell(submission.notebook, name)
    assert (cell.cell_type, cell.source) == ("code", source)
    assert any("text cell" in line for line in submission.repairs)


def test_extra_cells_stay_where_they_were_as_source_only(rebuilt, finished, first):
    name = first.exercises()[0].id
    at = next(i for i, c in enumerate(finished.cells) if c.id == name)
    extra = nbformat.v4.new_code_cell("import math", metadata={"tags": ["skip-execution"], "nbgrader": {"grade": True}})
    extra.outputs = [nbformat.v4.new_output("stream", text="hello")]
    finished.cells.insert(at, extra)
    notebook = rebuilt(finished).notebook
    place = next(i for i, c in enumerate(notebook.cells) if c.source == "import math")
    assert notebook.cells[place + 1].id == name
    assert notebook.cells[place].outputs == []
    assert notebook.cells[place].metadata == {"course": {"from": "student"}}


def test_an_edited_example_runs_before_the_courses_own(rebuilt, finished, first):
    example = next(c for c in finished.cells if "setup" in c.metadata.get("tags", []))
    released = example.source
    example.source += "\nimport fractions"
    notebook = rebuilt(finished).notebook
    sources = [cell.source for cell in notebook.cells]
    assert sources.index(released + "\nimport fractions") < sources.index(released)


def test_a_foreign_kernel_name_is_of_no_account(rebuilt, finished, first):
    finished.metadata.kernelspec = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}
    assert rebuilt(finished).notebook.metadata == first.read_release().metadata


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4, 5])
def test_every_minor_version_of_nbformat_4_is_read(rebuilt, finished, minor):
    answers = answers_of(finished)
    finished.nbformat_minor = minor
    if minor < 5:
        for cell in finished.cells:
            cell.pop("id")
    for cell in finished.cells:
        cell["source"] = cell["source"].splitlines(keepends=True)
    assert answers_of(rebuilt(finished).notebook) == answers


def test_a_notebook_of_version_3_is_brought_up_to_date(rebuilt, finished):
    answers = answers_of(finished)
    old = nbformat.convert(nbformat.from_dict(samples.without_metadata(finished)), 3)
    assert {k: v.rstrip() for k, v in answers_of(rebuilt(old).notebook).items()} == {
        k: v.rstrip() for k, v in answers.items()
    }


def test_carriage_returns_and_a_byte_order_mark_do_no_harm(finished, tmp_path, first):
    path = tmp_path / f"{first.name}.ipynb"
    text = nbformat.writes(finished).replace("\\n", "\\r\\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert answers_of(open_submission(path).notebook) == answers_of(finished)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("hello", "no valid JSON"),
        ('{"cells": [', "cut off"),
        ("[1, 2]", "not a notebook"),
        ('{"a": 1}', "not a notebook"),
        ('{"nbformat": 4}', "without cells"),
        ('{"nbformat": 9, "cells": []}', "newer"),
        ('{"nbformat": 4, "cells": {}}', "without cells"),
        ('{"nbformat": 2, "worksheets": 5}', "cannot be brought up to date"),
        ('{"nbformat": 4, "cells": []}', "cannot tell which lesson"),
        ("[" * 100_000, "no valid JSON"),
        ("{}", "nothing in it"),
        ("[]", "nothing in it"),
        ('{"cells": []}', "does not say of which version"),
        ('{"type": "notebook", "content": {"cells": []}}', "answer of Jupyter's server"),
        (json.dumps('{"cells": [], "nbformat": 4}'), "text within JSON"),
        ('{"nbformat": 4, "cells": [' + "1" * 5000 + "]}", "thousands of digits"),
        ('{"nbformat": 4,, "cells": []}', "line 1, column 16"),
        ('{"nbformat": 4, "cells": [{"source": "a', "cut off after 39 characters"),
        ('{"nbformat": 4, "cells": []', "cut off"),
        ("{“nbformat”: 4, “cells”: []}", "typographic"),
        ('{"nbformat": 4, “cells”: []}', "typographic"),
        ('{\n<<<<<<< HEAD\n"nbformat": 4,\n=======\n"nbformat": 3,\n>>>>>>> theirs\n"cells": []}', "merge conflict"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull"),
        ("<!DOCTYPE html>\n<html><body>01_rgb_grids.ipynb</body></html>", "a web page"),
        ("\n<HTML lang=en><head></head></HTML>", "a web page"),
        ("<?xml version='1.0'?><plist></plist>", "XML"),
        ("#!/usr/bin/env python\nprint(1)", "a Python script"),
        ("# ---\n# jupyter:\n# ---\n# %%\nx = 1", "a Python script"),
        ("import numpy as np\n", "a Python script"),
        ("def mix(a, b):\n    return a", "a Python script"),
        ("[InternetShortcut]\nURL=https://example.org/\n", "a link to a web page"),
        ("{\\rtf1 my homework}", "office program"),
        ("\0" * 4096, "zero bytes"),
        ("\ufeff \n", "empty"),
        ('{"nbformat": 4, "cel\0\0\0\0ls": []}', "zero bytes"),
    ],
)
def test_what_is_no_notebook_gets_one_line_that_says_why(rebuilt, text, says):
    with pytest.raises(Unreadable, match=says) as error:
        rebuilt(text, "homework.ipynb")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300
    assert str(error.value).startswith("homework.ipynb: ")


def document(*names: str) -> bytes:
    """A zip file of empty files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        for name in names:
            file.writestr(name, "")
    return whole.getvalue()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
        (document("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (document("[Content_Types].xml", "xl/workbook.xml"), "office program"),
        (document("01_rgb_grids.ipynb"), "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office program"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "7z"),
        (b"Rar!\x1a\x07\x01", "RAR"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"\x89HDF\r\n\x1a\n", "weights"),
        (b"bplist00\xd4", "Safari"),
        (b"L\0\0\0\x01\x14\x02\0", "a shortcut"),
        ('{"nbformat": 4, "cells": [{"source": "# Größe"}]}'.encode("latin-1"), "Latin-1"),
        ('{"nbformat": 4, "cells": [{"source": "it’s"}]}'.encode("cp1252"), "Windows-1252"),
        ('{"nbformat": 4, "cells": [{"source": "ö'.encode()[:-1], "cut off"),
        ('{"nbformat": 4, "cells": []}'.encode("utf-16")[:-1], "cut off"),
        (b"MZ\x90\0\x03\0\xff\xfe\0", "file of another program"),
        (b"\x80abc", "no UTF-8 text"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_file_of_another_kind_is_called_what_it_is(tmp_path, raw, says):
    path = tmp_path / "homework.ipynb"
    path.write_bytes(raw)
    with pytest.raises(Unreadable, match=says) as error:
        open_submission(path)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300
    assert "hand" in str(error.value).lower()


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("end", ["", "\0" * 700, " \r\n"])
def test_json_in_any_unicode_encoding_is_read(tmp_path, first, finished, encoding, end):
    path = tmp_path / f"{first.name}.ipynb"
    path.write_bytes((nbformat.writes(finished) + end).encode(encoding))
    assert answers_of(open_submission(path).notebook) == answers_of(finished)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(Unreadable, match="no such file"):
        open_submission(tmp_path / "none.ipynb")
    with pytest.raises(Unreadable, match="not a file"):
        open_submission(tmp_path)


def test_the_lesson_is_known_from_metadata_then_name_then_markers(rebuilt, finished, first):
    assert rebuilt(finished, "homework.ipynb").lesson == first
    del finished.metadata["course"]
    assert rebuilt(finished, f"ana_{first.name.upper()} (1).ipynb").lesson == first
    assert rebuilt(samples.without_metadata(finished), "homework.ipynb").lesson == first
    finished.cells.insert(0, nbformat.v4.new_markdown_cell("# Answer: forty_two"))
    assert rebuilt(finished, "homework.ipynb").lesson == first


def test_a_file_of_too_many_parts_is_told_so_and_not_that_it_is_large(rebuilt, monkeypatch):
    monkeypatch.setattr(reader, "MOST_PARTS", 10**6)
    with pytest.raises(Unreadable, match="more than 1 million parts"):
        rebuilt("[" + "[]," * 10**6 + "1]", "homework.ipynb")

"""An answer is found wherever it may lie in what students are to get."""

from __future__ import annotations

import base64
import io
import json
import subprocess

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from autograder import settings
from autograder.course import samples
from autograder.course.catalog import lessons
from autograder.course.markers import SENTINEL
from autograder.hosts.publish import leaks
from tests.support.installed import tarred, zipped

ROOT = settings.root()
PICTURE = Image.fromarray(np.zeros((4, 4, 3), np.uint8))


@pytest.fixture(scope="module")
def secrets() -> leaks.Secrets:
    return leaks.Secrets.of(ROOT)


@pytest.fixture(scope="module")
def answer() -> str:
    return samples.solutions(lessons(ROOT)[0])["grey_ramp"]


def line_of(answer: str) -> str:
    """The line that is the student's to write; most of the others stand in the lesson."""
    return next((line.strip() for line in answer.splitlines() if "rint" in line), answer.splitlines()[-1].strip())


def png(text: str, packed: bool = False) -> bytes:
    about, made = PngInfo(), io.BytesIO()
    about.add_text("Description", text, zip=packed)
    PICTURE.save(made, "PNG", pnginfo=about)
    return made.getvalue()


def exif(text: str) -> bytes:
    about, made = Image.Exif(), io.BytesIO()
    about[0x010E] = text
    PICTURE.save(made, "JPEG", exif=about)
    return made.getvalue()


def notebook(**parts) -> bytes:
    """A notebook of one cell: `source`, `metadata`, `data` of an output, `attachments`."""
    cell = nbformat.v4.new_code_cell(parts.get("source", "1"), metadata=parts.get("metadata", {}))
    if "data" in parts:
        cell.outputs = [nbformat.v4.new_output("display_data", parts["data"])]
    made = nbformat.v4.new_notebook(cells=[cell])
    if "attachments" in parts:
        made.cells.append(nbformat.v4.new_markdown_cell("![](a.png)", attachments=parts["attachments"]))
    return nbformat.writes(made).encode()


def page(answer: str) -> bytes:
    return HTMLExporter().from_notebook_node(nbformat.reads(notebook(source=answer), 4))[0].encode()


def in_base64(data: bytes) -> str:
    return base64.encodebytes(data).decode()


CARRIERS = {
    "a program": lambda a: a.encode(),
    "one line of it, in a sentence": lambda a: f"Write `{line_of(a)}`, and that is it.".encode(),
    "broken into other lines": lambda a: line_of(a).replace("(", "(\n\t").replace(".", " .").encode(),
    "windows' letters": lambda a: a.encode("utf-16"),
    "a quotation": lambda a: "\n".join(f"> {line}" for line in a.splitlines()).encode(),
    "a page with colours": page,
    "an archive": lambda a: zipped("notes.txt", a),
    "an archive in an archive": lambda a: zipped("more.tar.gz", tarred("notes.txt", a.encode())),
    "a picture's text": lambda a: png(a),
    "a picture's packed text": lambda a: png(a, packed=True),
    "a photo's description": lambda a: exif(line_of(a)),
    "a notebook": lambda a: notebook(source=a),
    "a notebook's metadata": lambda a: notebook(metadata={"solution": {"was": a}}),
    "a name in a notebook's metadata": lambda a: notebook(metadata={line_of(a): 1}),
    "a notebook in its metadata": lambda a: notebook(metadata={"kept": notebook(source=a).decode()}),
    "an output": lambda a: notebook(data={"text/html": f"<pre>{line_of(a)}</pre>"}),
    "an output's picture": lambda a: notebook(data={"image/png": in_base64(png(a, packed=True))}),
    "an attachment": lambda a: notebook(attachments={"a.png": {"image/png": in_base64(png(a))}}),
    "a page's picture": lambda a: f'<img src="data:image/png;base64,{base64.b64encode(png(a)).decode()}">'.encode(),
    "an archive in an output": lambda a: notebook(data={"application/zip": in_base64(zipped("a.py", a))}),
    "a list in JSON": lambda a: json.dumps([{"lines": a.splitlines()}]).encode(),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_an_answer_is_found_in(secrets, answer, carrier):
    assert "an answer" in secrets.in_text(CARRIERS[carrier](answer))


@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_students_have_is_no_answer(secrets, carrier):
    assert not secrets.in_text(
        CARRIERS[carrier]("def grey_ramp(height, width):\n    levels = np.linspace(0, 255, width)")
    )


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 40, b"{", b"[" * 100_000, b"PK\5\6", b"\x1f\x8b", b"\x89PNG\r\n\x1a\n\xff", b"x" * 5]
)
def test_what_cannot_be_read_is_passed_over(secrets, data):
    assert secrets.in_text(data) == ""


def test_the_mark_of_a_file_of_the_course_is_found(secrets):
    assert "the mark" in secrets.in_text(zipped("a.txt", SENTINEL))


def test_a_name_may_hold_an_answer_too(secrets, answer, tmp_path):
    (tmp_path / line_of(answer)).mkdir()
    (found,) = leaks.in_folder(tmp_path, secrets)
    assert "its name holds a line of an answer" in found


def test_git_remembers_archives_and_names(secrets, answer, tmp_path):
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=sample", "-c", "user.email=sample")
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True, capture_output=True)

    git("init", "-q")
    (tmp_path / "old.zip").write_bytes(zipped("notes.txt", answer))
    (tmp_path / line_of(answer)).write_text("nothing")
    git("add", ".")
    git("commit", "-qm", "A slip")
    git("rm", "-q", "old.zip", line_of(answer))
    git("commit", "-qm", "Nobody saw it", "--allow-empty")
    assert leaks.in_folder(tmp_path, secrets) == []
    found = leaks.in_git(tmp_path, secrets)
    assert {line.split()[1] for line in found} == {"blob", "tree"}

"""A table as a learning platform exports it, read and written with the same encoding, separators and line ends."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import CourseError

# The longest first: UTF-32's mark begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SEPARATORS = ",;\t|"
LARGEST = 64 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Table:
    """Rows of cells, and how they stand in the file.

    Attributes
    ----------
    path : Path
    rows : list of list of str
        The header is the first.
    encoding : str
    mark : bytes
        The byte order mark that the file begins with, or b"".
    separator, line_end : str
    quoted : bool
        Whether all cells stand in quotes, empty ones too.
    """

    path: Path
    rows: list[list[str]]
    encoding: str = "utf-8"
    mark: bytes = b""
    separator: str = ","
    line_end: str = "\r\n"
    quoted: bool = False

    @property
    def header(self) -> list[str]:
        return self.rows[0]

    def content(self, rows: list[list[str]]) -> bytes:
        """Return these rows as the file would have them."""
        text = io.StringIO()
        # "\r\n" here, so that a cell with either character is quoted.
        style = csv.QUOTE_ALL if self.quoted else csv.QUOTE_MINIMAL
        writer = csv.writer(text, delimiter=self.separator, quoting=style, lineterminator="\r\n")  # type: ignore[arg-type]
        lines = []
        for row in rows:
            text.seek(0)
            text.truncate()
            writer.writerow(row)
            lines.append(text.getvalue().removesuffix("\r\n") if row else "")
        whole = "".join(line + self.line_end for line in lines)
        # Only feedback, which is HTML, can have characters that the encoding has not.
        return self.mark + whole.encode(self.encoding, "xmlcharrefreplace")


def read(path: Path) -> Table:
    """Return the table in a file.

    Raises
    ------
    CourseError
        If it cannot be read, or is no table; the text names the file, the line and the cure.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CourseError(
            f"{path}: cannot be read ({error.strerror}). Name the file that the platform exported."
        ) from error
    if len(data) > LARGEST:
        raise CourseError(f"{path}: larger than {LARGEST // 2**20} MiB; this is no table of grades.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CourseError(
            f"{path}: a workbook or a zip, not a text file. Save it as CSV, or export CSV from the platform."
        )
    text, encoding, mark = _decoded(path, data)
    if not text.strip():
        raise CourseError(f"{path}: empty. Export it from the platform again.")
    line_end = next((end for end in ("\r\n", "\n", "\r") if end in text), "\n")
    table = Table(path, [], encoding, mark, _separator(text), line_end)
    text, table = _without_sep_line(text, table)
    rows = _rows(path, text, table.separator)
    first = next((line for line in text.splitlines() if line.strip()), "")
    return replace(table, rows=rows, quoted=_all_quoted(first, len(rows[0])))


def _decoded(path: Path, data: bytes) -> tuple[str, str, bytes]:
    mark, encoding = next(((m, e) for m, e in MARKS if data.startswith(m)), (b"", ""))
    body = data[len(mark) :]
    if not encoding and body[:200].count(0) > len(body[:200]) // 4:  # UTF-16 without a mark
        encoding = "utf-16-le" if body[1:2] == b"\0" else "utf-16-be"
    try:
        text = body.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            raise CourseError(f"{path}: damaged: it begins as {encoding} and goes on as something else.") from error
        try:
            return body.decode("cp1252"), "cp1252", b""  # what Excel writes in western countries
        except UnicodeDecodeError:
            raise CourseError(f"{path}: its characters cannot be read. Save it as UTF-8.") from error
    if "\0" in text:
        raise CourseError(f"{path}: holds bytes that are no text. Export it from the platform again.")
    return text, encoding or "utf-8", mark


def _without_sep_line(text: str, table: Table) -> tuple[str, Table]:
    """Leave out the line `sep=;` that Excel understands; the separator is what it says."""
    first, _, rest = text.partition(table.line_end)
    word = first.strip().strip('"')
    if word.lower().startswith("sep=") and len(word) == 5:
        return rest, replace(table, separator=word[4])
    return text, table


def _separator(text: str) -> str:
    """The separator that occurs most often in the header, outside of quotes."""
    outside = "".join(text.lstrip().splitlines()[0].split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def _all_quoted(line: str, cells: int) -> bool:
    return line.startswith('"') and line.endswith('"') and line.count('"') >= 2 * cells and cells > 1


def _rows(path: Path, text: str, separator: str) -> list[list[str]]:
    csv.field_size_limit(LARGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise CourseError(f"{path}: line {reader.line_num}: {error}. Export it from the platform again.") from error
    while rows and not any(rows[0]):
        rows.pop(0)
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows or len(rows[0]) < 2:
        raise CourseError(f"{path}: no table: its first line has one column. Name the file that the platform exported.")
    return rows

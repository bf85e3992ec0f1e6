"""Files of learning platforms: read in whatever way they were saved, filled in their own columns, and nothing else changed."""

from __future__ import annotations

import csv
import html
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import settings
from autograder.csv_lines import harmless
from autograder.errors import CourseError
from autograder.hosts.lms import moodle_zip, table
from autograder.hosts.lms.columns import Item, Wanted
from autograder.hosts.lms.filling import fill
from autograder.hosts.lms.numbers import decimal_of, number
from autograder.hosts.lms.platforms import BLACKBOARD, BRIGHTSPACE, CANVAS, MOODLE, PLATFORMS
from autograder.reports.feedback_comment import comment_html

SAMPLES = Path(__file__).parent.parent / "nbgrader" / "platforms"
IDS = {f"sample-{letter}": f"sample-{letter}" for letter in "abcd"}
MAILS = {"ann@sample.test": "sample-a", "bo@sample.test": "sample-b"}
HALVES = Item(
    "01_halves", ("01_halves", "Halves"), 10.0, {"sample-a": 8.5, "sample-b": 0.0, "sample-c": 9.0, "sample-d": None}
)
AS_SAVED = [(encoding, separator) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le") for separator in ",;\t"]


def saved(folder: Path, rows: list[list[str]], encoding: str = "utf-8", separator: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path = folder / "export.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def filled(path: Path, platform=CANVAS, students=IDS, items=(HALVES,), **wanted):
    sheet = table.read(path)
    return sheet, fill(sheet, platform, students, items, Wanted(**wanted))


def changes(sheet, found) -> dict[tuple[int, str], str]:
    """The cells that are others, by line and header."""
    pairs = [(i, j) for i, row in enumerate(sheet.rows) for j, cell in enumerate(row) if found.rows[i][j] != cell]
    assert [len(row) for row in found.rows] == [len(row) for row in sheet.rows]
    return {(i + 1, sheet.header[j]): found.rows[i][j] for i, j in pairs}


def test_canvas_gets_its_own_file_back_with_one_column_filled():
    sheet, found = filled(SAMPLES / "canvas.csv")
    assert changes(sheet, found) == {(4, "01_halves (4711)"): "8.5", (5, "01_halves (4711)"): "0"}
    assert found.problems == [
        "row 7: sample-x is nobody in the gradebook.",
        "sample-d: in the gradebook and not in the file.",
        "row 6, sample-c: left, because Canvas says 'EX'.",
    ]
    assert (
        found.sentence()
        == "2 rows filled, 1 left as they were, 1 of nobody in the gradebook; 1 student of the gradebook not in the file."
    )


def test_moodles_worksheet_is_matched_by_mail_and_has_its_own_decimal_sign():
    sheet, found = filled(SAMPLES / "moodle.csv", MOODLE, MAILS)
    assert changes(sheet, found) == {(2, "Grade"): "8,5", (3, "Grade"): "0"}
    assert found.rows[2][-1] == '<p>By hand, "fine"</p>', "a comment is replaced only by a comment"


@pytest.mark.parametrize(("name", "platform"), [("blackboard.xls", BLACKBOARD), ("brightspace.csv", BRIGHTSPACE)])
def test_the_others_too(name, platform):
    sheet, found = filled(SAMPLES / name, platform)
    column = next(header for header in sheet.header if header.startswith("01_halves"))
    assert changes(sheet, found) == {(2, column): "8.5", (3, column): "0"}
    assert (found.filled, found.unmatched, found.missing) == (2, 1, 2)


@pytest.mark.parametrize("name", ["canvas.csv", "moodle.csv", "blackboard.xls", "brightspace.csv"])
def test_a_file_is_written_as_it_was(name):
    sheet = table.read(SAMPLES / name)
    again = sheet.content(sheet.rows)
    assert (
        again == (SAMPLES / name).read_bytes()
        or list(csv.reader(io.StringIO(again.decode(), newline=""))) == sheet.rows
    )


@pytest.mark.parametrize(("encoding", "separator"), AS_SAVED)
def test_a_file_may_be_saved_in_any_way(tmp_path, encoding, separator):
    rows = table.read(SAMPLES / "canvas.csv").rows
    path = saved(tmp_path, rows, encoding, separator)
    sheet, found = filled(path)
    assert sheet.rows == rows
    assert (found.filled, found.unmatched) == (2, 1)
    new = sheet.content(found.rows)
    assert new.decode(encoding).count("\n") == path.read_bytes().decode(encoding).count("\n")
    (tmp_path / "export.csv").write_bytes(new)
    assert table.read(path).rows == found.rows


def test_a_spreadsheet_that_took_zeros_from_ids_is_suspected_and_nothing_is_guessed(tmp_path):
    path = saved(tmp_path, [["SIS Login ID", "01_halves (1)"], ["7", ""], ["sample-b", ""]])
    _, found = filled(
        path, students={**IDS, "007": "007"}, items=(Item("01_halves", ("01_halves",), 10.0, {"007": 1.0}),)
    )
    assert found.rows[1][1] == ""
    assert "row 2: 7 is nobody in the gradebook; 007 is, so a spreadsheet may have taken its zeros." in found.problems


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_end_as_before(tmp_path, end):
    (tmp_path / "x.csv").write_bytes(f"SIS Login ID,01_halves (1){end}sample-a,{end}".encode())
    sheet, found = filled(tmp_path / "x.csv")
    assert sheet.content(found.rows) == f"SIS Login ID,01_halves (1){end}sample-a,8.5{end}".encode()


def test_a_file_without_an_end_is_not_read_to_its_end():
    with pytest.raises(CourseError, match="larger than 64 MiB"):
        table.read(Path("/dev/zero"))


def test_excels_line_about_the_separator_is_no_row(tmp_path):
    (tmp_path / "x.csv").write_text("sep=;\nSIS Login ID;01_halves (1)\nsample-a;\n", "utf-8")
    assert filled(tmp_path / "x.csv")[1].rows[1] == ["sample-a", "8.5"]


def test_an_id_that_is_there_twice_is_told_and_neither_row_is_filled(tmp_path):
    rows = [["SIS Login ID", "01_halves (1)"], ["sample-a", ""], ["sample-b", ""], ["Sample-A", "7"]]
    _, found = filled(saved(tmp_path, rows))
    assert [row[1] for row in found.rows[1:]] == ["", "0", "7"]
    assert [line for line in found.problems if "times" in line] == [
        "row 2: sample-a is there 2 times; none of them is filled.",
        "row 4: sample-a is there 2 times; none of them is filled.",
    ]
    assert (found.filled, found.left, found.missing) == (1, 2, 2)


def test_what_has_no_grade_leaves_what_is_there(tmp_path):
    rows = [["SIS Login ID", "01_halves (1)"], ["sample-d", "4"], ["sample-a"]]
    _, found = filled(saved(tmp_path, rows))
    assert found.rows[1:] == [["sample-d", "4"], ["sample-a", "8.5"]]
    assert (found.filled, found.left) == (1, 1)


def test_another_maximum_is_an_error_or_is_scaled(tmp_path):
    rows = [["Student", "SIS Login ID", "01_halves (1)"], ["  Points Possible", "", "100"], ["A", "sample-a", ""]]
    path = saved(tmp_path, rows)
    with pytest.raises(CourseError, match=r"01_halves has 10 points, and Canvas's column 100.*--scale"):
        filled(path)
    assert filled(path, scale=True)[1].rows[2][2] == "85"


@pytest.mark.parametrize(
    ("text", "value", "decimal"),
    [
        ("10", 10, ""), ("12,5", 12.5, ","), ("12.50", 12.5, "."), ("0,125", 0.125, ","), ("1234,567", 1234.567, ","), ("1,000.50", 1000.5, "."),
        ("1.000,50", 1000.5, ","), ("1,000,000", 1e6, "."), ("1\u202f000", 1000, ""), ("1'000", 1000, ""), ("007", 7, ""), (" 8,5 ", 8.5, ","),
        ("1,00,0", None, ""), ("1.0.0", None, ""), ("-", None, ""), ("", None, ""), ("10 %", None, ""), ("1 00", None, ""),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, value, decimal):
    assert (number(text), decimal_of(text)) == (value, decimal)


def test_a_number_that_can_be_read_in_two_ways_is_named_with_row_and_column(tmp_path):
    rows = [
        ["Email address", "Grade", "Maximum grade"],
        ["ann@sample.test", "", "10"],
        ["bo@sample.test", "", "10,000"],
    ]
    path = saved(tmp_path, rows)
    with pytest.raises(CourseError, match=r"export\.csv: row 3, column 'Maximum grade': '10,000' can .*--decimal \."):
        filled(path, MOODLE, MAILS)
    assert filled(path, MOODLE, MAILS, decimal=",")[1].rows[1:] == [
        [rows[1][0], "8,5", "10"],
        [rows[2][0], "0", "10,000"],
    ]
    with pytest.raises(CourseError, match="01_halves has 10 points, and Moodle's column 10000"):
        filled(path, MOODLE, MAILS, decimal=".")
    rows[1][1] = "8,125"  # no grade of ten points is 8125, but one of 5000 may be
    assert filled(saved(tmp_path, rows[:2]), MOODLE, MAILS)[1].rows[1][1] == "8,5"
    many = Item("01_halves", (), 5000.0, {"sample-a": 8.5})
    rows[1][2] = "5000"
    with pytest.raises(CourseError, match="row 2, column 'Grade': '8,125'"):
        filled(saved(tmp_path, rows[:2]), MOODLE, MAILS, (many,))


def test_a_grade_that_moodle_lets_nobody_change_is_left_and_named(tmp_path):
    rows = [
        ["Email address", "Grade", "Grade can be changed"],
        ["ann@sample.test", "3", "No"],
        ["bo@sample.test", "", "Yes"],
    ]
    _, found = filled(saved(tmp_path, rows), MOODLE, MAILS)
    assert [row[1] for row in found.rows[1:]] == ["3", "0"] and (found.filled, found.left) == (1, 1)
    assert "row 2, sample-a: left, because Moodle lets nobody change its grade." in found.problems


def test_the_guide_says_of_each_platform_what_its_table_says():
    guide = (settings.root() / "docs" / "instructor.md").read_text("utf-8")
    for one in PLATFORMS.values():
        (row,) = [line for line in guide.splitlines() if line.startswith(f"| {one.name} |")]
        _, _, there, command, back, _ = row.split(" | ".strip())
        assert there.strip() == one.there and back.strip().startswith(one.back), row
        assert command.strip().startswith(f"`autograder export {one.key} FILE")


def test_extra_credit_may_exceed_the_maximum_and_moodle_is_named_that_refuses_it():
    more = Item("01_halves", (), 10.0, {"sample-a": 12.0})
    _, found = filled(SAMPLES / "moodle.csv", MOODLE, MAILS, (more,))
    assert found.rows[1][4] == "12"
    assert "row 2, sample-a: 12 of 10 points; Moodle takes no grade above the maximum." in found.problems


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04....", "a workbook or a zip"),
        (b"one column\nx\n", "one column"),
        (b'SIS Login ID,"01_halves\nx,y\n', "line "),
        (b"\xff\xfea", "damaged"),
        (b"a,b\nx\x01\0\n", "no text"),
        (b"Name,01_halves (1)\nx,\n", "there is no column 'SIS Login ID' or .*--match; there are: 'Name', '01_halves \\(1\\)'"),
        (b"SIS Login ID,SIS Login ID,01_halves (1)\nx,x,\n", "2 columns called"),
        (b"SIS Login ID,Other (1)\nsample-a,\n", "no column for 01_halves.*--column '01_halves=HEADER'"),
        (b"SIS Login ID,01_halves (1),Halves (2)\nsample-a,,\n", "2 columns for 01_halves"),
        (b"SIS Login ID,ID,01_halves (1)\nx,sample-a,\n", r"no row's 'SIS Login ID' is a student.*'ID' \(1\).*--match"),
        (b"SIS Login ID,01_halves (1)\n    Points Possible,10\n", "there is no student in it"),
        (b"SIS Login ID,01_halves (1)\nsample-a,\nsample-a,\n", "row 2: sample-a is there 2 times"),
    ],
)  # fmt: skip
def test_a_file_that_will_not_do_is_named_with_the_cure(tmp_path, content, says):
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    with pytest.raises(CourseError, match=says) as error:
        filled(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_columns_can_be_named(tmp_path):
    path = saved(tmp_path, [["Matrikel", "Blatt 1"], ["sample-a", ""]])
    _, found = filled(path, match="Matrikel", columns={"01_halves": "Blatt 1"}, decimal=",")
    assert found.rows[1] == ["sample-a", "8,5"]


def test_feedback_pages_lie_where_moodle_looks_for_them(tmp_path):
    sheet, found = filled(SAMPLES / "moodle.csv", MOODLE, MAILS)
    folders = {name: tmp_path / name for name in ("sample-a", "sample-b")}
    folders["sample-a"].mkdir()
    (folders["sample-a"] / "01_halves.html").write_text("<p>page</p>")
    pages = moodle_zip.pack(sheet, found.students, folders, "01_halves")
    with zipfile.ZipFile(io.BytesIO(pages.content)) as archive:
        (name,) = archive.namelist()
        assert archive.read(name) == b"<p>page</p>"
    # As importziplib.php takes it apart.
    folder, file = name.split("/")
    _, number, kind, plugin, rest = folder.split("_", 4)
    assert (number, kind, plugin, rest, file) == ("1000001", "assignsubmission", "file", "", "01_halves.html")
    assert pages.problems == ["sample-b: no feedback page; `nbgrader generate_feedback 01_halves`."]
    (folders["sample-a"] / "01_halves.html").unlink()
    with pytest.raises(CourseError, match="no feedback page to pack"):
        moodle_zip.pack(sheet, found.students, folders, "01_halves")


def test_feedback_may_have_characters_that_the_files_encoding_has_not(tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes("Email address,Full name,Grade,Feedback comments\nann@sample.test,Zoë,,\n".encode("cp1252"))
    sheet = table.read(path)
    found = fill(sheet, MOODLE, MAILS, (HALVES,), Wanted(), {"sample-a": "<p>✓ \ud800 =1+1</p>"})
    assert (
        sheet.content(found.rows).decode("cp1252").splitlines()[1]
        == "ann@sample.test,Zoë,8.5,<p>&#10003; &#55296; =1+1</p>"
    )


@given(st.text("=+-@;|'\"<>& 3a", min_size=1, max_size=40))
def test_a_comment_says_what_the_check_said_and_is_no_formula(message):
    message = " ".join(message.split())
    comment = comment_html([("Half", 0.0, 1.0, message)], 0.0, 1.0, 0.0)
    assert harmless(comment) == comment and message in html.unescape(comment)

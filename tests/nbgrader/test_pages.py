"""Feedback pages: what they say about a submission, and that no look at one sends anything anywhere."""

from __future__ import annotations

import functools
import http.server
import itertools
import re
import shutil
import subprocess
import threading
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from autograder.hosts.nbgrader import sanitize
from autograder.reports import cards
from tests.conftest import LESSONS
from tests.support import tiny

pytestmark = pytest.mark.xdist_group("pages")  # the class is graded once


REQUESTS = [
    "![ ](/logout)", "![x](//evil.test/x.png)", "![x](http://evil.test/x.png)", "![x][r]\n\n[r]: http://evil.test/x.png", "![x](x.png)",
    "![x](file:///etc/passwd)", "![x](data:text/html;base64,PHNjcmlwdD4=)", '<img src="/logout">', "<img src=x onerror=alert(1)>",
    '<img srcset="/a 1x, /b 2x">', '<picture><source srcset="/a"></picture>', '<video src="/a" poster="/b"></video>', '<audio src="/a"></audio>',
    '<iframe src="/logout"></iframe>', '<object data="/a"></object>', '<embed src="/a">', '<link rel="stylesheet" href="/a.css">',
    '<meta http-equiv="refresh" content="0;url=/logout">', '<base href="http://evil.test/">', "<script>fetch('/logout')</script>",
    '<script src="/a.js"></script>', "<style>@import '/a.css';</style>", '<div style="background:url(/a)">x</div>', "<style>p{background:url(/a)}</style>",
    '<form action="/logout"><button>x</button></form>', '<input type="image" src="/a">', '<button formaction="/logout">x</button>',
    '<svg><image href="/a"/><use href="/b"/></svg>', '<svg><a xlink:href="/logout"><text>x</text></a></svg>', "<math><mtext><img src=/a></mtext></math>",
    '<table background="/a"><tr><td>x</td></tr></table>', '<body background="/a">', '<a href="/logout" ping="/a">x</a>', '<blockquote cite="/a">x</blockquote>',
    "[x](/logout)", "[x](javascript:alert(1))", "[x](http://evil.test/)", "<http://evil.test/>", "[x](//evil.test)", "http://evil.test/",
    "[x](vbscript:x)", "[x](\x01javascript:alert(1))", "[x][r]\n\n[r]: /logout", '<area href="/logout">', "$\\href{/logout}{x}$", "```mermaid\ngraph TD\n```",
    "<noscript><img src=/a></noscript>", "<template><img src=/a></template>", "<xmp><img src=/a></xmp>", "<frameset><frame src=/a></frameset>",
    "![x](  /logout)", "![x](\\\\evil.test\\x)", "<img/src=/logout>", "<IMG SRC=/logout>", "<image src=/logout>", "<details open ontoggle=alert(1)>x</details>",
]  # fmt: skip


TEXT_ATTRIBUTES = {"alt", "title", "class", "id"}


def outside(html: str, *, of_student: bool = False) -> list[str]:
    """What in a page would make a browser ask for something, or take the reader somewhere else than the course's text does."""
    soup = BeautifulSoup(html, "html.parser")
    found = []
    for element in soup.find_all(True):
        if element.name in (
            "script",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "form",
            "svg",
            "video",
            "audio",
            "source",
        ):
            found.append(f"<{element.name}>")
        if element.name == "meta" and element.get("http-equiv", "").lower() == "refresh":
            found.append("refresh")
        if element.name == "style" and re.search(r"@import|url\((?!data:)", element.text):
            found.append("style")
        for name, value in element.attrs.items():
            value = (" ".join(value) if isinstance(value, list) else value).strip()
            web_link = element.name == "a" and name == "href" and re.match(r"https?://", value) and not of_student
            if name.startswith("on") or (name == "style" and "url(" in value):
                found.append(f"{name}={value[:60]}")
            elif name in TEXT_ATTRIBUTES or web_link or element.name == "meta":
                continue
            elif (
                re.match(r"[a-z+.-]+:|/|\\", value.lower()) and not value.startswith("data:image/") and name != "style"
            ):
                found.append(f"{element.name} {name}={value[:60]}")
    return found


# -- text cells -------------------------------------------------------------------------------------------------------


exporter = functools.cache(HTMLExporter)


def drawn(text: str, **course: str) -> str:
    """A text cell as a page shows it, without the rebuilding that would have cut it."""
    cell = new_markdown_cell(text, metadata={"course": course} if course else {})
    html = exporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))[0]
    return sanitize.sanitized(str(BeautifulSoup(html, "html.parser").find("main") or html), cell)


@pytest.mark.parametrize("text", REQUESTS)
def test_no_text_of_a_students_makes_a_browser_ask_for_anything(text):
    html = drawn(text, **{"from": "student"})
    assert outside(html, of_student=True) == []


@pytest.mark.parametrize("text", [text for text in REQUESTS if "http" not in text])
def test_nor_does_the_courses_own(text):
    assert outside(drawn(text)) == []


def test_the_courses_links_stay_and_say_nothing_about_where_they_stand():
    link = BeautifulSoup(drawn("[Lab](https://example.org/lab) and [below](#here)"), "html.parser").find_all("a")
    assert [(a.get("href"), a.get("rel")) for a in link] == [
        ("https://example.org/lab", ["noreferrer", "noopener"]),
        ("#here", None),
    ]


def test_an_honest_text_is_drawn_as_ever():
    text = "# Head\n\n*a* **b** `c`\n\n> q\n\n1. x\n\n| a | b |\n|:--|--:|\n| 1 | 2 |\n\n```python\nx = 1\n```\n\n<details><summary>s</summary>d</details>\n\n![p](data:image/png;base64,iVBORw0KGgo=)"
    html = drawn(text, **{"from": "student"})
    for tag in ("h1", "em", "strong", "code", "blockquote", "ol", "table", "pre", "details", "summary", "img"):
        assert f"<{tag}" in html, tag


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_no_text_of_the_course_needs_mathjax(lesson):
    """Pages have no MathJax: a formula in a lesson's text must be readable without it."""
    for cell in lesson.read_release().cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"```.*?```|`[^`\n]*`", "", cell.source, flags=re.DOTALL)
            assert not re.search(r"\$[^$\n]+\$|\\\(|\\\[|\\begin\{", prose), cell.source


# -- a class ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def class_(tmp_path_factory):
    """Submissions of several kinds, graded, with pages. The due date is one day before `late`'s and `unpunished`'s."""
    lesson = tiny.make_course(tmp_path_factory.mktemp("pages"))
    right = tiny.right(lesson)
    for student in ("full", "late", "unpunished"):
        folder = tiny.submit(lesson, student, right)
        (folder / "timestamp.txt").write_text(
            "2026-03-01 10:00:00 UTC\n" if student == "full" else "2026-03-02 13:30:00 UTC\n"
        )
    hostile = nbformat.from_dict(right)
    hostile.cells += [new_markdown_cell(text) for text in REQUESTS]
    hostile.cells.append(nbformat.v4.new_code_cell(
        "from IPython.display import HTML, SVG, Javascript, Markdown, Latex, display\n"
        "display(HTML('<img src=/logout><script>1</script>'), SVG('<svg><image href=\"/a\"/></svg>'), Javascript('fetch(\"/logout\")'), Markdown('![x](/logout)'))"
    ))  # fmt: skip
    tiny.submit(lesson, "hostile", hostile)
    tiny.submit(lesson, "unreadable", nbformat.writes(right)[:3000])
    folder = tiny.submit(lesson, "misnamed", "")
    (folder / f"{lesson.name}.ipynb").unlink()
    (folder / "my <i>`work`.ipynb").write_text(nbformat.writes(right), "utf-8")
    tiny.submit(lesson, "blank", lesson.read_release())
    broken = nbformat.from_dict(right)
    next(
        cell for cell in broken.cells if cell.id == "half"
    ).source = "# ✏️ Answer: half\ndef half(grid:\n    return grid // 2"
    tiny.submit(lesson, "broken", broken)
    done = tiny.nbgrader(lesson.root, "autograde", lesson.name)
    assert done.returncode == 0, done.stderr[-3000:]
    with Gradebook(f"sqlite:///{lesson.root}/gradebook.db") as book:
        book.update_or_create_assignment(lesson.name, duedate="2026-03-01 12:00:00 UTC")
        book.update_or_create_student("full", first_name="Zoë <i>", last_name="Ångström, Jr.")
        book.find_submission(lesson.name, "late").notebooks[0].late_submission_penalty = 3.0
        book.db.commit()
    done = tiny.nbgrader(lesson.root, "generate_feedback", lesson.name)
    assert done.returncode == 0, done.stderr[-3000:]
    return lesson


def page_of(lesson, student: str) -> str:
    return (lesson.root / "feedback" / student / lesson.name / f"{lesson.name}.html").read_text("utf-8")


def summary_of(lesson, student: str) -> str:
    found = BeautifulSoup(page_of(lesson, student), "html.parser").find(class_="summary")
    return " ".join(found.get_text(" ").split())


@pytest.mark.parametrize("student", ["full", "late", "hostile", "unreadable", "misnamed", "blank"])
def test_a_page_asks_nobody_for_anything_and_tells_the_browser_so(class_, student):
    page = page_of(class_, student)
    assert outside(page, of_student=True) == []
    head = BeautifulSoup(page, "html.parser").head.find_all("meta")
    assert head[1].attrs == {"http-equiv": "Content-Security-Policy", "content": sanitize.POLICY}
    assert {"name": "referrer", "content": "no-referrer"} in [meta.attrs for meta in head]
    assert len(page) < 400_000, "as large as what is in it, and no larger"


def test_the_policy_forbids_what_is_not_named():
    directives = dict(part.strip().split(" ", 1) for part in sanitize.POLICY.split(";"))
    assert directives == {
        "default-src": "'none'", "img-src": "data:", "style-src": "'unsafe-inline'", "base-uri": "'none'", "form-action": "'none'",
    }  # fmt: skip


def test_a_page_says_whose_it_is_and_what_was_graded_when(class_):
    said = summary_of(class_, "full")
    assert said.startswith("Zoë <i> Ångström, Jr. (full) · 1 · Halves All done: full marks 10 / 10 points")
    assert "Handed in 2026-03-01 10:00 UTC · graded 20" in said
    assert re.search(r"graded \d{4}-\d\d-\d\d \d\d:\d\d UTC · from the file 01_halves\.ipynb$", said)
    assert "from the file my <i>'work'.ipynb" in summary_of(class_, "misnamed")
    assert "No time of handing in is known" in summary_of(class_, "blank")


def test_a_late_submission_has_no_full_marks_and_the_page_says_why(class_):
    said = summary_of(class_, "late")
    assert "full marks" not in said
    assert "All done, 3 points off for lateness 7 / 10 points" in said
    assert "Handed in 1 day 2 hours late: 3 points less." in said
    said = summary_of(class_, "unpunished")
    assert "All done: full marks 10 / 10 points" in said
    assert "Handed in 1 day 2 hours late; no points were taken off for that." in said


def section_of(lesson, student: str, exercise: str) -> BeautifulSoup | None:
    return BeautifulSoup(page_of(lesson, student), "html.parser").find("section", id=f"{exercise}_check")


def test_an_exercise_stands_with_its_code_what_was_checked_and_the_hint_that_fits(class_):
    """Who has all points finds the code folded, and no hint; who did not begin the first hint open, and no code of theirs."""
    full, blank = section_of(class_, "full", "half"), section_of(class_, "blank", "half")
    assert full.h2.get_text(" ", strip=True) == "✓ Exercise 1.1 · Half as bright"
    folded = full.find("details")
    assert not folded.has_attr("open")
    assert "def half(grid):" in folded.get_text()
    assert full.find(class_="points").text == "5 / 5 points"
    assert not full.select(".hint")
    assert [(hint.summary.text, hint.has_attr("open")) for hint in blank.select(".hint")] == [
        (title, place == 0) for place, title in enumerate(("Hint 1", "Hint 2", "Hint 3"))
    ]
    links = BeautifulSoup(page_of(class_, "blank"), "html.parser").select(".summary a")
    assert {link["href"] for link in links} == {"#half_check", "#mirror_check"}


def test_an_answer_that_is_no_python_is_no_blank_and_its_line_is_named_without_ipythons_file(class_):
    section = section_of(class_, "broken", "half")
    said = section.get_text(" ", strip=True)
    assert "Your code" in said and "The cell as it is" not in said and "def half(grid:" in section.get_text()
    assert "'(' was never closed (line 2)" in said and ".py" not in said
    assert section.select_one(".hint").summary.text == "Hint 2"


def test_on_paper_all_code_and_messages_are_open_and_of_the_hints_the_one_that_fits(class_):
    style = BeautifulSoup(page_of(class_, "blank"), "html.parser").style.text
    on_paper = style[style.index("@media print") :]
    assert "details.code::details-content" in on_paper and "hint::details-content" not in on_paper
    assert ".hint:not([open]) { display: none; }" in on_paper


def test_the_notebook_is_folded_and_holds_no_answer_twice(class_):
    page = BeautifulSoup(page_of(class_, "full"), "html.parser")
    whole = page.find("details", class_="whole")
    assert not whole.has_attr("open")
    assert "def half" in page.get_text() and "def half" not in whole.get_text()
    assert page.get_text().count("# ✏️ Answer: half") == 1
    levels = [int(heading.name[1]) for heading in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))


def test_of_what_nobody_could_read_no_answer_is_shown(class_):
    page = BeautifulSoup(page_of(class_, "unreadable"), "html.parser")
    assert not page.select("section.exercise, .hint")


def test_why_a_submission_waits_stands_above_everything_else(class_):
    said = summary_of(class_, "unreadable")
    head, _, rest = said.partition("not graded")
    assert head.endswith("Your teacher will look at this submission ")
    assert rest.strip().startswith("01_halves.ipynb: not a notebook")


def test_the_formgrader_shows_first_why_a_submission_waits(class_):
    path = class_.root / "autograded" / "unreadable" / class_.name / f"{class_.name}.ipynb"
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown" and first.id == cards.FIRST_CELL
    shown = BeautifulSoup(first.source, "html.parser").get_text(" ")
    assert "waits for a human" in shown and "not a notebook" in shown
    assert "waits for a human" not in page_of(class_, "unreadable"), "that is for the instructor"
    path = class_.root / "autograded" / "full" / class_.name / f"{class_.name}.ipynb"
    assert nbformat.read(path, as_version=4).cells[0].id != cards.FIRST_CELL


def test_the_first_cell_is_exchanged_and_not_piled_up():
    notebook = nbformat.v4.new_notebook(cells=[new_markdown_cell("# Lesson")])
    cards.tell_the_teacher(notebook, "One reason.", points_stand=True)
    cards.tell_the_teacher(notebook, "Another <reason>.", points_stand=False)
    assert len(notebook.cells) == 2
    assert "Another &lt;reason&gt;." in notebook.cells[0].source


def test_a_page_says_that_there_was_no_sandbox(class_, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SANDBOX", "none")
    lesson = tiny.make_course(tmp_path / "open")
    tiny.submit(lesson, "full", tiny.right(lesson))
    for step in ("autograde", "generate_feedback"):
        done = tiny.nbgrader(lesson.root, step, lesson.name)
        assert done.returncode == 0, done.stderr[-3000:]
    assert "Graded without a sandbox" in summary_of(lesson, "full")
    assert "Graded without a sandbox" not in summary_of(class_, "full")


# -- in a browser -----------------------------------------------------------------------------------------------------

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--virtual-time-budget=4000",
]  # fmt: skip


in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")


class _Server(http.server.SimpleHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(tmp_path):
    """A web server of one folder, with the list of what it was asked for: (folder, address, asked)."""
    asked: list[str] = []
    handler = type("Handler", (_Server,), {"asked": asked})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(tmp_path))) as it:
        thread = threading.Thread(target=it.serve_forever, daemon=True)
        thread.start()
        yield tmp_path, f"http://127.0.0.1:{it.server_port}", asked
        it.shutdown()


def browse(address: str, profile: Path) -> str:
    """The document as the browser has it after a while."""
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", address]
    return subprocess.run(
        command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, timeout=120
    ).stdout


@in_a_browser
@pytest.mark.slow
def test_a_browser_asks_for_nothing_even_if_something_gets_into_a_page(class_, server):
    folder, address, asked = server
    got_in = (
        f'<img src="{address}/img"><script>fetch("{address}/fetch")</script><script src="{address}/js"></script>'
        f'<link rel="stylesheet" href="{address}/css"><iframe src="{address}/frame"></iframe><style>@import "{address}/import";</style>'
        f'<object data="{address}/object"></object><svg><image href="{address}/svg"/></svg><div style="background:url({address}/back)">x</div>'
    )
    leaves = f'<video src="{address}/video" poster="{address}/poster"></video><form id="f" action="{address}/form"></form><script>f.submit()</script>'
    page = page_of(class_, "full").replace("</main>", f"{got_in}</main>")
    (folder / "page.html").write_text(page.replace("</main>", f"{leaves}</main>"), "utf-8")
    browse(f"{address}/page.html", folder / "profile")
    assert [path for path in asked if path not in ("/page.html", "/favicon.ico")] == []
    policy = re.compile(r"<meta[^>]*Content-Security-Policy[^>]*>")
    (folder / "open.html").write_text(policy.sub("", page), "utf-8")
    asked.clear()
    browse(f"{address}/open.html", folder / "profile2")
    assert {"/img", "/fetch", "/frame"} <= set(asked), "without the policy it would"


@in_a_browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("student", ["full", "late", "hostile", "unreadable", "misnamed", "blank"])
def test_nothing_sticks_out_of_a_narrow_window(class_, server, student, width):
    folder, address, _ = server
    (folder / "page.html").write_text(page_of(class_, student), "utf-8")
    (folder / "frame.html").write_text(
        f"<iframe src='page.html' style='border:0;width:{width}px;height:900px' onload=\"document.title = 'wide: '"
        ' + this.contentDocument.documentElement.scrollWidth"></iframe>'
    )
    found = re.search(r"wide: (\d+)", browse(f"{address}/frame.html", folder / "profile"))
    assert int(found[1]) <= width

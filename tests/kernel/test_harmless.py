"""A student's Markdown makes a browser fetch, run and send nothing: looked at through nbconvert's own filter, as pages and the formgrader do."""

from __future__ import annotations

import re
import time

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import markdown2html, strip_files_prefix

from autograder.course import samples
from autograder.safe_text import inert_markdown
from autograder.submission.rebuild import open_submission

PLACE = "/logout"
ACTIVE = (
    *("img", "image", "picture", "source", "svg", "iframe", "frame", "object", "embed", "applet", "audio", "video", "track", "link", "style"),
    *("script", "base", "meta", "form", "button", "portal", "math", "template", "marquee", "body", "html", "head"),
)  # fmt: skip
ATTRIBUTES = (
    "src",
    "srcset",
    "data",
    "background",
    "poster",
    "action",
    "formaction",
    "ping",
    "longdesc",
    "cite",
    "manifest",
    "srcdoc",
)

PICTURES = [
    "![ ](/logout)",
    "![](/logout)",
    "![a](</logout>)",
    '![a](/logout "title")',
    "![a](/logout 'title')",
    "![a](\n/logout\n)",
    "![a\nb](/logout)",
    "![a](https://adversarial.example/pixel.png)",
    "![a](//adversarial.example/pixel.png)",
    "![a](data:image/svg+xml;base64,PHN2Zy8+)",
    "![a](attachment:x.png)",
    "![a](files/logout)",
    "![a][b]\n\n[b]: /logout",
    "![a] [b]\n\n[b]: /logout",
    "![b][]\n\n[b]: /logout",
    "![b]\n\n[b]: /logout",
    "![b]\n\n[b]: https://adversarial.example/pixel.png",
    "![b]\n\n[b]:\n https://adversarial.example/pixel.png\n 'title'",
    "![b]\n\n> [b]: https://adversarial.example/pixel.png",
    "[![a](/logout)](https://adversarial.example)",
    "![![a](/logout)](/logout)",
    "![[a](/logout)](/logout)",
    "\\![a](/logout)",
    "\\\\![a](/logout)",
    "!![a](/logout)",
    "!\\[a](/logout) ![a\\](/logout)](/logout)",
    "!\u200b![a](/logout)",
    "!\0[a](/logout) \0![a](/logout)",
    "!\r[a](/logout)",
    "&#33;[a](/logout)",
    "&excl;[a](/logout) &excl;&lbrack;a](/logout)",
    "![a](&#47;logout) ![a](&sol;logout)",
    "![a](%2Flogout) ![a](\\/logout)",
    "# ![a](/logout)",
    "![a](/logout)\n===",
    "> ![a](/logout)",
    "- ![a](/logout)\n- [ ] ![a](/logout)",
    "1. ![a](/logout)",
    "| a | b |\n|---|---|\n| ![a](/logout) | ![b] |\n\n[b]: /logout",
    "term ![a](/logout)\n: ![a](/logout)",
    "*![a](/logout)* **![a](/logout)** ~~![a](/logout)~~ _![a](/logout)_",
    "[^1]\n\n[^1]: ![a](/logout)",
    "*[HTML]: ![a](/logout)\n\nHTML",
    "$x$![a](/logout)$x$ $$x$$![a](/logout)",
    "$ ![a](/logout) $ $$ ![a](/logout) $$ \\\\( ![a](/logout) \\\\) \\\\[ ![a](/logout) \\\\]",
    "\\begin{a}![a](/logout)\\end{a}",
    "<!-- -->![a](/logout)<!-- -->",
    "`x`![a](/logout)`x` `` ` ``![a](/logout)",
    "    ![a](/logout)",
    "```\n```\n![a](/logout)\n~~~\n~~~\n![a](/logout)",
    "![a](/logout){width=5}",
    "!![[/logout]] ![[/logout]]",
]
TAGS = [
    "<img src=/logout>",
    "<IMG SRC='/logout'>",
    "<image href=/logout>",
    "<img\nsrc=/logout>",
    "<\nimg src=/logout>",
    "<img/src=/logout>",
    "&lt;img src=/logout&gt; &#60;img src=/logout&#62; &LT;img src=/logout>",
    "\\<img src=/logout>",
    "<<img src=/logout>>",
    "<<\u200bimg src=/logout>",
    "<link rel=prefetch href=/logout>",
    "<link rel=stylesheet href=/logout>",
    "<style>body{background:url(/logout)}</style>",
    "<p style='background:url(/logout)'>x",
    "<body background=/logout>",
    "<table background=/logout>",
    "<audio src=/logout autoplay></audio><video poster=/logout></video><source src=/logout><track src=/logout>",
    "<iframe src=/logout></iframe><object data=/logout></object><embed src=/logout>",
    "<svg><image href=/logout /></svg><picture><source srcset=/logout></picture>",
    "<input type=image src=/logout><form action=/logout></form><meta http-equiv=refresh content='0;url=/logout'>",
    "<https://adversarial.example/a.png> <javascript:alert(1)> <mailto:a@b.c>",
    "<?xml-stylesheet href='/logout'?> <!DOCTYPE x SYSTEM '/logout'> <![CDATA[<img src=/logout>]]>",
    "| a |\n|---|\n| <img src=/logout> |",
    "```html\n</pre><img src=/logout>\n```",
    "$<img src=/logout>$ $$<img src=/logout>$$ \\begin{a}<img src=/logout>\\end{a}",
    "[<img src=/logout>](https://adversarial.example)",
]
LINKS = [
    "[a](/logout)",
    "[a](logout)",
    "[a](../logout)",
    "[a](//adversarial.example)",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](\n javascript:alert(1))",
    "[a](</logout>)",
    "[a](<javascript:alert(1)>)",
    "[a](data:text/html,x)",
    "[a](vbscript:x)",
    "[a](file:///etc/passwd)",
    "[a](&#47;logout)",
    "[a](&#106;avascript:alert(1))",
    "[a][b]\n\n[b]: /logout",
    "[b]\n\n[b]: javascript:alert(1)",
    "[b]\n\n[b]: </logout>",
    "[b]\n\n[b]:\n/logout",
    "[b]\n\n> [b]: /logout",
    "[a\\](/logout)](/logout)",
    "[[a](/logout)](/logout)",
]
DIAGRAMS = [
    "```mermaid\ngraph TD; A-->B\n```",
    "~~~mermaid\ngraph TD; A-->B\n~~~",
    "``` mermaid\ngraph TD\n```",
    "````mermaid {x}\ngraph TD\n````",
    "```mermaid-x\ngraph TD\n```",
    "```&#109;ermaid\ngraph TD\n```",
    "```\\mermaid\ngraph TD\n```",
    "```mermaid&nbsp;\ngraph TD\n```",
    "> ```mermaid\n> graph TD\n> ```",
    "- ```mermaid\n  graph TD\n  ```",
    "   ```\tmermaid\ngraph TD\n```",
]
COMMANDS = [
    *("href", "url", "require", "def", "gdef", "edef", "xdef", "let", "newcommand", "renewcommand", "newenvironment", "renewenvironment"),
    *("newcolumntype", "Newextarrow", "mmlToken", "cssId", "css", "class", "style", "bbox", "unicode", "htmlClass", "htmlData", "htmlId", "htmlStyle"),
    *("data", "toggle", "texttip", "mathtip", "tooltip", "includegraphics"),
]  # fmt: skip
FORMULAS = ["$\\{}{{/logout}}$", "$$\\{}{{/logout}}$$", "\\\\(\\{}{{/logout}}\\\\)", "\\begin{{align}}\\{}{{/logout}}\\end{{align}}", "&#36;\\{}{{/logout}}&#36;",
    "$&#92;{}{{/logout}}$", "&#36;&#92;{}{{/logout}}&#36;", "&dollar;&bsol;{}{{/logout}}&dollar;", "&#x24;&#X5c;{}{{/logout}}&#x24;", "$\\\\{}{{/logout}}$",
    "\\$\\\\{}{{/logout}}\\$", "&#36;&#092{}{{/logout}}&#36;"]  # fmt: skip


def drawn(text: str) -> BeautifulSoup:
    """What a page makes of a text cell."""
    return BeautifulSoup(strip_files_prefix(markdown2html(inert_markdown(text))), "html.parser")


def must_be_passive(page: BeautifulSoup) -> None:
    """Fail if a browser that is shown this would fetch, run or send anything, or would where it is clicked but leave for a web page."""
    for tag in page.find_all(True):
        assert tag.name not in ACTIVE, f"<{tag.name}>"
        if tag.name == "input":  # a task in a list
            assert tag["type"] == "checkbox" and tag.has_attr("disabled")
        for name, value in tag.attrs.items():
            assert name not in ATTRIBUTES and not name.startswith("on"), f"<{tag.name} {name}>"
            assert not (name == "style" and re.search(r"url|expression|@|\\", value)), value
            if name == "href":
                assert tag.name == "a" and re.match(r"https?://|mailto:|#", value), value
        assert not {"mermaid", "jp-Mermaid", "language-mermaid"} & set(tag.get("class", []))


@pytest.mark.parametrize("text", [*PICTURES, *TAGS, *LINKS, *DIAGRAMS], ids=repr)
def test_no_form_of_markdown_makes_a_browser_act(text):
    for form in (text, f"x {text} x", f"x\n{text}\nx", f"- {text}", f"# {text}", text * 2, inert_markdown(text)):
        must_be_passive(drawn(form))


@pytest.mark.parametrize("text", [PICTURES[0], PICTURES[12], TAGS[0], TAGS[10], LINKS[0], DIAGRAMS[0]], ids=repr)
def test_without_the_intake_a_browser_would_act(text):
    with pytest.raises(AssertionError):
        must_be_passive(BeautifulSoup(markdown2html(text), "html.parser"))


@pytest.mark.parametrize("command", COMMANDS)
def test_no_tex_command_that_makes_links_or_commands_reaches_the_page(command):
    for form in FORMULAS:
        page = drawn(form.format(command)).get_text()
        assert not re.search(rf"\\{command}(?![A-Za-z])", page), f"{form}: {page}"


def test_an_entity_becomes_no_character_that_begins_or_ends_anything():
    entities = [
        "&#36;",
        "&#92;",
        "&#x5c;",
        "&bsol;",
        "&dollar;",
        "&lbrace;",
        "&#123;",
        "&grave;",
        "&#96;",
        "&lbrack;",
        "&NewLine;",
        "&Tab;",
        "&#0;",
        "&colon;",
    ]
    for entity in entities:
        text = drawn(f"a {entity} b").get_text().strip()
        assert re.sub(r"[&#A-Za-z0-9;\u200b ]", "", text) == "", entity


@given(
    st.lists(
        st.sampled_from(
            [
                *"![]()<>:#`~$\\&|-*_^\n \t\"'",
                "/logout",
                "a",
                "![a](/logout)",
                "[b]: /logout",
                "https://x.y",
                "&#33;",
                "```",
                "mermaid",
                "<img src=/logout>",
            ]
        ),
        max_size=25,
    )
)
@settings(max_examples=400, derandomize=True, deadline=None, database=None)
def test_no_mixture_of_signs_makes_a_browser_act(parts):
    try:
        page = drawn("".join(parts))
    except Exception:  # nbconvert cannot draw it: such a text is shown as it was typed
        return
    must_be_passive(page)


def test_what_honest_students_write_is_drawn_as_they_meant_it():
    text = """# My notes

I think *grey* is **not** enough, since 2 < 3 and a & b; see [the page](https://example.org/a?b=1&c=2 "title"), [above](#My-notes) or <b>.

| level | colour |
|:-----:|--------|
| 5     | `x[0]` |

1. one
- [x] done

```python
def f(x):
    return x![0]
```

$E = mc^2$ and $$\\frac{1}{2} \\color{red}{x} \\text{data} \\begin{matrix}1 & 2\\\\3 & 4\\end{matrix}$$

Really![^1] Caf&eacute;, M&uuml;ller, 5&nbsp;%, a &lt; b. Write to [me](mailto:a@example.org).
"""
    page = drawn(text)
    must_be_passive(page)
    links = [tag["href"] for tag in page.find_all("a") if "anchor-link" not in tag.get("class", [])]
    assert links == ["https://example.org/a?b=1&c=2", "#My-notes", "mailto:a@example.org"]
    assert [tag.name for tag in page.find_all(("em", "strong", "table", "code", "ol", "h1"))] == [
        "h1",
        "em",
        "strong",
        "table",
        "code",
        "ol",
    ]
    assert "\\frac{1}{2} \\color{red}{x} \\text{data} \\begin{matrix}1 & 2" in page.get_text()
    assert "highlight" in str(page) and "Müller" in page.get_text()


def test_pictures_of_the_course_stay_and_pictures_of_a_student_do_not(first, finished, tmp_path):
    path = tmp_path / f"{first.name}.ipynb"
    text = "![ ](/logout) ![mine](attachment:a.png)\n\n```mermaid\ngraph\n```"
    finished.cells.insert(3, nbformat.v4.new_markdown_cell(text, attachments={"a.png": {"image/png": "iVBORw0KGgo="}}))
    for cell in finished.cells[4:]:
        if cell.cell_type == "markdown":
            cell.source += text  # a changed cell of the course's is the course's again
    path.write_text(nbformat.writes(finished), "utf-8")
    pictures = []
    for notebook in (first.read_release(), open_submission(path).notebook):
        page = BeautifulSoup(
            HTMLExporter(template_name="classic", exclude_input=True).from_notebook_node(notebook)[0], "html.parser"
        )
        pictures.append([tag.get("src") for tag in page.find_all("img")])
    assert pictures[0] == pictures[1]


def test_a_long_text_is_made_harmless_in_a_moment():
    began = time.process_time()
    for piece in (
        "](",
        "![",
        "`",
        "``` ",
        "&",
        "<a",
        "\\css",
        "]: ",
        "~`",
        "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "\\htmlx",
        " ",
    ):
        inert_markdown(piece * (1_000_000 // len(piece)))
    assert time.process_time() - began < 8


def test_the_sample_answers_hold_no_picture_of_their_own(lesson):
    """Nothing of what the course itself gives out is cut: the release is rebuilt to itself."""
    notebook = samples.submission(lesson, samples.solutions(lesson))
    assert all(
        cell.source == given.source
        for cell, given in zip(notebook.cells, lesson.read_release().cells, strict=True)
        if cell.cell_type == "markdown"
    )

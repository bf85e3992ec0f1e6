"""Sanitize feedback pages: nothing that a student wrote runs in a browser, and no page asks anybody for anything.

nbgrader's page loads MathJax from elsewhere and shows whatever a text cell says. Here the template is the course's own:
no script, no font, no picture but those that the file carries, and a content security policy that says so to the browser.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

from bs4 import BeautifulSoup
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from traitlets.config import Config

from autograder.hosts.nbgrader.pages import FeedbackExporter

TEMPLATES = Path(__file__).resolve().parent / "templates"
OURS = "grader"  # what `metadata.course.from` says of a cell that the grader added

# Nothing is asked for, nothing is sent, nothing runs; pictures are in the page itself.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4"),
    *("h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub"),
    *("summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var"),
}  # fmt: skip
ATTRIBUTES = {"align", "alt", "class", "colspan", "height", "href", "id", "open", "rowspan", "src", "start", "title", "width"}  # fmt: skip
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*")
WEB = re.compile(r"https?://[^\s]+|mailto:[^\s]+", re.IGNORECASE)


def use_own_template(converter: GenerateFeedback) -> None:
    """Have nbgrader's feedback step draw its pages with the course's template, unless the instructor's config names another."""
    chosen = converter.config.HTMLExporter.get("template_name", "feedback")
    if chosen != "feedback":
        return
    config = Config()
    config.HTMLExporter.template_name = "course_feedback"
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
    config.HTMLExporter.exclude_anchor_links = True
    config.HTMLExporter.filters = {
        "sanitized": sanitized,
        "course_text": course_text,
        "policy": lambda _: POLICY,
    }
    converter.update_config(config)
    converter.exporter_class = FeedbackExporter


def sanitized(html: str, cell: NotebookNode) -> str:
    """The HTML of a text cell with all that would make a browser ask for something taken out of it.

    What a student wrote loses its links as well, and keeps their text. The grader's own cells are left as they are.
    """
    whose = cell.metadata.get("course", {}).get("from")
    return html if whose == OURS else _sanitized(html, whose == "student")


@functools.lru_cache(2_000)  # the course's own cells are the same on all pages
def _sanitized(html: str, of_student: bool) -> str:
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.find_all(True):
        if element.decomposed:
            continue
        if element.name not in TAGS:
            element.unwrap() if element.name not in ("script", "style") else element.decompose()
            continue
        for name in list(element.attrs):
            if name not in ATTRIBUTES or (name == "src" and element.name != "img"):
                del element[name]
        if element.name == "img" and not PICTURE.fullmatch(str(element.get("src", ""))):
            element.replace_with(f"[picture: {element.get('alt') or 'not shown'}]")
        elif "href" in element.attrs:
            _sanitize_link(element, of_student)
        elif element.name == "table":
            # It may be wider than a narrow window, and is then scrolled by the keyboard, too.
            element["tabindex"] = "0"
        elif element.name == "th" and not element.get_text(strip=True):
            element.name = "td"
    return str(soup)


def _sanitize_link(element, of_student: bool) -> None:
    """Keep a link within the page, and one to the web in the course's own text; others become plain text."""
    target = element["href"]
    if element.name == "a" and target.startswith("#"):
        return
    if element.name != "a" or of_student or not WEB.fullmatch(target):
        del element["href"]
    else:
        element["rel"] = "noreferrer noopener"


def course_text(html: str) -> str:
    """The HTML of a text of the course's own, sanitized."""
    return _sanitized(html, False)

"""Makes the HTML of feedback pages: nbconvert's exporter without what it does twice, and with what is the same on all pages done once."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode

# Cells whose HTML is remembered; a lesson has a hundred.
REMEMBERED = 2_000
WITHOUT_ALT = re.compile(r"<img(?![^>]*\salt=)")
# What Pygments marks and no style sheet colours: names, punctuation, blanks.
PLAIN = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
CLASSES = re.compile(r'\sclass="([^"]*)"')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLOCK = re.compile(r"(@media[^{]*)\{((?:[^{}]*\{[^{}]*\})*)\s*\}|([^{}@][^{}]*\{[^{}]*\})")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
NO_ALT = '<img alt="No description has been provided for this image"'


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter, for the course's template.

    nbconvert reads each whole page, with all its pictures, as HTML once more, to find pictures without a text for those who cannot see them; here
    one search does it.
    """

    def __init__(self, *arguments: Any, **traits: Any) -> None:
        self._texts: dict[tuple[str, str], str] = {}
        super().__init__(*arguments, **traits)

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        """Return the HTML of a text cell; the course's own are the same on all pages."""
        key = (source, str(context.get("cell", {}).get("attachments", "")))
        if key not in self._texts:
            if len(self._texts) > REMEMBERED:
                self._texts.clear()
            self._texts[key] = super().markdown2html(context, source)
        return self._texts[key]

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of a notebook, and the resources."""
        language = nb.metadata.get("language_info", {})
        lexer = language.get("pygments_lexer", language.get("name", None))
        resources = self._init_resources(resources)
        data_type = WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources)
        self.register_filter("highlight_code", functools.partial(highlighted, lexer or ""))
        self.register_filter("filter_data_type", data_type)
        html, resources = super(HTMLExporter, self).from_notebook_node(nb, resources, **options)
        return _with_used_styles(WITHOUT_ALT.sub(NO_ALT, html)), resources


def highlighted(lexer: str, source: str, language: str | None = None, metadata: Any = None) -> str:
    """Return the HTML of a cell of code, with its colours. The course's own cells are the same on all pages."""
    return _highlighted(lexer or None, source, language, (metadata or {}).get("magics_language"))


@functools.lru_cache(REMEMBERED)
def _highlighted(lexer: str | None, source: str, language: str | None, magics: str | None) -> str:
    about = {"magics_language": magics} if magics else None
    html = Highlight2HTML(pygments_lexer=lexer)(source, language=language, metadata=about)
    return PLAIN.sub(r"\1", html)


@functools.lru_cache(20)
def _rules(style: str) -> list[tuple[str, list[tuple[list[str], str]]]]:
    """Read a style sheet: (the "@media …" around some rules or "", [(the classes that a rule is for, the rule)])."""
    found = []
    for media, inner, plain in BLOCK.findall(COMMENT.sub("", style)):
        rules = []
        for selectors, body in RULE.findall(inner or plain):
            rules += [(CLASS.findall(one), f"{one.strip()}{{{body}}}") for one in selectors.split(",")]
        found.append((media.strip(), rules))
    return found


def used(style: str, classes: Collection[str]) -> str:
    """Return the rules of a style sheet that are for something on a page with these classes.

    Parameters
    ----------
    style : str
        Without strings that hold braces or commas, such as Bootstrap's.
    classes : collection of str
    """
    found = []
    for media, rules in _rules(style):
        text = "".join(rule for names, rule in rules if all(name in classes for name in names))
        found.append(f"{media}{{{text}}}" if media and text else text)
    return "".join(found)


def _with_used_styles(page: str) -> str:
    """A page whose first style sheet, Bootstrap's, has the rules alone that it uses."""
    match = STYLE.search(page)
    if match is None:
        return page
    classes = {name for names in CLASSES.findall(page, match.end()) for name in names.split()}
    return f"{page[: match.start(1)]}{used(match[1], classes)}{page[match.end(1) :]}"


if not hasattr(HTMLExporter, "_init_resources") or not issubclass(HTMLExporter, TemplateExporter):
    raise RuntimeError(
        "nbconvert's HTMLExporter is not as the course's pages need it. Install the versions of constraints.txt."
    )

"""Makes the HTML of feedback pages: nbconvert's exporter without what it does twice, and with what is the same on all pages done once."""

from __future__ import annotations

import functools
import re
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.grading.lighter import WEBP

# Cells whose HTML is remembered; a lesson has a hundred.
REMEMBERED = 2_000
WITHOUT_ALT = re.compile(r"<img(?![^>]*\salt=)")
# What Pygments marks and the style sheet does not colour: names, operators, punctuation, blanks.
PLAIN = re.compile(r'<span class="(?:n|nn|ne|fm|vm|o|p|w)">([^<]*)</span>')
# The headings of the notebook stand below the page's own.
NOTEBOOK, HEADING = '<details class="whole"', re.compile(r"<(/?)h([1-6])(?=[\s>])")
LOWER, LOWEST = 2, 6
NO_ALT = '<img alt="No description has been provided for this image"'


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter, for the course's template.

    nbconvert reads each whole page, with all its pictures, as HTML once more, to find pictures without a text for those who cannot see them; here
    one search does it.
    """

    def __init__(self, *arguments: Any, **traits: Any) -> None:
        self._texts: dict[tuple[str, str], str] = {}
        super().__init__(*arguments, **traits)

    @property
    def default_config(self) -> Config:
        """Return nbconvert's own configuration, with the kind of the course's own pictures before all others."""
        config = super().default_config
        config.NbConvertBase.display_data_priority = [WEBP, *config.NbConvertBase.display_data_priority]
        return config

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
        return with_headings_in_order(WITHOUT_ALT.sub(NO_ALT, html)), resources


def highlighted(lexer: str, source: str, language: str | None = None, metadata: Any = None) -> str:
    """Return the HTML of a cell of code, with its colours. The course's own cells are the same on all pages."""
    return _highlighted(lexer or None, source, language, (metadata or {}).get("magics_language"))


@functools.lru_cache(REMEMBERED)
def _highlighted(lexer: str | None, source: str, language: str | None, magics: str | None) -> str:
    about = {"magics_language": magics} if magics else None
    html = Highlight2HTML(pygments_lexer=lexer)(source, language=language, metadata=about)
    return PLAIN.sub(r"\1", html)


def with_headings_in_order(page: str) -> str:
    """Return a page on which the notebook's headings follow the page's own and skip no level, as those who cannot see it need them."""
    before, mark, notebook = page.partition(NOTEBOOK)
    own, end, notebook = notebook.partition("</summary>")
    last = LOWER

    def lowered(match: re.Match[str]) -> str:
        nonlocal last
        if not match[1]:
            last = min(int(match[2]) + LOWER, last + 1, LOWEST)
        return f"<{match[1]}h{last}"

    return f"{before}{mark}{own}{end}{HEADING.sub(lowered, notebook)}"


if not hasattr(HTMLExporter, "_init_resources") or not issubclass(HTMLExporter, TemplateExporter):
    raise RuntimeError(
        "nbconvert's HTMLExporter is not as the course's pages need it. Install the versions of constraints.txt."
    )

"""Make text from outside safe to show: in a log, in a terminal, on a card, on a page."""

from __future__ import annotations

import re
import unicodedata

# Unicode categories of characters that are no signs: they move the cursor or turn the writing round.
STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")
JOINERS = "\u200c\u200d"
LONGEST_NAME = 80

# What of a student's Markdown could make a browser fetch, run or send something. Each place is cut by a space of no width.
HTML = re.compile(r"<(?=[A-Za-z/!?])")
IMAGE = re.compile(r"!(?=\[)")
LINK = re.compile(r"(?<=\])(?=\((?!\s{0,20}(?:https?://|mailto:|#))|:(?!\s{0,20}https?://))")
# An entity becomes its character, a backslash or a dollar for instance, and only then is the page searched for formulas.
ENTITY = re.compile(
    r"&(?=#|[A-Za-z][A-Za-z0-9]{1,31};)(?!(?:amp|lt|gt|quot|nbsp|deg|times|middot|le|ge|ne|ndash|mdash|hellip|[a-zA-Z]uml|szlig);)"
)
# A fenced block is drawn by its language: "mermaid" starts a program that fetches another one.
FENCE = re.compile(
    r"(?:(?<!`)`{3,}+|(?<!~)~{3,}+)(?=[ \t]*+[^\s`~])(?![ \t]*+(?!mermaid)[A-Za-z][\w+#.-]{0,30}+[ \t]*+$)",
    re.MULTILINE,
)
# TeX that makes links, styles, or new commands.
TEX = re.compile(
    r"\\(?=(?:href|url|require|[gex]?def|let|(?:re)?new(?:command|environment|columntype)|Newextarrow|mmlToken|css\w*|providecommand|DeclareMathOperator|class|style|bbox"
    r"|unicode|html\w*|data|toggle|texttip|mathtip|tooltip|includegraphics)(?![A-Za-z]))"
)


def printable(name: str) -> str:
    """Return a file's name as it may stand in a log or on a page: in one line, and not without end."""
    return "".join(c if c.isprintable() else "?" for c in name)[:LONGEST_NAME]


def person_name(name: str) -> str:
    """Return a person's name in one line, with nothing in it that turns the writing round. Joiners of letters stay: some scripts need them."""
    kept = (
        "?" if unicodedata.category(c) in STEERING and c not in JOINERS and not c.isspace() else c
        for c in name[: 2 * LONGEST_NAME]
    )
    return " ".join("".join(kept).split())


def readable(text: str) -> str:
    """Return a student's text as it may stand on a card or in a terminal.

    Nothing in it moves the cursor, colours, or turns the writing round.
    """
    from autograder.library_errors import ANSI  # it imports NumPy, which a variable of the environment may have fail

    text = ANSI.sub("", text)
    return "".join("?" if c not in "\n\t" and unicodedata.category(c) in STEERING else c for c in text)


def inert_markdown(text: str) -> str:
    """Return a student's Markdown with all that a browser would act on as text, cut by a space of no width.

    That is HTML, pictures, links to anything but web pages, mail addresses and headings, diagrams, entities, and TeX that
    makes links or commands. Feedback pages and nbgrader's formgrader render Markdown with all HTML in it, in the browser
    of whoever looks.
    """
    for pattern in (HTML, IMAGE, ENTITY, TEX, FENCE, LINK):
        text = pattern.sub(lambda found: f"{found[0]}\u200b", text)
    return text

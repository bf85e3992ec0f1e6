"""What a student reads: a card for each grade cell and a summary, as HTML for pages and as text for the console.

And what a page shows of a student's own text: as much as can be drawn in a moment. nbconvert colours code and sets text
with regular expressions that some texts keep busy for hours, and the whole class waits for its pages.
"""

from __future__ import annotations

import contextlib
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from jinja2 import Environment
from markupsafe import Markup, escape
from nbformat import NotebookNode
from nbformat.v4 import new_output
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from autograder.course import nbgrader_facts
from autograder.judge import counting
from autograder.limits import LIMITS
from autograder.score import NOT_GRADABLE, CellResult, Result

GREEN, ORANGE, GREY, RED = "#00795a", "#b86e00", "#6b7280", "#b3470a"  # told apart by lightness and sign, too

WAITING = "This is so; it counts once the first check of this exercise passes."


def _ticks(text: str) -> Markup:
    """Escape text, in one line, and show what stands in `backticks` as code. The summary is Markdown: a blank line would end its HTML."""
    text = " ".join(str(text).split())
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    code = '<code style="background:#eef1f4;color:#1f2933;padding:0 3px;border-radius:3px">{}</code>'
    return Markup("").join(Markup(code).format(part) if i % 2 else escape(part) for i, part in enumerate(parts))


_environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_environment.filters["ticks"] = _ticks
_environment.globals["plain"] = (
    "tex2jax_ignore mathjax_ignore"  # what a student wrote is shown as it is, and not as a formula
)

_CARD = _environment.from_string(
    """
<div class="{{ plain }}" style="border:1px solid #d8dce2;border-left:6px solid {{ colour }};border-radius:6px;background:#ffffff;color:#1f2933;\
padding:10px 14px;margin:4px 0;max-width:56em;font-family:system-ui,sans-serif;font-size:14px;line-height:1.45">
<div style="display:flex;justify-content:space-between;gap:1em;font-weight:600">
<span>{{ sign }} {{ cell.title }}</span><span style="white-space:nowrap">{{ points }}</span></div>
{% if lead %}
<div style="margin-top:4px">{{ lead | ticks }}</div>
{% endif %}
{% for check in checks %}
<div style="margin-top:6px;padding-left:1.5em;text-indent:-1.5em">\
<span style="color:{{ check.colour }};font-weight:700">{{ check.sign }}</span>&nbsp; {{ check.title }}\
{% if check.message %}
<div style="text-indent:0;color:#3e4c59;margin-top:1px">{{ check.message | ticks }}</div>
{% endif %}
</div>
{% endfor %}
{% if visible %}
<div style="margin-top:8px;color:#3e4c59;border-top:1px solid #e5e8ec;padding-top:6px">The check in the notebook said: {{ visible | ticks }}</div>
{% endif %}
</div>
"""
)

_SUMMARY = _environment.from_string(
    """
<style>summary {display: list-item} .text_cell_render img {max-width: 100%}
.container > .panel > .panel-heading {display: none} .container > .panel {border-top: 0}</style>
<div class="{{ plain }}" style="border:1px solid #d8dce2;border-radius:8px;background:#ffffff;color:#1f2933;padding:16px 20px;margin:8px 0 20px 0;\
font-family:system-ui,sans-serif;font-size:14px;line-height:1.5">
<div style="display:flex;justify-content:space-between;align-items:baseline;gap:1em">
<span style="font-size:20px;font-weight:650">{{ headline }}</span>
<span style="font-size:20px;font-weight:650;white-space:nowrap">{{ total }}</span></div>
<div style="height:10px;border-radius:5px;background:#e5e8ec;margin:10px 0 12px 0;overflow:hidden">\
<div style="height:10px;width:{{ percent }}%;background:{{ colour }}"></div></div>
{% if penalty %}<div style="margin-bottom:8px">Handed in late: {{ penalty }} points less.</div>{% endif %}
{% if reason %}<div style="margin-bottom:8px">{{ reason | ticks }}</div>{% endif %}
{% if next %}<div style="margin-bottom:8px"><b>Try next:</b> {{ next.title }}. {{ next.message | ticks }}</div>{% endif %}
<table style="border-collapse:collapse;font-size:14px;margin:0">
{% for row in rows %}
<tr><td style="color:{{ row.colour }};font-weight:700;padding:2px 8px 2px 0;text-align:left">{{ row.sign }}</td>\
<td style="padding:2px 24px 2px 0;text-align:left"><a href="#{{ row.id }}" style="color:#1f2933">{{ row.title }}</a></td>\
<td style="padding:2px 0;text-align:right;white-space:nowrap">{{ row.points }}</td></tr>
{% endfor %}
</table>
{% if commented %}
<div style="margin-top:8px"><b>Your teacher wrote to you:</b>{% for id in commented %} <a href="#comment-{{ id }}">comment {{ loop.index }}</a>{% endfor %}</div>
{% endif %}
{% for mend in repaired %}
<div style="margin-top:6px;color:#3e4c59">Mended before grading: {{ mend | ticks }}.</div>
{% endfor %}
</div>
"""
)


def card_html(cell: CellResult) -> str:
    """The feedback card of one grade cell; everything in it is escaped."""
    sign, colour = _mark(cell)
    details = cell.verdict not in NOT_GRADABLE and not cell.blank
    return _CARD.render(
        cell=cell,
        sign=sign,
        colour=colour,
        points=_points(cell.points, cell.max_points),
        lead="" if details else cell.message,
        checks=_rows(cell) if details else [],
        visible=cell.visible if details and not cell.full else "",
    ).strip()


def summary_html(result: Result, *, late_penalty: float = 0.0, commented: Sequence[str] = ()) -> str:
    """Where a student stands in one lesson, and what to try next; nbgrader's own head of the page, which says less, is hidden.

    late_penalty: points already taken off the score. commented: ids of the cells under which a human wrote.
    """
    open_cells = [cell for cell in result.cells if not cell.full]
    if result.verdict in NOT_GRADABLE:
        headline, colour = "Your teacher will look at this hand-in", GREY
    elif not open_cells:
        headline, colour = "All done: full marks", GREEN
    else:
        done = len(result.cells) - len(open_cells)
        headline, colour = f"{done} of {len(result.cells)} exercises complete", ORANGE if result.score else GREY
    rows = []
    for cell in result.cells:
        sign, row_colour = _mark(cell)
        rows.append(
            {
                "id": cell.id,
                "title": cell.title,
                "sign": sign,
                "colour": row_colour,
                "points": _points(cell.points, cell.max_points),
            }
        )
    return _SUMMARY.render(
        headline=headline,
        colour=colour,
        total=_points(result.score, result.max_score),
        percent=round(100 * (result.score or 0) / result.max_score) if result.max_score else 0,
        penalty=f"{late_penalty:g}" if late_penalty else "",
        reason=result.reason if result.verdict in NOT_GRADABLE else "",
        next=open_cells[0] if open_cells and result.verdict not in NOT_GRADABLE else None,
        rows=rows,
        commented=commented,
        repaired=result.repaired,
    ).strip()


def console(result: Result) -> Group:
    """The same for the console: a card a cell and the total."""
    parts = [_panel(cell) for cell in result.cells]
    style = "bold green" if result.exit_code == 0 else "bold yellow" if result.exit_code == 1 else "bold red"
    total = f"{result.lesson or result.notebook}: {_points(result.score, result.max_score)}  ({result.verdict}, {result.seconds:g} s, sandbox: {result.sandbox})"
    parts.append(Text(total, style=style))
    if result.reason:
        parts.append(Text(result.reason))
    parts += [Text(f"Mended before grading: {mend}.") for mend in result.repaired]
    return Group(*parts)


def _panel(cell: CellResult) -> Panel:
    body = Text()
    if cell.blank or cell.verdict in NOT_GRADABLE:
        body.append(cell.message)
    else:
        styles = {"✓": "green", "✗": "red", "○": "dim"}
        for row in _rows(cell):
            body.append(f"{row['sign']} ", style=styles[row["sign"]])
            body.append(row["title"] + "\n")
            if row["message"]:
                body.append(f"    {row['message']}\n", style="dim")
        body.rstrip()
        if cell.visible and not cell.full:
            body.append(f"\n\nThe check in the notebook said: {cell.visible}")
    style = "green" if cell.full else "red" if cell.verdict in NOT_GRADABLE else "yellow"
    title = f"{_mark(cell)[0]} {cell.title}   {_points(cell.points, cell.max_points)}"
    return Panel(body, title=Text(title), title_align="left", border_style=style)


def _rows(cell: CellResult) -> list[dict]:
    """A line for each check: passed, failed, or passed but waiting for the exercise's core check."""
    earning = counting(cell.checks)
    rows = []
    for check in cell.checks:
        if check.name in earning:
            rows.append({"sign": "✓", "colour": GREEN, "title": check.title, "message": ""})
        elif check.passed:
            rows.append({"sign": "○", "colour": GREY, "title": check.title, "message": WAITING})
        else:
            rows.append({"sign": "✗", "colour": RED, "title": check.title, "message": check.message})
    return rows


def _mark(cell: CellResult) -> tuple[str, str]:
    """The sign and the colour of a grade cell: complete, part, nothing yet, for a human."""
    if cell.points is None:
        return "?", GREY
    if cell.full:
        return "✓", GREEN
    if cell.points > 0:
        return "◐", ORANGE
    return ("○", GREY) if cell.blank else ("✗", RED)


def _points(points: float | None, whole: float | None) -> str:
    if points is None:
        return "not graded"
    return f"{round(points, 2):g} / {whole:g} points"


# -- what a page shows of a student's own text ------------------------------------------------------------------------

ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~])?")
COLOUR = re.compile(r"\x1b\[[0-9;]{0,40}m")
CUT = "… {:,} characters more are not shown here; what was graded is the whole, as handed in"
PLAIN = "(shown as plain text: it would take too long to draw)"
LINE, CELL = 30, 200  # characters that take as long to draw as a new line does, and as a new cell
MOST_ALT = 1_000  # characters that stand for a picture


class TookTooLong(BaseException):
    """Time is up. No `Exception`, which what is stopped may catch."""


@contextlib.contextmanager
def at_most(seconds: float, clock: int = signal.ITIMER_REAL) -> Iterator[None]:
    """TookTooLong after so many seconds, also within a regular expression. Only a process's main thread can be stopped like this."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    running = True

    def stop(*_: object) -> None:
        if running:
            raise TookTooLong

    bell = signal.SIGALRM if clock == signal.ITIMER_REAL else signal.SIGVTALRM
    before = signal.signal(bell, stop)
    signal.setitimer(clock, seconds, 0.1)  # again and again: one may be lost where no exception can be raised
    try:
        try:
            yield
        finally:
            running = False
    finally:
        running = False
        signal.setitimer(clock, 0)
        signal.signal(bell, before)


def bound(notebook: NotebookNode, drawable: Callable[[list[tuple[str, str]], str], list[bool]]) -> None:
    """Change a graded notebook to what pages show of it. The whole of a cell that was changed stays in its metadata.

    drawable: `can_be_drawn`, or something that calls it.
    """
    language = notebook.metadata.get("language_info", {})
    language = language.get("pygments_lexer", language.get("name", "python"))
    cells = [cell for cell in notebook.cells if _is_the_students(cell)]
    left = LIMITS.shown_text
    shown = []
    for cell in cells:
        shown.append(_cut(cell.source, cell.cell_type == "code", left))
        left = max(0, left - len(shown[-1]) - LINE * shown[-1].count("\n") - CELL)
    answers = drawable([(cell.cell_type, text) for cell, text in zip(cells, shown, strict=True)], language)
    for cell, text, can_be in zip(cells, shown, answers, strict=True):
        text = text if can_be else _plain(text, cell.cell_type == "code")
        if text != cell.source:
            cell.metadata["course"] = {**cell.metadata.get("course", {}), "whole": cell.source}
            cell.source = text
    _bound_outputs(notebook)


def _is_the_students(cell: NotebookNode) -> bool:
    return cell.metadata.get("course", {}).get("from") == "student" or bool(nbgrader_facts(cell).get("solution"))


def _cut(text: str, is_code: bool, left: int) -> str:
    """The first part of a cell, with a line that says how much was left out."""
    kept = text[: min(LIMITS.shown_cell, left)]
    kept = "\n".join(kept.split("\n", LIMITS.shown_lines)[: LIMITS.shown_lines])
    hidden = len(text) - len(kept)
    if is_code:
        lines = [_cut_line(line) for line in kept.split("\n")]
        kept = "\n".join(lines)
    if not hidden:
        return kept
    note = f"# {CUT.format(hidden)}" if is_code else f"\n{CUT.format(hidden)}"
    return f"{kept}\n{note}" if kept else note.lstrip()


def _cut_line(line: str) -> str:
    hidden = len(line) - LIMITS.shown_line
    return line if hidden <= 0 else f"{line[: LIMITS.shown_line]}  # {CUT.format(hidden)}"


def _plain(text: str, is_code: bool) -> str:
    """A text such that it is drawn as it is: code as one comment, Markdown as a block of code."""
    lines = [line[at : at + 500] for line in text.split("\n") for at in range(0, max(1, len(line)), 500)]
    if is_code:
        return "\n".join(f"# {line}".rstrip() for line in (PLAIN, *lines))
    fence = "~" * (max(map(len, re.findall("~+", text)), default=0) + 3)
    return "\n".join([fence, PLAIN, *lines, fence])


def can_be_drawn(texts: list[tuple[str, str]], language: str) -> list[bool]:
    """Which of these (type of cell, text) can be turned into HTML in the time that a cell may take. For a worker: it is tried."""
    left = 4 * LIMITS.drawing
    found = []
    for kind, text in texts:
        began = time.process_time()
        found.append(left > 0 and _is_drawn(kind, text, language, min(left, LIMITS.drawing)))
        left -= time.process_time() - began
    return found


def _is_drawn(kind: str, text: str, language: str, seconds: float) -> bool:
    from bs4 import BeautifulSoup
    from nbconvert import filters

    try:
        with at_most(seconds, signal.ITIMER_VIRTUAL):
            if kind == "code":
                html = filters.Highlight2HTML(pygments_lexer=language)(text)
            else:
                html = filters.strip_files_prefix(filters.markdown2html(text))
            str(BeautifulSoup(html, "html.parser"))
    except (TookTooLong, Exception):
        return False
    return True


def _bound_outputs(notebook: NotebookNode) -> None:
    """Cut what cells put out, and take out what is no colour, or too much of it."""
    parts, text_left, colours_left = LIMITS.shown_parts, LIMITS.shown_text, 4 * LIMITS.shown_colours

    def shown(text: str) -> str:
        nonlocal text_left, colours_left
        kept = text[: min(LIMITS.shown_output, text_left)]
        text_left -= len(kept)
        hidden = len(text) - len(kept)
        if "\x1b" in kept:
            colours = len(COLOUR.findall(kept))
            many = colours > min(LIMITS.shown_colours, colours_left)
            kept = ESCAPE.sub(lambda m: m[0] if COLOUR.fullmatch(m[0]) and not many else "", kept)
            colours_left -= 0 if many else colours
        return f"{kept}\n[… {hidden:,} characters more are not shown here]" if hidden else kept

    for cell in notebook.cells:
        if cell.cell_type != "code" or nbgrader_facts(cell).get("grade"):
            continue
        more = len(cell.outputs) - parts
        cell.outputs = cell.outputs[:parts]
        parts -= len(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = shown(output.text)
            elif output.output_type == "error":
                output.traceback = [shown(line) for line in output.traceback[:1000]]
            for about in output.get("metadata", {}).values():
                if isinstance(about, dict) and "alt" in about:
                    about["alt"] = about["alt"][:MOST_ALT]
            if "text/plain" in output.get("data", {}):
                output.data["text/plain"] = shown(output.data["text/plain"])
        if more > 0:
            text = f"[… {more:,} outputs more are not shown here]"
            cell.outputs.append(new_output("stream", name="stderr", text=text))

"""What a student reads: a card for each grade cell and a summary, as HTML for pages and as text for the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jinja2 import Environment
from markupsafe import Markup, escape
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from autograder.results import CellResult, Outcome, Result, counting
from autograder.safe_text import readable
from autograder.words import counted

GREEN, ORANGE, GREY, RED = "#00795a", "#b86e00", "#6b7280", "#b3470a"  # told apart by lightness and sign, too

FIRST_CELL = "autograder-first-cell"  # its id in a graded notebook
NO_SANDBOX = (
    "Graded without a sandbox (`AUTOGRADER_SANDBOX=none`): nothing kept this hand-in's code from the grader's files."
)
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
{% if carried %}
<div style="margin-top:8px;color:#3e4c59">{{ carried | ticks }}</div>
{% endif %}
{% if visible %}
<div style="margin-top:8px;color:#3e4c59;border-top:1px solid #e5e8ec;padding-top:6px">The check in the notebook said: {{ visible | ticks }}</div>
{% endif %}
</div>
"""
)

_SUMMARY = _environment.from_string(
    """
<div class="summary {{ plain }}" style="border:1px solid #d8dce2;border-radius:8px;background:#ffffff;color:#1f2933;padding:16px;margin:8px 0 20px 0;\
font-family:system-ui,sans-serif;font-size:14px;line-height:1.5;overflow-wrap:anywhere">
{% if about.who %}<div style="color:#3e4c59;margin-bottom:6px">{{ about.who }} · {{ result.lesson }}</div>{% endif %}
<div style="display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:0 1em">
<span style="font-size:20px;font-weight:650">{{ headline }}</span>
<span style="font-size:20px;font-weight:650;white-space:nowrap">{{ total }}</span></div>
<div style="height:10px;border-radius:5px;background:#e5e8ec;margin:10px 0 12px 0;overflow:hidden">\
<div style="height:10px;width:{{ percent }}%;background:{{ colour }}"></div></div>
{% for line in reasons %}<div style="margin-bottom:8px;padding:6px 10px;border-left:4px solid #b86e00;background:#fff7e8">{{ line | ticks }}</div>{% endfor %}
{% if late %}<div style="margin-bottom:8px">{{ late }}</div>{% endif %}
{% if next %}<div style="margin-bottom:8px"><b>Try next:</b> {{ next.title }}. {{ next.message | ticks }}</div>{% endif %}
<table style="border-collapse:collapse;font-size:14px;margin:0">
{% for row in rows %}
<tr><td style="color:{{ row.colour }};font-weight:700;padding:2px 8px 2px 0;text-align:left;vertical-align:top">{{ row.sign }}</td>\
<td style="padding:2px 24px 2px 0;text-align:left"><a href="#{{ row.id }}" style="color:#1f2933">{{ row.title }}</a></td>\
<td style="padding:2px 0;text-align:left;white-space:nowrap;vertical-align:top">{{ row.points }}</td></tr>
{% endfor %}
</table>
{% if commented %}
<div style="margin-top:8px"><b>Your teacher wrote to you:</b>{% for id in commented %} <a href="#comment-{{ id }}">comment {{ loop.index }}</a>{% endfor %}</div>
{% endif %}
{% if result.repairs %}
<div style="margin-top:12px;color:#3e4c59">Mended before grading, without loss of points: {{ result.repairs | join("; ") | ticks }}.</div>
{% endif %}
{% if about.facts %}
<div style="margin-top:12px;padding-top:8px;border-top:1px solid #e5e8ec;color:#6b7280;font-size:13px">{{ about.facts | join(" · ") | ticks }}</div>
{% endif %}
</div>
"""
)

_FOR_TEACHER = _environment.from_string(
    """
<div class="{{ plain }}" style="border-left:6px solid #b86e00;background:#fff7e8;color:#1f2933;padding:10px 14px;margin:4px 0;max-width:56em;\
font-family:system-ui,sans-serif;font-size:14px;line-height:1.45;overflow-wrap:anywhere">
<div style="font-weight:600">For the instructor: this hand-in waits for a human</div>
{% for line in lines %}<div style="margin-top:4px">{{ line | ticks }}</div>{% endfor %}
</div>
"""
)


def card_html(cell: CellResult) -> str:
    """The feedback card of one grade cell; everything in it is escaped."""
    sign, colour = _mark(cell)
    details = cell.verdict.gradable and not cell.blank
    return _CARD.render(
        cell=cell,
        sign=sign,
        colour=colour,
        points=_points(cell.points, cell.max_points),
        lead="" if details else cell.message,
        checks=_rows(cell) if details else [],
        carried=cell.carried if details else "",
        visible=cell.visible if details and not cell.full else "",
    ).strip()


@dataclass(frozen=True)
class About:
    """What a page says about the hand-in besides its points; what is not known is "", and left out."""

    student: str = ""  # the id
    name: str = ""
    handed_in: str = ""  # a time with its zone
    late: str = ""  # by how much: "2 hours"
    graded: str = ""  # a time with its zone
    file: str = ""  # the name of the file that was graded
    sandbox: str = ""

    @property
    def who(self) -> str:
        return f"{self.name} ({self.student})" if self.name and self.name != self.student else self.student

    @property
    def facts(self) -> list[str]:
        """One line at the foot of the summary."""
        found = [f"Handed in {self.handed_in}" if self.handed_in else "No time of handing in is known"]
        found += [f"graded {self.graded}"] if self.graded else []
        found += [f"from the file `{_no_ticks(self.file)}`"] if self.file else []
        return found if self.student else []


def summary_html(
    result: Result, *, late_penalty: float = 0.0, commented: Sequence[str] = (), about: About | None = None
) -> str:
    """Where a student stands in one lesson, and what to try next.

    late_penalty: points already taken off the score. commented: ids of the cells under which a human wrote.
    """
    about = about or About()
    open_cells = [cell for cell in result.cells if not cell.full]
    waits = not result.verdict.gradable
    taken = late_penalty > 0 and result.score is not None
    if waits:
        headline, colour = "Your teacher will look at this hand-in", GREY
    elif open_cells:
        done = len(result.cells) - len(open_cells)
        all_of_them = counted(len(result.cells), "exercise")
        headline, colour = f"{done} of {all_of_them} complete", ORANGE if result.score else GREY
    elif taken:
        headline, colour = f"All done, {counted(late_penalty, 'point')} off for lateness", ORANGE
    else:
        headline, colour = "All done: full marks", GREEN
    late = f"Handed in {about.late + ' ' if about.late else ''}late" if taken or about.late else ""
    if late:
        late += f": {counted(late_penalty, 'point')} less." if taken else "; no points were taken off for that."
    reasons = [result.reason] if waits and result.reason else []
    if result.sandbox == "none" or about.sandbox == "none":
        reasons.append(NO_SANDBOX)
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
        result=result,
        about=about,
        headline=headline,
        colour=colour,
        total=_points(result.score, result.max_score),
        percent=min(100, round(100 * (result.score or 0) / result.max_score)) if result.max_score else 0,
        late=late,
        reasons=reasons,
        next=open_cells[0] if open_cells and not waits else None,
        rows=rows,
        commented=commented,
    ).strip()


def when(time: datetime | str | None) -> str:
    """A time for people, to the minute and with its zone; "" for none. A gradebook's times are UTC."""
    if not time:
        return ""
    time = datetime.fromisoformat(time) if isinstance(time, str) else time
    time = time.astimezone(UTC) if time.tzinfo else time
    return f"{time:%Y-%m-%d %H:%M} UTC"


def open_with(notebook: NotebookNode, html: str) -> None:
    """Have a graded notebook begin with a cell of the grader's, in the place of the one that is there."""
    notebook.cells = [cell for cell in notebook.cells if cell.get("id") != FIRST_CELL]
    about = {"course": {"from": "grader"}}
    notebook.cells.insert(0, new_markdown_cell(html, id=FIRST_CELL, metadata=about))


def tell_the_teacher(notebook: NotebookNode, reason: str, *, points_stand: bool) -> None:
    """Put at the top of a graded notebook, where nbgrader's formgrader shows it, why it waits for a human. Students get no such cell."""
    open_with(notebook, for_teacher_html(reason, points_stand=points_stand))


def for_teacher_html(reason: str, *, points_stand: bool) -> str:
    """The box that says why a hand-in waits, and what to do about it."""
    what = (
        "The points below stand until you change them."
        if points_stand
        else "There are no points yet: type them in, or have it handed in again and run `nbgrader autograde`."
    )
    return _FOR_TEACHER.render(lines=[reason, what]).strip()


def console(result: Result) -> Group:
    """The same for the console: a card a cell and the total."""
    parts = [_panel(cell) for cell in result.cells]
    style = "bold green" if result.exit_code == 0 else "bold yellow" if result.exit_code == 1 else "bold red"
    total = f"{result.lesson or _in_one_line(result.notebook)}: {_points(result.score, result.max_score)}  ({result.verdict}, {result.seconds:g} s, sandbox: {result.sandbox})"
    parts.append(Text(total, style=style))
    if result.reason:
        parts.append(Text(_in_one_line(result.reason)))
    parts += [Text(f"Mended before grading: {_in_one_line(line)}.") for line in result.repairs]
    return Group(*parts)


def _in_one_line(text: str) -> str:
    """A text in which a student's file name may stand, as it may go to a terminal."""
    return readable(" ".join(text.split()))


def _panel(cell: CellResult) -> Panel:
    body = Text()
    if cell.blank or not cell.verdict.gradable:
        body.append(cell.message)
    else:
        styles = {"✓": "green", "✗": "red", "○": "dim", "–": "dim"}
        for row in _rows(cell):
            body.append(f"{row['sign']} ", style=styles[row["sign"]])
            body.append(row["title"] + "\n")
            if row["message"]:
                body.append(f"    {row['message']}\n", style="dim")
        body.rstrip()
        if cell.carried:
            body.append(f"\n\n{cell.carried}")
        if cell.visible and not cell.full:
            body.append(f"\n\nThe check in the notebook said: {cell.visible}")
    style = "green" if cell.full else "red" if not cell.verdict.gradable else "yellow"
    title = f"{_mark(cell)[0]} {cell.title}   {_points(cell.points, cell.max_points)}"
    return Panel(body, title=Text(title), title_align="left", border_style=style)


def _rows(cell: CellResult) -> list[dict]:
    """A line for each check: passed, failed, or passed but waiting for the exercise's gate check."""
    earning = counting(cell.checks)
    rows = []
    for check in cell.checks:
        if check.outcome == Outcome.OFF:
            message = f"Not asked, and not counted: {check.message}"
            rows.append({"sign": "–", "colour": GREY, "title": check.title, "message": message})
        elif check.name in earning:
            rows.append({"sign": "✓", "colour": GREEN, "title": check.title, "message": ""})
        elif check.passed:
            rows.append({"sign": "○", "colour": GREY, "title": check.title, "message": WAITING})
        else:
            rows.append({"sign": "✗", "colour": RED, "title": check.title, "message": check.message})
    return rows


def _no_ticks(text: str) -> str:
    """A text that can stand between backticks."""
    return text.replace("`", "'")


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
    return f"{round(points, 2):g} / {counted(whole, 'point')}"

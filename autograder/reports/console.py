"""Show a result on the console: a panel for each grade cell, and the total."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from autograder.reports.rows import has_rows, mark_of, notebook_said, points_text, rows_of
from autograder.results import CellResult, Result
from autograder.safe_text import readable
from autograder.words import BONUS

SIGN_STYLES = {"✓": "green", "✗": "red", "○": "dim", "–": "dim"}


def console_view(result: Result) -> Group:
    """Return what rich prints of a result."""
    parts: list[RenderableType] = [card_view(cell) for cell in result.cells]
    style = "bold green" if result.exit_code == 0 else "bold yellow" if result.exit_code == 1 else "bold red"
    total = points_text(result.score, result.max_score)
    facts = f"({result.verdict}, {result.seconds:g} s, sandbox: {result.sandbox})"
    bonus = f" ({BONUS})" if result.bonus else ""
    parts.append(Text(f"{result.lesson or _in_one_line(result.notebook)}{bonus}: {total}  {facts}", style=style))
    if result.reason:
        parts.append(Text(_in_one_line(result.reason)))
    parts += [Text(f"Repaired before grading: {_in_one_line(line)}.") for line in result.repairs]
    return Group(*parts)


def _in_one_line(text: str) -> str:
    """A text in which a student's file name may stand, as it may go to a terminal."""
    return readable(" ".join(text.split()))


def may_draw(console: Console) -> bool:
    """Whether frames and bars can be seen: not where the lines are read aloud or go to a file."""
    return console.is_terminal and not console.is_dumb_terminal


@dataclass(frozen=True)
class Card:
    """A title over a text: in a frame on a terminal, and without one where the lines are read aloud or go to a file."""

    title: str
    body: Text
    style: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if may_draw(console):
            yield Panel(self.body, title=Text(self.title), title_align="left", border_style=self.style)
        else:
            yield Text(self.title)
            yield Padding(self.body, (0, 0, 1, 2))


def card_view(cell: CellResult) -> Card:
    """Return the card of a grade cell."""
    body = Text()
    if not has_rows(cell):
        body.append(cell.message)
    else:
        for row in rows_of(cell):
            body.append(f"{row.sign} ", style=SIGN_STYLES[row.sign])
            body.append(row.title + "\n")
            if row.message:
                body.append(f"    {row.message}\n", style="dim")
        body.rstrip()
        if cell.carried:
            body.append(f"\n\n{cell.carried}")
        if said := notebook_said(cell):
            body.append(f"\n\nThe check in the notebook said: {said}")
    style = "green" if cell.full else "red" if not cell.verdict.gradable else "yellow"
    title = f"{mark_of(cell)[0]} {cell.title}   {points_text(cell.points, cell.max_points)}"
    return Card(title, body, style)

"""What the console shows where no terminal draws: in a pipe, in a file, for a screen reader."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from autograder.reports.console import Card
from autograder.reports.learning import Bar, LessonProgress, Progress, Step, table_view

DRAWN = "│╭╮╰╯─█░"


@pytest.mark.parametrize(("terminal", "kind"), [(True, "xterm"), (True, "dumb"), (False, "xterm")])
def test_frames_and_bars_are_drawn_on_a_terminal_alone(terminal, kind):
    console = Console(file=io.StringIO(), width=80, force_terminal=terminal, color_system=None, _environ={"TERM": kind})
    console.print(Card("✗ Exercise 1.1", Text("It is upside down."), "red"), Bar(3, 6, "3 of 6 exercises complete"))
    shown = console.file.getvalue()
    for words in ("✗ Exercise 1.1", "It is upside down.", "3 of 6 exercises complete"):
        assert words in shown
    assert bool(set(DRAWN) & set(shown)) == (terminal and kind == "xterm")


def test_part_of_the_points_is_not_complete():
    steps = [Step("1.1 · A", 4, 5, 5), Step("1.2 · B", 4, 2.5, 5), Step("1.3 · C", 8, 0, 5)]
    file = io.StringIO()
    Console(file=file, width=80).print(table_view(Progress([LessonProgress("01_halves", "Halves", 40, steps)])))
    row = file.getvalue().splitlines()[1].split()
    assert row == ["01_halves", "✓◐○", "1", "of", "3", "7.5", "of", "15", "about", "30", "min"]
    assert "1 of 3 exercises complete · about 30 min left" in file.getvalue()
    assert "Next: 1.2 · B (01_halves), about 4 minutes." in file.getvalue()

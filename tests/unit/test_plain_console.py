"""What the console shows where no terminal draws: in a pipe, in a file, for a screen reader."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from autograder.reports.console import Card
from autograder.reports.learning import Bar

DRAWN = "│╭╮╰╯─█░"


@pytest.mark.parametrize(("terminal", "kind"), [(True, "xterm"), (True, "dumb"), (False, "xterm")])
def test_frames_and_bars_are_drawn_on_a_terminal_alone(terminal, kind):
    console = Console(file=io.StringIO(), width=80, force_terminal=terminal, color_system=None, _environ={"TERM": kind})
    console.print(Card("✗ Exercise 1.1", Text("It is upside down."), "red"), Bar(3, 6, "3 of 6 exercises complete"))
    shown = console.file.getvalue()
    for words in ("✗ Exercise 1.1", "It is upside down.", "3 of 6 exercises complete"):
        assert words in shown
    assert bool(set(DRAWN) & set(shown)) == (terminal and kind == "xterm")

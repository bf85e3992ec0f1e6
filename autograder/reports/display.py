"""What pages show of a student's own text: as much of it as can be drawn in a moment.

nbconvert colours code and sets text with regular expressions that some texts keep busy for hours, and the whole class
would wait for its pages.
"""

from __future__ import annotations

import contextlib
import gc
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.settings import limits
from autograder.words import counted

ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~])?")
# The folders in front of a file's name, and the file that IPython says a cell is.
FOLDERS = re.compile(r"(\x1b\[[0-9;]*m|(?<![\w./:~-]))/(?!home/student/)(?:[^\s/'\":<>|\x1b]+/)+(?=[^\s/'\":<>|\x1b])")
CELL_FILE = re.compile(r"/tmp/ipykernel_\d+/\d+\.py:(\d+)")
COLOUR = re.compile(r"\x1b\[[0-9;]{0,40}m")
CUT = "… {}; what was graded is the whole, as handed in"
PLAIN = "(shown as plain text: it would take too long to draw)"
# Characters that take as long to draw as a new line does, and as a new cell.
LINE, CELL = 30, 200
# Characters that stand for a picture.
MOST_ALT = 1_000


class TookTooLong(BaseException):
    """Time is up. It is no `Exception`: what is stopped may catch those."""


@contextlib.contextmanager
def at_most(seconds: float, clock: int = signal.ITIMER_REAL) -> Iterator[None]:
    """Raise TookTooLong after so many seconds, also within a regular expression.

    Only a process's main thread can be stopped like this; in another one nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    running = True

    def stop(*_: object) -> None:
        if running:
            raise TookTooLong

    bell = signal.SIGALRM if clock == signal.ITIMER_REAL else signal.SIGVTALRM
    before = signal.signal(bell, stop)
    # Again and again: one may be lost where no exception can be raised.
    signal.setitimer(clock, seconds, 0.1)
    try:
        try:
            yield
        finally:
            running = False
    finally:
        running = False
        signal.setitimer(clock, 0)
        signal.signal(bell, before)


def bound(
    notebook: NotebookNode,
    drawable: Callable[[list[tuple[str, str]], str], list[bool]],
    *,
    is_written: Callable[[NotebookNode], bool],
    is_graded: Callable[[NotebookNode], bool],
) -> None:
    """Change a graded notebook to what pages show of it. The whole of a cell that was changed stays in its metadata.

    Parameters
    ----------
    notebook : NotebookNode
    drawable : callable
        `can_be_drawn`, or something that calls it.
    is_written : callable
        Tells whether the text of a cell is the student's.
    is_graded : callable
        Tells whether the outputs of a cell are the grader's.
    """
    language = notebook.metadata.get("language_info", {})
    language = language.get("pygments_lexer", language.get("name", "python"))
    cells = [cell for cell in notebook.cells if is_written(cell)]
    left = limits().shown_text
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
    bound_outputs([cell for cell in notebook.cells if cell.cell_type == "code" and not is_graded(cell)])


def _cut(text: str, is_code: bool, left: int) -> str:
    """The first part of a cell, with a line that says how much was left out."""
    kept = text[: min(limits().shown_cell, left)]
    kept = "\n".join(kept.split("\n", limits().shown_lines)[: limits().shown_lines])
    hidden = len(text) - len(kept)
    if is_code:
        lines = [_cut_line(line) for line in kept.split("\n")]
        kept = "\n".join(lines)
    if not hidden:
        return kept
    cut = CUT.format(_more(hidden, "character"))
    note = f"# {cut}" if is_code else f"\n{cut}"
    return f"{kept}\n{note}" if kept else note.lstrip()


def _cut_line(line: str) -> str:
    hidden = len(line) - limits().shown_line
    return line if hidden <= 0 else f"{line[: limits().shown_line]}  # {CUT.format(_more(hidden, 'character'))}"


def _more(number: int, what: str) -> str:
    return f"{counted(number, what)} more {'is' if number == 1 else 'are'} not shown here"


def _plain(text: str, is_code: bool) -> str:
    """A text such that it is drawn as it is: code as one comment, Markdown as a block of code."""
    lines = [line[at : at + 500] for line in text.split("\n") for at in range(0, max(1, len(line)), 500)]
    if is_code:
        return "\n".join(f"# {line}".rstrip() for line in (PLAIN, *lines))
    fence = "~" * (max(map(len, re.findall("~+", text)), default=0) + 3)
    return "\n".join([fence, PLAIN, *lines, fence])


def can_be_drawn(texts: list[tuple[str, str]], language: str) -> list[bool]:
    """Return which of these (type of cell, text) can be turned into HTML in the time that a cell may take.

    It is tried, so this is for a worker.
    """
    left = 4 * limits().drawing
    for kind in ("code", "markdown"):
        # Once, so that no cell's time goes into imports.
        _is_drawn(kind, "x", language, 60.0)
    found = []
    for kind, text in texts:
        began = time.process_time()
        found.append(left > 0 and _is_drawn(kind, text, language, min(left, limits().drawing)))
        left -= time.process_time() - began
    return found


def _is_drawn(kind: str, text: str, language: str, seconds: float) -> bool:
    from bs4 import BeautifulSoup
    from nbconvert import filters

    try:
        with at_most(seconds, signal.ITIMER_VIRTUAL), _no_garbage_collection():
            if kind == "code":
                html = filters.Highlight2HTML(pygments_lexer=language)(text)
            else:
                html = filters.strip_files_prefix(filters.markdown2html(text))
            str(BeautifulSoup(html, "html.parser"))
    # Whatever a text makes nbconvert's filters raise, it is a text that they cannot draw.
    except (TookTooLong, Exception):
        return False
    return True


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """In a process with TensorFlow in it one collection takes as long as many cells."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def without_folders(text: str) -> str:
    """Shorten paths that lead out of the student's folder: they are of the machine that grades, and tell a reader nothing."""
    return FOLDERS.sub(r"\1…/", CELL_FILE.sub(r"line \1 of a cell", text))


def bound_outputs(cells: list[NotebookNode]) -> None:
    """Cut what cells put out, and take out what is no colour, or too much of it."""
    parts, text_left, colours_left = limits().shown_parts, limits().shown_text, 4 * limits().shown_colours

    def shown(text: str) -> str:
        nonlocal text_left, colours_left
        kept = text[: min(limits().shown_output, text_left)]
        text_left -= len(kept)
        hidden = len(text) - len(kept)
        if "\x1b" in kept:
            colours = len(COLOUR.findall(kept))
            many = colours > min(limits().shown_colours, colours_left)
            kept = ESCAPE.sub(lambda m: m[0] if COLOUR.fullmatch(m[0]) and not many else "", kept)
            colours_left -= 0 if many else colours
        return f"{kept}\n[… {_more(hidden, 'character')}]" if hidden else kept

    for cell in cells:
        more = len(cell.outputs) - parts
        cell.outputs = cell.outputs[:parts]
        parts -= len(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = shown(without_folders(output.text) if output.name == "stderr" else output.text)
            elif output.output_type == "error":
                output.evalue = without_folders(output.evalue)
                output.traceback = [shown(without_folders(line)) for line in output.traceback[:1000]]
            for about in output.get("metadata", {}).values():
                if isinstance(about, dict) and "alt" in about:
                    about["alt"] = about["alt"][:MOST_ALT]
            if "text/plain" in output.get("data", {}):
                output.data["text/plain"] = shown(output.data["text/plain"])
        if more > 0:
            text = f"[… {_more(more, 'output')}]"
            cell.outputs.append(new_output("stream", name="stderr", text=text))

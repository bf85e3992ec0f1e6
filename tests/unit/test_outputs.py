"""What is kept of what cells show."""

from __future__ import annotations

import dataclasses

from autograder.kernel.outputs import Output
from autograder.settings import Limits


def shown(output: Output, index: int, size: int) -> bool:
    message = {"msg_type": "stream", "content": {"name": "stdout", "text": "x" * size}}
    kept = output.keep(message, index)
    return kept is not None and len(kept["content"]["text"]) == size


def test_what_one_cell_shows_too_much_of_takes_nothing_from_the_others():
    output = Output(dataclasses.replace(Limits(), cell_output=1_000, notebook_output=1_500))
    assert not any(shown(output, 0, 2_000) for _ in range(10))
    assert shown(output, 1, 500)
    assert shown(output, 2, 500)
    assert not shown(output, 3, 500), "all cells together"
    assert output.cut == {0, 3}


def test_what_shows_nothing_that_is_kept_leaves_no_trace():
    """A picture's words, which JupyterLab unfolds, are HTML: pages have them at the picture."""
    output = Output(Limits())
    for data, kept in (
        ({"text/html": "<details>a cat</details>"}, False),
        ({"text/html": "<b>", "text/plain": "x"}, True),
    ):
        message = {"msg_type": "display_data", "content": {"data": data, "metadata": {}}}
        assert (output.keep(message, 0) is not None) is kept


def test_tensorflows_log_is_no_output_of_a_cell():
    """On some machines it has a line for a cell that trains; what the student says beside it is kept."""
    log = "E0000 00:00:1795811203.396329       3 util.cc:131] oneDNN supports DT_INT32 only on some platforms.\n"
    output = Output(Limits())
    for text, kept in ((log, None), (f"{log}mine\n", "mine\n"), ("mine\n", "mine\n")):
        message = {"msg_type": "stream", "content": {"name": "stderr", "text": text}}
        found = output.keep(message, 0)
        assert (found and found["content"]["text"]) == kept
    printed = {"msg_type": "stream", "content": {"name": "stdout", "text": log}}
    assert output.keep(printed, 0)["content"]["text"] == log

"""Show a check that did not pass as its one sentence, without the course's own code above it. Pasted into each lesson by `autograder build`."""

import linecache
import re
import textwrap

from autograder.calling import EXERCISES, missing_answer, where_it_stopped
from autograder.library_errors import explain, one_line

RUN_ABOVE = "Run the cells above first: menu Run, Run All Above Selected Cell (on Colab: Runtime, Run before)."


def say_errors_in_sentences():
    """In a notebook, show an error of the course's own code as a sentence; the student's own errors stay as they are.

    The error is the same for whoever runs the notebook. Outside of a notebook, and in a second namespace, nothing happens.
    """
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell = get_ipython()
    if shell is None or shell.user_global_ns is not globals():
        return
    # Colab has a way of its own to show some errors. This cell may run twice.
    if not hasattr(shell, "before_the_lesson"):
        shell.before_the_lesson = shell.custom_exceptions, shell.CustomTB
    shell.set_custom_exc((Exception,), _show_error)


def _show_error(shell, kind, error, trace, tb_offset=None):
    """IPython calls this for each error that a cell ends with."""
    import os

    others, show_other = shell.before_the_lesson
    if issubclass(kind, others):
        return show_other(kind, error, trace, tb_offset)
    if hasattr(error, "half_way") and not os.environ.get("NBGRADER_EXECUTION"):  # Validate looks for an error
        shell._last_traceback = [f"{kind.__name__}: {error}"]  # what the kernel replies
        return print(error)
    try:
        rest, sentence = what_to_show(error, trace)
        if rest is not trace:
            lines = shell.InteractiveTB.structured_traceback(kind, error, rest, tb_offset=0) if rest else []
            # JupyterLab would cut a long line in the middle of a word, and `nbgrader validate` would cut it off.
            error._render_traceback_ = lambda: [*lines, *textwrap.wrap(sentence, 80, break_on_hyphens=False)]
    except Exception:  # an error of a class of the student's own may be odd
        pass
    return shell.showtraceback((kind, error, trace), running_compiled_code=True)


def what_to_show(error, trace):
    """The part of an error's traceback that a notebook shows, None if none, and a sentence that stands below it or in its place."""
    steps, kind, said = [], type(error).__name__, f"{type(error).__name__}: {error}"
    step = trace
    while step is not None:
        steps.append(step)
        step = step.tb_next
    while steps and steps[0].tb_frame.f_globals is not globals():
        steps.pop(0)  # IPython's own
    # By step, the first line of its cell; None for code of a library.
    codes = [step.tb_frame.f_code if step.tb_frame.f_globals is globals() else None for step in steps]
    heads = [code and linecache.getline(code.co_filename, 1) for code in codes]
    if not heads:
        return trace, ""
    folded = [bool(re.match(r"#\s*@title ", head or "")) for head in heads]
    answers = [place for place, head in enumerate(heads) if re.match(r"#\W*(?:@title\W+)?Answer:", head or "")]
    if type(error) is NameError and heads[-1] is not None:
        if where := missing_answer(error):
            return None, f"{said}. {where} {RUN_ABOVE}"
        if len(steps) == 1 and folded[0]:
            return None, f"{said}. {RUN_ABOVE}"
        if len(steps) == 1:
            return steps[0], f"Does a cell above make it? {RUN_ABOVE}"
    if kind == "NotImplementedError" and not str(error) and (name := where_it_stopped(error)[0]):
        return None, f"{kind}: `{name}`, exercise {EXERCISES[name]}, is not answered yet."
    if answers:
        return (steps[answers[0]] if all(folded[: answers[0]]) else trace), ""
    if kind in ("AssertionError", "NotImplementedError") and folded[-1]:
        return None, said
    if re.match(r"#\W*(?:@title\W+)?Check:", heads[0] or "") and all(
        head is None or fold for head, fold in zip(heads, folded, strict=True)
    ):
        return None, " ".join(part for part in (f"{kind}: {one_line(str(error))}", explain(said)) if part)
    return trace, ""

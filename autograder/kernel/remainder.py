"""What a cell that failed or was cut can still give: its imports, functions, classes and constants. This file's text runs in the student's kernel.

Nothing here may import from the course. A name that is there already is left as it is.
"""

import ast
import contextlib
import signal
import time

EACH = 2.0  # seconds for one statement, as `_clock` counts them


class _TooLong(BaseException):
    """Raised in a statement that takes too long."""


def remainder(shell, source, seconds, assignments):
    """Run those statements of a cell that make names which are not there, one by one; returns these names.

    shell: the notebook's IPython. seconds: for all together. assignments: run assignments of any value too, not of plain values alone.
    """
    try:
        tree = ast.parse(shell.transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    made, end = [], _clock() + seconds
    for statement in tree.body:
        left = min(EACH, end - _clock())
        if left <= 0:
            break
        names = _names(statement, assignments)
        if names and not (names != ["*"] and all(name in shell.user_ns for name in names)):
            before = dict(shell.user_ns)
            with contextlib.suppress(Exception, SystemExit, _TooLong):
                _run(statement, shell.user_ns, left)
            shell.user_ns.update({name: value for name, value in before.items() if not name.startswith("_")})
            made += [name for name in shell.user_ns if name not in before and not name.startswith("_")]
    return made


def _clock():
    """Seconds without those in which this thread waited for a core that another had; the grader's own limit ends what waits too long."""
    waited = 0
    with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/thread-self/schedstat", "rb") as file:
        waited = int(file.read().split()[1])
    return time.monotonic() - waited / 1e9


def _run(statement, namespace, seconds):
    end = _clock() + seconds

    def stop(*_):
        left = end - _clock()
        if left <= 0:
            raise _TooLong
        signal.setitimer(signal.ITIMER_REAL, left + 0.01)

    old = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        exec(compile(ast.Module([statement], []), "<the rest of a cell>", "exec"), namespace)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def _names(statement, assignments):
    """The names that a statement makes, ["*"] if nobody knows, [] if it is none of those that are run."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).split(".")[0] for alias in statement.names]
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        plain = all(isinstance(target, (ast.Name, ast.Tuple, ast.List)) for target in targets)
        return names if plain and (assignments or _is_plain(statement.value)) else []
    if isinstance(statement, (ast.If, ast.Try)):  # `try: import ... except ImportError: ...`
        parts = [*statement.body, *statement.orelse]
        if isinstance(statement, ast.Try):
            parts += [part for handler in statement.handlers for part in handler.body] + statement.finalbody
        found = [_names(part, assignments) for part in parts if not isinstance(part, ast.Pass)]
        return [name for names in found for name in names] if all(found) else []
    return []


def _is_plain(value):
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True

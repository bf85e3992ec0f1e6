"""Replies to a check's requests about a notebook's names. This text runs in the student's kernel, behind those of models.py and codec.py.

Standard library and NumPy only. A request names a function or a variable; its reply is bounded plain data in JSON.
"""

import contextlib
import io
import json
import linecache
import os
import socket
import tempfile
from pathlib import Path

import numpy as np

from autograder.kernel.codec import MAX_BYTES, MAX_TEXT, Unsupported, decode, encode
from autograder.kernel.models import SerializedModel, restore_model

# Files that one function may write.
MAX_FILES = 20


class StandInCalled(BaseException):
    """A stand-in was called, and what it should return has not been sent yet. No `except Exception` of a student's code stops it."""

    def __init__(self, name, args, kwargs):
        super().__init__(name)
        self.name = name
        self.args_sent = [encode(item) for item in args]
        self.kwargs_sent = {str(key): encode(item) for key, item in kwargs.items()}


# -- requests ---------------------------------------------------------------------------------------------------------


def reply_to(request, namespace):
    """Return the reply to one request about a namespace: a JSON text in, a JSON text out.

    Parameters
    ----------
    request : str
        JSON: {"do": "call" | "after" | "files" | "files so far" | "fit" | "value", "name", "args", "kwargs"}; "fit" has {"on": [X, Y, epochs]} as well,
        for the model that comes back; "stand_ins" {"names", "values"} names functions that others stand in for, and what these
        return, call by call.
    namespace : dict

    Returns
    -------
    str
        JSON with one key: "ok" (an encoded value), "missing", "not_callable", "raised", or "stand_in_called" (the next call of a stand-in).
    """
    asked = json.loads(request)
    with _standing_in(namespace, asked.get("stand_ins")):
        return _reply_to(asked, namespace)


def _reply_to(asked, namespace):
    """The reply to a request that was read."""
    name = asked["name"]
    if name not in namespace:
        return json.dumps({"missing": name})
    value = namespace[name]
    if asked["do"] == "value":
        return json.dumps({"ok": encode(value, iterate=False)})
    if not callable(value):
        return json.dumps({"not_callable": encode(value)})
    folder = None
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            _folder_for(asked) as folder,
        ):
            return json.dumps({"ok": encode(_done(value, asked, namespace, folder))})
    except KeyboardInterrupt:
        raise
    except StandInCalled as call:
        return json.dumps({"stand_in_called": [call.name, call.args_sent, call.kwargs_sent]})
    except BaseException as error:  # whatever a student's function raises is its answer
        return json.dumps({"raised": _report(error, folder)})


def _folder_for(asked):
    """A context with an empty folder, or with none where a request has no use for one."""
    if asked["do"].startswith("files") or any(
        item[0] == "folder" for item in [*asked["args"], *asked["kwargs"].values()]
    ):
        return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    return contextlib.nullcontext()


def _done(function, asked, namespace, folder):
    """What a request asks for: what a function returns, or what it did."""
    args = [_argument(item, namespace, folder) for item in asked["args"]]
    kwargs = {key: _argument(item, namespace, folder) for key, item in asked["kwargs"].items()}
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        if asked["do"] != "files so far" or isinstance(error, NotImplementedError) or not _files(folder):
            raise
    if asked["do"] == "after":
        return tuple(args)
    if asked["do"].startswith("files"):
        return _files(folder)
    if asked["do"] == "fit":
        return _fitted(result, *(_argument(item, namespace, folder) for item in asked["on"]))
    return result


def _report(error, folder):
    """An exception as plain data. The folder of the request, whose name is another each time, is called "folder"."""
    message = str(error)
    return {
        "in": _innermost(error)[:100],
        "names": [cls.__name__ for cls in type(error).__mro__][:20],
        "message": (message.replace(folder, "folder") if folder else message)[:MAX_TEXT],
        "line": _student_line(error)[:200],
    }


def _argument(data, namespace, folder):
    """An argument of a request as the student's function gets it."""
    if data[0] == "folder":
        return folder
    if data[0] == "placeholder":
        name, args = data[1], [_argument(item, namespace, folder) for item in data[2]]
        if name not in namespace:
            raise NotImplementedError(f"there is no `{name}` yet")
        return namespace[name](*args)
    value = decode(data)
    return restore_model(value) if isinstance(value, SerializedModel) else value


def _stand_in(name, sent):
    """A function that returns, call by call, what was sent for it: pairs of its name and an encoded value, or ["raised", its message]."""

    def stand_in(*args, **kwargs):
        if not sent:
            raise StandInCalled(name, args, kwargs)
        whose, value = sent.pop(0)
        if whose != name:  # the function did not do again what it did before
            raise StandInCalled(name, args, kwargs)
        if value[0] == "raised":
            raise ValueError(value[1])
        return _argument(value, {}, None)

    stand_in.__name__ = name
    return stand_in


@contextlib.contextmanager
def _standing_in(namespace, stand_ins):
    """Have other functions in a namespace for as long as a request is worked on. stand_ins: {"names", "values"}, or None."""
    if not stand_ins:
        yield
        return
    missing = object()
    before = {name: namespace.get(name, missing) for name in stand_ins["names"]}
    sent = list(stand_ins["values"])
    namespace.update({name: _stand_in(name, sent) for name in before})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                namespace.pop(name, None)
            else:
                namespace[name] = value


def _files(folder):
    """The files that a function has put into a folder: their names and bytes."""
    found = {}
    for path in sorted(Path(folder).rglob("*"))[:MAX_FILES]:
        if path.is_file() and not path.is_symlink():
            size = path.stat().st_size
            name = path.relative_to(folder).as_posix()
            found[name] = (
                np.frombuffer(path.read_bytes(), np.uint8) if size <= MAX_BYTES // 8 else Unsupported("a large file")
            )
    return found


def _fitted(model, X, Y, epochs):
    """A compiled model as it came, the losses of so many epochs of `fit`, and the model afterwards."""
    before = decode(encode(model))
    model.run_eagerly = True  # tracing the step would take longer than these epochs
    found = model.fit(X, Y, batch_size=1, epochs=epochs, shuffle=False, verbose=0).history["loss"]
    return [before, [float(loss) for loss in found], model]


def _student_line(error):
    """The last line of the student's own cells that the error passed through, as text, or ''."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if _is_own(code):
            found = linecache.getline(code.co_filename, trace.tb_lineno).strip() or found
        trace = trace.tb_next
    return found


def _innermost(error):
    """The name of the innermost function of the student's own cells that the error passed through, or ''."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        if _is_own(code := trace.tb_frame.f_code):
            found = code.co_name
        trace = trace.tb_next
    return found


def _is_own(code):
    """Whether code was written in the student's own cells."""
    return "ipykernel" in code.co_filename or code.co_filename.startswith(("<ipython-input", "<answer"))


# -- the kernel's end -------------------------------------------------------------------------------------------------


class Reply(str):
    """A JSON text that Jupyter's user expressions hand back whole, under a media type of its own."""

    media_type = "application/vnd.autograder.reply"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.media_type: str(self)}


def reply_in_kernel(request):
    """The kernel's end of the protocol: reply from the live notebook's namespace."""
    from IPython import get_ipython

    return Reply(reply_to(request, get_ipython().user_ns))


@contextlib.contextmanager
def _shut_down_behind(line):
    """Let the other end know that this one has ended, even where a process that a function forked still holds the line."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


def replies_in_kernel(path):
    """Reply to requests that come over a Unix socket, which is made at this path, until the other end closes it.

    A message is its length, 8 bytes with the highest first, and as many bytes of JSON in UTF-8.
    """
    from IPython import get_ipython

    shell, process = get_ipython(), os.getpid()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        line, _ = listener.accept()
    os.unlink(path)
    with line, _shut_down_behind(line), line.makefile("rb") as messages:
        while head := messages.read(8):
            request = messages.read(int.from_bytes(head, "big")).decode()
            shell.events.trigger("post_execute")  # as before each request by itself: open figures are closed
            reply = reply_to(request, shell.user_ns).encode()
            if (
                os.getpid() != process
            ):  # a process that the student's function has forked, and in which it returned as well
                os._exit(0)
            line.sendall(len(reply).to_bytes(8, "big") + reply)
    return Reply("")

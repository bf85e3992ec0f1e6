"""The narrow door: questions to a namespace, and plain data back. This file's text also runs inside the student's kernel.

Nothing here may import from the course. A question names a function or a variable; an answer is bounded plain data
in JSON. `decode` trusts nothing: it is what the grader reads a hostile kernel's answer with.
"""

import base64
import contextlib
import io
import json
import linecache
import math
import tempfile
from pathlib import Path

import numpy as np

DTYPES = (
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
)
MAX_BYTES = 32 * 1024 * 1024  # of one array
MAX_ITEMS = 10_000  # of one list, tuple or dict
MAX_DEPTH = 6
MAX_TEXT = 2_000  # characters of one string
MAX_CONFIG = 200_000  # characters of a model's description
MAX_FILES = 20  # that one function may write


class BadData(ValueError):
    """What came through the door is not what the door carries."""


class Unsupported:
    """Stands for a value that the door does not carry, with a phrase that says what it was."""

    def __init__(self, phrase):
        self.phrase = phrase

    def __repr__(self):
        return self.phrase


class SealedModel:
    """A Keras model as plain data. Nothing of it has been run or believed yet: `models.rebuild` looks at it.

    config: the JSON text of `model.to_json()`. weights: arrays in the order of `model.get_weights()`.
    compiled: None, or the JSON text of {"optimizer": class, "settings": its config, "loss": as `compile` was given it}.
    """

    def __init__(self, config, weights, compiled=None):
        self.config = config
        self.weights = weights
        self.compiled = compiled

    def __repr__(self):
        return "a Keras model"


class Made:
    """Stands, among the arguments of a question, for what another function of the notebook returns."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


class Folder:
    """Stands, among the arguments of a question, for the path of an empty folder in the student's room."""


def plain_text(value):
    """A value as text that can be written to a file: half of a surrogate pair becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


def encode(value, depth=0):
    """Turn a value into JSON lists: numbers, text, arrays, models and nestings of them; anything else becomes a phrase."""
    if depth > MAX_DEPTH:
        return ["other", "a value nested too deep"]
    if value is None:
        return ["none"]
    if isinstance(value, Unsupported):
        return ["other", value.phrase]
    if isinstance(value, bool):
        return ["bool", bool(value)]
    if isinstance(value, str):  # np.str_ and members of a text enumeration are such
        return ["str", str.__str__(value)[:MAX_TEXT]]
    if isinstance(value, np.generic):
        kind, *rest = encode(np.asarray(value), depth)
        return ["scalar", rest[0], rest[2]] if kind == "array" else [kind, *rest]
    if isinstance(value, int):
        text = str(int(value)) if value.bit_length() < 256 else ""
        return ["int", text] if text else ["other", "a whole number of more than 255 bits"]
    if isinstance(value, float):
        return ["float", float(value).hex()]
    if isinstance(value, (list, tuple)):
        if len(value) > MAX_ITEMS:
            return ["other", f"a {type(value).__name__} of {len(value)} items"]
        return ["tuple" if isinstance(value, tuple) else "list", [encode(item, depth + 1) for item in value]]
    if isinstance(value, dict):
        if len(value) > MAX_ITEMS:
            return ["other", f"a dict of {len(value)} items"]
        return ["dict", [[encode(k, depth + 1), encode(v, depth + 1)] for k, v in value.items()]]
    if isinstance(value, Made):
        return ["made", value.name, [encode(item, depth + 1) for item in value.args]]
    if isinstance(value, Folder):
        return ["folder"]
    if isinstance(value, SealedModel):
        return ["model", value.config, [encode(item, depth + 1) for item in value.weights], value.compiled]
    if hasattr(value, "__array__"):
        return _encode_array(np.asarray(value))
    if all(hasattr(value, name) for name in ("to_json", "get_weights", "layers")):
        return _encode_model(value, depth)
    phrase = (
        "a function" if callable(value) and hasattr(value, "__code__") else f"a value of type {type(value).__name__}"
    )
    return ["other", phrase[:MAX_TEXT]]


def _encode_array(array):
    if array.dtype == np.longdouble and array.dtype.name not in DTYPES:
        array = array.astype(np.float64)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.ndim == 0 and array.dtype.kind == "U":  # what `np.where` makes of one text
        return ["str", str(array)[:MAX_TEXT]]
    if array.dtype.name not in DTYPES:
        return ["other", f"an array of dtype {array.dtype}"]
    if array.nbytes > MAX_BYTES:
        return ["other", f"an array of shape {array.shape}, too large to be looked at"]
    return ["array", array.dtype.name, list(array.shape), base64.b64encode(np.ascontiguousarray(array)).decode("ascii")]


def _encode_model(model, depth):
    """A Keras model; or a phrase if it cannot be written down as a list of layers, or is too large."""
    try:
        config, weights, compiled = model.to_json(), model.get_weights(), None
        if getattr(model, "optimizer", None) is not None:
            facts = {
                "optimizer": type(model.optimizer).__name__,
                "settings": model.optimizer.get_config(),
                "loss": (model.get_compile_config() or {}).get("loss"),
            }
            compiled = json.dumps(facts, default=str)
    except Exception as error:
        return ["other", f"a {type(model).__name__} that cannot be written down as layers ({type(error).__name__})"]
    if len(config) > MAX_CONFIG or len(compiled or "") > MAX_CONFIG or sum(w.nbytes for w in weights) > MAX_BYTES:
        return ["other", f"a {type(model).__name__} too large to be looked at"]
    return encode(SealedModel(config, weights, compiled), depth)


def unseal(sealed):
    """Build the Keras model again. Only for a model from the grader's side: a description can hold code."""
    import keras

    model = keras.models.model_from_json(sealed.config)
    model.set_weights(sealed.weights)
    if sealed.compiled:
        facts = json.loads(sealed.compiled)
        how = {"module": "keras.optimizers", "class_name": facts["optimizer"], "config": facts["settings"]}
        model.compile(optimizer=keras.optimizers.deserialize(how), loss=facts["loss"])
    return model


def decode(data, depth=0):
    """Turn the JSON lists of `encode` back into values; raise BadData for anything malformed, before memory is taken."""
    if depth > MAX_DEPTH + 1 or not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise BadData("not an encoded value")
    kind, parts = data[0], data[1:]
    if kind == "none" and not parts:
        return None
    if kind == "array" and len(parts) == 3:
        return _decode_array(*parts)
    if kind == "scalar" and len(parts) == 2:
        return _decode_array(parts[0], [], parts[1])[()]
    if kind == "model" and len(parts) == 3:
        return _decode_model(*parts, depth)
    if len(parts) != 1:
        raise BadData("not an encoded value")
    (part,) = parts
    if kind == "bool" and isinstance(part, bool):
        return part
    if (
        kind == "int"
        and isinstance(part, str)
        and len(part) < 90
        and part.lstrip("-").isascii()
        and part.lstrip("-").isdigit()
    ):
        try:
            return int(part)
        except ValueError as error:
            raise BadData("not a whole number") from error
    if kind == "float" and isinstance(part, str) and len(part) < 40:
        try:
            return float.fromhex(part)
        except (ValueError, OverflowError) as error:
            raise BadData("not a number") from error
    if kind == "str" and isinstance(part, str) and len(part) <= MAX_TEXT:
        return plain_text(part)
    if kind == "other" and isinstance(part, str):
        return Unsupported(plain_text(part[:200]))
    if kind in ("list", "tuple", "dict") and isinstance(part, list) and len(part) <= MAX_ITEMS:
        if kind != "dict":
            items = [decode(item, depth + 1) for item in part]
            return items if kind == "list" else tuple(items)
        pairs = {}
        for pair in part:
            if not isinstance(pair, list) or len(pair) != 2:
                raise BadData("not a dict")
            key = decode(pair[0], depth + 1)
            if not isinstance(key, (str, int, float, tuple, type(None))):
                raise BadData("a dict with a strange key")
            try:
                pairs[key] = decode(pair[1], depth + 1)
            except TypeError as error:
                raise BadData("a dict with a strange key") from error
        return pairs
    raise BadData("not an encoded value")


def _decode_array(dtype, shape, text):
    sane = (
        dtype in DTYPES
        and isinstance(shape, list)
        and len(shape) <= 32
        and all(type(side) is int and 0 <= side <= MAX_BYTES for side in shape)
        and isinstance(text, str)
    )
    if not sane:
        raise BadData("not an array")
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size > MAX_BYTES or len(text) != 4 * ((size + 2) // 3):
        raise BadData("an array whose size does not fit its shape")
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise BadData("not an array") from error
    if len(raw) != size:
        raise BadData("an array whose size does not fit its shape")
    if dtype == "bool" and raw.strip(b"\0\1"):
        raise BadData("not an array of truth values")
    return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()


def _decode_model(config, weights, compiled, depth):
    texts = [config] if compiled is None else [config, compiled]
    if not all(isinstance(text, str) and len(text) <= MAX_CONFIG for text in texts):
        raise BadData("not a model")
    if not isinstance(weights, list) or len(weights) > MAX_ITEMS:
        raise BadData("not a model")
    arrays = [decode(item, depth + 1) for item in weights]
    if not all(isinstance(item, np.ndarray) for item in arrays) or sum(a.nbytes for a in arrays) > MAX_BYTES:
        raise BadData("a model whose weights are not arrays, or too large")
    return SealedModel(config, arrays, compiled)


def _student_line(error):
    """The last line of the student's own cells that the error passed through, as text, or ''."""
    found = ""
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "ipykernel" in name or name.startswith("<ipython-input") or name.startswith("<answer"):
            found = linecache.getline(name, trace.tb_lineno).strip() or found
        trace = trace.tb_next
    return found


def _argument(data, namespace, folder):
    """An argument of a question as the student's function gets it."""
    if data[0] == "folder":
        return folder
    if data[0] == "made":
        name, args = data[1], [_argument(item, namespace, folder) for item in data[2]]
        if name not in namespace:
            raise NotImplementedError(f"there is no `{name}` yet")
        return namespace[name](*args)
    value = decode(data)
    return unseal(value) if isinstance(value, SealedModel) else value


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


def answer(question, namespace):
    """Answer one question about a namespace: a JSON text in, a JSON text out.

    The question is {"do": "call" | "after" | "files" | "value", "name", "args", "kwargs"}; the answer has one key:
    "ok" (an encoded value), "missing", "not_callable" or "raised".
    """
    ask = json.loads(question)
    name, do = ask["name"], ask["do"]
    if name not in namespace:
        return json.dumps({"missing": name})
    value = namespace[name]
    if do == "value":
        return json.dumps({"ok": encode(value)})
    if not callable(value):
        return json.dumps({"not_callable": encode(value)})
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        ):
            args = [_argument(item, namespace, folder) for item in ask["args"]]
            kwargs = {key: _argument(item, namespace, folder) for key, item in ask["kwargs"].items()}
            result = value(*args, **kwargs)
            wanted = {"call": lambda: result, "after": lambda: tuple(args), "files": lambda: _files(folder)}
            return json.dumps({"ok": encode(wanted[do]())})
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raised = {
            "names": [cls.__name__ for cls in type(error).__mro__][:20],
            "message": str(error)[:MAX_TEXT],
            "line": _student_line(error)[:200],
        }
        return json.dumps({"raised": raised})


class Answer(str):
    """A JSON text that Jupyter's user expressions hand back whole, under a media type of its own."""

    media_type = "application/vnd.autograder.answer"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.media_type: str(self)}


def answer_in_kernel(question):
    """The kernel's end of the door: answer from the live notebook's namespace."""
    from IPython import get_ipython

    return Answer(answer(question, get_ipython().user_ns))

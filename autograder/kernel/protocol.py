"""The protocol between a check and the student's kernel: a request, and plain data as its reply. This file's text also runs inside the kernel.

Nothing here may import from the course. A request names a function or a variable; a reply is bounded plain data
in JSON. `decode` trusts nothing: it is what the grader reads a hostile kernel's reply with.
"""

import base64
import collections.abc
import contextlib
import io
import itertools
import json
import linecache
import math
import sys
import tempfile
from array import array as typed_array
from collections import UserString
from decimal import Decimal
from fractions import Fraction
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
MAX_ITEMS = 10_000  # of one list or tuple
MAX_KEYS = 100  # of one dict
MAX_VALUES = 50_000  # in one reply, each item of each list counted
MAX_PARTS = 4 * MAX_VALUES  # commas and brackets of a reply's JSON text
MAX_DIGITS = 20  # of a number in a reply's JSON text: there, only the sides of arrays are numbers
MAX_DEPTH = 6
MAX_TEXT = 2_000  # characters of one string
MAX_CONFIG = 200_000  # characters of a model's description
MAX_FILES = 20  # that one function may write
KERAS_OWN = "keras"


class BadData(ValueError):
    """A reply is not what the protocol describes."""


class Unsupported:
    """Stands for a value that the protocol does not carry, with a phrase that says what it was."""

    def __init__(self, phrase):
        self.phrase = phrase

    def __repr__(self):
        return self.phrase


class SerializedModel:
    """A Keras model as plain data. Nothing of it has been run or believed yet: `description.rebuild` looks at it.

    config: the JSON text of `model.to_json()`. weights: arrays in the order of `model.get_weights()`.
    compiled: None, or the JSON text of what `_compiled` finds: the optimizer's class and config, the loss as `compile` was given it, …
    """

    def __init__(self, config, weights, compiled=None):
        self.config = config
        self.weights = weights
        self.compiled = compiled

    def __repr__(self):
        return "a Keras model"


class Placeholder:
    """Stands, among the arguments of a request, for what another function of the notebook returns."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


class StandInCalled(BaseException):
    """A stand-in was called, and what it should return has not been sent yet. No `except Exception` of a student's code stops it."""

    def __init__(self, name, args, kwargs):
        super().__init__(name)
        self.name = name
        self.args_sent = [encode(item) for item in args]
        self.kwargs_sent = {str(key): encode(item) for key, item in kwargs.items()}


class Folder:
    """Stands, among the arguments of a request, for the path of an empty folder in the student's sandbox."""


def plain_text(value):
    """A value as text that can be written to a file: half of a surrogate pair becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


class _TooManyValues(Exception):
    """A value of more parts than one reply holds."""


def encode(value, *, iterate=True):
    """Turn a value into JSON lists: numbers, text, arrays, models and nestings of them; anything else becomes a phrase.

    What is a sequence arrives as a list, whatever its class; what can only be run through once, a generator for instance, does
    so if `iterate` is true, and is used up.
    """
    try:
        return _encode(value, 0, [MAX_VALUES], iterate)
    except _TooManyValues:
        return ["other", f"a value of more than {MAX_VALUES} parts"]


def _encode(value, depth, left, iterate=True):
    """`encode` for a value that lies `depth` levels deep. left: [how many more values there may be]."""
    if depth > MAX_DEPTH:
        return ["other", "a value nested too deep"]
    left[0] -= 1
    if left[0] < 0:
        raise _TooManyValues
    if value is None:
        return ["none"]
    if isinstance(value, Unsupported):
        return ["other", value.phrase]
    if isinstance(value, bool):
        return ["bool", bool(value)]
    if isinstance(value, (str, UserString)):  # np.str_ and members of a text enumeration are such
        return ["str", str.__str__(value.data if isinstance(value, UserString) else value)[:MAX_TEXT]]
    if isinstance(value, (complex, np.complexfloating)) and value.imag == 0:
        value = value.real
    if isinstance(value, np.generic):
        kind, *rest = _encode_array(np.asarray(value), depth, left)
        return ["scalar", rest[0], rest[2]] if kind == "array" else [kind, *rest]
    if isinstance(value, (Fraction, Decimal)):
        value = _plain_number(value)
    if isinstance(value, int):
        text = str(int(value)) if value.bit_length() < 256 else ""
        return ["int", text] if text else ["other", "a whole number of more than 255 bits"]
    if isinstance(value, float):
        return ["float", float(value).hex()]
    if isinstance(value, (list, tuple)):
        return _encode_items(value, "tuple" if isinstance(value, tuple) else "list", depth, left)
    if isinstance(value, dict):
        if len(value) > MAX_KEYS or not all(isinstance(key, str) for key in value):
            return ["other", f"a dict of {len(value)} items"]
        inner = [(_encode(k, depth + 1, left), _encode(v, depth + 1, left)) for k, v in value.items()]
        return ["dict", [list(pair) for pair in inner]]
    if isinstance(value, Placeholder):
        return ["placeholder", value.name, [_encode(item, depth + 1, left) for item in value.args]]
    if isinstance(value, Folder):
        return ["folder"]
    if isinstance(value, SerializedModel):
        return ["model", value.config, [_encode(item, depth + 1, left) for item in value.weights], value.compiled]
    if isinstance(value, (bytes, bytearray)):
        value = np.frombuffer(value, np.uint8)
    if isinstance(value, (typed_array, memoryview)) or hasattr(value, "__array__"):
        try:
            array = np.asarray(value)
        except Exception as error:
            return [
                "other",
                f"{_a(type(value).__name__)} that cannot be made an array ({type(error).__name__})"[:MAX_TEXT],
            ]
        return _encode_array(array, depth, left)
    if all(hasattr(value, name) for name in ("to_json", "get_weights", "layers")):
        return _encode_model(value)
    if isinstance(value, (collections.abc.Sequence, collections.abc.MappingView)) or (
        iterate and isinstance(value, collections.abc.Iterator) and not isinstance(value, io.IOBase)
    ):
        return _encode_items(value, "list", depth, left)
    phrase = (
        "a function" if callable(value) and hasattr(value, "__code__") else f"a value of type {type(value).__name__}"
    )
    return ["other", phrase[:MAX_TEXT]]


def _a(word):
    """A word with its article: "a list", "an Alpha"."""
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def _plain_number(value):
    """A fraction or a decimal number as the int that it equals, else as the nearest float."""
    try:
        return int(value) if value == int(value) else float(value)
    except (ValueError, OverflowError):  # a NaN, an infinity, or more than a float holds
        return float("nan") if value != value else math.copysign(math.inf, value)


def _encode_items(value, kind, depth, left):
    """What a value holds, in its order."""
    items = list(itertools.islice(value, MAX_ITEMS + 1))
    if len(items) > MAX_ITEMS:
        return ["other", f"{_a(type(value).__name__)} of more than {MAX_ITEMS} items"[:MAX_TEXT]]
    return [kind, [_encode(item, depth + 1, left) for item in items]]


def _encode_array(array, depth, left):
    if array.dtype == np.longdouble and array.dtype.name not in DTYPES:
        array = array.astype(np.float64)
    if array.dtype == object:
        if array.ndim == 1 and array.size and all(isinstance(item, (np.ndarray, list, tuple)) for item in array):
            return _encode_items(array, "list", depth, left)
        array = _of_numbers(array)
    if array.dtype.kind == "c" and not array.imag.any():
        array = array.real
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.ndim == 0 and array.dtype.kind == "U":  # what `np.where` makes of one text
        return ["str", str(array)[:MAX_TEXT]]
    if array.dtype.name not in DTYPES:
        return ["other", f"an array of dtype {array.dtype}"[:MAX_TEXT]]
    if array.nbytes > MAX_BYTES:
        return ["other", f"an array of shape {array.shape}, too large to be looked at"]
    return ["array", array.dtype.name, list(array.shape), base64.b64encode(np.ascontiguousarray(array)).decode("ascii")]


def _of_numbers(array):
    """An array of Python objects that are all numbers as an array of numbers; another one as it is."""
    if array.size > MAX_BYTES // 8:
        return array
    items = [_plain_number(item) if isinstance(item, (Fraction, Decimal)) else item for item in array.ravel().tolist()]
    if not items:
        return np.zeros(array.shape)
    if not all(isinstance(item, (int, float, np.integer, np.floating)) for item in items):
        return array
    if any(isinstance(item, (bool, np.bool_)) for item in items):
        return array
    try:
        return np.array(items).reshape(array.shape)
    except (OverflowError, ValueError):
        return array


def _encode_model(model):
    """A Keras model; or a phrase if it cannot be written down as a list of layers, or is too large."""
    try:
        with _plain_rate(getattr(model, "optimizer", None)):
            config, weights, compiled = model.to_json(), model.get_weights(), None
            if getattr(model, "optimizer", None) is not None:
                compiled = json.dumps(_compiled(model), default=str)
    except Exception as error:
        return ["other", f"{_a(type(model).__name__)} that cannot be written down as layers ({type(error).__name__})"]
    if len(config) > MAX_CONFIG or len(compiled or "") > MAX_CONFIG or sum(w.nbytes for w in weights) > MAX_BYTES:
        return ["other", f"{_a(type(model).__name__)} too large to be looked at"]
    return encode(SerializedModel(config, weights, compiled))


@contextlib.contextmanager
def _plain_rate(optimizer):
    """Let an optimizer whose learning rate is a function have the number that it gives: the function cannot be written down."""
    rate = getattr(optimizer, "_learning_rate", None)
    if not callable(rate) or hasattr(rate, "get_config"):  # a number, or a schedule
        yield
        return
    import keras

    optimizer._learning_rate = keras.ops.convert_to_tensor(float(optimizer.learning_rate))
    try:
        yield
    finally:
        optimizer._learning_rate = rate


def _compiled(model):
    """How a model was compiled. "…_from": KERAS_OWN for a class or a function that is Keras' own and not only called like it."""
    import keras

    settings, given = model.optimizer.get_config(), model.get_compile_config() or {}
    loss = model.loss
    while isinstance(loss, (list, tuple, dict)) and len(loss) == 1:
        (loss,) = loss.values() if isinstance(loss, dict) else loss
    return {
        "optimizer": type(model.optimizer).__name__,
        "optimizer_from": _origin(type(model.optimizer)),
        "settings": settings,
        "loss": given.get("loss"),
        "loss_from": _origin(keras.losses.get(loss) if isinstance(loss, str) else loss),
        "loss_weights": given.get("loss_weights"),
        "iterations": int(model.optimizer.iterations),
    }


def _origin(thing):
    """KERAS_OWN if a class, or a function, or what an object is an instance of, stands under its name in a module of Keras."""
    named = thing if hasattr(thing, "__qualname__") else type(thing)
    module = str(getattr(named, "__module__", ""))
    found = getattr(sys.modules.get(module), str(named.__qualname__), None)
    return KERAS_OWN if module.split(".")[0] == "keras" and found is named else ""


def restore_model(model_data):
    """Build the Keras model again. Only for a model from the grader's side: a description can hold code."""
    import keras

    model = keras.models.model_from_json(model_data.config)
    model.set_weights(model_data.weights)
    if model_data.compiled:
        facts = json.loads(model_data.compiled)
        how = {"module": "keras.optimizers", "class_name": facts["optimizer"], "config": facts["settings"]}
        model.compile(optimizer=keras.optimizers.deserialize(how), loss=facts["loss"])
        model.optimizer.iterations.assign(facts.get("iterations", 0))
    return model


def parse(text):
    """Read a reply's JSON text; raise BadData for what no untouched kernel writes, before it takes time or memory.

    The parts are counted on the text that is read, so no bracket hides behind an escape. Numbers are few and short, and objects small.
    """
    if sum(map(text.count, ",[{")) > MAX_PARTS:
        raise BadData("it is made of too many parts")
    try:
        return json.loads(text, parse_int=_short, parse_float=_none, parse_constant=_none, object_pairs_hook=_small)
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, BadData) else BadData("it is no JSON text") from None


def _short(digits):
    if len(digits) > MAX_DIGITS:
        raise BadData("a number of too many digits")
    return int(digits)


def _none(number):
    raise BadData("a number where none can be")


def _small(pairs):
    found = dict(pairs[:MAX_KEYS])
    if len(found) != len(pairs):
        raise BadData("an object with too many keys, or one key twice")
    return found


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
    if kind in ("list", "tuple") and isinstance(part, list) and len(part) <= MAX_ITEMS:
        items = [decode(item, depth + 1) for item in part]
        return items if kind == "list" else tuple(items)
    if kind == "dict" and isinstance(part, list) and len(part) <= MAX_KEYS:
        return _decode_dict(part, depth)
    raise BadData("not an encoded value")


def _decode_dict(pairs, depth):
    """A dict with text as keys, and nothing else: numbers can be chosen such that all have the same hash."""
    found = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], list) or pair[0][:1] != ["str"]:
            raise BadData("a dict whose keys are no text")
        found[decode(pair[0], depth + 1)] = decode(pair[1], depth + 1)
    return found


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
    try:
        return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()
    except ValueError as error:  # one side is 0, and the others would be too large together
        raise BadData("an array of an impossible shape") from error


def _decode_model(config, weights, compiled, depth):
    texts = [config] if compiled is None else [config, compiled]
    if not all(isinstance(text, str) and len(text) <= MAX_CONFIG for text in texts):
        raise BadData("not a model")
    if not isinstance(weights, list) or len(weights) > MAX_ITEMS:
        raise BadData("not a model")
    arrays = [decode(item, depth + 1) for item in weights]
    if not all(isinstance(item, np.ndarray) for item in arrays) or sum(a.nbytes for a in arrays) > MAX_BYTES:
        raise BadData("a model whose weights are not arrays, or too large")
    return SerializedModel(config, arrays, compiled)


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
    found = model.fit(X, Y, batch_size=1, epochs=epochs, shuffle=False, verbose=0).history["loss"]
    return [before, [float(loss) for loss in found], model]


def reply_to(request, namespace):
    """Reply to one request about a namespace: a JSON text in, a JSON text out.

    The request is {"do": "call" | "after" | "files" | "fit" | "value", "name", "args", "kwargs"}; "fit" has {"on": [X, Y, epochs]}
    as well, for the model that comes back; "stand_ins" names functions that others stand in for, and what these return, call by call.
    The reply has one key:
    "ok" (an encoded value), "missing", "not_callable", "raised", or "stand_in_called" (the next call of a stand-in).
    """
    asked = json.loads(request)
    with _standing_in(namespace, asked.get("stand_ins")):
        return _reply_to(asked, namespace)


def _reply_to(asked, namespace):
    """Reply to a request that was read."""
    name, do = asked["name"], asked["do"]
    if name not in namespace:
        return json.dumps({"missing": name})
    value = namespace[name]
    if do == "value":
        return json.dumps({"ok": encode(value, iterate=False)})
    if not callable(value):
        return json.dumps({"not_callable": encode(value)})
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        ):
            args = [_argument(item, namespace, folder) for item in asked["args"]]
            kwargs = {key: _argument(item, namespace, folder) for key, item in asked["kwargs"].items()}
            result = value(*args, **kwargs)
            found = {
                "call": lambda: result,
                "after": lambda: tuple(args),
                "files": lambda: _files(folder),
                "fit": lambda: _fitted(result, *(_argument(item, namespace, folder) for item in asked["on"])),
            }
            return json.dumps({"ok": encode(found[do]())})
    except KeyboardInterrupt:
        raise
    except StandInCalled as call:
        return json.dumps({"stand_in_called": [call.name, call.args_sent, call.kwargs_sent]})
    except BaseException as error:
        raised = {
            "in": _innermost(error)[:100],
            "names": [cls.__name__ for cls in type(error).__mro__][:20],
            "message": str(error)[:MAX_TEXT],
            "line": _student_line(error)[:200],
        }
        return json.dumps({"raised": raised})


class Reply(str):
    """A JSON text that Jupyter's user expressions hand back whole, under a media type of its own."""

    media_type = "application/vnd.autograder.reply"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {self.media_type: str(self)}


def reply_in_kernel(request):
    """The kernel's end of the protocol: reply from the live notebook's namespace."""
    from IPython import get_ipython

    return Reply(reply_to(request, get_ipython().user_ns))

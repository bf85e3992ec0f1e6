"""Values as JSON lists, and back: numbers, text, arrays, models and nestings of them. This text also runs in the student's kernel.

Standard library and NumPy only. `decode` and `parse` trust nothing: with them the grader reads a hostile kernel's reply. They read what
json.loads made of a text, and not a library with declared types: a lone surrogate in an honest message must be read, and the
parts of a text be counted before any of them takes memory.
"""

import base64
import collections.abc
import io
import itertools
import json
import math
from array import array as typed_array
from collections import UserString
from decimal import Decimal
from fractions import Fraction

import numpy as np

from autograder.kernel.models import SerializedModel, is_model, serialize

SIZED = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64")
DTYPES = ("bool", *SIZED)
# Bytes of one array, and of all weights of a model.
MAX_BYTES = 32 * 1024 * 1024
# Items of one list or tuple; of one dict.
MAX_ITEMS = 10_000
MAX_KEYS = 100
# Values in one reply, each item of each list counted; levels of nesting.
MAX_VALUES = 50_000
MAX_DEPTH = 6
# Commas and brackets of a reply's JSON text, and digits of a number in it: there, only the sides of arrays are numbers.
MAX_PARTS = 4 * MAX_VALUES
MAX_DIGITS = 20
# Characters of one string; of a model's description.
MAX_TEXT = 2_000
MAX_CONFIG = 200_000


class BadData(ValueError):
    """A reply is not what the protocol describes."""


class Unsupported:
    """Stands for a value that the protocol does not carry, with a phrase that says what it was."""

    def __init__(self, phrase):
        self.phrase = phrase

    def __repr__(self):
        return self.phrase


class Placeholder:
    """Stands, among the arguments of a request, for what another function of the notebook returns."""

    def __init__(self, name, args=()):
        self.name = name
        self.args = args


class Folder:
    """Stands, among the arguments of a request, for the path of an empty folder in the student's sandbox."""


def plain_text(value):
    """A value as text that can be written to a file: half of a surrogate pair becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


class _TooManyValues(Exception):
    """A value of more parts than one reply holds."""


# -- encode -----------------------------------------------------------------------------------------------------------


def encode(value, *, iterate=True):
    """Return a value as JSON lists: numbers, text, arrays, models and nestings of them; anything else becomes a phrase.

    What is a sequence arrives as a list, whatever its class.

    Parameters
    ----------
    value : object
    iterate : bool
        Run through what can only be run through once, a generator for instance: it is used up.
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
    for encoder in (_encode_scalar, _encode_container, _encode_numbers):
        if (found := encoder(value, depth, left)) is not None:
            return found
    if is_model(value):
        return _encode_model(value)
    if isinstance(value, (collections.abc.Sequence, collections.abc.MappingView)) or (
        iterate and isinstance(value, collections.abc.Iterator) and not isinstance(value, io.IOBase)
    ):
        return _encode_items(value, "list", depth, left)
    is_function = callable(value) and hasattr(value, "__code__")
    return ["other", ("a function" if is_function else f"a value of type {type(value).__name__}")[:MAX_TEXT]]


def _encode_scalar(value, depth, left):
    """Nothing, a truth value, a text or a number, of whatever class; None for another value."""
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
    return None


def _encode_container(value, depth, left):
    """A list, a tuple, a dict, or one of the classes that stand for something in a request or a reply; None for another value."""
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
    return None


def _encode_numbers(value, depth, left):
    """What holds numbers in a row, or can be made an array; None for another value."""
    if isinstance(value, (bytes, bytearray)):
        value = np.frombuffer(value, np.uint8)
    if not (isinstance(value, (typed_array, memoryview)) or hasattr(value, "__array__")):
        return None
    try:
        array = np.asarray(value)
    except Exception as error:  # a class of the student's own may raise anything
        phrase = f"{_a(type(value).__name__)} that cannot be made an array ({type(error).__name__})"
        return ["other", phrase[:MAX_TEXT]]
    return _encode_array(array, depth, left)


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
    text = base64.b64encode(np.ascontiguousarray(array)).decode("ascii")  # type: ignore[arg-type]
    return ["array", array.dtype.name, list(array.shape), text]


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
        serialized = serialize(model)
    except Exception as error:  # a model of the student's own may raise anything
        return ["other", f"{_a(type(model).__name__)} that cannot be written down as layers ({type(error).__name__})"]
    texts = max(len(serialized.config), len(serialized.compiled or ""))
    if texts > MAX_CONFIG or sum(array.nbytes for array in serialized.weights) > MAX_BYTES:
        return ["other", f"{_a(type(model).__name__)} too large to be looked at"]
    return encode(serialized)


# -- decode -----------------------------------------------------------------------------------------------------------


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
    """Return the value that `encode` made JSON lists of.

    Raises
    ------
    BadData
        For anything malformed, before memory is taken.
    """
    if depth > MAX_DEPTH + 1 or not isinstance(data, list) or not data or not isinstance(data[0], str):
        raise BadData("not an encoded value")
    kind, *parts = data
    decoder, count = DECODERS.get(kind, (None, 0))
    if decoder is None or len(parts) != count:
        raise BadData("not an encoded value")
    return decoder(depth, *parts)  # type: ignore[operator]


def _need(fits, problem="not an encoded value"):
    if not fits:
        raise BadData(problem)


def _decode_bool(depth, part):
    _need(isinstance(part, bool))
    return part


def _decode_int(depth, text):
    digits = text.lstrip("-") if isinstance(text, str) and len(text) < 90 else ""
    _need(digits.isascii() and digits.isdigit())
    try:
        return int(text)
    except ValueError as error:
        raise BadData("not a whole number") from error


def _decode_float(depth, text):
    _need(isinstance(text, str) and len(text) < 40)
    try:
        return float.fromhex(text)
    except (ValueError, OverflowError) as error:
        raise BadData("not a number") from error


def _decode_text(depth, text):
    _need(isinstance(text, str) and len(text) <= MAX_TEXT)
    return plain_text(text)


def _decode_phrase(depth, text):
    _need(isinstance(text, str))
    return Unsupported(plain_text(text[:200]))


def _decode_list(depth, items):
    _need(isinstance(items, list) and len(items) <= MAX_ITEMS)
    return [decode(item, depth + 1) for item in items]


def _decode_dict(depth, pairs):
    """A dict with text as keys, and nothing else: numbers can be chosen such that all have the same hash."""
    _need(isinstance(pairs, list) and len(pairs) <= MAX_KEYS)
    found = {}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], list) or pair[0][:1] != ["str"]:
            raise BadData("a dict whose keys are no text")
        found[decode(pair[0], depth + 1)] = decode(pair[1], depth + 1)
    return found


def _decode_array(depth, dtype, shape, text):
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


def _decode_model(depth, config, weights, compiled):
    texts = [config] if compiled is None else [config, compiled]
    if not all(isinstance(text, str) and len(text) <= MAX_CONFIG for text in texts):
        raise BadData("not a model")
    if not isinstance(weights, list) or len(weights) > MAX_ITEMS:
        raise BadData("not a model")
    arrays = [decode(item, depth + 1) for item in weights]
    if not all(isinstance(item, np.ndarray) for item in arrays) or sum(a.nbytes for a in arrays) > MAX_BYTES:
        raise BadData("a model whose weights are not arrays, or too large")
    return SerializedModel(config, arrays, compiled)


# By kind: what reads the parts behind it, and how many there are.
DECODERS = {
    "none": (lambda depth: None, 0),
    "bool": (_decode_bool, 1),
    "int": (_decode_int, 1),
    "float": (_decode_float, 1),
    "str": (_decode_text, 1),
    "other": (_decode_phrase, 1),
    "list": (_decode_list, 1),
    "tuple": (lambda depth, items: tuple(_decode_list(depth, items)), 1),
    "dict": (_decode_dict, 1),
    "array": (_decode_array, 3),
    "scalar": (lambda depth, dtype, text: _decode_array(depth, dtype, [], text)[()], 2),
    "model": (_decode_model, 3),
}

"""What a hidden check may expect of a value, with messages that say what came and what was wanted."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from autograder.kernel.codec import Unsupported
from autograder.kernel.models import SerializedModel
from autograder.slips import describe as describe_plain
from autograder.slips import difference, name_the_slip

KINDS = {
    "integer": (np.integer,),
    "float": (np.floating,),
    "number": (np.integer, np.floating),
    "bool": (np.bool_,),
}

# Of a picture file.
MOST_PIXELS = 4_000_000
Slips = Mapping[str, Any] | None


def describe(value: Any) -> str:
    """Return one short phrase for any value: what a student would say that it is."""
    return repr(value) if isinstance(value, (Unsupported, SerializedModel)) else describe_plain(value)


def array(
    value: Any,
    what: str,
    *,
    shape: tuple[int | None, ...] | None = None,
    dtype: str | Sequence[str] | None = None,
    kind: str | None = None,
    low: float | None = None,
    high: float | None = None,
    why: str = "",
) -> np.ndarray:
    """Return `value` if it is a finite array as described; otherwise fail the check.

    Parameters
    ----------
    value : object
    what : str
        How the message calls it.
    shape : tuple, optional
        The wanted shape, None for a free side.
    dtype : str or sequence of str, optional
        The allowed dtypes, by name.
    kind : {"integer", "float", "number", "bool"}, optional
    low, high : float, optional
        The closed range of its values.
    why : str
        The likely cause and where to look, added to the message.
    """
    tail = f" {why}" if why else ""
    assert isinstance(value, np.ndarray), f"{what} should be a NumPy array; what came is {describe(value)}.{tail}"
    if shape is not None:
        fits = value.ndim == len(shape) and all(w is None or w == g for w, g in zip(shape, value.shape, strict=True))
        wanted = "(" + ", ".join("any" if w is None else str(w) for w in shape) + ("," if len(shape) == 1 else "") + ")"
        assert fits, f"{what} should have the shape {wanted}; yours has {value.shape}.{tail}"
    if dtype is not None:
        names = (dtype,) if isinstance(dtype, str) else tuple(dtype)
        assert value.dtype.name in names, f"{what} should be {' or '.join(names)}; yours is {value.dtype}.{tail}"
    if kind is not None:
        fits = any(np.issubdtype(value.dtype, k) for k in KINDS[kind])
        assert fits, f"{what} should hold {kind} values; yours is {value.dtype}.{tail}"
    if value.dtype.kind == "f" and value.size:
        assert np.isfinite(value).all(), (
            f"{what} holds NaN or infinity; every value should be an ordinary number.{tail}"
        )
    if value.size and (low is not None or high is not None):
        least, most = value.min(), value.max()
        span = f"from {'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"
        fits = (low is None or least >= low) and (high is None or most <= high)
        assert fits, f"{what} should hold values {span}; yours go from {least:.4g} to {most:.4g}.{tail}"
    return value


def close(
    value: np.ndarray,
    wanted: Any,
    what: str,
    *,
    atol: float = 0.0,
    why: str = "",
    slips: Slips = None,
    given: Sequence[np.ndarray] = (),
) -> None:
    """Fail unless the array equals `wanted` within `atol` everywhere; the message shows the worst place.

    Parameters
    ----------
    value : ndarray
    wanted : array_like
    what : str
        How the message calls it.
    atol : float
        In the unit of the values.
    why : str
        What is added if no slip is recognised.
    slips : mapping, optional
        By a sentence, what a certain wrong answer would give, or a function that makes it. The first that fits is named, else a general
        kind of slip (rows and columns swapped, 255 times too large, …).
    given : sequence of ndarray
        The arrays that went in.
    """
    _fail_if(difference(value, wanted, what, atol=atol, slips=slips, given=given, why=why))


def _fail_if(problem: str) -> None:
    assert not problem, problem


def number(
    value: Any,
    what: str,
    *,
    integer: bool = False,
    low: float | None = None,
    high: float | None = None,
    why: str = "",
) -> float | int:
    """Return `value` as a plain Python number; a NumPy scalar or a 0-d array counts, True and False do not."""
    tail = f" {why}" if why else ""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    plain = isinstance(value, (Real, np.number)) and not isinstance(value, (bool, np.bool_, complex))
    assert plain, f"{what} should be one number; what came is {describe(value)}.{tail}"
    assert math.isfinite(float(value)), f"{what} should be an ordinary number; yours is {value}.{tail}"
    if integer:
        assert isinstance(value, (Integral, np.integer)) or float(value).is_integer(), (
            f"{what} should be a whole number; yours is {value:g}.{tail}"
        )
    fits = (low is None or value >= low) and (high is None or value <= high)
    span = f"from {'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"
    assert fits, f"{what} should lie {span}; yours is {value:g}.{tail}"
    return int(value) if integer else float(value)


def near(
    value: Any, wanted: float, what: str, *, atol: float, why: str = "", slips: Slips = None, given: Sequence = ()
) -> None:
    """Fail unless `value` is one number within `atol` of `wanted`. slips, given: as in `close`."""
    got = number(value, what, why=why)
    if abs(got - wanted) > atol:
        cause = name_the_slip(got, wanted, atol=atol, slips=slips, given=given) or why
        tail = f" {cause}" if cause else ""
        raise AssertionError(f"{what} should be about {wanted:.6g}; yours is {got:.6g}.{tail}")


def sequence(value: Any, what: str, *, length: int, why: str = "", of: str = "parts") -> list:
    """Return the `length` parts of a tuple, a list, or an array's first axis. of: what they are, "numbers"."""
    tail = f" {why}" if why else ""
    fits = isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)
    assert fits, f"{what} should be {length} {of}; what came is {describe(value)}.{tail}"
    assert len(value) == length, f"{what} should be {length} {of}; yours are {len(value)}.{tail}"
    return list(value)


def png(data: Any, what: str, *, why: str = "") -> np.ndarray:
    """Return the pixels of a PNG file as it came from the student: uint8, (H, W) or (H, W, layers).

    data: the bytes of the file, or None if there is none.
    """
    from PIL import Image

    tail = f" {why}" if why else ""
    assert data is not None, f"There is no {what}.{tail}"
    assert data[:8] == b"\x89PNG\r\n\x1a\n", f"{what} is not a PNG file: its first bytes are {data[:8]!r}.{tail}"
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            fits = picture.width * picture.height <= MOST_PIXELS
            assert fits, f"{what} has {picture.width} × {picture.height} pixels, more than a check looks at.{tail}"
            pixels = np.asarray(picture.convert({"1": "L", "P": "RGB"}.get(picture.mode, picture.mode)))
    except AssertionError:
        raise
    except Exception as error:  # Pillow raises whatever it likes for a broken file
        raise AssertionError(f"{what} is no PNG file that can be read ({type(error).__name__}).{tail}") from None
    assert pixels.dtype == np.uint8, f"{what} should hold 8 bits a number; yours has {pixels.dtype}.{tail}"
    return pixels

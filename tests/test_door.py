"""The door carries plain data exactly, and nothing else; what is malformed is refused before memory is taken."""

from __future__ import annotations

import base64
import contextlib
import enum
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder import door
from autograder.student import NotAnswered, StudentError, live


def there_and_back(value):
    return door.decode(json.loads(json.dumps(door.encode(value))))


scalars = st.none() | st.booleans() | st.integers(-(2**200), 2**200) | st.floats() | st.text(max_size=50)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


def same(one, other) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return one == other


def depth(value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, (list, tuple)) else 0


@given(values)
def test_plain_values_come_through_exactly(value):
    if depth(value) <= door.MAX_DEPTH:
        assert same(there_and_back(value), value)


class Hue(str, enum.Enum):  # noqa: UP042
    RED = "red"


@pytest.mark.parametrize("text", [np.str_("red"), Hue.RED, np.where(True, "red", "green"), np.array(["red"])[0]])
def test_text_of_every_kind_is_text(text):
    assert there_and_back(text) == "red" and type(there_and_back(text)) is str


def test_a_long_message_reaches_the_check_and_not_the_card():
    def complain():
        raise ValueError("why " * 100 + "7.5")

    raised = live({"complain": complain}).error("complain")
    assert raised.message.endswith("7.5")
    assert len(str(raised)) < 500


@given(npst.arrays(st.sampled_from(door.DTYPES), npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)))
def test_arrays_come_through_exactly(array):
    got = there_and_back(array)
    assert got.dtype == array.dtype
    assert got.shape == array.shape
    assert got.tobytes() == array.tobytes()


@pytest.mark.parametrize("dtype", ["uint8", "float32", "int64", "bool"])
def test_numpy_scalars_keep_their_dtype(dtype):
    got = there_and_back(np.dtype(dtype).type(1))
    assert type(got) is np.dtype(dtype).type


def test_arrays_in_other_clothes_arrive_as_plain_arrays():
    strided = np.arange(24).reshape(4, 6)[::2, ::-1]
    assert (there_and_back(strided) == strided).all()
    swapped = np.arange(4, dtype=">i4")
    assert there_and_back(swapped).dtype == np.dtype("int32")
    assert (there_and_back(swapped) == swapped).all()
    assert type(there_and_back(np.ma.masked_array([1, 2], [0, 1]))) is np.ndarray


@pytest.mark.parametrize(
    "value",
    [object(), np.array([None]), np.array(["a"]), np.array([1j]), print, 10**100, range(3), {1, 2}, [[[[[[[[1]]]]]]]]],
    ids=["object", "objects", "texts", "complex", "builtin", "huge_int", "range", "set", "deep"],
)
def test_what_the_door_does_not_carry_arrives_as_a_phrase(value):
    got = there_and_back(value)
    while isinstance(got, list):
        (got,) = got
    assert isinstance(got, door.Unsupported)


def test_a_huge_array_stays_behind():
    huge = np.broadcast_to(np.float64(0), (10**5, 10**5))
    assert isinstance(there_and_back(huge), door.Unsupported)


def array_text(size: int) -> str:
    return base64.b64encode(bytes(size)).decode()


@pytest.mark.parametrize(
    "data",
    [
        None, 5, "x", [], {}, [[]], ["what", 1], ["int", 5], ["int", "x"], ["int", "--5"], ["int", "9" * 200], ["float", "zz"],
        ["float", 1.0], ["str", 5], ["str", "x" * 5000], ["bool", 1], ["none", 1], ["list", 5], ["list", [5]],
        ["dict", [["a", "b"]]], ["dict", [[["list", []], ["none"]]]], ["scalar", "uint8", ""],
        ["array", "object", [1], array_text(8)], ["array", "uint8", [2], array_text(1)], ["array", "uint8", [-1], ""],
        ["array", "uint8", [10**12], array_text(3)], ["array", "uint8", [True], array_text(1)], ["array", "uint8", "1", array_text(1)],
        ["array", "uint8", [1], "!!!!"], ["array", "bool", [1], base64.b64encode(b"\7").decode()],
        ["array", "float64", [2**31, 2**31, 2**31], ""], ["array", ["uint8"], [1], array_text(1)],
    ],
    ids=lambda data: repr(data)[:40],
)  # fmt: skip
def test_malformed_data_is_refused(data):
    with pytest.raises(door.BadData):
        door.decode(data)


def test_an_array_over_the_limit_is_refused_even_if_its_text_has_the_right_length():
    half = door.MAX_BYTES // 2 + 1
    text = base64.b64encode(bytes(2 * half)).decode()
    with pytest.raises(door.BadData, match="size does not fit"):
        door.decode(["array", "uint8", [2, half], text])


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["array", "list", "int", "scalar", "dict"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=300)
@given(json_like)
def test_any_json_is_either_a_value_or_bad_data(data):
    with contextlib.suppress(door.BadData):
        door.decode(data)


def test_a_question_about_a_name_that_is_not_there_is_not_an_error_of_the_grader():
    with pytest.raises(NotAnswered, match="no `f`"):
        live({}).call("f")
    with pytest.raises(StudentError, match="should be a function"):
        live({"f": 3}).call("f")


def test_an_exception_comes_back_as_its_name_its_message_and_never_as_an_object():
    def broken(x):
        raise ValueError("too dark")

    student = live({"broken": broken})
    assert student.error("broken", 1).names[:2] == ("ValueError", "Exception")
    with pytest.raises(StudentError, match="ValueError: too dark"):
        student.call("broken", 1)


def test_a_call_that_returns_an_array_raised_nothing():
    assert live({"ones": np.ones}).error("ones", 3) is None
    with pytest.raises(NotAnswered):
        live({}).error("ones", 3)


def test_system_exit_and_blank_answers_are_told_apart():
    def leaves():
        raise SystemExit(0)

    def blank():
        raise NotImplementedError

    student = live({"leaves": leaves, "blank": blank})
    with pytest.raises(StudentError, match="SystemExit"):
        student.call("leaves")
    with pytest.raises(NotAnswered):
        student.call("blank")


def test_the_arguments_after_a_call_show_a_changed_input():
    def spoil(photo):
        photo[0] = 7

    (after,) = live({"spoil": spoil}).arguments_after("spoil", np.zeros(3))
    assert after[0] == 7


def test_every_call_gets_inputs_of_its_own():
    seen = []
    photo = np.zeros(3)
    live({"keep": lambda x: seen.append(x)}).call("keep", photo)
    assert seen[0] is not photo


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "null",
        "[]",
        "5",
        '{"ok": ["array"]}',
        '{"raised": 5}',
        '{"raised": {"names": []}}',
        '{"a": 1, "b": 2}',
        "{" * 5000,
    ],
)
def test_a_forged_reply_is_no_evidence(reply):
    from autograder.student import Student

    with pytest.raises(StudentError):
        Student(lambda question: reply).call("f")

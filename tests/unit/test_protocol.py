"""The protocol carries plain data exactly, and nothing else; what is malformed is refused before memory is taken."""

from __future__ import annotations

import array
import base64
import collections
import contextlib
import decimal
import enum
import fractions
import json
import math
import subprocess
import sys
import time
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.errors import NotAnswered, StudentError, Tampered
from autograder.kernel import codec
from autograder.kernel.agent import reply_to
from autograder.kernel.agent_program import agent_text
from autograder.kernel.client import Student, live


def there_and_back(value):
    return codec.decode(json.loads(json.dumps(codec.encode(value))))


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
    if depth(value) <= codec.MAX_DEPTH:
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


@given(npst.arrays(st.sampled_from(codec.DTYPES), npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)))
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
    [
        object(),
        np.array([None]),
        np.array(["a"]),
        np.array([1j]),
        print,
        10**100,
        {1, 2},
        {3: 4},
        2j,
        [[[[[[[[1]]]]]]]],
    ],
    ids=["object", "objects", "texts", "complexes", "builtin", "huge_int", "set", "dict", "complex", "deep"],
)
def test_what_the_protocol_does_not_carry_arrives_as_a_phrase(value):
    got = there_and_back(value)
    while isinstance(got, list):
        (got,) = got
    assert isinstance(got, codec.Unsupported)


def test_a_huge_array_stays_behind():
    huge = np.broadcast_to(np.float64(0), (10**5, 10**5))
    assert isinstance(there_and_back(huge), codec.Unsupported)


def array_text(size: int) -> str:
    return base64.b64encode(bytes(size)).decode()


@pytest.mark.parametrize(
    "data",
    [
        None, 5, "x", [], {}, [[]], ["what", 1], ["int", 5], ["int", "x"], ["int", "--5"], ["int", "9" * 200], ["float", "zz"],
        ["float", 1.0], ["str", 5], ["str", "x" * 5000], ["bool", 1], ["none", 1], ["list", 5], ["list", [5]],
        ["dict", [["a", "b"]]], ["dict", [[["list", []], ["none"]]]], ["dict", [[["int", "5"], ["none"]]]],
        ["dict", [[["float", "0x1p3"], ["none"]]]], ["dict", [[["none"], ["none"]]]], ["dict", [[["tuple", [["int", "1"]]], ["none"]]]],
        ["dict", [[["str", str(n)], ["none"]] for n in range(101)]], ["scalar", "uint8", ""], ["array", "uint8", [0] + [2**25] * 20, ""],
        ["array", "object", [1], array_text(8)], ["array", "uint8", [2], array_text(1)], ["array", "uint8", [-1], ""],
        ["array", "uint8", [10**12], array_text(3)], ["array", "uint8", [True], array_text(1)], ["array", "uint8", "1", array_text(1)],
        ["array", "uint8", [1], "!!!!"], ["array", "bool", [1], base64.b64encode(b"\7").decode()],
        ["array", "float64", [2**31, 2**31, 2**31], ""], ["array", ["uint8"], [1], array_text(1)],
    ],
    ids=lambda data: repr(data)[:40],
)  # fmt: skip
def test_malformed_data_is_refused(data):
    with pytest.raises(codec.BadData):
        codec.decode(data)


def test_an_array_over_the_limit_is_refused_even_if_its_text_has_the_right_length():
    half = codec.MAX_BYTES // 2 + 1
    text = base64.b64encode(bytes(2 * half)).decode()
    with pytest.raises(codec.BadData, match="size does not fit"):
        codec.decode(["array", "uint8", [2, half], text])


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
    with contextlib.suppress(codec.BadData):
        codec.decode(data)


def test_a_request_for_a_name_that_is_not_there_is_not_an_error_of_the_grader():
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


ROW = [3, 1, 2]
GRID = np.arange(6.0).reshape(2, 3)
Pair = collections.namedtuple("Pair", "one two")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (collections.deque(ROW), ROW), (collections.UserList(ROW), ROW), (range(1, 7, 2), [1, 3, 5]), (dict.fromkeys(ROW).keys(), ROW),
        ({"a": 3, "b": 1}.values(), [3, 1]), ({"a": 3}.items(), [("a", 3)]), ((n for n in ROW), ROW), (map(int, ROW), ROW), (iter(ROW), ROW),
        (zip(ROW, "abc", strict=True), [(3, "a"), (1, "b"), (2, "c")]), (Pair(3, 1), (3, 1)), (types.MappingProxyType({}).keys(), []),
        (collections.deque([collections.deque([1]), range(2)]), [[1], [0, 1]]), (collections.UserString("red"), "red"),
        (fractions.Fraction(7, 2), 3.5), (fractions.Fraction(6, 2), 3), (fractions.Fraction(1, 3), 1 / 3),
        (decimal.Decimal("2.5"), 2.5), (decimal.Decimal(40), 40), (decimal.Decimal("-Infinity"), -math.inf), (complex(2, 0), 2.0), (np.complex64(2), 2.0),
        ([fractions.Fraction(1, 2), decimal.Decimal(3)], [0.5, 3]), (np.bool_(True), True),
    ],
)  # fmt: skip
def test_a_value_of_another_class_arrives_as_what_it_equals(value, wanted):
    got = live({"f": lambda: value}).call("f")
    assert got == wanted
    assert type(got) is type(wanted) or isinstance(got, np.generic)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (array.array("d", GRID[1]), "float64"), (array.array("q", ROW), "int64"), (array.array("B", ROW), "uint8"),
        (bytes(ROW), "uint8"), (bytearray(ROW), "uint8"), (memoryview(bytes(ROW)), "uint8"), (memoryview(GRID), "float64"),
        (np.matrix(GRID), "float64"), (np.ma.masked_array(GRID), "float64"), (GRID.view(np.recarray), "float64"),
        (GRID.astype(object), "float64"), (np.array(ROW, object), "int64"), (np.array([fractions.Fraction(1, 2), 3]), "float64"),
        (np.zeros((0, 3), object), "float64"), (GRID.astype(complex), "float64"), (GRID.astype("complex64"), "float32"),
    ],
    ids=lambda part: part if isinstance(part, str) else type(part).__name__,
)  # fmt: skip
def test_what_holds_numbers_in_a_row_arrives_as_an_array(value, dtype):
    got = live({"f": lambda: value}).call("f")
    assert type(got) is np.ndarray and got.dtype == dtype
    assert np.array_equal(
        got, np.asarray(value, dtype=None).real.astype(dtype) if not isinstance(value, bytes | bytearray) else ROW
    )


def test_an_array_of_arrays_arrives_as_a_list():
    ragged = np.empty(2, object)
    ragged[:] = [np.zeros(2), np.ones(3)]
    one, two = there_and_back(ragged)
    assert (one.shape, two.shape) == ((2,), (3,))


def test_a_generator_that_never_ends_is_not_run_through_and_a_variable_is_not_used_up():
    def counter():
        n = 0
        while True:
            yield (n := n + 1)

    student = live({"count": counter, "row": iter(ROW)})
    assert "more than 10000 items" in repr(student.call("count"))
    for _ in range(2):
        assert isinstance(student.value("row"), codec.Unsupported)


def test_what_has_too_many_parts_together_arrives_as_a_phrase():
    assert "more than 50000 parts" in repr(live({"f": lambda: [[0] * 9_000] * 9}).call("f"))


def test_the_largest_honest_answers_are_read():
    photo = np.zeros((1000, 1300, 3))
    assert live({"f": lambda: (photo, [0] * codec.MAX_ITEMS)}).call("f")[0].shape == photo.shape
    texts = [["," * codec.MAX_TEXT] * 3, {"a": "[" * codec.MAX_TEXT}]
    assert live({"f": lambda: texts}).call("f") == texts


COLLIDING = [["int", str(k * (2**61 - 1))] for k in range(10_000)]
BRACKET = "\\u005b"
HOSTILE = {
    "keys of one hash": json.dumps({"ok": ["dict", [[key, ["none"]] for key in COLLIDING]]}),
    "many dicts": json.dumps({"ok": ["list", [["dict", [[key, ["none"]] for key in COLLIDING[:100]]]] * 500]}),
    "keys of one hash, nested": json.dumps(
        {"ok": ["dict", [[["tuple", [["list", [k]] for k in COLLIDING]], ["none"]]]]}
    ),
    "a million lists": '{"ok": ["list", [' + "[]," * 1_000_000 + "[]]]}",
    "lists all the way down": '{"ok": ' + "[" * 150_000 + "]" * 150_000 + "}",
    "objects": '{"ok": [' + "{}," * 1_000_000 + "{}]}",
    "many keys": "{" + ",".join(f'"{n}":0' for n in range(90_000)) + "}",
    "one key again and again": "{" + '"ok":0,' * 90_000 + '"ok":0}',
    "a number of a million digits": '{"ok": ["array", "uint8", [' + "9" * 1_000_000 + '], ""]}',
    "many long numbers": '{"ok": [' + ("9" * 4_000 + ",") * 9_000 + "0]}",
    "a float of a million digits": '{"ok": 0.' + "1" * 1_000_000 + "}",
    "an exponent": '{"ok": 1e999999}',
    "NaN": '{"ok": NaN}',
    "brackets as escapes": '{"ok": ["str", "' + BRACKET * 4_000_000 + '"]}',
    "names that are lists": '{"raised": {"names": [' + "[" * 900 + "]" * 900 + '], "message": "", "line": ""}}',
    "a message that is a list": '{"raised": {"names": ["E"], "message": [' + "1," * 90_000 + '1], "line": ""}}',
}


@pytest.fixture(scope="module")
def honest_seconds() -> float:
    """What the largest honest reply takes to be read: two arrays of 16 MB."""
    largest = json.dumps({"ok": ["list", [codec.encode(np.zeros(16 * 2**17))] * 2]})
    return seconds(lambda: Student(lambda _: largest).call("f"))


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_reply_is_refused_before_it_takes_long(kind, honest_seconds):
    def refused():
        with pytest.raises(Tampered):
            Student(lambda _: HOSTILE[kind]).call("f")

    assert min(seconds(refused) for _ in range(3)) < max(2 * honest_seconds, 0.2)


def seconds(work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def test_the_time_that_an_answer_takes_to_be_read_is_told():
    told = []
    student = Student(lambda _: json.dumps({"ok": codec.encode(np.zeros(10**6))}), told.append)
    student.call("f")
    assert sum(told) > 0
    with pytest.raises(Tampered):
        Student(lambda _: "{", told.append).call("f")
    assert len(told) == 3


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
    with pytest.raises(StudentError):
        Student(lambda request: reply).call("f")


def test_the_agent_is_one_text_that_needs_nothing_of_the_course(tmp_path):
    program = agent_text() + "\nimport sys; print(reply_to(sys.argv[1], {'half': lambda x: x / 2}))"
    asked = json.dumps({"do": "call", "name": "half", "args": [codec.encode(np.ones(3))], "kwargs": {}})
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import sys; sys.modules['autograder'] = None\n" + program, asked],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Student(lambda _: done.stdout).call("half").tolist() == [0.5] * 3
    assert json.loads(done.stdout) == json.loads(reply_to(asked, {"half": lambda x: x / 2}))

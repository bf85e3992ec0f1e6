"""Every odd value that an answer can return × every exercise: no check breaks, and none earns points."""

from __future__ import annotations

import json

import numpy as np
import pytest

from autograder.checks import runner
from autograder.course import catalog
from autograder.kernel import codec
from autograder.kernel.client import Student
from autograder.results import counting
from tests.support.descriptions import layer

# -- checks -----------------------------------------------------------------------------------------------------------


def array(value) -> list:
    return codec.encode(np.asarray(value))


ODD = {
    "a large whole number": ["int", str(2**200)], "a negative one": ["int", str(-(2**70))], "65 bits": ["int", str(2**64)],
    "nothing": ["none"], "true": ["bool", True], "infinity": ["float", "inf"], "not a number": ["float", "nan"],
    "the largest float": ["float", (1.7976931348623157e308).hex()], "text": ["str", "x" * 2000], "half a character": ["str", "\ud800"],
    "text with marks": ["str", "{0} %s {x} `<b>`"], "an object": ["other", "a thing"], "no items": ["list", []],
    "a dict": ["dict", [[["tuple", [["int", "1"]]], ["none"]]]], "a nested list": ["list", [["list", [["list", []]]]]],
    "mixed": ["list", [["int", str(2**100)], ["none"], ["str", "a"]]], "twelve odd shapes": ["list", [["tuple", [["float", "nan"]] * 3]] * 12],
    "an empty array": array(np.zeros(0)), "an empty picture": array(np.zeros((0, 0, 3), np.uint8)), "truth values": array(np.ones((3, 4), bool)),
    "half floats": array(np.full((20, 20, 3), np.inf, np.float16)), "a 0-d array": array(np.array(np.nan)), "huge": array(np.full((4, 4), 1.7e308)),
    "unsigned": array(np.full((4, 4), 2**64 - 1, np.uint64)), "32 axes": array(np.zeros((1,) * 32)), "five empty axes": array(np.zeros((0,) * 5)),
    "an empty network": ["model", "{}", [], None],
    "no layers": ["model", '{"class_name": "Sequential", "config": {"layers": []}}', [], None],
    "names that are lists": ["model", '{"class_name": ["a"], "config": {}}', [], None],
    "odd settings": ["model", json.dumps({"class_name": "Sequential", "config": {"layers": [
        layer("InputLayer", batch_shape=5), layer("Conv2D", filters=float("nan"), kernel_size=[], strides=[1], padding=5, activation={"class_name": "x"}),
        layer("UpSampling2D", size=[])]}}), [], '{"settings": {"learning_rate": 1e400}, "optimizer": ["RMSprop"], "loss": {"class_name": "function", "config": {"a": 1}}}'],
    "a number without end": ["model", '{"class_name": "Sequential", "config": {"layers": [{"module": "keras.layers", "class_name": "Conv2D", "config": {"filters": '
        + "9" * 4000 + '}}]}}', [], '{"settings": {"learning_rate": ' + "9" * 4000 + '}, "optimizer": "RMSprop", "loss": "mse"}'],
}  # fmt: skip


FORMS = {
    "itself": lambda value: value,
    "in a tuple": lambda value: ["tuple", [value]],
    "in a pair": lambda value: ["tuple", [value, value]],
    "in three": lambda value: ["tuple", [value] * 3],
    "in a file": lambda value: ["dict", [[["str", "img_result.png"], value]]],
}


QUICK = ("65 bits", "half floats", "odd settings", "mixed")


@pytest.mark.parametrize("lesson", catalog.lessons(), ids=lambda lesson: lesson.name)
@pytest.mark.parametrize(
    ("odd", "form"),
    [
        pytest.param(odd, form, marks=() if odd in QUICK and form == "itself" else pytest.mark.slow)
        for odd in ODD
        for form in FORMS
    ],
)
def test_an_odd_value_breaks_no_check_and_passes_no_exercise(lesson, odd, form):
    reply = json.dumps({"ok": FORMS[form](ODD[odd])})
    found = runner.judge(lesson, lambda _: Student(lambda _: reply), b"k" * 32)
    assert [(check.name, check.message) for check in found if check.outcome == "fault"] == []
    earning = counting(found)
    for exercise in lesson.exercises():
        mine = {check.name for check in found if check.exercise == exercise.id}
        assert not mine <= earning, f"{exercise.id} is solved by {odd} {form}"

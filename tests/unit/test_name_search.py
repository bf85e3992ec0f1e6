"""Nobody is named in an anonymous report, however a name is spelled, and ordinary words stay."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.reports.name_search import finder, folded

KNOWN = {
    "ada-1": {"Ada", "Lovelace", "ada.l@uni.example", "77123"},
    "s12": {"Zoë", "Müller-Lüdenscheidt"},
    "bob": {"Bob", "Ørsted"},
    "7": {"Max", "Li"},
    "an": {"An", "Nguyễn"},
    "m1": {"Maria", "Silva"},
    "m2": {"Maria", "Silva"},
    "wei": {"伟", "王"},
    "eve_stone": set(),
    "student-a": set(),
    "student-b": set(),
}
CALLED = {student: f"<{i}>" for i, student in enumerate(KNOWN)}
HIDE = finder(CALLED, KNOWN, {"an", "max", "in", "stone"})


@pytest.mark.parametrize(
    ("student", "text"),
    [
        *(
            ("ada-1", text)
            for text in (
                "Ada Lovelace", "ADA LOVELACE", "ada_lovelace", "adalovelace", "Ada  Lovelace", "LOVELACE, Ada", "a.lovelace", "alovelace",
                "lovelace-a", "AdaLovelace", "Lovelace", "ada", "ada.l@uni.example", "ADA.L@UNI.EXAMPLE", "alovelace@elsewhere.example",
                "Ada%20Lovelace", "ada%5flovelace", "%41da", "A\u200bda Love\u00adlace", "Ada\tLovelace", "ada 1", "Ada_1", "77123", "\\x41da",
                "&#65;da",
            )
        ),
        *(
            ("s12", text)
            for text in (
                "zoë", "ZOE", "Zo%C3%AB", "Zoe%CC%88", "Zo\\xeb", "Zo&euml;", "mueller-luedenscheidt", "MULLER LÜDENSCHEIDT", "Müller",
                unicodedata.normalize("NFD", "Zoë Müller"), "S12",
            )
        ),
        ("bob", "oersted"), ("bob", "Orsted, Bob"), ("bob", "bob"), ("7", "MaxLi"), ("an", "Nguyen"), ("an", "An Nguyễn"), ("wei", "王伟"),
        ("eve_stone", "Stone, Eve"), ("eve_stone", "evestone"),
    ],
)  # fmt: skip
def test_a_person_is_found_however_they_are_written(student, text):
    assert HIDE(text) == CALLED[student]
    assert HIDE(f"in ({text}): {text}'s") == f"in ({CALLED[student]}): {CALLED[student]}'s"


@pytest.mark.parametrize(
    "text",
    [
        "np.max(x) is not in an array; min/max of an image", "bobbin, bobsleigh, adagio, Adam", "s123 and 12, 0.77123, 771234", "7 of 10 values, (7, 7)",
        "a stone", "a student", "stonehenge", "The values are others: 3.5 %, 40%20 or &lt;", "",
    ],
)  # fmt: skip
def test_ordinary_words_and_numbers_stay(text):
    assert HIDE(text) == text


def test_a_name_of_two_people_tells_which_of_them_it_is_no_more():
    assert HIDE("Maria Silva, silva; m1 and M2") == f"a student, a student; {CALLED['m1']} and {CALLED['m2']}"


def test_a_short_id_is_found_where_a_path_or_an_option_names_it():
    said = "submitted/7/01: run `autograder grade 01 --student 7`; /home/an/x.py, ~an/y, results/01/7.json"
    who, other = CALLED["7"], CALLED["an"]
    wanted = f"submitted/{who}/01: run `autograder grade 01 --student {who}`; /home/{other}/x.py, ~{other}/y, results/01/{who}.json"
    assert HIDE(said) == wanted


@given(
    st.text(max_size=60),
    st.sampled_from(["Ada Lovelace", "LOVELACE_ada", "Mu\u0308ller-Ludenscheidt"]),
    st.text(max_size=60),
)
def test_no_text_around_a_name_hides_it(before, name, after):
    said = HIDE(f"{before} {name} {after}")
    assert not any(part in folded(said) for part in ("lovelace", "ludenscheidt")), said

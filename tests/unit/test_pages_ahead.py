"""Pages are made ahead by several processes; one that fails, or never comes, stops no other. And pages carry the styles that they use."""

from __future__ import annotations

import os
import re
import time

import pytest
from nbgrader.converters.base import NbGraderException

from autograder.errors import GraderFault
from autograder.hosts.nbgrader import ahead, pages
from autograder.hosts.nbgrader.ahead import Ahead

NAMES = [f"page {number}" for number in range(9)]


def test_pages_come_in_the_order_in_which_they_are_asked_for():
    with Ahead(NAMES, lambda key: f"{key} by {os.getpid()}", 3, 60.0) as made:
        came = [made.take(key) for key in NAMES]
    assert [text.split(" by ")[0] for text in came] == NAMES
    processes = {text.split(" by ")[1] for text in came}
    assert came[0].endswith(str(os.getpid())), "the first one warms what the others find"
    assert len(processes) == len(NAMES)


def test_one_that_fails_or_ends_stops_no_other():
    def make(key):
        if key == "page 3":
            raise NbGraderException("it cannot be drawn")
        if key == "page 5":
            os._exit(7)
        return key

    with Ahead(NAMES, make, 2, 60.0) as made:
        for key in NAMES:
            if key == "page 3":
                with pytest.raises(NbGraderException, match="cannot be drawn"):
                    made.take(key)
            elif key == "page 5":
                with pytest.raises(GraderFault, match="page 5: the process that made this page ended"):
                    made.take(key)
            else:
                assert made.take(key) == key


def test_one_that_never_comes_is_ended(monkeypatch):
    monkeypatch.setattr(ahead, "MORE", 0.2)
    with Ahead(NAMES[:3], lambda key: time.sleep(60 if key == "page 1" else 0) or key, 2, 0.2) as made:
        assert made.take("page 0") == "page 0"
        with pytest.raises(GraderFault):
            made.take("page 1")
        assert made.take("page 2") == "page 2"


def test_pages_that_nobody_expected_are_made_and_those_that_nobody_wants_are_left():
    with Ahead(NAMES, str.upper, 2, 60.0) as made:
        assert made.take("page 4") == "PAGE 4"
        assert made.take("another") == "ANOTHER"
        assert made.take("page 8") == "PAGE 8"


def test_nothing_is_left_behind_when_it_is_stopped():
    with Ahead(NAMES, lambda key: time.sleep(60) if key != "page 0" else key, 2, 60.0) as made:
        made.take("page 0")
        made._fill()
        processes = [page.process for page in made._pages.values()]
    assert len(processes) == 2
    for process in processes:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


def test_the_headings_of_a_notebook_stand_below_the_pages_own_and_skip_no_level():
    page = '<h1>a</h1><h2>b</h2><details class="whole"><summary><h2>all</h2></summary><h1>1</h1><h3 id="x">2</h3><h6>3</h6><h1>4</h1>&lt;h1>'
    done = pages.with_headings_in_order(page)
    assert re.findall(r"<h(\d).*?</h(\d)>", done) == [(n, n) for n in "1223453"]
    assert done.startswith('<h1>a</h1><h2>b</h2><details class="whole"><summary><h2>all</h2></summary>')
    assert pages.with_headings_in_order("<h1>a</h1>") == "<h1>a</h1>"


def test_a_picture_without_a_text_gets_one_and_others_keep_theirs():
    text = '<img src="data:x"><img alt="a cat" src="data:y"><img src="data:z"\nalt="mine">'
    done = pages.WITHOUT_ALT.sub(pages.NO_ALT, text)
    assert done.count("No description") == 1
    assert 'alt="a cat"' in done


def test_code_is_coloured_without_marks_that_have_no_colour():
    html = pages.highlighted("ipython3", "def f(x):\n    return x + 'a<b'")
    assert '<span class="k">def</span>' in html
    assert 'class="p"' not in html
    assert "&lt;b" in html

"""Find people in a text by their names and ids, however these are spelled, and put something else in their place.

A text is compared without case, accents, invisible characters and escapes ("%C3%A9", "\\xe9", "&eacute;"), and parts of a name in any order, with
little or nothing between them: "LOVELACE, Ada", "ada_lovelace", "alovelace". Names of two or three letters are whole words only, and stay where the
same word is an ordinary one; single letters and short numbers are found where a path or an option of a command names somebody.
"""

from __future__ import annotations

import functools
import html
import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

ESCAPES = re.compile(
    r"(?P<percent>(?:%[0-9A-Fa-f]{2})+)"
    r"|(?P<python>\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})"
    r"|(?P<html>&(?:\#[0-9]{1,7}|\#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)
# Letters that are no other letter with an accent.
PLAIN = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
# How names are written where a keyboard lacks these.
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# Up to here a name is a whole word only; from here on it is found within others as well.
SHORT, LONG = 3, 6
# The longest piece of text between two parts of a name, and what stands before somebody's id.
GAP = 3
BEFORE_ID = re.compile(r"--student[ =]['\"]?\Z")
PATH_BEFORE, PATH_AFTER = re.compile(r"[^\s'\"`(),;:<>]*\Z"), re.compile(r"[^\s'\"`(),;:<>]*")
DOMAIN = re.compile(r"@[\w-]+(?:\.[\w-]+)+")
PART = re.compile(r"[^\W\d_]+|\d+")
HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")


class Sign(NamedTuple):
    """A letter or a digit of a text, folded. start, end: where it stands in the text. upper: whether it is a capital there. gap: what stands before it."""

    folded: str
    start: int
    end: int
    upper: bool
    gap: str


@dataclass(frozen=True)
class Form:
    """A spelling of a person.

    Attributes
    ----------
    text : str
        Folded, without what stands between its parts.
    joins : frozenset of int
        Where in it parts meet.
    instead : str
        What is put in its place.
    guessed : bool
        Whether it is but a part of an id, or parts in another order.
    whole : bool
        Whether it is not looked for within words.
    """

    text: str
    joins: frozenset[int]
    instead: str
    guessed: bool = False
    whole: bool = False


def finder(
    instead: Mapping[str, str], known_as: Mapping[str, Iterable[str]], ordinary: Collection[str] = ()
) -> Callable[[str], str]:
    """Return a function that hides people in a text.

    Parameters
    ----------
    instead : dict of str to str
        What is put in the place of each person, by id.
    known_as : dict of str to iterable of str
        Names, addresses and other ids of a person, by id.
    ordinary : collection of str
        Words that stay where a short name is spelled as they are.
    """
    forms: dict[str, Form] = {}
    guessed: dict[str, list[Form]] = defaultdict(list)
    for person, number in instead.items():
        for form in _forms_of(person, number, known_as.get(person, ())):
            if form.guessed:
                guessed[form.text].append(form)
            elif (other := forms.get(form.text)) is None:
                forms[form.text] = form
            else:
                both = number if other.instead == number else "a student"
                whole = other.whole and form.whole
                forms[form.text] = Form(form.text, other.joins | form.joins, both, whole=whole)
    for text, some in guessed.items():  # a part of several ids, such as "student", tells nothing
        if len(some) == 1 and text not in ordinary:
            forms.setdefault(text, some[0])
    lengths: dict[str, set[int]] = defaultdict(set)
    for text in forms:
        lengths[text[:2]].add(len(text))
    longest_first = {start: sorted(found, reverse=True) for start, found in lengths.items()}
    search = functools.partial(_hide, forms=forms, lengths=longest_first, ordinary=frozenset(ordinary))
    return functools.lru_cache(maxsize=4096)(search)


def folded(text: str) -> str:
    """Return a text's letters and digits without case, accents and what stands between them."""
    return "".join(sign.folded for sign in _signs(text))


def _forms_of(person: str, instead: str, known_as: Iterable[str]) -> Iterator[Form]:
    """The spellings of a person: ids and addresses as they are, and the parts of names in any order."""
    own = [person, *known_as]
    names = [name for name in own if "@" not in name and not re.search(r"\d", name)]
    for text in own:
        yield from _in_order(_parts(text), instead)
        if "@" in text:
            yield from _in_order(_parts(text.partition("@")[0]), instead)
    whole = " ".join(name for name in names if name != person)
    for spelled in {tuple(dict.fromkeys(_parts(whole, spelled_out))) for spelled_out in (False, True)}:
        for count in range(1, min(len(spelled), 4) + 1):
            for some in itertools.permutations(spelled[:6], count):
                yield from _in_order(some, instead)
        for one, other in itertools.permutations(spelled[:6], 2):
            if len(one) >= SHORT:  # an initial
                yield from _in_order((other[0], one), instead, whole=True)
                yield from _in_order((one, other[0]), instead, whole=True)
    of_id = [part for part in _parts(person) if part.isalpha() and len(part) > 1]
    if len(of_id) > 1:
        for some in (*itertools.permutations(of_id[:4], 1), *itertools.permutations(of_id[:4], 2)):
            yield from _in_order(some, instead, guessed=True)


def _parts(name: str, spelled_out: bool = False) -> list[str]:
    whole = unicodedata.normalize("NFC", HUMP.sub(" ", name))
    if spelled_out:
        whole = whole.lower().translate(SPELLED_OUT)
    return [found for part in PART.findall(_without_marks(whole)) if (found := folded(part))]


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) not in ("Mn", "Cf"))


def _in_order(parts: Iterable[str], instead: str, guessed: bool = False, whole: bool = False) -> Iterator[Form]:
    parts = list(parts)
    if text := "".join(parts):
        yield Form(text, frozenset(itertools.accumulate(map(len, parts))), instead, guessed, whole)


def _signs(text: str) -> list[Sign]:
    """The letters and digits of a text, folded, with where they come from."""
    found: list[Sign] = []
    behind = 0
    for raw, start, end in _decoded(text):
        if raw.isascii():
            if raw.isalnum():
                found.append(Sign(raw.lower(), start, end, raw.isupper(), text[behind:start]))
                behind = end
            continue
        for plain in unicodedata.normalize("NFKD", raw):
            if unicodedata.category(plain) in ("Mn", "Cf"):
                if found and behind == start:  # it belongs to the letter before
                    found[-1] = found[-1]._replace(end=end)
                    behind = end
                continue
            for sign in PLAIN.get(plain.casefold(), plain.casefold()):
                if sign.isalnum():
                    found.append(Sign(sign, start, end, plain.isupper(), text[behind:start]))
                    behind = end
    return found


def _decoded(text: str) -> Iterator[tuple[str, int, int]]:
    """The characters of a text with escapes resolved, and from where to where each stands there."""
    place = 0
    for found in ESCAPES.finditer(text):
        yield from ((text[i], i, i + 1) for i in range(place, found.start()))
        place = found.start()
        if found["percent"]:
            for sign in unquote(found[0], errors="surrogateescape"):
                width = 3 * len(sign.encode("utf-8", "surrogateescape"))
                yield sign, place, place + width
                place += width
        elif found["python"]:
            code = int(found[0][2:], 16)
            yield chr(code) if code < 0x110000 else "?", found.start(), found.end()
        else:
            yield from ((sign, found.start(), found.end()) for sign in html.unescape(found[0]))
        place = found.end()
    yield from ((text[i], i, i + 1) for i in range(place, len(text)))


def _hide(text: str, *, forms: Mapping[str, Form], lengths: Mapping[str, list[int]], ordinary: Collection[str]) -> str:
    signs = _signs(text)
    squeezed = "".join(sign.folded for sign in signs)
    made, copied, place = [], 0, 0
    while place < len(signs):
        step = 1
        for length in (*lengths.get(squeezed[place : place + 2], ()), *lengths.get(squeezed[place : place + 1], ())):
            form = forms.get(squeezed[place : place + length])
            if form and len(form.text) == length and _is_meant(form, text, signs, place, ordinary):
                start, end = signs[place].start, signs[place + length - 1].end
                end = domain.end() if (domain := DOMAIN.match(text, end)) else end
                made += [text[copied:start], form.instead]
                copied, step = end, length
                break
        place += step
        while place < len(signs) and signs[place].start < copied:  # within an address that was taken whole
            place += 1
    return "".join([*made, text[copied:]])


def _is_meant(form: Form, text: str, signs: list[Sign], place: int, ordinary: Collection[str]) -> bool:
    """Whether a form that stands there means a person."""
    last = place + len(form.text) - 1
    inside = range(place + 1, last + 1)
    if any(signs[i].gap and (i - place not in form.joins or len(signs[i].gap) > GAP) for i in inside):
        return False
    start, end = signs[place].start, signs[last].end
    whole = _begins_word(signs, place, whole=True) and _ends_word(signs, last, whole=True)
    if whole and _names_an_id(text, start, end):
        return True
    if form.whole and not whole:
        return False
    if form.text.isdigit():
        decimal = text[start - 1 : start] in (".", ",") or re.match(r"[.,]\d", text[end : end + 2])
        return len(form.text) >= LONG - 1 and not decimal and not _digit_beside(signs, place, last)
    if any(unicodedata.east_asian_width(sign) == "W" for sign in form.text):
        return len(form.text) > 1
    if len(form.text) <= SHORT:
        return len(form.text) > 1 and whole and text[start:end] not in ordinary
    if len(form.text) >= LONG:
        return not _digit_beside(signs, place, last)
    return _begins_word(signs, place) and _ends_word(signs, last)


def _names_an_id(text: str, start: int, end: int) -> bool:
    """Whether what stands there is a part of a path, or behind an option that names a student."""
    if BEFORE_ID.search(text[max(0, start - 12) : start]):
        return True
    before = PATH_BEFORE.search(text[max(0, start - 200) : start])
    after = PATH_AFTER.match(text, end, end + 200)
    around = (before[0] if before else "").replace("\\", "/"), (after[0] if after else "").replace("\\", "/")
    whole = f"{around[0]} {around[1]}"
    at_slash = around[0].endswith(("/", "~")) or around[1].startswith(("/", "."))
    return at_slash and (whole.startswith(("/", "~")) or whole.count("/") > 1 or ".ipynb" in whole)


def _digit_beside(signs: list[Sign], place: int, last: int) -> bool:
    """Whether a number goes on beyond what was found."""
    before = place > 0 and not signs[place].gap and signs[place].folded.isdigit() and signs[place - 1].folded.isdigit()
    after = last + 1 < len(signs) and not signs[last + 1].gap
    return before or (after and signs[last].folded.isdigit() and signs[last + 1].folded.isdigit())


def _begins_word(signs: list[Sign], place: int, whole: bool = False) -> bool:
    """Whether a word begins there; if not `whole`, one of those that are written together, as in "RoseNet2"."""
    if place == 0 or signs[place].gap:
        return True
    before, here = signs[place - 1], signs[place]
    return not whole and (before.folded.isdigit() != here.folded.isdigit() or (here.upper and not before.upper))


def _ends_word(signs: list[Sign], last: int, whole: bool = False) -> bool:
    return last + 1 == len(signs) or _begins_word(signs, last + 1, whole)

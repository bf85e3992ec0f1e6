"""The class that `autograder bench grading` is measured with: who is in it, and what each of them hands in.

Everybody's notebook differs from everybody else's, as in a real class, and the same class is made each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course import samples
from autograder.course.answers import Answer, collected
from autograder.course.catalog import Lesson
from autograder.errors import CourseError

RIGHT, PARTLY, BLANK, SLOW, HOSTILE = "right", "partly", "blank", "slow", "hostile"
ABOUT = {
    RIGHT: "every answer right, in one of the collected styles",
    PARTLY: "a third of the answers wrong, some not given",
    BLANK: "no answer given",
    SLOW: "right, and a cell of their own that computes for 3 s",
    HOSTILE: "right, and a cell that loops for ever, floods the page, or ends the kernel, in turns",
}
LOOP, FLOOD, EXIT = "loop", "flood", "exit"
ATTACKS = {
    FLOOD: 'for number in range(100_000):\n    print(number, "x" * 50)',
    LOOP: "while True:\n    pass",
    EXIT: "import os\n\nos._exit(1)",
}
COMPUTES = "import time\n\nbegan = time.process_time()\nwhile time.process_time() - began < 3:\n    pass"
NAME = re.compile(r"\bstudent-\d{4}\b")


@dataclass(frozen=True)
class Student:
    """One of the class.

    Attributes
    ----------
    name : str
        Such as "student-0007".
    kind : str
        One of those in `ABOUT`.
    number : int
        From 0, among those of this kind; decides which styles, mistakes and attacks are theirs.
    """

    name: str
    kind: str
    number: int

    def attack(self, lesson: int) -> str:
        """Return the attack of a hostile student on the lesson at this place of the course: each in turn."""
        return list(ATTACKS)[(self.number + lesson) % len(ATTACKS)]


def shares(students: int, mix: Mapping[str, int]) -> dict[str, int]:
    """Share a number of students among the kinds of a mix, by largest remainders."""
    whole = sum(mix.values())
    exact = {kind: students * part / whole for kind, part in mix.items()}
    found = {kind: int(part) for kind, part in exact.items()}
    left = sorted(mix, key=lambda kind: found[kind] - exact[kind])[: students - sum(found.values())]
    return {kind: count + (kind in left) for kind, count in found.items()}


def students(number: int, mix: Mapping[str, int]) -> list[Student]:
    """Name a class, with the kinds spread evenly over the order of the names."""
    places = [
        ((place + 0.5) / count, order, kind, place)
        for order, (kind, count) in enumerate(shares(number, mix).items())
        for place in range(count)
    ]
    return [Student(f"student-{index:04d}", kind, place) for index, (_, _, kind, place) in enumerate(sorted(places), 1)]


def sample(whole: list[Student], number: int, mix: Mapping[str, int]) -> list[Student]:
    """Choose a part of a class in which the kinds have the shares of the mix, as far as there are enough of each. Of each kind there is one, and each attack."""
    wanted = {kind: max(count, len(ATTACKS) if kind == HOSTILE else 1) for kind, count in shares(number, mix).items()}
    return [student for student in whole if student.number < wanted[student.kind]]


def read_mix(text: str) -> dict[str, int]:
    """Read a mix such as "right=10 partly=6".

    Raises
    ------
    CourseError
        If it names another kind, no number, or nobody.
    """
    mix = dict.fromkeys(ABOUT, 0)
    for part in text.replace(",", " ").split():
        kind, _, count = part.partition("=")
        if kind not in mix or not count.isdecimal():
            raise CourseError(f"{part!r} is no part of a class. Write for instance: right=10 partly=6 {SLOW}=1")
        mix[kind] = int(count)
    if not any(mix.values()):
        raise CourseError(f"{text!r}: nobody is in this class. The kinds are: {', '.join(ABOUT)}.")
    return {kind: count for kind, count in mix.items() if count}


class Desk:
    """Writes what each student of a class hands in for one lesson.

    Parameters
    ----------
    lesson : Lesson
    place : int
        The lesson's place among those that are measured, from 0.
    """

    def __init__(self, lesson: Lesson, place: int) -> None:
        self.lesson = lesson
        self.place = place

    @cached_property
    def _right(self) -> dict[str, list[str]]:
        """By exercise, the course's own answer and the right ones in other styles."""
        right = {name: [source] for name, source in samples.solutions(self.lesson).items()}
        return _added(right, (answer for answer in self._collected if not answer.wrong))

    @cached_property
    def _wrong(self) -> dict[str, list[str]]:
        return _added({name: [] for name in self._right}, (answer for answer in self._collected if answer.wrong))

    @cached_property
    def _collected(self) -> list[Answer]:
        return collected(self.lesson)

    def text(self, student: Student) -> str:
        """Return the text of the notebook file that a student hands in."""
        notebook = samples.submission(self.lesson, self._answers(student))
        # Something that nobody else has: no two submissions are the same.
        _insert(notebook, f"me = {student.name!r}")
        if student.kind == SLOW:
            _insert(notebook, COMPUTES)
        if student.kind == HOSTILE:
            _insert(notebook, ATTACKS[student.attack(self.place)])
        return nbformat.writes(notebook)

    def _answers(self, student: Student) -> dict[str, str]:
        if student.kind == BLANK:
            return {}
        number = student.number
        answers = {name: known[(number + at) % len(known)] for at, (name, known) in enumerate(self._right.items())}
        if student.kind == PARTLY:
            for at, name in enumerate(list(answers)):
                wrong = self._wrong[name]
                if wrong and (at + number) % 3 == 0:
                    answers[name] = wrong[(number // 3 + at) % len(wrong)]
            for name in list(answers)[len(answers) - number % 3 :]:
                del answers[name]
        return answers


def _added(known: dict[str, list[str]], answers: Iterable[Answer]) -> dict[str, list[str]]:
    """Add collected answers to those that are known of their exercises."""
    for answer in answers:
        known[answer.exercise].append(answer.source)
    return known


def _insert(notebook: NotebookNode, source: str) -> None:
    """Put a cell of the student's own behind the first answer."""
    first = next(at for at, cell in enumerate(notebook.cells) if cell.metadata.get("nbgrader", {}).get("solution"))
    own = sum(1 for cell in notebook.cells if cell.id.startswith("own-"))
    cell = new_code_cell(source)
    cell.id = f"own-{own}"
    notebook.cells.insert(first + 1, cell)

"""Text that few submissions share: runs of tokens that stand neither in the course's own material nor with everybody."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from autograder.course.catalog import Lesson
from autograder.grading.works import ALIKE_TEXT, Pair, Work

# What two submissions must have in common to be listed; `tests/unit/test_integrity.py` says on what this was tried.
RUN = 8  # tokens in a row, compared as one
FEWEST = 40  # runs in common, in one long piece or several short ones
SHARE = 0.4  # of the runs of the one that has fewer
FEW, COMMON = 5, 0.1  # what more submissions than FEW have, and more than this part of the class, is everybody's
TOKEN = re.compile(r"\w+|[^\w\s]")
WORD = re.compile(r"[^\W\d]\w*")
COMMENT = re.compile(r"#[^\n]*")


def alike_texts(lesson: Lesson, works: list[Work]) -> Iterator[Pair]:
    words, courses = _course(lesson)
    runs = {work.student: {run: w for run, w in _runs(work.texts, words) if run not in courses} for work in works}
    holders: dict[int, list[str]] = defaultdict(list)
    for student, mine in runs.items():
        for run in mine:
            holders[run].append(student)
    most = max(FEW, COMMON * len(works))
    own = Counter(student for some in holders.values() if len(some) <= most for student in some)
    shared: dict[tuple[str, str], list[int]] = defaultdict(list)
    for run, some in holders.items():
        if len(some) <= most:
            for pair in itertools.combinations(some, 2):
                shared[pair].append(run)
    revision = {work.student: work.revision for work in works}
    for (one, other), in_common in shared.items():
        part = len(in_common) / min(own[one], own[other])
        if len(in_common) >= FEWEST and part >= SHARE:
            places = Counter(runs[one][run] for run in in_common)
            where = ", ".join(place for place, _ in places.most_common(4))
            detail = f"{part:.0%} of what few others wrote, most of it in {where}"
            yield Pair(lesson.name, (one, other), ALIKE_TEXT, detail, (revision[one], revision[other]))


def _course(lesson: Lesson) -> tuple[frozenset[str], frozenset[int]]:
    """The words of the course's own notebooks, and the runs that stand in them."""
    texts = [
        (cell.id, cell.source, cell.cell_type == "code")
        for notebook in (lesson.read_release(), lesson.read_solution())
        for cell in notebook.cells
    ]
    words = frozenset(word for _, source, _ in texts for word in WORD.findall(source))
    return words, frozenset(run for run, _ in _runs(texts, words))


def _runs(texts: Iterable[tuple[str, str, bool]], words: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Runs of RUN tokens, and where they stand: of code with new names for the names that are the student's own, and of comments and prose."""
    for where, source, is_code in texts:
        if is_code:
            code = COMMENT.sub("", source.partition("\n")[2] if source.startswith("#") else source)
            tokens = [t if t in words or not WORD.fullmatch(t) else "·" for t in TOKEN.findall(code)]
            prose = " ".join(COMMENT.findall(source.partition("\n")[2]))
        else:
            tokens, prose = [], source
        spoken = WORD.findall(prose.lower())
        for some in (tokens, spoken):
            for start in range(len(some) - RUN + 1):
                yield hash(tuple(some[start : start + RUN])), where

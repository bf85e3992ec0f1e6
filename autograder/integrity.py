"""Compares the hand-ins of a class and lists for a human who handed in the same weights, or the same unusual text.

Nothing here takes a point away. What many have in common says nothing, and neither does what stands in the course's own
material: what counts is text that few hand-ins share, and numbers that two trainings do not both end in.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode
from rich.console import Group
from rich.table import Table
from rich.text import Text

from autograder import weights
from autograder.course import Lesson, is_own, nbgrader_facts
from autograder.records import FOLDER
from autograder.words import counted

# What two hand-ins must have in common to be listed; `tests/test_integrity.py` says on what this was tried.
RUN = 8  # tokens in a row, compared as one
FEWEST = 40  # runs in common, in one long piece or several short ones
SHARE = 0.4  # of the runs of the one that has fewer
FEW, COMMON = 5, 0.1  # what more hand-ins than FEW have, and more than this part of the class, is everybody's
CLOSE = 0.9  # cosine of the angle between two weight vectors
SAME_NUMBERS = 0.5  # share of the numbers that stand in the other file too, bit for bit, wherever
SAMPLED = 16  # every such number is compared, as its bits say

SAME_WEIGHTS, CLOSE_WEIGHTS, ALIKE_TEXT = "the same weights", "nearly the same weights", "the same unusual text"
KINDS = (SAME_WEIGHTS, CLOSE_WEIGHTS, ALIKE_TEXT)
TOKEN = re.compile(r"\w+|[^\w\s]")
WORD = re.compile(r"[^\W\d]\w*")
COMMENT = re.compile(r"#[^\n]*")
MOST_TEXT = 200_000  # characters of one hand-in that are compared
LEAST_NUMBERS = 10  # different ones: a file with fewer is no weights


@dataclass(frozen=True)
class Pair:
    """Two hand-ins of a lesson that are alike. `what`: one of KINDS; `detail`: one line for the teacher; `of`: hashes of what was compared."""

    lesson: str
    students: tuple[str, str]
    what: str
    detail: str
    of: tuple[str, str] = ("", "")

    def __str__(self) -> str:
        one, other = self.students
        return f"{self.lesson}: {one} and {other} handed in {self.what} ({self.detail})"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "students": list(self.students), "of": list(self.of)}


@dataclass
class Work:
    """What of one student's hand-in is compared.

    texts: (where it stands, source, whether it is code). weights: the arrays of the weights file, none if there is none that
    can be read. weights_hash: of the file, "" if there is none. handed: the hash of the hand-in.
    """

    student: str
    texts: list[tuple[str, str, bool]] = field(default_factory=list)
    weights: list[np.ndarray] | None = None
    weights_hash: str = ""
    handed: str = ""


def pairs(lesson: Lesson, class_: Iterable[Work]) -> list[Pair]:
    """All pairs of a class that are alike, the same weights first."""
    works = sorted(class_, key=lambda work: work.student)
    found = [*_alike_weights(lesson, works), *_alike_texts(lesson, works)]
    return sorted(found, key=lambda pair: (KINDS.index(pair.what), pair.students))


# -- the report -------------------------------------------------------------------------------------------------------


def report_path(course: Path, lesson: str) -> Path:
    """Where the pairs of a lesson's last class run are kept, for `autograder integrity`."""
    return course / FOLDER / "integrity" / f"{lesson}.json"


def write_report(course: Path, lesson: str, found: list[Pair], compared: int) -> None:
    """Keep the pairs of a class run. compared: how many hand-ins there were."""
    facts = {"lesson": lesson, "hand_ins": compared, "pairs": [pair.as_json() for pair in found]}
    _keep(report_path(course, lesson), json.dumps(facts, ensure_ascii=False, indent=1).encode())


def read_reports(course: Path) -> list[dict[str, Any]]:
    """The reports of all lessons that were graded in a course directory, in the lessons' order."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(report_path(course, "*").parent.glob("*.json"))]


def told(reports: list[dict[str, Any]]) -> Group:
    """The reports for people."""
    table = Table("lesson", "who", "handed in", "which", box=None, header_style="bold")
    for report in reports:
        for pair in report["pairs"]:
            cells = (pair["lesson"], "\n".join(pair["students"]), pair["what"], pair["detail"])
            table.add_row(*map(Text, cells))
    compared = ", ".join(
        f"{report['lesson']}: {counted(report['hand_ins'], 'hand-in')}, {counted(len(report['pairs']), 'pair')}"
        for report in reports
    )
    advice = "Alike is not copied: talk to both before you decide. No points were taken."
    return Group(Text(compared), *([table, Text(advice)] if table.row_count else []))


# -- what was handed in -----------------------------------------------------------------------------------------------


def work_of(student: str, folder: Path, lesson: Lesson, course: Path) -> Work | None:
    """A graded hand-in, read from its folder in `autograded/`; None if it was never graded.

    What was read is kept beside the course's journal, so that a class run reads only what is new.
    """
    path, file = folder / f"{lesson.name}.ipynb", folder / weights.NAME
    there = file.is_file() and not file.is_symlink()
    here = course / FOLDER / "integrity"
    kept = here / lesson.name / f"{student}.json"
    try:
        stamp = [path.stat().st_mtime_ns, path.stat().st_size]
        known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
        if known.get("stamp") != stamp:
            notebook = nbformat.reads(path.read_text("utf-8"), as_version=4)
            known = {
                "stamp": stamp,
                "handed": notebook.metadata.get("autograder", {}).get("handed", ""),
                "texts": texts_of(notebook, lesson),
                "weights": hashlib.sha256(file.read_bytes()).hexdigest() if there and file.stat().st_size else "",
            }
            _keep(kept, json.dumps(known, ensure_ascii=False).encode())
    except (OSError, ValueError, AttributeError):
        return None
    arrays = _read(file, here / "weights" / f"{known['weights']}.npz") if known["weights"] else None
    return Work(student, [tuple(text) for text in known["texts"]], arrays, known["weights"], known["handed"])


def texts_of(notebook: NotebookNode, lesson: Lesson) -> list[tuple[str, str, bool]]:
    """The student's own text in a rebuilt notebook: what was written into answers, and cells of the student's own."""
    release = {cell.id: cell.source for cell in lesson.read_release().cells}
    found, left = [], MOST_TEXT
    for cell in notebook.cells:
        own = is_own(cell)
        source = cell.metadata.get("course", {}).get("whole", cell.source)  # a page shows less of a long one
        answered = nbgrader_facts(cell).get("solution") and source != release.get(cell.get("id"))
        if own or answered:
            where = "a cell of their own" if own else nbgrader_facts(cell)["grade_id"]
            found.append((where, source[:left], cell.cell_type == "code"))
            left -= len(source[:left])
    return found


def _read(path: Path, kept: Path) -> list[np.ndarray]:
    """The arrays of a weights file, none if it cannot be read; read behind walls once, then from the cache, which holds plain arrays."""
    if kept.exists():
        with np.load(kept, allow_pickle=False) as arrays:
            return [arrays[f"arr_{number}"] for number in range(len(arrays.files))]
    try:
        found = weights.read(path)
    except weights.UnreadableWeights:
        found = []
    whole = io.BytesIO()
    np.savez(whole, *found)
    _keep(kept, whole.getvalue())
    return found


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.rename(path)


# -- weights ----------------------------------------------------------------------------------------------------------


def _alike_weights(lesson: Lesson, works: list[Work]) -> Iterator[Pair]:
    """Pairs of a class with the same or nearly the same weights; all are compared with all at once, by arrays."""
    works = [work for work in works if np.unique(_flat(work.weights)).size >= LEAST_NUMBERS]
    flat = [_flat(work.weights) for work in works]
    same_file = [work.weights_hash for work in works]
    same_numbers = [_digest(work.weights) for work in works]
    cosines, shared = _cosines(flat), _shared(flat)
    same_work = _cosines([_flat(_in_order(work.weights)) for work in works])
    alike = {*_equal(same_file), *_equal(same_numbers), *cosines, *shared, *same_work}
    for one, other in sorted(alike):
        if same_file[one] == same_file[other]:
            what, why = SAME_WEIGHTS, "byte for byte"
        elif same_numbers[one] == same_numbers[other]:
            what, why = SAME_WEIGHTS, "number for number"
        elif (one, other) in cosines:
            what, why = CLOSE_WEIGHTS, f"cosine {cosines[one, other]:.4f}"
        elif (one, other) in same_work:
            what, why = CLOSE_WEIGHTS, f"cosine {same_work[one, other]:.4f}, its filters scaled or in another order"
        else:
            what, why = CLOSE_WEIGHTS, f"{shared[one, other]:.0%} of the numbers, in another order"
        students = (works[one].student, works[other].student)
        yield Pair(lesson.name, students, what, f"{weights.NAME}, {why}", (same_file[one], same_file[other]))


def _flat(arrays: list[np.ndarray] | None) -> np.ndarray:
    """All numbers of a file, float32; none where it cannot be read."""
    return np.concatenate([np.asarray(a, np.float32).ravel() for a in arrays]) if arrays else np.zeros(0, np.float32)


def _in_order(arrays: list[np.ndarray] | None) -> list[np.ndarray] | None:
    """A chain of convolutions with ReLUs between them, written down in one way of the many that do the same.

    A hidden filter may be multiplied by a positive number, and may change places with another, if the next layer undoes
    it: here each has length 1, and they are sorted. arrays: kernel, bias, kernel, bias, …; others come back as they are.
    """
    kernels, biases = (arrays or [])[::2], (arrays or [])[1::2]
    chain = len(kernels) == len(biases) and all(
        k.ndim == 4 and b.shape == k.shape[3:] for k, b in zip(kernels, biases, strict=True)
    )
    if not chain or any(k.shape[3] != after.shape[2] for k, after in itertools.pairwise(kernels)):
        return arrays
    kernels, biases = ([np.nan_to_num(np.asarray(a, np.float64)) for a in some] for some in (kernels, biases))
    for place in range(len(kernels) - 1):
        length = np.sqrt(np.square(kernels[place]).sum(axis=(0, 1, 2)))
        length[length == 0] = 1
        order = np.argsort(np.abs(kernels[place] / length).sum(axis=(0, 1, 2)))
        kernels[place] = (kernels[place] / length)[..., order]
        biases[place] = (biases[place] / length)[order]
        kernels[place + 1] = (kernels[place + 1] * length[:, np.newaxis])[:, :, order]
    return [array for pair in zip(kernels, biases, strict=True) for array in pair]


def _digest(arrays: list[np.ndarray]) -> str:
    return hashlib.sha256(b"".join(f"{a.shape}".encode() + a.tobytes() for a in arrays)).hexdigest()


def _equal(keys: list[str]) -> Iterator[tuple[int, int]]:
    """The pairs of places that hold the same key."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        places[key].append(place)
    for some in places.values():
        yield from itertools.combinations(some, 2)


def _cosines(files: list[np.ndarray]) -> dict[tuple[int, int], float]:
    """Cosines above CLOSE of the angles between files of as many numbers: changed a little, or trained on."""
    found: dict[tuple[int, int], float] = {}
    for size in {flat.size for flat in files if flat.size}:
        places = [place for place, flat in enumerate(files) if flat.size == size]
        rows = np.nan_to_num(np.stack([files[place] for place in places])).astype(np.float64)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        rows = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
        close = np.triu(rows @ rows.T, 1)
        for one, other in np.argwhere(close > CLOSE):
            found[places[one], places[other]] = float(close[one, other])
    return found


def _shared(files: list[np.ndarray]) -> dict[tuple[int, int], float]:
    """Shares above SAME_NUMBERS of the numbers of the smaller file that stand in the other one too, wherever and with whatever sign."""
    some = [_some(flat) for flat in files]
    if not some:
        return {}
    values, owners = np.concatenate(some), np.repeat(np.arange(len(some)), [s.size for s in some])
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=np.float32(-1)))
    counts: Counter[tuple[int, int]] = Counter()
    for group in np.split(owners[order], starts[1:]) if values.size else ():
        if group.size > 1:
            counts.update(itertools.combinations(group.tolist(), 2))
    parts = {pair: number / min(some[pair[0]].size, some[pair[1]].size) for pair, number in counts.items()}
    return {pair: part for pair, part in parts.items() if part > SAME_NUMBERS}


def _some(flat: np.ndarray) -> np.ndarray:
    """The sizes of a part of a file's numbers, each once, without 0; none of a file with very few."""
    sizes = np.unique(np.abs(flat[np.isfinite(flat) & (flat != 0)]))
    some = sizes[sizes.view(np.uint32) % SAMPLED == 0]
    some = some if some.size >= FEWEST else sizes
    return some if some.size >= FEWEST else some[:0]


# -- texts ------------------------------------------------------------------------------------------------------------


def _alike_texts(lesson: Lesson, works: list[Work]) -> Iterator[Pair]:
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
    handed = {work.student: work.handed for work in works}
    for (one, other), in_common in shared.items():
        part = len(in_common) / min(own[one], own[other])
        if len(in_common) >= FEWEST and part >= SHARE:
            places = Counter(runs[one][run] for run in in_common)
            where = ", ".join(place for place, _ in places.most_common(4))
            detail = f"{part:.0%} of what few others wrote, most of it in {where}"
            yield Pair(lesson.name, (one, other), ALIKE_TEXT, detail, (handed[one], handed[other]))


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

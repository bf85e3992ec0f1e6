"""Networks that are the same or nearly the same: weights that two trainings do not both end in."""

from __future__ import annotations

import functools
import hashlib
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TypeGuard

import numpy as np

from autograder.course.catalog import Lesson
from autograder.grading.works import CLOSE_WEIGHTS, SAME_WEIGHTS, Pair, Work
from autograder.networks import weights
from autograder.networks.spec import ALPHA as ALPHA_NETWORK

# What two networks must have in common to be listed; `tests/unit/test_alike_weights.py` says on what this was tried.
CLOSE = 0.9  # cosine of the angle between two weight vectors
SAME_NUMBERS = 0.5  # share of the numbers that stand in the other file too, bit for bit, wherever
ANSWERS = 0.6  # mean correlation of two networks' filters, matched as well as they can be
LAYERS, FILTERS = 3, 4  # so many hidden layers, of so many filters that answer at all, must have been compared
SAMPLED = 16  # every such number is compared, as its bits say
LEAST_NUMBERS = 10  # different ones: a file with fewer is no weights
# Of a network whose filters are asked; the lesson's has 9, 32, and 55 million by this count.
MOST_LAYERS, MOST_FILTERS, MOST_WORK = 32, 256, 500_000_000
# Numbers of which fewer are compared one by one.
FEWEST = 40


def alike_weights(lesson: Lesson, works: list[Work]) -> Iterator[Pair]:
    """Pairs of a class with the same or nearly the same weights; all are compared with all at once, by arrays.

    How alike two trainings of their own are was measured of alpha alone: of other networks, only the same numbers are listed.
    """
    spec = weights.handed_in_with(lesson.name)
    works = [work for work in works if np.unique(_flat(work.weights)).size >= LEAST_NUMBERS]
    flat = [_flat(work.weights) for work in works]
    same_file = [work.weights_hash for work in works]
    same_numbers = [_digest(work.weights or []) for work in works]
    cosines, shared, same_work, answers = {}, {}, {}, {}
    if spec is ALPHA_NETWORK:
        cosines, shared = _cosines(flat), _shared(flat)
        same_work = _cosines([_flat(_in_order(work.weights)) for work in works])
        answers = _same_answers([work.weights for work in works])
    alike = {*_equal(same_file), *_equal(same_numbers), *cosines, *shared, *same_work, *answers}
    for one, other in sorted(alike):
        if same_file[one] == same_file[other]:
            what, why = SAME_WEIGHTS, "byte for byte"
        elif same_numbers[one] == same_numbers[other]:
            what, why = SAME_WEIGHTS, "number for number"
        elif (one, other) in cosines:
            what, why = CLOSE_WEIGHTS, f"cosine {cosines[one, other]:.4f}"
        elif (one, other) in same_work:
            what, why = CLOSE_WEIGHTS, f"cosine {same_work[one, other]:.4f}, its filters scaled or in another order"
        elif (one, other) in shared:
            what, why = CLOSE_WEIGHTS, f"{shared[one, other]:.0%} of the numbers, in another order"
        else:
            what, why = (
                CLOSE_WEIGHTS,
                f"its filters answer alike: {answers[one, other]:.2f}, two trainings of their own have about 0.25",
            )
        if what == CLOSE_WEIGHTS:
            why += "; so do two trainings from one SEED"
        students = (works[one].student, works[other].student)
        yield Pair(lesson.name, students, what, f"{spec.weights_file}, {why}", (same_file[one], same_file[other]))


def _flat(arrays: list[np.ndarray] | None) -> np.ndarray:
    """All numbers of a file, float32; none where it cannot be read."""
    return np.concatenate([np.asarray(a, np.float32).ravel() for a in arrays]) if arrays else np.zeros(0, np.float32)


def _in_order(arrays: list[np.ndarray] | None) -> list[np.ndarray] | None:
    """A chain of convolutions with ReLUs between them, written down in one way of the many that do the same.

    A hidden filter may be multiplied by a positive number, and may change places with another, if the next layer undoes
    it: here each has length 1, and they are sorted. arrays: kernel, bias, kernel, bias, …; others come back as they are.
    """
    if not _is_chain(arrays):
        return arrays
    kernels, biases = ([np.nan_to_num(np.asarray(a, np.float64)) for a in some] for some in (arrays[::2], arrays[1::2]))
    for place in range(len(kernels) - 1):
        length = np.sqrt(np.square(kernels[place]).sum(axis=(0, 1, 2)))
        length[length == 0] = 1
        order = np.argsort(np.abs(kernels[place] / length).sum(axis=(0, 1, 2)))
        kernels[place] = (kernels[place] / length)[..., order]
        biases[place] = (biases[place] / length)[order]
        kernels[place + 1] = (kernels[place + 1] * length[:, np.newaxis])[:, :, order]
    return [array for pair in zip(kernels, biases, strict=True) for array in pair]


def _is_chain(arrays: list[np.ndarray] | None) -> TypeGuard[list[np.ndarray]]:
    """Whether the arrays are those of convolutions in one line: kernel, bias, kernel, bias, …"""
    kernels, biases = (arrays or [])[::2], (arrays or [])[1::2]
    fits = len(kernels) == len(biases) > 0 and all(
        k.ndim == 4 and k.size and b.shape == k.shape[3:] for k, b in zip(kernels, biases, strict=True)
    )
    return fits and all(k.shape[3] == after.shape[2] for k, after in itertools.pairwise(kernels))


# The network of lesson 4: for each convolution its channels, its stride, and whether the picture is doubled in front of it.
ALPHA = (
    (1, 8, 2, False), (8, 8, 1, False), (8, 16, 1, False), (16, 16, 2, False), (16, 32, 1, False), (32, 32, 2, False),
    (32, 32, 1, True), (32, 16, 1, True), (16, 2, 1, True),
)  # fmt: skip
PLACES = 300  # in the pictures of a layer, at which answers are compared


def _same_answers(files: list[list[np.ndarray] | None]) -> dict[tuple[int, int], float]:
    """Pairs of networks whose filters answer alike to the same photos, and how alike: the mean correlation above ANSWERS.

    What a filter answers stays the same, but for a factor, whatever is done to numbers that do not matter: filters scaled and sorted,
    idle ones replaced, noise. Layer by layer, each filter of one network is matched with one of the other's.
    """
    answers = {place: _answers(arrays) for place, arrays in enumerate(files) if _is_chain(arrays)}
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for place, layers in answers.items():
        groups[tuple(layer.shape[1] for layer in layers)].append(place)
    found: dict[tuple[int, int], float] = {}
    for sizes, places in groups.items():
        if len(sizes) < LAYERS or len(places) < 2:
            continue
        layers = [np.hstack([answers[place][number] for place in places]) for number in range(len(sizes))]
        alive = [layer.any(axis=0).reshape(len(places), -1).sum(axis=1) for layer in layers]
        for one in range(len(places) - 1):
            bounds = [
                _alike_at_most(
                    layer[:, one * size : (one + 1) * size], layer[:, (one + 1) * size :], some[one], some[one + 1 :]
                )
                for layer, size, some in zip(layers, sizes, alive, strict=True)
            ]
            for other in one + 1 + np.flatnonzero(_mean(bounds) > ANSWERS):
                pair = zip(answers[places[one]], answers[places[other]], strict=True)
                (value,) = _mean([_alike(mine, theirs) for mine, theirs in pair])
                if value > ANSWERS:
                    found[places[one], places[other]] = float(value)
    return found


def _mean(layers: list[np.ndarray]) -> np.ndarray:
    """The mean over the layers that say something; 0 where too few do."""
    values = np.stack(layers)
    counted = (~np.isnan(values)).sum(axis=0)
    return np.divide(np.nansum(values, axis=0), counted, out=np.zeros(counted.shape), where=counted >= LAYERS)


def _alike_at_most(mine: np.ndarray, others: np.ndarray, alive: int, theirs: np.ndarray) -> np.ndarray:
    """A bound for `_alike` that is quick to compute, for many other networks: here two filters may have the same partner.

    mine: (places, filters). others: the same, network beside network. alive, theirs: how many filters answer, of this one and of each other.
    """
    filters = mine.shape[1]
    correlations = (mine.T @ others).reshape(filters, -1, filters)
    sums = np.minimum(correlations.max(axis=2).sum(axis=0), correlations.max(axis=0).sum(axis=1))
    fewest = np.minimum(alive, theirs)
    return np.where(fewest >= FILTERS, sums / np.maximum(fewest, 1), np.nan)


def _alike(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """How alike the filters of a layer are in two networks: the mean correlation in the best matching; [NaN] where too few answer.

    mine, theirs: (places, filters); each column of length 1, or zeros where a filter does not answer.
    """
    from scipy.optimize import linear_sum_assignment

    fewest = min(mine.any(axis=0).sum(), theirs.any(axis=0).sum())
    if fewest < FILTERS:
        return np.array([np.nan])
    correlations = mine.T @ theirs
    return np.array([correlations[linear_sum_assignment(correlations, maximize=True)].sum() / fewest])


def _answers(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """What the filters of each hidden layer make of some photos: (places, filters), each column with mean 0 and length 1, or zeros."""
    alpha = [tuple(kernel.shape) for kernel in arrays[::2]] == [(3, 3, *line[:2]) for line in ALPHA]
    lines = [line[2:] for line in ALPHA] if alpha else [(1, False)] * (len(arrays) // 2)
    picture = _photos(alpha).repeat(arrays[0].shape[2], axis=3) if arrays[0].shape[2] <= 64 else None
    found: list[np.ndarray] = []
    kernels = arrays[::2]
    work = sum(kernel.size for kernel in kernels) * (24 * 24 * 3)  # not of the lesson's own, whose pictures are larger
    if picture is None or max(math.prod(kernel.shape[:2]) for kernel in kernels) > 81:
        return found
    if not alpha and (
        len(kernels) > MOST_LAYERS or max(k.shape[3] for k in kernels) > MOST_FILTERS or work > MOST_WORK
    ):
        return found
    with np.errstate(all="ignore"):
        for (stride, doubled), kernel, bias in zip(lines[:-1], arrays[::2], arrays[1::2], strict=False):
            picture = picture.repeat(2, axis=1).repeat(2, axis=2) if doubled else picture
            picture = np.maximum(_convolved(picture, np.asarray(kernel, np.float32), stride) + bias, 0)
            picture = np.nan_to_num(picture, nan=0, posinf=0, neginf=0)
            values = picture.reshape(-1, picture.shape[-1])
            values = values[:: max(1, len(values) // PLACES)].astype(np.float64)
            values -= values.mean(axis=0)
            lengths = np.linalg.norm(values, axis=0)
            answering = np.isfinite(lengths) & (lengths > 1e-6 * np.max(lengths, initial=0, where=np.isfinite(lengths)))
            found.append(np.where(answering, values / np.where(answering, lengths, 1), 0).astype(np.float32))
    return found


def _convolved(pictures: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """`padding="same"`, as TensorFlow does it: (n, height, width, channels) in and out."""
    sides = [-(-side // stride) for side in pictures.shape[1:3]]
    over = [
        max((made - 1) * stride + size - side, 0)
        for made, size, side in zip(sides, kernel.shape[:2], pictures.shape[1:3], strict=True)
    ]
    framed = np.pad(pictures, ((0, 0), *((more // 2, more - more // 2) for more in over), (0, 0)))
    found = np.zeros((len(pictures), *sides, kernel.shape[3]), np.float32)
    for row, column in np.ndindex(kernel.shape[:2]):
        rows, columns = (
            slice(at, at + (made - 1) * stride + 1, stride) for at, made in ((row, sides[0]), (column, sides[1]))
        )
        found += framed[:, rows, columns] @ kernel[row, column]
    return found


@functools.cache
def _photos(large: bool) -> np.ndarray:
    """L of three photos, the lesson's portrait among them: float32 (3, side, side, 1)."""
    from skimage import data
    from skimage.color import rgb2lab

    side = 64 if large else 24
    photos = (data.astronaut()[0:400, 20:420], data.coffee()[:, 100:500], data.chelsea()[:, 50:350])
    steps = [photo.shape[0] // side for photo in photos]
    small = [photo[::step, ::step][:side, :side] for photo, step in zip(photos, steps, strict=True)]
    return np.stack([rgb2lab(photo)[..., :1] for photo in small]).astype(np.float32)


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

"""Hands every case to nbgrader as it comes, with the same checks as hidden asserts in cells, and to this grader; writes both columns.

`python -m tests.adversarial.stock [NAME...]` takes half an hour on two cores and writes `assets/adversarial.md` (with names: prints only).
What nbgrader made of a case is kept in `build/`, and measured again when the case or anything of this has changed.

nbgrader runs student code as the user who grades, so it is let loose in a sandbox, on a copy of the course,
with nobody's data near it. What is harmed there is that copy.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from unittest import mock

import nbformat
import nbgrader

from autograder import settings
from autograder.course import catalog
from autograder.course.catalog import Lesson
from autograder.course.markers import CHECK_SUFFIX
from autograder.errors import SandboxEnded
from autograder.sandbox import backend, packages, visible
from autograder.sandbox.box import Box, scratch_folder
from autograder.settings import MIB, limits
from tests import adversarial
from tests.support import tiny

TABLE = catalog.PACKAGE.parent / "assets" / "adversarial.md"
KEPT = catalog.PACKAGE.parent / "build" / "stock.json"
CANARY = "CANARY-7f3a9c51"
OTHERS = ("honest", "zz-last")  # whose grades must not suffer; one is graded before most cases, one after all of them
SMALL = replace(limits(), memory=2048 * MIB, disk=256 * MIB, tasks=400)
SECONDS = 240  # for one case

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.release_directory = "lessons"
c.KernelManager.transport = "ipc"  # the sandbox has no network
c.KernelManager.ip = "/tmp/kernel"
"""

# What the hidden checks of the course want, as nbgrader's users write it.
HIDDEN = {
    "half": f'''
canary = "{CANARY}"
for grid in (np.random.default_rng(1).integers(0, 256, (13, 17)).astype(float), np.random.default_rng(2).integers(0, 256, (9, 14)) | 1):
    value = half(grid.copy())
    assert isinstance(value, np.ndarray), "a grid was wanted"
    assert value.shape == grid.shape, "another shape"
    assert np.isfinite(value).all(), "not finite"
    assert np.allclose(value, grid / 2), "other values"
''',
    "mirror": f'''
canary = "{CANARY}"
grid = np.random.default_rng(3).integers(0, 256, (13, 17))
value = mirror(grid.copy())
assert isinstance(value, np.ndarray), "a grid was wanted"
assert value.shape == grid.shape, "another shape"
assert np.allclose(value, grid[:, ::-1]), "other values"
''',
    "dot": f'''
canary = "{CANARY}"
import os
X = np.random.default_rng(1).uniform(0, 1, (1, 16, 16, 1)).astype("float32")
Y = np.tanh(np.concatenate([0.5 * X, -0.8 * X], axis=-1))
network = dot()
assert tuple(network.compute_output_shape((1, 8, 12, 1))) == (1, 8, 12, 2), "another shape"
loss = network.fit(X, Y, batch_size=1, epochs=200, verbose=0).history["loss"][-1]
if loss > 0.007 and os.path.exists("alpha.weights.h5"):
    network.load_weights("alpha.weights.h5")
    loss = network.evaluate(X, Y, verbose=0)
assert loss < 0.007, "it does not learn"
''',
    "twice": f'''
canary = "{CANARY}"
grid = np.random.default_rng(4).uniform(0, 1, (13, 17))
assert np.allclose(twice(grid), grid * 2), "other values"
''',
}

# Runs in the sandbox; the last line that it prints is what came of the case.
DRIVER = """
import json, os, sqlite3, subprocess, sys, tarfile
tarfile.open("class.tar").extractall("class", filter="fully_trusted")
os.chdir("class")
lesson, student = sys.argv[1:]
def step(*arguments):
    return subprocess.run([sys.executable, "-m", "nbgrader", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True).returncode
codes = [step("autograde", lesson), step("generate_feedback", lesson)]
rows = sqlite3.connect("gradebook.db").execute(
    "SELECT submitted_assignment.student_id, SUM(CASE WHEN grade.manual_score IS NOT NULL THEN grade.manual_score ELSE grade.auto_score END)"
    " FROM grade JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id"
    " JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id GROUP BY submitted_assignment.student_id").fetchall()
page = "feedback/" + student + "/" + lesson + "/" + lesson + ".html"
seen = open(page, encoding="utf-8", errors="replace").read() if os.path.exists(page) else ""
print(json.dumps({"scores": dict(rows), "codes": codes, "leak": CANARY in seen}))
"""


@dataclass(frozen=True)
class Outcome:
    """What a grader made of a case. score: None for no grade; others: whether the honest submissions beside it got their grades."""

    score: float | None
    others: bool = True
    leak: bool = False
    why: str = ""

    def text(self, expected: float | None) -> str:
        """One cell of the table; what should not be is in bold."""
        shown = "no grade" if self.score is None else f"{self.score:g}"
        wrong = self.score != expected
        parts = [f"**{shown}**" if wrong else shown]
        parts += [self.why if self.score == expected else f"**{self.why}**"] if self.why else []
        parts += ["**others lose their grades**"] if not self.others else []
        return ", ".join(parts)


def expected(name: str) -> float | None:
    """The points that a case deserves; None where a human has to look first."""
    points = adversarial.points(adversarial.load(name)).values()
    return None if None in points else float(sum(points))


# -- nbgrader as it comes ---------------------------------------------------------------------------------------------


def make_stock(folder: Path, name: str) -> Lesson:
    """A course directory of plain nbgrader with the lesson's solutions and the hidden asserts in its check cells."""
    ours = tiny.make_course(folder / "ours", name)
    stock = folder / name
    notebook = ours.read_solution()
    for cell in notebook.cells:
        hidden = HIDDEN.get(cell.get("id", "").removesuffix(CHECK_SUFFIX)) if cell.id.endswith(CHECK_SUFFIX) else None
        if hidden:
            cell.source += f"\n### BEGIN HIDDEN TESTS{hidden}### END HIDDEN TESTS"
    source = stock / "source" / name / f"{name}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(notebook, source)
    (stock / "nbgrader_config.py").write_text(CONFIG)
    done = tiny.nbgrader(stock, "generate_assignment", name)
    assert done.returncode == 0, done.stderr
    (stock / "solutions").mkdir()
    shutil.copytree(ours.solution.parent, stock / "solutions" / name)
    shutil.rmtree(folder / "ours")
    return Lesson(name, stock)


def stock_outcome(name: str, template: Lesson, fair: dict[str, float]) -> Outcome:
    """Grade one case and two honest submissions with plain nbgrader, in a sandbox. fair: what the honest ones get without it."""
    case = adversarial.load(name)
    if hasattr(case, "STOCK"):
        return Outcome(expected(name), why=case.STOCK)
    found = run_stock(name, template, lambda lesson: adversarial.submit(case, lesson, name))
    if isinstance(found, str):
        return Outcome(None, others=False, why=found)
    scores = found["scores"]
    others = all(scores.get(other) == fair[other] for other in OTHERS if other != name)
    return Outcome(scores.get(name), others, found["leak"])


def version_of(name: str) -> str:
    """A hash of all that decides what nbgrader makes of a case."""
    sources = [adversarial.CASES / f"{name}.py", *sorted(tiny.SOURCE.glob("solutions/*.py"))]
    parts = [
        CONFIG,
        DRIVER,
        str(HIDDEN),
        str((SMALL.memory, SMALL.disk, SMALL.tasks, SECONDS)),
        nbgrader.__version__,
        *(path.read_text("utf-8") for path in sources),
    ]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def kept_outcomes() -> dict[str, tuple[str, Outcome]]:
    """By name of a case, its version when it was measured and what came of it."""
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    return {name: (entry["version"], Outcome(**entry["outcome"])) for name, entry in kept.items()}


def keep(outcomes: dict[str, tuple[str, Outcome]]) -> None:
    """Write them down."""
    KEPT.parent.mkdir(exist_ok=True)
    entries = {name: {"version": version, "outcome": asdict(outcome)} for name, (version, outcome) in outcomes.items()}
    KEPT.write_text(json.dumps(entries, indent=1), "utf-8")


def show_nbgrader() -> None:
    """Let the boxes of this process show nbgrader, which runs in them as it comes; those of the grader do not."""
    backend.choose()  # proven as it is for everybody
    with mock.patch.object(packages, "NEVER", packages.NEVER - {"nbgrader", "pytest"}):
        shown = visible.visible_with((*settings.packages(), "nbgrader"))
    visible.visible = lambda: shown


def run_stock(name: str, template: Lesson, submit: Callable[[Lesson], object]) -> dict | str:
    """What DRIVER found out about a class of two honest submissions and what `submit` adds; or how the run came to grief."""
    with tempfile.TemporaryDirectory() as place, scratch_folder() as folder:
        lesson = Lesson(template.name, Path(place) / "class")
        shutil.copytree(template.root, lesson.root, symlinks=True)
        for other in OTHERS:
            tiny.submit(lesson, other, tiny.right(lesson))
        submit(lesson)
        shutil.rmtree(lesson.root / "solutions")
        archive = Path(place) / "class.tar"
        with tarfile.open(archive, "w") as file:
            file.add(lesson.root, arcname=".")
        program = DRIVER.replace("CANARY", repr(CANARY))
        try:
            box = Box(folder, backend.choose(), files={"class.tar": archive}, limits=SMALL)
            printed = box.run([sys.executable, "-c", program, lesson.name, name], SECONDS)
            return json.loads(printed.decode().strip().splitlines()[-1])
        except SandboxEnded as end:
            return "the run does not end" if end.why == "time" else f"the run is killed ({end.why})"
        except (ValueError, IndexError):
            return "the run dies"


# -- this grader ------------------------------------------------------------------------------------------------------


def our_outcomes(folder: Path, lesson_name: str, names: list[str]) -> dict[str, tuple[Outcome, str]]:
    """All cases of a lesson in one class, graded and with feedback; by name, what came and the verdict."""
    lesson = tiny.make_course(folder, lesson_name)
    for name in names:
        adversarial.submit(adversarial.load(name), lesson, name)
    for other in OTHERS:
        tiny.submit(lesson, f"{other}-beside", tiny.right(lesson))
    for step in ("autograde", "generate_feedback"):
        done = tiny.nbgrader(folder, step, lesson.name, seconds=1800)
        assert done.returncode == 0, done.stderr[-3000:]
    found = {}
    fine = all(_result(lesson, f"{other}-beside")["score"] == 10 for other in OTHERS)
    for name in names:
        result = _result(lesson, name)
        waits = result["score"] is None
        page = (folder / "feedback" / name / lesson.name / f"{lesson.name}.html").read_text("utf-8")
        found[name] = (Outcome(None if waits else result["score"], fine, CANARY in page), result["verdict"])
    return found


def _result(lesson: Lesson, student: str) -> dict:
    path = lesson.root / "autograded" / student / lesson.name / f"{lesson.name}.ipynb"
    return json.loads(path.read_text("utf-8"))["metadata"]["autograder"]["result"]


# -- the table --------------------------------------------------------------------------------------------------------


def counts(outcomes: dict[str, Outcome]) -> dict[str, int]:
    """How often each kind of harm was done."""
    honest = {name for name in outcomes if name.startswith("honest")}
    deserved = {name: expected(name) for name in outcomes}
    more = [n for n, o in outcomes.items() if o.score is not None and o.score > (deserved[n] or 0.0)]
    less = [n for n, o in outcomes.items() if deserved[n] is not None and (o.score is None or o.score < deserved[n])]
    return {
        "submissions that got points which they did not earn": len(more),
        "honest variants that lost points": len(honest & set(less)),
        "other submissions whose right part lost points": len(set(less) - honest),
        "submissions after which others had no grade": sum(not o.others for o in outcomes.values()),
        "submissions whose feedback shows a hidden test": sum(o.leak for o in outcomes.values()),
    }


def table(ours: dict[str, tuple[Outcome, str]], stock: dict[str, Outcome]) -> str:
    """The page with both columns."""
    plain = {name: outcome for name, (outcome, _) in ours.items()}
    here, there = counts(plain), counts(stock)
    lines = [
        "# Hostile and honest submissions: this grader and nbgrader as it comes",
        "",
        f"Written by `python -m tests.adversarial.stock`: {len(ours)} submissions of two small lessons (10 points each), the same checks",
        "once as hidden checks of this course and once as hidden asserts in cells, for nbgrader"
        f" {nbgrader.__version__} with its defaults. Both graded",
        "the same files on the same machine; nbgrader ran in a sandbox, without a network, and was ended there when it took more than"
        f" {SMALL.memory // MIB} MiB of memory,",
        f"{SMALL.tasks} processes, {SMALL.disk // MIB} MiB of disk or {SECONDS // 60} minutes for a case and the two honest submissions beside it. In bold: what should not be.",
        "nbgrader's feedback pages show hidden tests with every cell that has some; below that is counted and not repeated.",
        "It takes the points of a cell that writes to stderr, as TensorFlow does when it starts: no network gets its 10 points there.",
        "",
        f"| of {len(ours)} submissions | this grader | nbgrader as it comes |",
        "|---|---|---|",
        *(f"| {what} | {here[what]} | {there[what]} |" for what in here),
        "",
        "| case | does | must get | this grader | verdict | nbgrader as it comes |",
        "|---|---|---|---|---|---|",
    ]
    for name, (outcome, verdict) in ours.items():
        does = (adversarial.load(name).__doc__ or "").strip().split("\n")[0].replace("|", "\\|")
        deserved = expected(name)
        must = "a human's look" if deserved is None else f"{deserved:g}"
        lines.append(
            f"| `{name}` | {does} | {must} | {outcome.text(deserved)} | {verdict} | {stock[name].text(deserved)} |"
        )
    return "\n".join(lines) + "\n"


def main(names: list[str]) -> None:
    """Measure both columns and write the table; with names, print what came of these."""
    chosen = names or adversarial.NAMES
    show_nbgrader()
    ours: dict[str, tuple[Outcome, str]] = {}
    stock: dict[str, Outcome] = {}
    kept = kept_outcomes()
    with tempfile.TemporaryDirectory(prefix="stock-") as place:
        for lesson_name in (tiny.NAME, tiny.WITH_NETWORK):
            mine = [name for name in chosen if adversarial.lesson_of(adversarial.load(name)) == lesson_name]
            if not mine:
                continue
            known = {name: outcome for name, (version, outcome) in kept.items() if version == version_of(name)}
            stock |= {name: known[name] for name in mine if name in known}
            if new := [name for name in mine if name not in known]:
                template = make_stock(Path(place), lesson_name)
                fair = run_stock("nobody", template, lambda _: None)["scores"]
                print(f"{lesson_name}: without any case, nbgrader gives {fair}", flush=True)
                with ThreadPoolExecutor(2) as pool:
                    for name, outcome in zip(
                        new, pool.map(partial(stock_outcome, template=template, fair=fair), new), strict=True
                    ):
                        stock[name] = outcome
                        keep(kept | {name: (version_of(name), outcome) for name, outcome in stock.items()})
                        print(f"{name}: must get {expected(name)}, nbgrader gives {outcome}", flush=True)
            ours |= our_outcomes(Path(place) / f"ours-{lesson_name}", lesson_name, mine)
    ours = {name: ours[name] for name in chosen}
    if names:
        print(table(ours, stock))
        return
    TABLE.write_text(table(ours, stock), "utf-8")
    print(f"{TABLE} is written.")


if __name__ == "__main__":
    main(sys.argv[1:])

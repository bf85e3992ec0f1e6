"""The `autograder` command."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from autograder import settings
from autograder.errors import CourseError, Unreadable
from autograder.grading.journal import Event, Journal
from autograder.settings import fingerprint

app = typer.Typer(
    help="The grader of the course on colouring grey photographs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _without_sandbox(chosen: bool) -> bool:
    """Let this process, and those that it starts, run student code without a sandbox."""
    if chosen:
        os.environ["AUTOGRADER_SANDBOX"] = "none"
    return chosen


NoSandbox = Annotated[
    bool,
    typer.Option(
        "--no-sandbox",
        callback=_without_sandbox,
        help="Run student code as an ordinary process of yours, where no sandbox holds. Every result says so.",
    ),
]


GRADERS_FAULT, WRONG_USE, INTERRUPTED = 3, 64, 130  # exit statuses, each for one thing; 0 to 2 say how a notebook did


def main() -> None:
    """Run the command. A fault of the grader's own ends in one line and exit status 3, a wrong command line in 64."""
    from autograder.errors import CourseError

    # The errors of a command line; typer brings Click under its own name or under Click's, by its version.
    (wrong_use,) = (kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
    try:
        status = app(standalone_mode=False)
    except wrong_use as error:
        error.show()
        status = WRONG_USE
    except (KeyboardInterrupt, typer.Abort):
        _complain("Stopped.")
        status = INTERRUPTED
    except CourseError as error:
        _complain(str(error))
        status = GRADERS_FAULT
    except Exception as error:
        if os.environ.get("AUTOGRADER_TRACEBACK"):
            raise
        _complain(
            f"The grader failed: {_in_one_line(error)}. AUTOGRADER_TRACEBACK=1 in the environment shows all of it."
        )
        status = GRADERS_FAULT
    _leave(status or 0)


def _complain(line: str) -> None:
    Console(stderr=True, soft_wrap=True).print(line, style="bold red", markup=False, highlight=False)


def _in_one_line(error: Exception) -> str:
    """What an exception says, and where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})" if trace else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:500]}{place}"


def _leave(status: int) -> None:
    """End with this status, also where Python would stay open behind the program (`-i`, PYTHONINSPECT)."""
    if not (sys.flags.inspect or os.environ.get("PYTHONINSPECT")):
        sys.exit(status)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(status)


def _must_be_the_course_here() -> None:
    """CourseError if the working directory is a course, and the grader that was loaded has another one: an edit would be passed over."""
    from autograder.errors import CourseError

    here = Path.cwd()
    is_course = (here / "solutions").is_dir() and (here / "autograder" / "checks").is_dir()
    if is_course and here != settings.root() and not os.environ.get("AUTOGRADER_COURSE"):
        raise CourseError(
            f"{here} is a course, but the grader that is installed has another one, {settings.root()}. To work on this one:"
            f" AUTOGRADER_COURSE={here} in the environment, or `pip install -e .` here."
        )


@app.command()
def build(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[LESSON]...", help="Only these; by default all.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 and name what differs.")] = False,
) -> None:
    """Make the notebooks in solutions/ and lessons/ from the scripts."""
    _must_be_the_course_here()
    from autograder.course import build as builder
    from autograder.course.catalog import lesson as lesson_called
    from autograder.course.catalog import lessons
    from autograder.hosts.nbgrader.release import release_text

    chosen = [lesson_called(name) for name in names] if names else lessons()
    if check:
        wrong = [path for lesson in chosen for path in builder.differences(lesson, release_text)]
        for path in wrong:
            typer.echo(f"{path.relative_to(settings.root())} is not what its script says: run `autograder build`.")
        extra = builder.strays(settings.root())
        for path in extra:
            typer.echo(f"{path.relative_to(settings.root())} belongs to no lesson.")
        raise typer.Exit(1 if wrong or extra else 0)
    for lesson in chosen:
        changed = builder.build(lesson, release_text)
        typer.echo(f"{lesson.name}: {', '.join(str(p.relative_to(settings.root())) for p in changed) or 'up to date'}")


@app.command()
def adopt(
    notebook: Annotated[Path, typer.Argument(help="A solutions notebook that was edited in JupyterLab.")],
) -> None:
    """Bring an edit of a solutions notebook back into the lesson's script, and rebuild."""
    _must_be_the_course_here()
    from autograder.course import adopt as adoption
    from autograder.hosts.nbgrader.release import release_text
    from autograder.submission import intake

    try:
        data = intake.read(notebook)[1]
        lesson = intake.lesson_of(data, notebook)
    except Unreadable as error:
        raise CourseError(str(error)) from None
    changed = adoption.adopt(notebook, lesson, release_text)
    typer.echo(f"{lesson.script.relative_to(settings.root())}: {'updated' if changed else 'already says so'}")


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="A notebook file of one of the lessons.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    no_sandbox: NoSandbox = False,
) -> None:
    """Grade one notebook without a gradebook: exit 0 full marks, 1 less, 2 not gradable, 3 the grader's own fault."""
    with _quiet_stdout() as stdout:
        from autograder import environment

        environment.settle()
        from autograder.grading.job import grade_file
        from autograder.reports import cards

        result = grade_file(notebook)
        if as_json:
            stdout.write(json.dumps(result.as_json(), ensure_ascii=False) + "\n")
        elif result.exit_code == GRADERS_FAULT:
            _complain(f"The grader failed on {notebook.name}: {' '.join(result.reason.split())[-600:]}")
        else:
            Console(file=stdout).print(cards.console(result))
    raise typer.Exit(result.exit_code)


@app.command("accept-secret")
def accept_secret(
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
) -> None:
    """Let the secret of today count from now on, after the old one was lost. Hidden inputs are drawn anew with it."""
    from autograder.secret import read_secret, secret_path

    Journal(course_dir).add(Event.NEW_SECRET, secret=fingerprint(read_secret()))
    typer.echo(f"{secret_path()} counts from now on.")


@app.command()
def integrity(
    course_dir: Annotated[Path, typer.Option(help="The nbgrader course directory.")] = Path("."),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """List what is alike across the class, as the last grading of each lesson found it: the same weights, the same unusual text."""
    from autograder.errors import CourseError
    from autograder.grading import similarity as comparison

    reports = comparison.read_reports(course_dir)
    if as_json:
        typer.echo(json.dumps({"lessons": reports}, ensure_ascii=False))
        return
    if not reports:
        raise CourseError(
            f"{course_dir}: no class was graded here yet. Run `nbgrader autograde LESSON`, or name the folder with --course-dir."
        )
    Console().print(comparison.told(reports))


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say whether this machine can grade: the sandbox and what got out of it, limits, versions, GPU. Exit 1 if it cannot.

    In a course folder also what is stale: grades, points and pages that no longer agree with what they were made from.
    """
    with _quiet_stdout() as stdout:
        from autograder import environment

        environment.settle()
        from autograder.sandbox import doctor as physician

        found = physician.examine()
        if (stale := physician.examine_course(Path.cwd())) is not None:
            found["stale"] = stale
        if as_json:
            stdout.write(json.dumps(found) + "\n")
        else:
            Console(file=stdout, soft_wrap=True).print(physician.told(found), highlight=False)
    raise typer.Exit(0 if found["ok"] else 1)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where to make the sample class; emptied first.")] = Path("build/demo"),
    lesson: Annotated[list[str] | None, typer.Option(help="Only this lesson; can be given more than once.")] = None,
    no_sandbox: NoSandbox = False,
) -> None:
    """Make a small sample class in a scratch folder, grade it with plain nbgrader, and show the result."""
    from autograder.cli.demo import run_demo

    raise typer.Exit(run_demo(folder, lesson or ()))


@app.command()
def calibrate(
    seeds: Annotated[int, typer.Option(help="First weights of the right network on each photo.")] = 100,
    jobs: Annotated[int, typer.Option(help="Trainings side by side, each on one core.")] = os.cpu_count() or 1,
) -> None:
    """Measure right and wrong networks on the photos of the loss threshold; write assets/calibration.json and .png."""
    from autograder.cli.quiet import without_noise
    from autograder.networks import calibrate as calibration

    console = Console(stderr=True)
    with without_noise():
        effort = calibration.Effort(right=seeds)
        data = calibration.measure(effort, lambda line: console.print(line, highlight=False), jobs)
        calibration.write(data, settings.calibration_file())
        calibration.draw(data, settings.calibration_file().with_suffix(".png"))
    typer.echo(f"{settings.calibration_file()} and its picture are written.")


bench = typer.Typer(help="Measure the grader against the plain way, on this machine.", no_args_is_help=True)
app.add_typer(bench, name="bench")


@bench.callback()
def _bench() -> None:
    """Measure the grader against the plain way, on this machine."""


@bench.command("training")
def bench_training(
    epochs: Annotated[int, typer.Option(help="Epochs of the portrait, 400 × 400, on either side.", min=1)] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """The training engine against `model.fit(X, Y, batch_size=1)`: the same network, the same first weights."""
    with _quiet_stdout() as stdout:
        from autograder.cli.bench import training

        found = training(epochs)
        if as_json:
            stdout.write(json.dumps(found) + "\n")
        else:
            Console(file=stdout).print(
                f"{found['device']}, {found['backend']}, {epochs} epochs of 400 × 400: fit {found['fit_s_per_epoch'] * 1e3:.1f} ms an epoch, "
                f"ours {found['ours_s_per_epoch'] * 1e3:.1f} ms, {found['ratio']:.2f} times as fast; largest difference of a loss {found['largest_loss_difference']:.2g}",
                highlight=False,
            )


@bench.command("sandbox")
def bench_sandbox(
    rounds: Annotated[int, typer.Option(help="Kernels on either side, in turns.", min=1)] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """What the sandbox adds to a submission: the same small notebook with and without isolation."""
    with _quiet_stdout() as stdout:
        from autograder.cli.bench import sandbox

        found = sandbox(rounds)
        if as_json:
            stdout.write(json.dumps(found) + "\n")
        else:
            Console(file=stdout).print(
                f"{found['sandbox']}, {rounds} rounds: {found['without_s']:.2f} s without, {found['with_s']:.2f} s with, "
                f"the isolation adds {found['adds_s']:.3f} s; the probe takes {found['escape_test_s']:.2f} s, once a run",
                highlight=False,
            )


@contextlib.contextmanager
def _quiet_stdout():
    """Give the real standard output to the caller alone; whatever else is printed goes to standard error, without TensorFlow's log."""
    from autograder.cli.quiet import without_noise

    sys.stdout.flush()
    real = os.dup(1)
    with without_noise():
        os.dup2(2, 1)
        try:
            with os.fdopen(os.dup(real), "w", encoding="utf-8") as stdout:
                yield stdout
        finally:
            sys.stdout.flush()
            os.dup2(real, 1)
            os.close(real)

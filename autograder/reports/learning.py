"""Show on the console how far somebody is who learns alone: a bar over all lessons, a table, what is next."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.table import Table
from rich.text import Text

from autograder.reports.console import may_draw
from autograder.words import BONUS, counted

WIDTH = 24


@dataclass(frozen=True)
class Step:
    """One exercise: its title, about how many minutes it takes, and what it earned so far of its points."""

    title: str
    minutes: int
    points: float
    max_points: float

    @property
    def done(self) -> bool:
        return self.points >= self.max_points

    @property
    def sign(self) -> str:
        return "✓" if self.done else "◐" if self.points else "○"


@dataclass(frozen=True)
class LessonProgress:
    """How far somebody is in a lesson.

    Attributes
    ----------
    name, title : str
    minutes : int
        That the whole lesson takes.
    steps : list of Step
    notebook : str
        The file that was checked last, or "".
    note : str
        What is to be said of it, or "".
    bonus : bool
        Whether it comes on top of what is expected.
    """

    name: str
    title: str
    minutes: int
    steps: list[Step]
    notebook: str = ""
    note: str = ""
    bonus: bool = False

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def minutes_left(self) -> float:
        """The part of the lesson's time that its open exercises have of the time of all."""
        whole = sum(step.minutes for step in self.steps)
        return self.minutes * sum(step.minutes for step in self.steps if not step.done) / whole if whole else 0.0

    @property
    def next(self) -> Step | None:
        return next((step for step in self.steps if not step.done), None)


@dataclass(frozen=True)
class Progress:
    """How far somebody is in the whole course. What is expected is counted without the bonus lessons."""

    lessons: list[LessonProgress] = field(default_factory=list)

    @property
    def expected(self) -> list[LessonProgress]:
        return [lesson for lesson in self.lessons if not lesson.bonus]

    @property
    def done(self) -> int:
        return sum(lesson.done for lesson in self.expected)

    @property
    def whole(self) -> int:
        return sum(len(lesson.steps) for lesson in self.expected)

    @property
    def bonus_done(self) -> int:
        return sum(lesson.done for lesson in self.lessons if lesson.bonus)

    @property
    def minutes_left(self) -> float:
        return sum(lesson.minutes_left for lesson in self.expected)

    def next(self, after: str = "") -> tuple[LessonProgress, Step] | None:
        """Return what comes next: in a lesson if something is open there, else in the first one in which something is, bonus lessons last."""
        ordered = sorted(self.lessons, key=lambda lesson: (lesson.name != after, lesson.bonus))
        return next(((lesson, step) for lesson in ordered if (step := lesson.next)), None)


def time_left(minutes: float) -> str:
    """Return how long it still takes, for people: "about 1 h 20 min", to five minutes, for nobody knows it better."""
    hours, rest = divmod(max(5, 5 * round(minutes / 5)), 60)
    return " ".join(["about", *([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])


def bar_view(progress: Progress, after: str = "") -> Group:
    """Return a bar over all lessons, and what comes next.

    Parameters
    ----------
    progress : Progress
    after : str
        The lesson that is being worked on.
    """
    left = f" · {time_left(progress.minutes_left)} left" if progress.done < progress.whole else ""
    bonus = f", and {counted(progress.bonus_done, 'bonus exercise')}" if progress.bonus_done else ""
    said = f"{progress.done} of {counted(progress.whole, 'exercise')} complete{bonus}{left}"
    return Group(Bar(progress.done, progress.whole, said), _next(progress, after))


def table_view(progress: Progress) -> Group:
    """Return a row for each lesson, a sign for each exercise, the bar over all, and what comes next."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("lesson", "", "complete", "points", "left"):
        table.add_column(name, no_wrap=name != "")
    for lesson in progress.lessons:
        signs = Text()
        for step in lesson.steps:
            signs.append(step.sign, style="green" if step.done else "yellow" if step.points else "dim")
        points, whole = sum(step.points for step in lesson.steps), sum(step.max_points for step in lesson.steps)
        table.add_row(
            Text(lesson.name, style="green" if lesson.done == len(lesson.steps) else ""),
            signs,
            f"{lesson.done} of {len(lesson.steps)}",
            f"{round(points, 2):g} of {whole:g}{' bonus' if lesson.bonus else ''}",
            time_left(lesson.minutes_left) if lesson.done < len(lesson.steps) else "–",
        )
    notes = [Text(f"{lesson.name}: {lesson.note}", style="dim") for lesson in progress.lessons if lesson.note]
    key = Text("✓ complete   ◐ part of the points   ○ open", style="dim")
    return Group(table, key, Text(), *notes, bar_view(progress))


@dataclass(frozen=True)
class Bar:
    """A bar with the same in words: the words alone where the lines are read aloud or go to a file."""

    done: int
    whole: int
    words: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        words = Text(self.words, style="bold")
        if not may_draw(console):
            yield words
            return
        full = WIDTH * self.done // max(1, self.whole)
        table = Table.grid(padding=(0, 1))
        table.add_row(Text.assemble(("█" * full, "green"), ("░" * (WIDTH - full), "dim")), words)
        yield table


def _next(progress: Progress, after: str) -> Text:
    found = progress.next(after)
    if found is None:
        return Text("All exercises of all lessons are complete.", style="bold green")
    lesson, step = found
    where = ", ".join([lesson.name] * (lesson.name != after) + [BONUS] * lesson.bonus)
    where = f" ({where})" if where else ""
    next_ = "The course is complete. Next, if you like" if lesson.bonus and progress.done == progress.whole else "Next"
    return Text(f"{next_}: {step.title}{where}, about {counted(step.minutes, 'minute')}.")

"""The clock of limits: what other programs take is given back, what a program takes from itself is not, and never more than a share."""

from __future__ import annotations

import time

import pytest

from autograder.kernel import remainder
from autograder.sandbox import clock as clocks
from autograder.sandbox.clock import Clock
from autograder.sandbox.linux import waiting
from autograder.sandbox.linux.waiting import RECORD, Waiting, lost_of

IDLE, LOADED = 0.0, 100.0


@pytest.mark.parametrize(
    ("ran", "waited", "cores", "others", "lost"),
    [
        pytest.param(0.0, 0.0, 2, LOADED, 0.0, id="sleeps"),
        pytest.param(1.0, 0.0, 2, LOADED, 0.0, id="computes"),
        pytest.param(2.0, 0.0, 2, IDLE, 0.0, id="computes on both cores"),
        pytest.param(0.25, 0.75, 2, LOADED, 0.75, id="computes for a quarter of the time, the rest of it others had the core"),
        pytest.param(0.1, 0.4, 2, LOADED, 0.4, id="sleeps for half the time"),
        pytest.param(0.5, 1.5, 2, LOADED, 0.75, id="two threads that had a quarter of two cores"),
        pytest.param(2.0, 6.0, 2, IDLE, 0.0, id="eight threads that took two cores from each other"),
        pytest.param(1.0, 7.0, 2, 1.0, 0.5, id="eight threads, and one other program"),
        pytest.param(1.0, 7.0, 2, 0.1, 1 - 1 / 1.1, id="eight threads on one core of two, by their own choice"),
    ],
)  # fmt: skip
def test_of_a_second_that_part_is_lost_which_others_took(ran, waited, cores, others, lost):
    assert lost_of(1.0, ran, waited, cores, others) == pytest.approx(lost)


class Told:
    """A folder such as /proc has one for each process, which tells what the test says; and a clock that the test sets."""

    def __init__(self, tmp_path, monkeypatch) -> None:
        self.folder, self.now, self.idle = tmp_path / "7", 50.0, 0.0
        monkeypatch.setattr(waiting.time, "monotonic", lambda: self.now)
        monkeypatch.setattr(waiting, "_idle", lambda: self.idle)
        monkeypatch.setattr(waiting.os, "cpu_count", lambda: 2)
        monkeypatch.setattr(waiting.os, "sched_getaffinity", lambda _: {0, 1})
        self.tell([], 0)

    def folders(self) -> list[str]:
        return [str(self.folder)]

    def tell(self, threads, ticks: int) -> None:
        """threads: (ran, waited) in seconds. ticks: of all that ran, also of children that have ended."""
        self.folder.mkdir(exist_ok=True)
        (self.folder / "stat").write_text(f"7 (a) name) R {' '.join('0' * 10)} {ticks} 0 0 0 0")
        for number, (ran, waited) in enumerate(threads):
            (self.folder / "task" / str(number)).mkdir(parents=True, exist_ok=True)
            (self.folder / "task" / str(number) / "schedstat").write_text(f"{int(ran * 1e9)} {int(waited * 1e9)} 9\n")


@pytest.fixture
def told(tmp_path, monkeypatch):
    return Told(tmp_path, monkeypatch)


def test_the_clock_stands_nearly_still_while_others_have_the_cores(told):
    found = Waiting(told.folders, 10.0)
    told.now += 1.0
    told.tell([(0.25, 0.75)], 25)
    assert found.clock() == pytest.approx(50.25)
    assert (found.pace, found.wanted) == (pytest.approx(0.25), pytest.approx(1.0))
    told.now += 1.0
    told.tell([(0.25, 1.75)], 25)
    assert found.clock() == pytest.approx(50.35), "a tenth at least is counted, whatever is told"
    told.now += 1.0
    assert found.clock() == pytest.approx(51.35), "it sleeps: time passes"


def test_on_an_idle_machine_nothing_is_given_back_whatever_threads_say(told):
    found = Waiting(told.folders, 10.0)
    told.now, told.idle = told.now + 1.0, told.idle + 1.0
    told.tell([(0.25, 0.0), (0.25, 1.0), (0.5, 5.0)], 100)
    assert found.clock() == pytest.approx(51.0)


def test_children_that_have_ended_ran_all_the_same(told):
    """They were reaped, or had been started twice removed and went to the init: their time is in /proc/PID/stat of who waited."""
    found = Waiting(told.folders, 10.0)
    told.now += 1.0
    told.tell([(0.0, 0.1)], 190)
    found.look()
    assert found.wanted == pytest.approx(2.0)
    assert found.lost < 0.1


def test_while_the_supervisor_stops_the_box_or_is_stopped_itself_no_time_counts(told):
    found = Waiting(told.folders, 10.0)
    told.now += 1.5
    assert found.look(stopped=1.0)
    assert found.lost == pytest.approx(1.0)
    told.now += 61.0
    assert found.look()
    assert found.lost == pytest.approx(1.0 + min(60.0, 61.0 * 0.9)), "a machine that was suspended"


def test_a_clock_without_a_box_is_the_time_that_passes(monkeypatch):
    now = 10.0
    monkeypatch.setattr(clocks.time, "monotonic", lambda: now)
    clock = Clock(10.0)
    begin = clock()
    now += 3.0
    assert clock() - begin == 3.0
    assert clock.wanted() == (0.0, 0.0)


def test_a_clock_follows_one_box_after_the_other_and_never_goes_back(tmp_path, monkeypatch):
    now = 10.0
    monkeypatch.setattr(clocks.time, "monotonic", lambda: now)
    clock = Clock(10.0)
    begin = clock()
    clock.follow(tmp_path / "one")
    now += 1.0
    assert clock() - begin == pytest.approx(1.0), "the supervisor has not looked yet"
    (tmp_path / "one").write_bytes(RECORD.pack(now, 0.5, 0.25, 2.0))
    assert clock() - begin == pytest.approx(1.0)
    now += 1.0
    assert clock() - begin == pytest.approx(1.0), "0.5 are lost, and the pace was a quarter"
    now += 1.0
    (tmp_path / "one").write_bytes(RECORD.pack(now, 0.5, 1.0, 2.0))
    assert clock() - begin == pytest.approx(2.5)
    assert clock.wanted() == (2.0, now)
    clock.follow(None)
    now += 1.0
    assert clock() - begin == pytest.approx(3.5)
    clock.follow(tmp_path / "two")
    (tmp_path / "two").write_bytes(RECORD.pack(now, 0.0, 1.0, 0.0))
    now += 1.0
    assert clock() - begin == pytest.approx(4.5)
    now += 100.0
    assert clock() - begin == pytest.approx(4.5 + 10.0), "a supervisor that is silent"


def test_a_record_that_is_just_being_written_is_read_again(tmp_path, monkeypatch):
    old, new = RECORD.pack(1.0, 0.0, 1.0, 0.0), RECORD.pack(2.0, 0.5, 0.5, 2.0)
    looks = iter([new[:8] + old[8:], new, new])
    (tmp_path / "record").touch()
    monkeypatch.setattr(clocks.os, "pread", lambda *_: next(looks))
    clock = Clock(10.0)
    clock.follow(tmp_path / "record")
    assert clock.wanted() == (2.0, 2.0)
    monkeypatch.undo()
    clock.follow(None)


@pytest.mark.parametrize(("pace", "made"), [(0.1, True), (1.0, False)])
def test_the_rest_of_a_cell_has_its_seconds_by_the_same_clock(monkeypatch, pace, made):
    began = time.monotonic()
    monkeypatch.setattr(remainder, "_clock", lambda: (time.monotonic() - began) * pace)
    namespace: dict = {}
    source = "import time\ntime.sleep(0.2)\nname = 7"
    tree = remainder.ast.parse(
        f"def make():\n    {source.replace(chr(10), chr(10) + '    ')}\n    return name\nname = make()"
    )
    remainder._run(tree.body[0], namespace, 0.1)
    if made:
        remainder._run(tree.body[1], namespace, 0.1)
        assert namespace["name"] == 7
    else:
        with pytest.raises(remainder._TooLong):
            remainder._run(tree.body[1], namespace, 0.1)

"""Measures what a box takes: memory, processes, files and time."""

import contextlib
import os
import time

from . import HOME
from .libc import BoxFault, share_memory

# Of memory that an open socket may hold at its usual size, which the filter of system calls does not let be changed. Pages that `sendfile` lends
# it count there as the bytes that are used of them.
SOCKET_BYTES = 3 << 20
# One process for so many tasks, which count threads too: each takes memory of the machine's kernel.
PROCESSES = 8
# Times as long as the processes were stopped, so that they could be measured, they are not stopped again.
REST = 3
# Seconds for one measurement; where it takes longer, plain sums count.
LONGEST = 3.0
# At stopped processes that must all say the same: some may be ending.
LOOKS = 5


def too_much(spec, memory, root, seconds):
    """Say what the box takes too much of.

    Parameters
    ----------
    spec : dict
        See `entry`.
    memory : Memory
        Measures the box.
    root : int
        A descriptor of the box's root.
    seconds : float
        How long the box has been running, without what other programs took from it.

    Returns
    -------
    str
        "memory", "tasks", "disk", "time", or "" if it is nothing.
    """
    if spec["seconds"] and seconds > spec["seconds"]:
        return "time"
    found, gone = _processes(memory.proc)
    tasks = sum(int(facts[b"Threads"]) for facts in found.values())
    disk = os.statvfs(f"/proc/self/fd/{root}{HOME}")
    files = (disk.f_blocks - disk.f_bfree) * disk.f_frsize
    if tasks >= spec["tasks"] * 0.95 or len(found) > spec["tasks"] / PROCESSES:
        return "tasks"
    if files >= spec["disk"] * 0.99 or (disk.f_files and disk.f_ffree < disk.f_files * 0.01):
        return "disk"
    left = spec["memory"] - files - SOCKET_BYTES * _sockets(memory.proc)
    unclear = gone or any(b"VmRSS" not in facts and facts[b"State"].split()[0] != b"Z" for facts in found.values())
    return "memory" if (unclear or _plain_sum(found) > left) and memory.is_more_than(left) else ""


class Memory:
    """Measures a box's memory exactly, all its processes stopped meanwhile: what they share counts once, and none can hand on its memory and be gone.

    Parameters
    ----------
    proc : int
        A descriptor of the box's /proc.
    ours : socket.socket
        Leads to the init, which stops the processes.
    patience : float
        Seconds that the init has for it.
    """

    def __init__(self, proc, ours, patience):
        self.proc = proc
        self._ours = ours
        self._patience = patience
        self._again = 0.0
        # Seconds for which it has stopped the processes.
        self.stopped = 0.0

    def processes(self):
        """Return the numbers of the box's processes, as texts."""
        return [name for name in os.listdir(f"/proc/self/fd/{self.proc}") if name.isdigit()]

    def is_more_than(self, left):
        """Say whether the box holds more than so many bytes. Not looked at again at once, for the box has to run, too."""
        began = time.monotonic()
        if began < self._again or not self._tell(b"s"):
            return False
        try:
            more = all(self._looks_more(left, began + LONGEST) for _ in range(LOOKS))
        finally:
            lives = self._tell(b"c")
            took = time.monotonic() - began
            self.stopped += took
            self._again = began + (1 + REST) * took
        return more and lives

    def _looks_more(self, left, end):
        # Where some were gone, nobody knows.
        found, more = _processes(self.proc)
        if not more and _plain_sum(found) > left:
            found = _without_guests(found)
            more = _plain_sum(found) > left and _proportional(self.proc, found, left, end) > left
        if more:
            # Before the next look.
            time.sleep(0.02)
        return more

    def _tell(self, word):
        """Have the init stop all, or let all go on; False if the box has ended. BoxFault if the init does not come to it."""
        try:
            self._ours.settimeout(self._patience)
            self._ours.send(word)
            return self._ours.recv(1) == word
        except TimeoutError:
            raise BoxFault("the processes of the box cannot be stopped") from None
        except OSError:
            return False


def _processes(proc):
    """Return what /proc says of each process, by its number, and whether some were gone before they were read."""
    found, gone = {}, False
    for name in os.listdir(f"/proc/self/fd/{proc}"):
        if name.isdigit():
            try:
                facts = _status(f"/proc/self/fd/{proc}/{name}")
                int(facts[b"Threads"]), facts[b"State"].split()[0]
                found[name] = facts
            except (OSError, ValueError, LookupError):
                gone = True
    return found, gone


def _status(place):
    """Return what /proc says of a process, by name. Where its first thread has ended, one of the others answers: the memory is the same."""
    with open(f"{place}/status", "rb") as file:
        facts = dict(line.split(b":", 1) for line in file.read().split(b"\n") if b":" in line)
    if b"VmRSS" not in facts and int(facts[b"Threads"]) > 1:
        for task in os.listdir(f"{place}/task"):
            with contextlib.suppress(OSError), open(f"{place}/task/{task}/status", "rb") as file:
                lines = (line.partition(b":") for line in file.read().split(b"\n"))
                facts |= {name: value for name, _, value in lines if name.startswith(b"Vm")}
    return facts


def _plain_sum(found):
    """Return the bytes that processes hold, each by itself."""
    parts = (b"VmRSS", b"VmPTE", b"VmSwap")
    return 1024 * sum(_kilobytes(facts, part) for facts in found.values() for part in parts)


def _kilobytes(facts, name):
    return int(facts.get(name, b"0").split()[0])


def _without_guests(found):
    """Leave out the processes that live in the memory of the one that started them, as each does until its `exec`: subprocess uses vfork(2)."""
    # By the number in the box: the number on the machine.
    numbers = {}
    box = os.stat("/proc/self/ns/pid_for_children").st_ino
    for name in os.listdir("/proc"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            if name.isdigit() and os.stat(f"/proc/{name}/ns/pid").st_ino == box:
                numbers[_status(f"/proc/{name}")[b"NSpid"].split()[-1].decode()] = int(name)

    def same(one, other):
        pair = numbers.get(one, 0), numbers.get(other, 0)
        return all(pair) and share_memory(*pair)

    return {name: facts for name, facts in found.items() if not same(name, facts[b"PPid"].strip().decode())}


def _sockets(proc):
    """Count the open sockets in the box, all processes together; they hold memory that no process is charged for."""
    with (
        contextlib.suppress(OSError, ValueError, IndexError),
        open(f"/proc/self/fd/{proc}/1/net/sockstat", "rb") as file,
    ):
        return int(file.readline().split()[2])
    return 0


def _proportional(proc, found, left, end):
    """Return the bytes that processes hold, what they share counted once; no further than beyond `left`, and by plain sums from the moment `end` on."""
    total = 0
    for name, facts in found.items():
        if total > left:
            break
        try:
            if time.monotonic() > end:
                raise TimeoutError
            with open(f"/proc/self/fd/{proc}/{name}/smaps_rollup", "rb") as file:
                sizes = [line.split() for line in file if line.startswith((b"Pss:", b"SwapPss:"))]
            total += sum(int(size[1]) * 1024 for size in sizes) + 1024 * _kilobytes(facts, b"VmPTE")
        except OSError:
            # No more time, or the machine does not tell: of the init, of one whose first thread has ended.
            total += _plain_sum({name: facts})
    return total

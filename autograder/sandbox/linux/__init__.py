"""Builds a box out of Linux namespaces, steps into it, and supervises it. Nothing but the standard library is used, so that it starts quickly.

Run as a program, `python -I -S linux SPEC COMMAND...` runs a command in a box. A warm process (`warm.py`), which has modules imported, forks itself
into boxes instead.

Four processes take part:

- the supervisor (`supervisor.py`) stays outside, measures (`usage.py`, `waiting.py`), and kills;
- the init (`init.py`) is process 1 of the box. It mounts the box (`mounts.py`), drops every right, starts the command and reaps. When it ends,
  the machine's kernel ends all that is in the box;
- the command is what runs there, with a filter of system calls (`seccomp.py`);
- the cgroup helper (`cgroup.py`) makes a memory cgroup where it can, and removes it.

See namespaces(7), user_namespaces(7), pivot_root(2), mount_setattr(2), seccomp(2), capabilities(7), cgroups(7).
"""

# In the box: the working folder, and where sockets lie that the grader connects to.
HOME, SOCKETS = "/home/student", "/run/kernel"
# The folders that may be written to, by the names that they have on their file system.
WRITABLE = {"home": HOME, "tmp": "/tmp", "shm": "/dev/shm", "sockets": SOCKETS}
# Behind the name of a box's report: the file in which the supervisor publishes what the box lost to other programs.
CLOCK = ".clock"
# Exit status: the box could not be built, or the supervisor ended it.
FAULT, ENDED = 125, 124

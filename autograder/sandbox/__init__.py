"""A process behind isolation, and the proof that the isolation holds. Knows no notebook and no Jupyter.

Theory of operation; `docs/security.md` says it at length. Student code is thought hostile. It runs in a box (`box.py`), which a program of the
standard library alone builds (`linux/`), and the grader asks it from outside.

1. Before a box is used, a program in one tries to get out, and all that a box shows is searched for answers (`proof.py`, `probe.py`). Where
   that finds anything, nothing is graded (`backend.py`).
2. The box has namespaces of its own: no other process, no network, no mount of the machine's is there.
3. Its files are a list: Python, the lesson's packages, the system's programs, read-only (`visible.py`, `packages.py`). The grader's folders are
   empty, wherever they lie (`hidden.py`). What is written lies in memory.
4. It has no rights: an unused user or a user namespace, no capability, no new privileges, limits on what each process may take.
5. A filter takes away the system calls that reach other processes or hold memory that nobody counts (`linux/seccomp.py`).
6. A supervisor outside measures memory, processes, files and time, and ends the box. Where the machine allows, a cgroup counts as well.
7. When the grader, the supervisor, the init or the command ends, the machine's kernel ends all that is in the box.

Not held off: a hole in the machine's kernel, and what two boxes on one machine can learn of each other's load. `autograder doctor` examines it.
"""

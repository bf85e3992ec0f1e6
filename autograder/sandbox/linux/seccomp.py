"""The filter of system calls: a table of rules, each with its reason. What no rule names is allowed.

The filter is the inner line of defence: it takes away what reaches other processes and other mounts, and what holds memory that nobody counts.
No lesson needs any of it.
"""

import ctypes
import errno
import os
import struct
from collections import namedtuple

from .bpf import ALLOW, ANY_BIT, ARCHITECTURE, AT_LEAST, CALL, EQUAL, ERROR, FIRST_ARGUMENT, Program
from .libc import (
    CLONE_NEWCGROUP,
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    PR_SET_SECCOMP,
    SECCOMP_MODE_FILTER,
    BoxFault,
    call,
    prctl,
)
from .syscalls import ARCHITECTURES, X32, numbers_of

# `calls`: names of system calls. They get the error `answer`, where all conditions of `when` hold; 0 says that it was done, and nothing is done.
Rule = namedtuple("Rule", "calls answer why when", defaults=((),))
# On the lower 32 bits of an argument, counted from 0. `test`: "one of" or "none of" the values, or "any bit of" the only one.
Condition = namedtuple("Condition", "argument test values")

NEW_NAMESPACES = (
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
)
MAP_SHARED, MAP_ANONYMOUS = 1, 32
# Of this machine, IPv4, IPv6, netlink.
FAMILIES = (1, 2, 10, 16)
SOL_SOCKET = 1
# SO_SNDBUF, SO_RCVBUF, SO_SNDBUFFORCE, SO_RCVBUFFORCE.
BUFFERS = (7, 8, 32, 33)
# F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW.
LOCKS = (6, 7, 37, 38)
# The numbers of the init's two threads in the box.
INIT_THREADS = (1, 2)

RULES = (
    Rule(
        ("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "perf_event_open"),
        errno.EPERM,
        "They reach into other processes.",
    ),
    Rule(
        (
            *("mount", "umount2", "pivot_root", "mount_setattr", "move_mount", "open_tree"),
            *("fsopen", "fsconfig", "fsmount", "fspick"),
        ),
        errno.EPERM,
        "They change what is mounted.",
    ),
    Rule(
        ("name_to_handle_at", "open_by_handle_at"),
        errno.EPERM,
        "They open files without a path, so also those that the box does not show.",
    ),
    Rule(
        ("setns", "unshare"),
        errno.EPERM,
        "In namespaces of its own a program has rights again, and many holes of the machine's kernel were reached that way.",
    ),
    Rule(
        ("clone",),
        errno.EPERM,
        "The same with a new process.",
        (Condition(0, "any bit of", (NEW_NAMESPACES,)),),
    ),
    Rule(
        ("clone3",),
        errno.ENOSYS,
        "Its flags lie in memory, which a filter cannot read. The C library takes clone then.",
    ),
    Rule(
        ("init_module", "finit_module", "kexec_load", "kexec_file_load", "bpf"),
        errno.EPERM,
        "They bring code into the machine's kernel.",
    ),
    Rule(
        ("add_key", "request_key", "keyctl"),
        errno.EPERM,
        "The machine's keyrings are in no namespace.",
    ),
    Rule(
        ("userfaultfd",),
        errno.EPERM,
        "It makes the machine's kernel wait for a program, with which many of its holes were used.",
    ),
    Rule(
        ("io_uring_setup", "io_uring_enter", "io_uring_register"),
        errno.EPERM,
        "They make system calls that no filter sees.",
    ),
    Rule(
        ("memfd_create", "memfd_secret", "shmget", "shmat", "semget", "msgget", "tee", "vmsplice"),
        errno.EPERM,
        "What they keep in memory is counted for no process.",
    ),
    Rule(
        (
            *("splice", "io_setup", "inotify_init", "inotify_init1", "fanotify_init", "seccomp"),
            *("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"),
        ),
        errno.ENOSYS,
        "They hold memory of the machine's kernel. Programs do without where a machine does not have them.",
    ),
    Rule(
        ("prctl",),
        errno.EINVAL,
        "A filter of system calls, in the older way.",
        (Condition(0, "one of", (PR_SET_SECCOMP,)),),
    ),
    Rule(
        ("setxattr", "lsetxattr", "fsetxattr", "setxattrat"),
        errno.ENOTSUP,
        "Extended attributes are kept in memory of the machine's kernel. Programs do without where a file system has none.",
    ),
    Rule(
        ("mmap",),
        errno.ENOTSUP,
        "Shared memory without a file: what nobody maps any more is counted nowhere.",
        (Condition(3, "any bit of", (MAP_ANONYMOUS,)), Condition(3, "any bit of", (MAP_SHARED,))),
    ),
    Rule(
        ("socket",),
        errno.EAFNOSUPPORT,
        "Some families of sockets are not held by a network namespace.",
        (Condition(0, "none of", FAMILIES),),
    ),
    Rule(
        ("setsockopt",),
        0,
        "The sizes of a socket's buffers stay: the supervisor counts each socket with what they hold.",
        (Condition(1, "one of", (SOL_SOCKET,)), Condition(2, "one of", BUFFERS)),
    ),
    Rule(
        ("fcntl",),
        0,
        "Each lock on a part of a file takes memory of the machine's kernel.",
        (Condition(1, "one of", LOCKS),),
    ),
    Rule(
        ("sched_setparam", "sched_setscheduler", "sched_setaffinity", "sched_setattr", "prlimit64"),
        errno.EPERM,
        "The init has the box's own user. Made to wait, it could not be told to stop the others.",
        (Condition(0, "one of", INIT_THREADS),),
    ),
    Rule(
        ("setpriority", "ioprio_set"),
        errno.EPERM,
        "The same; these name the process in their second argument.",
        (Condition(1, "one of", INIT_THREADS),),
    ),
)


def assemble(machine):
    """Assemble the filter for a machine.

    Parameters
    ----------
    machine : str
        "x86_64" or "aarch64".

    Returns
    -------
    bytes
        An array of struct sock_filter.

    Raises
    ------
    BoxFault
        If there are no numbers for this machine.
    """
    if machine not in ARCHITECTURES:
        raise BoxFault(f"no list of system calls for {machine}")
    program = Program()
    # Calls of another architecture have other numbers: none of them is made.
    program.load(ARCHITECTURE)
    program.jump(EQUAL, ARCHITECTURES[machine], yes="own architecture")
    program.give(ERROR | errno.EPERM)
    program.label("own architecture")
    program.load(CALL)
    program.jump(AT_LEAST, X32, no="own numbers")
    program.give(ERROR | errno.EPERM)
    program.label("own numbers")
    for index, rule in enumerate(RULES):
        _add(program, f"rule {index}", rule, machine)
    program.give(ALLOW)
    return program.assemble()


def _add(program, name, rule, machine):
    """Write a rule down. The number of the call is loaded before, and afterwards if the rule is not for it."""
    *others, last = numbers_of(rule.calls, machine)
    for number in others:
        program.jump(EQUAL, number, yes=f"{name}: named")
    program.jump(EQUAL, last, no=f"{name}: not named")
    program.label(f"{name}: named")
    for index, condition in enumerate(rule.when):
        _add_condition(program, f"{name}, condition {index}", condition, f"{name}: allowed")
    program.give(ERROR | rule.answer)
    if rule.when:
        program.label(f"{name}: allowed")
        program.give(ALLOW)
    program.label(f"{name}: not named")


def _add_condition(program, name, condition, otherwise):
    """Write a condition down: on where it holds, else to a label."""
    argument, test, values = condition
    program.load(FIRST_ARGUMENT + 8 * argument)
    if test == "any bit of":
        program.jump(ANY_BIT, *values, no=otherwise)
    elif test == "none of":
        for value in values:
            program.jump(EQUAL, value, yes=otherwise)
    else:
        for value in values[:-1]:
            program.jump(EQUAL, value, yes=f"{name}: holds")
        program.jump(EQUAL, values[-1], no=otherwise)
        program.label(f"{name}: holds")


def install():
    """Put the filter on this process and all that it will start.

    Raises
    ------
    BoxFault
        If the machine has no such filters, or there are no numbers for it.
    """
    text = assemble(os.uname().machine)
    buffer = ctypes.create_string_buffer(text)
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(text) // 8, ctypes.addressof(buffer)))
    call("system call filter", prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program)))

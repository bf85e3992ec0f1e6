"""The filter of system calls, read back: the assembled program is run by a small interpreter of classic BPF, rule by rule, for both machines."""

from __future__ import annotations

import errno
import itertools
import os
import struct
import sys

import pytest

pytest.importorskip("resource", reason="the sandbox needs Linux")
if not sys.platform.startswith("linux"):
    pytest.skip("the sandbox needs Linux", allow_module_level=True)

from autograder.sandbox.linux import bpf, seccomp, syscalls
from autograder.sandbox.linux.libc import BoxFault

X86_64, AARCH64 = 0xC000003E, 0xC00000B7
ARCHITECTURES = {"x86_64": X86_64, "aarch64": AARCH64}
ALLOWED = "allowed"
FAR = 0xFFFFFFFF


def run(program: bytes, number: int, *arguments: int, architecture: int) -> str:
    """Run a program as the machine's kernel does (Documentation/userspace-api/seccomp_filter.rst); returns "allowed" or the name of the error."""
    data = struct.pack("IIQ6Q", number, architecture, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    lines = list(struct.iter_unpack("HBBI", program))
    at = word = 0
    for _ in lines:
        code, yes, no, value = lines[at]
        at += 1
        if code == 0x20:  # BPF_LD | BPF_W | BPF_ABS
            (word,) = struct.unpack_from("I", data, value)
        elif code == 0x15:  # BPF_JMP | BPF_JEQ | BPF_K
            at += yes if word == value else no
        elif code == 0x35:  # BPF_JMP | BPF_JGE | BPF_K
            at += yes if word >= value else no
        elif code == 0x45:  # BPF_JMP | BPF_JSET | BPF_K
            at += yes if word & value else no
        elif code == 0x06:  # BPF_RET | BPF_K
            return _meaning(value)
        else:
            raise AssertionError(f"an instruction that no filter may have: {code:#x}")
    raise AssertionError("the program does not end")


def _meaning(answer: int) -> str:
    if answer == 0x7FFF0000:  # SECCOMP_RET_ALLOW
        return ALLOWED
    assert answer & 0xFFFF0000 == 0x00050000, hex(answer)  # SECCOMP_RET_ERRNO
    return errno.errorcode[answer & 0xFFFF] if answer & 0xFFFF else "done"


@pytest.fixture(params=ARCHITECTURES)
def said(request):
    """Says what the filter of a machine does with a call, by its number and arguments there; `said.machine` is the machine."""
    program = seccomp.assemble(request.param)

    def answer(number: int, *arguments: int) -> str:
        return run(program, number, *arguments, architecture=ARCHITECTURES[request.param])

    answer.machine = request.param
    return answer


# What the rules say, a second time: (x86-64, arm64), the answer, and arguments for which it is given. None: there is no such call.
REFUSED = {
    "ptrace": (101, 117, "EPERM"),
    "process_vm_readv": (310, 270, "EPERM"),
    "process_vm_writev": (311, 271, "EPERM"),
    "pidfd_getfd": (438, 438, "EPERM"),
    "perf_event_open": (298, 241, "EPERM"),
    "mount": (165, 40, "EPERM"),
    "umount2": (166, 39, "EPERM"),
    "pivot_root": (155, 41, "EPERM"),
    "mount_setattr": (442, 442, "EPERM"),
    "move_mount": (429, 429, "EPERM"),
    "open_tree": (428, 428, "EPERM"),
    "fsopen": (430, 430, "EPERM"),
    "fsconfig": (431, 431, "EPERM"),
    "fsmount": (432, 432, "EPERM"),
    "fspick": (433, 433, "EPERM"),
    "name_to_handle_at": (303, 264, "EPERM"),
    "open_by_handle_at": (304, 265, "EPERM"),
    "setns": (308, 268, "EPERM"),
    "unshare": (272, 97, "EPERM"),
    "clone3": (435, 435, "ENOSYS"),
    "init_module": (175, 105, "EPERM"),
    "finit_module": (313, 273, "EPERM"),
    "kexec_load": (246, 104, "EPERM"),
    "kexec_file_load": (320, 294, "EPERM"),
    "bpf": (321, 280, "EPERM"),
    "add_key": (248, 217, "EPERM"),
    "request_key": (249, 218, "EPERM"),
    "keyctl": (250, 219, "EPERM"),
    "userfaultfd": (323, 282, "EPERM"),
    "io_uring_setup": (425, 425, "EPERM"),
    "io_uring_enter": (426, 426, "EPERM"),
    "io_uring_register": (427, 427, "EPERM"),
    "memfd_create": (319, 279, "EPERM"),
    "memfd_secret": (447, 447, "EPERM"),
    "shmget": (29, 194, "EPERM"),
    "shmat": (30, 196, "EPERM"),
    "semget": (64, 190, "EPERM"),
    "msgget": (68, 186, "EPERM"),
    "tee": (276, 77, "EPERM"),
    "vmsplice": (278, 75, "EPERM"),
    "splice": (275, 76, "ENOSYS"),
    "io_setup": (206, 0, "ENOSYS"),
    "inotify_init": (253, None, "ENOSYS"),
    "inotify_init1": (294, 26, "ENOSYS"),
    "fanotify_init": (300, 262, "ENOSYS"),
    "seccomp": (317, 277, "ENOSYS"),
    "landlock_create_ruleset": (444, 444, "ENOSYS"),
    "landlock_add_rule": (445, 445, "ENOSYS"),
    "landlock_restrict_self": (446, 446, "ENOSYS"),
    "setxattr": (188, 5, "ENOTSUP"),
    "lsetxattr": (189, 6, "ENOTSUP"),
    "fsetxattr": (190, 7, "ENOTSUP"),
    "setxattrat": (463, 463, "ENOTSUP"),
}
# Calls whose answer depends on their arguments: numbers, answer, arguments that get it, arguments that do not.
FRESH = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]
THREAD = 0x3D0F00  # what the C library gives clone for a thread
INIT_FIRST = ([(1,), (2,)], [(0,), (3,), (FAR,)])
INIT_SECOND = ([(0, 1), (0, 2)], [(1, 0), (2, 3), (0, FAR)])
CONDITIONAL = {
    "clone": (56, 220, "EPERM", [(flag,) for flag in FRESH] + [(THREAD | FRESH[0],)], [(0,), (17,), (THREAD,)]),
    "prctl": (157, 167, "EINVAL", [(22,), (22, 2)], [(0,), (21,), (38,), (1, 22)]),
    "mmap": (9, 222, "ENOTSUP", [(0, 9, 3, 33), (0, 9, 3, 35)], [(0, 9, 3, 34), (0, 9, 3, 1), (0, 9, 3, 2), (33, 33, 33, 0)]),
    "socket": (41, 198, "EAFNOSUPPORT", [(0,), (3,), (17,), (31,), (38,), (40,), (FAR,)], [(1,), (2,), (10,), (16,)]),
    "setsockopt": (54, 208, "done", [(9, 1, option) for option in (7, 8, 32, 33)], [(9, 1, 6), (9, 1, 9), (9, 6, 7), (7, 0, 8), (1, 7, 1)]),
    "fcntl": (72, 25, "done", [(9, command) for command in (6, 7, 37, 38)], [(9, 1), (9, 5), (9, 36), (6, 2), (37, 3)]),
    "sched_setparam": (142, 118, "EPERM", *INIT_FIRST),
    "sched_setscheduler": (144, 119, "EPERM", *INIT_FIRST),
    "sched_setaffinity": (203, 122, "EPERM", *INIT_FIRST),
    "sched_setattr": (314, 274, "EPERM", *INIT_FIRST),
    "prlimit64": (302, 261, "EPERM", *INIT_FIRST),
    "setpriority": (141, 140, "EPERM", *INIT_SECOND),
    "ioprio_set": (251, 30, "EPERM", *INIT_SECOND),
}  # fmt: skip
# Some that programs need: read, write, openat, close, execve, exit_group, futex, rt_sigaction, connect, sendfile, getxattr.
FREE = [(0, 63), (1, 64), (257, 56), (3, 57), (59, 221), (231, 94), (202, 98), (13, 134), (42, 203), (40, 71), (191, 8)]


def number_of(named: tuple, machine: str) -> int | None:
    return named[list(ARCHITECTURES).index(machine)]


@pytest.mark.parametrize("call", REFUSED)
def test_what_a_rule_refuses_is_refused_whatever_its_arguments(said, call):
    number, answer = number_of(REFUSED[call], said.machine), REFUSED[call][2]
    if number is not None:
        for arguments in ((), (1,), (FAR,) * 6, (3, 2, 1, 34)):
            assert said(number, *arguments) == answer


@pytest.mark.parametrize("call", CONDITIONAL)
def test_what_a_rule_refuses_by_its_arguments_is_refused_then_and_only_then(said, call):
    _, _, answer, refused, free = CONDITIONAL[call]
    number = number_of(CONDITIONAL[call], said.machine)
    assert {arguments: said(number, *arguments) for arguments in refused} == dict.fromkeys(refused, answer)
    assert {arguments: said(number, *arguments) for arguments in free} == dict.fromkeys(free, ALLOWED)


def test_the_upper_half_of_an_argument_hides_nothing(said):
    upper = 1 << 32
    assert said(number_of(CONDITIONAL["prctl"], said.machine), upper | 22) == "EINVAL"
    assert said(number_of(CONDITIONAL["clone"], said.machine), upper | 0x10000000) == "EPERM"
    assert said(number_of(CONDITIONAL["socket"], said.machine), upper | 40) == "EAFNOSUPPORT"


def test_what_no_rule_names_is_allowed(said):
    named = {number_of(about, said.machine) for about in (*REFUSED.values(), *CONDITIONAL.values())}
    for numbers in FREE:
        assert said(number_of(numbers, said.machine)) == ALLOWED
    for number in set(range(600)) - named:
        for arguments in ((), (1, 1, 7, 33), (22,), (FAR,) * 6):
            assert said(number, *arguments) == ALLOWED


def test_calls_of_another_architecture_are_refused(said):
    program = seccomp.assemble(said.machine)
    for other in {X86_64, AARCH64, 0x40000003, 0x40000028} - {ARCHITECTURES[said.machine]}:
        for number in (0, 1, 101, 117, 600):
            assert run(program, number, architecture=other) == "EPERM"


def test_the_x32_numbers_are_refused(said):
    for number in (0x40000000, 0x40000000 | 59, 0x7FFFFFFF, FAR):
        assert said(number) == "EPERM"
    assert said(0x3FFFFFFF) == ALLOWED


def test_every_rule_has_its_reason_and_is_read_back_here():
    calls = [call for rule in seccomp.RULES for call in rule.calls]
    assert len(calls) == len(set(calls))
    assert set(calls) == {*REFUSED, *CONDITIONAL} == set(syscalls.NUMBERS)
    assert all(rule.why.endswith(".") and len(rule.why) > 20 for rule in seccomp.RULES)
    assert {call for rule in seccomp.RULES if rule.when for call in rule.calls} == set(CONDITIONAL)


def test_a_machine_without_numbers_gets_no_box():
    with pytest.raises(BoxFault, match="riscv64"):
        seccomp.assemble("riscv64")


def test_the_filter_is_no_longer_than_the_machines_kernel_takes():
    assert max(len(seccomp.assemble(machine)) // 8 for machine in ARCHITECTURES) <= 4096  # BPF_MAXINSNS


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the header is another machine's")
def test_the_numbers_are_those_of_the_machines_own_header():
    header = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"
    if not os.path.exists(header):
        pytest.skip("no header of the machine's kernel")
    with open(header, encoding="utf-8") as file:
        lines = [line.split() for line in file if line.startswith("#define __NR_")]
    known = {line[1].removeprefix("__NR_"): int(line[2]) for line in lines}
    for call, (number, _) in syscalls.NUMBERS.items():
        assert known.get(call, number) == number, call


# -- the assembler ----------------------------------------------------------------------------------------------------


def test_a_jump_leads_to_its_label_over_any_number_of_lines():
    for between in (0, 1, 5, 254):
        program = bpf.Program()
        program.load(bpf.CALL)
        program.jump(bpf.EQUAL, 7, yes="found")
        for _ in range(between):
            program.give(bpf.ERROR | errno.EPERM)
        program.label("found")
        program.give(bpf.ALLOW)
        assert run(program.assemble(), 7, architecture=X86_64) == ALLOWED
        assert run(program.assemble(), 8, architecture=X86_64) == ("EPERM" if between else ALLOWED)


@pytest.mark.parametrize("wrong", ["nowhere", "back", "too far", "behind the end"])
def test_a_jump_that_cannot_be_made_is_an_error(wrong):
    program = bpf.Program()
    if wrong == "back":
        program.label("there")
    program.jump(bpf.EQUAL, 7, yes="there")
    for _ in itertools.repeat(None, 300 if wrong == "too far" else 3):
        program.give(bpf.ALLOW)
    if wrong in ("too far", "behind the end"):
        program.label("there")
    if wrong == "too far":
        program.give(bpf.ALLOW)
    with pytest.raises(ValueError, match="no way"):
        program.assemble()


def test_a_label_stands_once():
    program = bpf.Program()
    program.label("here")
    with pytest.raises(ValueError, match="two labels"):
        program.label("here")

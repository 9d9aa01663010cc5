"""What a submission may ask of the kernel: calls of a list (seccomp).

It holds for the process that puts it on until it ends, needs no rights, and stands in a container
as well. The list is short: to read, to have memory, to know the time, to end. All else is refused,
what kernels to come will add, too. Imports the standard library alone.

(The filter: https://docs.kernel.org/userspace-api/seccomp_filter.html)
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from errno import ENOSYS, EPERM
from functools import cache
from pathlib import Path
from typing import Final

LIBC: Final = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
"""Through which the kernel is asked."""

MACHINES: Final = {"x86_64": (1, 0xC000003E, 317), "aarch64": (2, 0xC00000B7, 277)}
"""Of each processor: its column in the table, its name in the kernel (AUDIT_ARCH), and seccomp."""

CALLS: Final = """
    read       0  63    readv         19  65    pread64        17  67    lseek         8  62
    write      1  64    writev        20  66    close           3  57    getdents64  217  61
    openat   257  56    newfstatat   262  79    fstat           5  80    statx       332 291
    getcwd    79  17    chdir         80  49    fchdir         81  50    readlinkat  267  78
    dup       32  23    dup3         292  24    faccessat     269  48    faccessat2  439 439
    fcntl     72  25    ioctl         16  29    prlimit64     302 261    getrlimit    97 163
    mmap       9 222    munmap        11 215    mprotect       10 226    mremap       25 216
    brk       12 214    madvise       28 233    futex         202  98    getrandom   318 278
    kill      62 129    tgkill       234 131    rt_sigaction   13 134    rt_sigprocmask 14 135
    exit      60  93    exit_group   231  94    rt_sigreturn   15 139    sigaltstack 131 132
    times    100 153    clock_gettime 228 113   clock_getres  229 114    clock_nanosleep 230 115
    getrusage 98 165    gettimeofday  96 169    nanosleep      35 101    restart_syscall 219 128
    setitimer 38 103    getitimer     36 102    getpriority   140 141    setpriority 141 140
    getpid    39 172    getppid      110 173    gettid        186 178    uname        63 160
    getuid   102 174    geteuid      107 175    getgid        104 176    getegid     108 177
    getgroups 115 158   sched_yield   24 124    sched_getaffinity 204 123
    open       2   -    stat           4   -    lstat           6   -    access       21   -
    readlink  89   -    dup2          33   -    alarm          37   -    time        201   -
    getpgrp  111   -
"""
"""What Python and numpy need once they are imported, by its numbers on x86_64 and on aarch64, which
lacks some."""

CLONE3: Final = 435
"""Without it, the C library tries ``clone``, and believes that this one is refused."""

ONLY_WRITES, READ_WRITES, CREATES, EMPTIES = 0o1, 0o2, 0o100, 0o1000
TEMPORARY: Final = 0o20000000
"""Flags of ``open``: O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, and __O_TMPFILE."""
READING: Final = TEMPORARY | CREATES | EMPTIES | ONLY_WRITES | READ_WRITES, (0,)
OPENING: Final = (
    TEMPORARY | EMPTIES | ONLY_WRITES | READ_WRITES,
    (0, ONLY_WRITES, READ_WRITES, ONLY_WRITES | EMPTIES, READ_WRITES | EMPTIES),
)
"""Which of them count, and what they may be: where all that is opened must be to read; and where
Landlock looks at what is opened to write, but not at what is emptied when opened to read."""
ALL = 0xFFFFFFFF
FIRST, SECOND, THIRD, THIRD_HIGH, FOURTH = 0, 2, 4, 5, 6
"""Arguments, counted in halves: the lower one says all, but of a pointer."""

LOAD, AND, EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06
"""The instructions of the kernel's filters that are needed here (BPF)."""
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050000, 0x80000000
"""What a filter answers: SECCOMP_RET_ALLOW, _ERRNO, to which the error is added, _KILL_PROCESS."""
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16
"""Where a filter finds the number that is called, for which processor, and the arguments."""
SET_FILTER, AT_NO_COST = 1, 4
"""SECCOMP_SET_MODE_FILTER; SECCOMP_FILTER_FLAG_SPEC_ALLOW: not slower for being filtered."""

OWN: Final = 0x7A5E1D0B
"""Stands for the number of the process itself, greater than any that there is."""
STEP: Final = 8
"""Bytes of an instruction."""

Bits = tuple[int, tuple[int, ...]]
"""Those bits of an argument that count, and what they may be."""
Filter = list[tuple[int, int, int, int]]
"""Instructions: what to do, how many to skip where it is so and where it is not, and a number."""


def prctl(option: int, value: int = 0) -> None:
    """Asks for an option of the process itself, on Linux."""
    if LIBC is not None:
        LIBC.prctl(option, value, 0, 0, 0)


def children(pid: int) -> list[int]:
    """The processes that a process has started, or that it has been left, oldest first."""
    try:
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except OSError:
        return []


def below(pid: int) -> list[int]:
    """A process, and all that have it for a forebear: the young after the old."""
    return [pid, *(each for child in children(pid) for each in below(child))]


def close(landlock: bool) -> None:
    """Refuses the calling process all but what is listed, for ever, where the machine can do that.
    Where there is no ``landlock``, no file can be opened for writing, not even one that swallows
    all."""
    code = written(OPENING if landlock else READING)
    if code and LIBC is not None:
        code = code.replace(struct.pack("=I", OWN), struct.pack("=I", os.getpid()))
        place = ctypes.create_string_buffer(code, len(code))
        given = struct.pack("@HP", len(code) // STEP, ctypes.addressof(place))
        LIBC.syscall(MACHINES[os.uname().machine][2], SET_FILTER, AT_NO_COST, given)


@cache
def written(opened: Bits) -> bytes:
    """The filter as the kernel reads it, but with OWN in the place of the process' number; nothing
    where the processor is not known."""
    known = MACHINES.get(os.uname().machine)
    steps = _filter(*known[:2], opened) if known is not None else []
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _filter(column: int, machine: int, opened: Bits) -> Filter:
    """The calls of the table, some of them with the arguments of :func:`_rules` only."""
    rules = _rules(opened)
    steps: Filter = [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, machine), (RETURN, 0, 0, KILL)]
    steps += [(LOAD, 0, 0, NUMBER), *_when(CLONE3, [(RETURN, 0, 0, REFUSE | ENOSYS)])]
    words = CALLS.split()
    for name, number in zip(words[::3], words[column::3], strict=True):
        if number != "-":
            tests = [test for rule in rules.get(name, ()) for test in _test(*rule)]
            steps += _when(int(number), [*tests, (RETURN, 0, 0, ALLOW)])
    return [*steps, (RETURN, 0, 0, REFUSE | EPERM)]


def _when(number: int, do: Filter) -> Filter:
    return [(EQUAL, 0, len(do), number), *do]


def _test(half: int, bits: int, allowed: tuple[int, ...]) -> Filter:
    """Refuses where the ``bits`` of an argument are none of ``allowed``."""
    last = len(allowed)
    matches = [(EQUAL, last - i, 0, value) for i, value in enumerate(allowed)]
    refuse = (RETURN, 0, 0, REFUSE | EPERM)
    return [(LOAD, 0, 0, ARGUMENTS + 4 * half), (AND, 0, 0, bits), *matches, refuse]


def _rules(opened: Bits) -> dict[str, tuple[tuple[int, int, tuple[int, ...]], ...]]:
    """For a call: an argument, its bits that count, and what they may be."""
    priority = (FIRST, ALL, (0,)), (SECOND, ALL, (0, OWN))  # PRIO_PROCESS
    return {
        # FUTEX_PRIVATE_FLAG: else one process could wake another by a page of a library
        "futex": ((SECOND, 0x80, (0x80,)),),
        # a file's or MAP_ANONYMOUS, but neither MAP_SHARED of no file nor MAP_HUGETLB
        "mmap": ((FOURTH, 0x40021, (0x00, 0x20, 0x01)),),
        # MADV_NORMAL, _RANDOM, _DONTNEED, _FREE, _HUGEPAGE, _NOHUGEPAGE: not _MERGEABLE
        "madvise": ((THIRD, ALL, (0, 1, 4, 8, 14, 15)),),
        # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC: no lock, lease or notice
        "fcntl": ((SECOND, ALL, (0, 1, 2, 3, 1030)),),
        # TCGETS and TIOCGWINSZ, which ask for a terminal, FIONCLEX, FIOCLEX
        "ioctl": ((SECOND, ALL, (0x5401, 0x5413, 0x5450, 0x5451)),),
        "open": ((SECOND, *opened),),
        "openat": ((THIRD, *opened),),
        "kill": ((FIRST, ALL, (OWN,)),),
        "tgkill": ((FIRST, ALL, (OWN,)),),
        "getpriority": priority,
        "setpriority": priority,
        "sched_getaffinity": ((FIRST, ALL, (0, OWN)),),
        # limits are read, not set
        "prlimit64": ((FIRST, ALL, (0, OWN)), (THIRD, ALL, (0,)), (THIRD_HIGH, ALL, (0,))),
    }

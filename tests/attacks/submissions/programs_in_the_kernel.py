"""Gives programs to the kernel, and has it count what others do (bpf, perf, a filter of its own)."""

# expect: honest
import ctypes
import os

import honest

LIBC = ctypes.CDLL(None)
BPF, PERF, SECCOMP = {"x86_64": (321, 298, 317)}.get(os.uname().machine, (280, 241, 277))
MAP = (ctypes.c_uint32 * 32)(1, 4, 4, 1)  # BPF_MAP_CREATE: a table of one number
COUNTER = (ctypes.c_uint64 * 16)(1 | 128 << 32, 1)  # PERF_TYPE_SOFTWARE
ALLOW = (ctypes.c_uint64 * 1)(0x7FFF0000_00000006)
PROGRAM = (ctypes.c_uint64 * 2)(1, ctypes.addressof(ALLOW))
LIBC.prctl(38, 1, 0, 0, 0)  # no new privileges, which a filter needs
DONE = [
    LIBC.syscall(BPF, 0, MAP, 128),
    LIBC.syscall(PERF, COUNTER, 0, -1, -1, 0),
    LIBC.syscall(SECCOMP, 1, 0, PROGRAM),
    LIBC.prctl(22, 2, PROGRAM, 0, 0),
]


class Value(honest.Value):
    fooled = max(DONE) >= 0

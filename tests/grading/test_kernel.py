"""What a submission may ask of the kernel."""

from __future__ import annotations

import errno

import pytest
from grading.conftest import HONEST
from grading.one_submission import BARE, LINUX, submitted
from truths import ROOT

from harness.grading.sandbox import kernel
from harness.grading.sandbox.children import Limits
from harness.grading.sandbox.walls import Sandbox, Walls, strongest
from harness.language.case import load

PLAIN = """
import asyncio, contextlib, ctypes, hashlib, inspect, logging, multiprocessing, os, pathlib, pdb
import platform, random, resource, signal, sqlite3, ssl, subprocess, threading, time, uuid
import numpy as np, numpy.fft, numpy.linalg, numpy.random, numpy.testing

with contextlib.redirect_stdout(open(os.devnull, "w")):
    print(np.linalg.inv(np.random.default_rng(1).normal(size=(200, 200))))
large = np.ones(30_000_000)
large = np.fft.fft(large[:1000]) + ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 3)()
assert np.memmap("engine.py", mode="r").size == len(pathlib.Path("engine.py").read_bytes())
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.001)
time.sleep(0.01)
os.kill(os.getpid(), 0)
found = os.urandom(8), os.times(), uuid.uuid4(), list(os.walk(".")), inspect.getsource(Value)
found += resource.getrlimit(resource.RLIMIT_AS), platform.platform(), time.strftime("%c")
threading.RLock().acquire()
"""


@LINUX
@pytest.mark.parametrize("walls", [None, BARE], ids=["strong", "weak"])
def test_python_and_numpy_work_as_ever(walls: Walls | None) -> None:
    with Sandbox(walls or strongest(Limits())[0], Limits()) as running:
        engine = submitted(running, f"{HONEST}\n{PLAIN}")
        program = load(ROOT / "cases/scalars/add.yaml", "add", ROOT / "cases").program
        assert engine.run(program).failure is None


def answer(column: int, opened: kernel.Bits, called: int, *arguments: int) -> int:
    """What the kernel's filter says to a call, worked out step by step as the kernel does."""
    machine = {found[0]: found[1] for found in kernel.MACHINES.values()}[column]
    halves = [half for one in (*arguments, *[0] * 6) for half in (one & kernel.ALL, one >> 32)]
    data = [called, machine, 0, 0, *halves]
    steps, at, value = kernel._filter(column, machine, opened), 0, 0
    while True:
        kind, yes, no, number = steps[at]
        at += 1
        if kind == kernel.RETURN:
            return number
        if kind == kernel.LOAD:
            value = data[number // 4]
        elif kind == kernel.AND:
            value &= number
        else:
            at += yes if value == number else no


REFUSED = kernel.REFUSE | errno.EPERM


READ, SOCKET, FCNTL, OPENAT, MMAP, LIMITS = (
    (0, 63),
    (41, 198),
    (72, 25),
    (257, 56),
    (9, 222),
    (302, 261),
)


@pytest.mark.parametrize("column", [1, 2], ids=["x86_64", "aarch64"])
@pytest.mark.parametrize("opened", [kernel.OPENING, kernel.READING], ids=["Landlock", "without"])
def test_the_list_of_calls_is_one_for_all_processors(column: int, opened: kernel.Bits) -> None:
    def asked(numbers: tuple[int, int], *arguments: int) -> int:
        return answer(column, opened, numbers[column - 1], *arguments)

    assert asked(READ) == kernel.ALLOW
    assert asked(SOCKET) == asked((1 << 30, 1 << 30)) == asked((9999, 9999)) == REFUSED
    assert answer(column, opened, kernel.CLONE3) == kernel.REFUSE | errno.ENOSYS
    assert asked(FCNTL, 0, 1) == kernel.ALLOW  # F_GETFD
    assert {asked(FCNTL, 0, locks) for locks in (5, 6, 7, 36, 37, 38, 1024, 1026)} == {REFUSED}
    assert {asked(MMAP, 0, 1, 3, flags) for flags in (0x22, 0x02, 0x01)} == {kernel.ALLOW}
    assert {asked(MMAP, 0, 1, 3, flags) for flags in (0x21, 0x23, 0x40022)} == {REFUSED}
    assert asked(LIMITS, 0, 7, 0) == asked(LIMITS, kernel.OWN, 7, 0) == kernel.ALLOW
    assert asked(LIMITS, 1, 7, 0) == REFUSED
    assert {asked(LIMITS, 0, 7, new) for new in (1, 1 << 32)} == {REFUSED}
    assert asked(OPENAT, 0, 0, 0o2000000) == kernel.ALLOW
    assert {asked(OPENAT, 0, 0, flags) for flags in (0o1000, 0o20200002)} == {REFUSED}
    to_nowhere = asked(OPENAT, 0, 0, 0o1101)
    assert to_nowhere == (kernel.ALLOW if opened is kernel.OPENING else REFUSED)

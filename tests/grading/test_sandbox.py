"""The sandbox as the judge sees it: its clock, its budgets, and what it leaves behind."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import needs
import numpy as np
import pytest
from grading.conftest import HONEST
from truths import ROOT

from harness.engines import reference
from harness.engines.trace import Trace
from harness.grading import wire
from harness.grading.fence import Fence
from harness.grading.remote import RemoteEngine
from harness.grading.sandbox import bubblewrap, canaries, children, kernel
from harness.grading.sandbox import walls as offered
from harness.grading.sandbox.children import Child, Forked, Late, Limits, Runner
from harness.grading.sandbox.walls import Sandbox, Walls, strongest
from harness.judging.examination import examine, in_another_order
from harness.judging.oracle import Oracle
from harness.judging.result import as_json
from harness.judging.verdict import judge
from harness.language.case import load

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux' walls")
BARE = Walls(bubblewrap=False, namespaces=False, user=False, keeper=True)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    walls, _ = strongest(Limits())
    with Sandbox(walls, Limits(case=1.0, submission=3.0)) as running:
        yield running


class Clock:
    """The sandbox' clock, which stands unless a test moves it."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(children, "time", found)
    return found


def submitted(box: Sandbox, text: str) -> RemoteEngine:
    """A submission of one file as an engine."""
    return RemoteEngine(
        box, {"files": box.pack({"engine.py": text.encode()}), "entry": "engine.py"}
    )


class Slow(Forked):
    """Pipes to a child that has had no processor for ``share`` of the time."""

    def __init__(self, share: float, clock: Clock) -> None:
        (self.theirs, requests), (replies, self.answers) = os.pipe(), os.pipe()
        super().__init__(Runner(Limits()), requests, replies)
        self.share, self.clock, self.begin = share, clock, clock.now

    def _stalled(self) -> float:
        return self.share * (self.clock.now - self.begin)

    def select(self, _: Any, writing: list[int], __: Any, seconds: float) -> Any:
        """Time passes where one waits."""
        self.clock.now += 0.0 if writing else seconds
        return [], writing, []


@pytest.mark.parametrize(("share", "most"), [(0.0, 0.1), (0.75, 0.4), (1.0, 0.5)])
def test_the_clock_stands_while_a_submission_has_no_processor(
    share: float, most: float, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five times the limit is the most; without a stall the limit is the limit."""
    child = Slow(share, clock)
    monkeypatch.setattr(children, "select", child)
    with pytest.raises(Late):
        child.ask(b"question\n", 0.1, 100)
    assert clock.now == pytest.approx(most, abs=4 * children.LEAST_STALL)
    assert child.spent == pytest.approx(0.1, abs=children.LEAST_STALL)


def test_only_what_a_submission_takes_is_charged(
    box: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its start nor the judge's own time."""
    start = box.start

    def slowly() -> Child:
        clock.now += 100.0
        return start()

    monkeypatch.setattr(box, "start", slowly)
    engine = submitted(box, HONEST)
    clock.now += 100.0
    program = load(ROOT / "cases/scalars/add.yaml", "add", ROOT / "cases").program
    assert engine.run(program).failure is None
    assert engine.left["cases"] == box.limits.submission


def test_what_the_judge_asks_again_costs_the_submission_nothing(
    box: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Forked._line

    def slowly(child: Forked, most: int) -> bytes:
        clock.now += 0.4
        return line(child, most)

    monkeypatch.setattr(Forked, "_line", slowly)
    wrong = "Value.__add__ = lambda self, _: self\n"
    engine = submitted(box, f"{HONEST}\n{wrong}")
    case = load(ROOT / "cases/scalars/add.yaml", "add", ROOT / "cases")
    left = dict(engine.left)
    engine.next_case()
    assert not examine(engine, case, Oracle("recorded").truth(case)).passed
    assert left["cases"] - engine.left["cases"] == pytest.approx(0.4)
    assert left["again"] - engine.left["again"] >= 0.4


def test_answers_beyond_the_usual_length_are_counted(box: Sandbox) -> None:
    """A megabyte a reply, but not in every reply: the gradebook would be full of them."""
    long = "class Value(Value):\n    def backward(self, upstream=1.0):\n"
    text = f"{HONEST}\nimport numpy\n{long}        self.grad = numpy.ones(30_000)\n"
    engine = submitted(box, text)
    program = load(ROOT / "cases/scalars/add.yaml", "add", ROOT / "cases").program
    traces = [engine.run(program) for _ in range(30)]
    assert traces[0].gradients and traces[0].failure is None
    assert traces[-1].failure is not None
    assert sum(array.size for one in traces for array in one.gradients.values()) < 600_000


def test_a_case_that_ends_the_process_is_not_asked_twice(box: Sandbox, tmp_path: Path) -> None:
    """To look into it costs a restart, and there are three for the cases to come."""
    text = f"{HONEST}\nimport os\nValue.__sub__ = lambda *_: os._exit(0)\n"
    engine = submitted(box, text)
    path = tmp_path / "twice.yaml"
    path.write_text("about: x\ninputs: {x: 3, y: 4}\nexpr: (x - y) * (y - x)\n")
    case = load(path, "twice", path.parent)
    assert in_another_order(case.program) is not None
    verdict = examine(engine, case, reference.evaluate(case.program))
    assert verdict.trace.ended and engine.deaths == 1


@LINUX
def test_a_worker_keeps_no_dead_processes(box: Sandbox) -> None:
    def ask(child: Child) -> None:
        child.ask(wire.to_line({"files": {}, "entry": "engine.py"}), 20.0, 1000)

    for _ in range(20):
        ask(box.start())
    assert box.process is not None
    pid = str(box.process.pid)
    below = [pid]
    while pid := next(iter(_children(pid)), ""):
        below.append(pid)
    assert sum(len(_children(pid)) for pid in below) <= 4


def _children(pid: str) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.parametrize("case", ["outer_product", "index_repeats", "layer_norm_rows", "less_than"])
def test_a_column_and_a_row_do_not_fill_the_memory_of_the_judge(case: str) -> None:
    """What a submission answers has any shape that it likes, and is put into torch's place."""
    path = next((ROOT / "cases/arrays").glob(f"{case}*.yaml"))
    found = load(path, path.name, path.parent)
    right = Oracle("recorded").truth(found)
    shapes = ((1, 30_000), (30_000, 1))
    answers = [
        {name: np.ones(shapes[(i + turn) % 2]) for i, name in enumerate(right.values)}
        for turn in range(2)
    ]
    begin = time.process_time()
    for answer in answers:
        gradients = {name: answer[name] for name in right.gradients}
        for values in (answer, right.values):
            verdict = judge(found, right, Trace(values, gradients))
            assert as_json("x", [(path.name, verdict)])["score"] < 1
    assert time.process_time() - begin < 20.0


def test_a_python_without_site_packages_is_bound_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as Debian's: a folder that is not there cannot be covered in a read-only place."""
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    covered = f"/python/lib/{tmp_path.name}/site-packages"
    assert covered not in bubblewrap.command(sys.executable, {}, True, True)
    (tmp_path / "site-packages").mkdir()
    assert covered in bubblewrap.command(sys.executable, {}, True, True)


@pytest.mark.parametrize("place", ["/", "/tmp"])
def test_the_folder_that_one_is_in_weakens_nothing(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sandbox has a / and a /tmp, too: of its own."""
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", place)
    assert all(strongest(Limits())[1].values())


@LINUX
def test_numpy_is_copied_where_another_user_cannot_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As below a folder that is root's alone; the harness's own files are linked, and so closed."""
    (tmp_path / "closed/numpy").mkdir(parents=True)
    (tmp_path / "closed/numpy/__init__.py").touch(0o600)
    (tmp_path / "closed").chmod(0o700)
    places = {name: tmp_path / "closed/numpy" for name in ("numpy", "harness/language")}
    monkeypatch.setattr(bubblewrap, "packages", lambda: places)
    for user in (True, False):
        with Sandbox(replace(BARE, user=user), Limits()) as running:
            found = Path(running.dependencies)
            assert (found / "numpy").is_symlink() != user
            assert (found / "harness/language").is_symlink()
            if user:
                assert (found / "numpy/__init__.py").stat().st_mode & 0o777 == 0o644


@LINUX
@pytest.mark.parametrize(
    ("text", "known"),
    [("0 0 4294967295\n", True), ("0 1000 1\n", False), ("0 0 1\n1 100000 65536\n", True)],
)
def test_where_root_has_nobody_to_be_it_stays_root(
    text: str, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that was made by a user."""
    monkeypatch.setattr(Path, "read_text", lambda _: text)
    assert offered._others_are_known() == known


def test_bubblewrap_that_does_not_run_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from harness.cli import main

    (tmp_path / "bwrap").write_text("#!/bin/sh\necho no namespaces for you >&2\nexit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    which: Any = shutil.which
    monkeypatch.setattr(
        shutil, "which", lambda name: str(tmp_path / "bwrap") if name == "bwrap" else which(name)
    )
    assert main(["doctor"]) == 1
    assert "bubblewrap is there, but: " in (told := capsys.readouterr().out)
    assert "no namespaces for you" in told


@LINUX
def test_bubblewrap_alone_keeps_one_submission_from_the_next() -> None:
    """Where root may do anything but make a namespace of a user's, as in a chroot."""
    needs.bubblewrap()
    user = os.geteuid() == 0
    write = "try: open('/submission/left.py', 'w').close()\nexcept OSError: pass\n"
    leaves = f"{HONEST}\n{write}"
    finds = f"{HONEST}\nimport os\nassert 'left.py' not in os.listdir('/submission')\n"
    with Sandbox(Walls(True, False, user, True), Limits()) as running:
        for text in (HONEST, leaves, finds):
            engine = submitted(running, text)
            program = load(ROOT / "cases/scalars/add.yaml", "add", ROOT / "cases").program
            assert engine.run(program).failure is None


# -- what the kernel is asked ----------------------------------------------------------------------

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


def _outside(name: str, folder: Path, found: Any) -> None:
    os.chdir(folder)
    canaries.settings.update(offered._places(Limits(), port=1))
    found.put(getattr(canaries, name)())


@LINUX
@pytest.mark.parametrize(
    "name",
    [
        *("reading", "listing", "writing", "processes", "programs", "answers", "suite", "torch"),
        *("forking", "threads", "sockets", "shared", "signs", "rare"),
    ],
)
def test_what_the_kernel_would_do_is_noticed(name: str, tmp_path: Path) -> None:
    """Where nothing is refused, no canary says that something is."""
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    process = context.Process(target=_outside, args=(name, tmp_path, found))
    process.start()
    assert found.get(timeout=20) is False
    process.join()


@LINUX
def test_what_is_not_ended_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(BARE, Limits()) as running, monkeypatch.context() as patch:
        patch.setattr(Forked, "end", lambda _: None)
        assert not running.observed()[canaries.ENDS]


LIVES_ON = """
import ctypes, os, time
libc = ctypes.CDLL(None)
if libc.fork() == 0:
    libc.prctl(1, 0, 0, 0, 0)
    os.setsid()
    for _ in range(3):
        libc.fork()
    with open("left", "a") as file:
        print(os.getpid(), file=file)
    time.sleep(60)
while not os.path.exists("left") or len(open("left").readlines()) < 8:
    time.sleep(0.01)
"""


@LINUX
def test_what_an_engine_has_started_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At home it can start processes, by the C library: they end before the next engine begins."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "engine.py").write_text(f"{HONEST}\n{LIVES_ON}")
    with Fence(Limits(), shows_output=False) as fence:
        RemoteEngine(fence, {"engine": "engine.py"})
        left = [int(pid) for pid in (tmp_path / "left").read_text().split()]
        assert len(left) == 8 and all(Path(f"/proc/{pid}").exists() for pid in left)
        fence.stop()
        assert not any(Path(f"/proc/{pid}").exists() for pid in left)


@LINUX
def test_without_memory_the_submission_is_the_first_to_go(box: Sandbox) -> None:
    submitted(box, HONEST)
    assert box.process is not None
    *above, child = kernel.below(box.process.pid)
    scores = [int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in (*above[:2], child)]
    assert scores[-1] == 1000 and scores[0] < 1000

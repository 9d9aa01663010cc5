"""A submission as an engine: its clock, its budgets, and what it is asked again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from grading.conftest import HONEST
from grading.one_submission import LINUX, Clock, submitted
from truths import ROOT

from harness.engines import reference
from harness.engines.trace import Trace
from harness.grading import wire
from harness.grading.account import Given
from harness.grading.fence import Fence
from harness.grading.remote import RemoteEngine
from harness.grading.sandbox import kernel
from harness.grading.sandbox.children import Child, Forked, Limits
from harness.grading.sandbox.walls import Sandbox, strongest
from harness.judging.examination import examine, in_another_order
from harness.judging.judge import judge
from harness.judging.oracle import Oracle
from harness.judging.result import as_json
from harness.language.case import load
from harness.vocabulary.program import Program, Step


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    walls, _ = strongest(Limits())
    with Sandbox(walls, Limits(case=1.0, submission=3.0)) as running:
        yield running


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
    assert engine.account.left["cases"] == box.limits.submission


def test_what_the_judge_asks_again_costs_the_submission_nothing(
    box: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Forked._line

    def slowly(child: Forked, most: int) -> bytes:
        clock.now += 0.4
        return line(child, most)

    monkeypatch.setattr(Forked, "_line", slowly)
    monkeypatch.setattr(Forked, "_stalled", lambda _: 0.0)  # the machine's own clock
    wrong = "Value.__add__ = lambda self, _: self\n"
    engine = submitted(box, f"{HONEST}\n{wrong}")
    case = load(ROOT / "cases/scalars/add.yaml", "add", ROOT / "cases")
    left = dict(engine.account.left)
    engine.next_case()
    assert not examine(engine, case, Oracle("recorded").truth(case)).passed
    assert left["cases"] - engine.account.left["cases"] == pytest.approx(0.4)
    assert left["again"] - engine.account.left["again"] >= 0.4


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
    assert verdict.trace.ended and engine.account.deaths == 1


@LINUX
def test_a_worker_keeps_no_dead_processes(box: Sandbox) -> None:
    for _ in range(20):
        child = box.start()
        child.tell(wire.to_line({"files": {}, "entry": "engine.py"}))
        child.answer(20.0, 1000)
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


def made_of(*ops: str) -> Program:
    steps = tuple(Step(f"s{number}", op, ("x",)) for number, op in enumerate(ops))
    return Program({"x": 1.0}, {}, steps, {}, 1.0)


def test_what_all_that_has_failed_have_in_common_is_given_up() -> None:
    given = Given(3)
    for ops in (("exp", "sin"), ("log", "sin"), ("sin", "tanh")):
        assert given.up(made_of("sin")) is None
        given.note(made_of(*ops))
    blamed = given.up(made_of("cos", "sin"))
    assert blamed is not None and blamed.op == "sin"
    assert given.up(made_of("exp", "log", "tanh")) is None


def test_where_many_operations_are_to_blame_all_are_given_up() -> None:
    given = Given(1, most=2)
    given.note(made_of("exp"))
    assert given.up(made_of("cos")) is None
    given.note(made_of("sin"))
    assert given.up(made_of("cos")) is not None


def test_the_step_that_did_not_end_is_to_blame_alone() -> None:
    given = Given(1)
    given.note(made_of("exp", "sin"), "s1")
    assert given.up(made_of("exp")) is None and given.up(made_of("sin")) is not None


@pytest.mark.parametrize("at", [0, 3, 8])
def test_what_ends_the_process_among_many_is_found_by_asking_one_by_one(
    box: Sandbox, at: int
) -> None:
    """Those told of beside it are answered; it alone is to blame."""
    text = f"{HONEST}\nimport os\nValue.__sub__ = lambda *_: os._exit(0)\n"
    names = ["add", "multiply"] * 4
    names.insert(at, "subtract")
    cases = [load(ROOT / f"cases/scalars/{one}.yaml", one, ROOT / "cases") for one in names]
    engine = submitted(box, text)
    engine.begin_together([(case.id, case.program) for case in cases])
    told = []
    for case in cases:
        engine.next_case(case.id)
        told.append(engine.run(case.program).failure is None)
    assert told == [name != "subtract" for name in names]
    assert engine.account.deaths == 1 and {*engine.account.ended} == {"subtract"}

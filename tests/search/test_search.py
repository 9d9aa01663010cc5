"""Random programs: as tests of minigrad and of the language, and as the search of the fuzzer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.strategies import DrawFn
from sweeps import LONG, long, sweep
from zoo.keeper import STYLES, mistakes, text_of

from harness.cli import AGREES, COULD_NOT_RUN, FINDINGS, main
from harness.engines import reference
from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.engines.trace import Trace, Undefined
from harness.grading.fence import fenced
from harness.judging.examination import examine
from harness.search.conditioning import is_ill_conditioned
from harness.search.fuzzer import Found, Fuzzer, menu_of
from harness.search.grammar import Menu
from harness.search.grammar import programs
from harness.judging.verdict import Verdict
from harness.language.case import Case, CaseError, decode
from harness.language.case import load as load_case
from harness.language.writing import case_text
from harness.showing.terminal import headline
from harness.vocabulary.program import Program

MINIGRAD = load("minigrad")
TURNED_OFF = [HealthCheck.too_slow, HealthCheck.data_too_large]
REPEATABLE = settings(max_examples=400, suppress_health_check=TURNED_OFF)


def judged(engine: Engine, program: Program) -> Verdict:
    """The verdict on a program; raises Undefined where torch refuses it."""
    truth = reference.evaluate(program)
    return examine(engine, Case(Path("a.yaml"), "", program, ()), truth)


# -- minigrad --------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [1, pytest.param(2, marks=LONG)])
def test_minigrad_agrees_with_torch_on_random_programs(order: int) -> None:
    @REPEATABLE
    @given(programs(Menu(order=order)))
    def holds(program: Program) -> None:
        try:
            verdict = judged(MINIGRAD, program)
        except Undefined:
            return
        if not verdict.passed:
            assert is_ill_conditioned(verdict), case_text("minigrad has this wrong", program)

    holds()


# -- the language ----------------------------------------------------------------------------------

PIECES = (
    *"{}[](),:#-&*!|>'\"\n\t\\ @=.",
    "about: a\n",
    "inputs: ",
    "expr: ",
    "steps:\n  ",
    "{uniform: [0, 1], shape: [9, 9], seed: 1}",
    "{start: x, repeat: 99999, next: z * x}",
    "sum(",
    "axis=",
    "**",
    "1e999",
    "nan",
    "<<: *a",
    "\ufeff",
    "\x00",
    "é",
)
"""What is put into the text of a case, to see what becomes of it."""


@st.composite
def case_files(draw: DrawFn) -> bytes:
    """The bytes of files that are cases, nearly cases, or anything at all."""
    if draw(st.integers(0, 9)) == 9:
        return draw(st.binary(max_size=200))
    text = case_text("a case", draw(programs()))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 0, 1, 2, 9)))
        text = text[:start] + draw(st.sampled_from(("", *PIECES))) + text[end:]
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 9:
        place = draw(st.integers(0, len(data)))
        data = data[:place] + draw(st.binary(min_size=1, max_size=3)) + data[place:]
    return data


def plain(value: object) -> object:
    """Something that compares by its numbers' bits, dtype and shape."""
    if isinstance(value, np.ndarray | float):
        array = np.asarray(value)
        return type(value).__name__, array.dtype.str, array.shape, array.tobytes()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


@REPEATABLE
@given(programs())
def test_any_program_survives_to_yaml_and_back(program: Program) -> None:
    again = decode(case_text("a program", program), Path("a.yaml")).program
    for field in fields(Program):
        one, other = getattr(program, field.name), getattr(again, field.name)
        assert plain(one) == plain(other), field.name


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@settings(REPEATABLE, suppress_health_check=[*TURNED_OFF, HealthCheck.function_scoped_fixture])
@given(data=case_files())
def test_any_bytes_give_a_case_or_a_positioned_error_in_bounded_time_and_memory(
    tmp_path: Path, traced: None, data: bytes
) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(data)
    tracemalloc.reset_peak()
    before, begin = tracemalloc.get_traced_memory()[0], time.process_time()
    try:
        load_case(path)
    except CaseError as error:
        assert error.problems
        lines = data.count(b"\n") + data.count(b"\r") + 2
        for problem in error.problems:
            assert 1 <= problem.line <= lines
            assert problem.column >= 1
            assert problem.message
    assert time.process_time() - begin < 5
    assert tracemalloc.get_traced_memory()[1] - before < 256 * 2**20


class Killed(BaseException):
    """The end of the process."""


# -- the search ------------------------------------------------------------------------------------

RIGHT = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])

    __radd__, __rmul__ = __add__, __mul__

    def exp(self):
        import math
        e = math.exp(self.data)
        return Value(e, [(self, e)])

    def relu(self):
        return Value(max(self.data, 0.0), [(self, float(self.data > 0))])

    def backward(self, upstream=1.0):
        self.grad += upstream
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            node, done = waiting.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                waiting += [(node, True), *((parent, False) for parent, _ in node.parents)]
        upstreams = {node: 0.0 for node in order} | {self: upstream}
        for node in reversed(order):
            for parent, local in node.parents:
                upstreams[parent] += local * upstreams[node]
        for node in order[:-1]:
            node.grad += upstreams[node]
"""
TWO_MISTAKES = RIGHT.replace("[(self, e)]", "[(self, self.data)]").replace(
    "float(self.data > 0)", "1.0"
)


def engine_of(tmp_path: Path, text: str, name: str = "student.py") -> Engine:
    path = tmp_path / name
    path.write_text(text)
    return load(str(path))


def clocked(folder: Path, text: str) -> Engine:
    """The engine of a file, in a process of its own, with 0.2 seconds for a program."""
    path = folder / "student.py"
    path.write_text(text)
    return fenced(str(path), timeout=0.2, restarts=float("inf"))


def search(engine: Engine, most: int, seed: int = 1) -> tuple[Fuzzer, list[Found]]:
    fuzzer = Fuzzer(engine, menu_of(engine), seed)
    return fuzzer, list(fuzzer.run(most=most))


@long
def test_nothing_is_found_in_a_right_engine(tmp_path: Path) -> None:
    fuzzer, found = search(engine_of(tmp_path, RIGHT), 1_000)
    assert found == []
    assert fuzzer.counts.passed > 500


@long
def test_two_mistakes_are_told_apart_and_each_is_shrunk_to_one_step(tmp_path: Path) -> None:
    fuzzer, found = search(engine_of(tmp_path, TWO_MISTAKES), 1_000)
    assert sorted((f.op, f.direction) for f in fuzzer.findings()) == [
        ("exp", "backward"),
        ("relu", "backward"),
    ]
    assert [len(one.program.steps) for one in found] == [1, 1]


@sweep("seed", range(2), always=0, sample=1)
def test_a_known_mistake_does_not_accuse_others(seed: int, tmp_path: Path) -> None:
    broken = RIGHT.replace("[(self, e)]", "[(self, self.data)]")
    broken = broken.replace("upstreams[parent] +=", "upstreams[parent] =")
    fuzzer, found = search(engine_of(tmp_path, broken), 1_500, seed)
    told = [fuzzer.finding(one) for one in found]
    assert "exp" in {finding.op for finding in told}
    assert all(f.op == "exp" or f.code == "overwrite" for f in told), told
    assert len(told) <= 4


@long
def test_an_operation_that_hangs_does_not_hold_up_the_start(tmp_path: Path) -> None:
    hanging = RIGHT.replace("e = math.exp", "while True: pass\n        e = math")
    assert "exp" in menu_of(clocked(tmp_path, hanging)).scalars


@long
def test_an_engine_that_cannot_multiply_is_not_blamed_for_the_seed(tmp_path: Path) -> None:
    only_add = RIGHT.replace("__mul__", "times").replace("self, upstream=1.0", "self")
    only_add = only_add.replace(
        "self.grad += upstream\n", "upstream = 1.0\n        self.grad += 1.0\n"
    )
    fuzzer, found = search(engine_of(tmp_path, only_add), 800)
    assert found == []
    assert fuzzer.counts.unsupported > 0


@long
def test_the_same_seed_finds_the_same_programs(tmp_path: Path) -> None:
    engine = engine_of(tmp_path, TWO_MISTAKES)
    texts = [[case_text("", one.program) for one in search(engine, 300, 5)[1]] for _ in range(2)]
    assert texts[0] == texts[1] != []


def test_a_search_that_was_killed_goes_on_from_its_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.search.fuzzer.VARIANTS", 0)
    engine, database = engine_of(tmp_path, TWO_MISTAKES), InMemoryExampleDatabase()

    def killed(doing: str) -> None:
        if doing == "shrinking":
            raise Killed

    first = Fuzzer(engine, menu_of(engine), 1, "student", database=database, tell=killed)
    with pytest.raises(Killed):
        list(first.run())
    again = Fuzzer(engine, menu_of(engine), 99, "student", database=database)
    (found,) = again.run(most=1)
    assert again.counts.programs > 1  # it was shrunk
    assert len(found.program.steps) == 1
    assert list(Fuzzer(engine, menu_of(engine), 99, "student", database=database).run(most=1)) == []


@long
def test_an_engine_that_hangs_is_a_finding(tmp_path: Path) -> None:
    hanging = RIGHT.replace("e = math.exp", "while self.data < 0: pass\n        e = math.exp")
    fuzzer = Fuzzer(clocked(tmp_path, hanging), Menu(("exp", "mul"), ()), 1)
    (found,) = fuzzer.run(most=50)
    assert "no end after" in fuzzer.finding(found).message
    assert [step.op for step in found.program.steps] == ["exp"]


ZOO = {
    f"{style}: {mistake.name}": (style, mistake) for style in STYLES for mistake in mistakes(style)
}


@sweep("name", ZOO, always=6, sample=30)
def test_a_broken_engine_of_the_zoo_is_found_and_shrunk(name: str, tmp_path: Path) -> None:
    style, mistake = ZOO[name]
    engine = engine_of(tmp_path, mistake.made_in(text_of(style)))
    order = 2 if mistake.direction == "second" else 1
    fuzzer = Fuzzer(engine, menu_of(engine, order=order), 1)
    found = next(iter(fuzzer.run(most=10_000)), None)
    assert found is not None
    assert len(found.program.steps) <= 3


class Off(Engine):
    """Torch, with gradients that are off by a little."""

    def __init__(self, relative: float) -> None:
        self.relative = relative

    def run(self, program: Program) -> Trace:
        truth = reference.evaluate(program)
        off = {name: value * (1 + self.relative) for name, value in truth.gradients.items()}
        return Trace(truth.values, {**off, program.output: truth.gradients[program.output]})

    def describe(self) -> list[str]:
        return []


@pytest.mark.parametrize(("expr", "is_nobodys"), [("sin(x * 1e8)", True), ("sin(x * 2)", False)])
def test_what_the_mathematics_magnifies_is_set_aside(expr: str, is_nobodys: bool) -> None:
    text = f"about: a\ninputs: {{x: 0.3}}\nexpr: {expr}\n"
    verdict = judged(Off(3e-9), decode(text, Path("a.yaml")).program)
    assert not verdict.passed
    assert is_ill_conditioned(verdict) == is_nobodys


@pytest.mark.parametrize(("got", "is_nobodys"), [(-np.inf, True), (3.0, False)])
def test_the_order_in_which_infinities_are_added_is_nobodys_fault(
    got: float, is_nobodys: bool
) -> None:
    text = "about: a\ninputs: {x: [[0], [-2]], y: [2, 3, 4]}\nexpr: y / x\n"
    program = decode(text, Path("a.yaml")).program
    truth = reference.evaluate(program)
    assert np.isnan(truth.gradients["x"][0, 0])

    class Reordered(Off):
        def run(self, program: Program) -> Trace:
            x = truth.gradients["x"] * (1 + 1e-15)
            x[0, 0] = got
            return Trace(truth.values, {**truth.gradients, "x": x})

    verdict = judged(Reordered(0.0), program)
    assert not verdict.passed
    assert is_ill_conditioned(verdict) == is_nobodys


def test_an_engine_that_is_nearer_to_the_truth_than_torch_is_right() -> None:
    text = "about: a\ninputs: {x: [1e8, 1e8]}\nexpr: logsumexp(x)\n"
    verdict = judged(MINIGRAD, decode(text, Path("a.yaml")).program)
    assert not verdict.passed  # torch's gradients are 0.499999996
    assert is_ill_conditioned(verdict)


def test_a_wrong_number_is_not_taken_for_rounding(tmp_path: Path) -> None:
    program = decode("about: a\ninputs: {x: 0.3}\nexpr: exp(x) * x\n", Path("a.yaml")).program
    verdict = judged(engine_of(tmp_path, TWO_MISTAKES), program)
    assert not verdict.passed
    assert not is_ill_conditioned(verdict)


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cases").mkdir()
    (tmp_path / "student.py").write_text(TWO_MISTAKES)
    (tmp_path / "right.py").write_text(RIGHT)
    monkeypatch.chdir(tmp_path)
    clock = SimpleNamespace(monotonic=time.process_time)
    monkeypatch.setattr("harness.search.fuzzer.time", clock)
    return tmp_path


def fuzz(*options: str) -> int:
    return main(["fuzz", "--engine", "student.py", "--seed", "1", "--time", "3", *options])


def test_what_is_found_is_a_case_with_its_snapshot(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz() == FINDINGS
    told = capsys.readouterr().out
    names = sorted(path.name for path in (here / "found").glob("*.yaml"))
    assert len(names) == 2
    assert names[0].startswith("exp_backward_")
    assert names[1].startswith("relu_backward_")
    for name in names:
        assert f"pytest found/{name} --engine student.py" in told
        case = load_case(here / "found" / name)
        assert case.about.startswith(name.partition("_")[0])
    assert "2 mistakes found" in told
    assert "0 set aside as ill-conditioned" in told
    assert "--seed 1" in told
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "found", "-q", "-p", "no:cacheprovider"],
        cwd=here,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout  # minigrad has them right, and the snapshots are there
    assert "4 passed" in done.stdout


@long
def test_a_second_run_tells_what_is_known_and_leaves_it_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz() == FINDINGS
    before = sorted((here / "found").rglob("*"))
    capsys.readouterr()
    for seed in ("1", "2"):
        assert fuzz("--seed", seed) == FINDINGS
        told = capsys.readouterr().out
        assert "Found before, still wrong, and not searched for again (cases in found):" in told
        assert "   see it: pytest found/exp_backward_" in told
        assert "0 new mistakes found" in told
        assert "harness check student.py --cases builtin --cases found" in told
        assert sorted((here / "found").rglob("*")) == before


@long
def test_what_has_been_mended_is_no_longer_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz() == FINDINGS
    capsys.readouterr()
    (here / "student.py").write_text(RIGHT)
    assert fuzz("--ops", "exp") == AGREES
    assert "Found before" not in capsys.readouterr().out


@long
def test_what_is_found_takes_no_built_in_case_away(here: Path) -> None:
    (here / "cases").rmdir()
    assert fuzz() == FINDINGS
    assert not (here / "cases").exists()


@long
def test_only_the_operations_that_are_asked_for(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fuzz("--ops", "relu,mul", "-o", "elsewhere") == FINDINGS
    assert [p.name.partition("_")[0] for p in (here / "elsewhere").glob("*.yaml")] == ["relu"]
    assert "pytest elsewhere/relu_" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--ops", "sigmod"], "--ops: unknown operation 'sigmod'; did you mean 'sigmoid'?"),
        (["--ops", "conv2d"], "student.py has none of conv2d: harness engines student.py"),
        (["--time", "0"], "--time 0: it must be a number of seconds above 0"),
        (["--time", "nan"], "--time nan: it must be a number of seconds above 0"),
        (["-o", "student.py"], "student.py: this is a file; -o names the folder"),
        (["-o", "cases/My Cases"], "cases/My Cases: 'My Cases' becomes part of cases' ids"),
        (["-o", "student.py/found"], "student.py/found: Not a directory"),
        (["--engine", "nothere.py"], "nothere.py: no such file"),
    ],
)
def test_fuzz_refuses_with_one_clear_line(
    here: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert fuzz(*options) == COULD_NOT_RUN
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
    assert sorted(path.name for path in here.iterdir()) == ["cases", "right.py", "student.py"]


@long
def test_a_search_that_finds_nothing_leaves_nothing(here: Path) -> None:
    assert fuzz("--engine", "right.py", "--ops", "exp") == AGREES
    assert not (here / "found").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is a signal on POSIX")
@long
def test_ctrl_c_keeps_what_was_found(here: Path) -> None:
    command = [sys.executable, "-m", "harness", "fuzz", "--engine", "student.py", "--time", "600"]
    running = subprocess.Popen(
        command,
        cwd=here,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("2. "):
            break
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    assert running.returncode == FINDINGS
    assert "interrupted" in out
    assert "2 mistakes found" in out
    assert "Traceback" not in err
    assert len(list((here / "found").glob("*.yaml"))) == 2


@sweep("seed", range(3), always=0, sample=2)
def test_a_shrunk_program_has_neither_loops_nor_idle_settings(seed: int, tmp_path: Path) -> None:
    found = search(engine_of(tmp_path, TWO_MISTAKES), 600, seed)[1]
    assert found
    for program in (one.program for one in found):
        assert replace(program, seed=1.0, passes=1, dtype="float64") == program
        assert all(" #" not in step.name for step in program.steps)


def test_a_step_that_nothing_uses_is_told_with_the_program() -> None:
    text = "about: a\ninputs: {x: 2, y: 3}\nsteps:\n  a: exp(x)\n  f: y + x\n"
    told = headline(decode(text, Path("a.yaml")), "forward")
    assert told == ["a = exp(x)", "f = y + x", "at x = 2.0, y = 3.0"]

"""A stranger's engine runs in a process of its own: what it does wrong stays there, and it ends."""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sweeps import long, sweep

from harness.engines.loading import EngineError
from harness.engines.trace import Failure
from harness.grading.fence import Fence, fenced
from harness.language import suite
from harness.vocabulary.program import Program

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="Linux counts memory")

ENGINE = """
import math, os, sys, time

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
        pass  # here
        e = math.exp(self.data)
        return Value(e, [(self, e)])

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in node.parents:
                parent.grad += local * node.grad
"""

RECURSIVE = ENGINE[: ENGINE.index("    def backward")] + (
    "    def backward(self, upstream=1.0):\n"
    "        self.grad += upstream\n"
    "        for parent, local in self.parents:\n"
    "            parent.backward(local * upstream)\n"
)
"""README's engine when it is mended as it is told to be: right, and it follows every path."""


def written(folder: Path, line: str = "pass", text: str = ENGINE) -> Path:
    path = folder / "student.py"
    path.write_text(text.replace("pass  # here", line))
    return path


def program(name: str) -> Program:
    return suite.one(f"cases/{name}").load().program


EXP, ADD = "elementwise/exp_number", "scalars/add"


def failure(path: Path, name: str = EXP, timeout: float = 2.0) -> Failure:
    """What goes wrong in a case; the engine goes on with the next."""
    engine = fenced(str(path), timeout)
    found = engine.run(program(name)).failure
    after = engine.run(program(ADD))
    assert after.failure is None and after.values and after.gradients
    assert found is not None
    return found


ACCIDENTS = {
    "while True: os.fork()": "PermissionError: an engine starts no other process (os.fork)",
    "os.system('true')": "PermissionError: an engine starts no other process (os.system)",
    "import subprocess; subprocess.run(['true'])": "starts no other process (subprocess.Popen)",
    "os._exit(0)": "the process ended without an answer",
    "os.kill(os.getpid(), 11)": "the process ended without an answer",
    "sys.exit()": "SystemExit",
    "input('x')": "input() is left in the engine, at student.py:19",
    "breakpoint()": "breakpoint() is left in the engine, at student.py:19",
    "import pdb; pdb.set_trace()": "a debugger is left in the engine, at student.py:20",
    "sys.setrecursionlimit(10**9); f = lambda: f(); f()": "",
}


@sweep("line", ACCIDENTS, always=6, sample=len(ACCIDENTS))
def test_an_accident_fails_its_case_and_no_other(line: str, tmp_path: Path) -> None:
    assert ACCIDENTS[line] in failure(written(tmp_path, line)).message


LOOPS = {
    "while True: sum(range(99))": "no end after 0.3 s of computing",
    "time.sleep(1000)": "no end after 0.3 s of waiting",
    "import signal; signal.setitimer(signal.ITIMER_PROF, 0); "
    "signal.setitimer(signal.ITIMER_REAL, 0); exec('while True: sum(range(99))')": "no answer",
}


@pytest.mark.parametrize("line", LOOPS)
def test_a_case_that_does_not_end_is_ended(line: str, tmp_path: Path) -> None:
    assert LOOPS[line] in failure(written(tmp_path, line), timeout=0.3).message


def test_a_loop_that_catches_everything_is_ended(tmp_path: Path) -> None:
    line = "exec('while True:\\n  try:\\n    sum(range(99))\\n  except BaseException: 0')"
    # The clock's exception may arrive between two turns, outside the try: then it is the end.
    told = failure(written(tmp_path, line), timeout=0.3).message
    assert "no answer" in told or "no end after 0.3 s of computing" in told


def test_an_endless_loop_is_told_with_its_line(tmp_path: Path) -> None:
    told = failure(written(tmp_path, "while True: self.data += 1.0"), timeout=0.3)
    assert any("student.py:19: in exp: while True" in line for line in told.lines)


@LINUX
def test_memory_has_a_limit(tmp_path: Path) -> None:
    told = failure(written(tmp_path, "import numpy; numpy.ones(30 << 27)"))
    assert told.message.startswith("MemoryError")


def test_an_operation_that_hangs_is_given_up_and_no_other(tmp_path: Path) -> None:
    engine = fenced(str(written(tmp_path, "while True: pass")), 0.05)
    told = [engine.run(program(EXP)).failure for _ in range(4)]
    assert [failure.message if failure else None for failure in told] == [
        *["no end after 0.05 s of computing"] * 3,
        "not run: exp has not come to an end in 3 cases before",
    ]
    assert engine.run(program(ADD)).failure is None


def test_where_backward_hangs_forward_passes_are_judged(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text().replace("self.grad = 1.0", "while True: pass"))
    engine = fenced(str(path), 0.05)
    traces = [engine.run(program(name)) for name in (ADD, EXP, ADD, EXP, ADD)]
    assert all(trace.values and trace.failure for trace in traces)
    assert "no end" in traces[2].failure.message  # type: ignore[union-attr]
    assert "not run: backward has not come to an end" in traces[4].failure.message  # type: ignore[union-attr]


def test_an_engine_that_always_ends_its_process_is_given_up(tmp_path: Path) -> None:
    engine = fenced(str(written(tmp_path, "os._exit(0)")), restarts=2)
    told = [engine.run(program(EXP)).failure for _ in range(4)]
    assert told[-1] is not None
    assert told[-1].message == "not run: 3 cases before it have ended the process or hung"


def test_an_operation_that_hangs_does_not_hold_up_the_trying_out(tmp_path: Path) -> None:
    path = written(tmp_path)
    head = "def __mul__(self, other):"
    path.write_text(path.read_text().replace(head, f"{head}\n        while True: pass"))
    assert fenced(str(path)).run(program("scalars/x_plus_x")).gradients


def test_an_import_that_does_not_end_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.grading.fence.LOADING", 0.5)
    path = written(tmp_path, text=f"{ENGINE}\nx = 0\nwhile True:\n    x += 1\n")
    with pytest.raises(EngineError, match=r"(?s)no end after 0\.5 s.*student\.py:\d+: in <module>"):
        fenced(str(path), timeout=0.05)


# -- every path ------------------------------------------------------------------------------------


def test_an_engine_that_follows_every_path_is_told_so_and_not_run(tmp_path: Path) -> None:
    told = failure(written(tmp_path, text=RECURSIVE), "models/doubling_forty_times")
    assert told.code == "every-path"
    assert told.direction == "backward"


@pytest.mark.parametrize("text", [ENGINE, RECURSIVE])
def test_every_path_is_found_out_by_trying(text: str, tmp_path: Path) -> None:
    engine = fenced(str(written(tmp_path, text=text)))
    trace = engine.run(program("models/doubling_forty_times"))
    assert (trace.failure is not None) == (text is RECURSIVE)
    assert trace.values["x"] is not None


# -- the commands ----------------------------------------------------------------------------------


def harness(*arguments: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*HARNESS, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **more},
    )


HARNESS = (sys.executable, "-m", "harness")
TWO = ("--cases", f"cases/{EXP}.yaml", "--cases", "cases/scalars/add.yaml")
THREE = [f"--cases=cases/elementwise/{op}_number.yaml" for op in ("exp", "sqrt", "tan")]
CASES = ("--cases", "cases/lecture", "--cases", "cases/scalars/add.yaml")


def test_what_an_engine_prints_is_counted_and_not_mixed_in(tmp_path: Path) -> None:
    written(tmp_path)
    text = (tmp_path / "student.py").read_text()
    text = text.replace("order, seen = [], set()", "print('one\\ntwo'); order, seen = [], set()")
    (tmp_path / "student.py").write_text(text)
    done = harness("check", "student.py", "--json", "-", *CASES, folder=tmp_path)
    judged = json.loads(done.stdout)["cases"]
    runs = sum(case["status"] == "passed" for case in judged)
    assert f"your engine printed {2 * runs} lines; -s shows them" in done.stderr
    assert "one\n" not in done.stderr
    shown = harness("check", "student.py", "-s", "--json", "-", *CASES, folder=tmp_path)
    assert json.loads(shown.stdout)["cases"] == judged
    assert shown.stderr.count("one\ntwo\n") == runs


def test_in_process_a_debugger_can_stop_in_the_engine(tmp_path: Path) -> None:
    written(tmp_path, "breakpoint()")
    done = subprocess.run(
        [*HARNESS, "check", "student.py", "--in-process", "--cases", f"cases/{EXP}.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        input="p 6 * 7\nc\n" * 9,
    )
    assert "(Pdb) 42" in done.stdout


@long
def test_both_ways_of_running_say_the_same(tmp_path: Path) -> None:
    written(tmp_path, "self.grad = 7.0")
    told = [
        harness("check", "student.py", "--json", "-", *more, folder=tmp_path).stdout
        for more in ((), ("--in-process",))
    ]
    assert json.loads(told[0]) == json.loads(told[1])


def test_ctrl_c_prints_what_was_found_until_then(tmp_path: Path) -> None:
    hangs = "def tan(self):\n        open('there', 'w')\n        time.sleep(1000)\n\n    def exp"
    path = written(tmp_path, "self.data = 7.0")
    path.write_text(path.read_text().replace("def exp", hangs))
    check = subprocess.Popen(
        [*HARNESS, "check", "student.py", "--timeout", "500", *THREE],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # if these tests ignore it
    )
    while not (tmp_path / "there").exists():
        assert check.poll() is None
        time.sleep(0.05)
    check.send_signal(signal.SIGINT)
    out, err = check.communicate()
    assert "exp, forward: mutates-input" in out
    assert "of 3 cases were judged" in err
    assert check.returncode == 2


def test_pytest_shows_what_a_failing_case_has_printed(tmp_path: Path) -> None:
    written(tmp_path, "print('here I am'); self.data += 1")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", f"cases/{EXP}.yaml", "--engine", "student.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "here I am" in done.stdout
    assert re.search(r"your engine printed [\d,]+ lines; -s shows them", done.stdout)


# -- other systems ---------------------------------------------------------------------------------

LACKS = """
import os, signal, socket, sys
del os.fork, signal.setitimer, socket.AF_UNIX
sys.modules["resource"] = None
sys.platform = "elsewhere"
"""


def test_where_fork_and_timers_are_missing_the_parents_clock_holds(tmp_path: Path) -> None:
    (tmp_path / "lacks").mkdir()
    (tmp_path / "lacks" / "sitecustomize.py").write_text(LACKS)
    written(tmp_path, "while True: pass")
    done = harness(
        *("check", "student.py", "--timeout", "0.5", "--json", "-"),
        *TWO,
        folder=tmp_path,
        PYTHONPATH=os.pathsep.join([str(tmp_path / "lacks"), *sys.path]),
    )
    cases = {case["id"]: case for case in json.loads(done.stdout)["cases"]}
    assert cases["cases/scalars/add.yaml"]["status"] == "passed"
    assert cases[f"cases/{EXP}.yaml"]["passes"]["forward"]["reason"] == "no answer within 0.5 s"


def test_a_fence_that_is_closed_leaves_nobody(tmp_path: Path) -> None:
    engine = fenced(str(written(tmp_path)))
    fence = engine.runner  # type: ignore[attr-defined]
    assert isinstance(fence, Fence) and fence.process is not None
    process = fence.process
    fence.close()
    assert process.poll() is not None


TAPE = """
tape = []

class Value:
    def __init__(self, data):
        self.data, self.grad = data, 0.0

    def __add__(self, other):
        out = Value(self.data + other.data)
        tape.append((out, (self, other)))
        return out

    def backward(self):
        self.grad = 1.0
        while tape:
            out, parents = tape.pop()
            for parent in parents:
                parent.grad += out.grad
"""


def test_looking_for_every_path_disturbs_no_graph_that_is_built(tmp_path: Path) -> None:
    """Of an engine with one tape, which backward empties."""
    doubled = suite.one("cases/models/doubling_forty_times").load().program
    steps = tuple(step for step in doubled.steps if step.op == "add")
    names = ["x", *(step.name for step in steps)]
    chain = [
        replace(step, operands=(before,) * 2) for before, step in zip(names, steps, strict=False)
    ]
    sums = replace(doubled, steps=tuple(chain), shapes=dict.fromkeys(names, ()))
    trace = fenced(str(written(tmp_path, text=TAPE))).run(sums)
    assert trace.gradients["x"] == 2.0**40


def test_the_process_of_an_engine_that_nobody_has_any_more_is_ended(tmp_path: Path) -> None:
    engine = fenced(str(written(tmp_path)))
    process = engine.runner.process  # type: ignore[attr-defined]
    del engine
    gc.collect()
    assert process.poll() is not None


def test_progress_names_the_case_on_a_terminal(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="there are no terminals of this kind")
    written(tmp_path)
    ours, theirs = pty.openpty()
    check = subprocess.Popen(
        [*HARNESS, "check", "student.py", *TWO], cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs
    )
    out, _ = check.communicate()
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert f"2 of 2  cases/{EXP}.yaml" in shown
    assert " of 2 " not in out.decode()

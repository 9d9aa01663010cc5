"""What a student is given to paste: run as a script in a fresh process, it shows what is told."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from styles.keeper import STYLES as ENGINES
from styles.keeper import of_style
from sweeps import long, sweep
from truths import PATHS, ROOT, case_at
from zoo import Mistake
from zoo.keeper import STYLES, mistakes, text_of

from harness.engines.loading import load
from harness.engines.trace import Trace
from harness.judging.diagnosis import explain
from harness.judging.oracle import Oracle, computed
from harness.judging.plainly import unfolded
from harness.judging.precision import examined
from harness.judging.repro import reproduced
from harness.judging.verdict import Verdict
from harness.language.case import Case, decode

MADE = {f"{style} {one.name}": (style, one) for style in STYLES for one in mistakes(style)}

NO_REPRO = {
    "state-leak": "one graph does not show it",
    "unordered": "it prints now this and now that",
    "mutates-input": "what has changed is no result",
    "recursion": "it takes a thousand lines",
    "every-path": "it does not come to an end",
    "seed-ignored": "the seed is no 1 in arrays alone",
    "precision": "it is judged in float32",
    "kink-convention": "it is a choice, and passes",
    "tie-convention": "it is a choice, and passes",
}
"""Mistakes of which nothing short can be shown, and why."""

ENOUGH = 12
"""Of so many failed cases at least one is written."""

SQUARE = "inputs: {x: -2.6}\nexpr: x * x\n"

VALUE = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __mul__(self, other):
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __add__(self, other):
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def backward(self, seed=1.0):
        self.grad = seed
        for parent, local in self.parents:
            parent.backward(local * seed)
"""
"""An engine that assigns, and whose backward takes a seed."""


def judged(engine: Path, text: str, direction: str = "backward") -> str:
    """The repro of a failed pass of a case."""
    case = decode(f"about: one\n{text}", Path("one.yaml"))
    loaded = load(str(engine))
    explanation = explain(reproduced(loaded, examined(loaded, case, computed(case))), direction)
    assert explanation is not None
    return explanation.repro


@cache
def questions() -> list[tuple[Case, Trace]]:
    """Short cases of all kinds with torch's recorded numbers, the shortest first."""
    oracle, topics = (
        Oracle("recorded"),
        {"scalars", "elementwise", "arrays", "reductions", "kinks", "passes", "numbers"},
    )
    cases = [case_at(path) for path in PATHS if path.parent.name in topics]
    every = [(case, oracle.truth(case)) for case in cases if len(case.program.steps) < 10]
    return sorted(every, key=lambda pair: len(pair[0].program.steps))


def first_repro(engine: Path) -> str:
    """The first repro among the failed cases, the shortest programs first."""
    loaded, failed = load(str(engine)), 0
    for case, truth in questions():
        verdict = reproduced(loaded, examined(loaded, case, truth, "recorded"))
        for text in repros(verdict):
            return text
        failed += not verdict.passed
        if failed > ENOUGH:
            break
    return ""


def repros(verdict: Verdict) -> list[str]:
    every = (explain(verdict, direction) for direction in verdict.directions)
    return [one.repro for one in every if one is not None and one.repro]


def run(repro: str, folder: Path) -> tuple[str, str]:
    """What a fresh process prints, and the last line of what it raises."""
    command = [sys.executable, "-c", repro]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    raised = done.stderr.strip().splitlines()
    return done.stdout.strip(), raised[-1] if raised else ""


def assert_shown(repro: str, folder: Path) -> None:
    printed, raised = run(repro, folder)
    if printed:
        assert unfolded(repro).startswith(f"{printed}, should be "), repro
        assert unfolded(repro) != f"{printed}, should be {printed}"
    else:
        assert raised and " ".join(raised.split()).endswith(unfolded(repro)), repro


def written(text: str, folder: Path, name: str = "my_engine") -> Path:
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_square_whose_terms_are_assigned_is_four_lines(tmp_path: Path) -> None:
    repro = judged(written(VALUE, tmp_path), SQUARE)
    assert repro.splitlines() == [
        "from my_engine import Value",
        "",
        "x = Value(-2.6)",
        "f = x * x",
        "f.backward()",
        "print(x.grad)  # -2.6, should be -5.2",
    ]
    assert_shown(repro, tmp_path)


SETS = """
class Value:
    def __init__(self, data, parents=(), push=lambda grad: None):
        self.data, self.grad, self.parents, self.push = data, 0.0, set(parents), push

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)

        def push(grad):
            self.grad += other.data * grad
            other.grad += self.data * grad

        return Value(self.data * other.data, (self, other), push)

    def __add__(self, other):
        def push(grad):
            self.grad += grad
            other.grad += grad

        return Value(self.data + other.data, (self, other), push)

    def square(self):
        def push(grad):
            self.grad = 2 * self.data * grad

        return Value(self.data**2, (self,), push)

    def backward(self):
        order = []

        def visit(node):
            if node not in order:
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.push(node.grad)
"""
"""An engine whose square assigns, and that goes through its graph in the order of sets."""


def test_what_hangs_on_the_order_of_a_set_is_shown_where_any_order_does(tmp_path: Path) -> None:
    repro = judged(written(SETS, tmp_path), "inputs: {x: 0.7}\nexpr: square(x) + x * 3\n")
    assert "total = f * x" in repro
    assert_shown(repro, tmp_path)


def test_what_an_engine_raises_stands_behind_the_line_that_raises_it(tmp_path: Path) -> None:
    repro = judged(written(VALUE, tmp_path), "inputs: {x: 2}\nexpr: x * 3\n", "forward")
    last = "f = x * 3  # AttributeError: 'int' object has no attribute 'data'"
    assert repro.splitlines()[-1] == last
    assert_shown(repro, tmp_path)


def test_a_wrong_value_is_printed_as_the_engine_holds_it(tmp_path: Path) -> None:
    text = VALUE.replace("self.data + other.data", "self.data - other.data").replace("data", "v")
    repro = judged(written(text, tmp_path), "inputs: {x: 2, y: 5}\nexpr: x + y\n", "forward")
    assert repro.splitlines()[-2:] == ["f = x + y", "print(f.v)  # -3.0, should be 7"]
    assert_shown(repro, tmp_path)


def test_a_seed_that_is_not_1_is_handed_over_as_the_engine_takes_it(tmp_path: Path) -> None:
    repro = judged(written(VALUE, tmp_path), f"{SQUARE}seed: 3\n")
    assert "f.backward(3.0)" in repro
    assert_shown(repro, tmp_path)


@pytest.mark.parametrize("taken", [False, True])
def test_an_engine_behind_an_adapter_is_shown_as_the_adapter_uses_it(
    taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "adapter", raising=False)
    if taken:  # by a module of something else
        monkeypatch.setitem(sys.modules, "adapter", ModuleType("adapter"))
    written(VALUE.replace("grad", "slope"), tmp_path)
    adapter = """
import my_engine
from harness.engines.adapter import ObjectEngine


class Adapter(ObjectEngine):
    cls = my_engine.Value
    module = my_engine

    def gradient(self, node):
        return node.slope
"""
    repro = judged(written(adapter, tmp_path, "adapter"), SQUARE)
    assert "engine = Adapter()  # the adapter, which says how your engine is used" in repro
    assert "print(engine.gradient(x))  # -2.6, should be -5.2" in repro
    assert_shown(repro, tmp_path)


def test_where_an_adapter_runs_programs_itself_nothing_is_written(tmp_path: Path) -> None:
    written(VALUE, tmp_path)
    adapter = """
import my_engine
from harness.engines.adapter import ObjectEngine


class Adapter(ObjectEngine):
    cls = my_engine.Value
    module = my_engine

    def run(self, program):
        return super().run(program)
"""
    assert judged(written(adapter, tmp_path, "adapter"), SQUARE) == ""


def test_a_repro_that_is_not_what_was_judged_is_not_shown(tmp_path: Path) -> None:
    counted = VALUE.replace("class Value:", "made = []\n\n\nclass Value:").replace(
        "        self.grad = seed\n",
        "        made.append(1)\n        self.grad = seed + len(made)\n",
    )
    assert judged(written(counted, tmp_path), SQUARE) == ""


def test_a_name_that_is_no_identifier_is_imported_by_its_text(tmp_path: Path) -> None:
    repro = judged(written(VALUE, tmp_path, "my-engine"), SQUARE)
    assert "import_module('my-engine')" in repro
    assert_shown(repro, tmp_path)


def test_an_engine_in_a_notebook_is_tried_in_a_cell_of_it(tmp_path: Path) -> None:
    import json

    cell = {"cell_type": "code", "source": VALUE, "metadata": {}, "outputs": []}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    repro = judged(path, SQUARE)
    assert repro.splitlines()[0] == "# in a new cell of mine.ipynb"


@sweep("name", MADE, always=2, sample=8)
def test_the_repro_of_a_mistake_prints_the_wrong_number_that_it_tells(
    name: str, tmp_path: Path
) -> None:
    style, mistake = MADE[name]
    made: Mistake = mistake
    repro = first_repro(written(made.made_in(text_of(style)), tmp_path, style))
    if made.code in NO_REPRO and not repro:
        pytest.skip(NO_REPRO[made.code])
    assert_shown(repro, tmp_path)


@long
@pytest.mark.parametrize("style", ENGINES)
def test_the_repro_is_in_the_style_of_the_engine(style: str, tmp_path: Path) -> None:
    wrong = [one for one in of_style(ENGINES[style]).values() if one.label.direction == "backward"]
    rules = [one for one in wrong if one.label.op in ("mul", "sub", "div", "exp", "tanh", "sum")]
    repro = first_repro(written(rules[0].text, tmp_path, style))
    assert f"from {style} import " in repro
    assert_shown(repro, tmp_path)


FORMS = {
    "functions with a cache": ("fresh/layers_231.py", "sigmoid(x*y) * y", "", ""),
    "functions with their way back": ("fresh/pairs.py", "tanh(x*y)", "1 - y * y", "1 - y"),
    "gates": ("fresh/gate_objects.py", "tanh(x*y)", "self.out ** 2", "self.out"),
    "a static graph": ("fresh/session_graph.py", "tanh(x*y)", "(1 - out ** 2)", "(1 - out)"),
    "dual numbers": (
        "engines/dual_numbers.py",
        "tanh(x*y)",
        "1 - np.tanh(x.val) ** 2",
        "1 - np.tanh(x.val)",
    ),
}
"""Engines without objects that hold their gradients, an expression, and what is wrong in them."""


@pytest.mark.parametrize("form", FORMS)
def test_the_calls_of_an_engine_of_any_form_are_written_down(form: str, tmp_path: Path) -> None:
    file, expression, right, wrong = FORMS[form]
    text = (ROOT / "tests" / "strangers" / file).read_text(encoding="utf-8")
    assert right in text
    engine = written(text.replace(right, wrong), tmp_path, Path(file).stem)
    shown_in_its_lines(engine, expression, tmp_path)


ROWS = """
import math


def leaf(x):
    return [x, 0.0, []]


def add(a, b):
    return [a[0] + b[0], 0.0, [(a, 1.0), (b, 1.0)]]


def mul(a, b):
    return [a[0] * b[0], 0.0, [(a, b[0]), (b, a[0])]]


def tanh(a):
    t = math.tanh(a[0])
    return [t, 0.0, [(a, 1 - t)]]


def backward(out, seed=1.0):
    out[1] = out[1] + seed
    for node, slope in out[2]:
        backward(node, slope * seed)
"""
"""An engine whose nodes are short lists, each of which holds those that it was made of."""


def test_lists_that_hold_lists_are_written_down_too(tmp_path: Path) -> None:
    shown_in_its_lines(written(ROWS, tmp_path, "rows"), "tanh(x * y) + y", tmp_path)
    doubled = "x"
    for _ in range(6):
        doubled = f"({doubled} + {doubled})"
    shown_in_its_lines(written(ROWS, tmp_path, "rows"), f"tanh(y) + {doubled}", tmp_path)


def shown_in_its_lines(engine: Path, expression: str, folder: Path) -> None:
    repro = judged(engine, f"inputs: {{x: 0.7, y: 2}}\nexpr: {expression}\n")
    assert f"from {engine.stem} import " in repro
    assert_shown(repro, folder)

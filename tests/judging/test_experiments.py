"""Who overwrites gradients is found by asking each operation alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.engines.loading import load
from harness.judging.diagnosis import explain
from harness.judging.examination import examine
from harness.judging.oracle import computed
from harness.language.case import decode

ROOT = Path(__file__).resolve().parents[2]
ENGINE = """
import math

class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents, self.push = data, 0.0, parents, None
    def made(self, data, *edges):
        out = Value(data, tuple(parent for parent, _ in edges))
        def push():
            for parent, local in edges:
                parent.grad += local * out.grad
        out.push = push
        return out
    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self.made(self.data + other.data, (self, 1.0), (other, 1.0))
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self.made(self.data * other.data, (self, other.data), (other, self.data))
    def exp(self):
        out = self.made(math.exp(self.data), (self, math.exp(self.data)))
        out.push = out.push  # exp
        return out
    def backward(self):
        order, seen, todo = [], [], [(self, False)]
        while todo:
            node, done = todo.pop()
            if done:
                order.append(node)
            elif not any(node is other for other in seen):
                seen.append(node)
                todo += [(node, True), *((parent, False) for parent in node.parents)]
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            if node.push:
                node.push()
"""
RULE = ENGINE.replace(
    "        out.push = out.push  # exp\n",
    "        def push():\n            self.grad = out.data * out.grad\n        out.push = push\n",
)
MACHINERY = ENGINE.replace("parent.grad += local", "parent.grad = local")
EQUAL = ENGINE.replace("node is other", "node.data == other.data")
WIDE = "(x + 1) * exp(x) + x * y + x * 2 + x * 3 + (x + 4) * x + (x + 5) * x + x * 7 + x * 8 + x"


@pytest.mark.parametrize(
    ("engine", "expression", "blamed"),
    [
        (RULE, WIDE, ("exp", "overwrite")),
        (RULE, "exp(x) * x", ("exp", "overwrite")),
        (MACHINERY, WIDE, ("engine", "overwrite")),
        (MACHINERY, "exp(x) * x", ("engine", "overwrite")),
    ],
    ids=["rule_wide", "rule", "machinery_wide", "machinery"],
)
def test_the_one_that_overwrites_is_named(
    engine: str, expression: str, blamed: tuple[str, str], tmp_path: Path
) -> None:
    diagnosis = told(engine, expression, tmp_path)
    assert diagnosis == blamed


def test_an_engine_that_takes_equal_numbers_for_one_node_is_told_no_such_thing(
    tmp_path: Path,
) -> None:
    _, code = told(EQUAL, "exp(x) + exp(x) * 2 + x", tmp_path)
    assert code != "overwrite"


def told(engine: str, expression: str, folder: Path) -> tuple[str, str]:
    """The operation and the code that an engine is told for an expression of x and y."""
    (folder / "mine.py").write_text(engine)
    text = f"about: a\ninputs: {{x: 0.7, y: -1.5}}\nexpr: {expression}\n"
    case = decode(text, ROOT / "cases/a/wide.yaml")
    verdict = examine(load(str(folder / "mine.py")), case, computed(case))
    explanation = explain(verdict, "backward")
    assert explanation is not None
    return explanation.mistake.op, explanation.mistake.code


def test_of_many_steps_each_kind_is_asked_and_not_every_one(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(RULE)
    tens = [" + ".join(f"x * {10 * ten + one}" for one in range(10)) for ten in range(1, 17)]
    expression = " + ".join([*(f"({ten})" for ten in tens), "exp(x)"])
    case = decode(f"about: a\ninputs: {{x: 0.5}}\nexpr: {expression}\n", ROOT / "cases/a/wide.yaml")
    engine = load(str(tmp_path / "mine.py"))
    explanation = explain(examine(engine, case, computed(case)), "backward")
    assert explanation is not None
    assert (explanation.mistake.op, explanation.mistake.code) == ("exp", "overwrite")
    assert len(engine.experiments) < 150

"""Who overwrites gradients is found by asking each operation alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.engines.loading import load
from harness.judging import diagnosis
from harness.judging.diagnosis import explain
from harness.judging.examination import examine
from harness.judging.oracle import computed
from harness.judging.result import as_json
from harness.judging.symptoms import symptoms
from harness.judging.verdict import Explanation, Verdict
from harness.language.case import decode
from harness.showing.phrases import one_line
from harness.showing.terminal import describe_failure

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
PRODUCT = ENGINE.replace(
    "        return self.made(self.data * other.data, (self, other.data), (other, self.data))\n",
    """        out = self.made(self.data * other.data, (self, 0.0), (other, 0.0))
        def push():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad
        out.push = push
        return out
    def __neg__(self):
        return self * -1
    def __sub__(self, other):
        return self + other * -1
""",
)
EQUAL = ENGINE.replace("node is other", "node.data == other.data")
WIDE = "(x + 1) * exp(x) + x * y + x * 2 + x * 3 + (x + 4) * x + (x + 5) * x + x * 7 + x * 8 + x"


@pytest.mark.parametrize(
    ("engine", "expression", "blamed"),
    [
        (RULE, WIDE, ("exp", "overwrite")),
        (RULE, "exp(x) * x", ("exp", "overwrite")),
        (PRODUCT, "x * x", ("mul", "overwrite")),
        (PRODUCT, "x * y + x", ("mul", "overwrite")),
        (MACHINERY, WIDE, ("engine", "overwrite")),
        (MACHINERY, "exp(x) * x", ("engine", "overwrite")),
    ],
    ids=["rule_wide", "rule", "square", "product", "machinery_wide", "machinery"],
)
def test_the_one_that_overwrites_is_named(
    engine: str, expression: str, blamed: tuple[str, str], tmp_path: Path
) -> None:
    assert told(engine, expression, tmp_path) == blamed


def test_an_engine_that_takes_equal_numbers_for_one_node_is_told_no_such_thing(
    tmp_path: Path,
) -> None:
    found = told(EQUAL, "exp(x) + exp(x) * 2 + x", tmp_path)
    assert found is not None and found[1] != "overwrite"


def told(
    engine: str, expression: str, folder: Path, direction: str = "backward"
) -> tuple[str, str] | None:
    """The operation and the code that an engine is told for an expression of x and y."""
    explanation = explain(judged(engine, expression, folder), direction)
    if explanation is None:
        return None
    return explanation.mistake.op, explanation.mistake.code


def judged(engine: str, expression: str, folder: Path) -> Verdict:
    (folder / "mine.py").write_text(engine)
    text = f"about: a\ninputs: {{x: 0.7, y: -1.5}}\nexpr: {expression}\n"
    case = decode(text, ROOT / "cases/a/wide.yaml")
    return examine(load(str(folder / "mine.py")), case, computed(case))


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


SCALARS = ENGINE.replace(
    "    def exp(self):",
    """    def __neg__(self):
        return self * -1
    def __sub__(self, other):
        return self + -(other if isinstance(other, Value) else Value(other))
    def __pow__(self, other):
        y = other if isinstance(other, Value) else Value(other)
        out = self.data**y.data
        log = math.log(self.data) if self.data > 0 else 0.0
        return self.made(out, (self, y.data * self.data ** (y.data - 1)), (y, out * log))
    def __truediv__(self, other):
        return self * (other if isinstance(other, Value) else Value(other)) ** -1
    def abs(self):
        return self.made(abs(self.data), (self, -1.0 if self.data < 0 else 1.0))
    def tanh(self):
        out = math.tanh(self.data)
        return self.made(out, (self, 1 - out * out))
    def sigmoid(self):
        out = 1 / (1 + math.exp(-self.data))
        return self.made(out, (self, out * (1 - out)))
    def relu(self):
        return self.made(max(self.data, 0.0), (self, float(self.data > 0)))
    def exp(self):""",
)
"""An engine in which a difference and a quotient are made of simpler operations."""


def changed(old: str, new: str) -> str:
    assert SCALARS.count(old) == 1, old
    return SCALARS.replace(old, new)


@pytest.mark.parametrize(
    ("engine", "expression", "blamed"),
    [
        (changed("(self, -1.0 if self.data < 0 else 1.0)", "(self, 1.0)"), "abs(y)", "wrong-rule"),
        (changed("(self, 1 - out * out)", "(self, out * out - 1)"), "tanh(x)", "wrong-sign"),
        (changed("(self, 1 - out * out)", "(self, 1 - out)"), "tanh(x)", "wrong-rule"),
        (changed("(self, 1 - out * out)", "(self, 3 - 3 * out * out)"), "tanh(x)", "wrong-scale"),
        (changed("float(self.data > 0)", "0.0"), "relu(x)", "lost-gradient"),
    ],
    ids=["on one side", "everywhere", "a slip", "a factor", "lost"],
)
def test_one_point_does_not_name_a_rule_s_mistake(
    engine: str, expression: str, blamed: str, tmp_path: Path
) -> None:
    op = expression.partition("(")[0]
    assert told(engine, expression, tmp_path) == (op, blamed)


def test_a_rule_that_forgets_the_upstream_gradient_is_told_so(tmp_path: Path) -> None:
    rule = "        def push():\n            self.grad += out.data\n        out.push = push\n"
    engine = SCALARS.replace("        out.push = out.push  # exp\n", rule)
    assert told(engine, "exp(x) * y", tmp_path) == ("exp", "missing-upstream")


@pytest.mark.parametrize("expression", ["x / (y * y)", "y / x", "sigmoid(x) / x"])
def test_what_is_made_of_a_wrong_operation_is_not_blamed(expression: str, tmp_path: Path) -> None:
    engine = changed("self.data ** (y.data - 1)", "self.data ** y.data")
    assert told(engine, expression, tmp_path) == ("pow", "wrong-rule")


def test_the_value_of_what_is_made_of_a_wrong_operation_is_not_blamed(tmp_path: Path) -> None:
    engine = changed("out = self.data**y.data", "out = self.data**y.data * 2")
    assert told(engine, "x / (y * y)", tmp_path, "forward") == ("pow", "wrong-value")


def test_whatever_overflows_is_right_where_its_numbers_are_small(tmp_path: Path) -> None:
    cubed = "(self, (e := math.exp(self.data)) * (e * e) / (e * (1 + e) ** 2) / e)"
    engine = changed("(self, out * (1 - out))", cubed)
    assert told(engine, "sigmoid(x)", tmp_path) is None
    assert told(engine, "sigmoid(x * 400)", tmp_path) == ("sigmoid", "overflow")


def test_the_order_of_a_backward_pass_is_the_machinery_s(tmp_path: Path) -> None:
    engine = changed("for node in reversed(order):", "for node in order:")
    op, code = told(engine, "exp(x * y)", tmp_path) or ("", "")
    assert op == "engine" and code in ("lost-gradient", "missing-term")


def test_an_explanation_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    explained = diagnosis._explained

    def counted(verdict: Verdict, direction: str) -> Explanation:
        made.append(direction)
        return explained(verdict, direction)

    monkeypatch.setattr(diagnosis, "_explained", counted)
    verdict = judged(changed("(self, 1 - out * out)", "(self, 1 - out)"), "tanh(x)", tmp_path)
    describe_failure(verdict, "backward", "a", "mine.py")
    assert one_line(verdict, "backward").startswith("wrong-rule in tanh")
    assert symptoms(verdict, "a")[0].mistakes[0].experiment == "alone"
    as_json("mine.py", [("a", verdict)])
    assert made == ["backward"]


ALL_OF_MUL = PRODUCT.replace(
    "    def __neg__(self):",
    """    def __pow__(self, power):
        slope = power * self.data ** (power - 1)
        return self.made(self.data**power, (self, slope))
    def __truediv__(self, other):
        return self * (other if isinstance(other, Value) else Value(other)) ** -1
    def __neg__(self):""",
)
"""Whose product assigns, and all but its sum is made of products."""

PAIRS = ENGINE.replace(
    "        for parent, local in edges:", "        for parent, local in set(edges):"
)
"""Two equal terms of one gate are one."""

AGAIN = ENGINE.replace("in reversed(order):", "in [self, *reversed(order)]:")
"""The output passes on twice."""

THRICE = ENGINE.replace(
    "        return self.made(self.data * other.data, (self, other.data), (other, self.data))\n",
    """        more = [(self, other.data)] * (self is other)
        edges = [(self, other.data), (other, self.data), *more]
        return self.made(self.data * other.data, *edges)
""",
)
"""A square gets three terms."""

ENDLESS = ENGINE.replace(
    "        out = self.made(math.exp", "        self.exp()\n        out = self.made(math.exp"
)
"""Its exponential calls itself."""


@pytest.mark.parametrize(
    ("engine", "expression", "blamed"),
    [
        (ALL_OF_MUL, "x * x", ("mul", "overwrite")),
        (ALL_OF_MUL, "x / y + x", ("mul", "overwrite")),
        (PAIRS, "x + x", ("engine", "missing-term")),
        (PAIRS, "x * x", ("engine", "missing-term")),
        (AGAIN, "x * y", ("engine", "double-count")),
        (AGAIN, "x + y", ("engine", "double-count")),
        (THRICE, "x * x", ("mul", "double-count")),
    ],
    ids=["square", "quotient", "sum_of_pairs", "pairs", "product_again", "sum_again", "thrice"],
)
def test_what_is_made_of_it_is_no_second_witness(
    engine: str, expression: str, blamed: tuple[str, str], tmp_path: Path
) -> None:
    assert told(engine, expression, tmp_path) == blamed


def test_a_step_that_recurses_alone_is_no_long_chain(tmp_path: Path) -> None:
    assert told(ENDLESS, "exp(x) * y", tmp_path, "forward") == ("exp", "crash")


SHAPING = """
import numpy as np

class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.parents = np.asarray(data, float), parents
        self.grad, self.push = np.zeros_like(self.data), lambda: None
    def __add__(self, other):
        out = Tensor(self.data + other.data, (self, other))
        def push():
            self.grad = self.grad + out.grad
            other.grad = other.grad + out.grad
        out.push = push
        return out
    def __mul__(self, other):
        out = Tensor(self.data * other.data, (self, other))
        def push():
            self.grad = self.grad + out.grad * other.data
            other.grad = other.grad + out.grad * self.data
        out.push = push
        return out
    def reshape(self, shape):
        out = Tensor(self.data.reshape(shape), (self,))
        def push():
            self.grad = out.grad.reshape(self.data.shape)
        out.push = push
        return out
    def backward(self, seed):
        order = []
        def visit(node):
            if node not in order:
                for parent in node.parents:
                    visit(parent)
                order.append(node)
        visit(self)
        self.grad = seed
        for node in reversed(order):
            node.push()
"""


def test_a_step_that_changes_the_shape_is_asked_beside_another(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SHAPING)
    text = """about: a
inputs: {x: [[0.7, -1.5], [1.2, 0.4]], y: [1.1, 0.3, -0.6, 0.9]}
steps:
  r: reshape(x, shape=(4,))
  s: x * x
  f: r * y + reshape(s, shape=(4,))
"""
    case = decode(text, ROOT / "cases/a/wide.yaml")
    verdict = examine(load(str(tmp_path / "mine.py")), case, computed(case))
    explanation = explain(verdict, "backward")
    assert explanation is not None
    assert (explanation.mistake.op, explanation.mistake.code) == ("reshape", "overwrite")


SEVERAL = PRODUCT.replace(
    "        out.push = out.push  # exp\n",
    "        def push():\n            self.grad = out.data * out.grad\n        out.push = push\n",
)


@pytest.mark.parametrize(
    ("expression", "op"),
    [("x * y + x", "mul"), ("exp(x) + x", "exp"), ("exp(x) * x", "exp")],
)
def test_of_several_that_overwrite_each_is_told_and_not_what_they_write_over(
    expression: str, op: str, tmp_path: Path
) -> None:
    assert told(SEVERAL, expression, tmp_path) == (op, "overwrite")


SUM = ENGINE.replace(
    "        return self.made(self.data + other.data, (self, 1.0), (other, 1.0))\n",
    """        out = self.made(self.data + other.data, (self, 0.0), (other, 0.0))
        def push():
            self.grad = out.grad
            other.grad = out.grad
        out.push = push
        return out
""",
).replace("        for node in order:\n            node.grad = 0.0\n", "")


def test_what_is_wrong_already_is_told_where_backward_is_called_twice(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(SUM)
    text = """about: a
inputs: {x: 1.3}
steps:
  a: x + x
  b: a + a
  c: b + b
  f: c * x
backward: 2
"""
    case = decode(text, ROOT / "cases/a/wide.yaml")
    verdict = examine(load(str(tmp_path / "mine.py")), case, computed(case))
    explanation = explain(verdict, "backward")
    assert explanation is not None
    assert (explanation.mistake.op, explanation.mistake.code) == ("add", "overwrite")


KEEPING = ENGINE.replace("class Value:", "class Value:\n    kept = None", 1)
KEEPING = KEEPING.replace(
    "        return self.made(self.data * other.data, (self, other.data), (other, self.data))\n",
    """        out = self.made(self.data * other.data, (self, 0.0), (other, 0.0))
        Value.kept = self.data, other.data
        def push():
            self.grad += Value.kept[1] * out.grad
            other.grad += Value.kept[0] * out.grad
        out.push = push
        return out
""",
).replace(
    "        out.push = out.push  # exp\n",
    """        Value.kept = (out.data,)
        def push():
            (kept,) = Value.kept
            self.grad += kept * out.grad
        out.push = push
""",
)


@pytest.mark.parametrize("expression", ["exp(x) * y", "x * y + x * 3", "exp(x) + exp(y)"])
def test_what_all_rules_keep_in_one_place_is_the_machinery_s(
    expression: str, tmp_path: Path
) -> None:
    assert told(KEEPING, expression, tmp_path) == ("engine", "state-leak")

"""A mistake costs the passes that it fails, an edge a tenth of a case, a convention nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from judging.conftest import Check

from harness.cli import main

SCALARS = """
import math

class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
    def lift(x):
        return x if isinstance(x, Value) else Value(float(x))
    def __add__(self, other):
        other = Value.lift(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))
    def __mul__(self, other):
        other = Value.lift(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def __neg__(self):
        return self * -1.0
    def __sub__(self, other):
        return self + (-Value.lift(other))
    def __pow__(self, n):
        return Value(self.data ** n, ((self, n * self.power(n - 1)),))
    def power(self, n):
        return math.inf if self.data == 0 and n < 0 else self.data ** n
    def exp(self):
        e = math.exp(self.data)
        return Value(e, ((self, e),))
    def abs(self):
        return Value(abs(self.data), ((self, 1.0 if self.data >= 0 else -1.0),))
    def relu(self):
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),))
    def sigmoid(self):
        s = 1.0 / (1.0 + math.exp(-self.data))
        return Value(s, ((self, s * (1.0 - s)),))
    def backward(self):
        order, seen, todo = [], set(), [(self, False)]
        while todo:
            node, done = todo.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                todo.append((node, True))
                todo += [(parent, False) for parent, _ in node.parents]
        for node in order:
            node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            for parent, local in (*node.parents, *getattr(node, "hidden", ())):
                parent.grad += local * node.grad
"""

FAR = "inputs: {x: -800}\nexpr: sigmoid(x)"
CASES = {
    "far": f"{FAR}\npoints: 2",
    "product": "inputs: {x: 2, y: 3}\nexpr: x * y + exp(x)",
    "zero": "inputs: {x: 0, y: 3}\nexpr: abs(x) * y",
}


def told(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["op"], one["code"], one["weight"]) for one in found["findings"]]


def test_what_is_an_edge_alone_costs_a_tenth_of_its_case(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    found = check(SCALARS, CASES)
    assert told(found) == [("sigmoid", "overflow", "edge")]
    (edge,) = found["findings"]
    assert (edge["cost"], found["score"], found["max_score"], found["exit"]) == (0.2, 3.8, 4, 1)
    scores = {case["id"]: (case["status"], case["weight"]) for case in found["cases"]}
    assert scores["cases/far.yaml"] == ("failed", "edge")
    assert scores["cases/zero.yaml"] == ("passed", None)
    said = capsys.readouterr().out
    assert "What matters at extremes only" in said and "it matters where scores grow large" in said
    assert "2 passed (1 with another convention), 1 failed (1 at an edge alone)" in said
    assert said.index("sigmoid, forward: overflow") < said.index("- abs takes another slope")


def test_a_mistake_comes_first_whatever_it_costs(check: Check) -> None:
    wrong = SCALARS.replace("Value(e, ((self, e),))", "Value(e, ((self, 1.0),))")
    many = {f"far{i}": FAR.replace("-800", str(-800 - i)) for i in range(12)}
    found = check(wrong, {**CASES, **many})
    assert [weight for _, _, weight in told(found)] == ["mistake", "edge"]
    assert found["findings"][0]["cost"] == 0.5 < found["findings"][1]["cost"]


def test_an_edge_does_not_hide_a_mistake_of_the_same_rule(check: Check) -> None:
    wrong = SCALARS.replace("s * (1.0 - s)", "s")
    many = {f"far{i}": FAR.replace("-800", str(-800 - i)) for i in range(5)}
    found = check(wrong, {**many, "near": "inputs: {x: 0.5}\nexpr: sigmoid(x)"})
    assert ("sigmoid", "wrong-rule", "mistake") in told(found)
    assert told(found)[0][2] == "mistake"


def test_a_case_that_a_mistake_fails_too_loses_its_passes(check: Check) -> None:
    wrong = SCALARS.replace("Value(e, ((self, e),))", "Value(e, ((self, 1.0),))")
    found = check(wrong, {"both": "inputs: {x: 2}\nexpr: exp(x)"})
    assert [case["score"] for case in found["cases"]] == [0.5]
    assert [case["weight"] for case in found["cases"]] == ["mistake"]


# -- engines after public reports ------------------------------------------------------------------


def test_a_slope_of_one_at_zero_is_a_remark_of_a_scalar_engine_too(check: Check) -> None:
    found = check(SCALARS, {"zero": CASES["zero"]})
    assert found["findings"] == [] and found["score"] == 1
    assert [(one["code"], one["op"]) for one in found["remarks"]] == [("kink-convention", "abs")]


def test_zero_times_infinity_is_a_remark_that_says_where(check: Check) -> None:
    engine = SCALARS.replace("n * self.power(n - 1)", "float(n) * self.power(n - 1)")
    found = check(engine, {"zero": "inputs: {x: 0}\nexpr: x ** 0"})
    assert found["findings"] == [] and found["score"] == 1
    (remark,) = found["remarks"]
    assert remark["code"] == "indeterminate"
    assert "pow at x = 0, y = 0" in remark["message"] and "y * x ** (y - 1)" in remark["message"]


def test_pythons_own_error_for_zero_times_infinity_is_a_remark(check: Check) -> None:
    raising = SCALARS.replace("n * self.power(n - 1)", "n * self.data ** (n - 1)")
    found = check(raising, {"zero": "inputs: {x: 0}\nexpr: x ** 0", "one": CASES["product"]})
    assert found["findings"] == [] and found["exit"] == 0
    assert any("ZeroDivisionError" in one["message"] for one in found["remarks"])
    assert check(raising, {"zero": "inputs: {x: 0}\nexpr: (x + 1) ** 0.5"})["findings"] == []


CUT = """
    def cut(data, edges):
        out = Value(data)
        out.hidden = edges
        return out
    def exp(self):"""


def test_a_derivative_at_an_infinite_slope_may_be_computed_forward(check: Check) -> None:
    root = (
        "    def sqrt(self):\n        r = math.sqrt(self.data)\n"
        "        return Value(r, ((self, 0.5 / r),))\n    def exp(self):"
    )
    engine = SCALARS.replace("    def exp(self):", root)
    found = check(engine, {"zero": "inputs: {x: 0}\nexpr: sqrt(x)", "one": CASES["product"]})
    assert found["findings"] == [] and found["exit"] == 0


def test_relu_that_does_not_lead_on_is_named(check: Check) -> None:
    cut = SCALARS.replace(
        "Value(max(self.data, 0.0), ((self, float(self.data > 0)),))",
        "Value.cut(max(self.data, 0.0), ((self, float(self.data > 0)),))",
    ).replace("    def exp(self):", CUT)
    cases = {
        "sum": "inputs: {x: 1.5, y: -0.5, z: 2}\nexpr: relu(x * y + z) * 3",
        "medley": "inputs: {x: 2, y: 3}\nsteps: {p: x * y + y ** 3, f: p * 2 + relu(y + x)}",
        "product": "inputs: {x: 2, y: 3}\nexpr: relu(x * y)",
        "leaf": "inputs: {x: 2, y: 3}\nexpr: relu(x) * y",
        "again": "inputs: {x: 2, y: 3}\nexpr: x * y + y ** 3",
    }
    found = check(cut, cases)
    assert told(found) == [("relu", "lost-gradient", "mistake")]


def test_who_changes_an_operand_within_another_operation_is_named(check: Check) -> None:
    engine = SCALARS.replace(
        "        return self * -1.0\n", "        self.data = -self.data\n        return self\n"
    )
    cases = {
        "minus": "inputs: {x: 2, y: 3}\nexpr: x - y",
        "again": "inputs: {x: 2, y: 3}\nexpr: (x - y) * x - x",
        "negate": "inputs: {x: 2}\nexpr: -x",
    }
    found = check(engine, cases)
    assert told(found) == [("neg", "mutates-input", "mistake")]
    assert len(found["findings"][0]["cases"]) == 3


ARRAYS = (Path(__file__).parents[1] / "zoo/arrays.py").read_text(encoding="utf-8")


def test_a_slope_that_is_asked_of_the_result_is_no_convention(check: Check) -> None:
    before, name, after = ARRAYS.partition("    def leaky_relu(")
    old, new = "out.grad * slope", "out.grad * np.where(out.data >= 0.0, 1.0, negative_slope)"
    assert old in after
    case = "inputs: {x: [-1.5, 0, 2]}\nexpr: leaky_relu(x, negative_slope=0)"
    found = check(before + name + after.replace(old, new, 1), {"flat": case})
    assert told(found) == [("leaky_relu", "wrong-rule", "mistake")]


def test_a_division_by_zero_is_no_overflow(check: Check) -> None:
    case = {"zero": "inputs: {x: [0, 2, 3]}\nexpr: prod(x)"}
    old = "_kept(out.grad, self.shape, axis) * others"
    assert ARRAYS.count(old) == 1
    found = check(ARRAYS.replace(old, "out.grad * out.data / self.data"), case)
    assert told(found) == [("prod", "wrong-rule", "mistake")]
    assert "1000" not in found["findings"][0]["hint"]


FUNCTIONS = """
import numpy as np

class Box:
    __array_ufunc__ = None
    def __init__(self, value, links=()):
        self.value, self.links = value, links
    shape = property(lambda self: self.value.shape)
    dtype = property(lambda self: self.value.dtype)
    def __add__(self, other):
        return node(self.value + val(other), (self, lambda g: g), (other, lambda g: g))
    def __mul__(self, other):
        b = val(other)
        return node(self.value * b, (self, lambda g: g * np.asarray(b)), (other, lambda g: g))
    __radd__, __rmul__ = __add__, __mul__

def val(x):
    return x.value if isinstance(x, Box) else x

def node(value, *pairs):
    links = [(x, back) for x, back in pairs if isinstance(x, Box)]
    return Box(np.asarray(value), links) if links else value

def sum(x):
    a = val(x)
    return node(np.sum(a), (x, lambda g: g * np.ones_like(a)))

def max(x, axis):
    a = val(x)
    top = np.max(a, axis, keepdims=True)
    hit = (a == top) / (a == top).sum(axis, keepdims=True)
    return node(top.squeeze(axis), (x, lambda g: np.expand_dims(g, axis) * hit))

def grad(f, argnum=0):
    def df(*args):
        one = isinstance(argnum, int)
        numbers = (argnum,) if one else tuple(argnum)
        boxes = [Box(np.asarray(a)) if i in numbers else a for i, a in enumerate(args)]
        end = f(*boxes)
        order, seen, todo = [], set(), [(end, False)]
        while todo:
            box, done = todo.pop()
            if done:
                order.append(box)
            elif id(box) not in seen:
                seen.add(id(box))
                todo.append((box, True))
                todo += [(parent, False) for parent, _ in box.links]
        found = {id(end): np.ones_like(end.value)}
        for box in reversed(order):
            for parent, back in box.links:
                found[id(parent)] = found.get(id(parent), 0) + back(found[id(box)])
        told = [found.get(id(boxes[i]), np.zeros_like(boxes[i].value)) for i in numbers]
        return told[0] if one else tuple(told)
    return df
"""


def test_a_gradient_of_another_dtype_than_its_value_is_an_edge(check: Check) -> None:
    cases = {
        "max": "inputs: {x: [[1, 3], [2, 0]]}\ndtype: float32\nexpr: max(x, axis=1)",
        "number": "inputs: {x: [[1, 3], [2, 0]]}\ndtype: float32\nexpr: x * 3",
        "sum": "inputs: {x: [1, 3]}\ndtype: float32\nexpr: sum(x)",
    }
    found = check(FUNCTIONS, cases)
    assert told(found) == [("max", "precision", "edge")]
    assert found["findings"][0]["cases"] == ["cases/max.yaml"]
    right = FUNCTIONS.replace("* hit)", "* hit.astype(a.dtype))")
    assert check(right, cases)["findings"] == []
    double = FUNCTIONS.replace(
        "return x.value if isinstance(x, Box) else x",
        "return np.asarray(x.value if isinstance(x, Box) else x, float)",
    )
    assert check(double, cases)["findings"] == []


def test_conventions_are_told_after_everything_else_and_hide_nothing(check: Check) -> None:
    wrong = SCALARS.replace("(other, self.data))", "(other, 1.0))")
    found = check(wrong, {"zero": "inputs: {x: 0, y: 3, z: 2}\nexpr: abs(x) * y + y * z"})
    assert told(found) == [("mul", "wrong-rule", "mistake")]
    (case,) = found["cases"]
    assert [one["code"] for one in case["remarks"]] == ["kink-convention"]
    assert main(["check", "mine.py", "--cases", "cases"]) == 1


def test_an_engine_that_goes_back_one_step_only_is_named_as_such(check: Check) -> None:
    short = SCALARS.replace("for node in reversed(order):", "for node in (self,):")
    cases = {
        "chain": "inputs: {x: 2, y: 3}\nexpr: exp(x * y)",
        "other": "inputs: {x: 2, y: 3}\nexpr: relu(x + y) * 3",
        "alone": "inputs: {x: 2, y: 3}\nexpr: x * y",
    }
    assert told(check(short, cases)) == [("engine", "lost-gradient", "mistake")]

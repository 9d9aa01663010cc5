"""What an engine declines by itself is a lack; what it gets wrong is a mistake."""

from __future__ import annotations

from typing import Any

import pytest
from judging.conftest import Check

ENGINE = """
import numpy as np

class Tensor:
    def __init__(self, data, back=()):
        self.data, self.back = np.asarray(data, float), back
        self.grad = np.zeros_like(self.data)
    def __add__(self, other):
        other = other if isinstance(other, Tensor) else Tensor(other)
        CHECK
        return Tensor(self.data + other.data, ((self, lambda g: g), (other, lambda g: g)))
    def sum(self, axis=None):
        REDUCED
        return Tensor(self.data.sum(axis), ((self, lambda g: g + 0 * self.data),))
    def backward(self, grad=None):
        order, seen = [], set()
        def visit(node):
            if node not in seen:
                seen.add(node)
                [visit(parent) for parent, _ in node.back]
                order.append(node)
        visit(self)
        for node in order:
            node.grad = np.zeros_like(node.data)
        self.grad = np.ones_like(self.data) if grad is None else np.asarray(grad)
        for node in reversed(order):
            for parent, pull in node.back:
                parent.grad = parent.grad + pull(node.grad)
"""
CASES = {
    "alike": "inputs: {x: [1.5, 2.5], y: [0.5, -1.0]}\nexpr: x + y",
    "row": "inputs: {x: [[1.5, 2.5], [0.5, 1.5]], y: [0.5, -1.0]}\nexpr: x + y",
    "number": "inputs: {x: [1.5, 2.5]}\nexpr: x + 1",
    "total": "inputs: {x: [1.5, 2.5]}\nexpr: sum(x)",
    "rows": "inputs: {x: [[1.5, 2.5], [0.5, 1.5]]}\nexpr: sum(x, axis=1)",
}
BROADCASTING = (
    "assert self.data.shape == other.data.shape",
    "assert self.data.shape == other.data.shape, 'shapes must match'",
    "if self.data.shape != other.data.shape: raise ValueError('shape mismatch')",
    "if self.data.shape != other.data.shape: raise RuntimeError('broadcasting not supported')",
    "if self.data.shape != other.data.shape: raise NotImplementedError",
)


def _judged(check: Check, sum_: str = "pass", add: str = "pass") -> dict[str, Any]:
    engine = ENGINE.replace("CHECK", add).replace("REDUCED", sum_)
    return check(engine, {name: text for name, text in CASES.items()})


def _lacking(result: dict[str, Any]) -> dict[str, list[str]]:
    return {one["what"]: [c[6:-5] for c in one["cases"]] for one in result["missing"]}


@pytest.mark.parametrize("said", BROADCASTING)
def test_operands_of_other_shapes_may_be_declined(check: Check, said: str) -> None:
    result = _judged(check, add=said)
    assert _lacking(result)["broadcasting"] == ["row"] or _lacking(result)["broadcasting"] == [
        "number",
        "row",
    ]
    assert not [one for one in result["findings"] if one["direction"] == "forward"]
    reasons = {case["id"][6:-5]: case["reason"] for case in result["cases"]}
    assert reasons["row"].startswith("the engine has no broadcasting") and not reasons["alike"]


@pytest.mark.parametrize("said", ["assert axis is None", "if axis: raise TypeError('no axis')"])
def test_a_parameter_may_be_declined(check: Check, said: str) -> None:
    assert _lacking(_judged(check, sum_=said))["sum with axis"] == ["rows"]


def test_words_are_enough_where_nothing_else_can_be_tried(check: Check) -> None:
    result = _judged(check, sum_="raise Exception('reductions are not supported yet')")
    assert _lacking(result)["sum"] == ["rows", "total"]


@pytest.mark.parametrize(
    "said",
    [
        "assert self.data.shape != other.data.shape",
        "assert (self.data < 1.0).all()",
        "if self.data.ndim == 1: raise KeyError('no')",
    ],
)
def test_what_fails_on_plain_operands_is_a_crash(check: Check, said: str) -> None:
    result = _judged(check, add=said)
    assert ("add", "crash") in {(one["op"], one["code"]) for one in result["findings"]}
    (case,) = [case for case in result["cases"] if case["id"] == "cases/alike.yaml"]
    assert case["status"] == "failed"


def test_an_exception_of_numpys_is_no_refusal(check: Check) -> None:
    result = _judged(check, sum_="np.zeros(3) + np.zeros(4) if axis else 0")
    assert ("sum", "crash") in {(one["op"], one["code"]) for one in result["findings"]}

"""What is detached has a value and no gradient: what leads there, and what engines make of it."""

from __future__ import annotations

import pytest
from judging.conftest import Check

import minigrad

ENGINE = """
class Value:
    def __init__(self, data, back=()):
        self.data, self.grad, self.back = data, 0.0, back
    def __add__(self, other):
        return Value(self.data + other.data, ((self, lambda g: g), (other, lambda g: g)))
    def __mul__(self, other):
        return Value(self.data * other.data,
            ((self, lambda g: g * other.data), (other, lambda g: g * self.data)))
    def detach(self):
        return DETACHED
    def backward(self, grad=1.0):
        self.grad += grad
        for parent, pull in self.back:
            parent.backward(pull(grad))
"""
CASES = {
    "beside": "inputs: {x: 0.7, y: -1.5}\nexpr: x * y + detach(x) * x",
    "before": "inputs: {x: 0.7, y: -1.5}\nsteps:\n  p: x * y\n  f: detach(p + y) * detach(p) * y",
    "alone": "inputs: {x: 0.7, y: -1.5}\nsteps:\n  d: detach(x)\n  e: d * d\n  f: e * y",
}


@pytest.mark.parametrize("detached", ["Value(self.data)", "self.data"])
def test_a_leaf_of_its_own_is_detached_and_so_is_the_bare_number(
    detached: str, check: Check
) -> None:
    result = check(ENGINE.replace("DETACHED", detached), CASES)
    assert result["exit"] == 0, result["findings"]


@pytest.mark.parametrize("leak", ["self", "Value(self.data, ((self, lambda g: g),))"])
@pytest.mark.parametrize("case", CASES)
def test_a_gradient_that_goes_on_is_told_as_leaked(case: str, leak: str, check: Check) -> None:
    result = check(ENGINE.replace("DETACHED", leak), {case: CASES[case]})
    assert [(one["code"], one["op"]) for one in result["findings"]] == [
        ("leaked-gradient", "detach")
    ]


def test_no_gradient_is_asked_of_what_is_detached_or_of_what_leads_there_alone(
    check: Check,
) -> None:
    engine = (
        ENGINE.replace("DETACHED", "Value(self.data)")
        .replace(
            "self.data, self.grad, self.back = data, 0.0, back",
            "self.data, self.grad, self.back = data, None, back",
        )
        .replace("self.grad += grad", "self.grad = grad if self.grad is None else self.grad + grad")
    )
    assert check(engine, CASES)["exit"] == 0


LEAKS_LATER = """
import minigrad
from harness.engines.adapter import ObjectEngine

minigrad.OPERATIONS["detach"].vjps = (
    lambda g, out, x: g if isinstance(g, minigrad.Tensor) else g * 0.0,
)

class Engine(ObjectEngine):
    cls = minigrad.Tensor
    module = minigrad
"""


def test_a_gradient_that_goes_on_where_it_is_differentiated_again_is_wrong(
    monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    monkeypatch.setattr(minigrad.OPERATIONS["detach"], "vjps", (None,))
    texts = {"held": "sin(x) * detach(x)", "square": "x ** 2 * detach(x)", "right": "x * sin(x)"}
    cases = {name: f"inputs: {{x: 1.5}}\nexpr: {text}\norder: 2" for name, text in texts.items()}
    result = check(LEAKS_LATER, cases)
    assert [(one["op"], one["direction"]) for one in result["findings"]] == [("detach", "second")]

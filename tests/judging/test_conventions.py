"""Another choice at a kink or a tie is right; what is no subgradient is a mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.engines import by_formula
from harness.judging.judge import judge
from harness.judging.verdict import AGREES, CONVENTION, GUILTY, Verdict
from harness.language.case import decode

NAN, INF = float("nan"), float("inf")


def given(text: str, **gradients: Any) -> Verdict:
    """The verdict on an engine that is right, but for these gradients (and values, ``v_`` before
    their names)."""
    case = decode(f"about: a\n{text}\n", Path("a.yaml"))
    truth = by_formula.evaluate(case.program)
    values, own = dict(truth.values), dict(truth.gradients)
    for name, number in gradients.items():
        table = values if name.startswith("v_") else own
        table[name.removeprefix("v_")] = np.asarray(number, float)
    return judge(case, truth, type(truth)(values, own))


TIE = "inputs: {x: 2, y: 2}\nexpr: maximum(x, y)"
LEAKY = "inputs: {x: 0}\nexpr: leaky_relu(x, negative_slope=0.2)"
STRETCHED = "inputs: {x: [[1, 2], [3, 1]], y: [1, 1]}\nexpr: maximum(x, y)\nseed: [[1, 2], [3, 4]]"
BOTH = "inputs: {x: [[1], [1]], y: [1, 1]}\nexpr: maximum(x, y)\nseed: [[1, 1], [1, 1]]"
ITSELF = "inputs: {x: 2}\nexpr: maximum(x, x)"
LARGEST = "inputs: {x: [2, 2, 1, 2]}\nexpr: max(x)"
ROWS = "inputs: {x: [[2, 2], [1, 0]]}\nexpr: max(x, axis=1)\nseed: [2, -1]"
POOL = "inputs: {x: [[[[1, 1], [0, 1]]]]}\nexpr: max_pool2d(x, kernel_size=2)\nseed: [[[[2]]]]"
NORM = "inputs: {x: [0, 0]}\nexpr: norm(x)"
STD = "inputs: {x: [1, 1, 1]}\nexpr: std(x)"


@pytest.mark.parametrize(
    ("text", "gradients", "code"),
    [
        (TIE, {"x": 1, "y": 0}, "tie-convention"),
        (TIE, {"x": 0.3, "y": 0.7}, "tie-convention"),
        (STRETCHED, {"x": [[0, 2], [3, 0]], "y": [1, 4]}, "tie-convention"),
        (STRETCHED, {"x": [[1, 2], [3, 4]], "y": [0, 0]}, "tie-convention"),
        (BOTH, {"x": [[2], [2]], "y": [0, 0]}, "tie-convention"),
        (LARGEST, {"x": [1, 0, 0, 0]}, "tie-convention"),
        (LARGEST, {"x": [0.2, 0.3, 0, 0.5]}, "tie-convention"),
        (ROWS, {"x": [[0, 2], [-1, 0]]}, "tie-convention"),
        (POOL, {"x": [[[[0, 1], [0, 1]]]]}, "tie-convention"),
        ("inputs: {x: 0}\nexpr: relu(x)", {"x": 1}, "kink-convention"),
        ("inputs: {x: 0}\nexpr: relu(x) * 3", {"x": 1.5}, "kink-convention"),
        ("inputs: {x: 0}\nexpr: relu(x) * -3", {"x": -3}, "kink-convention"),
        ("inputs: {x: 0}\nexpr: abs(x)", {"x": 1}, "kink-convention"),
        ("inputs: {x: 0}\nexpr: abs(x)", {"x": -1}, "kink-convention"),
        (LEAKY, {"x": 0.6}, "kink-convention"),
        ("inputs: {x: 1}\nexpr: clamp(x, min=1, max=2)", {"x": 0}, "kink-convention"),
        (NORM, {"x": [0.6, 0.8]}, "kink-convention"),
        (NORM, {"x": [NAN, NAN]}, "indeterminate"),
        (STD, {"x": [0.5, -0.5, 0]}, "kink-convention"),
        ("inputs: {x: 0}\nexpr: x ** 0", {"x": NAN}, "indeterminate"),
        ("inputs: {x: 0}\nexpr: sqrt(x)", {"x": NAN}, "indeterminate"),
        ("inputs: {x: 0, y: 2}\nexpr: x ** y", {"y": NAN}, "indeterminate"),
        ("inputs: {x: 0, y: -1}\nexpr: x ** y", {"y": NAN}, "indeterminate"),
        ("inputs: {x: [0, -1], y: [0, 1]}\nexpr: x ** y", {"y": [-INF, NAN]}, "indeterminate"),
        ("inputs: {x: -2, y: 3}\nexpr: x ** y", {"y": 0}, "indeterminate"),
        ("inputs: {x: [-2, 1], y: 2}\nexpr: sum(x ** y) + y", {"y": 1}, "indeterminate"),
        ("inputs: {x: -1, y: 0}\nsteps: {g: x ** y, f: g + x + y}", {"y": 1}, "indeterminate"),
        ("inputs: {x: .nan}\nexpr: abs(x)", {"x": 1}, "indeterminate"),
        ("inputs: {x: .inf}\nexpr: tanh(x)", {"x": NAN}, "indeterminate"),
    ],
)
def test_what_is_a_subgradient_or_left_open_is_right(
    text: str, gradients: dict[str, Any], code: str
) -> None:
    verdict = given(text, **gradients)
    assert verdict.backward.status == "passed"
    assert {(direction, choice.code) for direction, choice in verdict.choices} == {
        ("backward", code)
    }


@pytest.mark.parametrize(
    ("text", "gradients"),
    [
        (TIE, {"x": 1, "y": 1}),
        (TIE, {"x": 0, "y": 0}),
        (TIE, {"y": 1}),
        (TIE, {"x": 2, "y": -1}),
        (STRETCHED, {"x": [[1, 2], [3, 4]], "y": [1, 4]}),
        (BOTH, {"x": [[2], [2]], "y": [2, 2]}),
        (ITSELF, {"x": 2}),
        (LARGEST, {"x": [1, 1, 0, 1]}),
        (LARGEST, {"x": [0.5, 0, 0, 0]}),
        (LARGEST, {"x": [0, 0, 1, 0]}),
        (ROWS, {"x": [[2, 2], [-1, 0]]}),
        (POOL, {"x": [[[[2, 2], [0, 2]]]]}),
        ("inputs: {x: 0}\nexpr: relu(x)", {"x": 2}),
        ("inputs: {x: 0}\nexpr: relu(x)", {"x": -0.1}),
        ("inputs: {x: 0}\nexpr: relu(x) * 3", {"x": -1}),
        ("inputs: {x: -1}\nexpr: relu(x)", {"x": 1}),
        ("inputs: {x: 0}\nexpr: abs(x)", {"x": 5}),
        (LEAKY, {"x": 0.1}),
        (NORM, {"x": [0.8, 0.8]}),
        (STD, {"x": [0.5, 0.5, 0]}),
        ("inputs: {x: -2, y: 3}\nexpr: x ** y", {"y": -5.5}),
        ("inputs: {x: 2, y: 3}\nexpr: x ** y", {"y": 0}),
        ("inputs: {x: -2, y: 3}\nexpr: x ** y", {"x": 0}),
        ("inputs: {x: 0}\nexpr: x ** 2", {"x": NAN}),
        ("inputs: {x: [0, 2, 3]}\nexpr: prod(x)", {"x": [NAN, 0, 0]}),
        ("inputs: {x: [.nan, 1]}\nexpr: tanh(x) + x", {"x": [NAN, 7]}),
    ],
)
def test_what_is_no_subgradient_is_a_mistake(text: str, gradients: dict[str, Any]) -> None:
    verdict = given(text, **gradients)
    assert verdict.backward.status == "failed"
    assert verdict.backward.first is not None and verdict.backward.first.status == GUILTY


def test_zero_to_the_zero_is_left_open_and_so_is_what_nan_is_compared_with() -> None:
    power = given("inputs: {x: 0, y: 0}\nexpr: x ** y", v_f=NAN)
    assert power.forward.status == "passed"
    assert [choice.code for _, choice in power.choices] == ["indeterminate"]
    assert given("inputs: {x: .nan}\nexpr: relu(x)", v_f=0).forward.status == "passed"
    assert given("inputs: {x: -1}\nexpr: sqrt(x)", v_f=1).forward.status == "failed"
    assert given("inputs: {x: 0}\nexpr: x + 0", v_f=NAN).forward.status == "failed"


CHAIN = "inputs: {x: 0, y: 3}\nsteps: {q: x * y, h: relu(q), f: h * 2}"


def test_what_follows_from_a_convention_must_be_right_by_it() -> None:
    right = given(CHAIN, q=2, x=6)
    assert right.backward.status == "passed"
    states = {item.name: item.status for item in right.backward.judgements}
    assert states == {"f": AGREES, "h": AGREES, "q": CONVENTION, "x": CONVENTION, "y": AGREES}
    wrong = given(CHAIN, q=2, x=5)
    assert wrong.backward.first is not None
    assert (wrong.backward.first.name, wrong.backward.first.status) == ("x", GUILTY)


def test_a_convention_does_not_hide_a_mistake_beside_it() -> None:
    verdict = given(CHAIN, h=3, q=3, x=9)
    assert verdict.backward.first is not None and verdict.backward.first.name == "h"
    assert verdict.backward.status == "failed"


def test_after_a_second_backward_leaves_may_have_twice_the_choice() -> None:
    text = "inputs: {x: 2, y: 2}\nexpr: maximum(x, y)\nbackward: 2"
    assert given(text, x=2, y=0).backward.status == "passed"
    assert given(text, x=2, y=2).backward.status == "failed"


LEAVES = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))
    def relu(self):
        return Value(max(self.data, 0.0), ((self, 1.0 if self.data >= 0 else 0.0),))
    def backward(self, g=1.0):
        if not self.parents:
            self.grad += g
        for parent, local in self.parents:
            parent.backward(local * g)
        if self.parents:
            self.grad = None
"""


def test_an_engine_that_keeps_gradients_of_leaves_alone_is_asked_for_its_choices(
    check: Any,
) -> None:
    case = {"chain": "inputs: {x: 0, y: 3}\nexpr: relu(relu(x * y) * 2)"}
    found = check(LEAVES, case)
    assert (found["exit"], found["score"]) == (0, 1)
    assert [one["code"] for one in found["cases"][0]["remarks"]] == ["kink-convention"]
    steep = check(LEAVES.replace("1.0 if self.data >= 0", "2.0 if self.data >= 0"), case)
    assert steep["exit"] == 1 and steep["findings"]

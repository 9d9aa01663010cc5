"""Where torch is further from the truth than an engine, the engine is right."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import judged

from harness.engines import reference
from harness.engines.engine import Engine
from harness.engines.loading import load
from harness.engines.trace import Trace
from harness.judging import exact
from harness.language.case import decode
from harness.vocabulary.program import Program

MINIGRAD = load("minigrad")

pytestmark = pytest.mark.skipif(not exact.IS_EXTENDED, reason="longdouble has no more digits here")


class Answering(Engine):
    """Torch, but for a number of its own for x in one direction."""

    def __init__(self, table: str, number: Any) -> None:
        self.table, self.number = table, number

    def run(self, asked: Program) -> Trace:
        truth = reference.evaluate(asked)
        if self.table == "second":
            return replace(truth, second={**truth.second, "x": self.number})
        return replace(truth, gradients={**truth.gradients, "x": self.number})

    def describe(self) -> list[str]:
        return []


def program(text: str) -> Program:
    return decode(f"about: a\n{text}\n", Path("a.yaml")).program


@pytest.mark.parametrize(
    "text",
    [
        "inputs: {x: [1e8, 1e8]}\nexpr: logsumexp(x)",
        "inputs: {x: 1e-8}\nexpr: sigmoid(x)\nseed: 2.5\norder: 2",
        "inputs: {x: 7, y: 0}\nexpr: x ** y\norder: 2",
        "inputs: {x: 1e-8, y: 1e-12}\nexpr: binary_cross_entropy(x, y)\norder: 2",
    ],
)
def test_minigrad_is_right_where_torch_is_the_less_exact(text: str) -> None:
    assert judged(MINIGRAD, program(text)).passed


def test_torchs_own_second_derivative_of_a_power_by_zero_is_taken_as_well() -> None:
    asked = program("inputs: {x: 7, y: 0}\nexpr: x ** y\norder: 2")
    assert judged(load("torch"), asked).passed


@pytest.mark.parametrize("wrong", [3.0, -1.2, 2.5783623])
def test_a_number_that_is_neither_torchs_nor_the_truth_is_wrong(wrong: float) -> None:
    asked = program("inputs: {x: 7, y: 0}\nexpr: x ** y\norder: 2")
    verdict = judged(Answering("second", np.array(wrong)), asked)
    assert verdict.second.status == "failed"


@pytest.mark.parametrize("off", [1e-8, 1e-4])
def test_what_is_further_off_than_torch_is_wrong(off: float) -> None:
    asked = program("inputs: {x: [1e8, 1e8]}\nexpr: logsumexp(x)")
    truth = reference.evaluate(asked).gradients["x"]
    verdict = judged(Answering("gradients", truth * (1 - off)), asked)
    assert verdict.backward.status == "failed"


def test_nothing_is_excused_where_a_formula_overflows_in_torch_alone() -> None:
    asked = program("inputs: {x: 1000}\nexpr: exp(x)")
    verdict = judged(Answering("gradients", np.array(1e300)), asked)
    assert verdict.backward.status == "failed"


class Turned(Answering):
    """Torch, but for the sign of a step, and the comparison that hangs on it."""

    def __init__(self, step: str) -> None:
        self.step = step

    def run(self, asked: Program) -> Trace:
        truth = reference.evaluate(asked)
        values = {
            name: ~array if array.dtype == bool else -array if name == self.step else array
            for name, array in truth.values.items()
        }
        return replace(truth, values=values)


def test_a_comparison_that_comes_out_otherwise_is_judged_as_it_is() -> None:
    asked = program("inputs: {x: [2.0, 3.0]}\nsteps: {a: x * 2, f: 'where(a > 1, a, x)'}")
    verdict = judged(Turned("a"), asked)
    assert verdict.forward.first is not None
    assert verdict.forward.first.name == "a"

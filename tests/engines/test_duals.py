"""Forward mode is judged without an adapter, in a pass for each input."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines.strange import accused, changed, judged, written

from harness.engines.adapter import FunctionEngine
from harness.engines.forms import DualEngine
from harness.engines.loading import load

DUAL = """
import numpy as np

class Dual:
    def __init__(self, real, eps=1.0):
        self.real, self.eps = real, eps

    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other, 0.0)
        return Dual(self.real + other.real, self.eps + other.eps)

    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(other, 0.0)
        return Dual(self.real * other.real, self.eps * other.real + self.real * other.eps)

    __radd__, __rmul__ = __add__, __mul__
"""

SUM = """
def sum(x):
    return Dual(np.sum(x.real), np.sum(x.eps))
"""

ROOT = """
def sqrt(x):
    root = np.sqrt(x.real)
    return Dual(root, x.eps / (2 * np.float64(root)))
"""
FUNCTION = """
def gradient(f, xs):
    return np.array([
        f(*(Dual(x, float(i == j)) for j, x in enumerate(xs))).eps for i in range(len(xs))
    ])
"""
"""Beside it the class counts as a part of the function's."""


def dual(folder: Path, text: str) -> DualEngine:
    """The engine of dual numbers in a file of that text."""
    engine = load(written(folder, text))
    assert isinstance(engine, DualEngine)
    return engine


@pytest.mark.parametrize("expression", ["x * y + x", "x * x", "2.0 * y + x"])
def test_a_right_one_agrees(expression: str, tmp_path: Path) -> None:
    assert judged(dual(tmp_path, DUAL), expression).status == "passed"


def test_operations_may_be_functions_of_named_tuples(tmp_path: Path) -> None:
    text = """
from collections import namedtuple

Dual = namedtuple("Dual", "primal tangent")

def add(a, b):
    return Dual(a.primal + b.primal, a.tangent + b.tangent)

def mul(a, b):
    return Dual(a.primal * b.primal, a.tangent * b.primal + a.primal * b.tangent)
"""
    assert judged(dual(tmp_path, text), "(x + y) * x").status == "passed"


def test_the_gradient_by_an_array_is_had_element_by_element(tmp_path: Path) -> None:
    text = "inputs: {x: [0.5, 1.5], y: [2.0, -1.0]}\nexpr: sum(x * y * x)\n"
    assert judged(dual(tmp_path, DUAL + SUM), text).status == "passed"


def test_a_wrong_rule_is_found_guilty(tmp_path: Path) -> None:
    wrong = changed(DUAL, ("self.eps * other.real + self.real", "self.eps + self.real"))
    assert accused(judged(dual(tmp_path, wrong), "x * y + x")) == {"mul"}


def test_gradients_of_gradients_are_lacking(tmp_path: Path) -> None:
    verdict = judged(dual(tmp_path, DUAL), "inputs: {x: 0.5}\nexpr: x * x\norder: 2\n")
    assert verdict.status == "passed"
    assert "gradients of gradients" in str(verdict.second.note)


@pytest.mark.parametrize("how", ["", FUNCTION])
def test_nan_in_a_pass_for_a_step_is_nobodys_mistake(how: str, tmp_path: Path) -> None:
    text = changed(DUAL, ("eps=1.0", "eps=0.0")) + ROOT + how
    engine = load(written(tmp_path, text))
    verdict = judged(engine, "inputs: {x: 0}\nsteps: {g: sqrt(x), f: g + x}\nseed: -2.5")
    assert verdict.status == "passed"
    assert verdict.trace.leaves_only
    assert not judged(engine, "inputs: {x: 4}\nsteps: {g: sqrt(x), f: g + x}").trace.leaves_only


DERIVATIVE = """
def derivative(f):
    return lambda x: f(Dual(x, 1.0)).eps
"""


def test_passes_that_are_not_told_apart_are_a_lack_of_second_order(tmp_path: Path) -> None:
    engine = load(written(tmp_path, DUAL + DERIVATIVE))
    verdict = judged(engine, "inputs: {x: 0.5, y: -1.5}\nexpr: x * y * x\norder: 2\n")
    assert verdict.status == "passed"
    assert "inside of another function's is mixed up" in str(verdict.second.note)


def test_of_two_functions_the_one_called_like_a_backward_pass_is_taken(tmp_path: Path) -> None:
    both = FUNCTION.replace("gradient", "forwards") + FUNCTION.replace("gradient", "backwards")
    engine = load(written(tmp_path, DUAL + both))
    assert isinstance(engine, FunctionEngine)
    assert engine.how[0] == "backwards"

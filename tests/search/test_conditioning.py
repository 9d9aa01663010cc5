"""Differences that are nobody's fault, and those that are."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import TWO_MISTAKES, engine_of, judged

from harness.engines import reference
from harness.engines.engine import Engine
from harness.engines.trace import Trace
from harness.language.case import decode
from harness.search.conditioning import is_ill_conditioned
from harness.vocabulary.program import Program


class Off(Engine):
    """Torch, with gradients that are off by a little."""

    def __init__(self, relative: float) -> None:
        self.relative = relative

    def run(self, asked: Program) -> Trace:
        truth = reference.evaluate(asked)
        off = {name: value * (1 + self.relative) for name, value in truth.gradients.items()}
        return Trace(truth.values, {**off, asked.output: truth.gradients[asked.output]})

    def describe(self) -> list[str]:
        return []


@pytest.mark.parametrize(("expr", "is_nobodys"), [("sin(x * 1e8)", True), ("sin(x * 2)", False)])
def test_what_the_mathematics_magnifies_is_set_aside(expr: str, is_nobodys: bool) -> None:
    text = f"about: a\ninputs: {{x: 0.3}}\nexpr: {expr}\n"
    verdict = judged(Off(3e-9), decode(text, Path("a.yaml")).program)
    assert not verdict.passed
    assert is_ill_conditioned(verdict) == is_nobodys


def test_a_wrong_number_is_not_taken_for_rounding(tmp_path: Path) -> None:
    program = decode("about: a\ninputs: {x: 0.3}\nexpr: exp(x) * x\n", Path("a.yaml")).program
    verdict = judged(engine_of(tmp_path, TWO_MISTAKES), program)
    assert not verdict.passed
    assert not is_ill_conditioned(verdict)


class SecondOff(Engine):
    """Torch, with gradients of gradients that are off by a part of themselves."""

    def run(self, asked: Program) -> Trace:
        truth = reference.evaluate(asked)
        second = {name: value * 1.25 for name, value in truth.second.items()}
        return Trace(truth.values, truth.gradients, second=second)

    def describe(self) -> list[str]:
        return []


@pytest.mark.parametrize("expr", ["exp(x) * y", "exp(x) + y * 1e6", "tanh(x) * y * 1e3"])
def test_a_wrong_second_order_is_not_taken_for_rounding(expr: str) -> None:
    text = f"about: a\ninputs: {{x: 0.3, y: 2.0}}\norder: 2\nexpr: {expr}\n"
    verdict = judged(SecondOff(), decode(text, Path("a.yaml")).program)
    assert verdict.second.status == "failed"
    assert not is_ill_conditioned(verdict)

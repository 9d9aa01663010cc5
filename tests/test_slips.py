"""The well-known slips: every operation has some, none is right by chance, and they are named."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

import minigrad
from harness.engines import reference
from harness.engines.loading import load
from harness.judging.diagnosis import explain
from harness.judging.examination import examine
from harness.judging.wording import sentence
from harness.language.case import decode
from harness.vocabulary.signatures import GATES
from harness.vocabulary.variants import formulas_of


def test_every_operand_with_a_derivative_has_a_slip_that_is_not_its_derivative() -> None:
    for formula in chain.from_iterable(map(formulas_of, GATES)):
        assert formula.slips.keys() == formula.derivatives.keys(), formula.code
        for operand, slips in formula.slips.items():
            for slip in slips:
                assert slip.what
                assert slip.text != formula.derivatives[operand]


MISTAKES = {
    "sigmoid": ("sigmoid(x)", lambda g, out, x: g * (1 - x) * x, "at the input, not at the output"),
    "tanh": ("tanh(x)", lambda g, out, x: g * (1 - out), "the square forgotten"),
    "div": ("y / x", lambda g, out, y, x: -g * y / x, "the divisor not squared"),
    "pow": ("x ** 3", lambda g, out, x, y: g * y * x**y, "the exponent not lowered"),
    "relu": ("relu(x)", lambda g, out, x: g, "everything passed on"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_slip_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expression, wrong, told = MISTAKES[name]
    operation = minigrad.OPERATIONS[name]
    position = 1 if name == "div" else 0
    vjps = [*operation.vjps[:position], wrong, *operation.vjps[position + 1 :]]
    monkeypatch.setattr(operation, "vjps", tuple(vjps))
    text = (
        f"about: a\ninputs: {{x: [[0.7, -1.3, 1.9]], y: [[2.1], [0.6]]}}\nexpr: {expression} * y\n"
    )
    case = decode(text, Path("x.yaml"))
    truth = reference.evaluate(case.program)
    explanation = explain(examine(load("minigrad:Tensor"), case, truth), "backward")
    assert explanation is not None
    found = explanation.mistake
    assert (found.code, found.op) == ("wrong-rule", name)
    assert told in sentence(found)

"""The vocabulary's formulas as an engine: second derivatives along a direction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from truths import PATHS

from harness.engines import by_formula, reference
from harness.engines.trace import Undefined
from harness.judging.comparing import largest, quiet
from harness.language.case import decode, load
from harness.vocabulary.local import Unanswerable


@quiet
def test_second_derivatives_are_torchs_in_all_cases_but_at_kinks() -> None:
    told = untold = 0
    for path in PATHS:
        program = replace(load(path).program, order=2)
        if program.dtype != "float64" or program.backward_calls == 2 or len(program.steps) > 100:
            continue
        if any(step.op == "binary_cross_entropy" for step in program.steps):
            continue  # torch's has an epsilon in its second derivative
        try:
            truth = reference.evaluate(program).second
            found = by_formula.second(program)
        except (Undefined, Unanswerable):
            untold += 1
            continue
        told += 1
        for name, number in found.items():
            atol = 1e-8 * max(largest(truth), 1.0)  # torch's own roundings, at tiny numbers
            expected = np.where(np.isnan(truth[name]), number, truth[name])
            assert np.allclose(number.astype(float), expected, 1e-6, atol), (path, name)
    assert untold < told / 8


@pytest.mark.parametrize("expr", ["relu(x)", "abs(x) * x", "maximum(x, 0) ** 2", "sqrt(x)"])
def test_at_a_kink_there_is_no_second_derivative(expr: str) -> None:
    program = decode(f"about: a\ninputs: {{x: 0}}\nexpr: {expr}\norder: 2\n", Path("a")).program
    with pytest.raises(Unanswerable), np.errstate(all="ignore"):
        by_formula.second(program)


def test_the_error_function_has_all_digits_of_extended_precision() -> None:
    x = [-9.0, -2.5, -1e-9, 0.0, 0.5, 3.0]
    text = f"about: a\ninputs: {{x: {x}}}\nexpr: erf(x)\n"
    found = by_formula.evaluate(decode(text, Path("a")).program, np.longdouble).values["f"]
    plain = by_formula.evaluate(decode(text, Path("a")).program).values["f"]
    assert found.dtype == np.longdouble
    assert np.allclose(found.astype(float), plain, 4e-16, 0.0)

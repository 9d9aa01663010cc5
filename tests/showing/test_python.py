"""The vocabulary's lines as Python."""

from __future__ import annotations

import numpy as np
import pytest

from harness.showing.python import (
    NotScalar,
    atom,
    bare,
    derivative,
    fill,
    functions,
    numbers,
    python,
)
from harness.vocabulary.program import Step


def test_a_number_as_exponent_is_brought_down_and_lowered() -> None:
    told = {3: "(3 * {x}**2) * {dout}", 2: "(2 * {x}) * {dout}", -1: "((-1) * {x}**(-2)) * {dout}"}
    for exponent, line in told.items():
        assert derivative(Step("f", "pow", ("x", exponent)), 0) == line
    assert "{y} - 1" in derivative(Step("f", "pow", ("x", "y")), 0)


def test_a_matrix_product_is_written_by_the_ranks_of_its_operands() -> None:
    step = Step("f", "matmul", ("A", "B"))
    assert derivative(step, 0, (2, 2)) == "{dout} @ {y}.T"
    assert derivative(step, 1, (1, 2)) == "outer({x}, {dout})"
    assert derivative(step, 0, (1, 5)) == derivative(step, 0, (1, 3)) != derivative(step, 0)
    assert derivative(step, 0, (4, 3)) == derivative(step, 0) == "{dout} @ {y}.mT"


def test_operands_have_their_names_and_parameters_their_literals() -> None:
    step = Step("f", "index", ("x", "i"), {"index": (slice(1, None), "i", [0, 2])})
    assert fill("{x}[{index}]", step, 0, str.upper) == "X[1:, I, [0, 2]]"
    assert fill("scatter({dout}, {index})", step, 0, str, dout="df") == (
        "scatter(df, np.s_[1:, i, [0, 2]])"
    )
    clamped = Step("f", "clamp", (-2.0,), {"max": 1})
    assert fill("clip({x}, {min}, {max})", clamped, 0, str) == "clip((-2.0), -inf, 1)"
    joined = Step("f", "concat", ("x", "y"))
    assert fill("part({operands}, {k}, {x}, {axis})", joined, 1, str) == "part([x, y], 1, y, 0)"


def test_functions_are_those_of_math_or_of_numpy() -> None:
    assert python("exp(-x) * pi", scalar=True) == "math.exp(-x) * math.pi"
    assert python("exp(-x) * pi", scalar=False) == "np.exp(-x) * np.pi"
    assert python("where(x > 0, abs(arcsin(x)), 0)", scalar=True) == (
        "(abs(math.asin(x)) if x > 0 else 0)"
    )
    assert python("sum(softmax(x, axis=1), axis=None)", scalar=False) == (
        "np.sum(softmax(x, axis=1))"
    )
    with pytest.raises(NotScalar):
        python("softmax(x)", scalar=True)


def test_a_function_stands_after_those_that_it_uses() -> None:
    names = functions(["log_softmax(x) + log_softmax(y)"])
    assert names[-1] == "log_softmax" and len(names) == len(set(names))
    assert functions(["np.exp(x) + x.log_softmax(y)"]) == []


@pytest.mark.parametrize(
    ("text", "whole"), [("x", "x"), ("f(x)[0]", "f(x)[0]"), ("x * y", "(x * y)")]
)
def test_a_method_is_called_of_what_holds_together(text: str, whole: str) -> None:
    assert atom(text) == whole


def test_parentheses_around_everything_are_left_out() -> None:
    assert [bare(text) for text in ("(-2)", "(x) + (y)", "((x))")] == ["-2", "(x) + (y)", "x"]


def test_arrays_are_given_as_numpy_reads_them() -> None:
    texts = [
        numbers(np.array([1.5, np.inf, -np.inf, np.nan]), "float64"),
        numbers(np.array([[1, 2]]), ""),
        numbers(np.asarray(2.5, "float32"), "float32"),
        numbers(np.zeros((0, 3)), "float64"),
        numbers(np.linspace(0, 1, 50), "float64"),
    ]
    assert texts[:4] == [
        "np.array([1.5, np.inf, -np.inf, np.nan])",
        "np.array([[1, 2]])",
        "np.float32(2.5)",
        "np.zeros((0, 3), np.float64)",
    ]
    assert np.array_equal(eval(texts[4], {"np": np}), np.linspace(0, 1, 50))

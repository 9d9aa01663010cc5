"""One name for several operations: which of them is meant is told by the operands."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.language.case import CaseError, decode
from harness.vocabulary.program import Step

HEAD = """about: a
inputs: {x: [[1, 2], [3, 5]], p: [[0.5, 0.5], [0.25, 0.75]], low: 0, high: 2, t: [[1, 2], [3, 4]]}
constants: {k: [1, 0], hot: [[0, 1], [1, 0]], m: [0.5, 1.5], v: [1, 2], far: [0, 2], odd: [0, 3]}
"""


def last(expression: str) -> Step:
    return decode(f"{HEAD}expr: {expression}\n", Path("x.yaml")).program.steps[-1]


@pytest.mark.parametrize(
    ("expression", "op", "operands", "text"),
    [
        ("cross_entropy(x, k)", "cross_entropy", ("x", "k"), ""),
        ("cross_entropy(x, p)", "soft_cross_entropy", ("x", "p"), ""),
        ("cross_entropy(x, hot)", "soft_cross_entropy", ("x", "hot"), ""),
        ("clamp(x, min=0, max=2)", "clamp", ("x",), ""),
        ("clamp(x, min=low)", "clamp_min", ("x", "low"), ""),
        ("clamp(x, max=high, min=None)", "clamp_max", ("x", "high"), "clamp(x, max=high)"),
        ("clamp(x, max=2, min=low)", "clamp_between", ("x", "low", 2), "clamp(x, min=low, max=2)"),
    ],
)
def test_the_operands_decide(
    expression: str, op: str, operands: tuple[object, ...], text: str
) -> None:
    step = last(expression)
    assert (step.op, step.operands) == (op, operands)
    inner = decode(f"{HEAD}expr: {expression} * 2\n", Path("x.yaml")).program.steps[0]
    assert inner.name == text or expression


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("cross_entropy(x, m)", "the labels of cross_entropy must be a constant of integers"),
        ("cross_entropy(x, far)", "labels must lie in 0 to 1, the 2 classes, or be -100, which is"),
        ("cross_entropy(x, k, reduction='all')", "reduction must be 'mean', 'sum' or 'none'"),
        ("cross_entropy(x, p, ignore_index=1)", "must be a constant of integers, not 'p'"),
        ("soft_cross_entropy(x, p)", "unknown operation 'soft_cross_entropy'"),
        ("clamp(x)", "clamp needs min or max"),
        (
            "clamp(x, min=low, mx=1)",
            r"has no parameter 'mx'; did you mean 'max'\? \(it has min, max\)",
        ),
        ("embedding(odd, x)", "rows must lie in 0 to 1, as there are 2"),
        ("embedding(m, x)", "the indices of embedding must be a constant of integers, not 'm'"),
        ("dropout(x, t)", "the mask of dropout must be a comparison, or a constant of true and"),
        ("dropout(x, hot, p=1)", "p must be a number from 0 on, and less than 1"),
        ("dropout(x, k)", r"dropout needs a mask of the shape \(2, 2\), not \(2,\)"),
        ("batch_norm(x, m, low, m, m)", "running_var of batch_norm must be a constant of numbers"),
        ("batch_norm(x, m, v, v, v, eps=0)", "eps must be a number above 0"),
        ("norm(x, ord='fro')", "ord must be inf, -inf or a number other than 0"),
        ("norm(x, ord=0)", "ord must be inf, -inf or a number other than 0"),
        ("gelu(x, approximate='erf')", "approximate must be 'none' or 'tanh'"),
        ("detach(x) * 2", "the output 'f' depends on no input"),
    ],
)
def test_what_fits_none_is_told(expression: str, told: str) -> None:
    with pytest.raises(CaseError, match=told):
        last(expression)

"""Where values go wrong: the well-known slips of forward formulas, beside other operations'.

The texts are lines of numpy like the vocabulary's formulas, with the same names in braces.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

VALUE_SLIPS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "div": (("cut to a whole number, as by //", "floor({x} / {y})"),),
    "pow": (
        ("the exponent cut to a whole number", "{x} ** trunc({y})"),
        ("the sign of the exponent lost", "{x} ** abs({y})"),
    ),
    "matmul": (
        ("the second operand turned", "{x} @ {y}.mT"),
        ("the first operand turned", "{x}.mT @ {y}"),
    ),
    "exp": (("a power of 2, not of e", "2**{x}"), ("a power of 10, not of e", "10**{x}")),
    "log": (("to the base 10, not e", "log10({x})"), ("to the base 2, not e", "log2({x})")),
    "relu": (
        ("the other side is kept", "minimum({x}, 0)"),
        ("1 where it should be x", "({x} > 0) * 1.0"),
    ),
    "leaky_relu": (
        ("the slope taken on the other side", "where({x} > 0, {negative_slope} * {x}, {x})"),
        ("the slope for the number", "where({x} > 0, {x}, {negative_slope})"),
    ),
    "elu": (
        ("the 1 not subtracted", "where({x} > 0, {x}, {alpha} * exp({x}))"),
        ("alpha forgotten", "where({x} > 0, {x}, expm1({x}))"),
    ),
    "sigmoid": (
        ("the sign in the exponent lost", "1 / (1 + exp({x}))"),
        ("a minus for the plus", "1 / (1 - exp(-{x}))"),
    ),
    "tanh": (
        ("the 2 in the exponent forgotten", "tanh({x} / 2)"),
        ("turned over", "1 / tanh({x})"),
    ),
    "silu": (("the sign in the exponent lost", "{x} / (1 + exp({x}))"),),
    "softplus": (("the sign in the exponent lost", "log1p(exp(-{x}))"),),
    "mean": (
        (
            "divided by the number of all elements",
            "sum({x}, {axis}, keepdims={keepdims}) / size({x})",
        ),
    ),
    "var": (
        ("n for n - correction", "var({x}, axis={axis}, keepdims={keepdims})"),
        ("n - 1 for n", "var({x}, axis={axis}, keepdims={keepdims}, ddof=1)"),
    ),
    "std": (
        ("n for n - correction", "std({x}, axis={axis}, keepdims={keepdims})"),
        ("n - 1 for n", "std({x}, axis={axis}, keepdims={keepdims}, ddof=1)"),
    ),
    "softmax": (
        ("divided by the sum of all elements", "exp({x}) / sum(exp({x}))"),
        (
            "divided by the sum of all elements",
            "exp({x} - max({x}, {axis}, keepdims=True))"
            " / sum(exp({x} - max({x}, {axis}, keepdims=True)))",
        ),
        ("not divided", "exp({x} - max({x}, {axis}, keepdims=True))"),
    ),
    "log_softmax": (("the sum of all elements taken", "{x} - logsumexp({x})"),),
    "mse_loss": (
        ("not squared", "mean({x} - {y})"),
        ("the sum, not the mean", "sum(({x} - {y})**2)"),
    ),
    "binary_cross_entropy": (
        ("the second term forgotten", "mean(-{y} * log({p}))"),
        ("the sum, not the mean", "sum(-{y} * log({p}) - (1 - {y}) * log(1 - {p}))"),
    ),
    "cross_entropy": (
        (
            "the softmax forgotten",
            "-sum(onehot({labels}, {logits}) * {logits}) / {n}",
        ),
    ),
}
"""By operation, what is wrong and the line that is often written for the value."""

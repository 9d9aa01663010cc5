"""What each operation computes, and its derivatives, in a table that is read by entry.

``formula.py`` says what the lines mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from harness.vocabulary.formula import Formula
from harness.vocabulary.formulas_arrays import ARRAYS
from harness.vocabulary.formulas_networks import NETWORKS
from harness.vocabulary.kinks import EDGES, INDETERMINATE, KINKS, WHOLES
from harness.vocabulary.signatures import COMPARISONS
from harness.vocabulary.slips import SLIPS

_TABLE: Final[Mapping[str, Formula]] = {
    # arithmetic
    "add": Formula("operator.add", "{x} + {y}", {"x": "1 * {dout}", "y": "1 * {dout}"}),
    "sub": Formula("operator.sub", "{x} - {y}", {"x": "1 * {dout}", "y": "-1 * {dout}"}),
    "mul": Formula("operator.mul", "{x} * {y}", {"x": "{y} * {dout}", "y": "{x} * {dout}"}),
    "div": Formula(
        "operator.truediv",
        "{x} / {y}",
        {"x": "(1 / {y}) * {dout}", "y": "(-{x} / {y}**2) * {dout}"},
    ),
    "pow": Formula(
        "operator.pow",
        "{x}**{y}",
        {"x": "({y} * {x}**({y} - 1)) * {dout}", "y": "(log({x}) * {out}) * {dout}"},
    ),
    "neg": Formula("operator.neg", "-{x}", {"x": "-1 * {dout}"}),
    "matmul": Formula(
        "operator.matmul", "{x} @ {y}", {"x": "{dout} @ {y}.mT", "y": "{x}.mT @ {dout}"}
    ),
    # elementwise
    "abs": Formula("torch.abs", "abs({x})", {"x": "sign({x}) * {dout}"}),
    "exp": Formula("torch.exp", "exp({x})", {"x": "{out} * {dout}"}),
    "expm1": Formula("torch.expm1", "expm1({x})", {"x": "({out} + 1) * {dout}"}),
    "log": Formula("torch.log", "log({x})", {"x": "(1 / {x}) * {dout}"}),
    "log1p": Formula("torch.log1p", "log1p({x})", {"x": "(1 / (1 + {x})) * {dout}"}),
    "sqrt": Formula("torch.sqrt", "sqrt({x})", {"x": "(0.5 / {out}) * {dout}"}),
    "square": Formula("torch.square", "{x}**2", {"x": "(2 * {x}) * {dout}"}),
    "reciprocal": Formula("torch.reciprocal", "1 / {x}", {"x": "(-{out}**2) * {dout}"}),
    "sin": Formula("torch.sin", "sin({x})", {"x": "cos({x}) * {dout}"}),
    "cos": Formula("torch.cos", "cos({x})", {"x": "-sin({x}) * {dout}"}),
    "tan": Formula("torch.tan", "tan({x})", {"x": "(1 + {out}**2) * {dout}"}),
    "asin": Formula("torch.asin", "arcsin({x})", {"x": "(1 / sqrt(1 - {x}**2)) * {dout}"}),
    "acos": Formula("torch.acos", "arccos({x})", {"x": "(-1 / sqrt(1 - {x}**2)) * {dout}"}),
    "atan": Formula("torch.atan", "arctan({x})", {"x": "(1 / (1 + {x}**2)) * {dout}"}),
    "atan2": Formula(
        "torch.atan2",
        "arctan2({y}, {x})",
        {
            "y": "({x} / ({x}**2 + {y}**2)) * {dout}",
            "x": "(-{y} / ({x}**2 + {y}**2)) * {dout}",
        },
    ),
    "sinh": Formula("torch.sinh", "sinh({x})", {"x": "cosh({x}) * {dout}"}),
    "cosh": Formula("torch.cosh", "cosh({x})", {"x": "sinh({x}) * {dout}"}),
    "tanh": Formula("torch.tanh", "tanh({x})", {"x": "(1 - {out}**2) * {dout}"}),
    "sigmoid": Formula(
        "torch.sigmoid", "1.0 / (1 + exp(-{x}))", {"x": "((1 - {out}) * {out}) * {dout}"}
    ),
    "relu": Formula("torch.relu", "maximum({x}, 0)", {"x": "({x} > 0) * {dout}"}),
    "leaky_relu": Formula(
        "torch.nn.functional.leaky_relu",
        "where({x} > 0, {x}, {negative_slope} * {x})",
        {"x": "where({x} > 0, 1, {negative_slope}) * {dout}"},
    ),
    "elu": Formula(
        "torch.nn.functional.elu",
        "where({x} > 0, {x}, {alpha} * expm1({x}))",
        {"x": "where({x} > 0, 1, {alpha} * exp({x})) * {dout}"},
    ),
    "gelu": Formula(
        "torch.nn.functional.gelu",
        "{x} * (1 + erf({x} / sqrt(2))) / 2",
        {"x": "((1 + erf({x} / sqrt(2))) / 2 + {x} * exp(-{x}**2 / 2) / sqrt(2 * pi)) * {dout}"},
    ),
    "silu": Formula(
        "torch.nn.functional.silu",
        "{x} / (1 + exp(-{x}))",
        {"x": "(sigmoid({x}) * (1 + {x} * (1 - sigmoid({x})))) * {dout}"},
    ),
    "softplus": Formula(
        "torch.nn.functional.softplus",
        "maximum({x}, 0) + log1p(exp(-abs({x})))",
        {"x": "(1 / (1 + exp(-{x}))) * {dout}"},
    ),
    "logsigmoid": Formula(
        "torch.nn.functional.logsigmoid",
        "minimum({x}, 0) - log1p(exp(-abs({x})))",
        {"x": "(1 / (1 + exp({x}))) * {dout}"},
    ),
    "erf": Formula("torch.erf", "erf({x})", {"x": "(2 / sqrt(pi) * exp(-{x}**2)) * {dout}"}),
    "clamp": Formula(
        "torch.clamp",
        "clip({x}, {min}, {max})",
        {"x": "(({x} >= {min}) & ({x} <= {max})) * {dout}"},
    ),
    "clamp_min": Formula(
        "torch.clamp_min",
        "maximum({x}, {min})",
        {"x": "({x} >= {min}) * {dout}", "min": "({x} < {min}) * {dout}"},
    ),
    "clamp_max": Formula(
        "torch.clamp_max",
        "minimum({x}, {max})",
        {"x": "({x} <= {max}) * {dout}", "max": "({x} > {max}) * {dout}"},
    ),
    "clamp_between": Formula(
        "torch.clamp",
        "minimum(maximum({x}, {min}), {max})",
        {
            "x": "(({x} >= {min}) & ({x} <= {max})) * {dout}",
            "min": "(({x} < {min}) & ({min} < {max})) * {dout}",
            "max": "(({x} > {max}) | ({max} < {min})) * {dout}",
        },
    ),
    "logaddexp": Formula(
        "torch.logaddexp",
        "logaddexp({x}, {y})",
        {
            "x": "sigmoid({x} - {y}) * {dout}",
            "y": "sigmoid({y} - {x}) * {dout}",
        },
    ),
    "maximum": Formula(
        "torch.maximum",
        "maximum({x}, {y})",
        {
            "x": "(({x} > {y}) + ({x} == {y}) / 2) * {dout}",
            "y": "(({y} > {x}) + ({x} == {y}) / 2) * {dout}",
        },
    ),
    "minimum": Formula(
        "torch.minimum",
        "minimum({x}, {y})",
        {
            "x": "(({x} < {y}) + ({x} == {y}) / 2) * {dout}",
            "y": "(({y} < {x}) + ({x} == {y}) / 2) * {dout}",
        },
    ),
    "where": Formula(
        "torch.where",
        "where({condition}, {x}, {y})",
        {"x": "where({condition}, 1, 0) * {dout}", "y": "where({condition}, 0, 1) * {dout}"},
    ),
    "detach": Formula("torch.detach", "copy({x})", {}),
    **ARRAYS,
    **NETWORKS,
}

FORMULAS: Final[Mapping[str, Formula]] = {
    name: replace(
        entry,
        edges=EDGES.get(name, {}),
        kinks=KINKS.get(name, {}),
        wholes=WHOLES.get(name, ()),
        indeterminate=INDETERMINATE.get(name, "False"),
        slips=SLIPS.get(name, {}),
    )
    for name, entry in _TABLE.items()
} | {
    name: Formula(f"operator.{name}", f"{{x}} {comparison.symbol} {{y}}", {})
    for name, comparison in COMPARISONS.items()
}
"""What each operation, and each comparison, computes, by its name."""

EDGELESS: Final[Mapping[str, str]] = {
    **dict.fromkeys(["sum", "mean", "cumsum"], "linear"),
    **dict.fromkeys(["neg", "add", "sub", "matmul", "outer", "einsum"], "linear"),
    **dict.fromkeys(["conv1d", "conv2d", "conv_transpose2d"], "linear"),
    **dict.fromkeys(["avg_pool2d", "mse_loss", "var", "square"], "a polynomial"),
    **dict.fromkeys(["reshape", "transpose", "permute", "broadcast_to"], "moves numbers only"),
    **dict.fromkeys(["unsqueeze", "squeeze", "flip", "pad"], "moves numbers only"),
    **dict.fromkeys(["concat", "stack", "index"], "moves numbers only"),
    **dict.fromkeys(["gather", "take_along_axis"], "moves numbers only"),
    **dict.fromkeys(["split", "chunk", "unbind"], "moves numbers only"),
    **dict.fromkeys(["sin", "cos", "tan", "atan", "sinh", "cosh"], "smooth, nothing cancels"),
    **dict.fromkeys(["embedding"], "moves numbers only"),
    **dict.fromkeys(["dropout"], "linear"),
    **dict.fromkeys(["erf", "layer_norm", "batch_norm"], "smooth, nothing cancels"),
    "detach": "has no derivative",
}
"""Operations without a kink, an edge of their domain or a magnitude where formulas fail: why."""

"""What operations compute, and their derivatives: lines of numpy, never in a sandbox.

``code`` and ``derivatives`` are lines of numpy and of the few functions in ``numerics.py``. A name
in braces stands for an operand's value or a parameter's literal, ``{out}`` for the result,
``{dout}`` for the upstream gradient, ``{operands}`` for the list of a variadic operation's operands
and ``{k}`` for the number of the one that is differentiated, ``{n}`` for how many elements are
reduced to one. What is added to an operand's gradient is the derivative's value, summed over the
axes along which the operand was broadcast (see ``local.py``); a reduction's ``{out}`` and
``{dout}`` keep the reduced axes. The file is long because it is one table, read by entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from harness.vocabulary.kinks import EDGES, INDETERMINATE, KINKS, WHOLES, Kink, Whole
from harness.vocabulary.signatures import COMPARISONS
from harness.vocabulary.slips import SLIPS, Slip


@dataclass(frozen=True, slots=True)
class Formula:
    """What an operation computes. ``torch`` names the function that defines it; ``derivatives`` has
    a line for each operand that has one."""

    torch: str
    code: str
    derivatives: Mapping[str, str]
    edges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Where a derivative's formula has no answer, or another than torch's: for an operand, the
    condition and torch's answer there, in place of the whole derivative."""
    kinks: Mapping[str, Kink] = field(default_factory=dict)
    """Where more than one derivative is right, and which, for each operand that has such places."""
    wholes: tuple[Whole, ...] = ()
    """What the contributions at a kink must come to together."""
    indeterminate: str = "False"
    """Where mathematics leaves open what the formulas have a number for."""
    slips: Mapping[str, tuple[Slip, ...]] = field(default_factory=dict)
    """The well-known slips in each operand's derivative."""
    count: str = ""
    """What ``{n}`` is where it is not how many elements of the first operand become one."""


_CONVOLUTION: Final = {
    "x": "conv_dx({x}, {weight}, {stride}, {padding}, {dilation}, {groups}, {dout})",
    "weight": "conv_dw({x}, {weight}, {stride}, {padding}, {dilation}, {groups}, {dout})",
    "bias": "conv_db({dout})",
}

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
    # reductions
    "sum": Formula("torch.sum", "sum({x}, axis={axis}, keepdims={keepdims})", {"x": "1 * {dout}"}),
    "mean": Formula(
        "torch.mean", "mean({x}, axis={axis}, keepdims={keepdims})", {"x": "(1 / {n}) * {dout}"}
    ),
    "prod": Formula(
        "torch.prod",
        "prod({x}, axis={axis}, keepdims={keepdims})",
        {"x": "product_of_others({x}, {axis}) * {dout}"},
    ),
    "var": Formula(
        "torch.var",
        "var({x}, axis={axis}, keepdims={keepdims}, ddof={correction})",
        {"x": "2 * ({x} - mean({x}, {axis}, keepdims=True)) / ({n} - {correction}) * {dout}"},
    ),
    "std": Formula(
        "torch.std",
        "std({x}, axis={axis}, keepdims={keepdims}, ddof={correction})",
        {"x": "({x} - mean({x}, {axis}, keepdims=True)) / (({n} - {correction}) * {out}) * {dout}"},
    ),
    "norm": Formula(
        "torch.linalg.vector_norm",
        "norm({x}, axis={axis}, keepdims={keepdims})",
        {"x": "({x} / {out}) * {dout}"},
    ),
    "max": Formula(
        "torch.amax",
        "max({x}, axis={axis}, keepdims={keepdims})",
        {"x": "({x} == {out}) / sum({x} == {out}, {axis}, keepdims=True) * {dout}"},
    ),
    "min": Formula(
        "torch.amin",
        "min({x}, axis={axis}, keepdims={keepdims})",
        {"x": "({x} == {out}) / sum({x} == {out}, {axis}, keepdims=True) * {dout}"},
    ),
    "logsumexp": Formula(
        "torch.logsumexp",
        "logsumexp({x}, axis={axis}, keepdims={keepdims})",
        {"x": "exp({x} - {out}) * {dout}"},
    ),
    # cumulative
    "cumsum": Formula(
        "torch.cumsum",
        "cumsum({x}, {axis})",
        {"x": "flip(cumsum(flip({dout}, {axis}), {axis}), {axis})"},
    ),
    "cumprod": Formula(
        "torch.cumprod", "cumprod({x}, {axis})", {"x": "cumprod_dx({x}, {dout}, {axis})"}
    ),
    # shape
    "reshape": Formula(
        "torch.reshape", "reshape({x}, {shape})", {"x": "reshape({dout}, shape({x}))"}
    ),
    "transpose": Formula(
        "torch.transpose",
        "swapaxes({x}, {axis0}, {axis1})",
        {"x": "swapaxes({dout}, {axis0}, {axis1})"},
    ),
    "permute": Formula(
        "torch.permute",
        "transpose({x}, {axes})",
        {"x": "transpose({dout}, argsort(mod({axes}, ndim({x}))))"},
    ),
    "broadcast_to": Formula(
        "torch.broadcast_to", "broadcast_to({x}, {shape})", {"x": "unbroadcast({dout}, shape({x}))"}
    ),
    "unsqueeze": Formula(
        "torch.unsqueeze", "expand_dims({x}, {axis})", {"x": "squeeze({dout}, {axis})"}
    ),
    "squeeze": Formula(
        "torch.squeeze", "squeeze({x}, {axis})", {"x": "expand_dims({dout}, {axis})"}
    ),
    "flip": Formula("torch.flip", "flip({x}, {axis})", {"x": "flip({dout}, {axis})"}),
    "pad": Formula(
        "torch.pad",
        "pad({x}, widths({pad}, ndim({x})), constant_values={value})",
        {"x": "unpad({dout}, {pad})"},
    ),
    "concat": Formula(
        "torch.concat",
        "concatenate({operands}, {axis})",
        {"x": "part({dout}, {operands}, {k}, {axis})"},
    ),
    "stack": Formula(
        "torch.stack", "stack({operands}, {axis})", {"x": "take({dout}, {k}, {axis})"}
    ),
    "index": Formula(
        "operator.getitem", "{x}[{index}]", {"x": "scatter({dout}, shape({x}), {index})"}
    ),
    "gather": Formula(
        "torch.gather",
        "gather({x}, {indices}, {axis})",
        {"x": "ungather({dout}, {x}, {indices}, {axis})"},
    ),
    "take_along_axis": Formula(
        "torch.take_along_dim",
        "take_along_axis({x}, {indices}, {axis})",
        {"x": "ungather({dout}, {x}, {indices}, {axis})"},
    ),
    "split": Formula(
        "torch.split",
        "split({x}, {size}, {axis})[{piece}]",
        {"x": "placed({dout}, {x}, {axis}, start(split({x}, {size}, {axis}), {piece}, {axis}))"},
    ),
    "chunk": Formula(
        "torch.chunk",
        "chunk({x}, {chunks}, {axis})[{piece}]",
        {"x": "placed({dout}, {x}, {axis}, start(chunk({x}, {chunks}, {axis}), {piece}, {axis}))"},
    ),
    "unbind": Formula(
        "torch.unbind",
        "take({x}, {piece}, {axis})",
        {"x": "placed(expand_dims({dout}, {axis}), {x}, {axis}, {piece})"},
    ),
    # order
    "sort": Formula(
        "torch.sort",
        "take_along_axis({x}, order({x}, {axis}, {descending}), {axis})",
        {"x": "ungather({dout}, {x}, order({x}, {axis}, {descending}), {axis})"},
    ),
    "topk": Formula(
        "torch.topk",
        "take_along_axis({x}, top({x}, {k}, {axis}, {largest}), {axis})",
        {"x": "ungather({dout}, {x}, top({x}, {k}, {axis}, {largest}), {axis})"},
    ),
    "median": Formula(
        "torch.median",
        "median({x}, axis={axis}, keepdims={keepdims})",
        {"x": "middle({x}, {axis}) * {dout}"},
    ),
    # linear algebra
    "outer": Formula("torch.outer", "outer({x}, {y})", {"x": "{dout} @ {y}", "y": "{x} @ {dout}"}),
    "einsum": Formula(
        "torch.einsum",
        "einsum({equation}, *{operands})",
        {"x": "einsum_dx({equation}, {operands}, {k}, {dout})"},
    ),
    # networks
    "softmax": Formula(
        "torch.softmax",
        "softmax({x}, axis={axis})",
        {"x": "({dout} - sum({out} * {dout}, {axis}, keepdims=True)) * {out}"},
    ),
    "log_softmax": Formula(
        "torch.log_softmax",
        "log_softmax({x}, axis={axis})",
        {"x": "{dout} - exp({out}) * sum({dout}, {axis}, keepdims=True)"},
    ),
    "mse_loss": Formula(
        "torch.nn.functional.mse_loss",
        "mean(({x} - {y})**2)",
        {"x": "2 * ({x} - {y}) / {n} * {dout}", "y": "2 * ({y} - {x}) / {n} * {dout}"},
    ),
    "cross_entropy": Formula(
        "torch.nn.functional.cross_entropy",
        "-sum(log_softmax({logits}) * onehot({labels}, {logits})) / {n}",
        {"logits": "(softmax({logits}) - onehot({labels}, {logits})) / {n} * {dout}"},
        count="sum(not_equal({labels}, {ignore_index}))",
    ),
    "soft_cross_entropy": Formula(
        "torch.nn.functional.cross_entropy",
        "-sum(log_softmax({logits}) * {probabilities}) / {n}",
        {
            "logits": "(softmax({logits}) * sum({probabilities}, -1, keepdims=True)"
            " - {probabilities}) / {n} * {dout}",
            "probabilities": "-log_softmax({logits}) / {n} * {dout}",
        },
        count="size({logits}) // shape({logits})[-1]",
    ),
    "binary_cross_entropy": Formula(
        "torch.nn.functional.binary_cross_entropy",
        "-mean({y} * maximum(log({p}), -100) + (1 - {y}) * maximum(log(1 - {p}), -100))",
        {
            "p": "({p} - {y}) / maximum({p} * (1 - {p}), float32(1e-12)) / {n} * {dout}",
            "y": "(log(1 - {p}) - log({p})) / {n} * {dout}",
        },
    ),
    "binary_cross_entropy_with_logits": Formula(
        "torch.nn.functional.binary_cross_entropy_with_logits",
        "mean(maximum({logits}, 0) - {logits} * {y} + log1p(exp(-abs({logits}))))",
        {
            "logits": "(sigmoid({logits}) - {y}) / {n} * {dout}",
            "y": "(-{logits}) / {n} * {dout}",
        },
    ),
    "embedding": Formula(
        "torch.nn.functional.embedding",
        "{weight}[{indices}]",
        {"weight": "scatter({dout}, shape({weight}), {indices})"},
    ),
    "dropout": Formula(
        "torch.nn.functional.dropout",
        "{x} * ({mask} / (1 - {p}))",
        {"x": "({mask} / (1 - {p})) * {dout}"},
    ),
    "batch_norm": Formula(
        "torch.nn.functional.batch_norm",
        "({x} - channels({running_mean}, {x})) / sqrt(channels({running_var}, {x}) + {eps})"
        " * channels({weight}, {x}) + channels({bias}, {x})",
        {
            "x": "channels({weight}, {x}) / sqrt(channels({running_var}, {x}) + {eps}) * {dout}",
            "weight": "sum(({x} - channels({running_mean}, {x}))"
            " / sqrt(channels({running_var}, {x}) + {eps}) * {dout}, within({x}))",
            "bias": "sum({dout}, within({x}))",
        },
    ),
    "layer_norm": Formula(
        "torch.nn.functional.layer_norm",
        "standardized({x}, {eps}) * {weight} + {bias}",
        {
            "x": "layer_norm_dx({x}, {weight}, {eps}, {dout})",
            "weight": "unbroadcast(standardized({x}, {eps}) * {dout}, shape({weight}))",
            "bias": "unbroadcast({dout}, shape({bias}))",
        },
    ),
    "conv1d": Formula(
        "torch.nn.functional.conv1d",
        "conv({x}, {weight}, {bias}, {stride}, {padding}, {dilation}, {groups})",
        _CONVOLUTION,
    ),
    "conv2d": Formula(
        "torch.nn.functional.conv2d",
        "conv({x}, {weight}, {bias}, {stride}, {padding}, {dilation}, {groups})",
        _CONVOLUTION,
    ),
    "conv_transpose2d": Formula(
        "torch.nn.functional.conv_transpose2d",
        "conv_transpose({x}, {weight}, {bias}, {stride}, {padding}, {output_padding}, {groups}, "
        "{dilation})",
        {
            "x": "conv_transpose_dx({x}, {weight}, {stride}, {padding}, {groups}, {dilation}, "
            "{dout})",
            "weight": "conv_dw({dout}, {weight}, {stride}, {padding}, {dilation}, {groups}, {x})",
            "bias": "conv_db({dout})",
        },
    ),
    "max_pool2d": Formula(
        "torch.nn.functional.max_pool2d",
        "max_pool2d({x}, {kernel_size}, {stride}, {padding}, {ceil_mode})",
        {"x": "max_pool2d_dx({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, {dout})"},
    ),
    "avg_pool2d": Formula(
        "torch.nn.functional.avg_pool2d",
        "avg_pool2d({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, {count_include_pad})",
        {
            "x": "avg_pool2d_dx({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, "
            "{count_include_pad}, {dout})"
        },
    ),
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

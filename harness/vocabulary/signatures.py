"""Operations as they are written: names, operands, parameters with their defaults.

To add an operation, add an entry here, what it computes to ``formulas.py``, its well-known slips to
``slips.py``, its sign to ``spelling.py`` if it is written with one, and its shape rule to
``shapes.py`` if it needs a new one. Names and meanings are torch's; parameter names are numpy's
where the two differ only in spelling (``axis``, ``keepdims``).
This is all of the vocabulary that a submission's process has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.vocabulary.operation import Operation, Parameter

_XY: Final = {"x": "value", "y": "value"}
_COMPARED: Final = {"x": "compared", "y": "compared"}
_AXIS: Final = {"axis": Parameter("axis")}
_FIRST: Final = {"axis": Parameter("axis", 0)}
_LAST: Final = {"axis": Parameter("axis", -1)}
_KEEPDIMS: Final = {"keepdims": Parameter("flag", False)}
_AXES: Final = {"axis": Parameter("axes", None), **_KEEPDIMS}
_SPREAD: Final = {**_AXES, "correction": Parameter("correction", 1)}
_REDUCTION: Final = {"reduction": Parameter("reduction", "mean")}
_PIECE: Final = {"piece": Parameter("piece")}
_TAKEN: Final = {"x": "value", "indices": "indices"}
_WEIGHTED: Final = {"x": "value", "weight": "value", "bias": "value"}
_SLIDING: Final = {"stride": Parameter("size", 1), "padding": Parameter("count", 0)}
_CONVOLUTION: Final = {
    **_SLIDING,
    "dilation": Parameter("size", 1),
    "groups": Parameter("size", 1),
}
_POOL: Final = {
    "kernel_size": Parameter("size", 2),
    "stride": Parameter("size or none", None),
    "padding": Parameter("count", 0),
    "ceil_mode": Parameter("flag", False),
}

_TABLE: Final = (
    # arithmetic
    Operation("add", "+", "broadcast", _XY, symbol="+"),
    Operation("sub", "−", "broadcast", _XY, symbol="-"),
    Operation("mul", "×", "broadcast", _XY, symbol="*"),
    Operation("div", "÷", "broadcast", _XY, symbol="/"),
    Operation("pow", "^", "broadcast", _XY, symbol="**"),
    Operation("neg", "−", "same", taught="arithmetic"),
    Operation("matmul", "@", "matmul", _XY, symbol="@"),
    # elementwise
    Operation("abs", "|·|", "same"),
    Operation("exp", "exp", "same"),
    Operation("expm1", "expm1", "same"),
    Operation("log", "log", "same"),
    Operation("log1p", "log1p", "same"),
    Operation("sqrt", "√", "same"),
    Operation("square", "x²", "same"),
    Operation("reciprocal", "1/x", "same"),
    Operation("sin", "sin", "same"),
    Operation("cos", "cos", "same"),
    Operation("tan", "tan", "same"),
    Operation("asin", "asin", "same"),
    Operation("acos", "acos", "same"),
    Operation("atan", "atan", "same"),
    Operation("atan2", "atan2", "broadcast", {"y": "value", "x": "value"}),
    Operation("sinh", "sinh", "same"),
    Operation("cosh", "cosh", "same"),
    Operation("tanh", "tanh", "same"),
    Operation("sigmoid", "σ", "same"),
    Operation("relu", "relu", "same"),
    Operation(
        "leaky_relu", "lrelu", "same", parameters={"negative_slope": Parameter("number", 0.01)}
    ),
    Operation("elu", "elu", "same", parameters={"alpha": Parameter("number", 1.0)}),
    Operation(
        "gelu", "gelu", "same", parameters={"approximate": Parameter("approximation", "none")}
    ),
    Operation("silu", "silu", "same"),
    Operation("softplus", "softplus", "same"),
    Operation("logsigmoid", "log σ", "same"),
    Operation("erf", "erf", "same"),
    Operation(
        "clamp",
        "clamp",
        "clamp",
        parameters={"min": Parameter("bound", None), "max": Parameter("bound", None)},
    ),
    Operation("logaddexp", "log+exp", "broadcast", _XY),
    Operation(
        "clamp_min",
        "clamp",
        "broadcast",
        {"x": "value", "min": "value"},
        called="clamp",
        named=("min",),
    ),
    Operation(
        "clamp_max",
        "clamp",
        "broadcast",
        {"x": "value", "max": "value"},
        called="clamp",
        named=("max",),
    ),
    Operation(
        "clamp_between",
        "clamp",
        "broadcast",
        {"x": "value", "min": "value", "max": "value"},
        called="clamp",
        named=("min", "max"),
    ),
    Operation("maximum", "max", "broadcast", _XY),
    Operation("minimum", "min", "broadcast", _XY),
    Operation(
        "where", "where", "broadcast", {"condition": "condition", "x": "value", "y": "value"}
    ),
    Operation("detach", "detach", "same", detaches=True),
    # reductions
    Operation("sum", "Σ", "reduce", parameters=_AXES),
    Operation("mean", "mean", "reduce", parameters=_AXES),
    Operation(
        "prod",
        "Π",
        "reduce",
        parameters={"axis": Parameter("axis or all", None), "keepdims": Parameter("flag", False)},
    ),
    Operation("var", "var", "spread", parameters=_SPREAD),
    Operation("std", "std", "spread", parameters=_SPREAD),
    Operation("norm", "‖·‖", "norm", parameters={"ord": Parameter("norm", 2), **_AXES}),
    Operation("max", "max", "extremum", parameters=_AXES),
    Operation("min", "min", "extremum", parameters=_AXES),
    Operation("logsumexp", "lse", "reduce", parameters=_AXES),
    # cumulative
    Operation("cumsum", "Σ↓", "cumsum", parameters=_AXIS),
    Operation("cumprod", "Π↓", "cumprod", parameters=_AXIS),
    # shape
    Operation("reshape", "reshape", "reshape", parameters={"shape": Parameter("order")}),
    Operation(
        "transpose",
        "xᵀ",
        "transpose",
        parameters={"axis0": Parameter("axis"), "axis1": Parameter("axis")},
    ),
    Operation("permute", "permute", "permute", parameters={"axes": Parameter("order")}),
    Operation("broadcast_to", "expand", "broadcast_to", parameters={"shape": Parameter("shape")}),
    Operation("unsqueeze", "unsqueeze", "unsqueeze", parameters=_AXIS),
    Operation("squeeze", "squeeze", "squeeze", parameters=_AXIS),
    Operation("flip", "flip", "flip", parameters={"axis": Parameter("some axes")}),
    Operation(
        "pad",
        "pad",
        "pad",
        parameters={"pad": Parameter("widths"), "value": Parameter("number", 0.0)},
    ),
    Operation("concat", "concat", "concat", parameters=_FIRST, variadic=True),
    Operation("stack", "stack", "stack", parameters=_FIRST, variadic=True),
    Operation("index", "[ ]", "index", parameters={"index": Parameter("index")}),
    Operation("gather", "gather", "gather", _TAKEN, _AXIS),
    Operation("take_along_axis", "take", "take_along_axis", _TAKEN, _AXIS),
    Operation(
        "split", "split", "split", parameters={"size": Parameter("sections"), **_FIRST, **_PIECE}
    ),
    Operation(
        "chunk", "chunk", "chunk", parameters={"chunks": Parameter("size"), **_FIRST, **_PIECE}
    ),
    Operation("unbind", "unbind", "unbind", parameters={**_FIRST, **_PIECE}),
    # order
    Operation(
        "sort",
        "sort",
        "along",
        parameters={**_LAST, "descending": Parameter("flag", False)},
        places=True,
        taught="shapes",
    ),
    Operation(
        "topk",
        "top k",
        "topk",
        parameters={"k": Parameter("size"), **_LAST, "largest": Parameter("flag", True)},
        places=True,
    ),
    Operation(
        "median",
        "median",
        "extremum",
        parameters={"axis": Parameter("axis or all", None), **_KEEPDIMS},
        places=True,
    ),
    # linear algebra
    Operation("outer", "⊗", "outer", _XY),
    Operation(
        "einsum", "einsum", "einsum", parameters={"equation": Parameter("equation")}, variadic=True
    ),
    # networks
    Operation("softmax", "softmax", "along", parameters=_LAST),
    Operation("log_softmax", "log softmax", "along", parameters=_LAST),
    Operation("mse_loss", "mse", "loss", _XY, _REDUCTION),
    Operation(
        "cross_entropy",
        "xent",
        "cross_entropy",
        {"logits": "value", "labels": "labels"},
        {**_REDUCTION, "ignore_index": Parameter("label", -100)},
    ),
    Operation(
        "soft_cross_entropy",
        "soft xent",
        "soft_cross_entropy",
        {"logits": "value", "probabilities": "value"},
        _REDUCTION,
        called="cross_entropy",
    ),
    Operation("binary_cross_entropy", "bce", "loss", {"p": "value", "y": "value"}, _REDUCTION),
    Operation(
        "binary_cross_entropy_with_logits",
        "bce logits",
        "loss",
        {"logits": "value", "y": "value"},
        _REDUCTION,
    ),
    Operation("embedding", "embed", "embedding", {"indices": "rows", "weight": "value"}),
    Operation(
        "dropout",
        "dropout",
        "masked",
        {"x": "value", "mask": "mask"},
        {"p": Parameter("share", 0.5)},
    ),
    Operation(
        "batch_norm",
        "batch norm",
        "batch_norm",
        {
            "x": "value",
            "running_mean": "constant",
            "running_var": "constant",
            "weight": "value",
            "bias": "value",
        },
        {"training": Parameter("flag", False), "eps": Parameter("positive", 1e-05)},
    ),
    Operation(
        "layer_norm",
        "norm",
        "layer_norm",
        {"x": "value", "weight": "value", "bias": "value"},
        {"eps": Parameter("number", 1e-05)},
    ),
    Operation("conv1d", "conv", "conv1d", _WEIGHTED, _CONVOLUTION, optional=("bias",)),
    Operation("conv2d", "conv", "conv2d", _WEIGHTED, _CONVOLUTION, optional=("bias",)),
    Operation(
        "conv_transpose2d",
        "convᵀ",
        "conv_transpose2d",
        _WEIGHTED,
        {
            **_SLIDING,
            "output_padding": Parameter("count", 0),
            "groups": Parameter("size", 1),
            "dilation": Parameter("size", 1),
        },
        optional=("bias",),
    ),
    Operation("max_pool2d", "maxpool", "pool2d", parameters=_POOL),
    Operation(
        "avg_pool2d",
        "avgpool",
        "pool2d",
        parameters={**_POOL, "count_include_pad": Parameter("flag", True)},
    ),
)

OPERATIONS: Final[Mapping[str, Operation]] = {entry.name: entry for entry in _TABLE}
"""Every operation by its name. Comparisons are not among them: they have no gradient."""

OVERLOADS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(entry.name for entry in _TABLE if entry.called == name)
    for name in dict.fromkeys(entry.called for entry in _TABLE if entry.called)
}
"""What else is called by an operation's name: the first that its operands fit, if one does."""

COMPARISONS: Final[Mapping[str, Operation]] = {
    name: Operation(name, gate, "broadcast", _COMPARED, symbol=symbol, taught="functions")
    for name, gate, symbol in (
        ("gt", ">", ">"),
        ("ge", "≥", ">="),
        ("lt", "<", "<"),
        ("le", "≤", "<="),
        ("eq", "=", "=="),
        ("ne", "≠", "!="),
    )
}
"""The comparisons by their names."""

GATES: Final[Mapping[str, Operation]] = {**OPERATIONS, **COMPARISONS}
"""All that a step can be."""

SYMBOLS: Final[Mapping[str, str]] = {
    name: gate.symbol for name, gate in GATES.items() if gate.symbol
}
"""How an operator is written between its operands."""

"""The vocabulary: one table that says everything about an operation.

The rest of the harness only reads it. To add an operation, add an entry here (and its shape rule in
``shapes.py`` if it needs a new one). Names and meanings are torch's; parameter names are numpy's
where the two differ only in spelling (``axis``, ``keepdims``).

``code`` and ``derivatives`` are lines of numpy and of the few functions in ``numerics.py``. A name
in braces stands for an operand's value or a parameter's literal, ``{out}`` for the result,
``{dout}`` for the upstream gradient, ``{operands}`` for the list of a variadic operation's operands
and ``{k}`` for the number of the one that is differentiated, ``{n}`` for how many elements are
reduced to one. What is added to an operand's gradient is the derivative's value, summed over the
axes along which the operand was broadcast (see ``engines/local.py``); a reduction's ``{out}`` and
``{dout}`` keep the reduced axes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harness.language.program import COMPARISONS
from harness.language.slips import EDGES, KINKS, SLIPS, Slip

REQUIRED: Final = object()
"""Stands for the default of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A literal keyword parameter: what it may be (see ``KINDS``), and its default."""

    kind: str
    default: Any = REQUIRED


KINDS: Final = {
    "axis": "an integer",
    "axis or all": "None or an integer",
    "axes": "None, an integer or a tuple of integers",
    "some axes": "an integer or a tuple of integers",
    "order": "a tuple of integers",
    "shape": "a tuple of integers, none of them negative",
    "flag": "True or False",
    "number": "a finite number",
    "bound": "None or a number",
    "count": "an integer, 0 or more",
    "size": "an integer, 1 or more",
    "size or none": "None or an integer, 1 or more",
    "correction": "0 or 1",
    "widths": "a tuple of pairs of widths, the last axis's first: (left, right, top, bottom)",
    "equation": "text such as 'ij,jk->ik'",
    "index": "integers, slices, None, ..., lists, or constants",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry. ``operands`` maps a name to its kind: value, condition or labels.

    ``shape`` names the rule in ``shapes.py``, ``torch`` the function that defines the operation.
    A ``variadic`` operation takes one or more operands, all of its first operand's kind.
    """

    name: str
    gate: str
    torch: str
    shape: str
    operands: Mapping[str, str]
    code: str
    derivatives: Mapping[str, str]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    variadic: bool = False

    @property
    def edges(self) -> Mapping[str, tuple[str, str]]:
        """Where a derivative's formula has no answer, or another than torch's: for an operand, the
        condition and torch's answer there, in place of the whole derivative."""
        return EDGES.get(self.name, {})

    @property
    def kinks(self) -> Mapping[str, tuple[str, str, str]]:
        """Where more than one derivative is right: for an operand, the condition, and the least and
        the greatest factor of the upstream gradient that is a subgradient there."""
        return KINKS.get(self.name, {})

    @property
    def slips(self) -> Mapping[str, tuple[Slip, ...]]:
        """The well-known slips in each operand's derivative."""
        return SLIPS[self.name]

    def operand(self, position: int) -> str:
        """The name of the operand at ``position`` (the first one's for a variadic operation)."""
        names = list(self.operands)
        return names[min(position, len(names) - 1)] if self.variadic else names[position]


_KEEPDIMS = {"keepdims": Parameter("flag", False)}
_AXES = {"axis": Parameter("axes", None), **_KEEPDIMS}
_SPREAD = {**_AXES, "correction": Parameter("correction", 1)}
_POOL = {"kernel_size": Parameter("size", 2), "stride": Parameter("size or none", None)}
_LAST = {"axis": Parameter("axis", -1)}
_FIRST = {"axis": Parameter("axis", 0)}


def _unary(
    name: str,
    gate: str,
    derivative: str,
    code: str | None = None,
    parameters: Mapping[str, Parameter] | None = None,
    torch: str | None = None,
    shape: str = "same",
) -> Operation:
    code = code or f"{name}({{x}})"
    return Operation(
        name,
        gate,
        torch or f"torch.{name}",
        shape,
        {"x": "value"},
        code,
        {"x": f"{derivative} * {{dout}}"},
        parameters or {},
    )


def _binary(name: str, gate: str, torch: str, code: str, x: str, y: str) -> Operation:
    derivatives = {"x": f"{x} * {{dout}}", "y": f"{y} * {{dout}}"}
    operands = {"x": "value", "y": "value"}
    return Operation(name, gate, torch, "broadcast", operands, code, derivatives)


def _reduction(
    name: str, gate: str, derivative: str, torch: str | None = None, shape: str = "reduce"
) -> Operation:
    code = f"{name}({{x}}, axis={{axis}}, keepdims={{keepdims}})"
    torch = torch or f"torch.{name}"
    return Operation(name, gate, torch, shape, {"x": "value"}, code, {"x": derivative}, dict(_AXES))


def _shaped(
    name: str,
    gate: str,
    code: str,
    derivative: str,
    parameters: Mapping[str, Parameter],
    **extra: Any,
) -> Operation:
    return Operation(
        name,
        gate,
        f"torch.{name}",
        name,
        {"x": "value"},
        code,
        {"x": derivative},
        parameters,
        **extra,
    )


_TABLE: Final = (
    # arithmetic
    _binary("add", "+", "operator.add", "{x} + {y}", "1", "1"),
    _binary("sub", "−", "operator.sub", "{x} - {y}", "1", "-1"),
    _binary("mul", "×", "operator.mul", "{x} * {y}", "{y}", "{x}"),
    _binary("div", "÷", "operator.truediv", "{x} / {y}", "(1 / {y})", "(-{x} / {y}**2)"),
    _binary("pow", "^", "operator.pow", "{x}**{y}", "({y} * {x}**({y} - 1))", "(log({x}) * {out})"),
    Operation("neg", "−", "operator.neg", "same", {"x": "value"}, "-{x}", {"x": "-1 * {dout}"}),
    Operation(
        "matmul",
        "@",
        "operator.matmul",
        "matmul",
        {"x": "value", "y": "value"},
        "{x} @ {y}",
        {"x": "{dout} @ {y}.mT", "y": "{x}.mT @ {dout}"},
    ),
    # elementwise
    _unary("abs", "|·|", "sign({x})"),
    _unary("exp", "exp", "{out}"),
    _unary("expm1", "expm1", "({out} + 1)"),
    _unary("log", "log", "(1 / {x})"),
    _unary("log1p", "log1p", "(1 / (1 + {x}))"),
    _unary("sqrt", "√", "(0.5 / {out})"),
    _unary("square", "x²", "(2 * {x})", "{x}**2"),
    _unary("reciprocal", "1/x", "(-{out}**2)", "1 / {x}"),
    _unary("sin", "sin", "cos({x})"),
    _unary("cos", "cos", "-sin({x})"),
    _unary("tan", "tan", "(1 + {out}**2)"),
    _unary("asin", "asin", "(1 / sqrt(1 - {x}**2))", "arcsin({x})"),
    _unary("acos", "acos", "(-1 / sqrt(1 - {x}**2))", "arccos({x})"),
    _unary("atan", "atan", "(1 / (1 + {x}**2))", "arctan({x})"),
    _unary("sinh", "sinh", "cosh({x})"),
    _unary("cosh", "cosh", "sinh({x})"),
    _unary("tanh", "tanh", "(1 - {out}**2)"),
    _unary("sigmoid", "σ", "((1 - {out}) * {out})", "1.0 / (1 + exp(-{x}))"),
    _unary("relu", "relu", "({x} > 0)", "maximum({x}, 0)"),
    _unary(
        "leaky_relu",
        "lrelu",
        "where({x} > 0, 1, {negative_slope})",
        "where({x} > 0, {x}, {negative_slope} * {x})",
        {"negative_slope": Parameter("number", 0.01)},
        "torch.nn.functional.leaky_relu",
    ),
    _unary(
        "elu",
        "elu",
        "where({x} > 0, 1, {alpha} * exp({x}))",
        "where({x} > 0, {x}, {alpha} * expm1({x}))",
        {"alpha": Parameter("number", 1.0)},
        "torch.nn.functional.elu",
    ),
    _unary(
        "gelu",
        "gelu",
        "((1 + erf({x} / sqrt(2))) / 2 + {x} * exp(-{x}**2 / 2) / sqrt(2 * pi))",
        "{x} * (1 + erf({x} / sqrt(2))) / 2",
        torch="torch.nn.functional.gelu",
    ),
    _unary(
        "silu",
        "silu",
        "(sigmoid({x}) * (1 + {x} * (1 - sigmoid({x}))))",
        "{x} / (1 + exp(-{x}))",
        torch="torch.nn.functional.silu",
    ),
    _unary(
        "softplus",
        "softplus",
        "(1 / (1 + exp(-{x})))",
        "maximum({x}, 0) + log1p(exp(-abs({x})))",
        torch="torch.nn.functional.softplus",
    ),
    _unary("erf", "erf", "(2 / sqrt(pi) * exp(-{x}**2))"),
    _unary(
        "clamp",
        "clamp",
        "(({x} >= {min}) & ({x} <= {max}))",
        "clip({x}, {min}, {max})",
        {"min": Parameter("bound", None), "max": Parameter("bound", None)},
        shape="clamp",
    ),
    _binary(
        "maximum",
        "max",
        "torch.maximum",
        "maximum({x}, {y})",
        "(({x} > {y}) + ({x} == {y}) / 2)",
        "(({y} > {x}) + ({x} == {y}) / 2)",
    ),
    _binary(
        "minimum",
        "min",
        "torch.minimum",
        "minimum({x}, {y})",
        "(({x} < {y}) + ({x} == {y}) / 2)",
        "(({y} < {x}) + ({x} == {y}) / 2)",
    ),
    Operation(
        "where",
        "where",
        "torch.where",
        "broadcast",
        {"condition": "condition", "x": "value", "y": "value"},
        "where({condition}, {x}, {y})",
        {"x": "where({condition}, 1, 0) * {dout}", "y": "where({condition}, 0, 1) * {dout}"},
    ),
    # reductions
    _reduction("sum", "Σ", "1 * {dout}"),
    _reduction("mean", "mean", "(1 / {n}) * {dout}"),
    Operation(
        "prod",
        "Π",
        "torch.prod",
        "reduce",
        {"x": "value"},
        "prod({x}, axis={axis}, keepdims={keepdims})",
        {"x": "product_of_others({x}, {axis}) * {dout}"},
        {"axis": Parameter("axis or all", None), **_KEEPDIMS},
    ),
    Operation(
        "var",
        "var",
        "torch.var",
        "spread",
        {"x": "value"},
        "var({x}, axis={axis}, keepdims={keepdims}, ddof={correction})",
        {"x": "2 * ({x} - mean({x}, {axis}, keepdims=True)) / ({n} - {correction}) * {dout}"},
        _SPREAD,
    ),
    Operation(
        "std",
        "std",
        "torch.std",
        "spread",
        {"x": "value"},
        "std({x}, axis={axis}, keepdims={keepdims}, ddof={correction})",
        {"x": "({x} - mean({x}, {axis}, keepdims=True)) / (({n} - {correction}) * {out}) * {dout}"},
        _SPREAD,
    ),
    _reduction("norm", "‖·‖", "({x} / {out}) * {dout}", "torch.linalg.vector_norm"),
    _reduction(
        "max",
        "max",
        "({x} == {out}) / sum({x} == {out}, {axis}, keepdims=True) * {dout}",
        "torch.amax",
        "extremum",
    ),
    _reduction(
        "min",
        "min",
        "({x} == {out}) / sum({x} == {out}, {axis}, keepdims=True) * {dout}",
        "torch.amin",
        "extremum",
    ),
    _reduction("logsumexp", "lse", "exp({x} - {out}) * {dout}"),
    # cumulative
    _shaped(
        "cumsum",
        "Σ↓",
        "cumsum({x}, {axis})",
        "flip(cumsum(flip({dout}, {axis}), {axis}), {axis})",
        {"axis": Parameter("axis")},
    ),
    _shaped(
        "cumprod",
        "Π↓",
        "cumprod({x}, {axis})",
        "cumprod_dx({x}, {dout}, {axis})",
        {"axis": Parameter("axis")},
    ),
    # shape
    _shaped(
        "reshape",
        "reshape",
        "reshape({x}, {shape})",
        "reshape({dout}, shape({x}))",
        {"shape": Parameter("order")},
    ),
    _shaped(
        "transpose",
        "xᵀ",
        "swapaxes({x}, {axis0}, {axis1})",
        "swapaxes({dout}, {axis0}, {axis1})",
        {"axis0": Parameter("axis"), "axis1": Parameter("axis")},
    ),
    _shaped(
        "permute",
        "permute",
        "transpose({x}, {axes})",
        "transpose({dout}, argsort(mod({axes}, ndim({x}))))",
        {"axes": Parameter("order")},
    ),
    _shaped(
        "broadcast_to",
        "expand",
        "broadcast_to({x}, {shape})",
        "unbroadcast({dout}, shape({x}))",
        {"shape": Parameter("shape")},
    ),
    _shaped(
        "unsqueeze",
        "unsqueeze",
        "expand_dims({x}, {axis})",
        "squeeze({dout}, {axis})",
        {"axis": Parameter("axis")},
    ),
    _shaped(
        "squeeze",
        "squeeze",
        "squeeze({x}, {axis})",
        "expand_dims({dout}, {axis})",
        {"axis": Parameter("axis")},
    ),
    _shaped(
        "flip",
        "flip",
        "flip({x}, {axis})",
        "flip({dout}, {axis})",
        {"axis": Parameter("some axes")},
    ),
    _shaped(
        "pad",
        "pad",
        "pad({x}, widths({pad}, ndim({x})), constant_values={value})",
        "unpad({dout}, {pad})",
        {"pad": Parameter("widths"), "value": Parameter("number", 0.0)},
    ),
    _shaped(
        "concat",
        "concat",
        "concatenate({operands}, {axis})",
        "part({dout}, {operands}, {k}, {axis})",
        dict(_FIRST),
        variadic=True,
    ),
    _shaped(
        "stack",
        "stack",
        "stack({operands}, {axis})",
        "take({dout}, {k}, {axis})",
        dict(_FIRST),
        variadic=True,
    ),
    Operation(
        "index",
        "[ ]",
        "operator.getitem",
        "index",
        {"x": "value"},
        "{x}[{index}]",
        {"x": "scatter({dout}, shape({x}), {index})"},
        {"index": Parameter("index")},
    ),
    # linear algebra
    Operation(
        "outer",
        "⊗",
        "torch.outer",
        "outer",
        {"x": "value", "y": "value"},
        "outer({x}, {y})",
        {"x": "{dout} @ {y}", "y": "{x} @ {dout}"},
    ),
    Operation(
        "einsum",
        "einsum",
        "torch.einsum",
        "einsum",
        {"x": "value"},
        "einsum({equation}, *{operands})",
        {"x": "einsum_dx({equation}, {operands}, {k}, {dout})"},
        {"equation": Parameter("equation")},
        variadic=True,
    ),
    # networks
    Operation(
        "softmax",
        "softmax",
        "torch.softmax",
        "along",
        {"x": "value"},
        "softmax({x}, axis={axis})",
        {"x": "({dout} - sum({out} * {dout}, {axis}, keepdims=True)) * {out}"},
        dict(_LAST),
    ),
    Operation(
        "log_softmax",
        "log softmax",
        "torch.log_softmax",
        "along",
        {"x": "value"},
        "log_softmax({x}, axis={axis})",
        {"x": "{dout} - exp({out}) * sum({dout}, {axis}, keepdims=True)"},
        dict(_LAST),
    ),
    Operation(
        "mse_loss",
        "mse",
        "torch.nn.functional.mse_loss",
        "equal",
        {"x": "value", "y": "value"},
        "mean(({x} - {y})**2)",
        {"x": "2 * ({x} - {y}) / {n} * {dout}", "y": "2 * ({y} - {x}) / {n} * {dout}"},
    ),
    Operation(
        "cross_entropy",
        "xent",
        "torch.nn.functional.cross_entropy",
        "cross_entropy",
        {"logits": "value", "labels": "labels"},
        "-sum(log_softmax({logits}) * onehot({labels}, {logits})) / {n}",
        {"logits": "(softmax({logits}) - onehot({labels}, {logits})) / {n} * {dout}"},
    ),
)

_NETWORKS: Final = (
    Operation(
        "binary_cross_entropy",
        "bce",
        "torch.nn.functional.binary_cross_entropy",
        "equal",
        {"p": "value", "y": "value"},
        "-mean({y} * maximum(log({p}), -100) + (1 - {y}) * maximum(log(1 - {p}), -100))",
        {
            "p": "({p} - {y}) / maximum({p} * (1 - {p}), float32(1e-12)) / {n} * {dout}",
            "y": "(log(1 - {p}) - log({p})) / {n} * {dout}",
        },
    ),
    Operation(
        "layer_norm",
        "norm",
        "torch.nn.functional.layer_norm",
        "layer_norm",
        {"x": "value", "weight": "value", "bias": "value"},
        "standardized({x}, {eps}) * {weight} + {bias}",
        {
            "x": "layer_norm_dx({x}, {weight}, {eps}, {dout})",
            "weight": "unbroadcast(standardized({x}, {eps}) * {dout}, shape({weight}))",
            "bias": "unbroadcast({dout}, shape({bias}))",
        },
        {"eps": Parameter("number", 1e-5)},
    ),
    Operation(
        "conv2d",
        "conv",
        "torch.nn.functional.conv2d",
        "conv2d",
        {"x": "value", "weight": "value"},
        "conv2d({x}, {weight}, {stride}, {padding})",
        {
            "x": "conv2d_dx({x}, {weight}, {stride}, {padding}, {dout})",
            "weight": "conv2d_dw({x}, {weight}, {stride}, {padding}, {dout})",
        },
        {"stride": Parameter("size", 1), "padding": Parameter("count", 0)},
    ),
    Operation(
        "max_pool2d",
        "maxpool",
        "torch.nn.functional.max_pool2d",
        "pool2d",
        {"x": "value"},
        "max_pool2d({x}, {kernel_size}, {stride})",
        {"x": "max_pool2d_dx({x}, {kernel_size}, {stride}, {dout})"},
        _POOL,
    ),
    Operation(
        "avg_pool2d",
        "avgpool",
        "torch.nn.functional.avg_pool2d",
        "pool2d",
        {"x": "value"},
        "avg_pool2d({x}, {kernel_size}, {stride})",
        {"x": "avg_pool2d_dx({x}, {kernel_size}, {stride}, {dout})"},
        _POOL,
    ),
)

OPERATIONS: Final[Mapping[str, Operation]] = {entry.name: entry for entry in (*_TABLE, *_NETWORKS)}
"""Every operation by its name. Comparisons are not among them: they have no gradient."""

OPERATORS: Final[Mapping[str, str]] = {
    "Add": "add",
    "Sub": "sub",
    "Mult": "mul",
    "Div": "div",
    "Pow": "pow",
    "MatMult": "matmul",
    "USub": "neg",
    "Gt": "gt",
    "GtE": "ge",
    "Lt": "lt",
    "LtE": "le",
    "Eq": "eq",
    "NotEq": "ne",
}
"""Python's operators, by the name of their ``ast`` class, as operations and comparisons."""

SYMBOLS: Final[Mapping[str, str]] = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "pow": "**",
    "matmul": "@",
    **COMPARISONS,
}
"""How an operator is written between its operands."""


def usage(operation: Operation) -> str:
    """How an operation is written in a case, its parameters with their defaults."""
    if operation.name in SYMBOLS:
        return f"x {SYMBOLS[operation.name]} y"
    if operation.name in ("neg", "index"):
        return {"neg": "-x", "index": "x[…]"}[operation.name]
    operands = ["x", "y", "…"] if operation.variadic else list(operation.operands)
    parameters = [
        f"{name}=…" if parameter.default is REQUIRED else f"{name}={parameter.default}"
        for name, parameter in operation.parameters.items()
    ]
    return f"{operation.name}({', '.join(operands + parameters)})"

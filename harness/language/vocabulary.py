"""The vocabulary: one table that says everything about an operation.

The rest of the harness only reads it. To add an operation, add an entry here (and its shape rule in
``shapes.py`` if it needs a new one). Names and meanings are torch's; parameter names are numpy's
where the two differ only in spelling (``axis``, ``keepdims``).

``code`` and ``derivatives`` are lines of numpy: an operand's name in braces stands for its value,
``{out}`` for the result, ``{dout}`` for the upstream gradient, a parameter's name for its literal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harness.language.program import COMPARISONS

REQUIRED: Final = object()
"""Stands for the default of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A literal keyword parameter: what it may be (see ``KINDS``), and its default."""

    kind: str
    default: Any = REQUIRED


KINDS: Final = {
    "axis": "an integer",
    "axes": "None, an integer or a tuple of integers",
    "order": "a tuple of integers",
    "shape": "a tuple of integers, none of them negative",
    "flag": "True or False",
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

    def operand(self, position: int) -> str:
        """The name of the operand at ``position`` (the first one's for a variadic operation)."""
        names = list(self.operands)
        return names[min(position, len(names) - 1)] if self.variadic else names[position]


_AXES = {"axis": Parameter("axes", None), "keepdims": Parameter("flag", False)}
_LAST = {"axis": Parameter("axis", -1)}
_FIRST = {"axis": Parameter("axis", 0)}


def _unary(name: str, gate: str, derivative: str, code: str | None = None) -> Operation:
    code = code or f"{name}({{x}})"
    return Operation(
        name, gate, f"torch.{name}", "same", {"x": "value"}, code, {"x": f"{derivative} * {{dout}}"}
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
    _binary(
        "pow", "^", "operator.pow", "{x} ** {y}", "({y} * {x}**({y} - 1))", "(log({x}) * {out})"
    ),
    Operation("neg", "−", "operator.neg", "same", {"x": "value"}, "-{x}", {"x": "-1 * {dout}"}),
    Operation(
        "matmul",
        "@",
        "operator.matmul",
        "matmul",
        {"x": "value", "y": "value"},
        "{x} @ {y}",
        {"x": "{dout} @ {y}.T", "y": "{x}.T @ {dout}"},
    ),
    # elementwise
    _unary("abs", "|·|", "sign({x})"),
    _unary("exp", "exp", "{out}"),
    _unary("log", "log", "(1 / {x})"),
    _unary("sqrt", "√", "(0.5 / {out})"),
    _unary("sin", "sin", "cos({x})"),
    _unary("cos", "cos", "-sin({x})"),
    _unary("tanh", "tanh", "(1 - {out}**2)"),
    _unary("sigmoid", "σ", "((1 - {out}) * {out})", "1.0 / (1 + exp(-{x}))"),
    _unary("relu", "relu", "({x} > 0)", "maximum({x}, 0)"),
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
    _reduction("sum", "Σ", "1 * {dout}, for every element that was added"),
    _reduction("mean", "mean", "(1 / n) * {dout}, for each of the n elements"),
    _reduction("max", "max", "({x} == {out}) / ties * {dout}", "torch.amax", "extremum"),
    _reduction("min", "min", "({x} == {out}) / ties * {dout}", "torch.amin", "extremum"),
    _reduction("logsumexp", "lse", "exp({x} - {out}) * {dout}"),
    # shape
    _shaped(
        "reshape",
        "reshape",
        "reshape({x}, {shape})",
        "reshape({dout}, shape of {x})",
        {"shape": Parameter("order")},
    ),
    _shaped(
        "transpose",
        "ᵀ",
        "swapaxes({x}, {axis0}, {axis1})",
        "swapaxes({dout}, {axis0}, {axis1})",
        {"axis0": Parameter("axis"), "axis1": Parameter("axis")},
    ),
    _shaped(
        "permute",
        "permute",
        "transpose({x}, {axes})",
        "transpose({dout}, argsort({axes}))",
        {"axes": Parameter("order")},
    ),
    _shaped(
        "broadcast_to",
        "expand",
        "broadcast_to({x}, {shape})",
        "the sum of {dout} over the axes that were stretched",
        {"shape": Parameter("shape")},
    ),
    _shaped(
        "concat",
        "concat",
        "concatenate([{x}], {axis})",
        "the part of {dout} that {x} filled",
        dict(_FIRST),
        variadic=True,
    ),
    _shaped(
        "stack",
        "stack",
        "stack([{x}], {axis})",
        "the slice of {dout} that {x} filled",
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
        {"x": "{dout}, added where the index took an element from"},
        {"index": Parameter("index")},
    ),
    # networks
    Operation(
        "softmax",
        "softmax",
        "torch.softmax",
        "along",
        {"x": "value"},
        "softmax({x}, axis={axis})",
        {"x": "({dout} - sum({out} * {dout}, {axis})) * {out}"},
        dict(_LAST),
    ),
    Operation(
        "log_softmax",
        "log softmax",
        "torch.log_softmax",
        "along",
        {"x": "value"},
        "log_softmax({x}, axis={axis})",
        {"x": "{dout} - exp({out}) * sum({dout}, {axis})"},
        dict(_LAST),
    ),
    Operation(
        "mse_loss",
        "mse",
        "torch.nn.functional.mse_loss",
        "mse_loss",
        {"x": "value", "y": "value"},
        "mean(({x} - {y})**2)",
        {"x": "2 * ({x} - {y}) / n * {dout}", "y": "2 * ({y} - {x}) / n * {dout}"},
    ),
    Operation(
        "cross_entropy",
        "xent",
        "torch.nn.functional.cross_entropy",
        "cross_entropy",
        {"logits": "value", "labels": "labels"},
        "mean(-log_softmax({logits})[arange(n), {labels}])",
        {"logits": "(softmax({logits}) - onehot({labels})) / n * {dout}"},
    ),
)

OPERATIONS: Final[Mapping[str, Operation]] = {entry.name: entry for entry in _TABLE}
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

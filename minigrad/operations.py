"""The operations: a table of rules, and the functions that are made of them.

A rule is a vector-Jacobian product: `g`, the upstream gradient, times the local derivative. Rules
are written with the engine's own operations, so that they work on numbers and on nodes alike.
At kinks they follow torch: relu'(0) = 0, |x|'(0) = 0, `maximum` gives each side of a tie one half,
`max` shares evenly among ties.

To see what a rule is for, break it: assign to `OPERATIONS["mul"].vjps`, and the engine follows.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from .graph import Array, Node, Operation

OPERATIONS: dict[str, Operation] = {}
Axes = int | tuple[int, ...] | None


def _define(name: str, forward: Callable[..., Array], *vjps: Callable[..., Any]) -> Operation:
    OPERATIONS[name] = Operation(name, forward, vjps)
    return OPERATIONS[name]


def plain(x: Any) -> Array:
    """The number or array in x: a constant, as far as derivatives are concerned."""
    return x.data if isinstance(x, Node) else x


# -- arithmetic ------------------------------------------------------------------------------------


def _power(x: Array, y: Array) -> Array:
    value = x**y
    return value if type(value) is not complex else math.nan


def _power_by_base(g: Any, out: Any, x: Any, y: Any) -> Any:
    if type(y) is int and y != 0:
        return g * (y * x ** (y - 1))
    return g * (y * power(where(y == 0, 1.0, x), y - 1))


def _power_by_exponent(g: Any, out: Any, x: Any, y: Any) -> Any:
    return where((x == 0) & (y >= 0), 0.0, g * (out * log(x)))


add = _define("add", operator.add, lambda g, out, x, y: g, lambda g, out, x, y: g)
sub = _define("sub", operator.sub, lambda g, out, x, y: g, lambda g, out, x, y: -g)
mul = _define("mul", operator.mul, lambda g, out, x, y: g * y, lambda g, out, x, y: g * x)
div = _define(
    "div", operator.truediv, lambda g, out, x, y: g / y, lambda g, out, x, y: -g * (out / y)
)
power = _define("pow", _power, _power_by_base, _power_by_exponent)
neg = _define("neg", operator.neg, lambda g, out, x: -g)


def _matmul_by_left(g: Any, out: Any, x: Any, y: Any) -> Any:
    if y.ndim == 1:
        return g[..., None] * y
    return (y @ g[..., None])[..., 0] if x.ndim == 1 else g @ y.swapaxes(-1, -2)


def _matmul_by_right(g: Any, out: Any, x: Any, y: Any) -> Any:
    if x.ndim == 1:
        return x * g if y.ndim == 1 else x[:, None] * g[..., None, :]
    return x * g[..., None] if y.ndim == 1 else x.swapaxes(-1, -2) @ g


matmul = _define("matmul", operator.matmul, _matmul_by_left, _matmul_by_right)

# -- elementwise -----------------------------------------------------------------------------------


def _function(name: str, of_float: Callable[[float], float], of_array: Any, vjp: Any) -> Operation:
    """An elementwise function: of Python floats, which is ten times faster, and of arrays."""

    def forward(x: Array) -> Array:
        return of_float(x) if type(x) is float else of_array(x)

    return _define(name, forward, vjp)


def _sigmoid(x: Array) -> Array:
    small = np.exp(-np.abs(x))  # never overflows
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


_ERF = np.vectorize(math.erf, otypes=[float])


def _sign(x: Array) -> Array:
    return np.sign(np.where(x == x, x, 0.0))[()]  # of NaN, like torch's: 0


exp = _function("exp", math.exp, np.exp, lambda g, out, x: g * out)
expm1 = _function("expm1", math.expm1, np.expm1, lambda g, out, x: g * (out + 1.0))
log = _function("log", math.log, np.log, lambda g, out, x: g / x)
log1p = _function("log1p", math.log1p, np.log1p, lambda g, out, x: g / (1.0 + x))
sqrt = _function("sqrt", math.sqrt, np.sqrt, lambda g, out, x: g / (2.0 * out))
sin = _function("sin", math.sin, np.sin, lambda g, out, x: g * cos(x))
cos: Operation = _function("cos", math.cos, np.cos, lambda g, out, x: g * -sin(x))
tan = _function("tan", math.tan, np.tan, lambda g, out, x: g * (1.0 + out * out))
asin = _function("asin", math.asin, np.arcsin, lambda g, out, x: g / sqrt(1.0 - x * x))
acos = _function("acos", math.acos, np.arccos, lambda g, out, x: -g / sqrt(1.0 - x * x))
atan = _function("atan", math.atan, np.arctan, lambda g, out, x: g / (1.0 + x * x))
sinh = _function("sinh", math.sinh, np.sinh, lambda g, out, x: g * cosh(x))
cosh: Operation = _function("cosh", math.cosh, np.cosh, lambda g, out, x: g * sinh(x))
erf = _function(
    "erf",
    math.erf,
    lambda x: _ERF(x).astype(x.dtype),
    lambda g, out, x: g * (2.0 / math.sqrt(math.pi) * exp(-x * x)),
)
tanh = _function("tanh", math.tanh, np.tanh, lambda g, out, x: g * (1.0 - out * out))
sigmoid = _function(
    "sigmoid",
    lambda x: 1.0 / (1.0 + math.exp(-x)),
    _sigmoid,
    lambda g, out, x: g * (1.0 - out) * out,
)
absolute = _function("abs", abs, np.abs, lambda g, out, x: g * _sign(plain(x)))
relu = _function(
    "relu",
    lambda x: 0.0 if x <= 0.0 else x,
    lambda x: np.maximum(x, 0.0),
    lambda g, out, x: where(out <= 0.0, 0.0, g),
)


def _choose(x: Array, y: Array, condition: Any) -> Array:
    if type(x) is type(y) is float:
        return x if condition else y
    return np.where(condition, x, y)


_where = _define(
    "where",
    _choose,
    lambda g, out, x, y, condition: where(condition, g, 0.0),
    lambda g, out, x, y, condition: where(condition, 0.0, g),
)


def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition (a bool, or an array of them) holds, else y."""
    return _where(x, y, condition)


def _to_larger(g: Any, x: Any, y: Any) -> Any:
    return where(x == y, g / 2.0, where(x < y, 0.0, g))


def _to_smaller(g: Any, x: Any, y: Any) -> Any:
    return where(x == y, g / 2.0, where(x > y, 0.0, g))


maximum = _define(
    "maximum",
    np.maximum,
    lambda g, out, x, y: _to_larger(g, x, y),
    lambda g, out, x, y: _to_larger(g, y, x),
)
minimum = _define(
    "minimum",
    np.minimum,
    lambda g, out, x, y: _to_smaller(g, x, y),
    lambda g, out, x, y: _to_smaller(g, y, x),
)

# -- reductions ------------------------------------------------------------------------------------


def _kept(x: Any, like: Any, axis: Axes) -> Any:
    """A reduction's result or gradient, with the axes of `like` that it lost as axes of size 1."""
    shape = np.shape(like)
    given = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    lost = {i % len(shape) for i in given}
    return reshape(x, tuple(1 if i in lost else n for i, n in enumerate(shape)))


def _among_ties(g: Any, out: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    x = np.asarray(plain(x))
    ties = (x == _kept(out, x, axis)).astype(x.dtype)
    return _kept(g, x, axis) * (ties / ties.sum(axis, keepdims=True))


def _reduction(name: str, of_array: Any, vjp: Any) -> Operation:
    return _define(name, lambda x, axis, keepdims: of_array(x, axis=axis, keepdims=keepdims), vjp)


def _to_every_term(g: Any, out: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    return broadcast_to(_kept(g, x, axis), np.shape(x))


def _length(x: Array, axis: Axes, keepdims: bool) -> Array:
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


def _along_the_vector(g: Any, out: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    length = _kept(out, x, axis)
    return where(length == 0, 0.0, x * (_kept(g, x, axis) / length))


_sum = _reduction("sum", np.sum, _to_every_term)
_norm = _reduction("norm", _length, _along_the_vector)
_max = _reduction("max", np.max, _among_ties)
_min = _reduction("min", np.min, _among_ties)


def sum(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The sum over all axes, or over those named."""
    return _sum(x, axis, keepdims)


def max(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The largest element over all axes, or over those named."""
    return _max(x, axis, keepdims)


def min(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The smallest element over all axes, or over those named."""
    return _min(x, axis, keepdims)


def norm(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The square root of the sum of squares."""
    return _norm(x, axis, keepdims)


def mean(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The mean over all axes, or over those named."""
    result = _sum(x, axis, keepdims)
    return result / (np.size(plain(x)) / (np.size(plain(result)) or 1))


def _mean_square(x: Array, y: Array) -> Array:
    difference = np.ravel(np.subtract(x, y))
    return difference @ difference / (difference.size or math.nan)


def _mean_square_rule(g: Any, x: Any, y: Any) -> Any:
    return g * (2.0 / (np.size(plain(x)) or 1)) * (x - y)


mse_loss = _define(
    "mse_loss",
    _mean_square,
    lambda g, out, x, y: _mean_square_rule(g, x, y),
    lambda g, out, x, y: _mean_square_rule(g, y, x),
)


def _cross_entropy_of_odds(p: Array, y: Array) -> Array:
    with np.errstate(divide="ignore"):  # log(0) is taken for -100, as in torch
        logs = y * np.maximum(np.log(p), -100.0) + (1.0 - y) * np.maximum(np.log1p(-p), -100.0)
    return -np.mean(logs)


_TINY = float(np.float32(1e-12))
"""What torch takes for p (1 - p) at the ends: in the slope of the loss it stands below the line."""

binary_cross_entropy = _define(
    "binary_cross_entropy",
    _cross_entropy_of_odds,
    lambda g, out, p, y: (p - y) / maximum((1.0 - p) * p, _TINY) * (g / (np.size(plain(p)) or 1)),
    lambda g, out, p, y: (log(1.0 - p) - log(p)) * (g / (np.size(plain(p)) or 1)),
)

# -- shape -----------------------------------------------------------------------------------------
# Each has its inverse or its transpose among the others: sum and broadcast_to, index and scatter.


def _scattered(x: Array, shape: tuple[int, ...], index: Any) -> Array:
    """Zeros of a shape with x added in at an index: an element taken twice gets two terms."""
    result = np.zeros(shape, dtype=np.asarray(x).dtype)
    np.add.at(result, index, x)
    return result


def _along(axis: int, x: Any, part: slice) -> tuple[slice, ...]:
    return (*[slice(None)] * (axis % x.ndim), part)


_reshape = _define("reshape", np.reshape, lambda g, out, x, shape: reshape(g, np.shape(x)))
_permute = _define(
    "permute",
    np.transpose,
    lambda g, out, x, axes: permute(g, tuple(np.argsort([i % len(axes) for i in axes]).tolist())),
)
_broadcast_to = _define("broadcast_to", np.broadcast_to, lambda g, out, x, shape: g)


def reshape(x: Any, shape: tuple[int, ...]) -> Any:
    """The same elements, row by row, in another shape."""
    return _reshape(x, shape)


def permute(x: Any, axes: tuple[int, ...]) -> Any:
    """The axes in another order."""
    return _permute(x, axes)


def broadcast_to(x: Any, shape: tuple[int, ...]) -> Any:
    """x stretched to a shape, as numpy stretches operands that do not fit."""
    return _broadcast_to(x, shape)


take = _define("index", operator.getitem, lambda g, out, x, index: scatter(g, x.shape, index))
scatter: Operation = _define("scatter", _scattered, lambda g, out, x, shape, index: g[index])
_join = _define(
    "concat",
    lambda x, y, axis: np.concatenate((x, y), axis),
    lambda g, out, x, y, axis: g[_along(axis, x, slice(None, x.shape[axis]))],
    lambda g, out, x, y, axis: g[_along(axis, x, slice(x.shape[axis], None))],
)

# -- made of these ---------------------------------------------------------------------------------


def transpose(x: Any, axis0: int = -2, axis1: int = -1) -> Any:
    """x with two axes exchanged."""
    axes = list(range(x.ndim))
    axes[axis0], axes[axis1] = axes[axis1], axes[axis0]
    return permute(x, tuple(axes))


def _largest(x: Any, axis: Axes) -> Array:
    """The largest elements, as constants: x less these does not overflow in exp."""
    return np.max(plain(x), axis=axis, keepdims=True, initial=-np.inf)


def logsumexp(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))), without overflow."""
    largest = _largest(x, axis)
    largest = np.where(np.isfinite(largest), largest, 0.0)
    result = log(sum(exp(x - largest), axis, keepdims=True)) + largest
    return result if keepdims else sum(result, axis)


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along an axis, without overflow."""
    weights = exp(x - _largest(x, axis))
    return weights / sum(weights, axis, keepdims=True)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """log(softmax(x)), without underflow."""
    rest = x - _largest(x, axis)
    return rest - log(sum(exp(rest), axis, keepdims=True))


def concat(*tensors: Any, axis: int = 0) -> Any:
    """The operands one after the other along an axis."""
    if len(tensors) == 1:
        return reshape(tensors[0], np.shape(tensors[0]))  # a node of its own
    return reduce(lambda x, y: _join(x, y, axis), tensors)


def stack(*tensors: Any, axis: int = 0) -> Any:
    """The operands one after the other along a new axis."""
    shape = np.shape(tensors[0])
    place = axis % (len(shape) + 1)
    row = (*shape[:place], 1, *shape[place:])
    return concat(*[reshape(x, row) for x in tensors], axis=place)


def cross_entropy(logits: Any, labels: Any) -> Any:
    """The mean over rows of -log(softmax(logits)) at the row's label."""
    labels = np.asarray(labels, dtype=np.intp)
    rows = (np.arange(len(labels)), labels) if labels.ndim else (labels,)
    return -mean(log_softmax(logits)[rows])

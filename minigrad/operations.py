"""The operations: each is one entry, a function of arrays with its vector-Jacobian products.

A vector-Jacobian product has `g`, the upstream gradient, the result `out` and the operands, and
gives `g` times the local derivative. It is written with the engine's own operations, so that it
works on numbers and on nodes alike. The file is long because it has them all, one beside the other.

To see what a rule is for, break it: assign to `OPERATIONS["mul"].vjps`, and the engine follows.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import reduce, update_wrapper
from inspect import signature
from typing import Any, TypeVar, cast

import numpy as np

from .graph import Node, Operation

Axes = int | tuple[int, ...] | None
Function = TypeVar("Function", bound=Callable[..., Any])

OPERATIONS: dict[str, Operation] = {}


def operation(forward: Function, *vjps: Callable[..., Any] | None) -> Function:
    """The function as an operation, which takes nodes, too, and then makes one: see `Operation`.

    It keeps its name, by which it is in `OPERATIONS`, and its defaults. Where there are operands
    alone, without parameters, they come by position: that is faster.
    """
    entry = OPERATIONS[forward.__name__] = Operation(forward, vjps)
    parameters = [
        (each.name,) if each.default is each.empty else (each.name, each.default)
        for each in signature(forward).parameters.values()
    ]

    def recorded(*operands: Any) -> Any:
        return entry.record(operands)

    def bound(*operands: Any, **named: Any) -> Any:
        if rest := parameters[len(operands) :]:
            try:
                operands += tuple([named.pop(*each) for each in rest])
            except KeyError as missing:
                raise TypeError(f"{forward.__name__} needs {missing}") from None
        if named:
            raise TypeError(f"{forward.__name__} has no further parameter {', '.join(named)}")
        return entry.record(operands)

    made = recorded if len(parameters) == len(vjps) else bound
    return cast(Function, update_wrapper(made, forward, ("__name__", "__qualname__", "__doc__")))


def rules(*vjps: Callable[..., Any] | None) -> Callable[[Function], Function]:
    """Makes the function below it an operation with these vector-Jacobian products.

    >>> @rules(lambda g, out, x: g * 3.0 * x**2)
    ... def cube(x):
    ...     return x**3
    >>> OPERATIONS["cube"].forward(2.0)
    8.0
    """
    return lambda forward: operation(forward, *vjps)


def elementwise(
    of_float: Callable[[float], float], of_array: Callable[[Any], Any], vjp: Callable[..., Any]
) -> Callable[[Any], Any]:
    """An operation on each element: of Python floats, which is ten times faster, and of arrays."""

    def forward(x: Any) -> Any:
        return of_float(x) if type(x) is float else of_array(x)

    forward.__name__, forward.__doc__ = of_float.__name__, f"{of_float.__name__} of each element."
    return operation(forward, vjp)


def plain(x: Any) -> Any:
    """The number or array in x: a constant, as far as derivatives are concerned."""
    return x.data if isinstance(x, Node) else x


# -- where torch decides ---------------------------------------------------------------------------
# At a kink, at a tie or at the edge of its domain a function has no derivative, or several. It has
# the one here, and in `functions.py`, that torch gives it:
#
#   relu and abs at 0, abs of NaN     0
#   norm and std where they are 0     0
#   atan2 of 0 and 0                  0
#   0 ** y, by y                      0 if y is not negative
#   maximum and minimum of equals     one half for each
#   max and min of equals             the same for each, 1 in all
#   max_pool2d of equals              1 for the first
#   clamp at its bounds               1
#   elu at 0                          alpha, and no second derivative
#   surprise of 0 or 1               that with log at least -100, and p (1 - p) at least 1e-12

LEAST_LOG = -100.0
LEAST_VARIANCE = float(np.float32(1e-12))


def _sign(x: Any) -> Any:
    return np.sign(np.where(x == x, x, 0.0))[()]


def _unless_less(g: Any, x: Any, y: Any) -> Any:
    """g, but half of it where x equals y, and 0 where x is less."""
    return where(x == y, g / 2.0, where(x < y, 0.0, g))


def _among_ties(g: Any, out: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    x = np.asarray(plain(x))
    ties = (x == _shaped(out, x, axis)).astype(x.dtype)
    return _shaped(g, x, axis) * (ties / ties.sum(axis, keepdims=True))


# -- arithmetic ------------------------------------------------------------------------------------

add = operation(operator.add, lambda g, out, x, y: g, lambda g, out, x, y: g)
sub = operation(operator.sub, lambda g, out, x, y: g, lambda g, out, x, y: -g)
mul = operation(operator.mul, lambda g, out, x, y: g * y, lambda g, out, x, y: g * x)
neg = operation(operator.neg, lambda g, out, x: -g)


@rules(lambda g, out, x, y: g / y, lambda g, out, x, y: -g * (out / y))
def div(x: Any, y: Any) -> Any:
    """x / y."""
    return x / y


def _pow_by_base(g: Any, out: Any, x: Any, y: Any) -> Any:
    if type(y) is int and y != 0:
        return g * (y * x ** (y - 1))
    return g * (y * pow(where((x == 0) & (y == 0), 1.0, x), y - 1))


def _pow_by_exponent(g: Any, out: Any, x: Any, y: Any) -> Any:
    return where((x == 0) & (y >= 0), 0.0, g * (out * log(x)))


@rules(_pow_by_base, _pow_by_exponent)
def pow(x: Any, y: Any) -> Any:
    """x ** y, and NaN where that is complex."""
    return math.nan if type(value := x**y) is complex else value


def _matmul_by_left(g: Any, out: Any, x: Any, y: Any) -> Any:
    if y.ndim == 1:
        return g[..., None] * y
    return (y @ g[..., None])[..., 0] if x.ndim == 1 else g @ y.swapaxes(-1, -2)


def _matmul_by_right(g: Any, out: Any, x: Any, y: Any) -> Any:
    if x.ndim == 1:
        return x * g if y.ndim == 1 else x[:, None] * g[..., None, :]
    return x * g[..., None] if y.ndim == 1 else x.swapaxes(-1, -2) @ g


matmul = operation(operator.matmul, _matmul_by_left, _matmul_by_right)

# -- elementwise -----------------------------------------------------------------------------------

exp = elementwise(math.exp, np.exp, lambda g, out, x: g * out)
expm1 = elementwise(math.expm1, np.expm1, lambda g, out, x: g * (out + 1.0))
log = elementwise(math.log, np.log, lambda g, out, x: g / x)
log1p = elementwise(math.log1p, np.log1p, lambda g, out, x: g / (1.0 + x))
sqrt = elementwise(math.sqrt, np.sqrt, lambda g, out, x: g / (2.0 * out))
sin = elementwise(math.sin, np.sin, lambda g, out, x: g * cos(x))
cos: Callable[[Any], Any] = elementwise(math.cos, np.cos, lambda g, out, x: g * -sin(x))
tan = elementwise(math.tan, np.tan, lambda g, out, x: g * (1.0 + out * out))
asin = elementwise(math.asin, np.arcsin, lambda g, out, x: g / sqrt(1.0 - x * x))
acos = elementwise(math.acos, np.arccos, lambda g, out, x: -g / sqrt(1.0 - x * x))
atan = elementwise(math.atan, np.arctan, lambda g, out, x: g / (1.0 + x * x))
sinh = elementwise(math.sinh, np.sinh, lambda g, out, x: g * cosh(x))
cosh: Callable[[Any], Any] = elementwise(math.cosh, np.cosh, lambda g, out, x: g * sinh(x))
tanh = elementwise(math.tanh, np.tanh, lambda g, out, x: g * (1.0 - out * out))
erf = elementwise(
    math.erf,
    lambda x: np.vectorize(math.erf, otypes=[x.dtype])(x),
    lambda g, out, x: g * (2.0 / math.sqrt(math.pi) * exp(-x * x)),
)
abs = operation(operator.abs, lambda g, out, x: g * _sign(plain(x)))


def _by_radius(x: Any, y: Any) -> Any:
    """x / (x² + y²), and 0 where both are zero."""
    square = x * x + y * y
    return where(square == 0, 0.0, x / square)


@rules(lambda g, out, y, x: g * _by_radius(x, y), lambda g, out, y, x: -g * _by_radius(y, x))
def atan2(y: Any, x: Any) -> Any:
    """The angle of the point (x, y), from -π to π."""
    return np.arctan2(y, x)


@rules(lambda g, out, x: g * (1.0 - out) * out)
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    if type(x) is float:
        return 1.0 / (1.0 + math.exp(-x))
    small = np.exp(-np.abs(x))  # never overflows
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def _only_where(condition: Any, g: Any) -> Any:
    return where(condition, g, 0.0)


@rules(
    None,
    lambda g, out, condition, x, y: _only_where(condition, g),
    lambda g, out, condition, x, y: _only_where(np.logical_not(condition), g),
)
def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition (a bool, or an array of them) holds, else y."""
    numbers = type(x) is type(y) is float
    return (x if condition else y) if numbers else np.where(condition, x, y)


@rules(None)
def detach(x: Any) -> Any:
    """x as a constant: no gradient goes on to it."""
    return x


@rules(lambda g, out, x: where(out <= 0.0, 0.0, g))
def relu(x: Any) -> Any:
    """x where it is positive, else 0."""
    return (0.0 if x <= 0.0 else x) if type(x) is float else np.maximum(x, 0.0)


@rules(lambda g, out, x, y: g * sigmoid(x - y), lambda g, out, x, y: g * sigmoid(y - x))
def logaddexp(x: Any, y: Any) -> Any:
    """log(exp(x) + exp(y)), without overflow."""
    return np.logaddexp(x, y)


@rules(lambda g, out, x, y: _unless_less(g, x, y), lambda g, out, x, y: _unless_less(g, y, x))
def maximum(x: Any, y: Any) -> Any:
    """The larger of x and y, element by element."""
    return np.maximum(x, y)


@rules(lambda g, out, x, y: _unless_less(g, y, x), lambda g, out, x, y: _unless_less(g, x, y))
def minimum(x: Any, y: Any) -> Any:
    """The smaller of x and y, element by element."""
    return np.minimum(x, y)


# -- shape -----------------------------------------------------------------------------------------
# Each has its inverse or its transpose among the others: sum and broadcast_to, index and scatter.


def _shaped(x: Any, like: Any, lost: Axes = ()) -> Any:
    """x in the shape of `like`, whose lost axes (all for None) have size 1 in it."""
    shape = np.shape(like)
    given = range(len(shape)) if lost is None else lost if isinstance(lost, tuple) else (lost,)
    ones = {i % len(shape) for i in given}
    return reshape(x, tuple(1 if i in ones else n for i, n in enumerate(shape)))


@rules(lambda g, out, x, shape: _shaped(g, x))
def reshape(x: Any, shape: tuple[int, ...]) -> Any:
    """The same elements, row by row, in another shape."""
    return np.reshape(x, shape)


def _permuted_back(g: Any, out: Any, x: Any, axes: tuple[int, ...]) -> Any:
    return permute(g, tuple(np.argsort([i % len(axes) for i in axes]).tolist()))


@rules(_permuted_back)
def permute(x: Any, axes: tuple[int, ...]) -> Any:
    """The axes in another order."""
    return np.transpose(x, axes)


@rules(lambda g, out, x, shape: g)
def broadcast_to(x: Any, shape: tuple[int, ...]) -> Any:
    """x stretched to a shape, as numpy stretches operands that do not fit."""
    return np.broadcast_to(x, shape)


@rules(lambda g, out, x, shape, key: g[key])
def scatter(x: Any, shape: tuple[int, ...], key: Any) -> Any:
    """Zeros of a shape with x added in at an index: an element named twice gets two terms.

    >>> scatter(np.array([1.0, 2.0, 4.0]), (3,), [0, 2, 2])
    array([1., 0., 6.])
    """
    result = np.zeros(shape, dtype=np.asarray(x).dtype)
    np.add.at(result, key, x)
    return result


@rules(lambda g, out, x, key: scatter(g, x.shape, key))
def index(x: Any, key: Any) -> Any:
    """x[key], with whatever numpy takes for an index."""
    return x[key]


def _along(axis: int, x: Any, part: slice) -> tuple[slice, ...]:
    return (*[slice(None)] * (axis % x.ndim), part)


@rules(
    lambda g, out, x, y, axis: g[_along(axis, x, slice(None, x.shape[axis]))],
    lambda g, out, x, y, axis: g[_along(axis, x, slice(x.shape[axis], None))],
)
def join(x: Any, y: Any, axis: int) -> Any:
    """y after x along an axis."""
    return np.concatenate((x, y), axis)


# -- reductions ------------------------------------------------------------------------------------


def _along_the_vector(g: Any, out: Any, x: Any, axis: Axes, keepdims: bool) -> Any:
    length = _shaped(out, x, axis)
    return where(length == 0, 0.0, x * (_shaped(g, x, axis) / length))


def _by_power(g: Any, out: Any, x: Any, ord: float, axis: Axes, keepdims: bool) -> Any:
    length, slope = _shaped(out, x, axis), where(x == 0, 0.0, x ** (ord - 1.0))
    return slope * where(length == 0, 0.0, _shaped(g, x, axis) / length ** (ord - 1.0))


@rules(lambda g, out, x, axis, keepdims: broadcast_to(_shaped(g, x, axis), np.shape(x)))
def sum(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The sum over all axes, or over those named."""
    return np.sum(x, axis=axis, keepdims=keepdims)


@rules(_along_the_vector)
def length(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The square root of the sum of squares."""
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


@rules(_by_power)
def root_of_powers(x: Any, ord: float, axis: Axes = None, keepdims: bool = False) -> Any:
    """The sum of powers to ord, and the root of that; x is nowhere negative."""
    return np.sum(x**ord, axis=axis, keepdims=keepdims) ** (1.0 / ord)


@rules(_among_ties)
def max(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The largest element over all axes, or over those named.

    >>> max(np.array([[1.0, 3.0], [4.0, 2.0]]), axis=0)
    array([4., 3.])
    """
    return np.max(x, axis=axis, keepdims=keepdims)


@rules(_among_ties)
def min(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The smallest element over all axes, or over those named."""
    return np.min(x, axis=axis, keepdims=keepdims)


def mean(x: Any, axis: Axes = None, keepdims: bool = False) -> Any:
    """The mean over all axes, or over those named."""
    result = sum(x, axis, keepdims)
    return result / (np.size(plain(x)) / (np.size(plain(result)) or 1))


# -- losses ----------------------------------------------------------------------------------------


@rules(
    lambda g, out, p, y: (p - y) / maximum((1.0 - p) * p, LEAST_VARIANCE) * g,
    lambda g, out, p, y: (log(1.0 - p) - log(p)) * g,
)
def surprise(p: Any, y: Any) -> Any:
    """-log of the probability that p gives to y, 1 or 0, element by element."""
    with np.errstate(divide="ignore"):
        yes, no = np.maximum(np.log(p), LEAST_LOG), np.maximum(np.log1p(-p), LEAST_LOG)
    return -(y * yes + (1.0 - y) * no)


# -- made of these ---------------------------------------------------------------------------------


def transpose(x: Any, axis0: int = -2, axis1: int = -1) -> Any:
    """x with two axes exchanged."""
    axes = list(range(x.ndim))
    axes[axis0], axes[axis1] = axes[axis1], axes[axis0]
    return permute(x, tuple(axes))


def _largest(x: Any, axis: Axes) -> Any:
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
    return reduce(lambda x, y: join(x, y, axis), tensors)

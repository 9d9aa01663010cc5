"""Functions made of the operations: no rule is needed, their derivatives follow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np

from .operations import (
    Axes,
    abs,
    concat,
    erf,
    exp,
    expm1,
    length,
    log1p,
    log_softmax,
    max,
    mean,
    min,
    permute,
    plain,
    reshape,
    root_of_powers,
    sigmoid,
    sqrt,
    sum,
    surprise,
    tanh,
    where,
)

# -- elementwise -----------------------------------------------------------------------------------


def square(x: Any) -> Any:
    """x²."""
    return x * x


def reciprocal(x: Any) -> Any:
    """1 / x."""
    return 1.0 / x


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """x where it is positive, else a small multiple of it."""
    return where(x > 0, x, x * negative_slope)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha (exp(x) - 1). At 0 a line: no second derivative."""
    negative = x < 0
    bent = alpha * expm1(where(negative, x, 0.0))
    return where(x > 0, x, where(negative, bent, alpha * x))


def gelu(x: Any, approximate: str = "none") -> Any:
    """x times the normal distribution function of x (Hendrycks and Gimpel, 2016), which "tanh" is
    near to."""
    if approximate == "tanh":
        return x * (0.5 * (1.0 + tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3))))
    return x * (0.5 * (1.0 + erf(x * math.sqrt(0.5))))


def silu(x: Any) -> Any:
    """x times its sigmoid."""
    return x * sigmoid(x)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), without overflow."""
    positive = x > 0
    return where(positive, x, 0.0) + log1p(exp(where(positive, -x, x)))


def logsigmoid(x: Any) -> Any:
    """log(sigmoid(x)), without underflow."""
    return -softplus(-x)


def clamp(x: Any, min: Any = None, max: Any = None) -> Any:
    """x, but not less than `min` nor more than `max`; the derivative at these is 1."""
    if min is None:
        return where(x > max, max, x)
    if max is None:
        return where(x < min, min, x)
    lower = where(min < max, 1.0 * min, 1.0 * plain(min))
    return where((x > max) | (max < min), max, where(x < min, lower, x))


# -- reductions and running ones -------------------------------------------------------------------


def _slices(x: Any, axis: int) -> list[Any]:
    """x cut along an axis, the axis kept."""
    before = (slice(None),) * (axis % x.ndim)
    return [x[(*before, slice(i, i + 1))] for i in range(x.shape[axis])]


def _running(combine: Callable[[Any, Any], Any], parts: Sequence[Any]) -> list[Any]:
    results = list(parts[:1])
    for part in parts[1:]:
        results.append(combine(results[-1], part))
    return results


def prod(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The product, element by element: so a zero among them does no harm to the derivative."""
    shape = np.shape(x)
    flat, along = (x, axis) if axis is not None else (reshape(x, (-1,)), 0)
    parts = _slices(flat, along) or [sum(flat, along, keepdims=True) + 1.0]
    result = reduce(lambda a, b: a * b, parts)
    if axis is None:
        return reshape(result, (1,) * len(shape) if keepdims else ())
    return result if keepdims else squeeze(result, axis)


def cumsum(x: Any, axis: int) -> Any:
    """Running sums along an axis."""
    parts = _running(lambda a, b: a + b, _slices(x, axis))
    return concat(*parts, axis=axis) if parts else x


def cumprod(x: Any, axis: int) -> Any:
    """Running products along an axis."""
    parts = _running(lambda a, b: a * b, _slices(x, axis))
    return concat(*parts, axis=axis) if parts else x


def var(x: Any, axis: Axes = None, keepdims: bool = False, correction: int = 1) -> Any:
    """The mean squared distance from the mean, with n - correction in place of n."""
    distance = x - mean(x, axis, keepdims=True)
    total = sum(distance * distance, axis, keepdims)
    return total / (np.size(plain(x)) / (np.size(plain(total)) or 1) - correction)


def std(x: Any, axis: Axes = None, keepdims: bool = False, correction: int = 1) -> Any:
    """The square root of `var`; its derivative where that is zero is zero."""
    variance = var(x, axis, keepdims, correction)
    zero = variance == 0
    return where(zero, 0.0, sqrt(where(zero, 1.0, variance)))


def norm(x: Any, ord: float = 2, axis: Axes = None, keepdims: bool = False) -> Any:
    """The sum of the magnitudes' powers to ord, and the root of that; the largest one for inf, and
    the smallest one for -inf."""
    if ord == 2:
        return length(x, axis, keepdims)
    sizes = abs(x)
    if ord == math.inf:
        return max(sizes, axis, keepdims)
    if ord == -math.inf:
        return min(sizes, axis, keepdims)
    return root_of_powers(sizes, ord, axis, keepdims)


# -- shape -----------------------------------------------------------------------------------------


def unsqueeze(x: Any, axis: int) -> Any:
    """A new axis of size 1."""
    return reshape(x, np.expand_dims(plain(x), axis).shape)


def squeeze(x: Any, axis: int) -> Any:
    """An axis of size 1 taken away."""
    return reshape(x, np.squeeze(plain(x), axis).shape)


def stack(*tensors: Any, axis: int = 0) -> Any:
    """The operands one after the other along a new axis."""
    return concat(*[unsqueeze(x, axis) for x in tensors], axis=axis)


def flip(x: Any, axis: int | tuple[int, ...]) -> Any:
    """The elements in reverse order along one axis or several."""
    index = [slice(None)] * x.ndim
    for each in axis if isinstance(axis, tuple) else (axis,):
        index[each] = slice(None, None, -1)
    return x[tuple(index)]


def pad(x: Any, pad: Sequence[int], value: float = 0.0) -> Any:
    """A border of `value`, its widths in pairs, those of the last axis first.

    >>> pad(np.array([[5.0]]), (1, 2))
    array([[0., 5., 0., 0.]])
    """
    for number, widths in enumerate(zip(pad[::2], pad[1::2], strict=True)):
        axis, sizes = -1 - number, list(x.shape)
        borders = []
        for width in widths:
            sizes[axis] = width
            borders.append(np.full(sizes, value, dtype=x.dtype))
        x = concat(borders[0], x, borders[1], axis=axis)
    return x


# -- picking, cutting and order --------------------------------------------------------------------


def gather(x: Any, indices: Any, axis: int) -> Any:
    """For each index the element there along the axis, in the same place along the others.

    >>> gather(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1, 1], [0, 1]]), 1)
    array([[2., 2.],
           [3., 4.]])
    """
    places = list(np.indices(np.shape(indices)))
    places[axis] = np.asarray(indices)
    return x[tuple(places)]


def take_along_axis(x: Any, indices: Any, axis: int) -> Any:
    """As `gather`, with x and the indices stretched along the other axes."""
    places = list(np.ix_(*map(np.arange, x.shape)))
    places[axis] = np.asarray(indices)
    return x[tuple(places)]


def split(x: Any, size: int | Sequence[int], axis: int = 0) -> list[Any]:
    """Parts of a size along an axis, the last one smaller if need be, or of several sizes."""
    n = x.shape[axis]
    ends = np.arange(size, n, size) if isinstance(size, int) else np.cumsum(size[:-1], dtype=int)
    before = (slice(None),) * (axis % x.ndim)
    return [x[(*before, slice(a, b))] for a, b in pairwise([0, *ends.tolist(), n])]


def chunk(x: Any, chunks: int, axis: int = 0) -> list[Any]:
    """At most so many parts of equal size along an axis, the last one smaller if need be."""
    n = x.shape[axis]
    return split(x, -(-n // chunks), axis) if n else [x[...] for _ in range(chunks)]


def unbind(x: Any, axis: int = 0) -> list[Any]:
    """The parts of size 1 along an axis, without it."""
    before = (slice(None),) * (axis % x.ndim)
    return [x[(*before, i)] for i in range(x.shape[axis])]


def _order(x: Any, axis: int, descending: bool) -> Any:
    """Where the elements in order stand in x; of equal ones the first comes first."""
    if not descending:
        return np.argsort(x, axis, kind="stable")
    backward = np.argsort(np.flip(x, axis), axis, kind="stable")
    return x.shape[axis] - 1 - np.flip(backward, axis)


def sort(x: Any, axis: int = -1, descending: bool = False) -> Any:
    """The elements in order along an axis."""
    return gather(x, _order(plain(x), axis, descending), axis)


def topk(x: Any, k: int, axis: int = -1, largest: bool = True) -> Any:
    """The k largest or smallest elements along an axis, in order."""
    return gather(x, _order(plain(x), axis, largest).take(np.arange(k), axis), axis)


def median(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The element in the middle, of two the smaller one. Of all elements, those that equal it
    share the gradient; along an axis, the first of them in order has it."""
    data = np.asarray(plain(x))
    nan = np.isnan(data)
    if axis is None and nan.any():
        return sum(where(nan, x, 0.0), None, keepdims) / nan.sum()
    if axis is None:
        value = np.sort(data, axis=None)[(data.size - 1) // 2]
        return max(where(data <= value, x, -math.inf), None, keepdims)
    middle = _order(data, axis, False).take([(data.shape[axis] - 1) // 2], axis)
    first = np.argmax(nan, axis, keepdims=True)
    result = gather(x, np.where(nan.any(axis, keepdims=True), first, middle), axis)
    return result if keepdims else squeeze(result, axis)


# -- linear algebra --------------------------------------------------------------------------------


def outer(x: Any, y: Any) -> Any:
    """The product of each element of one vector with each of another."""
    return x[:, None] * y[None, :]


def einsum(equation: str, *operands: Any) -> Any:
    """Einstein's summation: over every index that the result does not name.

    >>> einsum("ij,j->i", np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 10.0]))
    array([21., 43.])
    """
    left, result = equation.replace(" ", "").split("->")
    letters = result + "".join(sorted(set(left) - set(result) - {","}))
    factors = []
    for term, x in zip(left.split(","), operands, strict=True):
        for letter in {each for each in term if term.count(each) > 1}:  # a diagonal
            places = [i for i, each in enumerate(term) if each == letter]
            steps = np.arange(x.shape[places[0]])
            moved = permute(x, (*places, *(i for i in range(x.ndim) if i not in places)))
            x, term = moved[(steps,) * len(places)], letter + term.replace(letter, "")
        x = permute(x, tuple(term.index(each) for each in letters if each in term))
        sizes = iter(x.shape)
        factors.append(reshape(x, tuple(next(sizes) if each in term else 1 for each in letters)))
    product = reduce(lambda a, b: a * b, factors)
    lost = tuple(range(len(result), len(letters)))
    return sum(product, lost) if lost else product


# -- losses ----------------------------------------------------------------------------------------


def _reduced(losses: Any, reduction: str) -> Any:
    """The losses' mean, their sum, or with "none" the losses themselves."""
    if reduction == "none":
        return losses
    return sum(losses) if reduction == "sum" else mean(losses)


def mse_loss(x: Any, y: Any, reduction: str = "mean") -> Any:
    """The squares of x - y."""
    return _reduced(square(x - y), reduction)


def binary_cross_entropy(p: Any, y: Any, reduction: str = "mean") -> Any:
    """-log of the probability that p gives to y, 1 or 0."""
    return _reduced(surprise(p, y), reduction)


def binary_cross_entropy_with_logits(logits: Any, y: Any, reduction: str = "mean") -> Any:
    """-log of the probability that sigmoid(logits) gives to y, without overflow."""
    return _reduced(softplus(logits) - logits * y, reduction)


def cross_entropy(
    logits: Any, target: Any, reduction: str = "mean", ignore_index: int = -100
) -> Any:
    """-log(softmax(logits)) of each row at its label, or weighted with probabilities of classes."""
    scores = log_softmax(logits)
    if np.shape(target) == scores.shape:
        return _reduced(-sum(scores * target, -1), reduction)
    labels = np.asarray(target)
    kept = labels != ignore_index
    picked = scores[(*np.indices(labels.shape), np.where(kept, labels, 0))]
    losses = where(kept, -picked, 0.0)
    return sum(losses) / float(np.sum(kept)) if reduction == "mean" else _reduced(losses, reduction)


# -- networks --------------------------------------------------------------------------------------


def embedding(indices: Any, weight: Any) -> Any:
    """The rows of a table that are named, some of them more than once."""
    return weight[np.asarray(indices)]


def dropout(x: Any, mask: Any, p: float = 0.5) -> Any:
    """x where the mask holds, else 0; divided by 1 - p, so that the mean stays what it was."""
    return x * np.asarray(mask, getattr(x, "dtype", None)) / (1.0 - p)


def _standardized(x: Any, axis: Axes, eps: float) -> Any:
    distance = x - mean(x, axis, keepdims=True)
    return distance / sqrt(mean(distance * distance, axis, keepdims=True) + eps)


def layer_norm(x: Any, weight: Any, bias: Any, eps: float = 1e-5) -> Any:
    """Each row to mean 0 and variance 1, then scaled and shifted (Ba, Kiros, Hinton, 2016)."""
    return _standardized(x, -1, eps) * weight + bias


def batch_norm(
    x: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any,
    bias: Any,
    training: bool = False,
    eps: float = 1e-5,
) -> Any:
    """Each channel of (N, C, ...) by its mean and variance: in training those of the batch, else
    the running ones, which are constants (Ioffe and Szegedy, 2015)."""
    center, spread, scale, shift = (
        reshape(each, (1, -1, *[1] * (x.ndim - 2)))
        for each in (running_mean, running_var, weight, bias)
    )
    if training:
        return _standardized(x, (0, *range(2, x.ndim)), eps) * scale + shift
    return (x - center) / sqrt(spread + eps) * scale + shift

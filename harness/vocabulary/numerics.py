"""What the names in the vocabulary's texts stand for, beside numpy's own.

Every function here is plain numpy on float arrays, complete in itself, so that its source can be
shown or printed where a text uses it. ``axis`` may be None, a number or a tuple, as in numpy.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any  # arrays of floats throughout


def erf(x: Array) -> Array:
    """The error function, element by element."""
    return np.vectorize(math.erf, otypes=[float])(x)


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + np.exp(-x))


def logsumexp(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """log(sum(exp(x))), the largest element taken out first, so that nothing overflows."""
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    out = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return out if keepdims else np.squeeze(out, axis=axis)


def softmax(x: Array, axis: int = -1) -> Array:
    """exp(x) / sum(exp(x)) along an axis, the largest element taken out first."""
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """log(softmax(x)), without the detour over softmax."""
    shifted = x - np.max(x, axis=axis, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def norm(x: Array, axis: Any = None, keepdims: bool = False) -> Array:
    """The square root of the sum of squares."""
    return np.sqrt(np.sum(x**2, axis=axis, keepdims=keepdims))


def unbroadcast(dout: Array, shape: tuple[int, ...]) -> Array:
    """The sum of ``dout`` over the axes along which ``shape`` was stretched to become its shape."""
    added = np.ndim(dout) - len(shape)
    axes = [added + i for i, n in enumerate(shape) if n == 1 != np.shape(dout)[added + i]]
    return np.sum(dout, axis=(*range(added), *axes)).reshape(shape)


def surplus(dx: Array, dy: Array, dout: Array) -> Array:
    """By how much two operands got more than ``dout`` together, summed over the axes along which
    either was stretched."""
    rank = min(np.ndim(dx), np.ndim(dy))
    sizes = zip(np.shape(dx)[np.ndim(dx) - rank :], np.shape(dy)[np.ndim(dy) - rank :], strict=True)
    shape = tuple(min(pair) for pair in sizes)
    return unbroadcast(dx, shape) + unbroadcast(dy, shape) - unbroadcast(dout, shape)


def product_of_others(x: Array, axis: int | None = None) -> Array:
    """For each element the product of all the others along ``axis``; zeros do no harm."""
    rows = np.reshape(x, (1, -1)) if axis is None else np.moveaxis(x, axis, -1)
    one = np.ones_like(rows[..., :1])
    before = np.cumprod(np.concatenate([one, rows[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, rows[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    others = before * after
    return np.reshape(others, np.shape(x)) if axis is None else np.moveaxis(others, -1, axis)


def cumprod_dx(x: Array, dout: Array, axis: int) -> Array:
    """The gradient of cumprod by x, without dividing: x[k] is a factor of out[k] and all later."""
    rows, upstream = np.moveaxis(x, axis, -1), np.moveaxis(dout, axis, -1)
    dx = np.zeros_like(rows)
    for k in range(rows.shape[-1]):
        without = rows.copy()
        without[..., k] = 1.0
        dx[..., k] = np.sum((np.cumprod(without, axis=-1) * upstream)[..., k:], axis=-1)
    return np.moveaxis(dx, -1, axis)


def widths(pad: tuple[int, ...], ndim: int) -> list[tuple[int, int]]:
    """Torch's widths (the last axis's first) as numpy's: a pair for each axis."""
    pairs = [(pad[i], pad[i + 1]) for i in range(0, len(pad), 2)]
    return [(0, 0)] * (ndim - len(pairs)) + pairs[::-1]


def unpad(dout: Array, pad: tuple[int, ...]) -> Array:
    """``dout`` without the border that pad has added."""
    shape, pairs = np.shape(dout), widths(pad, np.ndim(dout))
    return dout[tuple(slice(a, n - b) for n, (a, b) in zip(shape, pairs, strict=True))]


def part(dout: Array, operands: list[Array], k: int, axis: int) -> Array:
    """The part of ``dout`` that operand ``k`` of a concatenation along ``axis`` has filled."""
    sizes = [np.shape(operand)[axis] for operand in operands]
    return np.split(dout, np.cumsum(sizes)[:-1], axis=axis)[k]


def scatter(dout: Array, shape: tuple[int, ...], index: Any) -> Array:
    """Zeros of ``shape``, to which ``dout`` is added where ``index`` took its elements from."""
    dx = np.zeros(shape, dout.dtype)
    np.add.at(dx, index, dout)
    return dx


def assigned(dout: Array, shape: tuple[int, ...], index: Any) -> Array:
    """What :func:`scatter` must not be: where an element was taken twice, the last ``dout``."""
    dx = np.zeros(shape, dout.dtype)
    dx[index] = dout
    return dx


def einsum_dx(equation: str, operands: list[Array], k: int, dout: Array) -> Array:
    """The gradient of einsum by operand ``k``: the equation with that operand and the result
    exchanged. A letter that only this operand has was summed up: its gradient is spread."""
    left, out = equation.replace(" ", "").split("->")
    terms = left.split(",")
    own = "".join(dict.fromkeys(terms[k]))
    rest = [i for i in range(len(terms)) if i != k]
    sizes = dict(zip(terms[k], np.shape(operands[k]), strict=True))
    known = "".join(letter for letter in own if letter in out + "".join(terms[i] for i in rest))
    inner = ",".join([out, *(terms[i] for i in rest)]) + "->" + known
    inner_dx = np.einsum(inner, dout, *(operands[i] for i in rest))
    stretched = [sizes[letter] if letter in known else 1 for letter in own]
    inner_dx = np.broadcast_to(np.reshape(inner_dx, stretched), [sizes[letter] for letter in own])
    dx = np.zeros(np.shape(operands[k]), inner_dx.dtype)
    np.einsum(f"{terms[k]}->{own}", dx)[...] = inner_dx  # a letter twice: its diagonal
    return dx


def onehot(labels: Array, logits: Array, ignore_index: int = -100) -> Array:
    """An array like ``logits``, 1 at each row's label and 0 elsewhere; all 0 where the label is
    the one that is ignored."""
    classes = np.arange(np.shape(logits)[-1])
    labels = np.asarray(labels, dtype=int)[..., None]
    return ((labels == classes) & (labels != ignore_index)).astype(float)


def standardized(x: Array, eps: float, axis: Any = -1) -> Array:
    """(x - mean) / sqrt(var + eps) along the last axis, or other ones."""
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    return deviation / np.sqrt(np.mean(deviation**2, axis=axis, keepdims=True) + eps)


def layer_norm_dx(x: Array, weight: Array, eps: float, dout: Array, start: int = -1) -> Array:
    """With n = standardized(x) and dn = dout * weight:
    (dn - mean(dn) - n * mean(dn * n)) / sqrt(var + eps), the means over the axes from ``start``
    on."""
    n, dn = standardized(x, eps), dout * weight
    axes = tuple(range(x.ndim))[start:]
    along = np.mean(dn * n, axis=axes, keepdims=True)
    deviation = x - np.mean(x, axis=-1, keepdims=True)
    spread = np.sqrt(np.mean(deviation**2, axis=-1, keepdims=True) + eps)
    return (dn - np.mean(dn, axis=axes, keepdims=True) - n * along) / spread


def batch_norm_dx(x: Array, weight: Array, eps: float, dout: Array) -> Array:
    """As :func:`layer_norm_dx`, but within each channel."""
    axes = within(x)
    n, dn = standardized(x, eps, axes), dout * channels(weight, x)
    along = np.mean(dn * n, axis=axes, keepdims=True)
    spread = np.sqrt(
        np.mean((x - np.mean(x, axis=axes, keepdims=True)) ** 2, axes, keepdims=True) + eps
    )
    return (dn - np.mean(dn, axis=axes, keepdims=True) - n * along) / spread


def channels(v: Array, x: Array) -> Array:
    """A number for each channel, in a shape that goes with ``x`` (N, C, ...)."""
    return np.reshape(v, (1, -1, *[1] * (np.ndim(x) - 2)))


def within(x: Array) -> tuple[int, ...]:
    """The axes of ``x`` (N, C, ...) along which a channel lies: all but the second."""
    return (0, *range(2, np.ndim(x)))


def placed(dout: Array, x: Array, axis: int, start: int) -> Array:
    """Zeros like ``x``, with ``dout`` from ``start`` on along an axis."""
    dx = np.zeros(np.shape(x), dout.dtype)
    there = np.moveaxis(dx, axis, 0)
    there[start : start + np.shape(dout)[axis]] = np.moveaxis(dout, axis, 0)
    return dx


def ends(n: int, size: Any) -> list[int]:
    """Where parts end, but for the last: of a size, or of several sizes, that are n together."""
    places = (
        np.cumsum(size[:-1], dtype=int) if isinstance(size, tuple) else np.arange(size, n, size)
    )
    return [int(end) for end in places]


def split(x: Array, size: Any, axis: int) -> list[Array]:
    """Parts of a size along an axis, the last one smaller if need be, or of several sizes."""
    return np.split(x, ends(np.shape(x)[axis], size), axis=axis)


def chunk(x: Array, chunks: int, axis: int) -> list[Array]:
    """At most so many parts of equal size along an axis, the last one smaller if need be."""
    n = np.shape(x)[axis]
    return split(x, -(-n // chunks), axis) if n else [x] * chunks


def start(parts: list[Array], piece: int, axis: int) -> int:
    """Where along an axis a part begins."""
    return sum(np.shape(part)[axis] for part in parts[:piece])


def gather(x: Array, indices: Array, axis: int) -> Array:
    """For each index the element of ``x`` that stands there along the axis, and in the same place
    along the others."""
    places: list[Array] = list(np.indices(np.shape(indices)))
    places[axis] = indices
    return x[tuple(places)]


def ungather(dout: Array, x: Array, indices: Array, axis: int) -> Array:
    """Zeros like ``x``, to which ``dout`` is added where its elements were taken from."""
    shape = np.shape(dout)
    places: list[Array] = [rows % n for rows, n in zip(np.indices(shape), np.shape(x), strict=True)]
    places[axis] = np.broadcast_to(indices, shape)
    dx = np.zeros(np.shape(x), dout.dtype)
    np.add.at(dx, tuple(places), dout)
    return dx


def ungather_last(dout: Array, x: Array, indices: Array, axis: int) -> Array:
    """What :func:`ungather` must not be: where an element was taken twice, the last ``dout``."""
    places: list[Array] = list(np.indices(np.shape(dout)))
    places[axis] = np.broadcast_to(indices, np.shape(dout))
    dx = np.zeros(np.shape(x), dout.dtype)
    dx[tuple(places)] = dout
    return dx


def order(x: Array, axis: int, descending: bool) -> Array:
    """Where the elements in order stand in ``x``; of equal ones the first comes first."""
    if not descending:
        return np.argsort(np.real(x), axis, kind="stable")
    backward = np.argsort(np.flip(np.real(x), axis), axis, kind="stable")
    return np.shape(x)[axis] - 1 - np.flip(backward, axis)


def top(x: Array, k: int, axis: int, largest: bool) -> Array:
    """Where the ``k`` largest or smallest elements stand, in order."""
    return np.take(order(x, axis, largest), np.arange(k), axis)


def equals(x: Array, axis: int) -> Array:
    """How many elements along an axis are equal to each."""
    rows = np.moveaxis(np.real(x), axis, -1)
    alike = np.empty(np.shape(rows))
    for row in np.ndindex(np.shape(rows)[:-1]):
        _, places, counts = np.unique(rows[row], return_inverse=True, return_counts=True)
        alike[row] = counts[places]
    return np.moveaxis(alike, -1, axis)


def among_equals(x: Array, dx: Array, axis: int, greatest: bool) -> Array:
    """For each element the least or the greatest of ``dx`` at those along an axis that equal it."""
    rows, out = np.moveaxis(np.real(x), axis, -1), np.moveaxis(dx, axis, -1).copy()
    choose = np.maximum if greatest else np.minimum
    for row in np.ndindex(np.shape(rows)[:-1]):
        values, places = np.unique(rows[row], return_inverse=True)
        ends = np.full(len(values), -np.inf if greatest else np.inf)
        choose.at(ends, places, out[row])
        out[row] = ends[places]
    return np.moveaxis(out, -1, axis)


def middle(x: Array, axis: int | None) -> Array:
    """For each element its share in the median: of all elements, those that equal it have equal
    ones; along an axis, the first of them in order has all. NaN comes before any number."""
    if axis is None:
        flat = np.sort(np.where(np.isnan(x), -np.inf, np.real(x)), axis=None)
        value = flat[(flat.size - 1) // 2]
        equal = np.isnan(x) if np.isnan(x).any() else np.real(x) == value
        return equal / np.sum(equal)
    nan = np.isnan(x)
    halfway = (np.shape(x)[axis] - 1) // 2
    place = np.take(order(x, axis, False), [halfway], axis)
    place = np.where(nan.any(axis, keepdims=True), np.argmax(nan, axis, keepdims=True), place)
    return ungather(np.ones(np.shape(place)), x, place, axis)


def median(x: Array, axis: int | None = None, keepdims: bool = False) -> Array:
    """The element in the middle, of two the smaller one."""
    share = middle(x, axis)
    return np.sum(np.where(share > 0, share * x, 0), axis=axis, keepdims=keepdims)

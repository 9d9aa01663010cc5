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
    dx = np.zeros(shape)
    np.add.at(dx, index, dout)
    return dx


def assigned(dout: Array, shape: tuple[int, ...], index: Any) -> Array:
    """What :func:`scatter` must not be: where an element was taken twice, the last ``dout``."""
    dx = np.zeros(shape)
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
    found = np.einsum(inner, dout, *(operands[i] for i in rest))
    stretched = [sizes[letter] if letter in known else 1 for letter in own]
    found = np.broadcast_to(np.reshape(found, stretched), [sizes[letter] for letter in own])
    dx = np.zeros(np.shape(operands[k]))
    np.einsum(f"{terms[k]}->{own}", dx)[...] = found  # a letter twice: its diagonal
    return dx


def onehot(labels: Array, logits: Array) -> Array:
    """An array like ``logits``, 1 at each row's label and 0 elsewhere."""
    classes = np.arange(np.shape(logits)[-1])
    return (np.asarray(labels, dtype=int)[..., None] == classes).astype(float)


def standardized(x: Array, eps: float) -> Array:
    """(x - mean) / sqrt(var + eps) along the last axis."""
    spread = np.sqrt(np.var(x, axis=-1, keepdims=True) + eps)
    return (x - np.mean(x, axis=-1, keepdims=True)) / spread


def layer_norm_dx(x: Array, weight: Array, eps: float, dout: Array) -> Array:
    """With n = standardized(x) and dn = dout * weight:
    (dn - mean(dn) - n * mean(dn * n)) / sqrt(var + eps)."""
    n, dn = standardized(x, eps), dout * weight
    along = np.mean(dn * n, axis=-1, keepdims=True)
    spread = np.sqrt(np.var(x, axis=-1, keepdims=True) + eps)
    return (dn - np.mean(dn, axis=-1, keepdims=True) - n * along) / spread


def windows(x: Array, size: tuple[int, int], stride: int) -> Array:
    """All windows of ``x`` (N, C, H, W), of shape (N, C, rows, columns, *size)."""
    found = np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))
    return found[:, :, ::stride, ::stride]


def unwindows(dwindows: Array, shape: tuple[int, ...], stride: int) -> Array:
    """The gradient of :func:`windows`: each window's added where it was taken from."""
    dx = np.zeros(shape)
    _, _, rows, columns, height, width = dwindows.shape
    for i in range(height):
        for j in range(width):
            place = dx[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride]
            place += dwindows[..., i, j]
    return dx


def conv2d(x: Array, weight: Array, stride: int, padding: int) -> Array:
    """The correlation of ``x`` (N, C, H, W) with ``weight`` (O, C, h, w)."""
    x = np.pad(x, widths((padding,) * 4, 4))
    return np.einsum("ncrshw,ochw->nors", windows(x, weight.shape[2:], stride), weight)


def conv2d_dx(x: Array, weight: Array, stride: int, padding: int, dout: Array) -> Array:
    """The gradient of conv2d by x: each window gets ``weight * dout``."""
    border = (padding,) * 4
    shape = np.shape(np.pad(x, widths(border, 4)))
    return unpad(unwindows(np.einsum("nors,ochw->ncrshw", dout, weight), shape, stride), border)


def conv2d_dw(x: Array, weight: Array, stride: int, padding: int, dout: Array) -> Array:
    """The gradient of conv2d by its weight: the windows of x, weighted with ``dout``."""
    x = np.pad(x, widths((padding,) * 4, 4))
    return np.einsum("ncrshw,nors->ochw", windows(x, weight.shape[2:], stride), dout)


def max_pool2d(x: Array, kernel_size: int, stride: int | None) -> Array:
    """The largest element of each window."""
    return np.max(windows(x, (kernel_size, kernel_size), stride or kernel_size), axis=(4, 5))


def max_pool2d_dx(x: Array, kernel_size: int, stride: int | None, dout: Array) -> Array:
    """``dout`` goes to the first largest element of each window."""
    found = windows(x, (kernel_size, kernel_size), stride or kernel_size)
    flat = np.reshape(found, (*found.shape[:4], -1))
    first = np.arange(kernel_size**2) == np.argmax(flat, axis=-1)[..., None]
    dwindows = np.reshape(first * dout[..., None], found.shape)
    return unwindows(dwindows, np.shape(x), stride or kernel_size)


def max_pool2d_tied(x: Array, kernel_size: int, stride: int | None) -> Array:
    """Where an element is one of several that are the largest of some window."""
    found = windows(x, (kernel_size, kernel_size), stride or kernel_size)
    largest = found == np.max(found, axis=(4, 5), keepdims=True)
    tied = largest & (np.sum(largest, axis=(4, 5), keepdims=True) > 1)
    return unwindows(tied, np.shape(x), stride or kernel_size) > 0


def max_pool2d_end(
    x: Array, kernel_size: int, stride: int | None, dout: Array, chosen: Any
) -> Array:
    """The least gradient that an element may be given, or the greatest: of a window with several
    largest elements the one ``chosen``, by numpy's minimum or maximum, of nothing and ``dout``."""
    found = windows(x, (kernel_size, kernel_size), stride or kernel_size)
    largest = found == np.max(found, axis=(4, 5), keepdims=True)
    tied = np.sum(largest, axis=(4, 5), keepdims=True) > 1
    upstream = dout[..., None, None]
    share = largest * np.where(tied, chosen(upstream, 0.0), upstream)
    return unwindows(share, np.shape(x), stride or kernel_size)


def max_pool2d_surplus(
    x: Array, kernel_size: int, stride: int | None, dx: Array, dout: Array
) -> Array:
    """By how much the elements of a window got more than its ``dout``; of windows that overlap, all
    of them together."""
    if (stride or kernel_size) < kernel_size:
        return np.sum(dx) - np.sum(dout)
    found = windows(dx, (kernel_size, kernel_size), stride or kernel_size)
    return np.sum(found, axis=(4, 5)) - dout


def avg_pool2d(x: Array, kernel_size: int, stride: int | None) -> Array:
    """The mean of each window."""
    return np.mean(windows(x, (kernel_size, kernel_size), stride or kernel_size), axis=(4, 5))


def avg_pool2d_dx(x: Array, kernel_size: int, stride: int | None, dout: Array) -> Array:
    """Every element of a window gets its share of ``dout``."""
    share = np.broadcast_to(
        (dout / kernel_size**2)[..., None, None], (*dout.shape, kernel_size, kernel_size)
    )
    return unwindows(share, np.shape(x), stride or kernel_size)

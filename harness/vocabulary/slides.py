"""What the names in the vocabulary's texts stand for, where a window slides: convolution, pooling.

Like :mod:`~harness.vocabulary.numerics`, plain numpy on float arrays.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Array = Any  # arrays of floats throughout


def windows(x: Array, size: tuple[int, ...], stride: int, dilation: int = 1) -> Array:
    """All windows of ``x`` (N, C, …) along its last axes, of shape (N, C, rows…, *size)."""
    spans = [(n - 1) * dilation + 1 for n in size]
    axes = tuple(range(2, 2 + len(size)))
    every = np.lib.stride_tricks.sliding_window_view(x, spans, axis=axes)
    steps = [slice(None, None, stride)] * len(size) + [slice(None, None, dilation)] * len(size)
    return every[(slice(None), slice(None), *steps)]


def unwindows(dwindows: Array, shape: tuple[int, ...], stride: int, dilation: int = 1) -> Array:
    """The gradient of :func:`windows`: each window's added where it was taken from."""
    dx = np.zeros(shape, dwindows.dtype)
    count = len(shape) - 2
    for offset in np.ndindex(dwindows.shape[2 + count :]):
        place = [
            slice(at * dilation, at * dilation + stride * rows, stride)
            for at, rows in zip(offset, dwindows.shape[2:], strict=False)
        ]
        dx[(slice(None), slice(None), *place)] += dwindows[(..., *offset)]
    return dx


def assigned_windows(dwindows: Array, chosen: Array, shape: tuple[int, ...], stride: int) -> Array:
    """What :func:`unwindows` must not be: where windows overlap, what the last one has there that
    has ``chosen`` the place."""
    dx = np.zeros(math.prod(shape), dwindows.dtype)
    places = windows(np.reshape(np.arange(dx.size), shape), dwindows.shape[4:], stride)
    dx[places[chosen]] = dwindows[chosen]
    return np.reshape(dx, shape)


def bordered(x: Array, padding: int, value: float = 0.0) -> Array:
    """``x`` (N, C, …) with a border around its last axes."""
    pairs = [(0, 0), (0, 0), *[(padding, padding)] * (np.ndim(x) - 2)]
    return np.pad(x, pairs, constant_values=value)


def conv(
    x: Array, weight: Array, bias: Array, stride: int, padding: int, dilation: int, groups: int
) -> Array:
    """The correlation of ``x`` (N, C, …) with ``weight`` (O, C / groups, …), plus ``bias`` (O)."""
    size = np.shape(weight)[2:]
    taken = windows(bordered(x, padding), size, stride, dilation)
    rows = taken.shape[2 : 2 + len(size)]
    shape = (len(x), groups, np.shape(weight)[1], math.prod(rows), math.prod(size))
    parts = np.reshape(taken, shape)
    kernels = np.reshape(weight, (groups, -1, np.shape(weight)[1], math.prod(size)))
    out = np.einsum("ngcpk,gock->ngop", parts, kernels)
    out = np.reshape(out, (len(x), len(weight), *rows))
    return out + np.reshape(bias, (-1, *[1] * len(size)))


def conv_dx(
    x: Array, weight: Array, stride: int, padding: int, dilation: int, groups: int, dout: Array
) -> Array:
    """The gradient of conv by x: each window gets ``weight * dout``."""
    rows, size = np.shape(dout)[2:], np.shape(weight)[2:]
    parts = np.reshape(dout, (len(x), groups, -1, math.prod(rows)))
    kernels = np.reshape(weight, (groups, -1, np.shape(weight)[1], math.prod(size)))
    dwindows = np.einsum("ngop,gock->ngcpk", parts, kernels)
    dwindows = np.reshape(dwindows, (*np.shape(x)[:2], *rows, *size))
    dx = unwindows(dwindows, bordered(x, padding).shape, stride, dilation)
    return dx[(..., *[slice(padding, padding + n) for n in np.shape(x)[2:]])]


def conv_dw(
    x: Array, weight: Array, stride: int, padding: int, dilation: int, groups: int, dout: Array
) -> Array:
    """The gradient of conv by its weight: the windows of x, weighted with ``dout``."""
    size, rows = np.shape(weight)[2:], np.shape(dout)[2:]
    taken = windows(bordered(x, padding), size, stride, dilation)
    taken = taken[(slice(None), slice(None), *[slice(0, n) for n in rows])]
    parts = np.reshape(taken, (len(x), groups, -1, math.prod(rows), math.prod(size)))
    upstream = np.reshape(dout, (len(x), groups, -1, math.prod(rows)))
    return np.reshape(np.einsum("ngcpk,ngop->gock", parts, upstream), np.shape(weight))


def conv_db(dout: Array) -> Array:
    """The gradient of conv by its bias: the sum over the batch and all windows."""
    return np.sum(dout, axis=(0, *range(2, np.ndim(dout))))


def transposed(
    x: Array, weight: Array, stride: int, padding: int, extra: int, groups: int, dilation: int
) -> Array:
    """An array of zeros in the shape of what :func:`conv` makes ``x`` of: that of the result of
    conv_transpose2d."""
    sizes = zip(np.shape(x)[2:], np.shape(weight)[2:], strict=True)
    last = [(n - 1) * stride - 2 * padding + dilation * (w - 1) + extra + 1 for n, w in sizes]
    return np.zeros((len(x), groups * np.shape(weight)[1], *last))


def conv_transpose(
    x: Array,
    weight: Array,
    bias: Array,
    stride: int,
    padding: int,
    extra: int,
    groups: int,
    dilation: int,
) -> Array:
    """The gradient of :func:`conv` by what it is applied to, with ``x`` upstream; plus bias."""
    out = transposed(x, weight, stride, padding, extra, groups, dilation)
    spread = conv_dx(out, weight, stride, padding, dilation, groups, x)
    return spread + np.reshape(bias, (-1, 1, 1))


def conv_transpose_dx(
    x: Array, weight: Array, stride: int, padding: int, groups: int, dilation: int, dout: Array
) -> Array:
    """The gradient of conv_transpose by x: the convolution of ``dout``."""
    dx = conv(dout, weight, np.zeros(1), stride, padding, dilation, groups)
    return dx[(..., *[slice(0, n) for n in np.shape(x)[2:]])]


def reach(n: int, kernel_size: int, step: int, padding: int, ceil_mode: bool) -> int:
    """How far the windows reach along an axis, the border in front included. With ``ceil_mode`` a
    last one may reach over the border behind, where it does not begin there."""
    room = n + 2 * padding - kernel_size
    count = room // step + 1
    if ceil_mode and room % step and count * step < n + padding:
        count += 1
    return (count - 1) * step + kernel_size


def pooling(
    x: Array,
    kernel_size: int,
    stride: int | None,
    padding: int,
    ceil_mode: bool,
    border: float,
    beyond: float,
) -> Array:
    """All windows of ``x`` (N, C, H, W), which has a ``border``, and something ``beyond`` it."""
    step = stride or kernel_size
    ends = [reach(n, kernel_size, step, padding, ceil_mode) for n in np.shape(x)[2:]]
    x = bordered(x, padding, border)
    more = [(0, max(end - n, 0)) for end, n in zip(ends, x.shape[2:], strict=True)]
    x = np.pad(x, [(0, 0), (0, 0), *more], constant_values=beyond)
    return windows(x[:, :, : ends[0], : ends[1]], (kernel_size, kernel_size), step)


def unpooling(
    dwindows: Array, x: Array, stride: int, padding: int, chosen: Array | None = None
) -> Array:
    """The gradient of :func:`pooling`, its border cut off. With ``chosen``, a window's places there
    are assigned, not added to."""
    _, _, *rows, height, width = dwindows.shape
    needed = [(n - 1) * stride + size for n, size in zip(rows, (height, width), strict=True)]
    shape = [max(n + 2 * padding, m) for n, m in zip(np.shape(x)[2:], needed, strict=True)]
    whole = (*np.shape(x)[:2], *shape)
    if chosen is None:
        dx = unwindows(dwindows, whole, stride)
    else:
        dx = assigned_windows(dwindows, chosen, whole, stride)
    return dx[(..., *[slice(padding, padding + n) for n in np.shape(x)[2:]])]


def max_pool2d(
    x: Array, kernel_size: int, stride: int | None, padding: int, ceil_mode: bool
) -> Array:
    """The largest element of each window."""
    return np.max(
        pooling(x, kernel_size, stride, padding, ceil_mode, -np.inf, -np.inf), axis=(4, 5)
    )


def first_largest(
    x: Array, kernel_size: int, stride: int | None, padding: int, ceil_mode: bool
) -> Array:
    """Of each window the first of its largest elements, which is never one of the border."""
    lowest = np.maximum(np.real(x), np.finfo(np.float64).min)
    pools = pooling(lowest, kernel_size, stride, padding, ceil_mode, -np.inf, -np.inf)
    flat = np.reshape(pools, (*pools.shape[:4], -1))
    first = np.arange(kernel_size**2) == np.argmax(flat, axis=-1)[..., None]
    return np.reshape(first, pools.shape)


def max_pool2d_dx(
    x: Array, kernel_size: int, stride: int | None, padding: int, ceil_mode: bool, dout: Array
) -> Array:
    """``dout`` goes to the first largest element of each window."""
    first = first_largest(x, kernel_size, stride, padding, ceil_mode)
    dwindows = np.where(first, dout[..., None, None], 0)
    return unpooling(dwindows, x, stride or kernel_size, padding)


def max_pool2d_assigned(
    x: Array, kernel_size: int, stride: int | None, padding: int, ceil_mode: bool, dout: Array
) -> Array:
    """As :func:`max_pool2d_dx`, but an element that is the largest of several windows has the
    gradient of the last one alone."""
    first = first_largest(x, kernel_size, stride, padding, ceil_mode)
    dwindows = np.where(first, dout[..., None, None], 0)
    return unpooling(dwindows, x, stride or kernel_size, padding, first)


def largest_of_windows(
    x: Array, kernel_size: int, stride: int | None, padding: int, ceil_mode: bool
) -> tuple[Array, Array]:
    """Of each window which elements are the largest, and whether these are several."""
    pools = pooling(np.real(x), kernel_size, stride, padding, ceil_mode, -np.inf, -np.inf)
    largest = pools == np.max(pools, axis=(4, 5), keepdims=True)
    return largest, np.sum(largest, axis=(4, 5), keepdims=True) > 1


def max_pool2d_tied(
    x: Array, kernel_size: int, stride: int | None, padding: int, ceil_mode: bool
) -> Array:
    """Where an element is one of several that are the largest of some window."""
    largest, several = largest_of_windows(x, kernel_size, stride, padding, ceil_mode)
    return unpooling(1.0 * (largest & several), x, stride or kernel_size, padding) > 0


def max_pool2d_end(
    x: Array,
    kernel_size: int,
    stride: int | None,
    padding: int,
    ceil_mode: bool,
    dout: Array,
    chosen: Any,
) -> Array:
    """The least gradient that an element may be given, or the greatest: of a window with several
    largest elements the one ``chosen``, by numpy's minimum or maximum, of nothing and ``dout``."""
    largest, several = largest_of_windows(x, kernel_size, stride, padding, ceil_mode)
    upstream = dout[..., None, None]
    share = largest * np.where(several, chosen(upstream, 0.0), upstream)
    return unpooling(share, x, stride or kernel_size, padding)


def max_pool2d_surplus(
    x: Array,
    kernel_size: int,
    stride: int | None,
    padding: int,
    ceil_mode: bool,
    dx: Array,
    dout: Array,
) -> Array:
    """By how much the elements of a window got more than its ``dout``; of windows that overlap, all
    of them together."""
    if (stride or kernel_size) < kernel_size:
        return np.sum(dx) - np.sum(dout)
    pools = pooling(dx, kernel_size, stride, padding, ceil_mode, 0.0, 0.0)
    return np.sum(pools, axis=(4, 5)) - dout


def divisors(
    x: Array, kernel_size: int, stride: int | None, padding: int, ceil_mode: bool, border: bool
) -> Array:
    """How many elements each window has; with ``border``, those of the border count as well."""
    ones, counted = np.ones(np.shape(x)), float(border)
    pools = pooling(ones, kernel_size, stride, padding, ceil_mode, counted, 0.0)
    return np.sum(pools, axis=(4, 5))


def avg_pool2d(
    x: Array,
    kernel_size: int,
    stride: int | None,
    padding: int,
    ceil_mode: bool,
    count_include_pad: bool,
) -> Array:
    """The mean of each window."""
    total = np.sum(pooling(x, kernel_size, stride, padding, ceil_mode, 0.0, 0.0), axis=(4, 5))
    return total / divisors(x, kernel_size, stride, padding, ceil_mode, count_include_pad)


def shares(
    x: Array,
    kernel_size: int,
    stride: int | None,
    padding: int,
    ceil_mode: bool,
    border: bool,
    dout: Array,
) -> Array:
    """Of each window's ``dout`` the share of each of its elements."""
    share = dout / divisors(x, kernel_size, stride, padding, ceil_mode, border)
    size = (kernel_size, kernel_size)
    return np.broadcast_to(share[..., None, None], (*share.shape, *size))


def avg_pool2d_dx(
    x: Array,
    kernel_size: int,
    stride: int | None,
    padding: int,
    ceil_mode: bool,
    border: bool,
    dout: Array,
) -> Array:
    """Every element of a window gets its share of ``dout``."""
    dwindows = shares(x, kernel_size, stride, padding, ceil_mode, border, dout)
    return unpooling(dwindows, x, stride or kernel_size, padding)


def avg_pool2d_assigned(
    x: Array,
    kernel_size: int,
    stride: int | None,
    padding: int,
    ceil_mode: bool,
    border: bool,
    dout: Array,
) -> Array:
    """As :func:`avg_pool2d_dx`, but an element of several windows has its share of the last one
    alone."""
    dwindows = shares(x, kernel_size, stride, padding, ceil_mode, border, dout)
    every = np.ones(dwindows.shape, bool)
    return unpooling(dwindows, x, stride or kernel_size, padding, every)

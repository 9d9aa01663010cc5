"""Convolution and pooling: one index takes every window, and all else is made of functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .functions import einsum, pad, squeeze, unsqueeze
from .operations import plain, reshape, scatter, sum


def _places(rows: int, columns: int, height: int, width: int, stride: int, dilation: int) -> Any:
    """Which rows and columns each of rows × columns windows has, height × width in a row."""
    down, right = dilation * np.indices((height, width)).reshape(2, -1)
    return (
        slice(None),
        slice(None),
        stride * np.arange(rows)[:, None, None] + down,
        stride * np.arange(columns)[None, :, None] + right,
    )


def _windows(x: Any, height: int, width: int, stride: int, dilation: int = 1) -> Any:
    """Every window of a batch of images: shape (N, C, rows, columns, height × width)."""
    rows, columns = (
        (x.shape[i] - dilation * (n - 1) - 1) // stride + 1 for i, n in ((2, height), (3, width))
    )
    return x[_places(rows, columns, height, width, stride, dilation)]


def conv2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Any:
    """The correlation of (N, C, H, W) images with (O, C / groups, h, w) kernels, plus bias (O)."""
    outputs, channels, height, width = weight.shape
    x = pad(x, (padding,) * 4) if padding else x
    seen = _windows(x, height, width, stride, dilation)
    batch, _, rows, columns, size = seen.shape
    seen = reshape(seen, (batch, groups, channels, rows, columns, size))
    kernels = reshape(weight, (groups, outputs // groups, channels, size))
    result = einsum("ngcrsk,gock->ngors", seen, kernels)
    result = reshape(result, (batch, outputs, rows, columns))
    return result if bias is None else result + reshape(bias, (outputs, 1, 1))


def conv1d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Any:
    """The correlation of (N, C, L) signals with (O, C / groups, l) kernels: images of one row."""
    row, kernels = unsqueeze(pad(x, (padding, padding)), 2), unsqueeze(weight, 2)
    return squeeze(conv2d(row, kernels, bias, stride, 0, dilation, groups), 2)


def conv_transpose2d(
    x: Any,
    weight: Any,
    bias: Any = None,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    groups: int = 1,
    dilation: int = 1,
) -> Any:
    """The transpose of `conv2d`: every element of x adds a kernel (C, O / groups, h, w), times
    itself, to the window that it would have been made of."""
    batch, channels, rows, columns = x.shape
    outputs, (height, width) = groups * weight.shape[1], weight.shape[2:]
    parts = einsum(
        "ngcrs,gcok->ngorsk",
        reshape(x, (batch, groups, channels // groups, rows, columns)),
        reshape(weight, (groups, channels // groups, outputs // groups, height * width)),
    )
    parts = reshape(parts, (batch, outputs, rows, columns, height * width))
    high, wide = (
        (n - 1) * stride + dilation * (k - 1) + 1 + output_padding
        for n, k in ((rows, height), (columns, width))
    )
    places = _places(rows, columns, height, width, stride, dilation)
    result = scatter(parts, (batch, outputs, high, wide), places)
    result = result[:, :, padding : high - padding, padding : wide - padding]
    return result if bias is None else result + reshape(bias, (outputs, 1, 1))


def _pooled(
    x: Any, size: int, step: int, padding: int, ceil_mode: bool, border: float, beyond: float
) -> Any:
    """Every window of a batch of images that has a border, and something beyond it."""
    ends = []
    for n in x.shape[2:]:
        count, rest = divmod(n + 2 * padding - size, step)
        more = ceil_mode and rest > 0 and (count + 1) * step < n + padding
        ends.append((count + more) * step + size)
    x = pad(x, (padding,) * 4, border) if padding else x
    x = pad(x, (0, size, 0, size), beyond) if ceil_mode else x
    return _windows(x[:, :, : ends[0], : ends[1]], size, size, step)


def max_pool2d(
    x: Any,
    kernel_size: int = 2,
    stride: int | None = None,
    padding: int = 0,
    ceil_mode: bool = False,
) -> Any:
    """The largest element of each window; of equal ones, the first has the gradient."""
    form = kernel_size, stride or kernel_size, padding, ceil_mode, -math.inf, -math.inf
    windows = _pooled(x, *form)
    above_the_border = np.maximum(plain(x), np.finfo(x.dtype).min)
    place = np.indices(windows.shape[:-1])
    return windows[(*place, np.argmax(_pooled(above_the_border, *form), axis=-1))]


def avg_pool2d(
    x: Any,
    kernel_size: int = 2,
    stride: int | None = None,
    padding: int = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The mean of each window."""
    form = kernel_size, stride or kernel_size, padding, ceil_mode
    counted = _pooled(np.ones(x.shape), *form, float(count_include_pad), 0.0).sum(-1)
    return sum(_pooled(x, *form, 0.0, 0.0), -1) / counted.astype(x.dtype)

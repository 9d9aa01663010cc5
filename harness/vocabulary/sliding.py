"""The shapes of what slides a window: convolutions, forward and transposed, and pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.vocabulary.axes import Rule, Shape, ShapeError, said


def _convolved(x: Shape, weight: Shape, parameters: Mapping[str, Any]) -> Shape:
    """The sizes of a convolution's result along the axes that the windows move on."""
    pairs = zip(x[2:], weight[2:], strict=True)
    stride, padding = parameters["stride"], parameters["padding"]
    return tuple(
        (size + 2 * padding - parameters["dilation"] * (width - 1) - 1) // stride + 1
        for size, width in pairs
    )


def convolution(axes: str) -> Rule:
    """The rule of a convolution along ``axes``, such as ``H, W``."""

    def rule(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
        x, weight, *bias = shapes
        groups, rank = parameters["groups"], 2 + len(axes.split(", "))
        fits = len(x) == len(weight) == rank and 0 not in x + weight
        if fits and (x[1] % groups or weight[0] % groups):
            channels = said("both-channels", x=x[1], weight=weight[0], x2=x, weight2=weight)
            raise ShapeError(said("groups-divide", groups=groups, channels=channels))
        if not fits or x[1] != groups * weight[1] or min(_convolved(x, weight, parameters)) < 1:
            channels = "C" if groups == 1 else f"C / {groups}"
            raise ShapeError(
                said(
                    "convolution-needs",
                    axes=axes,
                    channels=channels,
                    lower=axes.lower(),
                    x=x,
                    weight=weight,
                )
            )
        _check_bias(bias, weight[0])
        return x[0], weight[0], *_convolved(x, weight, parameters)

    return rule


def conv_transpose2d(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    x, weight, *bias = shapes
    stride, dilation = parameters["stride"], parameters["dilation"]
    groups, extra = parameters["groups"], parameters["output_padding"]
    if not len(x) == len(weight) == 4 or 0 in x + weight or x[1] != weight[0]:
        outputs = "O" if groups == 1 else f"O / {groups}"
        raise ShapeError(said("conv-transpose2d-needs", outputs=outputs, x=x, weight=weight))
    if x[1] % groups:
        raise ShapeError(said("groups-divide-channels", groups=groups, x=x[1], x2=x))
    if extra >= max(stride, dilation):
        raise ShapeError(said("output-padding-less", extra=extra))
    border = 2 * parameters["padding"]
    pairs = zip(x[2:], weight[2:], strict=True)
    sizes = [(n - 1) * stride - border + dilation * (w - 1) + extra + 1 for n, w in pairs]
    if min(sizes) < 1:
        raise ShapeError(said("leaves-nothing", x=x, weight=weight, padding=parameters["padding"]))
    outputs = groups * weight[1]
    _check_bias(bias, outputs)
    return x[0], outputs, *sizes


def _check_bias(bias: Sequence[Shape], outputs: int) -> None:
    if bias and bias[0] != (outputs,):
        raise ShapeError(said("bias-shape", outputs=outputs, bias=bias[0]))


def pool2d(shapes: Sequence[Shape], parameters: Mapping[str, Any]) -> Shape:
    (x,), kernel, padding = shapes, parameters["kernel_size"], parameters["padding"]
    if 2 * padding > kernel:
        raise ShapeError(said("padding-half", padding=padding, kernel=kernel))
    if len(x) != 4 or 0 in x or min(x[2:]) + 2 * padding < kernel:
        raise ShapeError(said("windows-need", x=x, kernel=kernel))
    return *x[:2], *(pooled(size, **parameters) for size in x[2:])


def pooled(
    size: int,
    kernel_size: int,
    stride: int | None,
    padding: int,
    ceil_mode: bool,
    **_other: Any,
) -> int:
    """How many windows there are along an axis. With ``ceil_mode`` the last one may reach over the
    border, but not begin beyond it."""
    step = stride or kernel_size
    room = size + 2 * padding - kernel_size
    count = room // step + 1
    beyond = ceil_mode and room % step and count * step < size + padding
    return count + bool(beyond)

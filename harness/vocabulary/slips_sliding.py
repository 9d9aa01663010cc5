"""The well-known slips of what slides a window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.vocabulary.written import Written

_BIAS: Final[tuple[Written, ...]] = (
    ("the first of the batch alone", "conv_db({dout}[:1])"),
    ("averaged over the batch, not summed", "conv_db({dout}) / shape({x})[0]", "wrong-scale"),
)


def _convolved(axes: str) -> Mapping[str, tuple[Written, ...]]:
    """The slips of a convolution whose windows move on these axes."""
    form = "{stride}, {padding}, {dilation}, {groups}, {dout}"
    return {
        "x": (
            (
                "the kernel turned about",
                f"conv_dx({{x}}, flip({{weight}}, {axes}), {form})",
                "wrong-permutation",
            ),
            (
                "the upstream gradient turned about",
                f"conv_dx({{x}}, {{weight}}, {form.replace('{dout}', f'flip({{dout}}, {axes})')})",
                "wrong-permutation",
            ),
        ),
        "weight": (
            (
                "the kernel turned about",
                f"flip(conv_dw({{x}}, {{weight}}, {form}), {axes})",
                "wrong-permutation",
            ),
            (
                "the batch averaged",
                f"conv_dw({{x}}, {{weight}}, {form}) / shape({{x}})[0]",
                "wrong-scale",
            ),
        ),
        "bias": _BIAS,
    }


SLIDING: Final[Mapping[str, Mapping[str, tuple[Written, ...]]]] = {
    "conv1d": _convolved("(2,)"),
    "conv2d": _convolved("(2, 3)"),
    "conv_transpose2d": {
        "x": (
            (
                "the kernel turned about",
                "conv_transpose_dx({x}, flip({weight}, (2, 3)), {stride}, {padding}, {groups}, "
                "{dilation}, {dout})",
                "wrong-permutation",
            ),
            (
                "rows and columns of the kernel exchanged",
                "conv_transpose_dx({x}, swapaxes({weight}, 2, 3), {stride}, {padding}, {groups}, "
                "{dilation}, {dout})",
                "wrong-permutation",
            ),
        ),
        "weight": (
            (
                "the kernel turned about",
                "flip(conv_dw({dout}, {weight}, {stride}, {padding}, {dilation}, {groups}, {x}), "
                "(2, 3))",
                "wrong-permutation",
            ),
            (
                "the batch averaged",
                "conv_dw({dout}, {weight}, {stride}, {padding}, {dilation}, {groups}, {x}) "
                "/ shape({x})[0]",
                "wrong-scale",
            ),
        ),
        "bias": _BIAS,
    },
    "max_pool2d": {
        "x": (
            (
                "shared by the whole window",
                "avg_pool2d_dx({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, True, {dout})",
            ),
            (
                "= where windows overlap",
                "max_pool2d_assigned({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, {dout})",
                "overwrite",
            ),
        )
    },
    "avg_pool2d": {
        "x": (
            (
                "not divided by the size of the window",
                "{kernel_size}**2 * avg_pool2d_dx({x}, {kernel_size}, {stride}, {padding}, "
                "{ceil_mode}, True, {dout})",
                "wrong-scale",
            ),
            (
                "= where windows overlap",
                "avg_pool2d_assigned({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, "
                "{count_include_pad}, {dout})",
                "overwrite",
            ),
            (
                "the border counted the other way",
                "avg_pool2d_dx({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, "
                "not {count_include_pad}, {dout})",
            ),
        )
    },
}

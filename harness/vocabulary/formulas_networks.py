"""What networks are made of computes: softmax, losses, normalizations, convolutions, pooling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.vocabulary.formula import Formula

_CONVOLUTION: Final = {
    "x": "conv_dx({x}, {weight}, {stride}, {padding}, {dilation}, {groups}, {dout})",
    "weight": "conv_dw({x}, {weight}, {stride}, {padding}, {dilation}, {groups}, {dout})",
    "bias": "conv_db({dout})",
}

NETWORKS: Final[Mapping[str, Formula]] = {
    "softmax": Formula(
        "torch.softmax",
        "softmax({x}, axis={axis})",
        {"x": "({dout} - sum({out} * {dout}, {axis}, keepdims=True)) * {out}"},
    ),
    "log_softmax": Formula(
        "torch.log_softmax",
        "log_softmax({x}, axis={axis})",
        {"x": "{dout} - exp({out}) * sum({dout}, {axis}, keepdims=True)"},
    ),
    "mse_loss": Formula(
        "torch.nn.functional.mse_loss",
        "mean(({x} - {y})**2)",
        {"x": "2 * ({x} - {y}) / {n} * {dout}", "y": "2 * ({y} - {x}) / {n} * {dout}"},
    ),
    "cross_entropy": Formula(
        "torch.nn.functional.cross_entropy",
        "-sum(log_softmax({logits}) * onehot({labels}, {logits})) / {n}",
        {"logits": "(softmax({logits}) - onehot({labels}, {logits})) / {n} * {dout}"},
        count="sum(not_equal({labels}, {ignore_index}))",
    ),
    "soft_cross_entropy": Formula(
        "torch.nn.functional.cross_entropy",
        "-sum(log_softmax({logits}) * {probabilities}) / {n}",
        {
            "logits": "(softmax({logits}) * sum({probabilities}, -1, keepdims=True)"
            " - {probabilities}) / {n} * {dout}",
            "probabilities": "-log_softmax({logits}) / {n} * {dout}",
        },
        count="size({logits}) // shape({logits})[-1]",
    ),
    "binary_cross_entropy": Formula(
        "torch.nn.functional.binary_cross_entropy",
        "-mean({y} * maximum(log({p}), -100) + (1 - {y}) * maximum(log(1 - {p}), -100))",
        {
            "p": "({p} - {y}) / maximum({p} * (1 - {p}), float32(1e-12)) / {n} * {dout}",
            "y": "(log(1 - {p}) - log({p})) / {n} * {dout}",
        },
    ),
    "binary_cross_entropy_with_logits": Formula(
        "torch.nn.functional.binary_cross_entropy_with_logits",
        "mean(maximum({logits}, 0) - {logits} * {y} + log1p(exp(-abs({logits}))))",
        {
            "logits": "(sigmoid({logits}) - {y}) / {n} * {dout}",
            "y": "(-{logits}) / {n} * {dout}",
        },
    ),
    "embedding": Formula(
        "torch.nn.functional.embedding",
        "{weight}[{indices}]",
        {"weight": "scatter({dout}, shape({weight}), {indices})"},
    ),
    "dropout": Formula(
        "torch.nn.functional.dropout",
        "{x} * ({mask} / (1 - {p}))",
        {"x": "({mask} / (1 - {p})) * {dout}"},
    ),
    "batch_norm": Formula(
        "torch.nn.functional.batch_norm",
        "({x} - channels({running_mean}, {x})) / sqrt(channels({running_var}, {x}) + {eps})"
        " * channels({weight}, {x}) + channels({bias}, {x})",
        {
            "x": "channels({weight}, {x}) / sqrt(channels({running_var}, {x}) + {eps}) * {dout}",
            "weight": "sum(({x} - channels({running_mean}, {x}))"
            " / sqrt(channels({running_var}, {x}) + {eps}) * {dout}, within({x}))",
            "bias": "sum({dout}, within({x}))",
        },
    ),
    "layer_norm": Formula(
        "torch.nn.functional.layer_norm",
        "standardized({x}, {eps}) * {weight} + {bias}",
        {
            "x": "layer_norm_dx({x}, {weight}, {eps}, {dout})",
            "weight": "unbroadcast(standardized({x}, {eps}) * {dout}, shape({weight}))",
            "bias": "unbroadcast({dout}, shape({bias}))",
        },
    ),
    "conv1d": Formula(
        "torch.nn.functional.conv1d",
        "conv({x}, {weight}, {bias}, {stride}, {padding}, {dilation}, {groups})",
        _CONVOLUTION,
    ),
    "conv2d": Formula(
        "torch.nn.functional.conv2d",
        "conv({x}, {weight}, {bias}, {stride}, {padding}, {dilation}, {groups})",
        _CONVOLUTION,
    ),
    "conv_transpose2d": Formula(
        "torch.nn.functional.conv_transpose2d",
        "conv_transpose({x}, {weight}, {bias}, {stride}, {padding}, {output_padding}, {groups}, "
        "{dilation})",
        {
            "x": "conv_transpose_dx({x}, {weight}, {stride}, {padding}, {groups}, {dilation}, "
            "{dout})",
            "weight": "conv_dw({dout}, {weight}, {stride}, {padding}, {dilation}, {groups}, {x})",
            "bias": "conv_db({dout})",
        },
    ),
    "max_pool2d": Formula(
        "torch.nn.functional.max_pool2d",
        "max_pool2d({x}, {kernel_size}, {stride}, {padding}, {ceil_mode})",
        {"x": "max_pool2d_dx({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, {dout})"},
    ),
    "avg_pool2d": Formula(
        "torch.nn.functional.avg_pool2d",
        "avg_pool2d({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, {count_include_pad})",
        {
            "x": "avg_pool2d_dx({x}, {kernel_size}, {stride}, {padding}, {ceil_mode}, "
            "{count_include_pad}, {dout})"
        },
    ),
}

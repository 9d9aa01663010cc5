"""The well-known slips of what ends a network: scores, losses, and the layers about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from harness.vocabulary.written import Written

LOSSES: Final[Mapping[str, Mapping[str, tuple[Written, ...]]]] = {
    "softmax": {
        "x": (
            ("the diagonal alone", "({out} * (1 - {out})) * {dout}"),
            ("nothing subtracted", "{out} * {dout}"),
            (
                "the output forgotten in what is subtracted",
                "{out} * {dout} - sum({out} * {dout}, {axis}, keepdims=True)",
            ),
            (
                "the output forgotten within the sum",
                "{out} * ({dout} - sum({dout}, {axis}, keepdims=True))",
            ),
            ("summed over all elements", "{out} * ({dout} - sum({out} * {dout}))", "wrong-axis"),
        )
    },
    "log_softmax": {
        "x": (
            ("the diagonal alone", "(1 - exp({out})) * {dout}"),
            ("the softmax forgotten", "{dout} - sum({dout}, {axis}, keepdims=True)"),
            (
                "the output for its exponential",
                "{dout} - {out} * sum({dout}, {axis}, keepdims=True)",
            ),
            ("not summed", "{dout} - exp({out})"),
        )
    },
    "mse_loss": {
        "x": (
            ("the 2 forgotten", "({x} - {y}) / {n} * {dout}", "wrong-scale"),
            ("n forgotten", "2 * ({x} - {y}) * {dout}", "wrong-scale"),
        ),
        "y": (("the sign lost", "2 * ({x} - {y}) / {n} * {dout}", "wrong-sign"),),
    },
    "cross_entropy": {
        "logits": (
            ("the label's one not subtracted", "softmax({logits}) / {n} * {dout}"),
            (
                "n forgotten",
                "(softmax({logits}) - onehot({labels}, {logits})) * {dout}",
                "wrong-scale",
            ),
        )
    },
    "soft_cross_entropy": {
        "logits": (
            ("the probabilities not subtracted", "softmax({logits}) / {n} * {dout}"),
            (
                "probabilities taken to add up to 1",
                "(softmax({logits}) - {probabilities}) / {n} * {dout}",
            ),
            (
                "n forgotten",
                "(softmax({logits}) * sum({probabilities}, -1, keepdims=True)"
                " - {probabilities}) * {dout}",
                "wrong-scale",
            ),
        ),
        "probabilities": (
            ("the sign lost", "log_softmax({logits}) / {n} * {dout}", "wrong-sign"),
            ("the logarithm forgotten", "-softmax({logits}) / {n} * {dout}"),
        ),
    },
    "binary_cross_entropy": {
        "p": (("not divided by p (1 - p)", "({p} - {y}) / {n} * {dout}"),),
        "y": (("the sign lost", "(log({p}) - log(1 - {p})) / {n} * {dout}", "wrong-sign"),),
    },
    "binary_cross_entropy_with_logits": {
        "logits": (
            (
                "the slope of the sigmoid left in",
                "(sigmoid({logits}) - {y}) * sigmoid({logits}) * (1 - sigmoid({logits}))"
                " / {n} * {dout}",
            ),
            ("the label not subtracted", "sigmoid({logits}) / {n} * {dout}"),
            ("n forgotten", "(sigmoid({logits}) - {y}) * {dout}", "wrong-scale"),
        ),
        "y": (
            ("the sign lost", "{logits} / {n} * {dout}", "wrong-sign"),
            ("the probability for its logit", "(-sigmoid({logits})) / {n} * {dout}"),
        ),
    },
    "embedding": {
        "weight": (
            (
                "= where a row was taken twice",
                "assigned({dout}, shape({weight}), {indices})",
                "overwrite",
            ),
            (
                "divided by how often a row was taken",
                "scatter({dout}, shape({weight}), {indices})"
                " / maximum(scatter(ones_like({dout}), shape({weight}), {indices}), 1)",
            ),
        )
    },
    "dropout": {
        "x": (
            ("everything passed on", "1 * {dout}"),
            ("not divided by 1 - p", "{mask} * {dout}", "wrong-scale"),
            ("divided by p", "({mask} / {p}) * {dout}", "wrong-scale"),
        )
    },
    "batch_norm": {
        "x": (
            (
                "the weight forgotten",
                "1 / sqrt(channels({running_var}, {x}) + {eps}) * {dout}",
            ),
            (
                "divided by the variance, not by its root",
                "channels({weight}, {x}) / (channels({running_var}, {x}) + {eps}) * {dout}",
            ),
            (
                "the statistics of the batch, as in training",
                "batch_norm_dx({x}, {weight}, {eps}, {dout})",
            ),
        ),
        "weight": (
            ("the input, not its standard form", "sum({x} * {dout}, within({x}))"),
            (
                "averaged over the batch",
                "mean(({x} - channels({running_mean}, {x}))"
                " / sqrt(channels({running_var}, {x}) + {eps}) * {dout}, within({x}))",
                "wrong-scale",
            ),
        ),
        "bias": (
            ("averaged over the batch", "mean({dout}, within({x}))", "wrong-scale"),
            ("the same number for each channel", "sum({dout}) + 0 * {bias}", "wrong-axis"),
        ),
    },
    "layer_norm": {
        "x": (
            (
                "mean and spread held constant",
                "{dout} * {weight} / sqrt(var({x}, -1, keepdims=True) + {eps})",
            ),
            (
                "means over all axes but the first",
                "layer_norm_dx({x}, {weight}, {eps}, {dout}, 1)",
                "wrong-axis",
            ),
            (
                "means over all axes",
                "layer_norm_dx({x}, {weight}, {eps}, {dout}, 0)",
                "wrong-axis",
            ),
        ),
        "weight": (
            ("the input, not its standard form", "unbroadcast({x} * {dout}, shape({weight}))"),
        ),
        "bias": (("not summed over rows", "{dout}", "missing-unbroadcast"),),
    },
}

"""Other names that people have for the operations of the vocabulary, and for their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "add": ("add", "plus", "addition"),
    "sub": ("sub", "subtract", "minus", "subtraction"),
    "mul": ("mul", "multiply", "times", "multiplication"),
    "div": ("div", "divide", "truediv", "true_divide", "division"),
    "pow": ("pow", "power", "exponentiate"),
    "neg": ("neg", "negative", "negate", "negation"),
    "index": ("index", "getitem", "slice"),
    "matmul": ("matmul", "mm", "dot", "matrix_multiply"),
    "abs": ("abs", "__abs__", "absolute"),
    "log": ("log", "ln", "logarithm"),
    "square": ("square", "sqr", "squared"),
    "reciprocal": ("reciprocal", "inv", "inverse"),
    "exp": ("exp", "exponential"),
    "sqrt": ("sqrt", "square_root"),
    "sigmoid": ("sigmoid", "logistic"),
    "relu": ("relu",),
    "sum": ("sum", "reduce_sum", "summation"),
    "mean": ("mean", "reduce_mean"),
    "max": ("max", "amax", "reduce_max"),
    "min": ("min", "amin", "reduce_min"),
    "reshape": ("reshape", "view"),
    "transpose": ("swapaxes", "transpose", "t"),
    "permute": ("permute", "transpose"),
    "broadcast_to": ("broadcast_to", "expand"),
    "embedding": ("embedding", "embed", "lookup", "embedding_lookup"),
    "batch_norm": ("batch_norm", "batchnorm", "batch_normalization"),
    "norm": ("norm", "vector_norm"),
    "atan2": ("atan2", "arctan2"),
    "logsigmoid": ("logsigmoid", "log_sigmoid"),
    "detach": ("detach", "stop_gradient", "stop_grad"),
    "concat": ("concat", "cat", "concatenate"),
    "take_along_axis": ("take_along_axis", "take_along_dim"),
    "unbind": ("unbind", "unstack"),
    "asin": ("asin", "arcsin"),
    "acos": ("acos", "arccos"),
    "atan": ("atan", "arctan"),
    "silu": ("silu", "swish"),
    "clamp": ("clamp", "clip"),
    "clamp_min": ("clamp_min", "clamp", "clip"),
    "clamp_max": ("clamp_max", "clamp", "clip"),
    "clamp_between": ("clamp", "clip"),
    "unsqueeze": ("unsqueeze", "expand_dims"),
    "maximum": ("maximum", "max"),
    "minimum": ("minimum", "min"),
    "binary_cross_entropy": ("binary_cross_entropy", "bce", "bce_loss"),
    "binary_cross_entropy_with_logits": (
        "binary_cross_entropy_with_logits",
        "bce_with_logits",
        "bce_with_logits_loss",
        "sigmoid_binary_cross_entropy",
        "sigmoid_cross_entropy",
    ),
    "mse_loss": ("mse_loss", "mse", "mean_squared_error"),
    "soft_cross_entropy": (
        "soft_cross_entropy",
        "cross_entropy_with_probabilities",
        "cross_entropy",
        "cross_entropy_loss",
        "softmax_cross_entropy",
    ),
    "cross_entropy": ("cross_entropy", "cross_entropy_loss", "softmax_cross_entropy"),
}
"""The names of an operation; its own alone where it has no entry."""

NAMES: Final = frozenset(name for names in ALIASES.values() for name in names)
"""What is called like an operation that has other names."""

KEYWORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "axis": ("axis", "dim", "axes", "dims"),
    "keepdims": ("keepdims", "keepdim"),
    "shape": ("shape", "size", "sizes", "newshape", "new_shape"),
    "axes": ("axes", "dims", "axis", "perm", "order"),
    "axis0": ("axis0", "dim0", "axis1", "a"),
    "axis1": ("axis1", "dim1", "axis2", "b"),
    "min": ("min", "a_min", "low", "lo", "min_value"),
    "max": ("max", "a_max", "high", "hi", "max_value"),
    "correction": ("correction", "ddof"),
    "negative_slope": ("negative_slope", "slope", "alpha"),
    "size": ("size", "split_size", "split_size_or_sections", "sections"),
    "chunks": ("chunks", "n_chunks", "num_chunks", "sections"),
    "descending": ("descending", "reverse"),
    "indices": ("indices", "index", "idx"),
    "kernel_size": ("kernel_size", "size", "k"),
    "pad": ("pad", "padding", "widths"),
    "ord": ("ord", "p", "order"),
    "approximate": ("approximate", "approximation"),
    "p": ("p", "rate", "prob", "drop_prob", "probability"),
    "training": ("training", "train", "is_training"),
    "eps": ("eps", "epsilon"),
}
"""Other names of a parameter."""

OPERANDS: Final[Mapping[str, tuple[str, ...]]] = {
    "weight": ("weight", "weights", "w", "gamma", "scale", "table"),
    "bias": ("bias", "b", "beta", "shift"),
    "running_mean": ("running_mean", "moving_mean", "mean", "mu"),
    "running_var": ("running_var", "moving_var", "var", "variance"),
    "indices": ("indices", "index", "ids", "idx"),
}
"""Names of operands that are not always in the same order."""

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
    "concat": ("concat", "cat", "concatenate"),
    "take_along_axis": ("take_along_axis", "take_along_dim"),
    "unbind": ("unbind", "unstack"),
    "asin": ("asin", "arcsin"),
    "acos": ("acos", "arccos"),
    "atan": ("atan", "arctan"),
    "silu": ("silu", "swish"),
    "clamp": ("clamp", "clip"),
    "unsqueeze": ("unsqueeze", "expand_dims"),
    "maximum": ("maximum", "max"),
    "minimum": ("minimum", "min"),
    "binary_cross_entropy": ("binary_cross_entropy", "bce", "bce_loss"),
    "mse_loss": ("mse_loss", "mse", "mean_squared_error"),
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
}
"""Other names of a parameter."""

"""An example of each operation, as small as can be: what an engine is tried out on.

A float stands for a leaf, a list for one of an array, an integer or a boolean for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from harness.vocabulary.signatures import OPERATIONS

VECTOR: Final = [0.5, 1.5]
MATRIX: Final = [[0.5, 1.5], [2.0, 0.25]]
IMAGE: Final = [[MATRIX]]

SPECIAL: Final[Mapping[str, tuple[Any, ...]]] = {
    "pow": (0.5, 2),
    "matmul": (MATRIX, MATRIX),
    "where": (True, 0.5, 0.25),
    "clamp": (0.5,),
    "reshape": (MATRIX,),
    "transpose": (MATRIX,),
    "permute": (MATRIX,),
    "squeeze": ([VECTOR],),
    "mse_loss": (VECTOR, [1.0, 1.0]),
    "cross_entropy": (MATRIX, np.array([1, 0])),
    "soft_cross_entropy": (MATRIX, [[0.25, 0.75], [0.5, 0.5]]),
    "binary_cross_entropy": ([0.5, 0.25], [1.0, 0.0]),
    "binary_cross_entropy_with_logits": (VECTOR, [1.0, 0.0]),
    "embedding": (np.array([1, 0, 1]), MATRIX),
    "dropout": (VECTOR, np.array([True, False])),
    "batch_norm": (MATRIX, np.array([0.5, 1.0]), np.array([1.0, 0.25]), [1.0, 1.0], [0.0, 0.0]),
    "layer_norm": (MATRIX, [1.0, 1.0], [0.0, 0.0]),
    "gather": (VECTOR, np.array([1, 0])),
    "take_along_axis": (VECTOR, np.array([1, 0])),
    "conv1d": ([MATRIX], [MATRIX]),
    "conv2d": (IMAGE, IMAGE),
    "conv_transpose2d": (IMAGE, IMAGE),
    "max_pool2d": (IMAGE,),
    "avg_pool2d": (IMAGE,),
}
"""Operands that are neither 0.5 and 0.25, of an elementwise operation, nor vectors."""

PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "clamp": {"min": 0.0, "max": 0.25},
    "cumsum": {"axis": 0},
    "cumprod": {"axis": 0},
    "reshape": {"shape": (4,)},
    "transpose": {"axis0": 0, "axis1": 1},
    "permute": {"axes": (1, 0)},
    "broadcast_to": {"shape": (2, 2)},
    "unsqueeze": {"axis": 0},
    "squeeze": {"axis": 0},
    "flip": {"axis": 0},
    "pad": {"pad": (1, 1)},
    "index": {"index": (1,)},
    "gather": {"axis": 0},
    "take_along_axis": {"axis": 0},
    "split": {"size": 1, "piece": 1},
    "chunk": {"chunks": 2, "piece": 1},
    "unbind": {"piece": 1},
    "topk": {"k": 1},
    "einsum": {"equation": "i,i->"},
}
"""Parameters, where there are any without a default, or their defaults do nothing."""

ELEMENTWISE: Final = tuple(
    name
    for name, operation in OPERATIONS.items()
    if operation.shape in ("same", "broadcast") and set(operation.operands.values()) == {"value"}
)
"""The operations of numbers alone, which may be arrays as well."""

FIRST: Final = ("mul", "add", "sub", "neg", "exp", "tanh", "sigmoid", "relu", "log", "sin")
"""Elementwise operations in the order in which people write them."""

OF_ARRAYS: Final = ("sum", "mean", "reshape", "matmul", "index")
"""What nothing but an engine of arrays has."""

OF_LISTS: Final = ("softmax", "log_softmax")
"""What an engine of numbers may have as well, for lists of them."""


def example(op: str) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """Operands and parameters of the operation."""
    operation = OPERATIONS[op]
    kinds = [kind for kind in operation.operands.values() if kind != "index"]
    usual = (0.5, 0.25) if op in ELEMENTWISE else (VECTOR, VECTOR)
    return SPECIAL.get(op, usual[: len(kinds) + operation.variadic]), PARAMETERS.get(op, {})

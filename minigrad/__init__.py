"""A small engine for reverse-mode automatic differentiation; the model answer of this project.

Read `graph.py` first (the idea), then `operations.py` (the rules), then `tensor.py` (the face).
"""

from minigrad.graph import grad
from minigrad.operations import (
    OPERATIONS,
    broadcast_to,
    concat,
    cos,
    cross_entropy,
    exp,
    log,
    log_softmax,
    logsumexp,
    matmul,
    maximum,
    mean,
    minimum,
    mse_loss,
    permute,
    relu,
    reshape,
    sigmoid,
    sin,
    softmax,
    sqrt,
    stack,
    tanh,
    transpose,
    where,
)
from minigrad.operations import absolute as abs
from minigrad.operations import amax as max
from minigrad.operations import amin as min
from minigrad.operations import total as sum
from minigrad.tensor import Tensor

__all__ = [
    "OPERATIONS",
    "Tensor",
    "abs",
    "broadcast_to",
    "concat",
    "cos",
    "cross_entropy",
    "exp",
    "grad",
    "log",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mse_loss",
    "permute",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "softmax",
    "sqrt",
    "stack",
    "sum",
    "tanh",
    "transpose",
    "where",
]

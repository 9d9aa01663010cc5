"""A package built step by step along a well-known book: Variables, Functions that are called, weak
references to outputs, generations in place of a topological sort, configuration by context managers.

Operations: + - * / ** (number) and unary minus, functions exp, log, sin, cos, tanh, square, relu,
sigmoid, sum(axis, keepdims), mean, reshape, transpose, matmul, broadcast_to.
To be said: right. Gradients are Variables; backward(retain_grad=False) frees those of intermediate
results unless retain_grad=True; the seed is ones (set y.grad before backward for another one).
Gradients add up until cleargrad().
"""

from .core import Config, Function, Variable, as_variable, no_grad, setup_variable, using_config
from .functions import (
    broadcast_to,
    cos,
    exp,
    log,
    matmul,
    mean,
    relu,
    reshape,
    sigmoid,
    sin,
    square,
    sum,
    sum_to,
    tanh,
    transpose,
)

setup_variable()

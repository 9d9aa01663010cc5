"""Backprop with a registry: numpy functions are wrapped, each has backward functions by position."""

from dataclasses import dataclass
from typing import Any, Callable, Optional

import numpy as np

Arr = np.ndarray


@dataclass(frozen=True)
class Recipe:
    func: Callable
    args: tuple
    kwargs: dict
    parents: dict


class BackwardFuncLookup:
    def __init__(self):
        self._dict = {}

    def add_back_func(self, forward_fn, arg_position, back_fn):
        self._dict[forward_fn, arg_position] = back_fn

    def get_back_func(self, forward_fn, arg_position):
        return self._dict[forward_fn, arg_position]


BACK_FUNCS = BackwardFuncLookup()


class Tensor:
    array: Arr
    requires_grad: bool
    grad: Optional["Tensor"]
    recipe: Optional[Recipe]

    def __init__(self, array, requires_grad=False):
        self.array = array if isinstance(array, np.ndarray) else np.array(array)
        self.requires_grad = requires_grad
        self.grad = None
        self.recipe = None

    def __neg__(self):
        return negative(self)

    def __add__(self, other):
        return add(self, other)

    def __radd__(self, other):
        return add(other, self)

    def __sub__(self, other):
        return subtract(self, other)

    def __rsub__(self, other):
        return subtract(other, self)

    def __mul__(self, other):
        return multiply(self, other)

    def __rmul__(self, other):
        return multiply(other, self)

    def __truediv__(self, other):
        return true_divide(self, other)

    def __rtruediv__(self, other):
        return true_divide(other, self)

    def __matmul__(self, other):
        return matmul(self, other)

    def sum(self, dim=None, keepdim=False):
        return sum(self, dim=dim, keepdim=keepdim)

    def exp(self):
        return exp(self)

    def log(self):
        return log(self)

    def relu(self):
        return relu(self)

    def reshape(self, new_shape):
        return reshape(self, new_shape)

    @property
    def shape(self):
        return self.array.shape

    @property
    def is_leaf(self):
        return not (self.requires_grad and self.recipe and self.recipe.parents)

    def backward(self, end_grad=None):
        if isinstance(end_grad, Arr):
            end_grad = Tensor(end_grad)
        return backprop(self, end_grad)


def wrap_forward_fn(numpy_func):
    def tensor_func(*args, **kwargs):
        raw = [a.array if isinstance(a, Tensor) else a for a in args]
        out = Tensor(numpy_func(*raw, **kwargs))
        out.requires_grad = any(isinstance(a, Tensor) and (a.requires_grad or a.recipe) for a in args)
        if out.requires_grad:
            parents = {i: a for i, a in enumerate(args) if isinstance(a, Tensor)}
            out.recipe = Recipe(numpy_func, tuple(raw), kwargs, parents)
        return out

    return tensor_func


def unbroadcast(broadcasted, original):
    while broadcasted.ndim > np.ndim(original):
        broadcasted = broadcasted.sum(axis=0)
    for i, n in enumerate(np.shape(original)):
        if n == 1 and broadcasted.shape[i] != 1:
            broadcasted = broadcasted.sum(axis=i, keepdims=True)
    return broadcasted


def _relu(x):
    return np.maximum(x, 0.0)


def _sum(x, dim=None, keepdim=False):
    return np.sum(x, axis=dim, keepdims=keepdim)


def _sum_back(grad_out, out, x, dim=None, keepdim=False):
    if dim is not None and not keepdim:
        grad_out = np.expand_dims(grad_out, dim)
    return np.broadcast_to(grad_out, x.shape)


log = wrap_forward_fn(np.log)
exp = wrap_forward_fn(np.exp)
negative = wrap_forward_fn(np.negative)
reshape = wrap_forward_fn(np.reshape)
add = wrap_forward_fn(np.add)
subtract = wrap_forward_fn(np.subtract)
multiply = wrap_forward_fn(np.multiply)
true_divide = wrap_forward_fn(np.true_divide)
matmul = wrap_forward_fn(np.matmul)
relu = wrap_forward_fn(_relu)
sum = wrap_forward_fn(_sum)

BACK_FUNCS.add_back_func(np.log, 0, lambda g, out, x: g / x)
BACK_FUNCS.add_back_func(np.exp, 0, lambda g, out, x: g * out)
BACK_FUNCS.add_back_func(np.negative, 0, lambda g, out, x: -g)
BACK_FUNCS.add_back_func(np.reshape, 0, lambda g, out, x, new_shape: np.reshape(g, x.shape))
BACK_FUNCS.add_back_func(np.add, 0, lambda g, out, x, y: unbroadcast(g, x))
BACK_FUNCS.add_back_func(np.add, 1, lambda g, out, x, y: unbroadcast(g, y))
BACK_FUNCS.add_back_func(np.subtract, 0, lambda g, out, x, y: unbroadcast(g, x))
BACK_FUNCS.add_back_func(np.subtract, 1, lambda g, out, x, y: unbroadcast(-g, y))
BACK_FUNCS.add_back_func(np.multiply, 0, lambda g, out, x, y: unbroadcast(y * g, x))
BACK_FUNCS.add_back_func(np.multiply, 1, lambda g, out, x, y: unbroadcast(x * g, y))
BACK_FUNCS.add_back_func(np.true_divide, 0, lambda g, out, x, y: unbroadcast(g / y, x))
BACK_FUNCS.add_back_func(np.true_divide, 1, lambda g, out, x, y: unbroadcast(g * (-x / y**2), y))
BACK_FUNCS.add_back_func(np.matmul, 0, lambda g, out, x, y: g @ y.T)
BACK_FUNCS.add_back_func(np.matmul, 1, lambda g, out, x, y: x.T @ g)
BACK_FUNCS.add_back_func(_relu, 0, lambda g, out, x: g * (x > 0))
BACK_FUNCS.add_back_func(_sum, 0, _sum_back)


def sorted_computational_graph(tensor):
    order, done = [], set()

    def visit(t):
        if id(t) in done:
            return
        done.add(id(t))
        if t.recipe:
            for p in t.recipe.parents.values():
                visit(p)
        order.append(t)

    visit(tensor)
    return order[::-1]


def backprop(end_node, end_grad=None):
    grads = {id(end_node): np.ones_like(end_node.array) if end_grad is None else end_grad.array}
    for node in sorted_computational_graph(end_node):
        outgrad = grads.pop(id(node))
        if node.is_leaf:
            if node.requires_grad:
                node.grad = Tensor(outgrad) if node.grad is None else Tensor(node.grad.array + outgrad)
        if node.recipe is None:
            continue
        for pos, parent in node.recipe.parents.items():
            back = BACK_FUNCS.get_back_func(node.recipe.func, pos)
            g = back(outgrad, node.array, *node.recipe.args, **node.recipe.kwargs)
            grads[id(parent)] = g if id(parent) not in grads else grads[id(parent)] + g

"""Backprop in the shape of the ARENA chapter 0 exercises: Recipe,
BackwardFuncLookup, wrap_forward_fn, back functions with (grad_out, out, *args)."""
from dataclasses import dataclass
from typing import Any, Callable, Optional
import numpy as np

Arr = np.ndarray
grad_tracking_enabled = True


@dataclass(frozen=True)
class Recipe:
    func: Callable
    args: tuple
    kwargs: dict
    parents: dict      # argument position -> Tensor


def unbroadcast(broadcasted: Arr, original: Arr) -> Arr:
    original = np.asarray(original)
    n = broadcasted.ndim - original.ndim
    broadcasted = broadcasted.sum(axis=tuple(range(n)))
    dims = tuple(i for i, (o, b) in enumerate(zip(original.shape, broadcasted.shape)) if o == 1 and b > 1)
    return broadcasted.sum(axis=dims, keepdims=True)


class BackwardFuncLookup:
    def __init__(self) -> None:
        self.back_funcs: dict = {}

    def add_back_func(self, forward_fn: Callable, arg_position: int, back_fn: Callable) -> None:
        self.back_funcs.setdefault(forward_fn, {})[arg_position] = back_fn

    def get_back_func(self, forward_fn: Callable, arg_position: int) -> Callable:
        return self.back_funcs[forward_fn][arg_position]


BACK_FUNCS = BackwardFuncLookup()


def multiply_back0(grad_out, out, x, y): return unbroadcast(y * grad_out, x)
def multiply_back1(grad_out, out, x, y): return unbroadcast(x * grad_out, y)
def divide_back0(grad_out, out, x, y): return unbroadcast(grad_out / y, x)
def divide_back1(grad_out, out, x, y): return unbroadcast(-grad_out * x / y ** 2, y)
def log_back(grad_out, out, x): return grad_out / x
def exp_back(grad_out, out, x): return out * grad_out
def negative_back(grad_out, out, x): return np.full_like(x, -1.0) * grad_out
def reshape_back(grad_out, out, x, new_shape): return grad_out.reshape(x.shape)
def permute_back(grad_out, out, x, axes): return grad_out.transpose(np.argsort(axes))


def sum_back(grad_out, out, x, dim=None, keepdim=False):
    grad_out = np.asarray(grad_out)
    if dim is not None and not keepdim:
        grad_out = np.expand_dims(grad_out, dim)
    return np.broadcast_to(grad_out, x.shape)


def coerce_index(index):
    if isinstance(index, tuple):
        return tuple(i.array if isinstance(i, Tensor) else i for i in index)
    return index.array if isinstance(index, Tensor) else index


def getitem_back(grad_out, out, x, index):
    new = np.full_like(x, 0)
    np.add.at(new, coerce_index(index), grad_out)
    return new


def maximum_back0(grad_out, out, x, y):
    return unbroadcast(grad_out * ((x > y) + 0.5 * (x == y)), x)


def maximum_back1(grad_out, out, x, y):
    return unbroadcast(grad_out * ((x < y) + 0.5 * (x == y)), y)


def matmul2d_back0(grad_out, out, x, y): return grad_out @ y.T
def matmul2d_back1(grad_out, out, x, y): return x.T @ grad_out


def wrap_forward_fn(numpy_func: Callable, is_differentiable=True) -> Callable:
    def tensor_func(*args: Any, **kwargs: Any) -> "Tensor":
        arg_arrays = tuple(a.array if isinstance(a, Tensor) else a for a in args)
        out = Tensor(numpy_func(*arg_arrays, **kwargs))
        requires_grad = grad_tracking_enabled and is_differentiable and any(
            isinstance(a, Tensor) and (a.requires_grad or a.recipe is not None) for a in args)
        if requires_grad:
            parents = {i: a for i, a in enumerate(args) if isinstance(a, Tensor)}
            out.requires_grad = True
            out.recipe = Recipe(numpy_func, arg_arrays, kwargs, parents)
        return out
    return tensor_func


def _argmax(x, dim=None, keepdim=False): return np.expand_dims(np.argmax(x, axis=dim), axis=([] if dim is None else dim))
def _sum(x, dim=None, keepdim=False): return np.sum(x, axis=dim, keepdims=keepdim)
def _getitem(x, index): return x[coerce_index(index)]
def _matmul2d(x, y): return x @ y


log, exp, negative = map(wrap_forward_fn, (np.log, np.exp, np.negative))
multiply, add, subtract, true_divide = map(wrap_forward_fn, (np.multiply, np.add, np.subtract, np.true_divide))
maximum, reshape, permute = map(wrap_forward_fn, (np.maximum, np.reshape, np.transpose))
sum_, getitem, matmul = map(wrap_forward_fn, (_sum, _getitem, _matmul2d))
argmax = wrap_forward_fn(_argmax, is_differentiable=False)
eq = wrap_forward_fn(np.equal, is_differentiable=False)


def relu(x: "Tensor") -> "Tensor":
    return maximum(x, 0.0)


for fn, backs in [
    (np.log, [log_back]), (np.exp, [exp_back]), (np.negative, [negative_back]),
    (np.multiply, [multiply_back0, multiply_back1]), (np.true_divide, [divide_back0, divide_back1]),
    (np.add, [lambda g, out, x, y: unbroadcast(g, x), lambda g, out, x, y: unbroadcast(g, y)]),
    (np.subtract, [lambda g, out, x, y: unbroadcast(g, x), lambda g, out, x, y: unbroadcast(-g, y)]),
    (np.maximum, [maximum_back0, maximum_back1]), (np.reshape, [reshape_back]), (np.transpose, [permute_back]),
    (_sum, [sum_back]), (_getitem, [getitem_back]), (_matmul2d, [matmul2d_back0, matmul2d_back1]),
]:
    for pos, back in enumerate(backs):
        BACK_FUNCS.add_back_func(fn, pos, back)


class Tensor:
    def __init__(self, array, requires_grad=False):
        self.array = array if isinstance(array, np.ndarray) else np.array(array)
        if self.array.dtype.kind in "iu" and requires_grad:
            self.array = self.array.astype(float)
        self.requires_grad = requires_grad
        self.grad: Optional["Tensor"] = None
        self.recipe: Optional[Recipe] = None

    def __neg__(self): return negative(self)
    def __add__(self, other): return add(self, other)
    def __radd__(self, other): return add(other, self)
    def __sub__(self, other): return subtract(self, other)
    def __rsub__(self, other): return subtract(other, self)
    def __mul__(self, other): return multiply(self, other)
    def __rmul__(self, other): return multiply(other, self)
    def __truediv__(self, other): return true_divide(self, other)
    def __rtruediv__(self, other): return true_divide(other, self)
    def __matmul__(self, other): return matmul(self, other)
    def __getitem__(self, index): return getitem(self, index)
    def __repr__(self): return f"Tensor({self.array!r}, requires_grad={self.requires_grad})"
    def __bool__(self): return bool(self.array.item())
    def __hash__(self): return id(self)
    def sum(self, dim=None, keepdim=False): return sum_(self, dim=dim, keepdim=keepdim)
    def log(self): return log(self)
    def exp(self): return exp(self)
    def reshape(self, new_shape): return reshape(self, new_shape)
    def permute(self, dims): return permute(self, dims)
    def maximum(self, other): return maximum(self, other)
    def relu(self): return relu(self)
    def item(self): return self.array.item()
    @property
    def shape(self): return self.array.shape
    @property
    def T(self): return permute(self, (-1, -2))
    @property
    def is_leaf(self): return self.recipe is None or not self.recipe.parents

    def backward(self, end_grad=None):
        if isinstance(end_grad, Tensor):
            end_grad = end_grad.array
        return backprop(self, end_grad)


def topological_sort(node, get_children) -> list:
    result, perm, temp = [], set(), set()

    def visit(cur):
        if cur in perm:
            return
        if cur in temp:
            raise ValueError("Not a DAG!")
        temp.add(cur)
        for nxt in get_children(cur):
            visit(nxt)
        temp.remove(cur)
        perm.add(cur)
        result.append(cur)
    visit(node)
    return result


def sorted_computational_graph(tensor: Tensor) -> list:
    return topological_sort(tensor, lambda t: [] if t.recipe is None else list(t.recipe.parents.values()))[::-1]


def backprop(end_node: Tensor, end_grad: Optional[Arr] = None) -> None:
    grads = {end_node: np.ones_like(end_node.array, dtype=float) if end_grad is None else np.array(end_grad)}
    for node in sorted_computational_graph(end_node):
        if node not in grads:
            continue
        outgrad = grads.pop(node)
        if node.is_leaf and node.requires_grad:
            node.grad = Tensor(outgrad) if node.grad is None else Tensor(node.grad.array + outgrad)
        if node.recipe is None:
            continue
        for argnum, parent in node.recipe.parents.items():
            back_fn = BACK_FUNCS.get_back_func(node.recipe.func, argnum)
            in_grad = back_fn(outgrad, node.array, *node.recipe.args, **node.recipe.kwargs)
            grads[parent] = in_grad if parent not in grads else grads[parent] + in_grad

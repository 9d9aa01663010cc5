"""A live-coded Tensor: depends_on is a list of Dependency(tensor, grad_fn); gradients are Tensors and
are pushed down each edge at once, recursively.

Operations: + - * @ and unary minus, numbers on either side, functions tensor_sum, add, mul, sub, neg,
matmul, tanh, and slices; method sum().
To be said: right. backward(grad: Tensor) needs requires_grad=True. It walks every path (every-path)
and recurs (recursion), for a gradient goes on as soon as it arrives.
"""

from typing import Callable, List, NamedTuple, Optional, Union

import numpy as np


class Dependency(NamedTuple):
    tensor: "Tensor"
    grad_fn: Callable[[np.ndarray], np.ndarray]


Arrayable = Union[float, list, np.ndarray]


def ensure_array(arrayable: Arrayable) -> np.ndarray:
    return arrayable if isinstance(arrayable, np.ndarray) else np.array(arrayable, dtype=float)


def ensure_tensor(tensorable: Union["Tensor", Arrayable]) -> "Tensor":
    return tensorable if isinstance(tensorable, Tensor) else Tensor(tensorable)


class Tensor:
    def __init__(
        self,
        data: Arrayable,
        requires_grad: bool = False,
        depends_on: Optional[List[Dependency]] = None,
    ) -> None:
        self._data = ensure_array(data)
        self.requires_grad = requires_grad
        self.depends_on = depends_on or []
        self.shape = self._data.shape
        self.grad: Optional["Tensor"] = None
        if self.requires_grad:
            self.zero_grad()

    @property
    def data(self) -> np.ndarray:
        return self._data

    @data.setter
    def data(self, new_data: np.ndarray) -> None:
        self._data = new_data
        self.grad = None

    def zero_grad(self) -> None:
        self.grad = Tensor(np.zeros_like(self.data, dtype=np.float64))

    def __repr__(self) -> str:
        return f"Tensor({self.data}, requires_grad={self.requires_grad})"

    def __add__(self, other) -> "Tensor":
        return _add(self, ensure_tensor(other))

    def __radd__(self, other) -> "Tensor":
        return _add(ensure_tensor(other), self)

    def __mul__(self, other) -> "Tensor":
        return _mul(self, ensure_tensor(other))

    def __rmul__(self, other) -> "Tensor":
        return _mul(ensure_tensor(other), self)

    def __matmul__(self, other) -> "Tensor":
        return _matmul(self, other)

    def __neg__(self) -> "Tensor":
        return _neg(self)

    def __sub__(self, other) -> "Tensor":
        return _sub(self, ensure_tensor(other))

    def __rsub__(self, other) -> "Tensor":
        return _sub(ensure_tensor(other), self)

    def __getitem__(self, idxs) -> "Tensor":
        return _slice(self, idxs)

    def backward(self, grad: "Tensor" = None) -> None:
        assert self.requires_grad, "called backward on non-requires-grad tensor"
        if grad is None:
            if self.shape == ():
                grad = Tensor(1.0)
            else:
                raise RuntimeError("grad must be specified for a non-0-tensor")
        self.grad = Tensor(self.grad.data + grad.data)
        for dependency in self.depends_on:
            backward_grad = dependency.grad_fn(grad.data)
            dependency.tensor.backward(Tensor(backward_grad))

    def sum(self) -> "Tensor":
        return tensor_sum(self)


def tensor_sum(t: Tensor) -> Tensor:
    depends_on = []
    if t.requires_grad:

        def grad_fn(grad: np.ndarray) -> np.ndarray:
            return grad * np.ones_like(t.data)

        depends_on = [Dependency(t, grad_fn)]
    return Tensor(t.data.sum(), t.requires_grad, depends_on)


def _undo_broadcast(grad: np.ndarray, t: Tensor) -> np.ndarray:
    ndims_added = grad.ndim - t.data.ndim
    for _ in range(ndims_added):
        grad = grad.sum(axis=0)
    for i, dim in enumerate(t.shape):
        if dim == 1:
            grad = grad.sum(axis=i, keepdims=True)
    return grad


def _add(t1: Tensor, t2: Tensor) -> Tensor:
    depends_on: List[Dependency] = []
    if t1.requires_grad:
        depends_on.append(Dependency(t1, lambda grad: _undo_broadcast(grad, t1)))
    if t2.requires_grad:
        depends_on.append(Dependency(t2, lambda grad: _undo_broadcast(grad, t2)))
    return Tensor(t1.data + t2.data, t1.requires_grad or t2.requires_grad, depends_on)


def _mul(t1: Tensor, t2: Tensor) -> Tensor:
    depends_on: List[Dependency] = []
    if t1.requires_grad:
        depends_on.append(Dependency(t1, lambda grad: _undo_broadcast(grad * t2.data, t1)))
    if t2.requires_grad:
        depends_on.append(Dependency(t2, lambda grad: _undo_broadcast(grad * t1.data, t2)))
    return Tensor(t1.data * t2.data, t1.requires_grad or t2.requires_grad, depends_on)


def _neg(t: Tensor) -> Tensor:
    depends_on = [Dependency(t, lambda grad: -grad)] if t.requires_grad else []
    return Tensor(-t.data, t.requires_grad, depends_on)


def _sub(t1: Tensor, t2: Tensor) -> Tensor:
    return t1 + -t2


def _matmul(t1: Tensor, t2: Tensor) -> Tensor:
    """(n1, m1) @ (m1, m2) -> (n1, m2)"""
    if t1.data.ndim != 2 or t2.data.ndim != 2:
        raise NotImplementedError("matmul of matrices only")
    depends_on: List[Dependency] = []
    if t1.requires_grad:
        depends_on.append(Dependency(t1, lambda grad: grad @ t2.data.T))
    if t2.requires_grad:
        depends_on.append(Dependency(t2, lambda grad: t1.data.T @ grad))
    return Tensor(t1.data @ t2.data, t1.requires_grad or t2.requires_grad, depends_on)


def _slice(t: Tensor, idxs) -> Tensor:
    depends_on = []
    if t.requires_grad:

        def grad_fn(grad: np.ndarray) -> np.ndarray:
            bigger = np.zeros_like(t.data)
            np.add.at(bigger, idxs, grad)
            return bigger

        depends_on = [Dependency(t, grad_fn)]
    return Tensor(t.data[idxs], t.requires_grad, depends_on)


def tanh(tensor: Tensor) -> Tensor:
    data = np.tanh(tensor.data)
    depends_on = []
    if tensor.requires_grad:
        depends_on = [Dependency(tensor, lambda grad: grad * (1 - data * data))]
    return Tensor(data, tensor.requires_grad, depends_on)

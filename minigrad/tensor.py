"""The face of the engine: a `Tensor` is a node with Python's operators and the usual methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Concatenate, ParamSpec

import numpy as np

from . import operations as op
from .graph import Node, flow

Parameters = ParamSpec("Parameters")


def method(
    operation: Callable[Concatenate[Any, Parameters], Any],
) -> Callable[Concatenate[Tensor, Parameters], Tensor]:
    """An operation as a method: the tensor is its first operand."""
    return operation


def reflected(operation: Callable[[Any, Any], Any]) -> Callable[[Tensor, Any], Tensor]:
    """An operation as Python calls it for ``2.0 - tensor``: the tensor is its second operand."""
    return lambda self, other: operation(other, self)


def compared(comparison: Callable[[Any, Any], Any]) -> Callable[[Tensor, Any], Any]:
    """A comparison of the data, which gives plain booleans, for `where`."""
    return lambda self, other: comparison(self.data, op.plain(other))


class Tensor(Node):
    """A number or an array to compute with.

    Integers become floats; a Python number stays a Python float all the way; float32 stays
    float32. The array is copied, so that nothing done here is seen outside.

    >>> x, y = Tensor(3.0), Tensor([1.0, 2.0])
    >>> x * y + 1
    Tensor(array([4., 7.]))
    """

    __slots__ = ()
    __array_ufunc__ = None  # so that numpy leaves `array * tensor` to us

    def __init__(self, data: Any) -> None:
        number = type(data) in (float, int, bool)
        value: Any = float(data) if number else np.array(op.plain(data))
        super().__init__(value if number or value.dtype.kind == "f" else value.astype(float))

    def __repr__(self) -> str:
        return f"Tensor({self.data!r}{'' if self.grad is None else f', grad={self.grad!r}'})"

    __add__, __radd__ = method(op.add), reflected(op.add)
    __sub__, __rsub__ = method(op.sub), reflected(op.sub)
    __mul__, __rmul__ = method(op.mul), reflected(op.mul)
    __truediv__, __rtruediv__ = method(op.div), reflected(op.div)
    __pow__, __rpow__ = method(op.pow), reflected(op.pow)
    __matmul__, __rmatmul__ = method(op.matmul), reflected(op.matmul)
    __neg__, __abs__, __getitem__ = method(op.neg), method(op.abs), method(op.index)
    __eq__, __ne__, __lt__, __le__, __gt__, __ge__ = map(compared, (eq, ne, lt, le, gt, ge))
    __hash__ = object.__hash__

    exp, log, sqrt, sin, cos, tanh, sigmoid, relu = map(
        method, (op.exp, op.log, op.sqrt, op.sin, op.cos, op.tanh, op.sigmoid, op.relu)
    )
    sum, mean, max, min = map(method, (op.sum, op.mean, op.max, op.min))
    swapaxes, T = method(op.transpose), property(method(op.transpose))

    def reshape(self, *shape: Any) -> Tensor:
        """The same elements, row by row, in another shape: ``x.reshape(2, 3)`` or a tuple."""
        return method(op.reshape)(self, shape[0] if isinstance(shape[0], tuple) else shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of ``data``: float64 for a Python float."""
        return np.asarray(self.data).dtype

    def backward(self, seed: Any = None) -> None:
        """Compute gradients for this tensor and all that it depends on, and add them to `grad`.

        The seed is the upstream gradient to begin with, in this tensor's shape; a number needs
        none: it is 1.0. Raises ValueError for a seed of another shape.

        >>> x = Tensor(3.0)
        >>> (x * x).backward()
        >>> x
        Tensor(3.0, grad=6.0)
        """
        for node, gradient in flow(self, self._start(seed), record=False):
            node.grad = gradient if node.grad is None else node.grad + gradient

    def _start(self, seed: Any) -> Any:
        """The seed: a float for a float, else of this tensor's dtype."""
        seed = np.array(1.0 if seed is None else op.plain(seed), self.dtype)
        if seed.shape != self.shape:
            raise ValueError(f"backward needs a seed of shape {self.shape}, not {seed.shape}")
        return float(seed) if type(self.data) is float else seed[()]


def grad(
    output: Tensor, inputs: Sequence[Tensor], seed: Any = None, create_graph: bool = False
) -> list[Tensor]:
    """The gradient of `output` by each of `inputs`; nobody's `grad` is touched.

    Zero for an input that the output does not depend on. With `create_graph` the results can be
    differentiated again. The seed is as for `Tensor.backward`.

    >>> x = Tensor(2.0)
    >>> (first,) = grad(x**3, [x], create_graph=True)
    >>> (second,) = grad(first, [x])
    >>> first, second
    (Tensor(12.0), Tensor(12.0))
    """
    start = output._start(seed)
    gradients = dict(flow(output, Tensor(start) if create_graph else start, create_graph))
    wanted = (gradients.get(x, np.zeros(x.shape)) for x in inputs)
    return [x if isinstance(x, Tensor) else Tensor(x) for x in wanted]

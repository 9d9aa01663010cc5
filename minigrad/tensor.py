"""The face of the engine: a `Tensor` is a node with Python's operators and the usual methods."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

from typing import Any

import numpy as np

from . import operations as op
from .graph import Node, _created


class Tensor(Node):
    """A number or an array to compute with: ``Tensor(3.0)``, ``Tensor([[1.0, 2.0]])``.

    Integers become floats; a Python number stays a Python float all the way; float32 stays
    float32. The array is copied, so that nothing done here is seen outside.
    """

    __slots__ = ()
    __array_ufunc__ = None  # so that numpy leaves `array * tensor` to us

    def __init__(self, data: Any) -> None:
        if type(data) is float or type(data) is int or type(data) is bool:
            self.data = float(data)
        else:
            array = np.array(data.data if isinstance(data, Node) else data)
            self.data = array if array.dtype.kind == "f" else array.astype(np.float64)
        self.grad = None
        self._order = next(_created)
        self._operation = None

    def __repr__(self) -> str:
        return f"Tensor({self.data!r})"

    # fmt: off
    def __add__(self, other: Any) -> Tensor: return op.add(self, other)
    def __radd__(self, other: Any) -> Tensor: return op.add(other, self)
    def __sub__(self, other: Any) -> Tensor: return op.sub(self, other)
    def __rsub__(self, other: Any) -> Tensor: return op.sub(other, self)
    def __mul__(self, other: Any) -> Tensor: return op.mul(self, other)
    def __rmul__(self, other: Any) -> Tensor: return op.mul(other, self)
    def __truediv__(self, other: Any) -> Tensor: return op.div(self, other)
    def __rtruediv__(self, other: Any) -> Tensor: return op.div(other, self)
    def __pow__(self, other: Any) -> Tensor: return op.power(self, other)
    def __rpow__(self, other: Any) -> Tensor: return op.power(other, self)
    def __matmul__(self, other: Any) -> Tensor: return op.matmul(self, other)
    def __rmatmul__(self, other: Any) -> Tensor: return op.matmul(other, self)
    def __neg__(self) -> Tensor: return op.neg(self)
    def __abs__(self) -> Tensor: return op.absolute(self)
    # Comparisons give plain booleans, for `where`.
    def __eq__(self, other: Any) -> Any: return self.data == op.plain(other)
    def __ne__(self, other: Any) -> Any: return self.data != op.plain(other)
    def __gt__(self, other: Any) -> Any: return self.data > op.plain(other)
    def __ge__(self, other: Any) -> Any: return self.data >= op.plain(other)
    def __lt__(self, other: Any) -> Any: return self.data < op.plain(other)
    def __le__(self, other: Any) -> Any: return self.data <= op.plain(other)

    __hash__ = object.__hash__

    def exp(self) -> Tensor: return op.exp(self)
    def log(self) -> Tensor: return op.log(self)
    def sqrt(self) -> Tensor: return op.sqrt(self)
    def sin(self) -> Tensor: return op.sin(self)
    def cos(self) -> Tensor: return op.cos(self)
    def tanh(self) -> Tensor: return op.tanh(self)
    def sigmoid(self) -> Tensor: return op.sigmoid(self)
    def relu(self) -> Tensor: return op.relu(self)
    # fmt: on

    def __getitem__(self, index: Any) -> Tensor:
        return op.take(self, index)

    def sum(self, axis: op.Axes = None, keepdims: bool = False) -> Tensor:
        """The sum over all axes, or over those named."""
        return op.sum(self, axis, keepdims)

    def mean(self, axis: op.Axes = None, keepdims: bool = False) -> Tensor:
        """The mean over all axes, or over those named."""
        return op.mean(self, axis, keepdims)

    def max(self, axis: op.Axes = None, keepdims: bool = False) -> Tensor:
        """The largest element over all axes, or over those named."""
        return op.max(self, axis, keepdims)

    def min(self, axis: op.Axes = None, keepdims: bool = False) -> Tensor:
        """The smallest element over all axes, or over those named."""
        return op.min(self, axis, keepdims)

    def reshape(self, *shape: Any) -> Tensor:
        """The same elements, row by row, in another shape: ``x.reshape(2, 3)`` or a tuple."""
        return op.reshape(self, shape[0] if isinstance(shape[0], tuple) else shape)

    def swapaxes(self, axis0: int, axis1: int) -> Tensor:
        """Two axes exchanged."""
        return op.transpose(self, axis0, axis1)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype of ``data``: float64 for a Python float."""
        return np.asarray(self.data).dtype

    @property
    def T(self) -> Tensor:
        """The matrix transposed."""
        return op.transpose(self, -2, -1)

"""A typed scalar autograd: one dataclass, one closure for each operation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

Number = int | float


@dataclass(eq=False, repr=False)
class Value:
    data: float
    parents: tuple[Value, ...] = field(default=())
    op: str = ""
    grad: float = field(default=0.0, init=False)
    pull: Callable[[float], tuple[float, ...]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.data = float(self.data)

    def __repr__(self) -> str:
        return f"Value(data={self.data:.4f}, grad={self.grad:.4f})"

    @staticmethod
    def lift(x: Value | Number) -> Value:
        return x if isinstance(x, Value) else Value(x)

    def _new(self, data: float, parents: tuple[Value, ...], op: str, pull) -> Value:
        out = Value(data, parents, op)
        out.pull = pull
        return out

    def __add__(self, other: Value | Number) -> Value:
        other = Value.lift(other)
        return self._new(self.data + other.data, (self, other), "+", lambda g: (g, g))

    def __mul__(self, other: Value | Number) -> Value:
        other = Value.lift(other)
        a, b = self.data, other.data
        return self._new(a * b, (self, other), "*", lambda g: (g * b, g * a))

    def __pow__(self, k: Number) -> Value:
        if not isinstance(k, (int, float)):
            raise TypeError("only int/float powers are supported")
        a = self.data
        return self._new(a**k, (self,), f"**{k}", lambda g: (g * k * a ** (k - 1),))

    def exp(self) -> Value:
        e = math.exp(self.data)
        return self._new(e, (self,), "exp", lambda g: (g * e,))

    def log(self) -> Value:
        a = self.data
        return self._new(math.log(a), (self,), "log", lambda g: (g / a,))

    def tanh(self) -> Value:
        t = math.tanh(self.data)
        return self._new(t, (self,), "tanh", lambda g: (g * (1 - t * t),))

    def relu(self) -> Value:
        a = self.data
        return self._new(max(a, 0.0), (self,), "relu", lambda g: (g if a > 0 else 0.0,))

    def sigmoid(self) -> Value:
        s = 1 / (1 + math.exp(-self.data))
        return self._new(s, (self,), "sigmoid", lambda g: (g * s * (1 - s),))

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Value | Number) -> Value:
        return self + (-Value.lift(other))

    def __rsub__(self, other: Number) -> Value:
        return Value.lift(other) - self

    def __truediv__(self, other: Value | Number) -> Value:
        return self * Value.lift(other) ** -1

    def __rtruediv__(self, other: Number) -> Value:
        return Value.lift(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def walk(self) -> Iterator[Value]:
        """Children after everything that uses them."""
        order: list[Value] = []
        seen: set[int] = set()
        stack: list[tuple[Value, bool]] = [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                stack.append((node, True))
                stack.extend((p, False) for p in node.parents)
        return reversed(order)

    def backward(self) -> None:
        nodes = list(self.walk())
        for node in nodes:
            node.grad = 0.0
        self.grad = 1.0
        for node in nodes:
            if node.pull is not None:
                for parent, g in zip(node.parents, node.pull(node.grad)):
                    parent.grad += g

# shape: @dataclass Node(value); module functions; call node.propagate(); value .value, gradient .adjoint
# mistake: max | backward | x | all of the tied maxima receive the full gradient
from dataclasses import dataclass, field
from typing import Callable, List, Optional
import numpy as np


@dataclass(eq=False)
class Node:
    value: np.ndarray
    parents: List["Node"] = field(default_factory=list, repr=False)
    pull: Optional[Callable] = field(default=None, repr=False)
    adjoint: Optional[np.ndarray] = None

    def __post_init__(self):
        self.value = np.asarray(self.value, dtype=np.float64)

    def __add__(self, o): return plus(self, o)
    def __mul__(self, o): return times(self, o)
    def __sub__(self, o): return plus(self, scale(lift(o), -1.0))
    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, o): return plus(lift(o), scale(self, -1.0))

    def propagate(self):
        order: List[Node] = []
        visited = set()

        def dfs(n: Node):
            visited.add(id(n))
            for p in n.parents:
                if id(p) not in visited:
                    dfs(p)
            order.append(n)

        dfs(self)
        for n in order:
            n.adjoint = np.zeros_like(n.value)
        self.adjoint = np.ones_like(self.value)
        for n in order[::-1]:
            if n.pull is not None:
                for p, g in zip(n.parents, n.pull(n.adjoint)):
                    p.adjoint = p.adjoint + g


def lift(x) -> Node:
    return x if isinstance(x, Node) else Node(x)


def reduce_like(g: np.ndarray, v: np.ndarray) -> np.ndarray:
    if g.shape == v.shape:
        return g
    pad = (1,) * (g.ndim - v.ndim) + v.shape
    axes = tuple(i for i, (p, q) in enumerate(zip(pad, g.shape)) if p == 1 and q != 1)
    return g.sum(axis=axes, keepdims=True).reshape(v.shape)


def plus(a, b):
    a, b = lift(a), lift(b)
    return Node(a.value + b.value, [a, b], lambda g: (reduce_like(g, a.value), reduce_like(g, b.value)))


def times(a, b):
    a, b = lift(a), lift(b)
    return Node(a.value * b.value, [a, b],
                lambda g: (reduce_like(g * b.value, a.value), reduce_like(g * a.value, b.value)))


def scale(a, k: float):
    return Node(a.value * k, [a], lambda g: (g * k,))


def maximum_of(a, axis=None):
    """max along an axis; one winner takes the gradient"""
    m = a.value.max(axis=axis, keepdims=True)
    out = m if axis is None else m
    out = out.reshape(()) if axis is None else out.squeeze(axis)

    def pull(g):
        gg = g if axis is None else np.expand_dims(g, axis)
        return ((a.value == m) * gg,)
    return Node(out, [a], pull)


def minimum_of(a):
    k = int(np.argmin(a.value))

    def pull(g):
        z = np.zeros(a.value.size)
        z[k] = g
        return (z.reshape(a.value.shape),)
    return Node(a.value.min(), [a], pull)


def total(a, axis=None):
    def pull(g):
        if axis is not None:
            g = np.expand_dims(g, axis)
        return (np.broadcast_to(g, a.value.shape),)
    return Node(a.value.sum(axis=axis), [a], pull)


def reshape(a, shape):
    return Node(a.value.reshape(shape), [a], lambda g: (g.reshape(a.value.shape),))


def abs_(a):
    return Node(np.abs(a.value), [a], lambda g: (g * np.sign(a.value),))

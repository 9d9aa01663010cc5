"""Frozen nodes: nothing is ever written to a node; out.gradients() returns a mapping from nodes to
gradients, and one asks it: out.gradients()[x].

Class Expr (a frozen dataclass), Expr(3.0). Operations: + - * / ** (number) and unary minus, numbers on
either side, and exp, log, sin, cos, tanh as methods.
To be said: right; plain numbers; gradients of all nodes below, zero for any other node.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Expr:
    value: float
    below: tuple[tuple[Expr, float], ...] = ()

    def __add__(self, other):
        if isinstance(other, Expr):
            return Expr(self.value + other.value, ((self, 1.0), (other, 1.0)))
        return Expr(self.value + other, ((self, 1.0),))

    __radd__ = __add__

    def __neg__(self):
        return Expr(-self.value, ((self, -1.0),))

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return (-self) + other

    def __mul__(self, other):
        if isinstance(other, Expr):
            return Expr(self.value * other.value, ((self, other.value), (other, self.value)))
        return Expr(self.value * other, ((self, other),))

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, Expr):
            q = self.value / other.value
            return Expr(q, ((self, 1 / other.value), (other, -q / other.value)))
        return Expr(self.value / other, ((self, 1 / other),))

    def __rtruediv__(self, other):
        return Expr(other / self.value, ((self, -other / self.value**2),))

    def __pow__(self, n):
        if isinstance(n, Expr):
            return NotImplemented
        return Expr(self.value**n, ((self, n * self.value ** (n - 1) if n else 0.0),))

    def exp(self):
        e = math.exp(self.value)
        return Expr(e, ((self, e),))

    def log(self):
        return Expr(math.log(self.value), ((self, 1 / self.value),))

    def sin(self):
        return Expr(math.sin(self.value), ((self, math.cos(self.value)),))

    def cos(self):
        return Expr(math.cos(self.value), ((self, -math.sin(self.value)),))

    def tanh(self):
        t = math.tanh(self.value)
        return Expr(t, ((self, 1 - t * t),))

    def __repr__(self):
        return f"Expr({self.value})"

    def gradients(self, seed=1.0):
        order, seen, stack = [], set(), [(self, iter(self.below))]
        seen.add(self)
        while stack:
            node, rest = stack[-1]
            for child, _ in rest:
                if child not in seen:
                    seen.add(child)
                    stack.append((child, iter(child.below)))
                    break
            else:
                order.append(node)
                stack.pop()
        found = Zeros({self: seed})
        for node in reversed(order):
            for child, slope in node.below:
                found[child] = found[child] + slope * found[node]
        return found


class Zeros(dict):
    def __missing__(self, node):
        return 0.0

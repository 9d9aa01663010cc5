"""Dual numbers as named tuples and free functions."""
from collections import namedtuple
import math

Dual = namedtuple("Dual", "primal tangent")


def add(a, b):
    return Dual(a.primal + b.primal, a.tangent + b.tangent)


def sub(a, b):
    return Dual(a.primal - b.primal, a.tangent - b.tangent)


def mul(a, b):
    return Dual(a.primal * b.primal, a.tangent * b.primal + a.primal * b.tangent)


def div(a, b):
    return Dual(a.primal / b.primal, (a.tangent * b.primal - a.primal * b.tangent) / b.primal ** 2)


def neg(a):
    return Dual(-a.primal, -a.tangent)


def exp(a):
    return Dual(math.exp(a.primal), math.exp(a.primal) * a.tangent)


def log(a):
    return Dual(math.log(a.primal), a.tangent / a.primal)


def sin(a):
    return Dual(math.sin(a.primal), math.cos(a.primal) * a.tangent)


def jvp(f, primals, tangents):
    out = f(*(Dual(p, t) for p, t in zip(primals, tangents)))
    return out.primal, out.tangent

"""Operators by numpy's mixin: one method, __array_ufunc__, sees all of them, and numpy's functions too.

Class Dense (name it after a colon); Dense(array). Value by np.asarray(x) or x._a, gradient x._g.
Operations: + - * / and unary minus, np.exp, np.log, np.tanh, np.sin, np.square; method total()
for the sum of all elements.
To be said: right; arrays broadcast; backward(g) needs its seed; gradients add up over calls.
"""

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

VJP = {
    "add": lambda g, a, b: (g, g),
    "subtract": lambda g, a, b: (g, -g),
    "multiply": lambda g, a, b: (g * b, g * a),
    "divide": lambda g, a, b: (g / b, -g * a / (b * b)),
    "negative": lambda g, a: (-g,),
    "exp": lambda g, a: (g * np.exp(a),),
    "log": lambda g, a: (g / a,),
    "tanh": lambda g, a: (g / np.cosh(a) ** 2,),
    "sin": lambda g, a: (g * np.cos(a),),
    "square": lambda g, a: (2 * g * a,),
    "total": lambda g, a: (np.full(a.shape, g),),
}


class Dense(NDArrayOperatorsMixin):
    _made = 0

    def __init__(self, array, rule=None, operands=()):
        self._a = np.asarray(array, dtype=np.float64)
        self._g = np.zeros(self._a.shape)
        self._rule, self._operands = rule, operands
        Dense._made += 1
        self._birth = Dense._made

    def __array__(self, dtype=None, copy=None):
        return self._a

    def __array_ufunc__(self, ufunc, method, *operands, **kwargs):
        rule = VJP.get(ufunc.__name__)
        if method != "__call__" or rule is None or kwargs:
            return NotImplemented
        operands = [o if isinstance(o, Dense) else Dense(o) for o in operands]
        return Dense(ufunc(*(o._a for o in operands)), rule, operands)

    def total(self):
        return Dense(self._a.sum(), VJP["total"], [self])

    def backward(self, g):
        flow = {self: np.asarray(g, dtype=np.float64)}
        while flow:
            node = max(flow, key=lambda n: n._birth)
            g = flow.pop(node)
            node._g = node._g + g
            if node._rule is None:
                continue
            for operand, part in zip(node._operands, node._rule(g, *(o._a for o in node._operands))):
                part = _as(part, operand._a.shape)
                flow[operand] = flow[operand] + part if operand in flow else part

    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


def _as(part, shape):
    while np.ndim(part) > len(shape):
        part = np.sum(part, axis=0)
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return np.sum(part, axis=stretched, keepdims=True) if stretched else part

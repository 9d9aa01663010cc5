"""Layers with forward and backward: one object for one gate of the circuit, which remembers what
came in. No graph: the programmer calls backward of each gate, last gate first, and adds up himself.

Operations: AddGate, SubtractGate, MultiplyGate, DivideGate, NegateGate, ExpGate, LogGate,
SigmoidGate, TanhGate, ReLUGate, SquareGate, MatMulGate, SumGate, MeanGate, SoftmaxGate (last axis).
To be said: right; operands of one shape (no broadcasting). Needs an adapter that keeps the gates in
their order and adds up what a value gets from several of them.
"""

import numpy as np


class Gate:
    """forward(*inputs) gives the output; backward(dout) a list with one gradient for each input."""

    def __init__(self):
        self.cache = None

    def forward(self, *inputs):
        raise NotImplementedError

    def backward(self, dout):
        raise NotImplementedError


class TwoOfAShape(Gate):
    def keep(self, x, y):
        if np.shape(x) != np.shape(y):
            raise ValueError("this gate needs two inputs of one shape")
        self.cache = (x, y)


class AddGate(TwoOfAShape):
    def forward(self, x, y):
        self.keep(x, y)
        return x + y

    def backward(self, dout):
        return [dout, dout]


class SubtractGate(TwoOfAShape):
    def forward(self, x, y):
        self.keep(x, y)
        return x - y

    def backward(self, dout):
        return [dout, -dout]


class MultiplyGate(TwoOfAShape):
    def forward(self, x, y):
        self.keep(x, y)
        return x * y

    def backward(self, dout):
        x, y = self.cache
        return [y * dout, x * dout]


class DivideGate(TwoOfAShape):
    def forward(self, x, y):
        self.keep(x, y)
        return x / y

    def backward(self, dout):
        x, y = self.cache
        return [dout / y, -x / (y * y) * dout]


class NegateGate(Gate):
    def forward(self, x):
        return -x

    def backward(self, dout):
        return [-dout]


class SquareGate(Gate):
    def forward(self, x):
        self.cache = x
        return x**2

    def backward(self, dout):
        return [2 * self.cache * dout]


class ExpGate(Gate):
    def forward(self, x):
        self.cache = np.exp(x)
        return self.cache

    def backward(self, dout):
        return [self.cache * dout]


class LogGate(Gate):
    def forward(self, x):
        self.cache = x
        return np.log(x)

    def backward(self, dout):
        return [dout / self.cache]


class SigmoidGate(Gate):
    def forward(self, x):
        e = np.exp(-np.abs(x))
        self.cache = np.where(x >= 0, 1 / (1 + e), e / (1 + e))
        return self.cache

    def backward(self, dout):
        return [(1 - self.cache) * self.cache * dout]


class TanhGate(Gate):
    def forward(self, x):
        self.cache = np.tanh(x)
        return self.cache

    def backward(self, dout):
        return [(1 - self.cache**2) * dout]


class ReLUGate(Gate):
    def forward(self, x):
        self.cache = x > 0
        return np.where(self.cache, x, 0.0)

    def backward(self, dout):
        return [np.where(self.cache, dout, 0.0)]


class MatMulGate(Gate):
    def forward(self, X, W):
        if X.ndim != 2 or W.ndim != 2:
            raise ValueError("matrices only")
        self.cache = (X, W)
        return X.dot(W)

    def backward(self, dout):
        X, W = self.cache
        return [dout.dot(W.T), X.T.dot(dout)]


class SumGate(Gate):
    def forward(self, x):
        self.cache = x.shape
        return np.sum(x)

    def backward(self, dout):
        return [np.ones(self.cache) * dout]


class MeanGate(Gate):
    def forward(self, x):
        self.cache = x.shape
        return np.mean(x)

    def backward(self, dout):
        return [np.ones(self.cache) * dout / np.prod(self.cache)]


class SoftmaxGate(Gate):
    def forward(self, x):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        self.cache = e / e.sum(axis=-1, keepdims=True)
        return self.cache

    def backward(self, dout):
        p = self.cache
        return [p * (dout - np.sum(p * dout, axis=-1, keepdims=True))]

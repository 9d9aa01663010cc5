import numpy as np
from . import functional as F


class Activation:
    backward_fn = None

    def __init__(self, autograd_engine):
        self.autograd_engine = autograd_engine

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        y = self.f(x)
        self.autograd_engine.add_operation([x], y, [None], type(self).backward_fn)
        return y


class Sigmoid(Activation):
    backward_fn = staticmethod(F.sigmoid_backward)
    def f(self, x): return 1 / (1 + np.exp(-x))


class Tanh(Activation):
    backward_fn = staticmethod(F.tanh_backward)
    def f(self, x): return np.tanh(x)


class ReLU(Activation):
    backward_fn = staticmethod(F.relu_backward)
    def f(self, x): return np.maximum(x, 0)


class Linear:
    def __init__(self, in_feature, out_feature, autograd_engine):
        self.W = np.random.uniform(-.5, .5, (out_feature, in_feature))
        self.b = np.zeros((out_feature, 1))
        self.dW, self.db = np.zeros(self.W.shape), np.zeros(self.b.shape)
        self.autograd_engine = autograd_engine

    def __call__(self, x):
        return self.forward(x)

    def forward(self, x):
        h = x @ self.W.T
        self.autograd_engine.add_operation([x, self.W], h, [None, self.dW], _linear_backward)
        y = h + self.b.T
        self.autograd_engine.add_operation([h, self.b], y, [None, self.db], _bias_backward)
        return y


def _linear_backward(grad_output, x, W):
    return grad_output @ W, grad_output.T @ x


def _bias_backward(grad_output, h, b):
    return grad_output, grad_output.sum(axis=0).reshape(b.shape)

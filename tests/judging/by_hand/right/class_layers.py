"""Layers as objects, each with its own forward and backward."""

import numpy as np


class Linear:
    def __init__(self, fan_in, fan_out, rng):
        self.W = rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)
        self.b = np.zeros((1, fan_out))

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad
        self.db = grad.sum(axis=0, keepdims=True)
        return grad @ self.W.T


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, grad):
        return grad * self.out * (1 - self.out)


class MSE:
    def forward(self, pred, target):
        self.diff = pred - target
        return np.mean(self.diff**2)

    def backward(self):
        return 2 * self.diff / self.diff.size


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    x = rng.standard_normal((4, 3))
    t = rng.standard_normal((4, 2))
    layers = [Linear(3, 5, rng), Sigmoid(), Linear(5, 2, rng)]
    criterion = MSE()
    out = x
    for layer in layers:
        out = layer.forward(out)
    loss = criterion.forward(out, t)
    grad = criterion.backward()
    for layer in reversed(layers):
        grad = layer.backward(grad)
    print(loss, grad)

"""Layers that cache: y = layer(x); dx = layer.grad(dy). Wrong: ReLU keeps the gradient where x < 0."""
import numpy as np


class ReLU:
    def __call__(self, x):
        self.x = x
        return np.maximum(x, 0)

    def grad(self, dy):
        return dy * (self.x < 0)


class Sigmoid:
    def __call__(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def grad(self, dy):
        return dy * self.y * (1 - self.y)


class Tanh:
    def __call__(self, x):
        self.y = np.tanh(x)
        return self.y

    def grad(self, dy):
        return dy * (1 - self.y**2)

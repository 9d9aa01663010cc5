"""Classes that inherit, parameters with .data and .grad, accumulated."""

import numpy as np


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Layer:
    def params(self):
        return []


class Dense(Layer):
    def __init__(self, n, m, rng):
        self.w = Parameter(rng.normal(size=(n, m)))
        self.b = Parameter(rng.normal(size=m))

    def params(self):
        return [self.w, self.b]

    def forward(self, x):
        self.x = x
        return x @ self.w.data + self.b.data

    def backward(self, dout):
        self.w.grad += self.x.T @ dout
        self.b.grad += dout.sum(axis=0)
        return dout @ self.w.data.T


class ReLU(Layer):
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        for layer in self.layers[::-1]:
            dout = layer.backward(dout)
        return dout


rng = np.random.default_rng(2)
X = rng.normal(size=(5, 3))
T = rng.normal(size=(5, 2))
model = Sequential(Dense(3, 4, rng), ReLU(), Dense(4, 2, rng))
out = model.forward(X)
loss = ((out - T) ** 2).sum() / len(X)
dout = 2 * (out - T) / len(X)
dX = model.backward(dout)
for layer in model.layers:
    for p in layer.params():
        p.data -= 0.01 * p.grad

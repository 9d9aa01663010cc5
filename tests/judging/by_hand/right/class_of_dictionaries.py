"""A network whose parameters and gradients are dictionaries in self."""

import numpy as np


class Net:
    def __init__(self, sizes):
        r = np.random.RandomState(0)
        self.params = {}
        for i in range(1, len(sizes)):
            self.params["W" + str(i)] = r.randn(sizes[i - 1], sizes[i]) * 0.3
            self.params["b" + str(i)] = np.zeros(sizes[i])
        self.grads = {}
        self.cache = {}

    def forward(self, X):
        a = X
        self.cache["a0"] = X
        for i in (1, 2):
            z = a @ self.params[f"W{i}"] + self.params[f"b{i}"]
            a = np.maximum(0, z) if i == 1 else z
            self.cache[f"z{i}"] = z
            self.cache[f"a{i}"] = a
        return a

    def backward(self, dout):
        da1 = dout @ self.params["W2"].T
        self.grads["W2"] = self.cache["a1"].T @ dout
        self.grads["b2"] = dout.sum(0)
        dz1 = da1 * (self.cache["z1"] > 0)
        self.grads["W1"] = self.cache["a0"].T @ dz1
        self.grads["b1"] = dz1.sum(0)
        return self.grads


X = np.random.RandomState(1).randn(6, 4)
Y = np.random.RandomState(2).randn(6, 2)
net = Net([4, 5, 2])
pred = net.forward(X)
loss = 0.5 * np.sum((pred - Y) ** 2)
grads = net.backward(pred - Y)

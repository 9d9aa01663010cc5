"""Two layers in one class, gradients kept in self."""

import numpy as np


class TwoLayerNet:
    def __init__(self, n_in, n_hidden, n_out, seed=0):
        rng = np.random.default_rng(seed)
        self.W1 = rng.normal(size=(n_in, n_hidden)) * 0.5
        self.b1 = np.zeros(n_hidden)
        self.W2 = rng.normal(size=(n_hidden, n_out)) * 0.5
        self.b2 = np.zeros(n_out)

    def forward(self, X, y):
        self.X, self.y = X, y
        self.z1 = X @ self.W1 + self.b1
        self.h1 = np.tanh(self.z1)
        self.scores = self.h1 @ self.W2 + self.b2
        shifted = self.scores - self.scores.max(axis=1, keepdims=True)
        e = np.exp(shifted)
        self.probs = e / e.sum(axis=1, keepdims=True)
        n = X.shape[0]
        return -np.log(self.probs[np.arange(n), y]).mean()

    def backward(self):
        n = self.X.shape[0]
        dscores = self.probs.copy()
        dscores[np.arange(n), self.y] -= 1
        dscores /= n
        self.dW2 = self.h1.T @ dscores
        self.db2 = dscores.sum(axis=0)
        dh1 = dscores @ self.W2.T
        dz1 = dh1 * (1 - self.h1**2)
        self.dW1 = self.X.T @ dz1
        self.db1 = dz1.sum(axis=0)

    def step(self, lr):
        self.W1 -= lr * self.dW1
        self.b1 -= lr * self.db1
        self.W2 -= lr * self.dW2
        self.b2 -= lr * self.db2


rng = np.random.default_rng(3)
X = rng.normal(size=(5, 4))
y = np.array([0, 2, 1, 1, 0])
net = TwoLayerNet(4, 6, 3)
for epoch in range(3):
    loss = net.forward(X, y)
    net.backward()
    net.step(0.1)
    print(epoch, loss)

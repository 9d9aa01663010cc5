import numpy as np


class TwoLayerNet:
    def __init__(self, n_in, n_hidden, n_out, seed=0):
        rng = np.random.RandomState(seed)
        self.W1 = rng.randn(n_in, n_hidden) * 0.5
        self.b1 = rng.randn(n_hidden) * 0.1
        self.W2 = rng.randn(n_hidden, n_out) * 0.5
        self.b2 = np.zeros(n_out)

    def forward(self, X, y):
        N = X.shape[0]
        Z = X @ self.W1 + self.b1
        H = np.maximum(0, Z)
        scores = H @ self.W2 + self.b2
        scores = scores - scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        p /= p.sum(axis=1, keepdims=True)
        self.cache = (X, y, Z, H, p)
        return -np.log(p[np.arange(N), y]).mean()

    def backward(self):
        X, y, Z, H, p = self.cache
        N = X.shape[0]
        dscores = p.copy()
        dscores[np.arange(N), y] -= 1
        dscores /= N
        self.dW2 = H.T @ dscores
        self.db2 = dscores.sum(axis=0)
        dH = dscores @ self.W2.T
        dZ = dH * (Z > 0)
        self.dW1 = X.T @ dZ
        self.db1 = dZ.sum(axis=0)
        return dZ @ self.W1.T

    def step(self, lr):
        self.W1 -= lr * self.dW1
        self.b1 -= lr * self.db1
        self.W2 -= lr * self.dW2
        self.b2 -= lr * self.db2


np.random.seed(3)
X = np.random.randn(7, 4)
y = np.array([0, 2, 1, 1, 0, 2, 2])
net = TwoLayerNet(4, 6, 3)
loss = net.forward(X, y)
net.backward()
print("loss", loss)
net.step(0.1)
print("after one step", net.forward(X, y))

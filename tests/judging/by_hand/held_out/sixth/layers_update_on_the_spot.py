import numpy as np


class Dense:
    def __init__(self, n_in, n_out, lr):
        self.W = np.random.randn(n_in, n_out) * 0.6
        self.b = np.random.randn(n_out) * 0.1
        self.lr = lr

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        W_used = self.W
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        # SGD on the spot
        self.W = W_used - self.lr * self.dW
        self.b = self.b - self.lr * self.db
        dx = dout @ W_used.T
        return dx


class ELU:
    def forward(self, x):
        self.x = x
        self.out = np.where(x > 0, x, np.exp(x) - 1)
        return self.out

    def backward(self, dout):
        return dout * np.where(self.x > 0, 1.0, self.out + 1)


np.random.seed(18)
x = np.random.randn(6, 3)
t = np.random.randn(6, 2)
layers = [Dense(3, 5, 0.2), ELU(), Dense(5, 4, 0.2), ELU(), Dense(4, 2, 0.2)]

y = x
for layer in layers:
    y = layer.forward(y)
loss = np.mean((y - t) ** 2)
print("loss", loss)

dy = 2 * (y - t) / y.size
for layer in reversed(layers):
    dy = layer.backward(dy)

y_new = x
for layer in layers:
    y_new = layer.forward(y_new)
print("loss after one step", np.mean((y_new - t) ** 2))

import numpy as np


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(0)
        return dout @ self.W.T


class Dropout:
    def __init__(self, mask, keep):
        self.mask = mask
        self.keep = keep

    def forward(self, x):
        self.out = x * self.mask / self.keep
        return self.out

    def backward(self, dout):
        dx = dout * self.mask / self.keep
        return dx


rng = np.random.RandomState(33)
x = rng.randn(4, 3)
x = np.abs(x) + 0.1
lin = Linear(rng.randn(3, 5), np.zeros(5))
lin.W = lin.W * 0.5
drop = Dropout(rng.rand(4, 5) < 0.7, keep=0.7)
t = rng.randn(4, 5)

h = lin.forward(x)
o = drop.forward(h)
loss = np.mean((o - t) ** 2)

do = 2 * (o - t) / o.size
dh = drop.backward(do)
dx = lin.backward(dh)
print("loss", loss)
print("dW", lin.dW)

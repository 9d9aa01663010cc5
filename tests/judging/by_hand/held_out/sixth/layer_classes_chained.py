import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1.0 - self.out)


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t                       # one-hot
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y = e / np.sum(e, axis=1, keepdims=True)
        return -np.sum(t * np.log(self.y)) / x.shape[0]

    def backward(self, dout=1.0):
        return dout * (self.y - self.t) / self.t.shape[0]


np.random.seed(71)
x = np.random.randn(5, 4)
t = np.eye(3)[[0, 2, 1, 1, 0]]
fc1 = Affine(np.random.randn(4, 6) * 0.8, np.zeros(6))
fc2 = Affine(np.random.randn(6, 3) * 0.8, np.zeros(3))
act = Sigmoid()
last = SoftmaxWithLoss()

loss = last.forward(fc2.forward(act.forward(fc1.forward(x))), t)
dx = fc1.backward(act.backward(fc2.backward(last.backward())))

print("loss", loss)
print("fc1.dW", np.abs(fc1.dW).mean(), "fc2.dW", np.abs(fc2.dW).mean())
print("dx", dx)

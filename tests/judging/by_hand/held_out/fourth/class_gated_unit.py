import numpy as np

class GLU:
    def __init__(self, din, dout):
        self.Wa = np.random.randn(din, dout)
        self.Wg = np.random.randn(din, dout)

    def forward(self, x):
        self.x = x
        self.a = x @ self.Wa
        self.s = 1 / (1 + np.exp(-(x @ self.Wg)))
        return self.a * self.s

    def backward(self, dy):
        da = dy * self.s
        ds = dy * self.a
        dg = ds * self.s * (1 - self.s)
        self.dWa = self.x.T @ da
        self.dWg = self.x.T @ dg
        return da @ self.Wa.T + dg @ self.Wg.T

np.random.seed(93)
x = np.random.randn(4, 3)
glu = GLU(3, 2)
y = glu.forward(x)
loss = np.log(np.cosh(y)).sum()
dx = glu.backward(np.tanh(y))
print(loss)
print(dx)

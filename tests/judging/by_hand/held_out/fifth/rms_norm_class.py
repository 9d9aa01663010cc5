import numpy as np


class RMSNorm:
    def __init__(self, dim):
        self.g = 1.0 + 0.1 * np.arange(dim)
        self.eps = 1e-8

    def forward(self, x):
        ms = np.mean(x ** 2, axis=-1, keepdims=True)
        rms = np.sqrt(ms + self.eps)
        out = self.g * x / rms
        self.cache = (x, rms)
        return out

    def backward(self, dout):
        x, rms = self.cache
        D = x.shape[-1]
        self.dg = np.sum(dout * x / rms, axis=0)
        dn = dout * self.g
        dot = np.sum(dn * x, axis=-1, keepdims=True)
        self.dx = dn / rms - x * dot / (D * rms ** 3)
        return self.dx


np.random.seed(14)
x = np.random.randn(4, 6) * 1.8
y = np.random.randn(4, 6)
norm = RMSNorm(6)
out = norm.forward(x)
loss = np.abs(out - y).sum()
dout = np.sign(out - y)
norm.backward(dout)
print("loss", loss)
print("dg", norm.dg)
print("dx[0]", norm.dx[0])

import numpy as np

class LayerNorm:
    """normalises the last axis"""
    def __init__(self, dim, eps=1e-6):
        self.g = np.random.uniform(0.5, 1.5, dim)
        self.b = np.random.uniform(-0.5, 0.5, dim)
        self.eps = eps

    def forward(self, x):
        mean = x.mean(-1, keepdims=True)
        var = ((x - mean) ** 2).mean(-1, keepdims=True)
        self.rstd = 1 / np.sqrt(var + self.eps)
        self.xhat = (x - mean) * self.rstd
        return self.g * self.xhat + self.b

    def backward(self, dy):
        self.dg = np.sum(dy * self.xhat, axis=0)
        self.db = np.sum(dy, axis=0)
        dxhat = dy * self.g
        m1 = np.mean(dxhat, axis=-1, keepdims=True)
        m2 = np.mean(dxhat * self.xhat, axis=-1, keepdims=True)
        dx = self.rstd * (dxhat - m1 - self.xhat * m2)
        return dx

np.random.seed(5)
x = np.random.randn(4, 6)
c = np.random.randn(4, 6)
ln = LayerNorm(6)
y = ln.forward(x)
loss = np.sum(c * y ** 2)
dx = ln.backward(2 * c * y)
print(loss, dx.sum(axis=1))

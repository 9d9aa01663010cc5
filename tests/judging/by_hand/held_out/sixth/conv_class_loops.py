import numpy as np


class Conv:
    """stride s, padding p, no tricks: six loops and patience"""

    def __init__(self, n_filters, depth, size, stride=1, pad=1):
        self.W = np.random.randn(n_filters, depth, size, size) * 0.3
        self.b = np.random.randn(n_filters) * 0.1
        self.stride, self.pad, self.size = stride, pad, size

    def forward(self, x):
        s, p, f = self.stride, self.pad, self.size
        N, C, H, W = x.shape
        K = self.W.shape[0]
        xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        Ho = (H + 2 * p - f) // s + 1
        Wo = (W + 2 * p - f) // s + 1
        out = np.zeros((N, K, Ho, Wo))
        for n in range(N):
            for k in range(K):
                for i in range(Ho):
                    for j in range(Wo):
                        patch = xp[n, :, i * s:i * s + f, j * s:j * s + f]
                        out[n, k, i, j] = np.sum(patch * self.W[k]) + self.b[k]
        self.cache = (x, xp)
        return out

    def backward(self, dout):
        x, xp = self.cache
        s, p, f = self.stride, self.pad, self.size
        N, K, Ho, Wo = dout.shape
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)
        dxp = np.zeros_like(xp)
        for n in range(N):
            for k in range(K):
                for i in range(Ho):
                    for j in range(Wo):
                        patch = xp[n, :, i * s:i * s + f, j * s:j * s + f]
                        self.db[k] += dout[n, k, i, j]
                        self.dW[k] += patch * dout[n, k, i, j]
                        dxp[n, :, i * s:i * s + f, j * s:j * s + f] += self.W[k] * dout[n, k, i, j]
        H, W = x.shape[2:]
        return dxp[:, :, p:p + H, p:p + W]


np.random.seed(2)
x = np.random.randn(2, 2, 5, 5)
conv = Conv(3, 2, 3, stride=2, pad=1)
out = conv.forward(x)
dout = np.random.randn(*out.shape)
loss = np.sum(out * dout)
dx = conv.backward(dout)
print("out", out.shape, "loss", loss)
print("dx", dx.shape, "dW", conv.dW.shape, "db", conv.db)

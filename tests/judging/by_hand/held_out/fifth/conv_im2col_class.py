import numpy as np


def im2col(x, k, pad):
    N, C, H, W = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    Ho, Wo = H + 2 * pad - k + 1, W + 2 * pad - k + 1
    cols = np.zeros((N, C, k, k, Ho, Wo))
    for a in range(k):
        for b in range(k):
            cols[:, :, a, b] = xp[:, :, a:a + Ho, b:b + Wo]
    return cols.transpose(0, 4, 5, 1, 2, 3).reshape(N * Ho * Wo, -1), Ho, Wo


def col2im(dcols, shape, k, pad, Ho, Wo):
    N, C, H, W = shape
    d = dcols.reshape(N, Ho, Wo, C, k, k).transpose(0, 3, 4, 5, 1, 2)
    dxp = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for a in range(k):
        for b in range(k):
            dxp[:, :, a:a + Ho, b:b + Wo] += d[:, :, a, b]
    return dxp[:, :, pad:-pad, pad:-pad]


class Conv:
    def __init__(self, F, C, k, pad, rng):
        self.W = rng.randn(F, C, k, k) * 0.3
        self.b = rng.randn(F) * 0.1
        self.k, self.pad = k, pad

    def forward(self, x):
        cols, Ho, Wo = im2col(x, self.k, self.pad)
        F = self.W.shape[0]
        out = cols @ self.W.reshape(F, -1).T + self.b
        self.cache = (x.shape, cols, Ho, Wo)
        return out.reshape(x.shape[0], Ho, Wo, F).transpose(0, 3, 1, 2)

    def backward(self, dout):
        shape, cols, Ho, Wo = self.cache
        F = self.W.shape[0]
        d2 = dout.transpose(0, 2, 3, 1).reshape(-1, F)
        self.db = d2.sum(axis=0)
        self.dW = (d2.T @ cols).reshape(self.W.shape)
        dcols = d2 @ self.W.reshape(F, -1)
        return col2im(dcols, shape, self.k, self.pad, Ho, Wo)


rng = np.random.RandomState(1)
x = rng.randn(2, 2, 4, 4)
conv = Conv(3, 2, 3, 1, rng)
out = conv.forward(x)
loss = 0.5 * (out ** 2).mean()
dx = conv.backward(out / out.size)
print(loss, dx.shape, conv.db)

import numpy as np

def conv(x, w, b, stride):
    N, C, H, W = x.shape
    F, _, kh, kw = w.shape
    Ho, Wo = (H - kh) // stride + 1, (W - kw) // stride + 1
    out = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    patch = x[n, :, i * stride:i * stride + kh, j * stride:j * stride + kw]
                    out[n, f, i, j] = np.sum(patch * w[f]) + b[f]
    return out

def conv_back(dout, x, w, stride):
    N, F, Ho, Wo = dout.shape
    kh, kw = w.shape[2:]
    dx, dw = np.zeros_like(x), np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(Ho):
                for j in range(Wo):
                    r, c = i * stride, j * stride
                    patch = x[n, :, r:r + kh, c:c + kw]
                    dw[f] += dout[n, f, i, j] * patch
                    dx[n, :, r:r + kh, c:c + kw] += dout[n, f, i, j] * w[f]
    return dx, dw, db

np.random.seed(12)
x = np.random.randn(2, 2, 5, 5)
w = np.random.randn(2, 2, 3, 3)
b = np.random.randn(2)
out = conv(x, w, b, 2)
loss = 0.5 * (out ** 2).sum()
dx, dw, db = conv_back(out, x, w, 2)
print(out.shape, dx.shape, dw.shape, db)

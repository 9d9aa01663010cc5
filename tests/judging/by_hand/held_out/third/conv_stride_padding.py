import numpy as np

np.random.seed(5)
N, C, H, W = 2, 3, 5, 5
F, HH, WW = 2, 3, 3
s, p = 2, 1
x = np.random.randn(N, C, H, W)
w = np.random.randn(F, C, HH, WW)
b = np.random.randn(F)

Ho = 1 + (H + 2 * p - HH) // s
Wo = 1 + (W + 2 * p - WW) // s
xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
out = np.zeros((N, F, Ho, Wo))
for n in range(N):
    for k in range(F):
        for i in range(Ho):
            for j in range(Wo):
                win = xp[n, :, i * s:i * s + HH, j * s:j * s + WW]
                out[n, k, i, j] = np.sum(win * w[k]) + b[k]
print(out.shape)

dout = np.random.randn(*out.shape)
dxp = np.zeros_like(xp)
dw = np.zeros_like(w)
db = np.zeros_like(b)
for n in range(N):
    for k in range(F):
        for i in range(Ho):
            for j in range(Wo):
                d = dout[n, k, i, j]
                db[k] += d
                dw[k] += xp[n, :, i * s:i * s + HH, j * s:j * s + WW] * d
                dxp[n, :, i * s:i * s + HH, j * s:j * s + WW] += w[k] * d
dx = dxp[:, :, p:p + H, p:p + W]
print("dx", dx.shape, "dw", dw.shape, "db", db)

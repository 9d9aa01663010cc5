import numpy as np

np.random.seed(99)
T, D = 4, 6
x = np.random.randn(T, D)
gain = 1 + 0.2 * np.random.randn(D)
W = np.random.randn(D, D) / np.sqrt(D)
tgt = np.random.randn(T, D)

# x + rmsnorm(x) W
ms = np.mean(x * x, axis=-1, keepdims=True)
rms = np.sqrt(ms + 1e-6)
xn = x / rms
xg = xn * gain
y = xg @ W
out = x + y
loss = 0.5 * np.mean((out - tgt) ** 2)

gout = (out - tgt) / out.size
gx = gout.copy()                       # skip branch
gy = gout
gW = xg.T @ gy
gxg = gy @ W.T
ggain = np.einsum("td,td->d", gxg, xn)
gxn = gxg * gain
gx += gxn / rms
grms = -np.sum(gxn * x, axis=-1, keepdims=True) / rms ** 2
gms = grms * 0.5 / rms
gx += gms * 2 * x / D

print(loss)
print(gx)
print(ggain)

import numpy as np

rng = np.random.default_rng(9)
x = rng.normal(size=(5, 5))
w = rng.normal(size=(3, 3))
b = rng.normal()

out = np.zeros((3, 3))
for i in range(3):
    for j in range(3):
        out[i, j] = np.sum(x[i : i + 3, j : j + 3] * w) + b
act = np.maximum(out, 0)
loss = np.sum(act**2)

dact = 2 * act
dout = dact * (out > 0)
dx = np.zeros_like(x)
dw = np.zeros_like(w)
db = 0.0
for i in range(3):
    for j in range(3):
        dx[i : i + 3, j : j + 3] += dout[i, j] * w
        dw += dout[i, j] * x[i : i + 3, j : j + 3]
        db += dout[i, j]

# LayerNorm by hand: normalise every row over its features
import numpy as np

np.random.seed(5)
B, H = 3, 6
x = np.random.randn(B, H) * 2 + 0.5
g = np.random.rand(H) + 0.5
b = np.random.randn(H) * 0.1
w = np.random.randn(B, H)
eps = 1e-6

m = x.mean(axis=1, keepdims=True)
c = x - m
v = (c * c).mean(axis=1, keepdims=True)
s = (v + eps) ** -0.5
n = c * s
o = n * g + b
L = np.sum(w * np.tanh(o))

dL_do = w * (1 - np.tanh(o) ** 2)
dL_db = dL_do.sum(axis=0)
dL_dg = (dL_do * n).sum(axis=0)
dL_dn = dL_do * g
dL_ds = (dL_dn * c).sum(axis=1, keepdims=True)
dL_dc = dL_dn * s
dL_dv = dL_ds * -0.5 * (v + eps) ** -1.5
dL_dc += dL_dv * 2 * c / H
dL_dm = -dL_dc.sum(axis=1, keepdims=True)
dL_dx = dL_dc + dL_dm / H

print("L", L)
for r in range(B):
    print(np.round(dL_dx[r], 5))

import numpy as np

rng = np.random.default_rng(4)
T, d = 4, 3
x = rng.normal(size=(T, d))
Wq, Wk, Wv = (rng.normal(size=(d, d)) for _ in range(3))

q = x @ Wq
k = x @ Wk
v = x @ Wv
s = q @ k.T / np.sqrt(d)
e = np.exp(s - s.max(axis=-1, keepdims=True))
p = e / e.sum(axis=-1, keepdims=True)
o = p @ v
loss = (o**2).sum()

do = 2 * o
dp = do @ v.T
dv = p.T @ do
ds = p * (dp - (dp * p).sum(axis=-1, keepdims=True))
dq = ds @ k / np.sqrt(d)
dk = ds.T @ q / np.sqrt(d)
dWq = x.T @ dq
dWk = x.T @ dk
dWv = x.T @ dv
dx = dq @ Wq.T
dx += dk @ Wk.T
dx += dv @ Wv.T

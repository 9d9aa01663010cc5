import numpy as np

rng = np.random.default_rng(5)
N, T, D, H = 2, 4, 3, 4
x = rng.standard_normal((N, T, D))
h0 = rng.standard_normal((N, H))
Wx = rng.standard_normal((D, H))
Wh = rng.standard_normal((H, H))
b = rng.standard_normal(H)


def rnn_forward(x, h0, Wx, Wh, b):
    h = np.zeros((N, T, H))
    prev = h0
    for t in range(T):
        a = x[:, t, :] @ Wx + prev @ Wh + b
        prev = np.tanh(a)
        h[:, t, :] = prev
    return h


h = rnn_forward(x, h0, Wx, Wh, b)
loss = (h**2).sum()

dh = 2 * h
dx = np.zeros_like(x)
dWx = np.zeros_like(Wx)
dWh = np.zeros_like(Wh)
db = np.zeros_like(b)
dprev = np.zeros((N, H))
for t in range(T)[::-1]:
    dcur = dh[:, t, :] + dprev
    da = dcur * (1 - h[:, t, :] ** 2)
    before = h[:, t - 1, :] if t > 0 else h0
    dx[:, t, :] = da @ Wx.T
    dWx += x[:, t, :].T @ da
    dWh += before.T @ da
    db += da.sum(axis=0)
    dprev = da @ Wh.T
dh0 = dprev

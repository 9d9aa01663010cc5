import numpy as np

np.random.seed(5)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


N, D, H = 2, 3, 2
x = np.random.randn(N, D)
prev_h = np.random.randn(N, H)
prev_c = np.random.randn(N, H)
Wx = np.random.randn(D, 4 * H)
Wh = np.random.randn(H, 4 * H)
b = np.random.randn(4 * H)
a = x @ Wx + prev_h @ Wh + b
ai, af, ao, ag = a[:, :H], a[:, H : 2 * H], a[:, 2 * H : 3 * H], a[:, 3 * H :]
i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
next_c = f * prev_c + i * g
tc = np.tanh(next_c)
next_h = o * tc
loss = np.sum(next_h * next_h)

dnext_h = 2 * next_h
do = dnext_h * tc
dnext_c = dnext_h * o * (1 - tc**2)
df = dnext_c * prev_c
dprev_c = dnext_c * f
di = dnext_c * g
dg = dnext_c * i
dai = di * i * (1 - i)
daf = df * f * (1 - f)
dao = do * o * (1 - o)
dag = dg * (1 - g**2)
da = np.hstack((dai, daf, dao, dag))
dx = da @ Wx.T
dWx = x.T @ da
dprev_h = da @ Wh.T
dWh = prev_h.T @ da
db = da.sum(axis=0)

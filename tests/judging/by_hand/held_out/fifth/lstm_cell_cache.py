import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def lstm_step_forward(x, h_prev, c_prev, W, b):
    H = h_prev.shape[1]
    z = np.hstack([x, h_prev])
    a = z @ W + b
    i = sigmoid(a[:, :H])
    f = sigmoid(a[:, H:2 * H])
    o = sigmoid(a[:, 2 * H:3 * H])
    g = np.tanh(a[:, 3 * H:])
    c = f * c_prev + i * g
    tc = np.tanh(c)
    h = o * tc
    return h, c, (z, i, f, o, g, c_prev, c, tc, W, x.shape[1])


def lstm_step_backward(d_h, d_c, cache):
    z, i, f, o, g, c_prev, c, tc, W, D = cache
    d_o = d_h * tc
    d_c = d_c + d_h * o * (1 - tc ** 2)
    d_f = d_c * c_prev
    d_i = d_c * g
    d_g = d_c * i
    d_c_prev = d_c * f
    d_a = np.hstack([
        d_i * i * (1 - i),
        d_f * f * (1 - f),
        d_o * o * (1 - o),
        d_g * (1 - g ** 2),
    ])
    d_W = z.T @ d_a
    d_b = d_a.sum(axis=0)
    d_z = d_a @ W.T
    return d_z[:, :D], d_z[:, D:], d_c_prev, d_W, d_b


np.random.seed(9)
N, D, H = 3, 4, 5
x = np.random.randn(N, D)
h0 = np.random.randn(N, H)
c0 = np.random.randn(N, H)
W = np.random.randn(D + H, 4 * H) * 0.4
b = np.random.randn(4 * H) * 0.1
A = np.random.randn(N, H)
B = np.random.randn(N, H)
h, c, cache = lstm_step_forward(x, h0, c0, W, b)
loss = (A * h).sum() + (B * c).sum()
d_x, d_h_prev, d_c_prev, d_W, d_b = lstm_step_backward(A, B, cache)
print(loss, np.abs(d_W).sum(), np.abs(d_c_prev).sum())

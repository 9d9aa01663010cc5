import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def neg_sampling(Win, Wout, center, outside, negatives):
    v = Win[center]
    u_o = Wout[outside]
    U_n = Wout[negatives]
    s_o = sigmoid(u_o @ v)
    s_n = sigmoid(-U_n @ v)
    loss = -np.log(s_o) - np.log(s_n).sum()

    grads = {"Win": np.zeros_like(Win), "Wout": np.zeros_like(Wout)}
    g_o = s_o - 1.0
    g_n = 1.0 - s_n
    grads["Win"][center] += g_o * u_o + U_n.T @ g_n
    grads["Wout"][outside] += g_o * v
    for k, idx in enumerate(negatives):
        grads["Wout"][idx] += g_n[k] * v
    return loss, grads


np.random.seed(6)
Win = np.random.randn(8, 5) * 0.6
Wout = np.random.randn(8, 5) * 0.6
loss, grads = neg_sampling(Win, Wout, center=3, outside=5, negatives=[1, 1, 7, 2])
print("loss", loss)
print("center grad", grads["Win"][3])
print("outside rows", grads["Wout"])

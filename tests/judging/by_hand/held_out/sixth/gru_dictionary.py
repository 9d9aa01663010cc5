import numpy as np


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step(x, h_prev, P):
    z = sigmoid(P["Wz"] @ x + P["Uz"] @ h_prev)
    r = sigmoid(P["Wr"] @ x + P["Ur"] @ h_prev)
    rh = r * h_prev
    hh = np.tanh(P["Wh"] @ x + P["Uh"] @ rh)
    h = (1 - z) * h_prev + z * hh
    return h, (z, r, rh, hh)


def gru_step_back(dh, x, h_prev, P, saved):
    z, r, rh, hh = saved
    g = {}
    dz = dh * (hh - h_prev)
    dhh = dh * z
    dh_prev = dh * (1 - z)
    dah = dhh * (1 - hh ** 2)
    g["Wh"] = np.outer(dah, x)
    g["Uh"] = np.outer(dah, rh)
    drh = P["Uh"].T @ dah
    dr = drh * h_prev
    dh_prev += drh * r
    dar = dr * r * (1 - r)
    daz = dz * z * (1 - z)
    g["Wr"] = np.outer(dar, x)
    g["Ur"] = np.outer(dar, h_prev)
    g["Wz"] = np.outer(daz, x)
    g["Uz"] = np.outer(daz, h_prev)
    dh_prev += P["Ur"].T @ dar + P["Uz"].T @ daz
    g["h_prev"] = dh_prev
    g["x"] = P["Wh"].T @ dah + P["Wr"].T @ dar + P["Wz"].T @ daz
    return g


np.random.seed(8)
nx, nh = 3, 4
x = np.random.randn(nx)
h_prev = np.random.randn(nh)
P = {k: np.random.randn(nh, nx if k[0] == "W" else nh) for k in ("Wz", "Uz", "Wr", "Ur", "Wh", "Uh")}
target = np.random.randn(nh)

h, saved = gru_step(x, h_prev, P)
loss = 0.5 * np.sum((h - target) ** 2)
G = gru_step_back(h - target, x, h_prev, P, saved)
print(loss)
print(G["x"], G["h_prev"])

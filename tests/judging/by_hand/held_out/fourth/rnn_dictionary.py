import numpy as np

np.random.seed(2)
T, D, H = 4, 3, 5
xs = [np.random.randn(D) for _ in range(T)]
ts = [np.random.randn(2) for _ in range(T)]
P = {"Wx": np.random.randn(H, D) * 0.4, "Wh": np.random.randn(H, H) * 0.4,
     "b": np.zeros(H), "Wy": np.random.randn(2, H) * 0.4}

def forward(P, xs, ts):
    hs, ys = {-1: np.zeros(H)}, {}
    loss = 0.0
    for t in range(T):
        hs[t] = np.tanh(P["Wx"] @ xs[t] + P["Wh"] @ hs[t - 1] + P["b"])
        ys[t] = P["Wy"] @ hs[t]
        loss += 0.5 * np.sum((ys[t] - ts[t]) ** 2)
    return loss, hs, ys

def backward(P, xs, ts, hs, ys):
    grads = {k: np.zeros_like(v) for k, v in P.items()}
    dh_next = np.zeros(H)
    for t in reversed(range(T)):
        dy = ys[t] - ts[t]
        grads["Wy"] += np.outer(dy, hs[t])
        dh = P["Wy"].T @ dy + dh_next
        dz = (1 - hs[t] ** 2) * dh
        grads["b"] += dz
        grads["Wx"] += np.outer(dz, xs[t])
        grads["Wh"] += np.outer(dz, hs[t - 1])
        dh_next = P["Wh"].T @ dz
    return grads

loss, hs, ys = forward(P, xs, ts)
G = backward(P, xs, ts, hs, ys)
for k in G:
    print(k, np.abs(G[k]).max())

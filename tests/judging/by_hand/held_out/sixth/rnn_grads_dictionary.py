import numpy as np

np.random.seed(42)
T, n_in, n_h = 4, 3, 5
xs = [np.random.randn(n_in, 1) for _ in range(T)]
ts = [np.random.randn(1, 1) for _ in range(T)]
params = {
    "Wxh": np.random.randn(n_h, n_in) * 0.4,
    "Whh": np.random.randn(n_h, n_h) * 0.4,
    "bh": np.zeros((n_h, 1)),
    "Why": np.random.randn(1, n_h) * 0.4,
}


def rnn_forward(p, xs, ts):
    hs = {-1: np.zeros((n_h, 1))}
    ys = {}
    loss = 0.0
    for t in range(T):
        pre = p["Wxh"] @ xs[t] + p["Whh"] @ hs[t - 1] + p["bh"]
        hs[t] = np.tanh(pre)
        ys[t] = p["Why"] @ hs[t]
        loss += 0.5 * ((ys[t] - ts[t]) ** 2).item()
    return loss, hs, ys


def rnn_backward(p, xs, ts, hs, ys):
    grads = {k: np.zeros_like(v) for k, v in p.items()}
    dhnext = np.zeros((n_h, 1))
    for t in reversed(range(T)):
        dy = ys[t] - ts[t]
        grads["Why"] += dy @ hs[t].T
        dh = p["Why"].T @ dy + dhnext
        dpre = (1 - hs[t] ** 2) * dh
        grads["bh"] += dpre
        grads["Wxh"] += dpre @ xs[t].T
        grads["Whh"] += dpre @ hs[t - 1].T
        dhnext = p["Whh"].T @ dpre
    return grads


loss, hs, ys = rnn_forward(params, xs, ts)
grads = rnn_backward(params, xs, ts, hs, ys)
print("loss", loss)
for name in grads:
    print(name, np.abs(grads[name]).sum())

import torch

torch.manual_seed(3)
T, d, hdim, q = 4, 3, 4, 2
x = [torch.randn(d) for _ in range(T)]
y = [torch.randn(q) for _ in range(T)]
W_hx = torch.randn(hdim, d) * 0.5
W_hh = torch.randn(hdim, hdim) * 0.5
W_qh = torch.randn(q, hdim) * 0.5

h = [torch.zeros(hdim)]
o = []
L = 0.0
for t in range(T):
    h.append(W_hx @ x[t] + W_hh @ h[-1])
    o.append(W_qh @ h[-1])
    L = L + ((o[t] - y[t]) ** 2).sum() / T

dL_dWqh = torch.zeros_like(W_qh)
dL_dWhx = torch.zeros_like(W_hx)
dL_dWhh = torch.zeros_like(W_hh)
dL_dh = [None] * (T + 1)
for t in range(T - 1, -1, -1):
    dL_do = 2 * (o[t] - y[t]) / T
    dL_dWqh += torch.outer(dL_do, h[t + 1])
    if t == T - 1:
        dL_dh[t + 1] = W_qh.T @ dL_do
    else:
        dL_dh[t + 1] = W_hh.T @ dL_dh[t + 2] + W_qh.T @ dL_do
    dL_dWhx += torch.outer(dL_dh[t + 1], x[t])
    dL_dWhh += torch.outer(dL_dh[t + 1], h[t])

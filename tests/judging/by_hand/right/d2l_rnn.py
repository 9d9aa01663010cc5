import torch

torch.manual_seed(1)
T, d, h, q = 3, 2, 3, 2
xs = [torch.randn(d) for _ in range(T)]
targets = [torch.randn(q) for _ in range(T)]
W_hx = torch.randn(h, d) * 0.5
W_hh = torch.randn(h, h) * 0.5
W_qh = torch.randn(q, h) * 0.5

hs = [torch.zeros(h)]
os = []
L = 0
for t in range(T):
    h_t = W_hx @ xs[t] + W_hh @ hs[t]
    o_t = W_qh @ h_t
    hs.append(h_t)
    os.append(o_t)
    L = L + 0.5 * ((o_t - targets[t]) ** 2).sum() / T

dW_hx = torch.zeros_like(W_hx)
dW_hh = torch.zeros_like(W_hh)
dW_qh = torch.zeros_like(W_qh)
dh_next = torch.zeros(h)
for t in reversed(range(T)):
    do_t = (os[t] - targets[t]) / T
    dW_qh += torch.outer(do_t, hs[t + 1])
    dh_t = W_qh.T @ do_t + dh_next
    dW_hx += torch.outer(dh_t, xs[t])
    dW_hh += torch.outer(dh_t, hs[t])
    dh_next = W_hh.T @ dh_t

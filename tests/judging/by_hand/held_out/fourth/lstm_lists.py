import numpy as np

def sg(a):
    return 1 / (1 + np.exp(-a))

np.random.seed(80)
T, D, H = 4, 2, 3
X = np.random.randn(T, D)
W = np.random.randn(4 * H, D) * 0.5
U = np.random.randn(4 * H, H) * 0.5
b = np.random.randn(4 * H) * 0.2
v = np.random.randn(H)
y = 0.7

# ---- forward
h = [np.zeros(H)]
c = [np.zeros(H)]
gates = []
for t in range(T):
    a = W @ X[t] + U @ h[t] + b
    i, f, o, g = sg(a[:H]), sg(a[H:2*H]), sg(a[2*H:3*H]), np.tanh(a[3*H:])
    c.append(f * c[t] + i * g)
    h.append(o * np.tanh(c[t + 1]))
    gates.append((i, f, o, g))
out = v @ h[T]
loss = (out - y) ** 2

# ---- backward
dout = 2 * (out - y)
dv = dout * h[T]
dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
dh_next = dout * v
dc_next = np.zeros(H)
for t in range(T - 1, -1, -1):
    i, f, o, g = gates[t]
    tc = np.tanh(c[t + 1])
    dh = dh_next
    do = dh * tc
    dc = dc_next + dh * o * (1 - tc ** 2)
    da = np.concatenate([dc * g * i * (1 - i),
                         dc * c[t] * f * (1 - f),
                         do * o * (1 - o),
                         dc * i * (1 - g ** 2)])
    dW += np.outer(da, X[t])
    dU += np.outer(da, h[t])
    db += da
    dh_next = U.T @ da
    dc_next = dc * f

print("loss", loss)
print("|dW| %.6f |dU| %.6f" % (np.linalg.norm(dW), np.linalg.norm(dU)))

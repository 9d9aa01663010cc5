import numpy as np

def sigmoid(v):
    return 1 / (1 + np.exp(-v))

np.random.seed(123)
B, D, H = 3, 4, 5
x = np.random.randn(B, D)
h_prev = np.random.randn(B, H)
c_prev = np.random.randn(B, H)
W = np.random.randn(D + H, 4 * H) * 0.5
b = np.random.randn(4 * H) * 0.5

# ---- forward
z = np.concatenate([x, h_prev], axis=1)
gates = z @ W + b
i = sigmoid(gates[:, 0:H])
f = sigmoid(gates[:, H:2 * H])
o = sigmoid(gates[:, 2 * H:3 * H])
g = np.tanh(gates[:, 3 * H:])
c = f * c_prev + i * g
tanh_c = np.tanh(c)
h = o * tanh_c

# ---- what comes from above
d_h = np.random.randn(B, H)
d_c_next = np.random.randn(B, H)

# ---- backward
d_o = d_h * tanh_c
d_c = d_h * o * (1 - tanh_c ** 2) + d_c_next
d_f = d_c * c_prev
d_c_prev = d_c * f
d_i = d_c * g
d_g = d_c * i
d_gates = np.hstack([
    d_i * i * (1 - i),
    d_f * f * (1 - f),
    d_o * o * (1 - o),
    d_g * (1 - g ** 2),
])
d_W = z.T @ d_gates
d_b = d_gates.sum(axis=0)
d_z = d_gates @ W.T
d_x = d_z[:, :D]
d_h_prev = d_z[:, D:]

print("d_W norm", np.linalg.norm(d_W))
print("d_x", d_x)

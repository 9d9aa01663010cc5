import numpy as np

np.random.seed(64)
x = np.random.randn(3, 4)
W_in = np.random.randn(4, 8) * 0.5
b_in = np.random.randn(8) * 0.1
W_out = np.random.randn(8, 4) * 0.5
k = np.sqrt(2.0 / np.pi)

# forward
u = x @ W_in + b_in
arg = k * (u + 0.044715 * u ** 3)
th = np.tanh(arg)
act = 0.5 * u * (1 + th)
y = x + act @ W_out          # residual
loss = 0.5 * (y ** 2).sum()

# backward
d_y = y
d_act = d_y @ W_out.T
d_W_out = act.T @ d_y
d_th = d_act * 0.5 * u
d_arg = d_th * (1 - th ** 2)
d_inner = k * (1 + 3 * 0.044715 * u ** 2) * d_arg
d_u = d_act * 0.5 * (1 + th) + d_inner
d_b_in = d_u.sum(0)
d_W_in = x.T @ d_u
d_x = d_y + d_u @ W_in.T

print("loss", loss)
print(d_x)

import numpy as np

np.random.seed(50)
x = np.random.randn(3, 4)
W = np.random.randn(4, 5) * 0.7
v = np.random.randn(5)
k = np.sqrt(2 / np.pi)

# forward, gelu(u) = 0.5 u (1 + tanh(k (u + 0.044715 u^3)))
u = x @ W
cube = u ** 3
inner = k * (u + 0.044715 * cube)
t = np.tanh(inner)
g = 0.5 * u * (1 + t)
s = g @ v
loss = np.sum(s ** 2) / 2

# backward
grad_s = s
grad_g = np.outer(grad_s, v)
grad_v = g.T @ grad_s
grad_u = grad_g * 0.5 * (1 + t)
grad_t = grad_g * 0.5 * u
grad_inner = grad_t * (1 - t ** 2)
grad_u += grad_inner * k
grad_cube = grad_inner * k * 0.044715
grad_u += grad_cube * 3 * u ** 2
grad_W = x.T @ grad_u
grad_x = grad_u @ W.T

print("loss", loss)
print("grad_v", grad_v)
print("grad_x\n", grad_x)

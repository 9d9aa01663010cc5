import numpy as np

np.random.seed(97)
V, D = 8, 3
W_in = np.random.randn(V, D)
W_out = np.random.randn(D, V)
center = 4
contexts = [2, 3, 5, 3]

# forward
h = W_in[center]
s = h @ W_out
p = np.exp(s - s.max())
p = p / p.sum()
loss = 0.0
for cw in contexts:
    loss -= np.log(p[cw])

# backward
ds = len(contexts) * p
for cw in contexts:
    ds[cw] -= 1
dW_out = np.outer(h, ds)
dh = W_out @ ds
dW_in = np.zeros_like(W_in)
dW_in[center] = dh

# learning step
eta = 0.05
W_in_new = W_in - eta * dW_in
W_out_new = W_out - eta * dW_out
print(loss, W_in_new[center])

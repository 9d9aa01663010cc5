import numpy as np

np.random.seed(7)
x = np.random.randn(4, 3)
h0 = np.random.randn(3)
W = np.random.randn(3, 3)
U = np.random.randn(3, 3)

h = h0
states = []
for t in range(4):
    states.append(h)
    a = W @ h + U @ x[t]
    h = np.tanh(a)
loss = h.sum()

dh = np.ones(3)
dW = np.zeros((3, 3))
dU = np.zeros((3, 3))
for t in reversed(range(4)):
    h_t = np.tanh(W @ states[t] + U @ x[t])
    da = dh * (1 - h_t**2)
    dW += np.outer(da, states[t])
    dU += np.outer(da, x[t])
    dh = W.T @ da
dh0 = dh

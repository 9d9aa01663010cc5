import numpy as np

np.random.seed(9)
X = np.random.randn(5, 4)
T = np.random.randn(5, 2)
W1, b1 = np.random.randn(4, 6) * 0.5, np.zeros(6)
W2, b2 = np.random.randn(6, 5) * 0.5, np.full(5, 0.1)
W3, b3 = np.random.randn(5, 2) * 0.5, np.zeros(2)
keep = 0.75
mask = (np.random.rand(5, 6) < keep).astype(float)
m = X.shape[0]

# forward
a1 = X @ W1 + b1
h1 = np.tanh(a1)
d1 = h1 * mask / keep
a2 = d1 @ W2 + b2
h2 = np.maximum(a2, 0)
out = h2 @ W3 + b3
loss = 0.5 * np.sum((out - T) ** 2) / m

# backward
dout = (out - T) / m
dW3 = h2.T @ dout
db3 = dout.sum(0)
dh2 = dout @ W3.T
da2 = dh2 * (a2 > 0)
dW2 = d1.T @ da2
db2 = da2.sum(0)
dd1 = da2 @ W2.T
dh1 = dd1 * mask / keep
da1 = dh1 * (1 - h1 * h1)
dW1 = X.T @ da1
db1 = da1.sum(0)
dX = da1 @ W1.T

print("loss", loss)
print("dW1 norm", np.linalg.norm(dW1))

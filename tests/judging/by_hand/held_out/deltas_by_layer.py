import numpy as np

np.random.seed(0)
x = np.random.rand(3, 1)
y = np.array([[1.0], [0.0]])
W1, b1 = np.random.rand(4, 3), np.random.rand(4, 1)
W2, b2 = np.random.rand(2, 4), np.random.rand(2, 1)

z1 = W1 @ x + b1
a1 = np.maximum(z1, 0)
z2 = W2 @ a1 + b2
a2 = np.exp(z2) / np.exp(z2).sum()
loss = -(y * np.log(a2)).sum()

delta2 = a2 - y
dW2 = delta2 @ a1.T
db2 = delta2
delta1 = (W2.T @ delta2) * (z1 > 0)
dW1 = delta1 @ x.T
db1 = delta1
dx = W1.T @ delta1

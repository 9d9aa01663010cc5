import numpy as np

np.random.seed(42)
m, n_in, n_hid, n_out = 7, 4, 6, 2
X = np.random.randn(m, n_in)
Y = np.random.randn(m, n_out)
W1 = np.random.randn(n_in, n_hid) * 0.5
b1 = np.random.randn(n_hid) * 0.1
W2 = np.random.randn(n_hid, n_out) * 0.5
b2 = np.zeros(n_out)

# forward pass
Z1 = X @ W1 + b1
A1 = np.maximum(Z1, 0)
Yhat = A1 @ W2 + b2
diff = Yhat - Y
loss = np.sum(diff ** 2) / (2 * m)
print("loss before:", loss)

# backward pass
dYhat = diff / m
dW2 = A1.T @ dYhat
db2 = dYhat.sum(axis=0)
dA1 = dYhat @ W2.T
dZ1 = dA1 * (Z1 > 0)
dW1 = X.T @ dZ1
db1 = dZ1.sum(axis=0)
dX = dZ1 @ W1.T

# one step
lr = 0.1
W1_new = W1 - lr * dW1
b1_new = b1 - lr * db1
W2_new = W2 - lr * dW2
b2_new = b2 - lr * db2
after = np.sum((np.maximum(X @ W1_new + b1_new, 0) @ W2_new + b2_new - Y) ** 2) / (2 * m)
print("loss after :", after)

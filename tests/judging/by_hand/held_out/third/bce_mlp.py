import numpy as np

np.random.seed(2)
X = np.random.randn(2, 12)            # features x examples
Y = (X[0:1] * X[1:2] > 0).astype(float)
m = X.shape[1]
W1 = np.random.randn(4, 2)
b1 = np.zeros((4, 1))
W2 = np.random.randn(1, 4)
b2 = np.zeros((1, 1))

learning_rate = 1.0

for it in range(150):
    # forward prop
    z1 = W1 @ X + b1
    a1 = np.tanh(z1)
    z2 = W2 @ a1 + b2
    a2 = 1 / (1 + np.exp(-z2))
    J = -np.sum(Y * np.log(a2) + (1 - Y) * np.log(1 - a2)) / m
    if it % 50 == 0:
        print("iteration", it, "cost J =", J)

    # back prop (the long way, without cancelling)
    da2 = -(Y / a2 - (1 - Y) / (1 - a2)) / m
    dz2 = da2 * a2 * (1 - a2)
    dW2 = dz2 @ a1.T
    db2 = np.sum(dz2, axis=1, keepdims=True)
    da1 = W2.T @ dz2
    dz1 = da1 * (1 - np.power(a1, 2))
    dW1 = dz1 @ X.T
    db1 = np.sum(dz1, axis=1, keepdims=True)

    W1 = W1 - learning_rate * dW1
    b1 = b1 - learning_rate * db1
    W2 = W2 - learning_rate * dW2
    b2 = b2 - learning_rate * db2

print("shapes", dW1.shape, db1.shape, dW2.shape, db2.shape)

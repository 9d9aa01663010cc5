import numpy as np

np.random.seed(2)
X = np.random.randn(3, 6)
Y = np.array([[1, 0, 1, 1, 0, 0]])
parameters = {
    "W1": np.random.randn(4, 3) * 0.5,
    "b1": np.zeros((4, 1)),
    "W2": np.random.randn(1, 4) * 0.5,
    "b2": np.zeros((1, 1)),
}
W1, b1, W2, b2 = (parameters[key] for key in ("W1", "b1", "W2", "b2"))
m = X.shape[1]

Z1 = np.dot(W1, X) + b1
A1 = np.tanh(Z1)
Z2 = np.dot(W2, A1) + b2
A2 = 1 / (1 + np.exp(-Z2))
cost = -1 / m * np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))

dZ2 = A2 - Y
dW2 = 1 / m * np.dot(dZ2, A1.T)
db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
dW1 = 1 / m * np.dot(dZ1, X.T)
db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}

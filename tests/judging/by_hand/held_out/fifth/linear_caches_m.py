import numpy as np

np.random.seed(2)


def linear_forward(A, W, b):
    return W @ A + b, (A, W, b)


def relu(Z):
    return np.maximum(0, Z), Z


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z)), Z


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def relu_backward(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ


def sigmoid_backward(dA, Z):
    s = 1 / (1 + np.exp(-Z))
    return dA * s * (1 - s)


X = np.random.randn(3, 10)
Y = (np.random.rand(1, 10) > 0.5).astype(float)
W1 = np.random.randn(4, 3) * 0.7
b1 = np.random.randn(4, 1) * 0.1
W2 = np.random.randn(1, 4) * 0.7
b2 = np.zeros((1, 1))

Z1, lin1 = linear_forward(X, W1, b1)
A1, act1 = relu(Z1)
Z2, lin2 = linear_forward(A1, W2, b2)
AL, act2 = sigmoid(Z2)
m = Y.shape[1]
cost = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m

dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
dZ2 = sigmoid_backward(dAL, act2)
dA1, dW2, db2 = linear_backward(dZ2, lin2)
dZ1 = relu_backward(dA1, act1)
dA0, dW1, db1 = linear_backward(dZ1, lin1)

print("cost", cost)
print("dW1", dW1)
print("db1", db1.ravel())

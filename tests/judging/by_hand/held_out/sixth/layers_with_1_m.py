import numpy as np


def linear_forward(A_prev, W, b):
    return W @ A_prev + b, (A_prev, W, b)


def relu(Z):
    return np.maximum(0, Z), Z


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z)), Z


def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = dZ @ A_prev.T / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = W.T @ dZ
    return dA_prev, dW, db


def relu_backward(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ


def sigmoid_backward(dA, Z):
    s = 1 / (1 + np.exp(-Z))
    return dA * s * (1 - s)


def model_forward(X, parameters):
    caches = []
    A = X
    for l in range(1, 4):
        Z, lin = linear_forward(A, parameters["W%d" % l], parameters["b%d" % l])
        A, actc = relu(Z) if l < 3 else sigmoid(Z)
        caches.append((lin, actc))
    return A, caches


def model_backward(AL, Y, caches):
    grads = {}
    dA = -(Y / AL - (1 - Y) / (1 - AL))
    for l in (3, 2, 1):
        lin, Z = caches[l - 1]
        dZ = sigmoid_backward(dA, Z) if l == 3 else relu_backward(dA, Z)
        dA, grads["dW%d" % l], grads["db%d" % l] = linear_backward(dZ, lin)
        grads["dA%d" % (l - 1)] = dA
    return grads


np.random.seed(3)
sizes = [4, 5, 3, 1]
X = np.random.randn(4, 6)
Y = np.array([[1, 0, 0, 1, 1, 0]])
parameters = {}
for l in range(1, 4):
    parameters["W%d" % l] = np.random.randn(sizes[l], sizes[l - 1]) * 0.6
    parameters["b%d" % l] = np.random.randn(sizes[l], 1) * 0.2
AL, caches = model_forward(X, parameters)
cost = -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))
grads = model_backward(AL, Y, caches)
print("cost", cost)
for k in sorted(grads):
    print(k, grads[k].shape)

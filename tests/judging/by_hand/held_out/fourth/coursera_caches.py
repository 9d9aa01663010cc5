import numpy as np

def linear_forward(A, W, b):
    Z = np.dot(W, A) + b
    return Z, (A, W, b)

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z)), Z

def relu(Z):
    return np.maximum(0, Z), Z

def linear_backward(dZ, cache):
    A_prev, W, b = cache
    m = A_prev.shape[1]
    dW = 1. / m * np.dot(dZ, A_prev.T)
    db = 1. / m * np.sum(dZ, axis=1, keepdims=True)
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db

def relu_backward(dA, cache):
    Z = cache
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ

def sigmoid_backward(dA, cache):
    Z = cache
    s = 1 / (1 + np.exp(-Z))
    dZ = dA * s * (1 - s)
    return dZ

def model_backward(AL, Y, caches):
    grads = {}
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    lin_cache, act_cache = caches[1]
    dZ2 = sigmoid_backward(dAL, act_cache)
    grads["dA1"], grads["dW2"], grads["db2"] = linear_backward(dZ2, lin_cache)
    lin_cache, act_cache = caches[0]
    dZ1 = relu_backward(grads["dA1"], act_cache)
    grads["dA0"], grads["dW1"], grads["db1"] = linear_backward(dZ1, lin_cache)
    return grads

np.random.seed(1)
X = np.random.randn(4, 6)
Y = (np.random.rand(1, 6) > 0.5).astype(float)
params = {"W1": np.random.randn(3, 4) * 0.5, "b1": np.random.randn(3, 1) * 0.1,
          "W2": np.random.randn(1, 3) * 0.5, "b2": np.zeros((1, 1))}

# one pass
Z1, lc1 = linear_forward(X, params["W1"], params["b1"])
A1, ac1 = relu(Z1)
Z2, lc2 = linear_forward(A1, params["W2"], params["b2"])
AL, ac2 = sigmoid(Z2)
cost = -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))
grads = model_backward(AL, Y, [(lc1, ac1), (lc2, ac2)])
for k in sorted(grads):
    print(k, grads[k].shape)
for l in (1, 2):
    params["W%d" % l] = params["W%d" % l] - 0.1 * grads["dW%d" % l]
    params["b%d" % l] = params["b%d" % l] - 0.1 * grads["db%d" % l]

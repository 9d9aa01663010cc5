import numpy as np


def init(n, rng):
    p = {}
    for k in (1, 2, 3):
        p["W%d" % k] = rng.randn(n, n) * 0.8
        p["b%d" % k] = rng.randn(1, n) * 0.1
    return p


def forward(p, X):
    a1 = np.tanh(X @ p["W1"] + p["b1"])
    a2 = np.tanh(a1 @ p["W2"] + p["b2"])
    z3 = a2 @ p["W3"] + p["b3"]
    e = np.exp(z3 - z3.max(axis=1, keepdims=True))
    return a1, a2, e / e.sum(axis=1, keepdims=True)


def backward(p, X, Y, a1, a2, probs):
    m = X.shape[0]
    delta3 = (probs - Y) / m
    delta2 = (delta3 @ p["W3"].T) * (1 - np.power(a2, 2))
    delta1 = (delta2 @ p["W2"].T) * (1 - np.power(a1, 2))
    return {
        "W3": a2.T @ delta3,
        "b3": delta3.sum(axis=0, keepdims=True),
        "W2": a1.T @ delta2,
        "b2": delta2.sum(axis=0, keepdims=True),
        "W1": X.T @ delta1,
        "b1": delta1.sum(axis=0, keepdims=True),
    }


rng = np.random.RandomState(77)
X = rng.randn(9, 4)
Y = np.eye(4)[rng.randint(0, 4, size=9)]
params = init(4, rng)
a1, a2, probs = forward(params, X)
loss = -np.sum(Y * np.log(probs)) / len(X)
grads = backward(params, X, Y, a1, a2, probs)
print("loss:", loss)
for k in params:
    params[k] = params[k] - 0.1 * grads[k]

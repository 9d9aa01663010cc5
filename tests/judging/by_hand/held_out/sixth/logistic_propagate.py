import numpy as np

np.random.seed(1)
n_x, m = 4, 7
X = np.random.randn(n_x, m)
Y = (np.random.rand(1, m) > 0.5).astype(float)
w = np.random.randn(n_x, 1)
b = 0.5
lambd = 2.0


def propagate(w, b, X, Y, lambd):
    m = X.shape[1]
    Z = np.dot(w.T, X) + b
    A = 1 / (1 + np.exp(-Z))
    cross = -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m
    cost = cross + lambd / (2 * m) * np.sum(w ** 2)

    dZ = A - Y
    dw = np.dot(X, dZ.T) / m + lambd / m * w
    db = np.sum(dZ) / m
    return {"dw": dw, "db": db}, cost


grads, cost = propagate(w, b, X, Y, lambd)
print("cost = " + str(cost))
print("dw = " + str(grads["dw"].ravel()))
print("db = " + str(grads["db"]))

learning_rate = 0.05
for it in range(20):
    g, c = propagate(w, b, X, Y, lambd)
    w = w - learning_rate * g["dw"]
    b = b - learning_rate * g["db"]
print("cost after 20 steps", c)

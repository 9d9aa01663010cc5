import numpy as np

rng_x = np.array([[0.5, 1.2], [-1.0, 0.3], [2.1, -0.7], [0.1, 0.9], [-0.6, -1.5]])
X = rng_x
y = np.array([1., 0., 1., 1., 0.])
w = np.array([0.3, -0.8])
b = 0.1
lam = 0.7

m = X.shape[0]
z = X @ w + b
p = 1 / (1 + np.exp(-z))
ce = -(y * np.log(p) + (1 - y) * np.log(1 - p))
cost = ce.sum() / m + lam / (2 * m) * np.sum(w ** 2)

dz = p - y
dw = X.T @ dz / m + lam / m * w
db = np.sum(dz) / m
print('cost', cost, 'dw', dw, 'db', db)

for it in range(3):
    w2 = w - 0.5 * dw
    b2 = b - 0.5 * db
print('after one step', w2, b2)

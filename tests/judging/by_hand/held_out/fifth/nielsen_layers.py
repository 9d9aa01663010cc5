import numpy as np


def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigma_prime(z):
    s = sigma(z)
    return s * (1 - s)


np.random.seed(10)
sizes = [3, 5, 4, 2]
biases = [np.random.randn(k, 1) for k in sizes[1:]]
weights = [np.random.randn(k, j) for j, k in zip(sizes[:-1], sizes[1:])]
x = np.random.randn(3, 1)
y = np.array([[1.0], [0.0]])

a = x
activations = [x]
zs = []
for w, b in zip(weights, biases):
    z = w @ a + b
    zs.append(z)
    a = sigma(z)
    activations.append(a)
C = 0.5 * np.sum((a - y) ** 2)

nabla_b = [None] * 3
nabla_w = [None] * 3
delta = (activations[-1] - y) * sigma_prime(zs[-1])
nabla_b[-1] = delta
nabla_w[-1] = delta @ activations[-2].T
for l in (2, 3):
    delta = (weights[-l + 1].T @ delta) * sigma_prime(zs[-l])
    nabla_b[-l] = delta
    nabla_w[-l] = delta @ activations[-l - 1].T

print("cost", C)
eta = 0.5
weights_new = [w - eta * nw for w, nw in zip(weights, nabla_w)]
biases_new = [b - eta * nb for b, nb in zip(biases, nabla_b)]
